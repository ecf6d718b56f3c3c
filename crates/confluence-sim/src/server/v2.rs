//! Routes and single entities of v2.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::accounts;
use super::errors;
use super::indexed_site::{IndexedSite, Viewer};
use super::paging;
use super::reply::{Reply, ReplyResult};
use super::request::Request;
use super::sort_keys::{Entry, Key, Order};
use super::space_permissions;
use super::v2_json;
use super::v2_lists as lists;
use crate::site::{Attachment, Content, ContentType, Status};

/// Routes a path below `/wiki/api/v2/`.
pub(crate) fn route(indexed: &IndexedSite, viewer: Viewer, request: &Request, segments: &[&str]) -> ReplyResult {
    match segments {
        ["spaces"] => lists::spaces(indexed, viewer, request),
        ["spaces", id] => space(indexed, viewer, id),
        ["spaces", id, "permissions"] => space_permissions::list(indexed, viewer, request, id),
        ["spaces", id, "pages"] => lists::pages(indexed, viewer, request, ContentType::Page, Some(id)),
        ["spaces", id, "blogposts"] => lists::pages(indexed, viewer, request, ContentType::BlogPost, Some(id)),
        ["pages"] => lists::pages(indexed, viewer, request, ContentType::Page, None),
        ["blogposts"] => lists::pages(indexed, viewer, request, ContentType::BlogPost, None),
        ["attachments"] => lists::all_attachments(indexed, viewer, request),
        ["attachments", id, rest @ ..] => attachment(indexed, viewer, request, id, rest),
        ["footer-comments"] => lists::comments(indexed, viewer, request, ContentType::FooterComment),
        ["inline-comments"] => lists::comments(indexed, viewer, request, ContentType::InlineComment),
        ["custom-content"] => lists::custom_content(indexed, viewer, request),
        ["users-bulk"] if request.method == "POST" => accounts::bulk(indexed, viewer, request),
        ["labels"] => lists::labels(indexed, request, all_labels(indexed).into_iter()),
        ["labels", id, members] => labelled(indexed, viewer, request, id, members),
        [collection, id, rest @ ..] => {
            let (kind, what) = kind_of(collection).ok_or_else(|| errors::unknown_path(&request.path))?;
            let content = indexed
                .visible_content(viewer, id)
                .filter(|content| content.kind == kind)
                .ok_or_else(|| errors::v2_not_found(what, id))?;
            below_content(indexed, viewer, request, content, rest)
        }
        _ => Err(errors::unknown_path(&request.path)),
    }
}

fn kind_of(collection: &str) -> Option<(ContentType, &'static str)> {
    Some(match collection {
        "pages" => (ContentType::Page, "page"),
        "blogposts" => (ContentType::BlogPost, "blog post"),
        "footer-comments" => (ContentType::FooterComment, "comment"),
        "inline-comments" => (ContentType::InlineComment, "comment"),
        "folders" => (ContentType::Folder, "folder"),
        "whiteboards" => (ContentType::Whiteboard, "whiteboard"),
        "databases" => (ContentType::Database, "database"),
        "embeds" => (ContentType::Embed, "embed"),
        "custom-content" => (ContentType::CustomContent, "custom content"),
        _ => return None,
    })
}

fn space(indexed: &IndexedSite, viewer: Viewer, id: &str) -> ReplyResult {
    let space = indexed.space(id).filter(|space| viewer.sees_space(space));
    space.map(|space| Reply::ok(v2_json::space(space))).ok_or_else(|| errors::v2_not_found("space", id))
}

fn below_content(
    indexed: &IndexedSite,
    viewer: Viewer,
    request: &Request,
    content: &Content,
    rest: &[&str],
) -> ReplyResult {
    match rest {
        [] => single(indexed, request, content),
        ["attachments"] => lists::attachments(indexed, viewer, request, indexed.files_of(&content.id)),
        ["properties"] => lists::properties(indexed, request, content),
        ["labels"] => lists::labels(indexed, request, content.labels.iter()),
        ["versions"] => versions(indexed, request, content),
        ["likes", "count"] => Ok(Reply::ok(json!({"count": content.readers.likes.len()}))),
        ["footer-comments"] => lists::comments_of(indexed, viewer, request, content, ContentType::FooterComment),
        ["inline-comments"] => lists::comments_of(indexed, viewer, request, content, ContentType::InlineComment),
        ["children"] if content.kind.is_comment() => {
            lists::comments_of(indexed, viewer, request, content, content.kind)
        }
        _ => Err(errors::unknown_path(&request.path)),
    }
}

/// Returns one content: the published version, or its draft on request. A content that was never published is a draft
/// itself and is found only with `get-draft` or `status=draft`.
fn single(indexed: &IndexedSite, request: &Request, content: &Content) -> ReplyResult {
    let format = request.parameter("body-format");
    let wants_draft = request.flag("get-draft") || request.parameters("status").any(|status| status == "draft");
    if content.status == Status::Draft && !wants_draft {
        return Err(errors::v2_not_found("page", &content.id));
    }
    let earlier = request.parameter("version").map(|requested| in_version(content, requested)).transpose()?;
    let content = earlier.as_ref().unwrap_or(content);
    let mut json =
        if wants_draft { v2_json::draft(indexed, content, format) } else { v2_json::content(indexed, content, format) };
    if request.flag("include-labels") {
        json["labels"] = inline_list(content.labels.iter().map(|name| v2_json::label(name)));
    }
    if request.flag("include-properties") {
        let properties = content.properties.iter().map(|(key, value)| v2_json::property(content, key, value));
        json["properties"] = inline_list(properties);
    }
    if request.flag("include-versions") {
        json["versions"] = inline_list(content.versions.iter().rev().map(v2_json::version));
    }
    Ok(Reply::ok(json))
}

