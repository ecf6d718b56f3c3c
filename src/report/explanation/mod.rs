//! Explains one file in sentences: where it is used, what was looked at, what its usage means, what would make it
//! unreferenced, and what readers would miss without it.
//!
//! The command `explain` prints them. The details of a file on the pages of a report have the same sentences, which the
//! script fills in (`templates/script/explanation.js`); a browser test compares both.

mod file_facts;
mod phrases;
mod remedies;
mod scan_facts;
mod sentences;
mod verdict_topics;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::report_view::ReportView;
use super::{ReportError, ReportInput};

pub use file_facts::{ExplainedFile, ExplainedReason, ExplainedUse};
pub(super) use phrases::{DeletionEffect, PhraseTexts, PossibleCause, does};
pub(super) use remedies::{index as remedy_index, texts as remedies};
pub use scan_facts::ExplainedScan;
pub(super) use scan_facts::looked;
pub(super) use sentences::SentenceForms;

/// Days after which a scan is too old to delete files on its word.
pub const FRESH_DAYS: i64 = 7;

/// Contents that one sentence names.
pub(super) const MAX_CONTENTS: usize = 10;

/// What a group of sentences is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Topic {
    File,
    Scan,
    Used,
    Looked,
    Verdict,
    Unreferenced,
    Deleted,
}

impl Topic {
    /// The topics in the details of a file on a page, which shows file and scan elsewhere.
    pub const ON_PAGE: [Self; 5] = [Self::Used, Self::Verdict, Self::Unreferenced, Self::Deleted, Self::Looked];

    /// Returns the heading.
    pub fn heading(self) -> &'static str {
        match self {
            Self::File => "The file",
            Self::Scan => "The scan",
            Self::Used => "Where it is used",
            Self::Looked => "What was looked at",
            Self::Verdict => "What that means",
            Self::Unreferenced => "What would make it unreferenced",
            Self::Deleted => "If it were deleted",
        }
    }
}

/// The sentences on one topic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExplainedTopic {
    pub topic: Topic,
    pub heading: &'static str,
    pub sentences: Vec<Sentence>,
}

/// One sentence, without hidden characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sentence {
    pub text: String,
    /// Address of the content that the sentence is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

impl Sentence {
    fn new(text: String) -> Self {
        Self { text, url: None }
    }
}

/// Everything about one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    pub scan: ExplainedScan,
    pub file: ExplainedFile,
    pub uses: Vec<ExplainedUse>,
    pub reasons: Vec<ExplainedReason>,
    pub explanation: Vec<ExplainedTopic>,
}

/// Explains the files of one audit.
#[derive(Debug)]
pub struct Explainer<'a> {
    view: ReportView<'a>,
}

impl<'a> Explainer<'a> {
    pub fn new(input: ReportInput<'a>) -> Result<Self, ReportError> {
        Ok(Self { view: ReportView::new(input.run, input.inventory, input.audit)? })
    }

    /// Returns what a list of files says about one, by its index in the inventory.
    pub fn file(&self, attachment: usize) -> Option<ExplainedFile> {
        self.view.row_of(attachment).as_ref().map(ExplainedFile::new)
    }

    /// Explains a file, by its index in the inventory. `now` decides how old the scan is.
    pub fn explain(&self, attachment: usize, now: DateTime<Utc>) -> Option<Explanation> {
        let row = self.view.row_of(attachment)?;
        let topics = [
            (Topic::File, file_facts::sentences(&row)),
            (Topic::Scan, scan_facts::sentences(&self.view, now)),
            (Topic::Used, verdict_topics::used(&row)),
            (Topic::Verdict, verdict_topics::verdict(&row)),
            (Topic::Unreferenced, verdict_topics::unreferenced(&row)),
            (Topic::Deleted, verdict_topics::deleted(&row, now)),
            (Topic::Looked, looked(&self.view).into_iter().map(Sentence::new).collect()),
        ];
        let explanation = topics
            .into_iter()
            .map(|(topic, sentences)| ExplainedTopic { topic, heading: topic.heading(), sentences })
            .collect();
        Some(Explanation {
            scan: ExplainedScan::new(&self.view, now),
            file: ExplainedFile::new(&row),
            uses: row.verdict.uses.iter().map(|used| ExplainedUse::new(&row, used)).collect(),
            reasons: ExplainedReason::all(&row),
            explanation,
        })
    }
}

/// Headings of the topics on a page, for the script.
#[derive(Debug, Serialize)]
pub(super) struct TopicHeadings {
    name: [Topic; Topic::ON_PAGE.len()],
    words: [&'static str; Topic::ON_PAGE.len()],
}

impl TopicHeadings {
    pub(super) fn new() -> Self {
        Self { name: Topic::ON_PAGE, words: Topic::ON_PAGE.map(Topic::heading) }
    }
}

/// Whether a scan is so old that files may have come into use since then.
fn is_old(started_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    (now - started_at).num_days() > FRESH_DAYS
}
