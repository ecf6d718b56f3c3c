//! Kills the program at every file operation, including those of libraries. The next run must find the old state
//! or the new state (F-80, F-86).

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use confluence_storage_analyzer::exports::Exporter;
use confluence_storage_analyzer::history::{
    Extent, FOLDER, History, PAGE, Retention, RowKey, SPACE, STATUS, Snapshot, SnapshotRows, SnapshotStatus, WEEK,
};
use confluence_storage_analyzer::metrics::columns;
use confluence_storage_analyzer::spreadsheet::{Field, Value};
use confluence_storage_analyzer::support::iso_week::IsoWeek;
use tempfile::TempDir;
use test_support::trials;

trials! {
    [STRACE]:
        sync killed_after_any_operation_on_a_file_f_80,
        sync killed_after_any_operation_while_weeks_are_archived_f_86;
}

/// Set in the process that is killed: index of the run in [`RUNS`], and the folder.
const CHILD: &str = "TEST_KILLED_RUN";
/// System calls that change files. Other calls need no test: a kill before them has the same effect as a kill after the
/// preceding change.
const OPERATIONS: [&str; 14] = [
    "write",
    "pwrite64",
    "lseek",
    "fsync",
    "fdatasync",
    "ftruncate",
    "rename",
    "renameat",
    "renameat2",
    "unlink",
    "unlinkat",
    "mkdir",
    "mkdirat",
    "rmdir",
];
const KEEP: Retention = Retention { weeks: 1, archive: true, keep: None, joined: true };
const FACTS: (&str, &[&str]) = ("model/fact_page_week.csv", &[WEEK, PAGE]);

/// One run that records a snapshot.
#[derive(Debug, Clone, Copy)]
struct Run {
    week: &'static str,
    number: i64,
    spaces: &'static [&'static str],
    status: SnapshotStatus,
}

const fn run(week: &'static str, number: i64, spaces: &'static [&'static str], status: SnapshotStatus) -> Run {
    Run { week, number, spaces, status }
}

/// The runs of all tests. The child process gets the index of its run.
const RUNS: [Run; 5] = [
    run("2026-W47", 1, &["DOC", "ENG"], SnapshotStatus::Incomplete),
    run("2026-W47", 2, &["ENG"], SnapshotStatus::Complete),
    run("2026-W44", 3, &["ENG"], SnapshotStatus::Complete),
    run("2026-W45", 4, &["ENG"], SnapshotStatus::Complete),
    run("2026-W47", 5, &["ENG", "OPS"], SnapshotStatus::Complete),
];

/// Performs the run if this is the process to be killed; returns whether it is.
pub(crate) fn run_if_child() -> bool {
    let Ok(child) = std::env::var(CHILD) else { return false };
    let (at, folder) = child.split_once(' ').unwrap();
    record(Path::new(folder), RUNS[at.parse::<usize>().unwrap()]);
    true
}

/// Opens the history, and waits for its lock: a process that another test is starting inherits the lock for a moment.
fn open(folder: &Path) -> History {
    History::open(folder, columns::fields(), Duration::from_secs(60)).unwrap()
}

/// Records a snapshot with two pages for each space, whose cells identify the run.
fn record(folder: &Path, run: Run) {
    let week: IsoWeek = run.week.parse().unwrap();
    let page = |space: &&str, number: usize| RowKey {
        space: (*space).to_owned(),
        page: format!("{}{number}", space.len() + usize::from(space.as_bytes()[0])),
    };
    let keys: Vec<RowKey> = run.spaces.iter().flat_map(|space| [page(space, 1), page(space, 2)]).collect();
    let cells = |at: usize| -> Vec<Value> {
        let cell = |field: &Field| match field.name.as_str() {
            WEEK => Value::text(run.week),
            PAGE => Value::text(&*keys[at].page),
            SPACE => Value::text(&*keys[at].space),
            STATUS => Value::text(run.status.as_str()),
            "word_count" => Value::Integer(run.number),
            _ => Value::Empty,
        };
        columns::fields().iter().map(cell).collect()
    };
    let snapshot = Snapshot {
        site: "https://acme.example/wiki".into(),
        account: "557058:ada".into(),
        week,
        taken_at: week.monday().and_hms_opt(12, 0, 0).unwrap().and_utc(),
        run_id: format!("run {}", run.number),
        status: run.status,
        stopped: false,
        spaces: run.spaces.iter().map(|space| (*space).to_owned()).collect(),
        extent: Extent::default(),
        facts: serde_json::Value::Null,
        rows: SnapshotRows { keys: &keys, cells: &cells },
    };
    let mut history = open(folder);
    history.record(&snapshot, KEEP).unwrap();
    export(&history, week, Some(snapshot.rows));
}

/// Writes the derived files. Whatever was killed, no file may count as edited by a user.
fn export(history: &History, week: IsoWeek, rows: Option<SnapshotRows<'_>>) {
    let mut exporter = Exporter::new(history).unwrap();
    exporter.weeks(KEEP, FACTS, || ()).unwrap();
    exporter.current(week, rows).unwrap();
    exporter.copy_columns("model/fact_page_week.parquet", &columns::fields_of(FACTS.1)).unwrap();
    let weeks: Vec<Vec<Value>> = history.weeks().map(|week| vec![Value::text(week.week.to_string())]).collect();
    exporter.table("model/dim_week", &columns::fields_of(&[WEEK]), &weeks).unwrap();
    exporter.file("findings/outdated.csv", |sink| write!(sink, "{}", weeks.len())).unwrap();
    assert_eq!(exporter.finish().unwrap().remarks, [] as [&str; 0]);
}

/// Returns every file below a folder except lock files. The content of `history.json` is left out, because its times
/// differ.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found: BTreeMap<String, Vec<u8>> = test_support::report_folder::files(folder)
        .into_iter()
        .map(|(path, bytes)| (path.strip_prefix(folder.to_str().unwrap()).unwrap().to_owned(), bytes))
        .filter(|(name, _)| !name.starts_with("/history.lock") && !name.starts_with("/history.holder"))
        .collect();
    found.entry("/history.json".to_owned()).and_modify(Vec::clear);
    found
}

