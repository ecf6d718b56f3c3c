//! `report`: renders the pages of an audit again from its saved scan, without network.

use super::audit::{Reading, audit_options, output_failure, storage_failure};
use super::summary;
use crate::audit;
use crate::cli::ReportArgs;
use crate::config::{Rules, Surroundings};
use crate::error::{ExitStatus, Failure, Outcome};
use crate::progress::Progress;
use crate::report::{self, ReportError, RunFacts, scan_json};

/// Judges a saved scan by the rules of now and writes a new report folder.
pub(crate) fn run(
    args: &ReportArgs,
    rules: &Rules,
    around: &Surroundings<'_>,
    json: bool,
    progress: &Progress,
) -> Result<Outcome, Failure> {
    let output = args
        .output
        .as_deref()
        .map_or_else(|| around.working_directory.clone(), |folder| around.working_directory.join(folder));
    report::check_writable(&output).map_err(|error| output_failure(&error))?;
    let path = around.working_directory.join(&args.folder).join("scan.json.gz");
    let saved = scan_json::read(&path).map_err(|error| {
        Failure::usage("the saved scan cannot be read").because(error.to_string()).remedy(match error {
            ReportError::NewerScan { .. } => "run the version of this program that wrote it, or a newer one",
            _ => "give the folder that an audit wrote; it holds scan.json.gz",
        })
    })?;
    let read_by = &saved.inventory.scan.program;
    if read_by != env!("CARGO_PKG_VERSION") {
        progress.warn(format!(
            "the site was read by version {read_by} of this program: this one may find uses that are not in the saved \
             scan, so run the audit again before anything is deleted"
        ));
    }
    let options = audit_options(rules);
    let answer = audit::analyze(&saved.inventory, &options);
    let mut statuses = vec![status_of(saved.run.exit_code)];
    if !saved.inventory.coverage.is_complete() {
        statuses.push(ExitStatus::Incomplete);
    }
    let facts = RunFacts { audit: options, ..saved.run };
    let folder = report::write(&output, &facts, &saved.inventory, &answer).map_err(|error| storage_failure(&error))?;
    // an interrupted scan was interrupted then, not now: what its report is now is incomplete
    let status = match ExitStatus::decide(statuses) {
        ExitStatus::Complete => ExitStatus::Complete,
        _ => ExitStatus::Incomplete,
    };
    let reading = Reading { inventory: saved.inventory, audit: answer, stopped: None, status };
    Ok(summary::finish(&folder, &reading, None, status, json, progress))
}

fn status_of(code: u8) -> ExitStatus {
    if code == ExitStatus::Complete.code() { ExitStatus::Complete } else { ExitStatus::Incomplete }
}
