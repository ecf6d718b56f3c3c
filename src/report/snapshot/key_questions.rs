//! The four key questions of the dashboard, each answered in a sentence.

use crate::inventory::snapshot::MetricGroup;
use crate::inventory::workflow::WorkflowSource;
use crate::metrics::page_row::PageRow;
use crate::report::format;

use super::earlier_weeks::{self, EarlierWeek, NotComparable};
use super::trend_metrics::{self, ChangeVerdict, MetricUnit, TrendMetric};
use super::{SnapshotView, display, workflow};

#[derive(Debug)]
pub(super) struct KeyAnswer {
    pub(super) question: &'static str,
    pub(super) text: String,
    /// The compared metrics, each with its verdict.
    pub(super) points: Vec<(String, Option<ChangeVerdict>)>,
    pub(super) href: &'static str,
    pub(super) link: &'static str,
}

/// Returns the answers, in the order of the questions.
pub(super) fn answers(view: &SnapshotView<'_>, weeks: &Result<Vec<EarlierWeek<'_>>, NotComparable>) -> Vec<KeyAnswer> {
    let answer = |question, text, href, link| KeyAnswer { question, text, points: Vec::new(), href, link };
    let (words, points) = better(weeks);
    // link to a list that has pages
    let has_orphans = view.figures.total.orphans_tree.is_some_and(|pages| pages > 0);
    let orphans = if has_orphans { "#orphans_tree" } else { "#orphans_links" };
    vec![
        answer("What is outdated?", outdated(view), "#outdated", "See the pages"),
        answer("What is orphaned?", orphaned(view), orphans, "See the pages"),
        answer("Where do approvals get stuck?", stuck(view), "#workflow", "See the states"),
        KeyAnswer { points, ..answer("Is it getting better?", words, "#trends", "See the trends") },
    ]
}

