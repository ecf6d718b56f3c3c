//! Headline figures, each with its changes since earlier weeks.

use crate::metrics::findings::FindingPages;
use crate::report::format;
use crate::support::formatting::plural;

use super::SnapshotView;
use super::display;
use super::earlier_weeks::{EarlierWeek, FigureChange, NotComparable};
use super::trend_metrics::{self, MetricAmount, MetricUnit, TrendMetric};

#[derive(Debug)]
pub(super) struct HeadlineFigure {
    pub(super) name: &'static str,
    /// `None` if not read.
    pub(super) value: Option<MetricAmount>,
    /// The data was read but does not decide the figure.
    pub(super) is_undecided: bool,
    pub(super) note: String,
    /// Link to its list; empty without one.
    pub(super) href: &'static str,
    pub(super) changes: Vec<FigureChange>,
    /// The figure is highlighted and linked.
    pub(super) needs_attention: bool,
}

/// Returns the headline figures with their changes.
pub(super) fn figures(
    view: &SnapshotView<'_>,
    weeks: &Result<Vec<EarlierWeek<'_>>, NotComparable>,
) -> Vec<HeadlineFigure> {
    let total = &view.figures.total;
    let weeks = weeks.as_deref().unwrap_or_default();
    let figure = |metric: &TrendMetric, href: &'static str, note: String| {
        let trend_metrics::KnownFigure { value, part } = trend_metrics::known(metric, view.figures);
        // an unknown figure needs no note
        let note = value.map_or_else(String::new, |_| format!("{note}{part}").trim_start().to_owned());
        let changes = weeks.iter().filter_map(|then| then.change(metric, value)).collect();
        let needs_attention = !href.is_empty() && value.is_some_and(|value| value > 0);
        let value = value.map(|value| MetricAmount { value, unit: metric.unit });
        HeadlineFigure { name: metric.name, value, is_undecided: false, note, href, changes, needs_attention }
    };
    let spaces = view.spaces.len() as u64;
    let per_page = total.words.filter(|_| total.pages > 0).map(|words| {
        let mean = (words + total.pages / 2) / total.pages;
        format!("{} per page on average", format::count(mean))
    });
    let share = (trend_metrics::OUTDATED_SHARE.of)(total);
    let of_pages = share.map(|share| format!("{} of the pages", MetricUnit::Percent.text(share)));
    let in_workflow = total.in_workflow.map(|number| format!("of {} in a workflow", display::pages(number)));
    let stalled_of = in_workflow
        .as_ref()
        .map(|of| format!("{of}{}", trend_metrics::known(&trend_metrics::OVERDUE, view.figures).part));
    let posts = match total.posts {
        0 => String::new(),
        posts => format!("; plus {}, which the figures leave out", plural(posts, "blog post", "blog posts")),
    };
    let versions = if (trend_metrics::EDITS.of)(total) == Some(1) { "version" } else { "versions" };
    vec![
        figure(&trend_metrics::PAGES, "", format!("in {}{posts}", display::spaces(spaces))),
        figure(&trend_metrics::WORDS, "", per_page.unwrap_or_default()),
        figure(&trend_metrics::HEALTH, "", "of 100 points".to_owned()),
        figure(&trend_metrics::EDITS, "", format!("{versions} published")),
        figure(&trend_metrics::BYTES, "", "current versions".to_owned()),
        figure(&trend_metrics::OUTDATED, "#outdated", of_pages.unwrap_or_default()),
        figure(&trend_metrics::OUTSIDE_TREE, "#orphans_tree", "no visible parent".to_owned()),
        figure(&trend_metrics::NOTHING_LINKS, "#orphans_links", "no link from content that was read".to_owned()),
        figure(&trend_metrics::OVERDUE, "#workflow_overdue", in_workflow.unwrap_or_default()),
        stalled(view, stalled_of.unwrap_or_default()),
    ]
}

/// Stalled approvals depend on thresholds that may have changed, so they are not compared with other weeks.
fn stalled(view: &SnapshotView<'_>, note: String) -> HeadlineFigure {
    let found = finding(view, "workflow_stalled").filter(|found| !found.unknown);
    let value = found.map(|found| found.pages.len() as u64);
    let undecided = finding(view, "workflow_stalled").map_or(0, |found| found.undecided);
    let more = if value.is_some() { "more " } else { "" };
    let noun = if undecided == 1 { "page" } else { "pages" };
    let note = match undecided {
        0 => note,
        _ => format!("not known for {} {more}{noun}: no date of the state", format::count(undecided)),
    };
    HeadlineFigure {
        name: "Stalled approvals",
        value: value.map(|value| MetricAmount { value, unit: MetricUnit::Count }),
        is_undecided: value.is_none() && undecided > 0,
        note,
        href: "#workflow_stalled",
        changes: Vec::new(),
        needs_attention: value.is_some_and(|pages| pages > 0),
    }
}

/// Returns a finding by its id.
pub(super) fn finding<'v>(view: &SnapshotView<'v>, id: &str) -> Option<&'v FindingPages<'v>> {
    view.findings.iter().find(|found| found.finding.id == id)
}
