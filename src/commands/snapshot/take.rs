//! From an inventory to the files of a snapshot: the way both `snapshot` and `audit --snapshot` go.

use chrono::{DateTime, Utc};

use super::options::{self, workflow_pages};
use super::{Taken, failure, files, tables};
use crate::audit::Audit;
use crate::commands::audit::status_of_stop;
use crate::config::{Config, SnapshotConfig};
use crate::confluence::{Cloud, RequestError};
use crate::error::{ExitStatus, Failure};
use crate::history::{Clock, Columns, History, IsoWeek, Recorded, Retention, Snapshot, Status};
use crate::inventory::snapshot::{MetricGroup, MetricGroups, SnapshotFacts, read_facts};
use crate::inventory::workflow::{WorkflowOptions, WorkflowReading, workflow_of};
use crate::inventory::{CrawlOptions, Inventory};
use crate::metrics::summary::TableFigures;
use crate::metrics::{self, Input, Previous, columns, findings};
use crate::progress::Progress;
use crate::report::snapshot::SnapshotView;
use crate::spreadsheet::Value;

/// What a run goes on with.
#[derive(Clone, Copy)]
pub(in crate::commands) struct Run<'a> {
    /// The site.
    pub(in crate::commands) api: &'a Cloud,
    /// How it is read.
    pub(in crate::commands) crawl: &'a CrawlOptions,
    /// Which spaces.
    pub(in crate::commands) config: &'a Config,
    /// What is measured, and how it is judged and kept.
    pub(in crate::commands) snapshot: &'a SnapshotConfig,
    /// Where the workflow state is found.
    pub(in crate::commands) workflow: &'a WorkflowOptions,
    /// Where people see how far it is.
    pub(in crate::commands) progress: &'a Progress,
    /// When reading began, by the clock of this machine.
    pub(in crate::commands) began: DateTime<Utc>,
}

/// Reads the facts of the pages, makes rows, and writes history, model, findings and dashboard.
///
/// A reading that stopped before, or stops here, gives an incomplete snapshot of what was read.
pub(in crate::commands) async fn take(
    run: &Run<'_>,
    inventory: &mut Inventory,
    audit: Option<&Audit>,
    stopped: Option<RequestError>,
    history: &mut History,
) -> Result<Taken, Failure> {
    let Run { snapshot, progress, .. } = *run;
    let groups = options::groups(snapshot);
    let chosen = options::chosen(inventory, run.config, snapshot)?;
    check_clock(run.began, inventory.scan.started_at, progress)?;
    let (facts, workflow, stopped) = match stopped {
        Some(cause) => (
            SnapshotFacts { groups: groups.clone(), ..SnapshotFacts::default() },
            WorkflowReading::default(),
            Some(cause),
        ),
        None => facts(run, inventory, &groups, &chosen).await,
    };
    progress.phase("measuring", None);
    let complete = stopped.is_none() && inventory.coverage.is_complete();
    let taken_at = inventory.scan.started_at;
    let week = IsoWeek::of(taken_at);
    let frame = columns::Frame { week: week.to_string(), taken_at, run_id: run_id(taken_at), complete };
    let previous = previous(history, week)?;
    let rules = options::rules(&snapshot.rules);
    let rows = metrics::measure(&Input {
        inventory,
        facts: &facts,
        workflow: &workflow.pages,
        audit,
        spaces: &chosen,
        read: &options::read(inventory, audit.is_some()),
        previous: previous.as_ref(),
        rules: &rules,
        frame: &frame,
    });
    if rows.is_empty() && !complete {
        return Err(nothing_read(stopped.as_ref()));
    }
    let columns = columns::all();
    let cells: Vec<_> = rows.iter().map(|row| columns::cells(&columns, row, &frame)).collect();
    let figures = TableFigures::of(&tables::of_cells(&cells));
    let recorded = record(history, &frame, week, &chosen, cells, snapshot)?;
    for warning in &recorded.warnings {
        progress.warn(warning);
    }
    let findings = findings::find(&rows, &rules);
    let changes = previous.as_ref().map(|before| metrics::changes::changes(&rows, before, inventory, &chosen));
    let notes: Vec<String> = facts.notes.iter().chain(&workflow.notes).cloned().collect();
    let view = SnapshotView {
        frame: &frame,
        base_url: &inventory.scan.base_url,
        account: &inventory.scan.account.name,
        spaces: &spaces(inventory, &chosen),
        whole_site: chosen.len() == inventory.spaces.len(),
        rows: &rows,
        figures: &figures,
        findings: &findings,
        changes: changes.as_deref(),
        previous_week: previous.as_ref().map(|previous| previous.week.as_str()),
        trend: &files::write_model(history, progress)?,
        states: &metrics::summary::states(&rows),
        reviewers: &metrics::summary::reviewers(&rows),
        coverage: &inventory.coverage,
        notes: &notes,
        groups: &groups.iter().map(MetricGroup::name).collect::<Vec<_>>(),
    };
    files::write_pages(history.folder(), &view)?;
    for note in &notes {
        progress.note(note);
    }
    for warning in &inventory.coverage.warnings {
        progress.warn(warning);
    }
    let status = stopped.as_ref().map(status_of_stop);
    let incomplete = (!complete).then_some(ExitStatus::Incomplete);
    Ok(Taken {
        status: ExitStatus::decide(status.into_iter().chain(incomplete)),
        folder: history.folder().to_owned(),
        complete,
        recorded,
        pages: rows.len() as u64,
        findings: findings.iter().map(|found| (found.finding, found.pages.len() as u64, found.unknown)).collect(),
        changes: changes.map(|changes| metrics::changes::counts(&changes)),
        stopped,
    })
}

