//! The dashboard of the page metrics: one page that opens from disk, like those of the audit, and answers what is
//! outdated, what is orphaned, where approvals get stuck and whether it is getting better.

mod answers;
mod chart;
mod figures;
mod lists;
mod metric;
mod past;
mod shown;
mod spaces;
mod trends;
mod view;
mod workflow;

pub use view::SnapshotView;

use askama::Template;

use super::html::assets::Script;
use super::html::frame::{self, Frame, FrameFacts, Place};
use super::html::gaps::{GAPS, GapRow, gap_row};
use super::html::{filters, render};
use super::{ReportError, facts, format, not_covered};
use crate::metrics::comparison;
use answers::Answer;
use figures::Figure;
use lists::{Changes, Finding, Measured};
use past::NoPast;
use spaces::SpaceRow;
use trends::Trends;
use workflow::Workflows;

/// Everything on the dashboard besides its frame.
#[derive(Debug)]
struct Board {
    week: String,
    /// Some spaces of an incomplete week are complete.
    is_partly_whole: bool,
    pages: u64,
    answers: Vec<Answer>,
    figures: Vec<Figure>,
    /// What the changes of the figures do not say by themselves.
    remarks: Vec<String>,
    trends: Option<Trends>,
    spaces: Vec<SpaceRow>,
    workflows: Workflows,
    findings: Vec<Finding>,
    changes: Option<Vec<Changes>>,
    /// Between which weeks the changes lie.
    changes_since: String,
    gaps: Vec<GapRow>,
    more_gaps: u64,
    notes: Vec<String>,
}

#[derive(Template)]
#[template(path = "snapshot.html")]
struct SnapshotPage {
    frame: Frame,
    board: Board,
}

/// `index.html` of the page metrics. It stands beside the files it links to; the same view gives the same bytes.
pub fn index(view: &SnapshotView<'_>) -> Result<String, ReportError> {
    render("index.html", &SnapshotPage { frame: frame(view), board: Board::new(view) })
}

impl Board {
    fn new(view: &SnapshotView<'_>) -> Self {
        let weeks = past::weeks(view);
        let gaps = &view.coverage.gaps;
        let visible =
            |texts: &[String]| texts.iter().map(|text| format::visible(text).into_owned()).collect::<Vec<_>>();
        Self {
            week: view.frame.week.clone(),
            is_partly_whole: !view.frame.complete && !matches!(weeks, Err(NoPast::Incomplete)),
            pages: view.figures.total.pages,
            answers: answers::answers(view, &weeks),
            figures: figures::figures(view, &weeks),
            remarks: remarks(view, &weeks),
            trends: Trends::new(view),
            spaces: spaces::rows(view),
            workflows: Workflows::new(view),
            findings: lists::findings(view),
            changes: lists::changes(view),
            changes_since: lists::changes_since(view),
            gaps: gaps.iter().take(GAPS).map(gap_row).collect(),
            more_gaps: gaps.len().saturating_sub(GAPS) as u64,
            notes: [visible(view.notes), visible(&view.coverage.warnings)].concat(),
        }
    }

    /// Pages of findings that do not stand in the page.
    fn unlisted(&self) -> u64 {
        self.findings.iter().map(Finding::more).sum()
    }
}

fn frame(view: &SnapshotView<'_>) -> Frame {
    let complete = view.frame.complete;
    let mut reasons = facts::unread(view.coverage);
    if view.is_imported {
        reasons.push(
            "rows of this week were imported, and their file does not say whether everything was read".to_owned(),
        );
    }
    if !complete && reasons.is_empty() {
        reasons.push("the run did not reach its end".to_owned());
    }
    let spaces = match (view.whole_site, view.spaces.len()) {
        (true, 1) => "the only visible space".to_owned(),
        (true, number) => format!("all {} visible spaces", format::count(number as u64)),
        (false, _) => {
            let chosen = frame::spaces(view.spaces.iter().map(|(key, _)| key.as_str()));
            format!("{chosen}, not the whole site")
        }
    };
    let scope = vec![format!("week {}", view.frame.week), spaces, format!("metrics {}", view.groups.join(", "))];
    let within = if view.whole_site {
        ""
    } else {
        "Only these spaces were read: links from elsewhere do not count, so a page that nothing links to may be linked \
         from another space, and links into other spaces are judged only where they name an id. "
    };
    Frame::of(FrameFacts {
        heading: "Confluence pages".to_owned(),
        place: Place::Dashboard,
        script: Script::Snapshot,
        complete,
        reasons: &reasons,
        coverage: view.coverage,
        site: view.base_url,
        account: view.account,
        at: view.frame.taken_at,
        scope,
        not_covered: format!("{within}{}", not_covered(view.account, view.coverage)),
    })
}

fn remarks(view: &SnapshotView<'_>, weeks: &Result<Vec<past::Then<'_>>, NoPast>) -> Vec<String> {
    match weeks {
        Ok(weeks) => {
            let left = weeks.iter().filter_map(past::Then::left_out);
            left.chain(comparison::unread(view.figures)).map(|words| format::visible(&words).into_owned()).collect()
        }
        Err(NoPast::Incomplete) => {
            vec!["Not compared with the weeks before, because this week is incomplete.".to_owned()]
        }
        Err(NoPast::First) => vec![
            "There is no complete snapshot before this one to compare with: changes appear with the next.".to_owned(),
        ],
    }
}
