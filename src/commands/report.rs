//! `report`: renders the pages of an audit again from its saved scan, without network.

use super::{leftovers, summary};
use crate::audit::{self, AuditOptions};
use crate::cli::ReportArgs;
use crate::config::Surroundings;
use crate::error::{ExitStatus, Failure, Outcome, OutputFormat};
use crate::progress::Progress;
use crate::report::{self, ReportError, RunFacts, scan_json};
use crate::support::visible::Lines;

/// Judges a saved scan by the rules of now and writes a new report folder.
pub(crate) fn run(
    args: &ReportArgs,
    rules: AuditOptions,
    around: &Surroundings<'_>,
    format: OutputFormat,
    progress: &Progress,
) -> Result<Outcome, Failure> {
    let output = around.resolve(args.output.as_deref());
    report::check_writable(&output)?;
    leftovers::mention(&output, progress);
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
    let answer = audit::analyze(&saved.inventory, &rules);
    // an interrupted scan was interrupted then, not now: what its report is now is incomplete
    let whole = saved.run.exit_code == ExitStatus::Complete.code() && saved.inventory.coverage.is_complete();
    let status = if whole { ExitStatus::Complete } else { ExitStatus::Incomplete };
    let facts = RunFacts { audit: rules, ..saved.run };
    let folder = report::write(&output, &facts, &saved.inventory, &answer)?;
    let object = summary::finish(&folder, &saved.inventory, &answer, status, false, progress);
    Ok(Outcome::new(status, format, object, || Lines::of_path(folder.join("index.html"))))
}
