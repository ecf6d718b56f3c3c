//! The paths of v2, and its single entities.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::accounts;
use super::errors;
use super::paging;
use super::reply::{Answer, Reply};
use super::request::Request;
use super::served::{Served, Viewer};
use super::sort_keys::{Entry, Key, Order};
use super::v2_lists as lists;
use super::views;
use crate::site::{Attachment, Content, Kind, Status};

/// Answers a path below `/wiki/api/v2/`.
pub(crate) fn route(served: &Served, viewer: Viewer, request: &Request, segments: &[&str]) -> Answer {
    match segments {
        ["spaces"] => lists::spaces(served, viewer, request),
        ["spaces", id] => space(served, viewer, id),
        ["spaces", id, "pages"] => lists::pages(served, viewer, request, Kind::Page, Some(id)),
        ["spaces", id, "blogposts"] => lists::pages(served, viewer, request, Kind::BlogPost, Some(id)),
        ["pages"] => lists::pages(served, viewer, request, Kind::Page, None),
        ["blogposts"] => lists::pages(served, viewer, request, Kind::BlogPost, None),
        ["attachments"] => lists::all_attachments(served, viewer, request),
        ["attachments", id, rest @ ..] => attachment(served, viewer, request, id, rest),
        ["footer-comments"] => lists::comments(served, viewer, request, Kind::FooterComment),
        ["inline-comments"] => lists::comments(served, viewer, request, Kind::InlineComment),
        ["custom-content"] => lists::custom_content(served, viewer, request),
        ["users-bulk"] if request.method == "POST" => accounts::bulk(served, viewer, request),
        ["labels"] => lists::labels(served, request, all_labels(served).into_iter()),
        ["labels", id, members] => labelled(served, viewer, request, id, members),
        [collection, id, rest @ ..] => {
            let (kind, what) = kind_of(collection).ok_or_else(|| errors::unknown_path(&request.path))?;
            let content = served
                .visible_content(viewer, id)
                .filter(|content| content.kind == kind)
                .ok_or_else(|| errors::v2_not_found(what, id))?;
            below_content(served, viewer, request, content, rest)
        }
        _ => Err(errors::unknown_path(&request.path)),
    }
}

fn kind_of(collection: &str) -> Option<(Kind, &'static str)> {
    Some(match collection {
        "pages" => (Kind::Page, "page"),
        "blogposts" => (Kind::BlogPost, "blog post"),
        "footer-comments" => (Kind::FooterComment, "comment"),
        "inline-comments" => (Kind::InlineComment, "comment"),
        "folders" => (Kind::Folder, "folder"),
        "whiteboards" => (Kind::Whiteboard, "whiteboard"),
        "databases" => (Kind::Database, "database"),
        "embeds" => (Kind::Embed, "embed"),
        "custom-content" => (Kind::CustomContent, "custom content"),
        _ => return None,
    })
}

fn space(served: &Served, viewer: Viewer, id: &str) -> Answer {
    let space = served.space(id).filter(|space| viewer.sees_space(space));
    space.map(|space| Reply::ok(views::space(space))).ok_or_else(|| errors::v2_not_found("space", id))
}

fn below_content(served: &Served, viewer: Viewer, request: &Request, content: &Content, rest: &[&str]) -> Answer {
    match rest {
        [] => single(served, request, content),
        ["attachments"] => lists::attachments(served, viewer, request, served.files_of(&content.id)),
        ["properties"] => lists::properties(served, request, content),
        ["labels"] => lists::labels(served, request, content.labels.iter()),
        ["versions"] => versions(served, request, content),
        ["likes", "count"] => Ok(Reply::ok(json!({"count": content.readers.likes.len()}))),
        ["footer-comments"] => lists::comments_of(served, viewer, request, content, Kind::FooterComment),
        ["inline-comments"] => lists::comments_of(served, viewer, request, content, Kind::InlineComment),
        ["children"] if content.kind.is_comment() => lists::comments_of(served, viewer, request, content, content.kind),
        _ => Err(errors::unknown_path(&request.path)),
    }
}

/// One content: published, or its draft where asked for. A content that was never published is a draft itself and
/// is found only with `get-draft` or `status=draft`.
fn single(served: &Served, request: &Request, content: &Content) -> Answer {
    let format = request.parameter("body-format");
    let wants_draft = request.flag("get-draft") || request.parameters("status").any(|status| status == "draft");
    if content.status == Status::Draft && !wants_draft {
        return Err(errors::v2_not_found("page", &content.id));
    }
    let earlier = request.parameter("version").map(|asked| in_version(content, asked)).transpose()?;
    let content = earlier.as_ref().unwrap_or(content);
    let mut json =
        if wants_draft { views::draft(served, content, format) } else { views::content(served, content, format) };
    if request.flag("include-labels") {
        json["labels"] = inline_list(content.labels.iter().map(|name| views::label(name)));
    }
    if request.flag("include-properties") {
        let properties = content.properties.iter().map(|(key, value)| views::property(content, key, value));
        json["properties"] = inline_list(properties);
    }
    if request.flag("include-versions") {
        json["versions"] = inline_list(content.versions.iter().rev().map(views::version));
    }
    Ok(Reply::ok(json))
}

