//! Requests every kind of content that an audit reads once, and reports what a run would lose without it.

use std::collections::BTreeMap;

use super::account::{failed, refused};
use super::{CheckResult, CheckState};
use confluence_client::api::CommentKind;
use confluence_client::probe_request::ProbeOrder;
use confluence_client::{Api, ObservedResponse, ProbeRequest, ProbeTarget};

/// The check of one kind of content.
struct EndpointCheck<'a> {
    subject: &'static str,
    request: ProbeRequest<'a>,
    /// What a run loses without it.
    cost: &'static str,
    /// The result of the check if it is missing.
    state_if_missing: CheckState,
    family: ApiVersion,
}

/// Versions of the REST API that a site may or may not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ApiVersion {
    V2,
    /// Needed for templates and search.
    V1,
    /// The check does not show whether the site has this version.
    Either,
}

/// Without a kind of content, every file that only it could use is undetermined.
const NO_VERDICTS: &str = "uses in it would be missed, so no file would be called unreferenced";

fn endpoint_checks(account: &str) -> [EndpointCheck<'_>; 10] {
    let check = |subject, place, family, cost| EndpointCheck {
        subject,
        request: ProbeRequest::to(place).limit(1),
        cost,
        state_if_missing: CheckState::Missing,
        family,
    };
    let with_bodies = |subject, place, family, cost| {
        let check = check(subject, place, family, cost);
        EndpointCheck { request: check.request.bodies(), ..check }
    };
    [
        with_bodies(
            "pages",
            ProbeTarget::Pages,
            ApiVersion::V2,
            "no audit is possible: pages own the files and use them",
        ),
        with_bodies("blog posts", ProbeTarget::BlogPosts, ApiVersion::Either, NO_VERDICTS),
        check("attachments", ProbeTarget::Attachments, ApiVersion::V2, "there would be nothing to audit"),
        with_bodies("footer comments", ProbeTarget::Comments(CommentKind::Footer), ApiVersion::Either, NO_VERDICTS),
        with_bodies("inline comments", ProbeTarget::Comments(CommentKind::Inline), ApiVersion::Either, NO_VERDICTS),
        check("page templates", ProbeTarget::PageTemplates, ApiVersion::V1, NO_VERDICTS),
        check("blueprint templates", ProbeTarget::BlueprintTemplates, ApiVersion::Either, NO_VERDICTS),
        check(
            "search",
            ProbeTarget::PublishedHeaderImages,
            ApiVersion::V1,
            "header images take one request per page and post, and the list of pages cannot be cross-checked",
        ),
        check("labels", ProbeTarget::Labels, ApiVersion::Either, "files protected by a label could not be recognised"),
        EndpointCheck {
            subject: "people",
            request: ProbeRequest::to(ProbeTarget::Person(account)),
            cost: "the names of authors and uploaders would be missing; no verdict depends on them",
            state_if_missing: CheckState::Note,
            family: ApiVersion::Either,
        },
    ]
}

/// Which versions of the REST API work.
#[derive(Debug, Default)]
struct ApiSupport {
    v2: bool,
    v1: bool,
    /// The site has no v2 at all; a v2 that fails or refuses is not absent.
    v2_absent: bool,
}

impl ApiSupport {
    fn note(&mut self, check: &EndpointCheck<'_>, observed: &ObservedResponse) {
        let works = observed.results().is_some();
        match check.family {
            ApiVersion::V2 => {
                self.v2 |= works;
                self.v2_absent |= check.request.is_to(ProbeTarget::Pages) && observed.status == 404;
            }
            ApiVersion::V1 => self.v1 |= works,
            ApiVersion::Either => {}
        }
    }

    fn finding(&self) -> CheckResult {
        let found = match (self.v2, self.v1) {
            (true, true) => "REST v2 works, and v1 for everything that v2 lacks",
            (true, false) => "REST v2 works; v1, which templates and search need, does not",
            (false, true) if self.v2_absent => {
                "the site has REST v1 only, like Confluence Data Center, which this version cannot read"
            }
            (false, true) => "REST v1 works; v2, which everything else needs, does not",
            (false, false) => "neither REST v2 nor v1 works",
        };
        CheckResult::new("API", if self.v2 && self.v1 { CheckState::Good } else { CheckState::Missing }, found)
    }
}

