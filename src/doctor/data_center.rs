//! What an audit reads on Confluence Data Center and Server.

use super::endpoint_check::{EndpointCheck, Observations};
use super::run_estimate::SiteTotals;
use super::{CheckResult, CheckState, ProbedSite, workflow};
use confluence_client::{ObservedResponse, ProbeRequest, ProbeTarget};

/// Number of spaces whose trash is checked.
const SPACES_CHECKED: usize = 20;
/// Number of files among which one with an old version is looked for.
const FILES_CHECKED: u32 = 200;
/// Without a kind of content, every file that only it could use is undetermined.
const NO_VERDICTS: &str = "uses in it would be missed, so no file would be called unreferenced";

fn checks(account: &str) -> [EndpointCheck<'_>; 6] {
    let check = EndpointCheck::new;
    [
        check("pages with their files", ProbeTarget::PagesWithFiles, "there would be nothing to audit"),
        check("page templates", ProbeTarget::PageTemplates, NO_VERDICTS).with_bodies(),
        check("blueprint templates", ProbeTarget::BlueprintTemplates, NO_VERDICTS).with_bodies(),
        check("search", ProbeTarget::PagesBySearch, "the lists of pages and posts cannot be cross-checked"),
        check("attachments by search", ProbeTarget::Attachments, "the list of attachments cannot be cross-checked"),
        check(
            "people",
            ProbeTarget::Person(account),
            "the names of authors and uploaders would be missing; no verdict depends on them",
        )
        .optional(),
    ]
}

/// Checks version, size, every kind of content, the trash, old versions, the workflow app, and what a run takes.
pub(super) async fn check(site: &ProbedSite<'_>, account: &str, spaces: u64, findings: &mut Vec<CheckResult>) {
    let mut observations = Observations::default();
    findings.push(version(site).await);
    findings.push(own_count(site, spaces).await);
    for content_type in ["page", "blogpost", "comment"] {
        findings.push(by_scan(site, &mut observations, content_type).await);
    }
    for check in checks(account) {
        findings.push(observations.check(site, &check).await.0);
    }
    findings.push(trash(site).await);
    let (old_versions, versions_per_file) = old_versions(site).await;
    findings.push(old_versions);
    findings.push(retention(site).await);
    findings.extend(observations.findings());
    findings.extend(workflow::on_data_center(site).await);
    if let Some(totals) = SiteTotals::ask(site, spaces, versions_per_file).await {
        findings.push(totals.finding(site.api().deployment()));
    }
}

/// Reads the version of the site.
async fn version(site: &ProbedSite<'_>) -> CheckResult {
    let observed = site.observe(&ProbeRequest::to(ProbeTarget::SystemInfo)).await;
    let json = observed.ok().and_then(|observed| observed.json);
    match json.as_ref().and_then(|json| json["version"].as_str()) {
        Some(version) => CheckResult::new("version", CheckState::Good, format!("Confluence {version}, REST v1")),
        None => CheckResult::new("version", CheckState::Note, "not known: the site does not say it to this account"),
    }
}

/// Reads how much the site has by its own count, and compares it with what the account sees.
async fn own_count(site: &ProbedSite<'_>, visible: u64) -> CheckResult {
    let subject = "the site's own count";
    let observed = site.observe(&ProbeRequest::to(ProbeTarget::InstanceMetrics)).await.ok();
    let json =
        observed.as_ref().filter(|observed| observed.is_json_document()).and_then(|observed| observed.json.as_ref());
    let count = |key: &str| json.and_then(|json| json[key].as_u64());
    let (Some(pages), Some(spaces)) = (count("pages"), count("spaces")) else {
        let status = observed.map_or_else(String::new, |observed| format!(" (status {})", observed.status));
        return CheckResult::new(subject, CheckState::Note, format!("not shown to this account{status}"))
            .costs("the number of pages that were read cannot be compared with an independent total");
    };
    let finding = CheckResult::new(subject, CheckState::Good, format!("{pages} pages in {spaces} spaces"));
    if spaces > visible {
        let hidden = format!("this account sees {visible} of {spaces} spaces");
        return CheckResult { state: CheckState::Note, ..finding }
            .costs(hidden)
            .remedy("compare with the list of spaces in the administration; personal spaces count too");
    }
    finding
}

/// Checks the list of one type by cursor, and if there is none, the list that is used instead.
async fn by_scan(site: &ProbedSite<'_>, observations: &mut Observations, content_type: &'static str) -> CheckResult {
    let subject = match content_type {
        "page" => "pages",
        "blogpost" => "blog posts",
        _ => "comments",
    };
    let scan = EndpointCheck::new(subject, ProbeTarget::Scan(content_type), NO_VERDICTS).with_bodies();
    let (finding, observed) = observations.check(site, &scan).await;
    if !observed.is_some_and(|observed| matches!(observed.status, 400 | 404 | 405 | 501)) {
        return finding;
    }
    let target = match content_type {
        "comment" => ProbeTarget::CommentsBySearch,
        other => ProbeTarget::ContentsByStart(other),
    };
    let instead = EndpointCheck::new(subject, target, NO_VERDICTS).with_bodies();
    let (finding, _) = observations.check(site, &instead).await;
    if finding.state != CheckState::Good {
        return finding;
    }
    let found = format!("{}, without a cursor: this version does not scan this type", finding.found);
    CheckResult { found, ..finding }
}

