//! A comparison in a few figures, small enough for the saved scan of a run.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{AuditComparison, FileChange, FileChangeKind, Obstacle, StorageChange};
use crate::inventory::Scan;

/// Number and bytes of some changes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeTotals {
    pub files: u64,
    pub bytes: u64,
    /// Whether the size of a version is not known, so that `bytes` is a lower bound.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub at_least: bool,
}

impl ChangeTotals {
    pub(super) fn add(&mut self, change: &FileChange) {
        self.files += 1;
        self.bytes = self.bytes.saturating_add(change.bytes);
        self.at_least |= !change.is_exact;
    }
}

impl<'c> FromIterator<&'c FileChange> for ChangeTotals {
    fn from_iter<I: IntoIterator<Item = &'c FileChange>>(changes: I) -> Self {
        changes.into_iter().fold(Self::default(), |mut totals, change| {
            totals.add(change);
            totals
        })
    }
}

/// The other run of a comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComparedRun {
    /// The name of its folder, without the path.
    pub folder: String,
    pub started_at: DateTime<Utc>,
    /// The version of the program that read the site.
    pub program: String,
}

impl ComparedRun {
    pub fn new(folder: String, scan: &Scan) -> Self {
        Self { folder, started_at: scan.started_at, program: scan.program.clone() }
    }
}

/// The comparison of a run with an earlier one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComparisonSummary {
    /// The earlier run.
    pub with: ComparedRun,
    /// Why verdicts are not compared; empty if they are.
    pub obstacles: Vec<Obstacle>,
    /// Number and bytes of the changes of each kind; kinds without changes are left out.
    pub changes: BTreeMap<FileChangeKind, ChangeTotals>,
    /// The figures of the site in both runs.
    pub site: StorageChange,
}

impl ComparisonSummary {
    pub fn new(with: ComparedRun, comparison: &AuditComparison) -> Self {
        let totals = |kind| (kind, comparison.totals(kind));
        let changes = FileChangeKind::ALL.map(totals).into_iter().filter(|(_, totals)| totals.files > 0);
        Self { with, obstacles: comparison.obstacles.clone(), changes: changes.collect(), site: comparison.site }
    }

    /// Returns whether verdicts are compared: only then can a file be newly unreferenced.
    pub fn is_comparable(&self) -> bool {
        self.obstacles.is_empty()
    }

    /// Returns number and bytes of the changes of one kind.
    pub fn totals(&self, kind: FileChangeKind) -> ChangeTotals {
        self.changes.get(&kind).copied().unwrap_or_default()
    }
}
