//! Real processes that are killed at a random request of a random reading: no folder looks complete that is not, and the
//! next run, with the cache that the killed one left, tells the truth.
#![cfg(unix)]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Child, Command};
use std::sync::{Arc, OnceLock};

use confluence_sim::{Fault, FaultPlan, Occurrence, files_in_use};
use confluence_storage_analyzer::audit::Usage;
use fastrand::Rng;
use tempfile::TempDir;
use test_support::bench::also;
use test_support::parallel::each;
use test_support::races::surely_in_use;
use test_support::{folder, known::Truth};

use super::{changes, seeds, site};
use crate::end_to_end::processes::start;
use crate::program::{Server, file_name, rows_of};

/// Of so many seeds of the model one kills a process.
const ONE_OF: u64 = 50;
/// Seeds of an ordinary run.
const SEEDS: u64 = 3;

#[test]
fn a_killed_run_leaves_nothing_that_misleads() {
    let seeds: Vec<u64> = match seeds() {
        Some(seeds) if seeds.end - seeds.start == 1 => seeds.collect(),
        Some(seeds) => (seeds.start / ONE_OF..seeds.end.div_ceil(ONE_OF)).collect(),
        None => (0..SEEDS).collect(),
    };
    let (mut stopped, mut failed) = (0, Vec::new());
    for (end, seed) in each(&seeds, |seed| killed(*seed)).into_iter().zip(&seeds) {
        match end {
            Ok(was_stopped) => stopped += u32::from(was_stopped),
            Err(panic) => failed.push(format!("MODEL_SEED={seed}: {panic}")),
        }
    }
    assert!(failed.is_empty(), "{} of {} runs:\n{}", failed.len(), seeds.len(), failed.join("\n"));
    assert!(stopped > 0 || seeds.len() == 1, "none of the runs was stopped");
}

/// One run that is killed and one after it; gives whether the signal came in time.
fn killed(seed: u64) -> bool {
    let mut random = Rng::with_seed(Rng::with_seed(seed ^ 0x6b69_6c6c).u64(..));
    let (mut site, truth) = site::draw(&mut random, false);
    let changes = changes::draw(&mut random, &mut site, false);
    let at_rest = changes.is_empty();
    let initial = site.clone();
    let process = Arc::new(OnceLock::<u32>::new());
    let (signal, at) = (random.choice(["KILL", "KILL", "TERM"]).unwrap(), random.u32(1..=70));
    let kill = {
        let process = Arc::clone(&process);
        Fault::change_site(move |_| {
            // it has gone where it needed fewer requests
            let _ = Command::new("kill").args([&format!("-{signal}"), &process.wait().to_string()]).status().unwrap();
        })
    };
    let mut plan = also(FaultPlan::none(), "*", Occurrence::Only(at), kill);
    for change in changes {
        plan = also(plan, "*", Occurrence::Only(random.u32(1..=at)), Fault::Change(Box::new(change)));
    }
    let server = Server::start(site, plan);
    let place = TempDir::new().unwrap();
    let run = |process: Option<&OnceLock<u32>>| {
        let child: Child = start(&server, place.path(), "", &["--concurrency", "4"]);
        if let Some(process) = process {
            process.set(child.id()).unwrap();
        }
        child.wait_with_output().unwrap()
    };
    let first = run(Some(&process));
    let told = format!("{signal} at request {at}");
    let left = reports(place.path());
    let requests = server.server.requests();
    let in_use = surely_in_use(&initial, &server.server.moments(), &requests, 0);
    for report in &left {
        let state = folder::state(report);
        assert!(!matches!(state, folder::State::Lie(_)), "{told}: {} is {state:?}", report.display());
        if state == folder::State::Complete {
            assert_eq!(first.status.code(), Some(0), "{told}: complete, although it was stopped");
            assert_eq!(unreferenced(report).intersection(&in_use).count(), 0, "{told}: {}", report.display());
        }
    }
    server.server.set_faults(FaultPlan::none());
    let next = run(None);
    let words = String::from_utf8_lossy(&next.stderr);
    assert_eq!(next.status.code(), Some(0), "{told}, next run: {words}");
    let new: Vec<_> = reports(place.path()).into_iter().filter(|report| !left.contains(report)).collect();
    let [report] = new.as_slice() else { panic!("{told}: {new:?}") };
    assert_eq!(folder::state(report), folder::State::Complete, "{told}");
    let found = unreferenced(report);
    let in_use = server.server.site(files_in_use);
    assert_eq!(found.intersection(&in_use).collect::<Vec<_>>(), [] as [&String; 0], "{told}, next run");
    if at_rest {
        assert_eq!(found, unused(&truth), "{told}, next run");
    }
    first.status.code() != Some(0)
}

fn reports(place: &Path) -> BTreeSet<std::path::PathBuf> {
    let entries = std::fs::read_dir(place).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| file_name(path).starts_with("confluence_analysis_")).collect()
}

fn unreferenced(report: &Path) -> BTreeSet<String> {
    let rows = rows_of(&report.join("attachments.csv")).into_iter();
    rows.filter(|row| row["Usage"] == Usage::Unreferenced.as_str()).map(|row| row["Attachment ID"].clone()).collect()
}

fn unused(truth: &Truth) -> BTreeSet<String> {
    truth.iter().filter(|(_, usage)| **usage == Usage::Unreferenced).map(|(id, _)| id.clone()).collect()
}
