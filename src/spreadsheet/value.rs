//! Typed values of cells.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};

use super::csv_encoding::{decode, encode, one_line};
use super::{ColumnType, RawCell};

/// The value of one cell. A value that is not known, or was not read, is [`Value::Empty`], never zero.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Value {
    /// Not known.
    #[default]
    Empty,
    Integer(i64),
    /// A number with this many decimals, written with a decimal point.
    Decimal(f64, u8),
    Text(String),
    /// `1` or `0`, which every tool can sum.
    Flag(bool),
    /// A date, `2026-11-21`.
    Date(NaiveDate),
    /// A time in UTC to the second, `2026-11-21T19:41:07Z`.
    Time(DateTime<Utc>),
}

impl Value {
    /// Creates a text. An empty text is not an empty cell.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// Creates a whole number; empty if it is out of range.
    pub fn count(count: impl TryInto<i64>) -> Self {
        count.try_into().map_or(Self::Empty, Self::Integer)
    }

    /// Creates a date: the day of `moment` in UTC.
    pub fn day(moment: DateTime<Utc>) -> Self {
        Self::Date(moment.date_naive())
    }

    /// Creates a value from `Some`, and an empty cell from `None`.
    pub fn maybe<T>(value: Option<T>, make: impl FnOnce(T) -> Self) -> Self {
        value.map_or(Self::Empty, make)
    }

