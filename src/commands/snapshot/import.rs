//! `--import-history`: imports the weeks of the legacy script's history file that the history does not have yet.

use std::path::Path;

use chrono::Utc;

use super::stored_run_facts::StoredRunFacts;
use crate::error::Failure;
use crate::history::{Extent, History, Retention, RowKey, SPACE, Snapshot, SnapshotRows, SnapshotStatus};
use crate::legacy::{LegacyFile, LegacyWeek};
use crate::metrics::columns;
use crate::progress::Progress;
use crate::report::format::plural;
use crate::support::iso_week::IsoWeek;

/// Opens a file and checks all of it before anything is written. Prints its warnings.
pub(super) fn open_file(file: &Path, progress: &Progress) -> Result<LegacyFile, Failure> {
    let legacy = LegacyFile::open(file, columns::fields(), Utc::now().date_naive())?;
    for remark in &legacy.remarks {
        progress.warn(format!("{}: {remark}", file.display()));
    }
    Ok(legacy)
}

/// Imports a file and prints what was imported. After a failure, the weeks imported so far stay, and another import
/// adds the rest.
pub(super) fn import(
    history: &mut History,
    site: &str,
    mut legacy: LegacyFile,
    progress: &Progress,
) -> Result<(), Failure> {
    let (present, new): (Vec<IsoWeek>, Vec<IsoWeek>) =
        legacy.weeks().into_iter().partition(|week| history.week(*week).is_some());
    let mut rows = 0;
    for week in &new {
        let read = legacy.read(*week)?;
        rows += read.rows.len() as u64;
        record(history, site, *week, &read)?;
    }
    let file = legacy.path().display();
    let (weeks, left) = (new.len() as u64, present.len() as u64);
    if weeks == 0 {
        progress.note(format!("{file} was already imported: all its weeks are in the history"));
        return Ok(());
    }
    progress.note(format!(
        "imported from {file}: {} of {}",
        plural(rows, "row", "rows"),
        plural(weeks, "week", "weeks")
    ));
    if left > 0 {
        progress.note(format!("skipped: {} already in the history", plural(left, "week", "weeks")));
    }
    Ok(())
}

fn record(history: &mut History, site: &str, week: IsoWeek, read: &LegacyWeek) -> Result<(), Failure> {
    let place = columns::names().iter().position(|name| *name == SPACE).unwrap_or_default();
    let space = |cells: &[crate::spreadsheet::Value]| cells[place].as_text().unwrap_or_default().to_owned();
    let keys: Vec<RowKey> =
        read.rows.iter().map(|(page, cells)| RowKey { space: space(cells), page: page.clone() }).collect();
    let mut spaces: Vec<String> = keys.iter().map(|key| key.space.clone()).collect();
    spaces.sort_unstable();
    spaces.dedup();
    let snapshot = Snapshot {
        site: site.to_owned(),
        // the file does not name the account: assume that of the latest run
        account: history.latest().map(|latest| latest.account.clone()).unwrap_or_default(),
        week,
        taken_at: read.taken_at,
        run_id: "import".to_owned(),
        status: SnapshotStatus::Imported,
        stopped: false,
        spaces,
        extent: Extent::default(),
        facts: serde_json::to_value(StoredRunFacts::default()).unwrap_or_default(),
        rows: SnapshotRows { keys: &keys, cells: &|at| read.rows[at].1.clone() },
    };
    history.record(&snapshot, Retention::default())?;
    Ok(())
}
