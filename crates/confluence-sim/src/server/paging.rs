//! Lists: limits, orders, cursors.

use std::cmp::Ordering;

use base64::prelude::{BASE64_URL_SAFE, BASE64_URL_SAFE_NO_PAD, Engine as _};
use serde_json::{Value, json};

use super::errors;
use super::reply::{Answer, Reply};
use super::request::Request;
use super::sort_keys::{Entry, Key, Order};

/// The largest `limit` of v2 lists; above it the request is refused.
const MOST: usize = 250;

/// Reads `limit`; refuses what v2 refuses.
pub(crate) fn limit(request: &Request, default: usize) -> Result<usize, Reply> {
    match request.parameter("limit") {
        None => Ok(default),
        Some(asked) => match asked.parse() {
            Ok(limit) if (1..=MOST).contains(&limit) => Ok(limit),
            _ => Err(errors::v2_parameter("limit")),
        },
    }
}

/// What the site says of its lists.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Site<'s> {
    /// What `_links.base` says.
    pub(crate) base: &'s str,
    /// Pages hold this many items at most, whatever was asked for and without a sign.
    pub(crate) cap: Option<usize>,
}

/// Answers one page of a v2 list. The cursor holds the last item's place, so items that come or go meanwhile neither
/// repeat nor skip others.
pub(crate) fn page<'a, T>(
    site: Site<'_>,
    request: &Request,
    default_limit: usize,
    order: Order,
    entries: impl Iterator<Item = Entry<'a, T>>,
    render: impl Fn(&'a T) -> Value,
) -> Answer
where
    T: 'a,
{
    let limit = capped_limit(site, request, default_limit)?;
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
    Ok(answer(site, request, order, &entries, more, render))
}

/// A list whose items are kept in order: their places, ascending, and the entry at a place.
pub(crate) struct InOrder<'s, F> {
    pub(crate) places: &'s [usize],
    pub(crate) entry: F,
}

/// Answers one page of a list whose items are kept in order.
pub(crate) fn sorted_page<'a, T: 'a>(
    site: Site<'_>,
    request: &Request,
    default_limit: usize,
    order: Order,
    list: InOrder<'_, impl Fn(usize) -> Entry<'a, T>>,
    keep: impl Fn(&'a T) -> bool,
    render: impl Fn(&'a T) -> Value,
) -> Answer {
    let limit = capped_limit(site, request, default_limit)?;
    let cursor = request.parameter("cursor").map(Cursor::decode).transpose()?;
    let InOrder { places, entry } = list;
    let is_after = |at: usize| {
        let entry = entry(at);
        cursor.as_ref().is_none_or(|cursor| cursor.is_before(order, entry.key, entry.id))
    };
    let kept = |at: &usize| Some(entry(*at)).filter(|entry| keep(entry.item));
    let mut entries: Vec<Entry<'a, T>> = if order.descending {
        let end = places.partition_point(|at| is_after(*at));
        places[..end].iter().rev().filter_map(kept).take(limit + 1).collect()
    } else {
        let begin = places.partition_point(|at| !is_after(*at));
        places[begin..].iter().filter_map(kept).take(limit + 1).collect()
    };
    let more = entries.len() > limit;
    entries.truncate(limit);
    Ok(answer(site, request, order, &entries, more, render))
}

fn capped_limit(site: Site<'_>, request: &Request, default: usize) -> Result<usize, Reply> {
    Ok(limit(request, default)?.min(site.cap.unwrap_or(MOST).max(1)))
}

fn answer<'a, T: 'a>(
    site: Site<'_>,
    request: &Request,
    order: Order,
    entries: &[Entry<'a, T>],
    more: bool,
    render: impl Fn(&'a T) -> Value,
) -> Reply {
    let mut links = json!({"base": site.base});
    if let Some(last) = entries.last().filter(|_| more) {
        let cursor = Cursor::at(order.field, last.key, last.id).encode();
        links["next"] = Value::from(request.with_cursor(&cursor));
    }
    let results: Vec<Value> = entries.iter().map(|entry| render(entry.item)).collect();
    Reply::ok(json!({"results": results, "_links": links}))
}

/// The JSON in a cursor, with or without padding.
pub(crate) fn decoded(cursor: &str) -> Option<Value> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor.trim_end_matches('=')).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// A place in a list, as JSON in base64.
#[derive(Debug, Clone)]
pub(crate) struct Cursor(Value);

impl Cursor {
    /// The place before the first item.
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

    /// Reads a cursor; anything else is refused as seen on the wire.
    pub(crate) fn decode(text: &str) -> Result<Self, Reply> {
        decoded(text)
            .filter(|value| value.get("contentOrder").is_some())
            .map(Self)
            .ok_or_else(|| errors::v2_parameter("cursor"))
    }

    /// The same place, written differently.
    #[cfg(feature = "faults")]
    pub(crate) fn respelled(mut self) -> Self {
        let times = self.0["respelled"].as_u64().unwrap_or_default();
        self.0["respelled"] = Value::from(times + 1);
        self
    }

    /// Base64 that always ends in padding, so that clients meet it.
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