    /// Returns the text of the cell in a CSV file, without quotes.
    pub fn plain(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Integer(number) => number.to_string(),
            Self::Decimal(number, digits) => format!("{number:.*}", usize::from(*digits)),
            Self::Text(text) => text.clone(),
            Self::Flag(flag) => u8::from(*flag).to_string(),
            Self::Date(day) => day.to_string(),
            Self::Time(time) => time.to_rfc3339_opts(SecondsFormat::Secs, true),
        }
    }

    /// Returns the value that a CSV column of this type would return if it was written and read again: text on one line, but
    /// not cut; decimals and times with the precision of the column.
    #[must_use]
    pub fn normalized(self, holds: ColumnType) -> Self {
        match (self, holds) {
            (Self::Text(text), ColumnType::Text) => match one_line(&text) {
                Cow::Borrowed(_) => Self::Text(text),
                Cow::Owned(line) => Self::Text(line),
            },
            (value @ Self::Integer(_), ColumnType::Integer)
            | (value @ Self::Flag(_), ColumnType::Flag)
            | (value @ Self::Date(_), ColumnType::Date) => value,
            (value, _) => {
                let text = match (value, holds) {
                    (Self::Decimal(number, _), ColumnType::Decimal(digits)) => Self::Decimal(number, digits).plain(),
                    (value, _) => value.plain(),
                };
                let cell = RawCell { text: encode(&text), is_quoted: false };
                Self::read(&cell, holds).unwrap_or_default()
            }
        }
    }

    /// Parses a cell of a CSV file in a column of this type; `None` if the cell has no such value. An empty quoted cell is an
    /// empty text in a text column and an empty cell in all others.
    pub fn read(cell: &RawCell<'_>, holds: ColumnType) -> Option<Self> {
        let text = decode(&cell.text);
        if text.is_empty() && !(cell.is_quoted && holds == ColumnType::Text) {
            return Some(Self::Empty);
        }
        match holds {
            ColumnType::Text => Some(Self::text(text)),
            ColumnType::Integer => text.parse().ok().map(Self::Integer),
            ColumnType::Decimal(digits) => {
                let number = text.parse().ok().filter(|number: &f64| number.is_finite());
                number.map(|number| Self::Decimal(number, digits))
            }
            ColumnType::Flag => match text {
                "1" => Some(Self::Flag(true)),
                "0" => Some(Self::Flag(false)),
                _ => None,
            },
            ColumnType::Date => text.parse().ok().map(Self::Date),
            ColumnType::Time => DateTime::parse_from_rfc3339(text).ok().map(|time| Self::Time(time.to_utc())),
        }
    }

    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub fn as_integer(&self) -> Option<i64> {
        match self {
            Self::Integer(number) => Some(*number),
            _ => None,
        }
    }

    pub fn as_flag(&self) -> Option<bool> {
        match self {
            Self::Flag(flag) => Some(*flag),
            _ => None,
        }
    }

    pub fn as_time(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Time(time) => Some(*time),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::spreadsheet::{CsvLine, cells_of_line};

    const TYPES: [ColumnType; 6] = [
        ColumnType::Text,
        ColumnType::Integer,
        ColumnType::Decimal(3),
        ColumnType::Flag,
        ColumnType::Date,
        ColumnType::Time,
    ];

    /// A value of a column of this type.
    fn value_of(holds: ColumnType) -> BoxedStrategy<Value> {
        let moments = (-62_135_596_800i64..253_402_300_800, 0u32..1_000_000_000);
        let moments = moments.prop_map(|(seconds, nanos)| DateTime::from_timestamp(seconds, nanos).unwrap());
        let values = match holds {
            ColumnType::Text => "['=\",;\r\n \0-]{0,5}[\\s\\S]{0,20}".prop_map(Value::Text).boxed(),
            ColumnType::Integer => any::<i64>().prop_map(Value::Integer).boxed(),
            ColumnType::Decimal(digits) => any::<f64>().prop_map(move |number| Value::Decimal(number, digits)).boxed(),
            ColumnType::Flag => any::<bool>().prop_map(Value::Flag).boxed(),
            ColumnType::Date => moments.prop_map(Value::day).boxed(),
            ColumnType::Time => moments.prop_map(Value::Time).boxed(),
        };
        prop_oneof![1 => Just(Value::Empty), 9 => values].boxed()
    }

    /// Types, each with a value of the type or, sometimes, of another one.
    fn columns() -> impl Strategy<Value = Vec<(ColumnType, Value)>> {
        let types = || proptest::sample::select(TYPES.to_vec());
        let column = (types(), types(), 0..9)
            .prop_flat_map(|(holds, other, odd)| (Just(holds), value_of(if odd == 0 { other } else { holds })));
        proptest::collection::vec(column, 1..8)
    }

    fn written(values: &[Value]) -> String {
        let mut line = CsvLine::default();
        let line = str::from_utf8(line.set(values)).unwrap();
        line.strip_suffix("\r\n").unwrap().to_owned()
    }

    proptest! {
        #[test]
        fn a_file_returns_normalized_values(columns in columns()) {
            let types: Vec<ColumnType> = columns.iter().map(|(holds, _)| *holds).collect();
            let values: Vec<Value> = columns.into_iter().map(|(_, value)| value).collect();
            let read = |values: &[Value]| -> Vec<Option<Value>> {
                let line = written(values);
                let cells = cells_of_line(&line).unwrap();
                cells.iter().zip(&types).map(|(cell, holds)| Value::read(cell, *holds)).collect()
            };
            let normalized: Vec<Value> =
                values.iter().zip(&types).map(|(value, holds)| value.clone().normalized(*holds)).collect();
            let expected: Vec<Option<Value>> = normalized.iter().cloned().map(Some).collect();
            prop_assert_eq!(&read(&normalized), &expected);
            // a value that the file cannot represent becomes unknown
            let read: Vec<Value> = read(&values).into_iter().map(Option::unwrap_or_default).collect();
            prop_assert_eq!(&read, &normalized);
        }
    }

    #[test]
    fn only_quotes_mark_an_empty_text_and_invalid_values_are_rejected() {
        let read = |text: &str, is_quoted, holds| Value::read(&RawCell { text: text.into(), is_quoted }, holds);
        assert_eq!(read("", true, ColumnType::Text), Some(Value::text("")));
        assert_eq!(read("", false, ColumnType::Text), Some(Value::Empty));
        assert_eq!(read("", true, ColumnType::Time), Some(Value::Empty));
        assert_eq!(read("'=1", true, ColumnType::Text), Some(Value::text("=1")));
        assert_eq!(read("2.5", false, ColumnType::Decimal(3)), Some(Value::Decimal(2.5, 3)));
        let wrong = [
            ("1.5", ColumnType::Integer),
            ("true", ColumnType::Flag),
            ("NaN", ColumnType::Decimal(3)),
            ("2026-13-01", ColumnType::Date),
        ];
        for (text, holds) in wrong {
            assert_eq!(read(text, false, holds), None, "{text}");
        }
        let rounded = |number: f64| Value::Decimal(number, 3).normalized(ColumnType::Decimal(3));
        assert_eq!(rounded(2.0 / 3.0), Value::Decimal(0.667, 3));
        assert_eq!(Value::text("a\r\nb").normalized(ColumnType::Text), Value::text("a b"));
    }

    #[test]
    fn values_are_written_in_their_formats() {
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
