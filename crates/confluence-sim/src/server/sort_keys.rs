//! What lists are ordered by, and where an item stands in such an order.

use std::cmp::Ordering;

use super::errors;
use super::reply::Reply;
use super::request::Request;
use crate::site::{Attachment, Content};

/// What a list is ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key<'a> {
    /// Ids and times.
    Number(i64),
    /// Titles and keys.
    Text(&'a str),
}

/// An item with its place in the order.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry<'a, T> {
    pub(crate) key: Key<'a>,
    pub(crate) id: i64,
    pub(crate) item: &'a T,
}

/// The order asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Order {
    pub(crate) field: &'static str,
    pub(crate) descending: bool,
}

impl Order {
    /// Reads `sort`; the first of `fields` is the default.
    pub(crate) fn read(request: &Request, fields: &[&'static str]) -> Result<Self, Reply> {
        let Some(asked) = request.parameter("sort") else {
            return Ok(Self { field: fields.first().copied().unwrap_or("id"), descending: false });
        };
        let (name, descending) = asked.strip_prefix('-').map_or((asked, false), |name| (name, true));
        let field = fields.iter().find(|field| **field == name).ok_or_else(|| errors::v2_parameter("sort"))?;
        Ok(Self { field, descending })
    }

    /// Ascending by a field.
    pub(crate) fn by(field: &'static str) -> Self {
        Self { field, descending: false }
    }

    /// How two entries stand to each other.
    pub(crate) fn compare<T>(self, one: &Entry<'_, T>, other: &Entry<'_, T>) -> Ordering {
        let ordering = (one.key, one.id).cmp(&(other.key, other.id));
        if self.descending { ordering.reverse() } else { ordering }
    }
}

/// Numeric value of an id such as `123` or `att123`, for orders.
pub(crate) fn number_of(id: &str) -> i64 {
    id.trim_start_matches(|letter: char| !letter.is_ascii_digit()).parse().unwrap_or_default()
}

/// Where a content stands.
pub(crate) fn content_entry(order: Order, content: &Content) -> Entry<'_, Content> {
    let key = match order.field {
        "created-date" => Key::Number(content.created_at.timestamp_millis()),
        "modified-date" => Key::Number(content.modified_at().timestamp_millis()),
        "title" => Key::Text(&content.title),
        _ => Key::Number(number_of(&content.id)),
    };
    Entry { key, id: number_of(&content.id), item: content }
}

/// Where an attachment stands.
pub(crate) fn attachment_entry(order: Order, file: &Attachment) -> Entry<'_, Attachment> {
    let version = if order.field == "modified-date" { file.versions.last() } else { file.versions.first() };
    let at = version.map_or(0, |version| version.created_at.timestamp_millis());
    Entry { key: Key::Number(at), id: number_of(&file.id), item: file }
}
