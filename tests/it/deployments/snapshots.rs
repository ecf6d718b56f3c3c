//! Snapshots of the same site as every kind of Confluence.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use confluence_client::{Deployment, RequestKind};
use confluence_sim::workflow::WorkflowApp;
use confluence_sim::{Site, sample_site};
use confluence_storage_analyzer::inventory::snapshot::{
    MetricGroup, MetricGroups, SnapshotFacts, read_page_facts, read_page_inventory,
};
use confluence_storage_analyzer::inventory::workflow::{
    DEFAULT_STATE_NAMES, WorkflowOptions, WorkflowPage, WorkflowResults, read_workflows,
};
use confluence_storage_analyzer::inventory::{ContentKind, CrawlOptions, Inventory, Status};
use confluence_storage_analyzer::metrics::{MeasureInput, Rules, columns, measure};
use confluence_storage_analyzer::progress::Progress;

use super::served::{self, Served, generated_site};

/// The metrics that take no request for each page, which all kinds of sites have, and the watchers.
const GROUPS: [MetricGroup; 4] =
    [MetricGroup::People, MetricGroup::Links, MetricGroup::Engagement, MetricGroup::Workflow];

/// Columns that Data Center cannot fill because no reader is counted, and those that depend on the number of views.
const NOT_ON_DATA_CENTER: [&str; 10] = [
    "views_total",
    "views_30d",
    "views_90d",
    "viewers_90d",
    "days_since_view_bucket",
    "likes",
    "impact_score",
    "health_score",
    "health_reasons",
    "staleness",
];

/// Columns that depend on what only one of the two apps says: Comala for Cloud has no API, so its search says neither
/// the name of a workflow nor a date, and of the due date only a window.
const DETAILS_OF_COMALA: [&str; 10] = [
    "workflow_name",
    "workflow_since",
    "workflow_since_source",
    "workflow_since_is_at_least",
    "workflow_days_in_state",
    "workflow_due",
    "workflow_due_window",
    "workflow_overdue_days",
    "workflow_edits_since_final",
    "workflow_source",
];

struct Measured {
    served: Served,
    inventory: Inventory,
    facts: SnapshotFacts,
    /// Cells by page id and column.
    pages: BTreeMap<String, BTreeMap<&'static str, String>>,
}

impl Measured {
    /// Measures a site two hours after `start`.
    async fn run(deployment: Deployment, mut site: Site, start: DateTime<Utc>, groups: &[MetricGroup]) -> Self {
        if site.workflow.app != WorkflowApp::None {
            let is_cloud = deployment.is_cloud();
            site.workflow.app = if is_cloud { WorkflowApp::ComalaCloud } else { WorkflowApp::ComalaDataCenter };
        }
        let served = Served::start(deployment, site).await;
        let (options, progress) =
            (CrawlOptions { blog_post_rows: true, ..CrawlOptions::default() }, Progress::silent());
        let groups = MetricGroups::new(groups.iter().copied());
        let mut inventory = read_page_inventory(&served.api, &options, &groups, &progress).await.unwrap();
        let keys: Vec<String> = inventory.spaces.iter().map(|space| space.key.clone()).collect();
        let facts = read_page_facts(&served.api, &mut inventory, &options, &groups, &keys, &progress).await.unwrap();
        assert!(inventory.coverage.is_complete(), "{deployment}: {:#?}", inventory.coverage.gaps);
        let workflow = if groups.has(MetricGroup::Workflow) {
            workflow(&served, &inventory, &facts).await
        } else {
            WorkflowResults::default()
        };
        let frame = columns::SnapshotFrame {
            week: "2026-W14".to_owned(),
            taken_at: start + TimeDelta::hours(2),
            run_id: "run".to_owned(),
            complete: true,
        };
        let rows = measure(&MeasureInput {
            inventory: &inventory,
            facts: &facts,
            workflow: &workflow.pages,
            audit: None,
            spaces: &keys,
            read: &keys,
            previous: None,
            rules: &Rules::default(),
            frame: &frame,
        });
        let all = columns::all();
        let cells = |row| all.iter().map(|column| column.name).zip(columns::cells(&all, row, &frame));
        let named = |row| cells(row).map(|(name, cell)| (name, served.without_address(&format!("{cell:?}"))));
        let pages = rows.iter().map(|row| (row.id.clone(), named(row).collect())).collect();
        Self { served, inventory, facts, pages }
    }

