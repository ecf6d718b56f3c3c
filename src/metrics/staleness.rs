//! Staleness of a page: how long its content has not been edited.

use super::rules::Thresholds;

/// How long the content of a page has not been edited, by the thresholds of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Staleness {
    Fresh,
    /// Not edited for `aging_days`.
    Aging,
    /// Not edited for `stale_days`.
    Stale,
    /// Not edited for `expired_days`.
    Expired,
}

impl Staleness {
    pub const ALL: [Self; 4] = [Self::Fresh, Self::Aging, Self::Stale, Self::Expired];

    /// Returns the value of the column `staleness`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Aging => "aging",
            Self::Stale => "stale",
            Self::Expired => "expired",
        }
    }

    pub fn is_outdated(self) -> bool {
        self >= Self::Stale
    }

    /// Judges a page by the days since its last edit. A page without views in 90 days is one level worse, unless it is fresh.
    pub(super) fn of(days: i64, views_90d: Option<u64>, thresholds: &Thresholds) -> Self {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn staleness_follows_from_days_since_the_last_edit_and_views() {
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
}