/// Checks every kind of content, old sizes, the API versions, rate limits, announced removals and the workflow app.
pub(super) async fn check(api: &Api, account: &str, findings: &mut Vec<CheckResult>) {
    let mut limits: BTreeMap<String, String> = BTreeMap::new();
    let mut deprecated = Vec::new();
    let mut api_support = ApiSupport::default();
    for check in endpoint_checks(account) {
        let finding = match api.observe(&check.request).await {
            Err(error) => failed(check.subject, &error).costs(check.cost),
            Ok(observed) => {
                limits.extend(observed.headers.clone());
                if observed.is_deprecated() {
                    deprecated.push(check.subject);
                }
                api_support.note(&check, &observed);
                judge(&check, &observed)
            }
        };
        findings.push(finding);
    }
    findings.push(old_sizes(api).await);
    findings.push(api_support.finding());
    findings.push(rate_limits(&limits));
    if !deprecated.is_empty() {
        let found = format!("the server announces the removal of: {}", deprecated.join(", "));
        findings.push(
            CheckResult::new("removal", CheckState::Note, found).remedy("check for a newer version of this program"),
        );
    }
    findings.push(workflow(api).await);
}

fn judge(check: &EndpointCheck<'_>, observed: &ObservedResponse) -> CheckResult {
    if observed.results().is_some() {
        return CheckResult::new(
            check.subject,
            CheckState::Good,
            format!("read in {} ms", observed.elapsed.as_millis()),
        );
    }
    let remedy = match observed.status {
        401 | 403 => "use an account that may see this, and a token without scopes",
        410 => "check for a newer version of this program",
        429 => "run again later",
        _ => "run again; if it happens again, check the status page of the site",
    };
    let finding = refused(check.subject, observed).costs(check.cost).remedy(remedy);
    CheckResult { state: check.state_if_missing, ..finding }
}

/// Checks whether the size of an old version can be measured, which verifies the sizes that the API reports.
async fn old_sizes(api: &Api) -> CheckResult {
    let subject = "sizes of old versions";
    let listed =
        api.observe(&ProbeRequest::to(ProbeTarget::Attachments).order(ProbeOrder::LastModifiedFirst).limit(250)).await;
    let files = listed.as_ref().ok().and_then(ObservedResponse::results).map(Vec::as_slice).unwrap_or_default();
    let sample = files.iter().find_map(|file| {
        let old = file["version"]["number"].as_u64().and_then(|current| u32::try_from(current).ok()?.checked_sub(1));
        let owner = file["pageId"].as_str().or(file["blogPostId"].as_str())?;
        Some((file["id"].as_str()?, owner, old.filter(|old| *old > 0)?))
    });
    let Some((id, owner, old)) = sample else {
        return CheckResult::new(
            subject,
            CheckState::Note,
            "not checked: none of the newest attachments has an old version",
        );
    };
    match api.measure_download(owner, id, old).await {
        Ok(_) => CheckResult::new(subject, CheckState::Good, "a download can verify the sizes that the API reports"),
        Err(error) => {
            CheckResult::new(subject, CheckState::Note, format!("an old version cannot be downloaded: {error}"))
                .costs("the storage used by old versions would be unknown; no verdict depends on it")
                .remedy(error.remedy())
        }
    }
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

/// Checks which workflow app the site has. Comala for Cloud adds fields to the search, which refuses them without it;
/// Comala for Data Center has paths of its own, which Atlassian's hosts cannot have.
async fn workflow(api: &Api) -> CheckResult {
    let subject = "workflow app";
    let none = "a snapshot fills its workflow columns from native content states, labels or an imported report only";
    let on_cloud = api.observe(&ProbeRequest::to(ProbeTarget::WorkflowFields).limit(1)).await;
    if on_cloud.as_ref().is_ok_and(|observed| observed.results().is_some()) {
        return CheckResult::new(subject, CheckState::Good, "Comala Document Management for Cloud, found by search");
    }
    if let Some(true) = comala_on_data_center(api).await {
        return CheckResult::new(subject, CheckState::Good, "Comala for Data Center, which is read page by page");
    }
    match on_cloud {
        Ok(observed) if observed.status == 400 => {
            CheckResult::new(subject, CheckState::Note, "none found by search").costs(none)
        }
        _ => CheckResult::new(subject, CheckState::Note, "not known: the search failed").costs(none),
    }
}

/// Returns `None` if there is no page to request.
async fn comala_on_data_center(api: &Api) -> Option<bool> {
    if !api.may_have_comala_rest() {
        return Some(false);
    }
    let pages = api.observe(&ProbeRequest::to(ProbeTarget::Pages).limit(1)).await.ok()?;
    let page = pages.results()?.first()?["id"].as_str()?.to_owned();
    let observed = api.observe(&ProbeRequest::to(ProbeTarget::WorkflowStatus(&page))).await.ok()?;
    // 204 means a page without a workflow
    Some(observed.is_json_document() || observed.status == 204)
}
