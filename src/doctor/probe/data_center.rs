//! Probes of Confluence Data Center.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::everywhere::OldSizes;
use super::{ProbeOutcome, ProbedSite, echoed_limit, id, items, outcome, probe_of};
use confluence_client::{ProbeRequest, ProbeTarget};

/// Number of old versions to measure.
const MEASURED: usize = 5;
/// Number of spaces whose trash is looked at.
const SPACES_CHECKED: u32 = 20;

/// Checks which types can be listed by cursor.
pub(super) async fn scan_types(site: &ProbedSite<'_>) -> ProbeOutcome {
    let mut measured = Map::new();
    let mut words = Vec::new();
    for content_type in ["page", "blogpost", "comment"] {
        let observed = site.observe(&probe_of(ProbeTarget::Scan(content_type), 50)).await?;
        let types: BTreeSet<&str> =
            observed.results().into_iter().flatten().filter_map(|item| item["type"].as_str()).collect();
        let others = types.iter().any(|found| *found != content_type);
        words.push(match (observed.status, others) {
            (200, false) if types.is_empty() => format!("{content_type}: yes, but none was listed"),
            (200, false) => format!("{content_type}: yes"),
            (200, true) => format!("{content_type}: NO, the type is ignored"),
            (status, _) => format!("{content_type}: no (status {status})"),
        });
        measured.insert(
            content_type.to_owned(),
            json!({
                "status": observed.status, "items": observed.results().map(Vec::len), "other_types": others,
                "more": observed.has_next(), "cursor": observed.next_cursor().is_some(),
            }),
        );
    }
    outcome(words.join("; "), Value::Object(measured))
}

/// Checks which limits the site applies without saying so, by the limit that it echoes.
pub(super) async fn caps(site: &ProbedSite<'_>) -> ProbeOutcome {
    let mut measured = Map::new();
    let mut words = Vec::new();
    for (name, probe) in [
        ("spaces", probe_of(ProbeTarget::Spaces, 1000)),
        ("search", probe_of(ProbeTarget::Attachments, 1000)),
        ("pages with expansions", probe_of(ProbeTarget::ContentsByStart("page"), 1000)),
        ("pages with bodies", probe_of(ProbeTarget::ContentsByStart("page"), 1000).bodies()),
        ("posts with bodies", probe_of(ProbeTarget::ContentsByStart("blogpost"), 1000).bodies()),
        ("scan with bodies", probe_of(ProbeTarget::Scan("page"), 1000).bodies()),
        ("pages with files", probe_of(ProbeTarget::PagesWithFiles, 1000)),
    ] {
        let observed = site.observe(&probe).await?;
        let echoed = echoed_limit(&observed);
        words.push(match echoed {
            Some(limit) => format!("{name}: {limit}"),
            None => format!("{name}: no limit echoed (status {})", observed.status),
        });
        measured.insert(
            name.to_owned(),
            json!({
                "asked": 1000, "came": observed.results().map(Vec::len), "limit_echoed": echoed,
                "more": observed.has_next(), "bytes": observed.bytes, "status": observed.status,
                "milliseconds": u64::try_from(observed.elapsed.as_millis()).unwrap_or(u64::MAX),
            }),
        );
    }
    outcome(words.join("; "), Value::Object(measured))
}

/// Checks how many files come along with a page, and whether the page says that there are more.
pub(super) async fn bulk_files(site: &ProbedSite<'_>) -> ProbeOutcome {
    let observed = site.observe(&probe_of(ProbeTarget::PagesWithFiles, 200)).await?;
    let (mut with, mut most, mut more, mut silent) = (0, 0, 0, 0);
    let mut alone = None;
    for page in items(&observed)? {
        let Some(files) = page.pointer("/children/attachment") else { continue };
        let count = files["results"].as_array().map_or(0, Vec::len);
        with += 1;
        if alone.is_none() && count > 0 {
            let page = id(page).unwrap_or_default();
            let listed = site.observe(&probe_of(ProbeTarget::AttachmentsOfPage(page), 200)).await?;
            alone = Some((listed.results().map(Vec::len), count));
        }
        most = most.max(count);
        let has_next = files.pointer("/_links/next").is_some();
        more += u32::from(has_next);
        silent +=
            u32::from(!has_next && files["limit"].as_u64().is_some_and(|limit| u64::try_from(count) == Ok(limit)));
    }
    let answer = match (with, silent) {
        (0, _) => "NO: no page has its files",
        (_, 0) => "yes, and pages with more files say so",
        _ => "yes, but some pages have exactly as many files as the limit and name no next page",
    };
    let listed = items(&observed)?.len();
    outcome(
        answer,
        json!({
            "pages": listed, "with_files_expanded": with, "most_files": most, "with_next": more,
            "full_without_next": silent, "files_of_one_page_alone_and_expanded": alone,
        }),
    )
}

/// Compares the reported size of old versions with a download of one byte.
pub(super) async fn old_size(site: &ProbedSite<'_>) -> ProbeOutcome {
    let pages = site.observe(&probe_of(ProbeTarget::PagesWithFiles, 200)).await?;
    let files = items(&pages)?.iter().flat_map(|page| {
        let files = page.pointer("/children/attachment/results").and_then(Value::as_array);
        files.into_iter().flatten().map(move |file| (page, file))
    });
    let current = |file: &Value| file.pointer("/version/number").and_then(Value::as_u64).unwrap_or(1);
    let mut sizes = OldSizes::default();
    for (page, file) in files.filter(|(_, file)| current(file) > 1).take(MEASURED) {
        let Some(owner) = id(page) else { continue };
        let size_of = |json: &Value| json.pointer("/extensions/fileSize").and_then(Value::as_u64);
        sizes.measure(site, (owner, file), current(file), size_of).await?;
    }
    sizes.outcome()
}

