//! Facts about the run that a report shows in addition to its inventory.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};

use crate::audit::{Audit, AuditOptions, MIGRATION_BYTES_PER_SECOND};
use crate::audit_history::AuditHistoryFacts;
use crate::comparison::ComparisonSummary;
use crate::error::ExitStatus;
use crate::inventory::coverage::{Gap, UnitEnd};
use crate::inventory::{Coverage, Inventory};

use super::format;

/// Facts about a run. The saved scan keeps them, so that the pages can be rendered again identically.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RunFacts {
    /// Local time for the name of the folder.
    pub local_time: DateTime<FixedOffset>,
    /// The number of the exit status with which the run will end. Any status but "complete" and "threshold met" makes
    /// the report incomplete.
    pub exit_code: u8,
    /// Why the run stopped early, for people, e.g. `interrupted by Ctrl-C`; `None` if it finished.
    pub stopped: Option<String>,
    /// The effective options, for people: name and value, without secrets.
    pub options: Vec<(String, String)>,
    /// Storage limit of the site's plan in bytes, if known; shown next to what is stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quota_bytes: Option<u64>,
    /// What the audit history says; `None` if the run is not of the kind that is counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audit_history: Option<AuditHistoryFacts>,
    /// The comparison with an earlier run in the same output folder; `None` if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<ComparisonSummary>,
    /// The thresholds of `--fail-on`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub thresholds: Vec<CheckedThreshold>,
    /// The options of the audit, needed to classify a saved scan again.
    #[serde(with = "AuditOptionsFields")]
    pub audit: AuditOptions,
}

/// A threshold of `--fail-on`, and whether it was met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckedThreshold {
    /// The figure, as in the option: `newly_unreferenced_bytes`.
    pub figure: String,
    /// The least value that meets the threshold.
    pub at_least: u64,
    /// `None` if it is not known: the run is incomplete, or there is no run to compare it with.
    pub value: Option<u64>,
    pub met: bool,
}

/// Serialized form of [`AuditOptions`].
#[derive(Serialize, Deserialize)]
#[serde(remote = "AuditOptions")]
struct AuditOptionsFields {
    protect_labels: Vec<String>,
    protect_names: Vec<String>,
    /// Paths are of the computer on which the run was.
    #[serde(skip)]
    protect_from: Vec<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    kept: BTreeMap<String, String>,
    keep_versions: u32,
    #[serde(default = "usual_throughput")]
    migration_bytes_per_second: u64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    alias_hosts: Vec<String>,
}

/// The throughput of scans that were saved without one.
fn usual_throughput() -> u64 {
    MIGRATION_BYTES_PER_SECOND
}

impl RunFacts {
    /// Whether the report may call files unreferenced: the run finished and everything planned was read.
    pub fn is_complete(&self, inventory: &Inventory, audit: &Audit) -> bool {
        self.is_complete_with(&inventory.coverage) && audit.complete
    }

    fn is_complete_with(&self, coverage: &Coverage) -> bool {
        let ended_well = self.exit_code == ExitStatus::Complete as u8 || self.exit_code == ExitStatus::Threshold as u8;
        self.stopped.is_none() && ended_well && coverage.is_complete()
    }

    /// Returns why the run is incomplete, one reason per line; empty if and only if the run is complete.
    pub fn incomplete_reasons(&self, inventory: &Inventory, audit: &Audit) -> Vec<String> {
        if self.is_complete(inventory, audit) { Vec::new() } else { self.reasons(&inventory.coverage) }
    }

    /// Does the same for a run of which only the coverage is known.
    pub(super) fn incomplete_reasons_with(&self, coverage: &Coverage) -> Vec<String> {
        if self.is_complete_with(coverage) { Vec::new() } else { self.reasons(coverage) }
    }

    fn reasons(&self, coverage: &Coverage) -> Vec<String> {
        let mut reasons: Vec<String> = self.stopped.iter().cloned().collect();
        reasons.extend(unread(coverage));
        if reasons.is_empty() {
            reasons.push(format!("the run ended with exit status {}", self.exit_code));
        }
        reasons
    }
}

/// Returns what was planned and not read, one line per result; empty if everything was read.
pub(super) fn unread(coverage: &Coverage) -> Vec<String> {
    let total = coverage.total();
    let has_failed = |gap: &&Gap| matches!(gap.end, UnitEnd::Failed { .. });
    let ended_failed = coverage.gaps.iter().filter(has_failed).count() as u64;
    let open = total.unread().saturating_sub(total.failed + total.denied);
    [
        (total.failed.max(ended_failed), "could not be read"),
        (total.denied, "could not be seen by this account"),
        (open, "did not finish"),
    ]
    .into_iter()
    .filter(|(number, _)| *number > 0)
    .map(|(number, words)| format!("{} {words}", format::plural(number, "unit of work", "units of work")))
    .collect()
}
