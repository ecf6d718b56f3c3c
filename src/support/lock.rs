//! Advisory file lock of the operating system, which keeps two runs apart; the system releases it when the process
//! ends.

use std::fs::{File, TryLockError};
use std::io::Write as _;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use chrono::{SecondsFormat, Utc};
use thiserror::Error;

use crate::support::file_error::{FileError, cannot};
use crate::support::private_files::{own_file, read_own_file};

/// Interval between two attempts to take a lock that another process holds.
const TRY_EVERY: Duration = Duration::from_millis(100);

/// Why a lock could not be taken.
#[derive(Debug, Error)]
pub enum LockError {
    #[error("held by {holder}")]
    Held {
        /// The text that the other process wrote: `process 4711 since 2026-11-21T19:41:07Z`.
        holder: String,
    },
    #[error(transparent)]
    File(#[from] FileError),
}

/// A held lock, released when dropped.
#[derive(Debug)]
pub struct FileLock {
    _file: File,
}

impl FileLock {
    /// Locks the file `lock`, retrying for up to `wait` while another process holds it. The holder is recorded in a
    /// separate file, `holder`: on some systems a locked file cannot be read. Neither file is ever removed, so that two
    /// processes can never lock two different files of the same name.
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
        let mut file_of_holder = own_file(holder)?;
        file_of_holder
            .set_len(0)
            .and_then(|()| file_of_holder.write_all(text.as_bytes()))
            .map_err(cannot("write", holder))?;
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
    fn a_planted_link_is_refused_and_its_target_unchanged_f_90() {
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
    fn a_waiting_process_gets_the_lock_when_it_is_free_f_82() {
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
