//! Lists of v2.

use serde_json::Value;

use super::errors;
use super::indexed_site::{IndexedSite, Viewer};
use super::paging::{self, SortedList};
use super::reply::{Reply, ReplyResult};
use super::request::Request;
use super::sort_keys::{Entry, Key, Order, attachment_entry, content_entry, number_of};
use super::v2_json;
use crate::site::{Attachment, Content, ContentType, Space, Status};

const SPACES: usize = 25;
const CONTENTS: usize = 25;
const ATTACHMENTS: usize = 50;

/// `/spaces`.
pub(crate) fn spaces(indexed: &IndexedSite, viewer: Viewer, request: &Request) -> ReplyResult {
    let order = Order::read(request, &["id", "key", "name"])?;
    let statuses = words(request, "status", &["current", "archived"], &["current", "archived"])?;
    let (ids, keys) = (request.ids("ids"), request.ids("keys"));
    let kinds: Vec<&str> = request.parameters("type").collect();
    let entries = indexed
        .site
        .spaces
        .iter()
        .filter(|space| viewer.sees_space(space))
        .filter(|space| statuses.contains(&if space.archived { "archived" } else { "current" }))
        .filter(|space| ids.is_empty() || ids.contains(&space.id.as_str()))
        .filter(|space| keys.is_empty() || keys.contains(&space.key.as_str()))
        .filter(|space| kinds.is_empty() || kinds.contains(&space.kind.as_str()))
        .map(|space| Entry { key: space_key(order, space), id: number_of(&space.id), item: space });
    paging::page(indexed.lists(), request, SPACES, order, entries, v2_json::space)
}

fn space_key(order: Order, space: &Space) -> Key<'_> {
    match order.field {
        "key" => Key::Text(&space.key),
        "name" => Key::Text(&space.name),
        _ => Key::Number(number_of(&space.id)),
    }
}

/// `/pages`, `/blogposts` and their lists below a space. Hidden contents are in none of them, drafts only if the site
/// accepts their status.
pub(crate) fn pages(
    indexed: &IndexedSite,
    viewer: Viewer,
    request: &Request,
    kind: ContentType,
    space: Option<&str>,
) -> ReplyResult {
    let order = Order::read(request, &["id", "created-date", "modified-date", "title"])?;
    let (known, default): (&[&str], &[&str]) = match kind {
        ContentType::BlogPost => (&["current", "deleted", "trashed"], &["current"]),
        _ => (&["current", "archived", "deleted", "trashed"], &["current", "archived"]),
    };
    if indexed.site.behaviour.lists_drafts && request.parameters("status").eq(["draft"]) {
        return drafts(indexed, viewer, request, order, kind);
    }
    let statuses = words(request, "status", known, default)?;
    let (ids, spaces) = (request.ids("id"), request.ids("space-id"));
    if ids.len() > 250 {
        return Err(errors::v2_parameter("id"));
    }
    if spaces.len() > 100 {
        return Err(errors::v2_parameter("space-id"));
    }
    let title = request.parameter("title");
    let format = body_format(request)?;
    let keep = |content: &Content| {
        content.kind == kind
            && statuses.contains(&content.status.as_str())
            && space.is_none_or(|space| content.space_id == space)
            && (spaces.is_empty() || spaces.contains(&content.space_id.as_str()))
            && (ids.is_empty() || ids.contains(&content.id.as_str()))
            && title.is_none_or(|title| content.title == title)
            && indexed.sees_content(viewer, content)
    };
    content_page(indexed, request, order, keep, format)
}

/// Returns the drafts of the account, of published and never published contents.
fn drafts(indexed: &IndexedSite, viewer: Viewer, request: &Request, order: Order, kind: ContentType) -> ReplyResult {
    let format = body_format(request)?;
    let drafts = indexed.site.contents.iter().filter(|content| {
        let has_draft = content.draft.is_some() || content.status == Status::Draft;
        content.kind == kind && has_draft && indexed.sees_content(viewer, content)
    });
    let entries = drafts.map(|content| content_entry(order, content));
    paging::page(indexed.lists(), request, CONTENTS, order, entries, |content| v2_json::draft(indexed, content, format))
}

