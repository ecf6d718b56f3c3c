//! Merges lists, such as those of several spaces, into one.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::memory::KnownSpace;
use crate::list_outcome::ListOutcome;
use crate::transport::locked;

/// The items and outcomes of several lists that are read as one.
#[derive(Debug)]
pub(super) struct MergedList {
    /// Versions by id.
    seen: HashMap<String, u32>,
    duplicates: u64,
    pub(super) outcome: ListOutcome,
}

impl MergedList {
    pub(super) fn new() -> Self {
        Self { seen: HashMap::new(), duplicates: 0, outcome: ListOutcome::ended(Ok(())) }
    }

    /// Returns whether an item is new, or newer than the one with the same id (F-49).
    pub(super) fn is_new_or_newer(&mut self, id: &str, version: u32) -> bool {
        match self.seen.get_mut(id) {
            Some(known) => {
                self.duplicates += 1;
                let newer = version > *known;
                *known = version.max(*known);
                newer
            }
            None => self.seen.insert(id.to_owned(), version).is_none(),
        }
    }

    /// Adds how one of the lists ended.
    pub(super) fn add(&mut self, outcome: ListOutcome) {
        self.outcome.add(outcome);
    }

    /// Returns whether no item was added.
    pub(super) fn is_empty(&self) -> bool {
        self.seen.is_empty()
    }

    /// Returns whether no further list has to be read: the run was stopped.
    pub(super) fn is_over(&self) -> bool {
        self.outcome.end.as_ref().is_err_and(crate::RequestError::stops_run)
    }

    /// Returns the outcome of all lists together: items that several of them have count once.
    pub(super) fn finish(mut self) -> ListOutcome {
        self.outcome.items = self.seen.len() as u64;
        self.outcome.duplicates += self.duplicates;
        self.outcome
    }
}

/// A list that several spaces are read into at once.
#[derive(Debug)]
pub(super) struct SharedList<F> {
    merged: Mutex<MergedList>,
    take: Mutex<F>,
}

impl<F> SharedList<F> {
    pub(super) fn new(take: F) -> Self {
        Self { merged: Mutex::new(MergedList::new()), take: Mutex::new(take) }
    }

    /// Passes an item on if it is new, or newer than the one with the same id.
    pub(super) fn pass<T>(&self, id: &str, version: u32, item: impl FnOnce() -> T)
    where
        F: FnMut(T),
    {
        let is_wanted = locked(&self.merged).is_new_or_newer(id, version);
        if is_wanted {
            (locked(&self.take))(item());
        }
    }

    pub(super) fn add(&self, outcome: ListOutcome) {
        locked(&self.merged).add(outcome);
    }

    /// Records that the account may not read the trash of a space.
    pub(super) fn is_denied(&self, trash_of: &str) {
        locked(&self.merged).outcome.denied_trash.push(trash_of.to_owned());
    }

    pub(super) fn is_over(&self) -> bool {
        locked(&self.merged).is_over()
    }

    /// Returns the list and what it was passed to.
    pub(super) fn into_parts(self) -> (MergedList, F) {
        let merged = self.merged.into_inner().unwrap_or_else(PoisonError::into_inner);
        (merged, self.take.into_inner().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Reads all spaces with `read`, a few of them at once.
pub(super) async fn each_space<'s, F>(spaces: &'s [KnownSpace], read: impl Fn(&'s KnownSpace) -> F)
where
    F: Future<Output = ()>,
{
    let next = AtomicUsize::new(0);
    let lane = || async {
        while let Some(space) = spaces.get(next.fetch_add(1, Ordering::Relaxed)) {
            read(space).await;
        }
    };
    tokio::join!(lane(), lane(), lane(), lane());
}
