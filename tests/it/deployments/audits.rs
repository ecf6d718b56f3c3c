//! Audits of the same site as every kind of Confluence.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use confluence_client::{Deployment, RequestKind};
use confluence_sim::{Site, sample_site};
use confluence_storage_analyzer::audit::{AuditOptions, Usage};
use confluence_storage_analyzer::commands::audit_run::{AuditRun, crawl_and_audit};
use confluence_storage_analyzer::error::ExitStatus;
use confluence_storage_analyzer::inventory::CrawlOptions;
use confluence_storage_analyzer::progress::Progress;
use confluence_storage_analyzer::report::{self, ReportInput, RunFacts};
use tempfile::TempDir;

use super::served::{self, Served, common_sample, generated_site, sample_start};
use crate::run_program::rows_of;

/// Columns with addresses, which differ between kinds of sites.
const ADDRESSES: [&str; 6] = [
    "Download URL",
    "Attachment Page Link",
    "API Delete Link",
    "Container URL",
    "Linked on Other Pages",
    "Using Content URL",
];

/// The tables of all files.
const TABLES: [&str; 4] = ["attachments.csv", "versions.csv", "duplicates.csv", "uses.csv"];

type Rows = Vec<BTreeMap<String, String>>;

pub(super) struct Audited {
    pub(super) served: Served,
    pub(super) run: AuditRun,
    pub(super) report: PathBuf,
    _folder: TempDir,
    tables: BTreeMap<&'static str, Rows>,
}

impl Audited {
    pub(super) async fn run(deployment: Deployment, site: Site) -> Self {
        Self::of(Served::start(deployment, site).await).await
    }

    pub(super) async fn of(served: Served) -> Self {
        let rules = AuditOptions::default();
        let run = crawl_and_audit(&served.api, &CrawlOptions::default(), &rules, &Progress::silent()).await.unwrap();
        let folder = TempDir::new().unwrap();
        let facts = RunFacts {
            local_time: "2026-04-01T10:30:00+02:00".parse().unwrap(),
            exit_code: run.status.code(),
            stopped: None,
            options: Vec::new(),
            quota_bytes: None,
            audit_history: None,
            previous: None,
            thresholds: Vec::new(),
            audit: rules,
        };
        let written =
            report::write(folder.path(), ReportInput { run: &facts, inventory: &run.inventory, audit: &run.audit })
                .unwrap();
        let tables = TABLES.map(|name| (name, rows_of(&written.join(name)))).into();
        Self { served, run, report: written, _folder: folder, tables }
    }

    #[track_caller]
    pub(super) fn is_complete(&self) -> &Self {
        let gaps = &self.run.inventory.coverage.gaps;
        assert_eq!(self.run.status, ExitStatus::Complete, "{:?}: {gaps:#?}", self.served.deployment);
        self
    }

    /// The rows of a table without addresses and without the columns that a kind of site cannot fill.
    fn comparable(&self, table: &str, left_out: &[&str]) -> Rows {
        let mut rows = self.tables[table].clone();
        for row in &mut rows {
            row.retain(|column, _| !ADDRESSES.contains(&column.as_str()) && !left_out.contains(&column.as_str()));
            if let Some(page) = row.get_mut("Original Page") {
                *page = page.split(" (http").next().unwrap_or_default().to_owned();
            }
        }
        rows
    }

    /// Checks that both runs have the same tables and figures.
    #[track_caller]
    pub(super) fn has_the_result_of(&self, other: &Self, left_out: &[&str]) {
        let kinds = (self.served.deployment, other.served.deployment);
        for table in TABLES {
            let (own, others) = (self.comparable(table, left_out), other.comparable(table, left_out));
            let mut differing: BTreeMap<&str, Vec<String>> = BTreeMap::new();
            for (own, others) in own.iter().zip(&others) {
                for (column, value) in own.iter().filter(|(column, value)| others.get(*column) != Some(value)) {
                    let example = format!("{value:?} instead of {:?} in {:?}", others[column], own["Filename"]);
                    differing.entry(column).or_default().push(example);
                }
            }
            for examples in differing.values_mut() {
                examples.truncate(4);
            }
            assert!(differing.is_empty(), "{table} of {kinds:?}: {differing:#?}");
            assert_eq!(own.len(), others.len(), "{table} of {kinds:?}");
        }
        let figures = |run: &AuditRun| run.audit.figures(&run.inventory, true).site;
        assert_eq!(figures(&self.run), figures(&other.run), "{kinds:?}");
        assert_eq!(self.run.audit.complete, other.run.audit.complete);
    }

    /// Checks that the run sent at most a tenth more requests than planned, apart from those that no plan contains.
    #[track_caller]
    pub(super) fn sent_what_was_planned(&self) {
        let plan = self.run.inventory.plan.as_ref().unwrap();
        served::assert_planned(self.served.deployment, &plan.requests, &self.run.inventory.requests, &UNPLANNED);
    }
}

/// Requests that depend on what the audit finds: drafts and app properties of pages with candidates, and files from
/// which versions were deleted.
const UNPLANNED: [RequestKind; 3] = [RequestKind::Draft, RequestKind::Properties, RequestKind::AttachmentVersionList];

/// Columns that Data Center cannot fill: it has no owners of pages.
pub(super) const NOT_ON_DATA_CENTER: [&str; 1] = ["Container Owner"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sample_has_the_same_verdicts_and_bytes_on_every_kind_of_site() {
    let cloud = Audited::run(Deployment::Cloud, common_sample()).await;
    let gateway = Audited::run(Deployment::Gateway, common_sample()).await;
    let own = Audited::run(Deployment::DataCenter, common_sample()).await;
    cloud.is_complete().sent_what_was_planned();
    gateway.is_complete().has_the_result_of(&cloud, &[]);
    own.is_complete().has_the_result_of(&cloud, &NOT_ON_DATA_CENTER);
    own.sent_what_was_planned();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_entire_sample_is_the_same_at_the_gateway() {
    let cloud = Audited::run(Deployment::Cloud, sample_site(sample_start())).await;
    let gateway = Audited::run(Deployment::Gateway, sample_site(sample_start())).await;
    cloud.is_complete();
    gateway.is_complete().has_the_result_of(&cloud, &[]);
    gateway.sent_what_was_planned();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_thousand_pages_have_the_same_verdicts_and_bytes_on_every_kind_of_site() {
    let cloud = Audited::run(Deployment::Cloud, generated_site()).await;
    let gateway = Audited::run(Deployment::Gateway, generated_site()).await;
    let own = Audited::run(Deployment::DataCenter, generated_site()).await;
    cloud.is_complete().sent_what_was_planned();
    gateway.is_complete().has_the_result_of(&cloud, &[]);
    own.is_complete().has_the_result_of(&cloud, &NOT_ON_DATA_CENTER);
    own.sent_what_was_planned();
    let usages: BTreeSet<Usage> = own.run.audit.files.iter().map(|file| file.usage).collect();
    assert!(usages.len() >= 5, "{usages:?}");
}
