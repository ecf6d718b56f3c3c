//! The plan of requests, and what is sent.

use std::collections::BTreeMap;

use confluence_client::{RequestCounts, RequestKind};
use confluence_sim::{FaultPlan, Site};
use confluence_storage_analyzer::inventory::snapshot::{
    MOST_CALLS_PER_PAGE, MetricGroup, MetricGroups, plan_snapshot, read_facts,
};
use confluence_storage_analyzer::inventory::take_inventory;
use confluence_storage_analyzer::progress::Progress;
use storage_format::TodoMarkers;

use super::{Bench, Run};

/// Only the answers to the links of before show how many of these are needed.
const UNPLANNED: RequestKind = RequestKind::ShortLinkTargets;

/// Kinds whose plan is about what they take: pages that nobody viewed need fewer, forgotten ones one more.
const ABOUT: [RequestKind; 2] = [RequestKind::PageViews, RequestKind::PageViewers];

fn compare(run: &Run) {
    let plan = &run.inventory.plan.as_ref().unwrap().requests;
    let exact = |requests: &RequestCounts| -> BTreeMap<String, u64> {
        let exact =
            requests.iter().filter(|(label, _)| ABOUT.iter().chain([&UNPLANNED]).all(|kind| kind.label() != *label));
        exact.map(|(label, count)| (label.to_owned(), count)).collect()
    };
    assert_eq!(exact(plan), exact(&run.inventory.requests));
    let about = |requests: &RequestCounts| -> u64 { ABOUT.iter().map(|kind| requests.of(*kind)).sum() };
    let (planned, sent) = (about(plan), about(&run.inventory.requests));
    assert!(sent <= planned && sent * 2 >= planned, "{sent} sent, {planned} planned");
}

#[tokio::test(start_paused = true)]
async fn the_plan_of_the_sample_is_what_is_sent() {
    let groups: [&[MetricGroup]; 4] = [
        &[],
        &[MetricGroup::People],
        &[MetricGroup::People, MetricGroup::Links, MetricGroup::Workflow],
        &MetricGroup::ALL,
    ];
    for groups in groups {
        for blog_post_rows in [false, true] {
            let mut bench = Bench::sample(groups, FaultPlan::none()).await;
            bench.options.blog_post_rows = blog_post_rows;
            let run = bench.run().await;
            run.facts();
            compare(&run);
            assert_eq!(run.inventory.requests.total(), bench.server.requests().len() as u64);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn no_page_takes_more_calls_than_declared() {
    let bench = Bench::sample(&[MetricGroup::Engagement], FaultPlan::none()).await;
    bench.run().await.facts();
    let mut calls: BTreeMap<String, u64> = BTreeMap::new();
    for request in bench.server.requests() {
        let parts: Vec<&str> = request.path.split('/').collect();
        let ([.., id, "likes", "count"] | [.., id, "views" | "viewers"] | [.., id, "notification", "child-created"]) =
            parts.as_slice()
        else {
            continue;
        };
        *calls.entry((*id).to_owned()).or_default() += 1;
    }
    let most = *calls.values().max().unwrap();
    assert_eq!(most, MOST_CALLS_PER_PAGE, "a page that was viewed long ago takes them all");
}

#[tokio::test(start_paused = true)]
async fn after_an_audit_only_the_facts_are_read() {
    let mut bench = Bench::sample(&[MetricGroup::Links], FaultPlan::none()).await;
    bench.options.measures = Some(TodoMarkers::default());
    let (api, progress) = (bench.api(), Progress::silent());
    let mut inventory = take_inventory(&api, &bench.options, &progress).await.unwrap();
    let before = inventory.requests.clone();
    let keys: Vec<String> = inventory.spaces.iter().map(|space| space.key.clone()).collect();
    let plan = plan_snapshot(&api, &inventory, &bench.options, &bench.groups, &keys);
    let audit = inventory.plan.clone().unwrap();
    let facts = read_facts(&api, &mut inventory, &bench.options, &bench.groups, &keys, &progress).await.unwrap();
    assert!(inventory.coverage.is_complete(), "{:#?}", inventory.coverage.gaps);
    assert!(facts.pages.values().all(|page| page.labels.is_some()));
    let since = |all: &RequestCounts, before: &RequestCounts| -> RequestCounts {
        let planned = RequestKind::ALL.iter().filter(|kind| **kind != UNPLANNED);
        planned.map(|kind| (*kind, all.of(*kind) - before.of(*kind))).collect()
    };
    assert_eq!(since(&plan.requests, &audit.requests), since(&inventory.requests, &before));
    assert!(inventory.contents.iter().filter(|c| c.kind.owns_attachments()).all(|c| c.details.is_some()));
}

/// The size of the issue: what the core metrics of 15,000 pages in 5 spaces take.
#[tokio::test]
async fn fifteen_thousand_pages_take_the_bulk_plan() {
    let mut site = Site::new();
    for space in 0..5 {
        site = site.space(&format!("S{space}"), "Space");
        for page in 0..3_000 {
            site = site.page(&(10_000 * (space + 1) + page).to_string(), "Page", "<p>text</p>");
        }
        site = site.attachment(&format!("att{}", 900_000 + space), "a.png", 10);
    }
    let bench = Bench::start(site, &[], FaultPlan::none()).await;
    let run = bench.run().await;
    assert_eq!(run.facts().pages.len(), 15_000);
    assert_eq!(bench.groups, MetricGroups::new([]));
    compare(&run);
    // twice the lists of pages at 250, the attachments and the spaces; the sweep at 200, four probes of the account, names
    let bulk = 2 * (15_000 / 250 + 1 + 2) + 15_000 / 200 + 4 + 1;
    assert_eq!(bench.server.requests().len(), bulk);
}
