//! How reading a list ended.

use std::collections::BTreeSet;

use super::error::RequestError;

/// How reading a list ended. The items themselves were passed to the caller's closure.
#[derive(Debug, Clone)]
pub struct ListOutcome {
    /// `Ok` only if the end of the list was reached and every item could be parsed.
    pub end: Result<(), RequestError>,
    /// Number of different items.
    pub items: u64,
    /// Number of items that were returned more than once.
    pub duplicates: u64,
    /// `_links.base`: the address of the site according to the server.
    pub base: Option<String>,
    /// Ids of the items without the requested body: no page of results with it could be read.
    pub without_body: BTreeSet<String>,
    /// Keys of the spaces whose trash this account may not read, where it is read space by space.
    pub denied_trash: Vec<String>,
}

impl ListOutcome {
    /// Returns the outcome of a list without items.
    pub(crate) fn ended(end: Result<(), RequestError>) -> Self {
        Self { end, items: 0, duplicates: 0, base: None, without_body: BTreeSet::new(), denied_trash: Vec::new() }
    }

    /// Adds the outcome of another list, of which no item is in this one. The first error is kept.
    pub(crate) fn add(&mut self, other: Self) {
        if self.end.is_ok() {
            self.end = other.end;
        }
        self.items += other.items;
        self.duplicates += other.duplicates;
        if self.base.is_none() {
            self.base = other.base;
        }
        self.without_body.extend(other.without_body);
        self.denied_trash.extend(other.denied_trash);
    }
}
