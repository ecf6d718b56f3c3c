//! The folder of the history: every step that changes something on the disk goes through here.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::fuse::{Fuse, FusedFile};
use super::{Finding, HistoryError};
use crate::support::checksum::{Meter, sha256};
use crate::support::file_error::cannot;
use crate::support::private;

/// Length and checksum of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// Length in bytes.
    pub bytes: u64,
    /// SHA-256 in lower-case hexadecimal.
    pub sha256: String,
}

impl Measure {
    /// Of bytes in memory.
    pub(super) fn of(bytes: &[u8]) -> Self {
        Self { bytes: bytes.len() as u64, sha256: sha256(bytes) }
    }

    /// Of what has passed through a meter; gives where it went as well.
    pub(super) fn finish<W: Write>(meter: Meter<W>) -> (W, Self) {
        let (inner, bytes, sha256) = meter.finish();
        (inner, Self { bytes, sha256 })
    }
}

/// The folder. Paths in it are written with `/`.
#[derive(Debug, Clone)]
pub(super) struct Disk {
    folder: PathBuf,
    /// Files that are looked for in another place, until they are where they belong.
    instead: HashMap<String, String>,
    fuse: Fuse,
}

impl Disk {
    pub(super) fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), instead: HashMap::new(), fuse: Fuse::default() }
    }

    /// A disk that stops working when the fuse blows.
    #[cfg(test)]
    pub(super) fn with_fuse(folder: &Path, fuse: Fuse) -> Self {
        Self { fuse, ..Self::new(folder) }
    }

    /// The same folder, with some files looked for in another place.
    pub(super) fn with(&self, instead: HashMap<String, String>) -> Self {
        Self { instead, ..self.clone() }
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// That one of its files is not as it was written.
    pub(super) fn damaged(&self, file: &str, line: Option<u64>, problem: impl Into<String>) -> HistoryError {
        HistoryError::Damaged { folder: self.folder.clone(), findings: vec![Finding::new(file, line, problem)] }
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        let name = self.instead.get(name).map_or(name, String::as_str);
        name.split('/').fold(self.folder.clone(), |path, part| path.join(part))
    }

    fn step(&self, action: &'static str, path: &Path) -> Result<(), HistoryError> {
        Ok(self.fuse.step().map_err(cannot(action, path))?)
    }

    /// Whether anything bears the name, a dangling link included.
    pub(super) fn exists(&self, name: &str) -> bool {
        fs::symlink_metadata(self.path(name)).is_ok()
    }

    /// Opens a file for reading; `None` when there is none.
    pub(super) fn open(&self, name: &str) -> Result<Option<File>, HistoryError> {
        let path = self.path(name);
        match File::open(&path) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(cannot("open", &path)(error).into()),
        }
    }

    /// The bytes of a file; `None` when there is none.
    pub(super) fn read(&self, name: &str) -> Result<Option<Vec<u8>>, HistoryError> {
        let Some(mut file) = self.open(name)? else { return Ok(None) };
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(cannot("read", self.path(name)))?;
        Ok(Some(bytes))
    }

    /// Length and checksum of a file; `None` when there is none.
    pub(super) fn measure(&self, name: &str) -> Result<Option<Measure>, HistoryError> {
        let Some(mut file) = self.open(name)? else { return Ok(None) };
        let mut meter = Meter::new(io::sink());
        io::copy(&mut file, &mut meter).map_err(cannot("read", self.path(name)))?;
        Ok(Some(Measure::finish(meter).1))
    }

    /// Whether a file is there and as measured.
    pub(super) fn is_as(&self, name: &str, measure: &Measure) -> Result<bool, HistoryError> {
        let path = self.path(name);
        // the length tells most differences without reading
        match fs::metadata(&path) {
            Ok(there) if there.is_file() && there.len() == measure.bytes => {
                Ok(self.measure(name)?.is_some_and(|found| found == *measure))
            }
            Ok(_) => Ok(false),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(cannot("look at", &path)(error).into()),
        }
    }

    /// Names in a folder below, sorted, without the folder; empty when there is no such folder.
    pub(super) fn list(&self, folder: &str) -> Result<Vec<String>, HistoryError> {
        let path = if folder.is_empty() { self.folder.clone() } else { self.path(folder) };
        let entries = match fs::read_dir(&path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(cannot("list", &path)(error).into()),
        };
        let mut names = Vec::new();
        for entry in entries {
            let name = entry.map_err(cannot("list", &path))?.file_name();
            names.push(name.to_string_lossy().into_owned());
        }
        names.sort();
        Ok(names)
    }

    /// Makes a folder unless it is there; `""` is the folder of the history itself.
    pub(super) fn create_folder(&self, name: &str) -> Result<(), HistoryError> {
        let path = if name.is_empty() { self.folder.clone() } else { self.path(name) };
        if path.is_dir() {
            return Ok(());
        }
        self.step("create folder", &path)?;
        private::create_folder(&path)?;
        sync_parent(&path)
    }

    /// Writes a new file, through to the disk. Fails when the name is taken.
    pub(super) fn write(
        &self,
        name: &str,
        content: impl FnOnce(&mut dyn Write) -> Result<(), Fill>,
    ) -> Result<Measure, HistoryError> {
        let path = self.path(name);
        self.step("create", &path)?;
        let file = private::create_file(&path)?;
        let failed = || cannot("write", &path);
        let mut sink = Meter::new(BufWriter::new(FusedFile { file, fuse: self.fuse.clone() }));
        content(&mut sink).map_err(|error| match error {
            Fill::Io(error) => failed()(error).into(),
            Fill::Source(error) => error,
        })?;
        let (buffer, measure) = Measure::finish(sink);
        let fused = buffer.into_inner().map_err(|error| failed()(error.into_error()))?;
        self.step("write through", &path)?;
        fused.file.sync_all().map_err(failed())?;
        Ok(measure)
    }

    /// Gives a file another name, in place of whatever bears it, and makes that survive a power loss.
    pub(super) fn rename(&self, from: &str, to: &str) -> Result<(), HistoryError> {
        let (from, to) = (self.path(from), self.path(to));
        self.step("rename to", &to)?;
        fs::rename(&from, &to).map_err(cannot("rename to", &to))?;
        sync_parent(&to)?;
        if from.parent() == to.parent() { Ok(()) } else { sync_parent(&from) }
    }

    /// Removes a file; that it is gone already is as good.
    pub(super) fn remove(&self, name: &str) -> Result<(), HistoryError> {
        let path = self.path(name);
        self.step("remove", &path)?;
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(cannot("remove", &path)(error).into()),
            _ => sync_parent(&path),
        }
    }

    /// Removes an empty folder; that it is gone already is as good.
    pub(super) fn remove_folder(&self, name: &str) -> Result<(), HistoryError> {
        let path = self.path(name);
        self.step("remove", &path)?;
        match fs::remove_dir(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(cannot("remove", &path)(error).into()),
            _ => Ok(()),
        }
    }

    /// The first of these names that nothing bears.
    pub(super) fn free(&self, name: impl Fn(u32) -> String) -> String {
        let mut attempt = 1;
        loop {
            let candidate = name(attempt);
            if !self.exists(&candidate) {
                return candidate;
            }
            attempt += 1;
        }
    }
}

/// Why filling a file failed: its own disk, or what was to be read for it.
#[derive(Debug)]
pub(super) enum Fill {
    Io(io::Error),
    Source(HistoryError),
}

impl From<io::Error> for Fill {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<HistoryError> for Fill {
    fn from(error: HistoryError) -> Self {
        Self::Source(error)
    }
}

/// Makes a new name survive a power loss.
fn sync_parent(path: &Path) -> Result<(), HistoryError> {
    let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) else { return Ok(()) };
    Ok(private::sync_folder(parent)?)
}
