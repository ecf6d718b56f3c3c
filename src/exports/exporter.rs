//! Writes the derived files: CSV files of the weeks, files of all weeks, and tables for data models.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::manifest::{ExportedFile, FileDigest, archived, weekly};
use super::staging::{StagedFile, Staging};
use super::week_csv::WeekCsv;
use crate::history::{History, HistoryError, Retention, SPACE, SnapshotRows, WEEK, WeekFiles, WeekMetadata};
use crate::spreadsheet::{CsvLine, Field, ParquetTable, ParquetWriter, Value, csv_header};
use crate::support::checksum::sha256;
use crate::support::file_error::cannot;
use crate::support::iso_week::IsoWeek;
use crate::support::private_files;

/// All weeks in one file.
const JOINED: &str = "confluence_data_history.csv";
/// The rows of the last run.
const CURRENT: &str = "confluence_data_current.csv";
/// Maximum number of rows in an Excel sheet, without the header.
const MAX_EXCEL_ROWS: u64 = 1_048_575;

/// The result of an export.
#[derive(Debug, Default)]
pub struct ExportOutcome {
    /// Weeks whose CSV files were moved to the archive.
    pub archived: Vec<IsoWeek>,
    /// Remarks for people: files that were set aside, a file that is too long for Excel.
    pub remarks: Vec<String>,
    /// Why a file could not be put in place. All others are in place.
    pub failed: Option<HistoryError>,
}

/// Writes the derived files of a history.
#[derive(Debug)]
pub struct Exporter<'h> {
    history: &'h History,
    staging: Staging<'h>,
    archived: Vec<IsoWeek>,
    comparison: Option<serde_json::Value>,
}

impl<'h> Exporter<'h> {
    pub fn new(history: &'h History) -> Result<Self, HistoryError> {
        Ok(Self { history, staging: Staging::begin(history.week_files())?, archived: Vec::new(), comparison: None })
    }

    /// Records in `history.json` what the figures of the newest week are compared with, and what is left out.
    pub fn comparison(&mut self, comparison: serde_json::Value) {
        self.comparison = Some(comparison);
    }

