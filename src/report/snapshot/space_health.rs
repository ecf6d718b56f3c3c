//! Table of space health.

use crate::metrics::Staleness;
use crate::metrics::summary::PageFigures;
use crate::report::format;
use crate::report::html::data::rank;

use super::SnapshotView;
use super::trend_metrics::{self, MetricUnit};

/// A part of the bar of content ages.
#[derive(Debug)]
pub(super) struct AgePart {
    pub(super) name: &'static str,
    pub(super) pages: u64,
    /// Start and width, in thousandths of the bar.
    pub(super) start: u64,
    pub(super) width: u64,
}

/// A figure in a cell of the table.
#[derive(Debug)]
pub(super) struct SpaceFigure {
    pub(super) label: &'static str,
    /// `None` if not read.
    pub(super) value: Option<u64>,
    pub(super) words: String,
}

#[derive(Debug)]
pub(super) struct SpaceHealthRow {
    pub(super) key: String,
    pub(super) name: String,
    pub(super) rank: usize,
    pub(super) pages: u64,
    /// Empty if no age is known.
    pub(super) ages: Vec<AgePart>,
    pub(super) cells: Vec<SpaceFigure>,
}

/// A column: its heading, its unit, and its value for a space.
type SpaceColumn = (&'static str, MetricUnit, fn(&PageFigures) -> Option<u64>);

/// The columns after name and pages; the bar of ages follows the first.
pub(super) const COLUMNS: [SpaceColumn; 10] = [
    ("Mean health", MetricUnit::Score, trend_metrics::health),
    ("Outdated", MetricUnit::Percent, trend_metrics::OUTDATED_SHARE.of),
    ("Outside the tree", MetricUnit::Count, |figures| figures.orphans_tree),
    ("No incoming links", MetricUnit::Count, |figures| figures.orphans_links),
    ("Stubs", MetricUnit::Count, |figures| figures.stubs),
    ("No labels", MetricUnit::Count, |figures| figures.without_labels),
    ("Owner inactive", MetricUnit::Count, |figures| figures.inactive_owner),
    ("Broken links", MetricUnit::Count, |figures| figures.broken_links),
    ("Overdue", MetricUnit::Count, |figures| figures.overdue),
    ("Words", MetricUnit::Count, |figures| figures.words),
];

/// Returns all spaces, lowest health first.
pub(super) fn rows(view: &SnapshotView<'_>) -> Vec<SpaceHealthRow> {
    let empty = PageFigures::default();
    let mut rows: Vec<(Option<u64>, SpaceHealthRow)> = view
        .spaces
        .iter()
        .map(|(key, name)| {
            let figures = view.figures.spaces.get(key).unwrap_or(&empty);
            (trend_metrics::health(figures), row(key, name, figures))
        })
        .collect();
    let ranks = rank(&rows, |(_, row)| &row.name);
    for ((_, row), rank) in rows.iter_mut().zip(ranks) {
        row.rank = rank;
    }
    // spaces without pages come last
    rows.sort_by_key(|(health, row)| (health.unwrap_or(u64::MAX), row.rank));
    rows.into_iter().map(|(_, row)| row).collect()
}

fn row(key: &str, name: &str, figures: &PageFigures) -> SpaceHealthRow {
    let cells = COLUMNS.into_iter().map(|(label, unit, of)| {
        let value = of(figures);
        SpaceFigure { label, value, words: value.map(|value| unit.text(value)).unwrap_or_default() }
    });
    SpaceHealthRow {
        key: format::visible(key).into_owned(),
        name: format::visible(if name.trim().is_empty() { key } else { name }).into_owned(),
        rank: 0,
        pages: figures.pages,
        ages: ages(figures),
        cells: cells.collect(),
    }
}

/// Returns the parts of the bar, one per age class.
pub(super) fn ages(figures: &PageFigures) -> Vec<AgePart> {
    let count = |staleness: Staleness| figures.staleness.get(staleness.name()).copied().unwrap_or(0);
    let total: u64 = Staleness::ALL.into_iter().map(count).sum();
    if total == 0 {
        return Vec::new();
    }
    let mut before = 0;
    let parts = Staleness::ALL.into_iter().map(|staleness| {
        let pages = count(staleness);
        let start = before * 1000 / total;
        before += pages;
        AgePart { name: staleness.name(), pages, start, width: before * 1000 / total - start }
    });
    parts.collect()
}

impl AgePart {
    /// Returns number and name: `12 stale`.
    pub(super) fn text(&self) -> String {
        format!("{} {}", format::count(self.pages), self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_bar_fill_it_without_gaps() {
        let mut figures = PageFigures::default();
        assert!(ages(&figures).is_empty());
        figures.staleness = [("fresh", 1), ("aging", 1), ("expired", 1)].map(|(name, n)| (name.to_owned(), n)).into();
        let parts = ages(&figures);
        assert_eq!(parts.iter().map(AgePart::text).collect::<Vec<_>>(), ["1 fresh", "1 aging", "0 stale", "1 expired"]);
        assert_eq!(parts.iter().map(|part| part.width).sum::<u64>(), 1000);
        for pair in parts.windows(2) {
            assert_eq!(pair[0].start + pair[0].width, pair[1].start);
        }
    }
}
