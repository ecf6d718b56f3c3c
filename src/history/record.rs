//! Puts a snapshot into the history.

use chrono::{DateTime, Utc};

use super::disk::Disk;
use super::manifest::Manifest;
use super::names::{self, CURRENT, JOINED};
use super::pending::Pending;
use super::{
    Columns, History, HistoryError, IsoWeek, Retention, Status, StoredFile, Week, archive, columns, joined, load,
    weekly,
};
use crate::spreadsheet::Value;

/// What one run measured.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// The site, by its address. A history holds the pages of one.
    pub site: String,
    /// Id of the account that read.
    pub account: String,
    /// The week it stands for.
    pub week: IsoWeek,
    /// When the run began.
    pub taken_at: DateTime<Utc>,
    /// The run.
    pub run_id: String,
    /// Whether everything asked was read.
    pub complete: bool,
    /// Keys of the spaces that were read.
    pub spaces: Vec<String>,
    /// Names of the cells of every row.
    pub columns: Columns,
    /// One row per page, in any order.
    pub rows: Vec<Vec<Value>>,
}

/// What became of a snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The week.
    pub week: IsoWeek,
    /// What the snapshot is worth.
    pub status: Status,
    /// Whether it is in the history. It is not when it is incomplete and the week is there complete already; then its
    /// rows are in `confluence_data_current.csv` only.
    pub kept: bool,
    /// The revision of the week in the history now.
    pub revision: u32,
    /// Where the revision lies that was replaced.
    pub replaced: Option<String>,
    /// Weeks whose files were moved to the archive.
    pub archived: Vec<IsoWeek>,
    /// What people should know.
    pub warnings: Vec<String>,
}

impl History {
    /// Puts a snapshot into the history, as the only one of its week, and moves weeks beyond the retention.
    ///
    /// The revision it replaces is kept in `archived_snapshots/`. An incomplete snapshot never replaces a complete one.
    /// When this fails, the history is as it was before, or the next [`History::open`] finishes it
    /// ([`HistoryError::Unfinished`]).
    pub fn record(&mut self, snapshot: &Snapshot, retention: Retention) -> Result<Recorded, HistoryError> {
        let order = weekly::order(snapshot.week, &snapshot.columns, &snapshot.rows)?;
        // hours may have passed since the history was opened
        self.manifest = load(&self.disk)?;
        self.is_of(&snapshot.site)?;
        let mut warnings = Vec::new();
        if let Some(newest) = self.newest().filter(|newest| *newest > snapshot.week) {
            warnings.push(format!(
                "this snapshot is of {}, but the history has {newest} already: is the clock of this machine right?",
                snapshot.week
            ));
        }
        let (manifest, replaced) = Writer { disk: &self.disk, snapshot, order }.write(&self.manifest)?;
        self.manifest = manifest;
        let archived = archive::move_old(&self.disk, &mut self.manifest, retention).unwrap_or_else(|error| {
            warnings.push(format!("weeks beyond the retention stay where they are: {error}"));
            Vec::new()
        });
        let status = status_of(snapshot);
        let kept = self.manifest.current.as_ref().is_some_and(|current| current.revision > 0);
        let revision = self.manifest.week(snapshot.week).map_or(0, |week| week.revision);
        Ok(Recorded { week: snapshot.week, status, kept, revision, replaced, archived, warnings })
    }
}

fn status_of(snapshot: &Snapshot) -> Status {
    if snapshot.complete { Status::Complete } else { Status::Incomplete }
}

struct Writer<'a> {
    disk: &'a Disk,
    snapshot: &'a Snapshot,
    order: Vec<usize>,
}

impl Writer<'_> {
    /// Writes all files and puts them in place together. Gives what holds from then on, and where the revision lies
    /// that was replaced.
    fn write(&self, before: &Manifest) -> Result<(Manifest, Option<String>), HistoryError> {
        let mut manifest = before.clone();
        manifest.site = Some(self.snapshot.site.clone());
        manifest.account = Some(self.snapshot.account.clone());
        manifest.columns = columns::appended(&before.columns, &self.snapshot.columns.in_files());
        let known = before.week(self.snapshot.week);
        let kept = self.snapshot.complete || known.is_none_or(|known| known.status != Status::Complete);
        let mut pending = Pending::begin(self.disk)?;
        let mut replaced = None;
        if kept {
            let mut own = self.describe(names::weekly(self.snapshot.week), known);
            if let Some(known) = known {
                let target = self.disk.free(|attempt| names::replaced(known.week, known.revision, attempt));
                pending.rename(&known.file.path, &target, &known.file.measure);
                own.replaced.clone_from(&known.replaced);
                own.replaced.push(StoredFile { path: target.clone(), ..known.file.clone() });
                replaced = Some(target);
            }
            let staged = self.write_rows(&mut pending, &manifest, &mut own)?;
            manifest.put(own);
            self.write_joined(&mut pending, &mut manifest, &staged)?;
        }
        let mut current = self.describe(CURRENT.to_owned(), known);
        if !kept {
            current.revision = 0;
        }
        self.write_rows(&mut pending, &manifest, &mut current)?;
        manifest.current = Some(current);
        pending.commit(&manifest)?;
        Ok((manifest, replaced))
    }

    /// The week as it will be known; its file is not measured yet.
    fn describe(&self, path: String, known: Option<&Week>) -> Week {
        Week {
            week: self.snapshot.week,
            status: status_of(self.snapshot),
            revision: known.map_or(0, |known| known.revision) + 1,
            taken_at: self.snapshot.taken_at,
            run_id: self.snapshot.run_id.clone(),
            spaces: self.snapshot.spaces.clone(),
            file: StoredFile { path, rows: self.order.len() as u64, columns: 0, measure: super::Measure::of(b"") },
            replaced: Vec::new(),
        }
    }

    /// Writes the rows for the file of `week` and measures it. Gives where it lies until it is in place.
    fn write_rows(
        &self,
        pending: &mut Pending<'_>,
        manifest: &Manifest,
        week: &mut Week,
    ) -> Result<String, HistoryError> {
        let places = columns::places(&manifest.columns, &self.snapshot.columns);
        let (staged, measure) = pending.write(&week.file.path, |sink| {
            let rows = &self.snapshot.rows;
            Ok(weekly::write(sink, &manifest.columns, &places, week.status, rows, &self.order)?)
        })?;
        week.file.columns = manifest.columns.len();
        week.file.measure = measure;
        Ok(staged)
    }

    fn write_joined(
        &self,
        pending: &mut Pending<'_>,
        manifest: &mut Manifest,
        staged: &str,
    ) -> Result<(), HistoryError> {
        let path_of = |week: &Week| {
            if week.week == self.snapshot.week { staged.to_owned() } else { week.file.path.clone() }
        };
        write_joined(self.disk, pending, manifest, path_of)
    }
}

/// Writes the file of all weeks and says so in the manifest.
pub(super) fn write_joined(
    disk: &Disk,
    pending: &mut Pending<'_>,
    manifest: &mut Manifest,
    path_of: impl Fn(&Week) -> String,
) -> Result<(), HistoryError> {
    let (columns, weeks) = (&manifest.columns, &manifest.weeks);
    let (_, measure) = pending.write(JOINED, |sink| joined::write(disk, columns, weeks, path_of, sink))?;
    let rows = weeks.iter().map(|week| week.file.rows).sum();
    manifest.joined = Some(StoredFile { path: JOINED.to_owned(), rows, columns: columns.len(), measure });
    Ok(())
}
