//! The health of each space.

use crate::metrics::Staleness;
use crate::metrics::summary::Figures;
use crate::report::format;
use crate::report::html::data::rank;

use super::SnapshotView;
use super::metric::{self, Unit};

/// One part of the bar of ages.
#[derive(Debug)]
pub(super) struct AgePart {
    pub(super) name: &'static str,
    pub(super) pages: u64,
    /// Where it begins and how long it is, of 1,000.
    pub(super) start: u64,
    pub(super) width: u64,
}

/// A number of a cell.
#[derive(Debug)]
pub(super) struct Cell {
    pub(super) label: &'static str,
    /// `None` was not read.
    pub(super) value: Option<u64>,
    pub(super) words: String,
}

/// One row of the table of spaces.
#[derive(Debug)]
pub(super) struct SpaceRow {
    pub(super) key: String,
    pub(super) name: String,
    pub(super) rank: usize,
    pub(super) pages: u64,
    /// Empty when no age is known.
    pub(super) ages: Vec<AgePart>,
    pub(super) cells: Vec<Cell>,
}

/// A column: its heading, its unit, and its value for a space.
type Column = (&'static str, Unit, fn(&Figures) -> Option<u64>);

/// The columns behind name and pages; ages stand behind the first.
pub(super) const COLUMNS: [Column; 10] = [
    ("Mean health", Unit::Score, metric::health),
    ("Outdated", Unit::Percent, metric::OUTDATED_SHARE.of),
    ("Outside the tree", Unit::Count, |figures| figures.orphans_tree),
    ("Nothing links to", Unit::Count, |figures| figures.orphans_links),
    ("Stubs", Unit::Count, |figures| figures.stubs),
    ("No labels", Unit::Count, |figures| figures.without_labels),
    ("Owner inactive", Unit::Count, |figures| figures.inactive_owner),
    ("Broken links", Unit::Count, |figures| figures.broken_links),
    ("Overdue", Unit::Count, |figures| figures.overdue),
    ("Words", Unit::Count, |figures| figures.words),
];

/// All spaces, the worst health first.
pub(super) fn rows(view: &SnapshotView<'_>) -> Vec<SpaceRow> {
    let empty = Figures::default();
    let mut rows: Vec<(Option<u64>, SpaceRow)> = view
        .spaces
        .iter()
        .map(|(key, name)| {
            let figures = view.figures.spaces.get(key).unwrap_or(&empty);
            (metric::health(figures), row(key, name, figures))
        })
        .collect();
    let ranks = rank(&rows, |(_, row)| &row.name);
    for ((_, row), rank) in rows.iter_mut().zip(ranks) {
        row.rank = rank;
    }
    // those without any page last
    rows.sort_by_key(|(health, row)| (health.unwrap_or(u64::MAX), row.rank));
    rows.into_iter().map(|(_, row)| row).collect()
}

fn row(key: &str, name: &str, figures: &Figures) -> SpaceRow {
    let cells = COLUMNS.into_iter().map(|(label, unit, of)| {
        let value = of(figures);
        Cell { label, value, words: value.map(|value| unit.words(value)).unwrap_or_default() }
    });
    SpaceRow {
        key: format::visible(key).into_owned(),
        name: format::visible(if name.trim().is_empty() { key } else { name }).into_owned(),
        rank: 0,
        pages: figures.pages,
        ages: ages(figures),
        cells: cells.collect(),
    }
}

/// The parts of the bar; every age that has a page is wide enough to be seen.
pub(super) fn ages(figures: &Figures) -> Vec<AgePart> {
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
    /// `12 stale`.
    pub(super) fn words(&self) -> String {
        format!("{} {}", format::count(self.pages), self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_bar_fill_it_without_gap() {
        let mut figures = Figures::default();
        assert!(ages(&figures).is_empty());
        figures.staleness = [("fresh", 1), ("aging", 1), ("expired", 1)].map(|(name, n)| (name.to_owned(), n)).into();
        let parts = ages(&figures);
        assert_eq!(
            parts.iter().map(AgePart::words).collect::<Vec<_>>(),
            ["1 fresh", "1 aging", "0 stale", "1 expired"]
        );
        assert_eq!(parts.iter().map(|part| part.width).sum::<u64>(), 1000);
        for pair in parts.windows(2) {
            assert_eq!(pair[0].start + pair[0].width, pair[1].start);
        }
    }
}
