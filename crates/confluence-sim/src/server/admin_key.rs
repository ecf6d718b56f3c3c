//! `GET /admin-key`: until when the administrator's key of the account is valid.

use chrono::{DateTime, Utc};
use serde_json::json;

use super::errors;
use super::indexed_site::{IndexedSite, Viewer};
use super::reply::{Reply, ReplyResult};
use super::request::Request;
use super::v2_json;

/// Returns the key, or 404 without a valid one. Apps cannot access the operation, so no scope opens it at the gateway.
pub(crate) fn state(indexed: &IndexedSite, request: &Request, viewer: Viewer, now: DateTime<Utc>) -> ReplyResult {
    if request.gateway {
        return Err(errors::scope_does_not_match());
    }
    let expires = indexed.site.admin_key.filter(|expires| viewer.is_account() && now < *expires);
    let expires = expires.ok_or_else(|| errors::v2(404, "NOT_FOUND", "No admin key is enabled"))?;
    let account_id = &indexed.site.account.account_id;
    Ok(Reply::ok(json!({"accountId": account_id, "expirationTime": v2_json::time(expires)})))
}
