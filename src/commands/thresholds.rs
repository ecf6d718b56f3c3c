//! `--fail-on` of audits.

use super::audit_run::AuditRun;
use crate::cli::{AuditFigure, AuditThreshold};
use crate::comparison::{ComparisonSummary, FileChangeKind};
use crate::error::ExitStatus;
use crate::progress::Progress;
use crate::report::format::{bytes, count};
use crate::report::{CheckedThreshold, RunFacts};

/// Compares the figures of a run with the thresholds. The figures of an incomplete run are not known, and neither are
/// those that need a comparison with an earlier run if there is none that can be compared.
pub(super) fn check(
    thresholds: &[AuditThreshold],
    run: &AuditRun,
    previous: Option<&ComparisonSummary>,
) -> Vec<CheckedThreshold> {
    let is_complete = run.status == ExitStatus::Complete;
    let totals = run.audit.figures(&run.inventory, is_complete).site;
    let newly = previous
        .filter(|previous| previous.is_comparable())
        .map(|previous| previous.totals(FileChangeKind::NewlyUnreferenced));
    let check = |threshold: &AuditThreshold| {
        let value = match threshold.figure {
            AuditFigure::NewlyUnreferencedBytes => newly.map(|newly| newly.bytes),
            AuditFigure::NewlyUnreferencedFiles => newly.map(|newly| newly.files),
            AuditFigure::UnreferencedBytes => Some(totals.unreferenced_bytes),
            AuditFigure::UnreferencedFiles => Some(totals.unreferenced_files),
        };
        let value = value.filter(|_| is_complete);
        CheckedThreshold {
            figure: threshold.figure.name().to_owned(),
            at_least: threshold.at_least,
            value,
            met: value.is_some_and(|value| value >= threshold.at_least),
        }
    };
    thresholds.iter().map(check).collect()
}

pub(super) fn is_met(thresholds: &[CheckedThreshold]) -> bool {
    thresholds.iter().any(|threshold| threshold.met)
}

/// Prints the thresholds that were met, and those that could not be checked in a complete run, with the reason.
pub(super) fn report(facts: &RunFacts, progress: &Progress) {
    for threshold in facts.thresholds.iter().filter(|threshold| threshold.met) {
        let shown = |value| if is_bytes(threshold) { bytes(value) } else { count(value) };
        let value = threshold.value.map(shown).unwrap_or_default();
        progress.warn(format!(
            "--fail-on: {} is {value}, the threshold {}",
            threshold.figure,
            shown(threshold.at_least)
        ));
    }
    let is_complete = [ExitStatus::Complete, ExitStatus::Threshold].iter().any(|one| one.code() == facts.exit_code);
    let unchecked: Vec<&str> = facts
        .thresholds
        .iter()
        .filter(|threshold| is_complete && threshold.value.is_none())
        .map(|threshold| threshold.figure.as_str())
        .collect();
    if !unchecked.is_empty() {
        let why = match &facts.previous {
            None => "the output folder has no earlier complete run of this site".to_owned(),
            Some(previous) => {
                let texts: Vec<&str> = previous.obstacles.iter().map(|obstacle| obstacle.text.as_str()).collect();
                format!("no earlier run can be compared: {}", texts.join("; "))
            }
        };
        progress.note(format!("--fail-on: {} not checked: {why}", unchecked.join(", ")));
    }
}

fn is_bytes(threshold: &CheckedThreshold) -> bool {
    AuditFigure::ALL.iter().any(|figure| figure.name() == threshold.figure && figure.is_bytes())
}
