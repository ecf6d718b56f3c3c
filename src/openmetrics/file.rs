//! Writes the file: replaced in one step, and readable by the collector's account.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::error::{ExitStatus, Failure};
use crate::support::file_error::{FileError, cannot};
use crate::support::private_files::sync_folder;

/// The name of the unfinished file ends differently from `.prom`, so that the collector does not read it.
const UNFINISHED: &str = ".openmetrics.partial";

/// Checks that the file can be written: call it before the first request.
pub fn check_writable(path: &Path) -> Result<(), Failure> {
    let checked = if path.is_dir() {
        Err(cannot("write", path)(io::ErrorKind::IsADirectory.into()))
    } else {
        unfinished(path).and_then(|file| file.close().map_err(cannot("write in folder", folder_of(path))))
    };
    checked.map_err(|error| failure(&error))
}

/// Replaces the file.
pub fn write(path: &Path, text: &str) -> Result<(), Failure> {
    replace(path, text).map_err(|error| failure(&error))
}

fn replace(path: &Path, text: &str) -> Result<(), FileError> {
    let mut file = unfinished(path)?;
    file.write_all(text.as_bytes()).map_err(cannot("write", path))?;
    readable_by_all(&file).map_err(cannot("write", path))?;
    file.as_file().sync_all().map_err(cannot("write", path))?;
    file.persist(path).map_err(|error| cannot("write", path)(error.error))?;
    sync_folder(&folder_of(path))
}

/// Creates a file next to the final one. It is removed when dropped.
fn unfinished(path: &Path) -> Result<NamedTempFile, FileError> {
    let folder = folder_of(path);
    let created = tempfile::Builder::new().prefix(".").suffix(UNFINISHED).tempfile_in(&folder);
    // the error of tempfile names the random file
    created.map_err(|error| cannot("write in folder", folder)(error.kind().into()))
}

fn folder_of(path: &Path) -> PathBuf {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    parent.unwrap_or_else(|| Path::new(".")).to_owned()
}

/// Lets every account of the computer read the file, whatever the umask: the collector runs under its own. The file
/// names spaces and findings, but no person, page or file.
#[cfg(unix)]
fn readable_by_all(file: &NamedTempFile) -> io::Result<()> {
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    file.as_file().set_permissions(mode)
}

#[cfg(not(unix))]
fn readable_by_all(_file: &NamedTempFile) -> io::Result<()> {
    Ok(())
}

fn failure(error: &FileError) -> Failure {
    Failure::new(ExitStatus::Storage, "cannot write the file of --openmetrics")
        .because(error.to_string())
        .remedy("use a file in a folder that exists and that this account may write to")
}
