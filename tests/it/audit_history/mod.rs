//! In how many complete runs a file is unreferenced.

mod counting;
mod file;
#[cfg(unix)]
mod runs;
mod section;

use std::path::Path;
use std::time::Duration;

use chrono::TimeDelta;
use confluence_storage_analyzer::audit::{Audit, Usage};
use confluence_storage_analyzer::audit_history::{AuditHistory, AuditHistoryFacts, PendingCount, RunSeries};
use confluence_storage_analyzer::inventory::{AttachmentId, Inventory};
use tempfile::TempDir;
use test_support::sample;

/// Runs of the sample, one week after another, and the folder of their reports.
struct WeeklyRuns {
    folder: TempDir,
    inventory: Inventory,
    audit: Audit,
}

impl WeeklyRuns {
    fn new() -> Self {
        let (inventory, audit) = sample::complete(60);
        Self { folder: TempDir::new().unwrap(), inventory, audit }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Runs, and counts the run once its report is finished.
    fn run(&mut self) -> AuditHistoryFacts {
        let pending = self.pending();
        let facts = pending.facts();
        assert_eq!(pending.commit().unwrap(), None);
        facts
    }

    /// Runs in the next week, up to the end of its report.
    fn pending(&mut self) -> PendingCount {
        self.inventory.scan.started_at += TimeDelta::weeks(1);
        self.inventory.scan.finished_at = self.inventory.scan.started_at + TimeDelta::minutes(1);
        self.again()
    }

    /// The same run once more.
    fn again(&self) -> PendingCount {
        self.open().count(RunSeries::of(&self.inventory), &self.inventory, &self.audit)
    }

    fn open(&self) -> AuditHistory {
        // a process that another test starts holds the lock for a moment
        AuditHistory::open(self.path(), Duration::from_secs(60)).unwrap()
    }

    /// Returns the indexes of the unreferenced files.
    fn unreferenced(&self) -> Vec<usize> {
        let files = self.audit.files.iter().filter(|file| file.usage == Usage::Unreferenced);
        files.map(|file| file.attachment).collect()
    }

    fn id(&self, file: usize) -> &AttachmentId {
        &self.inventory.attachments[file].id
    }

    /// Returns in how many runs a file is unreferenced according to the file on the disk, and for how many weeks.
    fn stored(&self, file: usize) -> Option<(u32, i64)> {
        let streak = self.open().streak(&RunSeries::of(&self.inventory), self.id(file))?;
        Some((streak.runs, (self.inventory.scan.started_at - streak.since).num_weeks()))
    }
}

/// Returns in how many runs a file is unreferenced according to a report.
fn runs_in(facts: &AuditHistoryFacts, file: &AttachmentId) -> Option<u32> {
    facts.streaks().get(file.as_str()).map(|streak| streak.runs)
}
