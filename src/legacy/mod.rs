//! The history file of the older script: which rows it has for every week and page, as values of our columns.

mod row;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDateTime, Utc};

use crate::error::{ExitStatus, Failure};
use crate::spreadsheet::{Field, Value};
use crate::support::file_error::{FileError, cannot};
use crate::support::iso_week::IsoWeek;
pub use row::COLUMNS;
use row::LegacyHeader;

/// Problems that are told one by one; beyond that they are only counted.
const TOLD: usize = 100;

/// Why a file cannot be imported.
#[derive(Debug, thiserror::Error)]
pub enum LegacyError {
    /// The file system.
    #[error(transparent)]
    File(#[from] FileError),
    /// It is no history of the known columns.
    #[error("{} cannot be imported: {problem}", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
}

impl From<LegacyError> for Failure {
    fn from(error: LegacyError) -> Self {
        let failure = |status| Self::new(status, error.to_string());
        match &error {
            LegacyError::File(_) => failure(ExitStatus::Storage),
            LegacyError::Content { .. } => failure(ExitStatus::Usage)
                .remedy("give a history file of the older script, separated by commas, in UTF-8"),
        }
    }
}

/// The row that counts for one page of a week. Rows stay in the file: only their places are kept.
#[derive(Debug)]
struct Chosen {
    extracted: NaiveDateTime,
    position: csv::Position,
}

/// A file, read once.
#[derive(Debug)]
pub struct LegacyFile {
    path: PathBuf,
    reader: csv::Reader<File>,
    header: LegacyHeader,
    weeks: BTreeMap<IsoWeek, HashMap<String, Chosen>>,
    /// Rows that gave way to a later one of the same week and page.
    pub repeated: u64,
    /// What could not be understood, with its line; the first hundred.
    pub problems: Vec<String>,
    /// How many more of these there are.
    pub more_problems: u64,
}

/// What a file has of one week.
#[derive(Debug, Clone, PartialEq)]
pub struct LegacyWeek {
    /// The last extraction.
    pub taken_at: DateTime<Utc>,
    /// Id of the page and cells of each row.
    pub rows: Vec<(String, Vec<Value>)>,
}

impl LegacyFile {
    /// Finds out which rows there are. The week is that of the extraction date; of several rows of a week and page the last
    /// extraction counts.
    pub fn open(path: &Path) -> Result<Self, LegacyError> {
        let refuse = |problem: String| LegacyError::Content { path: path.to_owned(), problem };
        let file = File::open(path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => refuse("there is no such file".to_owned()),
            _ => cannot("open", path)(error).into(),
        })?;
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(file);
        let mut names = csv::StringRecord::new();
        match reader.read_record(&mut names) {
            Ok(true) => {}
            Ok(false) => return Err(refuse("the file is empty".to_owned())),
            Err(error) => return Err(refuse(format!("the header cannot be read: {error}"))),
        }
        let header = LegacyHeader::new(&names).map_err(refuse)?;
        let (path, weeks, problems) = (path.to_owned(), BTreeMap::new(), Vec::new());
        let mut file = Self { path, reader, header, weeks, repeated: 0, problems, more_problems: 0 };
        file.index()?;
        Ok(file)
    }

    fn index(&mut self) -> Result<(), LegacyError> {
        let mut record = csv::ByteRecord::new();
        while self.reader.read_byte_record(&mut record).map_err(|error| self.unreadable(error))? {
            let position = record.position().cloned().unwrap_or_else(csv::Position::new);
            let line = position.line();
            if let Err(problem) = self.choose(&record, position) {
                self.tell(line, format_args!("{problem}; the row is left out"));
            }
        }
        Ok(())
    }

    fn choose(&mut self, record: &csv::ByteRecord, position: csv::Position) -> Result<(), String> {
        let record = csv::StringRecord::from_byte_record(record.clone());
        let record = record.map_err(|_| "this row is not UTF-8".to_owned())?;
        let row = self.header.row(&record)?;
        let (week, page, extracted) = (row.week()?, row.page()?, row.extracted()?);
        let pages = self.weeks.entry(week).or_default();
        let before = pages.get(&page).map(|known| known.extracted);
        self.repeated += u64::from(before.is_some());
        // of two rows of the same second the later one counts
        if before.is_none_or(|before| before <= extracted) {
            pages.insert(page, Chosen { extracted, position });
        }
        Ok(())
    }

    fn tell(&mut self, line: u64, problem: std::fmt::Arguments<'_>) {
        if self.problems.len() < TOLD {
            self.problems.push(format!("{}:{line}: {problem}", self.path.display()));
        } else {
            self.more_problems += 1;
        }
    }

    fn unreadable(&self, error: csv::Error) -> LegacyError {
        match error.into_kind() {
            csv::ErrorKind::Io(error) => cannot("read", &self.path)(error).into(),
            _ => LegacyError::Content { path: self.path.clone(), problem: "it changed while it was read".to_owned() },
        }
    }

    /// The weeks that it has rows of.
    pub fn weeks(&self) -> Vec<IsoWeek> {
        self.weeks.keys().copied().collect()
    }

    /// Columns that have no place among ours.
    pub fn unknown_columns(&self) -> Vec<String> {
        self.header.unknown()
    }

    /// The rows of a week, as cells of these columns; what the file does not tell is empty.
    pub fn read(&mut self, week: IsoWeek, fields: &[Field]) -> Result<LegacyWeek, LegacyError> {
        let chosen = self.weeks.remove(&week).unwrap_or_default();
        let taken_at = chosen.values().map(|chosen| chosen.extracted).max().unwrap_or_default().and_utc();
        let mut chosen: Vec<(String, Chosen)> = chosen.into_iter().collect();
        chosen.sort_by_key(|(_, chosen)| chosen.position.byte());
        let rows = chosen.into_iter().map(|(page, chosen)| {
            let cells = self.cells(week, &page, chosen.position, fields)?;
            Ok((page, cells))
        });
        Ok(LegacyWeek { taken_at, rows: rows.collect::<Result<_, LegacyError>>()? })
    }

    fn cells(
        &mut self,
        week: IsoWeek,
        page: &str,
        position: csv::Position,
        fields: &[Field],
    ) -> Result<Vec<Value>, LegacyError> {
        let line = position.line();
        let mut record = csv::StringRecord::new();
        let again = self.reader.seek(position).and_then(|()| self.reader.read_record(&mut record));
        again.map_err(|error| self.unreadable(error))?;
        let changed = |problem| LegacyError::Content { path: self.path.clone(), problem };
        let row = self.header.row(&record).map_err(changed)?;
        let mut problems = Vec::new();
        let value = |field: &Field| match field.name.as_str() {
            "snapshot_week" => Value::text(week.to_string()),
            "page_id" => Value::text(page),
            "snapshot_status" => Value::text("imported"),
            name if COLUMNS.contains(&name) => row.value(name, field.holds).unwrap_or_else(|problem| {
                problems.push(problem);
                Value::Empty
            }),
            _ => Value::Empty,
        };
        let cells = fields.iter().map(value).zip(fields).map(|(cell, field)| cell.normalized(field.holds)).collect();
        for problem in problems {
            self.tell(line, format_args!("{problem}"));
        }
        Ok(cells)
    }
}
