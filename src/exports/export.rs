//! Which files follow from the weeks, and what is in them.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Read, Write};

use super::manifest::{Export, Measure, Section, archived, weekly};
use super::staging::{Staged, Staging};
use crate::history::{History, HistoryError, Lake, Retention, Rows, SPACE, WEEK, Week};
use crate::spreadsheet::{CsvLine, Field, ParquetTable, ParquetWriter, Value, csv_header, write_rows};
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
}

impl<'h> Exporter<'h> {
    /// Begins to write the derived files.
    pub fn new(history: &'h History) -> Result<Self, HistoryError> {
        Ok(Self { history, staging: Staging::begin(history.lake())?, archived: Vec::new() })
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
        let names = columns.iter().map(|field| field.name.as_str());
        self.file(&format!("{name}.csv"), |sink| write_rows(sink, names, rows))?;
        let name = format!("{name}.parquet");
        let path = self.staging.path(&name);
        self.parquet(&name, columns, |writer| {
            rows.iter().try_for_each(|row| writer.row(row)).map_err(|error| cannot("write", path)(error).into())
        })
    }

    fn parquet(
        &mut self,
        name: &str,
        columns: &[Field],
        rows: impl FnOnce(&mut ParquetWriter<File>) -> Result<(), HistoryError>,
    ) -> Result<(), HistoryError> {
        let path = self.staging.path(name);
        let failed = || cannot("write", &path);
        let mut writer = ParquetWriter::new(private::create_file(&path)?, columns).map_err(failed())?;
        rows(&mut writer)?;
        let (file, _) = writer.finish([]).map_err(failed())?;
        file.sync_all().map_err(failed())?;
        let measure = File::open(&path).and_then(|mut file| Measure::of(&mut file)).map_err(failed())?;
        self.staging.put(name, &path, Export { measure, ..Export::default() })
    }

    /// Copies some columns of all weeks into a Parquet file, without decoding them.
    pub fn copied_columns(&mut self, name: &str, columns: &[Field]) -> Result<(), HistoryError> {
        let (lake, weeks) = (self.lake(), self.history.weeks());
        let path = self.staging.path(name);
        self.parquet(name, columns, |writer| {
            for week in weeks {
                let table: ParquetTable = lake.open(week.week)?.table;
                let constant = Value::text(week.week.to_string());
                writer.copy(&table, &[(WEEK, constant)]).map_err(cannot("write", &path))?;
            }
            Ok(())
        })
    }

