//! The four questions a dashboard is opened with, each answered in a sentence.

use crate::report::format;

use super::metric::{self, Metric, Unit, Verdict};
use super::past::{NoPast, Then};
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
    let (words, points) = better(view, weeks);
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
        "{} of {}{}{}.",
        format::count(outdated),
        shown::pages(total.pages),
        share.unwrap_or_default(),
        most.unwrap_or_default()
    )
}

fn orphaned(view: &SnapshotView<'_>) -> String {
    let total = &view.figures.total;
    if total.pages == 0 {
        return "There are no pages.".to_owned();
    }
    let outside = total.orphans_tree.map(|number| format!("{} outside the tree", shown::pages(number)));
    let unlinked = total.orphans_links.map(|number| format!("{} that nothing links to", format::count(number)));
    format!(
        "{}; {}.",
        outside.as_deref().unwrap_or("the tree was not read"),
        unlinked.as_deref().unwrap_or("links were not read")
    )
}

fn stuck(view: &SnapshotView<'_>) -> String {
    let Some(state) = workflow::bottleneck(view) else {
        let words = if view.states.is_empty() {
            "Not known: no page bears the state of a workflow."
        } else {
            "Nowhere: every page is in a final state."
        };
        return words.to_owned();
    };
    // a source need not name the workflow
    let workflow =
        if state.workflow.is_empty() { String::new() } else { format!(" ({})", format::visible(&state.workflow)) };
    let median = state.median_days.map(|days| format!(", half of them for {} or longer", shown::days(days)));
    let overdue = (state.overdue > 0).then(|| format!(", {} overdue", format::count(state.overdue)));
    let most = view.reviewers.first().map(|reviewer| {
        format!(" Most wait for {}: {}.", format::visible(&reviewer.name), shown::pages(reviewer.pending))
    });
    format!(
        "“{}”{workflow}: {}{}{}.{}",
        format::visible(&state.state),
        shown::pages(state.pages),
        median.unwrap_or_default(),
        overdue.unwrap_or_default(),
        most.unwrap_or_default()
    )
}

/// Against the week farthest back that can be compared, because one week says little.
fn better(view: &SnapshotView<'_>, weeks: &Result<Vec<Then<'_>>, NoPast>) -> (String, Vec<(String, Option<Verdict>)>) {
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
            let (before, now) = (then.value(metric)?, (metric.of)(&view.figures.total)?);
            let words = |value| metric.unit.words(value);
            let verdict = metric.wish.verdict(before, now);
            Some(match verdict {
                None => (format!("{}: unchanged", metric.name), None),
                Some(_) => (format!("{}: {} → {}", metric.name, words(before), words(now)), verdict),
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
