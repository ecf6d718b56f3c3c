//! Dashboard of the page metrics: a single page that works offline. It says what is outdated, what is orphaned, where
//! approvals get stuck, and whether it is getting better.

pub(super) mod chart;
mod display;
mod earlier_weeks;
mod headline_figures;
mod key_questions;
mod page_lists;
mod snapshot_view;
mod space_health;
mod trend_metrics;
mod trends;
pub mod workbook;
mod workflow;

pub use snapshot_view::SnapshotView;

use askama::Template;

use super::html::assets::PageScript;
use super::html::gap_rows::{GAPS, GapRow, gap_row};
use super::html::page_frame::{self, PageFrame, PageFrameInput, PageLocation};
use super::html::{filters, render};
use super::{ReportError, format, not_covered, run_facts};
use crate::metrics::comparison;
use earlier_weeks::NotComparable;
use headline_figures::HeadlineFigure;
use key_questions::KeyAnswer;
use page_lists::{ChangeSection, FindingSection, FindingValue};
use space_health::SpaceHealthRow;
use trends::TrendSection;
use workflow::WorkflowSection;

/// Everything on the dashboard except its frame.
#[derive(Debug)]
struct SnapshotDashboard {
    week: String,
    /// The week is incomplete, but some of its spaces are complete.
    is_partly_complete: bool,
    pages: u64,
    answers: Vec<KeyAnswer>,
    figures: Vec<HeadlineFigure>,
    /// Remarks on the changes of the figures.
    remarks: Vec<String>,
    trends: Option<TrendSection>,
    spaces: Vec<SpaceHealthRow>,
    workflows: WorkflowSection,
    findings: Vec<FindingSection>,
    changes: Option<Vec<ChangeSection>>,
    /// Sentence that says between which weeks the changes happened.
    changes_since: String,
    gaps: Vec<GapRow>,
    more_gaps: u64,
    notes: Vec<String>,
}

#[derive(Template)]
#[template(path = "snapshot.html")]
struct SnapshotPage {
    frame: PageFrame,
    board: SnapshotDashboard,
}

/// Renders `index.html` of the page metrics, for the folder with the files it links to. The output is deterministic.
pub fn index(view: &SnapshotView<'_>) -> Result<String, ReportError> {
    render("index.html", &SnapshotPage { frame: frame(view), board: SnapshotDashboard::new(view) })
}

impl SnapshotDashboard {
    fn new(view: &SnapshotView<'_>) -> Self {
        let weeks = earlier_weeks::weeks(view);
        let gaps = &view.coverage.gaps;
        let visible =
            |texts: &[String]| texts.iter().map(|text| format::visible(text).into_owned()).collect::<Vec<_>>();
        Self {
            week: view.frame.week.clone(),
            is_partly_complete: !view.frame.complete && !matches!(weeks, Err(NotComparable::Incomplete)),
            pages: view.figures.total.pages,
            answers: key_questions::answers(view, &weeks),
            figures: headline_figures::figures(view, &weeks),
            remarks: remarks(view, &weeks),
            trends: TrendSection::new(view),
            spaces: space_health::rows(view),
            workflows: WorkflowSection::new(view),
            findings: page_lists::findings(view),
            changes: page_lists::changes(view),
            changes_since: page_lists::changes_since(view),
            gaps: gaps.iter().take(GAPS).map(gap_row).collect(),
            more_gaps: gaps.len().saturating_sub(GAPS) as u64,
            notes: [visible(view.notes), visible(&view.coverage.warnings)].concat(),
        }
    }

    /// Returns how many rows of the findings are only in the CSV files.
    fn unlisted(&self) -> u64 {
        self.findings.iter().map(FindingSection::more).sum()
    }
}

/// Returns why the week is not complete, or may not be.
fn incomplete_reasons(view: &SnapshotView<'_>) -> Vec<String> {
    let mut reasons = run_facts::unread(view.coverage);
    if view.is_imported {
        reasons.push(
            "rows of this week were imported, and their file does not say whether everything was read".to_owned(),
        );
    }
    if !view.frame.complete && reasons.is_empty() {
        reasons.push("the run did not finish".to_owned());
    }
    reasons
}

fn frame(view: &SnapshotView<'_>) -> PageFrame {
    let (complete, reasons) = (view.frame.complete, incomplete_reasons(view));
    let spaces = match (view.whole_site, view.spaces.len()) {
        (true, 1) => "the only visible space".to_owned(),
        (true, number) => format!("all {} visible spaces", format::count(number as u64)),
        (false, _) => {
            let chosen = page_frame::spaces(view.spaces.iter().map(|(key, _)| key.as_str()));
            format!("{chosen}, not the entire site")
        }
    };
    let scope = vec![format!("week {}", view.frame.week), spaces, format!("metrics {}", view.groups.join(", "))];
    let within = if view.whole_site {
        ""
    } else {
        "Only these spaces were read. Links from other spaces do not count, so a page without incoming links may be \
         linked from another space, and links into other spaces are checked only if they name an ID. "
    };
    PageFrame::of(PageFrameInput {
        heading: "Confluence pages".to_owned(),
        location: PageLocation::Dashboard,
        script: PageScript::Snapshot,
        complete,
        reasons: &reasons,
        coverage: view.coverage,
        site: view.base_url,
        account: view.account,
        at: view.frame.taken_at,
        scope,
        not_covered: format!("{within}{}", not_covered(view.account, view.deployment, view.visibility, view.coverage)),
    })
}

fn remarks(view: &SnapshotView<'_>, weeks: &Result<Vec<earlier_weeks::EarlierWeek<'_>>, NotComparable>) -> Vec<String> {
    match weeks {
        Ok(weeks) => {
            let left = weeks.iter().filter_map(earlier_weeks::EarlierWeek::left_out);
            left.chain(comparison::unread(view.figures)).map(|words| format::visible(&words).into_owned()).collect()
        }
        Err(NotComparable::Incomplete) => {
            vec!["Not compared with earlier weeks, because this week is incomplete.".to_owned()]
        }
        Err(NotComparable::First) => {
            vec!["There is no earlier complete snapshot to compare with. Changes appear with the next one.".to_owned()]
        }
    }
}
