//! What the program reads of Confluence, whatever kind of site answers.
//!
//! One method per endpoint. Lists hand their items to a closure as they come and tell how the walk ended; bodies of a
//! large site never are in memory together.

use std::ops::ControlFlow;

use delegate::delegate;

use super::address::SiteAddress;
use super::answer::Answer;
use super::client::Client;
use super::cloud::Cloud;
use super::download::Fingerprint;
use super::error::RequestError;
use super::inspect::Observed;
use super::look::Look;
use super::model;
use super::pagination::Walked;
use super::settings::{ClientError, ConnectionSettings};
use super::workflow_model::{ContentState, ContentStateOfPage, WorkflowParameters, WorkflowStatus};

pub use super::choices::{
    ACCOUNTS_PER_REQUEST, Analytics, Bodies, BodyForm, CONTENT_IDS_PER_REQUEST, CommentKind, Edition,
    HEADER_IMAGE_DRAFT, HEADER_IMAGE_PUBLISHED, INNER_LABELS, INNER_LIST, Order, PEOPLE_PER_REQUEST,
    SPACE_IDS_PER_REQUEST, Searched, SearchedSpaces, Single, SpaceList, TreeKind,
};

/// The kinds of sites that can be read.
#[derive(Debug)]
enum Deployment {
    Cloud(Cloud),
}

/// The seam to Confluence: the endpoints of one site.
///
/// Which kind of site it is nobody outside this crate knows. It is a private enum rather than a trait, because the
/// endpoints take closures and are asynchronous, which a trait object cannot offer, and because a type parameter would
/// have to be named by everybody who reads. Another kind of site is a module beside `cloud` with the same methods, one
/// variant above and one arm where calls are handed on.
#[derive(Debug)]
pub struct Api {
    deployment: Deployment,
}

impl Api {
    /// Sets up connections; sends nothing.
    pub fn new(settings: ConnectionSettings) -> Result<Self, ClientError> {
        Ok(Self { deployment: Deployment::Cloud(Cloud::new(Client::new(settings)?)) })
    }

    /// The client below: counters, warnings, whether the run was stopped.
    pub fn client(&self) -> &Client {
        match &self.deployment {
            Deployment::Cloud(cloud) => cloud.client(),
        }
    }

    /// Where the site is.
    pub fn address(&self) -> &SiteAddress {
        self.client().address()
    }

