//! Which files follow from the weeks, and what is in them.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::PathBuf;

use super::manifest::{Export, Measure, archived, weekly};
use super::staging::{Staged, Staging};
use crate::history::{History, HistoryError, Lake, Retention, Rows, SPACE, WEEK, Week};
use crate::spreadsheet::{CsvLine, Field, ParquetTable, ParquetWriter, Value, csv_header};
use crate::support::checksum::sha256;
use crate::support::file_error::cannot;
use crate::support::iso_week::IsoWeek;
use crate::support::private;

/// All weeks in one file.
const JOINED: &str = "confluence_data_history.csv";
/// The rows of the last run.
const CURRENT: &str = "confluence_data_current.csv";
/// Rows that a sheet of Excel holds, without the header.
const ROWS_OF_SHEET: u64 = 1_048_575;

/// What became of the derived files.
#[derive(Debug, Default)]
pub struct Exported {
    /// Weeks whose CSV files were moved to the archive.
    pub archived: Vec<IsoWeek>,
    /// What people should know: files that were set aside, a file that is too long for Excel.
    pub remarks: Vec<String>,
    /// Why a file is not in place; all others are.
    pub failed: Option<HistoryError>,
}

/// Writes the files that follow from the weeks.
#[derive(Debug)]
pub struct Exporter<'h> {
    history: &'h History,
    staging: Staging<'h>,
    archived: Vec<IsoWeek>,
    comparison: Option<serde_json::Value>,
}

impl<'h> Exporter<'h> {
    /// Begins to write the derived files.
    pub fn new(history: &'h History) -> Result<Self, HistoryError> {
        Ok(Self { history, staging: Staging::begin(history.lake())?, archived: Vec::new(), comparison: None })
    }

    /// Says in `history.json` what the figures of the newest week are compared with, and what that leaves out.
    pub fn comparison(&mut self, comparison: serde_json::Value) {
        self.comparison = Some(comparison);
    }

