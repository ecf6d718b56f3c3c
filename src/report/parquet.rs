//! The Parquet files of an audit: the tables of the CSV files, for query engines.

use std::fs::File;
use std::io::{self, BufWriter};

use super::csv::{ATTACHMENTS, VERSIONS, version_rows};
use super::folder::ReportFolder;
use super::report_view::{FileRow, ReportView};
use super::{ReportError, format};
use crate::spreadsheet::{Column, Field, ParquetWriter, Sheet, Value};

/// Writes `attachments.parquet` and `versions.parquet`.
pub(super) fn write(folder: &mut ReportFolder, view: &ReportView<'_>, rows: &[FileRow<'_>]) -> Result<(), ReportError> {
    folder.write_seeking("attachments.parquet", |file| table(file, view, ATTACHMENTS, rows.iter().copied()))?;
    folder.write_seeking("versions.parquet", |file| table(file, view, VERSIONS, version_rows(rows)))
}

fn table<'r, S: Sheet>(
    file: &mut File,
    view: &ReportView<'_>,
    columns: &[Column<S>],
    rows: impl Iterator<Item = S::Row<'r>>,
) -> io::Result<()> {
    let fields: Vec<Field> = columns.iter().map(Column::field).collect();
    let mut writer = ParquetWriter::new(BufWriter::new(file), &fields)?;
    let mut cells: Vec<Value> = Vec::with_capacity(columns.len());
    for row in rows {
        cells.clear();
        cells.extend(columns.iter().map(|column| null_if_empty(column.value(&row))));
        writer.row(&cells)?;
    }
    let scan = &view.inventory.scan;
    let (mut sink, _) = writer.finish([
        ("site", scan.base_url.clone()),
        ("run_complete", view.run_complete()),
        ("finished_at", format::iso(scan.finished_at)),
    ])?;
    io::Write::flush(&mut sink)
}

/// Returns null for a text that is missing: in a CSV file it is empty.
fn null_if_empty(value: Value) -> Value {
    match value {
        Value::Text(text) if text.is_empty() => Value::Empty,
        value => value,
    }
}
