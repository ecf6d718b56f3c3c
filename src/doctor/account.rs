//! Checks the account, the kind of its token, and which spaces it can see.

use super::scopes::{self, ScopeCheck};
use super::{CheckResult, CheckState, ProbedSite};
use crate::error::ExitStatus;
use confluence_client::{ObservedResponse, ProbeRequest, ProbeTarget, Refusal, RequestError};

/// Sends the request that every run begins with and returns the account's id. An error is the exit status that a run
/// would end with.
pub(super) async fn check(site: &ProbedSite<'_>, findings: &mut Vec<CheckResult>) -> Result<String, ExitStatus> {
    let error = match site.api().current_user().await {
        Ok(response) => {
            let user = response.value;
            let name = user.display_name.or(user.public_name).unwrap_or_default();
            let id = user.account_id.unwrap_or_default();
            site.api().client().expect_account(&id);
            findings.push(CheckResult::new("account", CheckState::Good, format!("the token belongs to {name}")));
            return Ok(id);
        }
        Err(error) => error,
    };
    let fatal = CheckResult::new("account", CheckState::Fatal, error.to_string()).costs("no run is possible");
    match &error {
        RequestError::Unauthenticated { .. }
        | RequestError::Refused { why: Refusal::Visitor, .. }
        | RequestError::Anonymous => {
            findings.push(fatal.remedy(error.remedy()));
            findings.extend(kind_of_token(site).await);
            Err(ExitStatus::Authentication)
        }
        error if error.is_auth_lost() || error.is_denied() => {
            findings.push(fatal.remedy(error.remedy()));
            Err(ExitStatus::Authentication)
        }
        error => {
            findings.push(fatal.remedy(error.remedy()));
            Err(ExitStatus::Unreachable)
        }
    }
}

/// Determines from the form of the refusal what is wrong with the token.
async fn kind_of_token(site: &ProbedSite<'_>) -> Option<CheckResult> {
    let observed = site.observe(&ProbeRequest::to(ProbeTarget::CurrentUser)).await.ok()?;
    let finding = |found: &str| CheckResult::new("token", CheckState::Fatal, found);
    Some(match observed.status {
        401 if observed.html => finding(
            "refused with a 401 page: the site does this for tokens with scopes, which only the gateway accepts, and for \
             credentials that it cannot parse",
        )
        .remedy("check the token; for one with scopes, leave `deployment` out of the configuration, or set deployment = gateway"),
        403 => finding(
            "refused with status 403: usually, the e-mail address and the token do not belong together, or the token has \
             expired",
        )
        .remedy("check the e-mail address; if it is correct, create a new token: tokens expire after one year at most"),
        200 => {
            finding("not checked: the site treats everyone as a visitor, so wrong credentials look like correct ones")
                .remedy("check the e-mail address and the token: a run would read public content only")
        }
        status => finding(&format!("refused with status {status}")),
    })
}

/// Counts the spaces of each kind that the account can see, as far as one request shows them.
pub(super) async fn spaces(site: &ProbedSite<'_>, scopes: &mut ScopeCheck, findings: &mut Vec<CheckResult>) -> u64 {
    let mut counts = Vec::new();
    let mut total = 0;
    for status in ["current", "archived"] {
        let request = ProbeRequest::to(ProbeTarget::Spaces).statuses(&[status]).limit(250);
        match site.observe(&request).await {
            Ok(observed) => {
                scopes.note(site, &request, &observed);
                let Some(results) = observed.results() else {
                    findings.push(without_spaces(site, &request, &observed));
                    return 0;
                };
                total += results.len();
                let personal = results.iter().filter(|space| space["type"] == "personal").count();
                let more = if observed.has_next() { " or more" } else { "" };
                counts.push(format!("{}{more} {status}, {personal} of them personal", results.len()));
            }
            Err(error) => {
                findings.push(failed("spaces", &error));
                return 0;
            }
        }
    }
    let found = counts.join("; ");
    findings.push(if total == 0 {
        CheckResult::new("spaces", CheckState::Fatal, "the account cannot see any space")
            .costs("no run is possible")
            .remedy("check that this account may use Confluence on this site")
    } else {
        CheckResult::new("spaces", CheckState::Good, found)
    });
    findings.push(CheckResult::new(
        "restricted content",
        CheckState::Note,
        "the lists omit spaces and pages that this account may not see, without saying so",
    ));
    u64::try_from(total).unwrap_or(u64::MAX)
}

/// Returns the result for a list of spaces that was refused.
fn without_spaces(site: &ProbedSite<'_>, request: &ProbeRequest<'_>, observed: &ObservedResponse) -> CheckResult {
    let cost = "no run is possible: the spaces are read first";
    if scopes::is_missing(observed) {
        return scopes::missing(site, "spaces", request, cost);
    }
    refused("spaces", observed)
        .costs(cost)
        .remedy("check the results of the other lists below; if those work, run again")
}

/// Returns the result for a list that was refused.
pub(super) fn refused(subject: &str, observed: &ObservedResponse) -> CheckResult {
    let found = match observed.status {
        401 | 403 => format!("refused with status {}", observed.status),
        410 => "the server has retired this endpoint (410)".to_owned(),
        429 => "the server throttles requests (429)".to_owned(),
        200 => "the response is not a list".to_owned(),
        status => format!("failed with status {status}"),
    };
    CheckResult::new(subject, CheckState::Missing, found)
}

/// Returns the result for a list that could not be requested.
pub(super) fn failed(subject: &str, error: &RequestError) -> CheckResult {
    CheckResult::new(subject, CheckState::Missing, error.to_string()).remedy(error.remedy())
}
