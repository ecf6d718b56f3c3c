//! Probes of attachments and their versions.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::everywhere::OldSizes;
use super::{ProbeOutcome, ProbedSite, id, items, outcome, probe_of};
use crate::doctor::sample::api_word;
use confluence_client::probe_request::ProbeOrder;
use confluence_client::{ProbeRequest, ProbeTarget, RequestError};

/// Number of old versions to measure.
const MEASURED: usize = 5;
/// Every status that an attachment can have.
const ALL_STATUSES: [&str; 3] = ["current", "archived", "trashed"];
/// Number of owners to check.
const CHECKED: usize = 10;

/// Compares the reported size of old versions with a download of one byte.
pub(super) async fn old_size(site: &ProbedSite<'_>) -> ProbeOutcome {
    let newest = site.observe(&probe_of(ProbeTarget::Attachments, 250).order(ProbeOrder::LastModifiedFirst)).await?;
    let mut sizes = OldSizes::default();
    for file in items(&newest)?.iter().filter(|file| version_of(file) > 1).take(MEASURED) {
        let Some(owner) = file["pageId"].as_str().or(file["blogPostId"].as_str()) else { continue };
        sizes.measure(site, (owner, file), version_of(file), |json| json["fileSize"].as_u64()).await?;
    }
    sizes.outcome()
}

fn version_of(file: &Value) -> u64 {
    file["version"]["number"].as_u64().unwrap_or(0)
}

/// Checks whether attachments in the trash are listed and their versions can be read.
pub(super) async fn trashed(site: &ProbedSite<'_>) -> ProbeOutcome {
    let listed = site.observe(&probe_of(ProbeTarget::Attachments, 250).statuses(&["trashed"])).await?;
    let files = items(&listed)?;
    let trashed: Vec<&Value> = files.iter().filter(|file| file["status"] == "trashed").collect();
    let mut versions: BTreeMap<String, u32> = BTreeMap::new();
    for file in trashed.iter().filter(|file| version_of(file) > 1).take(MEASURED) {
        let first = ProbeRequest::to(ProbeTarget::AttachmentVersion(id(file).unwrap_or_default(), 1));
        *versions.entry(site.observe(&first).await?.status.to_string()).or_default() += 1;
    }
    let answer = match (trashed.is_empty(), versions.is_empty()) {
        (true, _) => "not known: no attachment is in the trash, or none is listed".to_owned(),
        (false, true) => "listed; none of those checked has old versions".to_owned(),
        (false, false) if versions.keys().all(|status| status == "200") => {
            "listed, and their versions can be read".to_owned()
        }
        (false, false) => "listed, but not all of their versions can be read".to_owned(),
    };
    outcome(answer, json!({"listed": files.len(), "trashed": trashed.len(), "old_version_statuses": versions}))
}

/// Checks how the lists show files whose page is `trashed` or `archived`.
pub(super) async fn of_pages(site: &ProbedSite<'_>, status: &str) -> ProbeOutcome {
    let pages = site.observe(&probe_of(ProbeTarget::Pages, 50).statuses(&[status])).await?;
    let (mut own, mut statuses) = (BTreeSet::new(), BTreeMap::<String, u32>::new());
    let mut refused = 0;
    for page in items(&pages)?.iter().filter_map(id).take(CHECKED) {
        let files = site.observe(&probe_of(ProbeTarget::AttachmentsOfPage(page), 250).statuses(&ALL_STATUSES)).await?;
        let Some(files) = files.results() else {
            refused += 1;
            continue;
        };
        for file in files {
            *statuses.entry(api_word("status", &file["status"])).or_default() += 1;
            own.extend(id(file).map(str::to_owned));
        }
    }
    let mut site_wide = 0;
    if !own.is_empty() {
        let listed = site
            .observe(
                &probe_of(ProbeTarget::Attachments, 250).statuses(&ALL_STATUSES).order(ProbeOrder::LastModifiedFirst),
            )
            .await?;
        site_wide = items(&listed)?.iter().filter_map(id).filter(|file| own.contains(*file)).count();
    }
    let answer = if own.is_empty() {
        format!("not known: no {status} page lists a file")
    } else {
        let words: Vec<String> = statuses.iter().map(|(status, count)| format!("{count} as {status}")).collect();
        format!("in the page's own list: {}", words.join(", "))
    };
    outcome(answer, json!({"statuses": statuses, "refused": refused, "in_newest_250_of_site": site_wide}))
}

/// Checks whether files of never published pages are listed. No list includes such pages, so owners that are in no list
/// of pages are requested individually.
pub(super) async fn of_drafts(site: &ProbedSite<'_>) -> ProbeOutcome {
    let newest = site.observe(&probe_of(ProbeTarget::Attachments, 250).order(ProbeOrder::LastModifiedFirst)).await?;
    let owners: BTreeSet<&str> = items(&newest)?.iter().filter_map(|file| file["pageId"].as_str()).collect();
    let pages = probe_of(ProbeTarget::Pages, 250)
        .statuses(&["current", "archived", "trashed", "deleted"])
        .ids(owners.iter().copied().collect());
    let known = if owners.is_empty() { Vec::new() } else { items(&site.observe(&pages).await?)?.clone() };
    let known: BTreeSet<&str> = known.iter().filter_map(id).collect();
    let unlisted: Vec<&&str> = owners.difference(&known).collect();
    let mut statuses = BTreeMap::<String, u32>::new();
    for owner in unlisted.iter().take(CHECKED) {
        let alone = site.observe(&ProbeRequest::to(ProbeTarget::Draft(owner))).await?;
        let status = alone.json.as_ref().map(|page| &page["status"]).filter(|status| status.is_string());
        let status = status.map_or_else(|| format!("status {}", alone.status), |status| api_word("status", status));
        *statuses.entry(status).or_default() += 1;
    }
    let answer = match (unlisted.len(), statuses.get("draft")) {
        (0, _) => "not known: the pages of the newest attachments are all listed".to_owned(),
        (_, Some(drafts)) => format!("yes: {drafts} found"),
        (some, None) => format!("not known: {some} owners are in no list, but none of those requested is a draft"),
    };
    outcome(answer, json!({"owners": owners.len(), "in_no_list": unlisted.len(), "asked_alone": statuses}))
}

/// Reads the same list twice and compares the order.
pub(super) async fn order(site: &ProbedSite<'_>) -> ProbeOutcome {
    let first = first_ids(site).await?;
    let second = first_ids(site).await?;
    let unique: BTreeSet<&String> = first.iter().collect();
    let doubles = first.len() - unique.len();
    let same = first == second;
    let answer = match (same, doubles) {
        (true, 0) => "yes: two passes returned the same order without duplicates",
        (true, _) => "the order is stable, but some items were returned twice",
        (false, _) => "NO: two passes returned different orders, or the site changed in between",
    };
    outcome(answer, json!({"items": first.len(), "doubles": doubles, "same_order": same}))
}

/// Returns the ids on the first four pages of results of the list of attachments.
async fn first_ids(site: &ProbedSite<'_>) -> Result<Vec<String>, RequestError> {
    let mut ids = Vec::new();
    let mut cursor: Option<String> = None;
    for _ in 0..4 {
        let oldest = probe_of(ProbeTarget::Attachments, 50).order(ProbeOrder::FirstCreatedFirst);
        let page = site.observe(&oldest.from(cursor.as_deref())).await?;
        ids.extend(items(&page)?.iter().filter_map(id).map(str::to_owned));
        cursor = page.next_cursor();
        if cursor.is_none() {
            break;
        }
    }
    Ok(ids)
}