/// Returns one page of results of the contents of the site that `keep` accepts.
fn content_page(
    indexed: &IndexedSite,
    request: &Request,
    order: Order,
    keep: impl Fn(&Content) -> bool,
    format: Option<&str>,
) -> ReplyResult {
    let render = |content| v2_json::content(indexed, content, format);
    let contents = &indexed.site.contents;
    if let Some(positions) = indexed.orders.contents(order.field) {
        let list = SortedList { positions, entry: |at: usize| content_entry(order, &contents[at]) };
        paging::sorted_page(indexed.lists(), request, CONTENTS, order, list, keep, render)
    } else {
        let entries = contents.iter().filter(|content| keep(content)).map(|content| content_entry(order, content));
        paging::page(indexed.lists(), request, CONTENTS, order, entries, render)
    }
}

/// `/custom-content`; the type is mandatory.
pub(crate) fn custom_content(indexed: &IndexedSite, viewer: Viewer, request: &Request) -> ReplyResult {
    let order = Order::read(request, &["id", "created-date", "modified-date"])?;
    let kind = request.parameter("type").ok_or_else(|| errors::v2_parameter("type"))?;
    let entries = indexed
        .site
        .contents
        .iter()
        .filter(|content| content.kind == ContentType::CustomContent && content.custom_type.as_deref() == Some(kind))
        .filter(|content| indexed.sees_content(viewer, content))
        .map(|content| content_entry(order, content));
    let format = request.parameter("body-format");
    paging::page(indexed.lists(), request, CONTENTS, order, entries, |content| {
        v2_json::content(indexed, content, format)
    })
}

/// `/footer-comments`, `/inline-comments`: the comments of the entire site, without those on contents in the trash.
pub(crate) fn comments(indexed: &IndexedSite, viewer: Viewer, request: &Request, kind: ContentType) -> ReplyResult {
    let with_replies = indexed.site.behaviour.comment_lists_with_replies;
    let order = Order::read(request, &["created-date", "modified-date"])?;
    let format = body_format(request)?;
    let keep = |comment: &Content| {
        comment.kind == kind
            && (with_replies || comment.parent.is_none())
            && comment.status == Status::Current
            && !on_trash(indexed, comment)
            && indexed.sees_content(viewer, comment)
    };
    content_page(indexed, request, order, keep, format)
}

/// Returns the comments of one page or post (roots only), or the replies to one comment.
pub(crate) fn comments_of(
    indexed: &IndexedSite,
    viewer: Viewer,
    request: &Request,
    owner: &Content,
    kind: ContentType,
) -> ReplyResult {
    let listed = indexed.children(&owner.id).filter(|comment| comment.kind == kind && !comment.status.is_trash());
    comment_page(indexed, viewer, request, listed)
}

fn on_trash(indexed: &IndexedSite, comment: &Content) -> bool {
    let container = comment.container.as_deref().and_then(|id| indexed.content(id));
    container.is_some_and(|container| container.status.is_trash())
}

fn comment_page<'a>(
    indexed: &'a IndexedSite,
    viewer: Viewer,
    request: &Request,
    comments: impl Iterator<Item = &'a Content>,
) -> ReplyResult {
    let order = Order::read(request, &["created-date", "modified-date"])?;
    let format = body_format(request)?;
    let entries =
        comments.filter(|comment| indexed.sees_content(viewer, comment)).map(|comment| content_entry(order, comment));
    paging::page(indexed.lists(), request, CONTENTS, order, entries, |comment| {
        v2_json::content(indexed, comment, format)
    })
}

/// `/attachments`: the attachments of the entire site.
pub(crate) fn all_attachments(indexed: &IndexedSite, viewer: Viewer, request: &Request) -> ReplyResult {
    let filter = FileFilter::read(request)?;
    let Some(positions) = indexed.orders.files(filter.order.field) else {
        return attachments(indexed, viewer, request, indexed.site.attachments.iter());
    };
    let list =
        SortedList { positions, entry: |at: usize| attachment_entry(filter.order, &indexed.site.attachments[at]) };
    let keep = |file: &Attachment| filter.keeps(file) && indexed.sees_attachment(viewer, file);
    let render = |file: &Attachment| rendered(indexed, file);
    paging::sorted_page(indexed.lists(), request, ATTACHMENTS, filter.order, list, keep, render)
}

