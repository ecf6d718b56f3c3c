//! `recheck.json`: what was rechecked, how complete the recheck is, and the result of every file. It is written last, so a
//! folder without it is unfinished.

use std::collections::BTreeMap;
use std::io::Write;

use serde::Serialize;

use super::{RecheckReport, RecheckRow, ResultFigures};
use crate::inventory::coverage::{Gap, UnitCounts};
use crate::inventory::{Account, Visibility};
use crate::recheck::RecheckResult;
use crate::report::folder::{WriteFailure, WrittenFile};
use crate::report::report_view::{ReportView, content_id};
use crate::report::{format, scan_json};
use confluence_client::RequestCounts;
use storage_format::{Certainty, Display};

pub(super) const NAME: &str = "recheck.json";
/// The name of the format.
const FORMAT: &str = "confluence-storage-analyzer recheck";
/// The format version; grows with every change that a reader would misread.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct RecheckManifest<'a> {
    format: &'static str,
    version: u32,
    program: &'static str,
    program_version: &'static str,
    complete: bool,
    incomplete_reasons: Vec<String>,
    exit_code: u8,
    started_at: String,
    finished_at: String,
    /// Changes of the site up to this time are included.
    checked_at: String,
    local_time: String,
    base_url: &'a str,
    account: &'a Account,
    visibility: Visibility,
    report: RecheckedReport<'a>,
    options: BTreeMap<&'a str, &'a str>,
    results: BTreeMap<&'static str, Option<ResultFigures>>,
    coverage: RecheckCoverage<'a>,
    requests: &'a RequestCounts,
    not_covered: String,
    checksums: &'a [WrittenFile],
    files: Vec<RecheckEntry<'a>>,
}

/// The report whose files were rechecked.
#[derive(Serialize)]
struct RecheckedReport<'a> {
    folder: &'a str,
    started_at: String,
    program_version: &'a str,
}

#[derive(Serialize)]
struct RecheckCoverage<'a> {
    total: UnitCounts,
    gaps: &'a [Gap],
    warnings: &'a [String],
}

#[derive(Serialize)]
struct RecheckEntry<'a> {
    id: &'a str,
    name: &'a str,
    space_key: &'a str,
    container_id: &'a str,
    /// The version that was judged.
    version: u32,
    size: Option<u64>,
    all_versions_size: Option<u64>,
    result: RecheckResult,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    reasons: &'a [String],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    used_by: Vec<UserEntry<'a>>,
}

#[derive(Serialize)]
struct UserEntry<'a> {
    content: String,
    kind: &'static str,
    title: &'a str,
    url: Option<String>,
    construct: String,
    name: &'a str,
    display: Display,
    certainty: Certainty,
}

/// Writes the manifest; `checksums` are those of all other files.
pub(super) fn write(
    sink: &mut dyn Write,
    report: &RecheckReport<'_>,
    view: &ReportView<'_>,
    rows: &[RecheckRow<'_>],
    checksums: &[WrittenFile],
) -> Result<(), WriteFailure> {
    let (scan, coverage) = (&report.inventory.scan, &report.inventory.coverage);
    let scan_before = &report.report.inventory.scan;
    let manifest = RecheckManifest {
        format: FORMAT,
        version: VERSION,
        program: env!("CARGO_PKG_NAME"),
        program_version: env!("CARGO_PKG_VERSION"),
        complete: report.is_complete(),
        incomplete_reasons: report.incomplete_reasons(),
        exit_code: report.run.exit_code,
        started_at: format::iso(scan.started_at),
        finished_at: format::iso(scan.finished_at),
        checked_at: format::iso(report.checked_at()),
        local_time: report.run.local_time.to_rfc3339(),
        base_url: &scan.base_url,
        account: &scan.account,
        visibility: scan.visibility(),
        report: RecheckedReport {
            folder: report.report_name,
            started_at: format::iso(scan_before.started_at),
            program_version: &scan_before.program,
        },
        options: report.run.options.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect(),
        results: RecheckResult::ALL.into_iter().map(|result| (result.as_str(), report.known_figures(result))).collect(),
        coverage: RecheckCoverage { total: coverage.total(), gaps: &coverage.gaps, warnings: &coverage.warnings },
        requests: &report.inventory.requests,
        not_covered: crate::report::not_covered_by(report.inventory),
        checksums,
        files: rows.iter().map(|row| entry(view, row)).collect(),
    };
    serde_json::to_writer(&mut *sink, &manifest)
        .map_err(|error| scan_json::json_failure("the results of the recheck", error))?;
    sink.write_all(b"\n")?;
    Ok(())
}

fn entry<'a>(view: &ReportView<'_>, row: &RecheckRow<'a>) -> RecheckEntry<'a> {
    let file = row.file.attachment;
    let used_by = row.users().into_iter().map(|user| UserEntry {
        content: content_id(user.content),
        kind: user.content.kind.label(),
        title: &user.content.title,
        url: view.content_url(user.content),
        construct: user.used.construct.to_string(),
        name: &user.used.name,
        display: user.used.display,
        certainty: user.used.certainty,
    });
    RecheckEntry {
        id: file.id.as_str(),
        name: &file.title,
        space_key: row.file.space_key(),
        container_id: row.file.container_id(),
        version: file.version,
        size: file.size,
        all_versions_size: file.all_bytes(),
        result: row.checked.result,
        reasons: &row.checked.reasons,
        used_by: used_by.collect(),
    }
}
