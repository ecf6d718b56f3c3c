//! The audit history: since when, and in how many complete runs in a row, a file has been unreferenced.
//!
//! It is one Parquet file next to the reports. Runs are counted together when they are of the same [`RunSeries`]. A run
//! holds the lock from before its report is written until it is counted, so that the report and the file agree whatever
//! other runs do.
//!
//! Only complete runs that read everything a use could be in are counted. Such a run decides on the files that it
//! reports: one that it calls unreferenced is counted once more, and one that it does not starts again. Files that
//! it does not report keep their count.

mod error;
mod facts;
mod file;
mod series;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::audit::{Audit, Usage};
use crate::inventory::{AttachmentId, Inventory};
use crate::support::lock::FileLock;
use crate::support::private_files;

pub use error::AuditHistoryError;
pub use facts::{AuditHistoryFacts, StreakGroup};
pub use file::NAME;
pub use series::{CountedRun, RunSeries, Streak};

use file::StoredHistory;

/// The lock, and the file that says who holds it.
const LOCK: &str = ".audit_history.lock";
const HOLDER: &str = ".audit_history.holder";

/// The audit history in a folder. One process at a time holds its lock.
#[derive(Debug)]
pub struct AuditHistory {
    folder: PathBuf,
    stored: StoredHistory,
    /// What is wrong with the file, if it is damaged.
    damage: Option<String>,
    _lock: FileLock,
}

/// The runs of a series, and the files that the last ones call unreferenced.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct SeriesRecord {
    /// The oldest first.
    runs: Vec<CountedRun>,
    streaks: BTreeMap<AttachmentId, Streak>,
}

/// A run that is counted once its report is finished.
#[derive(Debug)]
pub struct PendingCount {
    history: AuditHistory,
    series: RunSeries,
    run: CountedRun,
}

impl AuditHistory {
    /// Opens the history in a folder, which must exist. Waits up to `wait` for a run that holds the lock. A damaged file
    /// counts as absent; it is set aside when the next run is counted.
    ///
    /// Returns an error if the file was written by a newer version of the program, or cannot be read.
    pub fn open(folder: &Path, wait: Duration) -> Result<Self, AuditHistoryError> {
        let lock = FileLock::take(&folder.join(LOCK), &folder.join(HOLDER), wait)?;
        let (stored, damage) = match file::read(&folder.join(NAME)) {
            Ok(stored) => (stored, None),
            Err(AuditHistoryError::Damaged { problem, .. }) => (StoredHistory::default(), Some(problem)),
            Err(error) => return Err(error),
        };
        Ok(Self { folder: folder.to_owned(), stored, damage, _lock: lock })
    }

    /// Returns the runs that were counted of a series, the oldest first.
    pub fn runs(&self, series: &RunSeries) -> &[CountedRun] {
        self.stored.series.get(series).map_or(&[], |record| &record.runs)
    }

    /// Returns the current streak of a file.
    pub fn streak(&self, series: &RunSeries, file: &AttachmentId) -> Option<Streak> {
        self.stored.series.get(series)?.streaks.get(file).copied()
    }

    /// Counts a complete run of a series. Nothing is written before [`PendingCount::commit`].
    pub fn count(mut self, series: RunSeries, inventory: &Inventory, audit: &Audit) -> PendingCount {
        let run = CountedRun::of(inventory, audit);
        self.stored.series.entry(series.clone()).or_default().add(run.clone(), inventory, audit);
        PendingCount { history: self, series, run }
    }
}

impl SeriesRecord {
    /// Adds a run, unless it was added before.
    fn add(&mut self, run: CountedRun, inventory: &Inventory, audit: &Audit) {
        if self.runs.iter().any(|known| known.is_same_run(&run)) {
            return;
        }
        let mut before = std::mem::take(&mut self.streaks);
        for verdict in &audit.files {
            let id = &inventory.attachments[verdict.attachment].id;
            let streak = before.remove(id);
            let streak = match (verdict.reported, verdict.usage) {
                // the run did not judge it
                (false, _) => streak,
                (true, Usage::Unreferenced) => Some(Streak::continued(streak, run.started_at)),
                (true, _) => None,
            };
            if let Some(streak) = streak {
                self.streaks.insert(id.clone(), streak);
            }
        }
        self.runs.push(run);
    }
}

impl PendingCount {
    /// Returns what the report says about the history.
    pub fn facts(&self) -> AuditHistoryFacts {
        let record = self.history.stored.series.get(&self.series);
        let all = record.map_or(&[][..], |record| &record.runs);
        let runs = all.iter().filter(|run| run.reported_spaces == self.run.reported_spaces).cloned().collect();
        let remark = self.history.damage.as_ref().map(|problem| {
            format!("{NAME} is damaged ({problem}): it is set aside, and the runs are counted from this one on")
        });
        AuditHistoryFacts { remark, runs, unreferenced: StreakGroup::of(record.map(|record| &record.streaks)) }
    }

    /// Writes the history with the run. Must be called after the report is finished. Returns the new name of a damaged
    /// file that was set aside.
    pub fn commit(self) -> Result<Option<PathBuf>, AuditHistoryError> {
        let AuditHistory { folder, stored, damage, .. } = &self.history;
        let path = folder.join(NAME);
        let aside = if damage.is_some() { file::set_aside(&path)? } else { None };
        file::write(folder, stored)?;
        private_files::sync_folder(folder)?;
        Ok(aside)
    }
}

/// Returns why a run is not counted although its report was written, for people; `None` if it is counted.
pub fn why_not_counted(inventory: &Inventory, complete: bool) -> Option<&'static str> {
    if !complete {
        Some("the run is incomplete")
    } else if inventory.scan.references_within {
        Some("it read the chosen spaces only (--references-within)")
    } else {
        None
    }
}
