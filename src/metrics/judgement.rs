//! What follows from the measures of one page. The weights are part of the documentation: `health_reasons` names each.

use super::row::{Judgement, PageRow};
use super::rules::Thresholds;

/// How old the content of a page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Staleness {
    /// Changed lately.
    Fresh,
    /// Not changed for a while.
    Aging,
    /// Not changed for long.
    Stale,
    /// Not changed for very long.
    Expired,
}

impl Staleness {
    /// All, from fresh to expired.
    pub const ALL: [Self; 4] = [Self::Fresh, Self::Aging, Self::Stale, Self::Expired];

    /// The word of the tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Aging => "aging",
            Self::Stale => "stale",
            Self::Expired => "expired",
        }
    }

    /// Stale or expired.
    pub fn is_outdated(self) -> bool {
        self >= Self::Stale
    }

    fn of(days: i64, views_90d: Option<u64>, thresholds: &Thresholds) -> Self {
        let by_days = match days {
            days if days >= i64::from(thresholds.expired_days) => Self::Expired,
            days if days >= i64::from(thresholds.stale_days) => Self::Stale,
            days if days >= i64::from(thresholds.aging_days) => Self::Aging,
            _ => Self::Fresh,
        };
        match (by_days, views_90d) {
            (Self::Aging, Some(0)) => Self::Stale,
            (Self::Stale, Some(0)) => Self::Expired,
            _ => by_days,
        }
    }
}

/// What lowers the health of a page, by how much, and when.
type Reason = (&'static str, u64, fn(&PageRow, &Judgement) -> bool);

const REASONS: &[Reason] = &[
    ("expired", 30, |_, judgement| judgement.staleness == Some(Staleness::Expired)),
    ("stale", 20, |_, judgement| judgement.staleness == Some(Staleness::Stale)),
    ("aging", 5, |_, judgement| judgement.staleness == Some(Staleness::Aging)),
    ("no readable parent", 15, |_, judgement| judgement.is_orphan_tree == Some(true)),
    ("nothing links to it", 10, |_, judgement| judgement.is_orphan_link == Some(true)),
    ("stub", 15, |_, judgement| judgement.is_stub == Some(true)),
    ("owner's account inactive", 15, |row, _| {
        row.people.owner.as_ref().is_some_and(|owner| owner.active == Some(false))
    }),
    ("review overdue", 15, |row, _| row.workflow.is_overdue()),
    ("broken links", 10, |row, _| row.links.broken_internal.is_some_and(|links| links > 0)),
    ("same text as another page", 10, |_, judgement| judgement.duplicate_group.is_some()),
    ("no labels", 5, |row, _| row.place.labels.as_ref().is_some_and(Vec::is_empty)),
    ("single contributor", 5, |row, _| row.people.contributors == Some(1)),
    ("placeholders left", 5, |row, _| row.text.as_ref().is_some_and(|text| text.placeholders > 0)),
    ("todo markers", 5, |row, _| row.text.as_ref().is_some_and(|text| text.todo_markers > 0)),
    ("images without text", 5, |row, _| row.text.as_ref().is_some_and(|text| text.images_without_alt > 0)),
];

/// The reasons a health score can have, with their weights: for the data dictionary.
pub fn health_weights() -> impl Iterator<Item = (&'static str, u64)> {
    REASONS.iter().map(|(reason, weight, _)| (*reason, *weight))
}

/// Judges a row whose measures are all there. `duplicate_group` is given.
pub(super) fn judge(
    row: &PageRow,
    duplicate_group: Option<u64>,
    thresholds: &Thresholds,
    sees_parent: Option<bool>,
) -> Judgement {
    let views = row.engagement.views_90d;
    let mut judgement = Judgement {
        is_stub: is_stub(row, thresholds),
        is_orphan_tree: if row.place.is_space_home { Some(false) } else { sees_parent.map(|sees| !sees) },
        is_orphan_link: row
            .links
            .incoming
            .map(|incoming| incoming == 0 && !row.place.is_space_home && !row.place.is_root_child),
        staleness: row.people.days_since_update.map(|days| Staleness::of(days, views, thresholds)),
        duplicate_group,
        health_score: 100,
        health_reasons: Vec::new(),
        impact_score: None,
    };
    for (reason, weight, holds) in REASONS {
        if holds(row, &judgement) {
            judgement.health_reasons.push(reason);
            judgement.health_score = judgement.health_score.saturating_sub(*weight);
        }
    }
    judgement.impact_score = views.map(|views| (100 - judgement.health_score) * views);
    judgement
}

fn is_stub(row: &PageRow, thresholds: &Thresholds) -> Option<bool> {
    let text = row.text.as_ref()?;
    // a page whose files were not read may hold one
    let has_files = row.files.count.map(|count| count > 0)?;
    Some(
        text.words < u64::from(thresholds.stub_words)
            && text.images == 0
            && text.tables == 0
            && !has_files
            && row.links.out_includes_nothing()
            && row.place.child_pages == 0,
    )
}

impl super::row::Links {
    fn out_includes_nothing(&self) -> bool {
        self.include_out.unwrap_or(0) == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn staleness_by_days_and_views() {
        let of = |days, views| Staleness::of(days, views, &Thresholds::default());
        assert_eq!(
            [0, 179, 180, 364, 365, 729, 730].map(|days| of(days, None)),
            [
                Staleness::Fresh,
                Staleness::Fresh,
                Staleness::Aging,
                Staleness::Aging,
                Staleness::Stale,
                Staleness::Stale,
                Staleness::Expired
            ]
        );
        assert_eq!(of(10, Some(0)), Staleness::Fresh, "a new page may have no readers yet");
        assert_eq!(of(200, Some(0)), Staleness::Stale);
        assert_eq!(of(400, Some(0)), Staleness::Expired);
        assert_eq!(of(400, Some(3)), Staleness::Stale);
    }

    #[test]
    fn every_reason_is_taken_off_once_and_the_score_ends_at_zero() {
        let mut row = PageRow::default();
        row.people.days_since_update = Some(10);
        let judgement = judge(&row, None, &Thresholds::default(), Some(true));
        assert_eq!((judgement.health_score, judgement.health_reasons.len()), (100, 0));
        row.people.days_since_update = Some(1_000);
        row.place.labels = Some(Vec::new());
        let judgement = judge(&row, Some(1), &Thresholds::default(), Some(false));
        assert_eq!(
            judgement.health_reasons,
            ["expired", "no readable parent", "same text as another page", "no labels"]
        );
        assert_eq!(judgement.health_score, 100 - 30 - 15 - 10 - 5);
        let all: u64 = health_weights().map(|(_, weight)| weight).sum();
        assert!(all > 100, "the score saturates: {all}");
    }

    #[test]
    fn a_stub_has_little_text_and_nothing_else() {
        let mut row = PageRow { text: Some(super::super::row::Text::default()), ..PageRow::default() };
        let stub = |row: &PageRow| is_stub(row, &Thresholds::default());
        assert_eq!(stub(&row), None, "its files were not read");
        row.files.count = Some(0);
        assert_eq!(stub(&row), Some(true));
        row.place.child_pages = 1;
        assert_eq!(stub(&row), Some(false));
        row.text = None;
        assert_eq!(stub(&row), None);
    }
}
