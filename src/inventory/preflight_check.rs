//! Check of the site, the account and the clocks before a crawl reads its first list, which may take hours.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::site::AccountId;
use crate::error::Failure;

/// The site, the account that reads it, and both clocks at the start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreflightFacts {
    /// Base URL of the site in a browser.
    pub site: String,
    pub account: AccountId,
    /// Whether the run uses the admin key.
    pub admin_key: bool,
    /// Time of the local clock.
    pub here: DateTime<Utc>,
    /// Time of the server's clock, if its response has it.
    pub server: Option<DateTime<Utc>>,
}

type Judge = dyn Fn(&PreflightFacts) -> Result<(), Failure> + Send + Sync;

/// Check of the account and the clocks. An error ends the run before anything is listed.
#[derive(Clone)]
pub struct PreflightCheck(Arc<Judge>);

impl PreflightCheck {
    /// Wraps a check.
    pub fn new(judge: impl Fn(&PreflightFacts) -> Result<(), Failure> + Send + Sync + 'static) -> Self {
        Self(Arc::new(judge))
    }

    pub(super) fn judge(&self, facts: &PreflightFacts) -> Result<(), Failure> {
        (self.0)(facts)
    }
}

impl fmt::Debug for PreflightCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PreflightCheck")
    }
}
