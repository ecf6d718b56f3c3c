//! The metrics history with real processes: locks, kills in the middle of a write, and the commands `verify` and `repair`.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use chrono::{DateTime, Utc};
use confluence_storage_analyzer::exports::Exporter;
use confluence_storage_analyzer::history::{
    Extent, FOLDER, History, HistoryError, PAGE, Retention, RowKey, SPACE, STATUS, Snapshot, SnapshotRows,
    SnapshotStatus, WEEK,
};
use confluence_storage_analyzer::metrics::columns;
use confluence_storage_analyzer::spreadsheet::{Field, Value};
use confluence_storage_analyzer::support::iso_week::IsoWeek;
use tempfile::TempDir;

/// Environment variable with the folder for [`other_process`].
const CHILD: &str = "TEST_HISTORY_FOLDER";

fn now() -> DateTime<Utc> {
    "2026-11-21T19:41:07Z".parse().unwrap()
}

/// Opens the history as soon as it is unlocked. A child process that another test starts inherits the lock of this process
/// until it executes its program.
fn open(folder: &Path) -> Result<History, HistoryError> {
    History::open(folder, columns::fields(), Duration::from_secs(60))
}

/// Records a week with this number of pages, and writes the derived files.
fn record(history: &mut History, week: IsoWeek, pages: u32) -> Result<(), HistoryError> {
    let keys: Vec<RowKey> =
        (1..=pages).rev().map(|page| RowKey { space: "ENG".to_owned(), page: page.to_string() }).collect();
    let cells = |at: usize| -> Vec<Value> {
        let cell = |field: &Field| match field.name.as_str() {
            WEEK => Value::text(week.to_string()),
            PAGE => Value::text(&*keys[at].page),
            SPACE => Value::text("ENG"),
            STATUS => Value::text("complete"),
            "page_title" => Value::text(format!("Page {} of {week}", keys[at].page)),
            _ => Value::Empty,
        };
        columns::fields().iter().map(cell).collect()
    };
    let snapshot = Snapshot {
        site: "https://acme.example/wiki".into(),
        account: "557058:ada".into(),
        week,
        taken_at: now(),
        run_id: week.to_string(),
        status: SnapshotStatus::Complete,
        stopped: false,
        spaces: vec!["ENG".to_owned()],
        extent: Extent::default(),
        facts: serde_json::Value::Null,
        rows: SnapshotRows { keys: &keys, cells: &cells },
    };
    let keep = Retention { weeks: 3, ..Retention::default() };
    history.record(&snapshot, keep)?;
    let mut exporter = Exporter::new(history)?;
    exporter.weeks(keep, ("model/fact_page_week.csv", &[WEEK, PAGE]), || ())?;
    exporter.current(week, Some(snapshot.rows))?;
    exporter.finish().map(drop)
}

fn first_week() -> IsoWeek {
    IsoWeek::new(2026, 1).unwrap()
}

/// Not a test, but the process that other tests start and kill. It prints `opened`, then records a week for each line that
/// it reads, and prints the week.
#[test]
#[ignore = "started by the other tests as a process of its own"]
fn other_process() {
    let Some(folder) = std::env::var_os(CHILD) else { return };
    let mut history = open(Path::new(&folder)).unwrap();
    let mut stdout = std::io::stdout();
    writeln!(stdout, "opened").unwrap();
    let mut week = history.newest().map_or_else(first_week, IsoWeek::next);
    for line in std::io::stdin().lines() {
        let pages = line.unwrap().parse().unwrap();
        record(&mut history, week, pages).unwrap();
        writeln!(stdout, "{week}").unwrap();
        week = week.next();
    }
}

struct OtherProcess {
    child: Child,
    lines: BufReader<std::process::ChildStdout>,
}

