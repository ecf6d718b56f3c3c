//! The metrics history: one row per page and ISO week, kept from run to run in `confluence_data/`.
//!
//! The module knows nothing of Confluence: a snapshot is a table with a key. The truth is one Parquet file per week, which
//! is written once and never changed, only replaced whole by one rename. Everything else in the folder follows from the
//! weeks (`crate::exports`).
//!
//! ```text
//! history/snapshot_week=<YYYY>-W<ww>/pages.parquet    the truth
//! history.lock  history.holder                        one run at a time, and which
//! ```

mod error;
mod lake;
mod listed;
mod metadata;
mod record;
#[cfg(test)]
pub(crate) mod tests;
mod verify;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub use error::{Finding, HistoryError, findings_of};
pub use lake::Lake;
pub use listed::{FORMAT, MANIFEST, check_folder, refuse_others};
pub use metadata::{Extent, Retention, Run, SCHEMA_VERSION, SpaceOfWeek, Status, Week, latest};
pub use record::{Key, Recorded, Rows, Snapshot};
pub use verify::{Verified, look, verify};

use crate::spreadsheet::{Field, Value};
use crate::support::iso_week::IsoWeek;
use crate::support::lock::FileLock;
use crate::support::network_drive;

/// The folder of the history within the output folder.
pub const FOLDER: &str = "confluence_data";
/// Column with the ISO week of a row. It is the folder's name, so the file of a week does not have it.
pub const WEEK: &str = "snapshot_week";
/// Column with the id of the page; with [`WEEK`] the key of a row.
pub const PAGE: &str = "page_id";
/// Column with the key of the space. A run replaces the rows of a week by space.
pub const SPACE: &str = "space_key";
/// Column that says what a row is worth, see [`Status`].
pub const STATUS: &str = "snapshot_status";

/// The history of one folder, held by one process at a time.
#[derive(Debug)]
pub struct History {
    lake: Lake,
    weeks: BTreeMap<IsoWeek, Week>,
    /// Addresses that the site had before.
    former: Vec<String>,
    /// Weeks beyond the retention, which are deleted when `history.json` no longer lists them.
    forgotten: Vec<IsoWeek>,
    _lock: FileLock,
}

/// The account that took the last snapshot of a history.
#[derive(Debug, Clone)]
pub struct LastAccount {
    folder: PathBuf,
    known: Option<String>,
}

impl LastAccount {
    /// Refuses another account.
    pub fn check(&self, account: &str) -> Result<(), HistoryError> {
        match &self.known {
            Some(known) if known != account => Err(HistoryError::OtherAccount {
                folder: self.folder.clone(),
                known: known.clone(),
                given: account.to_owned(),
            }),
            _ => Ok(()),
        }
    }
}

impl History {
    /// Opens the history in `folder` (usually [`FOLDER`] within the output folder), which is made when it is not there;
    /// its parent has to be. `columns` are those of the exports, [`WEEK`], [`PAGE`], [`SPACE`] and [`STATUS`] among them.
    /// Waits up to `wait` for another run that works on it, and checks every week.
    ///
    /// Refuses a history that is damaged, of two sites, or that a newer program wrote.
    pub fn open(folder: &Path, columns: Vec<Field>, wait: Duration) -> Result<Self, HistoryError> {
        let lake = Lake::create(folder, columns)?;
        let lock = lake.lock(wait)?;
        refuse_others(&lake)?;
        lake.tidy()?;
        let found = look(&lake)?;
        if found.findings.is_empty() {
            Ok(Self { lake, weeks: found.weeks, former: Vec::new(), forgotten: Vec::new(), _lock: lock })
        } else {
            Err(HistoryError::Damaged { folder: folder.to_owned(), findings: found.findings })
        }
    }

    /// What is known of every week, by week.
    pub fn weeks(&self) -> impl DoubleEndedIterator<Item = &Week> {
        self.weeks.values()
    }

    /// What is known of one week.
    pub fn week(&self, week: IsoWeek) -> Option<&Week> {
        self.weeks.get(&week)
    }

    /// The newest week. A clock that names an earlier one was set back, or was ahead before (F-84).
    pub fn newest(&self) -> Option<IsoWeek> {
        self.weeks.keys().next_back().copied()
    }

    /// The week that was recorded last, whichever it was.
    pub fn latest(&self) -> Option<&Week> {
        latest(self.weeks.values())
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        self.lake.folder()
    }

    /// The files of the weeks.
    pub fn lake(&self) -> &Lake {
        &self.lake
    }

    /// Shows the cells of these columns of a week, row by row, by page. A column that the week does not have is empty.
    pub fn read<E: From<HistoryError>>(
        &self,
        week: IsoWeek,
        columns: &[Field],
        see: impl FnMut(&[Value]) -> Result<(), E>,
    ) -> Result<(), E> {
        self.lake.open(week)?.read(&self.lake, columns, see)
    }

    /// Deletes the weeks that [`Self::record`] found beyond the retention. To be called when `history.json` no longer lists
    /// them, or they would be missed.
    pub fn delete_forgotten(&mut self) -> Result<(), HistoryError> {
        std::mem::take(&mut self.forgotten).into_iter().try_for_each(|week| self.lake.delete(week))
    }

    /// Refuses the history of another site: its pages would stand among those of this one. `former` are addresses the
    /// site had before; with the next snapshot the history bears the new one.
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

    /// The account of the last snapshot.
    pub fn last_account(&self) -> LastAccount {
        let known = self.latest().map(|week| week.account.clone()).filter(|known| !known.is_empty());
        LastAccount { folder: self.folder().to_owned(), known }
    }

    /// What people should know about the place: a lock on a network drive may not keep other computers away (F-82).
    pub fn remarks(&self) -> Vec<String> {
        network_drive::remark(self.folder()).into_iter().collect()
    }
}
