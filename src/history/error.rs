//! Errors of the history. No error leaves a file overwritten.

use std::fmt;
use std::path::PathBuf;

use serde::Serialize;

use crate::error::{ExitStatus, Failure};
use crate::support::file_error::FileError;
use crate::support::iso_week::IsoWeek;
use crate::support::lock::LockError;

/// A file of the history that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct DamageReport {
    /// Path below the folder of the history, with `/`.
    pub file: String,
    /// The first wrong line, from 1; `None` if the problem is not in a line.
    pub line: Option<u64>,
    pub problem: String,
}

impl DamageReport {
    pub(crate) fn new(file: &str, line: Option<u64>, problem: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line, problem: problem.into() }
    }
}

impl fmt::Display for DamageReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file, self.problem),
            None => write!(f, "{}: {}", self.file, self.problem),
        }
    }
}

/// Why the history cannot be used, or a snapshot cannot be recorded in it.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// Another run holds the lock of the history.
    #[error("another run is using this history: {holder}")]
    Locked {
        /// The process that holds the lock.
        holder: String,
    },
    #[error(transparent)]
    File(#[from] FileError),
    /// The week is safely on disk, but a file derived from it could not be written.
    #[error("the week is recorded, but not all files could be written: {cause}")]
    Unfinished {
        /// Why not, e.g. a spreadsheet program has a file open.
        cause: Box<HistoryError>,
    },
    /// A newer version of the program wrote the history: its schema is newer, or it has columns that this version does not
    /// know.
    #[error("{} was written by version {written_by} of this program; use that version or a newer one", path.display())]
    Newer {
        path: PathBuf,
        /// The version of the program that wrote it.
        written_by: String,
    },
    /// An unreleased version of the program wrote the history, in a format that is no longer supported.
    #[error("the history in {} was written by a version that was never released", folder.display())]
    Unreleased { folder: PathBuf },
    /// Files are not as they were written (F-81). `findings` is not empty.
    #[error("the history in {} is damaged: {}", folder.display(), summary(findings))]
    Damaged { folder: PathBuf, findings: Vec<DamageReport> },
    /// The folder contains files of the legacy script, which have the same names.
    #[error("{} contains files of the legacy script: {file}", folder.display())]
    LegacyScript {
        folder: PathBuf,
        /// One of them.
        file: String,
    },
    /// The history belongs to another site.
    #[error("the history in {} belongs to {known}, not to {given}", folder.display())]
    OtherSite {
        folder: PathBuf,
        /// The site of the history.
        known: String,
        /// The site of the run.
        given: String,
    },
    /// Another account took the last snapshot.
    #[error("the history in {} was recorded with the account {known}, not {given}", folder.display())]
    OtherAccount {
        folder: PathBuf,
        /// The account that took the last snapshot.
        known: String,
        /// The account of the run.
        given: String,
    },
    /// The last snapshot was taken with the admin key and this run has none, or the other way round.
    #[error(
        "the history in {} was recorded {} the admin key, which shows restricted pages",
        folder.display(),
        if *with_key { "with" } else { "without" }
    )]
    OtherVisibility {
        folder: PathBuf,
        /// Whether the last snapshot was taken with the key.
        with_key: bool,
    },
    #[error("there is no history in {}", folder.display())]
    Absent { folder: PathBuf },
    /// A row of a snapshot is invalid: a bug in the caller.
    #[error("row {row} of the snapshot of {week}: {problem}")]
    Row {
        week: IsoWeek,
        /// Number of the row, from 1.
        row: usize,
        problem: String,
    },
}

impl HistoryError {
    /// Returns what the user can do about the error.
    pub fn remedy(&self) -> Option<&'static str> {
        match self {
            Self::Locked { .. } => Some("wait until that run ends; its process releases the lock"),
            Self::File(_) => {
                Some("free disk space, or make sure that the folder exists and is writable; existing data is kept")
            }
            Self::Unfinished { .. } => {
                Some("close the files in other programs; the next run, or `history export`, writes them")
            }
            Self::Newer { .. } | Self::Row { .. } => None,
            Self::Unreleased { .. } => Some("move the folder away, or choose another one with --output"),
            Self::Damaged { .. } => Some("run `history verify` to list all problems, then `history repair`"),
            Self::OtherAccount { .. } => {
                Some("use the previous account or, if both accounts see the same pages, pass --accept-account-change")
            }
            Self::OtherVisibility { with_key: true, .. } => Some(
                "pass --admin-key again, choose another folder with --output or, to continue without the key, pass \
                 --accept-account-change: weeks with and without it are not compared",
            ),
            Self::OtherVisibility { with_key: false, .. } => Some(
                "run without --admin-key, choose another folder with --output or, to continue with the key, pass \
                 --accept-account-change: weeks with and without it are not compared",
            ),
            Self::OtherSite { .. } => Some(
                "choose another folder with --output; if the site was renamed, add its previous host to alias_hosts",
            ),
            Self::Absent { .. } => Some("pass the folder that contains confluence_data with --output"),
            Self::LegacyScript { .. } => Some(
                "move them to another folder and import their history once with --import-history, or choose another folder \
                                with --output",
            ),
        }
    }
}

impl From<HistoryError> for Failure {
    fn from(error: HistoryError) -> Self {
        let status = match &error {
            HistoryError::Locked { .. } => ExitStatus::Locked,
            HistoryError::Absent { .. }
            | HistoryError::LegacyScript { .. }
            | HistoryError::OtherSite { .. }
            | HistoryError::OtherAccount { .. }
            | HistoryError::OtherVisibility { .. } => ExitStatus::Usage,
            HistoryError::Row { .. } => ExitStatus::Internal,
            HistoryError::File(_)
            | HistoryError::Unfinished { .. }
            | HistoryError::Newer { .. }
            | HistoryError::Unreleased { .. }
            | HistoryError::Damaged { .. } => ExitStatus::Storage,
        };
        let failure = Self::new(status, error.to_string());
        match error.remedy() {
            Some(remedy) => failure.remedy(remedy),
            None => failure,
        }
    }
}

impl From<LockError> for HistoryError {
    fn from(error: LockError) -> Self {
        match error {
            LockError::Held { holder } => Self::Locked { holder },
            LockError::File(error) => Self::File(error),
        }
    }
}

fn summary(findings: &[DamageReport]) -> String {
    let first = findings.first().map(ToString::to_string).unwrap_or_default();
    match findings.len() {
        0 | 1 => first,
        more => format!("{first} (and {} more)", more - 1),
    }
}

/// Returns the damage that a check found; other errors are passed on.
pub fn damage_of(result: Result<(), HistoryError>) -> Result<Vec<DamageReport>, HistoryError> {
    match result {
        Ok(()) => Ok(Vec::new()),
        Err(HistoryError::Damaged { findings, .. }) => Ok(findings),
        Err(other) => Err(other),
    }
}
