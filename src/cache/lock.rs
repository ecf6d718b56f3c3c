//! One run of a site and account at a time: an advisory lock of the operating system, which ends with the process.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;

use chrono::{SecondsFormat, Utc};

use super::CacheError;

/// A lock that is held until it is dropped.
#[derive(Debug)]
pub(super) struct SiteLock {
    _file: File,
}

impl SiteLock {
    /// Takes the lock of a folder at once or not at all.
    pub(super) fn take(folder: &Path) -> Result<Self, CacheError> {
        let path = folder.join("lock");
        // who holds it stands beside the lock: some systems let nobody read a locked file
        let holder = folder.join("holder");
        let file = private(OpenOptions::new().write(true).create(true).truncate(false))
            .open(&path)
            .map_err(CacheError::io("open", &path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let holder = fs::read_to_string(&holder).unwrap_or_default();
                let holder = holder.lines().next().unwrap_or("of an unknown process").chars().take(200).collect();
                return Err(CacheError::Locked { holder });
            }
            Err(TryLockError::Error(error)) => return Err(CacheError::io("lock", &path)(error)),
        }
        let since = Utc::now().to_rfc3339_opts(SecondsFormat::Secs, true);
        let text = format!("process {} since {since}\n", std::process::id());
        write_private(&holder, text.as_bytes()).map_err(CacheError::io("write", &holder))?;
        Ok(Self { _file: file })
    }
}

/// Files of the cache are for the owner only.
pub(super) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = private(OpenOptions::new().write(true).create(true).truncate(true)).open(path)?;
    io::Write::write_all(&mut file, bytes)
}
