//! The metrics history with real processes: locked out, killed in the middle of a write, and mended by the commands.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use chrono::{DateTime, Utc};
use confluence_storage_analyzer::history::{
    Columns, FOLDER, History, HistoryError, IsoWeek, PAGE, Retention, STATUS, Snapshot, WEEK,
};
use confluence_storage_analyzer::spreadsheet::Value;
use tempfile::TempDir;

const KEEP: Retention = Retention { weeks: 3, archive: true };
/// Set for the test that plays the other process; it holds the folder.
const CHILD: &str = "TEST_HISTORY_FOLDER";

fn now() -> DateTime<Utc> {
    "2026-11-21T19:41:07Z".parse().unwrap()
}

fn open(folder: &Path) -> Result<History, HistoryError> {
    History::open(folder, now(), Duration::ZERO)
}

fn snapshot(week: IsoWeek, pages: u32) -> Snapshot {
    let row = |page: u32| {
        vec![
            Value::text(week.to_string()),
            Value::text(page.to_string()),
            Value::text(format!("Page {page} of {week}")),
        ]
    };
    Snapshot {
        site: "https://acme.example/wiki".into(),
        account: "557058:ada".into(),
        week,
        taken_at: now(),
        run_id: week.to_string(),
        complete: true,
        spaces: vec!["ENG".to_owned()],
        columns: Columns::new([WEEK, PAGE, "page_title"]).unwrap(),
        rows: (1..=pages).rev().map(row).collect(),
    }
}

fn first_week() -> IsoWeek {
    IsoWeek::new(2026, 1).unwrap()
}

/// Not a test of its own: the process that the others start, lock out and kill. It says `opened`, then records week
/// after week for every line it reads, and says each.
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
        history.record(&snapshot(week, pages), KEEP).unwrap();
        writeln!(stdout, "{week}").unwrap();
        week = week.next();
    }
}

struct Other {
    child: Child,
    lines: BufReader<std::process::ChildStdout>,
}

impl Other {
    /// Starts the other process; `limits` is what the shell sets before.
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

    fn say(&mut self, pages: u32) {
        writeln!(self.child.stdin.as_mut().unwrap(), "{pages}").unwrap();
    }

    /// Waits for a line that ends with this text; `false` when the process ended before.
    fn hear(&mut self, wanted: &str) -> bool {
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

/// Every week from the first one on, each with so many pages, in the history and in the joined file.
fn assert_weeks(history: &History, pages: &[u32]) {
    let mut expected = Vec::new();
    let mut week = first_week();
    for &pages in pages {
        expected.extend((1..=pages).map(|page| format!("{week} {page} Page {page} of {week} complete")));
        week = week.next();
    }
    let mut found = Vec::new();
    let see = |_: &_, row: confluence_storage_analyzer::history::Row<'_>| {
        found.push([WEEK, PAGE, "page_title", STATUS].map(|column| row.cell(column)).join(" "));
    };
    history.for_each_row(see).unwrap();
    assert_eq!(found, expected);
    let joined = fs::read_to_string(history.folder().join("confluence_data_history.csv")).unwrap();
    assert_eq!(joined.lines().count(), expected.len() + 1);
}

#[test]
fn f_82_another_process_is_named_and_its_lock_ends_with_a_kill() {
    let root = TempDir::new().unwrap();
    let folder = root.path().join(FOLDER);
    let mut other = Other::start(&folder, "");
    assert!(other.hear("opened"));
    let error = open(&folder).unwrap_err();
    let HistoryError::Locked { holder } = &error else { panic!("{error}") };
    assert!(holder.starts_with(&format!("process {} since 2", other.child.id())), "{holder}");
    other.kill();
    open(&folder).unwrap();
}

#[test]
fn f_82_whoever_waits_gets_the_history_when_the_other_process_is_killed() {
    let root = TempDir::new().unwrap();
    let folder = root.path().join(FOLDER);
    let mut other = Other::start(&folder, "");
    assert!(other.hear("opened"));
    let waiting = std::thread::spawn({
        let folder = folder.clone();
        move || History::open(&folder, now(), Duration::from_secs(60)).map(drop)
    });
    other.kill();
    waiting.join().unwrap().unwrap();
}

#[test]
fn f_80_a_kill_at_any_moment_leaves_the_old_or_the_new_state() {
    let root = TempDir::new().unwrap();
    let folder = root.path().join(FOLDER);
    let pages = 300;
    let mut weeks = 0;
    // the kill comes while the second week is written, at a moment that nobody chose
    for _ in 0..12 {
        let mut other = Other::start(&folder, "");
        assert!(other.hear("opened"));
        other.say(pages);
        let mut told = first_week();
        (0..weeks).for_each(|_| told = told.next());
        assert!(other.hear(&told.to_string()), "the week after {weeks} was recorded");
        other.say(pages);
        other.kill();
        let history = open(&folder).unwrap();
        let found = history.weeks().len();
        assert!(found == weeks + 1 || found == weeks + 2, "{found} weeks after {weeks}");
        assert_weeks(&history, &vec![pages; found]);
        weeks = found;
    }
}

#[test]
fn f_75_a_limit_reached_in_the_middle_of_a_file_leaves_the_old_state() {
    let root = TempDir::new().unwrap();
    let folder = root.path().join(FOLDER);
    open(&folder).unwrap().record(&snapshot(first_week(), 100), KEEP).unwrap();
    // in blocks of 512 bytes: the weekly file, the joined one or nothing gets through
    for (blocks, pages) in [(8, 1000), (64, 600), (100, 900)] {
        let mut other = Other::start(&folder, &format!("ulimit -c 0; ulimit -f {blocks};"));
        assert!(other.hear("opened"));
        other.say(pages);
        assert!(!other.hear("2026-W02"), "a limit of {blocks} blocks was not reached");
        let status = other.child.wait().unwrap();
        assert!(!status.success());
        assert_weeks(&open(&folder).unwrap(), &[100]);
    }
    open(&folder).unwrap().record(&snapshot(first_week().next(), 900), KEEP).unwrap();
    assert_weeks(&open(&folder).unwrap(), &[100, 900]);
}

/// The program, asked about a history.
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
        open(&folder).unwrap().record(&snapshot(week, pages), KEEP).unwrap();
        week = week.next();
    }
    (root, folder)
}