/// Checks in how many spaces the account may see the trash.
async fn trash(site: &ProbedSite<'_>) -> CheckResult {
    let limit = u32::try_from(SPACES_CHECKED).unwrap_or(u32::MAX);
    let spaces = site.observe(&ProbeRequest::to(ProbeTarget::Spaces).limit(limit)).await.ok();
    let spaces = spaces.as_ref().and_then(ObservedResponse::results).map(Vec::as_slice).unwrap_or_default();
    let keys: Vec<&str> = spaces.iter().filter_map(|space| space["key"].as_str()).collect();
    let (mut open, mut denied) = (0, 0);
    for key in &keys {
        let observed = site.observe(&ProbeRequest::to(ProbeTarget::SpaceTrash(key)).limit(1)).await;
        match observed.map(|observed| observed.status) {
            Ok(200) => open += 1,
            Ok(401 | 403 | 404) => denied += 1,
            _ => {}
        }
    }
    let found = format!("readable in {open} of {} spaces that were checked", keys.len());
    let finding = CheckResult::new("trash", CheckState::Good, found);
    if denied == 0 {
        return finding;
    }
    CheckResult { state: CheckState::Note, ..finding }
        .costs("figures about the trash are \"at least\"; no verdict depends on it")
        .remedy("use an account that is administrator of the spaces, or system administrator")
}

/// Checks whether the sizes and the list of old versions can be read. Returns also how many versions a file has on
/// average.
async fn old_versions(site: &ProbedSite<'_>) -> (CheckResult, f64) {
    let subject = "sizes of old versions";
    let note = |found: String| CheckResult::new(subject, CheckState::Note, found);
    let pages = site.observe(&ProbeRequest::to(ProbeTarget::PagesWithFiles).limit(FILES_CHECKED)).await.ok();
    let pages = pages.as_ref().and_then(ObservedResponse::results).map(Vec::as_slice).unwrap_or_default();
    let files = pages.iter().flat_map(|page| {
        let files = page.pointer("/children/attachment/results").and_then(|files| files.as_array());
        files.into_iter().flatten().map(move |file| (page, file))
    });
    let (mut count, mut versions, mut sample) = (0_u32, 0_u64, None);
    for (page, file) in files {
        let number = file.pointer("/version/number").and_then(serde_json::Value::as_u64).unwrap_or(1);
        count += 1;
        versions += number;
        if number > 1 && sample.is_none() {
            sample = page["id"].as_str().zip(file["id"].as_str()).zip(u32::try_from(number - 1).ok());
        }
    }
    let average = versions as f64 / f64::from(count.max(1));
    let Some(((owner, id), old)) = sample else {
        return (note("not checked: none of the files checked has an old version".to_owned()), average);
    };
    let observed = site.observe(&ProbeRequest::to(ProbeTarget::AttachmentVersion(id, old.into()))).await.ok();
    let reported = observed.and_then(|observed| observed.json.as_ref()?.pointer("/extensions/fileSize")?.as_u64());
    let versions = site.observe(&ProbeRequest::to(ProbeTarget::AttachmentVersions(id)).limit(1)).await;
    let has_list = versions.is_ok_and(|versions| versions.results().is_some());
    let costs = "the storage used by old versions would be unknown; no verdict depends on it";
    let finding = match (reported, site.api().measure_download(owner, id, old).await) {
        (Some(reported), Ok(measured)) if reported == measured => {
            let list =
                if has_list { "" } else { "; the list of versions cannot be read, so deleted ones cost a request" };
            CheckResult::new(subject, CheckState::Good, format!("reported and downloaded sizes agree{list}"))
        }
        (Some(_), Ok(_)) => {
            note("the reported size of an old version is not that of its download".to_owned()).costs(costs)
        }
        (None, _) => note("the size of an old version is not reported".to_owned()).costs(costs),
        (_, Err(error)) => {
            note(format!("an old version cannot be downloaded: {error}")).costs(costs).remedy(error.remedy())
        }
    };
    (finding, average)
}

/// Counts the spaces with rules of their own for deleting old versions.
async fn retention(site: &ProbedSite<'_>) -> CheckResult {
    let observed = site.observe(&ProbeRequest::to(ProbeTarget::RetentionPolicies).limit(200)).await.ok();
    let spaces = observed.as_ref().and_then(ObservedResponse::results);
    let found = match spaces.map(Vec::len) {
        Some(0) => "no space has rules of its own for deleting old versions".to_owned(),
        Some(spaces) => {
            let more = if observed.as_ref().is_some_and(ObservedResponse::has_next) { " or more" } else { "" };
            format!(
                "spaces with rules of their own for deleting old versions: {spaces}{more}; the report names them next to \
                 \"keeping N frees\""
            )
        }
        None => "not known: the site does not list spaces with rules for deleting old versions".to_owned(),
    };
    CheckResult::new("retention rules", CheckState::Note, found)
}
