//! Takes a snapshot from a crawled inventory, for both `snapshot` and `audit --snapshot`.

use std::collections::HashSet;

use super::history::{self, PreparedHistory, check_clock};
use super::publish::{CurrentRun, PublishedFiles, publish};
use super::scope;
use super::stored_run_facts::StoredRunFacts;
use super::summary::{FindingCount, SnapshotResult};
use super::week_rows::{PageData, SnapshotInput, WeekRows};
use crate::cli::FailOn;
use crate::commands::run_context::status_of_stop;
use crate::commands::summary::not_read_of;
use crate::config::{Config, SnapshotConfig};
use crate::error::{ExitStatus, Failure};
use crate::history::{History, SnapshotRows};
use crate::inventory::PreflightCheck;
use crate::inventory::snapshot::MetricGroups;
use crate::metrics::changes::{changes, counts};
use crate::metrics::findings::{self, FINDINGS, FindingPages};
use crate::progress::Progress;
use crate::support::iso_week::IsoWeek;
use confluence_client::RequestError;

/// A snapshot whose options and history, if there is one, are checked before the first request.
#[derive(Debug)]
pub(in crate::commands) struct PreparedSnapshot<'a> {
    config: &'a Config,
    snapshot: &'a SnapshotConfig,
    history: PreparedHistory,
}

impl<'a> PreparedSnapshot<'a> {
    /// Checks the options and the output folder, and opens and locks an existing history. Writes nothing new.
    pub(in crate::commands) fn new(
        config: &'a Config,
        snapshot: &'a SnapshotConfig,
        progress: &Progress,
    ) -> Result<Self, Failure> {
        check_thresholds(&snapshot.fail_on, &snapshot.metrics)?;
        Ok(Self { config, snapshot, history: PreparedHistory::new(config, snapshot, progress)? })
    }

    /// Continues with the history of the site that was found, or begins it, and imports files. `site` is the address by
    /// which the history identifies the site.
    pub(in crate::commands) fn of_site(self, site: &str, progress: &Progress) -> Result<SnapshotRun<'a>, Failure> {
        let Self { config, snapshot, history } = self;
        let history = history.of_site(site, config, progress)?;
        Ok(SnapshotRun { config, snapshot, site: site.to_owned(), history })
    }
}

/// A snapshot that can be taken: its configuration and the history, which is locked.
#[derive(Debug)]
pub(in crate::commands) struct SnapshotRun<'a> {
    config: &'a Config,
    snapshot: &'a SnapshotConfig,
    site: String,
    history: History,
}

impl<'a> SnapshotRun<'a> {
    /// Returns the checks made before the first list is read: the history belongs to this account, and the clocks agree
    /// on the week.
    pub(in crate::commands) fn admission(&self, progress: &Progress) -> PreflightCheck {
        let account = (!self.snapshot.accept_account_change).then(|| self.history.last_account());
        let progress = progress.clone();
        PreflightCheck::new(move |reader| {
            if let Some(account) = &account {
                account.check(reader.account.as_str(), reader.admin_key)?;
            }
            check_clock(reader.here, reader.server.unwrap_or(reader.here), &progress)
        })
    }

    /// Returns whether the history is empty.
    pub(in crate::commands) fn is_new(&self) -> bool {
        self.history.newest().is_none()
    }

