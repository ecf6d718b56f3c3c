//! Import of the legacy script's history file: its rows by week and page, as values of this program's columns.
//!
//! People keep such files in Excel, which rewrites encoding, separators, dates and numbers. The formats are inferred from
//! the file itself. If one value is ambiguous or invalid, the complete file is refused, because a week that is in the
//! history is not imported again.

mod formats;
mod row;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, Utc};

use crate::error::{ExitStatus, Failure};
use crate::spreadsheet::{Field, SavedText, SavedTextError, Value};
use crate::support::file_error::{FileError, cannot};
use crate::support::iso_week::IsoWeek;
use formats::Conventions;
pub use row::COLUMNS;
use row::{LegacyHeader, LegacyRow};

/// Number of problems that are listed; the others are only counted.
const MAX_LISTED_PROBLEMS: usize = 20;
/// Year of the first release of Confluence.
const FIRST_YEAR: i32 = 2004;
/// How to make a file that can be imported.
const REMEDY: &str = "pass a history file of the legacy script; in Excel, format dates as yyyy-mm-dd and numbers as 0, and \
                      save as CSV UTF-8";

/// Why a file cannot be imported.
#[derive(Debug, thiserror::Error)]
pub enum LegacyError {
    #[error(transparent)]
    File(#[from] FileError),
    /// The file is not a history of the legacy script.
    #[error("{} cannot be imported: {problem}", path.display())]
    Content { path: PathBuf, problem: String },
    /// Rows of the file are invalid or ambiguous.
    #[error("{} cannot be imported: {}", path.display(), problems.join("; "))]
    Rows {
        path: PathBuf,
        /// The first twenty problems, each with its line.
        problems: Vec<String>,
        /// Number of further problems.
        more: u64,
    },
}

impl From<LegacyError> for Failure {
    fn from(error: LegacyError) -> Self {
        let failure = |status, what: String| Self::new(status, what);
        match &error {
            LegacyError::File(_) => failure(ExitStatus::Storage, error.to_string()),
            LegacyError::Content { .. } => failure(ExitStatus::Usage, error.to_string()).remedy(REMEDY),
            LegacyError::Rows { path, problems, more } => {
                let more = if *more > 0 { format!("; and {more} more") } else { String::new() };
                failure(ExitStatus::Usage, format!("{} cannot be imported; nothing was changed", path.display()))
                    .because(format!("{}{more}", problems.join("; ")))
                    .remedy(REMEDY)
            }
        }
    }
}

/// The latest row of a page in a week. Rows are not kept in memory, only their positions.
#[derive(Debug)]
struct LatestRow {
    extracted: NaiveDateTime,
    position: csv::Position,
}

/// A file whose rows are all valid.
#[derive(Debug)]
pub struct LegacyFile {
    path: PathBuf,
    reader: csv::Reader<SavedText>,
    header: LegacyHeader,
    /// Difference between the line of a row and the line that the reader reports.
    lines_before: u64,
    /// The columns of this program.
    fields: Vec<Field>,
    conventions: Conventions,
    weeks: BTreeMap<IsoWeek, HashMap<String, LatestRow>>,
    /// Number of rows that were replaced by a later one of the same week and page.
    pub repeated: u64,
    /// Remarks for people about how the file was read.
    pub remarks: Vec<String>,
}

/// The rows of a file in one week.
#[derive(Debug, Clone, PartialEq)]
pub struct LegacyWeek {
    /// Time of the last extraction.
    pub taken_at: DateTime<Utc>,
    /// Page id and cells of each row.
    pub rows: Vec<(String, Vec<Value>)>,
}

/// The problems of a file: the first ones are listed, the others counted.
#[derive(Default)]
struct ProblemList {
    listed: Vec<String>,
    more: u64,
}

impl ProblemList {
    fn add(&mut self, line: u64, problem: &str) {
        if self.listed.len() < MAX_LISTED_PROBLEMS {
            self.listed.push(format!("line {line}: {problem}"));
        } else {
            self.more += 1;
        }
    }
}

impl LegacyFile {
    /// Reads a file as cells of the columns `fields`. The week of a row is that of its extraction date, which must not be after
    /// `today`. If a week has several rows of a page, the last extraction counts.
    pub fn open(path: &Path, fields: Vec<Field>, today: NaiveDate) -> Result<Self, LegacyError> {
        let refuse = |problem: String| LegacyError::Content { path: path.to_owned(), problem };
        let file = File::open(path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => refuse("the file does not exist".to_owned()),
            _ => cannot("open", path)(error).into(),
        })?;
        let (mut content, remark) = SavedText::of(file).map_err(|error| match error {
            SavedTextError::Io(error) => cannot("read", path)(error).into(),
            SavedTextError::Encoding(problem) => refuse(problem.to_owned()),
        })?;
        let separator = content.separator(&COLUMNS).map_err(cannot("read", path))?;
        let lines_before = u64::from(content.has_crlf().map_err(cannot("read", path))?);
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(content);
        let mut names = csv::StringRecord::new();
        match reader.read_record(&mut names) {
            Ok(true) => {}
            Ok(false) => return Err(refuse("the file is empty".to_owned())),
            Err(error) => return Err(refuse(format!("the header cannot be read: {error}"))),
        }
        let header = LegacyHeader::new(&names).map_err(refuse)?;
        let columns =
            |remark: &str, names: Vec<String>| (!names.is_empty()).then(|| format!("{remark}: {}", names.join(", ")));
        let missing = header.missing().into_iter().map(str::to_owned).collect();
        let remarks = [
            remark.map(str::to_owned),
            columns("ignored columns", header.unknown()),
            columns("missing columns, left empty", missing),
        ];
        let mut file = Self {
            path: path.to_owned(),
            reader,
            header,
            lines_before,
            fields,
            conventions: Conventions::default(),
            weeks: BTreeMap::new(),
            repeated: 0,
            remarks: remarks.into_iter().flatten().collect(),
        };
        file.read_rows(today)?;
        if file.weeks.is_empty() {
            return Err(LegacyError::Content { path: file.path, problem: "it has no rows".to_owned() });
        }
        Ok(file)
    }

