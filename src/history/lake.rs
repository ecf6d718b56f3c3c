//! The files of the weeks: `history/snapshot_week=<YYYY>-W<ww>/pages.parquet`, as engines expect a table in parts.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::metadata::{SCHEMA_VERSION, Week};
use super::{Finding, HistoryError, PAGE, SPACE, WEEK};
use crate::spreadsheet::{Field, ParquetTable, ParquetWriter, Value};
use crate::support::file_error::cannot;
use crate::support::iso_week::IsoWeek;
use crate::support::lock::FileLock;
use crate::support::private::{self, remove_file};

/// The folder of all weeks. Nothing that is not whole ever stands in it.
const LAKE: &str = "history";
const PREFIX: &str = "snapshot_week=";
const FILE: &str = "pages.parquet";
/// What was set aside.
const DAMAGED: &str = "damaged";
/// The week that is being written.
const PARTIAL: &str = ".pages.parquet.partial";
/// The copy of a damaged file that is being made.
const PARTIAL_COPY: &str = ".damaged.partial";

/// The folder of the history.
#[derive(Debug)]
pub struct Lake {
    folder: PathBuf,
    /// Those of a row: with [`WEEK`].
    columns: Vec<Field>,
    /// Those of the files: without it.
    fields: Vec<Field>,
}

/// A week that is open for reading.
pub(crate) struct OpenWeek {
    /// What it says of itself.
    pub(crate) week: Week,
    /// Its rows.
    pub(crate) table: ParquetTable,
}

impl Lake {
    /// The folder of files that are being written again, see `crate::exports`.
    pub(crate) const STAGING: &str = ".exports";
    /// `history.json` while it is being written.
    pub(crate) const PARTIAL_LIST: &str = ".history.json.partial";

    /// The folder as it is; nothing is written.
    pub(crate) fn at(folder: &Path, columns: Vec<Field>) -> Self {
        let fields = columns.iter().filter(|field| field.name != WEEK).cloned().collect();
        Self { folder: folder.to_owned(), columns, fields }
    }

    /// The folder, which is made when it is not there; its parent has to be.
    pub(crate) fn create(folder: &Path, columns: Vec<Field>) -> Result<Self, HistoryError> {
        private::own_folder(folder)?;
        Ok(Self::at(folder, columns))
    }

    pub(crate) fn lock(&self, wait: Duration) -> Result<FileLock, HistoryError> {
        Ok(FileLock::take(&self.path("history.lock"), &self.path("history.holder"), wait)?)
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The columns of a row.
    pub(crate) fn columns(&self) -> &[Field] {
        &self.columns
    }

    /// The columns of the exports.
    pub(crate) fn exported(&self) -> impl Iterator<Item = &Field> {
        self.columns.iter().filter(|field| !field.only_in_weeks)
    }

    /// The columns of the files.
    pub(crate) fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// Where a column stands among [`Self::fields`]: one of those by which rows are known, which are always there.
    pub(crate) fn place(&self, column: &str) -> usize {
        self.fields.iter().position(|field| field.name == column).unwrap_or_default()
    }

    /// A path below the folder, written with `/`.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        name.split('/').fold(self.folder.clone(), |path, part| path.join(part))
    }

    /// The file of a week below the folder, with `/`.
    pub(crate) fn name(week: IsoWeek) -> String {
        format!("{LAKE}/{PREFIX}{week}/{FILE}")
    }

    pub(crate) fn damaged(&self, file: &str, problem: impl Into<String>) -> HistoryError {
        HistoryError::Damaged { folder: self.folder.clone(), findings: vec![Finding::new(file, None, problem)] }
    }

    /// The weeks that have a file, whatever it holds.
    pub(crate) fn weeks(&self) -> Result<Vec<IsoWeek>, HistoryError> {
        let names = names_in(&self.path(LAKE))?;
        let weeks = names.iter().filter_map(|name| name.strip_prefix(PREFIX)?.parse().ok());
        Ok(weeks.filter(|week| fs::symlink_metadata(self.path(&Self::name(*week))).is_ok()).collect())
    }

