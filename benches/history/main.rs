//! Time and memory of the history with a year of weeks: one more week, all files that are made from the weeks, and the
//! dashboard, compared with the same weeks kept as CSV files.
//!
//! `cargo bench --bench history`; `HISTORY_PAGES` and `HISTORY_WEEKS` choose other sizes. Each part runs in its own
//! process, so that the peak memory is that of the part alone.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "a benchmark prints and may panic, and its numbers are small"
)]

mod csv_baseline;
mod generated_week;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use confluence_storage_analyzer::cli::Cli;
use confluence_storage_analyzer::error::{ExitStatus, OutputFormat};
use confluence_storage_analyzer::history::{
    self, Extent, FOLDER, History, HistoryError, Retention, RowKey, Snapshot, SnapshotStatus, WeekMetadata,
};
use confluence_storage_analyzer::inventory::Coverage;
use confluence_storage_analyzer::metrics::approvals;
use confluence_storage_analyzer::metrics::changes::{UnlistedPages, changes};
use confluence_storage_analyzer::metrics::columns::{self, SnapshotFrame};
use confluence_storage_analyzer::metrics::comparison::SpaceScope;
use confluence_storage_analyzer::metrics::page_row::PageRow;
use confluence_storage_analyzer::metrics::summary::{PageFigures, TableFigures, WeekPoint, WeekStatus};
use confluence_storage_analyzer::metrics::{PreviousSnapshots, Rules, findings};
use confluence_storage_analyzer::progress::Progress;
use confluence_storage_analyzer::report::snapshot::{self, SnapshotView};
use confluence_storage_analyzer::spreadsheet::{Record, RecordHeader};
use confluence_storage_analyzer::support::iso_week::IsoWeek;
use test_support::process::{peak_memory, processor_seconds};

/// These environment variables are set in the process of a part: its name and its folder.
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

#[derive(Debug, Clone, Copy)]
struct Cost {
    seconds: f64,
    processor_seconds: f64,
    /// Bytes.
    peak_memory: u64,
}

fn measure() {
    let place = tempfile::TempDir::new().unwrap();
    let folder = place.path().join(FOLDER);
    println!("{} weeks of {} pages, {} columns", weeks(), pages(), columns::all().len());
    println!("{:<52} {:>9} {:>15} {:>12}", "", "seconds", "processor s", "peak memory");
    let part = |part: &str, what: &str| {
        let cost = run_in_own_process(part, place.path());
        let memory = cost.peak_memory >> 20;
        println!("{what:<52} {:>9.2} {:>15.2} {memory:>8} MiB", cost.seconds, cost.processor_seconds);
        cost
    };
    part("fill", "record all weeks");
    let weeks_bytes = size(&folder.join("history"));
    let export = part("export", "all files made from them, from nothing");
    part("rows", "make the rows of a week (part of writing it)");
    let open = part("open", "open the history, which checks every file");
    let commit = part("commit", "one more week: write, sync, rename");
    // `export` would reuse this file; a run has the rows of its week in memory and writes it every time
    fs::remove_file(folder.join("confluence_data_current.csv")).unwrap();
    let exports = part("export", "all files made from the weeks, after that week");
    let dashboard = part("dashboard", "the dashboard alone");
    let written = part("csv_write", "CSV: one more week, and the file of all weeks");
    let read = part("csv_read", "CSV: read the figures of all weeks and the rows of one");
    let files = csv_baseline::files(&folder);
    let csv: u64 = files.iter().map(|file| fs::metadata(file).unwrap().len()).sum();
    let mib = |bytes: u64| bytes as f64 / f64::from(1 << 20);
    println!(
        "\nthe weeks have {:.1} MiB; as CSV files {:.1} MiB, {:.1} times as much",
        mib(weeks_bytes),
        mib(csv),
        mib(csv) / mib(weeks_bytes)
    );
    let ratio = |one: Cost, other: Cost| one.processor_seconds / other.processor_seconds;
    println!("in processor time, CSV files take");
    println!(
        "  {:.1} times as much to add a week, because the file of all weeks is written with it",
        ratio(written, commit)
    );
    println!(
        "  {:.1} times as much to read the data of the dashboard as the dashboard takes with its page",
        ratio(read, dashboard)
    );
    println!(
        "  {:.1} s for an ordinary week, compared with {:.1} s for the week and every file, with model and findings",
        written.processor_seconds + read.processor_seconds,
        commit.processor_seconds + exports.processor_seconds
    );
    let parts = [export, open, commit, exports, dashboard];
    let most = parts.iter().map(|cost| cost.peak_memory).max().unwrap_or_default();
    let most_csv = written.peak_memory.max(read.peak_memory);
    println!("peak memory: {} MiB; with CSV files: {} MiB", most >> 20, most_csv >> 20);
}

