//! API of a Confluence site: one method per endpoint, independent of the kind of site.
//!
//! Lists pass their items to a closure as they arrive and return how the list ended, so that the bodies of a large site
//! are never in memory together.

use std::ops::ControlFlow;

use delegate::delegate;

use super::address::SiteAddress;
use super::client::Client;
use super::cloud::Cloud;
use super::data_center::DataCenter;
use super::deployment::{Deployment, Features};
use super::download::Fingerprint;
use super::error::RequestError;
use super::list_outcome::ListOutcome;
use super::model;
use super::response::ApiResponse;
use super::settings::{ClientError, ConnectionSettings};
use super::workflow_model::{ContentState, ContentStateOfPage};

pub use super::parameters::{
    ACCOUNTS_PER_REQUEST, Analytics, Bodies, BodyForm, CONTENT_IDS_PER_REQUEST, CommentKind, ContentType,
    EMBEDDED_ITEMS, EMBEDDED_LABELS, Edition, HEADER_IMAGE_DRAFT, HEADER_IMAGE_PUBLISHED, IndexedTypes, ListOrder,
    PEOPLE_PER_REQUEST, SPACE_IDS_PER_REQUEST, SearchScope, SpaceList, TreeKind,
};

/// The endpoints of each kind of site.
#[derive(Debug)]
pub(super) enum Endpoints {
    Cloud(Cloud),
    DataCenter(DataCenter),
}

/// The endpoints of one site.
///
/// The kinds are not a trait: its methods would take closures and be asynchronous, which trait objects do not support.
#[derive(Debug)]
pub struct Api {
    pub(super) endpoints: Endpoints,
    deployment: Deployment,
    pub(super) summary: String,
}

impl Api {
    /// Sets up connections to the site that the settings name; sends nothing, so nothing is found out.
    #[expect(clippy::needless_pass_by_value, reason = "settings are made for one connection, as for `connect`")]
    pub fn new(settings: ConnectionSettings) -> Result<Self, ClientError> {
        let deployment = settings.deployment.unwrap_or_default();
        let client = Client::new(&settings)?;
        let summary = client.address().base_url().to_owned();
        Ok(Self::over(client, deployment, summary))
    }

    /// Returns the endpoints of a kind of site over a client.
    pub(super) fn over(client: Client, deployment: Deployment, summary: String) -> Self {
        let endpoints = match deployment {
            Deployment::DataCenter => Endpoints::DataCenter(DataCenter::new(client)),
            Deployment::Cloud | Deployment::Gateway => Endpoints::Cloud(Cloud::new(client)),
        };
        Self { endpoints, deployment, summary }
    }

    /// Returns the client: counters, warnings, and whether the run was stopped.
    pub fn client(&self) -> &Client {
        match &self.endpoints {
            Endpoints::Cloud(cloud) => cloud.client(),
            Endpoints::DataCenter(site) => site.client(),
        }
    }

    /// Returns the kind of the site.
    pub fn deployment(&self) -> Deployment {
        self.deployment
    }

    /// Returns what the API of the site offers.
    pub fn features(&self) -> Features {
        self.deployment.features()
    }

    /// Returns the address of the site.
    pub fn address(&self) -> &SiteAddress {
        self.client().address()
    }

