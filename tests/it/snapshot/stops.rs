//! How runs end that cannot go on, and what they leave alone.

use std::collections::BTreeMap;
use std::time::Duration;

use confluence_sim::{Fault, FaultPlan, Occurrence, RoutePattern};
use confluence_storage_analyzer::history::{History, Status};
use confluence_storage_analyzer::metrics::columns;

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
    assert_eq!(bench.history().newest(), None);
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
    let held = History::open(&bench.data(), columns::fields(), Duration::from_secs(60)).unwrap();
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
    let file = bench.data().join(format!("history/snapshot_week={}/pages.parquet", weeks_ago(0)));
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[200] ^= 1;
    std::fs::write(&file, &bytes).unwrap();
    let sent = bench.server.requests().len();
    let run = bench.snapshot(&[]).ends(6);
    assert!(run.stderr.contains("history repair"), "{}", run.stderr);
    assert_eq!((std::fs::read(&file).unwrap(), bench.server.requests().len()), (bytes, sent));
    bench.run(&["history", "repair"]).ends(0);
    bench.snapshot(&[]).ends(0);
}

#[test]
fn files_that_a_spreadsheet_saved_do_not_stop_a_run() {
    let bench = start(FaultPlan::none());
    bench.snapshot(&[]).ends(0);
    let weekly = format!("confluence_data_{}.csv", weeks_ago(0));
    let before: Vec<_> = ["confluence_data_history.csv", "model/dim_page.csv", "index.html", &weekly]
        .map(|name| (name.to_owned(), std::fs::read(bench.data().join(name)).unwrap()))
        .into();
    for (name, bytes) in &before {
        let saved = [&bytes[3..], b"\n;;;\n"].concat();
        std::fs::write(bench.data().join(name), saved).unwrap();
    }
    std::fs::remove_dir_all(bench.data().join("findings")).unwrap();
    let run = bench.run(&["history", "export"]).ends(0);
    for (name, bytes) in &before {
        assert!(run.stderr.contains(&format!("{name} was changed outside this program")), "{}", run.stderr);
        assert_eq!(std::fs::read(bench.data().join(name)).unwrap(), *bytes, "{name}");
        assert!(bench.data().join(format!("{name}.edited")).exists());
    }
    assert!(bench.data().join("findings/stubs.csv").exists());
    let run = bench.snapshot(&[]).ends(0);
    assert!(!run.stderr.contains("was changed"), "told once: {}", run.stderr);
}

#[test]
fn the_dashboard_written_again_is_the_one_of_the_run() {
    let bench = start(FaultPlan::none());
    bench.record(weeks_ago(1), true, &["KB", "HR"], &[&[("page_id", "1000"), ("space_key", "KB")]]);
    bench.snapshot(&[]).ends(0);
    let read = || {
        let files = test_support::folder::files(&bench.data()).into_iter();
        let below = |path: String| path.strip_prefix(&format!("{}/", bench.data().display())).unwrap().to_owned();
        files.map(|(path, bytes)| (below(path), bytes)).collect::<BTreeMap<String, Vec<u8>>>()
    };
    let before = read();
    for name in before.keys().filter(|name| !name.starts_with("history/") && !name.starts_with("history.")) {
        std::fs::remove_file(bench.data().join(name)).unwrap();
    }
    bench.run(&["history", "export"]).ends(0);
    let after = read();
    for (name, bytes) in before.iter().filter(|(name, _)| !name.starts_with("history.")) {
        assert!(after[name] == *bytes, "{name} differs");
    }
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
}

#[test]
fn a_run_of_one_space_leaves_the_rows_of_the_others() {
    let bench = start(FaultPlan::none());
    bench.snapshot(&["--space", "KB", "--space", "HR"]).ends(0);
    let weekly = || super::bench::rows(&bench.data().join(format!("confluence_data_{}.csv", weeks_ago(0))));
    let before = weekly();
    bench.snapshot(&["--space", "HR"]).ends(0);
    let key = |row: &super::bench::Row| (row["space_key"].clone(), row["page_id"].clone());
    assert_eq!(weekly().iter().map(key).collect::<Vec<_>>(), before.iter().map(key).collect::<Vec<_>>());
    assert!(bench.pages().values().all(|row| row["space_key"] == "HR"), "the current file is of the run");
    let page = std::fs::read_to_string(bench.data().join("index.html")).unwrap();
    assert!(page.contains("KB") && page.contains("HR"));
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
    assert_eq!(configured.history().newest(), None);
}
