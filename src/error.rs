//! How a run ends: the exit status table, and errors that carry a remedy.

use std::fmt;

/// Exit statuses (product contract 1). One table, one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum ExitStatus {
    /// Everything asked was read and written.
    Complete = 0,
    /// A bug in this program.
    Internal = 1,
    /// Usage or configuration; nothing was sent.
    Usage = 2,
    /// A report was written, but it is incomplete.
    Incomplete = 3,
    /// Authentication failed, at the start or on the way.
    Authentication = 4,
    /// The server could not be reached, or throttled, before a usable inventory.
    Unreachable = 5,
    /// Local storage: cannot write, disk full.
    Storage = 6,
    /// Another run holds the lock.
    Locked = 7,
    /// A `--fail-on` threshold was met.
    Threshold = 8,
    /// Interrupted by Ctrl-C.
    Interrupted = 130,
    /// Terminated by SIGTERM.
    Terminated = 143,
}

/// A failure of the run, with what people can do about it.
#[derive(Debug)]
pub struct Failure {
    /// The exit status it leads to.
    pub status: ExitStatus,
    /// What happened, one line.
    pub what: String,
    /// Why, where known.
    pub why: Option<String>,
    /// What to do, one line.
    pub remedy: Option<String>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        if let Some(why) = &self.why {
            write!(f, "\n  {why}")?;
        }
        if let Some(remedy) = &self.remedy {
            write!(f, "\n  {remedy}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Failure {}