/// Says that there are no pages, or that an incomplete snapshot read none.
pub(super) fn no_pages(view: &SnapshotView<'_>) -> &'static str {
    if view.frame.complete { "There are no pages." } else { "No pages were read." }
}

fn outdated(view: &SnapshotView<'_>) -> String {
    let total = &view.figures.total;
    if total.pages == 0 {
        return no_pages(view).to_owned();
    }
    let Some(outdated) = total.outdated() else { return "Not known: no page age was read.".to_owned() };
    if outdated == 0 {
        return format!("None of {}.", display::pages(total.pages));
    }
    let share =
        (trend_metrics::OUTDATED_SHARE.of)(total).map(|share| format!(" ({})", MetricUnit::Percent.text(share)));
    let most = view.figures.spaces.iter().max_by_key(|(_, figures)| figures.outdated().unwrap_or(0));
    let most = most.filter(|_| view.figures.spaces.len() > 1);
    let most = most.map(|(key, figures)| {
        let number = format::count(figures.outdated().unwrap_or(0));
        format!(", the most in {} ({number})", format::visible(key))
    });
    format!(
        "{} of {}{}{}{}.",
        format::count(outdated),
        display::pages(total.pages),
        trend_metrics::known(&trend_metrics::OUTDATED, view.figures).part,
        share.unwrap_or_default(),
        most.unwrap_or_default()
    )
}

fn orphaned(view: &SnapshotView<'_>) -> String {
    let total = &view.figures.total;
    if total.pages == 0 {
        return no_pages(view).to_owned();
    }
    let part = |metric| trend_metrics::known(metric, view.figures).part;
    let outside = total
        .orphans_tree
        .map(|number| format!("{} outside the tree{}", display::pages(number), part(&trend_metrics::OUTSIDE_TREE)));
    let unlinked = total.orphans_links.map(|number| {
        format!("{} without incoming links{}", format::count(number), part(&trend_metrics::NOTHING_LINKS))
    });
    format!(
        "{}; {}.",
        outside.as_deref().unwrap_or("the tree was not read"),
        unlinked.as_deref().unwrap_or("links were not read")
    )
}

fn stuck(view: &SnapshotView<'_>) -> String {
    let total = &view.figures.total;
    let Some(state) = workflow::bottleneck(view) else {
        let is_unavailable = |row: &PageRow| row.workflow.source == Some(WorkflowSource::Unavailable);
        let words = if total.pages == 0 {
            no_pages(view)
        } else if total.in_workflow.is_none() && !view.groups.contains(&MetricGroup::Workflow.name()) {
            "Not read: add workflow to --metrics."
        } else if total.in_workflow.is_none() || (view.states.is_empty() && view.rows.iter().any(is_unavailable)) {
            "Not known: the workflow could not be read."
        } else if view.states.is_empty() {
            "Not known: no page has a workflow state."
        } else if view.states.iter().all(|state| state.is_final == Some(true)) {
            "Nowhere: every page is in a final state."
        } else {
            "Nowhere: no page is waiting for an approval."
        };
        return words.to_owned();
    };
    // a source may not name the workflow
    let workflow =
        if state.workflow.is_empty() { String::new() } else { format!(" ({})", format::visible(&state.workflow)) };
    let median = match state.median {
        Some(time) if time.is_at_least => format!(", half of them for {}", display::wait(time)),
        Some(time) => format!(", half of them for {} or longer", display::wait(time)),
        None => ", since when is not known yet".to_owned(),
    };
    let overdue = (state.overdue > 0).then(|| format!(", {} overdue", format::count(state.overdue)));
    let most = view.reviewers.first().map(|reviewer| {
        format!(
            " {} has the most pending reviews: {}.",
            format::visible(&reviewer.name),
            display::pages(reviewer.pending)
        )
    });
    format!(
        "“{}”{workflow}: {}{}{}{}.{}",
        format::visible(&state.state),
        display::pages(state.pages),
        trend_metrics::known(&trend_metrics::OVERDUE, view.figures).part,
        median,
        overdue.unwrap_or_default(),
        most.unwrap_or_default()
    )
}

/// Compares with the earliest comparable week, because a single week says little.
fn better(weeks: &Result<Vec<EarlierWeek<'_>>, NotComparable>) -> (String, Vec<(String, Option<ChangeVerdict>)>) {
    let weeks = match weeks {
        Ok(weeks) => weeks,
        Err(NotComparable::Incomplete) => {
            return ("Not known: this week is incomplete, and trends do not include it.".to_owned(), Vec::new());
        }
        Err(NotComparable::First) => {
            return ("Not known yet: there is no earlier complete snapshot.".to_owned(), Vec::new());
        }
    };
    let judged: [&TrendMetric; 5] = [
        &trend_metrics::HEALTH,
        &trend_metrics::OUTDATED_SHARE,
        &trend_metrics::OUTSIDE_TREE,
        &trend_metrics::NOTHING_LINKS,
        &trend_metrics::OVERDUE,
    ];
    let of = |then: &EarlierWeek<'_>| -> Vec<(String, Option<ChangeVerdict>)> {
        let compared = judged.iter().filter_map(|metric| {
            let earlier_weeks::ComparedValues { then: before, now, part } = then.compare(metric).ok()?;
            let words = |value| metric.unit.text(value);
            let verdict = metric.better.verdict(before, now);
            Some(match verdict {
                None => (format!("{}: unchanged{part}", metric.name), None),
                Some(_) => (format!("{}: {} → {}{part}", metric.name, words(before), words(now)), verdict),
            })
        });
        compared.collect()
    };
    let compared = weeks.iter().rev().map(|then| (then, of(then))).find(|(_, points)| !points.is_empty());
    compared.map_or_else(
        || ("Not known: the earlier weeks have nothing that can be compared.".to_owned(), Vec::new()),
        |(then, points)| (format!("Since {}:", then.week()), points),
    )
}
