//! Model test of `recheck`: random sites × random changes since the report × random faults. A file is still unreferenced
//! only if nothing uses it, on what the account sees and on what it saw when the report was written, and only if a new
//! audit of the same site calls it unreferenced, too.
//!
//! `RECHECK_SEEDS=5000` runs 5,000 seeds, `RECHECK_SEED=17` the seed that a failure reports.

use std::collections::BTreeSet;

use confluence_client::Api;
use confluence_sim::{Change, FaultPlan};
use confluence_storage_analyzer::audit::Usage;
use confluence_storage_analyzer::error::ExitStatus;
use confluence_storage_analyzer::inventory::CrawlOptions;
use confluence_storage_analyzer::recheck::RecheckResult;
use fastrand::Rng;
use test_support::harness::Harness;
use test_support::known_site::TrueUsages;
use test_support::parallel::{each, paused};

use super::faults::Plan;
use super::{changes, site};
use crate::recheck::{EarlierReport, Rechecked, apply};

/// Number of seeds in a normal test run.
const SEEDS: u64 = 50;
/// Number of rechecks of one report, each after further changes.
const STEPS: u32 = 4;

/// How often each result occurred.
#[derive(Debug, Default)]
struct Tally {
    still_unreferenced: usize,
    used_now: usize,
    gone: usize,
    not_known: usize,
}

#[test]
fn a_file_is_still_unreferenced_only_if_a_new_audit_says_so() {
    let number = |name: &str| Some(std::env::var(name).ok()?.parse::<u64>().expect("a number"));
    let seeds: Vec<u64> = match number("RECHECK_SEED") {
        Some(seed) => vec![seed],
        None => (0..number("RECHECK_SEEDS").unwrap_or(SEEDS)).collect(),
    };
    let (mut all, mut failed) = (Tally::default(), Vec::new());
    for (result, seed) in each(&seeds, |seed| paused(Box::pin(one(*seed)))).into_iter().zip(&seeds) {
        match result {
            Ok(tally) => {
                all.still_unreferenced += tally.still_unreferenced;
                all.used_now += tally.used_now;
                all.gone += tally.gone;
                all.not_known += tally.not_known;
            }
            Err(panic) => failed.push(format!("RECHECK_SEED={seed}: {panic}")),
        }
    }
    eprintln!("{all:?}, {} wrong", failed.len());
    assert!(failed.is_empty(), "{} of {} seeds:\n{}", failed.len(), seeds.len(), failed.join("\n"));
    if seeds.len() as u64 >= SEEDS {
        let Tally { still_unreferenced, used_now, gone, not_known } = all;
        assert!(still_unreferenced > 50 && used_now > 20 && gone > 3 && not_known > 20, "too few results of one kind");
    }
}

async fn one(seed: u64) -> Tally {
    let mut random = Rng::with_seed(Rng::with_seed(seed).u64(..));
    let (drawn, _) = site::draw(&mut random, false);
    let harness = Harness::start((drawn.clone(), TrueUsages::new()), FaultPlan::none()).await;
    let mut tally = Tally::default();
    let Some(report) = EarlierReport::of(&harness).await else { return tally };
    let mut words = Vec::new();
    for step in 0..STEPS {
        // preparations, such as hiding what a change then shows, are made as well: all of this is since the report
        let mut prepared = harness.server.site(confluence_sim::Site::clone);
        let mut drawn = changes::draw_with_ids(&mut random, &mut prepared, false, 9_000_000 + 100 * step);
        // a page that was edited may be hidden from the account then; comments have no restrictions of their own
        let pages = prepared.contents.iter().filter(|content| content.kind.is_page_or_post());
        let pages: BTreeSet<String> = pages.map(|content| content.id.clone()).collect();
        let edited = drawn.iter().rev().find_map(|change| match change {
            Change::EditContent { id, .. } => pages.get(id).cloned(),
            _ => None,
        });
        let hidden = edited.filter(|_| random.bool()).map(|id| Change::HideContent { id, hidden: true });
        drawn.extend(hidden);
        harness.server.change_site(|site| *site = prepared);
        words.extend(drawn.iter().map(|change| format!("{change:?}").chars().take(200).collect::<String>()));
        apply(&harness, &drawn);
        let plan = if random.u8(..4) == 0 { Plan::draw(&mut random) } else { Plan::none() };
        let has_faults = !plan.words.is_empty();
        let context = format!("{}; {}", words.join("; "), plan.words.join("; "));
        harness.server.set_faults(plan.faults);
        let now = report.recheck(&harness).await;
        harness.server.set_faults(FaultPlan::none());
        if let Ok(now) = now {
            check(&harness, &report, &now, &context, &mut tally);
            if step == STEPS - 1 {
                compare_with_audit(&harness, &now, has_faults, &context).await;
            }
        }
    }
    tally
}

/// A file that is still unreferenced is not in use, and everything was read.
fn check(harness: &Harness, report: &EarlierReport, now: &Rechecked, context: &str, tally: &mut Tally) {
    let in_use = report.in_use(harness);
    for (id, (result, reasons)) in &now.files {
        match result {
            RecheckResult::StillUnreferenced => {
                assert_eq!(now.status, ExitStatus::Complete, "{context}");
                assert!(now.obstacles.is_empty(), "{context}");
                assert!(!in_use.contains(id), "{id} is in use, {context}");
                tally.still_unreferenced += 1;
            }
            RecheckResult::UsedNow => tally.used_now += 1,
            RecheckResult::Gone => tally.gone += 1,
            RecheckResult::NotKnown | RecheckResult::ProtectedNow => {
                assert!(!reasons.is_empty(), "{id}, {context}");
                tally.not_known += 1;
            }
        }
    }
}

/// The results agree with a new audit of the same site.
async fn compare_with_audit(harness: &Harness, now: &Rechecked, has_faults: bool, context: &str) {
    let api = Api::new(harness.settings()).unwrap();
    let audit = harness.run_unchecked(&api, &CrawlOptions::default()).await;
    let usages = audit.usages();
    for (id, (result, _)) in &now.files {
        let usage = usages.get(id).copied();
        match result {
            RecheckResult::StillUnreferenced => assert_eq!(usage, Some(Usage::Unreferenced), "{id}, {context}"),
            RecheckResult::UsedNow => {
                let has_use = usage.is_some_and(|usage| usage < Usage::Undetermined && usage != Usage::NotJudged);
                assert!(has_faults || has_use, "{id} is {usage:?}, {context}");
            }
            RecheckResult::Gone => assert!(matches!(usage, None | Some(Usage::NotJudged)), "{id}, {context}"),
            RecheckResult::NotKnown | RecheckResult::ProtectedNow => {}
        }
    }
}
