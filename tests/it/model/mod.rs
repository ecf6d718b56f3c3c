//! Random sites × random faults × a stop at a random request, against the invariants I1 to I7
//! (`reliability-security.md` A5).
//!
//! `MODEL_SEEDS=5000` runs as many; `MODEL_SEED=17` runs that one, as a failure tells it.

mod faults;
mod site;

use std::time::Duration;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use confluence_storage_analyzer::audit::{AuditOptions, Usage};
use confluence_storage_analyzer::commands::reading::Reading;
use confluence_storage_analyzer::error::ExitStatus;
use confluence_storage_analyzer::report::{self, RunFacts};
use fastrand::Rng;
use tempfile::TempDir;

use faults::Plan;
use test_support::bench::{Bench, Run};
use test_support::folder;

/// Seeds of an ordinary test run.
const SEEDS: u64 = 30;

#[tokio::test(start_paused = true)]
async fn whatever_goes_wrong_the_promise_holds() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seeds = match number("MODEL_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("MODEL_SEEDS").unwrap_or(SEEDS),
    };
    let (mut complete, mut incomplete, mut without) = (0, 0, 0);
    for seed in seeds.clone() {
        match one(seed).await {
            Some(ExitStatus::Complete) => complete += 1,
            Some(_) => incomplete += 1,
            None => without += 1,
        }
    }
    eprintln!("{complete} complete, {incomplete} incomplete, {without} without a reading");
    if seeds.end - seeds.start >= SEEDS {
        assert!(complete > 5 && incomplete > 5, "a generator whose runs all end alike proves little");
    }
}

/// One random reading; gives how it ended.
async fn one(seed: u64) -> Option<ExitStatus> {
    // neighbouring seeds begin far apart
    let mut random = Rng::with_seed(Rng::with_seed(seed).u64(..));
    let mut plan = Plan::draw(&mut random);
    let (site, truth) = site::draw(&mut random, plan.lies);
    let mut bench = Bench::start((site, truth), std::mem::take(&mut plan.faults)).await;
    // a search that answers page after page without anything, but with a next one, is followed a thousand pages far
    bench.bound = 6_000;
    let told = format!("MODEL_SEED={seed}: {}", plan.words.join("; "));
    eprintln!("{told}");
    // I2, I7 and what makes a reading sound are checked by the bench itself
    let run = bench.run_until(&mut plan.stop).await;
    assert!(run.elapsed < Duration::from_secs(48 * 3600), "I3, {told}: {:?}", run.elapsed);
    let reading = match &run.result {
        Ok(reading) => reading,
        Err(failure) => {
            assert_ne!(failure.status, ExitStatus::Complete, "{told}");
            assert!(!failure.to_string().contains(&bench.server.token()), "I4, {told}");
            return None;
        }
    };
    truth_is_told(&bench, &run, reading, &plan, &told);
    report_is_honest(&bench, reading, &told);
    if plan.words.is_empty() {
        same_again(&bench, reading, &told).await;
    }
    Some(reading.status)
}

/// I1: a complete reading tells the truth of every file; where the server left fields out it may say that it cannot.
fn truth_is_told(bench: &Bench, run: &Run, reading: &Reading, plan: &Plan, told: &str) {
    if reading.status != ExitStatus::Complete {
        return;
    }
    for (id, said) in run.usages() {
        let truth = bench.truth[&id];
        let excused = plan.leaves_fields_out && (said == Usage::Undetermined || truth != Usage::Unreferenced);
        assert!(said == truth || excused, "I1, {told}: {id} is {truth:?} and was called {said:?}");
    }
}

/// I4 and I5: the report on the disk is marked as it should be, and bears no token.
fn report_is_honest(bench: &Bench, reading: &Reading, told: &str) {
    let place = TempDir::new().unwrap();
    let written = write(place.path(), reading);
    let expected =
        if reading.status == ExitStatus::Complete { folder::State::Complete } else { folder::State::Incomplete };
    assert_eq!(folder::state(&written), expected, "I5, {told}");
    let (user, token) = (bench.server.user(), bench.server.token());
    let pair = BASE64_STANDARD.encode(format!("{user}:{token}"));
    for (path, bytes) in folder::files(&written) {
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains(&token) && !text.contains(&pair), "I4, {told}: {path}");
    }
}

fn write(place: &std::path::Path, reading: &Reading) -> std::path::PathBuf {
    let facts = RunFacts {
        exit_code: reading.status.code(),
        stopped: reading.stopped.as_ref().map(ToString::to_string),
        audit: AuditOptions::default(),
        ..test_support::sample::run_facts()
    };
    report::write(place, &facts, &reading.inventory, &reading.audit).unwrap()
}

/// I6: the same site gives the same tables.
async fn same_again(bench: &Bench, reading: &Reading, told: &str) {
    let again = bench.run().await;
    let (one, two) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let (one, two) = (write(one.path(), reading), write(two.path(), again.reading()));
    for table in ["attachments.csv", "versions.csv", "duplicates.csv", "uses.csv"] {
        assert_eq!(std::fs::read(one.join(table)).unwrap(), std::fs::read(two.join(table)).unwrap(), "I6, {told}");
    }
}
