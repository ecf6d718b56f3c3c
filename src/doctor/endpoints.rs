//! Every kind of content an audit reads, asked for once, and what its absence would cost.

use std::collections::BTreeMap;

use super::account::{refused, unanswered};
use super::{Finding, State};
use confluence_client::{Client, Observed, Request, RequestKind};

/// One kind of content.
struct Kind {
    subject: &'static str,
    request: Request,
    /// What a run loses without it.
    cost: &'static str,
    /// What that makes of the run.
    without: State,
}

/// Without a kind, every file that only it may use is undetermined.
const NO_VERDICTS: &str = "a use may stand there, so no file would be called unreferenced";

fn kinds(account: &str) -> Vec<Kind> {
    let list = |subject, name: &str, cost| {
        let request = Request::v2(RequestKind::Doctor, &[name]).with("limit", "1");
        Kind { subject, request: request.with("body-format", "storage"), cost, without: State::Missing }
    };
    let plain = |subject, name: &str, cost| {
        let request = Request::v2(RequestKind::Doctor, &[name]).with("limit", "1");
        Kind { subject, request, cost, without: State::Missing }
    };
    let template = |subject, name: &str| Kind {
        subject,
        request: Request::v1(RequestKind::Doctor, &["template", name]).with("limit", "1"),
        cost: NO_VERDICTS,
        without: State::Missing,
    };
    let search = Request::v1(RequestKind::Doctor, &["content", "search"])
        .with("cql", "type in (page,blogpost)")
        .with("expand", "metadata.properties.cover-picture-id-published")
        .with("limit", "1");
    vec![
        list("pages", "pages", "there would be no audit: pages own the files and use them"),
        list("blog posts", "blogposts", NO_VERDICTS),
        plain("attachments", "attachments", "there would be nothing to audit"),
        list("footer comments", "footer-comments", NO_VERDICTS),
        list("inline comments", "inline-comments", NO_VERDICTS),
        template("page templates", "page"),
        template("blueprint templates", "blueprint"),
        Kind {
            subject: "search",
            request: search,
            cost: "header images are read page by page, which is one request for each page and post, and the second list \
                   that pages are held against is missing",
            without: State::Missing,
        },
        plain("labels", "labels", "files protected by label could not be told"),
        Kind {
            subject: "people",
            request: Request::v1(RequestKind::Doctor, &["user", "bulk"]).with("accountId", account),
            cost: "the names of authors and uploaders would be missing; no verdict depends on them",
            without: State::Note,
        },
    ]
}

/// Asks for each kind, and tells what the headers said about limits.
pub(super) async fn check(client: &Client, account: &str, findings: &mut Vec<Finding>) {
    let mut limits: BTreeMap<String, String> = BTreeMap::new();
    let mut deprecated = Vec::new();
    for kind in kinds(account) {
        let finding = match client.observe(&kind.request).await {
            Err(error) => unanswered(kind.subject, &error).costs(kind.cost),
            Ok(observed) => {
                limits.extend(observed.headers.clone());
                if observed.is_deprecated() {
                    deprecated.push(kind.subject);
                }
                judge(&kind, &observed)
            }
        };
        findings.push(finding);
    }
    findings.push(old_sizes(client).await);
    findings.push(generation(findings));
    findings.push(limits_told(&limits));
    if !deprecated.is_empty() {
        let found = format!("the server announces the removal of: {}", deprecated.join(", "));
        findings.push(Finding::new("removal", State::Note, found).remedy("look for a newer version of this program"));
    }
    findings.push(workflow(client).await);
}

fn judge(kind: &Kind, observed: &Observed) -> Finding {
    if observed.results().is_some() {
        return Finding::new(kind.subject, State::Good, format!("answered in {} ms", observed.elapsed.as_millis()));
    }
    let remedy = match observed.status {
        401 | 403 => "use an account that may see this, and a token without scopes",
        410 => "look for a newer version of this program",
        _ => "run again; if it stays, look at the status page of the site",
    };
    let finding = refused(kind.subject, observed).costs(kind.cost).remedy(remedy);
    Finding { state: kind.without, ..finding }
}

