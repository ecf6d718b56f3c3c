//! Who reads, with what kind of token, and which spaces that account sees.

use super::{Finding, State};
use crate::error::ExitStatus;
use confluence_client::{Api, Look, Observed, Place, Refusal, RequestError};

/// The probe every run begins with; gives the account's id. An error is the exit status a run would end with.
pub(super) async fn check(api: &Api, findings: &mut Vec<Finding>) -> Result<String, ExitStatus> {
    let error = match api.current_user().await {
        Ok(answer) => {
            let user = answer.value;
            let name = user.display_name.or(user.public_name).unwrap_or_default();
            let id = user.account_id.unwrap_or_default();
            api.client().expect_account(&id);
            findings.push(Finding::new("account", State::Good, format!("the token belongs to {name}")));
            findings.push(Finding::new(
                "token",
                State::Good,
                "accepted at the address of the site, as tokens without scopes are",
            ));
            return Ok(id);
        }
        Err(error) => error,
    };
    let fatal = Finding::new("account", State::Fatal, error.to_string()).costs("no run is possible");
    match &error {
        RequestError::Unauthenticated { .. }
        | RequestError::Refused { why: Refusal::Visitor, .. }
        | RequestError::Anonymous => {
            findings.push(fatal.remedy(error.remedy()));
            findings.extend(kind_of_token(api).await);
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

/// What the form of the refusal says about the token.
async fn kind_of_token(api: &Api) -> Option<Finding> {
    let observed = api.observe(&Look::at(Place::CurrentUser)).await.ok()?;
    let finding = |found: &str| Finding::new("token", State::Fatal, found);
    Some(match observed.status {
        401 if observed.html => finding(
            "refused with a 401 page, which is what a token with scopes gets at the address of the site, and a pair of \
             address and token that cannot be read",
        )
        .remedy("create an API token without scopes; this version cannot use one with scopes"),
        403 => finding(
            "refused with 403, which is what an e-mail address and a token get that do not belong together, or a token \
             that has expired",
        )
        .remedy("check the e-mail address; if it is right, create a new token: they live one year at most"),
        200 => {
            finding("not looked at: the site answers everybody as a visitor, so wrong credentials look like right ones")
                .remedy("check the e-mail address and the token: only public content would be seen")
        }
        status => finding(&format!("refused with status {status}")),
    })
}

/// How many spaces of each kind the account sees.
pub(super) async fn spaces(api: &Api, findings: &mut Vec<Finding>) {
    let mut counts = Vec::new();
    let mut total = 0;
    for status in ["current", "archived"] {
        match api.observe(&Look::at(Place::Spaces).statuses(&[status]).limit(250)).await {
            Ok(observed) => match observed.results() {
                Some(results) => {
                    total += results.len();
                    let personal = results.iter().filter(|space| space["type"] == "personal").count();
                    let more = if observed.has_next() { " or more" } else { "" };
                    counts.push(format!("{}{more} {status}, {personal} of them personal", results.len()));
                }
                None => return findings.push(without_spaces(&observed)),
            },
            Err(error) => return findings.push(unanswered("spaces", &error)),
        }
    }
    let found = counts.join("; ");
    findings.push(if total == 0 {
        Finding::new("spaces", State::Fatal, "the account sees no space")
            .costs("no run is possible")
            .remedy("check that this account may use Confluence on this site")
    } else {
        Finding::new("spaces", State::Good, found)
    });
    findings.push(Finding::new(
        "restricted content",
        State::Note,
        "spaces and pages that this account may not see are in no list, and nothing says so",
    ));
}

/// No space is known.
fn without_spaces(observed: &Observed) -> Finding {
    refused("spaces", observed)
        .costs("no run is possible: the spaces are read first")
        .remedy("look at what is said of the other lists below; if they answer, run again")
}

/// A list that was refused.
pub(super) fn refused(subject: &str, observed: &Observed) -> Finding {
    let found = match observed.status {
        401 | 403 => format!("refused with status {}", observed.status),
        410 => "the server has retired this endpoint (410)".to_owned(),
        200 => "answered with something that is no list".to_owned(),
        status => format!("answered with status {status}"),
    };
    Finding::new(subject, State::Missing, found)
}

/// A list that was not answered.
pub(super) fn unanswered(subject: &str, error: &RequestError) -> Finding {
    Finding::new(subject, State::Missing, error.to_string()).remedy(error.remedy())
}
