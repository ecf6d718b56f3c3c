//! History of the page metrics: one row per page and ISO week, kept between runs in `confluence_data/`.
//!
//! This module is independent of Confluence: a snapshot is a table with a key. The source of truth is one Parquet file per
//! week. It is never changed in place, only replaced by an atomic rename. All other files in the folder are derived from
//! the weeks (`crate::exports`).
//!
//! ```text
//! history/snapshot_week=<YYYY>-W<ww>/pages.parquet    the rows of a week: the source of truth
//! history.lock  history.holder                        lock for one run at a time, and its holder
//! ```

mod error;
mod folder_checks;
mod record;
#[cfg(test)]
pub(crate) mod tests;
mod verify;
mod week_files;
mod week_metadata;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub use error::{DamageReport, HistoryError, damage_of};
pub use folder_checks::{FORMAT, MANIFEST, check_folder, refuse_incompatible};
pub use record::{RecordOutcome, RowKey, Snapshot, SnapshotRows};
pub use verify::{HistoryCheck, check_weeks, verify};
pub use week_files::WeekFiles;
pub use week_metadata::{
    Extent, Retention, SCHEMA_VERSION, SnapshotStatus, SpaceOfWeek, WeekMetadata, WeekRun, WeekVisibility, latest,
};

use crate::spreadsheet::{Field, Value};
use crate::support::iso_week::IsoWeek;
use crate::support::lock::FileLock;
use crate::support::network_drive;

/// The folder of the history within the output folder.
pub const FOLDER: &str = "confluence_data";
/// Column with the ISO week of a row. The name of the folder has it, so the file of a week does not.
pub const WEEK: &str = "snapshot_week";
/// Column with the id of the page. With [`WEEK`] it is the key of a row.
pub const PAGE: &str = "page_id";
/// Column with the key of the space. A run replaces the rows of a week space by space.
pub const SPACE: &str = "space_key";
/// Column with the status of a row, see [`SnapshotStatus`].
pub const STATUS: &str = "snapshot_status";

/// The history in a folder. One process at a time holds its lock.
#[derive(Debug)]
pub struct History {
    week_files: WeekFiles,
    weeks: BTreeMap<IsoWeek, WeekMetadata>,
    /// Previous addresses of the site.
    former: Vec<String>,
    /// Weeks to delete, because they are older than the configuration keeps, once `history.json` no longer lists them.
    expired: Vec<IsoWeek>,
    _lock: FileLock,
}

/// The account that took the last snapshot of a history, and whether it used the admin key.
#[derive(Debug, Clone)]
pub struct LastAccount {
    folder: PathBuf,
    known: Option<(String, bool)>,
}

impl LastAccount {
    /// Returns an error if a run of this account sees something else than the last snapshot. Which scopes its token lacks
    /// is not known before it reads.
    pub fn check(&self, account: &str, admin_key: bool) -> Result<(), HistoryError> {
        let folder = || self.folder.clone();
        match &self.known {
            Some((known, _)) if known != account => {
                Err(HistoryError::OtherAccount { folder: folder(), known: known.clone(), given: account.to_owned() })
            }
            Some((_, with_key)) if *with_key != admin_key => {
                Err(HistoryError::OtherVisibility { folder: folder(), with_key: *with_key })
            }
            _ => Ok(()),
        }
    }
}

impl History {
    /// Opens the history in `folder` (usually [`FOLDER`] within the output folder). The folder is created if it does not exist;
    /// its parent must exist. `columns` must include [`WEEK`], [`PAGE`], [`SPACE`] and [`STATUS`]. Waits up to `wait` for a run
    /// that holds the lock, and checks every week.
    ///
    /// Returns an error if the history is damaged, is of two sites, or was written by a newer version of the program.
    pub fn open(folder: &Path, columns: Vec<Field>, wait: Duration) -> Result<Self, HistoryError> {
        let week_files = WeekFiles::create(folder, columns)?;
        let lock = week_files.lock(wait)?;
        refuse_incompatible(&week_files)?;
        week_files.tidy()?;
        let found = check_weeks(&week_files)?;
        if found.findings.is_empty() {
            Ok(Self { week_files, weeks: found.weeks, former: Vec::new(), expired: Vec::new(), _lock: lock })
        } else {
            Err(HistoryError::Damaged { folder: folder.to_owned(), findings: found.findings })
        }
    }

    /// Returns all weeks, the oldest first.
    pub fn weeks(&self) -> impl DoubleEndedIterator<Item = &WeekMetadata> {
        self.weeks.values()
    }

    pub fn week(&self, week: IsoWeek) -> Option<&WeekMetadata> {
        self.weeks.get(&week)
    }

    /// Returns the newest week. If the clock shows an earlier week, it was set back, or it was ahead before (F-84).
    pub fn newest(&self) -> Option<IsoWeek> {
        self.weeks.keys().next_back().copied()
    }

    /// Returns the week that was recorded last, which is not always the newest.
    pub fn latest(&self) -> Option<&WeekMetadata> {
        latest(self.weeks.values())
    }

    pub fn folder(&self) -> &Path {
        self.week_files.folder()
    }

    /// Returns access to the files of the weeks.
    pub fn week_files(&self) -> &WeekFiles {
        &self.week_files
    }

    /// Calls `see` with the cells of these columns for each row of a week, sorted by page. Columns that the week does not have
    /// are empty.
    pub fn read<E: From<HistoryError>>(
        &self,
        week: IsoWeek,
        columns: &[Field],
        see: impl FnMut(&[Value]) -> Result<(), E>,
    ) -> Result<(), E> {
        self.week_files.open(week)?.read(&self.week_files, columns, see)
    }

    /// Deletes the weeks that [`Self::record`] found to be older than the configuration keeps. Must be called after
    /// `history.json` no longer lists them: listed weeks without a file are damage.
    pub fn delete_expired(&mut self) -> Result<(), HistoryError> {
        std::mem::take(&mut self.expired).into_iter().try_for_each(|week| self.week_files.delete(week))
    }

    /// Returns an error if the history is of another site: it would mix the pages of two sites. `former` are previous
    /// addresses of the site; the next snapshot records the new one.
    pub fn check_site(&mut self, site: &str, former: &[String]) -> Result<(), HistoryError> {
        self.former = former.to_vec();
        match self.latest().map(|week| &week.site).filter(|known| !known.is_empty()) {
            Some(known) if known != site && !former.contains(known) => Err(HistoryError::OtherSite {
                folder: self.folder().to_owned(),
                known: known.clone(),
                given: site.to_owned(),
            }),
            _ => Ok(()),
        }
    }

    pub fn last_account(&self) -> LastAccount {
        let known = self.latest().filter(|week| !week.account.is_empty());
        let known = known.map(|week| (week.account.clone(), week.visibility.admin_key));
        LastAccount { folder: self.folder().to_owned(), known }
    }

    /// Returns warnings about the folder: on a network drive the lock may not stop runs on other computers (F-82).
    pub fn remarks(&self) -> Vec<String> {
        network_drive::remark(self.folder()).into_iter().collect()
    }
}
