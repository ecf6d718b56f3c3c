//! What a finished audit says on the terminal and on standard output.

use std::path::Path;

use serde_json::{Value, json};

use crate::audit::{Audit, Totals};
use crate::error::ExitStatus;
use crate::inventory::coverage::{Gap, UnitEnd};
use crate::inventory::{Coverage, Inventory};
use crate::progress::Progress;
use crate::report::format::{bytes, count, plural};

/// How much of what was not read is told on the terminal.
const NAMED: usize = 3;

/// Tells people how an audit ended, and gives the object that `--json` prints of it. `stopped` says that people were
/// told why it stopped, which is why the rest was not read.
///
/// The object tells of the audit alone; a snapshot of the same run adds its half with [`with_snapshot`].
pub(super) fn finish(
    folder: &Path,
    inventory: &Inventory,
    audit: &Audit,
    status: ExitStatus,
    stopped: bool,
    progress: &Progress,
) -> Value {
    let complete = is_complete(status);
    let totals = audit.figures(inventory, complete).site;
    for line in lines(&inventory.coverage, &totals, complete) {
        progress.note(line);
    }
    if let Some(notice) = &audit.unknown_hosts {
        progress.warn(notice);
    }
    if !stopped && !complete {
        for line in not_read(&inventory.coverage) {
            progress.warn(line);
        }
    }
    json!({
        "complete": complete,
        "audit": {"complete": complete},
        "folder": folder.to_string_lossy(),
        "index": folder.join("index.html").to_string_lossy(),
        "totals": totals,
        "coverage": inventory.coverage.total(),
        "requests": inventory.requests,
        "snapshot": null,
    })
}

/// Adds the half of the snapshot: the run is complete where both are.
pub(super) fn with_snapshot(mut object: Value, half: Value) -> Value {
    object["complete"] = json!(object["complete"] == true && half["complete"] == true);
    object["snapshot"] = half;
    object
}

/// The first things that were not read, and why: the rest is in the report.
pub(super) fn not_read(coverage: &Coverage) -> Vec<String> {
    not_read_of(&coverage.gaps)
}

/// The same of some gaps.
pub(super) fn not_read_of<'g>(gaps: impl IntoIterator<Item = &'g Gap>) -> Vec<String> {
    let missing = |gap: &Gap| match &gap.end {
        UnitEnd::Failed { reason } | UnitEnd::Denied { reason } => Some(format!("not read: {}: {reason}", gap.subject)),
        UnitEnd::Ok | UnitEnd::Gone | UnitEnd::Skipped { .. } | UnitEnd::Accepted { .. } => None,
    };
    let mut lines: Vec<String> = gaps.into_iter().filter_map(missing).collect();
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

/// Files of an incomplete run are not unreferenced, here as in its report: also when everything had been read before it
/// was interrupted.
fn lines(coverage: &Coverage, totals: &Totals, complete: bool) -> Vec<String> {
    let files = |number| plural(number, "file", "files");
    let units = coverage.total();
    // what an option left out is no work that was done, here as in the report
    let planned = units.planned.saturating_sub(units.skipped);
    let mut lines = Vec::new();
    if complete {
        let known = match units.remembered {
            0 => String::new(),
            known => format!(", {} of them by earlier runs", count(known)),
        };
        lines.push(format!("complete: {} of {} units read{known}", count(planned), count(planned)));
    } else {
        lines.push(format!(
            "INCOMPLETE: {} of {} units read - no file is called unreferenced",
            count(units.ok + units.gone),
            count(planned)
        ));
    }
    let all = totals.current_bytes + totals.old_bytes;
    lines.push(format!(
        "{}, {} in all versions, {} of it in old versions",
        plural(totals.attachments, "attachment", "attachments"),
        bytes(all),
        bytes(totals.old_bytes)
    ));
    let unreferenced = if complete {
        format!("{}, {}", files(totals.unreferenced_files), bytes(totals.unreferenced_bytes))
    } else {
        "not known".to_owned()
    };
    lines.push(format!(
        "unreferenced: {unreferenced} - undetermined: {}, {}",
        files(totals.undetermined_files),
        bytes(totals.undetermined_bytes)
    ));
    if totals.trash_files > 0 {
        lines.push(format!("in the trash: {}, {}", files(totals.trash_files), bytes(totals.trash_bytes)));
    }
    if totals.unknown_sizes > 0 {
        lines.push(format!("sizes that could not be read: {}", count(totals.unknown_sizes)));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_incomplete_run_tells_no_unreferenced_files_on_the_terminal_either() {
        let read = Totals { attachments: 4, unreferenced_files: 2, undetermined_files: 1, ..Totals::default() };
        let complete = lines(&Coverage::default(), &read, true);
        assert_eq!(complete[2], "unreferenced: 2 files, 0 bytes - undetermined: 1 file, 0 bytes");
        let totals = Totals { unreferenced_files: 0, undetermined_files: 3, ..read };
        let incomplete = lines(&Coverage::default(), &totals, false);
        assert!(incomplete[0].starts_with("INCOMPLETE: "), "{incomplete:?}");
        assert_eq!(incomplete[2], "unreferenced: not known - undetermined: 3 files, 0 bytes");
    }
}
