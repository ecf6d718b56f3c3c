//! The instance itself.

use serde_json::json;

use super::Exchange;
use crate::server::errors;
use crate::server::indexed_site::Viewer;
use crate::server::people;
use crate::server::reply::{Reply, ReplyResult};
use crate::site::{ContentType, Status};

/// `instance-metrics`: totals of everything, visible to the account or not.
pub(super) fn metrics(exchange: Exchange<'_>) -> ReplyResult {
    logged_in(exchange)?;
    let site = &exchange.indexed.site;
    if site.behaviour.data_center.metrics_refused {
        return Err(errors::data_center(403, "Not an administrator"));
    }
    let is_page = |kind, status| kind == ContentType::Page && status == Status::Current;
    let pages = site.contents.iter().filter(|content| is_page(content.kind, content.status)).count();
    let users = people::known_people(exchange.indexed).count();
    Ok(Reply::ok(json!({"pages": pages, "spaces": site.spaces.len(), "users": users})))
}

/// `server-information`: version and address.
pub(super) fn information(exchange: Exchange<'_>) -> ReplyResult {
    logged_in(exchange)?;
    Ok(Reply::ok(json!({
        "baseUrl": exchange.indexed.base(),
        "version": "10.0.3",
        "buildNumber": 10_003,
        "marketplaceBuildNumber": 100_000_300,
        "buildDate": "2025-08-11T00:00:00.000+01:00",
    })))
}

fn logged_in(exchange: Exchange<'_>) -> Result<(), Reply> {
    match exchange.viewer {
        Viewer::Account | Viewer::Administrator => Ok(()),
        Viewer::Anonymous => Err(errors::data_center(401, "Client must be authenticated to access this resource.")),
    }
}
