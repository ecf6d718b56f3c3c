//! What can go wrong while a report is written or a saved scan is read.

use std::io;
use std::path::{Path, PathBuf};

use super::format::bytes;
use crate::error::{ExitStatus, Failure};
use crate::support::file_error::FileError;

/// A report could not be written, or a saved scan could not be read. All of these are exit status 6.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The file system refused; nothing half-written bears the final name.
    #[error(transparent)]
    File(#[from] FileError),
    /// There is no room for the report: on the disk, or by a limit on its owner or its files.
    #[error(
        "cannot write {}: {source}; {} of the report were written{}",
        path.display(),
        bytes(*written),
        left.map(|left| format!(", and its disk has {} left", bytes(left))).unwrap_or_default()
    )]
    NoRoom {
        /// What was being written.
        path: PathBuf,
        /// Bytes of the report on the disk so far.
        written: u64,
        /// Bytes that the disk has left for this account, where the system tells.
        left: Option<u64>,
        /// The answer of the operating system.
        source: io::Error,
    },
    /// A report was begun and given up.
    #[error(
        "{cause}; what was half written {}",
        left.as_deref().map_or_else(|| "was removed again".to_owned(), |left| format!("is still there: {}", left.display()))
    )]
    Unfinished {
        /// Why.
        cause: Box<ReportError>,
        /// The unfinished folder, where it could not be removed.
        left: Option<PathBuf>,
    },
    /// The place is so deep that the longest names of a report do not fit below it.
    #[error("{} is too deep: with the names in a report, a path gets longer than this system allows", path.display())]
    TooDeep {
        /// The folder the report is to be made in.
        path: PathBuf,
    },
    /// The folder the report is to be made in is none.
    #[error("{} is not a folder; create it or choose another with --output", path.display())]
    NotAFolder {
        /// What was given.
        path: PathBuf,
    },
    /// Every name tried for the report folder is taken.
    #[error("no free name for the report folder in {}", parent.display())]
    NoFreeName {
        /// Where it was to be made.
        parent: PathBuf,
    },
    /// A page could not be rendered.
    #[error("cannot render {page}: {source}")]
    Page {
        /// File name of the page.
        page: String,
        /// What the template engine says.
        source: askama::Error,
    },
    /// Data could not be turned into JSON.
    #[error("cannot write {what} as JSON: {source}")]
    Json {
        /// What was being written.
        what: &'static str,
        /// What the serializer says.
        source: serde_json::Error,
    },
    /// The base URL would make links to something else than a Confluence site.
    #[error("the base URL {url:?} is no http or https address without user name")]
    BaseUrl {
        /// As configured or as found in a saved scan.
        url: String,
    },
    /// The verdicts do not belong to the inventory.
    #[error("{verdicts} verdicts for {attachments} attachments: the audit belongs to another inventory")]
    Mismatch {
        /// Number of verdicts.
        verdicts: usize,
        /// Number of attachments.
        attachments: usize,
    },
    /// A file is no saved scan, or a damaged one.
    #[error("{} is no readable saved scan: {why}", path.display())]
    NoScan {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// A saved scan was written by a newer program.
    #[error("{} has scan format {found}, this program reads up to {known}", path.display())]
    NewerScan {
        /// The file.
        path: PathBuf,
        /// Its format version.
        found: u32,
        /// The newest this program knows.
        known: u32,
    },
}

impl ReportError {
    /// The same failure when it is one of room (F-75): with what was `written` of the report, and what is left.
    pub(crate) fn with_room(self, written: u64) -> Self {
        match self {
            Self::File(FileError { path, source, .. }) if is_full(&source) => {
                let left = path.parent().and_then(room_left);
                Self::NoRoom { path, written, left, source }
            }
            other => other,
        }
    }
}

impl From<ReportError> for Failure {
    /// The report could not be written to its end.
    fn from(error: ReportError) -> Self {
        Self::new(ExitStatus::Storage, "the report cannot be written")
            .because(error.to_string())
            .remedy("choose another folder with --output, or make room in this one")
    }
}

/// The folder of the reports cannot be used; nothing was written, and nothing sent.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct OutputError(#[from] pub ReportError);

impl From<OutputError> for Failure {
    fn from(OutputError(error): OutputError) -> Self {
        let remedy = match error {
            ReportError::TooDeep { .. } => "choose a folder with a shorter path with --output",
            _ => "create it, get the right to write in it, or choose another one with --output",
        };
        Self::new(ExitStatus::Storage, "nothing can be written in this folder")
            .because(error.to_string())
            .remedy(remedy)
    }
}

fn is_full(error: &io::Error) -> bool {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    matches!(error.kind(), StorageFull | QuotaExceeded | FileTooLarge)
}

/// Bytes that the disk of a folder has left.
#[cfg(unix)]
fn room_left(folder: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    disk.f_bavail.checked_mul(disk.f_frsize)
}

#[cfg(not(unix))]
fn room_left(_folder: &Path) -> Option<u64> {
    None
}
