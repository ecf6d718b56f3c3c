//! The report folder: built beside its name and renamed when whole, so that whatever bears the final name is whole (F-75 to F-79, F-90).

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use chrono::{DateTime, FixedOffset};
use serde::Serialize;

use super::{OutputError, ReportError, names};
use crate::support::checksum::Meter;
use crate::support::file_error::cannot;
use crate::support::{leftovers, private};

/// How many names are tried before giving up; two runs in one second are rare, a hundred are a mistake.
const MAX_TRIES: u32 = 100;
/// How the name of the folder begins that is made to see whether one can be made.
const PROBE: &str = ".confluence_analysis_probe";
/// What follows the space's name in the longest name of a file.
const LONGEST_ENDING: &str = "_unreferenced.html";

/// One file of the report as it stands in the manifest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct WrittenFile {
    /// Path below the report folder, with `/`.
    pub path: String,
    /// Length.
    pub bytes: u64,
    /// SHA-256 in lower-case hexadecimal.
    pub sha256: String,
}

/// Checks that a report can be made in `parent`, by making and removing a folder with a file in it, with names as long
/// as those of a report get (F-89). To be called before the first request (F-76).
pub fn check_writable(parent: &Path) -> Result<(), OutputError> {
    Ok(try_to_write(parent)?)
}

fn try_to_write(parent: &Path) -> Result<(), ReportError> {
    if !fs::metadata(parent).map_err(cannot("read folder", parent))?.is_dir() {
        return Err(ReportError::NotAFolder { path: parent.to_owned() });
    }
    let failed = || {
        |error: io::Error| match error.kind() {
            io::ErrorKind::InvalidFilename => ReportError::TooDeep { path: parent.to_owned() },
            _ => cannot("write in folder", parent)(without_path(error)).into(),
        }
    };
    // the six letters that make the name a new one are part of its length
    let name = format!("{PROBE:_<width$}", width = longest_folder_name().len() - 6);
    let mut probe = tempfile::Builder::new();
    #[cfg(unix)]
    probe.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    let probe = probe.prefix(&name).tempdir_in(parent).map_err(failed())?;
    // a run may be killed within this check
    leftovers::remove_older(probe.path(), PROBE, "");
    let space = probe.path().join("x".repeat(names::MAX_LENGTH));
    private::create_folder(&space).map_err(|error| failed()(error.source))?;
    let file = space.join(format!("{}{LONGEST_ENDING}", "x".repeat(names::MAX_LENGTH)));
    let mut writer = private::create_file(&file).map_err(|error| failed()(error.source))?;
    writer.write_all(b"probe").and_then(|()| writer.sync_all()).map_err(failed())?;
    drop(writer);
    probe.close().map_err(failed())
}

/// The name of a report in the making when a hundred others were made in the same second.
fn longest_folder_name() -> String {
    format!("{}-{MAX_TRIES}.partial", folder_name(&DateTime::UNIX_EPOCH.fixed_offset(), false))
}

/// The error without the path of the probe, which means nothing to people.
fn without_path(error: io::Error) -> io::Error {
    if error.get_ref().is_some() { error.kind().into() } else { error }
}

/// Name of the report folder, e.g. `confluence_analysis_V0_1_2026-11-21_19-41-07_INCOMPLETE`.
pub fn folder_name(local_time: &DateTime<FixedOffset>, complete: bool) -> String {
    format!(
        "confluence_analysis_V{}_{}_{}{}",
        env!("CARGO_PKG_VERSION_MAJOR"),
        env!("CARGO_PKG_VERSION_MINOR"),
        local_time.format("%Y-%m-%d_%H-%M-%S"),
        if complete { "" } else { "_INCOMPLETE" }
    )
}

/// A report folder in the making.
#[derive(Debug)]
pub struct ReportFolder {
    partial: PathBuf,
    target: PathBuf,
    files: Vec<WrittenFile>,
}

impl ReportFolder {
    /// Makes `<name>.partial` in `parent`, or `<name>-2.partial` and so on when the name is taken by anything,
    /// a dangling link included.
    pub fn create(parent: &Path, name: &str) -> Result<Self, ReportError> {
        for number in 1..=MAX_TRIES {
            let name = if number == 1 { name.to_owned() } else { format!("{name}-{number}") };
            let target = parent.join(&name);
            let partial = parent.join(format!("{name}.partial"));
            match private::create_folder(&partial) {
                Ok(()) => {}
                Err(error) if error.source.kind() == io::ErrorKind::AlreadyExists => continue,
                Err(error) => return Err(error.into()),
            }
            // whoever holds the partial folder holds the name; so look at the name only now
            if fs::symlink_metadata(&target).is_err() {
                return Ok(Self { partial, target, files: Vec::new() });
            }
            fs::remove_dir(&partial).map_err(cannot("remove folder", &partial))?;
        }
        Err(ReportError::NoFreeName { parent: parent.to_owned() })
    }

