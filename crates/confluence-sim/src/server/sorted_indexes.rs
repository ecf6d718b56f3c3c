//! Sorted indexes of a site, so that one page of results does not need a scan of the entire list.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::sort_keys::{Order, attachment_entry, content_entry};
use crate::Site;

/// Indexes into `Site::contents` and `Site::attachments`, in ascending order of each sort field.
#[derive(Debug, Default)]
pub(crate) struct SortedIndexes {
    contents: HashMap<&'static str, Vec<usize>>,
    files: HashMap<&'static str, Vec<usize>>,
    searches: Mutex<HashMap<String, Arc<Vec<SearchHit>>>>,
}

/// One hit of a search: its rank in the results, and its index in the site.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SearchHit {
    pub(crate) rank: i64,
    pub(crate) is_file: bool,
    pub(crate) at: usize,
}

impl SortedIndexes {
    /// Builds the indexes of a site.
    pub(crate) fn of(site: &Site) -> Self {
        let mut orders = Self::default();
        for field in ["id", "created-date", "modified-date"] {
            let key = |at: usize| {
                let entry = content_entry(Order::by(field), &site.contents[at]);
                (entry.key, entry.id)
            };
            orders.contents.insert(field, sorted(site.contents.len(), key));
        }
        for field in ["created-date", "modified-date"] {
            let key = |at: usize| {
                let entry = attachment_entry(Order::by(field), &site.attachments[at]);
                (entry.key, entry.id)
            };
            orders.files.insert(field, sorted(site.attachments.len(), key));
        }
        orders
    }

    /// Contents sorted by a field; `None` if there is no index for it.
    pub(crate) fn contents(&self, field: &str) -> Option<&[usize]> {
        self.contents.get(field).map(Vec::as_slice)
    }

    /// Attachments sorted by a field; `None` if there is no index for it.
    pub(crate) fn files(&self, field: &str) -> Option<&[usize]> {
        self.files.get(field).map(Vec::as_slice)
    }

    /// Returns the hits of a search, computed once for all its pages of results.
    pub(crate) fn search(&self, search: &str, make: impl FnOnce() -> Vec<SearchHit>) -> Arc<Vec<SearchHit>> {
        let mut searches = self.searches.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(searches.entry(search.to_owned()).or_insert_with(|| Arc::new(make())))
    }
}

fn sorted<K: Ord>(count: usize, key: impl Fn(usize) -> K) -> Vec<usize> {
    let mut positions: Vec<usize> = (0..count).collect();
    positions.sort_by_key(|at| key(*at));
    positions
}
