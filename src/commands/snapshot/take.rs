//! From an inventory to the files of a snapshot: the way both `snapshot` and `audit --snapshot` go.

use chrono::{DateTime, Utc};

use super::options::{self, workflow_pages};
use super::summary::{FindingCount, Taken};
use super::{failure, files, tables};
use crate::audit::Audit;
use crate::commands::session::status_of_stop;
use crate::commands::summary::not_read;
use crate::config::{Config, SnapshotConfig};
use crate::error::{ExitStatus, Failure};
use crate::history::{Clock, Columns, History, IsoWeek, Recorded, Snapshot, Status, Week};
use crate::inventory::coverage::UnitKind;
use crate::inventory::is_believed;
use crate::inventory::snapshot::{MetricGroup, MetricGroups, SnapshotFacts, read_facts};
use crate::inventory::workflow::{WorkflowCost, WorkflowReading, workflow_of};
use crate::inventory::{CrawlOptions, Inventory};
use crate::metrics::findings::Found;
use crate::metrics::summary::TableFigures;
use crate::metrics::{self, Input, Previous, columns, findings};
use crate::progress::Progress;
use crate::report::snapshot::SnapshotView;
use crate::spreadsheet::Value;
use confluence_client::{Api, RequestError};

/// A space with fewer pages may lose a third of them any week.
const FEW_PAGES: u64 = 10;

/// Everything a snapshot needs beside the reading: what is asked for, and the history, which is locked and checked
/// before the first request.
#[derive(Debug)]
pub(in crate::commands) struct Measuring<'a> {
    config: &'a Config,
    snapshot: &'a SnapshotConfig,
    site: String,
    history: History,
}

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

impl<'a> Measuring<'a> {
    /// Gets ready: files to import, the history. `site` is the address by which the history knows the site.
    pub(in crate::commands) fn prepare(
        config: &'a Config,
        snapshot: &'a SnapshotConfig,
        site: &str,
        progress: &Progress,
    ) -> Result<Self, Failure> {
        options::check_thresholds(&snapshot.fail_on)?;
        let history = super::open_history(config, site, snapshot, progress)?;
        Ok(Self { config, snapshot, site: site.to_owned(), history })
    }

    /// Whether the history holds nothing yet.
    pub(in crate::commands) fn is_new(&self) -> bool {
        self.history.weeks().is_empty()
    }

