//! Reads saved scans for the commands that work without network access.

use std::path::Path;

use crate::audit::AuditOptions;
use crate::error::Failure;
use crate::report::{ReportError, SavedAudit};

/// Reads the saved scan of a report folder and judges it: by `rules`, or by the rules of its run.
pub(super) fn read(folder: &Path, rules: Option<AuditOptions>) -> Result<SavedAudit, Failure> {
    failure_of(SavedAudit::read(folder, rules))
}

/// Returns what was read from a saved scan, or the failure for people.
pub(super) fn failure_of<T>(read: Result<T, ReportError>) -> Result<T, Failure> {
    read.map_err(|error| {
        Failure::usage("cannot use the saved scan").because(error.to_string()).remedy(match error {
            ReportError::NewerScanFormat { .. } => "run the version of this program that wrote it, or a newer one",
            _ => "use the folder that an audit wrote: it contains scan.json.gz",
        })
    })
}
