//! The history file of the older script: which rows it has for every week and page, as values of our columns.
//!
//! People keep such files in Excel, which rewrites encoding, separators, days and numbers. What the file itself tells is
//! read; anything else refuses the whole file, for a week that is in the history is not imported a second time.

mod content;
mod conventions;
mod row;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, Utc};

use crate::error::{ExitStatus, Failure};
use crate::spreadsheet::{Field, Value};
use crate::support::file_error::{FileError, cannot};
use crate::support::iso_week::IsoWeek;
use content::{Content, Unreadable};
use conventions::Conventions;
pub use row::COLUMNS;
use row::{LegacyHeader, LegacyRow};

/// Problems that are told one by one; beyond that they are only counted.
const TOLD: usize = 20;
/// The year of the first Confluence.
const FIRST_YEAR: i32 = 2004;
/// How people make a file that can be read.
const REMEDY: &str = "give a history file of the older script; in Excel, give the columns of dates the format yyyy-mm-dd and \
                      those of numbers the format 0, and save as CSV UTF-8";

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
    /// Rows of it cannot be understood.
    #[error("{} cannot be imported: {}", path.display(), problems.join("; "))]
    Rows {
        /// The file.
        path: PathBuf,
        /// What is wrong, with the line; the first twenty.
        problems: Vec<String>,
        /// How many more of these there are.
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
                failure(
                    ExitStatus::Usage,
                    format!("{} cannot be imported: nothing of it was taken over", path.display()),
                )
                .because(format!("{}{more}", problems.join("; ")))
                .remedy(REMEDY)
            }
        }
    }
}

/// The row that counts for one page of a week. Rows stay in the file: only their places are kept.
#[derive(Debug)]
struct Chosen {
    extracted: NaiveDateTime,
    position: csv::Position,
}

/// A file, understood as a whole.
#[derive(Debug)]
pub struct LegacyFile {
    path: PathBuf,
    reader: csv::Reader<Content>,
    header: LegacyHeader,
    /// Lines between that of a row and the one that the reader tells.
    lines_before: u64,
    /// Our columns.
    fields: Vec<Field>,
    conventions: Conventions,
    weeks: BTreeMap<IsoWeek, HashMap<String, Chosen>>,
    /// Rows that gave way to a later one of the same week and page.
    pub repeated: u64,
    /// What people should know about how it was read.
    pub remarks: Vec<String>,
}

/// What a file has of one week.
#[derive(Debug, Clone, PartialEq)]
pub struct LegacyWeek {
    /// The last extraction.
    pub taken_at: DateTime<Utc>,
    /// Id of the page and cells of each row.
    pub rows: Vec<(String, Vec<Value>)>,
}

/// What cannot be understood, as far as it is told.
#[derive(Default)]
struct Problems {
    told: Vec<String>,
    more: u64,
}

impl Problems {
    fn add(&mut self, line: u64, problem: &str) {
        if self.told.len() < TOLD {
            self.told.push(format!("line {line}: {problem}"));
        } else {
            self.more += 1;
        }
    }
}

impl LegacyFile {
    /// Reads a file, as cells of the columns `fields`. The week of a row is that of its extraction date, which is not after
    /// `today`; of several rows of a week and page the last extraction counts.
    pub fn open(path: &Path, fields: Vec<Field>, today: NaiveDate) -> Result<Self, LegacyError> {
        let refuse = |problem: String| LegacyError::Content { path: path.to_owned(), problem };
        let file = File::open(path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => refuse("there is no such file".to_owned()),
            _ => cannot("open", path)(error).into(),
        })?;
        let (mut content, remark) = Content::of(file).map_err(|error| match error {
            Unreadable::Io(error) => cannot("read", path)(error).into(),
            Unreadable::Encoding(problem) => refuse(problem.to_owned()),
        })?;
        let separator = content.separator().map_err(cannot("read", path))?;
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
            |says: &str, names: Vec<String>| (!names.is_empty()).then(|| format!("{says}: {}", names.join(", ")));
        let missing = header.missing().into_iter().map(str::to_owned).collect();
        let remarks = [
            remark.map(str::to_owned),
            columns("it has columns that are left out", header.unknown()),
            columns("it lacks columns, which stay empty", missing),
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
        file.understand(today)?;
        if file.weeks.is_empty() {
            return Err(LegacyError::Content { path: file.path, problem: "it has no rows".to_owned() });
        }
        Ok(file)
    }

