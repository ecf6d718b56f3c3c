//! The endpoints of Confluence Cloud that the program reads: v2, and v1 where v2 has nothing.
//!
//! One method per endpoint. Lists hand their items to a closure as they come and tell how the walk ended; bodies of a
//! large site never are in memory together.

use std::ops::ControlFlow;

use super::client::{Answer, Client, ClientError, ConnectionSettings};
use super::deployment::Request;
use super::error::RequestError;
use super::kind::RequestKind;
use super::model;
use super::pagination::{Item, Paging, Walked, walk};

/// Space ids in one request at most (`confluence-api.md` 3.2).
pub const SPACE_IDS_PER_REQUEST: usize = 100;
/// Account ids in one request at most.
pub const PEOPLE_PER_REQUEST: usize = 100;
/// Content property of the published header image (`storage-format.md` 5).
pub const HEADER_IMAGE_PUBLISHED: &str = "cover-picture-id-published";
/// Content property of the header image of the draft.
pub const HEADER_IMAGE_DRAFT: &str = "cover-picture-id-draft";

/// Every status a page list can be asked for.
pub(super) const PAGE_STATUSES: &[&str] = &["current", "archived", "trashed", "deleted"];
/// Every status a blog post list can be asked for.
pub(super) const BLOG_POST_STATUSES: &[&str] = &["current", "trashed", "deleted"];
/// Every status the attachment list can be asked for; trash only comes when asked for.
const ATTACHMENT_STATUSES: &[&str] = &["current", "archived", "trashed"];

/// Which comments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommentKind {
    /// Below a page or post.
    Footer,
    /// On a passage of it.
    Inline,
}

impl CommentKind {
    fn segment(self) -> &'static str {
        match self {
            Self::Footer => "footer-comments",
            Self::Inline => "inline-comments",
        }
    }

    fn kind(self) -> RequestKind {
        match self {
            Self::Footer => RequestKind::FooterComments,
            Self::Inline => RequestKind::InlineComments,
        }
    }
}

/// Whether a list brings the bodies of its items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bodies {
    /// In storage format.
    Included,
    /// Not asked for.
    LeftOut,
}

impl Bodies {
    fn ask(self, request: Request) -> Request {
        match self {
            Self::Included => request.with("body-format", "storage"),
            Self::LeftOut => request,
        }
    }
}

/// Which state of a page or post is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edition {
    /// What readers see.
    Published,
    /// The unpublished draft, where there is one.
    Draft,
}

/// A content that can be read alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Single {
    /// A page.
    Page,
    /// A blog post.
    BlogPost,
    /// A footer comment.
    FooterComment,
    /// An inline comment.
    InlineComment,
    /// App content.
    CustomContent,
}

impl Single {
    pub(super) fn segment(self) -> &'static str {
        match self {
            Self::Page => "pages",
            Self::BlogPost => "blogposts",
            Self::FooterComment => "footer-comments",
            Self::InlineComment => "inline-comments",
            Self::CustomContent => "custom-content",
        }
    }

    fn kind(self) -> RequestKind {
        match self {
            Self::Page => RequestKind::OnePage,
            Self::BlogPost => RequestKind::OneBlogPost,
            Self::FooterComment | Self::InlineComment => RequestKind::OneComment,
            Self::CustomContent => RequestKind::OneCustomContent,
        }
    }
}

/// Confluence Cloud at its site host.
#[derive(Debug)]
pub struct Api {
    client: Client,
}

impl Api {
    /// Sets up connections; sends nothing.
    pub fn new(settings: ConnectionSettings) -> Result<Self, ClientError> {
        Ok(Self { client: Client::new(settings)? })
    }

    /// The client below: counters, warnings, whether the run was stopped.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Who the credentials belong to; fails unless that is a known user.
    pub async fn current_user(&self) -> Result<Answer<model::User>, RequestError> {
        self.client.identity().await
    }

