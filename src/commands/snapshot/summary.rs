//! Summary of a finished snapshot, for the terminal and for `--json`.

use std::collections::HashMap;
use std::path::PathBuf;

use serde_json::{Map, Value, json};

use crate::commands::dry_run::requests;
use crate::commands::metrics_file::run_end;
use crate::commands::run_context::report_stop;
use crate::commands::summary::not_read;
use crate::error::{ExitStatus, Outcome, OutputFormat};
use crate::history::{RecordOutcome, SnapshotStatus};
use crate::inventory::workflow::WorkflowCost;
use crate::inventory::{Inventory, RequestPlan};
use crate::metrics::changes::ChangeKind;
use crate::metrics::comparison::ComparisonReport;
use crate::metrics::findings::{Finding, FindingPages};
use crate::openmetrics::{MeasuredPages, SnapshotMetrics};
use crate::progress::{Progress, Width};
use crate::report::format::{count, plural};
use crate::support::iso_week::IsoWeek;
use crate::support::visible_text::Lines;
use confluence_client::RequestError;

/// Result of a snapshot.
#[derive(Debug)]
pub(in crate::commands) struct SnapshotResult {
    pub(in crate::commands) status: ExitStatus,
    /// The folder with all files.
    pub(super) folder: PathBuf,
    /// Everything was read.
    pub(super) complete: bool,
    /// How the history recorded it.
    pub(super) recorded: RecordOutcome,
    /// Weeks whose CSV files were moved to the archive.
    pub(super) archived: Vec<IsoWeek>,
    /// Number of rows of pages.
    pub(super) pages: u64,
    /// Number of rows of blog posts.
    pub(super) posts: u64,
    pub(super) findings: Vec<FindingCount>,
    /// Changes since the previous snapshot.
    pub(super) changes: Option<HashMap<ChangeKind, u64>>,
    /// What the figures of its week are compared with, and what the comparison omits.
    pub(super) comparison: Option<ComparisonReport>,
    /// Why the run stopped early.
    pub(super) stopped: Option<RequestError>,
    /// Lines about what was not read for the snapshot, beyond the gaps of the crawl.
    pub(super) not_read: Vec<String>,
}

/// Number of pages of a finding.
#[derive(Debug)]
pub(super) struct FindingCount {
    pub(super) finding: &'static Finding,
    pub(super) pages: u64,
    /// The data that it needs was not read for any page.
    pub(super) unknown: bool,
}

impl FindingCount {
    pub(super) fn of(found: &FindingPages<'_>) -> Self {
        Self { finding: found.finding, pages: found.pages.len() as u64, unknown: found.unknown }
    }
}

impl SnapshotResult {
    /// Returns why the run stopped early.
    pub(in crate::commands) fn stopped(&self) -> Option<&RequestError> {
        self.stopped.as_ref()
    }

    /// Returns the path of the dashboard.
    pub(in crate::commands) fn index(&self) -> PathBuf {
        self.folder.join("index.html")
    }

    /// Returns the object of `--json`.
    pub(in crate::commands) fn json(&self) -> Value {
        let findings: Map<String, Value> = self
            .findings
            .iter()
            .map(|count| (count.finding.id.to_owned(), if count.unknown { Value::Null } else { json!(count.pages) }))
            .collect();
        let changes = self.changes.as_ref().map(|changes| {
            let count = |kind: ChangeKind| (kind.name().to_owned(), json!(changes.get(&kind).copied().unwrap_or(0)));
            ChangeKind::ALL.into_iter().map(count).collect::<Map<String, Value>>()
        });
        json!({
            "complete": self.complete,
            "incomplete_reasons": self.incomplete_reasons(),
            "week": self.recorded.week.to_string(),
            "in_history": self.recorded.kept,
            "week_status": self.recorded.week_status,
            "folder": self.folder.to_string_lossy(),
            "index": self.index().to_string_lossy(),
            "pages": self.pages,
            "blog_posts": self.posts,
            "findings": findings,
            "changes": changes,
            "comparison": self.comparison,
        })
    }

    /// Returns why it is incomplete, one line per reason; empty exactly if it is complete.
    pub(in crate::commands) fn incomplete_reasons(&self) -> Vec<String> {
        if self.complete {
            return Vec::new();
        }
        let mut reasons: Vec<String> = self.stopped.iter().map(ToString::to_string).collect();
        reasons.extend(self.not_read.iter().cloned());
        if reasons.is_empty() {
            reasons.push("the crawl of the audit is incomplete".to_owned());
        }
        reasons
    }