fn run_in_own_process(part: &str, folder: &Path) -> Cost {
    let child = Command::new(std::env::current_exe().unwrap())
        .env(PART, part)
        .env(PLACE, folder)
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    assert!(child.status.success(), "{part}");
    let printed = String::from_utf8(child.stdout).unwrap();
    let figures: Vec<&str> = printed.split_whitespace().collect();
    Cost {
        seconds: figures[0].parse().unwrap(),
        processor_seconds: figures[1].parse().unwrap(),
        peak_memory: figures[2].parse().unwrap(),
    }
}

/// Runs a part, and prints seconds, processor seconds and peak memory.
fn run_part(part: &str, place: &Path) {
    let folder = place.join(FOLDER);
    let stopwatch = match part {
        "fill" => fill(&folder),
        "rows" => make_rows(),
        "export" => export(place),
        "open" => timed(|| drop(open(&folder))),
        "commit" => commit(&folder),
        "dashboard" => dashboard(&folder),
        "csv_write" => timed(|| csv_baseline::write(&folder, &place.join("csv"), week_at(weeks()), pages())),
        "csv_read" => timed(|| csv_baseline::read(&folder)),
        other => panic!("unknown part {other}"),
    };
    let (seconds, processor_seconds) = stopwatch.elapsed();
    println!("{seconds} {processor_seconds} {}", peak_memory());
}

/// When a measurement began.
struct Stopwatch {
    at: Instant,
    processor_seconds: f64,
}

impl Stopwatch {
    fn start() -> Self {
        Self { at: Instant::now(), processor_seconds: processor_seconds(std::process::id()) }
    }

    fn elapsed(&self) -> (f64, f64) {
        (self.at.elapsed().as_secs_f64(), processor_seconds(std::process::id()) - self.processor_seconds)
    }
}

fn timed(work: impl FnOnce()) -> Stopwatch {
    let stopwatch = Stopwatch::start();
    work();
    stopwatch
}

fn week_at(number: usize) -> IsoWeek {
    (0..number).fold(IsoWeek::new(2023, 1).unwrap(), |week, _| week.next())
}

fn open(folder: &Path) -> History {
    History::open(folder, columns::fields(), Duration::ZERO).unwrap()
}

fn fill(folder: &Path) -> Stopwatch {
    timed(|| {
        let mut history = open(folder);
        (0..weeks()).for_each(|number| record(&mut history, week_at(number)));
    })
}

fn commit(folder: &Path) -> Stopwatch {
    let mut history = open(folder);
    let week = history.newest().unwrap().next();
    timed(|| record(&mut history, week))
}

fn make_rows() -> Stopwatch {
    timed(|| {
        let rows = generated_week::GeneratedWeek::of(week_at(0));
        (0..pages()).for_each(|page| drop(std::hint::black_box(rows.cells(page))));
    })
}

fn record(history: &mut History, week: IsoWeek) {
    let keys: Vec<RowKey> = (0..pages()).map(generated_week::key).collect();
    let rows = generated_week::GeneratedWeek::of(week);
    let taken_at = generated_week::taken_at(week);
    let snapshot = Snapshot {
        site: generated_week::SITE.to_owned(),
        account: "557058:ada".to_owned(),
        week,
        taken_at,
        run_id: taken_at.format("%Y%m%dT%H%M%SZ").to_string(),
        status: SnapshotStatus::Complete,
        stopped: false,
        spaces: generated_week::spaces(),
        extent: Extent::default(),
        facts: serde_json::json!({ "base_url": generated_week::SITE, "account": "Ada", "whole_site": true, "groups": GROUPS }),
        rows: history::SnapshotRows { keys: &keys, cells: &|page| rows.cells(page) },
    };
    history.record(&snapshot, Retention::default()).unwrap();
}

