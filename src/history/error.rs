//! What can go wrong with the history. Nothing is ever overwritten when something does.

use std::fmt;
use std::path::PathBuf;

use serde::Serialize;

use crate::error::{ExitStatus, Failure};
use crate::support::file_error::FileError;
use crate::support::iso_week::IsoWeek;
use crate::support::lock::LockError;

/// Something in the folder that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// Path below the folder of the history, with `/`.
    pub file: String,
    /// The first line that does not fit, from 1; `None` where no line is to blame.
    pub line: Option<u64>,
    /// What does not fit.
    pub problem: String,
}

impl Finding {
    pub(crate) fn new(file: &str, line: Option<u64>, problem: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line, problem: problem.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file, self.problem),
            None => write!(f, "{}: {}", self.file, self.problem),
        }
    }
}

/// Why the history cannot be used, or a snapshot cannot be put into it.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// Another run works on the same history.
    #[error("another run works on this history: {holder}")]
    Locked {
        /// Who holds the lock.
        holder: String,
    },
    /// The file system.
    #[error(transparent)]
    File(#[from] FileError),
    /// The week is safe on the disk, but a file that follows from it could not be put in place.
    #[error("the week is recorded, but not all files could be written: {cause}")]
    Unfinished {
        /// What stood in the way, e.g. a file that a spreadsheet holds open.
        cause: Box<HistoryError>,
    },
    /// A newer program wrote the history: its schema is newer, or it has columns that this program does not know.
    #[error("{} was written by version {written_by} of this program: use that or a newer one", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// The version of the program that wrote it.
        written_by: String,
    },
    /// A program that was never released wrote the history, in a form that is read no more.
    #[error("the history in {} was written by a version that was never released", folder.display())]
    Unreleased {
        /// The folder of the history.
        folder: PathBuf,
    },
    /// Files are not as they were written (F-81). There is at least one finding.
    #[error("the history in {} is damaged: {}", folder.display(), summary(findings))]
    Damaged {
        /// The folder of the history.
        folder: PathBuf,
        /// What does not fit.
        findings: Vec<Finding>,
    },
    /// The older script keeps its files under the same names in this folder.
    #[error("{} holds files of the older script: {file}", folder.display())]
    OlderScript {
        /// The folder.
        folder: PathBuf,
        /// One of them.
        file: String,
    },
    /// The history is of another site.
    #[error("the history in {} belongs to {known}, not to {given}", folder.display())]
    OtherSite {
        /// The folder of the history.
        folder: PathBuf,
        /// The site it is of.
        known: String,
        /// The site that was to be recorded.
        given: String,
    },
    /// The last snapshot was read by another account.
    #[error("the history in {} was read by the account {known}, not by {given}", folder.display())]
    OtherAccount {
        /// The folder of the history.
        folder: PathBuf,
        /// The account that read the last snapshot.
        known: String,
        /// The account that reads now.
        given: String,
    },
    /// There is no history in the folder.
    #[error("there is no history in {}", folder.display())]
    Absent {
        /// The folder.
        folder: PathBuf,
    },
    /// A row of a snapshot that cannot be kept. A mistake of the caller.
    #[error("row {row} of the snapshot of {week}: {problem}")]
    Row {
        /// The week of the snapshot.
        week: IsoWeek,
        /// Number of the row, from 1.
        row: usize,
        /// What is wrong with it.
        problem: String,
    },
}

impl HistoryError {
    /// What to do about it, where there is something.
    pub fn remedy(&self) -> Option<&'static str> {
        match self {
            Self::Locked { .. } => Some("wait until it has ended; the lock ends with that process"),
            Self::File(_) => {
                Some("make room, or see that the folder is there and can be written; what was there is kept")
            }
            Self::Unfinished { .. } => {
                Some("close the files in other programs; the next run, or `history export`, writes them")
            }
            Self::Newer { .. } | Self::Row { .. } => None,
            Self::Unreleased { .. } => Some("move the folder away, or choose another one with --output"),
            Self::Damaged { .. } => Some("run `history verify`, which lists all problems, then `history repair`"),
            Self::OtherAccount { .. } => Some(
                "read with the former account, or, where both see the same pages, go on with --accept-account-change",
            ),
            Self::OtherSite { .. } => Some(
                "choose another folder with --output; if the site was renamed, name its former host in alias_hosts",
            ),
            Self::Absent { .. } => Some("name the folder that holds confluence_data with --output"),
            Self::OlderScript { .. } => Some(
                "move them into another folder and take their history over from there, once, with --import-history; or \
                 choose another folder with --output",
            ),
        }
    }
}

impl From<HistoryError> for Failure {
    fn from(error: HistoryError) -> Self {
        let status = match &error {
            HistoryError::Locked { .. } => ExitStatus::Locked,
            HistoryError::Absent { .. }
            | HistoryError::OlderScript { .. }
            | HistoryError::OtherSite { .. }
            | HistoryError::OtherAccount { .. } => ExitStatus::Usage,
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

fn summary(findings: &[Finding]) -> String {
    let first = findings.first().map(ToString::to_string).unwrap_or_default();
    match findings.len() {
        0 | 1 => first,
        more => format!("{first} (and {} more)", more - 1),
    }
}

/// The findings of a damaged history; other errors stay errors.
pub fn findings_of(result: Result<(), HistoryError>) -> Result<Vec<Finding>, HistoryError> {
    match result {
        Ok(()) => Ok(Vec::new()),
        Err(HistoryError::Damaged { findings, .. }) => Ok(findings),
        Err(other) => Err(other),
    }
}