    #[track_caller]
    fn has_the_rows_of(&self, other: &Self, left_out: &[&str]) {
        let is_compared = |column: &str| {
            !left_out.contains(&column)
                && !["page_url", "short_url", "snapshot_taken_at", "age_days", "days_since_update"].contains(&column)
        };
        assert_eq!(self.pages.keys().collect::<Vec<_>>(), other.pages.keys().collect::<Vec<_>>());
        let mut differing: BTreeMap<&str, Vec<(&str, &str, &str)>> = BTreeMap::new();
        for (id, row) in &self.pages {
            for (column, cell) in row.iter().filter(|(column, _)| is_compared(column)) {
                let others = &other.pages[id][column];
                if cell != others {
                    differing.entry(column).or_default().push((id, cell, others));
                }
            }
        }
        for examples in differing.values_mut() {
            examples.truncate(3);
        }
        assert!(differing.is_empty(), "{:?}: {differing:#?}", self.served.deployment);
    }

    #[track_caller]
    fn sent_what_was_planned(&self) {
        let plan = self.inventory.plan.as_ref().unwrap();
        // pages that no one viewed need fewer requests than planned
        let unplanned = [RequestKind::ShortLinkTargets, RequestKind::PageViews, RequestKind::PageViewers];
        served::assert_planned(self.served.deployment, &plan.requests, &self.inventory.requests, &unplanned);
    }
}

/// Reads the workflow of all pages, with all reviewers.
async fn workflow(served: &Served, inventory: &Inventory, facts: &SnapshotFacts) -> WorkflowResults {
    let pages = inventory.contents.iter().filter(|content| content.kind == ContentKind::Page);
    let pages = pages.filter(|page| page.status == Status::Current).map(|page| {
        let space = inventory.spaces.iter().find(|space| Some(&space.id) == page.space.as_ref()).unwrap();
        let labels = facts.pages.get(&page.id).and_then(|facts| facts.labels.as_deref());
        let (space_key, searched) = (space.key.as_str(), space.searched());
        WorkflowPage { id: &page.id, space_key, searched, version: page.version, labels, content_state: None }
    });
    let names = DEFAULT_STATE_NAMES.iter().copied().chain(["Architecture check"]);
    let options = WorkflowOptions {
        state_names: names.map(str::to_owned).collect(),
        reviewers: served.server.site(|site| site.people.iter().map(|person| person.account_id.clone()).collect()),
        label_map: vec![("approved".into(), "Approved".into()), ("in-approval".into(), "In Approval".into())],
        ..WorkflowOptions::default()
    };
    let pages: Vec<WorkflowPage<'_>> = pages.collect();
    let (results, coverage) = read_workflows(&served.api, &pages, &options, &Progress::silent()).await;
    assert!(coverage.is_complete(), "{:#?}", coverage.gaps);
    results
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sample_has_the_same_metrics_on_every_kind_of_site() {
    // the search of Comala for Cloud compares due dates with the clock of the server
    let start = Utc::now();
    let run = |deployment| Measured::run(deployment, sample_site(start).without_cloud_features(), start, &GROUPS);
    let (cloud, gateway) = (run(Deployment::Cloud).await, run(Deployment::Gateway).await);
    let own = run(Deployment::DataCenter).await;
    for (kind, source) in [(&cloud, "comala_cloud_cql"), (&own, "comala_dc_property")] {
        let sources = kind.pages.values().filter(|row| row["workflow_source"].contains(source));
        assert!(sources.count() > 20, "{source}");
    }
    gateway.has_the_rows_of(&cloud, &[]);
    own.has_the_rows_of(&cloud, &[&NOT_ON_DATA_CENTER[..], &DETAILS_OF_COMALA].concat());
    for measured in [&cloud, &gateway, &own] {
        measured.sent_what_was_planned();
    }
    let notes = own.facts.notes.iter().filter(|note| note.contains("no API for views, viewers and likes"));
    assert_eq!(notes.count(), 1, "{:#?}", own.facts.notes);
    let sent = |words: &str| own.served.server.requests().iter().filter(|request| request.path.contains(words)).count();
    assert_eq!((sent("/analytics/"), sent("/likes"), sent("/api/v2/")), (0, 0, 0));
    assert!(sent("/watchers") > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_thousand_pages_have_the_same_metrics_on_every_kind_of_site() {
    let groups = [MetricGroup::People, MetricGroup::Links];
    let site = || generated_site().without_cloud_features();
    let run = |deployment| Measured::run(deployment, site(), served::sample_start(), &groups);
    let cloud = run(Deployment::Cloud).await;
    assert!(cloud.pages.len() > 2_000, "{}", cloud.pages.len());
    for deployment in [Deployment::Gateway, Deployment::DataCenter] {
        let other = run(deployment).await;
        other.has_the_rows_of(&cloud, if deployment.is_cloud() { &[] } else { &NOT_ON_DATA_CENTER });
        other.sent_what_was_planned();
    }
    cloud.sent_what_was_planned();
}
