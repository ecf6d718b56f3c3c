//! The plan of requests compared with the requests that are sent.

use std::collections::BTreeMap;

use confluence_client::{RequestCounts, RequestKind};
use confluence_sim::{FaultPlan, Site};
use confluence_storage_analyzer::inventory::snapshot::{
    MAX_ENGAGEMENT_REQUESTS_PER_PAGE, MetricGroup, MetricGroups, plan_snapshot, read_page_facts,
};
use confluence_storage_analyzer::inventory::take_inventory;
use confluence_storage_analyzer::progress::Progress;
use storage_format::TodoMarkers;

use super::{Harness, Run};

/// How many of these are needed is known only from responses to earlier requests.
const UNPLANNED: RequestKind = RequestKind::ShortLinkTargets;

/// Kinds whose number is estimated: pages without views need fewer requests, pages not viewed for long one more.
const ESTIMATED: [RequestKind; 2] = [RequestKind::PageViews, RequestKind::PageViewers];

fn compare(run: &Run) {
    let plan = &run.inventory.plan.as_ref().unwrap().requests;
    let exact = |requests: &RequestCounts| -> BTreeMap<String, u64> {
        let exact = requests
            .iter()
            .filter(|(label, _)| ESTIMATED.iter().chain([&UNPLANNED]).all(|kind| kind.label() != *label));
        exact.map(|(label, count)| (label.to_owned(), count)).collect()
    };
    assert_eq!(exact(plan), exact(&run.inventory.requests));
    let estimated = |requests: &RequestCounts| -> u64 { ESTIMATED.iter().map(|kind| requests.of(*kind)).sum() };
    let (planned, sent) = (estimated(plan), estimated(&run.inventory.requests));
    assert!(sent <= planned && sent * 2 >= planned, "{sent} sent, {planned} planned");
}

#[tokio::test(start_paused = true)]
async fn the_requests_sent_are_those_of_the_plan() {
    let groups: [&[MetricGroup]; 4] = [
        &[],
        &[MetricGroup::People],
        &[MetricGroup::People, MetricGroup::Links, MetricGroup::Workflow],
        &MetricGroup::ALL,
    ];
    for groups in groups {
        for blog_post_rows in [false, true] {
            let mut harness = Harness::sample(groups, FaultPlan::none()).await;
            harness.options.blog_post_rows = blog_post_rows;
            let run = harness.run().await;
            run.facts();
            compare(&run);
            assert_eq!(run.inventory.requests.total(), harness.server.requests().len() as u64);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn no_page_needs_more_requests_than_declared() {
    let harness = Harness::sample(&[MetricGroup::Engagement], FaultPlan::none()).await;
    harness.run().await.facts();
    let mut calls: BTreeMap<String, u64> = BTreeMap::new();
    for request in harness.server.requests() {
        let parts: Vec<&str> = request.path.split('/').collect();
        let ([.., id, "likes", "count"] | [.., id, "views" | "viewers"] | [.., id, "notification", "child-created"]) =
            parts.as_slice()
        else {
            continue;
        };
        *calls.entry((*id).to_owned()).or_default() += 1;
    }
    let most = *calls.values().max().unwrap();
    assert_eq!(most, MAX_ENGAGEMENT_REQUESTS_PER_PAGE, "a page that was viewed long ago needs the maximum");
}

#[tokio::test(start_paused = true)]
async fn after_an_audit_only_facts_about_pages_are_read() {
    let mut harness = Harness::sample(&[MetricGroup::Links], FaultPlan::none()).await;
    harness.options.measures = Some(TodoMarkers::default());
    let (api, progress) = (harness.api(), Progress::silent());
    let mut inventory = take_inventory(&api, &harness.options, &progress).await.unwrap();
    let before = inventory.requests.clone();
    let keys: Vec<String> = inventory.spaces.iter().map(|space| space.key.clone()).collect();
    let plan = plan_snapshot(&api, &inventory, &harness.options, &harness.groups, &keys);
    let audit = inventory.plan.clone().unwrap();
    let facts =
        read_page_facts(&api, &mut inventory, &harness.options, &harness.groups, &keys, &progress).await.unwrap();
    assert!(inventory.coverage.is_complete(), "{:#?}", inventory.coverage.gaps);
    assert!(facts.pages.values().all(|page| page.labels.is_some()));
    let since = |all: &RequestCounts, before: &RequestCounts| -> RequestCounts {
        let planned = RequestKind::ALL.iter().filter(|kind| **kind != UNPLANNED);
        planned.map(|kind| (*kind, all.of(*kind) - before.of(*kind))).collect()
    };
    assert_eq!(since(&plan.requests, &audit.requests), since(&inventory.requests, &before));
    assert!(inventory.contents.iter().filter(|c| c.kind.owns_attachments()).all(|c| c.details.is_some()));
}

/// The number of requests for the core metrics of 15,000 pages in 5 spaces.
#[tokio::test]
async fn fifteen_thousand_pages_are_read_in_bulk() {
    let mut site = Site::new();
    for space in 0..5 {
        site = site.space(&format!("S{space}"), "Space");
        for page in 0..3_000 {
            site = site.page(&(10_000 * (space + 1) + page).to_string(), "Page", "<p>text</p>");
        }
        site = site.attachment(&format!("att{}", 900_000 + space), "a.png", 10);
    }
    let harness = Harness::start(site, &[], FaultPlan::none()).await;
    let run = harness.run().await;
    assert_eq!(run.facts().pages.len(), 15_000);
    assert_eq!(harness.groups, MetricGroups::new([]));
    compare(&run);
    // the lists of pages (250 each), attachments and spaces twice; the sweep (200 each), four account probes, and names
    let bulk = 2 * (15_000 / 250 + 1 + 2) + 15_000 / 200 + 4 + 1;
    assert_eq!(harness.server.requests().len(), bulk);
}
