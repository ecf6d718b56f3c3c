//! `--fail-on` of audits: among complete runs with a comparable run before, status 8 comes if and only if the value
//! reaches the threshold.

use confluence_sim::{Fault, FaultPlan};
use serde_json::Value;
use test_support::harness::always;

use super::{Output, Runs, drop_image, site};

/// The unreferenced files of the site before any change: found.pdf, growing.bin, all versions of pruned.bin, steps.pdf.
const UNREFERENCED_BYTES: u64 = 3_000 + 5_000 + 8_030 + 900;

fn audit(runs: &Runs, thresholds: &[&str]) -> (Output, Value) {
    let flags = thresholds.iter().flat_map(|threshold| ["--fail-on", threshold]);
    let arguments: Vec<&str> = ["audit", "--json", "--no-cache"].into_iter().chain(flags).collect();
    let output = runs.run(&arguments);
    let json: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(json["exit_code"], output.status);
    (output, json)
}

#[test]
fn status_8_comes_exactly_from_the_threshold_on() {
    let runs = Runs::of(site());
    runs.audit(&[]);
    runs.change(&[drop_image("dropped.png")]);
    for (threshold, status) in [
        ("newly_unreferenced_bytes=1.999KB", 8),
        ("newly_unreferenced_bytes=2KB", 8),
        ("newly_unreferenced_bytes=2.001KB", 0),
        ("newly_unreferenced_bytes=2KiB", 0),
        ("newly_unreferenced_files=1", 8),
        ("newly_unreferenced_files=2", 0),
    ] {
        let runs_before = runs.reports();
        let (output, json) = audit(&runs, &[threshold]);
        assert_eq!(output.status, status, "{threshold}: {}", output.stderr);
        let met = &json["thresholds"][0]["met"];
        assert_eq!(*met, status == 8, "{threshold}");
        let report = runs.reports().difference(&runs_before).next().unwrap().clone();
        assert!(!report.to_string_lossy().ends_with("_INCOMPLETE"));
        let manifest: Value = serde_json::from_slice(&std::fs::read(report.join("run.json")).unwrap()).unwrap();
        assert_eq!((&manifest["complete"], &manifest["exit_code"]), (&true.into(), &status.into()));
        assert_eq!(manifest["thresholds"], json["thresholds"]);
        // rendered again, the report is complete too
        let again = runs.run(&["report", report.to_str().unwrap()]);
        assert_eq!(again.status, 0, "{}", again.stderr);
        // the next run has to be compared with the first one again
        for written in runs.reports().difference(&runs_before) {
            std::fs::remove_dir_all(written).unwrap();
        }
    }
}

#[test]
fn what_was_unreferenced_before_is_not_new_and_counts_for_the_other_figures() {
    let runs = Runs::of(site());
    runs.audit(&[]);
    let (output, json) = audit(&runs, &["newly_unreferenced_bytes=1B", "unreferenced_files=5"]);
    assert_eq!(output.status, 0, "{}", output.stderr);
    assert_eq!([&json["thresholds"][0]["value"], &json["thresholds"][1]["value"]], [0, 4]);
    let threshold = format!("unreferenced_bytes={UNREFERENCED_BYTES}B");
    let (output, json) = audit(&runs, &[&threshold, "unreferenced_files=5"]);
    assert_eq!(output.status, 8, "{}", output.stderr);
    assert_eq!([&json["thresholds"][0]["met"], &json["thresholds"][1]["met"]], [true, false]);
    assert!(output.stderr.contains("--fail-on: unreferenced_bytes is 16.5 KiB"), "{}", output.stderr);
    assert_eq!(audit(&runs, &[&format!("unreferenced_bytes={}B", UNREFERENCED_BYTES + 1)]).0.status, 0);
}

#[test]
fn without_a_comparable_run_before_a_note_says_so_and_the_status_is_0() {
    let runs = Runs::of(site());
    let (output, json) = audit(&runs, &["newly_unreferenced_files=1"]);
    assert_eq!(output.status, 0, "{}", output.stderr);
    assert!(output.stderr.contains("newly_unreferenced_files not checked"), "{}", output.stderr);
    assert_eq!(json["thresholds"][0]["value"], Value::Null);
    // the next run is of another scope
    runs.change(&[drop_image("dropped.png")]);
    let other_scope = runs.run(&["audit", "--space", "ENG", "--fail-on", "newly_unreferenced_files=1"]);
    assert_eq!(other_scope.status, 0, "{}", other_scope.stderr);
    let words: Vec<&str> = other_scope.stderr.split_whitespace().collect();
    assert!(words.join(" ").contains("spaces reported OPS only by the old run"), "{}", other_scope.stderr);
    // an older run of the same scope is found behind it
    assert_eq!(audit(&runs, &["newly_unreferenced_files=1"]).0.status, 8);
    // now it is the run before, and the file was unreferenced in it
    assert_eq!(audit(&runs, &["newly_unreferenced_files=1"]).0.status, 0);
}

#[test]
fn an_incomplete_run_keeps_status_3_and_is_no_run_to_compare_with() {
    let runs = Runs::of(site());
    runs.audit(&[]);
    runs.change(&[drop_image("dropped.png")]);
    runs.server.server.set_faults(always("/wiki/api/v2/footer-comments", Fault::status(403)));
    let (output, json) = audit(&runs, &["newly_unreferenced_files=1", "unreferenced_files=1"]);
    assert_eq!(output.status, 3, "{}", output.stderr);
    assert_eq!([&json["thresholds"][0]["met"], &json["thresholds"][1]["met"]], [false, false]);
    assert_eq!(json["thresholds"][1]["value"], Value::Null, "not known");
    runs.server.server.set_faults(FaultPlan::none());
    assert_eq!(audit(&runs, &["newly_unreferenced_files=1"]).0.status, 8, "compared with the complete run");
}
