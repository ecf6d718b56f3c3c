//! Readership of a content (likes, views, watchers) and restrictions on who may read or edit it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Readership of a page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Readership {
    /// Account ids of the people who like it.
    #[serde(default)]
    pub likes: Vec<String>,
    /// All views.
    #[serde(default)]
    pub views: Vec<PageView>,
    /// Account ids of the people who watch it.
    #[serde(default)]
    pub watchers: Vec<String>,
}

/// One view of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageView {
    /// Time of the view.
    pub at: DateTime<Utc>,
    /// Account id of the viewer.
    pub viewer: String,
}

/// Users and groups who may do something with a page; if there are none, everyone may.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AllowedAccounts {
    /// Account ids.
    #[serde(default)]
    pub users: Vec<String>,
    /// Names of groups.
    #[serde(default)]
    pub groups: Vec<String>,
}

/// Restrictions of the page itself, without inherited ones.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restrictions {
    /// Who may read it.
    #[serde(default)]
    pub read: AllowedAccounts,
    /// Who may edit it.
    #[serde(default)]
    pub update: AllowedAccounts,
}
