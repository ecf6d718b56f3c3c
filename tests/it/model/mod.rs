//! Model test: random sites × random changes × random faults × a stop or kill at a random request, checked against
//! these invariants:
//!
//! - I1: a complete run has the correct verdict for every file.
//! - I2: no file in use is called unreferenced, and an incomplete run calls no file unreferenced.
//! - I3: a run ends within 48 hours of the paused clock.
//! - I4: no message and no file contains the token.
//! - I5: the report is marked complete if and only if the run is.
//! - I6: the same site produces the same tables.
//! - I7: the number of requests is bounded, and all of them are GET.
//!
//! `MODEL_SEEDS=5000` runs 5,000 seeds on all processors, `MODEL_SEEDS=5000..6000` a range, and `MODEL_SEED=17` the
//! seed that a failure reports.

mod changes;
mod faults;
mod kills;
mod recheck;
mod site;

use std::ops::Range;
use std::time::Duration;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use confluence_sim::files_in_use;
use confluence_storage_analyzer::audit::{AuditOptions, Usage};
use confluence_storage_analyzer::commands::audit_run::AuditRun;
use confluence_storage_analyzer::error::ExitStatus;
use confluence_storage_analyzer::report::{self, ReportInput, RunFacts};
use fastrand::Rng;
use tempfile::TempDir;

use faults::Plan;
use test_support::harness::{Harness, Run};
use test_support::known_site::{self, TrueUsages};
use test_support::parallel::{each, paused};
use test_support::report_folder;

/// Number of seeds in a normal test run.
const SEEDS: u64 = 30;

/// Returns the seeds set by environment variables.
fn seeds() -> Option<Range<u64>> {
    let text = |name: &str| std::env::var(name).ok();
    let number = |text: &str| text.parse::<u64>().unwrap_or_else(|_| panic!("invalid seed {text}"));
    if let Some(seed) = text("MODEL_SEED") {
        return Some(number(&seed)..number(&seed) + 1);
    }
    let seeds = text("MODEL_SEEDS")?;
    let (first, end) = seeds.split_once("..").unwrap_or(("0", &seeds));
    Some(number(first)..number(end))
}

#[test]
fn no_file_in_use_is_called_unreferenced_whatever_goes_wrong() {
    let seeds: Vec<u64> = seeds().unwrap_or(0..SEEDS).collect();
    let (mut complete, mut incomplete, mut without, mut failed) = (0, 0, 0, Vec::new());
    for (end, seed) in each(&seeds, |seed| paused(Box::pin(one(*seed)))).into_iter().zip(&seeds) {
        match end {
            Ok(Some(ExitStatus::Complete)) => complete += 1,
            Ok(Some(_)) => incomplete += 1,
            Ok(None) => without += 1,
            Err(panic) => failed.push(format!("MODEL_SEED={seed}: {panic}")),
        }
    }
    eprintln!("{complete} complete, {incomplete} incomplete, {without} without a report, {} wrong", failed.len());
    assert!(failed.is_empty(), "{} of {} seeds:\n{}", failed.len(), seeds.len(), failed.join("\n"));
    if seeds.len() as u64 >= SEEDS {
        assert!(complete > 5 && incomplete > 5, "too few runs of one kind to test both");
    }
}

/// The usages that the generator recorded agree with those that [`files_in_use`] finds.
#[test]
fn the_generator_and_the_independent_check_agree_on_the_files_in_use() {
    let drawn = (0..300).map(|seed| site::draw(&mut Rng::with_seed(seed), seed % 2 == 0));
    for (site, truth) in drawn.chain([known_site::site()]) {
        let in_use = files_in_use(&site);
        for (id, usage) in truth.iter().filter(|(_, usage)| **usage != Usage::NotJudged) {
            assert_eq!(in_use.contains(id), *usage != Usage::Unreferenced, "{id} is {usage:?}");
        }
    }
}