impl OtherProcess {
    /// Starts the process; `limits` are shell commands to run before.
    fn start(folder: &Path, limits: &str) -> Self {
        let script = format!("{limits} exec \"$0\" \"$@\"");
        let mut child = Command::new("sh")
            .arg("-c")
            .arg(script)
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", "history::other_process", "--ignored", "--nocapture"])
            .env(CHILD, folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        Self { child, lines }
    }

    fn request_week(&mut self, pages: u32) {
        writeln!(self.child.stdin.as_mut().unwrap(), "{pages}").unwrap();
    }

    /// Waits for a line that ends with this text. Returns `false` if the process ends before.
    fn wait_for(&mut self, wanted: &str) -> bool {
        let mut line = String::new();
        while self.lines.read_line(&mut line).unwrap() > 0 {
            if line.trim_end().ends_with(wanted) {
                return true;
            }
            line.clear();
        }
        false
    }

    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// Checks that the history and its file of all weeks have these weeks, each with its number of pages.
fn assert_weeks(folder: &Path, pages: &[u32]) {
    let mut expected = Vec::new();
    let mut week = first_week();
    for &pages in pages {
        expected.extend((1..=pages).map(|page| format!("{week} {page} Page {page} of {week} complete")));
        week = week.next();
    }
    let history = open(folder).unwrap();
    let mut found = Vec::new();
    let fields = columns::fields_of(&[PAGE, "page_title", STATUS]);
    for week in history.weeks() {
        let see = |cells: &[Value]| {
            let cells: Vec<String> = cells.iter().map(Value::plain).collect();
            found.push(format!("{} {}", week.week, cells.join(" ")));
            Ok::<_, HistoryError>(())
        };
        history.read(week.week, &fields, see).unwrap();
    }
    assert_eq!(found, expected);
    let mut exporter = Exporter::new(&history).unwrap();
    exporter.weeks(Retention::default(), ("model/fact_page_week.csv", &[WEEK, PAGE]), || ()).unwrap();
    assert_eq!(exporter.finish().unwrap().remarks, [] as [&str; 0], "no file was edited");
    let joined = fs::read_to_string(folder.join("confluence_data_history.csv")).unwrap();
    assert_eq!(joined.lines().count(), expected.len() + 1);
}

#[test]
fn a_lock_names_its_process_and_ends_when_the_process_is_killed_f_82() {
    let root = TempDir::new().unwrap();
    let folder = root.path().join(FOLDER);
    let mut other = OtherProcess::start(&folder, "");
    assert!(other.wait_for("opened"));
    let error = History::open(&folder, columns::fields(), Duration::ZERO).unwrap_err();
    let HistoryError::Locked { holder } = &error else { panic!("{error}") };
    assert!(holder.starts_with(&format!("process {} since 2", other.child.id())), "{holder}");
    other.kill();
    open(&folder).unwrap();
}

#[test]
fn a_waiting_process_gets_the_lock_when_the_other_one_is_killed_f_82() {
    let root = TempDir::new().unwrap();
    let folder = root.path().join(FOLDER);
    let mut other = OtherProcess::start(&folder, "");
    assert!(other.wait_for("opened"));
    let waiting = std::thread::spawn({
        let folder = folder.clone();
        move || History::open(&folder, columns::fields(), Duration::from_secs(60)).map(drop)
    });
    other.kill();
    waiting.join().unwrap().unwrap();
}

#[test]
fn a_kill_at_any_moment_leaves_the_old_or_the_new_state_f_80() {
    let root = TempDir::new().unwrap();
    let folder = root.path().join(FOLDER);
    let pages = 300;
    let mut weeks = 0;
    // the kill comes at a random time while the second week is being written
    for _ in 0..12 {
        let mut other = OtherProcess::start(&folder, "");
        assert!(other.wait_for("opened"));
        other.request_week(pages);
        let mut recorded = first_week();
        (0..weeks).for_each(|_| recorded = recorded.next());
        assert!(other.wait_for(&recorded.to_string()), "the week after {weeks} was recorded");
        other.request_week(pages);
        other.kill();
        let found = open(&folder).unwrap().weeks().count();
        assert!(found == weeks + 1 || found == weeks + 2, "{found} weeks after {weeks}");
        assert_weeks(&folder, &vec![pages; found]);
        weeks = found;
    }
}

#[test]
fn a_limit_reached_in_the_middle_of_a_file_leaves_the_old_state_f_75() {
    let root = TempDir::new().unwrap();
    let folder = root.path().join(FOLDER);
    record(&mut open(&folder).unwrap(), first_week(), 100).unwrap();
    // limits in blocks of 512 bytes, each too small for the week
    for (blocks, pages) in [(8, 1000), (30, 5000), (60, 20_000)] {
        let mut other = OtherProcess::start(&folder, &format!("ulimit -c 0; ulimit -f {blocks};"));
        assert!(other.wait_for("opened"));
        other.request_week(pages);
        assert!(!other.wait_for("2026-W02"), "a limit of {blocks} blocks was not reached");
        let status = other.child.wait().unwrap();
        assert!(!status.success());
        assert_weeks(&folder, &[100]);
    }
    record(&mut open(&folder).unwrap(), first_week().next(), 900).unwrap();
    assert_weeks(&folder, &[100, 900]);
}

/// Runs `history` with this action.
fn program(root: &Path, action: &str) -> (i32, serde_json::Value, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_confluence-storage-analyzer"))
        .args(["history", action, "--json", "--output", "out"])
        .current_dir(root)
        .output()
        .unwrap();
    let object = serde_json::from_slice(&output.stdout).unwrap();
    (output.status.code().unwrap(), object, String::from_utf8(output.stderr).unwrap())
}

fn with_weeks(pages: &[u32]) -> (TempDir, PathBuf) {
    let root = TempDir::new().unwrap();
    fs::create_dir(root.path().join("out")).unwrap();
    let folder = root.path().join("out").join(FOLDER);
    let mut week = first_week();
    for &pages in pages {
        record(&mut open(&folder).unwrap(), week, pages).unwrap();
        week = week.next();
    }
    (root, folder)
}

#[test]
fn the_commands_name_the_week_and_restore_it_f_81() {
    let (root, folder) = with_weeks(&[5, 5, 5, 5]);
    let (status, object, stderr) = program(root.path(), "verify");
    assert_eq!(
        (status, &object["complete"], &object["findings"]),
        (0, &true.into(), &serde_json::json!([])),
        "{stderr}"
    );
    assert_eq!(object["weeks"].as_array().unwrap().len(), 4);
    let name = "history/snapshot_week=2026-W03/pages.parquet";
    let intact = fs::read(folder.join(name)).unwrap();
    fs::write(folder.join(name), &intact[..intact.len() / 2]).unwrap();
    let (status, object, stderr) = program(root.path(), "verify");
    assert_eq!((status, object["exit_code"].as_i64()), (6, Some(6)));
    assert_eq!(object["findings"][0]["file"], name);
    assert!(stderr.contains(name) && stderr.contains("history repair"), "{stderr}");
    let (status, object, stderr) = program(root.path(), "repair");
    assert_eq!((status, &object["complete"]), (0, &true.into()), "{stderr}");
    assert_eq!(object["repairs"][0]["restored_from"], "confluence_data_2026-W03.csv");
    assert_eq!(fs::read(folder.join(name)).unwrap(), intact);
    assert_eq!(program(root.path(), "verify").0, 0);
    assert_weeks(&folder, &[5, 5, 5, 5]);
}

#[test]
fn a_week_that_cannot_be_restored_is_reported_and_missing_from_the_exports_f_81() {
    let (root, folder) = with_weeks(&[5, 5]);
    fs::write(folder.join("history/snapshot_week=2026-W01/pages.parquet"), "x").unwrap();
    fs::remove_file(folder.join("confluence_data_2026-W01.csv")).unwrap();
    let (status, object, stderr) = program(root.path(), "repair");
    assert_eq!((status, &object["complete"]), (3, &false.into()), "{stderr}");
    assert_eq!((&object["repairs"][0]["lost"], object["weeks"].as_array().unwrap().len()), (&"2026-W01".into(), 1));
    assert!(stderr.contains("2026-W01 is lost"), "{stderr}");
    let (status, object, stderr) = program(root.path(), "export");
    assert_eq!((status, &object["weeks"][0]["week"]), (0, &"2026-W02".into()), "{stderr}");
    assert_eq!(fs::read_to_string(folder.join("confluence_data_history.csv")).unwrap().lines().count(), 6);
}

#[test]
fn a_folder_without_a_history_is_a_usage_error() {
    let root = TempDir::new().unwrap();
    for action in ["verify", "repair", "export"] {
        let (status, object, stderr) = program(root.path(), action);
        assert_eq!((status, object["exit_code"].as_i64()), (2, Some(2)), "{stderr}");
        assert!(stderr.contains("there is no history in") && stderr.contains("--output"), "{stderr}");
    }
    assert_eq!(fs::read_dir(root.path()).unwrap().count(), 0);
}

#[test]
fn the_commands_name_the_run_that_holds_the_lock_f_82() {
    let (root, folder) = with_weeks(&[5]);
    let held = open(&folder).unwrap();
    let (status, _, stderr) = program(root.path(), "repair");
    assert_eq!(status, 7, "{stderr}");
    assert!(stderr.contains(&format!("process {} since", std::process::id())), "{stderr}");
    drop(held);
    assert_eq!(program(root.path(), "repair").0, 0);
}
