//! The time of day by the clock of the Tokio runtime, which tests can pause and advance.

use chrono::{DateTime, TimeDelta, Utc};
use tokio::time::Instant;

/// A clock that starts at the real time and then follows the runtime.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    started: Instant,
    started_at: DateTime<Utc>,
}

impl Clock {
    /// Starts a clock. Needs a Tokio runtime.
    pub(crate) fn start() -> Self {
        Self { started: Instant::now(), started_at: Utc::now() }
    }

    /// Returns the time.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        let elapsed = TimeDelta::from_std(self.started.elapsed()).unwrap_or(TimeDelta::MAX);
        self.started_at.checked_add_signed(elapsed).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }
}