    /// Writes the file of the last run: these rows, or, without any, those that the weeks hold of it, unless the file is as
    /// it was written.
    pub fn current(&mut self, week: IsoWeek, rows: Option<Rows<'_>>) -> Result<(), HistoryError> {
        if rows.is_none() && self.staging.keep(CURRENT, |_| true) {
            return Ok(());
        }
        let lake = self.lake();
        let mut staged = self.staging.stage(CURRENT)?;
        staged.write(&csv_header(lake.columns().iter().map(|field| field.name.as_str())))?;
        let (mut line, places) = (CsvLine::default(), places(lake));
        if let Some(rows) = rows {
            for at in rows.order(week)? {
                staged.write(line.set(&(rows.cells)(at)))?;
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

    /// Writes the CSV files of the weeks, and those that hold rows of all of them: the joined one, and `facts` with some
    /// columns only. A week whose files are as they were written is not read. `progress` is called for each week.
    pub fn weeks(
        &mut self,
        retention: Retention,
        facts: (&str, &[&str]),
        mut progress: impl FnMut(),
    ) -> Result<(), HistoryError> {
        let (history, lake) = (self.history, self.lake());
        let all: Vec<&str> = lake.columns().iter().map(|field| field.name.as_str()).collect();
        let places = places(lake);
        let of_facts: Vec<usize> = facts.1.iter().filter_map(|fact| all.iter().position(|name| name == fact)).collect();
        let mut joined = if retention.joined { self.grow(JOINED, &all)? } else { None };
        let mut facts = self.grow(facts.0, facts.1)?;
        for (number, week) in history.weeks().enumerate() {
            let mut own = self.weekly(week, retention)?;
            let is_new = |staged: &&mut Staged| staged.sections.len() == number + 1;
            let mut whole: Vec<&mut Staged> = own.as_mut().into_iter().chain(joined.as_mut().filter(is_new)).collect();
            let mut some = facts.as_mut().filter(is_new);
            if !whole.is_empty() || some.is_some() {
                let name = Value::text(week.week.to_string());
                let (mut line, mut part) = (CsvLine::default(), Vec::new());
                lake.open(week.week)?.read(lake, lake.fields(), |cells| {
                    line.set(places.iter().map(|place| place.map_or(&name, |at| &cells[at])));
                    whole.iter_mut().try_for_each(|file| file.write(line.whole()))?;
                    if let Some(file) = &mut some {
                        line.some(&of_facts, &mut part);
                        file.write(&part)?;
                    }
                    Ok::<_, HistoryError>(())
                })?;
                whole.into_iter().chain(some).for_each(|file| file.end_section(&week.seal));
            }
            if let Some(own) = own {
                self.staging.complete(own)?;
            }
            progress();
        }
        [joined, facts].into_iter().flatten().try_for_each(|grown| self.staging.complete(grown))?;
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
        staged.write(&csv_header(self.lake().columns().iter().map(|field| field.name.as_str())))?;
        Ok(Some(staged))
    }

    /// A file that holds these columns of all weeks, with the sections it has already; `None` when it has all of them and
    /// is as it was written.
    fn grow(&mut self, name: &str, columns: &[&str]) -> Result<Option<Staged>, HistoryError> {
        let header = csv_header(columns.iter().copied());
        let mut wanted = vec![sha256(&header)];
        wanted.extend(self.history.weeks().map(|week| week.seal.clone()));
        if self.staging.keep(name, |known| known.is_made_from(&wanted)) {
            return Ok(None);
        }
        let known = self.staging.known(name).map(|known| known.sections.clone()).unwrap_or_default();
        let usable = known.iter().zip(&wanted).take_while(|(section, key)| section.key == **key).count();
        let (mut usable, mut staged) = (&known[..usable], self.staging.stage(name)?);
        // what was copied before a part that is not as it was written is copied again
        while let Some(at) = self.copy(name, usable, &mut staged)? {
            usable = &usable[..at];
            drop(staged);
            staged = self.staging.stage(name)?;
        }
        if staged.sections.is_empty() {
            staged.write(&header)?;
            staged.end_section(&wanted[0]);
        }
        Ok(Some(staged))
    }

    /// Copies the first parts of a file, up to one that is not as it was written: gives which.
    fn copy(&self, name: &str, sections: &[Section], staged: &mut Staged) -> Result<Option<usize>, HistoryError> {
        let Ok(mut file) = private::open_own_file(&self.lake().path(name)) else {
            return Ok((!sections.is_empty()).then_some(0));
        };
        for (at, section) in sections.iter().enumerate() {
            let before = at.checked_sub(1).map_or(0, |before| sections[before].until.bytes);
            let length = section.until.bytes.saturating_sub(before);
            io::copy(&mut (&mut file).take(length), &mut staged.out).map_err(staged.failed())?;
            staged.end_section(&section.key);
            if staged.sections.last() != Some(section) {
                return Ok(Some(at));
            }
        }
        Ok(None)
    }

    /// Puts all files in place.
    pub fn finish(self) -> Result<Exported, HistoryError> {
        let weeks = self.history.weeks().cloned().collect();
        let (remarks, failed) = self.staging.finish(weeks)?;
        Ok(Exported { archived: self.archived, remarks, failed })
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
    lake.columns().iter().map(place).collect()
}
