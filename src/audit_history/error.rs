//! Errors of the audit history. No error leaves the file overwritten.

use std::path::PathBuf;

use crate::error::{ExitStatus, Failure};
use crate::support::file_error::FileError;
use crate::support::lock::LockError;

/// Why a run cannot be counted.
#[derive(Debug, thiserror::Error)]
pub enum AuditHistoryError {
    /// Another run holds the lock.
    #[error("another run is writing its report in this folder: {holder}")]
    Locked {
        /// The process that holds the lock.
        holder: String,
    },
    /// A newer version of the program wrote the file.
    #[error("{} was written by version {written_by} of this program", path.display())]
    Newer { path: PathBuf, written_by: String },
    /// The file is not as it was written.
    #[error("{} is damaged: {problem}", path.display())]
    Damaged { path: PathBuf, problem: String },
    #[error(transparent)]
    File(#[from] FileError),
}

impl From<LockError> for AuditHistoryError {
    fn from(error: LockError) -> Self {
        match error {
            LockError::Held { holder } => Self::Locked { holder },
            LockError::File(error) => Self::File(error),
        }
    }
}

impl From<AuditHistoryError> for Failure {
    fn from(error: AuditHistoryError) -> Self {
        let remedy = match error {
            AuditHistoryError::Locked { .. } => "run again when that run has ended",
            AuditHistoryError::Newer { .. } => "use that version or a newer one, or another --output folder",
            AuditHistoryError::Damaged { .. } | AuditHistoryError::File(_) => {
                "make the file readable and its folder writable, then run again"
            }
        };
        Self::new(ExitStatus::Storage, "this run is not counted in the audit history")
            .because(error.to_string())
            .remedy(remedy)
    }
}