    /// Spaces of one status, `current` or `archived`. Both have to be asked for (`confluence-api.md` 3.1).
    pub async fn spaces(&self, status: &str, take: impl FnMut(model::Space)) -> Walked {
        let request = Request::v2(RequestKind::Spaces, &["spaces"]).with("status", status).with("sort", "id");
        self.list(&request, take).await
    }

    /// Pages of all statuses in up to [`SPACE_IDS_PER_REQUEST`] spaces.
    pub async fn pages(&self, spaces: &[&str], bodies: Bodies, take: impl FnMut(model::Content)) -> Walked {
        let request = with_all(Request::v2(RequestKind::Pages, &["pages"]), "status", PAGE_STATUSES).with("sort", "id");
        self.list(&in_spaces(request, spaces, bodies), take).await
    }

    /// Blog posts of all statuses in up to [`SPACE_IDS_PER_REQUEST`] spaces.
    pub async fn blog_posts(&self, spaces: &[&str], bodies: Bodies, take: impl FnMut(model::Content)) -> Walked {
        let request = Request::v2(RequestKind::BlogPosts, &["blogposts"]).with("sort", "id");
        let request = with_all(request, "status", BLOG_POST_STATUSES);
        self.list(&in_spaces(request, spaces, bodies), take).await
    }

    /// All attachments of the site, oldest first: by creation, the only stable order offered.
    pub async fn attachments(&self, take: impl FnMut(model::Attachment)) -> Walked {
        let request = Request::v2(RequestKind::Attachments, &["attachments"]).with("sort", "created-date");
        self.list(&with_all(request, "status", ATTACHMENT_STATUSES), take).await
    }

    /// The current attachments of one page or blog post.
    pub async fn attachments_of(&self, which: Single, id: &str, take: impl FnMut(model::Attachment)) -> Walked {
        let request = Request::v2(RequestKind::AttachmentsOfOneOwner, &[which.segment(), id, "attachments"]);
        self.list(&request.with("status", "current").with("sort", "created-date"), take).await
    }

    /// Attachments of the site, the last created first, until `take` breaks.
    pub async fn newest_attachments(&self, take: impl FnMut(model::Attachment) -> ControlFlow<()>) -> Walked {
        let request = Request::v2(RequestKind::NewestAttachments, &["attachments"]).with("sort", "-created-date");
        walk(&self.client, &with_all(request, "status", ATTACHMENT_STATUSES), Paging::Cursor, take).await
    }

    /// The versions of one attachment that exist, without sizes (`confluence-api.md` 3.3).
    pub async fn attachment_versions(&self, id: &str, take: impl FnMut(model::ListedVersion)) -> Walked {
        self.list(&Request::v2(RequestKind::AttachmentVersionList, &["attachments", id, "versions"]), take).await
    }

    /// App content of one type, with bodies. Types cannot be listed, so only known ones can be asked for
    /// (`confluence-api.md` 3.4).
    pub async fn custom_content(&self, kind: &str, take: impl FnMut(model::Content)) -> Walked {
        let request =
            Request::v2(RequestKind::CustomContent, &["custom-content"]).with("type", kind).with("sort", "id");
        self.list(&request.with("body-format", "storage"), take).await
    }

    /// All footer or inline comments of the site.
    pub async fn comments(&self, which: CommentKind, bodies: Bodies, take: impl FnMut(model::Content)) -> Walked {
        let request = Request::v2(which.kind(), &[which.segment()]).with("sort", "created-date");
        self.list(&bodies.ask(request), take).await
    }

    /// The direct replies to one comment, with bodies.
    pub async fn replies(&self, which: CommentKind, comment: &str, take: impl FnMut(model::Content)) -> Walked {
        let request = Request::v2(RequestKind::CommentReplies, &[which.segment(), comment, "children"]);
        self.list(&request.with("sort", "created-date").with("body-format", "storage"), take).await
    }

