//! What the product does not have: nothing is requested.
#![expect(clippy::unused_async, reason = "the same methods as for Cloud")]

use super::{DataCenter, no_list, unsupported};
use crate::error::RequestError;
use crate::list_outcome::ListOutcome;
use crate::model;
use crate::parameters::{Analytics, Bodies, CommentKind, ContentType, ListOrder, TreeKind};
use crate::workflow_model::{ContentState, ContentStateOfPage};

impl DataCenter {
    pub(crate) async fn custom_content(
        &self,
        _kind: &str,
        _bodies: Bodies,
        _order: ListOrder,
        _take: impl FnMut(model::Content),
    ) -> ListOutcome {
        no_list("custom content by type")
    }

    /// The lists of comments include all replies.
    pub(crate) async fn replies(
        &self,
        _which: CommentKind,
        _comment: &str,
        _bodies: Bodies,
        _order: ListOrder,
        _take: impl FnMut(model::Content),
    ) -> ListOutcome {
        ListOutcome::ended(Ok(()))
    }

    /// The labels of attachments come along with the attachments.
    pub(crate) async fn labels(&self, _order: ListOrder, _take: impl FnMut(model::Label)) -> ListOutcome {
        no_list("a list of all labels")
    }

    pub(crate) async fn attachments_with_label(
        &self,
        _label: &str,
        _order: ListOrder,
        _take: impl FnMut(model::Attachment),
    ) -> ListOutcome {
        no_list("attachments by the id of a label")
    }

    pub(crate) async fn content_states(&self, _space_key: &str) -> Result<Vec<ContentState>, RequestError> {
        Err(unsupported("content states"))
    }

    pub(crate) async fn tree_member(&self, _kind: TreeKind, _id: &str) -> Result<model::TreeMember, RequestError> {
        Err(unsupported("folders, whiteboards, databases and smart links"))
    }

    pub(crate) async fn short_link_target(
        &self,
        _kind: TreeKind,
        _id: &str,
    ) -> Result<model::TreeMember, RequestError> {
        Err(unsupported("folders, whiteboards, databases and smart links"))
    }

    pub(crate) async fn page_likes(&self, _which: ContentType, _id: &str) -> Result<u64, RequestError> {
        Err(unsupported("numbers of likes"))
    }

    pub(crate) async fn page_analytics(
        &self,
        _which: Analytics,
        _page: &str,
        _since: Option<&str>,
    ) -> Result<u64, RequestError> {
        Err(unsupported("numbers of views"))
    }

    /// These fields are those of Comala for Cloud.
    pub(crate) async fn knows_workflow_fields(&self) -> Result<bool, RequestError> {
        Ok(false)
    }

    pub(crate) async fn pages_in_state(
        &self,
        _space_key: &str,
        _state: i64,
        _take: impl FnMut(model::SearchHit),
    ) -> ListOutcome {
        no_list("content states")
    }

    pub(crate) async fn content_state(&self, _id: &str) -> Result<Option<ContentStateOfPage>, RequestError> {
        Err(unsupported("content states"))
    }
}
