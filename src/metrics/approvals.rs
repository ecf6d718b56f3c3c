//! Approval statistics: pages by workflow state, how long they have been there, and who has to review them.

use std::collections::{BTreeMap, BTreeSet};

use super::page_row::{PageRow, SinceFrom};
use crate::inventory::workflow::state_key;

/// How long a page has been in its workflow state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wait {
    pub days: i64,
    /// The page may have been in the state longer: there is no earlier snapshot.
    pub is_at_least: bool,
}

impl Wait {
    /// Returns the wait of a page; `None` if it is not known since when the page is in its state.
    pub fn of(row: &PageRow) -> Option<Self> {
        let days = row.workflow.days_in_state?;
        Some(Self { days, is_at_least: row.workflow.since_is_at_least == Some(true) })
    }
}

/// The pages of one workflow in one state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateFigures {
    /// Name of the workflow; empty if the source does not name it.
    pub workflow: String,
    pub state: String,
    /// Whether the state is final; `None` if the source does not say.
    pub is_final: Option<bool>,
    /// Whether someone has to act on its pages.
    pub waits: bool,
    pub pages: u64,
    /// Number of pages past their due date.
    pub overdue: u64,
    /// Median wait of the pages whose wait is known.
    pub median: Option<Wait>,
    /// The longest wait, and the page.
    pub oldest: Option<(Wait, PageRef)>,
    /// Number of pages for which it is not known since when they are in the state.
    pub unknown: u64,
    /// Whether some waits are inferred from snapshots, which are accurate to the week only.
    pub by_snapshots: bool,
}

/// A page to link to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRef {
    pub title: String,
    pub url: String,
}

impl PageRef {
    fn of(row: &PageRow) -> Self {
        Self { title: row.title.clone(), url: row.place.url.clone() }
    }
}

/// The pages that wait for one reviewer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewerFigures {
    /// Name or account id.
    pub name: String,
    pub pending: u64,
    /// Number of pending pages past their due date.
    pub overdue: u64,
    /// The longest wait, and the page.
    pub oldest: Option<(Wait, PageRef)>,
}

/// Returns the pages of each workflow by state: final states last, states with more pages first.
pub fn states(rows: &[PageRow]) -> Vec<StateFigures> {
    let mut by_state: BTreeMap<(&str, String), Vec<&PageRow>> = BTreeMap::new();
    for row in rows {
        if let Some(state) = &row.workflow.state {
            let name = row.workflow.name.as_deref().unwrap_or_default();
            by_state.entry((name, state_key(state))).or_default().push(row);
        }
    }
    let mut states: Vec<StateFigures> = by_state
        .into_iter()
        .map(|((workflow, _), rows)| {
            let mut times: Vec<Wait> = rows.iter().filter_map(|row| Wait::of(row)).collect();
            times.sort_unstable();
            StateFigures {
                workflow: workflow.to_owned(),
                state: rows.iter().find_map(|row| row.workflow.state.clone()).unwrap_or_default(),
                waits: rows.iter().any(|row| row.workflow.waits()),
                is_final: rows.iter().find_map(|row| row.workflow.is_final),
                pages: rows.len() as u64,
                overdue: rows.iter().filter(|row| is_overdue(row)).count() as u64,
                median: median(&times),
                unknown: (rows.len() - times.len()) as u64,
                oldest: oldest(rows.iter().copied()),
                by_snapshots: rows.iter().any(|row| row.workflow.since_from == Some(SinceFrom::Snapshots)),
            }
        })
        .collect();
    states.sort_by_key(|state| (state.workflow.clone(), state.is_final == Some(true), std::cmp::Reverse(state.pages)));
    states
}