    fn lake(&self) -> &'h Lake {
        self.history.lake()
    }

    /// Writes a file.
    pub fn file(
        &mut self,
        name: &str,
        content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), HistoryError> {
        let mut staged = self.staging.stage(name)?;
        content(&mut staged.out).map_err(staged.failed())?;
        self.staging.complete(staged)
    }

    /// Writes a table as a CSV file and as a Parquet file; `name` is without an ending.
    pub fn table(&mut self, name: &str, columns: &[Field], rows: &[Vec<Value>]) -> Result<(), HistoryError> {
        let mut table = self.begin_table(name, columns)?;
        rows.iter().try_for_each(|row| table.row(row))?;
        self.end_table(table)
    }

    /// Begins a table that has too many rows to be held at once.
    pub fn begin_table(&self, name: &str, columns: &[Field]) -> Result<OpenTable, HistoryError> {
        let mut csv = self.staging.stage(&format!("{name}.csv"))?;
        csv.write(&csv_header(columns.iter().map(|field| field.name.as_str())))?;
        let parquet = self.begin_parquet(&format!("{name}.parquet"), columns)?;
        Ok(OpenTable { csv, parquet, line: CsvLine::default() })
    }

    /// Ends a table.
    pub fn end_table(&mut self, table: OpenTable) -> Result<(), HistoryError> {
        self.staging.complete(table.csv)?;
        self.end_parquet(table.parquet)
    }

    fn begin_parquet(&self, name: &str, columns: &[Field]) -> Result<OpenParquet, HistoryError> {
        let path = self.staging.path(name);
        let writer = ParquetWriter::new(private::create_file(&path)?, columns).map_err(cannot("write", &path))?;
        Ok(OpenParquet { name: name.to_owned(), path, writer })
    }

    fn end_parquet(&mut self, parquet: OpenParquet) -> Result<(), HistoryError> {
        let OpenParquet { name, path, writer } = parquet;
        let failed = || cannot("write", &path);
        let (file, _) = writer.finish([]).map_err(failed())?;
        file.sync_all().map_err(failed())?;
        let measure = File::open(&path).and_then(|mut file| Measure::of(&mut file)).map_err(failed())?;
        self.staging.put(&name, &path, Export { measure, ..Export::default() })
    }

    /// Copies some columns of all weeks into a Parquet file, the newest week first, without decoding them.
    pub fn copied_columns(&mut self, name: &str, columns: &[Field]) -> Result<(), HistoryError> {
        let mut parquet = self.begin_parquet(name, columns)?;
        for week in self.history.weeks().rev() {
            let table: ParquetTable = self.lake().open(week.week)?.table;
            let constant = Value::text(week.week.to_string());
            parquet.writer.copy(&table, &[(WEEK, constant)]).map_err(cannot("write", &parquet.path))?;
        }
        self.end_parquet(parquet)
    }

    /// Writes the file of the last run: these rows, or, without any, those that the weeks hold of it, unless the file is as
    /// it was written.
    pub fn current(&mut self, week: IsoWeek, rows: Option<Rows<'_>>) -> Result<(), HistoryError> {
        if rows.is_none() && self.staging.keep(CURRENT, |_| true) {
            return Ok(());
        }
        let lake = self.lake();
        let mut staged = self.staging.stage(CURRENT)?;
        staged.write(&csv_header(lake.exported().map(|field| field.name.as_str())))?;
        let (mut line, places) = (CsvLine::default(), places(lake));
        if let Some(rows) = rows {
            for at in rows.order(week)? {
                let cells = (rows.cells)(at);
                let exported = cells.iter().zip(lake.columns()).filter(|(_, field)| !field.only_in_weeks);
                staged.write(line.set(exported.map(|(cell, _)| cell)))?;
            }
        } else if let Some(known) = self.history.week(week) {
            let (name, space) = (Value::text(week.to_string()), lake.place(SPACE));
            let of_run: HashSet<&str> = known.spaces_of(&known.run_id).collect();
            lake.open(week)?.read(lake, lake.fields(), |cells| {
                if of_run.contains(cells[space].as_text().unwrap_or_default()) {
                    staged.write(line.set(places.iter().map(|place| place.map_or(&name, |at| &cells[at]))))?;
                }
                Ok::<_, HistoryError>(())
            })?;
        }
        self.staging.complete(staged)
    }

    /// Writes the CSV files of the weeks, and those that hold rows of all of them, the newest week first: the joined one, and
    /// `facts` with some columns only. Each week of the facts begins with rows that fill its columns, for programs that
    /// guess types from the first rows. A week whose files are as they were written is not read. `progress` is called for
    /// each week.
    pub fn weeks(
        &mut self,
        retention: Retention,
        facts: (&str, &[&str]),
        mut progress: impl FnMut(),
    ) -> Result<(), HistoryError> {
        let (history, lake) = (self.history, self.lake());
        let all: Vec<&str> = lake.exported().map(|field| field.name.as_str()).collect();
        let places = places(lake);
        let of_facts: Vec<usize> = facts.1.iter().filter_map(|fact| all.iter().position(|name| name == fact)).collect();
        let mut joined = if retention.joined { self.grow(JOINED, &all)? } else { None };
        let mut facts = self.grow(facts.0, facts.1)?;
        for week in history.weeks().rev() {
            let mut own = self.weekly(week, retention)?;
            let joined = joined.as_mut().map(|grown| grown.lacking(week)).transpose()?.flatten();
            let mut whole: Vec<&mut Staged> = own.as_mut().into_iter().chain(joined).collect();
            let mut some = facts.as_mut().map(|grown| grown.lacking(week)).transpose()?.flatten();
            if !whole.is_empty() || some.is_some() {
                let name = Value::text(week.week.to_string());
                let (mut line, mut part) = (CsvLine::default(), Vec::new());
                let (mut filled, mut rest) = (vec![false; of_facts.len()], Vec::new());
                lake.open(week.week)?.read(lake, lake.fields(), |cells| {
                    line.set(places.iter().map(|place| place.map_or(&name, |at| &cells[at])));
                    whole.iter_mut().try_for_each(|file| file.write(line.whole()))?;
                    if let Some(file) = &mut some {
                        line.some(&of_facts, &mut part);
                        let known = of_facts.iter().map(|fact| places[*fact].is_none_or(|at| is_known(&cells[at])));
                        if fills(&mut filled, known) {
                            file.write(&part)?;
                        } else {
                            rest.extend_from_slice(&part);
                        }
                    }
                    Ok::<_, HistoryError>(())
                })?;
                some.iter_mut().try_for_each(|file| file.write(&rest))?;
                whole.into_iter().chain(some).for_each(|file| file.end_section(&week.seal));
            }
            if let Some(own) = own {
                self.staging.complete(own)?;
            }
            progress();
        }
        [joined, facts].into_iter().flatten().try_for_each(|grown| self.staging.complete(grown.staged))?;
        let rows = history.weeks().map(|week| week.row_count).sum();
        too_long(rows).filter(|_| retention.joined).into_iter().for_each(|remark| self.staging.remark(remark));
        Ok(())
    }

    /// The CSV file of a week, begun; `None` when it is as it was written.
    fn weekly(&mut self, week: &Week, retention: Retention) -> Result<Option<Staged>, HistoryError> {
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
        staged.write(&csv_header(self.lake().exported().map(|field| field.name.as_str())))?;
        Ok(Some(staged))
    }

    /// A file that is to hold these columns of all weeks, with its header; `None` when it holds them and is as it was
    /// written.
    fn grow(&mut self, name: &str, columns: &[&str]) -> Result<Option<Grown>, HistoryError> {
        let header = csv_header(columns.iter().copied());
        let mut wanted = vec![sha256(&header)];
        wanted.extend(self.history.weeks().rev().map(|week| week.seal.clone()));
        if self.staging.keep(name, |known| known.is_made_from(&wanted)) {
            return Ok(None);
        }
        let has_header = |known: &&Export| known.sections.first().is_some_and(|first| first.key == wanted[0]);
        let known = self.staging.known(name).filter(has_header).filter(|known| self.staging.is_as(name, known));
        let path = self.lake().path(name);
        let before = known.and_then(|known| Some((private::open_own_file(&path).ok()?, known.parts())));
        let mut staged = self.staging.stage(name)?;
        staged.write(&header)?;
        staged.end_section(&wanted[0]);
        Ok(Some(Grown { staged, before, path }))
    }

    /// Puts all files in place.
    pub fn finish(self) -> Result<Exported, HistoryError> {
        let weeks = self.history.weeks().cloned().collect();
        let (remarks, failed) = self.staging.finish(weeks, self.comparison)?;
        Ok(Exported { archived: self.archived, remarks, failed })
    }
}