/// Nothing usable was read: the files of earlier runs stay as they are.
fn nothing_read(stopped: Option<&RequestError>) -> Failure {
    let cause = stopped.map_or_else(|| "no page could be read".to_owned(), ToString::to_string);
    let status = stopped.map_or(ExitStatus::Unreachable, status_of_stop);
    Failure::new(status, "no snapshot was taken").because(cause).remedy("run it again")
}

/// Puts the rows into the history.
fn record(
    history: &mut History,
    frame: &columns::Frame,
    week: IsoWeek,
    chosen: &[String],
    rows: Vec<Vec<Value>>,
    config: &SnapshotConfig,
) -> Result<Recorded, Failure> {
    let snapshot = Snapshot {
        week,
        taken_at: frame.taken_at,
        run_id: frame.run_id.clone(),
        complete: frame.complete,
        spaces: chosen.to_vec(),
        columns: Columns::new(columns::names()).map_err(|error| failure(&error.into()))?,
        rows,
    };
    let retention = Retention { weeks: config.retain, archive: config.archive };
    history.record(&snapshot, retention).map_err(|error| failure(&error))
}

/// What the pages' own endpoints and the workflow tell. A stop on the way gives what was read until then.
async fn facts(
    run: &Run<'_>,
    inventory: &mut Inventory,
    groups: &MetricGroups,
    chosen: &[String],
) -> (SnapshotFacts, WorkflowReading, Option<RequestError>) {
    let nothing = || SnapshotFacts { groups: groups.clone(), ..SnapshotFacts::default() };
    let facts = match read_facts(run.api, inventory, run.crawl, groups, chosen, run.progress).await {
        Ok(facts) => facts,
        Err(cause) => return (nothing(), WorkflowReading::default(), Some(cause)),
    };
    if !groups.has(MetricGroup::Workflow) {
        return (facts, WorkflowReading::default(), None);
    }
    let pages = workflow_pages(inventory, &facts, chosen);
    let (workflow, coverage) = workflow_of(run.api, &pages, run.workflow, run.progress).await;
    inventory.coverage.absorb(coverage);
    inventory.requests = run.api.client().requests();
    if let Some(plan) = &mut inventory.plan {
        for (kind, requests) in &workflow.requests {
            *plan.requests.entry(kind.clone()).or_default() += requests;
        }
    }
    (facts, workflow, run.api.client().stopped())
}

/// The week is named by the server's clock; where this machine's is far off, something is wrong that people should
/// mend before the history holds a week that never was (F-84). Both are taken when reading begins: it may take hours.
fn check_clock(here: DateTime<Utc>, server: DateTime<Utc>, progress: &Progress) -> Result<(), Failure> {
    let words = |off: chrono::TimeDelta| {
        let minutes = off.num_minutes().abs();
        let direction = if off > chrono::TimeDelta::zero() { "ahead of" } else { "behind" };
        format!("the clock of this machine is {minutes} minutes {direction} the server's")
    };
    match Clock::compare(here, server) {
        Clock::Fine => Ok(()),
        Clock::Off(off) => {
            progress.warn(words(off));
            Ok(())
        }
        Clock::Wrong(off) => Err(Failure::new(ExitStatus::Usage, "no snapshot was taken")
            .because(words(off))
            .remedy("set the clock; a snapshot belongs to the week it is taken in")),
    }
}

/// The newest snapshot of an earlier week that was whole.
fn previous(history: &History, week: IsoWeek) -> Result<Option<Previous>, Failure> {
    let before = history.weeks().iter().rev().find(|known| known.week < week && known.status != Status::Incomplete);
    let Some(before) = before else { return Ok(None) };
    let table = history.read(before.week).map_err(|error| failure(&error))?;
    Ok(table.map(|table| Previous::new(before.week.to_string(), &before.spaces, &table)))
}

/// Names a run: its time, to the second, which no other run of the same history shares.
fn run_id(taken_at: DateTime<Utc>) -> String {
    taken_at.format("%Y%m%dT%H%M%SZ").to_string()
}

fn spaces(inventory: &Inventory, chosen: &[String]) -> Vec<(String, String)> {
    let chosen = inventory.spaces.iter().filter(|space| chosen.contains(&space.key));
    chosen.map(|space| (space.key.clone(), space.name.clone())).collect()
}
