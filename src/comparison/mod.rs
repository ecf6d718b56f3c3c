//! Compares two audits of one site: which files are new, gone, larger, renamed, moved or used differently, and what that
//! means for the storage of each space.
//!
//! Both audits have verdicts of this program. What the runs could see may still differ, and then a difference between
//! their verdicts says nothing about the files: such differences are listed as not comparable, with the [`Obstacle`].

mod change;
mod files;
mod obstacle;
mod spaces;
mod summary;
#[cfg(test)]
mod tests;

pub use change::{FileChange, FileChangeKind};
pub use obstacle::{Obstacle, ObstacleKind, RunConditions, obstacles};
pub use spaces::{SpaceChange, StorageChange, StorageFigures};
pub use summary::{ChangeTotals, ComparedRun, ComparisonSummary};

use crate::audit::Audit;
use crate::inventory::Inventory;

/// One of the two audits.
#[derive(Debug, Clone, Copy)]
pub struct ComparedAudit<'a> {
    pub inventory: &'a Inventory,
    pub audit: &'a Audit,
    /// Why the run is incomplete; empty if it is complete.
    pub incomplete_reasons: &'a [String],
}

impl<'a> ComparedAudit<'a> {
    pub fn is_complete(&self) -> bool {
        self.incomplete_reasons.is_empty()
    }

    /// Returns what decides whether it can be compared with another run.
    pub fn conditions(&self) -> RunConditions<'a> {
        RunConditions {
            scan: &self.inventory.scan,
            spaces: &self.inventory.spaces,
            coverage: &self.inventory.coverage,
            incomplete_reasons: self.incomplete_reasons,
        }
    }
}

/// The differences between two audits of one site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditComparison {
    /// Why some differences say nothing about the files; empty if the runs can be compared.
    pub obstacles: Vec<Obstacle>,
    /// One entry for each file and kind of change: by kind, most bytes first.
    pub files: Vec<FileChange>,
    /// The spaces that at least one run reports, sorted by key; files of no visible space come first.
    pub spaces: Vec<SpaceChange>,
    pub site: StorageChange,
}

impl AuditComparison {
    /// Compares two audits, whose sites must be the same. Files are matched by the id of the attachment.
    pub fn new(old: ComparedAudit<'_>, new: ComparedAudit<'_>) -> Self {
        let obstacles = obstacles(old.conditions(), new.conditions());
        let compared = files::compare(old, new, &obstacles);
        let (spaces, site) = spaces::compare(old, new, &obstacles, &compared);
        Self { obstacles, files: compared.changes, spaces, site }
    }

    /// Returns whether verdicts can be compared: only then can a file be newly unreferenced.
    pub fn is_comparable(&self) -> bool {
        self.obstacles.is_empty()
    }

    /// Returns whether all files that are newly used are known: the old run missed no use that the new run found.
    pub fn knows_new_uses(&self) -> bool {
        !self.obstacles.iter().any(|obstacle| obstacle.kind.hides_new_uses())
    }

    /// Returns the changes of one kind, most bytes first.
    pub fn of(&self, kind: FileChangeKind) -> &[FileChange] {
        let begin = self.files.partition_point(|change| change.kind < kind);
        let end = self.files.partition_point(|change| change.kind <= kind);
        &self.files[begin..end]
    }

    /// Returns the number and the bytes of the changes of one kind.
    pub fn totals(&self, kind: FileChangeKind) -> ChangeTotals {
        self.of(kind).iter().collect()
    }

    /// Returns why verdicts are not compared, in one line; `None` if they are.
    pub fn not_comparable_because(&self) -> Option<String> {
        let texts: Vec<&str> = self.obstacles.iter().map(|obstacle| obstacle.text.as_str()).collect();
        (!texts.is_empty()).then(|| texts.join("; "))
    }
}
