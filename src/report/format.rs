//! Formats numbers and dates for people. `templates/script/format.js` follows the same rules for bytes and ages.

use chrono::{DateTime, Utc};

pub use crate::support::formatting::{count, plural};
pub use crate::support::visible_text::visible;

/// Binary units above the byte, in steps of 1,024.
const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

/// Formats bytes with one decimal in the largest binary unit that yields at least 1.0: `1,023 bytes`, `1.0 KiB`.
///
/// Rounds half up with integer arithmetic, so 1,048,525 bytes are `1.0 MiB` and never `1024.0 KiB`.
pub fn bytes(bytes: u64) -> String {
    if bytes < 1024 {
        return plural(bytes, "byte", "bytes");
    }
    let mut unit: u128 = 1024;
    let mut name = 0;
    loop {
        let tenths = (u128::from(bytes) * 10 + unit / 2) / unit;
        if tenths < 10_240 || name == UNITS.len() - 1 {
            return format!("{}.{} {}", tenths / 10, tenths % 10, UNITS[name]);
        }
        unit *= 1024;
        name += 1;
    }
}

/// Formats a share of a total in percent with one decimal; a share of zero is `0.0 %`.
pub fn percent(part: u64, total: u64) -> String {
    let tenths = if total == 0 { 0 } else { (u128::from(part) * 1000 + u128::from(total) / 2) / u128::from(total) };
    format!("{}.{} %", tenths / 10, tenths % 10)
}

/// Formats the time between two moments in the largest full unit: `today`, `1 day`, `29 days`, `1 month`, `2 years`.
///
/// A month is 30 days, a year 365 days. Moments in the future are `today`, because clocks differ.
pub fn age(then: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let days = u64::try_from((now - then).num_days()).unwrap_or(0);
    match days {
        0 => "today".to_owned(),
        1..30 => plural(days, "day", "days"),
        30..365 => plural(days / 30, "month", "months"),
        _ => plural(days / 365, "year", "years"),
    }
}

/// Formats the day in UTC: `2026-11-21`.
pub fn day(moment: DateTime<Utc>) -> String {
    moment.format("%Y-%m-%d").to_string()
}

/// Formats day and minute in UTC, for people: `2026-11-21 19:41 UTC`.
pub fn minute(moment: DateTime<Utc>) -> String {
    moment.format("%Y-%m-%d %H:%M UTC").to_string()
}

/// Formats a time as ISO 8601 in UTC with seconds, for machines: `2026-11-21T19:41:07Z`.
pub fn iso(moment: DateTime<Utc>) -> String {
    moment.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn bytes_change_their_unit_exactly_at_the_boundary() {
        let cases = [
            (0, "0 bytes"),
            (1, "1 byte"),
            (1023, "1,023 bytes"),
            (1024, "1.0 KiB"),
            (1075, "1.0 KiB"),
            (1076, "1.1 KiB"),
            (1_048_524, "1023.9 KiB"),
            (1_048_525, "1.0 MiB"),
            (1_048_576, "1.0 MiB"),
            (1_073_741_824, "1.0 GiB"),
            (1_099_511_627_776, "1.0 TiB"),
            (u64::MAX, "16.0 EiB"),
        ];
        for (size, text) in cases {
            assert_eq!(bytes(size), text, "{size}");
        }
    }

    #[test]
    fn shares_have_one_decimal() {
        assert_eq!(percent(1, 3), "33.3 %");
        assert_eq!(percent(2, 3), "66.7 %");
        assert_eq!(percent(0, 0), "0.0 %");
    }

    #[test]
    fn age_counts_full_units() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).expect("a moment");
        let cases = [(-5, "today"), (0, "today"), (1, "1 day"), (29, "29 days"), (30, "1 month"), (364, "12 months")];
        for (days, text) in cases.into_iter().chain([(365, "1 year"), (729, "1 year"), (730, "2 years")]) {
            assert_eq!(age(now - TimeDelta::days(days), now), text, "{days}");
        }
    }
}
