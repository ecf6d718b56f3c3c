//! The metrics that the dashboard tracks over the weeks: name, unit, and which direction is better.

use std::cmp::Ordering;

use crate::inventory::snapshot::MetricGroup;
use crate::metrics::comparison::{FigureBasis, ThresholdBasis};
use crate::metrics::summary::{PageFigures, TableFigures};
use crate::report::format;

/// Unit of a metric, which decides how its value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MetricUnit {
    /// Number of pages, words, edits, ….
    Count,
    Bytes,
    /// Tenths of a percent.
    Percent,
    /// Tenths of a point of the health score.
    Score,
}

impl MetricUnit {
    /// Formats a value: `1,204`, `3.1 GiB`, `25.9 %`, `71.2`.
    pub(super) fn text(self, value: u64) -> String {
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
pub(super) struct MetricAmount {
    pub(super) value: u64,
    pub(super) unit: MetricUnit,
}

impl MetricAmount {
    /// Whether the value follows the unit switch of the page.
    pub(super) fn is_bytes(&self) -> bool {
        self.unit == MetricUnit::Bytes
    }

    pub(super) fn text(&self) -> String {
        self.unit.text(self.value)
    }
}

/// Whether a change is for the better or worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ChangeVerdict {
    Better,
    Worse,
}

impl ChangeVerdict {
    /// Returns the CSS class for its colour.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Better => "better",
            Self::Worse => "worse",
        }
    }

    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Better => "better",
            Self::Worse => "worse",
        }
    }
}

/// Which direction of change is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BetterDirection {
    /// Neither direction is better.
    None,
    /// Lower is better.
    Lower,
    /// Higher is better.
    Higher,
}

impl BetterDirection {
    /// Returns the verdict on a change; `None` if nothing changed or neither direction is better.
    pub(super) fn verdict(self, then: u64, now: u64) -> Option<ChangeVerdict> {
        match (self, now.cmp(&then)) {
            (Self::None, _) | (_, Ordering::Equal) => None,
            (Self::Lower, Ordering::Less) | (Self::Higher, Ordering::Greater) => Some(ChangeVerdict::Better),
            _ => Some(ChangeVerdict::Worse),
        }
    }
}

/// A metric that is tracked over the weeks.
#[derive(Debug, Clone, Copy)]
pub(super) struct TrendMetric {
    /// Name, used as heading.
    pub(super) name: &'static str,
    pub(super) unit: MetricUnit,
    pub(super) better: BetterDirection,
    /// Its value, in [`TrendMetric::unit`]; `None` if not read.
    pub(super) of: fn(&PageFigures) -> Option<u64>,
    /// What it depends on in addition to the pages; weeks that differ in this are not compared.
    pub(super) basis: FigureBasis,
    /// The legacy script counted differently, so imported weeks are not compared.
    pub(super) counted_differently: bool,
    /// A space with an unread group of its basis has a different figure instead of none.
    pub(super) unread_groups_change_it: bool,
}

/// A metric of one week, over the spaces that were measured in the same way.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct KnownFigure {
    /// `None` if not read.
    pub(super) value: Option<u64>,
    /// ` in 2 of 3 spaces`, or empty for all spaces.
    pub(super) part: String,
}

/// Returns a metric of a week over the spaces in which it is known. If unread groups would change it, only those spaces
/// count that have every group of its basis that any space of the week has.
pub(super) fn known(metric: &TrendMetric, figures: &TableFigures) -> KnownFigure {
    let spaces = || figures.spaces.values().filter(|figures| figures.pages > 0);
    let is_read = |group: &&MetricGroup| spaces().any(|figures| figures.has(**group));
    let needed: Vec<&MetricGroup> =
        metric.basis.groups.iter().filter(|_| metric.unread_groups_change_it).filter(is_read).collect();
    let is_known =
        |figures: &&PageFigures| (metric.of)(figures).is_some() && needed.iter().all(|group| figures.has(**group));
    let (known, all) = (spaces().filter(is_known).count(), spaces().count());
    if known == all {
        return KnownFigure { value: (metric.of)(&figures.total), part: String::new() };
    }
    let mut sum = PageFigures::default();
    spaces().filter(is_known).for_each(|figures| sum.add_all(figures));
    let value = (metric.of)(&sum).filter(|_| known > 0);
    let part = value.map(|_| format!(" in {known} of {all} spaces"));
    KnownFigure { value, part: part.unwrap_or_default() }
}