/// A content as it was in a version.
fn in_version(content: &Content, asked: &str) -> Result<Content, Reply> {
    let number: u32 = asked.parse().map_err(|_| errors::v2_parameter("version"))?;
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

/// Lists inside an entity end after 50 items.
fn inline_list(items: impl Iterator<Item = Value>) -> Value {
    let mut results: Vec<Value> = items.collect();
    let more = results.len() > 50;
    results.truncate(50);
    json!({"results": results, "meta": {"hasMore": more}, "_links": {}})
}

fn versions(served: &Served, request: &Request, content: &Content) -> Answer {
    let order = Order::read(request, &["modified-date"])?;
    let entries = content.versions.iter().map(|version| Entry {
        key: Key::Number(version.created_at.timestamp_millis()),
        id: i64::from(version.number),
        item: version,
    });
    paging::page(served.lists(), request, 25, order, entries, views::version)
}

fn attachment(served: &Served, viewer: Viewer, request: &Request, id: &str, rest: &[&str]) -> Answer {
    let file = served.visible_attachment(viewer, id).ok_or_else(|| errors::v2_not_found("attachment", id))?;
    match rest {
        [] => attachment_single(served, request, file),
        ["labels"] => lists::labels(served, request, file.labels.iter()),
        ["versions"] => attachment_versions(served, request, file),
        ["versions", number] => attachment_version(file, number),
        _ => Err(errors::unknown_path(&request.path)),
    }
}

/// `?version=N` answers name and size of that version; a version that was deleted is 404.
fn attachment_single(served: &Served, request: &Request, file: &Attachment) -> Answer {
    let shown = match request.parameter("version") {
        None => file.current(),
        Some(asked) => {
            let number = asked.parse().map_err(|_| errors::v2_parameter("version"))?;
            file.existing_version(number)
        }
    };
    let shown = shown.ok_or_else(|| errors::v2_not_found("version of attachment", &file.id))?;
    let mut json = views::attachment(served, file, shown);
    if request.flag("include-labels") {
        json["labels"] = inline_list(file.labels.iter().map(|name| views::label(name)));
    }
    Ok(Reply::ok(json))
}

fn attachment_versions(served: &Served, request: &Request, file: &Attachment) -> Answer {
    let order = Order::read(request, &["modified-date"])?;
    let existing: Vec<_> = file.existing_versions().collect();
    let entries = existing.iter().map(|version| Entry {
        key: Key::Number(version.created_at.timestamp_millis()),
        id: i64::from(version.number),
        item: version,
    });
    paging::page(served.lists(), request, 50, order, entries, |version| version_of(file, version.number))
}

fn attachment_version(file: &Attachment, number: &str) -> Answer {
    let number = number.parse().map_err(|_| errors::v2_parameter("version-number"))?;
    file.existing_version(number)
        .map(|version| Reply::ok(version_of(file, version.number)))
        .ok_or_else(|| errors::v2_not_found("version of attachment", &file.id))
}

/// Versions in lists have no size.
fn version_of(file: &Attachment, number: u32) -> Value {
    let Some(version) = file.existing_version(number) else { return Value::Null };
    json!({
        "number": version.number,
        "createdAt": views::time(version.created_at),
        "message": "",
        "minorEdit": false,
        "authorId": version.author,
        "attachment": {"id": file.id, "title": version.title},
    })
}

fn all_labels(served: &Served) -> BTreeSet<&String> {
    let contents = served.site.contents.iter().flat_map(|content| &content.labels);
    contents.chain(served.site.attachments.iter().flat_map(|file| &file.labels)).collect()
}

fn labelled(served: &Served, viewer: Viewer, request: &Request, id: &str, members: &str) -> Answer {
    let name = all_labels(served)
        .into_iter()
        .find(|name| views::label_id(name) == id)
        .ok_or_else(|| errors::v2_not_found("label", id))?;
    if members != "attachments" {
        return Err(errors::unknown_path(&request.path));
    }
    let files = served.site.attachments.iter().filter(|file| file.labels.contains(name));
    lists::attachments(served, viewer, request, files)
}
