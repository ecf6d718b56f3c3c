//! Errors of writing a report and of reading a saved scan.

use std::io;
use std::path::{Path, PathBuf};

use super::format::bytes;
use crate::error::{ExitStatus, Failure};
use crate::support::file_error::FileError;

/// Error of writing a report or reading a saved scan. All variants end with exit status 6.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// A file system operation failed; no unfinished folder has the final name.
    #[error(transparent)]
    File(#[from] FileError),
    /// There is no space for the report: the disk is full, or a quota or file size limit is reached.
    #[error(
        "cannot write {}: {source}; {} of the report were written{}",
        path.display(),
        bytes(*written),
        left.map(|left| format!(", and the disk has {} left", bytes(left))).unwrap_or_default()
    )]
    DiskFull {
        path: PathBuf,
        /// Bytes of the report written so far.
        written: u64,
        /// Bytes that are free for this account, if the system reports them.
        left: Option<u64>,
        source: io::Error,
    },
    /// An unfinished report was abandoned.
    #[error(
        "{cause}; the unfinished report {}",
        left.as_deref().map_or_else(|| "was removed".to_owned(), |left| format!("could not be removed: {}", left.display()))
    )]
    Unfinished {
        cause: Box<ReportError>,
        /// The unfinished folder, if it could not be removed.
        left: Option<PathBuf>,
    },
    /// The path is so long that the longest names in a report do not fit below it.
    #[error("the path {} is too long: with the names in a report, it exceeds the limit of this system", path.display())]
    PathTooLong { path: PathBuf },
    /// The output path is not a folder.
    #[error("{} is not a folder; create it or choose another with --output", path.display())]
    NotAFolder { path: PathBuf },
    /// All names tried for the report folder are taken.
    #[error("no free name for the report folder in {}", parent.display())]
    NoFreeName { parent: PathBuf },
    /// A page could not be rendered.
    #[error("cannot render {page}: {source}")]
    Page { page: String, source: askama::Error },
    /// Data could not be turned into JSON.
    #[error("cannot write {what} as JSON: {source}")]
    Json { what: &'static str, source: serde_json::Error },
    /// Links built from the base URL would not lead to a Confluence site.
    #[error("invalid base URL {url:?}: use an http or https URL without a user name")]
    InvalidBaseUrl { url: String },
    /// The verdicts do not belong to the inventory.
    #[error("{verdicts} verdicts for {attachments} attachments: the audit belongs to another inventory")]
    VerdictMismatch { verdicts: usize, attachments: usize },
    /// The file is not a saved scan, or is damaged.
    #[error("cannot read {} as a saved scan: {why}", path.display())]
    InvalidScan { path: PathBuf, why: String },
    /// People could not be replaced by numbers.
    #[error("cannot replace people by numbers: {why}")]
    NamesNotReplaced { why: String },
    /// The saved scan was written by a newer version of the program.
    #[error("{} has saved-scan format {found}; this program reads formats up to {known}", path.display())]
    NewerScanFormat { path: PathBuf, found: u32, known: u32 },
}

impl ReportError {
    /// Turns a failure caused by a full disk (F-75) into [`Self::DiskFull`]; other failures are unchanged.
    pub(crate) fn with_disk_usage(self, written: u64) -> Self {
        match self {
            Self::File(FileError { path, source, .. }) if is_full(&source) => {
                let left = path.parent().and_then(free_bytes);
                Self::DiskFull { path, written, left, source }
            }
            other => other,
        }
    }
}

impl From<ReportError> for Failure {
    fn from(error: ReportError) -> Self {
        Self::new(ExitStatus::Storage, "cannot write the report")
            .because(error.to_string())
            .remedy("choose another folder with --output, or free space on the disk")
    }
}

/// The output folder cannot be used; nothing was written, and no request was sent.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct OutputError(#[from] pub ReportError);

impl From<OutputError> for Failure {
    fn from(OutputError(error): OutputError) -> Self {
        let remedy = match error {
            ReportError::PathTooLong { .. } => "choose a folder with a shorter path with --output",
            _ => "create the folder, make it writable, or choose another one with --output",
        };
        Self::new(ExitStatus::Storage, "cannot write to the output folder").because(error.to_string()).remedy(remedy)
    }
}

fn is_full(error: &io::Error) -> bool {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    matches!(error.kind(), StorageFull | QuotaExceeded | FileTooLarge)
}

/// Returns the bytes that are free for this account on the disk of a folder.
#[cfg(unix)]
fn free_bytes(folder: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    disk.f_bavail.checked_mul(disk.f_frsize)
}

#[cfg(not(unix))]
fn free_bytes(_folder: &Path) -> Option<u64> {
    None
}
