//! When to stop asking for what an account is refused: a site of a hundred thousand pages need not say so for each.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Refusals in a space, without any answer, after which its other pages are not asked for.
const ENOUGH: usize = 5;

/// What each space has answered so far.
///
/// Comala shows parameters to whoever may edit the page (`comala.md` 1.2). That right comes from the space, and single
/// pages take it away again, so spaces are told apart, and one page that answers keeps its space in.
#[derive(Debug, Default)]
pub(super) struct Refusals<'a> {
    by_space: Mutex<HashMap<&'a str, Tally>>,
}

#[derive(Debug, Default)]
struct Tally {
    answered: bool,
    refused: usize,
}

impl<'a> Refusals<'a> {
    /// Whether a space has refused so often that asking on is of no use.
    pub(super) fn are_enough(&self, space: &str) -> bool {
        self.lock().get(space).is_some_and(|tally| !tally.answered && tally.refused >= ENOUGH)
    }

    /// A page of the space was refused.
    pub(super) fn refused(&self, space: &'a str) {
        self.lock().entry(space).or_default().refused += 1;
    }

    /// A page of the space was answered.
    pub(super) fn answered(&self, space: &'a str) {
        self.lock().entry(space).or_default().answered = true;
    }

    /// Counts stay true whatever happened to a thread that held them.
    fn lock(&self) -> MutexGuard<'_, HashMap<&'a str, Tally>> {
        self.by_space.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
