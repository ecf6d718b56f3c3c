//! Writer for Parquet files, row by row.

use std::io::{self, Seek, SeekFrom, Write};
use std::sync::Arc;

use chrono::NaiveDate;
use parquet::basic::{Compression, ZstdLevel};
use parquet::column::writer::ColumnCloseResult;
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int32Type, Int64Type};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};

use super::{Field, ParquetTable, SEAL, SEAL_AT, io_error, schema};
use crate::spreadsheet::{ColumnType, Value};
use crate::support::checksum::HashingWriter;

/// Number of rows in a row group, which is kept in memory until it is written: 8,192 pages with all columns are some 60 MB.
const ROWS_PER_GROUP: usize = 8_192;

/// A Parquet file that is being written.
#[expect(missing_debug_implementations, reason = "the writer of the library has none")]
pub struct ParquetWriter<W: Write + Seek + Send> {
    file: SerializedFileWriter<HashingWriter<W>>,
    fields: Vec<Field>,
    columns: Vec<ColumnBuffer>,
    rows: usize,
}

/// The cells of one column that are not written yet.
struct ColumnBuffer {
    /// For each row 1 if it has a value, else 0.
    levels: Vec<i16>,
    values: ColumnValues,
}

enum ColumnValues {
    Texts(Vec<ByteArray>),
    Integers(Vec<i64>),
    Decimals(Vec<f64>),
    Flags(Vec<bool>),
    Dates(Vec<i32>),
    Times(Vec<i64>),
}

impl<W: Write + Seek + Send> ParquetWriter<W> {
    pub fn new(sink: W, fields: &[Field]) -> io::Result<Self> {
        let properties = WriterProperties::builder()
            .set_created_by(concat!("confluence-storage-analyzer ", env!("CARGO_PKG_VERSION")).to_owned())
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_statistics_enabled(EnabledStatistics::Chunk)
            .set_offset_index_disabled(true)
            .build();
        let schema = schema(fields)?;
        let mut file =
            SerializedFileWriter::new(HashingWriter::new(sink), schema, Arc::new(properties)).map_err(io_error)?;
        file.write_all(&SEAL)?;
        let columns = fields.iter().map(|field| ColumnBuffer::new(field.holds)).collect();
        Ok(Self { file, fields: fields.to_vec(), columns, rows: 0 })
    }

    /// Writes a row: one cell for each column, in their order. Returns an error if a cell has another type than its column.
    pub fn row<'v>(&mut self, cells: impl IntoIterator<Item = &'v Value>) -> io::Result<()> {
        let mut cells = cells.into_iter();
        for (column, field) in self.columns.iter_mut().zip(&self.fields) {
            let cell = cells.next().unwrap_or(&Value::Empty);
            if !column.push(cell) {
                let problem = format!("{cell:?} does not fit the column {}", field.name);
                return Err(io::Error::new(io::ErrorKind::InvalidInput, problem));
            }
        }
        self.rows += 1;
        if self.rows == ROWS_PER_GROUP { self.write_group() } else { Ok(()) }
    }

    fn write_group(&mut self) -> io::Result<()> {
        let mut group = self.file.next_row_group().map_err(io_error)?;
        for cells in &mut self.columns {
            let writer = group.next_column().map_err(io_error)?.ok_or_else(too_few_columns)?;
            cells.write(writer)?;
        }
        group.close().map_err(io_error)?;
        self.rows = 0;
        Ok(())
    }

    /// Copies all rows of another file without decoding them. The columns in `constants` have the same value in all rows; the
    /// others are copied by name, and are null if the file does not have them.
    pub fn copy(&mut self, table: &ParquetTable, constants: &[(&str, Value)]) -> io::Result<()> {
        if self.rows > 0 {
            self.write_group()?;
        }
        for from in table.metadata().row_groups() {
            let rows = usize::try_from(from.num_rows()).unwrap_or_default();
            let mut group = self.file.next_row_group().map_err(io_error)?;
            for (field, cells) in self.fields.iter().zip(&mut self.columns) {
                let constant = constants.iter().find(|(name, _)| *name == field.name).map(|(_, value)| value);
                if let Some(place) = table.place(field)?.filter(|_| constant.is_none()) {
                    let metadata = from.column(place).clone();
                    let close = ColumnCloseResult {
                        bytes_written: metadata.compressed_size().try_into().unwrap_or_default(),
                        rows_written: rows as u64,
                        metadata,
                        bloom_filter: None,
                        column_index: None,
                        offset_index: None,
                    };
                    group.append_column(table.bytes(), close).map_err(io_error)?;
                } else {
                    for _ in 0..rows {
                        cells.push(constant.unwrap_or(&Value::Empty));
                    }
                    cells.write(group.next_column().map_err(io_error)?.ok_or_else(too_few_columns)?)?;
                }
            }
            group.close().map_err(io_error)?;
        }
        Ok(())
    }

    /// Ends the file with these metadata entries and seals it. Returns the sink and the seal.
    pub fn finish<'m>(mut self, metadata: impl IntoIterator<Item = (&'m str, String)>) -> io::Result<(W, String)> {
        if self.rows > 0 {
            self.write_group()?;
        }
        for (key, value) in metadata {
            self.file.append_key_value_metadata(KeyValue::new(key.to_owned(), value));
        }
        let (mut sink, _, seal) = self.file.into_inner().map_err(io_error)?.finish();
        sink.seek(SeekFrom::Start(SEAL_AT as u64))?;
        sink.write_all(seal.as_bytes())?;
        sink.flush()?;
        Ok((sink, seal))
    }
}

