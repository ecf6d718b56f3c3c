//! How a content is received: likes, views, watchers, and who alone may read or edit it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What readers do with a page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Readers {
    /// Account ids of those who like it.
    #[serde(default)]
    pub likes: Vec<String>,
    /// Every view.
    #[serde(default)]
    pub views: Vec<View>,
    /// Account ids of those who watch it.
    #[serde(default)]
    pub watchers: Vec<String>,
}

/// One view of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct View {
    /// When.
    pub at: DateTime<Utc>,
    /// Account id of the viewer.
    pub viewer: String,
}

/// Who alone may do something with a page; nobody named is everybody.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allowed {
    /// Account ids.
    #[serde(default)]
    pub users: Vec<String>,
    /// Names of groups.
    #[serde(default)]
    pub groups: Vec<String>,
}

/// The restrictions of the page itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restrictions {
    /// Who may read it.
    #[serde(default)]
    pub read: Allowed,
    /// Who may edit it.
    #[serde(default)]
    pub update: Allowed,
}