    /// Pages of all spaces, the last modified first, with bodies, until `take` breaks.
    pub async fn changed_pages(&self, take: impl FnMut(model::Content) -> ControlFlow<()>) -> Walked {
        let request = with_all(Request::v2(RequestKind::ChangedPages, &["pages"]), "status", PAGE_STATUSES);
        self.newest_first(request.with("body-format", "storage"), take).await
    }

    /// Blog posts of all spaces, the last modified first, with bodies, until `take` breaks.
    pub async fn changed_blog_posts(&self, take: impl FnMut(model::Content) -> ControlFlow<()>) -> Walked {
        let request =
            with_all(Request::v2(RequestKind::ChangedBlogPosts, &["blogposts"]), "status", BLOG_POST_STATUSES);
        self.newest_first(request.with("body-format", "storage"), take).await
    }

    /// Comments of the site, the last modified first, with bodies, until `take` breaks.
    pub async fn changed_comments(
        &self,
        which: CommentKind,
        take: impl FnMut(model::Content) -> ControlFlow<()>,
    ) -> Walked {
        let request = Request::v2(RequestKind::ChangedComments, &[which.segment()]).with("body-format", "storage");
        self.newest_first(request, take).await
    }

    /// Attachments of the site, the last modified first, until `take` breaks.
    pub async fn changed_attachments(&self, take: impl FnMut(model::Attachment) -> ControlFlow<()>) -> Walked {
        let request =
            with_all(Request::v2(RequestKind::ChangedAttachments, &["attachments"]), "status", ATTACHMENT_STATUSES);
        self.newest_first(request, take).await
    }

    /// One content with its body.
    pub async fn content(&self, which: Single, id: &str, edition: Edition) -> Result<model::Content, RequestError> {
        let mut request = Request::v2(which.kind(), &[which.segment(), id]).with("body-format", "storage");
        if edition == Edition::Draft {
            request.kind = RequestKind::Draft;
            request = request.with("get-draft", "true");
        }
        Ok(self.client.get(&request).await?.value)
    }

    /// Whether the list of pages or blog posts still shows `id`, in whatever status: tells deleted from hidden (F-41).
    pub async fn is_listed(&self, which: Single, id: &str) -> Result<bool, RequestError> {
        let statuses = if which == Single::BlogPost { BLOG_POST_STATUSES } else { PAGE_STATUSES };
        let request = with_all(Request::v2(which.kind(), &[which.segment()]).with("id", id), "status", statuses);
        let mut listed = false;
        let walked = self.list(&request, |content: model::Content| listed |= content.id.0 == id).await;
        if listed { Ok(true) } else { walked.end.map(|()| false) }
    }

    /// One attachment in its current version.
    pub async fn attachment(&self, id: &str) -> Result<model::Attachment, RequestError> {
        Ok(self.client.get(&Request::v2(RequestKind::OneAttachment, &["attachments", id])).await?.value)
    }

    /// One version of an attachment, with the size it had (`confluence-api.md` 3.3).
    pub async fn attachment_version(&self, id: &str, version: u32) -> Result<model::Attachment, RequestError> {
        let request =
            Request::v2(RequestKind::AttachmentVersion, &["attachments", id]).with("version", version.to_string());
        Ok(self.client.get(&request).await?.value)
    }

    /// All content properties of one page or blog post.
    pub async fn properties(&self, which: Single, id: &str, take: impl FnMut(model::Property)) -> Walked {
        let request = Request::v2(RequestKind::Properties, &[which.segment(), id, "properties"]).with("sort", "key");
        self.list(&request, take).await
    }

    /// Pages and blog posts with their header-image properties, by search: the only bulk way to properties. The search
    /// index lags and leaves contents out, so what it does not answer has to be asked for alone.
    pub async fn header_images(&self, take: impl FnMut(model::SearchHit)) -> Walked {
        let expand = format!("metadata.properties.{HEADER_IMAGE_PUBLISHED},metadata.properties.{HEADER_IMAGE_DRAFT}");
        let request = Request::v1(RequestKind::HeaderImageSweep, &["content", "search"])
            .with("cql", "type in (page,blogpost)")
            .with("expand", expand);
        self.list(&request, take).await
    }

