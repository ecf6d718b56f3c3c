//! Exit codes of runs that cannot continue, and the files that they leave unchanged.

use std::collections::BTreeMap;
use std::time::Duration;

use confluence_sim::{Fault, FaultPlan, Occurrence, RoutePattern};
use confluence_storage_analyzer::history::{History, SnapshotStatus};
use confluence_storage_analyzer::metrics::columns;

use serde_json::json;

use super::harness::{Harness, weeks_ago};
use super::knowledge_base::{CONFIGURATION, site};

fn start(faults: FaultPlan) -> Harness {
    Harness::start(site(), faults).configure(CONFIGURATION)
}

#[test]
fn a_login_lost_during_the_run_exits_with_4_and_keeps_the_complete_week() {
    let harness = start(FaultPlan::none());
    harness.snapshot(&[]).exits_with(0);
    let requests = u32::try_from(harness.server.requests().len()).unwrap();
    for after in [requests / 2, requests - 2] {
        harness.server.set_faults(FaultPlan::none().unauthorized_from(after));
        let run = harness.snapshot(&[]).exits_with(4);
        assert_eq!(run.json()["complete"], false);
        assert_eq!(run.json()["in_history"], false);
        assert_eq!(harness.history().week(weeks_ago(0)).unwrap().status, SnapshotStatus::Complete);
        assert!(harness.pages().values().all(|row| row["snapshot_status"] == "incomplete"));
    }
}

#[test]
fn a_wrong_token_exits_with_4_and_writes_no_week() {
    let harness = start(FaultPlan::none().unauthorized_from(1));
    harness.snapshot(&[]).exits_with(4);
    assert_eq!(harness.history().newest(), None);
}

#[test]
fn a_run_without_a_usable_result_exits_with_5_and_changes_no_files() {
    let harness = start(FaultPlan::none());
    harness.snapshot(&[]).exits_with(0);
    let before = std::fs::read(harness.data().join("confluence_data_current.csv")).unwrap();
    let pages = RoutePattern::path("/wiki/api/v2/pages").unwrap();
    harness.server.set_faults(FaultPlan::none().on(pages, Occurrence::From(1), Fault::status(403)));
    let run = harness.snapshot(&[]).exits_with(5);
    assert!(run.stderr.contains("no snapshot was taken"), "{}", run.stderr);
    assert_eq!(std::fs::read(harness.data().join("confluence_data_current.csv")).unwrap(), before);
}

#[test]
fn a_locked_history_exits_with_7_before_the_first_request() {
    let harness = start(FaultPlan::none());
    std::fs::create_dir(harness.data()).unwrap();
    let held = History::open(&harness.data(), columns::fields(), Duration::from_secs(60)).unwrap();
    let run = harness.snapshot(&[]).exits_with(7);
    assert_eq!((&run.json()["complete"], &run.json()["exit_code"]), (&json!(false), &json!(7)));
    assert!(harness.server.requests().is_empty(), "{}", run.stderr);
    drop(held);
    harness.snapshot(&[]).exits_with(0);
}

#[test]
fn a_damaged_history_exits_with_6_and_is_not_changed() {
    let harness = start(FaultPlan::none());
    harness.snapshot(&[]).exits_with(0);
    let file = harness.data().join(format!("history/snapshot_week={}/pages.parquet", weeks_ago(0)));
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[200] ^= 1;
    std::fs::write(&file, &bytes).unwrap();
    let sent = harness.server.requests().len();
    let run = harness.snapshot(&[]).exits_with(6);
    assert!(run.stderr.contains("history repair"), "{}", run.stderr);
    assert_eq!((std::fs::read(&file).unwrap(), harness.server.requests().len()), (bytes, sent));
    harness.run(&["history", "repair"]).exits_with(0);
    harness.snapshot(&[]).exits_with(0);
}

