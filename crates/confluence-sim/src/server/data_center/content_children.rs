//! What belongs to one content: files, comments, child pages, labels, properties.

use serde_json::Value;

use super::page_of_results::ListRange;
use super::{Exchange, content_json, content_parts, contents, file_json};
use crate::server::errors;
use crate::server::reply::{Reply, ReplyResult};
use crate::site::{Content, ContentType};

fn owner<'s>(exchange: Exchange<'s>, id: &str) -> Result<&'s Content, Reply> {
    contents::visible(exchange, id).ok_or_else(|| contents::not_found(id))
}

/// `content/{id}/child/attachment`: the files of a content, without those in the trash.
pub(super) fn attachments(exchange: Exchange<'_>, id: &str) -> ReplyResult {
    let expansions = exchange.expansions("");
    let range = ListRange::read(exchange, 50, &expansions)?;
    let (name, media_type) = (exchange.request.parameter("filename"), exchange.request.parameter("mediaType"));
    let listed = content_parts::files(exchange, owner(exchange, id)?)
        .into_iter()
        .filter(|file| media_type.is_none_or(|media_type| file.media_type == media_type))
        .filter(|file| name.is_none_or(|name| file.current().is_some_and(|version| version.title == name)));
    Ok(Reply::ok(range.page(exchange, listed, |file| file_json::current(exchange, file, &expansions))))
}

/// `content/{id}/child/comment`: the comments on a content, or the replies to a comment.
pub(super) fn comments(exchange: Exchange<'_>, id: &str) -> ReplyResult {
    let expansions = exchange.expansions("");
    let range = ListRange::read(exchange, 25, &expansions)?;
    let owner = owner(exchange, id)?;
    let all = exchange.request.parameter("depth").is_some_and(|depth| depth.eq_ignore_ascii_case("all"));
    let locations = exchange.request.ids("location");
    let is_root = |comment: &Content| match &comment.parent {
        Some((parent, _)) => *parent == owner.id,
        None => true,
    };
    let listed = content_parts::comments(exchange, owner)
        .into_iter()
        .filter(|comment| all || is_root(comment))
        .filter(|comment| locations.is_empty() || locations.contains(&location(comment)));
    Ok(Reply::ok(range.page(exchange, listed, |comment| content_json::content(exchange, comment, &expansions))))
}

fn location(comment: &Content) -> &'static str {
    match (comment.kind, comment.resolution.as_deref()) {
        (ContentType::InlineComment, Some("resolved")) => "resolved",
        (ContentType::InlineComment, _) => "inline",
        _ => "footer",
    }
}

/// `content/{id}/child/page`: the child pages of a page.
pub(super) fn pages(exchange: Exchange<'_>, id: &str) -> ReplyResult {
    let expansions = exchange.expansions("");
    let range = ListRange::read(exchange, 25, &expansions)?;
    let listed = content_parts::pages(exchange, owner(exchange, id)?).into_iter();
    Ok(Reply::ok(range.page(exchange, listed, |page| content_json::content(exchange, page, &expansions))))
}

/// `content/{id}/label`: all labels of a content or file.
pub(super) fn labels(exchange: Exchange<'_>, id: &str) -> ReplyResult {
    let range = ListRange::read(exchange, 200, &exchange.expansions(""))?;
    let names = if let Some(content) = contents::visible(exchange, id) {
        &content.labels
    } else {
        let file = exchange.indexed.visible_attachment(exchange.viewer, id);
        &file.ok_or_else(|| contents::not_found(id))?.labels
    };
    let prefixes = exchange.request.ids("prefix");
    let listed = names.iter().filter(|_| prefixes.is_empty() || prefixes.contains(&"global"));
    Ok(Reply::ok(range.page(exchange, listed, |name| content_parts::label(name))))
}

/// `content/{id}/property`: all properties of a content.
pub(super) fn properties(exchange: Exchange<'_>, id: &str) -> ReplyResult {
    let expansions = exchange.expansions("version");
    let range = ListRange::read(exchange, 10, &expansions)?;
    let owner = owner(exchange, id)?;
    let listed = content_parts::all_properties(exchange, owner).into_iter();
    let render = |(key, value): (String, Value)| content_parts::property(exchange, owner, &key, &value, &expansions);
    Ok(Reply::ok(range.page(exchange, listed, render)))
}

/// `content/{id}/property/{key}`: one property.
pub(super) fn property(exchange: Exchange<'_>, id: &str, key: &str) -> ReplyResult {
    let owner = owner(exchange, id)?;
    let found = content_parts::all_properties(exchange, owner).into_iter().find(|(name, _)| name == key);
    let (_, value) = found.ok_or_else(|| errors::data_center(404, &format!("No property found with key : {key}")))?;
    let expansions = exchange.expansions("version");
    Ok(Reply::ok(content_parts::property(exchange, owner, key, &value, &expansions)))
}
