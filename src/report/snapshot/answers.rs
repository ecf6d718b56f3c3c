//! The four questions a dashboard is opened with, each answered in a sentence.

use crate::inventory::snapshot::MetricGroup;
use crate::inventory::workflow::WorkflowSource;
use crate::metrics::row::PageRow;
use crate::report::format;

use super::metric::{self, Metric, Unit, Verdict};
use super::past::{self, NoPast, Then};
use super::{SnapshotView, shown, workflow};

/// One answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) question: &'static str,
    pub(super) words: String,
    /// What it rests on, each with what became of it.
    pub(super) points: Vec<(String, Option<Verdict>)>,
    pub(super) href: &'static str,
    /// Where the link leads.
    pub(super) link: &'static str,
}

/// The answers, in the order of the questions.
pub(super) fn answers(view: &SnapshotView<'_>, weeks: &Result<Vec<Then<'_>>, NoPast>) -> Vec<Answer> {
    let answer = |question, words, href, link| Answer { question, words, points: Vec::new(), href, link };
    let (words, points) = better(weeks);
    // the list that has pages
    let has_orphans = view.figures.total.orphans_tree.is_some_and(|pages| pages > 0);
    let orphans = if has_orphans { "#orphans_tree" } else { "#orphans_links" };
    vec![
        answer("What is outdated?", outdated(view), "#outdated", "See the pages"),
        answer("What is orphaned?", orphaned(view), orphans, "See the pages"),
        answer("Where do approvals get stuck?", stuck(view), "#workflow", "See the states"),
        Answer { points, ..answer("Is it getting better?", words, "#trends", "See the trends") },
    ]
}

fn outdated(view: &SnapshotView<'_>) -> String {
    let total = &view.figures.total;
    if total.pages == 0 {
        return "There are no pages.".to_owned();
    }
    let Some(outdated) = total.outdated() else { return "Not known: the age of no page was read.".to_owned() };
    if outdated == 0 {
        return format!("None of {}.", shown::pages(total.pages));
    }
    let share = (metric::OUTDATED_SHARE.of)(total).map(|share| format!(" ({})", Unit::Percent.words(share)));
    let most = view.figures.spaces.iter().max_by_key(|(_, figures)| figures.outdated().unwrap_or(0));
    let most = most.filter(|_| view.figures.spaces.len() > 1);
    let most = most.map(|(key, figures)| {
        let number = format::count(figures.outdated().unwrap_or(0));
        format!(", the most in {} ({number})", format::visible(key))
    });
    format!(
        "{} of {}{}{}{}.",
        format::count(outdated),
        shown::pages(total.pages),
        metric::known(&metric::OUTDATED, view.figures).part,
        share.unwrap_or_default(),
        most.unwrap_or_default()
    )
}

fn orphaned(view: &SnapshotView<'_>) -> String {
    let total = &view.figures.total;
    if total.pages == 0 {
        return "There are no pages.".to_owned();
    }
    let part = |metric| metric::known(metric, view.figures).part;
    let outside = total
        .orphans_tree
        .map(|number| format!("{} outside the tree{}", shown::pages(number), part(&metric::OUTSIDE_TREE)));
    let unlinked = total
        .orphans_links
        .map(|number| format!("{} that nothing links to{}", format::count(number), part(&metric::NOTHING_LINKS)));
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
            "There are no pages."
        } else if total.in_workflow.is_none() && !view.groups.contains(&MetricGroup::Workflow.name()) {
            "Not read: add workflow to --metrics."
        } else if total.in_workflow.is_none() || (view.states.is_empty() && view.rows.iter().any(is_unavailable)) {
            "Not known: it could not be read."
        } else if view.states.is_empty() {
            "Not known: no page bears the state of a workflow."
        } else if view.states.iter().all(|state| state.is_final == Some(true)) {
            "Nowhere: every page is in a final state."
        } else {
            "Nowhere: no page waits for an approval."
        };
        return words.to_owned();
    };
    // a source need not name the workflow
    let workflow =
        if state.workflow.is_empty() { String::new() } else { format!(" ({})", format::visible(&state.workflow)) };
    let median = match state.median {
        Some(time) if time.is_at_least => format!(", half of them for {}", shown::wait(time)),
        Some(time) => format!(", half of them for {} or longer", shown::wait(time)),
        None => ", since when is not known yet".to_owned(),
    };
    let overdue = (state.overdue > 0).then(|| format!(", {} overdue", format::count(state.overdue)));
    let most = view.reviewers.first().map(|reviewer| {
        format!(" Most wait for {}: {}.", format::visible(&reviewer.name), shown::pages(reviewer.pending))
    });
    format!(
        "“{}”{workflow}: {}{}{}{}.{}",
        format::visible(&state.state),
        shown::pages(state.pages),
        metric::known(&metric::OVERDUE, view.figures).part,
        median,
        overdue.unwrap_or_default(),
        most.unwrap_or_default()
    )
}

/// Against the week farthest back that can be compared, because one week says little.
fn better(weeks: &Result<Vec<Then<'_>>, NoPast>) -> (String, Vec<(String, Option<Verdict>)>) {
    let weeks = match weeks {
        Ok(weeks) => weeks,
        Err(NoPast::Incomplete) => {
            return ("Not known: this week is incomplete, and kept out of trends.".to_owned(), Vec::new());
        }
        Err(NoPast::First) => {
            return ("Not known yet: there is no complete snapshot before this one.".to_owned(), Vec::new());
        }
    };
    let judged: [&Metric; 5] =
        [&metric::HEALTH, &metric::OUTDATED_SHARE, &metric::OUTSIDE_TREE, &metric::NOTHING_LINKS, &metric::OVERDUE];
    let of = |then: &Then<'_>| -> Vec<(String, Option<Verdict>)> {
        let compared = judged.iter().filter_map(|metric| {
            let past::Pair { then: before, now, part } = then.pair(metric).ok()?;
            let words = |value| metric.unit.words(value);
            let verdict = metric.wish.verdict(before, now);
            Some(match verdict {
                None => (format!("{}: unchanged{part}", metric.name), None),
                Some(_) => (format!("{}: {} → {}{part}", metric.name, words(before), words(now)), verdict),
            })
        });
        compared.collect()
    };
    let compared = weeks.iter().rev().map(|then| (then, of(then))).find(|(_, points)| !points.is_empty());
    compared.map_or_else(
        || ("Not known: the weeks before tell nothing that can be compared.".to_owned(), Vec::new()),
        |(then, points)| (format!("Since {}:", then.week()), points),
    )
}
