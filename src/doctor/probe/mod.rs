//! Probes a live site for behaviour that the documentation of the API does not define.
//!
//! Two open questions cannot be probed: what deletion does on the Free plan, since this program only reads, and what
//! restricted pages contain, since an account that may not see them gets no trace of them.
//!
//! The results contain counts, statuses, times and words of the API, but no name, title, key, id or address of the
//! site, so they can be shared.

mod files;
mod lists;
mod refusals;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::progress::Progress;
use confluence_client::{Api, ObservedResponse, ProbeRequest, ProbeTarget, RequestError};

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

/// Runs all probes, one after another.
pub async fn probe(api: &Api, progress: &Progress) -> Vec<ProbeResult> {
    let mut answers = Vec::new();
    macro_rules! ask {
        ($id:literal, $question:literal, $answer:expr) => {
            progress.note(format!("probing: {}", $question));
            answers.push(result($id, $question, $answer.await));
        };
    }
    ask!("old-size", "Does ?version=N return the size of version N?", files::old_size(api));
    ask!("trashed-files", "Are attachments in the trash listed, and can their versions be read?", files::trashed(api));
    ask!("files-of-trash", "How are attachments of pages in the trash listed?", files::of_pages(api, "trashed"));
    ask!("files-of-archive", "How are attachments of archived pages listed?", files::of_pages(api, "archived"));
    ask!("files-of-drafts", "Are attachments of never published pages listed?", files::of_drafts(api));
    ask!("file-order", "Is the list of attachments stable and without duplicates?", files::order(api));
    ask!("page-caps", "How many items does one page of results have, with bodies?", lists::caps(api));
    ask!("replies", "Do the site-wide comment lists include replies?", lists::replies(api));
    ask!("space-default", "Which spaces are listed without a status parameter?", lists::default_spaces(api));
    ask!("archived-pages", "Does the list of pages include archived spaces?", lists::archived_pages(api));
    ask!("search-properties", "Does the search return content properties?", lists::search_properties(api));
    ask!("anonymous", "What can an anonymous visitor see?", refusals::anonymous(api));
    ask!("deprecated", "Do the deprecated v1 endpoints still work?", refusals::deprecated(api));
    ask!("without-successor", "Do the v1 endpoints without a v2 successor work?", refusals::without_successor(api));
    ask!("edition", "Can the edition of the site be read?", refusals::edition(api));
    answers
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

fn id(item: &Value) -> Option<&str> {
    item["id"].as_str()
}
