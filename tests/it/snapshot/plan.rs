//! The plan of `--dry-run` compared with the requests that a run sends.

use std::collections::BTreeMap;

use confluence_sim::FaultPlan;
use serde_json::Value;

use super::harness::{Harness, RunOutput};
use super::knowledge_base::{CONFIGURATION, site};

/// Removes the requests for the workflow, which are known only during the crawl.
fn without_workflow(counts: &Value) -> BTreeMap<String, u64> {
    let counts = counts.as_object().unwrap().iter().map(|(kind, count)| (kind.clone(), count.as_u64().unwrap()));
    counts.filter(|(kind, _)| !kind.contains("workflow") && !kind.contains("content state")).collect()
}

fn plan(run: RunOutput) -> BTreeMap<String, u64> {
    let run = run.exits_with(0).json();
    assert_eq!(run["complete"], true);
    without_workflow(&run["dry_run"]["plan"]["requests"])
}

#[test]
fn a_run_sends_the_planned_requests() {
    let harness = Harness::start(site(), FaultPlan::none()).configure(CONFIGURATION);
    let groups = ["--metrics", "core,people,links,workflow"];
    let planned = plan(harness.snapshot(&[&groups[..], &["--dry-run"]].concat()));
    assert!(!harness.data().exists(), "a dry run writes nothing");
    let sent = harness.snapshot(&groups).exits_with(0).json();
    assert_eq!(planned, without_workflow(&sent["requests"]));
    let cost = harness.snapshot(&["--dry-run"]).exits_with(0).json()["dry_run"]["workflow"].clone();
    let up_to: u64 = cost["requests"].as_object().unwrap().values().map(|count| count.as_u64().unwrap()).sum();
    let of_workflow = |counts: &Value| {
        let counts = counts.as_object().unwrap().iter();
        let counts = counts.filter(|(kind, _)| kind.contains("workflow") || kind.contains("content state"));
        counts.map(|(_, count)| count.as_u64().unwrap()).sum::<u64>()
    };
    let for_workflow = of_workflow(&sent["requests"]);
    assert!((1..=up_to).contains(&for_workflow), "{for_workflow} of {cost}");
    assert!(cost["page_by_page"].as_u64().unwrap() > 16, "one status per page, and parameters: {cost}");
    assert_eq!(
        harness.snapshot(&["--metrics", "core", "--dry-run"]).exits_with(0).json()["dry_run"]["workflow"],
        Value::Null
    );
    let all: u64 = sent["requests"].as_object().unwrap().values().map(|count| count.as_u64().unwrap()).sum();
    assert!(all > planned.values().sum::<u64>(), "the workflow needs further requests");
}

#[test]
fn a_dry_run_reads_lists_only() {
    let harness = Harness::start(site(), FaultPlan::none()).configure(CONFIGURATION);
    harness.snapshot(&["--dry-run"]).exits_with(0);
    for request in harness.server.requests() {
        let path = request.path.trim_start_matches("/wiki/");
        let lists = ["spaces", "pages", "blogposts", "attachments", "footer-comments", "inline-comments"];
        let is_list = lists.iter().any(|list| path == format!("api/v2/{list}"));
        let connects = ["rest/api/user/current", "/_edge/tenant_info"].contains(&path);
        assert!(is_list || connects || path.ends_with("search"), "{request:?}");
    }
}

#[test]
fn core_metrics_need_no_request_per_page() {
    let harness = Harness::start(site(), FaultPlan::none()).configure(CONFIGURATION);
    let planned = plan(harness.snapshot(&["--metrics", "core", "--dry-run"]));
    let per_page: Vec<&String> =
        planned.keys().filter(|kind| kind.starts_with("page ") && *kind != "page sweep").collect();
    assert_eq!(per_page, ["page parents"], "one request for the folder, whatever the number of its pages");
    let before = harness.server.requests().len();
    harness.snapshot(&["--metrics", "core"]).exits_with(0);
    for request in harness.server.requests().into_iter().skip(before) {
        assert!(!request.path.contains("/pages/"), "{request:?}");
    }
}
