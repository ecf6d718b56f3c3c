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
    /// Labels and properties.
    pub metadata: Option<Value>,
    /// Restrictions by operation.
    pub restrictions: Option<Value>,
    /// Contributors.
    pub history: Option<Value>,
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

/// A content of which nothing but its being there is asked (v2).
#[derive(Debug, Clone, Deserialize)]
pub struct Listed {
    /// Id.
    pub id: Id,
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
