//! Real folders, real damage, and a disk that stops working at every step.

mod damage;
mod imports;
mod kills;
mod mending;
mod recording;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::*;
use crate::spreadsheet::Value;

pub(super) const OPEN: Duration = Duration::ZERO;

pub(super) fn week(text: &str) -> IsoWeek {
    text.parse().unwrap()
}

pub(super) fn now() -> DateTime<Utc> {
    "2026-11-21T19:41:07Z".parse().unwrap()
}

pub(super) fn open(folder: &Path) -> Result<History, HistoryError> {
    History::open(folder, now(), OPEN)
}

/// A snapshot of two pages whose cells tell the week and the run.
pub(super) fn snapshot(of: &str, run: &str, complete: bool) -> Snapshot {
    let columns = Columns::new(["page_title", WEEK, PAGE, "words"]).unwrap();
    let row = |page: u32, words: i64| {
        let title = Value::text(format!("Page {page}, \"{of}\" by {run}"));
        vec![title, Value::text(of), Value::text(page.to_string()), Value::Integer(words)]
    };
    let taken_at = now();
    Snapshot {
        site: "https://acme.example/wiki".into(),
        account: "557058:ada".into(),
        week: week(of),
        taken_at,
        run_id: run.to_owned(),
        complete,
        spaces: vec!["ENG".to_owned()],
        columns,
        rows: vec![row(20, 7), row(3, 4)],
    }
}

/// A folder with these snapshots, in this order.
pub(super) fn recorded(snapshots: &[Snapshot], retention: Retention) -> (TempDir, PathBuf) {
    let root = TempDir::new().unwrap();
    let folder = root.path().join(FOLDER);
    for snapshot in snapshots {
        open(&folder).unwrap().record(snapshot, retention).unwrap();
    }
    (root, folder)
}

/// Every file of a folder with its bytes; not those of the lock, which say nothing about the history.
pub(super) fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
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

/// The rows of all weeks, as `week page words run status`.
pub(super) fn rows(history: &History) -> Vec<String> {
    let mut rows = Vec::new();
    let see = |week: &Week, row: Row<'_>| {
        let cells = [WEEK, PAGE, "words", STATUS].map(|column| row.cell(column));
        rows.push(format!("{} {}", cells.join(" "), week.run_id));
    };
    history.for_each_row(see).unwrap();
    rows
}

pub(super) fn text(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).unwrap()
}

/// A copy of a folder, to be damaged.
pub(super) fn copy(folder: &Path) -> (TempDir, PathBuf) {
    let root = TempDir::new().unwrap();
    let target = root.path().join(FOLDER);
    for (name, bytes) in files(folder) {
        let path = target.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    (root, target)
}

pub(super) fn findings(error: HistoryError) -> Vec<Finding> {
    match error {
        HistoryError::Damaged { findings, .. } => findings,
        other => panic!("{other}"),
    }
}
