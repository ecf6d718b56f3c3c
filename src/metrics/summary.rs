//! Figures for the dashboard: of this snapshot, per space, and over the weeks.
//!
//! Figures are added up from records by the names of their columns, so that this week's rows and those of the history
//! pass through the same sums. A figure whose column is empty in all rows is unknown, not zero.

use std::collections::{BTreeMap, BTreeSet};

use super::columns::{self, PageColumn};
use super::comparison::SpaceScope;
use super::row::BLOG_POST;
use super::rules::folded_label;
use super::staleness::Staleness;
use crate::inventory::snapshot::MetricGroup;
use crate::spreadsheet::Record;

/// Sums over the pages of a snapshot or of one space in it. Blog posts are counted, and are in no sum: so a week that
/// measured them can be compared with one that did not.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Figures {
    /// Pages.
    pub pages: u64,
    /// Blog posts.
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
    /// Pages that somebody viewed in 90 days.
    pub viewed: Option<u64>,
    /// Folded labels with thresholds of their own that pages have.
    pub labels_with_rules: BTreeSet<String>,
}

/// A name of no column does not compile.
const _: [&PageColumn; 20] = columns::named(Figures::COLUMNS);

impl Figures {
    /// The columns that figures are added up from, and the key that tells spaces apart in [`TableFigures`].
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

    /// Adds one row.
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

    /// Adds the figures of other pages.
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

    /// Whether a group of metrics was read of these pages, as their rows tell.
    pub fn has(&self, group: MetricGroup) -> bool {
        match group {
            MetricGroup::Core => true,
            MetricGroup::People => self.single_contributor.is_some() || self.edits_7d.is_some(),
            MetricGroup::Engagement => self.viewed.is_some(),
            MetricGroup::Links => self.orphans_links.is_some() || self.broken_links.is_some(),
            MetricGroup::Workflow => self.in_workflow.is_some(),
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

    /// Whether figures of such a week, or of a space that is worth so much, are compared with others.
    pub fn is_in_trends(self) -> bool {
        matches!(self, Self::Complete | Self::Imported)
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
    /// How each of its spaces was measured, by key, those without a page too.
    pub spaces: BTreeMap<String, SpaceScope>,
}

impl WeekPoint {
    /// Whether something of it may be compared with other weeks: a space that was read whole.
    pub fn is_in_trends(&self) -> bool {
        self.figures.is_some() && self.spaces.values().any(|space| space.status.is_in_trends())
    }

    /// The figures of the spaces that were read whole; of all when none was.
    pub fn sound(&self) -> Option<Figures> {
        let figures = self.figures.as_ref()?;
        let is_sound = |key: &String| self.spaces.get(key).is_some_and(|space| space.status.is_in_trends());
        if !self.is_in_trends() || figures.spaces.keys().all(is_sound) {
            return Some(figures.total.clone());
        }
        let mut sound = Figures::default();
        figures.spaces.iter().filter(|(key, _)| is_sound(key)).for_each(|(_, figures)| sound.add_all(figures));
        Some(sound)
    }
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
}
