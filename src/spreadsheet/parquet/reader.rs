//! Reader for Parquet files. It decodes only the requested columns.

use std::io;
use std::path::Path;

use bytes::Bytes;
use chrono::{DateTime, Days, NaiveDate};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{ByteArray, DataType};
use parquet::file::metadata::ParquetMetaData;
use parquet::file::reader::FileReader;
use parquet::file::serialized_reader::SerializedFileReader;

use super::{Field, SEAL, SEAL_AT, io_error, is_of};
use crate::spreadsheet::{ColumnType, Value};
use crate::support::checksum::sha256;
use crate::support::private_files::read_own_file;

/// A Parquet file in memory, compressed as on the disk.
#[expect(missing_debug_implementations, reason = "the reader of the library has none")]
pub struct ParquetTable {
    reader: SerializedFileReader<Bytes>,
    bytes: Bytes,
    seal: String,
}

impl ParquetTable {
    /// Reads a file that this program sealed. Returns an error of the kind [`io::ErrorKind::InvalidData`] if the file does not
    /// match its seal or has none.
    pub fn open(path: &Path) -> io::Result<Self> {
        let mut bytes = read_own_file(path)?;
        let seal = bytes.get(SEAL_AT..SEAL_AT + SEAL.len()).unwrap_or_default().to_vec();
        let is_seal = seal.len() == SEAL.len() && seal.iter().all(u8::is_ascii_hexdigit) && bytes.starts_with(b"PAR1");
        if !is_seal {
            return Err(invalid("it was not written by this program"));
        }
        // the checksum was computed with the placeholder in place of the seal
        bytes[SEAL_AT..SEAL_AT + SEAL.len()].copy_from_slice(&SEAL);
        let found = sha256(&bytes);
        if found.as_bytes() != seal {
            return Err(invalid("its checksum is wrong: the file was changed or is damaged"));
        }
        let bytes = Bytes::from(bytes);
        let reader = SerializedFileReader::new(bytes.clone()).map_err(io_error)?;
        Ok(Self { reader, bytes, seal: found })
    }

    /// Returns the checksum with which the file is sealed. It identifies the file.
    pub fn seal(&self) -> &str {
        &self.seal
    }

    pub(super) fn metadata(&self) -> &ParquetMetaData {
        self.reader.metadata()
    }

    pub(super) fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// Returns an entry of the file's metadata.
    pub fn entry(&self, key: &str) -> Option<&str> {
        let entries = self.metadata().file_metadata().key_value_metadata()?;
        entries.iter().find(|entry| entry.key == key)?.value.as_deref()
    }

    /// Returns the number of rows according to the metadata.
    pub fn rows(&self) -> u64 {
        self.metadata().file_metadata().num_rows().try_into().unwrap_or_default()
    }

    /// Returns the names of the columns.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.metadata().file_metadata().schema_descr().columns().iter().map(|column| column.name())
    }

    /// Returns the position of a column; `None` if it does not exist. Returns an error if it has another type.
    pub(super) fn place(&self, field: &Field) -> io::Result<Option<usize>> {
        let columns = self.metadata().file_metadata().schema_descr().columns();
        let Some(place) = columns.iter().position(|column| column.name() == field.name) else { return Ok(None) };
        if is_of(&columns[place], field.holds) {
            return Ok(Some(place));
        }
        let (name, holds) = (&field.name, field.holds.name());
        Err(invalid(format!("the column {name} is not of the type {holds}")))
    }

    /// Calls `see` with the cells of these columns for each row. Columns that the file does not have are empty.
    pub fn for_each_row<E: From<io::Error>>(
        &self,
        fields: &[Field],
        mut see: impl FnMut(&[Value]) -> Result<(), E>,
    ) -> Result<(), E> {
        let places = fields.iter().map(|field| self.place(field)).collect::<io::Result<Vec<_>>>()?;
        let mut cells = vec![Value::Empty; fields.len()];
        for number in 0..self.reader.num_row_groups() {
            let group = self.reader.get_row_group(number).map_err(io_error)?;
            let rows =
                usize::try_from(group.metadata().num_rows()).map_err(|_| invalid("a negative number of rows"))?;
            let mut columns = Vec::with_capacity(fields.len());
            for (field, place) in fields.iter().zip(&places) {
                let reader = place.map(|place| group.get_column_reader(place)).transpose().map_err(io_error)?;
                columns.push(reader.map(|reader| column(reader, field, rows)).transpose()?);
            }
            for _ in 0..rows {
                for (cell, column) in cells.iter_mut().zip(&mut columns) {
                    if let Some(decode_next) = column {
                        decode_next(cell)?;
                    }
                }
                see(&cells)?;
            }
        }
        Ok(())
    }
}

