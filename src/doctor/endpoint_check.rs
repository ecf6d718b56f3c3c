//! Checks of lists: requests each once, and reports what a run would lose without it.

use std::collections::BTreeMap;

use super::account::{failed, refused};
use super::scopes::{self, ScopeCheck};
use super::{CheckResult, CheckState, ProbedSite};
use confluence_client::{ObservedResponse, ProbeRequest, ProbeTarget};

/// The check of one kind of content.
pub(super) struct EndpointCheck<'a> {
    pub(super) subject: &'static str,
    pub(super) request: ProbeRequest<'a>,
    /// What a run loses without it.
    pub(super) cost: &'static str,
    /// The result of the check if it is missing.
    pub(super) state_if_missing: CheckState,
}

impl<'a> EndpointCheck<'a> {
    /// A check of something without which a run is incomplete.
    pub(super) fn new(subject: &'static str, target: ProbeTarget<'a>, cost: &'static str) -> Self {
        let request = ProbeRequest::to(target).limit(1);
        Self { subject, request, cost, state_if_missing: CheckState::Missing }
    }

    #[must_use]
    pub(super) fn with_bodies(self) -> Self {
        Self { request: self.request.bodies(), ..self }
    }

    /// A check of something on which no verdict depends.
    #[must_use]
    pub(super) fn optional(self) -> Self {
        Self { state_if_missing: CheckState::Note, ..self }
    }
}

/// What all responses together show.
#[derive(Debug, Default)]
pub(super) struct Observations {
    limits: BTreeMap<String, String>,
    deprecated: Vec<&'static str>,
    pub(super) scopes: ScopeCheck,
}

impl Observations {
    /// Goes on with what an earlier check has shown about the scopes.
    pub(super) fn after(scopes: ScopeCheck) -> Self {
        Self { scopes, ..Self::default() }
    }

    /// Sends the request of a check and returns its result, and the response if there was one.
    pub(super) async fn check(
        &mut self,
        site: &ProbedSite<'_>,
        check: &EndpointCheck<'_>,
    ) -> (CheckResult, Option<ObservedResponse>) {
        match site.observe(&check.request).await {
            Err(error) => {
                let finding = failed(check.subject, &error).costs(check.cost);
                (CheckResult { state: check.state_if_missing, ..finding }, None)
            }
            Ok(observed) => {
                let about_limits = observed.headers.iter().filter(|(name, _)| !name.starts_with("x-failure"));
                self.limits.extend(about_limits.map(|(name, value)| (name.clone(), value.clone())));
                if observed.is_deprecated() {
                    self.deprecated.push(check.subject);
                }
                self.scopes.note(site, &check.request, &observed);
                (judge(site, check, &observed), Some(observed))
            }
        }
    }

    /// Returns the results about rate limits and announced removals.
    pub(super) fn findings(&self) -> Vec<CheckResult> {
        let mut findings = vec![rate_limits(&self.limits)];
        if !self.deprecated.is_empty() {
            let found = format!("the server announces the removal of: {}", self.deprecated.join(", "));
            let removal = CheckResult::new("removal", CheckState::Note, found);
            findings.push(removal.remedy("check for a newer version of this program"));
        }
        findings
    }
}

fn judge(site: &ProbedSite<'_>, check: &EndpointCheck<'_>, observed: &ObservedResponse) -> CheckResult {
    if observed.is_json_document() && (observed.results().is_some() || check.request.is_to_one()) {
        let found = format!("read in {} ms", observed.elapsed.as_millis());
        return CheckResult::new(check.subject, CheckState::Good, found);
    }
    let finding = if scopes::is_missing(observed) {
        scopes::missing(site, check.subject, &check.request, check.cost)
    } else {
        let remedy = match observed.status {
            401 | 403 => "use an account that may see this, and a token that may read it",
            410 => "check for a newer version of this program",
            429 => "run again later",
            _ => "run again; if it happens again, check the status page of the site",
        };
        refused(check.subject, observed).costs(check.cost).remedy(remedy)
    };
    CheckResult { state: check.state_if_missing, ..finding }
}

fn rate_limits(limits: &BTreeMap<String, String>) -> CheckResult {
    if limits.is_empty() {
        return CheckResult::new(
            "rate limits",
            CheckState::Note,
            "no response had a rate limit header, and no limit was reached",
        );
    }
    let headers: Vec<String> = limits.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    CheckResult::new("rate limits", CheckState::Note, headers.join(", "))
}
