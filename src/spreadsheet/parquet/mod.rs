//! Tables as Parquet files: one typed column for each column of the table, compressed, read column by column.
//!
//! A cell that is not known is null, whatever its type, so every column is optional.
//!
//! Every file is sealed: behind its first four bytes, where readers of the format do not look, stands the SHA-256
//! checksum of all the rest. A file that does not fit its seal is refused before anything in it is believed.

mod read;
#[cfg(test)]
mod tests;
mod write;

use std::io;
use std::sync::Arc;

use parquet::basic::{LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::errors::ParquetError;
use parquet::schema::types::{ColumnDescriptor, Type as Schema};

pub use read::ParquetTable;
pub use write::ParquetWriter;

use super::Type;

/// The name and the type of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// What its values are.
    pub holds: Type,
    /// Only the weeks hold it, and no file that follows from them.
    pub only_in_weeks: bool,
}

impl Field {
    /// A column of this name and type.
    pub fn new(name: impl Into<String>, holds: Type) -> Self {
        Self { name: name.into(), holds, only_in_weeks: false }
    }
}

/// Where the seal stands: behind the mark `PAR1`, with which such a file begins.
const SEAL_AT: usize = 4;
/// What stands there while the checksum is made.
const SEAL: [u8; 64] = [b'0'; 64];

/// The type under which values are stored.
fn physical(holds: Type) -> Physical {
    match holds {
        Type::Text => Physical::BYTE_ARRAY,
        Type::Integer | Type::Time => Physical::INT64,
        Type::Decimal(_) => Physical::DOUBLE,
        Type::Flag => Physical::BOOLEAN,
        Type::Date => Physical::INT32,
    }
}

/// What the stored values mean; `None` where the stored type says it all.
fn logical(holds: Type) -> Option<LogicalType> {
    match holds {
        Type::Text => Some(LogicalType::String),
        Type::Date => Some(LogicalType::Date),
        Type::Time => Some(LogicalType::timestamp(true, TimeUnit::MICROS)),
        Type::Integer | Type::Decimal(_) | Type::Flag => None,
    }
}

/// Whether a column of a file holds values of this type.
fn is_of(column: &ColumnDescriptor, holds: Type) -> bool {
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

/// The error of the file system where it was one; otherwise the file is not what it should be.
fn io_error(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(source) => match source.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(other) => io::Error::new(io::ErrorKind::InvalidData, other),
        },
        other => io::Error::new(io::ErrorKind::InvalidData, other),
    }
}
