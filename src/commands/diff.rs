//! `diff`: compares two audits of a site from their saved scans, without network access.

use std::path::{Path, PathBuf};
use std::thread;

use super::{diff_summary, saved_scans};
use crate::cli::DiffArgs;
use crate::comparison::AuditComparison;
use crate::config::Environment;
use crate::error::{ExitStatus, Failure, Outcome, OutputFormat};
use crate::progress::Progress;
use crate::report::diff::{self, DiffInput, DiffSide};
use crate::report::{self, SavedAudit, scan_json};
use crate::support::visible_text::Lines;

/// Compares two audits and writes a folder about their differences.
pub(crate) fn run(
    args: &DiffArgs,
    environment: &Environment<'_>,
    format: OutputFormat,
    progress: &Progress,
) -> Result<Outcome, Failure> {
    let output = environment.resolve(args.output.as_deref());
    report::check_writable(&output)?;
    progress.phase("reading both audits", None);
    let [old_path, new_path] = [&args.old, &args.new].map(|path| environment.working_directory.join(path));
    let (old, new) = read_both(&old_path, &new_path)?;
    let (before, now) = (&old.inventory.scan, &new.inventory.scan);
    if before.base_url != now.base_url {
        return Err(Failure::usage("the audits are of different sites")
            .because(format!("OLD is of {}, NEW of {}", before.base_url, now.base_url))
            .remedy("compare two audits of the same site"));
    }
    if (before.started_at, before.finished_at) > (now.started_at, now.finished_at) {
        progress.warn("OLD is newer than NEW: they are probably exchanged");
    }
    progress.phase("comparing", None);
    let [old_reasons, new_reasons] = [&old, &new].map(SavedAudit::incomplete_reasons);
    let comparison = AuditComparison::new(old.compared(&old_reasons), new.compared(&new_reasons));
    let input = DiffInput {
        old: DiffSide { saved: &old, path: &args.old },
        new: DiffSide { saved: &new, path: &args.new },
        comparison: &comparison,
        local_time: chrono::Local::now().fixed_offset(),
    };
    progress.phase("writing the comparison", None);
    let folder = diff::write_diff(&output, input)?;
    progress.finish();
    diff_summary::print(&old, &new, &comparison, progress);
    let is_complete = old_reasons.is_empty() && new_reasons.is_empty();
    let status = if is_complete { ExitStatus::Complete } else { ExitStatus::Incomplete };
    let mut object = diff::diff_summary(input);
    object["folder"] = folder.to_string_lossy().into();
    object["index"] = folder.join("index.html").to_string_lossy().into();
    Ok(Outcome::new(status, format, object, || Lines::of_path(folder.join("index.html"))))
}

/// Reads both audits at the same time. Both are judged by the rules of the new one.
fn read_both(old: &Path, new: &Path) -> Result<(SavedAudit, SavedAudit), Failure> {
    let read = |path: &Path| saved_scans::failure_of(scan_json::read(&scan_of(path)));
    thread::scope(|threads| {
        let old = threads.spawn(|| read(old));
        let new = read(new)?;
        let old = old.join().map_err(|_| Failure::new(ExitStatus::Internal, "reading OLD was aborted"))??;
        let rules = new.run.audit.clone();
        let old = threads.spawn(|| SavedAudit::judge(old, Some(rules)));
        let new = SavedAudit::judge(new, None);
        let old = old.join().map_err(|_| Failure::new(ExitStatus::Internal, "judging OLD was aborted"))?;
        Ok((old, new))
    })
}

/// Returns the saved scan of a report folder, or the file itself.
fn scan_of(path: &Path) -> PathBuf {
    if path.is_file() { path.to_owned() } else { path.join(scan_json::NAME) }
}
