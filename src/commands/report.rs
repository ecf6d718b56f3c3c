//! `report`: recreates the report of an audit from its saved scan, without network access.

use super::{metrics_file, saved_scans, summary, unfinished_reports};
use crate::audit::FileVerdict;
use crate::cli::ReportArgs;
use crate::config::{Environment, ReportConfig};
use crate::error::{ExitStatus, Failure, Outcome, OutputFormat};
use crate::openmetrics::{self, MetricsPage};
use crate::progress::Progress;
use crate::report::{self, ReportInput, SavedAudit};
use crate::support::formatting::plural;
use crate::support::visible_text::Lines;

/// Judges a saved scan by the current rules and writes a new report folder.
pub(crate) fn run(
    args: &ReportArgs,
    config: ReportConfig,
    environment: &Environment<'_>,
    format: OutputFormat,
    progress: &Progress,
) -> Result<Outcome, Failure> {
    let output = environment.resolve(args.output.as_deref());
    report::check_writable(&output)?;
    let openmetrics = args.openmetrics.as_ref().map(|path| environment.working_directory.join(path));
    openmetrics.as_deref().map_or(Ok(()), openmetrics::check_writable)?;
    unfinished_reports::warn_of_unfinished_reports(&output, progress);
    let saved = saved_scans::read(&environment.working_directory.join(&args.folder), Some(config.rules))?;
    if let Some(read_by) = saved.other_program() {
        progress.warn(format!(
            "this scan was saved by version {read_by} of this program: the current version may find more uses, so run \
             the audit again before you delete anything"
        ));
    }
    let saved = if args.without_names { without_names(saved, progress)? } else { saved };
    // the status of an interrupted scan is "incomplete": it is not this run that was interrupted
    let mut status = if saved.is_complete() { ExitStatus::Complete } else { ExitStatus::Incomplete };
    let SavedAudit { run, inventory, audit } = &saved;
    let folder = report::write_with(&output, ReportInput { run, inventory, audit }, config.formats)?;
    let mut object = summary::finish(&folder, inventory, audit, status, false, progress);
    if let Some(path) = &openmetrics {
        let metrics = metrics_file::of_audit(inventory, audit, run.quota_bytes, status);
        let page = MetricsPage { site: inventory.scan.base_url.clone(), audit: Some(metrics), snapshot: None };
        let failed = metrics_file::write(path, &page, &mut object, progress);
        status = ExitStatus::decide([status].into_iter().chain(failed));
    }
    Ok(Outcome::new(status, format, object, || Lines::of_path(folder.join("index.html"))))
}

/// Replaces people by numbers, and says what may still name them.
fn without_names(saved: SavedAudit, progress: &Progress) -> Result<SavedAudit, Failure> {
    let files = saved.audit.files.clone();
    let renamed = saved.without_names().map_err(|error| {
        Failure::new(ExitStatus::Internal, "the report was not written")
            .because(error.to_string())
            .remedy("share a CSV file without the columns that name people, and report this with the output of -vv")
    })?;
    let is_changed = |(one, other): &(&FileVerdict, &FileVerdict)| one.usage != other.usage;
    let changed = files.iter().zip(&renamed.audit.files).filter(is_changed).count();
    if changed > 0 {
        progress.warn(format!(
            "{} other verdicts than with names, because names in texts were replaced",
            plural(changed as u64, "file has", "files have")
        ));
    }
    progress.note("people are replaced by numbers; titles, file names and labels may still contain a part of a name");
    Ok(renamed)
}
