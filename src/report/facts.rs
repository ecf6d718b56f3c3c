//! What a report says about the run that made it, besides what the inventory holds.

use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};

use crate::audit::{Audit, AuditOptions};
use crate::error::ExitStatus;
use crate::inventory::coverage::{Gap, UnitEnd};
use crate::inventory::{Coverage, Inventory};

use super::format;

/// The frame of a report. It is kept in the saved scan, so that the pages can be rendered again as they were.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RunFacts {
    /// Local time for the name of the folder.
    pub local_time: DateTime<FixedOffset>,
    /// The exit status the run is going to end with, as its number. Anything but "complete" and "threshold met"
    /// makes the report incomplete.
    pub exit_code: u8,
    /// Why the run ended before its end, for people, e.g. `interrupted by Ctrl-C`; `None` when it reached its end.
    pub stopped: Option<String>,
    /// The options in effect, for people: name and value, without anything secret.
    pub options: Vec<(String, String)>,
    /// Bytes the plan allows for the site, where that is known; shown beside what is stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quota_bytes: Option<u64>,
    /// The options of the audit, needed to judge a saved scan again.
    #[serde(with = "AuditOptionsFields")]
    pub audit: AuditOptions,
}

/// How `AuditOptions` are saved.
#[derive(Serialize, Deserialize)]
#[serde(remote = "AuditOptions")]
struct AuditOptionsFields {
    protect_labels: Vec<String>,
    protect_names: Vec<String>,
    keep_versions: u32,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    alias_hosts: Vec<String>,
}

impl RunFacts {
    /// Whether the report may call files unreferenced: the run reached its end and everything planned was read.
    pub fn is_complete(&self, inventory: &Inventory, audit: &Audit) -> bool {
        let ended_well = self.exit_code == ExitStatus::Complete as u8 || self.exit_code == ExitStatus::Threshold as u8;
        self.stopped.is_none() && ended_well && audit.complete && inventory.coverage.is_complete()
    }

    /// Why it is incomplete, one line each; empty for a complete run, never empty for an incomplete one.
    pub fn incomplete_reasons(&self, inventory: &Inventory, audit: &Audit) -> Vec<String> {
        if self.is_complete(inventory, audit) {
            return Vec::new();
        }
        let mut reasons: Vec<String> = self.stopped.iter().cloned().collect();
        reasons.extend(unread(&inventory.coverage));
        if reasons.is_empty() {
            reasons.push(format!("the run ended with exit status {}", self.exit_code));
        }
        reasons
    }
}

/// What was planned and not read, one line for each way it ended; empty when all was read.
pub(super) fn unread(coverage: &Coverage) -> Vec<String> {
    let total = coverage.total();
    let has_failed = |gap: &&Gap| matches!(gap.end, UnitEnd::Failed { .. });
    let ended_failed = coverage.gaps.iter().filter(has_failed).count() as u64;
    let open = total.unread().saturating_sub(total.failed + total.denied);
    [
        (total.failed.max(ended_failed), "could not be read"),
        (total.denied, "may not be seen by this account"),
        (open, "never ended"),
    ]
    .into_iter()
    .filter(|(number, _)| *number > 0)
    .map(|(number, words)| format!("{} {words}", format::plural(number, "unit of work", "units of work")))
    .collect()
}
