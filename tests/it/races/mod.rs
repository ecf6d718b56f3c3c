//! Race tests: every kind of change to a site, applied before each request of a crawl. No file that is in use
//! afterwards may be called unreferenced.
//!
//! A normal run tries some points of each row. `RACE_POINTS=all` tries every point, `RACE_POINTS=12` twelve, and
//! `RACE_ROW=words` only the rows whose names contain the words.

pub(crate) mod changes;
pub(crate) mod site;
pub(crate) mod table;

use std::collections::BTreeSet;

use confluence_client::Api;
use confluence_sim::{Fault, FaultPlan, Occurrence, Site, files_in_use};
use confluence_storage_analyzer::audit::Usage;
use confluence_storage_analyzer::error::ExitStatus;
use confluence_storage_analyzer::inventory::CrawlOptions;
use fastrand::Rng;
use test_support::harness::{Harness, Run, also};
use test_support::known_site::TrueUsages;
use test_support::parallel::{each, paused};

use site::SPARE;
use table::{Row, rows};

/// Number of points that a normal run tries per row; half as many with `--verify all`.
const POINTS: u32 = 2;

#[derive(Default)]
struct RowResults {
    right: usize,
    incomplete: usize,
    wrong: Vec<String>,
}

#[test]
fn rows_have_unique_names_and_the_effect_they_claim() {
    let mut names = BTreeSet::new();
    for row in rows() {
        assert!(names.insert(row.name), "two rows {:?}", row.name);
        let mut site = (row.prepare)(site::site());
        let changes = (row.changes)(&site);
        for change in changes {
            change.apply(&mut site, chrono::Utc::now());
        }
        assert_eq!(files_in_use(&site).contains(row.stake), row.in_use, "{}", row.name);
        assert!(!files_in_use(&site).contains(SPARE), "{}", row.name);
    }
}

#[test]
fn whatever_changes_no_file_in_use_is_called_unreferenced() {
    let asked = std::env::var("RACE_POINTS").unwrap_or_default();
    let points = if asked == "all" { None } else { Some(asked.parse().unwrap_or(POINTS)) };
    let chosen = std::env::var("RACE_ROW").unwrap_or_default();
    let mut rows = rows();
    rows.retain(|row| row.name.contains(&chosen));
    let lengths = [false, true].map(|verify_all| paused(length(site::site(), verify_all)));
    let results = each(&rows, |row| try_row(row, points, lengths));
    let mut failed = Vec::new();
    for (row, results) in rows.iter().zip(results) {
        let RowResults { right, incomplete, wrong } = results.unwrap_or_else(|panic| panic!("{}: {panic}", row.name));
        eprintln!("{right:>4} right, {incomplete:>4} incomplete, {:>4} wrong: {}", wrong.len(), row.name);
        if let Some(first) = wrong.first() {
            failed.push(format!("{}: {first} ({} wrong)", row.name, wrong.len()));
        }
    }
    assert!(failed.is_empty(), "{} rows:\n{}", failed.len(), failed.join("\n"));
}

/// Tries a row at some points or all, with and without `--verify all`.
fn try_row(row: &Row, wanted: Option<u32>, lengths: [u32; 2]) -> RowResults {
    let mut results = RowResults::default();
    let mut random = Rng::with_seed(row.name.bytes().map(u64::from).sum());
    for (verify_all, length_at_rest) in [false, true].into_iter().zip(lengths) {
        let points = match wanted {
            Some(parts) => {
                let parts = if verify_all { parts.div_ceil(2) } else { parts };
                some_points(&mut random, length_at_rest, parts)
            }
            None => (1..=paused(length((row.prepare)(site::site()), verify_all))).collect(),
        };
        for point in points {
            paused(race(row, verify_all, point, &mut results));
        }
    }
    results
}

/// Returns the number of requests of a crawl without changes.
async fn length(site: Site, verify_all: bool) -> u32 {
    let harness = Harness::start((site, TrueUsages::new()), FaultPlan::none()).await;
    u32::try_from(read(&harness, verify_all).await.requests).unwrap()
}

/// Picks one point in each part of a crawl.
fn some_points(random: &mut Rng, length: u32, parts: u32) -> Vec<u32> {
    let part = length.div_ceil(parts);
    (0..parts).map(|at| at * part + random.u32(1..=part)).collect()
}

async fn read(harness: &Harness, verify_all: bool) -> Run {
    let options = CrawlOptions { verify_all, ..CrawlOptions::default() };
    harness.run_unchecked(&Api::new(harness.settings()).unwrap(), &options).await
}

/// Crawls with the change before one request.
async fn race(row: &Row, verify_all: bool, point: u32, results: &mut RowResults) {
    let site = (row.prepare)(site::site());
    let changes = (row.changes)(&site);
    let plan = changes.into_iter().fold((row.faults)(FaultPlan::none()), |plan, change| {
        also(plan, "*", Occurrence::Only(point), Fault::Change(Box::new(change)))
    });
    let harness = Harness::start((site, TrueUsages::new()), plan).await;
    let run = read(&harness, verify_all).await;
    let requests = &harness.server.requests()[run.before..];
    let at = requests.get(point as usize - 1).map_or_else(String::new, |one| format!("{}?{}", one.path, one.query));
    let context =
        format!("before request {point} of {} ({at}){}", run.requests, if verify_all { ", --verify all" } else { "" });
    let wrongly_unreferenced = harness.wrongly_unreferenced(&run);
    let complete = run.status() == ExitStatus::Complete;
    if !wrongly_unreferenced.is_empty() {
        results.wrong.push(format!("{wrongly_unreferenced:?} {context}"));
    } else if complete && !row.unsettles_spare && run.usage(SPARE) != Usage::Unreferenced {
        results.wrong.push(format!("{SPARE} is {:?} {context}", run.usage(SPARE)));
    } else if complete {
        results.right += 1;
    } else {
        results.incomplete += 1;
    }
}
