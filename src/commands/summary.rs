//! Summary of a finished audit, for the terminal and for `--json`.

use std::path::Path;

use serde_json::{Value, json};

use crate::audit::{Audit, Totals};
use crate::error::ExitStatus;
use crate::inventory::coverage::{Gap, UnitEnd, UnitKind};
use crate::inventory::{Coverage, Inventory};
use crate::progress::Progress;
use crate::report::format::{bytes, count, plural};

/// Number of unread things that the terminal lists.
const NAMED: usize = 3;

/// Prints how an audit ended and returns its `--json` object. With `stopped`, the reason was already printed, and what
/// was therefore not read is not listed again.
///
/// The object covers the audit only; a snapshot of the same run is added by [`with_snapshot`].
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
    if let Some(notice) = inventory.unseen_pages() {
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

/// Adds the snapshot of the same run; the run is complete if both are.
pub(super) fn with_snapshot(mut object: Value, snapshot: Value) -> Value {
    object["complete"] = json!(object["complete"] == true && snapshot["complete"] == true);
    object["snapshot"] = snapshot;
    object
}

/// Returns lines about the first things that were not read, and why; the report has the rest.
pub(super) fn not_read(coverage: &Coverage) -> Vec<String> {
    not_read_of(&coverage.gaps)
}

/// Does the same for some gaps.
pub(super) fn not_read_of<'g>(gaps: impl IntoIterator<Item = &'g Gap>) -> Vec<String> {
    let missing = |gap: &Gap| match &gap.end {
        UnitEnd::Failed { reason } | UnitEnd::Denied { reason } => Some(format!("not read: {}: {reason}", gap.subject)),
        UnitEnd::Ok | UnitEnd::Gone | UnitEnd::Skipped { .. } | UnitEnd::Accepted { .. } => None,
    };
    let mut lines: Vec<String> = gaps.into_iter().filter_map(missing).collect();
    let more = lines.len().saturating_sub(NAMED);
    lines.truncate(NAMED);
    if more > 0 {
        lines.push(format!("not read: {} more, listed in the report", count(more as u64)));
    }
    lines
}

fn is_complete(status: ExitStatus) -> bool {
    matches!(status, ExitStatus::Complete | ExitStatus::Threshold)
}

/// Returns the summary lines. An incomplete run calls no file unreferenced, here as in its report, even if everything
/// had been read before it was interrupted.
fn lines(coverage: &Coverage, totals: &Totals, complete: bool) -> Vec<String> {
    let files = |number| plural(number, "file", "files");
    let units = coverage.total();
    // units skipped by an option do not count as planned, here as in the report
    let planned = units.planned.saturating_sub(units.skipped);
    let mut lines = Vec::new();
    if complete {
        let known = match units.remembered {
            0 => String::new(),
            known => format!(", {} of them in earlier runs", count(known)),
        };
        lines.push(format!("complete: {} of {} units read{known}", count(planned), count(planned)));
    } else {
        lines.push(format!(
            "INCOMPLETE: {} of {} units read - no file is called unreferenced",
            count(units.ok + units.gone),
            count(planned)
        ));
    }
    let is_unlisted = |gap: &Gap| {
        gap.kind == UnitKind::AttachmentList && matches!(gap.end, UnitEnd::Failed { .. } | UnitEnd::Denied { .. })
    };
    let all_listed = !coverage.gaps.iter().any(is_unlisted);
    lines.push(attachments(totals, all_listed));
    let unreferenced = if complete {
        format!("{}, {}", files(totals.unreferenced_files), bytes(totals.unreferenced_bytes))
    } else {
        "not known".to_owned()
    };
    let undetermined = if totals.attachments > 0 || all_listed {
        format!("{}, {}", files(totals.undetermined_files), bytes(totals.undetermined_bytes))
    } else {
        "not known".to_owned()
    };
    lines.push(format!("unreferenced: {unreferenced} - undetermined: {undetermined}"));
    if totals.is_trash_unknown() {
        lines.push("in the trash: not known".to_owned());
    } else if totals.trash_files > 0 {
        let at_least = if totals.trash_at_least { "at least " } else { "" };
        lines.push(format!("in the trash: {at_least}{}, {}", files(totals.trash_files), bytes(totals.trash_bytes)));
    }
    if totals.unknown_sizes > 0 {
        lines.push(format!("versions of unknown size: {}", count(totals.unknown_sizes)));
    }
    lines
}

/// Returns the line about the number and the size of all attachments. What was not read is "not known" or "at least",
/// never 0.
fn attachments(totals: &Totals, all_listed: bool) -> String {
    if totals.attachments == 0 && !all_listed {
        return "attachments: not known".to_owned();
    }
    let number = plural(totals.attachments, "attachment", "attachments");
    let all_sizes = all_listed && totals.unknown_sizes == 0;
    let size = |number: u64| format!("{}{}", if all_sizes { "" } else { "at least " }, bytes(number));
    let old = match totals.old_bytes {
        0 if !all_sizes => "the size of old versions is not known".to_owned(),
        old => format!("{} of that in old versions", size(old)),
    };
    let number = if all_listed { number } else { format!("at least {number}") };
    format!("{number}: {} in all versions, {old}", size(totals.current_bytes + totals.old_bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_that_were_not_read_are_not_shown_as_zero() {
        let read = Totals { attachments: 2, current_bytes: 5, old_bytes: 3, ..Totals::default() };
        assert_eq!(attachments(&read, true), "2 attachments: 8 bytes in all versions, 3 bytes of that in old versions");
        let unsized_versions = Totals { old_bytes: 0, unknown_sizes: 1, ..read };
        assert_eq!(
            attachments(&unsized_versions, true),
            "2 attachments: at least 5 bytes in all versions, the size of old versions is not known"
        );
        assert_eq!(
            attachments(&read, false),
            "at least 2 attachments: at least 8 bytes in all versions, at least 3 bytes of that in old versions"
        );
        assert_eq!(attachments(&Totals::default(), false), "attachments: not known");
    }

    #[test]
    fn a_trash_that_was_not_listed_is_not_shown_as_empty() {
        let of = |trash_files, trash_at_least| {
            let totals = Totals { trash_files, trash_bytes: 5, trash_at_least, ..Totals::default() };
            lines(&Coverage::default(), &totals, true).into_iter().find(|line| line.starts_with("in the trash"))
        };
        assert_eq!(of(2, false).as_deref(), Some("in the trash: 2 files, 5 bytes"));
        assert_eq!(of(2, true).as_deref(), Some("in the trash: at least 2 files, 5 bytes"));
        assert_eq!(of(0, true).as_deref(), Some("in the trash: not known"));
        assert_eq!(of(0, false), None);
    }

    #[test]
    fn an_incomplete_run_shows_no_unreferenced_files_on_the_terminal_either() {
        let read = Totals { attachments: 4, unreferenced_files: 2, undetermined_files: 1, ..Totals::default() };
        let complete = lines(&Coverage::default(), &read, true);
        assert_eq!(complete[2], "unreferenced: 2 files, 0 bytes - undetermined: 1 file, 0 bytes");
        let totals = Totals { unreferenced_files: 0, undetermined_files: 3, ..read };
        let incomplete = lines(&Coverage::default(), &totals, false);
        assert!(incomplete[0].starts_with("INCOMPLETE: "), "{incomplete:?}");
        assert_eq!(incomplete[2], "unreferenced: not known - undetermined: 3 files, 0 bytes");
    }
}
