//! What is read of pages beside their contents, as sent.

use serde::Deserialize;
use serde_json::Value;

use super::Id;

/// A page in a v1 search with the expansions a snapshot asks for. Expansions are kept as they came: an odd one must not
/// spoil the page (F-63).
#[derive(Debug, Clone, Deserialize)]
pub struct PageHit {
    /// Id.
    pub id: Id,
    /// `page` or `blogpost`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// Labels and properties.
    pub metadata: Option<Value>,
    /// Restrictions by operation.
    pub restrictions: Option<Value>,
    /// Contributors.
    pub history: Option<Value>,
}

/// A page with lists of what is beside it (v2). A list that was not answered is `None`.
#[derive(Debug, Clone, Deserialize)]
pub struct PageAlone {
    /// Id.
    pub id: Id,
    /// Labels of all kinds.
    pub labels: Option<InnerList<super::Label>>,
    /// Content properties.
    pub properties: Option<InnerList<super::Property>>,
    /// Versions that exist.
    pub versions: Option<InnerList<PageVersion>>,
}

/// A list inside an entity (v2), which ends after [`INNER_LIST`](crate::api::INNER_LIST) items.
#[derive(Debug, Clone, Deserialize)]
pub struct InnerList<T> {
    /// The first items.
    pub results: Vec<T>,
    /// Whether there are more.
    pub meta: Option<InnerListMeta>,
}

/// What a list inside an entity says of itself.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InnerListMeta {
    /// There are more items.
    pub has_more: Option<bool>,
}

impl<T> InnerList<T> {
    /// All items there are; `None` where some may have been cut off.
    pub fn whole(self) -> Option<Vec<T>> {
        let told = self.meta.and_then(|meta| meta.has_more);
        let has_more = told.unwrap_or(self.results.len() >= crate::api::INNER_LIST);
        (!has_more).then_some(self.results)
    }
}

/// A comment in a v1 search, with what it is on and below. Expansions are kept as they came.
#[derive(Debug, Clone, Deserialize)]
pub struct CommentHit {
    /// Id.
    pub id: Id,
    /// The page, blog post or file it is on.
    pub container: Option<Value>,
    /// The comments above a reply, the first of the thread among them.
    pub ancestors: Option<Value>,
}

/// One version of a page (v2).
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PageVersion {
    /// Number, from 1.
    pub number: Id,
    /// When it was published, ISO 8601.
    pub created_at: Option<String>,
    /// Account id of who published it.
    pub author_id: Option<String>,
    /// Published as a minor edit.
    pub minor_edit: Option<bool>,
}

/// A folder, whiteboard, database or smart link in the tree of pages (v2).
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TreeMember {
    /// Id.
    pub id: Id,
    /// Title.
    pub title: Option<String>,
    /// Parent.
    pub parent_id: Option<Id>,
    /// Kind of parent.
    pub parent_type: Option<String>,
}

/// A content of which nothing but its being there is asked, and in which status (v2).
#[derive(Debug, Clone, Deserialize)]
pub struct Listed {
    /// Id.
    pub id: Id,
    /// Status.
    #[serde(default)]
    pub status: Option<String>,
}

/// A number of likes, views or viewers.
#[derive(Debug, Clone, Deserialize)]
pub struct Counted {
    /// The number; without it the answer says nothing.
    pub count: u64,
}

/// The watches of a page (v1).
#[derive(Debug, Clone, Deserialize)]
pub struct Watches {
    /// The first of them.
    pub results: Vec<Watch>,
    /// The limit the server really used.
    pub limit: Option<u64>,
    /// Links, `next` among them.
    #[serde(rename = "_links")]
    pub links: Option<super::Links>,
}

/// One person's watch; who it is does not matter.
#[derive(Debug, Clone, Deserialize)]
pub struct Watch {}

/// An account (v2).
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// Account id.
    pub account_id: Option<String>,
    /// Display name.
    pub display_name: Option<String>,
    /// Public name.
    pub public_name: Option<String>,
    /// `active`, `inactive`, `closed`, `unknown`.
    pub account_status: Option<String>,
}
