//! Runs that saw different things: nothing is called newly unreferenced.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use confluence_sim::{Fault, FaultPlan, Site};
use serde_json::Value;
use test_support::harness::always;

use super::{Diff, Runs, add_image, assert_fits_80_columns, drop_image, site};

/// Asserts that nothing is newly unreferenced, and that `dropped.png`, which lost its use, is listed with the reason.
fn assert_not_comparable(diff: &Diff, reason: &str) {
    let changes = diff.changes();
    assert!(!changes.iter().any(|change| change.contains("newly-unreferenced")), "{changes:?}");
    let row = diff.row("att2", "not-comparable");
    assert!(row["Reason"].contains(reason), "{}", row["Reason"]);
    let json = diff.json();
    assert_eq!(json["comparable"], false);
    assert!(json["obstacles"].to_string().contains(reason), "{}", json["obstacles"]);
    assert!(diff.stderr.contains("not comparable: "), "{}", diff.stderr);
    assert_fits_80_columns(&diff.stderr);
    assert!(diff.page().contains("cannot be compared"));
    let spaces = diff.spaces();
    assert!(spaces.values().all(|space| space["Newly Unreferenced Files"] == "0"), "{spaces:?}");
}

/// Changes the JSON of a saved scan in a copy of a report, and returns the copy.
fn with_scan(runs: &Runs, report: &Path, name: &str, change: impl FnOnce(&mut Value)) -> PathBuf {
    let mut text = Vec::new();
    let file = std::fs::File::open(report.join("scan.json.gz")).unwrap();
    flate2::read::GzDecoder::new(file).read_to_end(&mut text).unwrap();
    let mut scan: Value = serde_json::from_slice(&text).unwrap();
    change(&mut scan);
    let folder = runs.folder.path().join(name);
    std::fs::create_dir(&folder).unwrap();
    let file = std::fs::File::create(folder.join("scan.json.gz")).unwrap();
    let mut encoder = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
    encoder.write_all(scan.to_string().as_bytes()).unwrap();
    encoder.finish().unwrap();
    folder
}

#[test]
fn an_incomplete_side_makes_the_comparison_incomplete() {
    let runs = Runs::of(site());
    runs.server.server.set_faults(always("/wiki/api/v2/footer-comments", Fault::status(403)));
    let incomplete = runs.audit(&[]);
    assert!(incomplete.to_string_lossy().ends_with("_INCOMPLETE"));
    runs.server.server.set_faults(FaultPlan::none());
    runs.change(&[drop_image("dropped.png"), add_image("found.pdf")]);
    let complete = runs.audit(&[]);
    let diff = runs.diff(&incomplete, &complete, 3);
    assert!(diff.folder.to_string_lossy().ends_with("_INCOMPLETE"), "{}", diff.folder.display());
    assert_not_comparable(&diff, "the old run is incomplete: ");
    assert!(diff.changes().contains(&"att3 not-comparable 3000".to_owned()), "the old run may have missed the use");
    assert!(diff.page().contains("INCOMPLETE – a run did not read everything"));

    // an incomplete new run finds nothing unreferenced, but the uses that it found exist
    runs.server.server.set_faults(always("/wiki/api/v2/footer-comments", Fault::status(403)));
    runs.change(&[add_image("steps.pdf"), add_image("growing.bin")]);
    runs.server.server.change_site(|site| site.attachments.retain(|file| file.id != "att6"));
    let later = runs.audit(&[]);
    let diff = runs.diff(&complete, &later, 3);
    assert_eq!(diff.changes(), ["att5 newly-used 5000", "att6 only-in-old 600"], "it may have missed the file");
    assert_eq!(diff.json()["site"]["difference"]["unreferenced_bytes"], Value::Null);
    assert_eq!(diff.spaces()["ENG"]["Unreferenced Bytes"], "", "not known");
}

#[test]
fn another_account_is_named_and_its_files_are_neither_new_nor_gone() {
    let runs = Runs::of(site());
    let old = runs.audit(&[]);
    runs.change(&[drop_image("dropped.png")]);
    runs.server.server.change_site(|site: &mut Site| {
        site.account.account_id = "712020:another".to_owned();
        site.attachments.retain(|file| file.id != "att6");
        super::upload(site, "att20", "new.zip", 2_222);
    });
    let diff = runs.diff(&old, &runs.audit(&[]), 0);
    assert_not_comparable(&diff, "the account is 712020:another, not ");
    let changes = diff.changes();
    for change in ["att6 only-in-old 600", "att20 only-in-new 2222", "att20 not-comparable 2222"] {
        assert!(changes.contains(&change.to_owned()), "{change}: {changes:?}");
    }
}

