//! The measures the dashboard follows over the weeks: what each is called, how it is written, which way is better.

use std::cmp::Ordering;

use crate::inventory::snapshot::MetricGroup;
use crate::metrics::comparison::{Basis, ByThresholds};
use crate::metrics::summary::{Figures, TableFigures};
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
    /// What goes into it beside the pages: weeks that differ there are not compared.
    pub(super) basis: Basis,
    /// Older scripts counted otherwise, so that imported weeks are not compared.
    pub(super) counted_otherwise: bool,
    /// Spaces of which a group of its basis was not read have another figure, not none.
    pub(super) mixes: bool,
}

/// A measure of one week, over the spaces that were measured alike.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Known {
    /// `None` was not read.
    pub(super) value: Option<u64>,
    /// ` in 2 of 3 spaces` where that is not all; else empty.
    pub(super) part: String,
}

/// A measure of a week: over the spaces in which it is known and, where a group that was not read would change it, over
/// those that have every group of its basis which any space of the week has.
pub(super) fn known(metric: &Metric, figures: &TableFigures) -> Known {
    let spaces = || figures.spaces.values().filter(|figures| figures.pages > 0);
    let is_read = |group: &&MetricGroup| spaces().any(|figures| figures.has(**group));
    let needed: Vec<&MetricGroup> = metric.basis.groups.iter().filter(|_| metric.mixes).filter(is_read).collect();
    let is_known =
        |figures: &&Figures| (metric.of)(figures).is_some() && needed.iter().all(|group| figures.has(**group));
    let (known, all) = (spaces().filter(is_known).count(), spaces().count());
    if known == all {
        return Known { value: (metric.of)(&figures.total), part: String::new() };
    }
    let mut sum = Figures::default();
    spaces().filter(is_known).for_each(|figures| sum.add_all(figures));
    let value = (metric.of)(&sum).filter(|_| known > 0);
    let part = value.map(|_| format!(" in {known} of {all} spaces"));
    Known { value, part: part.unwrap_or_default() }
}

const fn metric(name: &'static str, unit: Unit, wish: Wish, of: fn(&Figures) -> Option<u64>) -> Metric {
    Metric {
        name,
        unit,
        wish,
        of,
        basis: Basis { groups: &[], reach: false, thresholds: ByThresholds::No },
        counted_otherwise: false,
        mixes: false,
    }
}

impl Metric {
    const fn with(self, groups: &'static [MetricGroup]) -> Self {
        Self { basis: Basis { groups, ..self.basis }, ..self }
    }

    /// Links from other spaces go into it.
    const fn of_links(self) -> Self {
        Self { basis: Basis { reach: true, ..self.basis }, ..self }
    }

    /// Thresholds go into it.
    const fn of_thresholds(self, thresholds: ByThresholds) -> Self {
        Self { basis: Basis { thresholds, ..self.basis }, ..self }
    }
}

pub(super) const PAGES: Metric = metric("Pages", Unit::Count, Wish::None, |figures| Some(figures.pages));
/// The older script counted markup as words.
pub(super) const WORDS: Metric =
    Metric { counted_otherwise: true, ..metric("Words", Unit::Count, Wish::None, |figures| figures.words) };
const OF_HEALTH: Metric = metric("Mean health", Unit::Score, Wish::More, health)
    .with(&[MetricGroup::People, MetricGroup::Engagement, MetricGroup::Links, MetricGroup::Workflow])
    .of_links()
    .of_thresholds(ByThresholds::Health);
/// What is not read takes nothing off a score.
pub(super) const HEALTH: Metric = Metric { mixes: true, ..OF_HEALTH };
pub(super) const OUTDATED: Metric = metric("Outdated", Unit::Count, Wish::Less, Figures::outdated)
    .with(&[MetricGroup::Engagement])
    .of_thresholds(ByThresholds::Ages);
pub(super) const OUTDATED_SHARE: Metric = metric("Share of outdated pages", Unit::Percent, Wish::Less, outdated_share)
    .with(&[MetricGroup::Engagement])
    .of_thresholds(ByThresholds::Ages);
pub(super) const OUTSIDE_TREE: Metric =
    metric("Outside the tree", Unit::Count, Wish::Less, |figures| figures.orphans_tree);
pub(super) const NOTHING_LINKS: Metric =
    metric("Nothing links to them", Unit::Count, Wish::Less, |figures| figures.orphans_links)
        .with(&[MetricGroup::Links])
        .of_links();
pub(super) const BROKEN: Metric = metric("Broken links", Unit::Count, Wish::Less, |figures| figures.broken_links)
    .with(&[MetricGroup::Links])
    .of_links();
pub(super) const OVERDUE: Metric =
    metric("Overdue reviews", Unit::Count, Wish::Less, |figures| figures.overdue).with(&[MetricGroup::Workflow]);
pub(super) const EDITS: Metric =
    metric("Edits in 7 days", Unit::Count, Wish::None, |figures| figures.edits_7d).with(&[MetricGroup::People]);
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
    fn figures_that_some_spaces_lack_say_of_how_many_they_are_and_scores_are_of_spaces_read_alike() {
        let space = |health: u64, links| Figures {
            pages: 1,
            health_sum: Some((health, 1)),
            orphans_links: links,
            ..Figures::default()
        };
        let table = |spaces: &[(&str, Figures)]| {
            let mut table = TableFigures::default();
            for (key, figures) in spaces {
                table.total.add_all(figures);
                table.spaces.insert((*key).to_owned(), figures.clone());
            }
            table
        };
        let posts = Figures { posts: 3, ..Figures::default() };
        let mixed = table(&[("ENG", space(60, Some(1))), ("OPS", space(100, None)), ("NEWS", posts)]);
        let of = |metric: &Metric, table: &TableFigures| {
            let Known { value, part } = known(metric, table);
            (value, part)
        };
        assert_eq!(of(&HEALTH, &mixed), (Some(600), " in 1 of 2 spaces".to_owned()));
        assert_eq!(of(&NOTHING_LINKS, &mixed), (Some(1), " in 1 of 2 spaces".to_owned()));
        assert_eq!(of(&PAGES, &mixed), (Some(2), String::new()));
        assert_eq!(of(&EDITS, &mixed), (None, String::new()), "read nowhere");
        let alike = table(&[("ENG", space(60, None)), ("OPS", space(100, None))]);
        assert_eq!(of(&HEALTH, &alike), (Some(800), String::new()));
    }

    #[test]
    fn shares_are_of_the_pages_whose_age_is_known() {
        let mut figures = Figures { pages: 10, ..Figures::default() };
        assert_eq!(outdated_share(&figures), None);
        figures.staleness = [("fresh", 4), ("stale", 1), ("expired", 1)].map(|(name, n)| (name.to_owned(), n)).into();
        assert_eq!(outdated_share(&figures), Some(333));
    }
}
