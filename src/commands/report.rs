//! `report`: recreates the report of an audit from its saved scan, without network access.

use super::{summary, unfinished_reports};
use crate::audit::{self, AuditOptions};
use crate::cli::ReportArgs;
use crate::config::Environment;
use crate::error::{ExitStatus, Failure, Outcome, OutputFormat};
use crate::progress::Progress;
use crate::report::{self, ReportError, RunFacts, scan_json};
use crate::support::visible_text::Lines;

/// Judges a saved scan by the current rules and writes a new report folder.
pub(crate) fn run(
    args: &ReportArgs,
    rules: AuditOptions,
    environment: &Environment<'_>,
    format: OutputFormat,
    progress: &Progress,
) -> Result<Outcome, Failure> {
    let output = environment.resolve(args.output.as_deref());
    report::check_writable(&output)?;
    unfinished_reports::warn_of_unfinished_reports(&output, progress);
    let path = environment.working_directory.join(&args.folder).join("scan.json.gz");
    let saved = scan_json::read(&path).map_err(|error| {
        Failure::usage("cannot use the saved scan").because(error.to_string()).remedy(match error {
            ReportError::NewerScanFormat { .. } => "run the version of this program that wrote it, or a newer one",
            _ => "use the folder that an audit wrote: it contains scan.json.gz",
        })
    })?;
    let read_by = &saved.inventory.scan.program;
    if read_by != env!("CARGO_PKG_VERSION") {
        progress.warn(format!(
            "this scan was saved by version {read_by} of this program: the current version may find more uses, so run \
             the audit again before you delete anything"
        ));
    }
    let audit = audit::analyze(&saved.inventory, &rules);
    // the status of an interrupted scan is "incomplete": it is not this run that was interrupted
    let is_complete = saved.run.exit_code == ExitStatus::Complete.code() && saved.inventory.coverage.is_complete();
    let status = if is_complete { ExitStatus::Complete } else { ExitStatus::Incomplete };
    let facts = RunFacts { audit: rules, ..saved.run };
    let folder = report::write(&output, &facts, &saved.inventory, &audit)?;
    let object = summary::finish(&folder, &saved.inventory, &audit, status, false, progress);
    Ok(Outcome::new(status, format, object, || Lines::of_path(folder.join("index.html"))))
}
