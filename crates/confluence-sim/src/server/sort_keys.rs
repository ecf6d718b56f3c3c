//! Sort keys of lists.

use std::cmp::Ordering;

use super::errors;
use super::reply::Reply;
use super::request::Request;
use crate::site::{Attachment, Content};

/// The value that an item is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key<'a> {
    /// Ids and times.
    Number(i64),
    /// Titles and keys.
    Text(&'a str),
}

/// An item with its sort key.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry<'a, T> {
    pub(crate) key: Key<'a>,
    pub(crate) id: i64,
    pub(crate) item: &'a T,
}

/// The requested order.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Order {
    pub(crate) field: &'static str,
    pub(crate) descending: bool,
}

impl Order {
    /// Parses `sort`; the first of `fields` is the default.
    pub(crate) fn read(request: &Request, fields: &[&'static str]) -> Result<Self, Reply> {
        let Some(requested) = request.parameter("sort") else {
            return Ok(Self { field: fields.first().copied().unwrap_or("id"), descending: false });
        };
        let (name, descending) = requested.strip_prefix('-').map_or((requested, false), |name| (name, true));
        let field = fields.iter().find(|field| **field == name).ok_or_else(|| errors::v2_parameter("sort"))?;
        Ok(Self { field, descending })
    }

    /// Ascending order of a field.
    pub(crate) fn by(field: &'static str) -> Self {
        Self { field, descending: false }
    }

    /// Compares two entries.
    pub(crate) fn compare<T>(self, one: &Entry<'_, T>, other: &Entry<'_, T>) -> Ordering {
        let ordering = (one.key, one.id).cmp(&(other.key, other.id));
        if self.descending { ordering.reverse() } else { ordering }
    }
}

/// Returns the numeric value of an id such as `123` or `att123`, for sorting.
pub(crate) fn number_of(id: &str) -> i64 {
    id.trim_start_matches(|letter: char| !letter.is_ascii_digit()).parse().unwrap_or_default()
}

/// Returns a content with its sort key.
pub(crate) fn content_entry(order: Order, content: &Content) -> Entry<'_, Content> {
    let key = match order.field {
        "created-date" => Key::Number(content.created_at.timestamp_millis()),
        "modified-date" => Key::Number(content.modified_at().timestamp_millis()),
        "title" => Key::Text(&content.title),
        _ => Key::Number(number_of(&content.id)),
    };
    Entry { key, id: number_of(&content.id), item: content }
}

/// Returns an attachment with its sort key.
pub(crate) fn attachment_entry(order: Order, file: &Attachment) -> Entry<'_, Attachment> {
    let version = if order.field == "modified-date" { file.versions.last() } else { file.versions.first() };
    let at = version.map_or(0, |version| version.created_at.timestamp_millis());
    Entry { key: Key::Number(at), id: number_of(&file.id), item: file }
}
