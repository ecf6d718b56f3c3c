//! Parquet files: one typed, compressed column for each column of the table.
//!
//! An unknown value is null, whatever its type, so every column is optional.
//!
//! Every file is sealed: the SHA-256 checksum of all other bytes is stored after the first four bytes, which readers of the
//! format ignore. A file that does not match its seal is refused before anything else is read from it.

mod reader;
#[cfg(test)]
mod tests;
mod writer;

use std::io;
use std::sync::Arc;

use parquet::basic::{LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::errors::ParquetError;
use parquet::schema::types::{ColumnDescriptor, Type as Schema};

pub use reader::ParquetTable;
pub use writer::ParquetWriter;

use super::ColumnType;

/// Name and type of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    pub name: String,
    pub holds: ColumnType,
    /// Whether only the files of the weeks have it, and no derived file.
    pub only_in_weeks: bool,
}

impl Field {
    pub fn new(name: impl Into<String>, holds: ColumnType) -> Self {
        Self { name: name.into(), holds, only_in_weeks: false }
    }
}

/// Offset of the seal: after the magic bytes `PAR1` of the format.
const SEAL_AT: usize = 4;
/// Placeholder for the seal while the checksum is computed.
const SEAL: [u8; 64] = [b'0'; 64];

/// Returns the physical type of the format.
fn physical(holds: ColumnType) -> Physical {
    match holds {
        ColumnType::Text => Physical::BYTE_ARRAY,
        ColumnType::Integer | ColumnType::Time => Physical::INT64,
        ColumnType::Decimal(_) => Physical::DOUBLE,
        ColumnType::Flag => Physical::BOOLEAN,
        ColumnType::Date => Physical::INT32,
    }
}

/// Returns the logical type of the format; `None` if the physical type is sufficient.
fn logical(holds: ColumnType) -> Option<LogicalType> {
    match holds {
        ColumnType::Text => Some(LogicalType::String),
        ColumnType::Date => Some(LogicalType::Date),
        ColumnType::Time => Some(LogicalType::timestamp(true, TimeUnit::MICROS)),
        ColumnType::Integer | ColumnType::Decimal(_) | ColumnType::Flag => None,
    }
}

/// Returns whether a column of a file has this type.
fn is_of(column: &ColumnDescriptor, holds: ColumnType) -> bool {
    column.max_rep_level() == 0
        && column.max_def_level() == 1
        && column.physical_type() == physical(holds)
        && column.logical_type_ref() == logical(holds).as_ref()
}

fn schema(fields: &[Field]) -> io::Result<Arc<Schema>> {
    let column = |field: &Field| {
        Schema::primitive_type_builder(&field.name, physical(field.holds))
            .with_repetition(Repetition::OPTIONAL)
            .with_logical_type(logical(field.holds))
            .build()
            .map(Arc::new)
    };
    let columns = fields.iter().map(column).collect::<Result<_, _>>().map_err(io_error)?;
    Ok(Arc::new(Schema::group_type_builder("table").with_fields(columns).build().map_err(io_error)?))
}

/// Returns the underlying error of the file system, or else an error of the kind `InvalidData`.
fn io_error(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(source) => match source.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(other) => io::Error::new(io::ErrorKind::InvalidData, other),
        },
        other => io::Error::new(io::ErrorKind::InvalidData, other),
    }
}
