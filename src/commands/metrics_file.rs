//! The file of `--openmetrics`: written at the end of a run, whether it is complete, incomplete or failed.

use std::path::Path;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::audit::Audit;
use crate::config::Config;
use crate::error::{ExitStatus, Failure};
use crate::inventory::Inventory;
use crate::openmetrics::{self, AuditMetrics, MetricsPage, RunEnd, SnapshotMetrics, StorageMetrics};
use crate::progress::Progress;

/// The jobs of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RunJobs {
    Audit,
    Snapshot,
    Both,
}

/// A run that has begun, and the file that it is to write, if any.
#[derive(Debug)]
pub(super) struct MetricsFile<'a> {
    path: Option<&'a Path>,
    site: &'a str,
    jobs: RunJobs,
    began: DateTime<Utc>,
}

impl<'a> MetricsFile<'a> {
    /// Checks that the file can be written.
    pub(super) fn prepare(config: &'a Config, jobs: RunJobs) -> Result<Self, Failure> {
        let path = config.openmetrics.as_deref();
        path.map_or(Ok(()), openmetrics::check_writable)?;
        Ok(Self { path, site: &config.connection.base_url, jobs, began: Utc::now() })
    }

    /// Writes that a run failed without a result, and returns the result. A run that did not begin, because of its
    /// options or because another run holds the lock, leaves the file as it is.
    pub(super) fn with_failure<T>(&self, result: Result<T, Failure>, progress: &Progress) -> Result<T, Failure> {
        let (Some(path), Err(failure)) = (self.path, &result) else { return result };
        if matches!(failure.status, ExitStatus::Usage | ExitStatus::Locked) {
            return result;
        }
        let run = RunEnd::failed(failure.status.code(), self.began, Utc::now());
        let audit = AuditMetrics { run: run.clone(), unread_units: None, storage: None };
        let page = MetricsPage {
            site: self.site.to_owned(),
            audit: (self.jobs != RunJobs::Snapshot).then_some(audit),
            snapshot: (self.jobs != RunJobs::Audit).then_some(SnapshotMetrics { run, measured: None }),
        };
        if let Err(failure) = openmetrics::write(path, &page.text()) {
            progress.error(failure.lines());
        }
        result
    }
}

/// Writes the file, and adds its path to the object of `--json`. Returns the status of a failure, which was printed.
pub(super) fn write(path: &Path, page: &MetricsPage, object: &mut Value, progress: &Progress) -> Option<ExitStatus> {
    match openmetrics::write(path, &page.text()) {
        Ok(()) => {
            object["openmetrics"] = json!(path.to_string_lossy());
            None
        }
        Err(failure) => {
            progress.error(failure.lines());
            Some(failure.status)
        }
    }
}

/// Returns how a run ended that has an inventory.
pub(super) fn run_end(inventory: &Inventory, complete: bool, status: ExitStatus) -> RunEnd {
    RunEnd {
        complete,
        exit_code: status.code(),
        started_at: inventory.scan.started_at,
        finished_at: inventory.scan.finished_at,
        requests: Some(inventory.requests.total()),
    }
}

/// Returns the metrics of an audit.
pub(super) fn of_audit(inventory: &Inventory, audit: &Audit, quota: Option<u64>, status: ExitStatus) -> AuditMetrics {
    let complete = matches!(status, ExitStatus::Complete | ExitStatus::Threshold) && audit.complete;
    AuditMetrics {
        run: run_end(inventory, complete, status),
        unread_units: Some(inventory.coverage.total().unread()),
        storage: StorageMetrics::of(inventory, audit, quota, complete),
    }
}
