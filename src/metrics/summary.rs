//! Figures for the dashboard: of this snapshot, per space, over the weeks, and of workflows.
//!
//! Figures are added up from cells by the names of their columns, so that this week's rows and those of the history
//! pass through the same sums. A figure whose column is empty in all rows is unknown, not zero.

use std::collections::{BTreeMap, BTreeSet};

use super::row::PageRow;
use super::staleness::Staleness;
use crate::spreadsheet::Table;

/// Sums over the pages of a snapshot or of one space in it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Figures {
    /// Pages.
    pub pages: u64,
    /// Sum of `word_count`.
    pub words: Option<u64>,
    /// Sum of `attachment_bytes`.
    pub attachment_bytes: Option<u64>,
    /// Sum of `edits_7d`.
    pub edits_7d: Option<u64>,
    /// Pages by `staleness`.
    pub staleness: BTreeMap<String, u64>,
    /// Pages outside the tree.
    pub orphans_tree: Option<u64>,
    /// Pages that nothing links to.
    pub orphans_links: Option<u64>,
    /// Stubs.
    pub stubs: Option<u64>,
    /// Pages without labels.
    pub without_labels: Option<u64>,
    /// Pages of one contributor.
    pub single_contributor: Option<u64>,
    /// Pages whose owner's account is inactive.
    pub inactive_owner: Option<u64>,
    /// Broken links.
    pub broken_links: Option<u64>,
    /// Pages in a workflow.
    pub in_workflow: Option<u64>,
    /// Pages in a final state.
    pub approved: Option<u64>,
    /// Pages past their due date.
    pub overdue: Option<u64>,
    /// Sum of `health_score` and of how many pages.
    pub health_sum: Option<(u64, u64)>,
}

impl Figures {
    /// Adds one row, given the text of its cells by column name; a column that is not there is empty.
    pub fn add<'c>(&mut self, cell: impl Fn(&str) -> &'c str) {
        let number = |name: &str| cell(name).parse::<i64>().ok();
        let sum = |to: &mut Option<u64>, value: Option<i64>| {
            if let Some(value) = value {
                *to.get_or_insert(0) += u64::try_from(value).unwrap_or(0);
            }
        };
        let tally = |to: &mut Option<u64>, holds: Option<bool>| {
            if let Some(holds) = holds {
                *to.get_or_insert(0) += u64::from(holds);
            }
        };
        let is_one = |name: &str| number(name).map(|value| value == 1);
        self.pages += 1;
        sum(&mut self.words, number("word_count"));
        sum(&mut self.attachment_bytes, number("attachment_bytes"));
        sum(&mut self.edits_7d, number("edits_7d"));
        let staleness = cell("staleness");
        if !staleness.is_empty() {
            *self.staleness.entry(staleness.to_owned()).or_default() += 1;
        }
        tally(&mut self.orphans_tree, is_one("is_orphan_tree"));
        tally(&mut self.orphans_links, is_one("is_orphan_link"));
        tally(&mut self.stubs, is_one("is_stub"));
        tally(&mut self.without_labels, number("label_count").map(|labels| labels == 0));
        tally(&mut self.single_contributor, number("unique_contributors").map(|people| people == 1));
        tally(&mut self.inactive_owner, is_one("owner_active").map(|active| !active));
        sum(&mut self.broken_links, number("broken_internal_links"));
        let source = cell("workflow_source");
        if !source.is_empty() {
            tally(&mut self.in_workflow, Some(!cell("workflow_state").is_empty()));
            tally(&mut self.approved, Some(cell("workflow_final") == "1"));
            tally(&mut self.overdue, Some(cell("workflow_overdue") == "1"));
        }
        if let Some(score) = number("health_score") {
            let (sum, pages) = self.health_sum.get_or_insert((0, 0));
            *sum += u64::try_from(score).unwrap_or(0);
            *pages += 1;
        }
    }

    /// Stale and expired pages; unknown when no page has a staleness.
    pub fn outdated(&self) -> Option<u64> {
        let outdated = Staleness::ALL.into_iter().filter(|staleness| staleness.is_outdated());
        let pages = outdated.filter_map(|staleness| self.staleness.get(staleness.name()));
        (!self.staleness.is_empty()).then(|| pages.sum())
    }

    /// Mean health score.
    pub fn health(&self) -> Option<f64> {
        self.health_sum.filter(|(_, pages)| *pages > 0).map(|(sum, pages)| sum as f64 / pages as f64)
    }
}

/// The figures of a whole table and of each space in it, by key.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TableFigures {
    /// Of all rows.
    pub total: Figures,
    /// By space key.
    pub spaces: BTreeMap<String, Figures>,
}

impl TableFigures {
    /// Adds up a table with the columns of the snapshots.
    pub fn of(table: &Table) -> Self {
        let columns = table.columns();
        let mut figures = Self::default();
        for row in &table.rows {
            let cell =
                |name: &str| columns.get(name).and_then(|at| row.get(*at)).map(String::as_str).unwrap_or_default();
            figures.total.add(cell);
            figures.spaces.entry(cell("space_key").to_owned()).or_default().add(cell);
        }
        figures
    }
}

/// What is known of a week.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WeekStatus {
    /// Everything was read.
    Complete,
    /// Something was not read: kept out of trends.
    Incomplete,
    /// Taken from the history of an older script.
    Imported,
    /// No snapshot was taken.
    Missing,
}

