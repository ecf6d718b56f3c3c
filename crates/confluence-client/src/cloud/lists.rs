//! Endpoints of an audit, lists and single items: v2, and v1 where v2 has no endpoint.

use std::ops::ControlFlow;

use super::{
    ATTACHMENT_STATUSES, BLOG_POST_STATUSES, Cloud, PAGE_STATUSES, collection, comments, in_spaces, statuses_of,
    with_all, with_bodies,
};
use crate::by_id;
use crate::cql;
use crate::error::RequestError;
use crate::list_outcome::ListOutcome;
use crate::model;
use crate::pagination::{PagingMode, read_list};
use crate::parameters::{
    Bodies, BodyForm, CommentKind, ContentType, Edition, HEADER_IMAGE_DRAFT, HEADER_IMAGE_PUBLISHED, IndexedTypes,
    ListOrder, SpaceList,
};
use crate::request::Request;
use crate::request_kind::RequestKind;
use crate::response::ApiResponse;

impl Cloud {
    #[expect(clippy::unused_async, reason = "the same method as for Data Center")]
    pub(crate) async fn server_information(&self) -> Result<model::ServerInformation, RequestError> {
        Err(RequestError::Unsupported { what: "information about its software" })
    }

    #[expect(clippy::unused_async, reason = "the same method as for Data Center")]
    pub(crate) async fn instance_metrics(&self) -> Result<Option<model::InstanceMetrics>, RequestError> {
        Ok(None)
    }

    #[expect(clippy::unused_async, reason = "the same method as for Data Center")]
    pub(crate) async fn retention_policies(&self, _take: impl FnMut(model::SpaceRetention)) -> ListOutcome {
        ListOutcome::ended(Ok(()))
    }

    pub(crate) async fn current_user(&self) -> Result<ApiResponse<model::User>, RequestError> {
        self.client.identity().await
    }

    pub(crate) async fn spaces(
        &self,
        which: SpaceList,
        order: ListOrder,
        take: impl FnMut(model::Space),
    ) -> ListOutcome {
        let request = Request::v2(RequestKind::Spaces, &["spaces"]).with("status", which.word());
        self.list(&request.with("sort", order.by("id")), take).await
    }

    pub(crate) async fn space(&self, id: &str) -> Result<model::Space, RequestError> {
        Ok(self.client.get(&Request::v2(RequestKind::OneSpace, &["spaces", id])).await?.value)
    }

    pub(crate) async fn pages(
        &self,
        spaces: &[&str],
        bodies: Bodies,
        order: ListOrder,
        take: impl FnMut(model::Content),
    ) -> ListOutcome {
        let request = with_all(Request::v2(RequestKind::Pages, &["pages"]), "status", PAGE_STATUSES);
        self.list_and_bodies(&request.with("sort", order.by("id")), spaces, bodies, take).await
    }

    pub(crate) async fn blog_posts(
        &self,
        spaces: &[&str],
        bodies: Bodies,
        order: ListOrder,
        take: impl FnMut(model::Content),
    ) -> ListOutcome {
        let request = with_all(Request::v2(RequestKind::BlogPosts, &["blogposts"]), "status", BLOG_POST_STATUSES);
        self.list_and_bodies(&request.with("sort", order.by("id")), spaces, bodies, take).await
    }

    pub(crate) async fn attachments(&self, order: ListOrder, take: impl FnMut(model::Attachment)) -> ListOutcome {
        let request = Request::v2(RequestKind::Attachments, &["attachments"]).with("sort", order.by("created-date"));
        self.list(&with_all(request, "status", ATTACHMENT_STATUSES), take).await
    }

    pub(crate) async fn attachments_of(
        &self,
        which: ContentType,
        id: &str,
        take: impl FnMut(model::Attachment),
    ) -> ListOutcome {
        let request = Request::v2(RequestKind::AttachmentsOfOneOwner, &[collection(which), id, "attachments"]);
        self.list(&with_all(request.with("sort", "created-date"), "status", ATTACHMENT_STATUSES), take).await
    }

