//! The manifest, `run.json`: what ran, how complete it is, what it found, and the checksum of every other file.
//! Written last, so a folder without it is not whole.

use std::collections::BTreeMap;
use std::io::Write;

use serde::Serialize;

use crate::audit::{Totals, Usage};
use crate::inventory::coverage::{Gap, UnitCounts, UnitEnd, UnitKind, UnreadVersion};
use crate::inventory::{Account, OldSizes, RequestPlan};
use confluence_client::RequestCounts;
use storage_format::{Certainty, Display};

use super::folder::{WriteFailure, WrittenFile};
use super::view::{FileRow, View, content_id};
use super::{format, scan_json};

/// The name of the format.
pub const FORMAT: &str = "confluence-storage-analyzer run";

/// The name of the file.
pub(super) const NAME: &str = "run.json";

/// The version of the format; grows with every change that a reader would misread.
pub const VERSION: u32 = 1;

#[derive(Serialize)]
struct Manifest<'a> {
    format: &'static str,
    version: u32,
    program: &'static str,
    program_version: &'static str,
    scanned_by: &'a str,
    complete: bool,
    incomplete_reasons: &'a [String],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    accepted_unread: Vec<AcceptedEntry<'a>>,
    exit_code: u8,
    started_at: String,
    finished_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    closing_walk: Option<ClosingWalk>,
    local_time: String,
    base_url: &'a str,
    account: &'a Account,
    reported_spaces: Option<&'a [String]>,
    options: BTreeMap<&'a str, &'a str>,
    keep_versions: u32,
    old_sizes: &'a OldSizes,
    totals: Totals,
    spaces: Vec<SpaceEntry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    without_space: Option<Totals>,
    coverage: Coverage<'a>,
    requests: &'a RequestCounts,
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<&'a RequestPlan>,
    notices: &'a [String],
    not_covered: String,
    scan_format_version: u32,
    checksums: &'a [WrittenFile],
    files: Vec<FileEntry<'a>>,
}

/// When all lists were walked for the last time.
#[derive(Serialize)]
struct ClosingWalk {
    began_at: String,
    ended_at: String,
}

#[derive(Serialize)]
struct AcceptedEntry<'a> {
    #[serde(flatten)]
    unread: &'a UnreadVersion,
    kind: UnitKind,
    subject: &'a str,
    reason: &'a str,
}

#[derive(Serialize)]
struct SpaceEntry {
    key: String,
    id: String,
    folder: String,
    totals: Totals,
}

#[derive(Serialize)]
struct Coverage<'a> {
    total: UnitCounts,
    units: &'a BTreeMap<UnitKind, UnitCounts>,
    gaps: &'a [Gap],
    warnings: &'a [String],
}

#[derive(Serialize)]
struct FileEntry<'a> {
    id: &'a str,
    usage: Usage,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reasons: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    protected: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    uses: Vec<UseEntry<'a>>,
}

#[derive(Serialize)]
struct UseEntry<'a> {
    content: String,
    construct: String,
    name: &'a str,
    display: Display,
    certainty: Certainty,
}

/// A manifest with one more field, `snapshot`: what became of the snapshot of the same run.
pub(super) fn with_snapshot(manifest: &str, half: &serde_json::Value) -> String {
    let fields = manifest.trim_end();
    let fields = fields.strip_suffix('}').unwrap_or(fields);
    format!("{fields},\"snapshot\":{half}}}\n")
}

/// Writes the manifest; `checksums` are those of all other files.
pub(crate) fn write(
    sink: &mut dyn Write,
    view: &View<'_>,
    rows: &[FileRow<'_>],
    checksums: &[WrittenFile],
) -> Result<(), WriteFailure> {
    let (scan, coverage) = (&view.inventory.scan, &view.inventory.coverage);
    let manifest = Manifest {
        format: FORMAT,
        version: VERSION,
        program: env!("CARGO_PKG_NAME"),
        program_version: env!("CARGO_PKG_VERSION"),
        scanned_by: &scan.program,
        complete: view.complete,
        incomplete_reasons: &view.incomplete_reasons,
        accepted_unread: accepted(&coverage.gaps),
        exit_code: view.facts.exit_code,
        started_at: format::iso(scan.started_at),
        finished_at: format::iso(scan.finished_at),
        closing_walk: scan
            .closing_walk
            .map(|walk| ClosingWalk { began_at: format::iso(walk.began_at), ended_at: format::iso(walk.ended_at) }),
        local_time: view.facts.local_time.to_rfc3339(),
        base_url: &scan.base_url,
        account: &scan.account,
        reported_spaces: scan.reported_spaces.as_deref(),
        options: view.facts.options.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect(),
        keep_versions: view.audit.keep_versions,
        old_sizes: &scan.old_sizes,
        totals: view.site_totals(),
        spaces: spaces(view),
        without_space: Some(view.without_space()).filter(|totals| !totals.is_zero()),
        coverage: Coverage {
            total: coverage.total(),
            units: &coverage.units,
            gaps: &coverage.gaps,
            warnings: &coverage.warnings,
        },
        requests: &view.inventory.requests,
        plan: view.inventory.plan.as_ref(),
        notices: &view.audit.notices,
        not_covered: super::not_covered_by(view.inventory),
        scan_format_version: scan_json::VERSION,
        checksums,
        files: rows.iter().map(file_entry).collect(),
    };
    serde_json::to_writer(&mut *sink, &manifest).map_err(|error| scan_json::json_failure("the manifest", error))?;
    sink.write_all(b"\n")?;
    Ok(())
}

fn accepted(gaps: &[Gap]) -> Vec<AcceptedEntry<'_>> {
    gaps.iter()
        .filter_map(|gap| match &gap.end {
            UnitEnd::Accepted { unread, reason } => {
                Some(AcceptedEntry { unread, kind: gap.kind, subject: &gap.subject, reason })
            }
            _ => None,
        })
        .collect()
}

fn spaces(view: &View<'_>) -> Vec<SpaceEntry> {
    view.reported_spaces()
        .iter()
        .map(|reported| SpaceEntry {
            key: reported.space.key.clone(),
            id: reported.space.id.to_string(),
            folder: reported.folder.clone(),
            totals: reported.totals,
        })
        .collect()
}

fn file_entry<'a>(row: &FileRow<'a>) -> FileEntry<'a> {
    FileEntry {
        id: row.attachment.id.as_str(),
        usage: row.usage(),
        reasons: row.reasons(),
        protected: row.verdict.protected.as_deref(),
        uses: row
            .verdict
            .uses
            .iter()
            .map(|used| UseEntry {
                content: content_id(row.content_of(used)),
                construct: used.construct.to_string(),
                name: &used.name,
                display: used.display,
                certainty: used.certainty,
            })
            .collect(),
    }
}
