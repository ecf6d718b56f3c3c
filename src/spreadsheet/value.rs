//! What a cell can hold.

use chrono::{DateTime, SecondsFormat, Utc};

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

    /// `1` or `0`, which every tool can sum.
    pub fn flag(flag: bool) -> Self {
        Self::Integer(i64::from(flag))
    }

    /// A time in UTC to the second, `2026-11-21T19:41:07Z`.
    pub fn time(time: DateTime<Utc>) -> Self {
        Self::Text(time.to_rfc3339_opts(SecondsFormat::Secs, true))
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
            (Value::flag(true), "1"),
            (Value::Decimal(2.345, 2), "2.35"),
            (Value::text("a"), "a"),
            (Value::time(time), "2026-11-18T11:06:40Z"),
            (Value::maybe(None::<u32>, Value::count), ""),
        ];
        for (value, expected) in written {
            assert_eq!(value.plain(), expected, "{value:?}");
        }
    }
}
