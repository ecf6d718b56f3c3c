//! Every kind of content an audit reads, asked for once, and what its absence would cost.

use std::collections::BTreeMap;

use super::account::{refused, unanswered};
use super::{Finding, State};
use confluence_client::api::CommentKind;
use confluence_client::look::Order;
use confluence_client::{Api, Look, Observed, Place};

/// One kind of content.
struct Kind<'a> {
    subject: &'static str,
    look: Look<'a>,
    /// What a run loses without it.
    cost: &'static str,
    /// What that makes of the run.
    without: State,
    family: Family,
}

/// The families of endpoints that a site may or may not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    /// What the program is made for.
    Newer,
    /// What templates and the search need.
    Older,
    /// Not asked whether its family is there.
    Either,
}

/// Without a kind, every file that only it may use is undetermined.
const NO_VERDICTS: &str = "a use may stand there, so no file would be called unreferenced";

fn kinds(account: &str) -> [Kind<'_>; 10] {
    let kind = |subject, place, family, cost| Kind {
        subject,
        look: Look::at(place).limit(1),
        cost,
        without: State::Missing,
        family,
    };
    let with_bodies = |subject, place, family, cost| {
        let kind = kind(subject, place, family, cost);
        Kind { look: kind.look.bodies(), ..kind }
    };
    [
        with_bodies("pages", Place::Pages, Family::Newer, "there would be no audit: pages own the files and use them"),
        with_bodies("blog posts", Place::BlogPosts, Family::Either, NO_VERDICTS),
        kind("attachments", Place::Attachments, Family::Newer, "there would be nothing to audit"),
        with_bodies("footer comments", Place::Comments(CommentKind::Footer), Family::Either, NO_VERDICTS),
        with_bodies("inline comments", Place::Comments(CommentKind::Inline), Family::Either, NO_VERDICTS),
        kind("page templates", Place::PageTemplates, Family::Older, NO_VERDICTS),
        kind("blueprint templates", Place::BlueprintTemplates, Family::Either, NO_VERDICTS),
        kind(
            "search",
            Place::PublishedHeaderImages,
            Family::Older,
            "header images are read page by page, which is one request for each page and post, and the second list \
             that pages are held against is missing",
        ),
        kind("labels", Place::Labels, Family::Either, "files protected by label could not be told"),
        Kind {
            subject: "people",
            look: Look::at(Place::Person(account)),
            cost: "the names of authors and uploaders would be missing; no verdict depends on them",
            without: State::Note,
            family: Family::Either,
        },
    ]
}

/// Which families answered.
#[derive(Debug, Default)]
struct Answering {
    newer: bool,
    older: bool,
    /// The newer one is not there at all: one that fails or refuses is there all the same.
    newer_absent: bool,
}

impl Answering {
    fn note(&mut self, kind: &Kind<'_>, observed: &Observed) {
        let answers = observed.results().is_some();
        match kind.family {
            Family::Newer => {
                self.newer |= answers;
                self.newer_absent |= kind.look.is_at(Place::Pages) && observed.status == 404;
            }
            Family::Older => self.older |= answers,
            Family::Either => {}
        }
    }

    fn finding(&self) -> Finding {
        let found = match (self.newer, self.older) {
            (true, true) => "REST v2 answers, and v1 where v2 has nothing",
            (true, false) => "REST v2 answers; v1, which templates and the search need, does not",
            (false, true) if self.newer_absent => {
                "only REST v1 is there, as on Confluence Data Center, which this version cannot read"
            }
            (false, true) => "REST v1 answers; v2, which everything else needs, does not",
            (false, false) => "neither REST v2 nor v1 answers",
        };
        Finding::new("API", if self.newer && self.older { State::Good } else { State::Missing }, found)
    }
}

/// Asks for each kind, and tells what the headers said about limits.
pub(super) async fn check(api: &Api, account: &str, findings: &mut Vec<Finding>) {
    let mut limits: BTreeMap<String, String> = BTreeMap::new();
    let mut deprecated = Vec::new();
    let mut answering = Answering::default();
    for kind in kinds(account) {
        let finding = match api.observe(&kind.look).await {
            Err(error) => unanswered(kind.subject, &error).costs(kind.cost),
            Ok(observed) => {
                limits.extend(observed.headers.clone());
                if observed.is_deprecated() {
                    deprecated.push(kind.subject);
                }
                answering.note(&kind, &observed);
                judge(&kind, &observed)
            }
        };
        findings.push(finding);
    }
    findings.push(old_sizes(api).await);
    findings.push(answering.finding());
    findings.push(limits_told(&limits));
    if !deprecated.is_empty() {
        let found = format!("the server announces the removal of: {}", deprecated.join(", "));
        findings.push(Finding::new("removal", State::Note, found).remedy("look for a newer version of this program"));
    }
    findings.push(workflow(api).await);
}

fn judge(kind: &Kind<'_>, observed: &Observed) -> Finding {
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

/// Whether the size of an old version can be measured, which proves those the API tells.
async fn old_sizes(api: &Api) -> Finding {
    let subject = "sizes of old versions";
    let listed = api.observe(&Look::at(Place::Attachments).order(Order::LastModifiedFirst).limit(250)).await;
    let files = listed.as_ref().ok().and_then(Observed::results).map(Vec::as_slice).unwrap_or_default();
    let sample = files.iter().find_map(|file| {
        let old = file["version"]["number"].as_u64().and_then(|current| u32::try_from(current).ok()?.checked_sub(1));
        let owner = file["pageId"].as_str().or(file["blogPostId"].as_str())?;
        Some((file["id"].as_str()?, owner, old.filter(|old| *old > 0)?))
    });
    let Some((id, owner, old)) = sample else {
        return Finding::new(subject, State::Note, "not looked at: none of the newest attachments has an old version");
    };
    match api.measure_download(owner, id, old).await {
        Ok(_) => Finding::new(subject, State::Good, "can be measured by a download, which proves those the API tells"),
        Err(error) => Finding::new(subject, State::Note, format!("an old version cannot be downloaded: {error}"))
            .costs("what old versions take would be unknown; no verdict depends on it")
            .remedy(error.remedy()),
    }
}

fn limits_told(limits: &BTreeMap<String, String>) -> Finding {
    if limits.is_empty() {
        return Finding::new("rate limits", State::Note, "the answers bear no header about limits; none was met");
    }
    let told: Vec<String> = limits.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    Finding::new("rate limits", State::Note, told.join(", "))
}

/// Which workflow app is there. Comala on Cloud is known by fields of the search, which are unknown without it; Comala on Data Center has paths of its own, and Atlassian's hosts cannot have them.
async fn workflow(api: &Api) -> Finding {
    let subject = "workflow app";
    let none = "the workflow columns of a snapshot come from native content states, labels or an imported report alone";
    let on_cloud = api.observe(&Look::at(Place::WorkflowFields).limit(1)).await;
    if on_cloud.as_ref().is_ok_and(|observed| observed.results().is_some()) {
        return Finding::new(subject, State::Good, "Comala Document Management answers the search");
    }
    if let Some(true) = comala_on_data_center(api).await {
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
async fn comala_on_data_center(api: &Api) -> Option<bool> {
    if !api.may_have_comala_rest() {
        return Some(false);
    }
    let pages = api.observe(&Look::at(Place::Pages).limit(1)).await.ok()?;
    let page = pages.results()?.first()?["id"].as_str()?.to_owned();
    let status = api.observe(&Look::at(Place::WorkflowStatus(&page))).await.ok()?;
    // 204 is a page without a workflow
    Some(status.is_answer() || status.status == 204)
}