fn too_few_columns() -> io::Error {
    io::Error::other("the schema has fewer columns than the table")
}

impl ColumnBuffer {
    fn new(holds: ColumnType) -> Self {
        let values = match holds {
            ColumnType::Text => ColumnValues::Texts(Vec::new()),
            ColumnType::Integer => ColumnValues::Integers(Vec::new()),
            ColumnType::Decimal(_) => ColumnValues::Decimals(Vec::new()),
            ColumnType::Flag => ColumnValues::Flags(Vec::new()),
            ColumnType::Date => ColumnValues::Dates(Vec::new()),
            ColumnType::Time => ColumnValues::Times(Vec::new()),
        };
        Self { levels: Vec::new(), values }
    }

    /// Adds a cell. Returns whether it has the type of the column.
    fn push(&mut self, cell: &Value) -> bool {
        match (&mut self.values, cell) {
            (_, Value::Empty) => {}
            (ColumnValues::Texts(texts), Value::Text(text)) => texts.push(text.as_str().into()),
            (ColumnValues::Integers(numbers), Value::Integer(number)) => numbers.push(*number),
            (ColumnValues::Decimals(numbers), Value::Decimal(number, _)) => numbers.push(*number),
            (ColumnValues::Flags(flags), Value::Flag(flag)) => flags.push(*flag),
            (ColumnValues::Dates(days), Value::Date(day)) => days.push(days_since_1970(*day)),
            (ColumnValues::Times(times), Value::Time(time)) => times.push(time.timestamp_micros()),
            _ => return false,
        }
        self.levels.push(i16::from(*cell != Value::Empty));
        true
    }

    fn write(&mut self, mut writer: SerializedColumnWriter<'_>) -> io::Result<()> {
        let levels = std::mem::take(&mut self.levels);
        match &mut self.values {
            ColumnValues::Texts(texts) => batch::<ByteArrayType>(&mut writer, texts, &levels),
            ColumnValues::Integers(numbers) => batch::<Int64Type>(&mut writer, numbers, &levels),
            ColumnValues::Decimals(numbers) => batch::<DoubleType>(&mut writer, numbers, &levels),
            ColumnValues::Flags(flags) => batch::<BoolType>(&mut writer, flags, &levels),
            ColumnValues::Dates(days) => batch::<Int32Type>(&mut writer, days, &levels),
            ColumnValues::Times(times) => batch::<Int64Type>(&mut writer, times, &levels),
        }?;
        writer.close().map_err(io_error)
    }
}

fn batch<T: DataType>(
    writer: &mut SerializedColumnWriter<'_>,
    values: &mut Vec<T::T>,
    levels: &[i16],
) -> io::Result<()> {
    writer.typed::<T>().write_batch(values, Some(levels), None).map_err(io_error)?;
    values.clear();
    Ok(())
}

/// Returns a date as Parquet stores it. It always fits: the last year of chrono is 262142.
fn days_since_1970(day: NaiveDate) -> i32 {
    i32::try_from((day - NaiveDate::default()).num_days()).unwrap_or_default()
}
