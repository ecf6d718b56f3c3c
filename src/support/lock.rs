//! One run at a time: an advisory lock of the operating system, which ends with the process however that ends.

use std::fs::{File, TryLockError};
use std::io::Write as _;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use chrono::{SecondsFormat, Utc};
use thiserror::Error;

use crate::support::file_error::{FileError, cannot};
use crate::support::private::{own_file, read_own_file};

/// How often a lock that somebody else holds is tried again while waiting for it.
const TRY_EVERY: Duration = Duration::from_millis(100);

/// Why a lock could not be taken.
#[derive(Debug, Error)]
pub enum LockError {
    /// Another process holds it.
    #[error("held by {holder}")]
    Held {
        /// Who holds it, as that process wrote it down: `process 4711 since 2026-11-21T19:41:07Z`.
        holder: String,
    },
    /// The file system.
    #[error(transparent)]
    File(#[from] FileError),
}

/// A lock that is held until it is dropped.
#[derive(Debug)]
pub struct FileLock {
    _file: File,
}

impl FileLock {
    /// Takes the lock that the file `lock` stands for, and tries for `wait` where another process holds it. Who holds
    /// it is written to the file `holder` beside it: some systems let nobody read a locked file. Neither file is ever
    /// removed, so that two processes can never lock two files of one name.
    pub fn take(lock: &Path, holder: &Path, wait: Duration) -> Result<Self, LockError> {
        let file = own_file(lock)?;
        let began = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => return Err(cannot("lock", lock)(error).into()),
            }
            let Some(left) = wait.checked_sub(began.elapsed()).filter(|left| !left.is_zero()) else {
                return Err(LockError::Held { holder: who_holds(holder) });
            };
            thread::sleep(left.min(TRY_EVERY));
        }
        let since = Utc::now().to_rfc3339_opts(SecondsFormat::Secs, true);
        let text = format!("process {} since {since}\n", std::process::id());
        let mut told = own_file(holder)?;
        told.set_len(0).and_then(|()| told.write_all(text.as_bytes())).map_err(cannot("write", holder))?;
        Ok(Self { _file: file })
    }
}

fn who_holds(holder: &Path) -> String {
    let text = read_own_file(holder).unwrap_or_default();
    String::from_utf8_lossy(&text).lines().next().unwrap_or("an unknown process").chars().take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_held_lock_is_refused_with_its_holder_and_free_once_dropped_f_82() {
        let folder = tempfile::tempdir().unwrap();
        let (lock, holder) = (folder.path().join("lock"), folder.path().join("holder"));
        let first = FileLock::take(&lock, &holder, Duration::ZERO).unwrap();
        let error = FileLock::take(&lock, &holder, Duration::from_millis(1)).unwrap_err();
        assert!(error.to_string().contains(&format!("process {} since 2", std::process::id())), "{error}");
        drop(first);
        FileLock::take(&lock, &holder, Duration::ZERO).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn a_planted_link_is_refused_and_what_it_leads_to_stays_f_90() {
        let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let victim = elsewhere.path().join("victim");
        std::fs::write(&victim, "precious").unwrap();
        for planted in ["lock", "holder"] {
            std::os::unix::fs::symlink(&victim, folder.path().join(planted)).unwrap();
            let (lock, holder) = (folder.path().join("lock"), folder.path().join("holder"));
            let error = FileLock::take(&lock, &holder, Duration::ZERO).unwrap_err();
            assert!(error.to_string().contains(planted) && matches!(error, LockError::File(_)), "{error}");
            assert_eq!(std::fs::read_to_string(&victim).unwrap(), "precious");
            std::fs::remove_file(folder.path().join(planted)).unwrap();
        }
    }

    #[test]
    fn whoever_waits_gets_the_lock_when_it_is_free_f_82() {
        let folder = tempfile::tempdir().unwrap();
        let (lock, holder) = (folder.path().join("lock"), folder.path().join("holder"));
        let first = FileLock::take(&lock, &holder, Duration::ZERO).unwrap();
        let waiting = thread::spawn({
            let (lock, holder) = (lock.clone(), holder.clone());
            move || FileLock::take(&lock, &holder, Duration::from_secs(60)).map(drop)
        });
        drop(first);
        waiting.join().unwrap().unwrap();
    }
}
