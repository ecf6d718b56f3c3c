//! `audit --snapshot`: one crawl for both.

use std::collections::{BTreeMap, BTreeSet};

use confluence_sim::{Fault, FaultPlan, Occurrence, RoutePattern};
use test_support::harness::always;
use test_support::report_folder::{ReportFolderState, state};

use super::harness::{Harness, rows};
use super::knowledge_base::{CONFIGURATION, site};

/// Counts the requests by path, with ids replaced.
fn by_kind(harness: &Harness) -> BTreeMap<String, usize> {
    let mut kinds = BTreeMap::new();
    for request in harness.server.requests() {
        let is_id = |part: &&str| part.bytes().all(|byte| byte.is_ascii_digit()) && !part.is_empty();
        let path: Vec<&str> = request.path.split('/').map(|part| if is_id(&part) { "{id}" } else { part }).collect();
        *kinds.entry(format!("{} {}", request.method, path.join("/"))).or_default() += 1;
    }
    kinds
}

#[test]
fn a_page_has_the_number_of_unreferenced_files_of_the_audit() {
    let harness = Harness::start(site(), FaultPlan::none()).configure(CONFIGURATION);
    let run = harness.run(&["audit", "--snapshot", "--json", "--no-cache"]).exits_with(0).json();
    let folder = run["folder"].as_str().map(|folder| harness.path(folder)).expect("the folder of the audit");
    let mut expected: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for file in rows(&folder.join("attachments.csv")).into_iter().filter(|file| file["Usage"] == "unreferenced") {
        let of_page = expected.entry(file["Container ID"].clone()).or_default();
        of_page.0 += 1;
        of_page.1 += file["All Versions Size(Bytes)"].parse::<u64>().unwrap();
    }
    assert!(!expected.is_empty());
    for (id, row) in harness.pages() {
        let (files, bytes) = expected.get(&id).copied().unwrap_or_default();
        let found = (row["unreferenced_attachments"].as_str(), row["unreferenced_attachment_bytes"].as_str());
        assert_eq!(found, (files.to_string().as_str(), bytes.to_string().as_str()), "{id}");
    }
}

/// The run sends the requests of the audit and those for the page metrics, and reads no list twice.
#[test]
fn audit_and_snapshot_together_read_every_list_once() {
    let alone = Harness::start(site(), FaultPlan::none()).configure(CONFIGURATION);
    alone.run(&["audit", "--json", "--no-cache"]).exits_with(0);
    let both = Harness::start(site(), FaultPlan::none()).configure(CONFIGURATION);
    both.run(&["audit", "--snapshot", "--json", "--no-cache"]).exits_with(0);
    let (audit, both) = (by_kind(&alone), by_kind(&both));
    let more: BTreeMap<&str, usize> = both
        .iter()
        .map(|(kind, count)| (kind.as_str(), count - audit.get(kind).copied().unwrap_or(0)))
        .filter(|(_, count)| *count > 0)
        .collect();
    for (kind, count) in &audit {
        assert!(both.get(kind) >= Some(count), "{kind} is requested as often as by the audit alone");
    }
    let kinds: BTreeSet<&str> = more.keys().copied().collect();
    for list in ["pages", "blogposts", "attachments", "footer-comments", "inline-comments", "spaces"] {
        assert!(!kinds.contains(format!("GET /wiki/api/v2/{list}").as_str()), "{list}: {more:#?}");
    }
    assert_eq!(more.get("GET /wiki/api/v2/folders/{id}"), Some(&1), "{more:#?}");
    assert_eq!(more.get("POST /wiki/api/v2/users-bulk"), Some(&1), "{more:#?}");
}

/// A fault that affects the snapshot only is not a gap of the audit.
#[test]
fn audit_and_snapshot_each_say_whether_they_are_complete() {
    let fault = always("/wiki/api/v2/pages/*/versions", Fault::status(403));
    let harness = Harness::start(site(), fault).configure(CONFIGURATION);
    let run = harness.run(&["audit", "--snapshot", "--json", "--no-cache"]).exits_with(3);
    let result = run.json();
    assert_eq!((&result["complete"], &result["audit"]["complete"]), (&false.into(), &true.into()), "{result}");
    assert_eq!(result["snapshot"]["complete"], false);
    let reason = result["snapshot"]["incomplete_reasons"][0].as_str().unwrap_or_default().to_owned();
    assert!(reason.contains("page versions") || reason.contains("versions of"), "{result}");
    assert!(run.stderr.contains(&format!("snapshot: {reason}")), "{}", run.stderr);
    let folder = harness.path(result["folder"].as_str().unwrap());
    assert_eq!(state(&folder), ReportFolderState::Complete, "the report of the audit is complete");
    let manifest: serde_json::Value = serde_json::from_slice(&std::fs::read(folder.join("run.json")).unwrap()).unwrap();
    assert_eq!((&manifest["complete"], &manifest["exit_code"]), (&true.into(), &0.into()));
    assert_eq!((&manifest["snapshot"]["complete"], &manifest["snapshot"]["exit_code"]), (&false.into(), &3.into()));
    assert_eq!(manifest["snapshot"]["incomplete_reasons"], result["snapshot"]["incomplete_reasons"]);
}

#[test]
fn a_complete_audit_and_a_complete_snapshot_are_a_complete_run() {
    let harness = Harness::start(site(), FaultPlan::none()).configure(CONFIGURATION);
    let result = harness.run(&["audit", "--snapshot", "--json", "--no-cache"]).exits_with(0).json();
    assert_eq!(
        (&result["complete"], &result["audit"]["complete"], &result["snapshot"]["complete"]),
        (&true.into(), &true.into(), &true.into())
    );
    assert_eq!(result["snapshot"]["incomplete_reasons"], serde_json::json!([]));
}

/// An audit that is incomplete before its final pass judges no file, but the metrics still depend on its lists.
#[test]
fn an_incomplete_audit_cross_checks_the_lists_that_the_snapshot_needs() {
    let refused = always("/wiki/rest/api/template/*", Fault::status(403));
    let comments = RoutePattern::path("/wiki/api/v2/footer-comments").unwrap();
    let faults = refused.on(comments, Occurrence::From(1), Fault::DroppedTail(1));
    let harness = Harness::start(site(), faults).configure(CONFIGURATION);
    let run = harness.run(&["audit", "--snapshot", "--json", "--no-cache"]).exits_with(3).json();
    let manifest = std::fs::read(harness.path(run["folder"].as_str().unwrap()).join("run.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_slice(&manifest).unwrap();
    let gaps = manifest["coverage"]["gaps"].to_string();
    assert!(gaps.contains("template"), "{gaps}");
    assert!(gaps.contains("the list of footer comments in ascending order of created-date"), "{gaps}");
}

#[test]
fn a_page_missing_from_the_list_of_pages_but_found_twice_has_one_row() {
    let refused = always("/wiki/rest/api/template/*", Fault::status(403));
    let pages = RoutePattern::path("/wiki/api/v2/pages").unwrap();
    let faults = refused.on(pages, Occurrence::From(1), Fault::DroppedTail(1));
    let harness = Harness::start(site(), faults).configure(CONFIGURATION);
    let run = harness.run(&["audit", "--snapshot", "--json", "--no-cache"]).exits_with(3).json();
    assert_eq!(run["snapshot"]["complete"], false, "{run}");
    assert!(run["snapshot"]["error"].is_null(), "{run}");
}