    fn week_files(&self) -> &'h WeekFiles {
        self.history.week_files()
    }

    pub fn file(
        &mut self,
        name: &str,
        content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), HistoryError> {
        let mut staged = self.staging.stage(name)?;
        content(&mut staged.out).map_err(staged.failed())?;
        self.staging.complete(staged)
    }

    /// Writes a table as a CSV file and as a Parquet file; `name` has no extension.
    pub fn table(&mut self, name: &str, columns: &[Field], rows: &[Vec<Value>]) -> Result<(), HistoryError> {
        let mut table = self.begin_table(name, columns)?;
        rows.iter().try_for_each(|row| table.row(row))?;
        self.end_table(table)
    }

    /// Begins a table that has too many rows to hold in memory.
    pub fn begin_table(&self, name: &str, columns: &[Field]) -> Result<OpenTable, HistoryError> {
        let mut csv = self.staging.stage(&format!("{name}.csv"))?;
        csv.write(&csv_header(columns.iter().map(|field| field.name.as_str())))?;
        let parquet = self.begin_parquet(&format!("{name}.parquet"), columns)?;
        Ok(OpenTable { csv, parquet, line: CsvLine::default() })
    }

    pub fn end_table(&mut self, table: OpenTable) -> Result<(), HistoryError> {
        self.staging.complete(table.csv)?;
        self.end_parquet(table.parquet)
    }

    fn begin_parquet(&self, name: &str, columns: &[Field]) -> Result<OpenParquet, HistoryError> {
        let path = self.staging.path(name);
        let writer = ParquetWriter::new(private_files::create_file(&path)?, columns).map_err(cannot("write", &path))?;
        Ok(OpenParquet { name: name.to_owned(), path, writer })
    }

    fn end_parquet(&mut self, parquet: OpenParquet) -> Result<(), HistoryError> {
        let OpenParquet { name, path, writer } = parquet;
        let failed = || cannot("write", &path);
        let (file, _) = writer.finish([]).map_err(failed())?;
        file.sync_all().map_err(failed())?;
        let digest = File::open(&path).and_then(|mut file| FileDigest::of(&mut file)).map_err(failed())?;
        self.staging.put(&name, &path, ExportedFile { digest, ..ExportedFile::default() })
    }

    /// Writes a file with `content`, which is called with a private folder for temporary files, unless the existing file is
    /// made from the same `sources` and unchanged.
    pub fn file_from(
        &mut self,
        name: &str,
        sources: &[String],
        content: impl FnOnce(&mut (dyn Write + Send), &Path) -> io::Result<()>,
    ) -> Result<(), HistoryError> {
        if self.staging.keep(name, |known| known.is_made_from(sources)) {
            return Ok(());
        }
        let mut staged = self.staging.stage(name)?;
        content(&mut staged.out, &self.week_files().path(WeekFiles::STAGING)).map_err(staged.failed())?;
        for source in sources {
            staged.end_section(source);
        }
        self.staging.complete(staged)
    }

    /// Opens the CSV file of a week that [`Self::weeks`] has written or kept.
    pub fn open_week(&self, week: IsoWeek) -> Result<WeekCsv, HistoryError> {
        let name = weekly(week);
        let staged = self.staging.path(&name);
        let path = if fs::symlink_metadata(&staged).is_ok() { staged } else { self.week_files().path(&name) };
        Ok(WeekCsv::open(&path, self.week_files().exported()).map_err(cannot("read", &path))?)
    }

    /// Copies some columns of all weeks to a Parquet file without decoding them, the newest week first.
    pub fn copy_columns(&mut self, name: &str, columns: &[Field]) -> Result<(), HistoryError> {
        let mut parquet = self.begin_parquet(name, columns)?;
        for week in self.history.weeks().rev() {
            let table: ParquetTable = self.week_files().open(week.week)?.table;
            let constant = Value::text(week.week.to_string());
            parquet.writer.copy(&table, &[(WEEK, constant)]).map_err(cannot("write", &parquet.path))?;
        }
        self.end_parquet(parquet)
    }

    /// Writes the file of the last run from `rows`. Without `rows`, an unchanged file is kept; otherwise the rows of the run
    /// are read from the week.
    pub fn current(&mut self, week: IsoWeek, rows: Option<SnapshotRows<'_>>) -> Result<(), HistoryError> {
        if rows.is_none() && self.staging.keep(CURRENT, |_| true) {
            return Ok(());
        }
        let week_files = self.week_files();
        let mut staged = self.staging.stage(CURRENT)?;
        staged.write(&csv_header(week_files.exported().map(|field| field.name.as_str())))?;
        let (mut line, places) = (CsvLine::default(), places(week_files));
        if let Some(rows) = rows {
            for at in rows.order(week)? {
                let cells = (rows.cells)(at);
                let exported = cells.iter().zip(week_files.columns()).filter(|(_, field)| !field.only_in_weeks);
                staged.write(line.set(exported.map(|(cell, _)| cell)))?;
            }
        } else if let Some(known) = self.history.week(week) {
            let (name, space) = (Value::text(week.to_string()), week_files.place(SPACE));
            let of_run: HashSet<&str> = known.spaces_of(&known.run_id).collect();
            week_files.open(week)?.read(week_files, week_files.fields(), |cells| {
                if of_run.contains(cells[space].as_text().unwrap_or_default()) {
                    staged.write(line.set(places.iter().map(|place| place.map_or(&name, |at| &cells[at]))))?;
                }
                Ok::<_, HistoryError>(())
            })?;
        }
        self.staging.complete(staged)
    }

    /// Writes the CSV file of each week and the two CSV files of all weeks, the newest week first: one with all columns, and
    /// `facts` with some columns. In `facts`, each week begins with rows that together have a value in every column that has
    /// any in this week, because some programs infer types from the first rows. A week is not read if its files are unchanged.
    /// Calls `progress` for each week.
    pub fn weeks(
        &mut self,
        retention: Retention,
        facts: (&str, &[&str]),
        mut progress: impl FnMut(),
    ) -> Result<(), HistoryError> {
        let (history, week_files) = (self.history, self.week_files());
        let all: Vec<&str> = week_files.exported().map(|field| field.name.as_str()).collect();
        let places = places(week_files);
        let of_facts: Vec<usize> = facts.1.iter().filter_map(|fact| all.iter().position(|name| name == fact)).collect();
        let mut joined = if retention.joined { self.begin_all_weeks(JOINED, &all)? } else { None };
        let mut facts = self.begin_all_weeks(facts.0, facts.1)?;
        for week in history.weeks().rev() {
            let mut own = self.weekly(week, retention)?;
            let joined = joined.as_mut().map(|all_weeks| all_weeks.copy_or_write(week)).transpose()?.flatten();
            let mut full: Vec<&mut StagedFile> = own.as_mut().into_iter().chain(joined).collect();
            let mut partial = facts.as_mut().map(|all_weeks| all_weeks.copy_or_write(week)).transpose()?.flatten();
            if !full.is_empty() || partial.is_some() {
                let name = Value::text(week.week.to_string());
                let (mut line, mut part) = (CsvLine::default(), Vec::new());
                let (mut filled, mut rest) = (vec![false; of_facts.len()], Vec::new());
                week_files.open(week.week)?.read(week_files, week_files.fields(), |cells| {
                    line.set(places.iter().map(|place| place.map_or(&name, |at| &cells[at])));
                    full.iter_mut().try_for_each(|file| file.write(line.bytes()))?;
                    if let Some(file) = &mut partial {
                        line.select(&of_facts, &mut part);
                        let known = of_facts.iter().map(|fact| places[*fact].is_none_or(|at| is_known(&cells[at])));
                        if fills(&mut filled, known) {
                            file.write(&part)?;
                        } else {
                            rest.extend_from_slice(&part);
                        }
                    }
                    Ok::<_, HistoryError>(())
                })?;
                partial.iter_mut().try_for_each(|file| file.write(&rest))?;
                full.into_iter().chain(partial).for_each(|file| file.end_section(&week.seal));
            }
            if let Some(own) = own {
                self.staging.complete(own)?;
            }
            progress();
        }
        [joined, facts].into_iter().flatten().try_for_each(|all_weeks| self.staging.complete(all_weeks.staged))?;
        let rows = history.weeks().map(|week| week.row_count).sum();
        too_long(rows).filter(|_| retention.joined).into_iter().for_each(|remark| self.staging.remark(remark));
        Ok(())
    }

    /// Begins the CSV file of a week; `None` if the existing file is current and unchanged.
    fn weekly(&mut self, week: &WeekMetadata, retention: Retention) -> Result<Option<StagedFile>, HistoryError> {
        let newest = self.history.newest().unwrap_or(week.week);
        let is_archived = retention.is_archived(week.week, newest);
        let name = if is_archived { archived(week.week) } else { weekly(week.week) };
        if is_archived && self.staging.known(&weekly(week.week)).is_some() {
            self.archived.push(week.week);
        }
        if self.staging.keep(&name, |known| known.is_made_from([&week.seal])) {
            return Ok(None);
        }
        let mut staged = self.staging.stage(&name)?;
        staged.write(&csv_header(self.week_files().exported().map(|field| field.name.as_str())))?;
        Ok(Some(staged))
    }

    /// Begins a file with these columns of all weeks, and writes its header; `None` if the existing file is current and
    /// unchanged.
    fn begin_all_weeks(&mut self, name: &str, columns: &[&str]) -> Result<Option<AllWeeksFile>, HistoryError> {
        let header = csv_header(columns.iter().copied());
        let mut wanted = vec![sha256(&header)];
        wanted.extend(self.history.weeks().rev().map(|week| week.seal.clone()));
        if self.staging.keep(name, |known| known.is_made_from(&wanted)) {
            return Ok(None);
        }
        let has_header = |known: &&ExportedFile| known.sections.first().is_some_and(|first| first.key == wanted[0]);
        let known = self.staging.known(name).filter(has_header).filter(|known| self.staging.is_unchanged(name, known));
        let path = self.week_files().path(name);
        let before = known.and_then(|known| Some((private_files::open_own_file(&path).ok()?, known.parts())));
        let mut staged = self.staging.stage(name)?;
        staged.write(&header)?;
        staged.end_section(&wanted[0]);
        Ok(Some(AllWeeksFile { staged, before, path }))
    }

    /// Puts all files in place.
    pub fn finish(self) -> Result<ExportOutcome, HistoryError> {
        let weeks = self.history.weeks().cloned().collect();
        let (remarks, failed) = self.staging.finish(weeks, self.comparison)?;
        Ok(ExportOutcome { archived: self.archived, remarks, failed })
    }
}

