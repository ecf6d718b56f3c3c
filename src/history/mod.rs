//! The metrics history: one row per page and ISO week, kept from run to run in `confluence_data/`.
//!
//! The module knows nothing of Confluence: a snapshot is a table with a key. What it promises is that no row is lost,
//! doubled or mixed up, whatever happens to the process or to the files (`reliability-security.md` F-80 to F-87):
//!
//! - one process at a time, by a lock of the operating system;
//! - a run changes all files or none, wherever it is killed;
//! - `history.json` holds length and checksum of every file; one that does not fit is refused, never overwritten;
//! - a week is taken again as a new revision, and the older one is kept;
//! - a complete week is never replaced by an incomplete one;
//! - columns are only ever appended.
//!
//! ```text
//! confluence_data_current.csv           the last run, complete or not
//! confluence_data_<YYYY>-W<ww>.csv      one week
//! confluence_data_history.csv           all weeks, by week and page
//! history.json                          which weeks there are, and what their files look like
//! archived_snapshots/                   weeks beyond the retention; replaced revisions as ..._r<n>.csv
//! history.lock  history.holder          the lock, and who holds it
//! ```

mod archive;
mod clock;
mod columns;
mod disk;
mod error;
mod fuse;
mod import;
mod inspect;
mod joined;
mod lines;
mod manifest;
mod names;
mod network;
mod old_row;
mod pending;
mod reading;
mod rebuild;
mod record;
mod repair;
mod salvage;
#[cfg(test)]
mod tests;
mod verify;
mod week;
mod weekly;

use std::path::Path;
use std::time::Duration;

use chrono::{DateTime, Utc};

pub use archive::Retention;
pub use clock::Clock;
pub use columns::{Columns, ColumnsError, PAGE, STATUS, WEEK};
pub use disk::Measure;
pub use error::{Finding, HistoryError};
pub use import::{Imported, OLD_COLUMNS};
pub use manifest::{SCHEMA_VERSION, Status, StoredFile, Week};
pub use names::FOLDER;
pub use reading::Row;
pub use record::{Recorded, Snapshot};
pub use repair::{Mended, Repaired, repair};
pub use verify::{Verified, verify};
pub use week::{IsoWeek, NoWeek};

use crate::support::lock::FileLock;
use disk::Disk;
use manifest::Manifest;

/// The history of one folder, held by one process at a time.
#[derive(Debug)]
pub struct History {
    disk: Disk,
    manifest: Manifest,
    now: DateTime<Utc>,
    /// Addresses that the site had before.
    former: Vec<String>,
    _lock: FileLock,
}

impl History {
    /// Opens the history in `folder` (usually [`FOLDER`] within the output folder), which is made when it is not there;
    /// its parent has to be. Waits up to `wait` for another run that works on it, finishes what a killed run had begun,
    /// and checks every file.
    ///
    /// Refuses a history that is damaged or that a newer program wrote.
    pub fn open(folder: &Path, now: DateTime<Utc>, wait: Duration) -> Result<Self, HistoryError> {
        Self::open_on(Disk::new(folder), now, wait)
    }

    fn open_on(disk: Disk, now: DateTime<Utc>, wait: Duration) -> Result<Self, HistoryError> {
        disk.create_folder("")?;
        let lock = lock(&disk, wait)?;
        let manifest = load(&disk)?;
        Ok(Self { disk, manifest, now, former: Vec::new(), _lock: lock })
    }

    /// What is known of every week, by week.
    pub fn weeks(&self) -> &[Week] {
        &self.manifest.weeks
    }

    /// What is known of one week.
    pub fn week(&self, week: IsoWeek) -> Option<&Week> {
        self.manifest.week(week)
    }

    /// The newest week. A clock that names an earlier one was set back, or was ahead before (F-84).
    pub fn newest(&self) -> Option<IsoWeek> {
        self.manifest.weeks.last().map(|week| week.week)
    }

    /// The last run, whose rows are in `confluence_data_current.csv`. Its revision is 0 when it is not in the history,
    /// because its week is there complete and it was not.
    pub fn current(&self) -> Option<&Week> {
        self.manifest.current.as_ref()
    }

    /// All columns any week ever had, in the order of the files.
    pub fn columns(&self) -> &[String] {
        &self.manifest.columns
    }

    /// The site whose pages these are; `None` until a snapshot says so.
    pub fn site(&self) -> Option<&str> {
        self.manifest.site.as_deref()
    }

    /// Id of the account that read the last snapshot.
    pub fn account(&self) -> Option<&str> {
        self.manifest.account.as_deref()
    }

    /// Refuses the history of another site: its pages would stand among those of this one. `former` are addresses the
    /// site had before; with the next snapshot the history bears the new one.
    pub fn check_site(&mut self, site: &str, former: &[String]) -> Result<(), HistoryError> {
        self.former = former.to_vec();
        self.is_of(site)
    }

    fn is_of(&self, site: &str) -> Result<(), HistoryError> {
        match &self.manifest.site {
            Some(known) if known != site && !self.former.contains(known) => Err(HistoryError::OtherSite {
                folder: self.folder().to_owned(),
                known: known.clone(),
                given: site.to_owned(),
            }),
            _ => Ok(()),
        }
    }

    /// Refuses snapshots of another account than the last (F-39): it may see other pages, so that figures of both cannot
    /// be compared.
    pub fn check_account(&self, account: &str) -> Result<(), HistoryError> {
        match &self.manifest.account {
            Some(known) if known != account => Err(HistoryError::OtherAccount {
                folder: self.folder().to_owned(),
                known: known.clone(),
                given: account.to_owned(),
            }),
            _ => Ok(()),
        }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        self.disk.folder()
    }

    /// What people should know about the place: a lock on a network drive may not keep other computers away (F-82).
    pub fn remarks(&self) -> Vec<String> {
        network::remark(self.disk.folder()).into_iter().collect()
    }
}

fn lock(disk: &Disk, wait: Duration) -> Result<FileLock, HistoryError> {
    Ok(FileLock::take(&disk.path(names::LOCK), &disk.path(names::HOLDER), wait)?)
}

/// Finishes what a killed run had begun, then reads and checks everything.
fn load(disk: &Disk) -> Result<Manifest, HistoryError> {
    // a history of a newer program is not touched, not even to finish what was begun
    let known = Manifest::read(&disk.with(pending::whereabouts(disk)?))?;
    pending::recover(disk)?;
    let findings = match &known {
        Some(manifest) => {
            archive::tidy(disk, manifest)?;
            inspect::inspect(disk, manifest)?
        }
        None => inspect::without_manifest(disk)?,
    };
    if findings.is_empty() {
        Ok(known.unwrap_or_default())
    } else {
        Err(HistoryError::Damaged { folder: disk.folder().to_owned(), findings })
    }
}