    /// The comments and attachments that the search index knows: a walk that is independent of the lists, at a thousand
    /// hits a page; without archived spaces, and late by seconds or minutes.
    pub async fn indexed(&self, take: impl FnMut(model::SearchHit)) -> Walked {
        let request = Request::v1(RequestKind::SearchIndex, &["content", "search"])
            .with("cql", "type in (comment,attachment) order by created");
        self.list(&request, take).await
    }

    /// Page templates of a space, or the global ones.
    pub async fn templates(&self, space_key: Option<&str>, take: impl FnMut(model::Template)) -> Walked {
        self.template_list("page", space_key, take).await
    }

    /// Blueprint templates of a space, or the global ones.
    pub async fn blueprint_templates(&self, space_key: Option<&str>, take: impl FnMut(model::Template)) -> Walked {
        self.template_list("blueprint", space_key, take).await
    }

    async fn template_list(&self, which: &str, space_key: Option<&str>, take: impl FnMut(model::Template)) -> Walked {
        let mut request = Request::v1(RequestKind::Templates, &["template", which]).with("expand", "body.storage");
        if let Some(key) = space_key {
            request = request.with("spaceKey", key);
        }
        self.list_by_start(&request, take).await
    }

    /// One template with its body.
    pub async fn template(&self, id: &str) -> Result<model::Template, RequestError> {
        let request = Request::v1(RequestKind::OneTemplate, &["template", id]).with("expand", "body.storage");
        Ok(self.client.get(&request).await?.value)
    }

    /// All labels of the site.
    pub async fn labels(&self, take: impl FnMut(model::Label)) -> Walked {
        self.list(&Request::v2(RequestKind::Labels, &["labels"]).with("sort", "id"), take).await
    }

    /// The attachments that bear a label.
    pub async fn attachments_with_label(&self, label: &str, take: impl FnMut(model::Attachment)) -> Walked {
        let request = Request::v2(RequestKind::AttachmentsOfALabel, &["labels", label, "attachments"]);
        self.list(&request.with("sort", "created-date"), take).await
    }

    /// Up to [`PEOPLE_PER_REQUEST`] people by account id; unknown ids are left out by the server.
    pub async fn people(&self, accounts: &[&str]) -> Result<Vec<model::User>, RequestError> {
        let request = with_all(Request::v1(RequestKind::People, &["user", "bulk"]), "accountId", accounts);
        Ok(self.client.get::<model::Users>(&request).await?.value.results)
    }

    pub(super) async fn list<T: Item>(&self, request: &Request, take: impl FnMut(T)) -> Walked {
        walk(&self.client, request, Paging::Cursor, to_its_end(take)).await
    }

    pub(super) async fn list_by_start<T: Item>(&self, request: &Request, take: impl FnMut(T)) -> Walked {
        walk(&self.client, request, Paging::Start, to_its_end(take)).await
    }

    async fn newest_first<T: Item>(&self, request: Request, take: impl FnMut(T) -> ControlFlow<()>) -> Walked {
        walk(&self.client, &request.with("sort", "-modified-date"), Paging::Cursor, take).await
    }
}

/// Takes every item and never ends the walk.
fn to_its_end<T>(mut take: impl FnMut(T)) -> impl FnMut(T) -> ControlFlow<()> {
    move |item| {
        take(item);
        ControlFlow::Continue(())
    }
}

pub(super) fn with_all(request: Request, name: &str, values: &[&str]) -> Request {
    values.iter().fold(request, |request, value| request.with(name, *value))
}

fn in_spaces(request: Request, spaces: &[&str], bodies: Bodies) -> Request {
    bodies.ask(with_all(request, "space-id", spaces))
}
