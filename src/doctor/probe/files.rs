//! Questions about attachments and their versions.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{Answer, id, items, look, settled};
use confluence_client::look::Order;
use confluence_client::{Api, Look, Place, RequestError};

/// Old versions that are measured.
const MEASURED: usize = 5;
/// Every status an attachment can have.
const ALL_STATUSES: [&str; 3] = ["current", "archived", "trashed"];
/// Contents in the trash that are looked at.
const LOOKED_AT: usize = 10;

/// Question 1: the size of old versions, against a download of one byte.
pub(super) async fn old_size(api: &Api) -> Answer {
    let newest = api.observe(&look(Place::Attachments, 250).order(Order::LastModifiedFirst)).await?;
    let (mut agree, mut disagree, mut differ, mut unmeasured) = (0, 0, 0, 0);
    let with_versions = items(&newest)?.iter().filter(|file| version_of(file) > 1);
    for file in with_versions.take(MEASURED) {
        let (Some(file_id), Some(owner)) = (id(file), file["pageId"].as_str().or(file["blogPostId"].as_str())) else {
            continue;
        };
        let old = version_of(file) - 1;
        let told = api
            .observe(&Look::at(Place::AttachmentVersion(file_id, old)))
            .await?
            .json
            .and_then(|json| json["fileSize"].as_u64());
        differ += u32::from(told.is_some() && told != file["fileSize"].as_u64());
        match (told, api.measure_download(owner, file_id, u32::try_from(old).unwrap_or(1)).await) {
            (Some(told), Ok(measured)) if told == measured => agree += 1,
            (Some(_), Ok(_)) => disagree += 1,
            _ => unmeasured += 1,
        }
    }
    let answer = match (agree, disagree) {
        (0, 0) => "not known: no old version could be measured",
        (_, 0) if differ > 0 => "yes: told and downloaded sizes agree, and they differ from the current ones",
        (_, 0) => "probably: told and downloaded sizes agree, but none differs from the current size",
        _ => "NO: told and downloaded sizes differ",
    };
    settled(
        answer,
        json!({"agree": agree, "disagree": disagree, "unmeasured": unmeasured, "differ_from_current": differ}),
    )
}

fn version_of(file: &Value) -> u64 {
    file["version"]["number"].as_u64().unwrap_or(0)
}

/// Question 1 and 2: attachments in the trash.
pub(super) async fn trashed(api: &Api) -> Answer {
    let listed = api.observe(&look(Place::Attachments, 250).statuses(&["trashed"])).await?;
    let files = items(&listed)?;
    let trashed: Vec<&Value> = files.iter().filter(|file| file["status"] == "trashed").collect();
    let mut versions: BTreeMap<String, u32> = BTreeMap::new();
    for file in trashed.iter().filter(|file| version_of(file) > 1).take(MEASURED) {
        let first = Look::at(Place::AttachmentVersion(id(file).unwrap_or_default(), 1));
        *versions.entry(api.observe(&first).await?.status.to_string()).or_default() += 1;
    }
    let answer = match (trashed.is_empty(), versions.is_empty()) {
        (true, _) => "not known: no attachment is in the trash, or none is listed".to_owned(),
        (false, true) => "listed; none of those seen has old versions".to_owned(),
        (false, false) if versions.keys().all(|status| status == "200") => {
            "listed, and their versions are read".to_owned()
        }
        (false, false) => "listed, but not all of their versions are read".to_owned(),
    };
    settled(answer, json!({"listed": files.len(), "trashed": trashed.len(), "old_version_statuses": versions}))
}

