//! A filled sheet as a CSV file, in any encoding and with any separator in which spreadsheets save it.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::{HEADING_ROWS, SheetError, SheetRow, places};
use crate::spreadsheet::{SEPARATORS, SavedText, SavedTextError};

impl From<SavedTextError> for SheetError {
    fn from(error: SavedTextError) -> Self {
        match error {
            SavedTextError::Io(error) => Self::Io(error),
            SavedTextError::Encoding(problem) => Self::Damaged(problem.to_owned()),
        }
    }
}

/// Returns the rows below the heading.
pub(super) fn rows(path: &Path) -> Result<Vec<SheetRow>, SheetError> {
    let (mut saved, _) = SavedText::of(File::open(path)?)?;
    let mut text = String::new();
    saved.read_to_string(&mut text)?;
    // one kind of line break, so that lines can be counted
    let text = text.trim_start_matches('\u{FEFF}').replace("\r\n", "\n").replace('\r', "\n");
    // notes above the heading may have other separators
    let found = SEPARATORS.into_iter().find_map(|separator| rows_separated_by(separator, &text).transpose());
    found.unwrap_or(Err(SheetError::OtherTable))
}

/// Returns the rows below the heading, if there is one with this separator.
fn rows_separated_by(separator: u8, text: &str) -> Result<Option<Vec<SheetRow>>, SheetError> {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(text.as_bytes());
    let (mut heading, mut rows): (Option<[usize; 2]>, _) = (None, Vec::new());
    let mut record = csv::StringRecord::new();
    let mut lines = LineCount { text, counted: 0, line: 1 };
    let mut read = 0;
    while reader.read_record(&mut record).map_err(|error| SheetError::Damaged(error.to_string()))? {
        read += 1;
        let Some([id, decision]) = heading else {
            heading = places(record.iter());
            if heading.is_none() && read >= HEADING_ROWS {
                break;
            }
            continue;
        };
        let number = lines.of(record.position().map_or(0, csv::Position::byte));
        let cell = |place: usize| record.get(place).unwrap_or_default().to_owned();
        rows.push(SheetRow { number, id: cell(id), decision: cell(decision) });
    }
    Ok(heading.map(|_| rows))
}

/// Counts lines up to a position that only grows.
struct LineCount<'t> {
    text: &'t str,
    counted: usize,
    line: u64,
}

impl LineCount<'_> {
    /// Returns the line of the record at a position, which may be that of empty lines before it.
    fn of(&mut self, position: u64) -> u64 {
        let bytes = self.text.as_bytes();
        let mut at = usize::try_from(position).unwrap_or(usize::MAX).min(bytes.len());
        at += bytes[at..].iter().take_while(|byte| **byte == b'\n').count();
        self.line += memchr::memchr_iter(b'\n', &bytes[self.counted..at.max(self.counted)]).count() as u64;
        self.counted = at.max(self.counted);
        self.line
    }
}
