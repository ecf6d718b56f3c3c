//! Figures for the dashboard: of this snapshot, per space, over the weeks, and of workflows.
//!
//! Figures are added up from records by the names of their columns, so that this week's rows and those of the history
//! pass through the same sums. A figure whose column is empty in all rows is unknown, not zero.

use std::collections::{BTreeMap, BTreeSet};

use super::columns::{self, PageColumn};
use super::row::{PageRow, SinceFrom};
use super::staleness::Staleness;
use crate::spreadsheet::Record;

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

/// A name of no column does not compile.
const _: [&PageColumn; 17] = columns::named(Figures::COLUMNS);

impl Figures {
    /// The columns that figures are added up from, and the key that tells spaces apart in [`TableFigures`].
    pub const COLUMNS: [&str; 17] = [
        "space_key",
        "word_count",
        "attachment_bytes",
        "edits_7d",
        "staleness",
        "is_orphan_tree",
        "is_orphan_link",
        "is_stub",
        "label_count",
        "unique_contributors",
        "owner_active",
        "broken_internal_links",
        "workflow_source",
        "workflow_state",
        "workflow_final",
        "workflow_overdue",
        "health_score",
    ];

    /// Adds one row.
    pub fn add(&mut self, row: Record<'_>) {
        let sum = |to: &mut Option<u64>, value: Option<u64>| {
            if let Some(value) = value {
                *to.get_or_insert(0) += value;
            }
        };
        let tally = |to: &mut Option<u64>, holds: Option<bool>| sum(to, holds.map(u64::from));
        self.pages += 1;
        sum(&mut self.words, row.count("word_count"));
        sum(&mut self.attachment_bytes, row.count("attachment_bytes"));
        sum(&mut self.edits_7d, row.count("edits_7d"));
        if let Some(staleness) = row.text("staleness") {
            *self.staleness.entry(staleness.to_owned()).or_default() += 1;
        }
        tally(&mut self.orphans_tree, row.flag("is_orphan_tree"));
        tally(&mut self.orphans_links, row.flag("is_orphan_link"));
        tally(&mut self.stubs, row.flag("is_stub"));
        tally(&mut self.without_labels, row.count("label_count").map(|labels| labels == 0));
        tally(&mut self.single_contributor, row.count("unique_contributors").map(|people| people == 1));
        tally(&mut self.inactive_owner, row.flag("owner_active").map(|active| !active));
        sum(&mut self.broken_links, row.count("broken_internal_links"));
        if row.text("workflow_source").is_some() {
            tally(&mut self.in_workflow, Some(row.text("workflow_state").is_some_and(|state| !state.is_empty())));
            tally(&mut self.approved, Some(row.flag("workflow_final") == Some(true)));
            tally(&mut self.overdue, Some(row.flag("workflow_overdue") == Some(true)));
        }
        if let Some(score) = row.count("health_score") {
            let (sum, pages) = self.health_sum.get_or_insert((0, 0));
            *sum += score;
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
    /// Adds one row.
    pub fn add(&mut self, row: Record<'_>) {
        self.total.add(row);
        self.spaces.entry(row.text("space_key").unwrap_or_default().to_owned()).or_default().add(row);
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
                by_snapshots: rows.iter().any(|row| row.workflow.since_from == Some(SinceFrom::Snapshots)),
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
    use crate::spreadsheet::{Header, Value};

    #[test]
    fn what_no_row_tells_is_unknown_and_what_one_tells_is_counted() {
        let header = Header::new([
            "space_key",
            "word_count",
            "staleness",
            "is_stub",
            "workflow_source",
            "workflow_state",
            "workflow_overdue",
            "health_score",
        ]);
        let text = |text: &str| Value::text(text);
        let (number, flag, none) = (Value::Integer, Value::Flag, Value::Empty);
        let rows = [
            [
                text("ENG"),
                number(10),
                text("fresh"),
                flag(false),
                text("labels"),
                text("Draft"),
                flag(true),
                number(80),
            ],
            [text("ENG"), number(20), text("stale"), flag(true), text("none"), none.clone(), none.clone(), number(60)],
            [text("OPS"), none.clone(), text("expired"), none.clone(), none.clone(), none.clone(), none.clone(), none],
        ];
        let mut figures = TableFigures::default();
        for cells in &rows {
            figures.add(Record::new(&header, cells));
        }
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
