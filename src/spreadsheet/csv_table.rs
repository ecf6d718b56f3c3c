//! A CSV file in memory, as texts.

use std::collections::HashMap;
use std::fmt;

use super::csv_encoding::decode;

/// A table with a header. The protection against formulas is removed from the cells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CsvTable {
    pub header: Vec<String>,
    /// The rows, each with as many cells as the header.
    pub rows: Vec<Vec<String>>,
}

/// Why a file is not a valid table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CsvTableError {
    /// Line of the file, from 1; 0 if the problem is not in a line.
    pub line: u64,
    pub problem: String,
}

impl fmt::Display for CsvTableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => f.write_str(&self.problem),
            line => write!(f, "line {line}: {}", self.problem),
        }
    }
}

impl std::error::Error for CsvTableError {}

impl CsvTable {
    /// Parses a comma-separated file with a header, with or without a byte order mark. Every row must have as many cells as the
    /// header.
    pub fn parse(bytes: &[u8]) -> Result<Self, CsvTableError> {
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes);
        let mut header: Option<Vec<String>> = None;
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(|error| CsvTableError::of(&error, bytes))?;
            let cells: Vec<String> = record.iter().map(|cell| decode(cell).to_owned()).collect();
            match header {
                None => header = Some(cells),
                Some(_) => rows.push(cells),
            }
        }
        let header = header.ok_or_else(|| CsvTableError { line: 0, problem: "the file is empty".to_owned() })?;
        Ok(Self { header, rows })
    }

    /// Returns the position of each column, by name.
    pub fn columns(&self) -> HashMap<&str, usize> {
        self.header.iter().enumerate().map(|(at, name)| (name.as_str(), at)).collect()
    }
}

impl CsvTableError {
    fn of(error: &csv::Error, bytes: &[u8]) -> Self {
        let line = error.position().map_or(0, |position| line_of(bytes, position.byte()));
        let problem = match error.kind() {
            csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                format!("{len} cells, but the header has {expected_len}")
            }
            csv::ErrorKind::Utf8 { .. } => "not valid UTF-8".to_owned(),
            _ => error.to_string(),
        };
        Self { line, problem }
    }
}

/// Returns the line of a record, from 1. The reader's position is before the line break of the previous record.
fn line_of(bytes: &[u8], position: u64) -> u64 {
    let position = usize::try_from(position).unwrap_or(usize::MAX).min(bytes.len());
    let breaks = bytes[position..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
    memchr::memchr_iter(b'\n', &bytes[..position + breaks]).count() as u64 + 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spreadsheet::{Value, write_rows};

    #[test]
    fn a_written_table_is_read_unchanged() {
        let mut file = Vec::new();
        let titles = ["=1+1", "a,\"b\"", "'quoted", "", "ü 日本"];
        let rows = titles.map(|title| [Value::Integer(1), Value::text(title)]);
        write_rows(&mut file, ["id", "title"], rows).unwrap();
        let table = CsvTable::parse(&file).unwrap();
        assert_eq!(table.header, ["id", "title"]);
        let read: Vec<&str> = table.rows.iter().map(|row| row[1].as_str()).collect();
        assert_eq!(read, titles);
        assert_eq!(table.columns()["title"], 1);
    }

    #[test]
    fn a_damaged_table_names_its_line_f_81() {
        let damaged = CsvTable::parse(b"a,b\r\n1,2\r\n<<<<<<< HEAD\r\n3,4\r\n").unwrap_err();
        assert_eq!((damaged.line, damaged.problem.as_str()), (3, "1 cells, but the header has 2"));
        assert_eq!(CsvTable::parse(b"a\r\n\xff\r\n").unwrap_err().problem, "not valid UTF-8");
        assert_eq!(CsvTable::parse(b"").unwrap_err().line, 0);
    }
}
