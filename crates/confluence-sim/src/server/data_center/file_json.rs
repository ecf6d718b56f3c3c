//! Attachments as JSON.

use serde_json::{Value, json};

use super::content_parts::VersionFields;
use super::expansions::{ExpandableObject, Expansions};
use super::{Exchange, accounts, content_json, content_parts, spaces};
use crate::server::v2_json::segment;
use crate::site::{Attachment, AttachmentVersion};

/// Returns an attachment in its current version.
pub(super) fn current(exchange: Exchange<'_>, file: &Attachment, expansions: &Expansions) -> Value {
    file.current().map_or(Value::Null, |shown| version(exchange, file, shown, expansions))
}

/// Returns an attachment in one of its versions.
pub(super) fn version(
    exchange: Exchange<'_>,
    file: &Attachment,
    shown: &AttachmentVersion,
    expansions: &Expansions,
) -> Value {
    let plain = Expansions::default();
    let own = format!("/rest/api/content/{}", file.id);
    let owner = file.container.id().and_then(|id| exchange.indexed.content(id));
    let owner_path = owner.map_or_else(String::new, |owner| format!("/rest/api/content/{}", owner.id));
    let space = owner.and_then(|owner| exchange.indexed.space(&owner.space_id));
    let space_path = space.map_or_else(String::new, |space| format!("/rest/api/space/{}", segment(&space.key)));
    let is_newest = file.current().is_some_and(|current| current.number == shown.number);
    let status = match (is_newest, file.status.is_trash()) {
        (false, _) => "historical",
        (true, true) => "trashed",
        (true, false) => "current",
    };
    let id = if !is_newest && exchange.indexed.site.behaviour.data_center.version_ids {
        format!("{}{:04}", file.id, shown.number)
    } else {
        file.id.clone()
    };
    let mut object = ExpandableObject::new(expansions);
    object
        .field("id", id)
        .field("type", "attachment")
        .field("status", status)
        .field("title", shown.title.as_str())
        .field("metadata", metadata(exchange, file, expansions.get("metadata").unwrap_or(&plain)))
        .field(
            "extensions",
            json!({"mediaType": file.media_type, "fileSize": size(exchange, file, shown), "comment": file.comment}),
        )
        .field("_links", links(exchange, file, shown, &own))
        .part("container", &owner_path, |inner| {
            owner.map_or(Value::Null, |owner| content_json::content(exchange, owner, inner))
        })
        .part("history", &format!("{own}/history"), |inner| history(exchange, file, shown, is_newest, inner))
        .part("version", "", |inner| version_fields(file, shown).json(exchange, inner))
        .part("space", &space_path, |inner| space.map_or(Value::Null, |space| spaces::json(exchange, space, inner)))
        .part("ancestors", "", |_| json!([]))
        .unsupported(&["operations", "children", "restrictions", "body", "descendants"]);
    object.finish()
}

/// Returns the fields of a version.
pub(super) fn version_fields<'f>(file: &'f Attachment, shown: &'f AttachmentVersion) -> VersionFields<'f> {
    VersionFields {
        number: shown.number,
        at: shown.created_at,
        author: &shown.author,
        message: &file.comment,
        minor: false,
        of: format!("/rest/experimental/content/{}", file.id),
    }
}

fn size(exchange: Exchange<'_>, file: &Attachment, shown: &AttachmentVersion) -> u64 {
    match file.current() {
        Some(current) if exchange.indexed.site.behaviour.old_versions_answer_current_size => current.size,
        _ => shown.size,
    }
}

fn metadata(exchange: Exchange<'_>, file: &Attachment, expansions: &Expansions) -> Value {
    let mut object = ExpandableObject::new(expansions);
    object
        .field("mediaType", file.media_type.as_str())
        .field("comment", file.comment.as_str())
        .part("labels", "", |_| content_parts::labels(exchange, &file.labels))
        .unsupported(&["currentuser", "properties", "frontend", "editorHtml"]);
    object.finish()
}

fn history(
    exchange: Exchange<'_>,
    file: &Attachment,
    shown: &AttachmentVersion,
    is_newest: bool,
    expansions: &Expansions,
) -> Value {
    let plain = Expansions::default();
    let first = file.versions.first().unwrap_or(shown);
    let mut object = ExpandableObject::new(expansions);
    object
        .field("latest", is_newest)
        .field("createdBy", accounts::by_key(exchange, &first.author, expansions.get("createdBy").unwrap_or(&plain)))
        .field("createdDate", super::time(first.created_at))
        .field("_links", json!({"self": exchange.url(&format!("/rest/api/content/{}/history", file.id))}))
        .part("lastUpdated", "", |inner| version_fields(file, shown).json(exchange, inner))
        .unsupported(&["previousVersion", "contributors", "nextVersion"]);
    object.finish()
}

fn links(exchange: Exchange<'_>, file: &Attachment, shown: &AttachmentVersion, own: &str) -> Value {
    let owner = file.container.id().unwrap_or_default();
    let name = segment(&shown.title);
    let at = shown.created_at.timestamp_millis();
    json!({
        "webui": format!("/pages/viewpageattachments.action?pageId={owner}&preview=%2F{owner}%2F{}%2F{name}", file.id.trim_start_matches("att")),
        "download": format!("/download/attachments/{owner}/{name}?version={}&modificationDate={at}&api=v2", shown.number),
        "self": exchange.url(own),
    })
}
