//! What `--dry-run` says a run takes, and what it then sends.

use std::collections::BTreeMap;

use confluence_sim::FaultPlan;
use serde_json::Value;

use super::bench::{Bench, Finished};
use super::knowledge_base::{CONFIGURATION, site};

/// Kinds that only show while reading: the workflow, once it is known what the site has.
fn without_workflow(counts: &Value) -> BTreeMap<String, u64> {
    let counts = counts.as_object().unwrap().iter().map(|(kind, count)| (kind.clone(), count.as_u64().unwrap()));
    counts.filter(|(kind, _)| !kind.contains("workflow") && !kind.contains("content state")).collect()
}

fn plan(run: Finished) -> BTreeMap<String, u64> {
    let run = run.ends(0).json();
    assert_eq!(run["complete"], true);
    without_workflow(&run["dry_run"]["plan"]["requests"])
}

#[test]
fn the_plan_is_what_a_run_sends() {
    let bench = Bench::start(site(), FaultPlan::none()).configure(CONFIGURATION);
    let groups = ["--metrics", "core,people,links,workflow"];
    let planned = plan(bench.snapshot(&[&groups[..], &["--dry-run"]].concat()));
    assert!(!bench.data().exists(), "a dry run writes nothing");
    let sent = bench.snapshot(&groups).ends(0).json();
    assert_eq!(planned, without_workflow(&sent["requests"]));
    let cost = bench.snapshot(&["--dry-run"]).ends(0).json()["dry_run"]["workflow"].clone();
    let up_to: u64 = cost["requests"].as_object().unwrap().values().map(|count| count.as_u64().unwrap()).sum();
    let of_workflow = |counts: &Value| {
        let counts = counts.as_object().unwrap().iter();
        let counts = counts.filter(|(kind, _)| kind.contains("workflow") || kind.contains("content state"));
        counts.map(|(_, count)| count.as_u64().unwrap()).sum::<u64>()
    };
    let for_workflow = of_workflow(&sent["requests"]);
    assert!((1..=up_to).contains(&for_workflow), "{for_workflow} of {cost}");
    assert!(cost["page_by_page"].as_u64().unwrap() > 16, "one status for each page, and parameters: {cost}");
    assert_eq!(bench.snapshot(&["--metrics", "core", "--dry-run"]).ends(0).json()["dry_run"]["workflow"], Value::Null);
    let all: u64 = sent["requests"].as_object().unwrap().values().map(|count| count.as_u64().unwrap()).sum();
    assert!(all > planned.values().sum::<u64>(), "the workflow took some more");
}

#[test]
fn a_plan_sends_lists_alone() {
    let bench = Bench::start(site(), FaultPlan::none()).configure(CONFIGURATION);
    bench.snapshot(&["--dry-run"]).ends(0);
    for request in bench.server.requests() {
        let path = request.path.trim_start_matches("/wiki/");
        let lists = ["spaces", "pages", "blogposts", "attachments", "footer-comments", "inline-comments"];
        let is_list = lists.iter().any(|list| path == format!("api/v2/{list}"));
        let is_of_account = path == "rest/api/user/current";
        assert!(is_list || is_of_account || path.ends_with("search"), "{request:?}");
    }
}

#[test]
fn core_metrics_take_no_request_for_a_page() {
    let bench = Bench::start(site(), FaultPlan::none()).configure(CONFIGURATION);
    let planned = plan(bench.snapshot(&["--metrics", "core", "--dry-run"]));
    let per_page: Vec<&String> =
        planned.keys().filter(|kind| kind.starts_with("page ") && *kind != "page sweep").collect();
    assert_eq!(per_page, ["page parents"], "the one folder, whatever number of pages it holds");
    let before = bench.server.requests().len();
    bench.snapshot(&["--metrics", "core"]).ends(0);
    for request in bench.server.requests().into_iter().skip(before) {
        assert!(!request.path.contains("/pages/"), "{request:?}");
    }
}
