//! Access to the rows of a week's CSV file in any order, so that other files have exactly its cells.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use crate::spreadsheet::{ColumnType, Field, Value, cells_of_line};
use crate::support::private_files;

/// The CSV file of a week, open for reading.
#[derive(Debug)]
pub struct WeekCsv {
    file: File,
    /// The types of its columns.
    types: Vec<ColumnType>,
    /// Where each line after the header begins, and where the file ends.
    bounds: Vec<u64>,
    line: Vec<u8>,
}

impl WeekCsv {
    /// Opens a file with these columns, which this version of the program wrote.
    pub(super) fn open<'f>(path: &Path, columns: impl Iterator<Item = &'f Field>) -> io::Result<Self> {
        let mut reader = BufReader::with_capacity(1 << 18, private_files::open_own_file(path)?);
        let (mut bounds, mut at, mut line) = (Vec::new(), 0, Vec::new());
        loop {
            let length = reader.read_until(b'\n', &mut line)?;
            at += length as u64;
            if length == 0 {
                break;
            }
            bounds.push(at);
            line.clear();
        }
        Ok(Self { file: reader.into_inner(), types: columns.map(|field| field.holds).collect(), bounds, line })
    }

    /// Returns the cells of a row. The first row after the header is 0.
    pub fn row(&mut self, at: usize) -> io::Result<Vec<Value>> {
        let invalid = || io::Error::new(io::ErrorKind::InvalidData, format!("row {at} is not a row of the week"));
        let bounds = self.bounds.get(at).zip(self.bounds.get(at + 1)).ok_or_else(invalid)?;
        self.line.resize(usize::try_from(bounds.1 - bounds.0).map_err(io::Error::other)?, 0);
        self.file.seek(SeekFrom::Start(*bounds.0))?;
        self.file.read_exact(&mut self.line)?;
        let line = str::from_utf8(&self.line).ok().and_then(|line| line.strip_suffix("\r\n")).ok_or_else(invalid)?;
        let cells = cells_of_line(line).filter(|cells| cells.len() == self.types.len()).ok_or_else(invalid)?;
        cells.iter().zip(&self.types).map(|(cell, holds)| Value::read(cell, *holds).ok_or_else(invalid)).collect()
    }
}
