//! `audit --snapshot`: one reading for both.

use std::collections::{BTreeMap, BTreeSet};

use confluence_sim::{Fault, FaultPlan, Occurrence, RoutePattern};
use test_support::bench::always;
use test_support::folder::{State, state};

use super::bench::{Bench, rows};
use super::knowledge_base::{CONFIGURATION, site};

/// Requests by path, with ids replaced.
fn by_kind(bench: &Bench) -> BTreeMap<String, usize> {
    let mut kinds = BTreeMap::new();
    for request in bench.server.requests() {
        let is_id = |part: &&str| part.bytes().all(|byte| byte.is_ascii_digit()) && !part.is_empty();
        let path: Vec<&str> = request.path.split('/').map(|part| if is_id(&part) { "{id}" } else { part }).collect();
        *kinds.entry(format!("{} {}", request.method, path.join("/"))).or_default() += 1;
    }
    kinds
}

#[test]
fn unreferenced_files_of_a_page_are_those_of_the_audit() {
    let bench = Bench::start(site(), FaultPlan::none()).configure(CONFIGURATION);
    let run = bench.run(&["audit", "--snapshot", "--json", "--no-cache"]).ends(0).json();
    let folder = run["folder"].as_str().map(|folder| bench.path(folder)).expect("the folder of the audit");
    let mut expected: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for file in rows(&folder.join("attachments.csv")).into_iter().filter(|file| file["Usage"] == "unreferenced") {
        let of_page = expected.entry(file["Container ID"].clone()).or_default();
        of_page.0 += 1;
        of_page.1 += file["All Versions Size(Bytes)"].parse::<u64>().unwrap();
    }
    assert!(!expected.is_empty());
    for (id, row) in bench.pages() {
        let (files, bytes) = expected.get(&id).copied().unwrap_or_default();
        let told = (row["unreferenced_attachments"].as_str(), row["unreferenced_attachment_bytes"].as_str());
        assert_eq!(told, (files.to_string().as_str(), bytes.to_string().as_str()), "{id}");
    }
}

/// The audit's requests, those for the facts of pages, and no list twice.
#[test]
fn everything_is_read_once() {
    let alone = Bench::start(site(), FaultPlan::none()).configure(CONFIGURATION);
    alone.run(&["audit", "--json", "--no-cache"]).ends(0);
    let both = Bench::start(site(), FaultPlan::none()).configure(CONFIGURATION);
    both.run(&["audit", "--snapshot", "--json", "--no-cache"]).ends(0);
    let (audit, both) = (by_kind(&alone), by_kind(&both));
    let more: BTreeMap<&str, usize> = both
        .iter()
        .map(|(kind, count)| (kind.as_str(), count - audit.get(kind).copied().unwrap_or(0)))
        .filter(|(_, count)| *count > 0)
        .collect();
    for (kind, count) in &audit {
        assert!(both.get(kind) >= Some(count), "{kind} is asked for as before");
    }
    let kinds: BTreeSet<&str> = more.keys().copied().collect();
    for list in ["pages", "blogposts", "attachments", "footer-comments", "inline-comments", "spaces"] {
        assert!(!kinds.contains(format!("GET /wiki/api/v2/{list}").as_str()), "{list}: {more:#?}");
    }
    assert_eq!(more.get("GET /wiki/api/v2/folders/{id}"), Some(&1), "{more:#?}");
    assert_eq!(more.get("POST /wiki/api/v2/users-bulk"), Some(&1), "{more:#?}");
}

/// A fault that meets the snapshot alone is no gap of the audit: each half says of itself whether it is complete.
#[test]
fn each_half_tells_whether_it_is_complete() {
    let fault = always("/wiki/api/v2/pages/*/versions", Fault::status(403));
    let bench = Bench::start(site(), fault).configure(CONFIGURATION);
    let run = bench.run(&["audit", "--snapshot", "--json", "--no-cache"]).ends(3);
    let told = run.json();
    assert_eq!((&told["complete"], &told["audit"]["complete"]), (&false.into(), &true.into()), "{told}");
    assert_eq!(told["snapshot"]["complete"], false);
    let reason = told["snapshot"]["incomplete_reasons"][0].as_str().unwrap_or_default().to_owned();
    assert!(reason.contains("page versions") || reason.contains("versions of"), "{told}");
    assert!(run.stderr.contains(&format!("snapshot: {reason}")), "{}", run.stderr);
    let folder = bench.path(told["folder"].as_str().unwrap());
    assert_eq!(state(&folder), State::Complete, "the report of the audit stands");
    let manifest: serde_json::Value = serde_json::from_slice(&std::fs::read(folder.join("run.json")).unwrap()).unwrap();
    assert_eq!((&manifest["complete"], &manifest["exit_code"]), (&true.into(), &0.into()));
    assert_eq!((&manifest["snapshot"]["complete"], &manifest["snapshot"]["exit_code"]), (&false.into(), &3.into()));
    assert_eq!(manifest["snapshot"]["incomplete_reasons"], told["snapshot"]["incomplete_reasons"]);
}

#[test]
fn two_complete_halves_are_a_complete_run() {
    let bench = Bench::start(site(), FaultPlan::none()).configure(CONFIGURATION);
    let told = bench.run(&["audit", "--snapshot", "--json", "--no-cache"]).ends(0).json();
    assert_eq!(
        (&told["complete"], &told["audit"]["complete"], &told["snapshot"]["complete"]),
        (&true.into(), &true.into(), &true.into())
    );
    assert_eq!(told["snapshot"]["incomplete_reasons"], serde_json::json!([]));
}

/// An audit that is incomplete before its closing walk judges no file, but its measures rest on the lists all the same.
#[test]
fn an_incomplete_audit_has_a_second_opinion_of_the_lists_that_are_measured() {
    let refused = always("/wiki/rest/api/template/*", Fault::status(403));
    let comments = RoutePattern::path("/wiki/api/v2/footer-comments").unwrap();
    let faults = refused.on(comments, Occurrence::From(1), Fault::DroppedTail(1));
    let bench = Bench::start(site(), faults).configure(CONFIGURATION);
    let run = bench.run(&["audit", "--snapshot", "--json", "--no-cache"]).ends(3).json();
    let manifest = std::fs::read(bench.path(run["folder"].as_str().unwrap()).join("run.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_slice(&manifest).unwrap();
    let gaps = manifest["coverage"]["gaps"].to_string();
    assert!(gaps.contains("template"), "{gaps}");
    assert!(gaps.contains("the list of footer comments by created-date"), "{gaps}");
}

#[test]
fn a_page_that_no_list_shows_and_two_others_do_is_one_row() {
    let refused = always("/wiki/rest/api/template/*", Fault::status(403));
    let pages = RoutePattern::path("/wiki/api/v2/pages").unwrap();
    let faults = refused.on(pages, Occurrence::From(1), Fault::DroppedTail(1));
    let bench = Bench::start(site(), faults).configure(CONFIGURATION);
    let run = bench.run(&["audit", "--snapshot", "--json", "--no-cache"]).ends(3).json();
    assert_eq!(run["snapshot"]["complete"], false, "{run}");
    assert!(run["snapshot"]["error"].is_null(), "{run}");
}
