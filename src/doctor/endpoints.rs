//! Every kind of content an audit reads, asked for once, and what its absence would cost.

use std::collections::BTreeMap;

use super::account::{refused, unanswered};
use super::{Finding, State};
use crate::confluence::{Client, Observed, Request};

/// One kind of content.
struct Kind {
    subject: &'static str,
    request: Request,
    /// What a run loses without it.
    cost: &'static str,
}

/// Without a kind, every file that only it may use is undetermined.
const NO_VERDICTS: &str = "a use may stand there, so no file would be called unreferenced";

fn kinds() -> Vec<Kind> {
    let list = |subject, name: &str, cost| {
        let request = Request::v2("doctor", &[name]).with("limit", "1");
        Kind { subject, request: request.with("body-format", "storage"), cost }
    };
    let plain =
        |subject, name: &str, cost| Kind { subject, request: Request::v2("doctor", &[name]).with("limit", "1"), cost };
    let template = |subject, name: &str| Kind {
        subject,
        request: Request::v1("doctor", &["template", name]).with("limit", "1"),
        cost: NO_VERDICTS,
    };
    let search = Request::v1("doctor", &["content", "search"])
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
        },
        plain("labels", "labels", "files protected by label could not be told"),
    ]
}

/// Asks for each kind, and tells what the headers said about limits.
pub(super) async fn check(client: &Client, findings: &mut Vec<Finding>) {
    let mut limits: BTreeMap<String, String> = BTreeMap::new();
    let mut deprecated = Vec::new();
    for kind in kinds() {
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
    refused(kind.subject, observed).costs(kind.cost).remedy(remedy)
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
    let found = match (v2, v1) {
        (true, true) => "REST v2 answers, and v1 where v2 has nothing",
        (true, false) => "REST v2 answers; v1, which templates and the search need, does not",
        (false, true) => "only REST v1 answers, as on Confluence Data Center, which this version cannot read",
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

/// Whether Comala Document Management is there: without it, the search knows no field of that name (`comala.md` 2).
async fn workflow(client: &Client) -> Finding {
    let request = Request::v1("doctor", &["content", "search"]).with("cql", "type=page and cw_enabled=true");
    let found = match client.observe(&request.with("limit", "1")).await {
        Ok(observed) if observed.results().is_some() => "Comala Document Management answers the search",
        Ok(observed) if observed.status == 400 => "no workflow app that the search knows",
        _ => "not known: the search did not answer",
    };
    Finding::new("workflow app", State::Note, found)
}
