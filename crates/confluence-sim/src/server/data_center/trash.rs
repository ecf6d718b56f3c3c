//! `space/{key}/trash`: the contents and files in the trash of a space.

use serde_json::Value;

use super::page_of_results::{CursorAfter, ListRange};
use super::{Exchange, content_json, contents, file_json, spaces};
use crate::server::errors;
use crate::server::reply::{Reply, ReplyResult};
use crate::server::sort_keys::number_of;
use crate::site::{Attachment, Content, Status};

/// What is expanded unless a request says otherwise.
const DEFAULT: &str = "ancestors,container,space,metadata";
/// The words in cursors: contents come first.
const WORDS: [&str; 2] = ["content", "attachment"];

/// Something in the trash.
enum TrashedItem<'s> {
    Content(&'s Content),
    File(&'s Attachment),
}

impl TrashedItem<'_> {
    /// Returns the place in the list: contents before files, each in order of their ids.
    fn position(&self) -> (usize, i64) {
        match self {
            Self::Content(content) => (0, contents::position(content)),
            Self::File(file) => (1, number_of(&file.id)),
        }
    }
}

/// Lists the trash, which takes an administrator of the space.
pub(super) fn list(exchange: Exchange<'_>, key: &str) -> ReplyResult {
    let space = spaces::visible(exchange, key)?;
    if !exchange.administrates(space) {
        return Err(errors::data_center(403, "Not an administrator of the space"));
    }
    let expansions = exchange.expansions(DEFAULT);
    let limit = ListRange::read(exchange, 25, &expansions)?.limit;
    let cursor = exchange.request.parameter("cursor").filter(|cursor| !cursor.is_empty());
    let cursor = cursor.map_or_else(|| Ok(CursorAfter::start("content")), |text| CursorAfter::parse(text, &WORDS))?;
    let after = (WORDS.iter().position(|word| *word == cursor.kind).unwrap_or_default(), cursor.id);
    let mut listed = items(exchange, &space.id);
    listed.retain(|item| {
        let (kind, id) = item.position();
        kind > after.0 || (kind == after.0 && after.1.is_none_or(|last| id > last))
    });
    listed.sort_by_key(TrashedItem::position);
    let more = listed.len() > limit;
    listed.truncate(limit);
    let next = listed.last().filter(|_| more).map(|last| {
        let (kind, id) = last.position();
        CursorAfter { kind: WORDS[kind].to_owned(), id: Some(id) }
    });
    let render = |item: &TrashedItem<'_>| match item {
        TrashedItem::Content(content) => content_json::content(exchange, content, &expansions),
        TrashedItem::File(file) => file_json::current(exchange, file, &expansions),
    };
    let results: Vec<Value> = listed.iter().map(render).collect();
    Ok(Reply::ok(cursor.envelope(exchange, limit, &results, next.as_ref())))
}

fn items<'s>(exchange: Exchange<'s>, space: &str) -> Vec<TrashedItem<'s>> {
    let indexed = exchange.indexed;
    let is_here = |content: &Content| content.space_id == space;
    let contents = indexed
        .site
        .contents
        .iter()
        .filter(|content| content.status == Status::Trashed && is_here(content))
        .filter(|content| contents::visible(exchange, &content.id).is_some())
        .map(TrashedItem::Content);
    let files = indexed
        .site
        .attachments
        .iter()
        .filter(|file| file.status == Status::Trashed && indexed.sees_attachment(exchange.viewer, file))
        .filter(|file| file.container.id().and_then(|id| indexed.content(id)).is_some_and(is_here))
        .map(TrashedItem::File);
    contents.chain(files).collect()
}