#[test]
fn f_81_the_commands_name_the_line_and_mend_it() {
    let (root, folder) = with_weeks(&[5, 5, 5, 5]);
    let (status, object, stderr) = program(root.path(), "verify");
    assert_eq!(
        (status, &object["complete"], &object["findings"]),
        (0, &true.into(), &serde_json::json!([])),
        "{stderr}"
    );
    assert_eq!(object["weeks"].as_array().unwrap().len(), 4);
    assert_eq!(object["weeks"][0]["file"], "archived_snapshots/confluence_data_2026-W01.csv");
    let file = folder.join("confluence_data_2026-W03.csv");
    let edited = fs::read_to_string(&file).unwrap().replace("Page 3", "Page X");
    fs::write(&file, edited).unwrap();
    let (status, object, stderr) = program(root.path(), "verify");
    assert_eq!((status, object["exit_code"].as_i64()), (6, Some(6)));
    assert_eq!(
        (&object["findings"][0]["file"], &object["findings"][0]["line"]),
        (&"confluence_data_2026-W03.csv".into(), &4.into())
    );
    assert!(stderr.contains("confluence_data_2026-W03.csv:4: "), "{stderr}");
    let (status, object, stderr) = program(root.path(), "repair");
    assert_eq!((status, &object["complete"]), (0, &true.into()), "{stderr}");
    assert_eq!(object["mended"][0]["set_aside"], "confluence_data_2026-W03.csv.damaged");
    assert_weeks(&open(&folder).unwrap(), &[5, 5, 5, 5]);
    assert_eq!(program(root.path(), "verify").0, 0);
}

#[test]
fn f_81_a_repair_that_could_not_bring_everything_back_says_so() {
    let (root, folder) = with_weeks(&[5]);
    for name in ["confluence_data_2026-W01.csv", "confluence_data_current.csv", "confluence_data_history.csv"] {
        let whole = fs::read(folder.join(name)).unwrap();
        fs::write(folder.join(name), &whole[..whole.len() - 20]).unwrap();
    }
    let (status, object, stderr) = program(root.path(), "repair");
    assert_eq!((status, &object["complete"]), (3, &false.into()), "{stderr}");
    assert_eq!((&object["weeks"][0]["status"], &object["weeks"][0]["rows"]), (&"incomplete".into(), &4.into()));
    assert!(stderr.contains("rows left: 4 of 5"), "{stderr}");
}

#[test]
fn a_folder_without_a_history_is_a_mistake_of_usage() {
    let root = TempDir::new().unwrap();
    for action in ["verify", "repair"] {
        let (status, object, stderr) = program(root.path(), action);
        assert_eq!((status, object["exit_code"].as_i64()), (2, Some(2)), "{stderr}");
        assert!(stderr.contains("there is no history in") && stderr.contains("--output"), "{stderr}");
    }
    assert_eq!(fs::read_dir(root.path()).unwrap().count(), 0);
}

#[test]
fn f_82_the_commands_wait_for_a_run_and_then_name_it() {
    let (root, folder) = with_weeks(&[5]);
    let held = open(&folder).unwrap();
    let (status, _, stderr) = program(root.path(), "repair");
    assert_eq!(status, 7, "{stderr}");
    assert!(stderr.contains(&format!("process {} since", std::process::id())), "{stderr}");
    drop(held);
    assert_eq!(program(root.path(), "repair").0, 0);
}
