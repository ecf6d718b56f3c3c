//! Scopes that a token lacks, as the responses of the gateway show.

use std::collections::BTreeSet;

use super::{CheckResult, CheckState, ProbedSite};
use confluence_client::scopes::{Scope, scope_of};
use confluence_client::{Deployment, ObservedResponse, ProbeRequest};

/// How to get another scope.
const REMEDY: &str = "issue a new token with all scopes that are needed: the scopes of a token, also of a service \
                                 account, are fixed when it is created";

/// Returns whether the gateway refused a response for a missing scope.
pub(super) fn is_missing(observed: &ObservedResponse) -> bool {
    observed.status == 401 && observed.headers.get("x-failure-category").is_some_and(|why| why.contains("SCOPE"))
}

/// Returns the scope that a request needs.
fn needed(site: &ProbedSite<'_>, request: &ProbeRequest<'_>) -> Option<&'static Scope> {
    scope_of(&site.api().probe_template(request).ok()?.path)
}

/// Returns the result for a list that the token may not read: the scope by its name, and what is lost without it. The
/// remedy is in the result for all scopes.
pub(super) fn missing(site: &ProbedSite<'_>, subject: &str, request: &ProbeRequest<'_>, cost: &str) -> CheckResult {
    let (name, cost) = needed(site, request).map_or(("for it", cost), |scope| (scope.name, scope.without));
    CheckResult::new(subject, CheckState::Missing, format!("the token lacks the scope {name}")).costs(cost)
}

/// What the checks have shown about the scopes of a token.
#[derive(Debug, Default)]
pub(super) struct ScopeCheck {
    missing: BTreeSet<&'static str>,
    closed_v2: bool,
    opened_v2: bool,
    opened_v1: bool,
}

impl ScopeCheck {
    /// Adds a response.
    pub(super) fn note(&mut self, site: &ProbedSite<'_>, request: &ProbeRequest<'_>, observed: &ObservedResponse) {
        let is_v2 = site.api().probe_template(request).is_ok_and(|request| request.path.starts_with("/api/v2"));
        if is_missing(observed) {
            self.missing.extend(needed(site, request).map(|scope| scope.name));
            self.closed_v2 |= is_v2;
        } else if observed.is_json_document() {
            self.opened_v2 |= is_v2;
            self.opened_v1 |= !is_v2;
        }
    }

    /// Returns the result for all scopes; `None` where tokens have none.
    pub(super) fn finding(&self, deployment: Deployment) -> Option<CheckResult> {
        if deployment != Deployment::Gateway {
            return None;
        }
        let names: Vec<&str> = self.missing.iter().copied().collect();
        Some(if names.is_empty() {
            CheckResult::new("scopes", CheckState::Good, "the token has every scope that the checks needed")
        } else if self.closed_v2 && !self.opened_v2 && self.opened_v1 {
            let found = "the token opens v1 of the API and nothing of v2: it has classic scopes, such as \
                         read:confluence-content.all";
            CheckResult::new("scopes", CheckState::Missing, found)
                .costs("no run is possible: all lists are in v2")
                .remedy(
                    "issue a new token with granular scopes, such as read:page:confluence; classic ones do not open v2",
                )
        } else {
            CheckResult::new("scopes", CheckState::Missing, format!("the token lacks {}", names.join(", ")))
                .costs("see the lines of the lists above")
                .remedy(REMEDY)
        })
    }
}
