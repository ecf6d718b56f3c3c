//! Compares a run with the one before it in the same output folder.

use super::audit_run::AuditRun;
use crate::comparison::{AuditComparison, ComparedAudit, ComparedRun, ComparisonSummary};
use crate::config::Config;
use crate::progress::Progress;
use crate::report::{PreviousAudit, RunFacts, saved_audits};

/// Compares a run with the newest earlier audit of the same site whose report is in the output folder: one with which
/// verdicts can be compared, if there is one. `None` if there is no earlier audit, and for a run that stopped: it has to
/// write its report quickly.
pub(super) fn compare(
    run: &AuditRun,
    facts: &RunFacts,
    config: &Config,
    progress: &Progress,
) -> Option<ComparisonSummary> {
    if run.stopped.is_some() || saved_audits(&config.output).is_empty() {
        return None;
    }
    progress.phase("comparing with the run before", None);
    let reasons = facts.incomplete_reasons(&run.inventory, &run.audit);
    let now = ComparedAudit { inventory: &run.inventory, audit: &run.audit, incomplete_reasons: &reasons };
    let search = PreviousAudit::find(&config.output, now.conditions(), &config.audit);
    for error in search.unreadable {
        progress.warn(format!("not compared with an earlier run: {error}"));
    }
    let (folder, saved) = search.found?;
    let reasons = saved.incomplete_reasons();
    let comparison = AuditComparison::new(saved.compared(&reasons), now);
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Some(ComparisonSummary::new(ComparedRun::new(name, &saved.inventory.scan), &comparison))
}
