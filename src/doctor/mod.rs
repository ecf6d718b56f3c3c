//! Looks at a site as the configured account sees it, before a run does: what works, and what each missing thing costs.
//!
//! Everything is read with GET. [`examine`] checks what an audit needs; [`probe`] settles questions about the API that
//! its documents leave open.

mod account;
mod endpoints;
mod probe;
#[cfg(test)]
mod tests;

use serde::Serialize;

use crate::error::ExitStatus;
use confluence_client::Api;
pub use probe::{Answered, probe};

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// As it should be.
    Good,
    /// Worth knowing; costs nothing that the promise depends on.
    Note,
    /// A run would be incomplete.
    Missing,
    /// No run is possible.
    Fatal,
}

impl State {
    /// One word for people.
    pub fn word(self) -> &'static str {
        match self {
            Self::Good => "ok",
            Self::Note => "note",
            Self::Missing => "MISSING",
            Self::Fatal => "FAILED",
        }
    }
}

/// One thing looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was looked at.
    pub subject: String,
    /// How that ended.
    pub state: State,
    /// What was found.
    pub found: String,
    /// What it costs, where something is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<String>,
    /// What to do, where something can be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
}

impl Finding {
    /// A finding that needs no action.
    pub fn new(subject: impl Into<String>, state: State, found: impl Into<String>) -> Self {
        Self { subject: subject.into(), state, found: found.into(), cost: None, remedy: None }
    }

    /// Adds what it costs.
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

/// All findings, and the exit status they lead to.
#[derive(Debug, Clone, Serialize)]
pub struct Diagnosis {
    /// In the order they were made.
    pub findings: Vec<Finding>,
    #[serde(skip)]
    status: ExitStatus,
}

impl Diagnosis {
    /// 0 when a run can be complete, 3 when it would not be, 4 or 5 when none is possible.
    pub fn status(&self) -> ExitStatus {
        let missing = self.findings.iter().any(|finding| finding.state == State::Missing);
        ExitStatus::decide([self.status].into_iter().chain(missing.then_some(ExitStatus::Incomplete)))
    }
}

/// Checks the account, the spaces, every kind of content an audit reads, and the limits the server tells.
pub async fn examine(api: &Api) -> Diagnosis {
    let mut findings = Vec::new();
    let status = match account::check(api, &mut findings).await {
        Ok(account) => {
            account::spaces(api, &mut findings).await;
            endpoints::check(api, &account, &mut findings).await;
            ExitStatus::Complete
        }
        Err(status) => status,
    };
    Diagnosis { findings, status }
}
