//! Checks whether this computer's clock is accurate enough to determine the week (F-84).

use chrono::{DateTime, TimeDelta, Utc};

/// A larger difference causes a warning.
const WARN_BEYOND: TimeDelta = TimeDelta::minutes(5);
/// With a larger difference, no snapshot is taken.
const REFUSE_BEYOND: TimeDelta = TimeDelta::days(1);

/// Result of comparing the clock with the server's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ClockCheck {
    /// The difference is at most five minutes.
    Fine,
    /// The difference, at most a day: worth a warning. Negative if the clock is behind.
    Off(TimeDelta),
    /// The difference, more than a day: no snapshot may be taken.
    Wrong(TimeDelta),
}

impl ClockCheck {
    /// Compares the clock of this computer with the `Date` header of the server.
    pub(super) fn compare(here: DateTime<Utc>, server: DateTime<Utc>) -> Self {
        let off = here.signed_duration_since(server);
        match off.abs() {
            far if far > REFUSE_BEYOND => Self::Wrong(off),
            far if far > WARN_BEYOND => Self::Off(off),
            _ => Self::Fine,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_minutes_are_accepted_a_day_is_a_warning_and_more_is_refused_f_84() {
        let server: DateTime<Utc> = "2026-11-21T19:41:07Z".parse().unwrap();
        let table = [
            (0, ClockCheck::Fine),
            (300, ClockCheck::Fine),
            (301, ClockCheck::Off(TimeDelta::seconds(301))),
            (86_400, ClockCheck::Off(TimeDelta::days(1))),
            (86_401, ClockCheck::Wrong(TimeDelta::seconds(86_401))),
            (315_360_000, ClockCheck::Wrong(TimeDelta::seconds(315_360_000))),
        ];
        for (seconds, expected) in table {
            let off = TimeDelta::seconds(seconds);
            assert_eq!(ClockCheck::compare(server + off, server), expected, "{seconds} s ahead");
            let behind = match expected {
                ClockCheck::Fine => ClockCheck::Fine,
                ClockCheck::Off(off) => ClockCheck::Off(-off),
                ClockCheck::Wrong(off) => ClockCheck::Wrong(-off),
            };
            assert_eq!(ClockCheck::compare(server - off, server), behind, "{seconds} s behind");
        }
    }
}
