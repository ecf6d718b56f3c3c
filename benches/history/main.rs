//! The history of the page metrics with a year of weeks: what one more week takes, what all files take that follow from
//! the weeks, and the dashboard, in time and memory, beside the same weeks kept as CSV files.
//!
//! `cargo bench --bench history`; `HISTORY_PAGES` and `HISTORY_WEEKS` choose other sizes. Each part runs in a process of its
//! own, so that the peak of memory is of that part alone.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "a benchmark prints and may panic, and its numbers are small"
)]

mod csv_way;
mod rows;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use confluence_storage_analyzer::cli::Cli;
use confluence_storage_analyzer::error::{ExitStatus, OutputFormat};
use confluence_storage_analyzer::history::{
    self, Extent, FOLDER, History, HistoryError, Key, Retention, Snapshot, Status, Week,
};
use confluence_storage_analyzer::inventory::Coverage;
use confluence_storage_analyzer::metrics::changes::{Vanished, changes};
use confluence_storage_analyzer::metrics::columns::{self, Frame};
use confluence_storage_analyzer::metrics::comparison::SpaceScope;
use confluence_storage_analyzer::metrics::row::PageRow;
use confluence_storage_analyzer::metrics::summary::{Figures, TableFigures, WeekPoint, WeekStatus};
use confluence_storage_analyzer::metrics::waits;
use confluence_storage_analyzer::metrics::{Previous, Rules, findings};
use confluence_storage_analyzer::progress::Progress;
use confluence_storage_analyzer::report::snapshot::{self, SnapshotView};
use confluence_storage_analyzer::spreadsheet::{Header, Record};
use confluence_storage_analyzer::support::iso_week::IsoWeek;
use test_support::process::{peak_memory, processor_seconds};

/// Set in the process of a part: which, and where.
const PART: &str = "HISTORY_PART";
const PLACE: &str = "HISTORY_PLACE";
const GROUPS: [&str; 5] = ["core", "people", "engagement", "links", "workflow"];

fn main() {
    match std::env::var(PART) {
        Ok(part) => run_part(&part, &PathBuf::from(std::env::var_os(PLACE).unwrap())),
        Err(_) => measure(),
    }
}

