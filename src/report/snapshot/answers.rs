//! The four questions a dashboard is opened with, each answered in a sentence.

use crate::report::format;

use super::SnapshotView;
use super::metric::{self, Metric, Unit};
use super::past::{NoPast, Then};
use super::shown;
use super::workflow;

/// One answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) question: &'static str,
    pub(super) words: String,
    /// What it rests on, each with `better`, `worse`, or nothing.
    pub(super) points: Vec<(String, &'static str)>,
    pub(super) href: &'static str,
    /// Where the link leads.
    pub(super) link: &'static str,
}

/// The answers, in the order of the questions.
pub(super) fn answers(view: &SnapshotView<'_>, weeks: &Result<Vec<Then<'_>>, NoPast>) -> Vec<Answer> {
    let answer = |question, words, href, link| Answer { question, words, points: Vec::new(), href, link };
    let (words, points) = better(view, weeks);
    vec![
        answer("What is outdated?", outdated(view), "#outdated", "See the pages"),
        answer("What is orphaned?", orphaned(view), "#orphans_tree", "See the pages"),
        answer("Where do approvals get stuck?", stuck(view), "#workflow", "See the states"),
        Answer { points, ..answer("Is it getting better?", words, "#trends", "See the trends") },
    ]
}

const NO_PAGES: &str = "There are no pages.";

fn pages(number: u64) -> String {
    format::plural(number, "page", "pages")
}

fn outdated(view: &SnapshotView<'_>) -> String {
    let total = &view.figures.total;
    if total.pages == 0 {
        return NO_PAGES.to_owned();
    }
    let Some(outdated) = total.outdated() else { return "Not known: the age of no page was read.".to_owned() };
    if outdated == 0 {
        return format!("None of {}.", pages(total.pages));
    }
    let share = (metric::OUTDATED_SHARE.of)(total).map(|share| format!(" ({})", Unit::Percent.words(share)));
    let most = view.figures.spaces.iter().max_by_key(|(_, figures)| figures.outdated().unwrap_or(0));
    let most = most.filter(|_| view.figures.spaces.len() > 1).map(|(key, figures)| {
        format!(", the most in {} ({})", format::visible(key), format::count(figures.outdated().unwrap_or(0)))
    });
    format!(
        "{} of {}{}{}.",
        format::count(outdated),
        pages(total.pages),
        share.unwrap_or_default(),
        most.unwrap_or_default()
    )
}

fn orphaned(view: &SnapshotView<'_>) -> String {
    let total = &view.figures.total;
    if total.pages == 0 {
        return NO_PAGES.to_owned();
    }
    let outside = total.orphans_tree.map(|number| format!("{} outside the tree", pages(number)));
    let unlinked = total.orphans_links.map_or_else(
        || "links were not read".to_owned(),
        |number| format!("{} that nothing links to", format::count(number)),
    );
    format!("{}; {unlinked}.", outside.unwrap_or_else(|| "the tree was not read".to_owned()))
}

fn stuck(view: &SnapshotView<'_>) -> String {
    let Some(state) = workflow::bottleneck(view) else {
        return if view.states.is_empty() {
            "Not known: no page bears the state of a workflow.".to_owned()
        } else {
            "Nowhere: every page is in a final state.".to_owned()
        };
    };
    let name = format::visible(&state.state).into_owned();
    let workflow =
        if state.workflow.is_empty() { String::new() } else { format!(" ({})", format::visible(&state.workflow)) };
    let median = state.median_days.map(|days| format!(", half of them for {} or longer", shown::days(days)));
    let overdue = if state.overdue > 0 { format!(", {} overdue", format::count(state.overdue)) } else { String::new() };
    let reviewer = view
        .reviewers
        .first()
        .map(|reviewer| format!(" Most wait for {}: {}.", format::visible(&reviewer.name), pages(reviewer.pending)));
    format!(
        "“{name}”{workflow}: {}{}{overdue}.{}",
        pages(state.pages),
        median.unwrap_or_default(),
        reviewer.unwrap_or_default()
    )
}

/// Against the week farthest back that can be compared, because one week says little.
fn better(view: &SnapshotView<'_>, weeks: &Result<Vec<Then<'_>>, NoPast>) -> (String, Vec<(String, &'static str)>) {
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
    let of = |then: &Then<'_>| -> Vec<(String, &'static str)> {
        let compared = judged.iter().filter_map(|metric| {
            let (before, now) = (then.value(metric)?, (metric.of)(&view.figures.total)?);
            let words = |value| metric.unit.words(value);
            let verdict = metric.wish.verdict(before, now);
            Some(match verdict {
                "" => (format!("{}: unchanged", metric.name), ""),
                verdict => (format!("{}: {} → {}", metric.name, words(before), words(now)), verdict),
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