    delegate! {
        to match &self.deployment { Deployment::Cloud(cloud) => cloud } {
            /// One look as the account, judged by nobody. Repeated only when no answer arrives at all, or after the
            /// pause a throttling server asks for.
            pub async fn observe(&self, look: &Look<'_>) -> Result<Observed, RequestError>;

            /// One look without credentials: what a visitor sees who is not logged in.
            pub async fn observe_as_visitor(&self, look: &Look<'_>) -> Result<Observed, RequestError>;

            /// The size in bytes of one version of an attachment, as its download tells it.
            pub async fn measure_download(&self, container: &str, id: &str, version: u32) -> Result<u64, RequestError>;

            /// Downloads the current version of an attachment and keeps nothing but its fingerprint.
            pub async fn fingerprint(&self, container: &str, id: &str) -> Result<Fingerprint, RequestError>;

            /// Who the credentials belong to; fails unless that is a known user.
            pub async fn current_user(&self) -> Result<Answer<model::User>, RequestError>;

            /// Spaces of one status. Both have to be asked for.
            pub async fn spaces(&self, which: SpaceList, order: Order, take: impl FnMut(model::Space)) -> Walked;

            /// One space.
            pub async fn space(&self, id: &str) -> Result<model::Space, RequestError>;

            /// Pages of all statuses in up to [`SPACE_IDS_PER_REQUEST`] spaces.
            pub async fn pages(
                &self,
                spaces: &[&str],
                bodies: Bodies,
                order: Order,
                take: impl FnMut(model::Content),
            ) -> Walked;

            /// Blog posts of all statuses in up to [`SPACE_IDS_PER_REQUEST`] spaces.
            pub async fn blog_posts(
                &self,
                spaces: &[&str],
                bodies: Bodies,
                order: Order,
                take: impl FnMut(model::Content),
            ) -> Walked;

            /// All attachments of the site, by creation: the only stable order offered.
            pub async fn attachments(&self, order: Order, take: impl FnMut(model::Attachment)) -> Walked;

            /// The attachments of one page or blog post, those in the trash among them.
            pub async fn attachments_of(&self, which: Single, id: &str, take: impl FnMut(model::Attachment)) -> Walked;

            /// The versions of one attachment that exist, without sizes.
            pub async fn attachment_versions(&self, id: &str, take: impl FnMut(model::ListedVersion)) -> Walked;

            /// App content of one type. Types cannot be listed, so only known ones can be asked for.
            pub async fn custom_content(
                &self,
                kind: &str,
                bodies: Bodies,
                order: Order,
                take: impl FnMut(model::Content),
            ) -> Walked;

            /// All footer or inline comments of the site.
            pub async fn comments(
                &self,
                which: CommentKind,
                bodies: Bodies,
                order: Order,
                take: impl FnMut(model::Content),
            ) -> Walked;

            /// The direct replies to one comment.
            pub async fn replies(
                &self,
                which: CommentKind,
                comment: &str,
                bodies: Bodies,
                order: Order,
                take: impl FnMut(model::Content),
            ) -> Walked;

            /// One content with its body.
            pub async fn content(
                &self,
                which: Single,
                id: &str,
                edition: Edition,
            ) -> Result<model::Content, RequestError>;

            /// One content with its body in this form.
            pub async fn content_in(
                &self,
                which: Single,
                id: &str,
                form: BodyForm,
                edition: Edition,
            ) -> Result<model::Content, RequestError>;

            /// One page or blog post as it was in a version, with its body.
            pub async fn content_version(
                &self,
                which: Single,
                id: &str,
                version: u32,
            ) -> Result<model::Content, RequestError>;

            /// The pages or blog posts of which this account has a draft, without bodies, until `take` breaks. The
            /// documents of the API do not name this status for lists; a site that does not know it answers 400.
            pub async fn drafts(
                &self,
                which: Single,
                take: impl FnMut(model::Content) -> ControlFlow<()>,
            ) -> Walked;

            /// Whether the list of pages or blog posts still shows `id`, in whatever status: tells deleted from hidden
            /// (F-41).
            pub async fn is_listed(&self, which: Single, id: &str) -> Result<bool, RequestError>;

            /// One attachment in its current version.
            pub async fn attachment(&self, id: &str) -> Result<model::Attachment, RequestError>;

            /// One version of an attachment, with the size it had.
            pub async fn attachment_version(&self, id: &str, version: u32) -> Result<model::Attachment, RequestError>;

            /// All content properties of one page or blog post.
            pub async fn properties(
                &self,
                which: Single,
                id: &str,
                order: Order,
                take: impl FnMut(model::Property),
            ) -> Walked;

            /// Pages and blog posts with their header-image properties, by search: the only bulk way to properties. The
            /// search index lags and leaves contents out, so what it does not answer has to be asked for alone.
            pub async fn header_images(&self, take: impl FnMut(model::SearchHit)) -> Walked;

            /// The comments and attachments that the search index knows in these spaces, or in all where none is named:
            /// a walk that is independent of the lists, at a thousand hits a page; without archived spaces, and late by
            /// seconds or minutes.
            pub async fn indexed(
                &self,
                which: Searched,
                space_keys: &[&str],
                take: impl FnMut(model::SearchHit),
            ) -> Walked;

            /// Page templates of a space, or the global ones, in pages of `page_size` or as large as they may be. The
            /// list has no order that could be chosen.
            pub async fn templates(
                &self,
                space_key: Option<&str>,
                page_size: Option<u32>,
                take: impl FnMut(model::Template),
            ) -> Walked;

            /// Blueprint templates of a space, or the global ones.
            pub async fn blueprint_templates(
                &self,
                space_key: Option<&str>,
                page_size: Option<u32>,
                take: impl FnMut(model::Template),
            ) -> Walked;

            /// One template with its body.
            pub async fn template(&self, id: &str) -> Result<model::Template, RequestError>;

            /// All labels of the site.
            pub async fn labels(&self, order: Order, take: impl FnMut(model::Label)) -> Walked;

            /// The attachments that bear a label.
            pub async fn attachments_with_label(
                &self,
                label: &str,
                order: Order,
                take: impl FnMut(model::Attachment),
            ) -> Walked;

            /// Up to [`PEOPLE_PER_REQUEST`] people by account id; unknown ids are left out by the server.
            pub async fn people(&self, accounts: &[&str]) -> Result<Vec<model::User>, RequestError>;

            /// Current pages of spaces, and blog posts where `posts` asks for them, with their labels, restrictions and
            /// editor, and with everybody who ever published a version where `contributors` asks for it: the only bulk way to all of these.
            pub async fn page_sweep(
                &self,
                searched: SearchedSpaces,
                space_keys: &[&str],
                posts: bool,
                contributors: bool,
                take: impl FnMut(model::PageHit),
            ) -> Walked;

            /// One page or blog post with what can be asked for beside it: labels, properties and, with `versions`, its
            /// versions, up to [`INNER_LIST`] of each. Without its body.
            pub async fn page_alone(
                &self,
                which: Single,
                id: &str,
                versions: bool,
            ) -> Result<model::PageAlone, RequestError>;

            /// Who alone may read or change one page or blog post, by operation, as sent.
            pub async fn page_restrictions(&self, page: &str) -> Result<serde_json::Value, RequestError>;

            /// The comments in spaces with what each is on and, of a reply, the comments above it: what shows in bulk
            /// which comments have replies. The search index lags.
            pub async fn comment_sweep(
                &self,
                searched: SearchedSpaces,
                space_keys: &[&str],
                take: impl FnMut(model::CommentHit),
            ) -> Walked;

            /// The global labels of one page or blog post.
            pub async fn page_labels(&self, which: Single, id: &str, take: impl FnMut(model::Label)) -> Walked;

            /// The versions of one page or blog post that exist; backward, the newest first.
            pub async fn page_versions(
                &self,
                which: Single,
                id: &str,
                order: Order,
                take: impl FnMut(model::PageVersion),
            ) -> Walked;

            /// A member of the tree of pages that is no page.
            pub async fn tree_member(&self, kind: TreeKind, id: &str) -> Result<model::TreeMember, RequestError>;

            /// The same, where a short link may lead to one.
            pub async fn short_link_target(&self, kind: TreeKind, id: &str) -> Result<model::TreeMember, RequestError>;

            /// Which of up to [`CONTENT_IDS_PER_REQUEST`] ids are pages, or blog posts, of whatever status.
            pub async fn listed(&self, which: Single, ids: &[&str], take: impl FnMut(model::Listed)) -> Walked;

            /// Up to [`ACCOUNTS_PER_REQUEST`] accounts; unknown ids are left out by the server.
            pub async fn accounts(&self, ids: &[&str]) -> Result<Vec<model::Account>, RequestError>;

            /// How many people like a page or blog post.
            pub async fn page_likes(&self, which: Single, id: &str) -> Result<u64, RequestError>;

            /// How often, or by how many people, a page was viewed, ever or since a time (ISO 8601).
            pub async fn page_analytics(
                &self,
                which: Analytics,
                page: &str,
                since: Option<&str>,
            ) -> Result<u64, RequestError>;

            /// How many people watch a page; `None` when they are more than one answer holds.
            ///
            /// The endpoint of a page's watches is `notification/child-created`; its sister `notification/created`
            /// answers those of the whole space (`confluence-v1.json`).
            pub async fn page_watchers(&self, page: &str) -> Result<Option<u64>, RequestError>;

            /// Whether a Comala app for Data Center may answer here at all: the one for Cloud has no REST API, and
            /// Atlassian's own hosts serve Cloud only.
            pub fn may_have_comala_rest(&self) -> bool;

            /// The workflow status of one page by Comala on Data Center; `None` is a page without a workflow.
            pub async fn workflow_status(&self, id: &str) -> Result<Option<WorkflowStatus>, RequestError>;

            /// The same, asked in order to learn whether Comala answers at all. It is counted apart.
            pub async fn probe_workflow_status(&self, id: &str) -> Result<Option<WorkflowStatus>, RequestError>;

            /// The page-editable workflow parameters of one page by Comala on Data Center; `None` is a page without
            /// any. Needs the right to edit the page: without it the answer is 403.
            pub async fn workflow_parameters(&self, id: &str) -> Result<Option<WorkflowParameters>, RequestError>;

            /// Whether the search knows the fields of Comala on Cloud; it refuses unknown fields with 400.
            pub async fn knows_workflow_fields(&self) -> Result<bool, RequestError>;

            /// The contents that a query finds, without anything expanded.
            pub async fn workflow_search(
                &self,
                searched: SearchedSpaces,
                cql: &str,
                take: impl FnMut(model::SearchHit),
            ) -> Walked;

            /// The contents that a query finds, with the content properties of these keys: the only bulk way to
            /// properties.
            pub async fn property_search(
                &self,
                searched: SearchedSpaces,
                cql: &str,
                keys: &[&str],
                take: impl FnMut(model::SearchHit),
            ) -> Walked;

            /// The content properties of one page, or the one of a key.
            pub async fn page_properties(
                &self,
                id: &str,
                key: Option<&str>,
                take: impl FnMut(model::Property),
            ) -> Walked;

            /// The native content states that a space suggests.
            pub async fn content_states(&self, space_key: &str) -> Result<Vec<ContentState>, RequestError>;

            /// The pages of a space that are in a native content state.
            pub async fn pages_in_state(
                &self,
                space_key: &str,
                state: i64,
                take: impl FnMut(model::SearchHit),
            ) -> Walked;

            /// The native content state of one page, and since when; `None` where the server has nothing to say.
            pub async fn content_state(&self, id: &str) -> Result<Option<ContentStateOfPage>, RequestError>;
        }
    }
}
