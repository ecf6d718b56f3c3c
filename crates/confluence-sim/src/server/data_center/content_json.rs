//! Pages, blog posts and comments as JSON.

use serde_json::{Value, json};

use super::expansions::{ExpandableObject, Expansions};
use super::{Exchange, content_parts, restrictions, spaces};
use crate::server::v2_json::{segment, tiny_link, title_segment};
use crate::site::{Content, ContentType};

/// Returns the type of a content.
pub(super) fn type_of(content: &Content) -> &'static str {
    content.kind.as_str()
}

/// Returns a content in its published version.
pub(super) fn content(exchange: Exchange<'_>, content: &Content, expansions: &Expansions) -> Value {
    edition(exchange, content, content.status.as_str(), expansions)
}

/// Returns a content with a status: the published version, an earlier one, or a draft.
pub(super) fn edition(exchange: Exchange<'_>, content: &Content, status: &str, expansions: &Expansions) -> Value {
    let plain = Expansions::default();
    let own = format!("/rest/api/content/{}", content.id);
    let space = exchange.indexed.space(&content.space_id);
    let space_path = space.map_or_else(String::new, |space| format!("/rest/api/space/{}", segment(&space.key)));
    let container = content.container.as_deref().and_then(|id| exchange.indexed.content(id));
    let container_path =
        container.map_or_else(|| space_path.clone(), |owner| format!("/rest/api/content/{}", owner.id));
    let mut object = ExpandableObject::new(expansions);
    object
        .field("id", content.id.as_str())
        .field("type", type_of(content))
        .field("status", status)
        .field("title", content.title.as_str())
        .part("container", &container_path, |inner| match (container, space) {
            (Some(owner), _) => self::content(exchange, owner, inner),
            (None, Some(space)) => spaces::json(exchange, space, inner),
            (None, None) => Value::Null,
        })
        .part("metadata", "", |inner| content_parts::metadata(exchange, content, inner))
        .part("children", &format!("{own}/child"), |inner| content_parts::children(exchange, content, inner))
        .part("restrictions", &format!("{own}/restriction/byOperation"), |inner| {
            restrictions::expanded(exchange, content, inner)
        })
        .part("history", &format!("{own}/history"), |inner| content_parts::history(exchange, content, inner))
        .part("ancestors", "", |inner| content_parts::ancestors(exchange, content, inner))
        .part("body", "", |inner| content_parts::body(content, inner))
        .part("version", "", |inner| content_parts::version(exchange, content, inner))
        .part("space", &space_path, |inner| space.map_or(Value::Null, |space| spaces::json(exchange, space, inner)))
        .field("extensions", content_parts::extensions(content, expansions.get("extensions").unwrap_or(&plain)))
        .field("_links", links(exchange, content, &own))
        .unsupported(&["operations", "descendants"]);
    object.finish()
}

fn links(exchange: Exchange<'_>, content: &Content, own: &str) -> Value {
    let mut links = json!({"webui": webui(exchange, content), "self": exchange.url(own)});
    if content.kind.is_page_or_post() {
        links["edit"] = Value::from(format!("/pages/resumedraft.action?draftId={}", content.id));
        links["tinyui"] = Value::from(tiny_link(&content.id));
    }
    links
}

/// Returns the path of a content in a browser. Titles with special characters are not in it.
pub(super) fn webui(exchange: Exchange<'_>, content: &Content) -> String {
    let key = exchange.indexed.space(&content.space_id).map_or("", |space| space.key.as_str());
    let is_plain = content.title.chars().all(|letter| letter.is_ascii_alphanumeric() || " -_".contains(letter));
    match content.kind {
        kind if kind.is_comment() => {
            let container = content.container.as_deref().and_then(|id| exchange.indexed.content(id));
            let page = container.map_or_else(String::new, |container| webui(exchange, container));
            let separator = if page.contains('?') { '&' } else { '?' };
            format!("{page}{separator}focusedCommentId={0}#comment-{0}", content.id)
        }
        ContentType::BlogPost if is_plain => format!(
            "/display/{}/{}/{}",
            segment(key),
            content.created_at.format("%Y/%m/%d"),
            title_segment(&content.title)
        ),
        _ if is_plain => format!("/display/{}/{}", segment(key), title_segment(&content.title)),
        _ => format!("/pages/viewpage.action?pageId={}", content.id),
    }
}
