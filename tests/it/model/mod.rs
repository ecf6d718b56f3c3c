//! Random sites × random changes × random faults × a stop or a kill at a random request, against the invariants I1 to I7.
//!
//! `MODEL_SEEDS=5000` runs as many, on all processors; `MODEL_SEEDS=5000..6000` runs those; `MODEL_SEED=17` runs that
//! one, as a failure tells it.

mod changes;
mod faults;
mod kills;
mod site;

use std::ops::Range;
use std::time::Duration;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use confluence_sim::files_in_use;
use confluence_storage_analyzer::audit::{AuditOptions, Usage};
use confluence_storage_analyzer::commands::reading::Reading;
use confluence_storage_analyzer::error::ExitStatus;
use confluence_storage_analyzer::report::{self, RunFacts};
use fastrand::Rng;
use tempfile::TempDir;

use faults::Plan;
use test_support::bench::{Bench, Run};
use test_support::folder;
use test_support::known::{self, Truth};
use test_support::parallel::{each, paused};

/// Seeds of an ordinary test run.
const SEEDS: u64 = 30;

/// The seeds that the environment asks for.
fn seeds() -> Option<Range<u64>> {
    let text = |name: &str| std::env::var(name).ok();
    let number = |text: &str| text.parse::<u64>().unwrap_or_else(|_| panic!("{text} is no number of a seed"));
    if let Some(seed) = text("MODEL_SEED") {
        return Some(number(&seed)..number(&seed) + 1);
    }
    let seeds = text("MODEL_SEEDS")?;
    let (first, end) = seeds.split_once("..").unwrap_or(("0", &seeds));
    Some(number(first)..number(end))
}

#[test]
fn whatever_goes_wrong_the_promise_holds() {
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
    eprintln!("{complete} complete, {incomplete} incomplete, {without} without a reading, {} wrong", failed.len());
    assert!(failed.is_empty(), "{} of {} seeds:\n{}", failed.len(), seeds.len(), failed.join("\n"));
    if seeds.len() as u64 >= SEEDS {
        assert!(complete > 5 && incomplete > 5, "a generator whose runs all end alike proves little");
    }
}

/// The generator knows what it put into a site, and [`files_in_use`] finds it there.
#[test]
fn the_truth_is_known_from_two_sides() {
    let drawn = (0..300).map(|seed| site::draw(&mut Rng::with_seed(seed), seed % 2 == 0));
    for (site, truth) in drawn.chain([known::site()]) {
        let in_use = files_in_use(&site);
        for (id, usage) in truth.iter().filter(|(_, usage)| **usage != Usage::NotJudged) {
            assert_eq!(in_use.contains(id), *usage != Usage::Unreferenced, "{id} is {usage:?}");
        }
    }
}

/// One random reading; gives how it ended.
async fn one(seed: u64) -> Option<ExitStatus> {
    // neighbouring seeds begin far apart
    let mut random = Rng::with_seed(Rng::with_seed(seed).u64(..));
    let mut plan = Plan::draw(&mut random);
    let (mut site, truth) = site::draw(&mut random, plan.lies);
    // what is archived or moved would be out of the index, which has to tell of the items that a list hides
    for change in changes::draw(&mut random, &mut site, plan.lies) {
        plan.change(random.u32(1..=90), change);
    }
    // what the generator put there is no longer what is there
    let truth = if plan.changes { Truth::new() } else { truth };
    let mut bench = Bench::start((site, truth), std::mem::take(&mut plan.faults)).await;
    // a search that answers page after page without anything, but with a next one, is followed a thousand pages far
    bench.bound = 6_000;
    let told = format!("MODEL_SEED={seed}: {}", plan.words.join("; "));
    let _told = Told { words: &told, bench: &bench };
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

/// Tells of a failed run what went wrong on the site, and what it asked.
struct Told<'t> {
    words: &'t str,
    bench: &'t Bench,
}

impl Drop for Told<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}", self.words);
            if std::env::var_os("MODEL_SEED").is_some() {
                let moments = self.bench.server.moments();
                for (at, request) in self.bench.server.requests().iter().enumerate() {
                    let made = moments.iter().filter(|moment| moment.request == at);
                    made.for_each(|moment| eprintln!("     {:?}", moment.change));
                    eprintln!("{:>4} {} {}?{}", at + 1, request.status, request.path, request.query);
                }
            }
        }
    }
}

/// I1: a complete reading tells the truth of every file; where the server left fields out it may say that it cannot.
fn truth_is_told(bench: &Bench, run: &Run, reading: &Reading, plan: &Plan, told: &str) {
    // where something changed, the bench itself asks what nothing excuses
    if reading.status != ExitStatus::Complete || plan.changes {
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
