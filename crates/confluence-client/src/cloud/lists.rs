//! The lists and single things that an audit reads: v2, and v1 where v2 has nothing.

use std::ops::ControlFlow;

use super::{
    ATTACHMENT_STATUSES, BLOG_POST_STATUSES, Cloud, PAGE_STATUSES, collection, comments, in_spaces, statuses_of,
    with_all, with_bodies,
};
use crate::answer::Answer;
use crate::choices::{Bodies, CommentKind, Edition, HEADER_IMAGE_DRAFT, HEADER_IMAGE_PUBLISHED, Single, SpaceList};
use crate::error::RequestError;
use crate::kind::RequestKind;
use crate::model;
use crate::pagination::{Paging, Walked, walk};
use crate::request::Request;

impl Cloud {
    pub(crate) async fn current_user(&self) -> Result<Answer<model::User>, RequestError> {
        self.client.identity().await
    }

    pub(crate) async fn spaces(&self, which: SpaceList, take: impl FnMut(model::Space)) -> Walked {
        let request = Request::v2(RequestKind::Spaces, &["spaces"]).with("status", which.word()).with("sort", "id");
        self.list(&request, take).await
    }

    pub(crate) async fn pages(&self, spaces: &[&str], bodies: Bodies, take: impl FnMut(model::Content)) -> Walked {
        let request = with_all(Request::v2(RequestKind::Pages, &["pages"]), "status", PAGE_STATUSES).with("sort", "id");
        self.list(&in_spaces(request, spaces, bodies), take).await
    }

    pub(crate) async fn blog_posts(&self, spaces: &[&str], bodies: Bodies, take: impl FnMut(model::Content)) -> Walked {
        let request = Request::v2(RequestKind::BlogPosts, &["blogposts"]).with("sort", "id");
        let request = with_all(request, "status", BLOG_POST_STATUSES);
        self.list(&in_spaces(request, spaces, bodies), take).await
    }

    pub(crate) async fn attachments(&self, take: impl FnMut(model::Attachment)) -> Walked {
        let request = Request::v2(RequestKind::Attachments, &["attachments"]).with("sort", "created-date");
        self.list(&with_all(request, "status", ATTACHMENT_STATUSES), take).await
    }

    pub(crate) async fn attachments_of(&self, which: Single, id: &str, take: impl FnMut(model::Attachment)) -> Walked {
        let request = Request::v2(RequestKind::AttachmentsOfOneOwner, &[collection(which), id, "attachments"]);
        self.list(&with_all(request.with("sort", "created-date"), "status", ATTACHMENT_STATUSES), take).await
    }

    pub(crate) async fn newest_attachments(&self, take: impl FnMut(model::Attachment) -> ControlFlow<()>) -> Walked {
        let request = Request::v2(RequestKind::NewestAttachments, &["attachments"]).with("sort", "-created-date");
        walk(&self.client, &with_all(request, "status", ATTACHMENT_STATUSES), Paging::Cursor, take).await
    }

    pub(crate) async fn attachment_versions(&self, id: &str, take: impl FnMut(model::ListedVersion)) -> Walked {
        let request = Request::v2(RequestKind::AttachmentVersionList, &["attachments", id, "versions"]);
        self.list(&request.with("sort", "modified-date"), take).await
    }

    pub(crate) async fn custom_content(&self, kind: &str, take: impl FnMut(model::Content)) -> Walked {
        let request =
            Request::v2(RequestKind::CustomContent, &["custom-content"]).with("type", kind).with("sort", "id");
        self.list(&request.with("body-format", "storage"), take).await
    }

    pub(crate) async fn comments(
        &self,
        which: CommentKind,
        bodies: Bodies,
        take: impl FnMut(model::Content),
    ) -> Walked {
        let request = Request::v2(which.request_kind(), &[comments(which)]).with("sort", "created-date");
        self.list(&with_bodies(request, bodies), take).await
    }

    pub(crate) async fn replies(&self, which: CommentKind, comment: &str, take: impl FnMut(model::Content)) -> Walked {
        let request = Request::v2(RequestKind::CommentReplies, &[comments(which), comment, "children"]);
        self.list(&request.with("sort", "created-date").with("body-format", "storage"), take).await
    }

    pub(crate) async fn changed_pages(&self, take: impl FnMut(model::Content) -> ControlFlow<()>) -> Walked {
        let request = with_all(Request::v2(RequestKind::ChangedPages, &["pages"]), "status", PAGE_STATUSES);
        self.newest_first(request.with("body-format", "storage"), take).await
    }

    pub(crate) async fn changed_blog_posts(&self, take: impl FnMut(model::Content) -> ControlFlow<()>) -> Walked {
        let request =
            with_all(Request::v2(RequestKind::ChangedBlogPosts, &["blogposts"]), "status", BLOG_POST_STATUSES);
        self.newest_first(request.with("body-format", "storage"), take).await
    }

