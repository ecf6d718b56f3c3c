//! Pagination of v2 lists: limits, orders, cursors.

use std::cmp::Ordering;

use base64::prelude::{BASE64_URL_SAFE, BASE64_URL_SAFE_NO_PAD, Engine as _};
use serde_json::{Value, json};

use super::errors;
use super::reply::{Reply, ReplyResult};
use super::request::Request;
use super::sort_keys::{Entry, Key, Order};

/// Largest `limit` of v2 lists; larger ones are refused.
const MAX_LIMIT: usize = 250;

/// Parses `limit`; refuses the values that v2 refuses.
pub(crate) fn limit(request: &Request, default: usize) -> Result<usize, Reply> {
    match request.parameter("limit") {
        None => Ok(default),
        Some(requested) => match requested.parse() {
            Ok(limit) if (1..=MAX_LIMIT).contains(&limit) => Ok(limit),
            _ => Err(errors::v2_parameter("limit")),
        },
    }
}

/// Settings of the site for its lists.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ListSettings<'s> {
    /// Value of `_links.base`.
    pub(crate) base: &'s str,
    /// Maximum number of items per page of results, whatever was requested; not visible to the client.
    pub(crate) cap: Option<usize>,
}

/// Returns one page of a v2 list. The cursor holds the position of the last item, so items that are added or removed in
/// between neither repeat nor skip others.
pub(crate) fn page<'a, T>(
    settings: ListSettings<'_>,
    request: &Request,
    default_limit: usize,
    order: Order,
    entries: impl Iterator<Item = Entry<'a, T>>,
    render: impl Fn(&'a T) -> Value,
) -> ReplyResult
where
    T: 'a,
{
    let limit = capped_limit(settings, request, default_limit)?;
    let cursor = request.parameter("cursor").map(Cursor::decode).transpose()?;
    let mut entries: Vec<Entry<'a, T>> = entries
        .filter(|entry| cursor.as_ref().is_none_or(|cursor| cursor.is_before(order, entry.key, entry.id)))
        .collect();
    let more = entries.len() > limit;
    if more {
        entries.select_nth_unstable_by(limit, |one, other| order.compare(one, other));
        entries.truncate(limit);
    }
    entries.sort_unstable_by(|one, other| order.compare(one, other));
    Ok(response(settings, request, order, &entries, more, render))
}

/// A list with a sorted index: the indexes of its items in ascending order, and the entry at an index.
pub(crate) struct SortedList<'s, F> {
    pub(crate) positions: &'s [usize],
    pub(crate) entry: F,
}

/// Returns one page of a list with a sorted index.
pub(crate) fn sorted_page<'a, T: 'a>(
    settings: ListSettings<'_>,
    request: &Request,
    default_limit: usize,
    order: Order,
    list: SortedList<'_, impl Fn(usize) -> Entry<'a, T>>,
    keep: impl Fn(&'a T) -> bool,
    render: impl Fn(&'a T) -> Value,
) -> ReplyResult {
    let limit = capped_limit(settings, request, default_limit)?;
    let cursor = request.parameter("cursor").map(Cursor::decode).transpose()?;
    let SortedList { positions, entry } = list;
    let is_after = |at: usize| {
        let entry = entry(at);
        cursor.as_ref().is_none_or(|cursor| cursor.is_before(order, entry.key, entry.id))
    };
    let kept = |at: &usize| Some(entry(*at)).filter(|entry| keep(entry.item));
    let mut entries: Vec<Entry<'a, T>> = if order.descending {
        let end = positions.partition_point(|at| is_after(*at));
        positions[..end].iter().rev().filter_map(kept).take(limit + 1).collect()
    } else {
        let begin = positions.partition_point(|at| !is_after(*at));
        positions[begin..].iter().filter_map(kept).take(limit + 1).collect()
    };
    let more = entries.len() > limit;
    entries.truncate(limit);
    Ok(response(settings, request, order, &entries, more, render))
}

fn capped_limit(settings: ListSettings<'_>, request: &Request, default: usize) -> Result<usize, Reply> {
    Ok(limit(request, default)?.min(settings.cap.unwrap_or(MAX_LIMIT).max(1)))
}

fn response<'a, T: 'a>(
    settings: ListSettings<'_>,
    request: &Request,
    order: Order,
    entries: &[Entry<'a, T>],
    more: bool,
    render: impl Fn(&'a T) -> Value,
) -> Reply {
    let mut links = json!({"base": settings.base});
    if let Some(last) = entries.last().filter(|_| more) {
        let cursor = Cursor::at(order.field, last.key, last.id).encode();
        links["next"] = Value::from(request.with_cursor(&cursor));
    }
    let results: Vec<Value> = entries.iter().map(|entry| render(entry.item)).collect();
    Reply::ok(json!({"results": results, "_links": links}))
}

/// Decodes the JSON of a cursor, with or without padding.
pub(crate) fn decoded(cursor: &str) -> Option<Value> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor.trim_end_matches('=')).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// A position in a list, as JSON in base64.
#[derive(Debug, Clone)]
pub(crate) struct Cursor(Value);

impl Cursor {
    /// The position before the first item.
    #[cfg(feature = "faults")]
    pub(crate) fn start() -> Self {
        Self(json!({"id": null, "contentOrder": "", "contentOrderValue": null}))
    }

    fn at(order: &str, key: Key<'_>, id: i64) -> Self {
        let value = match key {
            Key::Number(number) => Value::from(number),
            Key::Text(text) => Value::from(text),
        };
        Self(json!({"id": id, "contentOrder": order, "contentOrderValue": value}))
    }

    /// Parses a cursor; anything else is refused as observed on the wire.
    pub(crate) fn decode(text: &str) -> Result<Self, Reply> {
        decoded(text)
            .filter(|value| value.get("contentOrder").is_some())
            .map(Self)
            .ok_or_else(|| errors::v2_parameter("cursor"))
    }

    /// The same position in another spelling.
    #[cfg(feature = "faults")]
    pub(crate) fn respelled(mut self) -> Self {
        let times = self.0["respelled"].as_u64().unwrap_or_default();
        self.0["respelled"] = Value::from(times + 1);
        self
    }

    /// Encodes the cursor in base64 that always ends with padding, to test that clients handle it.
    pub(crate) fn encode(&self) -> String {
        let mut text = self.0.to_string();
        while text.len().is_multiple_of(3) {
            text.push(' ');
        }
        BASE64_URL_SAFE.encode(text)
    }

    fn is_before(&self, order: Order, key: Key<'_>, id: i64) -> bool {
        let Some(last_id) = self.0["id"].as_i64() else { return true };
        let last_key = match &self.0["contentOrderValue"] {
            Value::String(text) => Key::Text(text),
            number => Key::Number(number.as_i64().unwrap_or_default()),
        };
        let ordering = (key, id).cmp(&(last_key, last_id));
        if order.descending { ordering == Ordering::Less } else { ordering == Ordering::Greater }
    }
}