    /// Reads all rows twice: the formats of dates and numbers are known only after the last row.
    fn read_rows(&mut self, today: NaiveDate) -> Result<(), LegacyError> {
        let begin = self.reader.position().clone();
        let mut problems = ProblemList::default();
        let mut conventions = Conventions::default();
        let fields = std::mem::take(&mut self.fields);
        self.each_row(
            |file, row, position| row.map(|row| row.add_formats(&fields, file.line(&position), &mut conventions)),
            &mut problems,
        )?;
        self.fields = fields;
        self.conventions = conventions;
        let undecided = self.conventions.problems();
        if !undecided.is_empty() {
            problems.listed.splice(0..0, undecided);
            self.refuse(problems)?;
        }
        self.reader.seek(begin).map_err(|error| self.unreadable(error))?;
        let mut problems = ProblemList::default();
        let mut weeks: BTreeMap<IsoWeek, HashMap<String, LatestRow>> = BTreeMap::new();
        let mut repeated = 0;
        // one day more, because the script writes local times
        let (first, last) = (NaiveDate::from_yo_opt(FIRST_YEAR, 1).unwrap_or_default(), today + Days::new(1));
        let choose = |file: &Self, row: Result<LegacyRow<'_>, String>, position: csv::Position| {
            let row = row?;
            let (page, extracted) = (row.page()?, row.extracted(&file.conventions)?);
            if !(first..=last).contains(&extracted.date()) {
                let when = if extracted.date() > last { "in the future" } else { "before Confluence existed" };
                return Err(format!("`{}` in extraction_date is {when}", row.cell("extraction_date")));
            }
            for field in file.fields.iter().filter(|field| COLUMNS.contains(&field.name.as_str())) {
                row.value(field, &file.conventions)?;
            }
            let pages = weeks.entry(IsoWeek::of_date(extracted.date())).or_default();
            let before = pages.get(&page).map(|known| known.extracted);
            repeated += u64::from(before.is_some());
            // of two rows of the same second, the one further down counts
            if before.is_none_or(|before| before <= extracted) {
                pages.insert(page, LatestRow { extracted, position });
            }
            Ok(())
        };
        self.each_row(choose, &mut problems)?;
        self.refuse(problems)?;
        (self.weeks, self.repeated) = (weeks, repeated);
        Ok(())
    }

    /// Calls `see` for every row that is not empty, from the position of the reader to the end.
    fn each_row(
        &mut self,
        mut see: impl FnMut(&Self, Result<LegacyRow<'_>, String>, csv::Position) -> Result<(), String>,
        problems: &mut ProblemList,
    ) -> Result<(), LegacyError> {
        let mut record = csv::StringRecord::new();
        loop {
            match self.reader.read_record(&mut record) {
                Ok(true) => {}
                Ok(false) => return Ok(()),
                Err(error) => return Err(self.unreadable(error)),
            }
            let position = record.position().cloned().unwrap_or_else(csv::Position::new);
            let line = self.line(&position);
            let seen = match self.header.row(&record) {
                Ok(None) => Ok(()),
                Ok(Some(row)) => see(self, Ok(row), position),
                Err(problem) => see(self, Err(problem), position),
            };
            if let Err(problem) = seen {
                problems.add(line, &problem);
            }
        }
    }

    /// Returns the line of a row, from 1.
    fn line(&self, position: &csv::Position) -> u64 {
        position.line() + self.lines_before
    }

    fn refuse(&self, problems: ProblemList) -> Result<(), LegacyError> {
        let ProblemList { listed, more } = problems;
        if listed.is_empty() {
            Ok(())
        } else {
            Err(LegacyError::Rows { path: self.path.clone(), problems: listed, more })
        }
    }

    fn unreadable(&self, error: csv::Error) -> LegacyError {
        match error.into_kind() {
            csv::ErrorKind::Io(error) => cannot("read", &self.path)(error).into(),
            _ => self.changed(),
        }
    }

    fn changed(&self) -> LegacyError {
        LegacyError::Content { path: self.path.clone(), problem: "the file changed while it was being read".to_owned() }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the weeks that the file has rows of.
    pub fn weeks(&self) -> Vec<IsoWeek> {
        self.weeks.keys().copied().collect()
    }

    /// Reads the rows of a week. Columns that the file does not have are empty.
    pub fn read(&mut self, week: IsoWeek) -> Result<LegacyWeek, LegacyError> {
        let latest = self.weeks.remove(&week).unwrap_or_default();
        let taken_at = latest.values().map(|latest| latest.extracted).max().unwrap_or_default().and_utc();
        let mut latest: Vec<(String, LatestRow)> = latest.into_iter().collect();
        latest.sort_by_key(|(_, latest)| latest.position.byte());
        let rows = latest.into_iter().map(|(page, latest)| {
            let cells = self.cells(week, &page, latest.position)?;
            Ok((page, cells))
        });
        Ok(LegacyWeek { taken_at, rows: rows.collect::<Result<_, LegacyError>>()? })
    }

    fn cells(&mut self, week: IsoWeek, page: &str, position: csv::Position) -> Result<Vec<Value>, LegacyError> {
        let mut record = csv::StringRecord::new();
        let again = self.reader.seek(position).and_then(|()| self.reader.read_record(&mut record));
        again.map_err(|error| self.unreadable(error))?;
        let row = self.header.row(&record).ok().flatten().ok_or_else(|| self.changed())?;
        let value = |field: &Field| match field.name.as_str() {
            "snapshot_week" => Ok(Value::text(week.to_string())),
            "page_id" => Ok(Value::text(page)),
            "snapshot_status" => Ok(Value::text("imported")),
            name if COLUMNS.contains(&name) => row.value(field, &self.conventions),
            _ => Ok(Value::Empty),
        };
        let cells = self.fields.iter().map(|field| value(field).map(|cell| cell.normalized(field.holds)));
        cells.collect::<Result<_, _>>().map_err(|_| self.changed())
    }
}
