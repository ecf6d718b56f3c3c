//! Parts of pages, blog posts and comments that are shown on request.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::expansions::{ExpandableObject, Expansions};
use super::{Exchange, accounts, content_json, file_json};
use crate::builder::hash;
use crate::server::{v2_json, workflow};
use crate::site::{Attachment, Content, ContentType, ContentVersion, Status};

/// Number of children that come along with their parent.
const CHILDREN: usize = 25;
/// Maximum number of labels that come along, unless the site sets another one.
const LABELS: usize = 200;
/// Maximum number of ancestors, so that a cycle of parents ends.
const DEEPEST: usize = 1000;

/// A version of a content or file.
pub(super) struct VersionFields<'v> {
    pub(super) number: u32,
    pub(super) at: DateTime<Utc>,
    pub(super) author: &'v str,
    pub(super) message: &'v str,
    pub(super) minor: bool,
    /// Path of what has this version.
    pub(super) of: String,
}

impl<'v> VersionFields<'v> {
    /// Returns one version of a page, blog post or comment.
    pub(super) fn of_content(content: &Content, version: &'v ContentVersion) -> Self {
        Self {
            number: version.number,
            at: version.created_at,
            author: &version.author,
            message: &version.message,
            minor: version.minor,
            of: format!("/rest/experimental/content/{}", content.id),
        }
    }

    /// Returns the version as JSON.
    pub(super) fn json(&self, exchange: Exchange<'_>, expansions: &Expansions) -> Value {
        let plain = Expansions::default();
        let mut object = ExpandableObject::new(expansions);
        object
            .field("by", accounts::by_key(exchange, self.author, expansions.get("by").unwrap_or(&plain)))
            .field("when", super::time(self.at))
            .field("message", self.message)
            .field("number", self.number)
            .field("minorEdit", self.minor)
            .field("hidden", false)
            .field("_links", json!({"self": exchange.url(&format!("{}/version/{}", self.of, self.number))}))
            .part("content", &self.of, |_| json!({"_links": {"self": exchange.url(&self.of)}}));
        object.finish()
    }
}

/// Returns the version of the edition.
pub(super) fn version(exchange: Exchange<'_>, content: &Content, expansions: &Expansions) -> Value {
    let Some(version) = content.version() else { return Value::Null };
    VersionFields::of_content(content, version).json(exchange, expansions)
}

/// Returns creator, date and contributors.
pub(super) fn history(exchange: Exchange<'_>, content: &Content, expansions: &Expansions) -> Value {
    let plain = Expansions::default();
    let mut object = ExpandableObject::new(expansions);
    object
        .field("latest", true)
        .field("createdBy", accounts::by_key(exchange, &content.author, expansions.get("createdBy").unwrap_or(&plain)))
        .field("createdDate", super::time(content.created_at))
        .field("_links", json!({"self": exchange.url(&format!("/rest/api/content/{}/history", content.id))}))
        .part("lastUpdated", "", |inner| version(exchange, content, inner))
        .part("contributors", "", |inner| {
            let mut keys: Vec<&str> = content.versions.iter().map(|version| version.author.as_str()).collect();
            keys.sort_unstable();
            keys.dedup();
            contributors(exchange, &keys, inner)
        })
        .unsupported(&["previousVersion", "nextVersion"]);
    object.finish()
}

fn contributors(exchange: Exchange<'_>, keys: &[&str], expansions: &Expansions) -> Value {
    let plain = Expansions::default();
    let mut object = ExpandableObject::new(expansions);
    object.part("publishers", "", |inner| {
        let users = inner.get("users").unwrap_or(&plain);
        let users: Vec<Value> = keys.iter().map(|key| accounts::by_key(exchange, key, users)).collect();
        json!({"users": users, "userKeys": keys})
    });
    object.finish()
}