    pub(crate) async fn attachment_versions(&self, id: &str, take: impl FnMut(model::VersionNumber)) -> ListOutcome {
        let request = Request::v2(RequestKind::AttachmentVersionList, &["attachments", id, "versions"]);
        self.list(&request.with("sort", "modified-date"), take).await
    }

    pub(crate) async fn custom_content(
        &self,
        kind: &str,
        bodies: Bodies,
        order: ListOrder,
        take: impl FnMut(model::Content),
    ) -> ListOutcome {
        let request = Request::v2(RequestKind::CustomContent, &["custom-content"]).with("type", kind);
        self.list(&with_bodies(request.with("sort", order.by("id")), bodies), take).await
    }

    pub(crate) async fn comments(
        &self,
        which: CommentKind,
        bodies: Bodies,
        order: ListOrder,
        take: impl FnMut(model::Content),
    ) -> ListOutcome {
        let request = Request::v2(which.request_kind(), &[comments(which)]).with("sort", order.by("created-date"));
        self.list(&with_bodies(request, bodies), take).await
    }

    pub(crate) async fn replies(
        &self,
        which: CommentKind,
        comment: &str,
        bodies: Bodies,
        order: ListOrder,
        take: impl FnMut(model::Content),
    ) -> ListOutcome {
        let request = Request::v2(RequestKind::CommentReplies, &[comments(which), comment, "children"]);
        self.list(&with_bodies(request.with("sort", order.by("created-date")), bodies), take).await
    }

