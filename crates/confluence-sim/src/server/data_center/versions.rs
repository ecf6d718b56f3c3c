//! The versions of a content or file that still exist.

use serde_json::Value;

use super::content_parts::VersionFields;
use super::page_of_results::ListRange;
use super::{Exchange, contents, file_json};
use crate::server::errors;
use crate::server::reply::{Reply, ReplyResult};

/// `rest/experimental/content/{id}/version`: the versions, newest first.
pub(super) fn list(exchange: Exchange<'_>, id: &str) -> ReplyResult {
    let expansions = exchange.expansions("");
    let range = ListRange::read(exchange, 200, &expansions)?;
    let versions = all(exchange, id)?;
    let newest_first = versions.iter().rev();
    Ok(Reply::ok(range.page(exchange, newest_first, |version| version.json(exchange, &expansions))))
}

/// `rest/experimental/content/{id}/version/{number}`: one version.
pub(super) fn one(exchange: Exchange<'_>, id: &str, number: &str) -> ReplyResult {
    let expansions = exchange.expansions("");
    let versions = all(exchange, id)?;
    let found = versions.iter().find(|version| version.number.to_string() == number);
    let json: Option<Value> = found.map(|version| version.json(exchange, &expansions));
    json.map(Reply::ok).ok_or_else(|| errors::data_center(404, &format!("No version {number} of content {id}")))
}

fn all<'s>(exchange: Exchange<'s>, id: &str) -> Result<Vec<VersionFields<'s>>, Reply> {
    if let Some(content) = contents::visible(exchange, id) {
        let fields = content.versions.iter().map(|version| VersionFields::of_content(content, version));
        return Ok(fields.collect());
    }
    let file = exchange.indexed.visible_attachment(exchange.viewer, id).ok_or_else(|| contents::not_found(id))?;
    Ok(file.existing_versions().map(|version| file_json::version_fields(file, version)).collect())
}
