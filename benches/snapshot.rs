//! A knowledge base of 15,000 pages in 5 spaces, measured twice: what the first snapshot and the next one take in
//! requests, time and memory, with a year of history behind them.
//!
//! `cargo bench --bench snapshot`; `SNAPSHOT_PAGES` and `SNAPSHOT_WEEKS` choose other sizes. The site is served by a
//! second process, so that the peak of memory is the program's own.
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
    Extent, FOLDER, History, HistoryError, Key, PAGE, Retention, Rows, SPACE, Snapshot, Status, WEEK,
};
use confluence_storage_analyzer::metrics::columns;
use confluence_storage_analyzer::progress::Progress;
use confluence_storage_analyzer::spreadsheet::Value;
use confluence_storage_analyzer::support::iso_week::IsoWeek;
use test_support::process::peak_memory;

/// Set in the process that serves the site.
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

/// Serves until standard input ends; tells how many requests came whenever a line does.
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
    let mut ask = server.stdin.take().unwrap();
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
    let address = lines.next().unwrap().unwrap();
    let place = tempfile::TempDir::new().unwrap();
    let mut sent_before = 0;
    let mut sent = || -> u64 {
        ask.write_all(b"\n").unwrap();
        let all: u64 = lines.next().unwrap().unwrap().parse().unwrap();
        let new = all - sent_before;
        sent_before = all;
        new
    };
    println!("{pages} pages in {SPACES} spaces");
    let first = snapshot(place.path(), &address).await;
    tell("first snapshot", first, sent());
    let began = Instant::now();
    add_weeks(&place.path().join(FOLDER), weeks);
    println!("{weeks} weeks recorded in {:.1?}", began.elapsed());
    let second = snapshot(place.path(), &address).await;
    tell("next snapshot", second, sent());
    drop(ask);
    server.wait().unwrap();
}

fn tell(what: &str, took: Duration, requests: u64) {
    println!("{what}: {requests} requests, {took:.1?}, peak memory {} MiB so far", peak_memory() >> 20);
}

/// Runs the command as a terminal would.
async fn snapshot(place: &Path, address: &str) -> Duration {
    let address: Vec<&str> = address.split(' ').collect();
    let config = place.join("bench.cfg");
    let text =
        format!("[confluence]\nbase_url = {}\napi_user = {}\napi_token = {}\n", address[0], address[1], address[2]);
    std::fs::write(&config, text).unwrap();
    let cache = place.join("cache");
    let [config, output, cache] = [config.as_path(), place, cache.as_path()].map(|path| path.to_str().unwrap());
    let arguments = ["bench", "snapshot", "--config", config, "--output", output, "--cache-dir", cache];
    let began = Instant::now();
    let cli = Cli::from_arguments(arguments).unwrap();
    let outcome = confluence_storage_analyzer::run(&cli, OutputFormat::Text, &Progress::silent()).await.unwrap();
    assert_eq!(outcome.status, ExitStatus::Complete);
    began.elapsed()
}

/// Puts the rows of this week into earlier weeks as well.
fn add_weeks(folder: &Path, weeks: usize) {
    let columns = columns::fields();
    let mut history = History::open(folder, columns.clone(), Duration::ZERO).unwrap();
    let known = history.latest().unwrap().clone();
    let place = |name: &str| columns.iter().position(|field| field.name == name).unwrap();
    let [of_week, of_page, of_space] = [WEEK, PAGE, SPACE].map(place);
    let mut rows: Vec<Vec<Value>> = Vec::new();
    let see = |cells: &[Value]| {
        rows.push(cells.to_vec());
        Ok::<_, HistoryError>(())
    };
    history.read(known.week, &columns, see).unwrap();
    let key = |row: &Vec<Value>| Key { space: row[of_space].plain(), page: row[of_page].plain() };
    let keys: Vec<Key> = rows.iter().map(key).collect();
    for back in (1..=weeks).rev() {
        let taken_at = known.taken_at - TimeDelta::weeks(back as i64);
        let week = IsoWeek::of(taken_at);
        let cells = |at: usize| {
            let mut cells = rows[at].clone();
            cells[of_week] = Value::text(week.to_string());
            cells
        };
        let snapshot = Snapshot {
            site: known.site.clone(),
            account: known.account.clone(),
            week,
            taken_at,
            run_id: format!("week {back}"),
            status: Status::Complete,
            stopped: false,
            spaces: known.spaces.keys().cloned().collect(),
            extent: Extent::default(),
            facts: serde_json::Value::Null,
            rows: Rows { keys: &keys, cells: &cells },
        };
        history.record(&snapshot, Retention::default()).unwrap();
    }
}

/// Pages with some text, a table, a link and a file here and there.
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
