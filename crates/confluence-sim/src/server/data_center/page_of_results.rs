//! Pages of results: `start` and `limit`, or a cursor, and the limits that are applied silently.

use serde_json::{Value, json};
use url::form_urlencoded;

use super::Exchange;
use super::expansions::Expansions;
use crate::server::errors;
use crate::server::reply::Reply;

/// Largest `limit` of a plain list.
const MOST_PLAIN: usize = 1000;
/// Largest `limit` of a list with expansions.
const MOST_EXPANDED: usize = 200;
/// Largest `limit` of a list with bodies.
const MOST_WITH_BODIES: usize = 50;

/// The requested part of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ListRange {
    pub(super) start: usize,
    /// The limit after the silent maximum, as it is echoed.
    pub(super) limit: usize,
}

impl ListRange {
    /// Parses `start` and `limit`. Maxima are applied silently and echoed.
    pub(super) fn read(exchange: Exchange<'_>, default: usize, expansions: &Expansions) -> Result<Self, Reply> {
        let most = if expansions.has_part("body") {
            MOST_WITH_BODIES
        } else if expansions.is_empty() {
            MOST_PLAIN
        } else {
            MOST_EXPANDED
        };
        let most = most.min(exchange.indexed.site.behaviour.page_cap.unwrap_or(most).max(1));
        let number = |key, default| match exchange.request.parameter(key) {
            None => Ok(default),
            Some(text) => text
                .parse::<usize>()
                .map_err(|_| errors::data_center(400, &format!("{key} must be a number that is not negative"))),
        };
        Ok(Self { start: number("start", 0)?, limit: number("limit", default)?.clamp(1, most) })
    }

    /// Returns one page of a list, whose items are in `items` from the first one on.
    pub(super) fn page<T>(
        self,
        exchange: Exchange<'_>,
        items: impl Iterator<Item = T>,
        render: impl Fn(T) -> Value,
    ) -> Value {
        let mut rest = items.skip(self.start);
        let results: Vec<Value> = rest.by_ref().take(self.limit).map(render).collect();
        let more = rest.next().is_some();
        self.envelope(exchange, &results, more)
    }

    /// Returns the object around one page of results.
    pub(super) fn envelope(self, exchange: Exchange<'_>, results: &[Value], more: bool) -> Value {
        let mut links = links(exchange);
        let parameters = |start: usize| [("limit", self.limit.to_string()), ("start", start.to_string())];
        if more {
            links["next"] = Value::from(link(exchange, &parameters(self.start + results.len())));
        }
        if self.start > 0 {
            links["prev"] = Value::from(link(exchange, &parameters(self.start.saturating_sub(self.limit))));
        }
        let size = results.len();
        json!({"results": results, "start": self.start, "limit": self.limit, "size": size, "_links": links})
    }
}

/// Returns the links that every response with `_links` at the top has.
pub(super) fn links(exchange: Exchange<'_>) -> Value {
    let context = exchange.context;
    json!({"base": exchange.indexed.base(), "context": context, "self": exchange.url(exchange.path)})
}

/// Returns the path and query of the request with other values of some parameters, without host and context path.
pub(super) fn link(exchange: Exchange<'_>, changed: &[(&str, String)]) -> String {
    let kept = exchange.request.query.iter().filter(|(key, _)| changed.iter().all(|(name, _)| name != key));
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (key, value) in kept {
        query.append_pair(key, value);
    }
    // the colons of cursors are not escaped on the wire
    let changed = changed.iter().map(|(key, value)| format!("{key}={value}"));
    let parts: Vec<String> = [query.finish()].into_iter().filter(|kept| !kept.is_empty()).chain(changed).collect();
    format!("{}?{}", exchange.path, parts.join("&"))
}

/// A position in a list: the type of what is listed, and the id of the last item before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CursorAfter {
    pub(super) kind: String,
    pub(super) id: Option<i64>,
}

impl CursorAfter {
    /// The position before the first item.
    pub(super) fn start(kind: &str) -> Self {
        Self { kind: kind.to_owned(), id: None }
    }

    /// Parses a cursor such as `content:false:393229`.
    pub(super) fn parse(text: &str, kinds: &[&str]) -> Result<Self, Reply> {
        let mut parts = text.split(':');
        let parsed = match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(kind), Some("false"), Some(id), None) if kinds.contains(&kind) => {
                let id = if id == "null" { Some(None) } else { id.parse().ok().map(Some) };
                id.map(|id| Self { kind: kind.to_owned(), id })
            }
            _ => None,
        };
        parsed.ok_or_else(|| errors::data_center(400, "Invalid cursor"))
    }

    /// Returns the cursor as text.
    pub(super) fn text(&self) -> String {
        let id = self.id.map_or_else(|| "null".to_owned(), |id| id.to_string());
        format!("{}:false:{id}", self.kind)
    }

    /// Returns the object around one page of results that follows this position.
    pub(super) fn envelope(
        &self,
        exchange: Exchange<'_>,
        limit: usize,
        results: &[Value],
        next: Option<&Self>,
    ) -> Value {
        let mut links = links(exchange);
        let size = results.len();
        let mut json = json!({"results": results, "cursor": self.text(), "limit": limit, "size": size});
        if let Some(next) = next {
            links["next"] = Value::from(link(exchange, &[("cursor", next.text()), ("limit", limit.to_string())]));
            json["nextCursor"] = Value::from(next.text());
        }
        json["_links"] = links;
        json
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_round_trip_and_others_are_refused() {
        for cursor in [CursorAfter::start("content"), CursorAfter { kind: "content".to_owned(), id: Some(42) }] {
            assert_eq!(CursorAfter::parse(&cursor.text(), &["content"]).unwrap(), cursor);
        }
        for text in ["", "42", "content:false:x", "comment:false:1", "content:false:1:2"] {
            assert_eq!(CursorAfter::parse(text, &["content"]).unwrap_err().status, 400, "{text}");
        }
    }
}
