//! Runs, which of them are counted together, and how often a file was unreferenced in them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::audit::Audit;
use crate::inventory::{AccountId, Inventory};

/// What runs have in common that are counted together: they read the same site, see the same of it, and accept the same
/// contents as unread.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RunSeries {
    /// Base URL of the site.
    pub site: String,
    pub account: AccountId,
    /// What a run could see beyond what its account sees, and what it could not; empty if neither.
    pub visibility: String,
    /// The contents that were accepted as unread, as `ID@VERSION`; empty if there are none. A use in them is not known.
    pub accepted_unread: String,
}

impl RunSeries {
    pub fn of(inventory: &Inventory) -> Self {
        let visibility = inventory.scan.visibility();
        let mut accepted: Vec<String> =
            inventory.coverage.accepted().iter().map(|unread| format!("{}@{}", unread.id, unread.version)).collect();
        accepted.sort();
        accepted.dedup();
        Self {
            visibility: visibility.conditions().join(", "),
            site: visibility.site,
            account: visibility.account,
            accepted_unread: accepted.join(", "),
        }
    }

    /// The same runs, of a site whose address differs from run to run.
    #[must_use]
    pub fn of_site(self, site: &str) -> Self {
        Self { site: site.to_owned(), ..self }
    }
}

/// The figures of a run that was counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountedRun {
    pub started_at: DateTime<Utc>,
    pub finished_at: DateTime<Utc>,
    /// Keys of the reported spaces, sorted; `None` for all. The figures are of these.
    pub reported_spaces: Option<Vec<String>>,
    /// Files, without those in the trash.
    pub files: u64,
    /// Bytes of all their versions.
    pub bytes: u64,
    /// Versions whose size is unknown, so that bytes are lower bounds.
    pub unknown_sizes: u64,
    pub unreferenced_files: u64,
    pub unreferenced_bytes: u64,
    pub undetermined_files: u64,
    pub undetermined_bytes: u64,
}

impl CountedRun {
    /// Returns the figures of a complete run.
    pub fn of(inventory: &Inventory, audit: &Audit) -> Self {
        let totals = audit.figures(inventory, true).site;
        let scan = &inventory.scan;
        let mut reported_spaces = scan.reported_spaces.clone();
        if let Some(keys) = &mut reported_spaces {
            keys.sort();
        }
        Self {
            started_at: scan.started_at,
            finished_at: scan.finished_at,
            reported_spaces,
            files: totals.attachments,
            bytes: totals.current_bytes.saturating_add(totals.old_bytes),
            unknown_sizes: totals.unknown_sizes,
            unreferenced_files: totals.unreferenced_files,
            unreferenced_bytes: totals.unreferenced_bytes,
            undetermined_files: totals.undetermined_files,
            undetermined_bytes: totals.undetermined_bytes,
        }
    }

    pub(super) fn is_same_run(&self, other: &Self) -> bool {
        (self.started_at, self.finished_at) == (other.started_at, other.finished_at)
    }
}

/// The complete runs in a row that call a file unreferenced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Streak {
    /// When the first of them began.
    pub since: DateTime<Utc>,
    /// Their number, at least 1.
    pub runs: u32,
}

impl Streak {
    /// Returns the streak that ends with a run at `now`.
    pub(super) fn continued(before: Option<Self>, now: DateTime<Utc>) -> Self {
        match before {
            Some(Self { since, runs }) => Self { since, runs: runs.saturating_add(1) },
            None => Self { since: now, runs: 1 },
        }
    }
}
