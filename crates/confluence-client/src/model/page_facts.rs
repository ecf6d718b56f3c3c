//! Facts about pages other than their contents.

use serde::Deserialize;
use serde_json::Value;

use super::Id;

/// A page in a v1 search with the expansions that a snapshot requests. Expansions are kept as sent, so that a malformed
/// one does not affect the page (F-63).
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

/// A page with embedded lists (v2). A list is `None` if the response does not contain it.
#[derive(Debug, Clone, Deserialize)]
pub struct PageDetails {
    /// Id.
    pub id: Id,
    /// Labels of all kinds.
    pub labels: Option<EmbeddedList<super::Label>>,
    /// Content properties.
    pub properties: Option<EmbeddedList<super::Property>>,
    /// Existing versions.
    pub versions: Option<EmbeddedList<PageVersion>>,
}

/// A list embedded in an entity (v2), with up to [`EMBEDDED_ITEMS`](crate::api::EMBEDDED_ITEMS) items.
#[derive(Debug, Clone, Deserialize)]
pub struct EmbeddedList<T> {
    /// The first items.
    pub results: Vec<T>,
    /// Whether there are more.
    pub meta: Option<EmbeddedListMeta>,
}

/// Metadata of an embedded list.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EmbeddedListMeta {
    /// There are more items.
    pub has_more: Option<bool>,
}

impl<T> EmbeddedList<T> {
    /// Returns all items; `None` if the list may be truncated.
    pub fn all_items(self) -> Option<Vec<T>> {
        let reported = self.meta.and_then(|meta| meta.has_more);
        let has_more = reported.unwrap_or(self.results.len() >= crate::api::EMBEDDED_ITEMS);
        (!has_more).then_some(self.results)
    }
}

/// A comment in a v1 search, with its container and ancestors. Expansions are kept as sent.
#[derive(Debug, Clone, Deserialize)]
pub struct CommentHit {
    /// Id.
    pub id: Id,
    /// The page, blog post or file it is on.
    pub container: Option<Value>,
    /// The comments above a reply, including the first one of the thread.
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
    /// Account id of the person who published it.
    pub author_id: Option<String>,
    /// Published as a minor edit.
    pub minor_edit: Option<bool>,
}

/// A folder, whiteboard, database or smart link in the page tree (v2).
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TreeMember {
    /// Id.
    pub id: Id,
    /// Title.
    pub title: Option<String>,
    /// Parent.
    pub parent_id: Option<Id>,
    /// Type of the parent.
    pub parent_type: Option<String>,
}

/// Id and status of a content (v2), for checks whether it exists.
#[derive(Debug, Clone, Deserialize)]
pub struct ContentStatus {
    /// Id.
    pub id: Id,
    /// Status.
    #[serde(default)]
    pub status: Option<String>,
}

/// A number of likes, views or viewers.
#[derive(Debug, Clone, Deserialize)]
pub struct CountResponse {
    /// The number; required, since a response without it means nothing.
    pub count: u64,
}

/// The watches of a page (v1).
#[derive(Debug, Clone, Deserialize)]
pub struct Watches {
    /// The first watches.
    pub results: Vec<Watch>,
    /// The limit that the server applied.
    pub limit: Option<u64>,
    /// Links, including `next`.
    #[serde(rename = "_links")]
    pub links: Option<super::Links>,
}

impl Watches {
    /// Returns the number of watches; `None` if there are more than fit into one response.
    pub(crate) fn count(&self) -> Option<u64> {
        let count = self.results.len() as u64;
        let next = self.links.as_ref().and_then(|links| links.next.as_ref());
        let linked = next.is_some_and(|next| !next.is_empty());
        let full = count > 0 && self.limit.is_some_and(|limit| count >= limit);
        (!linked && !full).then_some(count)
    }
}

/// One person's watch, of which no detail is used.
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
    /// `atlassian` for a person, `app`, `customer`, `unknown`.
    pub account_type: Option<String>,
}
