//! Lists that are not below a space: spaces, files of one owner, versions, properties, templates, drafts.

use std::ops::ControlFlow;

use super::v1::{V1Content, V1ListedVersion, V1Property, V1Space};
use super::{ATTACHMENT, CONTENT, DataCenter, convert};
use crate::error::RequestError;
use crate::list_outcome::ListOutcome;
use crate::model;
use crate::pagination::{PagingMode, read_list};
use crate::parameters::{Bodies, ContentType, ListOrder, SpaceList};
use crate::request::Request;
use crate::request_kind::RequestKind;
use crate::response::ApiResponse;

impl DataCenter {
    pub(crate) async fn current_user(&self) -> Result<ApiResponse<model::User>, RequestError> {
        self.client.identity().await
    }

    pub(crate) async fn spaces(
        &self,
        which: SpaceList,
        order: ListOrder,
        mut take: impl FnMut(model::Space),
    ) -> ListOutcome {
        let request = Request::v1(RequestKind::Spaces, &["space"])
            .with("status", which.word())
            .with("expand", "homepage")
            .with("limit", self.page_size(RequestKind::Spaces, Bodies::LeftOut, order));
        self.by_start(&request, |sent: V1Space| {
            self.memory.note_space(&sent, Some(which));
            take(convert::space(sent, Some(which.word())));
        })
        .await
    }

    pub(crate) async fn space(&self, id: &str) -> Result<model::Space, RequestError> {
        let known = self.known_space(id).await?;
        let request = Request::v1(RequestKind::OneSpace, &["space", &known.key]).with("expand", "homepage");
        let sent: V1Space = self.client.get(&request).await?.value;
        if sent.id.0 != id {
            // the space was deleted, and another one has its key now
            return Err(RequestError::NotFound { endpoint: request.path() });
        }
        self.memory.note_space(&sent, None);
        Ok(convert::space(sent, None))
    }

    pub(crate) async fn attachments_of(
        &self,
        which: ContentType,
        id: &str,
        mut take: impl FnMut(model::Attachment),
    ) -> ListOutcome {
        let owner = convert::Owner { id: model::Id(id.to_owned()), is_post: which == ContentType::BlogPost };
        self.files_of_owner(&owner, |sent| take(convert::attachment(sent, Some(&owner)))).await
    }

    /// Lists the current attachments of one page or blog post.
    pub(super) async fn files_of_owner(&self, owner: &convert::Owner, mut take: impl FnMut(V1Content)) -> ListOutcome {
        let kind = RequestKind::AttachmentsOfOneOwner;
        let request = Request::v1(kind, &["content", &owner.id.0, "child", "attachment"]).with("expand", ATTACHMENT);
        self.by_start(&request, |sent: V1Content| {
            self.memory.note_people(&sent);
            take(sent);
        })
        .await
    }

    pub(crate) async fn attachment_versions(
        &self,
        id: &str,
        mut take: impl FnMut(model::VersionNumber),
    ) -> ListOutcome {
        let request = Request::experimental(RequestKind::AttachmentVersionList, &["content", id, "version"]);
        self.by_start(&request, |sent: V1ListedVersion| take(model::VersionNumber { number: sent.number })).await
    }

    pub(crate) async fn page_versions(
        &self,
        _which: ContentType,
        id: &str,
        order: ListOrder,
        mut take: impl FnMut(model::PageVersion),
    ) -> ListOutcome {
        let kind = RequestKind::PageVersions;
        // it begins with the newest version, in both orders
        let other_way = order.reversed();
        let request = Request::experimental(kind, &["content", id, "version"])
            .with("limit", self.page_size(kind, Bodies::LeftOut, other_way));
        self.by_start(&request, |sent: V1ListedVersion| {
            if let Some(person) = &sent.by {
                self.memory.note_person(person);
            }
            take(convert::page_version(sent));
        })
        .await
    }

    pub(crate) async fn properties(
        &self,
        _which: ContentType,
        id: &str,
        order: ListOrder,
        take: impl FnMut(model::Property),
    ) -> ListOutcome {
        self.property_list(RequestKind::Properties, id, order, take).await
    }

    pub(super) async fn property_list(
        &self,
        kind: RequestKind,
        id: &str,
        order: ListOrder,
        mut take: impl FnMut(model::Property),
    ) -> ListOutcome {
        let request =
            Request::v1(kind, &["content", id, "property"]).with("limit", self.page_size(kind, Bodies::LeftOut, order));
        self.by_start(&request, |sent: V1Property| take(convert::property(sent))).await
    }

    pub(crate) async fn drafts(
        &self,
        which: ContentType,
        mut take: impl FnMut(model::Content) -> ControlFlow<()>,
    ) -> ListOutcome {
        let (kind, content_type) = match which {
            ContentType::BlogPost => (RequestKind::DraftsOfBlogPosts, "blogpost"),
            _ => (RequestKind::DraftsOfPages, "page"),
        };
        let request =
            Request::v1(kind, &["content"]).with("type", content_type).with("status", "draft").with("expand", CONTENT);
        let take = |sent: V1Content| {
            if sent.is_not(content_type) { ControlFlow::Continue(()) } else { take(convert::content(sent, None)) }
        };
        Box::pin(read_list(&self.client, &request, PagingMode::Start, take)).await
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

    async fn template_list(
        &self,
        which: &str,
        space_key: Option<&str>,
        page_size: Option<u32>,
        take: impl FnMut(model::Template),
    ) -> ListOutcome {
        let mut request =
            Request::experimental(RequestKind::Templates, &["template", which]).with("expand", "body.storage");
        if let Some(key) = space_key {
            request = request.with("spaceKey", key);
        }
        if let Some(size) = page_size {
            let most = self.client.page_limit(request.kind);
            request = request.with("limit", size.clamp(1, most).to_string());
        }
        self.by_start(&request, take).await
    }

    pub(crate) async fn template(&self, id: &str) -> Result<model::Template, RequestError> {
        let request = Request::experimental(RequestKind::OneTemplate, &["template", id]).with("expand", "body.storage");
        Ok(self.client.get(&request).await?.value)
    }
}
