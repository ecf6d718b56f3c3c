//! The files of the history line by line: no value holds a line break, so that a line is a row.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};

use super::HistoryError;
use super::disk::Disk;

/// Longer lines come in pieces: a file without line breaks must not fill memory.
const LONGEST: u64 = 16 * 1024 * 1024;

/// Lines with their line ends.
pub(super) struct Lines {
    reader: BufReader<File>,
    line: Vec<u8>,
}

impl Lines {
    /// Of a file of the folder; `None` when there is none.
    pub(super) fn open(disk: &Disk, name: &str) -> Result<Option<Self>, HistoryError> {
        Ok(disk.open(name)?.map(Self::new))
    }

    pub(super) fn new(file: File) -> Self {
        Self { reader: BufReader::with_capacity(64 * 1024, file), line: Vec::new() }
    }

    /// The next line with its end; the last one of a torn file has none.
    pub(super) fn next(&mut self) -> io::Result<Option<&[u8]>> {
        self.line.clear();
        let read = (&mut self.reader).take(LONGEST).read_until(b'\n', &mut self.line)?;
        Ok((read > 0).then_some(self.line.as_slice()))
    }
}

/// A line without its end; `None` when it does not end in CRLF.
pub(super) fn content(line: &[u8]) -> Option<&[u8]> {
    line.strip_suffix(b"\r\n")
}

/// The cells of one line, as they stand in the file; `None` when it is no row.
pub(super) fn cells(content: &[u8]) -> Option<Vec<String>> {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).buffer_capacity(1024).from_reader(content);
    let mut record = csv::StringRecord::new();
    let is_row = reader.read_record(&mut record).ok()?;
    let first = record.iter().map(str::to_owned).collect();
    // what follows would be a second row on the same line, or a quote that was never closed
    let alone = !reader.read_record(&mut csv::StringRecord::new()).ok()?;
    (is_row && alone && quotes_are_closed(content)).then_some(first)
}

/// Whether every quote that opens a cell is closed on the same line.
pub(super) fn quotes_are_closed(content: &[u8]) -> bool {
    memchr::memchr_iter(b'"', content).count().is_multiple_of(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_row_or_none() {
        assert_eq!(cells(br#""a ""b""",,1"#).unwrap(), ["a \"b\"", "", "1"]);
        assert_eq!(cells(b"<<<<<<< HEAD").unwrap().len(), 1);
        for torn in [&br#"1,"a"#[..], br#""a ""b"#, b"\xff,1", b"", b"1,2\n3,4"] {
            assert_eq!(cells(torn), None, "{}", String::from_utf8_lossy(torn));
        }
        assert_eq!(content(b"a\r\n"), Some(&b"a"[..]));
        assert_eq!((content(b"a\n"), content(b"a")), (None, None));
    }
}