/// Runs one random case; returns its exit status, or `None` without a report.
async fn one(seed: u64) -> Option<ExitStatus> {
    // decorrelates neighbouring seeds
    let mut random = Rng::with_seed(Rng::with_seed(seed).u64(..));
    let mut plan = Plan::draw(&mut random);
    let (mut site, truth) = site::draw(&mut random, plan.lies);
    // archived or moved content would leave the search index, which has to reveal the items that a list hides
    for change in changes::draw(&mut random, &mut site, plan.lies) {
        plan.change(random.u32(1..=90), change);
    }
    // after changes, the usages recorded by the generator are outdated
    let truth = if plan.changes { TrueUsages::new() } else { truth };
    let mut harness = Harness::start((site, truth), std::mem::take(&mut plan.faults)).await;
    // a search that returns empty pages with a next link is followed for up to a thousand pages
    harness.max_requests = 6_000;
    let context = format!("MODEL_SEED={seed}: {}", plan.words.join("; "));
    let _printed_on_panic = FailureContext { words: &context, harness: &harness };
    // `Harness` itself checks I2, I7, and that status, coverage and audit agree
    let run = harness.run_until(&mut plan.stop).await;
    assert!(run.elapsed < Duration::from_secs(48 * 3600), "I3, {context}: {:?}", run.elapsed);
    let audit_run = match &run.result {
        Ok(audit_run) => audit_run,
        Err(failure) => {
            assert_ne!(failure.status, ExitStatus::Complete, "{context}");
            assert!(!failure.to_string().contains(&harness.server.token()), "I4, {context}");
            return None;
        }
    };
    check_verdicts(&harness, &run, audit_run, &plan, &context);
    check_report(&harness, audit_run, &context);
    if plan.words.is_empty() {
        check_determinism(&harness, audit_run, &context).await;
    }
    Some(audit_run.status)
}

/// Prints the faults and requests of a run whose test panics.
struct FailureContext<'t> {
    words: &'t str,
    harness: &'t Harness,
}

impl Drop for FailureContext<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}", self.words);
            if std::env::var_os("MODEL_SEED").is_some() {
                let moments = self.harness.server.applied_changes();
                for (at, request) in self.harness.server.requests().iter().enumerate() {
                    let made = moments.iter().filter(|moment| moment.request == at);
                    made.for_each(|moment| eprintln!("     {:?}", moment.change));
                    eprintln!("{:>4} {} {}?{}", at + 1, request.status, request.path, request.query);
                }
            }
        }
    }
}

/// I1: a complete run has the correct verdict for every file; where the server omits fields, it may be undetermined.
fn check_verdicts(harness: &Harness, run: &Run, audit_run: &AuditRun, plan: &Plan, context: &str) {
    // for sites that change, `Harness` itself checks the verdicts
    if audit_run.status != ExitStatus::Complete || plan.changes {
        return;
    }
    for (id, said) in run.usages() {
        let truth = harness.truth[&id];
        let excused = plan.leaves_fields_out && (said == Usage::Undetermined || truth != Usage::Unreferenced);
        assert!(said == truth || excused, "I1, {context}: {id} is {truth:?} and was called {said:?}");
    }
}

/// I4 and I5: the report on the disk is marked correctly and does not contain the token.
fn check_report(harness: &Harness, audit_run: &AuditRun, context: &str) {
    let work_folder = TempDir::new().unwrap();
    let written = write(work_folder.path(), audit_run);
    let expected = if audit_run.status == ExitStatus::Complete {
        report_folder::ReportFolderState::Complete
    } else {
        report_folder::ReportFolderState::Incomplete
    };
    assert_eq!(report_folder::state(&written), expected, "I5, {context}");
    let (user, token) = (harness.server.user(), harness.server.token());
    let pair = BASE64_STANDARD.encode(format!("{user}:{token}"));
    for (path, bytes) in report_folder::files(&written) {
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains(&token) && !text.contains(&pair), "I4, {context}: {path}");
    }
}

fn write(work_folder: &std::path::Path, audit_run: &AuditRun) -> std::path::PathBuf {
    let facts = RunFacts {
        exit_code: audit_run.status.code(),
        stopped: audit_run.stopped.as_ref().map(ToString::to_string),
        audit: AuditOptions::default(),
        ..test_support::sample::run_facts()
    };
    report::write(work_folder, ReportInput { run: &facts, inventory: &audit_run.inventory, audit: &audit_run.audit })
        .unwrap()
}

/// I6: the same site produces the same tables.
async fn check_determinism(harness: &Harness, audit_run: &AuditRun, context: &str) {
    let again = harness.run().await;
    let (one, two) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let (one, two) = (write(one.path(), audit_run), write(two.path(), again.audit_run()));
    for table in ["attachments.csv", "versions.csv", "duplicates.csv", "uses.csv"] {
        assert_eq!(std::fs::read(one.join(table)).unwrap(), std::fs::read(two.join(table)).unwrap(), "I6, {context}");
    }
}