fn rows(folder: &Path) -> Vec<String> {
    let history = open(folder);
    let fields = columns::fields_of(&[SPACE, PAGE, STATUS, "word_count"]);
    let mut rows = Vec::new();
    for week in history.weeks() {
        let see = |cells: &[Value]| {
            rows.push(cells.iter().fold(week.week.to_string(), |row, cell| row + " " + &cell.plain()));
            Ok::<_, confluence_storage_analyzer::history::HistoryError>(())
        };
        history.read(week.week, &fields, see).unwrap();
    }
    rows
}

/// Kills the run when it begins an operation for the given time. Returns true if there were fewer such operations.
fn kill(folder: &Path, run: usize, operation: &str, time: u32) -> bool {
    Command::new("strace")
        .args(["-f", "-qq", "-o", "/dev/null", "-e", &format!("trace={operation}")])
        .args(["-e", &format!("inject={operation}:signal=SIGKILL:when={time}")])
        .arg(std::env::current_exe().unwrap())
        .env(CHILD, format!("{run} {}", folder.display()))
        .output()
        .unwrap()
        .status
        .success()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (path, target) = (entry.as_ref().unwrap().path(), to.join(entry.unwrap().file_name()));
        if path.is_dir() { copy(&path, &target) } else { fs::copy(&path, &target).map(drop).unwrap() }
    }
}

fn names(folder: &Path) -> Vec<String> {
    files(folder).into_keys().collect()
}

/// Kills the run at each of its operations, and checks what the next run finds and writes.
fn kill_everywhere(before: &[usize], killed: usize) {
    let root = TempDir::new().unwrap();
    let untouched = root.path().join("untouched").join(FOLDER);
    fs::create_dir(untouched.parent().unwrap()).unwrap();
    for run in before {
        record(&untouched, RUNS[*run]);
    }
    drop(open(&untouched));
    let start = |name: &str| {
        let folder = root.path().join(name).join(FOLDER);
        copy(&untouched, &folder);
        folder
    };
    let done = start("done");
    record(&done, RUNS[killed]);
    let (old, new) = (rows(&untouched), rows(&done));
    assert_ne!(old, new);
    let (mut olds, mut news) = (0, 0);
    for operation in OPERATIONS {
        for time in 1.. {
            let folder = start(&format!("{operation}-{time}"));
            let survived = kill(&folder, killed, operation, time);
            let found = rows(&folder);
            match (found == old, found == new) {
                (true, _) => olds += 1,
                (_, true) => news += 1,
                _ => panic!("killed at {operation} {time}: {found:?}"),
            }
            // all derived files can be exported, and no other file is left
            export(&open(&folder), RUNS[killed].week.parse().unwrap(), None);
            record(&folder, RUNS[killed]);
            assert_eq!(names(&folder), names(&done), "killed at {operation} {time}");
            assert!(files(&folder) == files(&done), "killed at {operation} {time}");
            fs::remove_dir_all(folder.parent().unwrap()).unwrap();
            if survived {
                break;
            }
        }
    }
    assert!(olds > 100 && news > 30, "{olds} old, {news} new");
}

fn killed_after_any_operation_on_a_file_f_80() {
    kill_everywhere(&[], 0);
    kill_everywhere(&[2, 0], 1);
}

fn killed_after_any_operation_while_weeks_are_archived_f_86() {
    kill_everywhere(&[2, 3], 4);
}