/// Returns the pending reviews by reviewer, those with the most pages first.
pub fn reviewers(rows: &[PageRow]) -> Vec<ReviewerFigures> {
    let mut by_name: BTreeMap<&str, Vec<&PageRow>> = BTreeMap::new();
    for row in rows {
        let pending: BTreeSet<&str> = row.workflow.pending_reviewers.iter().flatten().map(String::as_str).collect();
        for name in pending {
            by_name.entry(name).or_default().push(row);
        }
    }
    let mut reviewers: Vec<ReviewerFigures> = by_name
        .into_iter()
        .map(|(name, rows)| ReviewerFigures {
            name: name.to_owned(),
            pending: rows.len() as u64,
            overdue: rows.iter().filter(|row| is_overdue(row)).count() as u64,
            oldest: oldest(rows.iter().copied()),
        })
        .collect();
    reviewers.sort_by(|a, b| b.pending.cmp(&a.pending).then_with(|| a.name.cmp(&b.name)));
    reviewers
}

fn is_overdue(row: &PageRow) -> bool {
    row.workflow.is_overdue()
}

/// Returns the median; of an even number of waits the lower of the two in the middle, so that it is the wait of a page. The
/// median is a lower bound if a wait up to it is one: the page may in fact have waited longer than the median.
fn median(sorted: &[Wait]) -> Option<Wait> {
    let middle = sorted.len().checked_sub(1)? / 2;
    let is_at_least = sorted[..=middle].iter().any(|time| time.is_at_least);
    Some(Wait { is_at_least, ..sorted[middle] })
}

fn oldest<'a>(rows: impl Iterator<Item = &'a PageRow>) -> Option<(Wait, PageRef)> {
    let times = rows.filter_map(|row| Some((Wait::of(row)?, row)));
    times.max_by_key(|(time, _)| *time).map(|(time, row)| (time, PageRef::of(row)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_wait_of_a_page() {
        let known = |days| Wait { days, is_at_least: false };
        let at_least = |days| Wait { days, is_at_least: true };
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[known(4)]), Some(known(4)));
        assert_eq!(median(&[1, 3, 9, 90].map(known)), Some(known(3)));
        assert_eq!(median(&[1, 3, 9].map(known)), Some(known(3)));
        assert_eq!(median(&[known(1), known(3), at_least(9)]), Some(known(3)), "whatever the longest wait really is");
        assert_eq!(median(&[at_least(1), known(3), known(9)]), Some(at_least(3)));
        assert_eq!(median(&[at_least(84), at_least(84)]), Some(at_least(84)));
    }

    #[test]
    fn states_and_reviewers_name_the_longest_wait() {
        let row = |title: &str, state: &str, days: i64, overdue: i64, who: &[&str]| {
            let mut row = PageRow { title: title.into(), ..PageRow::default() };
            row.workflow.name = Some("Approval".into());
            row.workflow.state = Some(state.into());
            row.workflow.is_final = Some(state == "Approved");
            row.workflow.days_in_state = Some(days);
            row.workflow.overdue_days = Some(overdue);
            row.workflow.pending_reviewers = Some(who.iter().map(|name| (*name).to_owned()).collect());
            row
        };
        let rows = [
            row("a", "Approved", 400, -3, &[]),
            row("b", "Review", 3, 1, &["Kim", "Lee"]),
            row("c", "Review", 50, 0, &["Kim", "Kim"]),
            row("d", "Draft", 7, 0, &[]),
        ];
        let states = states(&rows);
        let shown: Vec<_> = states.iter().map(|state| (state.state.as_str(), state.pages, state.overdue)).collect();
        assert_eq!(shown, [("Review", 2, 1), ("Draft", 1, 0), ("Approved", 1, 0)]);
        assert_eq!(states[0].median, Some(Wait { days: 3, is_at_least: false }));
        assert_eq!(states[0].oldest.as_ref().map(|(time, page)| (time.days, page.title.as_str())), Some((50, "c")));
        let reviewers = reviewers(&rows);
        assert_eq!((reviewers[0].name.as_str(), reviewers[0].pending, reviewers[0].overdue), ("Kim", 2, 1));
        assert_eq!((reviewers[1].name.as_str(), reviewers[1].pending), ("Lee", 1));
    }
}
