//! From an inventory to the files of a snapshot: the way both `snapshot` and `audit --snapshot` go.

use std::collections::HashSet;

use super::history::{self, check_clock};
use super::measured::{Facts, Measured, Read};
use super::publish::{LastRun, Published, publish};
use super::run_facts::RunFacts;
use super::scope;
use super::summary::{FindingCount, Taken};
use crate::cli::FailOn;
use crate::commands::session::status_of_stop;
use crate::commands::summary::not_read_of;
use crate::config::{Config, SnapshotConfig};
use crate::error::{ExitStatus, Failure};
use crate::history::{History, Rows};
use crate::inventory::Admission;
use crate::inventory::snapshot::MetricGroups;
use crate::metrics::changes::{changes, counts};
use crate::metrics::findings::{self, FINDINGS, Found};
use crate::progress::Progress;
use crate::support::iso_week::IsoWeek;
use confluence_client::RequestError;

/// Everything a snapshot needs beside the reading: what is asked for, and the history, which is locked and checked
/// before the first request.
#[derive(Debug)]
pub(in crate::commands) struct Measuring<'a> {
    config: &'a Config,
    snapshot: &'a SnapshotConfig,
    site: String,
    history: History,
}

impl<'a> Measuring<'a> {
    /// Gets ready: files to import, the history. `site` is the address by which the history knows the site.
    pub(in crate::commands) fn prepare(
        config: &'a Config,
        snapshot: &'a SnapshotConfig,
        site: &str,
        progress: &Progress,
    ) -> Result<Self, Failure> {
        check_thresholds(&snapshot.fail_on, &snapshot.metrics)?;
        let history = history::open(config, site, snapshot, progress)?;
        Ok(Self { config, snapshot, site: site.to_owned(), history })
    }

    /// What is judged before the first list: that the account is that of the history, and that the clocks agree on the
    /// week.
    pub(in crate::commands) fn admission(&self, progress: &Progress) -> Admission {
        let account = (!self.snapshot.accept_account_change).then(|| self.history.last_account());
        let progress = progress.clone();
        Admission::new(move |reader| {
            if let Some(account) = &account {
                account.check(reader.account.as_str())?;
            }
            check_clock(reader.here, reader.server.unwrap_or(reader.here), &progress)
        })
    }

