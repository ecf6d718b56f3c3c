//! What a site has told once and can never tell otherwise, kept on disk from run to run.
//!
//! A [`Cache`] belongs to one site and one account. It is a log: records are only ever appended, each line bears a
//! checksum, and the last record of a key counts. A run that is killed at any moment leaves at most one torn line behind,
//! which the next run does not believe; any other damage sets the file aside, and what was in it is read again.
//!
//! Beside the log there are values found by a checksum of what they were made from ([`Cache::find`]). They are many and
//! long, and stay on the disk.
//!
//! What may be kept is decided by whoever puts it here.

mod place;
mod segments;
#[cfg(test)]
mod tests;
mod values;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use thiserror::Error;

pub use place::default_root;
use segments::Segments;
pub use values::ValueKey;
use values::{Space, Values};

use crate::support::file_error::FileError;
use crate::support::lock::{FileLock, LockError};

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
    state: Mutex<State>,
    /// Held for as long as the cache is open; the system releases it when the process ends, however that happens.
    _lock: Option<FileLock>,
}

#[derive(Debug)]
struct State {
    records: HashMap<String, Box<str>>,
    segments: Segments,
    values: Values,
    remarks: Vec<String>,
}

impl State {
    fn not_written(&mut self, error: &CacheError) {
        self.remark(format!("{error}; what this run reads is not remembered"));
    }

    /// Once, however often it happens.
    fn remark(&mut self, remark: String) {
        if !self.remarks.contains(&remark) {
            self.remarks.push(remark);
        }
    }

    fn append(&mut self, key: &str, json: &str) {
        if let Err(error) = self.segments.append(key, json) {
            self.not_written(&error);
        }
    }
}

impl Cache {
    /// Opens the cache of a site and an account below `root`, and locks it. `user` is the account's e-mail address.
    pub fn open(root: &Path, base_url: &str, user: &str) -> Result<Self, CacheError> {
        let owner = place::owner(base_url, user);
        let folder = root.join(place::folder_name(base_url, &owner));
        place::create_private_folders(root, &folder)?;
        let lock = FileLock::take(&folder.join("lock"), &folder.join("holder"), Duration::ZERO)?;
        let mut remarks = Vec::new();
        let (segments, records) = Segments::open(&folder, &owner, &mut remarks)?;
        let values = Values::open(&folder, &owner, Space::DEFAULT, &mut remarks)?;
        Ok(Self { folder, state: Mutex::new(State { records, segments, values, remarks }), _lock: Some(lock) })
    }

    /// Looks at the records without locking them; nothing is written, damaged files are passed over, and what is put
    /// into it is forgotten with it. `None` when there are none.
    pub fn look(root: &Path, base_url: &str, user: &str) -> Option<Self> {
        let owner = place::owner(base_url, user);
        let folder = root.join(place::folder_name(base_url, &owner));
        let (segments, records) = Segments::look(&folder, &owner)?;
        let values = Values::none(&folder);
        Some(Self { folder, state: Mutex::new(State { records, segments, values, remarks: Vec::new() }), _lock: None })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The folder of this site and account.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What is kept under a key. What cannot be understood is as good as nothing.
    pub fn get<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        let state = self.state();
        serde_json::from_str(state.records.get(key)?).ok()
    }

    /// What is kept under a key, for the last time in this run: it stays on disk and leaves memory.
    pub fn take<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        let kept = self.state().records.remove(key)?;
        serde_json::from_str(&kept).ok()
    }

    /// Keeps a value for later runs only; this one does not hold it in memory.
    pub fn append(&self, key: &str, value: &impl Serialize) {
        if let Ok(json) = serde_json::to_string(value) {
            self.state().append(key, &json);
        }
    }

    /// Keeps a value under a key, in place of any earlier one. It is on its way to the disk when this returns.
    ///
    /// A disk that takes nothing more costs the memory of this run, not the run: see [`Cache::remarks`].
    pub fn put(&self, key: &str, value: &impl Serialize) {
        let Ok(json) = serde_json::to_string(value) else { return };
        let mut state = self.state();
        if state.records.get(key).is_some_and(|known| **known == *json) {
            return;
        }
        state.append(key, &json);
        state.records.insert(key.to_owned(), json.into_boxed_str());
    }

    /// The value kept under the checksum of what it was made from.
    pub fn find(&self, key: &ValueKey) -> Option<Vec<u8>> {
        let mut state = self.state();
        match state.values.get(key) {
            Ok(value) => value,
            Err(error) => {
                state.remark(format!("{error}; it is made again"));
                None
            }
        }
    }

    /// Keeps a value under the checksum of what it was made from. It is on its way to the disk when this returns.
    pub fn keep(&self, key: &ValueKey, value: &[u8]) {
        let mut state = self.state();
        if let Err(error) = state.values.put(key, value) {
            state.not_written(&error);
        }
    }

    /// How many values can be found.
    pub fn values(&self) -> usize {
        self.state().values.len()
    }

    /// Forgets all records, on disk too. Values stay: what they were made from is known by heart, whoever sent it.
    pub fn clear(&self) {
        let mut state = self.state();
        state.records.clear();
        if let Err(error) = state.segments.clear() {
            state.remark(error.to_string());
        }
    }

    /// How many records are held in memory.
    pub fn len(&self) -> usize {
        self.state().records.len()
    }

    /// Whether no record is held in memory.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Makes what was kept so far survive a power loss.
    pub fn sync(&self) {
        let mut state = self.state();
        for synced in [state.segments.sync(), state.values.sync()] {
            if let Err(error) = synced {
                state.remark(error.to_string());
            }
        }
    }

    /// What people should know: files set aside because they were damaged, a disk that is full.
    pub fn remarks(&self) -> Vec<String> {
        self.state().remarks.clone()
    }
}
