//! The page of a recheck.

use askama::Template;

use super::assets::PageScript;
use super::filters;
use super::gap_rows::{GAPS, GapRow, gap_row};
use super::page_frame::{PageFrame, PageFrameInput, PageLocation};
use super::render;
use super::shown_file::{ShownFile, ShownUse};
use crate::recheck::RecheckResult;
use crate::report::recheck::{RecheckReport, RecheckRow, ResultFigures};
use crate::report::report_view::ReportView;
use crate::report::{ReportError, format};

/// Maximum number of files on the page; `recheck.csv` has all.
const MAX_FILES: usize = 2_000;

#[derive(Template)]
#[template(path = "recheck.html")]
struct RecheckPage {
    frame: PageFrame,
    report_name: String,
    report_day: String,
    checked_at: String,
    total: u64,
    results: Vec<ResultCount>,
    files: Vec<RecheckedRow>,
    /// Files that only the CSV file has.
    omitted: u64,
    gaps: Vec<GapRow>,
    more_gaps: u64,
    notes: Vec<String>,
}

/// The number of files with one result.
struct ResultCount {
    words: &'static str,
    meaning: &'static str,
    class: &'static str,
    /// `None` if they are not known.
    figures: Option<ResultFigures>,
}

struct RecheckedRow {
    words: &'static str,
    class: &'static str,
    file: ShownFile,
    uses: Vec<ShownUse>,
    reasons: Vec<String>,
    rank: usize,
}

/// Renders the page of a recheck.
pub(crate) fn recheck(
    report: &RecheckReport<'_>,
    view: &ReportView<'_>,
    rows: &[RecheckRow<'_>],
) -> Result<String, ReportError> {
    let scan = &view.inventory.scan;
    let coverage = &view.inventory.coverage;
    let mut scope = vec![format!("recheck of {}", report.report_name)];
    scope.extend(report.list_name.map(|name| format!("files of {name}")));
    let frame = PageFrame::of(PageFrameInput {
        heading: "Recheck of unreferenced files".to_owned(),
        location: PageLocation::Dashboard,
        script: PageScript::Small,
        complete: report.is_complete(),
        reasons: &report.incomplete_reasons(),
        coverage,
        site: &scan.base_url,
        account: &scan.account.name,
        at: scan.started_at,
        scope,
        not_covered: crate::report::not_covered_by(view.inventory),
    });
    let page = RecheckPage {
        frame,
        report_name: format::visible(report.report_name).into_owned(),
        report_day: format::minute(report.report.inventory.scan.started_at),
        checked_at: format::minute(report.checked_at()),
        total: rows.len() as u64,
        results: RecheckResult::ALL.into_iter().map(|result| result_count(report, result)).collect(),
        files: rows.iter().take(MAX_FILES).enumerate().map(shown).collect(),
        omitted: rows.len().saturating_sub(MAX_FILES) as u64,
        gaps: coverage.gaps.iter().take(GAPS).map(gap_row).collect(),
        more_gaps: coverage.gaps.len().saturating_sub(GAPS) as u64,
        notes: coverage.warnings.iter().map(|warning| format::visible(warning).into_owned()).collect(),
    };
    render("index.html", &page)
}

fn result_count(report: &RecheckReport<'_>, result: RecheckResult) -> ResultCount {
    let meaning = match result {
        RecheckResult::UsedNow => "do not delete: a use was found",
        RecheckResult::NotKnown => "do not delete: a use may exist, or the file changed",
        RecheckResult::ProtectedNow => "a rule keeps it",
        RecheckResult::StillUnreferenced => "the same file, and still no use",
        RecheckResult::Gone => "deleted or in the trash",
    };
    ResultCount { words: result.words(), meaning, class: class(result), figures: report.known_figures(result) }
}

/// The style of a result.
fn class(result: RecheckResult) -> &'static str {
    match result {
        RecheckResult::UsedNow => "embedded",
        RecheckResult::NotKnown => "undetermined",
        RecheckResult::ProtectedNow => "protected",
        RecheckResult::StillUnreferenced => "unreferenced",
        RecheckResult::Gone => "not-judged",
    }
}

fn shown((rank, row): (usize, &RecheckRow<'_>)) -> RecheckedRow {
    let mut file = ShownFile::new(&row.file);
    let uses = if row.users().is_empty() { Vec::new() } else { std::mem::take(&mut file.uses) };
    RecheckedRow {
        words: row.checked.result.words(),
        class: class(row.checked.result),
        uses,
        reasons: row.checked.reasons.iter().map(|reason| format::visible(reason).into_owned()).collect(),
        file,
        rank,
    }
}
