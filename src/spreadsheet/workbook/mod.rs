//! Workbooks (`.xlsx`): sheets with the same typed columns as the CSV files, and sheets with text for people.
//!
//! Rows are written to temporary files in a private folder, so a workbook needs little memory. Texts are always texts,
//! never formulas, so they need no protection. The same input gives the same bytes.

mod column;
mod formats;
mod link;
mod page;
mod table;
#[cfg(test)]
mod tests;

use std::error::Error;
use std::io::{self, Write};
use std::path::Path;

use chrono::{DateTime, Datelike, Timelike, Utc};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, Worksheet, XlsxError};

pub use column::TableColumn;
pub use page::{PageSheet, RowStyle};
pub use table::{TableHead, TableLayout, TableSheet};

use super::Value;
use super::csv_encoding::shown;
use crate::support::caught_panic;
use formats::Formats;

/// What a workbook can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkbookLimits {
    /// Rows of a sheet, with headings and notes.
    pub rows: u32,
    /// Links of a sheet. Excel allows 65,530, but each takes about 1 KB of memory until the workbook is written.
    pub links: u32,
    /// UTF-16 units of the address of a link.
    pub link_length: usize,
}

impl Default for WorkbookLimits {
    fn default() -> Self {
        Self { rows: 1_048_576, links: 20_000, link_length: 2_079 }
    }
}

/// Compression level of the container. Higher levels take longer and save little.
const COMPRESSION: u8 = 3;

/// Estimated size of a sheet from which the container needs its extension for large files, which begin at 4 GiB. Escaped
/// characters make a sheet larger than estimated.
const LARGE_SHEET: u64 = 1 << 30;

/// A workbook that is being written.
#[expect(missing_debug_implementations, reason = "the sheets of the library have none")]
pub struct WorkbookWriter {
    workbook: Workbook,
    formats: Formats,
    limits: WorkbookLimits,
    /// Estimated size of the largest sheet.
    largest: u64,
}

impl WorkbookWriter {
    /// Begins a workbook. `temporary` is the private folder for its temporary files, which are removed when it is
    /// finished or dropped; `created` is its creation time for readers.
    pub fn new(temporary: &Path, title: &str, created: DateTime<Utc>) -> io::Result<Self> {
        let properties = DocProperties::new().set_title(title).set_author(env!("CARGO_PKG_NAME"));
        let properties = match excel_time(created) {
            Some(time) => properties.set_creation_datetime(&time),
            None => properties,
        };
        let mut workbook = Workbook::new();
        guarded(|| {
            workbook.set_tempdir(temporary)?;
            workbook.set_properties(&properties).set_zip_compression_level(COMPRESSION);
            Ok(())
        })?;
        Ok(Self { workbook, formats: Formats::new(), limits: WorkbookLimits::default(), largest: 0 })
    }

    /// Sets other limits than those of Excel, for tests.
    #[must_use]
    pub fn with_limits(self, limits: WorkbookLimits) -> Self {
        Self { limits, ..self }
    }

    /// Adds a sheet with a table. Sheets are shown in the order in which they are added.
    pub fn table(&mut self, layout: TableLayout<'_>) -> io::Result<TableSheet<'_>> {
        self.table_with(layout, TableHead::default())
    }

    /// Adds a sheet with a table that begins in another way.
    pub fn table_with(&mut self, layout: TableLayout<'_>, head: TableHead<'_>) -> io::Result<TableSheet<'_>> {
        let sheet = guarded(|| self.workbook.add_worksheet_with_constant_memory())?;
        TableSheet::begin(sheet, &self.formats, self.limits, (layout, head), &mut self.largest)
    }

    /// Adds a sheet with text for people, in columns of these widths.
    pub fn page(&mut self, name: &str, widths: &[u32]) -> io::Result<PageSheet<'_>> {
        let sheet = guarded(|| self.workbook.add_worksheet_with_constant_memory())?;
        PageSheet::begin(sheet, &self.formats, name, widths)
    }

    /// Writes the workbook.
    pub fn finish(mut self, sink: &mut (dyn Write + Send)) -> io::Result<()> {
        let mut sink = FailOnce { sink, error: None };
        let saved = guarded(|| {
            self.workbook.use_zip_large_file(self.largest > LARGE_SHEET);
            self.workbook.save_to_writer(&mut sink)
        });
        sink.error.map_or(saved, Err)
    }
}

/// A sink that keeps its first error, and then takes all bytes: the library would print a second error.
struct FailOnce<'w> {
    sink: &'w mut (dyn Write + Send),
    error: Option<io::Error>,
}

impl FailOnce<'_> {
    fn keep(&mut self, error: io::Error) -> io::Error {
        let kind = error.kind();
        self.error = Some(error);
        kind.into()
    }
}

impl Write for FailOnce<'_> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        if self.error.is_some() {
            return Ok(buffer.len());
        }
        match self.sink.write(buffer) {
            Ok(0) if !buffer.is_empty() => Err(self.keep(io::ErrorKind::WriteZero.into())),
            Err(error) if error.kind() != io::ErrorKind::Interrupted => Err(self.keep(error)),
            result => result,
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.error.is_some() {
            return Ok(());
        }
        self.sink.flush().map_err(|error| self.keep(error))
    }
}

