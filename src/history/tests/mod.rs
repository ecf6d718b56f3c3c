//! Tests on real folders, with real damage.

mod damage;
mod properties;
mod recording;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use tempfile::TempDir;

use super::*;
use crate::exports::{ExportOutcome, Exporter, RepairOutcome, repair};
use crate::spreadsheet::ColumnType;

pub(crate) const OPEN: Duration = Duration::ZERO;

pub(crate) fn week(text: &str) -> IsoWeek {
    text.parse().unwrap()
}

/// Returns the start of a run, by its number.
pub(crate) fn time(run: u32) -> DateTime<Utc> {
    "2026-11-21T19:41:07Z".parse::<DateTime<Utc>>().unwrap() + chrono::TimeDelta::seconds(i64::from(run))
}

/// Some columns of the legacy script and of this program, in the order of the files.
pub(crate) fn columns() -> Vec<Field> {
    let mut columns = vec![
        Field::new("space_key", ColumnType::Text),
        Field::new("page_title", ColumnType::Text),
        Field::new("page_created", ColumnType::Date),
        Field::new("word_count", ColumnType::Integer),
        Field::new("labels", ColumnType::Text),
    ];
    columns.extend([WEEK, PAGE, STATUS].map(|name| Field::new(name, ColumnType::Text)));
    columns
}

pub(crate) fn open(folder: &Path) -> Result<History, HistoryError> {
    History::open(folder, columns(), OPEN)
}

/// A snapshot to be recorded.
#[derive(Debug, Clone)]
pub(crate) struct TestSnapshot {
    pub(crate) week: IsoWeek,
    /// Number of the run, which its rows contain as `word_count`.
    pub(crate) run: u32,
    pub(crate) complete: bool,
    /// Space and id of each page.
    pub(crate) pages: Vec<(&'static str, u32)>,
    /// The measured spaces, including those without pages.
    pub(crate) spaces: Vec<&'static str>,
    pub(crate) stopped: bool,
    pub(crate) extent: Extent,
    pub(crate) site: &'static str,
    pub(crate) account: &'static str,
}

/// Returns a snapshot with two pages of one space.
pub(crate) fn snapshot(of: &str, run: u32, complete: bool) -> TestSnapshot {
    snapshot_of_pages(of, run, complete, &[("ENG", 20), ("ENG", 3)])
}

pub(crate) fn snapshot_of_pages(of: &str, run: u32, complete: bool, pages: &[(&'static str, u32)]) -> TestSnapshot {
    let mut spaces: Vec<&str> = pages.iter().map(|(space, _)| *space).collect();
    spaces.dedup();
    let (site, account) = ("https://acme.example/wiki", "557058:ada");
    TestSnapshot {
        week: week(of),
        run,
        complete,
        pages: pages.to_vec(),
        spaces,
        stopped: false,
        extent: Extent::default(),
        site,
        account,
    }
}

impl TestSnapshot {
    /// Records the snapshot and writes the derived files.
    pub(crate) fn record(&self, history: &mut History, retention: Retention) -> Result<RecordOutcome, HistoryError> {
        let recorded = self.record_only(history, retention)?;
        let mut exporter = Exporter::new(history)?;
        exporter.weeks(retention, FACTS, || ())?;
        exporter.current(self.week, Some(SnapshotRows { keys: &self.keys(), cells: &|at| self.cells(at) }))?;
        assert!(exporter.finish()?.failed.is_none());
        history.delete_expired()?;
        Ok(recorded)
    }

    pub(crate) fn record_only(
        &self,
        history: &mut History,
        retention: Retention,
    ) -> Result<RecordOutcome, HistoryError> {
        let snapshot = Snapshot {
            site: self.site.into(),
            account: self.account.into(),
            week: self.week,
            taken_at: time(self.run),
            run_id: format!("run {}", self.run),
            status: if self.complete { SnapshotStatus::Complete } else { SnapshotStatus::Incomplete },
            stopped: self.stopped,
            spaces: self.spaces.iter().map(|space| (*space).to_owned()).collect(),
            extent: self.extent.clone(),
            facts: serde_json::json!({"run": self.run}),
            rows: SnapshotRows { keys: &self.keys(), cells: &|at| self.cells(at) },
        };
        history.record(&snapshot, retention)
    }

    pub(crate) fn keys(&self) -> Vec<RowKey> {
        self.pages.iter().map(|(space, page)| RowKey { space: (*space).to_owned(), page: page.to_string() }).collect()
    }

    pub(crate) fn cells(&self, at: usize) -> Vec<Value> {
        let (space, page) = self.pages[at];
        let status = if self.complete { "complete" } else { "incomplete" };
        vec![
            Value::text(space),
            Value::text(format!("=Page {page}, \"{}\"", self.week)),
            Value::Empty,
            Value::Integer(i64::from(self.run)),
            // an empty text differs from an empty cell
            if page % 2 == 0 { Value::text("") } else { Value::Empty },
            Value::text(self.week.to_string()),
            Value::text(page.to_string()),
            Value::text(status),
        ]
    }
}

/// The table of facts, for tests.
pub(crate) const FACTS: (&str, &[&str]) = ("model/facts.csv", &[WEEK, PAGE, "word_count"]);

/// Returns a folder with these snapshots, recorded and exported in this order.
pub(crate) fn recorded(snapshots: &[TestSnapshot], retention: Retention) -> (TempDir, PathBuf) {
    let root = TempDir::new().unwrap();
    let folder = root.path().join(FOLDER);
    for snapshot in snapshots {
        snapshot.record(&mut open(&folder).unwrap(), retention).unwrap();
    }
    (root, folder)
}

/// Writes all derived files again.
pub(crate) fn export(folder: &Path, retention: Retention) -> ExportOutcome {
    let history = open(folder).unwrap();
    let mut exporter = Exporter::new(&history).unwrap();
    exporter.weeks(retention, FACTS, || ()).unwrap();
    exporter.current(history.newest().unwrap(), None).unwrap();
    exporter.finish().unwrap()
}

/// Returns all files of a folder with their bytes, except those of the lock.
pub(crate) fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        if entry.path().is_dir() {
            found.extend(files(&entry.path()).into_iter().map(|(below, bytes)| (format!("{name}/{below}"), bytes)));
        } else if !name.starts_with("history.lock") && !name.starts_with("history.holder") {
            found.insert(name, fs::read(entry.path()).unwrap());
        }
    }
    found
}

/// Returns all files except `history.json`, which contains times.
pub(crate) fn data(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = files(folder);
    files.remove("history.json");
    files
}

/// Returns the rows of all weeks, as `week space page run status`.
pub(crate) fn rows(history: &History) -> Vec<String> {
    let mut rows = Vec::new();
    for week in history.weeks() {
        history
            .read::<HistoryError>(week.week, &columns(), |cells| {
                let cells = [0, 6, 3, 7].map(|at| cells[at].plain());
                rows.push(format!("{} {}", week.week, cells.join(" ")));
                Ok(())
            })
            .unwrap();
    }
    rows
}

pub(crate) fn text(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).unwrap()
}

pub(crate) fn copy(folder: &Path) -> (TempDir, PathBuf) {
    let root = TempDir::new().unwrap();
    let target = root.path().join(FOLDER);
    for (name, bytes) in files(folder) {
        let path = target.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    (root, target)
}

pub(crate) fn findings(error: HistoryError) -> Vec<DamageReport> {
    match error {
        HistoryError::Damaged { findings, .. } => findings,
        other => panic!("{other}"),
    }
}
