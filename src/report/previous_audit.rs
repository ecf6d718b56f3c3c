//! Finds the audit with which a new run is compared, among the reports in its output folder.

use std::path::{Path, PathBuf};

use super::saved_audit::{SavedAudit, saved_audits};
use super::{ReportError, scan_json};
use crate::audit::AuditOptions;
use crate::comparison::{Obstacle, ObstacleKind, RunConditions, obstacles};

/// The number of reports that are read to find one that can be compared. Each takes as long as its saved scan is large.
const MOST_REPORTS: usize = 12;

/// The search for an earlier audit of the same site.
#[derive(Debug, Default)]
pub struct PreviousAudit {
    /// The newest with which verdicts can be compared, else the newest of all.
    pub found: Option<(PathBuf, SavedAudit)>,
    /// Reports that could not be read, with the reason, and were skipped.
    pub unreadable: Vec<ReportError>,
}

impl PreviousAudit {
    /// Searches the reports in `parent` for an audit of the same site that did not begin after this run, and judges it
    /// by `rules`. Call it before the report of the run is written.
    pub fn find(parent: &Path, run: RunConditions<'_>, rules: &AuditOptions) -> Self {
        let mut search = Self::default();
        let mut newest: Option<PathBuf> = None;
        let mut chosen: Option<PathBuf> = None;
        for folder in saved_audits(parent).into_iter().take(MOST_REPORTS) {
            let saved = match scan_json::read_conditions(&folder.join(scan_json::NAME)) {
                Ok(saved) => saved,
                Err(error) => {
                    search.unreadable.push(error);
                    continue;
                }
            };
            let scan = &saved.inventory.scan;
            if scan.base_url != run.scan.base_url || scan.started_at > run.scan.started_at {
                continue;
            }
            let incomplete_reasons = saved.run.incomplete_reasons_with(&saved.inventory.coverage);
            let (spaces, coverage) = (&saved.inventory.spaces[..], &saved.inventory.coverage);
            let earlier = RunConditions { scan, spaces, coverage, incomplete_reasons: &incomplete_reasons };
            if is_comparable(&obstacles(earlier, run)) {
                chosen = Some(folder);
                break;
            }
            newest.get_or_insert(folder);
        }
        if let Some(folder) = chosen.or(newest) {
            match SavedAudit::read(&folder, Some(rules.clone())) {
                Ok(saved) => search.found = Some((folder, saved)),
                Err(error) => search.unreadable.push(error),
            }
        }
        search
    }
}

/// Whether no obstacle comes from the earlier run: a new run that is incomplete is compared with the run that it would be
/// compared with if it were complete.
fn is_comparable(obstacles: &[Obstacle]) -> bool {
    obstacles.iter().all(|obstacle| obstacle.kind == ObstacleKind::IncompleteNew)
}
