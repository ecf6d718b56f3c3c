//! The headline figures, each with its change.

use crate::metrics::findings::Found;
use crate::report::text::snapshot as say;

use super::SnapshotView;
use super::metric::{self, Amount, Metric, Unit};
use super::past::{Change, NoPast, Then};

/// One headline figure.
#[derive(Debug)]
pub(super) struct Figure {
    pub(super) name: &'static str,
    /// `None` was not read.
    pub(super) value: Option<Amount>,
    pub(super) note: String,
    /// Where its list stands; empty without one.
    pub(super) href: &'static str,
    pub(super) changes: Vec<Change>,
    /// Somebody should look at it.
    pub(super) is_to_look_at: bool,
}

/// The figures, and what they were.
pub(super) fn figures(view: &SnapshotView<'_>, weeks: &Result<Vec<Then<'_>>, NoPast>) -> Vec<Figure> {
    let total = &view.figures.total;
    let weeks = weeks.as_deref().unwrap_or_default();
    let figure = |metric: &Metric, href: &'static str, note: String| {
        let value = (metric.of)(total);
        let changes = weeks.iter().filter_map(|then| then.change(metric, value)).collect();
        let is_to_look_at = !href.is_empty() && value.is_some_and(|value| value > 0);
        let value = value.map(|value| Amount { value, unit: metric.unit });
        Figure { name: metric.name, value, note, href, changes, is_to_look_at }
    };
    let spaces = view.spaces.len() as u64;
    let per_page = total.words.filter(|_| total.pages > 0).map(|words| (words + total.pages / 2) / total.pages);
    let share = (metric::OUTDATED_SHARE.of)(total);
    let of_pages = share.map(|share| say::of_the_pages(&Unit::Percent.words(share)));
    let in_workflow = total.in_workflow.map(say::in_a_workflow);
    vec![
        figure(&metric::PAGES, "", say::in_spaces(spaces)),
        figure(&metric::WORDS, "", per_page.map(say::on_an_average_page).unwrap_or_default()),
        figure(&metric::HEALTH, "", say::OF_100_POINTS.to_owned()),
        figure(&metric::EDITS, "", say::versions_published((metric::EDITS.of)(total)).to_owned()),
        figure(&metric::BYTES, "", say::CURRENT_VERSIONS.to_owned()),
        figure(&metric::OUTDATED, "#outdated", of_pages.unwrap_or_default()),
        figure(&metric::OUTSIDE_TREE, "#orphans_tree", say::NO_PARENT.to_owned()),
        figure(&metric::NOTHING_LINKS, "#orphans_links", say::NO_LINK.to_owned()),
        figure(&metric::OVERDUE, "#workflow_overdue", in_workflow.clone().unwrap_or_default()),
        stalled(view, in_workflow.unwrap_or_default()),
    ]
}

/// Stalled pages follow from thresholds that may have changed, so that they are not compared with other weeks.
fn stalled(view: &SnapshotView<'_>, note: String) -> Figure {
    let found = finding(view, "workflow_stalled").filter(|found| !found.unknown);
    let value = found.map(|found| found.pages.len() as u64);
    Figure {
        name: say::STALLED_APPROVALS,
        value: value.map(|value| Amount { value, unit: Unit::Count }),
        note,
        href: "#workflow_stalled",
        changes: Vec::new(),
        is_to_look_at: value.is_some_and(|pages| pages > 0),
    }
}

/// A finding by its id.
pub(super) fn finding<'v>(view: &SnapshotView<'v>, id: &str) -> Option<&'v Found<'v>> {
    view.findings.iter().find(|found| found.finding.id == id)
}
