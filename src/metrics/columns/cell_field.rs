//! Conversion between fields of a row and cells, in both directions, for columns that hold exactly one field.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use crate::inventory::ParentKind;
use crate::inventory::snapshot::ViewedLast;
use crate::inventory::workflow::{DueWindow, WorkflowSource};
use crate::metrics::Staleness;
use crate::metrics::link_problems::LinkProblem;
use crate::metrics::page_row::SinceFrom;
use crate::spreadsheet::{Record, Value};

/// Defines a column of a field of the row: the constructor without the value, and the field.
macro_rules! field {
    ($kind:ident($name:literal $(, $unit:literal)?), $($field:ident).+) => {
        $crate::metrics::columns::PageColumn::$kind($name $(, $unit)?, |page| {
            $crate::metrics::columns::cell_field::CellField::to_value(&page.row.$($field).+)
        })
        .restored(|row, record| {
            $crate::metrics::columns::cell_field::CellField::restore(&mut row.$($field).+, record.value($name));
        })
    };
}

/// Defines a column of a field of the body's measures.
macro_rules! of_body {
    ($kind:ident($name:literal $(, $unit:literal)?), $field:ident) => {
        $crate::metrics::columns::PageColumn::$kind($name $(, $unit)?, |page| {
            $crate::spreadsheet::Value::maybe(page.row.measures.as_ref(), |measures| {
                $crate::metrics::columns::cell_field::CellField::to_value(&measures.$field)
            })
        })
        .restored(|row, record| {
            let value = record.value($name);
            if *value != $crate::spreadsheet::Value::Empty {
                let measures = row.measures.get_or_insert_default();
                $crate::metrics::columns::cell_field::CellField::restore(&mut measures.$field, value);
            }
        })
    };
}

/// A field of a row that one cell holds.
pub(super) trait CellField {
    fn to_value(&self) -> Value;
    /// Sets the field to the value of a cell. A cell without a value leaves the field as in an empty row.
    fn restore(&mut self, cell: &Value);
}

impl<T: InCell> CellField for T {
    fn to_value(&self) -> Value {
        self.to_cell()
    }

    fn restore(&mut self, cell: &Value) {
        if let Some(value) = T::of_cell(cell) {
            *self = value;
        }
    }
}

impl<T: InCell> CellField for Option<T> {
    fn to_value(&self) -> Value {
        Value::maybe(self.as_ref(), T::to_cell)
    }

    fn restore(&mut self, cell: &Value) {
        *self = T::of_cell(cell);
    }
}

/// `name=value`, separated by semicolons, which no value may contain.
impl CellField for BTreeMap<String, String> {
    fn to_value(&self) -> Value {
        let pairs: Vec<String> = self.iter().map(|(name, value)| format!("{name}={value}")).collect();
        joined(&pairs, ";")
    }

    fn restore(&mut self, cell: &Value) {
        let pairs = cell.as_text().into_iter().flat_map(|text| text.split(';')).filter_map(|pair| pair.split_once('='));
        *self = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    }
}

/// A value that can be stored in a cell.
pub(super) trait InCell: Sized {
    fn to_cell(&self) -> Value;
    /// Returns the value of a cell; `None` if the cell has none of this type.
    fn of_cell(cell: &Value) -> Option<Self>;
}

macro_rules! numbers {
    ($($number:ty),+) => {$(
        impl InCell for $number {
            fn to_cell(&self) -> Value {
                Value::count(*self)
            }

            fn of_cell(cell: &Value) -> Option<Self> {
                cell.as_integer().and_then(|number| number.try_into().ok())
            }
        }
    )+};
}
numbers!(i64, u64, u32, u8);

/// Enums whose values are words.
macro_rules! words {
    ($($word:ty),+) => {$(
        impl InCell for $word {
            fn to_cell(&self) -> Value {
                Value::text(self.name())
            }

            fn of_cell(cell: &Value) -> Option<Self> {
                let text = cell.as_text()?;
                Self::ALL.into_iter().find(|word| word.name() == text)
            }
        }
    )+};
}
words!(DueWindow, SinceFrom, Staleness, ViewedLast);

impl InCell for ParentKind {
    fn to_cell(&self) -> Value {
        Value::text(self.as_str())
    }

    fn of_cell(cell: &Value) -> Option<Self> {
        String::of_cell(cell).map(Self::from)
    }
}

impl InCell for WorkflowSource {
    fn to_cell(&self) -> Value {
        Value::text(self.to_string())
    }

    fn of_cell(cell: &Value) -> Option<Self> {
        String::of_cell(cell)?.try_into().ok()
    }
}

impl InCell for String {
    fn to_cell(&self) -> Value {
        Value::text(self)
    }

    fn of_cell(cell: &Value) -> Option<Self> {
        cell.as_text().map(str::to_owned)
    }
}

impl InCell for bool {
    fn to_cell(&self) -> Value {
        Value::Flag(*self)
    }

    fn of_cell(cell: &Value) -> Option<Self> {
        cell.as_flag()
    }
}

impl InCell for DateTime<Utc> {
    fn to_cell(&self) -> Value {
        Value::Time(*self)
    }

    fn of_cell(cell: &Value) -> Option<Self> {
        cell.as_time()
    }
}

/// Lists stored as JSON, because their texts may contain any separator.
macro_rules! lists {
    ($($list:ty),+) => {$(
        impl InCell for $list {
            fn to_cell(&self) -> Value {
                // serializing strings and enums cannot fail
                Value::maybe(serde_json::to_string(self).ok(), Value::text)
            }

            fn of_cell(cell: &Value) -> Option<Self> {
                serde_json::from_str(cell.as_text()?).ok()
            }
        }
    )+};
}
lists!(Vec<LinkProblem>, BTreeSet<String>);

/// Texts separated by semicolons; an empty list is an empty text.
impl InCell for Vec<String> {
    fn to_cell(&self) -> Value {
        Value::text(self.join(";"))
    }

    fn of_cell(cell: &Value) -> Option<Self> {
        cell.as_text().map(|text| parts(text, ";"))
    }
}

fn parts(text: &str, separator: &str) -> Vec<String> {
    if text.is_empty() { Vec::new() } else { text.split(separator).map(str::to_owned).collect() }
}

/// Joins texts with a separator; an empty list is an empty cell.
pub(super) fn joined(parts: &[String], separator: &str) -> Value {
    if parts.is_empty() { Value::Empty } else { Value::text(parts.join(separator)) }
}

/// Splits a cell that [`joined`] made.
pub(super) fn split(record: Record<'_>, column: &str, separator: &str) -> Vec<String> {
    parts(record.text(column).unwrap_or_default(), separator)
}
