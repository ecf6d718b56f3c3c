//! Rows of typed values, each read by the name of its column.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};

use super::Value;

/// Which place each column has in a row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Header {
    names: Vec<String>,
    places: HashMap<String, usize>,
}

impl Header {
    /// The header of rows with these columns; of two of one name the first counts.
    pub fn new(names: impl IntoIterator<Item: Into<String>>) -> Self {
        let names: Vec<String> = names.into_iter().map(Into::into).collect();
        let mut places = HashMap::with_capacity(names.len());
        for (place, name) in names.iter().enumerate() {
            places.entry(name.clone()).or_insert(place);
        }
        Self { names, places }
    }

    /// The names, in the order of the cells.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Where a column stands; `None` when it is not there.
    pub fn place(&self, name: &str) -> Option<usize> {
        self.places.get(name).copied()
    }
}

/// One row. A column that is not there is empty, as is one of another type than is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Record<'r> {
    header: &'r Header,
    cells: &'r [Value],
}

impl<'r> Record<'r> {
    /// A row of these cells, in the order of the header.
    pub fn new(header: &'r Header, cells: &'r [Value]) -> Self {
        Self { header, cells }
    }

    /// Whatever a column holds.
    pub fn value(&self, name: &str) -> &'r Value {
        self.header.place(name).and_then(|place| self.cells.get(place)).unwrap_or(&Value::Empty)
    }

    /// The text of a column; an empty one is a text.
    pub fn text(&self, name: &str) -> Option<&'r str> {
        self.value(name).as_text()
    }

    /// The whole number of a column.
    pub fn integer(&self, name: &str) -> Option<i64> {
        self.value(name).as_integer()
    }

    /// The whole number of a column, which cannot be negative.
    pub fn count(&self, name: &str) -> Option<u64> {
        self.integer(name).and_then(|number| number.try_into().ok())
    }

    /// The number with decimals of a column.
    pub fn decimal(&self, name: &str) -> Option<f64> {
        match self.value(name) {
            Value::Decimal(number, _) => Some(*number),
            _ => None,
        }
    }

    /// The flag of a column.
    pub fn flag(&self, name: &str) -> Option<bool> {
        self.value(name).as_flag()
    }

    /// The day of a column.
    pub fn date(&self, name: &str) -> Option<NaiveDate> {
        match self.value(name) {
            Value::Date(day) => Some(*day),
            _ => None,
        }
    }

    /// The moment of a column.
    pub fn time(&self, name: &str) -> Option<DateTime<Utc>> {
        self.value(name).as_time()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_read_by_name_and_type_and_what_is_not_there_is_empty() {
        let header = Header::new(["text", "number", "share", "flag", "day", "time", "behind", "text"]);
        let (time, day) = (DateTime::UNIX_EPOCH, DateTime::UNIX_EPOCH.date_naive());
        let cells = [
            Value::text(""),
            Value::Integer(-7),
            Value::Decimal(0.5, 3),
            Value::Flag(false),
            Value::Date(day),
            Value::Time(time),
        ];
        let row = Record::new(&header, &cells);
        assert_eq!((row.text("text"), row.integer("number"), row.decimal("share")), (Some(""), Some(-7), Some(0.5)));
        assert_eq!((row.flag("flag"), row.date("day"), row.time("time")), (Some(false), Some(day), Some(time)));
        assert_eq!(row.count("number"), None, "there is no negative count");
        for name in ["behind", "absent"] {
            assert_eq!(row.value(name), &Value::Empty);
        }
        assert_eq!((row.text("number"), row.integer("flag"), row.time("day")), (None, None, None), "of another type");
    }
}
