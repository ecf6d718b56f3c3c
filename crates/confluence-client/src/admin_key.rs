//! The administrator's key, with which an administrator of a Premium or Enterprise site sees restricted content.
//!
//! This crate sends the header that uses a key, and asks how long the key is valid. It never enables, extends or ends
//! one: that changes the site.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::api::Api;
use super::error::RequestError;
use super::request::Request;
use super::request_kind::RequestKind;

/// A key that is enabled for the account.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct AdminKey {
    /// Until when it is valid.
    #[serde(rename = "expirationTime")]
    pub expires_at: DateTime<Utc>,
}

impl Api {
    /// Returns whether requests use the administrator's key.
    pub fn uses_admin_key(&self) -> bool {
        self.client().uses_admin_key()
    }

    /// Returns the key that is enabled for the account; `None` if none is. The same response comes on sites of other
    /// plans, for accounts that may not use keys, and on Data Center.
    pub async fn admin_key(&self) -> Result<Option<AdminKey>, RequestError> {
        if !self.deployment().is_cloud() {
            return Ok(None);
        }
        let request = Request::v2(RequestKind::AdminKey, &["admin-key"]);
        match self.client().get_optional(&request).await {
            Err(error) if error.is_not_found() => Ok(None),
            found => found,
        }
    }
}
