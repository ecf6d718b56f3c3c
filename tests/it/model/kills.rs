//! Real processes that are killed at a random request of a random crawl: no incomplete folder looks complete, and the
//! next run, with the cache that the killed one left, has correct verdicts.
#![cfg(unix)]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Child, Command};
use std::sync::{Arc, OnceLock};

use confluence_sim::{Fault, FaultPlan, Occurrence, files_in_use};
use confluence_storage_analyzer::audit::Usage;
use fastrand::Rng;
use tempfile::TempDir;
use test_support::harness::also;
use test_support::parallel::each;
use test_support::races::certainly_in_use;
use test_support::{known_site::TrueUsages, report_folder};

use super::{changes, seeds, site};
use crate::end_to_end::processes::start;
use crate::run_program::{Server, file_name, rows_of};

/// One of this many seeds of the model kills a process.
const ONE_OF: u64 = 50;
/// Number of seeds in a normal run.
const SEEDS: u64 = 3;

#[test]
fn a_killed_run_leaves_no_misleading_report() {
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

/// Runs a process that is killed and another one after it; returns whether the signal arrived in time.
fn killed(seed: u64) -> bool {
    let mut random = Rng::with_seed(Rng::with_seed(seed ^ 0x6b69_6c6c).u64(..));
    let (mut site, truth) = site::draw(&mut random, false);
    let changes = changes::draw(&mut random, &mut site, false);
    let is_unchanged = changes.is_empty();
    let initial = site.clone();
    let process = Arc::new(OnceLock::<u32>::new());
    let (signal, at) = (random.choice(["KILL", "KILL", "TERM"]).unwrap(), random.u32(1..=70));
    let kill = {
        let process = Arc::clone(&process);
        Fault::change_site(move |_| {
            // the process has already ended if it needed fewer requests
            let _ = Command::new("kill").args([&format!("-{signal}"), &process.wait().to_string()]).status().unwrap();
        })
    };
    let mut plan = also(FaultPlan::none(), "*", Occurrence::Only(at), kill);
    for change in changes {
        plan = also(plan, "*", Occurrence::Only(random.u32(1..=at)), Fault::Change(Box::new(change)));
    }
    let server = Server::start(site, plan);
    let work_folder = TempDir::new().unwrap();
    let run = |process: Option<&OnceLock<u32>>| {
        let child: Child = start(&server, work_folder.path(), "", &["--concurrency", "4"]);
        if let Some(process) = process {
            process.set(child.id()).unwrap();
        }
        child.wait_with_output().unwrap()
    };
    let first = run(Some(&process));
    let context = format!("{signal} at request {at}");
    let left = reports(work_folder.path());
    let requests = server.server.requests();
    let in_use = certainly_in_use(&initial, &server.server.applied_changes(), &requests, 0);
    for report in &left {
        let state = report_folder::state(report);
        assert!(
            !matches!(state, report_folder::ReportFolderState::Invalid(_)),
            "{context}: {} is {state:?}",
            report.display()
        );
        if state == report_folder::ReportFolderState::Complete {
            assert_eq!(first.status.code(), Some(0), "{context}: complete, although it was stopped");
            assert_eq!(unreferenced(report).intersection(&in_use).count(), 0, "{context}: {}", report.display());
        }
    }
    server.server.set_faults(FaultPlan::none());
    let next = run(None);
    let words = String::from_utf8_lossy(&next.stderr);
    assert_eq!(next.status.code(), Some(0), "{context}, next run: {words}");
    let new: Vec<_> = reports(work_folder.path()).into_iter().filter(|report| !left.contains(report)).collect();
    let [report] = new.as_slice() else { panic!("{context}: {new:?}") };
    assert_eq!(report_folder::state(report), report_folder::ReportFolderState::Complete, "{context}");
    let found = unreferenced(report);
    let in_use = server.server.site(files_in_use);
    assert_eq!(found.intersection(&in_use).collect::<Vec<_>>(), [] as [&String; 0], "{context}, next run");
    if is_unchanged {
        assert_eq!(found, unused(&truth), "{context}, next run");
    }
    first.status.code() != Some(0)
}

fn reports(work_folder: &Path) -> BTreeSet<std::path::PathBuf> {
    let entries = std::fs::read_dir(work_folder).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| file_name(path).starts_with("confluence_analysis_")).collect()
}

fn unreferenced(report: &Path) -> BTreeSet<String> {
    let rows = rows_of(&report.join("attachments.csv")).into_iter();
    rows.filter(|row| row["Usage"] == Usage::Unreferenced.as_str()).map(|row| row["Attachment ID"].clone()).collect()
}

fn unused(truth: &TrueUsages) -> BTreeSet<String> {
    truth.iter().filter(|(_, usage)| **usage == Usage::Unreferenced).map(|(id, _)| id.clone()).collect()
}