    delegate! {
        to match &self.endpoints {
            Endpoints::Cloud(cloud) => cloud,
            Endpoints::DataCenter(site) => site,
        } {
            /// Returns the size in bytes of one version of an attachment, measured by a download of one byte.
            pub async fn measure_download(&self, container: &str, id: &str, version: u32) -> Result<u64, RequestError>;

            /// Downloads the current version of an attachment and keeps only its fingerprint.
            pub async fn fingerprint(&self, container: &str, id: &str) -> Result<Fingerprint, RequestError>;

            /// Returns the user of the credentials; fails unless it is a known user.
            pub async fn current_user(&self) -> Result<ApiResponse<model::User>, RequestError>;

            /// Lists the spaces of one status. Current and archived spaces are separate lists.
            pub async fn spaces(&self, which: SpaceList, order: ListOrder, take: impl FnMut(model::Space)) -> ListOutcome;

            /// Returns one space.
            pub async fn space(&self, id: &str) -> Result<model::Space, RequestError>;

            /// Lists the pages of all statuses in up to [`SPACE_IDS_PER_REQUEST`] spaces.
            pub async fn pages(
                &self,
                spaces: &[&str],
                bodies: Bodies,
                order: ListOrder,
                take: impl FnMut(model::Content),
            ) -> ListOutcome;

            /// Lists the blog posts of all statuses in up to [`SPACE_IDS_PER_REQUEST`] spaces.
            pub async fn blog_posts(
                &self,
                spaces: &[&str],
                bodies: Bodies,
                order: ListOrder,
                take: impl FnMut(model::Content),
            ) -> ListOutcome;

            /// Lists all attachments of the site, on Data Center with labels and the spaces whose trash is denied.
            pub async fn attachments(&self, order: ListOrder, take: impl FnMut(model::Attachment)) -> ListOutcome;

            /// Lists the attachments of one page or blog post, including those in the trash.
            pub async fn attachments_of(&self, which: ContentType, id: &str, take: impl FnMut(model::Attachment)) -> ListOutcome;

            /// Lists the existing versions of one attachment, without sizes.
            pub async fn attachment_versions(&self, id: &str, take: impl FnMut(model::VersionNumber)) -> ListOutcome;

            /// Lists the custom content of one type. Types cannot be listed, so only known types can be read.
            pub async fn custom_content(
                &self,
                kind: &str,
                bodies: Bodies,
                order: ListOrder,
                take: impl FnMut(model::Content),
            ) -> ListOutcome;

            /// Lists all footer or inline comments of the site.
            pub async fn comments(
                &self,
                which: CommentKind,
                bodies: Bodies,
                order: ListOrder,
                take: impl FnMut(model::Content),
            ) -> ListOutcome;

            /// Lists the direct replies to one comment.
            pub async fn replies(
                &self,
                which: CommentKind,
                comment: &str,
                bodies: Bodies,
                order: ListOrder,
                take: impl FnMut(model::Content),
            ) -> ListOutcome;

            /// Returns one content with its body in storage format.
            pub async fn content(
                &self,
                which: ContentType,
                id: &str,
                edition: Edition,
            ) -> Result<model::Content, RequestError>;

            /// Returns one content with its body in the given representation.
            pub async fn content_in(
                &self,
                which: ContentType,
                id: &str,
                form: BodyForm,
                edition: Edition,
            ) -> Result<model::Content, RequestError>;

            /// Returns one version of a page or blog post, with its body.
            pub async fn content_version(
                &self,
                which: ContentType,
                id: &str,
                version: u32,
            ) -> Result<model::Content, RequestError>;

            /// Lists the pages or blog posts of which this account has a draft, without bodies, until `take` breaks.
            /// Cloud does not document this status for lists; a site that does not know it returns 400.
            pub async fn drafts(
                &self,
                which: ContentType,
                take: impl FnMut(model::Content) -> ControlFlow<()>,
            ) -> ListOutcome;

            /// Returns whether the list of pages or blog posts still contains `id` with any status, to distinguish
            /// deleted from hidden contents (F-41).
            pub async fn is_listed(&self, which: ContentType, id: &str) -> Result<bool, RequestError>;

            /// Returns the current version of an attachment.
            pub async fn attachment(&self, id: &str) -> Result<model::Attachment, RequestError>;

            /// Returns one version of an attachment, with the size of that version.
            pub async fn attachment_version(&self, id: &str, version: u32) -> Result<model::Attachment, RequestError>;

            /// Lists all content properties of one page or blog post.
            pub async fn properties(
                &self,
                which: ContentType,
                id: &str,
                order: ListOrder,
                take: impl FnMut(model::Property),
            ) -> ListOutcome;

            /// Searches for pages and blog posts with their header-image properties, if the site has such. The search
            /// index lags and omits contents, so contents without a hit have to be read individually.
            pub async fn header_images(&self, take: impl FnMut(model::SearchHit)) -> ListOutcome;

            /// Searches for comments and attachments in these spaces, or in all if none is given: a view of the site
            /// that is independent of the lists, with a thousand hits per page. It does not cover archived spaces and
            /// lags by seconds or minutes.
            pub async fn indexed(
                &self,
                which: IndexedTypes,
                space_keys: &[&str],
                take: impl FnMut(model::SearchHit),
            ) -> ListOutcome;

            /// Lists the page templates of a space, or the global ones, in pages of `page_size` or the maximum size.
            /// The API offers no order for this list.
            pub async fn templates(
                &self,
                space_key: Option<&str>,
                page_size: Option<u32>,
                take: impl FnMut(model::Template),
            ) -> ListOutcome;

            /// Lists the blueprint templates of a space, or the global ones.
            pub async fn blueprint_templates(
                &self,
                space_key: Option<&str>,
                page_size: Option<u32>,
                take: impl FnMut(model::Template),
            ) -> ListOutcome;

            /// Returns one template with its body.
            pub async fn template(&self, id: &str) -> Result<model::Template, RequestError>;

            /// Lists all labels of the site.
            pub async fn labels(&self, order: ListOrder, take: impl FnMut(model::Label)) -> ListOutcome;

            /// Lists the attachments with a label.
            pub async fn attachments_with_label(
                &self,
                label: &str,
                order: ListOrder,
                take: impl FnMut(model::Attachment),
            ) -> ListOutcome;

            /// Returns up to [`PEOPLE_PER_REQUEST`] people by account id; the server omits unknown ids.
            pub async fn people(&self, accounts: &[&str]) -> Result<Vec<model::User>, RequestError>;

            /// Searches for the current pages of spaces, and with `posts` also blog posts, with their labels,
            /// restrictions and editor, and with `contributors` everyone who ever published a version.
            pub async fn page_sweep(
                &self,
                searched: SearchScope,
                space_keys: &[&str],
                posts: bool,
                contributors: bool,
                take: impl FnMut(model::PageHit),
            ) -> ListOutcome;

            /// Returns one page or blog post without its body, with its labels, properties and, with `versions`, its
            /// versions: up to [`EMBEDDED_ITEMS`] of each.
            pub async fn page_alone(
                &self,
                which: ContentType,
                id: &str,
                versions: bool,
            ) -> Result<model::PageDetails, RequestError>;

            /// Returns the view and edit restrictions of one page or blog post by operation, as sent by the server.
            pub async fn page_restrictions(&self, page: &str) -> Result<serde_json::Value, RequestError>;

            /// Searches for the comments in spaces, each with its container and, for a reply, the comments above it.
            pub async fn comment_sweep(
                &self,
                searched: SearchScope,
                space_keys: &[&str],
                take: impl FnMut(model::CommentHit),
            ) -> ListOutcome;

            /// Lists the global labels of one page or blog post.
            pub async fn page_labels(&self, which: ContentType, id: &str, take: impl FnMut(model::Label)) -> ListOutcome;

            /// Lists the existing versions of one page or blog post; backward, the newest first.
            pub async fn page_versions(
                &self,
                which: ContentType,
                id: &str,
                order: ListOrder,
                take: impl FnMut(model::PageVersion),
            ) -> ListOutcome;

            /// Returns an item in the page tree that is not a page.
            pub async fn tree_member(&self, kind: TreeKind, id: &str) -> Result<model::TreeMember, RequestError>;

            /// Like [`Self::tree_member`], for a possible target of a short link; counted separately.
            pub async fn short_link_target(&self, kind: TreeKind, id: &str) -> Result<model::TreeMember, RequestError>;

            /// Lists which of up to [`CONTENT_IDS_PER_REQUEST`] ids are pages, or blog posts, of any status.
            pub async fn listed(&self, which: ContentType, ids: &[&str], take: impl FnMut(model::ContentStatus)) -> ListOutcome;

            /// Returns up to [`ACCOUNTS_PER_REQUEST`] accounts; the server omits unknown ids.
            pub async fn accounts(&self, ids: &[&str]) -> Result<Vec<model::Account>, RequestError>;

            /// Returns the account ids of the users who may administer a space, without members of groups.
            pub async fn space_administrators(&self, space: &str) -> Result<Vec<String>, RequestError>;

            /// Returns how many people like a page or blog post.
            pub async fn page_likes(&self, which: ContentType, id: &str) -> Result<u64, RequestError>;

            /// Returns how often, or by how many people, a page was viewed: ever, or since a time (ISO 8601).
            pub async fn page_analytics(
                &self,
                which: Analytics,
                page: &str,
                since: Option<&str>,
            ) -> Result<u64, RequestError>;

            /// Returns how many people watch a page; `None` if there are more than fit into one response.
            ///
            /// On Cloud, that is `notification/child-created`; `notification/created` returns those of the space.
            pub async fn page_watchers(&self, page: &str) -> Result<Option<u64>, RequestError>;

            /// Returns whether search knows the fields of Comala for Cloud; it refuses unknown fields with 400.
            pub async fn knows_workflow_fields(&self) -> Result<bool, RequestError>;

            /// Searches for contents, without expansions.
            pub async fn workflow_search(
                &self,
                searched: SearchScope,
                cql: &str,
                take: impl FnMut(model::SearchHit),
            ) -> ListOutcome;

            /// Searches for contents with the content properties of these keys.
            pub async fn property_search(
                &self,
                searched: SearchScope,
                cql: &str,
                keys: &[&str],
                take: impl FnMut(model::SearchHit),
            ) -> ListOutcome;

            /// Lists the content properties of one page, or the one with a key.
            pub async fn page_properties(
                &self,
                id: &str,
                key: Option<&str>,
                take: impl FnMut(model::Property),
            ) -> ListOutcome;

            /// Returns the native content states that a space suggests.
            pub async fn content_states(&self, space_key: &str) -> Result<Vec<ContentState>, RequestError>;

            /// Lists the pages of a space in a native content state.
            pub async fn pages_in_state(
                &self,
                space_key: &str,
                state: i64,
                take: impl FnMut(model::SearchHit),
            ) -> ListOutcome;

            /// Returns the native content state of one page, and since when; `None` if the server returns no content.
            pub async fn content_state(&self, id: &str) -> Result<Option<ContentStateOfPage>, RequestError>;
        }
    }
}
