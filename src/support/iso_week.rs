//! ISO 8601 weeks.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, Days, NaiveDate, Utc, Weekday};
use serde::{Deserialize, Serialize};

/// An ISO 8601 week: it begins on Monday and belongs to the year of its Thursday. So 2027-01-01 is in 2026-W53,
/// whatever its calendar year (F-84).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct IsoWeek {
    // the order of the fields makes the derived comparison chronological
    year: i32,
    week: u32,
}

/// A text that is not an ISO week.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an ISO week such as 2026-W47")]
pub struct InvalidIsoWeek(String);

impl IsoWeek {
    /// Returns the week of a time, by its date in UTC.
    pub fn of(time: DateTime<Utc>) -> Self {
        Self::of_date(time.date_naive())
    }

    /// Returns the week of a date.
    pub fn of_date(date: NaiveDate) -> Self {
        let week = date.iso_week();
        Self { year: week.year(), week: week.week() }
    }

    /// Creates a week from its ISO year and number; `None` if the year has no such week.
    pub fn new(year: i32, week: u32) -> Option<Self> {
        NaiveDate::from_isoywd_opt(year, week, Weekday::Mon).map(|_| Self { year, week })
    }

    /// Returns the ISO year, which can differ from the calendar year.
    pub fn year(self) -> i32 {
        self.year
    }

    /// Returns the number within the ISO year, 1 to 53.
    pub fn number(self) -> u32 {
        self.week
    }

    /// Returns the first day of the week.
    pub fn monday(self) -> NaiveDate {
        // cannot fail: every constructor takes a date or checks the week
        NaiveDate::from_isoywd_opt(self.year, self.week, Weekday::Mon).unwrap_or_default()
    }

    #[must_use]
    pub fn next(self) -> Self {
        self.monday().checked_add_days(Days::new(7)).map_or(self, Self::of_date)
    }

    #[must_use]
    pub fn previous(self) -> Self {
        self.monday().checked_sub_days(Days::new(7)).map_or(self, Self::of_date)
    }

    /// Returns how many weeks this one is after the other; negative if it is before.
    pub fn weeks_since(self, other: Self) -> i64 {
        (self.monday() - other.monday()).num_days() / 7
    }
}

impl fmt::Display for IsoWeek {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-W{:02}", self.year, self.week)
    }
}

impl FromStr for IsoWeek {
    type Err = InvalidIsoWeek;

    fn from_str(text: &str) -> Result<Self, InvalidIsoWeek> {
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        text.split_once("-W")
            .filter(|(year, week)| year.len() == 4 && week.len() == 2 && digits(year) && digits(week))
            .and_then(|(year, week)| Self::new(year.parse().ok()?, week.parse().ok()?))
            .ok_or_else(|| InvalidIsoWeek(text.chars().take(40).collect()))
    }
}

impl TryFrom<String> for IsoWeek {
    type Error = InvalidIsoWeek;

    fn try_from(text: String) -> Result<Self, InvalidIsoWeek> {
        text.parse()
    }
}

impl From<IsoWeek> for String {
    fn from(week: IsoWeek) -> Self {
        week.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn week(text: &str) -> IsoWeek {
        text.parse().unwrap()
    }

    /// The first Monday of each ISO year and the number of its weeks, from a printed calendar.
    const YEARS: [(i32, &str, u32); 17] = [
        (2020, "2019-12-30", 53),
        (2021, "2021-01-04", 52),
        (2022, "2022-01-03", 52),
        (2023, "2023-01-02", 52),
        (2024, "2024-01-01", 52),
        (2025, "2024-12-30", 52),
        (2026, "2025-12-29", 53),
        (2027, "2027-01-04", 52),
        (2028, "2028-01-03", 52),
        (2029, "2029-01-01", 52),
        (2030, "2029-12-31", 52),
        (2031, "2030-12-30", 52),
        (2032, "2031-12-29", 53),
        (2033, "2033-01-03", 52),
        (2034, "2034-01-02", 52),
        (2035, "2035-01-01", 52),
        (2036, "2035-12-31", 52),
    ];

    #[test]
    fn every_day_from_2020_to_2036_is_in_its_week_f_84() {
        let mut day: NaiveDate = YEARS[0].1.parse().unwrap();
        for (year, monday, weeks) in YEARS {
            assert_eq!(day, monday.parse().unwrap(), "{year}");
            for number in 1..=weeks {
                for _ in 0..7 {
                    assert_eq!(IsoWeek::of_date(day).to_string(), format!("{year}-W{number:02}"), "{day}");
                    day = day.succ_opt().unwrap();
                }
            }
            assert_eq!(IsoWeek::new(year, 53).is_some(), weeks == 53, "{year}");
        }
    }

    #[test]
    fn the_date_in_utc_counts_f_84() {
        let time = |text: &str| IsoWeek::of(text.parse::<DateTime<Utc>>().unwrap()).to_string();
        assert_eq!(time("2027-01-01T12:00:00Z"), "2026-W53");
        // still Sunday in UTC, already Monday in Auckland
        assert_eq!(time("2026-11-23T00:30:00+13:00"), "2026-W47");
        assert_eq!(time("2026-11-22T23:59:59Z"), "2026-W47");
        assert_eq!(time("2026-11-23T00:00:00Z"), "2026-W48");
    }

    #[test]
    fn weeks_follow_each_other_across_years() {
        let mut all = week("2019-W52");
        for _ in 0..900 {
            let next = all.next();
            assert!(next > all && next.previous() == all && next.weeks_since(all) == 1);
            all = next;
        }
        assert_eq!(week("2027-W01").weeks_since(week("2026-W47")), 7);
        assert_eq!(week("2026-W47").weeks_since(week("2027-W01")), -7);
        assert_eq!(week("2026-W53").next(), week("2027-W01"));
    }

    #[test]
    fn only_weeks_that_exist_are_parsed() {
        assert_eq!(week("2026-W53").monday(), "2026-12-28".parse().unwrap());
        for wrong in ["", "2026-47", "2026-W00", "2025-W53", "2026-W54", "26-W01", "2026-W1", "+026-W01", "2026-w01"] {
            assert!(wrong.parse::<IsoWeek>().is_err(), "{wrong}");
        }
    }
}