impl WeekStatus {
    /// One word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Incomplete => "incomplete",
            Self::Imported => "imported",
            Self::Missing => "missing",
        }
    }
}

/// One week of a trend. Weeks without a snapshot are there too, without figures.
#[derive(Debug, Clone, PartialEq)]
pub struct WeekPoint {
    /// `2026-W47`.
    pub week: String,
    /// What is known of it.
    pub status: WeekStatus,
    /// Its figures; `None` for a missing week.
    pub figures: Option<TableFigures>,
}

/// The pages of one workflow in one state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateFigures {
    /// Workflow, where the source names it.
    pub workflow: String,
    /// State.
    pub state: String,
    /// Whether it is final, where the source tells.
    pub is_final: Option<bool>,
    /// Pages in it.
    pub pages: u64,
    /// Of them past their due date.
    pub overdue: u64,
    /// Median of the days in it.
    pub median_days: Option<i64>,
    /// Most days in it, and the page.
    pub oldest: Option<(i64, PageRef)>,
    /// Days are known to the week only: from snapshots.
    pub by_snapshots: bool,
}

/// A page to link to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRef {
    /// Title.
    pub title: String,
    /// Opens it.
    pub url: String,
}

impl PageRef {
    fn of(row: &PageRow) -> Self {
        Self { title: row.title.clone(), url: row.place.url.clone() }
    }
}

/// What waits for one reviewer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewerFigures {
    /// Name, or account id.
    pub name: String,
    /// Pages that wait.
    pub pending: u64,
    /// Of them past their due date.
    pub overdue: u64,
    /// Most days a page waits, and which.
    pub oldest: Option<(i64, PageRef)>,
}

/// The funnel: the pages of each workflow by state, not final ones first, the fullest first.
pub fn states(rows: &[PageRow]) -> Vec<StateFigures> {
    let mut by_state: BTreeMap<(&str, &str), Vec<&PageRow>> = BTreeMap::new();
    for row in rows {
        if let Some(state) = &row.workflow.state {
            let name = row.workflow.name.as_deref().unwrap_or_default();
            by_state.entry((name, state)).or_default().push(row);
        }
    }
    let mut states: Vec<StateFigures> = by_state
        .into_iter()
        .map(|((workflow, state), rows)| {
            let mut days: Vec<i64> = rows.iter().filter_map(|row| row.workflow.days_in_state).collect();
            days.sort_unstable();
            StateFigures {
                workflow: workflow.to_owned(),
                state: state.to_owned(),
                is_final: rows.iter().find_map(|row| row.workflow.is_final),
                pages: rows.len() as u64,
                overdue: rows.iter().filter(|row| is_overdue(row)).count() as u64,
                median_days: median(&days),
                oldest: oldest(rows.iter().copied()),
                by_snapshots: rows.iter().any(|row| row.workflow.since_from == Some("snapshots")),
            }
        })
        .collect();
    states.sort_by_key(|state| (state.workflow.clone(), state.is_final == Some(true), std::cmp::Reverse(state.pages)));
    states
}

/// What waits for whom, the longest list first.
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

/// Of an even number the lower of the two in the middle, so that it is a number of days some page has.
fn median(sorted: &[i64]) -> Option<i64> {
    sorted.get(sorted.len().checked_sub(1)? / 2).copied()
}

fn oldest<'a>(rows: impl Iterator<Item = &'a PageRow>) -> Option<(i64, PageRef)> {
    let days = rows.filter_map(|row| Some((row.workflow.days_in_state?, row)));
    days.max_by_key(|(days, _)| *days).map(|(days, row)| (days, PageRef::of(row)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> Table {
        Table::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn what_no_row_tells_is_unknown_and_what_one_tells_is_counted() {
        let figures = TableFigures::of(&table(
            "space_key,word_count,staleness,is_stub,workflow_source,workflow_state,workflow_overdue,health_score\n\
             ENG,10,fresh,0,labels,Draft,1,80\nENG,20,stale,1,none,,,60\nOPS,,expired,,,,,\n",
        ));
        let total = &figures.total;
        assert_eq!((total.pages, total.words, total.outdated()), (3, Some(30), Some(2)));
        assert_eq!((total.stubs, total.orphans_links), (Some(1), None));
        assert_eq!((total.in_workflow, total.overdue, total.approved), (Some(1), Some(1), Some(0)));
        assert_eq!(total.health(), Some(70.0));
        assert_eq!(figures.spaces["OPS"].words, None);
        assert_eq!(figures.spaces["OPS"].health(), None);
    }

    #[test]
    fn the_median_is_a_day_some_page_has() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[4]), Some(4));
        assert_eq!(median(&[1, 3, 9, 90]), Some(3));
        assert_eq!(median(&[1, 3, 9]), Some(3));
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
        assert_eq!(states[0].median_days, Some(3));
        assert_eq!(states[0].oldest.as_ref().map(|(days, page)| (*days, page.title.as_str())), Some((50, "c")));
        let reviewers = reviewers(&rows);
        assert_eq!((reviewers[0].name.as_str(), reviewers[0].pending, reviewers[0].overdue), ("Kim", 2, 1));
        assert_eq!((reviewers[1].name.as_str(), reviewers[1].pending), ("Lee", 1));
    }
}