    /// Makes a folder inside; the name must come from [`super::names`].
    pub fn create_subfolder(&self, name: &str) -> Result<(), ReportError> {
        let path = self.partial.join(name);
        Ok(private::create_folder(&path)?)
    }

    /// Writes one file, through to the disk. `path` has `/` between folder and name.
    pub fn write<E>(
        &mut self,
        path: &str,
        content: impl FnOnce(&mut dyn Write) -> Result<(), E>,
    ) -> Result<(), ReportError>
    where
        E: Into<WriteFailure>,
    {
        let full = path.split('/').fold(self.partial.clone(), |full, part| full.join(part));
        let file = private::create_file(&full)?;
        let mut sink = Meter::new(BufWriter::new(file));
        let earlier: u64 = self.files.iter().map(|file| file.bytes).sum();
        content(&mut sink).map_err(|error| error.into().at(&full).with_room(earlier + sink.bytes()))?;
        let written = earlier + sink.bytes();
        let failed = || |error: io::Error| ReportError::from(cannot("write", &full)(error)).with_room(written);
        sink.flush().map_err(failed())?;
        let (buffer, bytes, sha256) = sink.finish();
        let file = buffer.into_inner().map_err(|error| failed()(error.into_error()))?;
        file.sync_all().map_err(failed())?;
        self.files.push(WrittenFile { path: path.to_owned(), bytes, sha256 });
        Ok(())
    }

    /// Everything written so far, by path.
    pub fn files(&self) -> Vec<WrittenFile> {
        let mut files = self.files.clone();
        files.sort();
        files
    }

    /// Gives the folder up, and with it the room that it takes on the disk. The error is told with what became of it.
    fn discard(self, cause: ReportError) -> ReportError {
        let left = match fs::remove_dir_all(&self.partial) {
            Ok(()) => None,
            Err(_) => Some(self.partial),
        };
        ReportError::Unfinished { cause: Box::new(cause), left }
    }

    /// Fills a new folder and gives it its name, or leaves nothing behind.
    pub fn build(
        parent: &Path,
        name: &str,
        fill: impl FnOnce(&mut Self) -> Result<(), ReportError>,
    ) -> Result<PathBuf, ReportError> {
        let mut folder = Self::create(parent, name)?;
        match fill(&mut folder) {
            Ok(()) => folder.finish(),
            Err(cause) => Err(folder.discard(cause)),
        }
    }

    /// Gives the folder its name. Nothing may be written afterwards.
    pub fn finish(self) -> Result<PathBuf, ReportError> {
        sync_folder(&self.partial)?;
        fs::rename(&self.partial, &self.target).map_err(cannot("rename the finished folder to", &self.target))?;
        if let Some(parent) = self.target.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            sync_folder(parent)?;
        }
        Ok(self.target)
    }
}

/// Writes a text file of a finished folder anew: whole, or as it was.
pub(super) fn amend(path: &Path, change: impl FnOnce(String) -> String) -> Result<(), ReportError> {
    let text = fs::read_to_string(path).map_err(cannot("read", path))?;
    let partial = path.with_extension("partial");
    let mut file = private::create_file(&partial)?;
    file.write_all(change(text).as_bytes()).map_err(cannot("write", &partial))?;
    file.sync_all().map_err(cannot("write", &partial))?;
    fs::rename(&partial, path).map_err(cannot("rename the finished file to", path))?;
    path.parent().map_or(Ok(()), sync_folder)
}

/// Why filling a file failed: the disk, or what was to be written.
#[derive(Debug)]
pub enum WriteFailure {
    /// The file system.
    Io(io::Error),
    /// The content.
    Content(ReportError),
}

impl From<io::Error> for WriteFailure {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<ReportError> for WriteFailure {
    fn from(error: ReportError) -> Self {
        Self::Content(error)
    }
}

impl WriteFailure {
    fn at(self, path: &Path) -> ReportError {
        match self {
            Self::Io(error) => cannot("write", path)(error).into(),
            Self::Content(error) => error,
        }
    }
}

fn sync_folder(path: &Path) -> Result<(), ReportError> {
    Ok(private::sync_folder(path)?)
}

#[cfg(test)]
#[path = "folder_tests.rs"]
mod tests;
