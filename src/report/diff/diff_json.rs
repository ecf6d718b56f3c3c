//! `diff.json`: what was compared, why some of it cannot be, and the figures.

use std::collections::BTreeMap;
use std::io::Write;

use serde::Serialize;
use serde_json::{Value, json};

use super::{DiffSide, DiffView};
use crate::comparison::{AuditComparison, ChangeTotals, FileChangeKind, Obstacle, StorageChange};
use crate::report::folder::{WriteFailure, WrittenFile};
use crate::report::{format, scan_json};

/// The name of the format.
const FORMAT: &str = "confluence-storage-analyzer diff";

/// The format version; grows with every change that a reader would misread.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct DiffManifest<'a> {
    format: &'static str,
    version: u32,
    program: &'static str,
    program_version: &'static str,
    complete: bool,
    comparable: bool,
    obstacles: &'a [Obstacle],
    old: Value,
    new: Value,
    changes: BTreeMap<&'static str, ChangeTotals>,
    site: Value,
    spaces: Vec<Value>,
    checksums: &'a [WrittenFile],
}

/// Writes the file; `checksums` are those of all other files.
pub(super) fn write(sink: &mut dyn Write, view: &DiffView<'_>, checksums: &[WrittenFile]) -> Result<(), WriteFailure> {
    let comparison = view.input.comparison;
    let manifest = DiffManifest {
        format: FORMAT,
        version: VERSION,
        program: env!("CARGO_PKG_NAME"),
        program_version: env!("CARGO_PKG_VERSION"),
        complete: view.is_complete(),
        comparable: comparison.is_comparable(),
        obstacles: &comparison.obstacles,
        old: side(view.input.old),
        new: side(view.input.new),
        changes: change_totals(comparison),
        site: figures(&comparison.site),
        spaces: comparison
            .spaces
            .iter()
            .map(|space| {
                let mut entry = figures(&space.figures);
                entry["key"] = json!(space.key);
                entry["id"] = json!(space.id);
                entry["name"] = json!(space.name);
                entry["listed_before"] = json!(space.was_listed);
                entry["listed"] = json!(space.is_listed);
                entry["newly_unreferenced"] = json!(space.newly_unreferenced);
                entry["newly_used"] = json!(space.newly_used);
                entry
            })
            .collect(),
        checksums,
    };
    serde_json::to_writer(&mut *sink, &manifest).map_err(|error| scan_json::json_failure("the comparison", error))?;
    sink.write_all(b"\n")?;
    Ok(())
}

/// Returns number and bytes of the changes of every kind.
pub(super) fn change_totals(comparison: &AuditComparison) -> BTreeMap<&'static str, ChangeTotals> {
    FileChangeKind::ALL.map(|kind| (kind.as_str(), comparison.totals(kind))).into()
}

/// Returns which run a side is.
pub(super) fn side(side: DiffSide<'_>) -> Value {
    let scan = &side.saved.inventory.scan;
    let reasons = side.saved.incomplete_reasons();
    json!({
        "path": side.path.to_string_lossy(),
        "started_at": format::iso(scan.started_at),
        "finished_at": format::iso(scan.finished_at),
        "scanned_by": scan.program,
        "complete": reasons.is_empty(),
        "incomplete_reasons": reasons,
        "visibility": scan.visibility(),
        "reported_spaces": scan.reported_spaces,
        "references_within": scan.references_within,
        "accepted_unread": side.saved.inventory.coverage.accepted(),
    })
}

/// Returns the figures of both runs and their differences; `null` is not known.
pub(super) fn figures(change: &StorageChange) -> Value {
    json!({
        "old": change.old,
        "new": change.new,
        "difference": {
            "files": change.delta(|figures| Some(figures.files)),
            "versions": change.delta(|figures| Some(figures.versions)),
            "bytes": change.bytes_delta(|figures| Some(figures.bytes)),
            "trash_bytes": change.bytes_delta(|figures| (!figures.trash_at_least).then_some(figures.trash_bytes)),
            "unreferenced_files": change.delta(|figures| figures.unreferenced_files),
            "unreferenced_bytes": change.bytes_delta(|figures| figures.unreferenced_bytes),
        },
    })
}

/// Returns the object that `diff --json` prints, without paths of the folder.
pub(super) fn printed(input: super::DiffInput<'_>) -> Value {
    let comparison = input.comparison;
    json!({
        "complete": input.old.saved.is_complete() && input.new.saved.is_complete(),
        "comparable": comparison.is_comparable(),
        "obstacles": comparison.obstacles,
        "old": side(input.old),
        "new": side(input.new),
        "changes": change_totals(comparison),
        "site": figures(&comparison.site),
    })
}