const fn metric(
    name: &'static str,
    unit: MetricUnit,
    better: BetterDirection,
    of: fn(&PageFigures) -> Option<u64>,
) -> TrendMetric {
    TrendMetric {
        name,
        unit,
        better,
        of,
        basis: FigureBasis { groups: &[], reach: false, thresholds: ThresholdBasis::No },
        counted_differently: false,
        unread_groups_change_it: false,
    }
}

impl TrendMetric {
    const fn with(self, groups: &'static [MetricGroup]) -> Self {
        Self { basis: FigureBasis { groups, ..self.basis }, ..self }
    }

    /// Depends on links from other spaces.
    const fn of_links(self) -> Self {
        Self { basis: FigureBasis { reach: true, ..self.basis }, ..self }
    }

    /// Depends on thresholds.
    const fn of_thresholds(self, thresholds: ThresholdBasis) -> Self {
        Self { basis: FigureBasis { thresholds, ..self.basis }, ..self }
    }
}

pub(super) const PAGES: TrendMetric =
    metric("Pages", MetricUnit::Count, BetterDirection::None, |figures| Some(figures.pages));
/// The legacy script counted markup as words.
pub(super) const WORDS: TrendMetric = TrendMetric {
    counted_differently: true,
    ..metric("Words", MetricUnit::Count, BetterDirection::None, |figures| figures.words)
};
const OF_HEALTH: TrendMetric = metric("Mean health", MetricUnit::Score, BetterDirection::Higher, health)
    .with(&[MetricGroup::People, MetricGroup::Engagement, MetricGroup::Links, MetricGroup::Workflow])
    .of_links()
    .of_thresholds(ThresholdBasis::Health);
/// Unread groups do not lower a score.
pub(super) const HEALTH: TrendMetric = TrendMetric { unread_groups_change_it: true, ..OF_HEALTH };
pub(super) const OUTDATED: TrendMetric =
    metric("Outdated", MetricUnit::Count, BetterDirection::Lower, PageFigures::outdated)
        .with(&[MetricGroup::Engagement])
        .of_thresholds(ThresholdBasis::Ages);
pub(super) const OUTDATED_SHARE: TrendMetric =
    metric("Share of outdated pages", MetricUnit::Percent, BetterDirection::Lower, outdated_share)
        .with(&[MetricGroup::Engagement])
        .of_thresholds(ThresholdBasis::Ages);
pub(super) const OUTSIDE_TREE: TrendMetric =
    metric("Outside the tree", MetricUnit::Count, BetterDirection::Lower, |figures| figures.orphans_tree);
pub(super) const NOTHING_LINKS: TrendMetric =
    metric("No incoming links", MetricUnit::Count, BetterDirection::Lower, |figures| figures.orphans_links)
        .with(&[MetricGroup::Links])
        .of_links();
pub(super) const BROKEN: TrendMetric =
    metric("Broken links", MetricUnit::Count, BetterDirection::Lower, |figures| figures.broken_links)
        .with(&[MetricGroup::Links])
        .of_links();
pub(super) const OVERDUE: TrendMetric =
    metric("Overdue reviews", MetricUnit::Count, BetterDirection::Lower, |figures| figures.overdue)
        .with(&[MetricGroup::Workflow]);
pub(super) const EDITS: TrendMetric =
    metric("Edits in 7 days", MetricUnit::Count, BetterDirection::None, |figures| figures.edits_7d)
        .with(&[MetricGroup::People]);
