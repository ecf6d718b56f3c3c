//! What was tried on which file or folder, and why the system refused it.

use std::io;
use std::path::PathBuf;

/// The file system refused. The errors of the parts that write files hold this one.
#[derive(Debug, thiserror::Error)]
#[error("cannot {action} {}: {source}", path.display())]
pub struct FileError {
    /// What was tried, e.g. `create folder`.
    pub action: &'static str,
    /// On what.
    pub path: PathBuf,
    /// The answer of the operating system.
    pub source: io::Error,
}

/// For `map_err` on file operations: `fs::read(&path).map_err(cannot("read", &path))?`.
pub fn cannot(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> FileError {
    move |source| FileError { action, path: path.into(), source }
}
