//! The headline figures, each with its change.

use crate::metrics::findings::Found;
use crate::report::format;
use crate::support::wording::plural;

use super::SnapshotView;
use super::metric::{self, Amount, Metric, Unit};
use super::past::{Change, NoPast, Then};
use super::shown;

/// One headline figure.
#[derive(Debug)]
pub(super) struct Figure {
    pub(super) name: &'static str,
    /// `None` was not read.
    pub(super) value: Option<Amount>,
    /// It was read, and tells nothing.
    pub(super) is_untold: bool,
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
        let metric::Known { value, part } = metric::known(metric, view.figures);
        // a note on a figure that is not known says nothing
        let note = value.map_or_else(String::new, |_| format!("{note}{part}").trim_start().to_owned());
        let changes = weeks.iter().filter_map(|then| then.change(metric, value)).collect();
        let is_to_look_at = !href.is_empty() && value.is_some_and(|value| value > 0);
        let value = value.map(|value| Amount { value, unit: metric.unit });
        Figure { name: metric.name, value, is_untold: false, note, href, changes, is_to_look_at }
    };
    let spaces = view.spaces.len() as u64;
    let per_page = total.words.filter(|_| total.pages > 0).map(|words| {
        let mean = (words + total.pages / 2) / total.pages;
        format!("{} on an average page", format::count(mean))
    });
    let share = (metric::OUTDATED_SHARE.of)(total);
    let of_pages = share.map(|share| format!("{} of the pages", Unit::Percent.words(share)));
    let in_workflow = total.in_workflow.map(|number| format!("of {} in a workflow", shown::pages(number)));
    let stalled_of =
        in_workflow.as_ref().map(|of| format!("{of}{}", metric::known(&metric::OVERDUE, view.figures).part));
    let posts = match total.posts {
        0 => String::new(),
        posts => format!("; and {}, which the figures leave out", plural(posts, "blog post", "blog posts")),
    };
    let versions = if (metric::EDITS.of)(total) == Some(1) { "version" } else { "versions" };
    vec![
        figure(&metric::PAGES, "", format!("in {}{posts}", shown::spaces(spaces))),
        figure(&metric::WORDS, "", per_page.unwrap_or_default()),
        figure(&metric::HEALTH, "", "of 100 points".to_owned()),
        figure(&metric::EDITS, "", format!("{versions} published")),
        figure(&metric::BYTES, "", "current versions".to_owned()),
        figure(&metric::OUTDATED, "#outdated", of_pages.unwrap_or_default()),
        figure(&metric::OUTSIDE_TREE, "#orphans_tree", "no parent that can be read".to_owned()),
        figure(&metric::NOTHING_LINKS, "#orphans_links", "no link from what was read".to_owned()),
        figure(&metric::OVERDUE, "#workflow_overdue", in_workflow.unwrap_or_default()),
        stalled(view, stalled_of.unwrap_or_default()),
    ]
}

/// Stalled pages follow from thresholds that may have changed, so that they are not compared with other weeks.
fn stalled(view: &SnapshotView<'_>, note: String) -> Figure {
    let found = finding(view, "workflow_stalled").filter(|found| !found.unknown);
    let value = found.map(|found| found.pages.len() as u64);
    let undecided = finding(view, "workflow_stalled").map_or(0, |found| found.undecided);
    let more = if value.is_some() { "more " } else { "" };
    let noun = if undecided == 1 { "page" } else { "pages" };
    let note = match undecided {
        0 => note,
        _ => format!("not known of {} {more}{noun}: nothing tells since when", format::count(undecided)),
    };
    Figure {
        name: "Stalled approvals",
        value: value.map(|value| Amount { value, unit: Unit::Count }),
        is_untold: value.is_none() && undecided > 0,
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