    pub(crate) async fn content(
        &self,
        which: ContentType,
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

    pub(crate) async fn content_in(
        &self,
        which: ContentType,
        id: &str,
        form: BodyForm,
        edition: Edition,
    ) -> Result<model::Content, RequestError> {
        let mut request =
            Request::v2(RequestKind::OtherForm, &[collection(which), id]).with("body-format", form.word());
        if edition == Edition::Draft {
            request = request.with("get-draft", "true");
        }
        Ok(self.client.get(&request).await?.value)
    }

    pub(crate) async fn content_version(
        &self,
        which: ContentType,
        id: &str,
        version: u32,
    ) -> Result<model::Content, RequestError> {
        let request = Request::v2(RequestKind::OtherForm, &[collection(which), id])
            .with("version", version.to_string())
            .with("body-format", "storage");
        Ok(self.client.get(&request).await?.value)
    }

    pub(crate) async fn drafts(
        &self,
        which: ContentType,
        take: impl FnMut(model::Content) -> ControlFlow<()>,
    ) -> ListOutcome {
        let kind = match which {
            ContentType::BlogPost => RequestKind::DraftsOfBlogPosts,
            _ => RequestKind::DraftsOfPages,
        };
        let request = Request::v2(kind, &[collection(which)]).with("status", "draft").with("sort", "id");
        read_list(&self.client, &request, PagingMode::Cursor, take).await
    }

    pub(crate) async fn is_listed(&self, which: ContentType, id: &str) -> Result<bool, RequestError> {
        let request = with_all(
            Request::v2(which.request_kind(), &[collection(which)]).with("id", id),
            "status",
            statuses_of(which),
        );
        let mut listed = false;
        let outcome = self.list(&request, |content: model::Content| listed |= content.id.0 == id).await;
        if listed { Ok(true) } else { outcome.end.map(|()| false) }
    }

    pub(crate) async fn attachment(&self, id: &str) -> Result<model::Attachment, RequestError> {
        Ok(self.client.get(&Request::v2(RequestKind::OneAttachment, &["attachments", id])).await?.value)
    }

    pub(crate) async fn attachment_version(&self, id: &str, version: u32) -> Result<model::Attachment, RequestError> {
        let request =
            Request::v2(RequestKind::AttachmentVersion, &["attachments", id]).with("version", version.to_string());
        Ok(self.client.get(&request).await?.value)
    }

    pub(crate) async fn properties(
        &self,
        which: ContentType,
        id: &str,
        order: ListOrder,
        take: impl FnMut(model::Property),
    ) -> ListOutcome {
        let request = Request::v2(RequestKind::Properties, &[collection(which), id, "properties"]);
        self.list(&request.with("sort", order.by("key")), take).await
    }

    pub(crate) async fn header_images(&self, take: impl FnMut(model::SearchHit)) -> ListOutcome {
        let expand = format!("metadata.properties.{HEADER_IMAGE_PUBLISHED},metadata.properties.{HEADER_IMAGE_DRAFT}");
        let request = Request::v1(RequestKind::HeaderImageSweep, &["content", "search"])
            .with("cql", "type in (page,blogpost)")
            .with("expand", expand);
        self.list(&request, take).await
    }

    pub(crate) async fn indexed(
        &self,
        which: IndexedTypes,
        space_keys: &[&str],
        take: impl FnMut(model::SearchHit),
    ) -> ListOutcome {
        let spaces = if space_keys.is_empty() { String::new() } else { format!(" and {}", cql::in_spaces(space_keys)) };
        let request = Request::v1(RequestKind::SearchIndex, &["content", "search"])
            .with("cql", format!("{}{spaces} order by created", which.condition()));
        self.list(&request, take).await
    }

    pub(crate) async fn templates(
        &self,
        space_key: Option<&str>,
        page_size: Option<u32>,
        take: impl FnMut(model::Template),
    ) -> ListOutcome {
        self.template_list("page", space_key, page_size, take).await
    }

    pub(crate) async fn blueprint_templates(
        &self,
        space_key: Option<&str>,
        page_size: Option<u32>,
        take: impl FnMut(model::Template),
    ) -> ListOutcome {
        self.template_list("blueprint", space_key, page_size, take).await
    }

    /// Reads a list in some spaces. Items that it returned without a body are then requested by id and passed on again.
    async fn list_and_bodies(
        &self,
        request: &Request,
        spaces: &[&str],
        bodies: Bodies,
        mut take: impl FnMut(model::Content),
    ) -> ListOutcome {
        let list = in_spaces(request.clone(), spaces, bodies);
        let mut outcome = self.list(&list, &mut take).await;
        let ids = std::mem::take(&mut outcome.without_body);
        let request = with_bodies(request.clone(), bodies);
        // boxed: it is seldom needed
        outcome.without_body = Box::pin(by_id::read(&self.client, &request, by_id::cloud_filter(), ids, take)).await;
        outcome
    }

    async fn template_list(
        &self,
        which: &str,
        space_key: Option<&str>,
        page_size: Option<u32>,
        take: impl FnMut(model::Template),
    ) -> ListOutcome {
        let mut request = Request::v1(RequestKind::Templates, &["template", which]).with("expand", "body.storage");
        if let Some(key) = space_key {
            request = request.with("spaceKey", key);
        }
        let most = self.client.page_limit(request.kind);
        if let Some(size) = page_size {
            request = request.with("limit", size.clamp(1, most).to_string());
        }
        self.list_by_start(&request, take).await
    }

    pub(crate) async fn template(&self, id: &str) -> Result<model::Template, RequestError> {
        let request = Request::v1(RequestKind::OneTemplate, &["template", id]).with("expand", "body.storage");
        Ok(self.client.get(&request).await?.value)
    }

    pub(crate) async fn labels(&self, order: ListOrder, take: impl FnMut(model::Label)) -> ListOutcome {
        self.list(&Request::v2(RequestKind::Labels, &["labels"]).with("sort", order.by("id")), take).await
    }

    pub(crate) async fn attachments_with_label(
        &self,
        label: &str,
        order: ListOrder,
        take: impl FnMut(model::Attachment),
    ) -> ListOutcome {
        let request = Request::v2(RequestKind::AttachmentsOfALabel, &["labels", label, "attachments"]);
        self.list(&request.with("sort", order.by("created-date")), take).await
    }

    pub(crate) async fn people(&self, accounts: &[&str]) -> Result<Vec<model::User>, RequestError> {
        let request = with_all(Request::v1(RequestKind::People, &["user", "bulk"]), "accountId", accounts);
        Ok(self.client.get::<model::Users>(&request).await?.value.results)
    }
}
