//! What a Data Center site says about itself.

use serde::Deserialize;
use serde_json::Value;

use super::Id;

/// The software of the site.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServerInformation {
    /// Address under which the site believes to be reached.
    pub base_url: Option<String>,
    /// Version, such as `9.2.1`.
    pub version: Option<String>,
}

/// How much the site has, counted by the site itself: a total that does not depend on any list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct InstanceMetrics {
    /// Pages.
    pub pages: u64,
    /// Spaces.
    pub spaces: u64,
    /// Users.
    pub users: Option<u64>,
}

/// A space with its own rules for deleting old versions and emptying its trash.
#[derive(Debug, Clone)]
pub struct SpaceRetention {
    /// Id of the space.
    pub id: Id,
    /// Its key.
    pub key: String,
    /// The rules as sent; their form is not documented.
    pub policy: Option<Value>,
}
