//! `confluence_data.xlsx`: written with the other derived files, read here with a library that is not the one that writes.

use std::fs;
use std::path::Path;

use calamine::{Data, Reader as _, Xlsx, open_workbook};
use confluence_sim::{Fault, FaultPlan, Occurrence, RoutePattern};
use confluence_storage_analyzer::support::checksum::sha256;

use super::harness::Harness;
use super::knowledge_base::{CONFIGURATION, site};

const NAME: &str = "confluence_data.xlsx";
const SHEETS: [&str; 6] = ["Summary", "Pages", "Findings", "Workflow", "Weeks", "Reading guide"];

fn start(faults: FaultPlan) -> Harness {
    Harness::start(site(), faults).configure(CONFIGURATION)
}

/// Returns the rows of a sheet as texts.
fn sheet(path: &Path, name: &str) -> Vec<Vec<String>> {
    let mut workbook: Xlsx<_> = open_workbook(path).unwrap();
    assert_eq!(workbook.sheet_names(), SHEETS);
    assert!(workbook.worksheet_formula(name).unwrap().used_cells().next().is_none(), "{name} has a formula");
    let range = workbook.worksheet_range(name).unwrap();
    range.rows().map(|row| row.iter().map(Data::to_string).collect()).collect()
}

fn recorded_checksum(harness: &Harness) -> String {
    let list: serde_json::Value =
        serde_json::from_slice(&fs::read(harness.data().join("history.json")).unwrap()).unwrap();
    list["exports"][NAME]["sha256"].as_str().unwrap().to_owned()
}

#[test]
fn every_snapshot_writes_the_workbook_and_an_export_restores_it() {
    let harness = start(FaultPlan::none());
    harness.snapshot(&[]).exits_with(0);
    let path = harness.data().join(NAME);
    let before = fs::read(&path).unwrap();
    assert_eq!(recorded_checksum(&harness), sha256(&before));
    let pages = sheet(&path, "Pages");
    assert_eq!(pages.len(), harness.pages().len() + 1, "the heading, and a row for each page");
    // it is kept, not written again
    let written = fs::metadata(&path).unwrap().modified().unwrap();
    harness.run(&["history", "export"]).exits_with(0);
    assert_eq!((fs::metadata(&path).unwrap().modified().unwrap(), fs::read(&path).unwrap()), (written, before.clone()));
    // a lost list does not change it
    fs::remove_file(harness.data().join("history.json")).unwrap();
    fs::remove_file(&path).unwrap();
    harness.run(&["history", "export"]).exits_with(0);
    assert_eq!(fs::read(&path).unwrap(), before, "the same weeks make the same file");
    // what a person saved is kept, and opens with a double click
    for aside in ["confluence_data.edited.xlsx", "confluence_data.edited-2.xlsx"] {
        let saved = [&before[..], aside.as_bytes()].concat();
        fs::write(&path, &saved).unwrap();
        let run = harness.run(&["history", "export"]).exits_with(0);
        assert!(run.stderr.contains(aside), "{}", run.stderr);
        assert_eq!(fs::read(harness.data().join(aside)).unwrap(), saved);
        assert_eq!(fs::read(&path).unwrap(), before);
    }
    let left: Vec<_> = fs::read_dir(harness.data().join(".exports")).into_iter().flatten().collect();
    assert!(left.is_empty(), "temporary files are removed: {left:?}");
}

#[test]
fn a_week_that_is_repaired_has_the_same_pages_in_the_workbook() {
    let harness = start(FaultPlan::none());
    harness.snapshot(&[]).exits_with(0);
    let path = harness.data().join(NAME);
    let before = sheet(&path, "Pages");
    let week = fs::read_dir(harness.data().join("history")).unwrap().next().unwrap().unwrap().path();
    fs::write(week.join("pages.parquet"), "damaged").unwrap();
    harness.run(&["history", "repair"]).exits_with(0);
    harness.run(&["history", "export"]).exits_with(0);
    assert_eq!(sheet(&path, "Pages"), before);
}

#[test]
fn without_the_format_there_is_no_workbook_and_an_export_remembers_that() {
    let harness = start(FaultPlan::none());
    let path = harness.data().join(NAME);
    harness.snapshot(&["--formats", "csv"]).exits_with(0);
    harness.run(&["history", "export"]).exits_with(0);
    assert!(!path.exists());
    harness.snapshot(&[]).exits_with(0);
    assert!(path.exists());
    harness.snapshot(&["--formats", "csv"]).exits_with(0);
    assert!(!path.exists(), "a workbook of other pages must not stay");
    let run = harness.snapshot(&["--formats", "ods"]).exits_with(2);
    assert!(run.stderr.contains("ods"), "{}", run.stderr);
}

#[test]
fn an_incomplete_week_says_so_in_every_sheet_about_it() {
    let comments = RoutePattern::path("/wiki/api/v2/footer-comments").unwrap();
    let harness = start(FaultPlan::none().on(comments, Occurrence::From(1), Fault::status(403)));
    harness.snapshot(&[]).exits_with(3);
    let path = harness.data().join(NAME);
    for name in ["Pages", "Findings", "Workflow"] {
        let rows = sheet(&path, name);
        assert!(rows[0][0].starts_with("INCOMPLETE: ") && rows[0][0].contains("could not be"), "{name}: {:?}", rows[0]);
        assert!(rows[1].contains(&"page_title".to_owned()), "the heading follows");
    }
    let weeks = sheet(&path, "Weeks");
    assert_eq!(weeks[1][2], "incomplete");
    assert!(weeks[1][3].starts_with("INCOMPLETE"), "{:?}", weeks[1]);
    let pages = weeks[0].iter().position(|name| name == "pages").unwrap();
    assert!(weeks[1][pages..].iter().all(String::is_empty), "an incomplete week has no sums: {:?}", weeks[1]);
    for name in ["Summary", "Reading guide"] {
        assert!(sheet(&path, name).iter().any(|row| row[0] == "INCOMPLETE"), "{name}");
    }
    // and a complete run of the week ends that
    harness.server.set_faults(FaultPlan::none());
    harness.snapshot(&[]).exits_with(0);
    for name in SHEETS {
        let rows = sheet(&path, name);
        assert!(!rows.iter().flatten().any(|cell| cell.starts_with("INCOMPLETE")), "{name}");
    }
}
