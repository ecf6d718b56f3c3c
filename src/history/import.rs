//! Takes over the history of the older script.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use chrono::{DateTime, NaiveDateTime, Utc};

use super::disk::Measure;
use super::manifest::{ImportedFile, Manifest};
use super::names;
use super::old_row::{OldHeader, OldLine, OldRow, read_again, walk};
use super::pending::Pending;
use super::record::write_joined;
use super::{
    Columns, Finding, History, HistoryError, IsoWeek, PAGE, Status, StoredFile, WEEK, Week, columns, load, weekly,
};
use crate::spreadsheet::Value;
use crate::support::checksum::Meter;
use crate::support::file_error::cannot;

pub use super::old_row::OLD_COLUMNS;

/// Problems that are told one by one; beyond that they are only counted.
const TOLD: usize = 100;

/// What an old file gave.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// A file of the very same content was imported before; nothing was done.
    pub already: bool,
    /// Weeks that are in the history now.
    pub weeks: Vec<IsoWeek>,
    /// Weeks of the file that were in the history already and were left alone.
    pub present: Vec<IsoWeek>,
    /// Rows that are in the history now.
    pub rows: u64,
    /// Rows that gave way to a later one of the same week and page.
    pub repeated: u64,
    /// Columns of the file that have no place in the history.
    pub left_out: Vec<String>,
    /// What could not be understood, by line; the first hundred.
    pub problems: Vec<Finding>,
    /// How many more of these there are.
    pub more_problems: u64,
}

impl Imported {
    fn tell(&mut self, file: &Path, line: u64, problem: String) {
        if self.problems.len() < TOLD {
            self.problems.push(Finding { file: file.display().to_string(), line: Some(line), problem });
        } else {
            self.more_problems += 1;
        }
    }
}

/// The row that counts for one page.
struct Chosen {
    extracted: NaiveDateTime,
    line: OldLine,
}

type Weeks = BTreeMap<IsoWeek, HashMap<String, Chosen>>;

impl History {
    /// Takes the weeks of a file of the older script that the history does not have yet, see [`OLD_COLUMNS`]. The week
    /// is that of the extraction date; of several rows of a week and page the last extraction counts. All weeks are
    /// [`Status::Imported`]. A file of the same content is imported only once.
    pub fn import(&mut self, path: &Path) -> Result<Imported, HistoryError> {
        self.manifest = load(&self.disk)?;
        let failed = || cannot("read", path);
        let mut file = File::open(path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => {
                HistoryError::Import { path: path.to_owned(), problem: "there is no such file".to_owned() }
            }
            _ => cannot("open", path)(error).into(),
        })?;
        let mut meter = Meter::new(io::sink());
        io::copy(&mut file, &mut meter).map_err(failed())?;
        let measure = Measure::finish(meter).1;
        let mut imported = Imported::default();
        if self.manifest.imports.iter().any(|known| known.measure == measure) {
            imported.already = true;
            return Ok(imported);
        }
        let (header, mut weeks) = index(&mut file, path, &mut imported)?;
        weeks.retain(|week, _| {
            let present = self.manifest.week(*week).is_some();
            if present {
                imported.present.push(*week);
            }
            !present
        });
        imported.left_out = header.unknown().into_iter().map(str::to_owned).collect();
        imported.weeks = weeks.keys().copied().collect();
        let at = self.now;
        let mut source = Source { file, path, header: &header, imported: &mut imported };
        self.put_in_place(&mut source, weeks, ImportedFile { measure, at, weeks: Vec::new() })?;
        Ok(imported)
    }

    fn put_in_place(
        &mut self,
        source: &mut Source<'_>,
        weeks: Weeks,
        mut file: ImportedFile,
    ) -> Result<(), HistoryError> {
        let given = Columns::new(OLD_COLUMNS.into_iter().chain([WEEK, PAGE]))?;
        let mut manifest = self.manifest.clone();
        let mut pending = Pending::begin(&self.disk)?;
        let mut staged = HashMap::new();
        file.weeks = weeks.keys().copied().collect();
        if !weeks.is_empty() {
            manifest.columns = columns::appended(&manifest.columns, &given.in_files());
        }
        for (week, chosen) in weeks {
            let own = source.write_week(&mut pending, &manifest, &given, week, chosen)?;
            staged.insert(week, own.0);
            manifest.put(own.1);
        }
        if !staged.is_empty() {
            let path_of = |week: &Week| staged.get(&week.week).unwrap_or(&week.file.path).clone();
            write_joined(&self.disk, &mut pending, &mut manifest, path_of)?;
        }
        manifest.imports.push(file);
        pending.commit(&manifest)?;
        self.manifest = manifest;
        Ok(())
    }
}

