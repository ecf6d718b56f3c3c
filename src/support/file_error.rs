//! File system errors that name the operation and the path.

use std::io;
use std::path::PathBuf;

/// A failed file system operation. The error types of the modules that write files wrap it.
#[derive(Debug, thiserror::Error)]
#[error("cannot {action} {}: {source}", path.display())]
pub struct FileError {
    /// The operation that failed, e.g. `create folder`.
    pub action: &'static str,
    pub path: PathBuf,
    pub source: io::Error,
}

/// For `map_err` on file operations: `fs::read(&path).map_err(cannot("read", &path))?`.
pub fn cannot(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> FileError {
    move |source| FileError { action, path: path.into(), source }
}
