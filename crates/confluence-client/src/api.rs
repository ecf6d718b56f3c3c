//! API of a Confluence site: one method per endpoint, independent of the kind of site.
//!
//! Lists pass their items to a closure as they arrive and return how the list ended, so that the bodies of a large site
//! are never in memory together.

use std::ops::ControlFlow;

use delegate::delegate;

use super::address::SiteAddress;
use super::client::Client;
use super::cloud::Cloud;
use super::download::Fingerprint;
use super::error::RequestError;
use super::model;
use super::observe::ObservedResponse;
use super::pagination::ListOutcome;
use super::probe_request::ProbeRequest;
use super::response::ApiResponse;
use super::settings::{ClientError, ConnectionSettings};
use super::workflow_model::{ContentState, ContentStateOfPage, WorkflowParameters, WorkflowStatus};

pub use super::parameters::{
    ACCOUNTS_PER_REQUEST, Analytics, Bodies, BodyForm, CONTENT_IDS_PER_REQUEST, CommentKind, ContentType,
    EMBEDDED_ITEMS, EMBEDDED_LABELS, Edition, HEADER_IMAGE_DRAFT, HEADER_IMAGE_PUBLISHED, IndexedTypes, ListOrder,
    PEOPLE_PER_REQUEST, SPACE_IDS_PER_REQUEST, SearchScope, SpaceList, TreeKind,
};

/// The supported kinds of sites.
#[derive(Debug)]
enum Deployment {
    Cloud(Cloud),
}

/// The endpoints of one site.
///
/// The kind of site is known only inside this crate. It is a private enum rather than a trait: the endpoints take
/// closures and are asynchronous, which trait objects do not support, and a type parameter would appear in all code
/// that reads. Another kind of site needs a module next to `cloud` with the same methods, one variant above and one
/// match arm below.
#[derive(Debug)]
pub struct Api {
    deployment: Deployment,
}

impl Api {
    /// Sets up connections; sends nothing.
    pub fn new(settings: ConnectionSettings) -> Result<Self, ClientError> {
        Ok(Self { deployment: Deployment::Cloud(Cloud::new(Client::new(settings)?)) })
    }

    /// Returns the client: counters, warnings, and whether the run was stopped.
    pub fn client(&self) -> &Client {
        match &self.deployment {
            Deployment::Cloud(cloud) => cloud.client(),
        }
    }

    /// Returns the address of the site.
    pub fn address(&self) -> &SiteAddress {
        self.client().address()
    }

    delegate! {
        to match &self.deployment { Deployment::Cloud(cloud) => cloud } {
            /// Sends a probe with the credentials and returns the response, whatever its status. Retries only without a
            /// response, or after the pause that a throttling server asks for.
            pub async fn observe(&self, probe: &ProbeRequest<'_>) -> Result<ObservedResponse, RequestError>;

            /// Sends a probe without credentials and returns what an anonymous visitor gets.
            pub async fn observe_as_visitor(&self, probe: &ProbeRequest<'_>) -> Result<ObservedResponse, RequestError>;

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

            /// Lists all attachments of the site by creation time, the only stable order that the API offers.
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
            /// The API documentation does not mention this status for lists; a site that does not know it returns 400.
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

            /// Searches for pages and blog posts with their header-image properties, the only way to read properties in
            /// bulk. The search index lags and omits contents, so contents without a hit have to be read individually.
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
            /// restrictions and editor, and with `contributors` everyone who ever published a version. This is the only
            /// way to read these in bulk.
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
            /// This shows in bulk which comments have replies. The search index lags.
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
            /// The endpoint for the watches of a page is `notification/child-created`; `notification/created` returns
            /// those of the space (`confluence-v1.json`).
            pub async fn page_watchers(&self, page: &str) -> Result<Option<u64>, RequestError>;

            /// Returns whether the site may have Comala for Data Center: Comala for Cloud has no REST API, and
            /// Atlassian's hosts serve Cloud only.
            pub fn may_have_comala_rest(&self) -> bool;

            /// Returns the workflow status of one page from Comala for Data Center; `None` for a page without a
            /// workflow.
            pub async fn workflow_status(&self, id: &str) -> Result<Option<WorkflowStatus>, RequestError>;

            /// Like [`Self::workflow_status`], to find out whether the site has Comala; counted separately.
            pub async fn probe_workflow_status(&self, id: &str) -> Result<Option<WorkflowStatus>, RequestError>;

            /// Returns the page-editable workflow parameters of one page from Comala for Data Center; `None` for a page
            /// without any. Requires permission to edit the page; otherwise the server returns 403.
            pub async fn workflow_parameters(&self, id: &str) -> Result<Option<WorkflowParameters>, RequestError>;

            /// Returns whether search knows the fields of Comala for Cloud; it refuses unknown fields with 400.
            pub async fn knows_workflow_fields(&self) -> Result<bool, RequestError>;

            /// Searches for contents, without expansions.
            pub async fn workflow_search(
                &self,
                searched: SearchScope,
                cql: &str,
                take: impl FnMut(model::SearchHit),
            ) -> ListOutcome;

            /// Searches for contents with the content properties of these keys, the only way to read properties in
            /// bulk.
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