    pub(super) fn groups(&self) -> &'a MetricGroups {
        &self.snapshot.metrics
    }

    /// Reads the facts of the pages, makes the rows, and writes history, model, findings and dashboard.
    ///
    /// If the crawl stopped early, or reading stops here, the snapshot is incomplete and has what was read.
    pub(in crate::commands) async fn take(
        &mut self,
        mut read: SnapshotInput<'_>,
        progress: &Progress,
    ) -> Result<SnapshotResult, Failure> {
        let chosen = scope::chosen_spaces(read.inventory, self.config, self.snapshot)?;
        for space in scope::unknown_keys(read.inventory, self.snapshot.rules.by_space.keys()) {
            progress.warn(format!("[space {space}]: no visible space has this key, so its thresholds have no effect"));
        }
        let before: HashSet<_> =
            read.inventory.coverage.gaps.iter().map(|gap| (gap.kind, gap.subject.clone())).collect();
        let week = IsoWeek::of(read.inventory.scan.started_at);
        let previous = history::previous(&self.history, week, &chosen)?;
        let facts = PageData::read(&mut read, self.snapshot, &chosen, previous.as_ref(), progress).await;
        let SnapshotInput { inventory, audit, .. } = read;
        if !self.config.crawl.accept_shrink {
            let all_spaces = scope::is_whole_site(self.config, self.snapshot);
            history::record_implausible_spaces(&self.history, inventory, &chosen, all_spaces)?;
        }
        let (inventory, rules) = (&*inventory, &self.snapshot.rules);
        progress.phase("measuring", None);
        let before_it = (self.history.week(week), previous.as_ref());
        let measured = WeekRows::new(inventory, audit, &facts, &chosen, before_it, rules)?;
        for label in rules.labels_without_effect(&measured.rows) {
            progress
                .warn(format!("[label {label}]: no measured page has this label, so its thresholds have no effect"));
        }
        let PageData { pages, workflow, stopped } = facts;
        let notes: Vec<String> =
            pages.notes.into_iter().chain(workflow.notes).chain(scope::only_with_key(inventory, &chosen)).collect();
        let linked = scope::spaces_read(inventory, audit.is_some());
        let kept = StoredRunFacts {
            without_workbook: !self.config.formats.workbook,
            ..StoredRunFacts::of(inventory, self.snapshot, (&chosen, &linked), previous.as_ref(), &notes)
        };
        let account = inventory.scan.account.id.as_str();
        let recorded =
            history::record(&mut self.history, &self.site, account, &measured, &chosen, stopped.is_some(), &kept)?;
        let rows = SnapshotRows { keys: &measured.keys(), cells: &|at| measured.cells(at) };
        let not_kept = (!recorded.kept).then(|| {
            let began = measured.frame.taken_at.format("%Y-%m-%d %H:%M UTC");
            let why = if measured.frame.complete { "read less" } else { "was incomplete" };
            format!("A later run of this week, which began at {began}, {why} and is not included in these figures.")
        });
        for warning in &recorded.warnings {
            progress.warn(warning);
        }
        let (retention, not_kept) = (self.snapshot.retention, not_kept.as_deref());
        let last =
            CurrentRun { week: measured.week, rows, retention, workbook: self.config.formats.workbook, not_kept };
        let PublishedFiles { archived, comparison } =
            publish(&self.history, Some(last), progress).map_err(|failure| {
                Failure::new(
                    failure.status,
                    "the snapshot is recorded in the history, but not all files made from the history could be written",
                )
                .because(failure.to_string())
                .remedy("remove the cause, then run `history export`; the site need not be read again")
            })?;
        self.history.delete_expired()?;
        let findings = findings::find(&measured.rows, rules);
        let changes = previous.as_ref().map(|before| changes(&measured.rows, before, &kept.vanished, &chosen));
        for note in &notes {
            progress.note(note);
        }
        for id in not_judged(&self.snapshot.fail_on, &findings) {
            progress.warn(format!("--fail-on: the number of pages of {id} is not known, so it was not checked"));
        }
        for warning in &inventory.coverage.warnings {
            progress.warn(warning);
        }
        let complete = measured.frame.complete;
        let gaps = inventory.coverage.gaps.iter();
        let not_read = not_read_of(gaps.filter(|gap| !before.contains(&(gap.kind, gap.subject.clone()))));
        Ok(SnapshotResult {
            not_read,
            status: self.status(stopped.as_ref(), complete, &findings),
            folder: self.history.folder().to_owned(),
            complete,
            recorded,
            archived,
            pages: measured.rows.iter().filter(|row| !row.place.is_blog_post()).count() as u64,
            posts: measured.rows.iter().filter(|row| row.place.is_blog_post()).count() as u64,
            findings: findings.iter().map(FindingCount::of).collect(),
            changes: changes.map(|changes| counts(&changes)),
            comparison: comparison.filter(|comparison| comparison.week == measured.frame.week),
            stopped,
        })
    }

    fn status(&self, stopped: Option<&RequestError>, complete: bool, findings: &[FindingPages<'_>]) -> ExitStatus {
        let incomplete = (!complete).then_some(ExitStatus::Incomplete);
        let met = is_threshold_met(&self.snapshot.fail_on, findings).then_some(ExitStatus::Threshold);
        ExitStatus::decide(stopped.map(status_of_stop).into_iter().chain(incomplete).chain(met))
    }
}

/// Refuses thresholds for unknown findings, and for findings whose metric group is not enabled: such a threshold could
/// never be met.
fn check_thresholds(thresholds: &[FailOn], groups: &MetricGroups) -> Result<(), Failure> {
    for FailOn { finding: id, .. } in thresholds {
        let Some(finding) = FINDINGS.iter().find(|finding| finding.id == id) else {
            let names: Vec<&str> = FINDINGS.iter().map(|finding| finding.id).collect();
            return Err(Failure::usage(format!("--fail-on: unknown finding `{id}`"))
                .remedy(format!("the findings are {}", names.join(", "))));
        };
        if !groups.has(finding.group) {
            let group = finding.group.name();
            return Err(Failure::usage(format!(
                "--fail-on: `{id}` needs the metric group {group}, which is not enabled"
            ))
            .remedy(format!("add {group} to --metrics")));
        }
    }
    Ok(())
}

/// Returns the findings with a threshold whose number of pages is not known.
fn not_judged<'t>(thresholds: &'t [FailOn], findings: &[FindingPages<'_>]) -> impl Iterator<Item = &'t str> {
    let is_unknown = |one: &&FailOn| findings.iter().any(|found| found.finding.id == one.finding && found.unknown);
    thresholds.iter().filter(is_unknown).map(|one| one.finding.as_str())
}

/// Returns whether any finding has at least as many pages as its threshold.
fn is_threshold_met(thresholds: &[FailOn], findings: &[FindingPages<'_>]) -> bool {
    thresholds.iter().any(|one| {
        findings.iter().any(|found| found.finding.id == one.finding && found.pages.len() as u64 >= one.pages)
    })
}