pub(super) const BYTES: TrendMetric =
    metric("Bytes of attachments", MetricUnit::Bytes, BetterDirection::None, |figures| figures.attachment_bytes);

/// The charts in their order: first the metrics of improvement, then those of growth.
pub(super) const TRENDS: [&TrendMetric; 9] =
    [&HEALTH, &OUTDATED_SHARE, &OVERDUE, &OUTSIDE_TREE, &NOTHING_LINKS, &BROKEN, &PAGES, &EDITS, &BYTES];

/// Returns the mean health in tenths of a point.
pub(super) fn health(figures: &PageFigures) -> Option<u64> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a mean of scores from 0 to 100")]
    figures.health().map(|mean| (mean * 10.0).round() as u64)
}

/// Returns the share of outdated pages among those whose age is known, in tenths of a percent.
fn outdated_share(figures: &PageFigures) -> Option<u64> {
    let known: u64 = figures.staleness.values().sum();
    figures.outdated().filter(|_| known > 0).map(|outdated| (outdated * 1000 + known / 2) / known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_in_their_units() {
        let written = [
            (MetricUnit::Count, 12_345, "12,345"),
            (MetricUnit::Bytes, 2048, "2.0 KiB"),
            (MetricUnit::Percent, 259, "25.9 %"),
            (MetricUnit::Score, 1000, "100.0"),
        ];
        for (unit, value, words) in written {
            assert_eq!(unit.text(value), words);
        }
    }

    #[test]
    fn the_verdict_follows_the_better_direction() {
        assert_eq!(BetterDirection::Lower.verdict(3, 2), Some(ChangeVerdict::Better));
        assert_eq!(BetterDirection::Lower.verdict(2, 3), Some(ChangeVerdict::Worse));
        assert_eq!(BetterDirection::Higher.verdict(2, 3), Some(ChangeVerdict::Better));
        assert_eq!(BetterDirection::Higher.verdict(3, 3), None);
        assert_eq!(BetterDirection::None.verdict(3, 9), None);
    }

    #[test]
    fn figures_name_the_number_of_spaces_that_have_them_and_scores_count_only_spaces_read_in_the_same_way() {
        let space = |health: u64, links| PageFigures {
            pages: 1,
            health_sum: Some((health, 1)),
            orphans_links: links,
            ..PageFigures::default()
        };
        let table = |spaces: &[(&str, PageFigures)]| {
            let mut table = TableFigures::default();
            for (key, figures) in spaces {
                table.total.add_all(figures);
                table.spaces.insert((*key).to_owned(), figures.clone());
            }
            table
        };
        let posts = PageFigures { posts: 3, ..PageFigures::default() };
        let mixed = table(&[("ENG", space(60, Some(1))), ("OPS", space(100, None)), ("NEWS", posts)]);
        let of = |metric: &TrendMetric, table: &TableFigures| {
            let KnownFigure { value, part } = known(metric, table);
            (value, part)
        };
        assert_eq!(of(&HEALTH, &mixed), (Some(600), " in 1 of 2 spaces".to_owned()));
        assert_eq!(of(&NOTHING_LINKS, &mixed), (Some(1), " in 1 of 2 spaces".to_owned()));
        assert_eq!(of(&PAGES, &mixed), (Some(2), String::new()));
        assert_eq!(of(&EDITS, &mixed), (None, String::new()), "not read in any space");
        let uniform = table(&[("ENG", space(60, None)), ("OPS", space(100, None))]);
        assert_eq!(of(&HEALTH, &uniform), (Some(800), String::new()));
    }

    #[test]
    fn shares_are_of_the_pages_whose_age_is_known() {
        let mut figures = PageFigures { pages: 10, ..PageFigures::default() };
        assert_eq!(outdated_share(&figures), None);
        figures.staleness = [("fresh", 4), ("stale", 1), ("expired", 1)].map(|(name, n)| (name.to_owned(), n)).into();
        assert_eq!(outdated_share(&figures), Some(333));
    }
}
