//! Rows as a table, as if they had been read from a file.

use crate::metrics::columns;
use crate::spreadsheet::{Table, Value};

/// The table of the rows of this run.
pub(super) fn of_cells(rows: &[Vec<Value>]) -> Table {
    Table {
        header: columns::names().into_iter().map(str::to_owned).collect(),
        rows: rows.iter().map(|row| row.iter().map(Value::plain).collect()).collect(),
    }
}
