//! What a cell can hold.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};

use super::cell::{decode, encode, one_line};
use super::{RawCell, Type};

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
            Self::Date(day) => day.to_string(),
            Self::Time(time) => time.to_rfc3339_opts(SecondsFormat::Secs, true),
        }
    }

    /// The value that a CSV file gives back for this one in a column of this type: text on one line, however long it is,
    /// decimals and moments as exact as the column writes them.
    #[must_use]
    pub fn normalized(self, holds: Type) -> Self {
        match (self, holds) {
            (Self::Text(text), Type::Text) => match one_line(&text) {
                Cow::Borrowed(_) => Self::Text(text),
                Cow::Owned(line) => Self::Text(line),
            },
            (value @ Self::Integer(_), Type::Integer)
            | (value @ Self::Flag(_), Type::Flag)
            | (value @ Self::Date(_), Type::Date) => value,
            (value, _) => {
                let text = match (value, holds) {
                    (Self::Decimal(number, _), Type::Decimal(digits)) => Self::Decimal(number, digits).plain(),
                    (value, _) => value.plain(),
                };
                let cell = RawCell { text: encode(&text), is_quoted: false };
                Self::read(&cell, holds).unwrap_or_default()
            }
        }
    }

    /// The value of a cell of a CSV file in a column of this type; `None` when the cell holds no such value. Nothing
    /// between quotes is an empty text in a column of texts, and not known everywhere else.
    pub fn read(cell: &RawCell<'_>, holds: Type) -> Option<Self> {
        let text = decode(&cell.text);
        if text.is_empty() && !(cell.is_quoted && holds == Type::Text) {
            return Some(Self::Empty);
        }
        match holds {
            Type::Text => Some(Self::text(text)),
            Type::Integer => text.parse().ok().map(Self::Integer),
            Type::Decimal(digits) => {
                let number = text.parse().ok().filter(|number: &f64| number.is_finite());
                number.map(|number| Self::Decimal(number, digits))
            }
            Type::Flag => match text {
                "1" => Some(Self::Flag(true)),
                "0" => Some(Self::Flag(false)),
                _ => None,
            },
            Type::Date => text.parse().ok().map(Self::Date),
            Type::Time => DateTime::parse_from_rfc3339(text).ok().map(|time| Self::Time(time.to_utc())),
        }
    }

    /// The text, where it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The whole number, where it is one.
    pub fn as_integer(&self) -> Option<i64> {
        match self {
            Self::Integer(number) => Some(*number),
            _ => None,
        }
    }

    /// The flag, where it is one.
    pub fn as_flag(&self) -> Option<bool> {
        match self {
            Self::Flag(flag) => Some(*flag),
            _ => None,
        }
    }

    /// The moment, where it is one.
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

    const TYPES: [Type; 6] = [Type::Text, Type::Integer, Type::Decimal(3), Type::Flag, Type::Date, Type::Time];

    /// A value that a column of this type is given.
    fn value_of(holds: Type) -> BoxedStrategy<Value> {
        let moments = (-62_135_596_800i64..253_402_300_800, 0u32..1_000_000_000);
        let moments = moments.prop_map(|(seconds, nanos)| DateTime::from_timestamp(seconds, nanos).unwrap());
        let values = match holds {
            Type::Text => "['=\",;\r\n \0-]{0,5}[\\s\\S]{0,20}".prop_map(Value::Text).boxed(),
            Type::Integer => any::<i64>().prop_map(Value::Integer).boxed(),
            Type::Decimal(digits) => any::<f64>().prop_map(move |number| Value::Decimal(number, digits)).boxed(),
            Type::Flag => any::<bool>().prop_map(Value::Flag).boxed(),
            Type::Date => moments.prop_map(Value::day).boxed(),
            Type::Time => moments.prop_map(Value::Time).boxed(),
        };
        prop_oneof![1 => Just(Value::Empty), 9 => values].boxed()
    }

    /// Types and as many values, each of its type or, sometimes, of another one.
    fn columns() -> impl Strategy<Value = Vec<(Type, Value)>> {
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
        fn a_file_gives_normalized_values_back(columns in columns()) {
            let types: Vec<Type> = columns.iter().map(|(holds, _)| *holds).collect();
            let values: Vec<Value> = columns.into_iter().map(|(_, value)| value).collect();
            let read = |values: &[Value]| -> Vec<Option<Value>> {
                let line = written(values);
                let cells = cells_of_line(&line).unwrap();
                cells.iter().zip(&types).map(|(cell, holds)| Value::read(cell, *holds)).collect()
            };
            let normalized: Vec<Value> =
                values.iter().zip(&types).map(|(value, holds)| value.clone().normalized(*holds)).collect();
            let whole: Vec<Option<Value>> = normalized.iter().cloned().map(Some).collect();
            prop_assert_eq!(&read(&normalized), &whole);
            // what the file cannot hold is not known
            let read: Vec<Value> = read(&values).into_iter().map(Option::unwrap_or_default).collect();
            prop_assert_eq!(&read, &normalized);
        }
    }

    #[test]
    fn only_quotes_tell_an_empty_text_and_what_is_no_value_is_told() {
        let read = |text: &str, is_quoted, holds| Value::read(&RawCell { text: text.into(), is_quoted }, holds);
        assert_eq!(read("", true, Type::Text), Some(Value::text("")));
        assert_eq!(read("", false, Type::Text), Some(Value::Empty));
        assert_eq!(read("", true, Type::Time), Some(Value::Empty));
        assert_eq!(read("'=1", true, Type::Text), Some(Value::text("=1")));
        assert_eq!(read("2.5", false, Type::Decimal(3)), Some(Value::Decimal(2.5, 3)));
        let wrong =
            [("1.5", Type::Integer), ("true", Type::Flag), ("NaN", Type::Decimal(3)), ("2026-13-01", Type::Date)];
        for (text, holds) in wrong {
            assert_eq!(read(text, false, holds), None, "{text}");
        }
        let rounded = |number: f64| Value::Decimal(number, 3).normalized(Type::Decimal(3));
        assert_eq!(rounded(2.0 / 3.0), Value::Decimal(0.667, 3));
        assert_eq!(Value::text("a\r\nb").normalized(Type::Text), Value::text("a b"));
    }

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