    pub(crate) async fn changed_comments(
        &self,
        which: CommentKind,
        take: impl FnMut(model::Content) -> ControlFlow<()>,
    ) -> Walked {
        let request = Request::v2(RequestKind::ChangedComments, &[comments(which)]).with("body-format", "storage");
        self.newest_first(request, take).await
    }

    pub(crate) async fn changed_attachments(&self, take: impl FnMut(model::Attachment) -> ControlFlow<()>) -> Walked {
        let request =
            with_all(Request::v2(RequestKind::ChangedAttachments, &["attachments"]), "status", ATTACHMENT_STATUSES);
        self.newest_first(request, take).await
    }

    pub(crate) async fn content(
        &self,
        which: Single,
        id: &str,
        edition: Edition,
    ) -> Result<model::Content, RequestError> {
        let mut request = Request::v2(which.request_kind(), &[collection(which), id]).with("body-format", "storage");
        if edition == Edition::Draft {
            request.kind = RequestKind::Draft;
            request = request.with("get-draft", "true");
        }
        Ok(self.client.get(&request).await?.value)
    }

    pub(crate) async fn is_listed(&self, which: Single, id: &str) -> Result<bool, RequestError> {
        let request = with_all(
            Request::v2(which.request_kind(), &[collection(which)]).with("id", id),
            "status",
            statuses_of(which),
        );
        let mut listed = false;
        let walked = self.list(&request, |content: model::Content| listed |= content.id.0 == id).await;
        if listed { Ok(true) } else { walked.end.map(|()| false) }
    }

    pub(crate) async fn attachment(&self, id: &str) -> Result<model::Attachment, RequestError> {
        Ok(self.client.get(&Request::v2(RequestKind::OneAttachment, &["attachments", id])).await?.value)
    }

    pub(crate) async fn attachment_version(&self, id: &str, version: u32) -> Result<model::Attachment, RequestError> {
        let request =
            Request::v2(RequestKind::AttachmentVersion, &["attachments", id]).with("version", version.to_string());
        Ok(self.client.get(&request).await?.value)
    }

    pub(crate) async fn properties(&self, which: Single, id: &str, take: impl FnMut(model::Property)) -> Walked {
        let request = Request::v2(RequestKind::Properties, &[collection(which), id, "properties"]).with("sort", "key");
        self.list(&request, take).await
    }

    pub(crate) async fn header_images(&self, take: impl FnMut(model::SearchHit)) -> Walked {
        let expand = format!("metadata.properties.{HEADER_IMAGE_PUBLISHED},metadata.properties.{HEADER_IMAGE_DRAFT}");
        let request = Request::v1(RequestKind::HeaderImageSweep, &["content", "search"])
            .with("cql", "type in (page,blogpost)")
            .with("expand", expand);
        self.list(&request, take).await
    }

    pub(crate) async fn indexed(&self, take: impl FnMut(model::SearchHit)) -> Walked {
        let request = Request::v1(RequestKind::SearchIndex, &["content", "search"])
            .with("cql", "type in (comment,attachment) order by created");
        self.list(&request, take).await
    }

    pub(crate) async fn templates(&self, space_key: Option<&str>, take: impl FnMut(model::Template)) -> Walked {
        self.template_list("page", space_key, take).await
    }

    pub(crate) async fn blueprint_templates(
        &self,
        space_key: Option<&str>,
        take: impl FnMut(model::Template),
    ) -> Walked {
        self.template_list("blueprint", space_key, take).await
    }

    async fn template_list(&self, which: &str, space_key: Option<&str>, take: impl FnMut(model::Template)) -> Walked {
        let mut request = Request::v1(RequestKind::Templates, &["template", which]).with("expand", "body.storage");
        if let Some(key) = space_key {
            request = request.with("spaceKey", key);
        }
        self.list_by_start(&request, take).await
    }

    pub(crate) async fn template(&self, id: &str) -> Result<model::Template, RequestError> {
        let request = Request::v1(RequestKind::OneTemplate, &["template", id]).with("expand", "body.storage");
        Ok(self.client.get(&request).await?.value)
    }

    pub(crate) async fn labels(&self, take: impl FnMut(model::Label)) -> Walked {
        self.list(&Request::v2(RequestKind::Labels, &["labels"]).with("sort", "id"), take).await
    }

    pub(crate) async fn attachments_with_label(&self, label: &str, take: impl FnMut(model::Attachment)) -> Walked {
        let request = Request::v2(RequestKind::AttachmentsOfALabel, &["labels", label, "attachments"]);
        self.list(&request.with("sort", "created-date"), take).await
    }

    pub(crate) async fn people(&self, accounts: &[&str]) -> Result<Vec<model::User>, RequestError> {
        let request = with_all(Request::v1(RequestKind::People, &["user", "bulk"]), "accountId", accounts);
        Ok(self.client.get::<model::Users>(&request).await?.value.results)
    }
}
