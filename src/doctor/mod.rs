//! Checks before a run what works for the configured account, and what a run would lose without the rest.
//!
//! All requests are GET. [`examine`] checks what an audit needs; [`probe`] tests behaviour of the API that its
//! documentation does not define.

mod account;
mod admin_key;
mod cloud;
mod connection;
mod data_center;
mod endpoint_check;
mod probe;
mod probed_site;
mod run_estimate;
mod sample;
mod scopes;
#[cfg(test)]
mod tests;
mod workflow;

use serde::Serialize;

use crate::error::ExitStatus;
pub use connection::{describe_connection, without_connection};
pub use probe::{ProbeResult, probe};
pub use probed_site::ProbedSite;
pub use sample::Sample;
use scopes::ScopeCheck;

/// Result of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckState {
    /// Works.
    Good,
    /// Worth knowing; no verdict depends on it.
    Note,
    /// A run would be incomplete.
    Missing,
    /// No run is possible.
    Fatal,
}

impl CheckState {
    pub fn word(self) -> &'static str {
        match self {
            Self::Good => "ok",
            Self::Note => "note",
            Self::Missing => "MISSING",
            Self::Fatal => "FAILED",
        }
    }
}

/// One check and its result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckResult {
    /// What was checked.
    pub subject: String,
    pub state: CheckState,
    /// What was found.
    pub found: String,
    /// What a run loses if it is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<String>,
    /// What to do, if anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
}

impl CheckResult {
    /// A result that needs no action.
    pub fn new(subject: impl Into<String>, state: CheckState, found: impl Into<String>) -> Self {
        Self { subject: subject.into(), state, found: found.into(), cost: None, remedy: None }
    }

    /// Adds what a run loses.
    #[must_use]
    pub fn costs(self, cost: impl Into<String>) -> Self {
        Self { cost: Some(cost.into()), ..self }
    }

    /// Adds what to do.
    #[must_use]
    pub fn remedy(self, remedy: impl Into<String>) -> Self {
        Self { remedy: Some(remedy.into()), ..self }
    }
}

/// All results, and the exit status that follows from them.
#[derive(Debug, Clone, Serialize)]
pub struct Diagnosis {
    /// In the order of the checks.
    pub findings: Vec<CheckResult>,
    #[serde(skip)]
    status: ExitStatus,
}

impl Diagnosis {
    /// Returns 0 if a run can be complete, 3 if it would be incomplete, 4 or 5 if none is possible.
    pub fn status(&self) -> ExitStatus {
        let missing = self.findings.iter().any(|finding| finding.state == CheckState::Missing);
        ExitStatus::decide([self.status].into_iter().chain(missing.then_some(ExitStatus::Incomplete)))
    }
}

/// Checks the account, the spaces, every kind of content that an audit reads, and the rate limits.
pub async fn examine(site: &ProbedSite<'_>) -> Diagnosis {
    let mut findings = Vec::new();
    let status = match account::check(site, &mut findings).await {
        Ok(account) => {
            let mut scopes = ScopeCheck::default();
            let spaces = account::spaces(site, &mut scopes, &mut findings).await;
            if site.api().deployment().is_cloud() {
                cloud::check(site, &account, spaces, scopes, &mut findings).await
            } else {
                data_center::check(site, &account, spaces, &mut findings).await;
                ExitStatus::Complete
            }
        }
        Err(status) => status,
    };
    Diagnosis { findings, status }
}

/// Returns the sample of everything that was sent to a site; `None` if it was not recorded.
pub fn sample(site: ProbedSite<'_>, answers: &[ProbeResult]) -> Option<Sample> {
    let deployment = site.api().deployment();
    Some(Sample::new(deployment, answers, site.into_recorder()?))
}
