//! Probes a live site for behaviour that the documentation of the API does not define.
//!
//! Two open questions cannot be probed: what deletion does on the Free plan, since this program only reads, and what
//! restricted pages contain, since an account that may not see them gets no trace of them.
//!
//! The results contain counts, statuses, times and words of the API, but no name, title, key, id or address of the
//! site, so they can be shared. One answer names keys of properties that may belong to approvals: apps choose these.

mod data_center;
mod everywhere;
mod files;
mod lists;
mod refusals;

use serde::Serialize;
use serde_json::{Map, Value};

use super::ProbedSite;
use super::sample::LARGEST_LIMIT;
use crate::progress::Progress;
use confluence_client::{ObservedResponse, ProbeRequest, ProbeTarget, RequestError};

/// One question about the API and its answer on this site.
#[derive(Debug, Clone, Serialize)]
pub struct ProbeResult {
    /// Stable identifier, for programs.
    pub id: &'static str,
    pub question: &'static str,
    /// The answer in words; "not known" with the reason if the probe did not show it.
    pub answer: String,
    pub measured: Map<String, Value>,
}

/// The answer in words and the measurements behind it, or why the requests failed.
type ProbeOutcome = Result<(String, Map<String, Value>), RequestError>;

/// Asks one question after another and collects the answers.
macro_rules! ask {
    ($progress:ident, $answers:ident, $($id:literal, $question:literal, $answer:expr;)+) => {
        $(
            $progress.note(format!("probing: {}", $question));
            $answers.push(result($id, $question, $answer.await));
        )+
    };
}

/// Runs all probes that fit the kind of site, one after another.
pub async fn probe(site: &ProbedSite<'_>, progress: &Progress) -> Vec<ProbeResult> {
    let mut answers = Vec::new();
    if site.api().deployment().is_cloud() {
        Box::pin(probe_cloud(site, progress, &mut answers)).await;
    } else {
        Box::pin(probe_data_center(site, progress, &mut answers)).await;
    }
    ask!(progress, answers,
        "ids", "Which form do ids have?", everywhere::ids(site);
        "approvals", "Are there traces of page approvals?", everywhere::approvals(site);
        "anonymous", "What can an anonymous visitor see?", refusals::anonymous(site);
    );
    answers
}

async fn probe_cloud(site: &ProbedSite<'_>, progress: &Progress, answers: &mut Vec<ProbeResult>) {
    ask!(progress, answers,
        "old-size", "Does ?version=N return the size of version N?", files::old_size(site);
        "trashed-files", "Are attachments in the trash listed, and can their versions be read?", files::trashed(site);
        "files-of-trash", "How are attachments of pages in the trash listed?", files::of_pages(site, "trashed");
        "files-of-archive", "How are attachments of archived pages listed?", files::of_pages(site, "archived");
        "files-of-drafts", "Are attachments of never published pages listed?", files::of_drafts(site);
        "file-order", "Is the list of attachments stable and without duplicates?", files::order(site);
        "page-caps", "How many items does one page of results have, with bodies?", lists::caps(site);
        "replies", "Do the site-wide comment lists include replies?", lists::replies(site);
        "space-default", "Which spaces are listed without a status parameter?", lists::default_spaces(site);
        "archived-pages", "Does the list of pages include archived spaces?", lists::archived_pages(site);
        "search-properties", "Does the search return content properties?", lists::search_properties(site);
        "deprecated", "Do the deprecated v1 endpoints still work?", refusals::deprecated(site);
        "without-successor", "Do the v1 endpoints without a v2 successor work?", refusals::without_successor(site);
        "edition", "Can the edition of the site be read?", refusals::edition(site);
    );
}

async fn probe_data_center(site: &ProbedSite<'_>, progress: &Progress, answers: &mut Vec<ProbeResult>) {
    ask!(progress, answers,
        "old-size", "Does version=N return the size of version N?", data_center::old_size(site);
        "scan-types", "Which types can be listed by cursor?", data_center::scan_types(site);
        "silent-caps", "Which limits does the site apply silently?", data_center::caps(site);
        "bulk-files", "Do pages come with their files, and say when there are more?", data_center::bulk_files(site);
        "trash", "In how many spaces can the trash be read?", data_center::trash(site);
        "any-status", "Does a list of all statuses include the trash?", data_center::any_status(site);
        "comments", "Does one list have both kinds of comments, with replies?", data_center::comments(site);
        "comala", "Which workflow data does Comala show to this account?", data_center::comala(site);
        "edition", "Can version and size of the site be read?", data_center::edition(site);
    );
}

fn result(id: &'static str, question: &'static str, answer: ProbeOutcome) -> ProbeResult {
    match answer {
        Ok((answer, measured)) => ProbeResult { id, question, answer, measured },
        // not the error's own text: it names endpoints with ids of the site
        Err(error) => {
            let why = if error.is_denied() || error.is_not_found() { "request refused" } else { "request failed" };
            ProbeResult { id, question, answer: format!("not known: {why}"), measured: Map::new() }
        }
    }
}

/// Returns an answer in words with its measurements, which have to be a JSON object.
#[expect(clippy::unnecessary_wraps, reason = "the last expression of every probe, which may fail before")]
fn outcome(answer: impl Into<String>, measured: Value) -> ProbeOutcome {
    let measured = if let Value::Object(measured) = measured { measured } else { Map::new() };
    Ok((answer.into(), measured))
}

/// Requests one page of results with up to `limit` items.
fn probe_of(place: ProbeTarget<'_>, limit: u32) -> ProbeRequest<'_> {
    ProbeRequest::to(place).limit(limit)
}

/// Returns the items of an observed list; an error if the list was refused.
fn items(observed: &ObservedResponse) -> Result<&Vec<Value>, RequestError> {
    observed.results().ok_or_else(|| RequestError::Denied { endpoint: format!("status {}", observed.status) })
}

/// Returns the limit that a list echoes; a number that no limit can have says nothing.
fn echoed_limit(observed: &ObservedResponse) -> Option<u64> {
    observed.json.as_ref()?["limit"].as_u64().filter(|limit| *limit <= LARGEST_LIMIT)
}

fn id(item: &Value) -> Option<&str> {
    item["id"].as_str()
}