/// Returns the attachments of one owner or label.
pub(crate) fn attachments<'a>(
    indexed: &'a IndexedSite,
    viewer: Viewer,
    request: &Request,
    files: impl Iterator<Item = &'a Attachment>,
) -> ReplyResult {
    let filter = FileFilter::read(request)?;
    let entries = files
        .filter(|file| filter.keeps(file) && indexed.sees_attachment(viewer, file))
        .map(|file| attachment_entry(filter.order, file));
    paging::page(indexed.lists(), request, ATTACHMENTS, filter.order, entries, |file| rendered(indexed, file))
}

fn rendered(indexed: &IndexedSite, file: &Attachment) -> Value {
    file.current().map_or(Value::Null, |version| v2_json::attachment(indexed, file, version))
}

/// Filters of a list of attachments. The trash is listed only on request.
struct FileFilter<'a> {
    order: Order,
    statuses: Vec<&'a str>,
    media_type: Option<&'a str>,
    name: Option<&'a str>,
}

impl<'a> FileFilter<'a> {
    fn read(request: &'a Request) -> Result<Self, Reply> {
        Ok(Self {
            order: Order::read(request, &["created-date", "modified-date"])?,
            statuses: words(request, "status", &["current", "archived", "trashed"], &["current", "archived"])?,
            media_type: request.parameter("mediaType"),
            name: request.parameter("filename"),
        })
    }

    fn keeps(&self, file: &Attachment) -> bool {
        self.statuses.contains(&file.status.as_str())
            && self.media_type.is_none_or(|media_type| file.media_type == media_type)
            && self.name.is_none_or(|name| file.current().is_some_and(|version| version.title == name))
    }
}

/// Returns labels as a list.
pub(crate) fn labels<'a>(
    indexed: &IndexedSite,
    request: &Request,
    names: impl Iterator<Item = &'a String>,
) -> ReplyResult {
    let order = Order::read(request, &["name", "id"])?;
    let entries = names.map(|name| Entry { key: Key::Text(name), id: 0, item: name });
    let wanted = request.parameter("prefix").is_none_or(|prefix| prefix == "global");
    paging::page(indexed.lists(), request, CONTENTS, order, entries.filter(|_| wanted), |name| v2_json::label(name))
}

/// Returns the properties of a content, or the one with a key.
pub(crate) fn properties(indexed: &IndexedSite, request: &Request, content: &Content) -> ReplyResult {
    let order = Order::read(request, &["key"])?;
    let key = request.parameter("key");
    let pairs: Vec<(&String, &Value)> =
        content.properties.iter().filter(|(name, _)| key.is_none_or(|key| *name == key)).collect();
    let entries = pairs.iter().map(|pair| Entry { key: Key::Text(pair.0), id: 0, item: pair });
    paging::page(indexed.lists(), request, CONTENTS, order, entries, |(name, value)| {
        v2_json::property(content, name, value)
    })
}

/// Parses the repeated values of a parameter. Of a list joined by commas, only the first word counts, silently; an
/// unknown word is refused.
fn words<'a>(request: &'a Request, key: &'a str, known: &[&str], default: &[&'a str]) -> Result<Vec<&'a str>, Reply> {
    let mut words = Vec::new();
    for value in request.parameters(key) {
        let word = value.split(',').next().unwrap_or_default();
        if !known.contains(&word) {
            return Err(errors::v2_parameter(key));
        }
        words.push(word);
    }
    Ok(if words.is_empty() { default.to_vec() } else { words })
}

/// Parses the body format. Lists support `storage` and `atlas_doc_format`.
fn body_format(request: &Request) -> Result<Option<&str>, Reply> {
    match request.parameter("body-format") {
        None => Ok(None),
        Some(format @ ("storage" | "atlas_doc_format")) => Ok(Some(format)),
        Some(_) => Err(errors::v2_parameter("body-format")),
    }
}
