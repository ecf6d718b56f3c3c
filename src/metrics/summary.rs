//! Figures of the dashboard: totals of a snapshot, per space and per week.
//!
//! The sums read records by column name, so that rows of this week and rows of the history are added up by the same code.
//! A figure whose column is empty in all rows is not known, never zero.

use std::collections::{BTreeMap, BTreeSet};

use super::columns::{self, PageColumn};
use super::comparison::SpaceScope;
use super::page_row::BLOG_POST;
use super::rules::folded_label;
use super::staleness::Staleness;
use crate::inventory::snapshot::MetricGroup;
use crate::spreadsheet::Record;

/// Sums over the pages of a snapshot or of one of its spaces. Blog posts are counted, but are not in the other sums: a
/// week with blog posts can then be compared with a week without.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PageFigures {
    pub pages: u64,
    pub posts: u64,
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
    pub stubs: Option<u64>,
    pub without_labels: Option<u64>,
    pub single_contributor: Option<u64>,
    /// Pages whose owner's account is inactive.
    pub inactive_owner: Option<u64>,
    pub broken_links: Option<u64>,
    /// Pages in a workflow.
    pub in_workflow: Option<u64>,
    /// Pages in a final workflow state.
    pub approved: Option<u64>,
    /// Pages past their due date.
    pub overdue: Option<u64>,
    /// Sum of `health_score`, and the number of pages in that sum.
    pub health_sum: Option<(u64, u64)>,
    /// Pages with at least one view in 90 days.
    pub viewed: Option<u64>,
    /// Folded labels on the pages for which the configuration sets thresholds.
    pub labels_with_rules: BTreeSet<String>,
}

// fails to compile if a name is not a column
const _: [&PageColumn; 20] = columns::named(PageFigures::COLUMNS);

impl PageFigures {
    /// The columns that [`Self::add`] and [`TableFigures::add`] read.
    pub const COLUMNS: [&str; 20] = [
        "space_key",
        "content_type",
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
        "views_90d",
        "thresholds_from",
    ];

    pub fn add(&mut self, row: Record<'_>) {
        let sum = |to: &mut Option<u64>, value: Option<u64>| {
            if let Some(value) = value {
                *to.get_or_insert(0) += value;
            }
        };
        let tally = |to: &mut Option<u64>, holds: Option<bool>| sum(to, holds.map(u64::from));
        if row.text("content_type") == Some(BLOG_POST) {
            self.posts += 1;
            return;
        }
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
        tally(&mut self.viewed, row.count("views_90d").map(|views| views > 0));
        let sections = row.text("thresholds_from").unwrap_or_default().split(';');
        self.labels_with_rules.extend(sections.filter_map(|section| folded_label(section.trim())));
    }

    pub fn add_all(&mut self, other: &Self) {
        let sum = |to: &mut Option<u64>, value: Option<u64>| {
            if let Some(value) = value {
                *to.get_or_insert(0) += value;
            }
        };
        self.pages += other.pages;
        sum(&mut self.words, other.words);
        sum(&mut self.attachment_bytes, other.attachment_bytes);
        sum(&mut self.edits_7d, other.edits_7d);
        for (staleness, pages) in &other.staleness {
            *self.staleness.entry(staleness.clone()).or_default() += pages;
        }
        sum(&mut self.orphans_tree, other.orphans_tree);
        sum(&mut self.orphans_links, other.orphans_links);
        sum(&mut self.stubs, other.stubs);
        sum(&mut self.without_labels, other.without_labels);
        sum(&mut self.single_contributor, other.single_contributor);
        sum(&mut self.inactive_owner, other.inactive_owner);
        sum(&mut self.broken_links, other.broken_links);
        sum(&mut self.in_workflow, other.in_workflow);
        sum(&mut self.approved, other.approved);
        sum(&mut self.overdue, other.overdue);
        if let Some((score, pages)) = other.health_sum {
            let health = self.health_sum.get_or_insert((0, 0));
            *health = (health.0 + score, health.1 + pages);
        }
        sum(&mut self.viewed, other.viewed);
        self.labels_with_rules.extend(other.labels_with_rules.iter().cloned());
    }