/// Returns the contents of the same type above a content, from the top: pages above a page, comments above a reply.
pub(super) fn ancestors(exchange: Exchange<'_>, content: &Content, expansions: &Expansions) -> Value {
    let mut above = Vec::new();
    let mut at = content;
    while let Some(parent) = at.parent.as_ref().and_then(|(id, _)| exchange.indexed.content(id))
        && content_json::type_of(parent) == content_json::type_of(content)
        && above.len() < DEEPEST
    {
        above.push(content_json::content(exchange, parent, expansions));
        at = parent;
    }
    above.reverse();
    Value::from(above)
}

/// Returns the body; only storage format is supported.
pub(super) fn body(content: &Content, expansions: &Expansions) -> Value {
    let mut object = ExpandableObject::new(expansions);
    object
        .part("storage", "", |_| {
            json!({
                "value": content.body,
                "representation": "storage",
                "_expandable": {"content": format!("/rest/api/content/{}", content.id)},
            })
        })
        .unsupported(&["editor", "view", "export_view", "styled_view", "anonymous_export_view"]);
    object.finish()
}

/// Returns labels and content properties.
pub(super) fn metadata(exchange: Exchange<'_>, content: &Content, expansions: &Expansions) -> Value {
    let mut object = ExpandableObject::new(expansions);
    object
        .part("labels", "", |_| labels(exchange, &content.labels))
        .part("properties", "", |inner| properties(exchange, content, inner))
        .unsupported(&["currentuser", "frontend", "editorHtml"]);
    object.finish()
}

/// Returns the labels up to the limit. The response does not show whether there are more.
pub(super) fn labels(exchange: Exchange<'_>, names: &[String]) -> Value {
    let limit = exchange.indexed.site.behaviour.label_cap.unwrap_or(LABELS);
    let results: Vec<Value> = names.iter().take(limit).map(|name| label(name)).collect();
    let size = results.len();
    json!({"results": results, "start": 0, "limit": limit, "size": size, "_links": {}})
}

/// Returns a label.
pub(super) fn label(name: &str) -> Value {
    json!({"prefix": "global", "name": name, "id": v2_json::label_id(name), "label": name})
}

fn properties(exchange: Exchange<'_>, content: &Content, expansions: &Expansions) -> Value {
    let mut object = ExpandableObject::new(expansions);
    for (key, value) in all_properties(exchange, content) {
        let path = format!("/rest/api/content/{}/property/{}", content.id, v2_json::segment(&key));
        object.part(&key, &path, |inner| property(exchange, content, &key, &value, inner));
    }
    object.finish()
}

/// Returns the content properties, with that of the workflow app.
pub(super) fn all_properties(exchange: Exchange<'_>, content: &Content) -> Vec<(String, Value)> {
    let own = content.properties.iter().map(|(key, value)| (key.clone(), value.clone()));
    let of_app = workflow::property(exchange.indexed, content, workflow::PROPERTY);
    own.chain(of_app.map(|value| (workflow::PROPERTY.to_owned(), value))).collect()
}

/// Returns a content property.
pub(super) fn property(
    exchange: Exchange<'_>,
    content: &Content,
    key: &str,
    value: &Value,
    expansions: &Expansions,
) -> Value {
    let own = format!("/rest/api/content/{}/property/{}", content.id, v2_json::segment(key));
    let mut object = ExpandableObject::new(expansions);
    object
        .field("id", v2_json::numeric_id(&format!("{}/{key}", content.id)))
        .field("key", key)
        .field("value", value.clone())
        .field("_links", json!({"self": exchange.url(&own)}))
        .part(
            "version",
            "",
            |_| json!({"when": super::time(content.created_at), "message": "", "number": 1, "minorEdit": false}),
        )
        .part("content", &format!("/rest/api/content/{}", content.id), |inner| {
            content_json::content(exchange, content, inner)
        });
    object.finish()
}