/// Calls the library, which panics if it cannot write to a temporary file.
fn guarded<T>(call: impl FnOnce() -> Result<T, XlsxError>) -> io::Result<T> {
    caught_panic::catch(call).map_err(|message| error_of_panic(&message))?.map_err(io_error)
}

/// Returns the error of the system that a panic message names: `Couldn't write to xml file: Os { code: 28, … }`.
fn error_of_panic(message: &str) -> io::Error {
    let code = message.split_once("Os { code: ").and_then(|(_, rest)| rest.split(',').next()?.parse().ok());
    code.map_or_else(|| io::Error::other(message.to_owned()), io::Error::from_raw_os_error)
}

/// Returns the underlying error of the file system, or else an error with the message of the library.
fn io_error(error: XlsxError) -> io::Error {
    match error {
        XlsxError::IoError(error) | XlsxError::TempFileError(_, error) => error,
        other => {
            let source = other.source().and_then(|source| source.downcast_ref::<io::Error>());
            match source.and_then(io::Error::raw_os_error) {
                Some(code) => io::Error::from_raw_os_error(code),
                None => io::Error::new(source.map_or(io::ErrorKind::InvalidData, io::Error::kind), other.to_string()),
            }
        }
    }
}

/// Returns a time as the library needs it, to the second; `None` if Excel cannot show it.
fn excel_time(time: DateTime<Utc>) -> Option<ExcelDateTime> {
    let small = |number: u32| u8::try_from(number).unwrap_or_default();
    let day = ExcelDateTime::from_ymd(u16::try_from(time.year()).ok()?, small(time.month()), small(time.day())).ok()?;
    day.and_hms(u16::try_from(time.hour()).ok()?, small(time.minute()), time.second()).ok()
}

/// How a value is written to a cell.
#[derive(Debug, PartialEq)]
enum Cell<'v> {
    Blank,
    Number(f64),
    Text(std::borrow::Cow<'v, str>),
}

/// The largest integer of which Excel shows all digits.
const LARGEST_INTEGER: u64 = 999_999_999_999_999;
/// Days from 1899-12-30 to 1970-01-01: day numbers of Excel are those of this calendar from 1900-03-01 on.
const DAYS_BEFORE_1970: i64 = 25_569;
/// The day numbers of 1900-03-01 and 9999-12-31.
const DAYS: std::ops::RangeInclusive<i64> = 61..=2_958_465;
const SECONDS_PER_DAY: i64 = 86_400;

/// Returns how a value is written. A number, date or time that Excel would change is written as text.
fn cell(value: &Value) -> Cell<'_> {
    let text = || Cell::Text(value.plain().into());
    match value {
        Value::Empty => Cell::Blank,
        Value::Text(content) if content.is_empty() => Cell::Blank,
        Value::Text(content) => Cell::Text(shown(content)),
        Value::Integer(number) if number.unsigned_abs() <= LARGEST_INTEGER => Cell::Number(*number as f64),
        Value::Decimal(number, _) if number.is_finite() => value.plain().parse().map_or_else(|_| text(), Cell::Number),
        Value::Integer(_) | Value::Decimal(..) => text(),
        Value::Flag(flag) => Cell::Number(f64::from(u8::from(*flag))),
        Value::Date(day) => {
            let days = day.signed_duration_since(chrono::NaiveDate::default()).num_days() + DAYS_BEFORE_1970;
            if DAYS.contains(&days) { Cell::Number(days as f64) } else { text() }
        }
        Value::Time(time) => {
            let seconds = time.timestamp();
            let days = seconds.div_euclid(SECONDS_PER_DAY) + DAYS_BEFORE_1970;
            let of_day = seconds.rem_euclid(SECONDS_PER_DAY) as f64 / SECONDS_PER_DAY as f64;
            if DAYS.contains(&days) { Cell::Number(days as f64 + of_day) } else { text() }
        }
    }
}

/// Writes a value, in the format of its column or in another one. Returns the estimated size of the cell in the sheet.
fn write(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    value: &Value,
    format: Option<&rust_xlsxwriter::Format>,
) -> Result<u64, XlsxError> {
    /// Estimated size of the tags of a cell.
    const TAGS: u64 = 60;
    match (cell(value), format) {
        (Cell::Blank, None) => return Ok(0),
        (Cell::Blank, Some(format)) => sheet.write_blank(row, column, format)?,
        (Cell::Number(number), None) => sheet.write_number(row, column, number)?,
        (Cell::Number(number), Some(format)) => sheet.write_number_with_format(row, column, number, format)?,
        (Cell::Text(text), format) => {
            let size = TAGS + text.len() as u64;
            match format {
                None => sheet.write_string(row, column, text)?,
                Some(format) => sheet.write_string_with_format(row, column, text, format)?,
            };
            return Ok(size);
        }
    };
    Ok(TAGS)
}
