//! Whether a run is of any use as this account and by these clocks: judged before the first list, which may take hours.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::site::AccountId;
use crate::error::Failure;

/// Who reads, and what the clocks say at the beginning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    /// The account.
    pub account: AccountId,
    /// The clock of this machine.
    pub here: DateTime<Utc>,
    /// The clock of the server, where it tells.
    pub server: Option<DateTime<Utc>>,
}

type Judge = dyn Fn(&Reader) -> Result<(), Failure> + Send + Sync;

/// Judges who reads; an error ends the run before anything is listed.
#[derive(Clone)]
pub struct Admission(Arc<Judge>);

impl Admission {
    /// Judges by this.
    pub fn new(judge: impl Fn(&Reader) -> Result<(), Failure> + Send + Sync + 'static) -> Self {
        Self(Arc::new(judge))
    }

    pub(super) fn judge(&self, reader: &Reader) -> Result<(), Failure> {
        (self.0)(reader)
    }
}

impl fmt::Debug for Admission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Admission")
    }
}
