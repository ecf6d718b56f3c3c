//! What a cell can hold.

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};

/// The value of one cell. Not known, or not read, is [`Value::Empty`], never zero.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Value {
    /// Not known.
    #[default]
    Empty,
    /// A whole number.
    Integer(i64),
    /// A number with this many decimals, written with a point.
    Decimal(f64, u8),
    /// Text.
    Text(String),
    /// `1` or `0`, which every tool can sum.
    Flag(bool),
    /// A day, `2026-11-21`.
    Date(NaiveDate),
    /// A moment in UTC to the second, `2026-11-21T19:41:07Z`.
    Time(DateTime<Utc>),
}

impl Value {
    /// Text; an empty text stays a text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A count.
    pub fn count(count: impl TryInto<i64>) -> Self {
        count.try_into().map_or(Self::Empty, Self::Integer)
    }

    /// The day of a moment.
    pub fn day(moment: DateTime<Utc>) -> Self {
        Self::Date(moment.date_naive())
    }

    /// The value, or an empty cell.
    pub fn maybe<T>(value: Option<T>, make: impl FnOnce(T) -> Self) -> Self {
        value.map_or(Self::Empty, make)
    }

    /// As it stands in a file, without quotes.
    pub fn plain(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Integer(number) => number.to_string(),
            Self::Decimal(number, digits) => format!("{number:.*}", usize::from(*digits)),
            Self::Text(text) => text.clone(),
            Self::Flag(flag) => u8::from(*flag).to_string(),
            Self::Date(day) => day.format("%Y-%m-%d").to_string(),
            Self::Time(time) => time.to_rfc3339_opts(SecondsFormat::Secs, true),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_as_they_stand_in_a_file() {
        let time = DateTime::from_timestamp(1_795_000_000, 123_000_000).unwrap_or_default();
        let written = [
            (Value::Empty, ""),
            (Value::count(7u64), "7"),
            (Value::count(u64::MAX), ""),
            (Value::Flag(true), "1"),
            (Value::Decimal(2.345, 2), "2.35"),
            (Value::text("a"), "a"),
            (Value::Time(time), "2026-11-18T11:06:40Z"),
            (Value::day(time), "2026-11-18"),
            (Value::maybe(None::<u32>, Value::count), ""),
        ];
        for (value, expected) in written {
            assert_eq!(value.plain(), expected, "{value:?}");
        }
    }
}