/// Returns the first children of each requested type.
pub(super) fn children(exchange: Exchange<'_>, content: &Content, expansions: &Expansions) -> Value {
    let path = |kind: &str| format!("/rest/api/content/{}/child/{kind}", content.id);
    let mut object = ExpandableObject::new(expansions);
    object
        .part("attachment", &path("attachment"), |inner| {
            let files = files(exchange, content);
            first(exchange, &path("attachment"), files.len(), |at| file_json::current(exchange, files[at], inner))
        })
        .part("comment", &path("comment"), |inner| {
            let comments = comments(exchange, content);
            let roots: Vec<&Content> = comments.into_iter().filter(|comment| comment.parent.is_none()).collect();
            first(exchange, &path("comment"), roots.len(), |at| content_json::content(exchange, roots[at], inner))
        })
        .part("page", &path("page"), |inner| {
            let pages = pages(exchange, content);
            first(exchange, &path("page"), pages.len(), |at| content_json::content(exchange, pages[at], inner))
        });
    object.finish()
}

fn first(exchange: Exchange<'_>, path: &str, count: usize, render: impl Fn(usize) -> Value) -> Value {
    let size = count.min(CHILDREN);
    let results: Vec<Value> = (0..size).map(render).collect();
    let mut links = json!({"self": exchange.url(path)});
    if count > size {
        links["next"] = Value::from(format!("{path}?limit={CHILDREN}&start={size}"));
    }
    json!({"results": results, "start": 0, "limit": CHILDREN, "size": size, "_links": links})
}

/// Returns the files of a content that are not in the trash, in order of their ids.
pub(super) fn files<'s>(exchange: Exchange<'s>, content: &Content) -> Vec<&'s Attachment> {
    if content.status.is_trash() && exchange.indexed.site.behaviour.data_center.trash_without_files {
        return Vec::new();
    }
    let mut files: Vec<&Attachment> = exchange
        .indexed
        .files_of(&content.id)
        .filter(|file| !file.status.is_trash() && exchange.indexed.sees_attachment(exchange.viewer, file))
        .collect();
    files.sort_by_key(|file| crate::server::sort_keys::number_of(&file.id));
    files
}

/// Returns the comments on a content, or the replies to a comment, of any depth.
pub(super) fn comments<'s>(exchange: Exchange<'s>, content: &Content) -> Vec<&'s Content> {
    let mut found: Vec<&'s Content> = Vec::new();
    let mut parents = vec![content.id.clone()];
    while let Some(parent) = parents.pop() {
        let below = exchange.indexed.children(&parent).filter(|child| child.kind.is_comment());
        for comment in below.filter(|comment| comment.status == Status::Current) {
            if exchange.indexed.sees_content(exchange.viewer, comment)
                && !found.iter().any(|known| known.id == comment.id)
            {
                parents.push(comment.id.clone());
                found.push(comment);
            }
        }
    }
    found.sort_by_key(|comment| crate::server::sort_keys::number_of(&comment.id));
    found
}

/// Returns the child pages of a page.
pub(super) fn pages<'s>(exchange: Exchange<'s>, content: &Content) -> Vec<&'s Content> {
    let children = exchange.indexed.children(&content.id);
    children
        .filter(|child| child.kind == ContentType::Page && child.status == Status::Current)
        .filter(|child| exchange.indexed.sees_content(exchange.viewer, child))
        .collect()
}

/// Returns the position of a page, or where and in which state a comment is.
pub(super) fn extensions(content: &Content, expansions: &Expansions) -> Value {
    if !content.kind.is_comment() {
        return json!({"position": hash(&content.id) % 10_000});
    }
    let is_inline = content.kind == ContentType::InlineComment;
    let mut object = ExpandableObject::new(expansions);
    object.field("location", if is_inline { "inline" } else { "footer" });
    if is_inline {
        object.part(
            "inlineProperties",
            "",
            |_| json!({"originalSelection": "text", "markerRef": format!("marker-{}", content.id)}),
        );
    }
    object.part("resolution", "", |_| json!({"status": content.resolution.as_deref().unwrap_or("open")}));
    object.finish()
}
