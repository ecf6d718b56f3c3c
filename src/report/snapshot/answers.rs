//! The four questions a dashboard is opened with, each answered in a sentence.

use crate::report::format;
use crate::report::text::snapshot as say;

use super::SnapshotView;
use super::metric::{self, Metric, Unit, Verdict};
use super::past::{NoPast, Then};
use super::workflow;

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
        answer(say::WHAT_IS_OUTDATED, outdated(view), "#outdated", say::SEE_THE_PAGES),
        answer(say::WHAT_IS_ORPHANED, orphaned(view), orphans, say::SEE_THE_PAGES),
        answer(say::WHERE_DO_APPROVALS_GET_STUCK, stuck(view), "#workflow", say::SEE_THE_STATES),
        Answer { points, ..answer(say::IS_IT_GETTING_BETTER, words, "#trends", say::SEE_THE_TRENDS) },
    ]
}

fn outdated(view: &SnapshotView<'_>) -> String {
    let total = &view.figures.total;
    if total.pages == 0 {
        return say::THERE_ARE_NO_PAGES.to_owned();
    }
    let Some(outdated) = total.outdated() else { return say::NO_AGE_WAS_READ.to_owned() };
    if outdated == 0 {
        return say::none_of(total.pages);
    }
    let share = (metric::OUTDATED_SHARE.of)(total).map(|share| Unit::Percent.words(share));
    let most = view.figures.spaces.iter().max_by_key(|(_, figures)| figures.outdated().unwrap_or(0));
    let most = most.filter(|_| view.figures.spaces.len() > 1);
    let most = most.map(|(key, figures)| (format::visible(key), figures.outdated().unwrap_or(0)));
    say::outdated(outdated, total.pages, share, most.as_ref().map(|(key, number)| (key.as_ref(), *number)))
}

fn orphaned(view: &SnapshotView<'_>) -> String {
    let total = &view.figures.total;
    if total.pages == 0 {
        return say::THERE_ARE_NO_PAGES.to_owned();
    }
    say::orphaned(total.orphans_tree, total.orphans_links)
}

fn stuck(view: &SnapshotView<'_>) -> String {
    let Some(state) = workflow::bottleneck(view) else {
        let words = if view.states.is_empty() { say::NO_PAGE_BEARS_A_STATE } else { say::EVERY_STATE_IS_FINAL };
        return words.to_owned();
    };
    let reviewer = view.reviewers.first().map(|reviewer| (format::visible(&reviewer.name), reviewer.pending));
    say::stuck(&say::Stuck {
        state: &format::visible(&state.state),
        workflow: &format::visible(&state.workflow),
        pages: state.pages,
        overdue: state.overdue,
        median: state.median_days.map(say::whole_days),
        reviewer: reviewer.as_ref().map(|(name, pages)| (name.as_ref(), *pages)),
    })
}

/// Against the week farthest back that can be compared, because one week says little.
fn better(view: &SnapshotView<'_>, weeks: &Result<Vec<Then<'_>>, NoPast>) -> (String, Vec<(String, Option<Verdict>)>) {
    let weeks = match weeks {
        Ok(weeks) => weeks,
        Err(NoPast::Incomplete) => {
            return (say::THIS_WEEK_IS_INCOMPLETE.to_owned(), Vec::new());
        }
        Err(NoPast::First) => {
            return (say::THIS_IS_THE_FIRST.to_owned(), Vec::new());
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
                None => (say::unchanged(metric.name), None),
                Some(_) => (format!("{}: {} → {}", metric.name, words(before), words(now)), verdict),
            })
        });
        compared.collect()
    };
    let compared = weeks.iter().rev().map(|then| (then, of(then))).find(|(_, points)| !points.is_empty());
    compared.map_or_else(
        || (say::NOTHING_TO_COMPARE.to_owned(), Vec::new()),
        |(then, points)| (say::since_heading(then.week()), points),
    )
}
