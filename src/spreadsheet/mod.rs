//! Tables that spreadsheets and business-intelligence tools open without harm: what their columns are, how
//! values stand in a CSV file, and how such a file is read back.

mod cell;
mod column;
mod line;
mod parquet;
mod record;
mod table;
mod value;

pub use self::parquet::{Field, ParquetTable, ParquetWriter};
pub use cell::{
    CsvLine, FORMULA_TRIGGERS, LINE_BREAKS, LONGEST_CELL, ROOM_FOR_THE_REST, csv_header, decode, encode, write_rows,
};
pub use column::{Column, Plain, Sheet, Type, documentation, header, write_table};
pub use line::{RawCell, cells_of_line};
pub use record::{Header, Record};
pub use table::{Table, TableError};
pub use value::Value;