/// Which row counts for every week and page. Rows stay in the file: only their places are kept.
fn index(file: &mut File, path: &Path, imported: &mut Imported) -> Result<(OldHeader, Weeks), HistoryError> {
    let mut header = None;
    let mut weeks = Weeks::new();
    walk(file, |line, row| match &header {
        None => {
            let names = super::lines::cells(row).ok_or_else(|| "the header is not written in UTF-8".to_owned());
            header = Some(names.and_then(OldHeader::new));
        }
        Some(Ok(header)) => match choose(header, row, line, &mut weeks) {
            Ok(repeated) => imported.repeated += u64::from(repeated),
            Err(problem) => imported.tell(path, line.number, format!("{problem}; the row is left out")),
        },
        Some(Err(_)) => {}
    })
    .map_err(cannot("read", path))?;
    let header = header.unwrap_or_else(|| Err("the file is empty".to_owned()));
    let header = header.map_err(|problem| HistoryError::Import { path: path.to_owned(), problem })?;
    Ok((header, weeks))
}

/// Whether another row of the same week and page was there already.
fn choose(header: &OldHeader, row: &[u8], line: &OldLine, weeks: &mut Weeks) -> Result<bool, String> {
    let row: OldRow<'_> = header.row(row)?;
    let (week, page, extracted) = (row.week()?, row.page()?, row.extracted()?);
    let chosen = Chosen { extracted, line: OldLine { ..*line } };
    let pages = weeks.entry(week).or_default();
    let before = pages.get(&page).map(|known| known.extracted);
    // of two rows of the same second the later one counts
    if before.is_none_or(|before| before <= extracted) {
        pages.insert(page, chosen);
    }
    Ok(before.is_some())
}

/// The old file while it is taken over.
struct Source<'a> {
    file: File,
    path: &'a Path,
    header: &'a OldHeader,
    imported: &'a mut Imported,
}

impl Source<'_> {
    /// Writes the file of one week. Gives where it lies until it is in place, and what will be known of it.
    fn write_week(
        &mut self,
        pending: &mut Pending<'_>,
        manifest: &Manifest,
        given: &Columns,
        week: IsoWeek,
        chosen: HashMap<String, Chosen>,
    ) -> Result<(String, Week), HistoryError> {
        let mut rows = Vec::with_capacity(chosen.len());
        let mut spaces = BTreeSet::new();
        let mut taken_at = NaiveDateTime::default();
        let mut chosen: Vec<(String, Chosen)> = chosen.into_iter().collect();
        chosen.sort_by_key(|(_, chosen)| chosen.line.offset);
        for (page, chosen) in chosen {
            taken_at = taken_at.max(chosen.extracted);
            let bytes = read_again(&mut self.file, &chosen.line).map_err(cannot("read", self.path))?;
            let changed = |problem| HistoryError::Import { path: self.path.to_owned(), problem };
            let row = self.header.row(&bytes).map_err(changed)?;
            spaces.insert(row.cell("space_key").to_owned());
            let mut cells = Vec::with_capacity(given.names().len());
            for column in OLD_COLUMNS {
                let (value, problem) = row.value(column);
                if let Some(problem) = problem {
                    self.imported.tell(self.path, chosen.line.number, problem);
                }
                cells.push(value);
            }
            cells.extend([Value::text(week.to_string()), Value::text(page)]);
            rows.push(cells);
        }
        let order = weekly::order(week, given, &rows)?;
        self.imported.rows += rows.len() as u64;
        let places = columns::places(&manifest.columns, given);
        let path = names::weekly(week);
        let (staged, measure): (String, Measure) = pending.write(&path, |sink: &mut dyn Write| {
            Ok(weekly::write(sink, &manifest.columns, &places, Status::Imported, &rows, &order)?)
        })?;
        let file = StoredFile { path, rows: rows.len() as u64, columns: manifest.columns.len(), measure };
        let week = Week {
            week,
            status: Status::Imported,
            revision: 1,
            taken_at: DateTime::<Utc>::from_naive_utc_and_offset(taken_at, Utc),
            run_id: String::new(),
            spaces: spaces.into_iter().filter(|space| !space.is_empty()).collect(),
            file,
            replaced: Vec::new(),
        };
        Ok((staged, week))
    }
}