/// Whether a cell tells something about the type of its column.
fn is_known(cell: &Value) -> bool {
    !matches!(cell, Value::Empty) && cell.as_text() != Some("")
}

/// Whether a row has a value in a column that no row before it filled.
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
    csv: Staged,
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

/// A file of all weeks that is being written, and the parts of it that were written before.
struct Grown {
    staged: Staged,
    /// The file as it was, where it is as it was written, and where in it which part lies.
    before: Option<(File, HashMap<String, Range<u64>>)>,
    path: PathBuf,
}

impl Grown {
    /// Copies the part of a week. Where there is none, gives the file, for its rows to be written.
    fn lacking(&mut self, week: &Week) -> Result<Option<&mut Staged>, HistoryError> {
        let part = self.before.as_mut().and_then(|(file, parts)| Some((file, parts.get(&week.seal)?)));
        let Some((file, part)) = part else { return Ok(Some(&mut self.staged)) };
        let length = part.end - part.start;
        let copied =
            file.seek(SeekFrom::Start(part.start)).and_then(|_| io::copy(&mut file.take(length), &mut self.staged.out));
        let is_whole = |copied| if copied == length { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
        copied.and_then(is_whole).map_err(cannot("copy", &self.path))?;
        self.staged.end_section(&week.seal);
        Ok(None)
    }
}

/// What people should know about a joined file of so many rows.
pub(super) fn too_long(rows: u64) -> Option<String> {
    (rows > ROWS_OF_SHEET).then(|| {
        format!(
            "{JOINED} has {rows} rows: Excel shows only the first {ROWS_OF_SHEET}. Load model/ instead, or switch the file off \
             with history_csv = no"
        )
    })
}

/// Where the columns of the exports stand among those of the files of the weeks; `None` for the week itself, which those do
/// not hold.
fn places(lake: &Lake) -> Vec<Option<usize>> {
    let place = |column: &Field| lake.fields().iter().position(|field| field.name == column.name);
    lake.exported().map(place).collect()
}
