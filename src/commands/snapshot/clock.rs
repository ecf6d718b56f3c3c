//! Whether the clock of this machine can be trusted with naming the week (F-84).

use chrono::{DateTime, TimeDelta, Utc};

/// How far the clock may be off without a word.
const WARN_BEYOND: TimeDelta = TimeDelta::minutes(5);
/// How far it may be off before a snapshot could get the wrong week.
const REFUSE_BEYOND: TimeDelta = TimeDelta::days(1);

/// What to think of the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clock {
    /// It agrees with the server.
    Fine,
    /// It is off by this much, which is more than five minutes: worth a warning. Negative when it is behind.
    Off(TimeDelta),
    /// It is off by this much, which is more than a day: no snapshot may be taken.
    Wrong(TimeDelta),
}

impl Clock {
    /// Compares the clock of this machine with the `Date` header of the server.
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
    fn minutes_are_fine_hours_a_warning_days_a_refusal_f_84() {
        let server: DateTime<Utc> = "2026-11-21T19:41:07Z".parse().unwrap();
        let table = [
            (0, Clock::Fine),
            (300, Clock::Fine),
            (301, Clock::Off(TimeDelta::seconds(301))),
            (86_400, Clock::Off(TimeDelta::days(1))),
            (86_401, Clock::Wrong(TimeDelta::seconds(86_401))),
            (315_360_000, Clock::Wrong(TimeDelta::seconds(315_360_000))),
        ];
        for (seconds, expected) in table {
            let off = TimeDelta::seconds(seconds);
            assert_eq!(Clock::compare(server + off, server), expected, "{seconds} s ahead");
            let behind = match expected {
                Clock::Fine => Clock::Fine,
                Clock::Off(off) => Clock::Off(-off),
                Clock::Wrong(off) => Clock::Wrong(-off),
            };
            assert_eq!(Clock::compare(server - off, server), behind, "{seconds} s behind");
        }
    }
}
