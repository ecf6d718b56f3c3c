//! Files of the weeks: `history/snapshot_week=<YYYY>-W<ww>/pages.parquet`, partitioned as query engines expect it.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::week_metadata::{SCHEMA_VERSION, WeekMetadata};
use super::{DamageReport, HistoryError, PAGE, SPACE, WEEK};
use crate::spreadsheet::{Field, ParquetTable, ParquetWriter, Value};
use crate::support::file_error::cannot;
use crate::support::iso_week::IsoWeek;
use crate::support::lock::FileLock;
use crate::support::private_files::{self, remove_file};

/// The folder of all weeks. Only complete files are ever put there.
const WEEKS_FOLDER: &str = "history";
const PREFIX: &str = "snapshot_week=";
const FILE: &str = "pages.parquet";
/// The folder of files that were set aside.
const DAMAGED: &str = "damaged";
/// The file of a week while it is being written.
const PARTIAL: &str = ".pages.parquet.partial";
/// The copy of a damaged file while it is being written.
const PARTIAL_COPY: &str = ".damaged.partial";

/// Access to the files of the weeks in the folder of a history.
#[derive(Debug)]
pub struct WeekFiles {
    folder: PathBuf,
    /// The columns of a row, with [`WEEK`].
    columns: Vec<Field>,
    /// The columns of the files, without [`WEEK`].
    fields: Vec<Field>,
}

/// A week that is open for reading.
pub(crate) struct OpenWeek {
    pub(crate) week: WeekMetadata,
    pub(crate) table: ParquetTable,
}

impl WeekFiles {
    /// The folder of derived files while they are being written, see `crate::exports`.
    pub(crate) const STAGING: &str = ".exports";
    /// `history.json` while it is being written.
    pub(crate) const PARTIAL_LIST: &str = ".history.json.partial";

    /// Uses a folder without writing to it.
    pub(crate) fn at(folder: &Path, columns: Vec<Field>) -> Self {
        let fields = columns.iter().filter(|field| field.name != WEEK).cloned().collect();
        Self { folder: folder.to_owned(), columns, fields }
    }

    /// Uses a folder, and creates it if it does not exist; its parent must exist.
    pub(crate) fn create(folder: &Path, columns: Vec<Field>) -> Result<Self, HistoryError> {
        private_files::own_folder(folder)?;
        Ok(Self::at(folder, columns))
    }

    pub(crate) fn lock(&self, wait: Duration) -> Result<FileLock, HistoryError> {
        Ok(FileLock::take(&self.path("history.lock"), &self.path("history.holder"), wait)?)
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Returns the columns of a row, with [`WEEK`].
    pub(crate) fn columns(&self) -> &[Field] {
        &self.columns
    }

    /// Returns the columns of the exports.
    pub(crate) fn exported(&self) -> impl Iterator<Item = &Field> {
        self.columns.iter().filter(|field| !field.only_in_weeks)
    }

    /// Returns the columns of the files, without [`WEEK`].
    pub(crate) fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// Returns the position of a key column in [`Self::fields`], which always have it.
    pub(crate) fn place(&self, column: &str) -> usize {
        self.fields.iter().position(|field| field.name == column).unwrap_or_default()
    }

    /// Returns the path of a file below the folder; `name` is separated by `/`.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        name.split('/').fold(self.folder.clone(), |path, part| path.join(part))
    }

    /// Returns the name of the file of a week below the folder, separated by `/`.
    pub(crate) fn name(week: IsoWeek) -> String {
        format!("{WEEKS_FOLDER}/{PREFIX}{week}/{FILE}")
    }

    pub(crate) fn damaged(&self, file: &str, problem: impl Into<String>) -> HistoryError {
        HistoryError::Damaged { folder: self.folder.clone(), findings: vec![DamageReport::new(file, None, problem)] }
    }

    /// Returns the weeks that have a file, valid or not.
    pub(crate) fn weeks(&self) -> Result<Vec<IsoWeek>, HistoryError> {
        let names = names_in(&self.path(WEEKS_FOLDER))?;
        let weeks = names.iter().filter_map(|name| name.strip_prefix(PREFIX)?.parse().ok());
        Ok(weeks.filter(|week| fs::symlink_metadata(self.path(&Self::name(*week))).is_ok()).collect())
    }

    /// Returns the Parquet files that are not of a week. Query engines would read them too.
    pub(crate) fn foreign_files(&self) -> Result<Vec<String>, HistoryError> {
        let own: Vec<String> = self.weeks()?.into_iter().map(Self::name).collect();
        let mut found = Vec::new();
        let mut folders = vec![WEEKS_FOLDER.to_owned()];
        while let Some(folder) = folders.pop() {
            for name in names_in(&self.path(&folder))? {
                let path = format!("{folder}/{name}");
                // does not follow symbolic links
                if fs::symlink_metadata(self.path(&path)).is_ok_and(|found| found.is_dir()) {
                    folders.push(path);
                } else if Path::new(&name).extension().is_some_and(|ending| ending == "parquet") && !own.contains(&path)
                {
                    found.push(path);
                }
            }
        }
        found.sort();
        Ok(found)
    }