/// Runs `history export` with arguments, as on a terminal.
fn export(place: &Path) -> Stopwatch {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    timed(|| {
        let cli = Cli::from_arguments(["benchmark", "history", "export", "--output", place.to_str().unwrap()]).unwrap();
        let progress = Progress::silent();
        let outcome = confluence_storage_analyzer::run(&cli, OutputFormat::Text, &progress);
        assert_eq!(runtime.block_on(outcome).unwrap().status, ExitStatus::Complete);
    })
}

/// Reads the data of the dashboard of the newest week, and renders its page.
fn dashboard(folder: &Path) -> Stopwatch {
    let history = open(folder);
    timed(|| {
        let trend: Vec<WeekPoint> = history.weeks().rev().take(52).map(|week| point(&history, week)).collect();
        let trend: Vec<WeekPoint> = trend.into_iter().rev().collect();
        let mut weeks = history.weeks().rev();
        let (newest, before) = (weeks.next().unwrap(), weeks.next().unwrap());
        let (mut rows, mut figures) = (Vec::new(), TableFigures::default());
        for_each_row(&history, newest, &columns::names(), |row| {
            figures.add(row);
            rows.push(PageRow::read(row));
        });
        let mut previous = PreviousSnapshots::default();
        previous.spaces.extend(before.spaces.keys().map(|key| (key.clone(), before.week.to_string())));
        for_each_row(&history, before, &PreviousSnapshots::COLUMNS, |row| {
            previous.add_page(row);
            previous.add_states(row, before.taken_at);
        });
        let spaces = generated_week::spaces();
        let findings = findings::find(&rows, &Rules::default());
        let page = snapshot::index(&SnapshotView {
            frame: &SnapshotFrame {
                week: newest.week.to_string(),
                taken_at: newest.taken_at,
                run_id: newest.run_id.clone(),
                complete: true,
            },
            is_imported: false,
            base_url: generated_week::SITE,
            account: "Ada",
            deployment: confluence_client::Deployment::Cloud,
            visibility: None,
            spaces: &spaces.iter().map(|key| (key.clone(), key.clone())).collect::<Vec<_>>(),
            whole_site: true,
            rows: &rows,
            figures: &figures,
            findings: &findings,
            changes: Some(&changes(&rows, &previous, &UnlistedPages::default(), &spaces)),
            previous: Some(&previous),
            trend: &trend,
            states: &approvals::states(&rows),
            reviewers: &approvals::reviewers(&rows),
            coverage: &Coverage::default(),
            notes: &[],
            groups: &GROUPS,
        });
        fs::write(folder.join("index.html"), page.unwrap()).unwrap();
    })
}

fn point(history: &History, week: &WeekMetadata) -> WeekPoint {
    let mut figures = TableFigures::default();
    for_each_row(history, week, &PageFigures::COLUMNS, |row| figures.add(row));
    let scope = |key: &String| (key.clone(), SpaceScope::whole(WeekStatus::Complete));
    let spaces = week.spaces.keys().map(scope).collect();
    WeekPoint { week: week.week.to_string(), status: WeekStatus::Complete, figures: Some(figures), spaces }
}

fn for_each_row(history: &History, week: &WeekMetadata, columns: &[&str], mut visit: impl FnMut(Record<'_>)) {
    let header = RecordHeader::new(columns.iter().copied());
    let visit_row = |cells: &[_]| {
        visit(Record::new(&header, cells));
        Ok::<_, HistoryError>(())
    };
    history.read(week.week, &columns::fields_of(columns), visit_row).unwrap();
}

/// Bytes of all files below a folder.
fn size(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { size(&path) } else { fs::metadata(&path).unwrap().len() }).sum()
}