    /// Whether the history holds nothing yet.
    pub(in crate::commands) fn is_new(&self) -> bool {
        self.history.newest().is_none()
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
        let chosen = scope::chosen(read.inventory, self.config, self.snapshot)?;
        for space in scope::unknown(read.inventory, self.snapshot.rules.by_space.keys()) {
            progress.warn(format!("[space {space}]: no visible space has this key, so its thresholds have no effect"));
        }
        let before: HashSet<_> =
            read.inventory.coverage.gaps.iter().map(|gap| (gap.kind, gap.subject.clone())).collect();
        let week = IsoWeek::of(read.inventory.scan.started_at);
        let previous = history::previous(&self.history, week, &chosen)?;
        let facts = Facts::read(&mut read, self.snapshot, &chosen, previous.as_ref(), progress).await;
        let Read { inventory, audit, .. } = read;
        if !self.config.crawl.accept_shrink {
            let all_spaces = scope::is_whole_site(self.config, self.snapshot);
            history::doubt_shrunken_spaces(&self.history, inventory, &chosen, all_spaces)?;
        }
        let (inventory, rules) = (&*inventory, &self.snapshot.rules);
        progress.phase("measuring", None);
        let before_it = (self.history.week(week), previous.as_ref());
        let measured = Measured::new(inventory, audit, &facts, &chosen, before_it, rules)?;
        for label in rules.labels_without_effect(&measured.rows) {
            progress.warn(format!(
                "[label {label}]: no page that was measured has this label, so its thresholds have no effect"
            ));
        }
        let Facts { pages, workflow, stopped } = facts;
        let notes: Vec<String> = pages.notes.into_iter().chain(workflow.notes).collect();
        let linked = scope::read(inventory, audit.is_some());
        let kept = RunFacts::of(inventory, self.snapshot, (&chosen, &linked), previous.as_ref(), &notes);
        let account = inventory.scan.account.id.as_str();
        let recorded =
            history::record(&mut self.history, &self.site, account, &measured, &chosen, stopped.is_some(), &kept)?;
        let rows = Rows { keys: &measured.keys(), cells: &|at| measured.cells(at) };
        let not_kept = (!recorded.kept).then(|| {
            let began = measured.frame.taken_at.format("%Y-%m-%d %H:%M UTC");
            let why = if measured.frame.complete { "read less" } else { "was incomplete" };
            format!("A later run of this week {why} and is not in these figures: it began at {began}.")
        });
        for warning in &recorded.warnings {
            progress.warn(warning);
        }
        let (retention, not_kept) = (self.snapshot.retention, not_kept.as_deref());
        let last = LastRun { week: measured.week, rows, retention, not_kept };
        let Published { archived, comparison } = publish(&self.history, Some(last), progress).map_err(|failure| {
            Failure::new(
                failure.status,
                "the weeks are recorded, but not all files that follow from them could be written",
            )
            .because(failure.to_string())
            .remedy("run `history export` when the cause is gone; nothing has to be read again")
        })?;
        self.history.delete_forgotten()?;
        let findings = findings::find(&measured.rows, rules);
        let changes = previous.as_ref().map(|before| changes(&measured.rows, before, &kept.vanished, &chosen));
        for note in &notes {
            progress.note(note);
        }
        for id in not_judged(&self.snapshot.fail_on, &findings) {
            progress.warn(format!("--fail-on: {id} is not known, so its threshold was not looked at"));
        }
        for warning in &inventory.coverage.warnings {
            progress.warn(warning);
        }
        let complete = measured.frame.complete;
        let gaps = inventory.coverage.gaps.iter();
        let not_read = not_read_of(gaps.filter(|gap| !before.contains(&(gap.kind, gap.subject.clone()))));
        Ok(Taken {
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

    fn status(&self, stopped: Option<&RequestError>, complete: bool, findings: &[Found<'_>]) -> ExitStatus {
        let incomplete = (!complete).then_some(ExitStatus::Incomplete);
        let met = is_threshold_met(&self.snapshot.fail_on, findings).then_some(ExitStatus::Threshold);
        ExitStatus::decide(stopped.map(status_of_stop).into_iter().chain(incomplete).chain(met))
    }
}

/// Refuses thresholds of findings that there are not, and of those whose group of metrics is not read: such a threshold
/// would never be met, whatever the pages are like.
fn check_thresholds(thresholds: &[FailOn], groups: &MetricGroups) -> Result<(), Failure> {
    for FailOn { finding: id, .. } in thresholds {
        let Some(finding) = FINDINGS.iter().find(|finding| finding.id == id) else {
            let names: Vec<&str> = FINDINGS.iter().map(|finding| finding.id).collect();
            return Err(Failure::usage(format!("--fail-on: `{id}` is no finding"))
                .remedy(format!("the findings are {}", names.join(", "))));
        };
        if !groups.has(finding.group) {
            let group = finding.group.name();
            return Err(Failure::usage(format!("--fail-on: `{id}` needs the group {group}, which is not read"))
                .remedy(format!("add {group} to --metrics")));
        }
    }
    Ok(())
}

/// The thresholds of findings of which nothing is known.
fn not_judged<'t>(thresholds: &'t [FailOn], findings: &[Found<'_>]) -> impl Iterator<Item = &'t str> {
    let is_unknown = |one: &&FailOn| findings.iter().any(|found| found.finding.id == one.finding && found.unknown);
    thresholds.iter().filter(is_unknown).map(|one| one.finding.as_str())
}

/// Whether a finding has as many pages as its threshold, or more.
fn is_threshold_met(thresholds: &[FailOn], findings: &[Found<'_>]) -> bool {
    thresholds.iter().any(|one| {
        findings.iter().any(|found| found.finding.id == one.finding && found.pages.len() as u64 >= one.pages)
    })
}
