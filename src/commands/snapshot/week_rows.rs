//! Reads the page facts and workflow of a snapshot, and makes one row per page.

use super::scope::{self, workflow_pages};
use crate::audit::Audit;
use crate::commands::run_context::status_of_stop;
use crate::commands::summary::not_read;
use crate::config::SnapshotConfig;
use crate::error::{ExitStatus, Failure};
use crate::history::{RowKey, WeekMetadata};
use crate::inventory::snapshot::{MetricGroup, MetricGroups, SnapshotFacts, read_page_facts};
use crate::inventory::workflow::{WorkflowCost, WorkflowResults, read_workflows};
use crate::inventory::{CrawlOptions, Inventory};
use crate::metrics::page_row::PageRow;
use crate::metrics::{self, MeasureInput, PreviousSnapshots, Rules, columns};
use crate::progress::Progress;
use crate::spreadsheet::Value;
use crate::support::iso_week::IsoWeek;
use chrono::{DateTime, Utc};
use confluence_client::{Api, RequestError};

/// What a snapshot starts from: a crawled inventory, and the means to read more.
#[derive(Debug)]
pub(in crate::commands) struct SnapshotInput<'a> {
    pub(in crate::commands) api: &'a Api,
    pub(in crate::commands) crawl: &'a CrawlOptions,
    /// The inventory; further units are added to its coverage.
    pub(in crate::commands) inventory: &'a mut Inventory,
    /// The verdicts, if the inventory was audited.
    pub(in crate::commands) audit: Option<&'a Audit>,
    /// Why the crawl stopped early.
    pub(in crate::commands) stopped: Option<RequestError>,
}

/// Facts about the pages of a snapshot, and why reading them stopped early.
pub(super) struct PageData {
    pub(super) pages: SnapshotFacts,
    pub(super) workflow: WorkflowResults,
    pub(super) stopped: Option<RequestError>,
}

impl PageData {
    /// Reads the facts from the pages' endpoints and the workflow. If reading stops early, none of them are used.
    pub(super) async fn read(
        read: &mut SnapshotInput<'_>,
        snapshot: &SnapshotConfig,
        chosen: &[String],
        previous: Option<&PreviousSnapshots>,
        progress: &Progress,
    ) -> Self {
        let groups = &snapshot.metrics;
        let SnapshotInput { api, crawl, inventory, .. } = read;
        if let Some(cause) = read.stopped.take() {
            return Self::stopped(groups, cause);
        }
        let pages = match read_page_facts(api, inventory, crawl, groups, chosen, progress).await {
            Ok(facts) => facts,
            Err(cause) => return Self::stopped(groups, cause),
        };
        if !groups.has(MetricGroup::Workflow) {
            return Self { pages, workflow: WorkflowResults::default(), stopped: None };
        }
        let of_pages = workflow_pages(inventory, &pages, chosen, previous);
        progress.note(WorkflowCost::of(api, &of_pages, &snapshot.workflow));
        let (workflow, coverage) = read_workflows(api, &of_pages, &snapshot.workflow, progress).await;
        let stopped = inventory.absorb(coverage, api, crawl, progress).err();
        if let Some(plan) = &mut inventory.plan {
            plan.requests.add_all(&workflow.requests);
        }
        Self { pages, workflow, stopped }
    }

    fn stopped(groups: &MetricGroups, cause: RequestError) -> Self {
        let pages = SnapshotFacts { groups: groups.clone(), ..SnapshotFacts::default() };
        Self { pages, workflow: WorkflowResults::default(), stopped: Some(cause) }
    }
}

/// The rows of one week.
pub(super) struct WeekRows {
    pub(super) week: IsoWeek,
    pub(super) frame: columns::SnapshotFrame,
    pub(super) rows: Vec<PageRow>,
}

impl WeekRows {
    /// Measures every page. `known` is the week as recorded so far, `previous` the data of earlier weeks. Fails if no
    /// page could be read; the files of earlier runs then stay as they are.
    pub(super) fn new(
        inventory: &Inventory,
        audit: Option<&Audit>,
        facts: &PageData,
        chosen: &[String],
        (known, previous): (Option<&WeekMetadata>, Option<&PreviousSnapshots>),
        rules: &Rules,
    ) -> Result<Self, Failure> {
        let complete = facts.stopped.is_none() && inventory.coverage.is_complete();
        let taken_at = inventory.scan.started_at;
        let week = IsoWeek::of(taken_at);
        let frame =
            columns::SnapshotFrame { week: week.to_string(), taken_at, run_id: run_id(taken_at, known), complete };
        let rows = metrics::measure(&MeasureInput {
            inventory,
            facts: &facts.pages,
            workflow: &facts.workflow.pages,
            audit,
            spaces: chosen,
            read: &scope::spaces_read(inventory, audit.is_some()),
            previous,
            rules,
            frame: &frame,
        });
        if rows.is_empty() && !complete {
            return Err(nothing_read(facts.stopped.as_ref(), inventory));
        }
        Ok(Self { week, frame, rows })
    }

    /// Returns the key of each row.
    pub(super) fn keys(&self) -> Vec<RowKey> {
        self.rows.iter().map(|row| RowKey { space: row.place.space_key.clone(), page: row.id.clone() }).collect()
    }

    /// Returns the cells of one row.
    pub(super) fn cells(&self, at: usize) -> Vec<Value> {
        columns::cells(&columns::all(), &self.rows[at], &self.frame)
    }
}

/// Returns the failure of a snapshot without any page.
fn nothing_read(stopped: Option<&RequestError>, inventory: &Inventory) -> Failure {
    let gap = || not_read(&inventory.coverage).into_iter().next();
    let cause = stopped.map(ToString::to_string).or_else(gap).unwrap_or_else(|| "no page could be read".to_owned());
    let status = stopped.map_or(ExitStatus::Unreachable, status_of_stop);
    let remedy = stopped.map_or("run `doctor`: it shows what this account can read", RequestError::remedy);
    Failure::new(status, "no snapshot was taken").because(cause).remedy(remedy)
}

/// Returns the id of a run: its time to the second, with a number if another run of the week has the same.
fn run_id(taken_at: DateTime<Utc>, known: Option<&WeekMetadata>) -> String {
    let time = taken_at.format("%Y%m%dT%H%M%SZ").to_string();
    let ids = (1..).map(|number| if number == 1 { time.clone() } else { format!("{time}-{number}") });
    let is_free = |id: &String| known.is_none_or(|week| !week.runs.contains_key(id));
    ids.into_iter().find(is_free).unwrap_or_default()
}
