//! How old the content of a page is.

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

    /// By the days since the last edit; without readers one step older, beyond fresh.
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
}
