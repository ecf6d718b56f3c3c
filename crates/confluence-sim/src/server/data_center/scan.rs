//! `content/scan`: contents of one type, in order of their ids, from a cursor on.

use serde_json::Value;

use super::Exchange;
use super::contents::{ContentFilter, kinds_of, position};
use super::page_of_results::{CursorAfter, ListRange};
use crate::server::errors;
use crate::server::reply::{Reply, ReplyResult};
use crate::site::ScanSupport;

/// The types with the word for each in cursors.
const CURSORS: [(&str, &str); 3] = [("page", "content"), ("blogpost", "blog_post"), ("comment", "comment")];

/// Returns the cursor of the first page of results of a list with cursors.
#[cfg(feature = "faults")]
pub(super) fn first_cursor(request: &crate::server::request::Request) -> String {
    let kind = request.parameter("type").unwrap_or("page");
    let word = CURSORS.iter().find(|(name, _)| *name == kind).map_or("content", |(_, word)| *word);
    CursorAfter::start(word).text()
}

/// Lists the contents of one type.
pub(super) fn list(exchange: Exchange<'_>) -> ReplyResult {
    let types: &[&str] = match exchange.indexed.site.behaviour.data_center.scan {
        ScanSupport::Complete => &["page", "blogpost", "comment"],
        ScanSupport::WithoutComments => &["page", "blogpost"],
        ScanSupport::PagesOnly => &["page"],
        ScanSupport::Missing => {
            return Err(errors::data_center(404, "No content found with id: ContentId{id=scan}"));
        }
    };
    let words = CURSORS.map(|(_, word)| word);
    let cursor = exchange.request.parameter("cursor").filter(|cursor| !cursor.is_empty());
    let cursor = cursor.map(|cursor| CursorAfter::parse(cursor, &words)).transpose()?;
    // a cursor says the type too
    let of_cursor = cursor.as_ref().and_then(|cursor| CURSORS.iter().find(|(_, word)| *word == cursor.kind));
    let kind = of_cursor.map(|(kind, _)| *kind).or(exchange.request.parameter("type")).unwrap_or("page");
    let unsupported = || errors::data_center(400, &format!("Unsupported content type: {kind}"));
    if !types.contains(&kind) {
        return Err(unsupported());
    }
    let kinds = kinds_of(kind).ok_or_else(unsupported)?;
    let expansions = exchange.expansions("");
    let limit = ListRange::read(exchange, 25, &expansions)?.limit;
    let filter = ContentFilter::read(exchange, kinds)?;
    let word = CURSORS.iter().find(|(name, _)| *name == kind).map_or("content", |(_, word)| *word);
    let cursor = cursor.unwrap_or_else(|| CursorAfter::start(word));
    let contents = &exchange.indexed.site.contents;
    let positions = exchange.indexed.orders.contents("id").unwrap_or_default();
    let begin = positions.partition_point(|at| cursor.id.is_some_and(|last| position(&contents[*at]) <= last));
    let mut listed = positions[begin..].iter().map(|at| &contents[*at]).filter(|content| filter.has(exchange, content));
    let page: Vec<_> = listed.by_ref().take(limit).collect();
    let more = listed.next().is_some();
    let next = page.last().filter(|_| more).map(|last| CursorAfter { kind: word.to_owned(), id: Some(position(last)) });
    let results: Vec<Value> = page.iter().map(|content| filter.render(exchange, content, &expansions)).collect();
    Ok(Reply::ok(cursor.envelope(exchange, limit, &results, next.as_ref())))
}
