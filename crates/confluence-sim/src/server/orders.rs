//! The site in the orders its lists come in, so that a page of a long list costs no walk over all of it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::sort_keys::{Order, attachment_entry, content_entry};
use crate::Site;

/// Places in `Site::contents` and `Site::attachments`, ascending by what a list is ordered by.
#[derive(Debug, Default)]
pub(crate) struct Orders {
    contents: HashMap<&'static str, Vec<usize>>,
    files: HashMap<&'static str, Vec<usize>>,
    searches: Mutex<HashMap<String, Arc<Vec<Found>>>>,
}

/// One hit of a search: its place in the order of the answers, and where it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found {
    pub(crate) place: i64,
    pub(crate) is_file: bool,
    pub(crate) at: usize,
}

impl Orders {
    /// Sorts a site.
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

    /// Contents by a field; `None` where that order is not kept.
    pub(crate) fn contents(&self, field: &str) -> Option<&[usize]> {
        self.contents.get(field).map(Vec::as_slice)
    }

    /// Attachments by a field; `None` where that order is not kept.
    pub(crate) fn files(&self, field: &str) -> Option<&[usize]> {
        self.files.get(field).map(Vec::as_slice)
    }

    /// The hits of a search, made once for all its pages.
    pub(crate) fn search(&self, search: &str, make: impl FnOnce() -> Vec<Found>) -> Arc<Vec<Found>> {
        let mut searches = self.searches.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(searches.entry(search.to_owned()).or_insert_with(|| Arc::new(make())))
    }
}

fn sorted<K: Ord>(count: usize, key: impl Fn(usize) -> K) -> Vec<usize> {
    let mut places: Vec<usize> = (0..count).collect();
    places.sort_by_key(|at| key(*at));
    places
}