    /// Returns whether a group of metrics was read for these pages. Inferred from the rows.
    pub fn has(&self, group: MetricGroup) -> bool {
        match group {
            MetricGroup::Core => true,
            MetricGroup::People => self.single_contributor.is_some() || self.edits_7d.is_some(),
            MetricGroup::Engagement => self.viewed.is_some(),
            MetricGroup::Links => self.orphans_links.is_some() || self.broken_links.is_some(),
            MetricGroup::Workflow => self.in_workflow.is_some(),
        }
    }

    /// Returns the number of stale and expired pages; `None` if no page has a staleness.
    pub fn outdated(&self) -> Option<u64> {
        let outdated = Staleness::ALL.into_iter().filter(|staleness| staleness.is_outdated());
        let pages = outdated.filter_map(|staleness| self.staleness.get(staleness.name()));
        (!self.staleness.is_empty()).then(|| pages.sum())
    }

    /// Returns the mean health score.
    pub fn health(&self) -> Option<f64> {
        self.health_sum.filter(|(_, pages)| *pages > 0).map(|(sum, pages)| sum as f64 / pages as f64)
    }
}

/// The figures of a table, and of each space in it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TableFigures {
    pub total: PageFigures,
    /// By space key.
    pub spaces: BTreeMap<String, PageFigures>,
}

impl TableFigures {
    pub fn add(&mut self, row: Record<'_>) {
        self.total.add(row);
        self.spaces.entry(row.text("space_key").unwrap_or_default().to_owned()).or_default().add(row);
    }
}

/// Whether a week has a snapshot, and how complete it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WeekStatus {
    Complete,
    /// Something was not read: the week is kept out of trends.
    Incomplete,
    /// Imported from the history of the legacy script.
    Imported,
    /// No snapshot was taken.
    Missing,
}

impl WeekStatus {
    pub fn name(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Incomplete => "incomplete",
            Self::Imported => "imported",
            Self::Missing => "missing",
        }
    }

    /// Returns whether figures of a week, or of a space, with this status are compared with others.
    pub fn is_in_trends(self) -> bool {
        matches!(self, Self::Complete | Self::Imported)
    }
}

/// One week of a trend. A week without a snapshot is a point without figures.
#[derive(Debug, Clone, PartialEq)]
pub struct WeekPoint {
    /// `2026-W47`.
    pub week: String,
    pub status: WeekStatus,
    /// `None` for a missing week.
    pub figures: Option<TableFigures>,
    /// How each space was measured, by key; including spaces without pages.
    pub spaces: BTreeMap<String, SpaceScope>,
}

impl WeekPoint {
    /// Returns whether the week has at least one complete or imported space, which may be compared with other weeks.
    pub fn is_in_trends(&self) -> bool {
        self.figures.is_some() && self.spaces.values().any(|space| space.status.is_in_trends())
    }

    /// Returns the figures of the complete and imported spaces; of all spaces if there are none.
    pub fn sound(&self) -> Option<PageFigures> {
        let figures = self.figures.as_ref()?;
        let is_in_trends = |key: &String| self.spaces.get(key).is_some_and(|space| space.status.is_in_trends());
        if !self.is_in_trends() || figures.spaces.keys().all(is_in_trends) {
            return Some(figures.total.clone());
        }
        let mut sound = PageFigures::default();
        figures.spaces.iter().filter(|(key, _)| is_in_trends(key)).for_each(|(_, figures)| sound.add_all(figures));
        Some(sound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spreadsheet::{RecordHeader, Value};

    #[test]
    fn a_figure_is_unknown_only_if_its_column_is_empty_in_all_rows() {
        let header = RecordHeader::new([
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
}