fn invalid(problem: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, problem.into())
}

/// Replaces a cell by the next one of a column.
type ColumnDecoder = Box<dyn FnMut(&mut Value) -> io::Result<()>>;

/// Returns a decoder for one column of a row group.
fn column(reader: ColumnReader, field: &Field, rows: usize) -> io::Result<ColumnDecoder> {
    match (reader, field.holds) {
        (ColumnReader::ByteArrayColumnReader(reader), ColumnType::Text) => {
            cells(reader, field, rows, |bytes: ByteArray, before| {
                // reuse the allocation of the previous text
                let mut text = if let Value::Text(text) = before { text } else { String::new() };
                text.clear();
                text.push_str(bytes.as_utf8().map_err(io_error)?);
                Ok(Value::Text(text))
            })
        }
        (ColumnReader::Int64ColumnReader(reader), ColumnType::Integer) => {
            cells(reader, field, rows, |number, _| Ok(Value::Integer(number)))
        }
        (ColumnReader::DoubleColumnReader(reader), ColumnType::Decimal(digits)) => {
            cells(reader, field, rows, move |number, _| Ok(Value::Decimal(number, digits)))
        }
        (ColumnReader::BoolColumnReader(reader), ColumnType::Flag) => {
            cells(reader, field, rows, |flag, _| Ok(Value::Flag(flag)))
        }
        (ColumnReader::Int32ColumnReader(reader), ColumnType::Date) => cells(reader, field, rows, |days, _| {
            let since = Days::new(u64::from(days.unsigned_abs()));
            let epoch = NaiveDate::default();
            let day = if days < 0 { epoch.checked_sub_days(since) } else { epoch.checked_add_days(since) };
            day.map(Value::Date).ok_or_else(|| invalid("a date is out of range"))
        }),
        (ColumnReader::Int64ColumnReader(reader), ColumnType::Time) => cells(reader, field, rows, |micros, _| {
            DateTime::from_timestamp_micros(micros).map(Value::Time).ok_or_else(|| invalid("a time is out of range"))
        }),
        _ => Err(invalid("the stored type of a column differs from its schema")),
    }
}

fn cells<T: DataType<T: 'static>>(
    mut reader: ColumnReaderImpl<T>,
    field: &Field,
    rows: usize,
    value: impl Fn(T::T, Value) -> io::Result<Value> + 'static,
) -> io::Result<ColumnDecoder> {
    let (mut levels, mut values) = (Vec::new(), Vec::new());
    // do not allocate for the number of rows that the file claims, only for rows that it has
    while levels.len() < rows {
        let (read, _, _) =
            reader.read_records(rows - levels.len(), Some(&mut levels), None, &mut values).map_err(io_error)?;
        if read == 0 {
            return Err(invalid(format!("the column {} has {} of {rows} rows", field.name, levels.len())));
        }
    }
    let (mut levels, mut values) = (levels.into_iter(), values.into_iter());
    Ok(Box::new(move |cell| {
        *cell = match levels.next() {
            None | Some(0) => Value::Empty,
            Some(_) => value(values.next().ok_or_else(|| invalid("a value is missing"))?, std::mem::take(cell))?,
        };
        Ok(())
    }))
}
