//! What a finished audit says on the terminal and on standard output.

use std::path::Path;

use serde_json::json;

use super::audit::Reading;
use super::snapshot::Taken;
use crate::audit::Audit;
use crate::error::{ExitStatus, Outcome};
use crate::inventory::coverage::{Gap, UnitEnd};
use crate::inventory::{Coverage, Inventory};
use crate::progress::Progress;
use crate::report::format::{bytes, count};

/// How much of what was not read is told on the terminal.
const NAMED: usize = 3;

/// Five figures for people, and the path of the result for programs. What the audit says follows from its own reading;
/// `status` is how all of the run ended.
pub(super) fn finish(
    folder: &Path,
    reading: &Reading,
    taken: Option<&Taken>,
    status: ExitStatus,
    json: bool,
    progress: &Progress,
) -> Outcome {
    let Reading { inventory, audit, .. } = reading;
    for line in lines(inventory, audit, reading.status) {
        progress.note(line);
    }
    // why it stopped was told, and is why the rest was not read
    if reading.stopped.is_none() && !is_complete(reading.status) {
        for line in not_read(&inventory.coverage) {
            progress.warn(line);
        }
    }
    taken.map(Taken::lines).into_iter().flatten().for_each(|line| progress.note(format!("snapshot: {line}")));
    let index = folder.join("index.html");
    let stdout = if json {
        let total = inventory.coverage.total();
        let object = json!({
            "complete": is_complete(reading.status),
            "exit_code": status.code(),
            "folder": folder,
            "index": index,
            "totals": audit.site,
            "coverage": total,
            "requests": inventory.requests,
            "snapshot": taken.map(Taken::json),
        });
        format!("{object}\n")
    } else {
        let snapshot = taken.map(|taken| format!("{}\n", taken.folder.join("index.html").display()));
        format!("{}{}\n", snapshot.unwrap_or_default(), index.display())
    };
    Outcome { status, stdout: stdout.into_bytes() }
}

/// The first things that were not read, and why: the rest is in the report.
pub(super) fn not_read(coverage: &Coverage) -> Vec<String> {
    let missing = |gap: &Gap| match &gap.end {
        UnitEnd::Failed { reason } | UnitEnd::Denied { reason } => Some(format!("not read: {}: {reason}", gap.subject)),
        UnitEnd::Ok | UnitEnd::Gone | UnitEnd::Skipped { .. } => None,
    };
    let mut lines: Vec<String> = coverage.gaps.iter().filter_map(missing).collect();
    let more = lines.len().saturating_sub(NAMED);
    lines.truncate(NAMED);
    if more > 0 {
        lines.push(format!("not read: {} more, which the report names", count(more as u64)));
    }
    lines
}

fn is_complete(status: ExitStatus) -> bool {
    matches!(status, ExitStatus::Complete | ExitStatus::Threshold)
}

fn lines(inventory: &Inventory, audit: &Audit, status: ExitStatus) -> Vec<String> {
    let totals = &audit.site;
    let units = inventory.coverage.total();
    let mut lines = Vec::new();
    if is_complete(status) {
        let known = match units.remembered {
            0 => String::new(),
            known => format!(", {} of them by earlier runs", count(known)),
        };
        lines.push(format!("complete: {} of {} units read{known}", count(units.planned), count(units.planned)));
    } else {
        let read = units.ok + units.gone + units.skipped;
        lines.push(format!(
            "INCOMPLETE: {} of {} units read - no file is called unreferenced",
            count(read),
            count(units.planned)
        ));
    }
    let all = totals.current_bytes + totals.old_bytes;
    lines.push(format!(
        "{} attachments, {} in all versions, {} of it in old versions",
        count(totals.attachments),
        bytes(all),
        bytes(totals.old_bytes)
    ));
    lines.push(format!(
        "unreferenced: {} files, {} - undetermined: {} files, {}",
        count(totals.unreferenced_files),
        bytes(totals.unreferenced_bytes),
        count(totals.undetermined_files),
        bytes(totals.undetermined_bytes)
    ));
    if totals.trash_files > 0 {
        lines.push(format!("in the trash: {} files, {}", count(totals.trash_files), bytes(totals.trash_bytes)));
    }
    if totals.unknown_sizes > 0 {
        lines.push(format!("sizes that could not be read: {}", count(totals.unknown_sizes)));
    }
    lines
}