fn number(name: &str, default: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn pages() -> usize {
    number("HISTORY_PAGES", 15_000)
}

fn weeks() -> usize {
    number("HISTORY_WEEKS", 52)
}

/// What a part took.
#[derive(Debug, Clone, Copy)]
struct Took {
    seconds: f64,
    busy: f64,
    peak: u64,
}

fn measure() {
    let place = tempfile::TempDir::new().unwrap();
    let folder = place.path().join(FOLDER);
    println!("{} weeks of {} pages, {} columns", weeks(), pages(), columns::all().len());
    println!("{:<52} {:>9} {:>15} {:>12}", "", "seconds", "of a processor", "peak memory");
    let part = |part: &str, what: &str| {
        let took = in_own_process(part, place.path());
        println!("{what:<52} {:>9.2} {:>15.2} {:>8} MiB", took.seconds, took.busy, took.peak >> 20);
        took
    };
    part("fill", "recording all weeks");
    let lake = size(&folder.join("history"));
    let export = part("export", "all files that follow from them, from nothing");
    part("rows", "making the rows of a week, which writing it includes");
    let open = part("open", "opening the history, which checks every file");
    let commit = part("commit", "one more week: written, synced, renamed");
    // the rows of the last run are written with every week; a run has them at hand
    fs::remove_file(folder.join("confluence_data_current.csv")).unwrap();
    let follow = part("export", "all files that follow from them, after that week");
    let dashboard = part("dashboard", "the dashboard alone");
    let written = part("csv_write", "CSV: one more week, and all weeks joined");
    let read = part("csv_read", "CSV: the figures of all weeks, and the rows of one");
    let files = csv_way::files(&folder);
    let csv: u64 = files.iter().map(|file| fs::metadata(file).unwrap().len()).sum();
    let mib = |bytes: u64| bytes as f64 / f64::from(1 << 20);
    println!(
        "\nthe weeks are {:.1} MiB; as CSV files {:.1} MiB, {:.1} times as much",
        mib(lake),
        mib(csv),
        mib(csv) / mib(lake)
    );
    let ratio = |one: Took, other: Took| one.busy / other.busy;
    println!("in time of a processor, the CSV way takes");
    println!(
        "  {:.1} times as much to keep a week, for the file of all weeks is written with it",
        ratio(written, commit)
    );
    println!(
        "  {:.1} times as much to read what the dashboard shows, as the dashboard with its page",
        ratio(read, dashboard)
    );
    println!(
        "  {:.1} s for an ordinary week, against {:.1} s for it and every file: model and findings too",
        written.busy + read.busy,
        commit.busy + follow.busy
    );
    let most = [export, open, commit, follow, dashboard].iter().map(|took| took.peak).max().unwrap_or_default();
    println!("most memory: {} MiB; the CSV way: {} MiB", most >> 20, written.peak.max(read.peak) >> 20);
}

fn in_own_process(part: &str, place: &Path) -> Took {
    let child = Command::new(std::env::current_exe().unwrap())
        .env(PART, part)
        .env(PLACE, place)
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    assert!(child.status.success(), "{part}");
    let told = String::from_utf8(child.stdout).unwrap();
    let figures: Vec<&str> = told.split_whitespace().collect();
    Took { seconds: figures[0].parse().unwrap(), busy: figures[1].parse().unwrap(), peak: figures[2].parse().unwrap() }
}

/// Runs a part, and prints what it took.
fn run_part(part: &str, place: &Path) {
    let folder = place.join(FOLDER);
    let began = match part {
        "fill" => fill(&folder),
        "rows" => make_rows(),
        "export" => export(place),
        "open" => now(|| drop(open(&folder))),
        "commit" => commit(&folder),
        "dashboard" => dashboard(&folder),
        "csv_write" => now(|| csv_way::write(&folder, &place.join("csv"), week_at(weeks()), pages())),
        "csv_read" => now(|| csv_way::read(&folder)),
        other => panic!("no part {other}"),
    };
    let (seconds, busy) = began.took();
    println!("{seconds} {busy} {}", peak_memory());
}

/// When what is measured began.
struct Began {
    at: Instant,
    busy: f64,
}

impl Began {
    fn now() -> Self {
        Self { at: Instant::now(), busy: processor_seconds(std::process::id()) }
    }

    fn took(&self) -> (f64, f64) {
        (self.at.elapsed().as_secs_f64(), processor_seconds(std::process::id()) - self.busy)
    }
}

fn now(what: impl FnOnce()) -> Began {
    let began = Began::now();
    what();
    began
}

fn week_at(number: usize) -> IsoWeek {
    (0..number).fold(IsoWeek::new(2023, 1).unwrap(), |week, _| week.next())
}

fn open(folder: &Path) -> History {
    History::open(folder, columns::fields(), Duration::ZERO).unwrap()
}

fn fill(folder: &Path) -> Began {
    now(|| {
        let mut history = open(folder);
        (0..weeks()).for_each(|number| record(&mut history, week_at(number)));
    })
}

fn commit(folder: &Path) -> Began {
    let mut history = open(folder);
    let week = history.newest().unwrap().next();
    now(|| record(&mut history, week))
}

fn make_rows() -> Began {
    now(|| {
        let rows = rows::Rows::of(week_at(0));
        (0..pages()).for_each(|page| drop(std::hint::black_box(rows.cells(page))));
    })
}

fn record(history: &mut History, week: IsoWeek) {
    let keys: Vec<Key> = (0..pages()).map(rows::key).collect();
    let rows = rows::Rows::of(week);
    let taken_at = rows::taken_at(week);
    let snapshot = Snapshot {
        site: rows::SITE.to_owned(),
        account: "557058:ada".to_owned(),
        week,
        taken_at,
        run_id: taken_at.format("%Y%m%dT%H%M%SZ").to_string(),
        status: Status::Complete,
        stopped: false,
        spaces: rows::spaces(),
        extent: Extent::default(),
        facts: serde_json::json!({ "base_url": rows::SITE, "account": "Ada", "whole_site": true, "groups": GROUPS }),
        rows: history::Rows { keys: &keys, cells: &|page| rows.cells(page) },
    };
    history.record(&snapshot, Retention::default()).unwrap();
}

/// Runs `history export` as a terminal would.
fn export(place: &Path) -> Began {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    now(|| {
        let cli = Cli::from_arguments(["bench", "history", "export", "--output", place.to_str().unwrap()]).unwrap();
        let progress = Progress::silent();
        let outcome = confluence_storage_analyzer::run(&cli, OutputFormat::Text, &progress);
        assert_eq!(runtime.block_on(outcome).unwrap().status, ExitStatus::Complete);
    })
}

/// Reads what the dashboard of the newest week shows, and makes its page.
fn dashboard(folder: &Path) -> Began {
    let history = open(folder);
    now(|| {
        let trend: Vec<WeekPoint> = history.weeks().rev().take(52).map(|week| point(&history, week)).collect();
        let trend: Vec<WeekPoint> = trend.into_iter().rev().collect();
        let mut weeks = history.weeks().rev();
        let (newest, before) = (weeks.next().unwrap(), weeks.next().unwrap());
        let (mut rows, mut figures) = (Vec::new(), TableFigures::default());
        for_each_row(&history, newest, &columns::names(), |row| {
            figures.add(row);
            rows.push(PageRow::read(row));
        });
        let mut previous = Previous::default();
        previous.spaces.extend(before.spaces.keys().map(|key| (key.clone(), before.week.to_string())));
        for_each_row(&history, before, &Previous::COLUMNS, |row| {
            previous.add_page(row);
            previous.add_states(row, before.taken_at);
        });
        let spaces = rows::spaces();
        let findings = findings::find(&rows, &Rules::default());
        let page = snapshot::index(&SnapshotView {
            frame: &Frame {
                week: newest.week.to_string(),
                taken_at: newest.taken_at,
                run_id: newest.run_id.clone(),
                complete: true,
            },
            is_imported: false,
            base_url: rows::SITE,
            account: "Ada",
            spaces: &spaces.iter().map(|key| (key.clone(), key.clone())).collect::<Vec<_>>(),
            whole_site: true,
            rows: &rows,
            figures: &figures,
            findings: &findings,
            changes: Some(&changes(&rows, &previous, &Vanished::default(), &spaces)),
            previous: Some(&previous),
            trend: &trend,
            states: &waits::states(&rows),
            reviewers: &waits::reviewers(&rows),
            coverage: &Coverage::default(),
            notes: &[],
            groups: &GROUPS,
        });
        fs::write(folder.join("index.html"), page.unwrap()).unwrap();
    })
}

fn point(history: &History, week: &Week) -> WeekPoint {
    let mut figures = TableFigures::default();
    for_each_row(history, week, &Figures::COLUMNS, |row| figures.add(row));
    let scope = |key: &String| (key.clone(), SpaceScope::whole(WeekStatus::Complete));
    let spaces = week.spaces.keys().map(scope).collect();
    WeekPoint { week: week.week.to_string(), status: WeekStatus::Complete, figures: Some(figures), spaces }
}

fn for_each_row(history: &History, week: &Week, columns: &[&str], mut see: impl FnMut(Record<'_>)) {
    let header = Header::new(columns.iter().copied());
    let see = |cells: &[_]| {
        see(Record::new(&header, cells));
        Ok::<_, HistoryError>(())
    };
    history.read(week.week, &columns::fields_of(columns), see).unwrap();
}

/// The bytes of all files below a folder.
fn size(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { size(&path) } else { fs::metadata(&path).unwrap().len() }).sum()
}