#[test]
fn derived_files_saved_by_a_spreadsheet_do_not_stop_a_run() {
    let harness = start(FaultPlan::none());
    harness.snapshot(&[]).exits_with(0);
    let weekly = format!("confluence_data_{}.csv", weeks_ago(0));
    let before: Vec<_> = ["confluence_data_history.csv", "model/dim_page.csv", "index.html", &weekly]
        .map(|name| (name.to_owned(), std::fs::read(harness.data().join(name)).unwrap()))
        .into();
    for (name, bytes) in &before {
        let saved = [&bytes[3..], b"\n;;;\n"].concat();
        std::fs::write(harness.data().join(name), saved).unwrap();
    }
    std::fs::remove_dir_all(harness.data().join("findings")).unwrap();
    let run = harness.run(&["history", "export"]).exits_with(0);
    for (name, bytes) in &before {
        assert!(run.stderr.contains(&format!("{name} was changed outside this program")), "{}", run.stderr);
        assert_eq!(std::fs::read(harness.data().join(name)).unwrap(), *bytes, "{name}");
        assert!(harness.data().join(format!("{name}.edited")).exists());
    }
    assert!(harness.data().join("findings/stubs.csv").exists());
    let run = harness.snapshot(&[]).exits_with(0);
    assert!(!run.stderr.contains("was changed"), "the remark appears once: {}", run.stderr);
}

#[test]
fn history_export_writes_the_same_files_as_the_run() {
    let harness = start(FaultPlan::none());
    harness.record(weeks_ago(1), true, &["KB", "HR"], &[&[("page_id", "1000"), ("space_key", "KB")]]);
    harness.snapshot(&[]).exits_with(0);
    let read = || {
        let files = test_support::report_folder::files(&harness.data()).into_iter();
        let below = |path: String| path.strip_prefix(&format!("{}/", harness.data().display())).unwrap().to_owned();
        files.map(|(path, bytes)| (below(path), bytes)).collect::<BTreeMap<String, Vec<u8>>>()
    };
    let before = read();
    for name in before.keys().filter(|name| !name.starts_with("history/") && !name.starts_with("history.")) {
        std::fs::remove_file(harness.data().join(name)).unwrap();
    }
    harness.run(&["history", "export"]).exits_with(0);
    let after = read();
    for (name, bytes) in before.iter().filter(|(name, _)| !name.starts_with("history.")) {
        assert!(after[name] == *bytes, "{name} differs");
    }
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
}

#[test]
fn a_run_of_one_space_keeps_the_rows_of_the_others() {
    let harness = start(FaultPlan::none());
    harness.snapshot(&["--space", "KB", "--space", "HR"]).exits_with(0);
    let weekly = || super::harness::rows(&harness.data().join(format!("confluence_data_{}.csv", weeks_ago(0))));
    let before = weekly();
    harness.snapshot(&["--space", "HR"]).exits_with(0);
    let key = |row: &super::harness::Row| (row["space_key"].clone(), row["page_id"].clone());
    assert_eq!(weekly().iter().map(key).collect::<Vec<_>>(), before.iter().map(key).collect::<Vec<_>>());
    assert!(harness.pages().values().all(|row| row["space_key"] == "HR"), "the current file has the rows of the run");
    let page = std::fs::read_to_string(harness.data().join("index.html")).unwrap();
    assert!(page.contains("KB") && page.contains("HR"));
}

#[test]
fn an_unknown_space_exits_with_2_and_is_named() {
    let harness = start(FaultPlan::none());
    for flags in [&["--space", "NOPE"][..], &["--space", "KB", "--space", "NOPE"]] {
        let run = harness.snapshot(flags).exits_with(2);
        assert!(run.stderr.contains("NOPE"), "{}", run.stderr);
    }
    let configured = Harness::start(site(), FaultPlan::none()).configure("[snapshot]\nspace_keys = KB, NOPE\n");
    let run = configured.snapshot(&[]).exits_with(2);
    assert!(run.stderr.contains("NOPE"), "{}", run.stderr);
    assert_eq!(configured.history().newest(), None);
}
