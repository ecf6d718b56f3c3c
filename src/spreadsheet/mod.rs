//! Tables for spreadsheets and business-intelligence tools: column definitions, typed values, and reading and writing of CSV
//! and Parquet files, and writing of workbooks. CSV files are protected against formula injection.

mod column;
mod csv_encoding;
mod csv_parser;
mod csv_table;
mod parquet;
mod record;
mod saved_text;
mod table_formats;
mod value;
mod workbook;

pub use self::parquet::{Field, ParquetTable, ParquetWriter};
pub use column::{
    Column, ColumnType, PlainSheet, Sheet, column_names, documentation, documentation_beyond, header, write_table,
};
pub use csv_encoding::{
    CsvLine, FORMULA_TRIGGERS, LINE_BREAKS, MAX_CELL_LENGTH, RESERVED_FOR_REST, csv_header, decode, encode, write_rows,
};
pub use csv_parser::{RawCell, cells_of_line};
pub use csv_table::{CsvTable, CsvTableError};
pub use record::{Record, RecordHeader};
pub use saved_text::{SEPARATORS, SavedText, SavedTextError};
pub use table_formats::TableFormats;
pub use value::Value;
pub use workbook::{
    PageSheet, RowStyle, TableColumn, TableHead, TableLayout, TableSheet, WorkbookLimits, WorkbookWriter,
};