/// Question 2: what the lists say of files whose page is `trashed` or `archived`.
pub(super) async fn of_pages(api: &Api, status: &str) -> Answer {
    let pages = api.observe(&look(Place::Pages, 50).statuses(&[status])).await?;
    let (mut own, mut statuses) = (BTreeSet::new(), BTreeMap::<String, u32>::new());
    let mut refused = 0;
    for page in items(&pages)?.iter().filter_map(id).take(LOOKED_AT) {
        let files = api.observe(&look(Place::AttachmentsOfPage(page), 250).statuses(&ALL_STATUSES)).await?;
        let Some(files) = files.results() else {
            refused += 1;
            continue;
        };
        for file in files {
            *statuses.entry(file["status"].as_str().unwrap_or("none").to_owned()).or_default() += 1;
            own.extend(id(file).map(str::to_owned));
        }
    }
    let mut site_wide = 0;
    if !own.is_empty() {
        let listed =
            api.observe(&look(Place::Attachments, 250).statuses(&ALL_STATUSES).order(Order::LastModifiedFirst)).await?;
        site_wide = items(&listed)?.iter().filter_map(id).filter(|file| own.contains(*file)).count();
    }
    let answer = if own.is_empty() {
        format!("not known: no {status} page shows a file")
    } else {
        let words: Vec<String> = statuses.iter().map(|(status, count)| format!("{count} as {status}")).collect();
        format!("by the page's own list: {}", words.join(", "))
    };
    settled(answer, json!({"statuses": statuses, "refused": refused, "in_newest_250_of_site": site_wide}))
}

/// Question 2: whether files of pages that were never published are listed. No list shows such pages, so owners that no
/// list of pages knows are asked for alone.
pub(super) async fn of_drafts(api: &Api) -> Answer {
    let newest = api.observe(&look(Place::Attachments, 250).order(Order::LastModifiedFirst)).await?;
    let owners: BTreeSet<&str> = items(&newest)?.iter().filter_map(|file| file["pageId"].as_str()).collect();
    let pages = look(Place::Pages, 250)
        .statuses(&["current", "archived", "trashed", "deleted"])
        .ids(owners.iter().copied().collect());
    let known = if owners.is_empty() { Vec::new() } else { items(&api.observe(&pages).await?)?.clone() };
    let known: BTreeSet<&str> = known.iter().filter_map(id).collect();
    let unlisted: Vec<&&str> = owners.difference(&known).collect();
    let mut statuses = BTreeMap::<String, u32>::new();
    for owner in unlisted.iter().take(LOOKED_AT) {
        let alone = api.observe(&Look::at(Place::Draft(owner))).await?;
        let status = alone.json.as_ref().and_then(|page| page["status"].as_str().map(str::to_owned));
        *statuses.entry(status.unwrap_or_else(|| format!("status {}", alone.status))).or_default() += 1;
    }
    let answer = match (unlisted.len(), statuses.get("draft")) {
        (0, _) => "not known: the pages of the newest attachments are all listed".to_owned(),
        (_, Some(drafts)) => format!("yes: {drafts} such pages were met"),
        (some, None) => format!("not known: {some} pages that no list shows, and none of those asked for is a draft"),
    };
    settled(answer, json!({"owners": owners.len(), "in_no_list": unlisted.len(), "asked_alone": statuses}))
}

/// Question 7: the same list twice.
pub(super) async fn order(api: &Api) -> Answer {
    let first = walk(api).await?;
    let second = walk(api).await?;
    let unique: BTreeSet<&String> = first.iter().collect();
    let doubles = first.len() - unique.len();
    let same = first == second;
    let answer = match (same, doubles) {
        (true, 0) => "yes: two walks gave the same order, and nothing came twice",
        (true, _) => "the order is stable, but items came twice",
        (false, _) => "NO: two walks gave different orders, or the site changed in between",
    };
    settled(answer, json!({"items": first.len(), "doubles": doubles, "same_order": same}))
}

/// The ids of up to four pages of attachments, as they come.
async fn walk(api: &Api) -> Result<Vec<String>, RequestError> {
    let mut ids = Vec::new();
    let mut cursor: Option<String> = None;
    for _ in 0..4 {
        let oldest = look(Place::Attachments, 50).order(Order::FirstCreatedFirst);
        let page = api.observe(&oldest.from(cursor.as_deref())).await?;
        ids.extend(items(&page)?.iter().filter_map(id).map(str::to_owned));
        cursor = page.next_cursor();
        if cursor.is_none() {
            break;
        }
    }
    Ok(ids)
}
