//! What a site has told once and can never tell otherwise, kept on disk from run to run.
//!
//! A [`Cache`] belongs to one site and one account, and is one file. It holds records by name, and values
//! found by a checksum of what they were made from ([`Cache::find`]). A run that is killed at any moment loses no record,
//! and the values that it kept last; a damaged file is set aside, and what was in it is read again. When it becomes too
//! large, the values that were not used for the longest time go first.
//!
//! What may be kept is decided by whoever puts it here.

mod place;
mod store;
#[cfg(test)]
mod tests;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::Utc;
use serde::Serialize;
use serde::de::DeserializeOwned;
use thiserror::Error;

pub use place::default_root;
use store::{Key, Store, StoreError, StoreFile};

use crate::support::file_error::{FileError, cannot};
use crate::support::lock::{FileLock, LockError};

/// How large a cache may become, in bytes: a snapshot keeps 1 to 5 KB for a page, so that the pages of a large site find
/// room.
const SPACE: u64 = 1 << 30;

/// What a value was made from, as a SHA-256 checksum.
pub type ValueKey = [u8; 32];

/// Why a cache cannot be used.
#[derive(Debug, Error)]
pub enum CacheError {
    /// Another run of the same site and account is under way.
    #[error("another run of this site is under way: {holder}")]
    Locked {
        /// Who holds the lock, as that run wrote it down.
        holder: String,
    },
    /// The file system.
    #[error(transparent)]
    File(#[from] FileError),
}

impl From<LockError> for CacheError {
    fn from(error: LockError) -> Self {
        match error {
            LockError::Held { holder } => Self::Locked { holder },
            LockError::File(error) => Self::File(error),
        }
    }
}

/// Everything kept about one site as one account sees it. Held by one run at a time.
#[derive(Debug)]
pub struct Cache {
    folder: PathBuf,
    file: StoreFile,
    state: Mutex<State>,
    /// Held for as long as the cache is open; the system releases it when the process ends, however that happens. A
    /// cache that is only looked at has none.
    lock: Option<FileLock>,
}

#[derive(Debug, Default)]
struct State {
    /// `None` when there is none to be used any more.
    store: Option<Store>,
    remarks: Vec<String>,
}

impl State {
    /// Once, however often it happens.
    fn remark(&mut self, remark: String) {
        if !self.remarks.contains(&remark) {
            self.remarks.push(remark);
        }
    }
}

impl Cache {
    /// Opens the cache of a site and an account below `root`, and locks it. `user` is the account's e-mail address.
    pub fn open(root: &Path, base_url: &str, user: &str) -> Result<Self, CacheError> {
        // the clock numbers the runs: set back, it only makes the wrong values go first
        Self::open_sized(root, base_url, user, SPACE, Utc::now().timestamp())
    }

    fn open_sized(root: &Path, base_url: &str, user: &str, space: u64, run: i64) -> Result<Self, CacheError> {
        let mut cache = Self::at(root, base_url, user, space, run);
        place::create_private_folders(root, &cache.folder)?;
        let (lock, holder) = (cache.folder.join("lock"), cache.folder.join("holder"));
        cache.lock = Some(FileLock::take(&lock, &holder, Duration::ZERO)?);
        let mut state = cache.state();
        match cache.file.open() {
            Ok(store) => state.store = Some(store),
            Err(error) => cache.recover(&mut state, error)?,
        }
        drop(state);
        Ok(cache)
    }

    /// Looks at the cache without locking it; nothing is written, and what is put into it is forgotten. `None` when there
    /// is none that is whole.
    pub fn look(root: &Path, base_url: &str, user: &str) -> Option<Self> {
        let cache = Self::at(root, base_url, user, SPACE, 0);
        let store = Some(cache.file.look()?);
        cache.state().store = store;
        Some(cache)
    }

    /// Nothing is opened yet.
    fn at(root: &Path, base_url: &str, user: &str, space: u64, run: i64) -> Self {
        let owner = place::owner(base_url, user);
        let folder = root.join(place::folder_name(base_url, &owner));
        let file = StoreFile { path: folder.join("cache.sqlite"), owner, space, run };
        Self { folder, file, state: Mutex::default(), lock: None }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The answer of the store. `None` when it failed, which people are told.
    fn ask<T>(&self, question: impl FnOnce(&mut Store) -> Result<T, StoreError>) -> Option<T> {
        let mut state = self.state();
        let error = match question(state.store.as_mut()?) {
            Ok(answer) => return Some(answer),
            Err(error) => error,
        };
        // whoever only looks leaves it to the next run to tell
        if self.lock.is_some()
            && let Err(error) = self.recover(&mut state, error)
        {
            if let Some(store) = &mut state.store {
                store.stop_writing();
            }
            state.remark(format!("{error}; what this run reads is not remembered"));
        }
        None
    }

    /// Sets a damaged file aside and begins a new one. Gives every other error back.
    fn recover(&self, state: &mut State, error: StoreError) -> Result<(), FileError> {
        let StoreError::Damaged(why) = error else { return Err(self.file_error(error)) };
        // some systems rename no file that is open
        state.store = None;
        state.remark(self.file.set_aside(&why)?);
        state.store = Some(self.file.open().map_err(|error| self.file_error(error))?);
        Ok(())
    }

    fn file_error(&self, error: StoreError) -> FileError {
        let source = match error {
            StoreError::File(error) => return error,
            StoreError::Refused(error) => io::Error::other(error),
            StoreError::Damaged(why) => io::Error::other(why),
        };
        cannot("use", &self.file.path)(source)
    }

    /// The folder of this site and account.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What is kept under a key. What cannot be understood is as good as nothing.
    pub fn get<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        serde_json::from_slice(&self.ask(|store| store.get(Key::Record(key)))??).ok()
    }

    /// Keeps a value under a key, in place of any earlier one.
    ///
    /// A disk that takes nothing more costs the memory of this run, not the run: see [`Cache::remarks`].
    pub fn put(&self, key: &str, value: &impl Serialize) {
        if let Ok(json) = serde_json::to_vec(value) {
            self.ask(|store| store.put(Key::Record(key), &json));
        }
    }

    /// The value kept under the checksum of what it was made from.
    pub fn find(&self, key: &ValueKey) -> Option<Vec<u8>> {
        self.ask(|store| store.get(Key::Value(key)))?
    }

    /// Keeps a value under the checksum of what it was made from.
    pub fn keep(&self, key: &ValueKey, value: &[u8]) {
        self.ask(|store| store.put(Key::Value(key), value));
    }

    /// How many values can be found.
    pub fn values(&self) -> usize {
        self.ask(|store| store.count(false)).unwrap_or(0)
    }

    /// Forgets all records, on disk too. Values stay: what they were made from is known by heart, whoever sent it.
    pub fn clear(&self) {
        self.ask(Store::clear);
    }

    /// How many records are kept.
    pub fn len(&self) -> usize {
        self.ask(|store| store.count(true)).unwrap_or(0)
    }

    /// Whether no record is kept.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Makes what was kept so far survive a kill and a power loss.
    pub fn sync(&self) {
        self.ask(Store::sync);
    }

    /// What people should know: a file set aside because it was damaged, a disk that is full.
    pub fn remarks(&self) -> Vec<String> {
        self.state().remarks.clone()
    }
}
