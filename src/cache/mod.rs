//! On-disk cache of immutable data, shared between runs.
//!
//! A [`Cache`] belongs to runs of one site that can see the same, and is one file. It has records, which have a name, and values,
//! whose key is a checksum of what they were computed from ([`Cache::find`]). A run that is killed at any moment loses
//! no record and at most the latest values. A damaged file is set aside, and its content is read again. When the cache
//! becomes too large, the values that were unused for the longest time are deleted first.
//!
//! The callers decide what may be cached.

mod location;
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

pub use location::default_root;
use store::{EntryKey, Store, StoreError, StoreFile};

use crate::support::file_error::{FileError, cannot};
use crate::support::lock::{FileLock, LockError};

/// Maximum size of a cache in bytes. A snapshot stores 1 to 5 KB per page, so this has room for the pages of a large
/// site.
const MAX_BYTES: u64 = 1 << 30;

/// SHA-256 checksum of what a value was computed from.
pub type ValueKey = [u8; 32];

/// Why a cache cannot be opened.
#[derive(Debug, Error)]
pub enum CacheError {
    /// Another run with the same site and account is in progress.
    #[error("another run is using the cache of this site: {holder}")]
    Locked {
        /// The holder of the lock, as that run recorded itself.
        holder: String,
    },
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

/// The cache of runs of one site that can see the same. Only one run at a time can have it open.
#[derive(Debug)]
pub struct Cache {
    folder: PathBuf,
    file: StoreFile,
    state: Mutex<CacheState>,
    /// Held while the cache is open; the system releases it when the process ends, however that happens. A cache that
    /// is opened for reading has none.
    lock: Option<FileLock>,
}

#[derive(Debug, Default)]
struct CacheState {
    /// `None` if the store can no longer be used.
    store: Option<Store>,
    remarks: Vec<String>,
}

impl CacheState {
    /// Adds a warning, unless it is there already.
    fn remark(&mut self, remark: String) {
        if !self.remarks.contains(&remark) {
            self.remarks.push(remark);
        }
    }
}

impl Cache {
    /// Opens and locks a cache below `root`. `key` distinguishes the caches of a site: whose runs may share one.
    pub fn open(root: &Path, base_url: &str, key: &str) -> Result<Self, CacheError> {
        // the clock numbers the runs: if it is set back, the only effect is that the wrong values are deleted first
        Self::open_sized(root, base_url, key, MAX_BYTES, Utc::now().timestamp())
    }

    fn open_sized(root: &Path, base_url: &str, key: &str, max_bytes: u64, run: i64) -> Result<Self, CacheError> {
        let mut cache = Self::at(root, base_url, key, max_bytes, run);
        location::create_owner_only_folders(root, &cache.folder)?;
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

    /// Opens the cache for reading, without a lock; nothing is written, and new entries are discarded. `None` if there
    /// is no valid cache.
    pub fn look(root: &Path, base_url: &str, key: &str) -> Option<Self> {
        let cache = Self::at(root, base_url, key, MAX_BYTES, 0);
        let store = Some(cache.file.look()?);
        cache.state().store = store;
        Some(cache)
    }

    /// Creates the folder with the caches of all sites, readable by its owner only.
    pub fn create_root(root: &Path) -> Result<(), CacheError> {
        location::create_root(root)
    }

    /// Returns whether there is such a cache, valid or not.
    pub fn exists(root: &Path, base_url: &str, key: &str) -> bool {
        Self::at(root, base_url, key, MAX_BYTES, 0).file.path.is_file()
    }

    /// Determines the paths without opening anything.
    fn at(root: &Path, base_url: &str, key: &str, max_bytes: u64, run: i64) -> Self {
        let owner = location::owner(base_url, key);
        let folder = root.join(location::folder_name(base_url, &owner));
        let file = StoreFile { path: folder.join("cache.sqlite"), owner, max_bytes, run };
        Self { folder, file, state: Mutex::default(), lock: None }
    }

    fn state(&self) -> MutexGuard<'_, CacheState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs an operation of the store. Returns `None` if it fails, which adds a warning.
    fn with_store<T>(&self, operation: impl FnOnce(&mut Store) -> Result<T, StoreError>) -> Option<T> {
        let mut state = self.state();
        let error = match operation(state.store.as_mut()?) {
            Ok(result) => return Some(result),
            Err(error) => error,
        };
        // a cache opened for reading leaves the repair to the next run
        if self.lock.is_some()
            && let Err(error) = self.recover(&mut state, error)
        {
            if let Some(store) = &mut state.store {
                store.stop_writing();
            }
            state.remark(format!("{error}; the cache does not store what this run reads"));
        }
        None
    }

    /// Sets a damaged file aside and creates a new one. Returns all other errors.
    fn recover(&self, state: &mut CacheState, error: StoreError) -> Result<(), FileError> {
        let StoreError::Damaged(why) = error else { return Err(self.file_error(error)) };
        // some systems do not rename an open file
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

    /// Returns the folder of this site and account.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Returns the record with this name; `None` if there is none or if it cannot be parsed.
    pub fn get<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        serde_json::from_slice(&self.with_store(|store| store.get(EntryKey::Record(key)))??).ok()
    }

    /// Stores a record, and replaces an earlier one with the same name.
    ///
    /// If the disk is full, the run continues without the cache: see [`Cache::remarks`].
    pub fn put(&self, key: &str, value: &impl Serialize) {
        if let Ok(json) = serde_json::to_vec(value) {
            self.with_store(|store| store.put(EntryKey::Record(key), &json));
        }
    }

    /// Returns the value with this key.
    pub fn find(&self, key: &ValueKey) -> Option<Vec<u8>> {
        self.with_store(|store| store.get(EntryKey::Value(key)))?
    }

    /// Stores a value.
    pub fn keep(&self, key: &ValueKey, value: &[u8]) {
        self.with_store(|store| store.put(EntryKey::Value(key), value));
    }

    /// Returns the number of values.
    pub fn values(&self) -> usize {
        self.with_store(|store| store.count(false)).unwrap_or(0)
    }

    /// Deletes all records, on disk too. Values stay: they are content-addressed and therefore valid for every account.
    pub fn clear(&self) {
        self.with_store(Store::clear);
    }

    /// Returns the number of records.
    pub fn len(&self) -> usize {
        self.with_store(|store| store.count(true)).unwrap_or(0)
    }

    /// Returns whether there is no record.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Writes all entries to disk, so that they survive a kill and a power loss.
    pub fn sync(&self) {
        self.with_store(Store::sync);
    }

    /// Returns the warnings for the user: a damaged file that was set aside, a full disk.
    pub fn remarks(&self) -> Vec<String> {
        self.state().remarks.clone()
    }
}
