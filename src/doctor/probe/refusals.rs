//! Probes of access without credentials, of deprecated endpoints and of endpoints without a successor.

use serde_json::{Map, Value, json};

use super::{ProbeOutcome, ProbedSite, id, items, outcome, probe_of};
use crate::doctor::sample::{api_word, is_api_value};
use confluence_client::probe_request::ProbedEndpoint;
use confluence_client::{ProbeRequest, ProbeTarget};

/// Checks what is visible without credentials. Wrong credentials are treated in the same way.
pub(super) async fn anonymous(site: &ProbedSite<'_>) -> ProbeOutcome {
    let user = site.observe_as_visitor(&ProbeRequest::to(ProbeTarget::CurrentUser)).await?;
    let spaces = site.observe_as_visitor(&probe_of(ProbeTarget::Spaces, 1)).await?;
    let pages = site.observe_as_visitor(&probe_of(ProbeTarget::Pages, 1)).await?;
    let count = |page: &confluence_client::ObservedResponse| page.results().map(Vec::len);
    let kind = user.json.as_ref().map(|json| &json["type"]).filter(|kind| kind.is_string());
    let kind = kind.map(|kind| api_word("type", kind));
    let answer = match (count(&spaces), count(&pages)) {
        (Some(spaces), _) if spaces > 0 => {
            "public content: with a wrong token, a program that does not check would read only that"
        }
        (_, Some(pages)) if pages > 0 => {
            "public content: with a wrong token, a program that does not check would read only that"
        }
        (Some(_), _) | (_, Some(_)) => "empty lists",
        (None, None) => "nothing: the site refuses visitors",
    };
    outcome(
        answer,
        json!({
            "current_user": {"status": user.status, "type": kind},
            "spaces": {"status": spaces.status, "items": count(&spaces)},
            "pages": {"status": pages.status, "items": count(&pages)},
        }),
    )
}

/// Checks the endpoints whose removal was announced.
pub(super) async fn deprecated(site: &ProbedSite<'_>) -> ProbeOutcome {
    let pages = site.observe(&probe_of(ProbeTarget::Pages, 1)).await?;
    let page = items(&pages)?.first().and_then(id).unwrap_or("1").to_owned();
    let mut measured = Map::new();
    let mut alive = Vec::new();
    for endpoint in ProbedEndpoint::RETIRED {
        let observed = site.observe(&probe_of(ProbeTarget::Endpoint(endpoint, &page, ""), 1)).await?;
        if observed.is_json_document() {
            alive.push(endpoint.name());
        }
        measured.insert(
            endpoint.name().to_owned(),
            json!({
                "status": observed.status,
                "deprecation": observed.headers.get("deprecation").filter(|value| is_api_value(value)),
            }),
        );
    }
    let answer = if alive.is_empty() { "no".to_owned() } else { format!("these do: {}", alive.join(", ")) };
    outcome(answer, Value::Object(measured))
}

/// Checks the v1 endpoints without a v2 successor, with this token on this site.
pub(super) async fn without_successor(site: &ProbedSite<'_>) -> ProbeOutcome {
    let pages = site.observe(&probe_of(ProbeTarget::Pages, 1)).await?;
    let page = items(&pages)?.first().and_then(id).unwrap_or("1").to_owned();
    let spaces = site.observe(&probe_of(ProbeTarget::Spaces, 1)).await?;
    let space = items(&spaces)?.first().and_then(|space| space["key"].as_str()).unwrap_or("none").to_owned();
    let mut measured = Map::new();
    let mut refused = Vec::new();
    for endpoint in ProbedEndpoint::WITHOUT_SUCCESSOR {
        let status = site.observe(&ProbeRequest::to(ProbeTarget::Endpoint(endpoint, &page, &space))).await?.status;
        if status != 200 {
            refused.push(format!("{} ({status})", endpoint.name()));
        }
        measured.insert(endpoint.name().to_owned(), json!({"status": status}));
    }
    let answer =
        if refused.is_empty() { "yes, all of them".to_owned() } else { format!("not these: {}", refused.join(", ")) };
    outcome(answer, Value::Object(measured))
}

/// Reads the edition (plan) of the site, as far as reading allows.
pub(super) async fn edition(site: &ProbedSite<'_>) -> ProbeOutcome {
    let observed = site.observe(&ProbeRequest::to(ProbeTarget::SystemInfo)).await?;
    let edition = observed.json.as_ref().map(|json| &json["edition"]).filter(|edition| edition.is_string());
    let edition = edition.map(|edition| api_word("edition", edition));
    let answer = match &edition {
        Some(edition) => format!("yes: {edition}"),
        None => format!("no: status {}", observed.status),
    };
    outcome(answer, json!({"status": observed.status, "edition": edition}))
}
