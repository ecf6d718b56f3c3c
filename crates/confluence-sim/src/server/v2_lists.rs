//! The lists of v2.

use serde_json::Value;

use super::errors;
use super::paging::{self, InOrder};
use super::reply::{Answer, Reply};
use super::request::Request;
use super::served::{Served, Viewer};
use super::sort_keys::{Entry, Key, Order, attachment_entry, content_entry, number_of};
use super::views;
use crate::site::{Attachment, Content, Kind, Space, Status};

const SPACES: usize = 25;
const CONTENTS: usize = 25;
const ATTACHMENTS: usize = 50;

/// `/spaces`.
pub(crate) fn spaces(served: &Served, viewer: Viewer, request: &Request) -> Answer {
    let order = Order::read(request, &["id", "key", "name"])?;
    let statuses = words(request, "status", &["current", "archived"], &["current", "archived"])?;
    let (ids, keys) = (request.ids("ids"), request.ids("keys"));
    let kinds: Vec<&str> = request.parameters("type").collect();
    let entries = served
        .site
        .spaces
        .iter()
        .filter(|space| viewer.sees_space(space))
        .filter(|space| statuses.contains(&if space.archived { "archived" } else { "current" }))
        .filter(|space| ids.is_empty() || ids.contains(&space.id.as_str()))
        .filter(|space| keys.is_empty() || keys.contains(&space.key.as_str()))
        .filter(|space| kinds.is_empty() || kinds.contains(&space.kind.as_str()))
        .map(|space| Entry { key: space_key(order, space), id: number_of(&space.id), item: space });
    paging::page(served.lists(), request, SPACES, order, entries, views::space)
}

fn space_key(order: Order, space: &Space) -> Key<'_> {
    match order.field {
        "key" => Key::Text(&space.key),
        "name" => Key::Text(&space.name),
        _ => Key::Number(number_of(&space.id)),
    }
}

/// `/pages`, `/blogposts` and their lists below a space. What is hidden is in none of them, and drafts only where the
/// site takes their status.
pub(crate) fn pages(served: &Served, viewer: Viewer, request: &Request, kind: Kind, space: Option<&str>) -> Answer {
    let order = Order::read(request, &["id", "created-date", "modified-date", "title"])?;
    let (known, default): (&[&str], &[&str]) = match kind {
        Kind::BlogPost => (&["current", "deleted", "trashed"], &["current"]),
        _ => (&["current", "archived", "deleted", "trashed"], &["current", "archived"]),
    };
    if served.site.behaviour.lists_drafts && request.parameters("status").eq(["draft"]) {
        return drafts(served, viewer, request, order, kind);
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
            && served.sees_content(viewer, content)
    };
    content_page(served, request, order, keep, format)
}

/// The drafts of the account, of what is published and of what never was.
fn drafts(served: &Served, viewer: Viewer, request: &Request, order: Order, kind: Kind) -> Answer {
    let format = body_format(request)?;
    let drafts = served.site.contents.iter().filter(|content| {
        let has_draft = content.draft.is_some() || content.status == Status::Draft;
        content.kind == kind && has_draft && served.sees_content(viewer, content)
    });
    let entries = drafts.map(|content| content_entry(order, content));
    paging::page(served.lists(), request, CONTENTS, order, entries, |content| views::draft(served, content, format))
}

/// One page of the contents of the whole site that `keep` keeps.
fn content_page(
    served: &Served,
    request: &Request,
    order: Order,
    keep: impl Fn(&Content) -> bool,
    format: Option<&str>,
) -> Answer {
    let render = |content| views::content(served, content, format);
    let contents = &served.site.contents;
    if let Some(places) = served.orders.contents(order.field) {
        let list = InOrder { places, entry: |at: usize| content_entry(order, &contents[at]) };
        paging::sorted_page(served.lists(), request, CONTENTS, order, list, keep, render)
    } else {
        let entries = contents.iter().filter(|content| keep(content)).map(|content| content_entry(order, content));
        paging::page(served.lists(), request, CONTENTS, order, entries, render)
    }
}

/// `/custom-content`; the type is mandatory.
pub(crate) fn custom_content(served: &Served, viewer: Viewer, request: &Request) -> Answer {
    let order = Order::read(request, &["id", "created-date", "modified-date"])?;
    let kind = request.parameter("type").ok_or_else(|| errors::v2_parameter("type"))?;
    let entries = served
        .site
        .contents
        .iter()
        .filter(|content| content.kind == Kind::CustomContent && content.custom_type.as_deref() == Some(kind))
        .filter(|content| served.sees_content(viewer, content))
        .map(|content| content_entry(order, content));
    let format = request.parameter("body-format");
    paging::page(served.lists(), request, CONTENTS, order, entries, |content| views::content(served, content, format))
}

