//! Requests, time and memory of two snapshots of 15,000 pages in 5 spaces, the second with a year of history before it.
//!
//! `cargo bench --bench snapshot`; `SNAPSHOT_PAGES` and `SNAPSHOT_WEEKS` choose other sizes. A second process serves
//! the site, so that the peak memory is that of the program alone.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::cast_possible_wrap,
    reason = "a benchmark prints and may panic, and its numbers are small"
)]

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use confluence_sim::{DemoServer, Site};
use confluence_storage_analyzer::cli::Cli;
use confluence_storage_analyzer::error::{ExitStatus, OutputFormat};
use confluence_storage_analyzer::history::{
    Extent, FOLDER, History, HistoryError, PAGE, Retention, RowKey, SPACE, Snapshot, SnapshotRows, SnapshotStatus, WEEK,
};
use confluence_storage_analyzer::metrics::columns;
use confluence_storage_analyzer::progress::Progress;
use confluence_storage_analyzer::spreadsheet::Value;
use confluence_storage_analyzer::support::iso_week::IsoWeek;
use test_support::process::peak_memory;

/// This environment variable is set in the process that serves the site.
const SERVES: &str = "SNAPSHOT_SERVES";
const SPACES: usize = 5;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    if std::env::var_os(SERVES).is_some() {
        runtime.block_on(serve());
    } else {
        runtime.block_on(measure());
    }
}

fn number(name: &str, default: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// Serves until standard input ends. For every line of input, prints the number of requests so far.
async fn serve() {
    let server = DemoServer::start(site(number("SNAPSHOT_PAGES", 15_000))).await.unwrap();
    println!("{} {} {}", server.base_url(), server.user(), server.token());
    std::io::stdout().flush().unwrap();
    tokio::task::spawn_blocking(move || {
        for _ in std::io::stdin().lines() {
            println!("{}", server.requests().len());
            std::io::stdout().flush().unwrap();
        }
    })
    .await
    .unwrap();
}

async fn measure() {
    let (pages, weeks) = (number("SNAPSHOT_PAGES", 15_000), number("SNAPSHOT_WEEKS", 52));
    let mut server = Command::new(std::env::current_exe().unwrap())
        .env(SERVES, "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = server.stdin.take().unwrap();
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
    let address = lines.next().unwrap().unwrap();
    let folder = tempfile::TempDir::new().unwrap();
    let mut sent_before = 0;
    let mut new_requests = || -> u64 {
        input.write_all(b"\n").unwrap();
        let all: u64 = lines.next().unwrap().unwrap().parse().unwrap();
        let new = all - sent_before;
        sent_before = all;
        new
    };
    println!("{pages} pages in {SPACES} spaces");
    let first = snapshot(folder.path(), &address).await;
    print_result("first snapshot", first, new_requests());
    let began = Instant::now();
    add_weeks(&folder.path().join(FOLDER), weeks);
    println!("{weeks} weeks recorded in {:.1?}", began.elapsed());
    let second = snapshot(folder.path(), &address).await;
    print_result("next snapshot", second, new_requests());
    drop(input);
    server.wait().unwrap();
}

fn print_result(what: &str, time: Duration, requests: u64) {
    println!("{what}: {requests} requests, {time:.1?}, peak memory {} MiB so far", peak_memory() >> 20);
}

/// Runs the command with arguments, as on a terminal.
async fn snapshot(folder: &Path, address: &str) -> Duration {
    let address: Vec<&str> = address.split(' ').collect();
    let config = folder.join("benchmark.cfg");
    let text =
        format!("[confluence]\nbase_url = {}\napi_user = {}\napi_token = {}\n", address[0], address[1], address[2]);
    std::fs::write(&config, text).unwrap();
    let cache = folder.join("cache");
    let [config, output, cache] = [config.as_path(), folder, cache.as_path()].map(|path| path.to_str().unwrap());
    let arguments = ["benchmark", "snapshot", "--config", config, "--output", output, "--cache-dir", cache];
    let began = Instant::now();
    let cli = Cli::from_arguments(arguments).unwrap();
    let outcome = confluence_storage_analyzer::run(&cli, OutputFormat::Text, &Progress::silent()).await.unwrap();
    assert_eq!(outcome.status, ExitStatus::Complete);
    began.elapsed()
}

/// Copies the rows of this week into the weeks before.
fn add_weeks(folder: &Path, weeks: usize) {
    let columns = columns::fields();
    let mut history = History::open(folder, columns.clone(), Duration::ZERO).unwrap();
    let latest = history.latest().unwrap().clone();
    let position = |name: &str| columns.iter().position(|field| field.name == name).unwrap();
    let [week_column, page_column, space_column] = [WEEK, PAGE, SPACE].map(position);
    let mut rows: Vec<Vec<Value>> = Vec::new();
    let add_row = |cells: &[Value]| {
        rows.push(cells.to_vec());
        Ok::<_, HistoryError>(())
    };
    history.read(latest.week, &columns, add_row).unwrap();
    let key = |row: &Vec<Value>| RowKey { space: row[space_column].plain(), page: row[page_column].plain() };
    let keys: Vec<RowKey> = rows.iter().map(key).collect();
    for back in (1..=weeks).rev() {
        let taken_at = latest.taken_at - TimeDelta::weeks(back as i64);
        let week = IsoWeek::of(taken_at);
        let cells = |at: usize| {
            let mut cells = rows[at].clone();
            cells[week_column] = Value::text(week.to_string());
            cells
        };
        let snapshot = Snapshot {
            site: latest.site.clone(),
            account: latest.account.clone(),
            week,
            taken_at,
            run_id: format!("week {back}"),
            status: SnapshotStatus::Complete,
            stopped: false,
            spaces: latest.spaces.keys().cloned().collect(),
            extent: Extent::default(),
            facts: serde_json::Value::Null,
            rows: SnapshotRows { keys: &keys, cells: &cells },
        };
        history.record(&snapshot, Retention::default()).unwrap();
    }
}

/// A site of pages with some text, a table and a link.
fn site(pages: usize) -> Site {
    let mut site = Site::new();
    let per_space = pages / SPACES;
    for space in 0..SPACES {
        site = site.space(&format!("S{space}"), "Space");
        for page in 0..per_space {
            let id = 1_000_000 * (space + 1) + page;
            let mut body = String::new();
            for paragraph in 0..8 {
                // writing to a string cannot fail
                let _ = write!(
                    body,
                    "<h2>Part {paragraph}</h2><p>What page {id} says about part {paragraph}, in words.</p>"
                );
            }
            let _ = write!(
                body,
                r#"<table><tr><td>1</td></tr></table><p><ac:link><ri:page ri:content-title="Page {}" /></ac:link></p>"#,
                (page * 7) % per_space
            );
            site = site.page(&id.to_string(), &format!("Page {page}"), &body);
        }
    }
    site
}
