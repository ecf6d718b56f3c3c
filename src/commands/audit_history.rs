//! Counts a run in the audit history of its output folder.

use std::time::Duration;

use super::audit_run::AuditRun;
use crate::audit_history::{self, AuditHistory, AuditHistoryFacts, PendingCount, RunSeries};
use crate::config::Config;
use crate::error::{ExitStatus, Failure};
use crate::progress::Progress;

/// How long to wait for another run that writes its report in the same folder.
const WAIT: Duration = Duration::from_secs(120);

/// A run before its report is written: counted, or why not.
#[derive(Debug)]
pub(super) enum RunCount {
    Pending(Box<PendingCount>),
    /// The history cannot be used.
    Refused(Failure),
    /// Runs of this kind are not counted.
    None,
}

impl RunCount {
    /// Opens the history and counts the run, if runs of its kind are counted.
    pub(super) fn of(run: &AuditRun, complete: bool, config: &Config) -> Self {
        if audit_history::why_not_counted(&run.inventory, complete).is_some() {
            return Self::None;
        }
        let series = RunSeries::of(&run.inventory);
        let series = match config.counted_as {
            Some(site) => series.of_site(site),
            None => series,
        };
        match AuditHistory::open(&config.output, WAIT) {
            Ok(history) => Self::Pending(Box::new(history.count(series, &run.inventory, &run.audit))),
            Err(error) => Self::Refused(error.into()),
        }
    }

    /// Returns what the report says about it.
    pub(super) fn facts(&self) -> Option<AuditHistoryFacts> {
        match self {
            Self::Pending(pending) => Some(pending.facts()),
            Self::Refused(failure) => Some(AuditHistoryFacts::not_counted(failure.why.as_deref().unwrap_or_default())),
            Self::None => None,
        }
    }

    /// Writes the history, once the report is finished. Returns the status if that failed.
    pub(super) fn commit(self, progress: &Progress) -> Option<ExitStatus> {
        match self {
            Self::Pending(pending) => match pending.commit() {
                Ok(None) => None,
                Ok(Some(aside)) => {
                    progress.warn(format!(
                        "{} was damaged and is now {}; the runs are counted from this one on",
                        audit_history::NAME,
                        aside.display()
                    ));
                    None
                }
                Err(error) => {
                    let failure = Failure::from(error);
                    progress.error(failure.lines());
                    Some(failure.status)
                }
            },
            // nothing is lost: the report says that it is not counted
            Self::Refused(failure) => {
                progress.warn(failure.lines());
                None
            }
            Self::None => None,
        }
    }
}