/// `/footer-comments`, `/inline-comments`: of the whole site, without those on contents in the trash.
pub(crate) fn comments(served: &Served, viewer: Viewer, request: &Request, kind: Kind) -> Answer {
    let with_replies = served.site.behaviour.comment_lists_with_replies;
    let order = Order::read(request, &["created-date", "modified-date"])?;
    let format = body_format(request)?;
    let keep = |comment: &Content| {
        comment.kind == kind
            && (with_replies || comment.parent.is_none())
            && comment.status == Status::Current
            && !on_trash(served, comment)
            && served.sees_content(viewer, comment)
    };
    content_page(served, request, order, keep, format)
}

/// Comments of one page or post (roots only), or replies to one comment.
pub(crate) fn comments_of(served: &Served, viewer: Viewer, request: &Request, owner: &Content, kind: Kind) -> Answer {
    let listed = served.children(&owner.id).filter(|comment| comment.kind == kind && !comment.status.is_trash());
    comment_page(served, viewer, request, listed)
}

fn on_trash(served: &Served, comment: &Content) -> bool {
    let container = comment.container.as_deref().and_then(|id| served.content(id));
    container.is_some_and(|container| container.status.is_trash())
}

fn comment_page<'a>(
    served: &'a Served,
    viewer: Viewer,
    request: &Request,
    comments: impl Iterator<Item = &'a Content>,
) -> Answer {
    let order = Order::read(request, &["created-date", "modified-date"])?;
    let format = body_format(request)?;
    let entries =
        comments.filter(|comment| served.sees_content(viewer, comment)).map(|comment| content_entry(order, comment));
    paging::page(served.lists(), request, CONTENTS, order, entries, |comment| views::content(served, comment, format))
}

/// `/attachments`: of the whole site.
pub(crate) fn all_attachments(served: &Served, viewer: Viewer, request: &Request) -> Answer {
    let filter = FileFilter::read(request)?;
    let Some(places) = served.orders.files(filter.order.field) else {
        return attachments(served, viewer, request, served.site.attachments.iter());
    };
    let list = InOrder { places, entry: |at: usize| attachment_entry(filter.order, &served.site.attachments[at]) };
    let keep = |file: &Attachment| filter.keeps(file) && served.sees_attachment(viewer, file);
    let render = |file: &Attachment| rendered(served, file);
    paging::sorted_page(served.lists(), request, ATTACHMENTS, filter.order, list, keep, render)
}

/// The attachments of one owner or label.
pub(crate) fn attachments<'a>(
    served: &'a Served,
    viewer: Viewer,
    request: &Request,
    files: impl Iterator<Item = &'a Attachment>,
) -> Answer {
    let filter = FileFilter::read(request)?;
    let entries = files
        .filter(|file| filter.keeps(file) && served.sees_attachment(viewer, file))
        .map(|file| attachment_entry(filter.order, file));
    paging::page(served.lists(), request, ATTACHMENTS, filter.order, entries, |file| rendered(served, file))
}

fn rendered(served: &Served, file: &Attachment) -> Value {
    file.current().map_or(Value::Null, |version| views::attachment(served, file, version))
}

/// What a list of attachments is asked for. The trash has to be asked for.
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

/// Names of labels, as a list.
pub(crate) fn labels<'a>(served: &Served, request: &Request, names: impl Iterator<Item = &'a String>) -> Answer {
    let order = Order::read(request, &["name", "id"])?;
    let entries = names.map(|name| Entry { key: Key::Text(name), id: 0, item: name });
    let wanted = request.parameter("prefix").is_none_or(|prefix| prefix == "global");
    paging::page(served.lists(), request, CONTENTS, order, entries.filter(|_| wanted), |name| views::label(name))
}

/// The properties of a content, or the one with a key.
pub(crate) fn properties(served: &Served, request: &Request, content: &Content) -> Answer {
    let order = Order::read(request, &["key"])?;
    let key = request.parameter("key");
    let pairs: Vec<(&String, &Value)> =
        content.properties.iter().filter(|(name, _)| key.is_none_or(|key| *name == key)).collect();
    let entries = pairs.iter().map(|pair| Entry { key: Key::Text(pair.0), id: 0, item: pair });
    paging::page(served.lists(), request, CONTENTS, order, entries, |(name, value)| {
        views::property(content, name, value)
    })
}

/// The repeated values of a parameter. A list joined by commas is not understood and silently means its first word; an unknown word is refused.
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

/// The body format asked for; lists know two.
fn body_format(request: &Request) -> Result<Option<&str>, Reply> {
    match request.parameter("body-format") {
        None => Ok(None),
        Some(format @ ("storage" | "atlas_doc_format")) => Ok(Some(format)),
        Some(_) => Err(errors::v2_parameter("body-format")),
    }
}
