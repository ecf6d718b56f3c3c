//! Checks which workflow app a site has.

use super::{CheckResult, CheckState, ProbedSite};
use confluence_client::{ObservedResponse, ProbeRequest, ProbeTarget};

const SUBJECT: &str = "workflow app";

/// Checks which workflow app the site has. Comala for Cloud adds fields to the search, which refuses them without it;
/// Comala for Data Center has paths of its own, which Atlassian's hosts cannot have.
pub(super) async fn on_cloud(site: &ProbedSite<'_>) -> CheckResult {
    let none = "a snapshot fills its workflow columns from native content states, labels or an imported report only";
    let search = site.observe(&ProbeRequest::to(ProbeTarget::WorkflowFields).limit(1)).await;
    if search.as_ref().is_ok_and(|observed| observed.results().is_some()) {
        return CheckResult::new(SUBJECT, CheckState::Good, "Comala Document Management for Cloud, found by search");
    }
    if let Some(true) = comala_on_data_center(site).await {
        return CheckResult::new(SUBJECT, CheckState::Good, "Comala for Data Center, which is read page by page");
    }
    match search {
        Ok(observed) if observed.status == 400 => {
            CheckResult::new(SUBJECT, CheckState::Note, "none found by search").costs(none)
        }
        _ => CheckResult::new(SUBJECT, CheckState::Note, "not known: the search failed").costs(none),
    }
}

/// Returns `None` if there is no page to request.
async fn comala_on_data_center(site: &ProbedSite<'_>) -> Option<bool> {
    if !site.api().may_have_comala_rest() {
        return Some(false);
    }
    let pages = site.observe(&ProbeRequest::to(ProbeTarget::Pages).limit(1)).await.ok()?;
    let page = pages.results()?.first()?["id"].as_str()?.to_owned();
    let observed = site.observe(&ProbeRequest::to(ProbeTarget::WorkflowStatus(&page))).await.ok()?;
    // 204 means a page without a workflow
    Some(observed.is_json_document() || observed.status == 204)
}

/// Checks for Comala on Data Center: the property that comes with pages in bulk, then the two endpoints of a page.
pub(super) async fn on_data_center(site: &ProbedSite<'_>) -> Vec<CheckResult> {
    let pages = site.observe(&ProbeRequest::to(ProbeTarget::WorkflowPropertyOfPages).limit(200)).await.ok();
    let pages = pages.as_ref().and_then(ObservedResponse::results).map(Vec::as_slice).unwrap_or_default();
    let has_property = |page: &&serde_json::Value| page.pointer("/metadata/properties/comalaworkflows/value").is_some();
    let with_property = pages.iter().filter(has_property).count();
    let Some(page) = pages.iter().find(has_property).or(pages.first()).and_then(|page| page["id"].as_str()) else {
        return vec![CheckResult::new(SUBJECT, CheckState::Note, "not known: there is no page to ask about")];
    };
    let status = status_of(site, ProbeTarget::WorkflowStatus(page)).await;
    if with_property == 0 && !matches!(status, Some(200 | 204)) {
        let found = match status {
            Some(404) | None => "none found".to_owned(),
            Some(status) => format!("not known: the endpoint of Comala responds with status {status}"),
        };
        let cost = "a snapshot fills its workflow columns from labels or an imported report only";
        return vec![CheckResult::new(SUBJECT, CheckState::Note, found).costs(cost)];
    }
    let endpoint = match status {
        Some(200) => "its status endpoint works",
        Some(204) => "its status endpoint works; the page that was asked about has no workflow",
        Some(401) => "its status endpoint refuses the login (401)",
        Some(403) => "its status endpoint refuses this account (403)",
        _ => "its status endpoint is not available",
    };
    let found = format!(
        "Comala for Data Center: {with_property} of {} pages have its property, which is read in bulk; {endpoint}",
        pages.len()
    );
    vec![CheckResult::new(SUBJECT, CheckState::Good, found), parameters(site, page).await]
}

async fn parameters(site: &ProbedSite<'_>, page: &str) -> CheckResult {
    let subject = "workflow parameters";
    match status_of(site, ProbeTarget::WorkflowParameters(page)).await {
        Some(200) => CheckResult::new(subject, CheckState::Good, "readable"),
        Some(204) => CheckResult::new(subject, CheckState::Good, "readable; the page that was asked about has none"),
        Some(403) => CheckResult::new(
            subject,
            CheckState::Note,
            "refused (403): Comala shows parameters only to accounts that may edit the page",
        )
        .costs("columns from workflow parameters stay \"not available\", never empty")
        .remedy("leave it: an account that only reads is better; or let the account edit the pages of these spaces"),
        Some(status) => CheckResult::new(subject, CheckState::Note, format!("not available (status {status})")),
        None => CheckResult::new(subject, CheckState::Note, "not known: the request failed"),
    }
}

async fn status_of(site: &ProbedSite<'_>, target: ProbeTarget<'_>) -> Option<u16> {
    site.observe(&ProbeRequest::to(target)).await.ok().map(|observed| observed.status)
}