    /// Parquet files that are no week's, which engines would read as well.
    pub(crate) fn strangers(&self) -> Result<Vec<String>, HistoryError> {
        let own: Vec<String> = self.weeks()?.into_iter().map(Self::name).collect();
        let mut found = Vec::new();
        let mut folders = vec![LAKE.to_owned()];
        while let Some(folder) = folders.pop() {
            for name in names_in(&self.path(&folder))? {
                let path = format!("{folder}/{name}");
                // what a link leads to is not ours
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

    /// Opens a week. Refuses one that is damaged, not this program's, or of a newer one.
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
        let found = Week::of(&table).map_err(|problem| self.damaged(&name, problem))?;
        if found.week != week {
            return Err(self.damaged(&name, format!("it is the file of {}", found.week)));
        }
        if found.row_count != table.rows() {
            let (rows, said) = (table.rows(), found.row_count);
            return Err(self.damaged(&name, format!("it has {rows} rows, but says {said}")));
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

    /// Writes the file of a week and puts it in place by one rename: whatever happens, the week is as before or as given.
    /// The counts of rows and the seal of `week` are filled in.
    pub(crate) fn commit(
        &self,
        week: &mut Week,
        rows: impl FnOnce(&mut RowSink<'_>) -> Result<(), HistoryError>,
    ) -> Result<(), HistoryError> {
        let written = self.write_week(week, rows);
        if written.is_err() {
            // on a full disk it would keep others from writing; that it cannot be removed is the lesser failure
            let _ = remove_file(&self.path(PARTIAL));
        }
        written
    }

    fn write_week(
        &self,
        week: &mut Week,
        rows: impl FnOnce(&mut RowSink<'_>) -> Result<(), HistoryError>,
    ) -> Result<(), HistoryError> {
        let partial = self.path(PARTIAL);
        remove_file(&partial)?;
        let failed = || cannot("write", &partial);
        let mut writer = ParquetWriter::new(private::create_file(&partial)?, &self.fields).map_err(failed())?;
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
            (self.path(&name), self.path(&format!("{LAKE}/{PREFIX}{}", week.week)), self.path(LAKE));
        private::own_folder(&all)?;
        private::own_folder(&own)?;
        fs::rename(&partial, &target).map_err(cannot("put in place", &target))?;
        [&own, &all, &self.folder].into_iter().try_for_each(|folder| private::sync_folder(folder))?;
        Ok(())
    }

    /// Moves a file out of the way of readers. Gives its new name below the folder.
    pub(crate) fn set_aside(&self, name: &str) -> Result<String, HistoryError> {
        let target = self.free_name(name)?;
        fs::rename(self.path(name), self.path(&target)).map_err(cannot("set aside", self.path(name)))?;
        Ok(target)
    }

    /// Keeps a copy of a file out of the way of readers. Gives its name below the folder.
    pub(crate) fn keep_copy(&self, name: &str) -> Result<String, HistoryError> {
        let (target, partial) = (self.free_name(name)?, self.path(PARTIAL_COPY));
        // a copy that a kill has cut must not bear the name of a whole one
        remove_file(&partial)?;
        let mut copy = private::create_file(&partial)?;
        let copied = private::open_own_file(&self.path(name)).and_then(|mut file| io::copy(&mut file, &mut copy));
        let copied = copied.and_then(|_| copy.sync_all()).and_then(|()| fs::rename(&partial, self.path(&target)));
        if copied.is_err() {
            remove_file(&partial)?;
        }
        Ok(copied.map(|()| target).map_err(cannot("copy", self.path(name)))?)
    }

    /// A name in the folder of what was set aside that is not taken.
    fn free_name(&self, name: &str) -> Result<String, HistoryError> {
        private::own_folder(&self.path(DAMAGED))?;
        let base = format!("{DAMAGED}/{}", name.replace('/', "_"));
        let numbered = (2..).map(|number| format!("{base}-{number}"));
        let is_free = |name: &String| fs::symlink_metadata(self.path(name)).is_err();
        Ok(std::iter::once(base.clone()).chain(numbered).find(is_free).unwrap_or(base))
    }

    /// Deletes a week for good.
    pub(crate) fn delete(&self, week: IsoWeek) -> Result<(), HistoryError> {
        remove_file(&self.path(&Self::name(week)))?;
        remove_folder_if_empty(&self.path(&format!("{LAKE}/{PREFIX}{week}")));
        Ok(())
    }

    /// Removes what a killed run left behind: it never counted.
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
        for name in names_in(&self.path(LAKE))?.iter().filter(|name| name.starts_with(PREFIX)) {
            remove_folder_if_empty(&self.path(LAKE).join(name));
        }
        Ok(())
    }
}

/// Takes the rows of a week that is being written.
pub(crate) struct RowSink<'w> {
    writer: &'w mut ParquetWriter<File>,
    partial: &'w Path,
    /// Where the key of the space stands in a row.
    space: usize,
    /// How many rows each space has so far.
    rows: HashMap<String, u64>,
}

impl RowSink<'_> {
    /// Adds a row: one cell for each of [`Lake::fields`].
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
    /// Shows the cells of these columns, row by row.
    pub(crate) fn read<E: From<HistoryError>>(
        &self,
        lake: &Lake,
        columns: &[Field],
        mut see: impl FnMut(&[Value]) -> Result<(), E>,
    ) -> Result<(), E> {
        let name = Lake::name(self.week.week);
        let shown = self.table.for_each_row(columns, |cells| see(cells).map_err(Shown::Caller));
        shown.map_err(|error| match error {
            Shown::Caller(error) => error,
            Shown::File(error) => lake.unreadable(&name, error).into(),
        })
    }

    /// Reads every cell. Refuses a cell that cannot be read, a page that occurs twice, and spaces that do not have as many
    /// rows as said.
    pub(crate) fn check(&self, lake: &Lake) -> Result<(), HistoryError> {
        let (space, page) = (lake.place(SPACE), lake.place(PAGE));
        let (mut pages, mut spaces) = (HashSet::new(), HashMap::new());
        let refuse = |problem: String| lake.damaged(&Lake::name(self.week.week), problem);
        self.read(lake, lake.fields(), |cells| {
            let page = cells[page].plain();
            *spaces.entry(cells[space].plain()).or_insert(0) += 1;
            if pages.contains(&page) {
                return Err(refuse(format!("page {page} occurs twice")));
            }
            pages.insert(page);
            Ok(())
        })?;
        let said = self.week.spaces.iter().map(|(key, space)| (key.clone(), space.rows)).filter(|(_, rows)| *rows > 0);
        if spaces == said.collect() {
            Ok(())
        } else {
            Err(refuse("its spaces do not have as many rows as it says".into()))
        }
    }
}

/// Whose error it is.
enum Shown<E> {
    File(io::Error),
    Caller(E),
}

impl<E> From<io::Error> for Shown<E> {
    fn from(error: io::Error) -> Self {
        Self::File(error)
    }
}

/// Names in a folder, sorted; none when there is no such folder.
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
    // one that is not empty, or not there, is not meant
    let _ = fs::remove_dir(path);
}
