//! Rows of typed values, accessed by column name.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};

use super::Value;

/// The names of columns and their positions in a row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecordHeader {
    names: Vec<String>,
    places: HashMap<String, usize>,
}

impl RecordHeader {
    /// Creates a header. If a name occurs twice, the first column counts.
    pub fn new(names: impl IntoIterator<Item: Into<String>>) -> Self {
        let names: Vec<String> = names.into_iter().map(Into::into).collect();
        let mut places = HashMap::with_capacity(names.len());
        for (place, name) in names.iter().enumerate() {
            places.entry(name.clone()).or_insert(place);
        }
        Self { names, places }
    }

    /// Returns the names, in the order of the cells.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Returns the position of a column; `None` if it does not exist.
    pub fn place(&self, name: &str) -> Option<usize> {
        self.places.get(name).copied()
    }
}

/// One row. A column that does not exist, or whose value has another type than requested, reads as empty.
#[derive(Debug, Clone, Copy)]
pub struct Record<'r> {
    header: &'r RecordHeader,
    cells: &'r [Value],
}

impl<'r> Record<'r> {
    /// `cells` are in the order of the header.
    pub fn new(header: &'r RecordHeader, cells: &'r [Value]) -> Self {
        Self { header, cells }
    }

    pub fn value(&self, name: &str) -> &'r Value {
        self.header.place(name).and_then(|place| self.cells.get(place)).unwrap_or(&Value::Empty)
    }

    /// Returns the text of a column. An empty text is a text.
    pub fn text(&self, name: &str) -> Option<&'r str> {
        self.value(name).as_text()
    }

    pub fn integer(&self, name: &str) -> Option<i64> {
        self.value(name).as_integer()
    }

    /// Returns the whole number of a column, unless it is negative.
    pub fn count(&self, name: &str) -> Option<u64> {
        self.integer(name).and_then(|number| number.try_into().ok())
    }

    pub fn decimal(&self, name: &str) -> Option<f64> {
        match self.value(name) {
            Value::Decimal(number, _) => Some(*number),
            _ => None,
        }
    }

    pub fn flag(&self, name: &str) -> Option<bool> {
        self.value(name).as_flag()
    }

    pub fn date(&self, name: &str) -> Option<NaiveDate> {
        match self.value(name) {
            Value::Date(day) => Some(*day),
            _ => None,
        }
    }

    pub fn time(&self, name: &str) -> Option<DateTime<Utc>> {
        self.value(name).as_time()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_read_by_name_and_type_and_missing_columns_are_empty() {
        let header = RecordHeader::new(["text", "number", "share", "flag", "day", "time", "behind", "text"]);
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
        assert_eq!(row.count("number"), None, "a count cannot be negative");
        for name in ["behind", "absent"] {
            assert_eq!(row.value(name), &Value::Empty);
        }
        assert_eq!((row.text("number"), row.integer("flag"), row.time("day")), (None, None, None), "of another type");
    }
}
