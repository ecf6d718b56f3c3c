//! What an audit reads on Confluence Cloud, at the site's own host or through the gateway.

use super::admin_key;
use super::endpoint_check::{EndpointCheck, Observations};
use super::run_estimate::SiteTotals;
use super::scopes::ScopeCheck;
use super::{CheckResult, CheckState, ProbedSite, workflow};
use crate::error::ExitStatus;
use confluence_client::api::CommentKind;
use confluence_client::probe_request::ProbeOrder;
use confluence_client::{ObservedResponse, ProbeRequest, ProbeTarget};

/// Without a kind of content, every file that only it could use is undetermined.
const NO_VERDICTS: &str = "uses in it would be missed, so no file would be called unreferenced";

fn checks(account: &str) -> [EndpointCheck<'_>; 10] {
    let check = EndpointCheck::new;
    [
        check("pages", ProbeTarget::Pages, "no audit is possible: pages own the files and use them").with_bodies(),
        check("blog posts", ProbeTarget::BlogPosts, NO_VERDICTS).with_bodies(),
        check("attachments", ProbeTarget::Attachments, "there would be nothing to audit"),
        check("footer comments", ProbeTarget::Comments(CommentKind::Footer), NO_VERDICTS).with_bodies(),
        check("inline comments", ProbeTarget::Comments(CommentKind::Inline), NO_VERDICTS).with_bodies(),
        check("page templates", ProbeTarget::PageTemplates, NO_VERDICTS),
        check("blueprint templates", ProbeTarget::BlueprintTemplates, NO_VERDICTS),
        check(
            "search",
            ProbeTarget::PublishedHeaderImages,
            "header images take one request per page and post, and the list of pages cannot be cross-checked",
        ),
        check("labels", ProbeTarget::Labels, "files protected by a label could not be recognised"),
        check(
            "people",
            ProbeTarget::Person(account),
            "the names of authors and uploaders would be missing; no verdict depends on them",
        )
        .optional(),
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
        let is_to = |target| check.request.is_to(target);
        if is_to(ProbeTarget::Pages) || is_to(ProbeTarget::Attachments) {
            self.v2 |= works;
            self.v2_absent |= is_to(ProbeTarget::Pages) && observed.status == 404;
        }
        if is_to(ProbeTarget::PageTemplates) || is_to(ProbeTarget::PublishedHeaderImages) {
            self.v1 |= works;
        }
    }

    fn finding(&self) -> CheckResult {
        let found = match (self.v2, self.v1) {
            (true, true) => "REST v2 works, and v1 for everything that v2 lacks",
            (true, false) => "REST v2 works; v1, which templates and search need, does not",
            (false, true) if self.v2_absent => {
                "the site has REST v1 only, like Confluence Data Center: set deployment = datacenter"
            }
            (false, true) => "REST v1 works; v2, which everything else needs, does not",
            (false, false) => "neither REST v2 nor v1 works",
        };
        CheckResult::new("API", if self.v2 && self.v1 { CheckState::Good } else { CheckState::Missing }, found)
    }
}

/// Checks every kind of content, old sizes, scopes, API versions, rate limits, the workflow app, and what a run takes.
/// Returns the exit status of a run that cannot begin, or that of success.
pub(super) async fn check(
    site: &ProbedSite<'_>,
    account: &str,
    spaces: u64,
    scopes: ScopeCheck,
    findings: &mut Vec<CheckResult>,
) -> ExitStatus {
    let status = admin_key::check(site, findings).await;
    let mut observations = Observations::after(scopes);
    let mut api_support = ApiSupport::default();
    for check in checks(account) {
        let (finding, observed) = observations.check(site, &check).await;
        if let Some(observed) = observed {
            api_support.note(&check, &observed);
        }
        findings.push(finding);
    }
    let (old_sizes, versions_per_file) = old_sizes(site).await;
    findings.push(old_sizes);
    findings.push(api_support.finding());
    findings.extend(observations.scopes.finding(site.api().deployment()));
    findings.extend(observations.findings());
    findings.push(workflow::on_cloud(site).await);
    if let Some(totals) = SiteTotals::ask(site, spaces, versions_per_file).await {
        findings.push(totals.finding(site.api().deployment()));
    }
    status
}

/// Checks whether the size of an old version can be measured, which verifies the sizes that the API reports. Returns
/// also how many versions a file has on average.
async fn old_sizes(site: &ProbedSite<'_>) -> (CheckResult, f64) {
    let subject = "sizes of old versions";
    let listed =
        site.observe(&ProbeRequest::to(ProbeTarget::Attachments).order(ProbeOrder::LastModifiedFirst).limit(250)).await;
    let files = listed.as_ref().ok().and_then(ObservedResponse::results).map(Vec::as_slice).unwrap_or_default();
    let versions: u32 = files.iter().filter_map(|file| u32::try_from(file["version"]["number"].as_u64()?).ok()).sum();
    let average = f64::from(versions) / f64::from(u32::try_from(files.len()).unwrap_or(u32::MAX).max(1));
    let sample = files.iter().find_map(|file| {
        let old = file["version"]["number"].as_u64().and_then(|current| u32::try_from(current).ok()?.checked_sub(1));
        let owner = file["pageId"].as_str().or(file["blogPostId"].as_str())?;
        Some((file["id"].as_str()?, owner, old.filter(|old| *old > 0)?))
    });
    let Some((id, owner, old)) = sample else {
        let found = "not checked: none of the newest attachments has an old version";
        return (CheckResult::new(subject, CheckState::Note, found), average);
    };
    let finding = match site.api().measure_download(owner, id, old).await {
        Ok(_) => CheckResult::new(subject, CheckState::Good, "a download can verify the sizes that the API reports"),
        Err(error) => {
            CheckResult::new(subject, CheckState::Note, format!("an old version cannot be downloaded: {error}"))
                .costs("the storage used by old versions would be unknown; no verdict depends on it")
                .remedy(error.remedy())
        }
    };
    (finding, average)
}