/// Whether the size of an old version can be measured, which proves those the API tells (product contract 3.2).
async fn old_sizes(client: &Client) -> Finding {
    let subject = "sizes of old versions";
    let newest = Request::v2(RequestKind::Doctor, &["attachments"]).with("sort", "-modified-date").with("limit", "250");
    let listed = client.observe(&newest).await;
    let files = listed.as_ref().ok().and_then(Observed::results).map(Vec::as_slice).unwrap_or_default();
    let sample = files.iter().find_map(|file| {
        let old = file["version"]["number"].as_u64().and_then(|current| u32::try_from(current).ok()?.checked_sub(1));
        let owner = file["pageId"].as_str().or(file["blogPostId"].as_str())?;
        Some((file["id"].as_str()?, owner, old.filter(|old| *old > 0)?))
    });
    let Some((id, owner, old)) = sample else {
        return Finding::new(subject, State::Note, "not looked at: none of the newest attachments has an old version");
    };
    match client.measure_download(owner, id, old).await {
        Ok(_) => Finding::new(subject, State::Good, "can be measured by a download, which proves those the API tells"),
        Err(error) => Finding::new(subject, State::Note, format!("an old version cannot be downloaded: {error}"))
            .costs("what old versions take would be unknown; no verdict depends on it")
            .remedy(error.remedy()),
    }
}

/// v2 is what the program is made for; v1 serves templates and search.
fn generation(findings: &[Finding]) -> Finding {
    let good = |subjects: &[&str]| {
        let of = |subject: &&str| {
            findings.iter().any(|finding| finding.subject == **subject && finding.state == State::Good)
        };
        subjects.iter().any(of)
    };
    let (v2, v1) = (good(&["pages", "attachments"]), good(&["page templates", "search"]));
    // a v2 that fails or refuses is there all the same
    let absent = findings.iter().any(|finding| finding.subject == "pages" && finding.found.ends_with("status 404"));
    let found = match (v2, v1) {
        (true, true) => "REST v2 answers, and v1 where v2 has nothing",
        (true, false) => "REST v2 answers; v1, which templates and the search need, does not",
        (false, true) if absent => {
            "only REST v1 is there, as on Confluence Data Center, which this version cannot read"
        }
        (false, true) => "REST v1 answers; v2, which everything else needs, does not",
        (false, false) => "neither REST v2 nor v1 answers",
    };
    Finding::new("API", if v2 && v1 { State::Good } else { State::Missing }, found)
}

fn limits_told(limits: &BTreeMap<String, String>) -> Finding {
    if limits.is_empty() {
        return Finding::new("rate limits", State::Note, "the answers bear no header about limits; none was met");
    }
    let told: Vec<String> = limits.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    Finding::new("rate limits", State::Note, told.join(", "))
}

/// Which workflow app is there. Comala on Cloud is known by fields of the search, which are unknown without it
/// (`comala.md` 2); Comala on Data Center has paths of its own, and Atlassian's hosts cannot have them.
async fn workflow(client: &Client) -> Finding {
    let subject = "workflow app";
    let none = "the workflow columns of a snapshot come from native content states, labels or an imported report alone";
    let request = Request::v1(RequestKind::Doctor, &["content", "search"]).with("cql", "type=page and cw_enabled=true");
    let on_cloud = client.observe(&request.with("limit", "1")).await;
    if on_cloud.as_ref().is_ok_and(|observed| observed.results().is_some()) {
        return Finding::new(subject, State::Good, "Comala Document Management answers the search");
    }
    if let Some(true) = comala_on_data_center(client).await {
        return Finding::new(subject, State::Good, "Comala answers as on Data Center, page by page");
    }
    match on_cloud {
        Ok(observed) if observed.status == 400 => {
            Finding::new(subject, State::Note, "none that the search knows").costs(none)
        }
        _ => Finding::new(subject, State::Note, "not known: the search did not answer").costs(none),
    }
}

/// `None` where there is no page to ask for.
async fn comala_on_data_center(client: &Client) -> Option<bool> {
    if client.deployment().is_of_atlassian() {
        return Some(false);
    }
    let pages = client.observe(&Request::v2(RequestKind::Doctor, &["pages"]).with("limit", "1")).await.ok()?;
    let page = pages.results()?.first()?["id"].as_str()?.to_owned();
    let status = client.observe(&Request::comala(RequestKind::Doctor, &["content", &page, "status"])).await.ok()?;
    // 204 is a page without a workflow
    Some(status.is_answer() || status.status == 204)
}