#[test]
fn another_scope_is_named() {
    let runs = Runs::of(site());
    let (all, only_eng) = (runs.audit(&[]), runs.audit(&["--space", "ENG"]));
    runs.change(&[drop_image("dropped.png")]);
    let diff = runs.diff(&only_eng, &runs.audit(&[]), 0);
    assert_not_comparable(&diff, "spaces reported OPS only by the new run");
    assert!(!diff.changes().iter().any(|change| change.starts_with("att9 new")), "it existed before");
    let ops = &diff.spaces()["OPS"];
    assert_eq!((&*ops["Files Before"], &*ops["Files"], &*ops["Files Difference"]), ("", "1", ""), "not known is not 0");
    let within = runs.audit(&["--space", "ENG", "--references-within"]);
    let diff = runs.diff(&within, &runs.audit(&[]), 0);
    let obstacles = diff.json()["obstacles"].to_string();
    assert!(obstacles.contains("the old run searched only the chosen spaces for uses"), "{obstacles}");
    let undetermined = ["att2 2000", "att3 3000", "att5 5000", "att8 8030", "att9 900"];
    assert_eq!(diff.changes(), undetermined.map(|file| file.replace(' ', " not-comparable ")));
    // the same choice of spaces on both sides can be compared
    let diff = runs.diff(&only_eng, &runs.audit(&["--space", "ENG"]), 0);
    assert_eq!(diff.changes(), ["att2 newly-unreferenced 2000"]);
    drop(all);
}

#[test]
fn a_scan_of_another_version_of_the_program_is_named() {
    let runs = Runs::of(site());
    let report = runs.audit(&[]);
    let older = with_scan(&runs, &report, "older", |scan| scan["inventory"]["scan"]["program"] = "0.0.9".into());
    runs.change(&[drop_image("dropped.png"), add_image("found.pdf")]);
    let new = runs.audit(&[]);
    let diff = runs.diff(&older, &new, 0);
    assert_not_comparable(&diff, "version 0.0.9 of this program read the old run");
    assert!(diff.changes().contains(&"att3 not-comparable 3000".to_owned()), "a newer reader may only see more");
    // both read by the same older version: they saw alike, and this version judges both
    let newer = with_scan(&runs, &new, "newer", |scan| scan["inventory"]["scan"]["program"] = "0.0.9".into());
    assert_eq!(runs.diff(&older, &newer, 0).changes(), ["att2 newly-unreferenced 2000", "att3 newly-used 3000"]);
}

#[test]
fn contents_accepted_as_unread_in_one_run_are_named() {
    let runs = Runs::of(site());
    let report = runs.audit(&[]);
    let accepted = with_scan(&runs, &report, "accepted", |scan| {
        let unread = serde_json::json!({"id": "1002", "version": 1});
        let end = serde_json::json!({"state": "accepted", "unread": unread, "reason": "no body"});
        let gap = serde_json::json!({"kind": "body", "subject": "page 1002", "end": end});
        scan["inventory"]["coverage"]["gaps"] = serde_json::json!([gap]);
    });
    runs.change(&[drop_image("dropped.png")]);
    let diff = runs.diff(&accepted, &runs.audit(&[]), 0);
    assert_not_comparable(&diff, "accepted as unread in one run only: 1002");
}

#[test]
fn exchanged_runs_are_compared_with_a_warning() {
    let runs = Runs::of(site());
    let report = runs.audit(&[]);
    let later = with_scan(&runs, &report, "later", |scan| {
        scan["inventory"]["scan"]["started_at"] = "2040-01-01T00:00:00Z".into();
    });
    assert!(!runs.diff(&report, &later, 0).stderr.contains("OLD is newer than NEW"));
    let exchanged = runs.diff(&later, &report, 0);
    assert!(exchanged.stderr.contains("OLD is newer than NEW: they are probably exchanged"), "{}", exchanged.stderr);
    assert!(exchanged.page().contains("they are probably exchanged"));
}

#[test]
fn different_sites_and_unusable_input_are_refused_with_status_2() {
    let runs = Runs::of(site());
    let report = runs.audit(&[]);
    let other = with_scan(&runs, &report, "other", |scan| {
        scan["inventory"]["scan"]["base_url"] = "https://other.atlassian.net/wiki".into();
    });
    let damaged = runs.folder.path().join("damaged");
    std::fs::create_dir(&damaged).unwrap();
    std::fs::write(damaged.join("scan.json.gz"), &std::fs::read(report.join("scan.json.gz")).unwrap()[..200]).unwrap();
    for (old, new, says) in [
        (report.as_path(), other.as_path(), "the audits are of different sites"),
        (damaged.as_path(), report.as_path(), "cannot use the saved scan"),
        (report.as_path(), Path::new("absent"), "cannot use the saved scan"),
    ] {
        let output = runs.run(&["diff", old.to_str().unwrap(), new.to_str().unwrap()]);
        assert_eq!(output.status, 2, "{}", output.stderr);
        assert!(output.stderr.contains(says) && output.stdout.is_empty(), "{}", output.stderr);
    }
    let entries = std::fs::read_dir(runs.folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
    let written: Vec<_> = entries.filter(|name| name.to_string_lossy().starts_with("confluence_diff")).collect();
    assert_eq!(written, [""; 0], "nothing is written");
}