    /// Opens a week. Returns an error if its file is damaged, is not of this program, or is of a newer version of it.
    pub(crate) fn open(&self, week: IsoWeek) -> Result<OpenWeek, HistoryError> {
        let name = Self::name(week);
        let table = ParquetTable::open(&self.path(&name)).map_err(|error| self.unreadable(&name, error))?;
        let version = table.entry("schema_version").and_then(|version| version.parse().ok()).unwrap_or(0);
        let known = |column: &str| self.fields.iter().any(|field| field.name == column);
        if version > SCHEMA_VERSION || (version == SCHEMA_VERSION && !table.columns().all(known)) {
            return Err(HistoryError::Newer {
                path: self.path(&name),
                written_by: table.entry("program_version").unwrap_or("unknown").to_owned(),
            });
        }
        let found = WeekMetadata::of(&table).map_err(|problem| self.damaged(&name, problem))?;
        if found.week != week {
            return Err(self.damaged(&name, format!("it is the file of week {}", found.week)));
        }
        if found.row_count != table.rows() {
            let (rows, recorded) = (table.rows(), found.row_count);
            return Err(self.damaged(&name, format!("it has {rows} rows, but its metadata says {recorded}")));
        }
        Ok(OpenWeek { week: found, table })
    }

    fn unreadable(&self, name: &str, error: io::Error) -> HistoryError {
        match error.kind() {
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => self.damaged(name, error.to_string()),
            io::ErrorKind::IsADirectory => self.damaged(name, "it is a folder"),
            io::ErrorKind::NotFound => self.damaged(name, "it is missing"),
            _ => cannot("read", self.path(name))(error).into(),
        }
    }

    /// Writes the file of a week and puts it in place with an atomic rename: after any failure the week is either the old or
    /// the new one. Fills in the row counts and the seal of `week`.
    pub(crate) fn commit(
        &self,
        week: &mut WeekMetadata,
        rows: impl FnOnce(&mut RowSink<'_>) -> Result<(), HistoryError>,
    ) -> Result<(), HistoryError> {
        let written = self.write_week(week, rows);
        if written.is_err() {
            // frees the space on a full disk; the first error is the one to report
            let _ = remove_file(&self.path(PARTIAL));
        }
        written
    }

    fn write_week(
        &self,
        week: &mut WeekMetadata,
        rows: impl FnOnce(&mut RowSink<'_>) -> Result<(), HistoryError>,
    ) -> Result<(), HistoryError> {
        let partial = self.path(PARTIAL);
        remove_file(&partial)?;
        let failed = || cannot("write", &partial);
        let mut writer = ParquetWriter::new(private_files::create_file(&partial)?, &self.fields).map_err(failed())?;
        let space = self.place(SPACE);
        let mut sink = RowSink { writer: &mut writer, partial: &partial, space, rows: HashMap::new() };
        rows(&mut sink)?;
        let counts = sink.rows;
        week.row_count = counts.values().sum();
        for (key, space) in &mut week.spaces {
            space.rows = counts.get(key).copied().unwrap_or(0);
        }
        let entries = week.entries().map_err(|error| failed()(error.into()))?;
        let (file, seal): (File, String) = writer.finish(entries).map_err(failed())?;
        file.sync_all().map_err(failed())?;
        week.seal = seal;
        let name = Self::name(week.week);
        let (target, own, all) =
            (self.path(&name), self.path(&format!("{WEEKS_FOLDER}/{PREFIX}{}", week.week)), self.path(WEEKS_FOLDER));
        private_files::own_folder(&all)?;
        private_files::own_folder(&own)?;
        fs::rename(&partial, &target).map_err(cannot("put in place", &target))?;
        [&own, &all, &self.folder].into_iter().try_for_each(|folder| private_files::sync_folder(folder))?;
        Ok(())
    }

    /// Moves a file to the folder of damaged files. Returns its new name below the folder of the history.
    pub(crate) fn set_aside(&self, name: &str) -> Result<String, HistoryError> {
        let target = self.free_name(name)?;
        fs::rename(self.path(name), self.path(&target)).map_err(cannot("set aside", self.path(name)))?;
        Ok(target)
    }

    /// Copies a file to the folder of damaged files. Returns the name of the copy below the folder of the history.
    pub(crate) fn keep_copy(&self, name: &str) -> Result<String, HistoryError> {
        let (target, partial) = (self.free_name(name)?, self.path(PARTIAL_COPY));
        // a copy that was cut off by a kill must not have the name of a complete one
        remove_file(&partial)?;
        let mut copy = private_files::create_file(&partial)?;
        let copied = private_files::open_own_file(&self.path(name)).and_then(|mut file| io::copy(&mut file, &mut copy));
        let copied = copied.and_then(|_| copy.sync_all()).and_then(|()| fs::rename(&partial, self.path(&target)));
        if copied.is_err() {
            remove_file(&partial)?;
        }
        Ok(copied.map(|()| target).map_err(cannot("copy", self.path(name)))?)
    }

    /// Returns an unused name in the folder of damaged files.
    fn free_name(&self, name: &str) -> Result<String, HistoryError> {
        private_files::own_folder(&self.path(DAMAGED))?;
        let base = format!("{DAMAGED}/{}", name.replace('/', "_"));
        let numbered = (2..).map(|number| format!("{base}-{number}"));
        let is_free = |name: &String| fs::symlink_metadata(self.path(name)).is_err();
        Ok(std::iter::once(base.clone()).chain(numbered).find(is_free).unwrap_or(base))
    }

    /// Deletes the file of a week permanently.
    pub(crate) fn delete(&self, week: IsoWeek) -> Result<(), HistoryError> {
        remove_file(&self.path(&Self::name(week)))?;
        remove_folder_if_empty(&self.path(&format!("{WEEKS_FOLDER}/{PREFIX}{week}")));
        Ok(())
    }

    /// Removes partial files that a killed run left behind.
    pub(crate) fn tidy(&self) -> Result<(), HistoryError> {
        for partial in [PARTIAL, PARTIAL_COPY, Self::PARTIAL_LIST] {
            remove_file(&self.path(partial))?;
        }
        let staging = self.path(Self::STAGING);
        match fs::symlink_metadata(&staging) {
            Ok(found) if found.is_dir() => fs::remove_dir_all(&staging).map_err(cannot("remove", &staging))?,
            Ok(_) => remove_file(&staging)?,
            Err(_) => {}
        }
        for name in names_in(&self.path(WEEKS_FOLDER))?.iter().filter(|name| name.starts_with(PREFIX)) {
            remove_folder_if_empty(&self.path(WEEKS_FOLDER).join(name));
        }
        Ok(())
    }
}

/// Writes the rows of a week.
pub(crate) struct RowSink<'w> {
    writer: &'w mut ParquetWriter<File>,
    partial: &'w Path,
    /// Position of the space key in a row.
    space: usize,
    /// Number of rows of each space so far.
    rows: HashMap<String, u64>,
}

impl RowSink<'_> {
    /// Writes a row: one cell for each of [`WeekFiles::fields`].
    pub(crate) fn add(&mut self, cells: &[Value]) -> Result<(), HistoryError> {
        self.writer.row(cells).map_err(cannot("write", self.partial))?;
        let space = cells.get(self.space).and_then(Value::as_text).unwrap_or_default();
        match self.rows.get_mut(space) {
            Some(rows) => *rows += 1,
            None => drop(self.rows.insert(space.to_owned(), 1)),
        }
        Ok(())
    }
}

