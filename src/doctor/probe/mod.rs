//! Questions about the API that its documents leave open, asked of a live site.
//!
//! Two of those questions cannot be asked: what deleting does on the Free plan, since this program only reads, and what
//! restricted pages hold, since nothing shows them to an account that may not see them.
//!
//! The answers hold counts, statuses, times and words of the API: no name, title, key, id or address of the site. They can
//! be passed on.

mod files;
mod lists;
mod refusals;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::progress::Progress;
use confluence_client::{Api, Look, Observed, Place, RequestError};

/// One question and what the site answered.
#[derive(Debug, Clone, Serialize)]
pub struct Answered {
    /// A word for programs.
    pub id: &'static str,
    /// The question.
    pub question: &'static str,
    /// The answer in words; "not known" with the reason where it could not be settled.
    pub answer: String,
    /// What was measured.
    pub measured: Map<String, Value>,
}

/// What a question gives: the words and the measures, or why it could not be asked.
type Answer = Result<(String, Map<String, Value>), RequestError>;

/// Asks all questions, one after the other.
pub async fn probe(api: &Api, progress: &Progress) -> Vec<Answered> {
    let mut answers = Vec::new();
    macro_rules! ask {
        ($id:literal, $question:literal, $answer:expr) => {
            progress.note(format!("probing: {}", $question));
            answers.push(answered($id, $question, $answer.await));
        };
    }
    ask!("old-size", "Does ?version=N answer the size version N had?", files::old_size(api));
    ask!("trashed-files", "Are attachments in the trash listed, and can their versions be read?", files::trashed(api));
    ask!("files-of-trash", "How are attachments of pages in the trash listed?", files::of_pages(api, "trashed"));
    ask!("files-of-archive", "How are attachments of archived pages listed?", files::of_pages(api, "archived"));
    ask!("files-of-drafts", "Are attachments of never published pages listed?", files::of_drafts(api));
    ask!("file-order", "Is the list of attachments stable and without doubles?", files::order(api));
    ask!("page-caps", "How many items come on one page, with bodies?", lists::caps(api));
    ask!("replies", "Do the site-wide comment lists show replies?", lists::replies(api));
    ask!("space-default", "Which spaces come when no status is asked for?", lists::default_spaces(api));
    ask!("archived-pages", "Does the list of pages show those of archived spaces?", lists::archived_pages(api));
    ask!("search-properties", "Does the search answer content properties?", lists::search_properties(api));
    ask!("anonymous", "What does a visitor see who is not logged in?", refusals::anonymous(api));
    ask!("deprecated", "Do the deprecated v1 endpoints still answer?", refusals::deprecated(api));
    ask!(
        "without-successor",
        "Do the v1 endpoints answer that v2 has no successor for?",
        refusals::without_successor(api)
    );
    ask!("edition", "Can the edition of the site be read?", refusals::edition(api));
    answers
}

fn answered(id: &'static str, question: &'static str, answer: Answer) -> Answered {
    match answer {
        Ok((answer, measured)) => Answered { id, question, answer, measured },
        // the error names endpoints with ids; its kind is enough here
        Err(error) => {
            let why = if error.is_denied() || error.is_not_found() { "it was refused" } else { "it was not answered" };
            Answered { id, question, answer: format!("not known: {why}"), measured: Map::new() }
        }
    }
}

/// Words and measures; the measures have to be an object.
#[expect(clippy::unnecessary_wraps, reason = "the last expression of every question, which may fail before")]
fn settled(answer: impl Into<String>, measured: Value) -> Answer {
    let measured = if let Value::Object(measured) = measured { measured } else { Map::new() };
    Ok((answer.into(), measured))
}

/// A look at one page of so many items.
fn look(place: Place<'_>, limit: u32) -> Look<'_> {
    Look::at(place).limit(limit)
}

/// The items of an observed list, or a refusal as an error.
fn items(observed: &Observed) -> Result<&Vec<Value>, RequestError> {
    observed.results().ok_or_else(|| RequestError::Denied { endpoint: format!("status {}", observed.status) })
}

/// An id as text.
fn id(item: &Value) -> Option<&str> {
    item["id"].as_str()
}
