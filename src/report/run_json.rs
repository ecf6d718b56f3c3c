//! The manifest, `run.json`: what ran, how complete it is, what it found, and the checksum of every other file.
//! It is written last, so a folder without it is unfinished.

use std::collections::BTreeMap;
use std::io::Write;

use serde::Serialize;

use crate::audit::{Totals, Usage};
use crate::comparison::ComparisonSummary;
use crate::inventory::coverage::{Gap, UnitCounts, UnitEnd, UnitKind, UnreadVersion};
use crate::inventory::{Account, RequestPlan, VersionSizeCheck, Visibility};
use confluence_client::{Deployment, RequestCounts};
use storage_format::{Certainty, Display};

use super::folder::{WriteFailure, WrittenFile};
use super::migration_json::MigrationEntry;
use super::only_with_key::OnlyWithKey;
use super::report_view::{FileRow, ReportView, content_id};
use super::{CheckedThreshold, format, scan_json};

/// The name of the format.
pub const FORMAT: &str = "confluence-storage-analyzer run";

pub(super) const NAME: &str = "run.json";

/// The format version; grows with every change that a reader would misread.
pub const VERSION: u32 = 1;

#[derive(Serialize)]
struct RunManifest<'a> {
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
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    thresholds: &'a [CheckedThreshold],
    #[serde(skip_serializing_if = "Option::is_none")]
    previous: Option<&'a ComparisonSummary>,
    started_at: String,
    finished_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    final_pass: Option<FinalPassTimes>,
    local_time: String,
    base_url: &'a str,
    deployment: Deployment,
    account: &'a Account,
    visibility: Visibility,
    #[serde(skip_serializing_if = "Option::is_none")]
    only_with_admin_key: Option<OnlyWithKey<'a>>,
    reported_spaces: Option<&'a [String]>,
    options: BTreeMap<&'a str, &'a str>,
    keep_versions: u32,
    old_sizes: &'a VersionSizeCheck,
    totals: Totals,
    spaces: Vec<SpaceEntry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    without_space: Option<Totals>,
    /// Spaces whose trash could not be listed.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    unread_trash: &'a [String],
    /// Spaces with a retention policy.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    retention_spaces: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    site_pages: Option<SitePages>,
    coverage: CoverageEntry<'a>,
    requests: &'a RequestCounts,
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<&'a RequestPlan>,
    notices: &'a [String],
    not_covered: String,
    migration: MigrationEntry<'a>,
    scan_format_version: u32,
    checksums: &'a [WrittenFile],
    files: Vec<FileEntry<'a>>,
}

/// The pages that the account sees, and those that the site counts.
#[derive(Serialize)]
struct SitePages {
    seen: u64,
    on_site: u64,
}

/// Times of the final pass.
#[derive(Serialize)]
struct FinalPassTimes {
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
struct CoverageEntry<'a> {
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
    #[serde(skip_serializing_if = "Option::is_none")]
    unreferenced_since: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unreferenced_runs: Option<u32>,
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

/// Adds the field `snapshot` to a manifest: the outcome of the snapshot taken in the same run.
pub(super) fn with_snapshot(manifest: &str, outcome: &serde_json::Value) -> String {
    let fields = manifest.trim_end();
    let fields = fields.strip_suffix('}').unwrap_or(fields);
    format!("{fields},\"snapshot\":{outcome}}}\n")
}

/// Writes the manifest; `checksums` are those of all other files.
pub(crate) fn write(
    sink: &mut dyn Write,
    view: &ReportView<'_>,
    rows: &[FileRow<'_>],
    checksums: &[WrittenFile],
) -> Result<(), WriteFailure> {
    let (scan, coverage) = (&view.inventory.scan, &view.inventory.coverage);
    let manifest = RunManifest {
        format: FORMAT,
        version: VERSION,
        program: env!("CARGO_PKG_NAME"),
        program_version: env!("CARGO_PKG_VERSION"),
        scanned_by: &scan.program,
        complete: view.complete,
        incomplete_reasons: &view.incomplete_reasons,
        accepted_unread: accepted(&coverage.gaps),
        exit_code: view.facts.exit_code,
        thresholds: &view.facts.thresholds,
        previous: view.facts.previous.as_ref(),
        started_at: format::iso(scan.started_at),
        finished_at: format::iso(scan.finished_at),
        final_pass: scan
            .final_pass
            .map(|pass| FinalPassTimes { began_at: format::iso(pass.began_at), ended_at: format::iso(pass.ended_at) }),
        local_time: view.facts.local_time.to_rfc3339(),
        base_url: &scan.base_url,
        deployment: scan.deployment,
        account: &scan.account,
        visibility: scan.visibility(),
        only_with_admin_key: OnlyWithKey::of(view.inventory),
        reported_spaces: scan.reported_spaces.as_deref(),
        options: view.facts.options.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect(),
        keep_versions: view.audit.keep_versions,
        old_sizes: &scan.old_sizes,
        totals: view.site_totals(),
        spaces: spaces(view),
        without_space: Some(view.without_space()).filter(|totals| !totals.is_zero()),
        unread_trash: &scan.unread_trash,
        retention_spaces: &scan.retention_spaces,
        site_pages: view.inventory.seen_and_site_pages().map(|(seen, on_site)| SitePages { seen, on_site }),
        coverage: CoverageEntry {
            total: coverage.total(),
            units: &coverage.units,
            gaps: &coverage.gaps,
            warnings: &coverage.warnings,
        },
        requests: &view.inventory.requests,
        plan: view.inventory.plan.as_ref(),
        notices: &view.audit.notices,
        not_covered: super::not_covered_by(view.inventory),
        migration: MigrationEntry::of(view),
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

fn spaces(view: &ReportView<'_>) -> Vec<SpaceEntry> {
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
        unreferenced_since: row.streak().map(|streak| format::iso(streak.since)),
        unreferenced_runs: row.streak().map(|streak| streak.runs),
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