impl OpenWeek {
    /// Calls `see` with the cells of these columns for each row.
    pub(crate) fn read<E: From<HistoryError>>(
        &self,
        week_files: &WeekFiles,
        columns: &[Field],
        mut see: impl FnMut(&[Value]) -> Result<(), E>,
    ) -> Result<(), E> {
        let name = WeekFiles::name(self.week.week);
        let read = self.table.for_each_row(columns, |cells| see(cells).map_err(ReadRowError::Caller));
        read.map_err(|error| match error {
            ReadRowError::Caller(error) => error,
            ReadRowError::File(error) => week_files.unreadable(&name, error).into(),
        })
    }

    /// Reads every cell. Returns an error if a cell cannot be read, a page occurs twice, or the number of rows per space differs
    /// from the metadata.
    pub(crate) fn check(&self, week_files: &WeekFiles) -> Result<(), HistoryError> {
        let (space, page) = (week_files.place(SPACE), week_files.place(PAGE));
        let (mut pages, mut spaces) = (HashSet::new(), HashMap::new());
        let refuse = |problem: String| week_files.damaged(&WeekFiles::name(self.week.week), problem);
        self.read(week_files, week_files.fields(), |cells| {
            let page = cells[page].plain();
            *spaces.entry(cells[space].plain()).or_insert(0) += 1;
            if pages.contains(&page) {
                return Err(refuse(format!("page {page} occurs twice")));
            }
            pages.insert(page);
            Ok(())
        })?;
        let recorded =
            self.week.spaces.iter().map(|(key, space)| (key.clone(), space.rows)).filter(|(_, rows)| *rows > 0);
        if spaces == recorded.collect() {
            Ok(())
        } else {
            Err(refuse("the number of rows per space differs from its metadata".into()))
        }
    }
}

/// An error while rows are read: of the file, or of the callback.
enum ReadRowError<E> {
    File(io::Error),
    Caller(E),
}

impl<E> From<io::Error> for ReadRowError<E> {
    fn from(error: io::Error) -> Self {
        Self::File(error)
    }
}

/// Returns the sorted names in a folder; none if it does not exist.
pub(super) fn names_in(folder: &Path) -> Result<Vec<String>, HistoryError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(cannot("read folder", folder)(error).into()),
    };
    let names = entries.map(|entry| entry.map(|entry| entry.file_name().to_string_lossy().into_owned()));
    let mut names = names.collect::<io::Result<Vec<_>>>().map_err(cannot("read folder", folder))?;
    names.sort();
    Ok(names)
}

fn remove_folder_if_empty(path: &Path) {
    // fails if the folder is not empty or does not exist, which is intended
    let _ = fs::remove_dir(path);
}