    /// The groups of metrics asked for.
    pub(super) fn groups(&self) -> &'a MetricGroups {
        &self.snapshot.metrics
    }

    /// Reads the facts of the pages, makes rows, and writes history, model, findings and dashboard.
    ///
    /// A reading that stopped before, or stops here, gives an incomplete snapshot of what was read.
    pub(in crate::commands) async fn take(
        &mut self,
        mut read: Read<'_>,
        progress: &Progress,
    ) -> Result<Taken, Failure> {
        if !self.snapshot.accept_account_change {
            self.history.check_account(read.inventory.scan.account.id.as_str()).map_err(|error| failure(&error))?;
        }
        let chosen = options::chosen(read.inventory, self.config, self.snapshot)?;
        let facts = self.facts(&mut read, &chosen, progress).await;
        if !self.config.crawl.accept_shrink {
            self.doubt_shrunken_spaces(read.inventory, &chosen)?;
        }
        self.write(read.inventory, read.audit, facts, &chosen, progress)
    }

    /// What the pages' own endpoints and the workflow tell. Where reading stops, nothing of it is believed.
    async fn facts(&self, read: &mut Read<'_>, chosen: &[String], progress: &Progress) -> Facts {
        let groups = self.groups();
        let Read { api, crawl, inventory, .. } = read;
        if let Some(cause) = read.stopped.take() {
            return Facts::stopped(groups, cause);
        }
        let pages = match read_facts(api, inventory, crawl, groups, chosen, progress).await {
            Ok(facts) => facts,
            Err(cause) => return Facts::stopped(groups, cause),
        };
        if !groups.has(MetricGroup::Workflow) {
            return Facts { pages, workflow: WorkflowReading::default(), stopped: None };
        }
        let asked = workflow_pages(inventory, &pages, chosen);
        progress.note(WorkflowCost::of(api, &asked, &self.snapshot.workflow));
        let (workflow, coverage) = workflow_of(api, &asked, &self.snapshot.workflow, progress).await;
        inventory.coverage.absorb(coverage);
        inventory.requests = api.client().requests();
        if let Some(plan) = &mut inventory.plan {
            plan.requests.add_all(&workflow.requests);
        }
        Facts { pages, workflow, stopped: api.client().stopped() }
    }

    /// From what was read to the files: rows, then the history, then what people open.
    fn write(
        &mut self,
        inventory: &Inventory,
        audit: Option<&Audit>,
        facts: Facts,
        chosen: &[String],
        progress: &Progress,
    ) -> Result<Taken, Failure> {
        let Facts { pages: facts, workflow, stopped } = facts;
        progress.phase("measuring", None);
        let complete = stopped.is_none() && inventory.coverage.is_complete();
        let taken_at = inventory.scan.started_at;
        let week = IsoWeek::of(taken_at);
        let frame = columns::Frame { week: week.to_string(), taken_at, run_id: run_id(taken_at), complete };
        let previous = previous(&self.history, week)?;
        let rules = &self.snapshot.rules;
        let rows = metrics::measure(&Input {
            inventory,
            facts: &facts,
            workflow: &workflow.pages,
            audit,
            spaces: chosen,
            read: &options::read(inventory, audit.is_some()),
            previous: previous.as_ref(),
            rules,
            frame: &frame,
        });
        if rows.is_empty() && !complete {
            return Err(nothing_read(stopped.as_ref(), inventory));
        }
        let columns = columns::all();
        let cells: Vec<_> = rows.iter().map(|row| columns::cells(&columns, row, &frame)).collect();
        let figures = TableFigures::of(&tables::of_cells(&cells));
        let recorded = self.record(inventory.scan.account.id.as_str(), &frame, week, chosen, cells)?;
        recorded.warnings.iter().for_each(|warning| progress.warn(warning));
        let findings = findings::find(&rows, rules);
        let changes = previous.as_ref().map(|before| metrics::changes::changes(&rows, before, inventory, chosen));
        let mut notes: Vec<String> = facts.notes.iter().chain(&workflow.notes).cloned().collect();
        notes.extend(self.other_spaces(week, chosen));
        let view = SnapshotView {
            frame: &frame,
            base_url: &inventory.scan.base_url,
            account: &inventory.scan.account.name,
            spaces: &spaces(inventory, chosen),
            whole_site: chosen.len() == inventory.spaces.len(),
            rows: &rows,
            figures: &figures,
            findings: &findings,
            changes: changes.as_deref(),
            previous_week: previous.as_ref().map(|previous| previous.week.as_str()),
            trend: &files::write_model(&self.history, progress)?,
            states: &metrics::summary::states(&rows),
            reviewers: &metrics::summary::reviewers(&rows),
            coverage: &inventory.coverage,
            notes: &notes,
            groups: &facts.groups.iter().map(MetricGroup::name).collect::<Vec<_>>(),
        };
        files::write_pages(self.history.folder(), &view)?;
        for note in &notes {
            progress.note(note);
        }
        for warning in &inventory.coverage.warnings {
            progress.warn(warning);
        }
        Ok(Taken {
            status: self.status(stopped.as_ref(), complete, &findings),
            folder: self.history.folder().to_owned(),
            complete,
            recorded,
            pages: rows.len() as u64,
            findings: findings.iter().map(FindingCount::of).collect(),
            changes: changes.map(|changes| metrics::changes::counts(&changes)),
            stopped,
        })
    }

    fn status(&self, stopped: Option<&RequestError>, complete: bool, findings: &[Found<'_>]) -> ExitStatus {
        let incomplete = (!complete).then_some(ExitStatus::Incomplete);
        let met = options::is_threshold_met(&self.snapshot.fail_on, findings).then_some(ExitStatus::Threshold);
        ExitStatus::decide(stopped.map(status_of_stop).into_iter().chain(incomplete).chain(met))
    }

    /// The brake of the audit, for a snapshot (F-58): a space with far fewer pages than in the week before is more likely
    /// hidden from the account than emptied, and an incomplete snapshot must not look complete.
    fn doubt_shrunken_spaces(&self, inventory: &mut Inventory, chosen: &[String]) -> Result<(), Failure> {
        let Some(before) = newest_whole(&self.history, IsoWeek::of(inventory.scan.started_at)) else { return Ok(()) };
        let Some(table) = self.history.read(before.week).map_err(|error| failure(&error))? else { return Ok(()) };
        let week = before.week;
        for (space, figures) in TableFigures::of(&table).spaces {
            let now = options::current_pages(inventory, &space);
            if chosen.contains(&space) && figures.pages >= FEW_PAGES && !is_believed(figures.pages, now) {
                let reason = format!(
                    "{now} pages, but {} in {week}: if so many were really deleted or moved, run again with \
                     --accept-shrink",
                    figures.pages
                );
                inventory.coverage.fail(UnitKind::Plausibility, &format!("number of pages in space {space}"), &reason);
            }
        }
        Ok(())
    }

    /// Puts the rows into the history.
    fn record(
        &mut self,
        account: &str,
        frame: &columns::Frame,
        week: IsoWeek,
        chosen: &[String],
        rows: Vec<Vec<Value>>,
    ) -> Result<Recorded, Failure> {
        let snapshot = Snapshot {
            site: self.site.clone(),
            account: account.to_owned(),
            week,
            taken_at: frame.taken_at,
            run_id: frame.run_id.clone(),
            complete: frame.complete,
            spaces: chosen.to_vec(),
            columns: Columns::new(columns::names()).map_err(|error| failure(&error.into()))?,
            rows,
        };
        self.history.record(&snapshot, self.snapshot.retention).map_err(|error| failure(&error))
    }

    /// A remark when the snapshot before was of other spaces: sums over all of them cannot be compared then.
    fn other_spaces(&self, week: IsoWeek, chosen: &[String]) -> Option<String> {
        let before = newest_whole(&self.history, week).filter(|before| !before.spaces.is_empty())?;
        let differs = |one: &[String], other: &[String]| one.iter().filter(|key| !other.contains(key)).count();
        let (more, fewer) = (differs(chosen, &before.spaces), differs(&before.spaces, chosen));
        (more + fewer > 0).then(|| {
            let week = before.week;
            format!("other spaces than in {week}: {more} more, {fewer} fewer; figures of all spaces together cannot be compared")
        })
    }
}

/// What was read of the pages, and why it stopped.
struct Facts {
    pages: SnapshotFacts,
    workflow: WorkflowReading,
    stopped: Option<RequestError>,
}

impl Facts {
    fn stopped(groups: &MetricGroups, cause: RequestError) -> Self {
        let pages = SnapshotFacts { groups: groups.clone(), ..SnapshotFacts::default() };
        Self { pages, workflow: WorkflowReading::default(), stopped: Some(cause) }
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

/// The week is named by the server's clock; where this machine's is far off, something is wrong that people should
/// mend before the history holds a week that never was (F-84). Both are taken when reading begins: it may take hours.
pub(in crate::commands) fn check_clock(
    here: DateTime<Utc>,
    server: DateTime<Utc>,
    progress: &Progress,
) -> Result<(), Failure> {
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

/// The newest earlier week that is whole.
fn newest_whole(history: &History, week: IsoWeek) -> Option<&Week> {
    history.weeks().iter().rev().find(|known| known.week < week && known.status != Status::Incomplete)
}

/// The pages of that week.
fn previous(history: &History, week: IsoWeek) -> Result<Option<Previous>, Failure> {
    let Some(before) = newest_whole(history, week) else { return Ok(None) };
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
