//! How runs end that cannot go on, and what they leave alone.

use std::time::Duration;

use chrono::Utc;
use confluence_sim::{Fault, FaultPlan, Occurrence, RoutePattern};
use confluence_storage_analyzer::history::{History, Status};

use serde_json::json;

use super::bench::{Bench, weeks_ago};
use super::knowledge_base::{CONFIGURATION, site};

fn start(faults: FaultPlan) -> Bench {
    Bench::start(site(), faults).configure(CONFIGURATION)
}

#[test]
fn a_login_lost_on_the_way_ends_with_4_and_leaves_the_whole_week() {
    let bench = start(FaultPlan::none());
    bench.snapshot(&[]).ends(0);
    let requests = u32::try_from(bench.server.requests().len()).unwrap();
    for after in [requests / 2, requests - 2] {
        bench.server.set_faults(FaultPlan::none().unauthorized_from(after));
        let run = bench.snapshot(&[]).ends(4);
        assert_eq!(run.json()["complete"], false);
        assert_eq!(run.json()["in_history"], false);
        assert_eq!(bench.history().week(weeks_ago(0)).unwrap().status, Status::Complete);
        assert!(bench.pages().values().all(|row| row["snapshot_status"] == "incomplete"));
    }
}

#[test]
fn a_wrong_token_ends_with_4_and_writes_no_week() {
    let bench = start(FaultPlan::none().unauthorized_from(1));
    bench.snapshot(&[]).ends(4);
    assert!(bench.history().weeks().is_empty());
}

#[test]
fn nothing_usable_ends_with_5_and_leaves_the_files() {
    let bench = start(FaultPlan::none());
    bench.snapshot(&[]).ends(0);
    let before = std::fs::read(bench.data().join("confluence_data_current.csv")).unwrap();
    let pages = RoutePattern::path("/wiki/api/v2/pages").unwrap();
    bench.server.set_faults(FaultPlan::none().on(pages, Occurrence::From(1), Fault::status(403)));
    let run = bench.snapshot(&[]).ends(5);
    assert!(run.stderr.contains("no snapshot was taken"), "{}", run.stderr);
    assert_eq!(std::fs::read(bench.data().join("confluence_data_current.csv")).unwrap(), before);
}

#[test]
fn a_history_that_another_run_holds_ends_with_7_before_the_first_request() {
    let bench = start(FaultPlan::none());
    std::fs::create_dir(bench.data()).unwrap();
    let held = History::open(&bench.data(), Utc::now(), Duration::ZERO).unwrap();
    let run = bench.snapshot(&[]).ends(7);
    assert_eq!((&run.json()["complete"], &run.json()["exit_code"]), (&json!(false), &json!(7)));
    assert!(bench.server.requests().is_empty(), "{}", run.stderr);
    drop(held);
    bench.snapshot(&[]).ends(0);
}

#[test]
fn a_damaged_history_ends_with_6_and_is_not_touched() {
    let bench = start(FaultPlan::none());
    bench.snapshot(&[]).ends(0);
    let file = bench.data().join("confluence_data_history.csv");
    let mut text = std::fs::read(&file).unwrap();
    text.extend_from_slice(b"edited by hand\r\n");
    std::fs::write(&file, &text).unwrap();
    let sent = bench.server.requests().len();
    let run = bench.snapshot(&[]).ends(6);
    assert!(run.stderr.contains("history repair"), "{}", run.stderr);
    assert_eq!((std::fs::read(&file).unwrap(), bench.server.requests().len()), (text, sent));
}

#[test]
fn an_unknown_space_ends_with_2_and_is_named() {
    let bench = start(FaultPlan::none());
    for flags in [&["--space", "NOPE"][..], &["--space", "KB", "--space", "NOPE"]] {
        let run = bench.snapshot(flags).ends(2);
        assert!(run.stderr.contains("NOPE"), "{}", run.stderr);
    }
    let configured = Bench::start(site(), FaultPlan::none()).configure("[snapshot]\nspace_keys = KB, NOPE\n");
    let run = configured.snapshot(&[]).ends(2);
    assert!(run.stderr.contains("NOPE"), "{}", run.stderr);
    assert!(configured.history().weeks().is_empty());
}