/// Returns whether a cell shows the type of its column.
fn is_known(cell: &Value) -> bool {
    !matches!(cell, Value::Empty) && cell.as_text() != Some("")
}

/// Returns whether a row has the first value of a column, and marks its columns in `filled`.
fn fills(filled: &mut [bool], known: impl Iterator<Item = bool>) -> bool {
    let mut is_first = false;
    for (filled, known) in filled.iter_mut().zip(known) {
        is_first |= known && !*filled;
        *filled |= known;
    }
    is_first
}

/// A table that is being written row by row.
#[expect(missing_debug_implementations, reason = "the writer of the library has none")]
pub struct OpenTable {
    csv: StagedFile,
    parquet: OpenParquet,
    line: CsvLine,
}

impl OpenTable {
    /// Adds a row: one cell for each column, in their order.
    pub fn row(&mut self, cells: &[Value]) -> Result<(), HistoryError> {
        self.csv.write(self.line.set(cells))?;
        let OpenParquet { path, writer, .. } = &mut self.parquet;
        Ok(writer.row(cells).map_err(cannot("write", &*path))?)
    }
}

/// A Parquet file that is being written.
struct OpenParquet {
    name: String,
    path: PathBuf,
    writer: ParquetWriter<File>,
}

/// A file of all weeks that is being written. Unchanged parts are copied from the existing file.
struct AllWeeksFile {
    staged: StagedFile,
    /// The existing file, if it is unchanged, and the byte ranges of its parts.
    before: Option<(File, HashMap<String, Range<u64>>)>,
    path: PathBuf,
}

