//! Counts refused requests, so that a run stops asking: on a site of 100,000 pages, a missing permission need not be
//! confirmed for each page.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Number of refused requests for one place, without a successful one, after which no more are sent.
const MAX_REFUSALS: usize = 5;

/// Outcomes of the requests so far, for each place, such as a space. A place with one success is never skipped.
#[derive(Debug)]
pub(super) struct Refusals<K> {
    places: Mutex<HashMap<K, Tally>>,
}

#[derive(Debug, Default)]
struct Tally {
    has_success: bool,
    refusals: usize,
}

impl<K> Default for Refusals<K> {
    fn default() -> Self {
        Self { places: Mutex::new(HashMap::new()) }
    }
}

impl<K: Eq + Hash> Refusals<K> {
    /// Returns whether a place refused so often that further requests are pointless.
    pub(super) fn should_stop(&self, place: &K) -> bool {
        self.lock().get(place).is_some_and(|tally| !tally.has_success && tally.refusals >= MAX_REFUSALS)
    }

    /// Records that the server refused a request for this place.
    pub(super) fn refused(&self, place: K) {
        self.lock().entry(place).or_default().refusals += 1;
    }

    /// Records that a request for this place succeeded.
    pub(super) fn succeeded(&self, place: K) {
        self.lock().entry(place).or_default().has_success = true;
    }

    /// The counts stay correct even if a thread panicked while it held the lock.
    fn lock(&self) -> MutexGuard<'_, HashMap<K, Tally>> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
