//! From what was read to one row for each page.

use super::scope::{self, workflow_pages};
use crate::audit::Audit;
use crate::commands::session::status_of_stop;
use crate::commands::summary::not_read;
use crate::config::SnapshotConfig;
use crate::error::{ExitStatus, Failure};
use crate::history::{Key, Week};
use crate::inventory::snapshot::{MetricGroup, MetricGroups, SnapshotFacts, read_facts};
use crate::inventory::workflow::{WorkflowCost, WorkflowReading, workflow_of};
use crate::inventory::{CrawlOptions, Inventory};
use crate::metrics::row::PageRow;
use crate::metrics::{self, Input, Previous, Rules, columns};
use crate::progress::Progress;
use crate::spreadsheet::Value;
use crate::support::iso_week::IsoWeek;
use chrono::{DateTime, Utc};
use confluence_client::{Api, RequestError};

/// What was read, and with what to read on.
#[derive(Debug)]
pub(in crate::commands) struct Read<'a> {
    /// The site.
    pub(in crate::commands) api: &'a Api,
    /// How it is read.
    pub(in crate::commands) crawl: &'a CrawlOptions,
    /// The inventory; what is read beyond it is added to its coverage.
    pub(in crate::commands) inventory: &'a mut Inventory,
    /// The verdicts of an audit of this inventory.
    pub(in crate::commands) audit: Option<&'a Audit>,
    /// Why reading stopped on the way.
    pub(in crate::commands) stopped: Option<RequestError>,
}

/// What was read of the pages, and why it stopped.
pub(super) struct Facts {
    pub(super) pages: SnapshotFacts,
    pub(super) workflow: WorkflowReading,
    pub(super) stopped: Option<RequestError>,
}

impl Facts {
    /// What the pages' own endpoints and the workflow tell. Where reading stops, nothing of it is believed.
    pub(super) async fn read(
        read: &mut Read<'_>,
        snapshot: &SnapshotConfig,
        chosen: &[String],
        previous: Option<&Previous>,
        progress: &Progress,
    ) -> Self {
        let groups = &snapshot.metrics;
        let Read { api, crawl, inventory, .. } = read;
        if let Some(cause) = read.stopped.take() {
            return Self::stopped(groups, cause);
        }
        let pages = match read_facts(api, inventory, crawl, groups, chosen, progress).await {
            Ok(facts) => facts,
            Err(cause) => return Self::stopped(groups, cause),
        };
        if !groups.has(MetricGroup::Workflow) {
            return Self { pages, workflow: WorkflowReading::default(), stopped: None };
        }
        let asked = workflow_pages(inventory, &pages, chosen, previous);
        progress.note(WorkflowCost::of(api, &asked, &snapshot.workflow));
        let (workflow, coverage) = workflow_of(api, &asked, &snapshot.workflow, progress).await;
        inventory.coverage.absorb(coverage);
        inventory.requests = api.client().requests();
        if let Some(plan) = &mut inventory.plan {
            plan.requests.add_all(&workflow.requests);
        }
        Self { pages, workflow, stopped: api.client().stopped() }
    }

    fn stopped(groups: &MetricGroups, cause: RequestError) -> Self {
        let pages = SnapshotFacts { groups: groups.clone(), ..SnapshotFacts::default() };
        Self { pages, workflow: WorkflowReading::default(), stopped: Some(cause) }
    }
}

/// The pages of one week, measured.
pub(super) struct Measured {
    pub(super) week: IsoWeek,
    pub(super) frame: columns::Frame,
    pub(super) rows: Vec<PageRow>,
}

impl Measured {
    /// Makes a row of each page, of which `known` is the week so far and `previous` what came before. Fails when no page could be read: the files of earlier runs stay as they are then.
    pub(super) fn new(
        inventory: &Inventory,
        audit: Option<&Audit>,
        facts: &Facts,
        chosen: &[String],
        (known, previous): (Option<&Week>, Option<&Previous>),
        rules: &Rules,
    ) -> Result<Self, Failure> {
        let complete = facts.stopped.is_none() && inventory.coverage.is_complete();
        let taken_at = inventory.scan.started_at;
        let week = IsoWeek::of(taken_at);
        let frame = columns::Frame { week: week.to_string(), taken_at, run_id: run_id(taken_at, known), complete };
        let rows = metrics::measure(&Input {
            inventory,
            facts: &facts.pages,
            workflow: &facts.workflow.pages,
            audit,
            spaces: chosen,
            read: &scope::read(inventory, audit.is_some()),
            previous,
            rules,
            frame: &frame,
        });
        if rows.is_empty() && !complete {
            return Err(nothing_read(facts.stopped.as_ref(), inventory));
        }
        Ok(Self { week, frame, rows })
    }

    /// The key of each row.
    pub(super) fn keys(&self) -> Vec<Key> {
        self.rows.iter().map(|row| Key { space: row.place.space_key.clone(), page: row.id.clone() }).collect()
    }

    /// The cells of one row.
    pub(super) fn cells(&self, at: usize) -> Vec<Value> {
        columns::cells(&columns::all(), &self.rows[at], &self.frame)
    }
}

/// Nothing usable was read: the files of earlier runs stay as they are.
fn nothing_read(stopped: Option<&RequestError>, inventory: &Inventory) -> Failure {
    let gap = || not_read(&inventory.coverage).into_iter().next();
    let cause = stopped.map(ToString::to_string).or_else(gap).unwrap_or_else(|| "no page could be read".to_owned());
    let status = stopped.map_or(ExitStatus::Unreachable, status_of_stop);
    let remedy =
        stopped.map_or("run `doctor`: it says what this account may read, and what answers", RequestError::remedy);
    Failure::new(status, "no snapshot was taken").because(cause).remedy(remedy)
}

/// Names a run: its time, to the second, and a number where another run of the week has that.
fn run_id(taken_at: DateTime<Utc>, known: Option<&Week>) -> String {
    let time = taken_at.format("%Y%m%dT%H%M%SZ").to_string();
    let ids = (1..).map(|number| if number == 1 { time.clone() } else { format!("{time}-{number}") });
    let is_free = |id: &String| known.is_none_or(|week| !week.runs.contains_key(id));
    ids.into_iter().find(is_free).unwrap_or_default()
}
