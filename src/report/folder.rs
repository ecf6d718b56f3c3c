//! The report folder: built under a `.partial` name and renamed when finished, so that a folder with the final name is
//! always intact (F-75 to F-79, F-90).

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use chrono::{DateTime, FixedOffset};
use serde::Serialize;

use super::{OutputError, ReportError, folder_names};
use crate::support::checksum::HashingWriter;
use crate::support::file_error::cannot;
use crate::support::{private_files, stale_files};

/// How many names are tried before giving up; two runs in one second are rare, a hundred are a bug.
const MAX_TRIES: u32 = 100;
/// Prefix of the temporary folder that tests whether a report folder can be created.
const PROBE_PREFIX: &str = ".confluence_analysis_probe";
/// The longest file name suffix after the folder name of a space.
const LONGEST_ENDING: &str = "_unreferenced.html";

/// One file of the report, as recorded in the manifest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct WrittenFile {
    /// Path below the report folder, with `/`.
    pub path: String,
    pub bytes: u64,
    /// In lower-case hexadecimal.
    pub sha256: String,
}

/// Checks that a report can be written in `parent`: creates and removes a folder with a file, whose names are as long as
/// the longest in a report (F-89). Call it before the first request (F-76).
pub fn check_writable(parent: &Path) -> Result<(), OutputError> {
    Ok(write_probe(parent)?)
}

fn write_probe(parent: &Path) -> Result<(), ReportError> {
    if !fs::metadata(parent).map_err(cannot("read folder", parent))?.is_dir() {
        return Err(ReportError::NotAFolder { path: parent.to_owned() });
    }
    let failed = || {
        |error: io::Error| match error.kind() {
            io::ErrorKind::InvalidFilename => ReportError::PathTooLong { path: parent.to_owned() },
            _ => cannot("write in folder", parent)(without_path(error)).into(),
        }
    };
    // tempfile appends six random letters
    let name = format!("{PROBE_PREFIX:_<width$}", width = longest_folder_name().len() - 6);
    let mut probe = tempfile::Builder::new();
    #[cfg(unix)]
    probe.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    let probe = probe.prefix(&name).tempdir_in(parent).map_err(failed())?;
    // remove what an earlier run left that was killed during this check
    stale_files::remove_older(probe.path(), PROBE_PREFIX, "");
    let space = probe.path().join("x".repeat(folder_names::MAX_LENGTH));
    private_files::create_folder(&space).map_err(|error| failed()(error.source))?;
    let file = space.join(format!("{}{LONGEST_ENDING}", "x".repeat(folder_names::MAX_LENGTH)));
    let mut writer = private_files::create_file(&file).map_err(|error| failed()(error.source))?;
    writer.write_all(b"probe").and_then(|()| writer.sync_all()).map_err(failed())?;
    drop(writer);
    probe.close().map_err(failed())
}

/// Returns the longest possible name of an unfinished report: the last one tried if all others are taken.
fn longest_folder_name() -> String {
    format!("{}-{MAX_TRIES}.partial", folder_name(&DateTime::UNIX_EPOCH.fixed_offset(), false))
}

/// Returns the error without the path of the probe, which would only confuse people.
fn without_path(error: io::Error) -> io::Error {
    if error.get_ref().is_some() { error.kind().into() } else { error }
}

/// Returns the name of the report folder, e.g. `confluence_analysis_V0_1_2026-11-21_19-41-07_INCOMPLETE`.
pub fn folder_name(local_time: &DateTime<FixedOffset>, complete: bool) -> String {
    named("confluence_analysis", local_time, complete)
}

/// Returns the name of the folder of a recheck, e.g. `confluence_recheck_V0_1_2026-12-24_08-00-00`.
pub fn recheck_folder_name(local_time: &DateTime<FixedOffset>, complete: bool) -> String {
    named("confluence_recheck", local_time, complete)
}

fn named(prefix: &str, local_time: &DateTime<FixedOffset>, complete: bool) -> String {
    format!(
        "{prefix}_V{}_{}_{}{}",
        env!("CARGO_PKG_VERSION_MAJOR"),
        env!("CARGO_PKG_VERSION_MINOR"),
        local_time.format("%Y-%m-%d_%H-%M-%S"),
        if complete { "" } else { "_INCOMPLETE" }
    )
}

/// An unfinished report folder.
#[derive(Debug)]
pub struct ReportFolder {
    partial: PathBuf,
    target: PathBuf,
    files: Vec<WrittenFile>,
}

impl ReportFolder {
    /// Creates `<name>.partial` in `parent`, or `<name>-2.partial` and so on if anything has the name, even a dangling
    /// link.
    pub fn create(parent: &Path, name: &str) -> Result<Self, ReportError> {
        for number in 1..=MAX_TRIES {
            let name = if number == 1 { name.to_owned() } else { format!("{name}-{number}") };
            let target = parent.join(&name);
            let partial = parent.join(format!("{name}.partial"));
            match private_files::create_folder(&partial) {
                Ok(()) => {}
                Err(error) if error.source.kind() == io::ErrorKind::AlreadyExists => continue,
                Err(error) => return Err(error.into()),
            }
            // owning the partial folder reserves the name, so check the name only now
            if fs::symlink_metadata(&target).is_err() {
                return Ok(Self { partial, target, files: Vec::new() });
            }
            fs::remove_dir(&partial).map_err(cannot("remove folder", &partial))?;
        }
        Err(ReportError::NoFreeName { parent: parent.to_owned() })
    }

