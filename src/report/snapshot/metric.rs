//! The measures the dashboard follows over the weeks: what each is called, how it is written, which way is better.

use std::cmp::Ordering;

use crate::metrics::summary::Figures;
use crate::report::format;

/// How the value of a measure is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// A number of pages, words, edits, ….
    Count,
    /// Bytes.
    Bytes,
    /// Tenths of a percent.
    Percent,
    /// Tenths of a point of the health score.
    Score,
}

impl Unit {
    /// A value in words: `1,204`, `3.1 GiB`, `25.9 %`, `71.2`.
    pub(super) fn words(self, value: u64) -> String {
        match self {
            Self::Count => format::count(value),
            Self::Bytes => format::bytes(value),
            Self::Percent => format!("{}.{} %", format::count(value / 10), value % 10),
            Self::Score => format!("{}.{}", value / 10, value % 10),
        }
    }
}

/// A value with its unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Amount {
    pub(super) value: u64,
    pub(super) unit: Unit,
}

impl Amount {
    /// Bytes follow the switch of units in the page.
    pub(super) fn is_bytes(&self) -> bool {
        self.unit == Unit::Bytes
    }

    pub(super) fn words(&self) -> String {
        self.unit.words(self.value)
    }
}

/// What became of a measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Better,
    Worse,
}

impl Verdict {
    /// Word for its colour.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Better => "better",
            Self::Worse => "worse",
        }
    }

    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Better => "better",
            Self::Worse => "worse",
        }
    }
}

/// Which way a measure should go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wish {
    /// Neither way is better.
    None,
    /// Fewer are better.
    Less,
    /// More is better.
    More,
}

impl Wish {
    /// What a change is; `None` where nothing changed or neither way is better.
    pub(super) fn verdict(self, then: u64, now: u64) -> Option<Verdict> {
        match (self, now.cmp(&then)) {
            (Self::None, _) | (_, Ordering::Equal) => None,
            (Self::Less, Ordering::Less) | (Self::More, Ordering::Greater) => Some(Verdict::Better),
            _ => Some(Verdict::Worse),
        }
    }
}

/// One measure of a week.
#[derive(Debug, Clone, Copy)]
pub(super) struct Metric {
    /// Name, as a heading.
    pub(super) name: &'static str,
    pub(super) unit: Unit,
    pub(super) wish: Wish,
    /// Its value, in [`Metric::unit`]; `None` was not read.
    pub(super) of: fn(&Figures) -> Option<u64>,
    /// Older scripts counted otherwise, so that imported weeks are not compared.
    pub(super) counted_otherwise: bool,
}

const fn metric(name: &'static str, unit: Unit, wish: Wish, of: fn(&Figures) -> Option<u64>) -> Metric {
    Metric { name, unit, wish, of, counted_otherwise: false }
}

pub(super) const PAGES: Metric = metric("Pages", Unit::Count, Wish::None, |figures| Some(figures.pages));
/// The older script counted markup as words.
pub(super) const WORDS: Metric =
    Metric { counted_otherwise: true, ..metric("Words", Unit::Count, Wish::None, |figures| figures.words) };
pub(super) const HEALTH: Metric = metric("Mean health", Unit::Score, Wish::More, health);
pub(super) const OUTDATED: Metric = metric("Outdated", Unit::Count, Wish::Less, Figures::outdated);
pub(super) const OUTDATED_SHARE: Metric = metric("Share of outdated pages", Unit::Percent, Wish::Less, outdated_share);
pub(super) const OUTSIDE_TREE: Metric =
    metric("Outside the tree", Unit::Count, Wish::Less, |figures| figures.orphans_tree);
pub(super) const NOTHING_LINKS: Metric =
    metric("Nothing links to them", Unit::Count, Wish::Less, |figures| figures.orphans_links);
pub(super) const BROKEN: Metric = metric("Broken links", Unit::Count, Wish::Less, |figures| figures.broken_links);
pub(super) const OVERDUE: Metric = metric("Overdue reviews", Unit::Count, Wish::Less, |figures| figures.overdue);
pub(super) const EDITS: Metric = metric("Edits in 7 days", Unit::Count, Wish::None, |figures| figures.edits_7d);
pub(super) const BYTES: Metric =
    metric("Bytes of attachments", Unit::Bytes, Wish::None, |figures| figures.attachment_bytes);

/// What the charts show, in their order: first whether it is getting better, then how it grows.
pub(super) const TRENDS: [&Metric; 9] =
    [&HEALTH, &OUTDATED_SHARE, &OVERDUE, &OUTSIDE_TREE, &NOTHING_LINKS, &BROKEN, &PAGES, &EDITS, &BYTES];

/// Mean health in tenths.
pub(super) fn health(figures: &Figures) -> Option<u64> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a mean of scores from 0 to 100")]
    figures.health().map(|mean| (mean * 10.0).round() as u64)
}

/// Share of the outdated pages among those whose age is known, in tenths of a percent.
fn outdated_share(figures: &Figures) -> Option<u64> {
    let known: u64 = figures.staleness.values().sum();
    figures.outdated().filter(|_| known > 0).map(|outdated| (outdated * 1000 + known / 2) / known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_in_their_units() {
        let written = [
            (Unit::Count, 12_345, "12,345"),
            (Unit::Bytes, 2048, "2.0 KiB"),
            (Unit::Percent, 259, "25.9 %"),
            (Unit::Score, 1000, "100.0"),
        ];
        for (unit, value, words) in written {
            assert_eq!(unit.words(value), words);
        }
    }

    #[test]
    fn the_verdict_follows_the_wish() {
        assert_eq!(Wish::Less.verdict(3, 2), Some(Verdict::Better));
        assert_eq!(Wish::Less.verdict(2, 3), Some(Verdict::Worse));
        assert_eq!(Wish::More.verdict(2, 3), Some(Verdict::Better));
        assert_eq!(Wish::More.verdict(3, 3), None);
        assert_eq!(Wish::None.verdict(3, 9), None);
    }

    #[test]
    fn shares_are_of_the_pages_whose_age_is_known() {
        let mut figures = Figures { pages: 10, ..Figures::default() };
        assert_eq!(outdated_share(&figures), None);
        figures.staleness = [("fresh", 4), ("stale", 1), ("expired", 1)].map(|(name, n)| (name.to_owned(), n)).into();
        assert_eq!(outdated_share(&figures), Some(333));
    }
}