/// Returns a content as it was in a version.
fn in_version(content: &Content, requested: &str) -> Result<Content, Reply> {
    let number: u32 = requested.parse().map_err(|_| errors::v2_parameter("version"))?;
    let mut earlier = content.clone();
    earlier.versions.retain(|version| version.number <= number);
    if earlier.version().is_none_or(|version| version.number != number) {
        return Err(errors::v2_not_found("version of page", &content.id));
    }
    if let Some(body) = content.earlier_bodies.get(&number) {
        earlier.body.clone_from(body);
        earlier.document = None;
    }
    Ok(earlier)
}

/// Builds a list inside an entity, which ends after 50 items.
fn inline_list(items: impl Iterator<Item = Value>) -> Value {
    let mut results: Vec<Value> = items.collect();
    let more = results.len() > 50;
    results.truncate(50);
    json!({"results": results, "meta": {"hasMore": more}, "_links": {}})
}

fn versions(indexed: &IndexedSite, request: &Request, content: &Content) -> ReplyResult {
    let order = Order::read(request, &["modified-date"])?;
    let entries = content.versions.iter().map(|version| Entry {
        key: Key::Number(version.created_at.timestamp_millis()),
        id: i64::from(version.number),
        item: version,
    });
    paging::page(indexed.lists(), request, 25, order, entries, v2_json::version)
}

fn attachment(indexed: &IndexedSite, viewer: Viewer, request: &Request, id: &str, rest: &[&str]) -> ReplyResult {
    let file = indexed.visible_attachment(viewer, id).ok_or_else(|| errors::v2_not_found("attachment", id))?;
    match rest {
        [] => attachment_single(indexed, request, file),
        ["labels"] => lists::labels(indexed, request, file.labels.iter()),
        ["versions"] => attachment_versions(indexed, request, file),
        ["versions", number] => attachment_version(file, number),
        _ => Err(errors::unknown_path(&request.path)),
    }
}

/// Returns one attachment: `?version=N` has name and size of that version; a deleted version is 404.
fn attachment_single(indexed: &IndexedSite, request: &Request, file: &Attachment) -> ReplyResult {
    let shown = match request.parameter("version") {
        None => file.current(),
        Some(requested) => {
            let number = requested.parse().map_err(|_| errors::v2_parameter("version"))?;
            file.existing_version(number)
        }
    };
    let shown = shown.ok_or_else(|| errors::v2_not_found("version of attachment", &file.id))?;
    let mut json = v2_json::attachment(indexed, file, shown);
    if request.flag("include-labels") {
        json["labels"] = inline_list(file.labels.iter().map(|name| v2_json::label(name)));
    }
    Ok(Reply::ok(json))
}

fn attachment_versions(indexed: &IndexedSite, request: &Request, file: &Attachment) -> ReplyResult {
    let order = Order::read(request, &["modified-date"])?;
    let existing: Vec<_> = file.existing_versions().collect();
    let entries = existing.iter().map(|version| Entry {
        key: Key::Number(version.created_at.timestamp_millis()),
        id: i64::from(version.number),
        item: version,
    });
    paging::page(indexed.lists(), request, 50, order, entries, |version| version_of(file, version.number))
}

fn attachment_version(file: &Attachment, number: &str) -> ReplyResult {
    let number = number.parse().map_err(|_| errors::v2_parameter("version-number"))?;
    file.existing_version(number)
        .map(|version| Reply::ok(version_of(file, version.number)))
        .ok_or_else(|| errors::v2_not_found("version of attachment", &file.id))
}

/// Returns a version as in lists, without a size.
fn version_of(file: &Attachment, number: u32) -> Value {
    let Some(version) = file.existing_version(number) else { return Value::Null };
    json!({
        "number": version.number,
        "createdAt": v2_json::time(version.created_at),
        "message": "",
        "minorEdit": false,
        "authorId": version.author,
        "attachment": {"id": file.id, "title": version.title},
    })
}

fn all_labels(indexed: &IndexedSite) -> BTreeSet<&String> {
    let contents = indexed.site.contents.iter().flat_map(|content| &content.labels);
    contents.chain(indexed.site.attachments.iter().flat_map(|file| &file.labels)).collect()
}

fn labelled(indexed: &IndexedSite, viewer: Viewer, request: &Request, id: &str, members: &str) -> ReplyResult {
    let name = all_labels(indexed)
        .into_iter()
        .find(|name| v2_json::label_id(name) == id)
        .ok_or_else(|| errors::v2_not_found("label", id))?;
    if members != "attachments" {
        return Err(errors::unknown_path(&request.path));
    }
    let files = indexed.site.attachments.iter().filter(|file| file.labels.contains(name));
    lists::attachments(indexed, viewer, request, files)
}