    /// Creates a folder inside; the name must come from [`super::folder_names`].
    pub fn create_subfolder(&self, name: &str) -> Result<(), ReportError> {
        let path = self.partial.join(name);
        Ok(private_files::create_folder(&path)?)
    }

    /// Writes one file and syncs it to the disk. `path` uses `/` as separator.
    pub fn write<E>(
        &mut self,
        path: &str,
        content: impl FnOnce(&mut (dyn Write + Send)) -> Result<(), E>,
    ) -> Result<(), ReportError>
    where
        E: Into<WriteFailure>,
    {
        let full = path.split('/').fold(self.partial.clone(), |full, part| full.join(part));
        let file = private_files::create_file(&full)?;
        let mut sink = HashingWriter::new(BufWriter::new(file));
        let earlier: u64 = self.files.iter().map(|file| file.bytes).sum();
        content(&mut sink).map_err(|error| error.into().at(&full).with_disk_usage(earlier + sink.bytes()))?;
        let written = earlier + sink.bytes();
        let failed = || |error: io::Error| ReportError::from(cannot("write", &full)(error)).with_disk_usage(written);
        sink.flush().map_err(failed())?;
        let (buffer, bytes, sha256) = sink.finish();
        let file = buffer.into_inner().map_err(|error| failed()(error.into_error()))?;
        file.sync_all().map_err(failed())?;
        self.files.push(WrittenFile { path: path.to_owned(), bytes, sha256 });
        Ok(())
    }

    /// Writes one file with a writer that also goes back in it, and syncs it to the disk.
    pub fn write_seeking(
        &mut self,
        path: &str,
        content: impl FnOnce(&mut fs::File) -> io::Result<()>,
    ) -> Result<(), ReportError> {
        let full = self.partial.join(path);
        let mut file = private_files::create_file(&full)?;
        let written = self.files.iter().map(|file| file.bytes).sum();
        let failed = || |error: io::Error| ReportError::from(cannot("write", &full)(error)).with_disk_usage(written);
        content(&mut file).map_err(failed())?;
        file.sync_all().map_err(failed())?;
        let mut sink = HashingWriter::new(io::sink());
        let copied = private_files::open_own_file(&full).and_then(|mut file| io::copy(&mut file, &mut sink));
        copied.map_err(cannot("read", &full))?;
        let (_, bytes, sha256) = sink.finish();
        self.files.push(WrittenFile { path: path.to_owned(), bytes, sha256 });
        Ok(())
    }

    /// Returns the unfinished folder, for temporary files that are removed before it is finished.
    pub fn path(&self) -> &Path {
        &self.partial
    }

    /// Returns all files written so far, sorted by path.
    pub fn files(&self) -> Vec<WrittenFile> {
        let mut files = self.files.clone();
        files.sort();
        files
    }

    /// Removes the folder to free its space on the disk. Returns the cause together with the result of the removal.
    fn discard(self, cause: ReportError) -> ReportError {
        let left = match fs::remove_dir_all(&self.partial) {
            Ok(()) => None,
            Err(_) => Some(self.partial),
        };
        ReportError::Unfinished { cause: Box::new(cause), left }
    }

    /// Fills a new folder and renames it to its final name, or removes it on failure.
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

    /// Renames the folder to its final name. Nothing may be written afterwards.
    pub fn finish(self) -> Result<PathBuf, ReportError> {
        sync_folder(&self.partial)?;
        fs::rename(&self.partial, &self.target).map_err(cannot("rename the finished folder to", &self.target))?;
        if let Some(parent) = self.target.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            sync_folder(parent)?;
        }
        Ok(self.target)
    }
}

/// Rewrites a text file of a finished folder atomically.
pub(super) fn amend(path: &Path, change: impl FnOnce(String) -> String) -> Result<(), ReportError> {
    let text = fs::read_to_string(path).map_err(cannot("read", path))?;
    let partial = path.with_extension("partial");
    let mut file = private_files::create_file(&partial)?;
    file.write_all(change(text).as_bytes()).map_err(cannot("write", &partial))?;
    file.sync_all().map_err(cannot("write", &partial))?;
    fs::rename(&partial, path).map_err(cannot("rename the finished file to", path))?;
    path.parent().map_or(Ok(()), sync_folder)
}

/// Why writing a file failed: the disk, or the content.
#[derive(Debug)]
pub enum WriteFailure {
    Io(io::Error),
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
    Ok(private_files::sync_folder(path)?)
}

#[cfg(test)]
#[path = "folder_tests.rs"]
mod tests;
