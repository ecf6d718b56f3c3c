//! When to stop asking for what an account is refused, since a site of a hundred thousand pages need not say so for each.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Refusals at one place, without any answer, after which it is asked no more.
const ENOUGH: usize = 5;

/// What each place, such as a space, has answered so far. One answer keeps a place in.
#[derive(Debug)]
pub(super) struct Refusals<K> {
    places: Mutex<HashMap<K, Tally>>,
}

#[derive(Debug, Default)]
struct Tally {
    answered: bool,
    refused: usize,
}

impl<K> Default for Refusals<K> {
    fn default() -> Self {
        Self { places: Mutex::new(HashMap::new()) }
    }
}

impl<K: Eq + Hash> Refusals<K> {
    /// Whether a place has refused so often that asking on is of no use.
    pub(super) fn are_enough(&self, place: &K) -> bool {
        self.lock().get(place).is_some_and(|tally| !tally.answered && tally.refused >= ENOUGH)
    }

    /// Something of the place was refused.
    pub(super) fn refused(&self, place: K) {
        self.lock().entry(place).or_default().refused += 1;
    }

    /// Something of the place was answered.
    pub(super) fn answered(&self, place: K) {
        self.lock().entry(place).or_default().answered = true;
    }

    /// Counts stay true whatever happened to a thread that held them.
    fn lock(&self) -> MutexGuard<'_, HashMap<K, Tally>> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