/// Checks in how many spaces the trash can be read, and what is in it.
pub(super) async fn trash(site: &ProbedSite<'_>) -> ProbeOutcome {
    let spaces = site.observe(&probe_of(ProbeTarget::Spaces, SPACES_CHECKED)).await?;
    let mut statuses: BTreeMap<String, u32> = BTreeMap::new();
    let mut types: BTreeMap<&str, usize> = BTreeMap::new();
    for key in items(&spaces)?.iter().filter_map(|space| space["key"].as_str()) {
        let observed = site.observe(&probe_of(ProbeTarget::SpaceTrash(key), 200)).await?;
        *statuses.entry(observed.status.to_string()).or_default() += 1;
        for known in ["page", "blogpost", "comment", "attachment"] {
            let count = observed.results().map_or(0, |found| found.iter().filter(|item| item["type"] == known).count());
            *types.entry(known).or_default() += count;
        }
    }
    let all: u32 = statuses.values().sum();
    let open = statuses.get("200").copied().unwrap_or(0);
    let found: usize = types.values().sum();
    outcome(
        format!("readable in {open} of {all} spaces; {found} items found"),
        json!({"statuses": statuses, "types": types}),
    )
}

/// Checks whether a list of all statuses includes the trash.
pub(super) async fn any_status(site: &ProbedSite<'_>) -> ProbeOutcome {
    let observed = site.observe(&probe_of(ProbeTarget::Scan("page"), 200).statuses(&["any"])).await?;
    let pages = items(&observed)?;
    let of = |status: &str| pages.iter().filter(|page| page["status"] == status).count();
    let (current, trashed) = (of("current"), of("trashed"));
    let answer = if trashed > 0 { "yes" } else { "not known: no page in the trash is among the first ones" };
    outcome(
        answer,
        json!({"current": current, "trashed": trashed, "others": pages.len() - current - trashed, "more": observed.has_next()}),
    )
}

/// Checks whether one list has both kinds of comments, and says which comment a reply belongs to.
pub(super) async fn comments(site: &ProbedSite<'_>) -> ProbeOutcome {
    let observed = site.observe(&probe_of(ProbeTarget::Scan("comment"), 200)).await?;
    let comments = items(&observed)?;
    let located = |word: &str| {
        comments.iter().filter(|comment| comment.pointer("/extensions/location").is_some_and(|at| at == word)).count()
    };
    let replies = comments
        .iter()
        .filter(|comment| comment["ancestors"].as_array().is_some_and(|above| !above.is_empty()))
        .count();
    let with_container = comments.iter().filter(|comment| comment["container"].is_object()).count();
    let (footer, inline) = (located("footer"), located("inline"));
    let answer = match (footer, inline) {
        (0, 0) => "not known: no comment says where it is".to_owned(),
        _ => format!("{footer} footer and {inline} inline comments, {replies} of all are replies"),
    };
    outcome(
        answer,
        json!({
            "comments": comments.len(), "footer": footer, "inline": inline, "resolved": located("resolved"),
            "replies": replies, "with_container": with_container,
        }),
    )
}

/// Reads version and size of the site, as far as the account may.
pub(super) async fn edition(site: &ProbedSite<'_>) -> ProbeOutcome {
    let information = site.observe(&ProbeRequest::to(ProbeTarget::SystemInfo)).await?;
    let metrics = site.observe(&ProbeRequest::to(ProbeTarget::InstanceMetrics)).await?;
    let version = information.json.as_ref().and_then(|json| json["version"].as_str());
    let is_version = |text: &&str| text.len() < 12 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let version = version.filter(is_version).map(str::to_owned);
    let answer = match (&version, metrics.status) {
        (Some(version), 200) => format!("version {version}, with its own count of pages and spaces"),
        (Some(version), status) => format!("version {version}, without its own count of pages (status {status})"),
        (None, _) => format!("no: status {}", information.status),
    };
    outcome(answer, json!({"information": information.status, "version": version, "instance_metrics": metrics.status}))
}

/// Checks the endpoints of Comala for one page.
pub(super) async fn comala(site: &ProbedSite<'_>) -> ProbeOutcome {
    let pages = site.observe(&probe_of(ProbeTarget::WorkflowPropertyOfPages, 200)).await?;
    let has_property = |page: &&Value| page.pointer("/metadata/properties/comalaworkflows/value").is_some();
    let listed = items(&pages)?;
    let with_property = listed.iter().filter(has_property).count();
    let page = listed.iter().find(has_property).or(listed.first()).and_then(id).unwrap_or("1");
    let status = site.observe(&ProbeRequest::to(ProbeTarget::WorkflowStatus(page))).await?.status;
    let parameters = site.observe(&ProbeRequest::to(ProbeTarget::WorkflowParameters(page))).await?.status;
    outcome(
        format!(
            "{with_property} of {} pages have the property; status {status}, parameters {parameters}",
            listed.len()
        ),
        json!({"pages": listed.len(), "with_property": with_property, "status": status, "parameters": parameters}),
    )
}