    /// Returns the summary lines for the terminal.
    pub(in crate::commands) fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let week = self.recorded.week;
        let mut pages = plural(self.pages, "page", "pages");
        if self.posts > 0 {
            pages = format!("{pages} and {}", plural(self.posts, "blog post", "blog posts"));
        }
        if self.complete {
            lines.push(format!("complete: {pages} in {week}"));
        } else {
            lines.push(format!("INCOMPLETE: {pages} in {week} - counts are too low, and health may be too high"));
        }
        if !self.recorded.kept {
            lines.push(format!(
                "{week} already has more complete rows, which are kept: the rows of this run are in \
                 confluence_data_current.csv"
            ));
        }
        if self.recorded.week_status == SnapshotStatus::Incomplete {
            lines.push(format!("{week} is incomplete: trends exclude its incomplete spaces"));
        }
        let found: Vec<String> = self
            .findings
            .iter()
            .filter(|found| found.pages > 0)
            .map(|found| {
                // the number counts pages, and one page may have many broken links
                let of = if found.finding.id == "broken_links" { "pages with " } else { "" };
                format!("{of}{} {}", found.finding.title.to_lowercase(), count(found.pages))
            })
            .collect();
        if !found.is_empty() {
            lines.extend(wrapped("findings: ", &found));
        }
        if let Some(changes) = &self.changes {
            let words: Vec<String> = ChangeKind::ALL
                .into_iter()
                .filter_map(|kind| Some(format!("{} {}", kind.name(), count(*changes.get(&kind)?))))
                .collect();
            let words = if words.is_empty() { vec!["none".to_owned()] } else { words };
            lines.extend(wrapped("changes since the previous snapshot: ", &words));
        }
        if let Some(comparison) = self.comparison.as_ref().filter(|comparison| !comparison.left_out.is_empty()) {
            let omitted: Vec<String> = comparison.left_out.iter().map(ToString::to_string).collect();
            lines.extend(wrapped(&format!("figures not compared with {}: ", comparison.with), &omitted));
        }
        let archived: Vec<String> = self.archived.iter().map(ToString::to_string).collect();
        if !archived.is_empty() {
            lines.push(format!("archived: {}", archived.join(", ")));
        }
        lines
    }

    /// Returns the metrics of `--openmetrics`. An incomplete snapshot has no figures of pages.
    pub(in crate::commands) fn metrics(&self, inventory: &Inventory) -> SnapshotMetrics {
        let known = self.findings.iter().filter(|found| !found.unknown);
        let measured = self.complete.then(|| MeasuredPages {
            pages: self.pages,
            findings: known.map(|found| (found.finding.id, found.pages)).collect(),
        });
        SnapshotMetrics { run: run_end(inventory, self.complete, self.status), measured }
    }

    /// Prints the summary and returns the object of `--json` for a run that only takes a snapshot.
    pub(super) fn print(&self, inventory: &Inventory, progress: &Progress) -> Value {
        if let Some(cause) = &self.stopped {
            report_stop(cause, self.status, progress);
        }
        self.lines().into_iter().for_each(|line| progress.note(line));
        if self.stopped.is_none() && self.status == ExitStatus::Incomplete {
            for line in not_read(&inventory.coverage) {
                progress.warn(line);
            }
        }
        let mut object = self.json();
        object["coverage"] = json!(inventory.coverage.total());
        object["requests"] = json!(inventory.requests);
        object
    }
}

/// Wraps a list for a terminal of 80 columns, leaving room for the prefix that callers add to each line.
fn wrapped(title: &str, items: &[String]) -> Vec<String> {
    const WIDTH: usize = 68;
    let mut lines = vec![title.to_owned()];
    for (at, item) in items.iter().enumerate() {
        let item = if at + 1 < items.len() { format!("{item}, ") } else { item.clone() };
        match lines.last_mut() {
            Some(line) if line.chars().count() + item.trim_end().chars().count() <= WIDTH => line.push_str(&item),
            _ => lines.push(format!("  {item}")),
        }
    }
    lines.into_iter().map(|line| line.trim_end().to_owned()).collect()
}

/// Returns the outcome of `--dry-run`: the plan.
pub(super) fn plan(
    inventory: &Inventory,
    plan: &RequestPlan,
    workflow: Option<&WorkflowCost>,
    status: ExitStatus,
    format: OutputFormat,
) -> Outcome {
    let complete = status == ExitStatus::Complete;
    let object = json!({"complete": complete, "dry_run": {"plan": plan, "workflow": workflow}});
    Outcome::new(status, format, object, || {
        let head = Lines::new(format_args!("{} as {}", inventory.scan.base_url, inventory.scan.account.name)).and("");
        let lines = requests(plan).into_iter().fold(head, Lines::and).and("").and(plan);
        Width::of_stdout().wrap_lines(&workflow.into_iter().fold(lines, Lines::and))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_fit_into_a_terminal() {
        let items: Vec<String> = (0..12).map(|number| format!("pages of kind {number} {}", number * 37)).collect();
        let lines = wrapped("findings: ", &items);
        assert!(lines.len() > 2 && lines.iter().all(|line| line.len() <= 68), "{lines:#?}");
        assert_eq!(lines.concat().replace(",  ", ", "), format!("findings: {}", items.join(", ")));
        assert_eq!(wrapped("changes: ", &["none".to_owned()]), ["changes: none"]);
    }
}