impl AllWeeksFile {
    /// Copies the part of a week from the existing file. If it has none, returns the new file, so that the caller writes the
    /// rows.
    fn copy_or_write(&mut self, week: &WeekMetadata) -> Result<Option<&mut StagedFile>, HistoryError> {
        let part = self.before.as_mut().and_then(|(file, parts)| Some((file, parts.get(&week.seal)?)));
        let Some((file, part)) = part else { return Ok(Some(&mut self.staged)) };
        let length = part.end - part.start;
        let copied =
            file.seek(SeekFrom::Start(part.start)).and_then(|_| io::copy(&mut file.take(length), &mut self.staged.out));
        let check = |copied| if copied == length { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
        copied.and_then(check).map_err(cannot("copy", &self.path))?;
        self.staged.end_section(&week.seal);
        Ok(None)
    }
}

/// Returns a remark if the file of all weeks has too many rows for Excel.
pub(super) fn too_long(rows: u64) -> Option<String> {
    (rows > MAX_EXCEL_ROWS).then(|| {
        format!(
            "{JOINED} has {rows} rows, but Excel shows only the first {MAX_EXCEL_ROWS}; load model/ instead, or turn the \
                         file off with history_csv = no"
        )
    })
}

/// Returns the positions of the exported columns in the files of the weeks; `None` for the column of the week, which those
/// files do not have.
fn places(week_files: &WeekFiles) -> Vec<Option<usize>> {
    let place = |column: &Field| week_files.fields().iter().position(|field| field.name == column.name);
    week_files.exported().map(place).collect()
}