    /// Goes through all rows twice: how days and numbers are written is known when the last one was seen.
    fn understand(&mut self, today: NaiveDate) -> Result<(), LegacyError> {
        let begin = self.reader.position().clone();
        let mut problems = Problems::default();
        let mut conventions = Conventions::default();
        let fields = std::mem::take(&mut self.fields);
        self.each_row(
            |file, row, position| row.map(|row| row.show(&fields, file.line(&position), &mut conventions)),
            &mut problems,
        )?;
        self.fields = fields;
        self.conventions = conventions;
        let undecided = self.conventions.problems();
        if !undecided.is_empty() {
            problems.told.splice(0..0, undecided);
            self.refuse(problems)?;
        }
        self.reader.seek(begin).map_err(|error| self.unreadable(error))?;
        let mut problems = Problems::default();
        let mut weeks: BTreeMap<IsoWeek, HashMap<String, Chosen>> = BTreeMap::new();
        let mut repeated = 0;
        // a day more, for local times
        let (first, last) = (NaiveDate::from_yo_opt(FIRST_YEAR, 1).unwrap_or_default(), today + Days::new(1));
        let choose = |file: &Self, row: Result<LegacyRow<'_>, String>, position: csv::Position| {
            let row = row?;
            let (page, extracted) = (row.page()?, row.extracted(&file.conventions)?);
            if !(first..=last).contains(&extracted.date()) {
                let when = if extracted.date() > last { "in the future" } else { "before there was a Confluence" };
                return Err(format!("`{}` in extraction_date is {when}", row.cell("extraction_date")));
            }
            for field in file.fields.iter().filter(|field| COLUMNS.contains(&field.name.as_str())) {
                row.value(field, &file.conventions)?;
            }
            let pages = weeks.entry(IsoWeek::of_date(extracted.date())).or_default();
            let before = pages.get(&page).map(|known| known.extracted);
            repeated += u64::from(before.is_some());
            // of two rows of the same second the later one counts
            if before.is_none_or(|before| before <= extracted) {
                pages.insert(page, Chosen { extracted, position });
            }
            Ok(())
        };
        self.each_row(choose, &mut problems)?;
        self.refuse(problems)?;
        (self.weeks, self.repeated) = (weeks, repeated);
        Ok(())
    }

    /// Shows every row that holds something, from where the reader stands to the end.
    fn each_row(
        &mut self,
        mut see: impl FnMut(&Self, Result<LegacyRow<'_>, String>, csv::Position) -> Result<(), String>,
        problems: &mut Problems,
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

    /// The line of a row, from 1.
    fn line(&self, position: &csv::Position) -> u64 {
        position.line() + self.lines_before
    }

    fn refuse(&self, problems: Problems) -> Result<(), LegacyError> {
        let Problems { told, more } = problems;
        if told.is_empty() { Ok(()) } else { Err(LegacyError::Rows { path: self.path.clone(), problems: told, more }) }
    }

    fn unreadable(&self, error: csv::Error) -> LegacyError {
        match error.into_kind() {
            csv::ErrorKind::Io(error) => cannot("read", &self.path)(error).into(),
            _ => self.changed(),
        }
    }

    fn changed(&self) -> LegacyError {
        LegacyError::Content { path: self.path.clone(), problem: "it changed while it was read".to_owned() }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The weeks that it has rows of.
    pub fn weeks(&self) -> Vec<IsoWeek> {
        self.weeks.keys().copied().collect()
    }

    /// The rows of a week; what the file does not tell is empty.
    pub fn read(&mut self, week: IsoWeek) -> Result<LegacyWeek, LegacyError> {
        let chosen = self.weeks.remove(&week).unwrap_or_default();
        let taken_at = chosen.values().map(|chosen| chosen.extracted).max().unwrap_or_default().and_utc();
        let mut chosen: Vec<(String, Chosen)> = chosen.into_iter().collect();
        chosen.sort_by_key(|(_, chosen)| chosen.position.byte());
        let rows = chosen.into_iter().map(|(page, chosen)| {
            let cells = self.cells(week, &page, chosen.position)?;
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
