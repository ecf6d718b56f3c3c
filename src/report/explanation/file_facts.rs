//! Sentences on what a file is, and its facts for other programs.

use serde::Serialize;

use super::remedies::remedy;
use super::sentences::SentenceForm;
use super::verdict_topics::{content_words, listed, size_words};
use super::{Sentence, does};
use crate::audit::{Usage, Use};
use crate::inventory::Content;
use crate::report::format;
use crate::report::report_view::{FileRow, content_id};
use storage_format::{Certainty, Display};

/// A content, for other programs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExplainedContent {
    /// A draft's id ends in `(draft)`.
    pub id: String,
    pub kind: &'static str,
    pub title: String,
    pub url: Option<String>,
}

impl ExplainedContent {
    fn new(row: &FileRow<'_>, content: &Content) -> Self {
        Self {
            id: content_id(content),
            kind: content.kind.label(),
            title: content.title.clone(),
            url: row.view.content_url(content),
        }
    }
}

/// What a file is. Unknown values are `None`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExplainedFile {
    pub id: String,
    pub name: String,
    /// Other names, of earlier versions.
    pub earlier_names: Vec<String>,
    pub space_key: Option<String>,
    pub space_name: Option<String>,
    pub container_id: Option<String>,
    /// The content that owns it, if it was found.
    pub container: Option<ExplainedContent>,
    pub status: String,
    pub media_type: Option<String>,
    pub size: Option<u64>,
    pub versions: usize,
    pub all_versions_size: Option<u64>,
    /// ISO 8601, UTC.
    pub created_at: Option<String>,
    pub modified_at: Option<String>,
    pub author: Option<String>,
    pub usage: Usage,
    pub certainty: Option<Certainty>,
    /// The rule that protects it.
    pub protected: Option<String>,
    /// The attachment screen of its page, where people delete files.
    pub screen_url: Option<String>,
}

impl ExplainedFile {
    pub(super) fn new(row: &FileRow<'_>) -> Self {
        let file = row.attachment;
        let filled = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Self {
            id: file.id.to_string(),
            name: file.title.clone(),
            earlier_names: file.names().into_iter().skip(1).map(str::to_owned).collect(),
            space_key: filled(row.space_key()),
            space_name: row.space.map(|space| space.name.clone()),
            container_id: filled(row.container_id()),
            container: row.owner.map(|owner| ExplainedContent::new(row, owner)),
            status: file.status.as_str().to_owned(),
            media_type: file.media_type.clone(),
            size: file.size,
            versions: file.versions(),
            all_versions_size: file.all_bytes(),
            created_at: file.created_at.map(format::iso),
            modified_at: file.modified_at.map(format::iso),
            author: row.view.person(file.author.as_ref()).map(str::to_owned),
            usage: row.usage(),
            certainty: row.verdict.certainty,
            protected: row.verdict.protected.clone(),
            screen_url: row.screen_url(),
        }
    }
}

/// One use, for other programs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExplainedUse {
    pub content: ExplainedContent,
    /// Whether it is the published page or post that owns the file.
    pub on_own_page: bool,
    pub construct: String,
    pub display: Display,
    /// The name or id that the content uses.
    pub name: String,
    pub certainty: Certainty,
    /// In words: `shows it as an image`.
    pub does: String,
}

impl ExplainedUse {
    pub(super) fn new(row: &FileRow<'_>, used: &Use) -> Self {
        Self {
            content: ExplainedContent::new(row, row.content_of(used)),
            on_own_page: used.on_owner,
            construct: used.construct.to_string(),
            display: used.display,
            name: used.name.clone(),
            certainty: used.certainty,
            does: does(used),
        }
    }
}

/// One reason, for other programs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExplainedReason {
    pub reason: String,
    /// What to do about it.
    pub remedy: &'static str,
}

impl ExplainedReason {
    pub(super) fn all(row: &FileRow<'_>) -> Vec<Self> {
        let reasons = row.typed_reasons().into_iter();
        reasons.map(|(reason, kind)| Self { reason: reason.to_owned(), remedy: remedy(kind) }).collect()
    }
}

/// What the file is: name, page, space, id, size, versions, dates and people.
pub(super) fn sentences(row: &FileRow<'_>) -> Vec<Sentence> {
    let file = row.attachment;
    let name = format::visible(&file.title);
    let mut sentences = vec![Sentence { text: owner_sentence(row, &name), url: row.owner_url() }];
    let mut add = |form: SentenceForm, values: &[(&str, &str)]| sentences.push(Sentence::new(form.fill(values)));
    let (size, all) = (size_words(file.size), size_words(file.all_bytes()));
    let count = format::count(file.versions() as u64);
    let form = if file.versions() == 1 { SentenceForm::Size } else { SentenceForm::Sizes };
    let id = format::visible(file.id.as_str());
    add(form, &[("id", &*id), ("size", &*size), ("count", &*count), ("all", &*all)]);
    let earlier: Vec<String> =
        file.names().into_iter().skip(1).map(|name| format!("\"{}\"", format::visible(name))).collect();
    if !earlier.is_empty() {
        add(SentenceForm::EarlierNames, &[("names", &*listed(earlier.into_iter()))]);
    }
    if let (Some(person), Some(modified_at)) = (row.view.person(file.author.as_ref()), file.modified_at) {
        let (person, day) = (format::visible(person), format::day(modified_at));
        match file.created_at.map(format::day).filter(|first| *first != day) {
            Some(first) => {
                add(SentenceForm::UploadedFirst, &[("person", &*person), ("day", &*day), ("first", &*first)]);
            }
            None => add(SentenceForm::Uploaded, &[("person", &*person), ("day", &*day)]),
        }
    }
    sentences
}

fn owner_sentence(row: &FileRow<'_>, name: &str) -> String {
    let container = format::visible(row.container_id());
    match (row.owner, row.space) {
        (Some(owner), Some(space)) => {
            let space = format!("{} ({})", format::visible(&space.name), format::visible(&space.key));
            let values = [("name", name), ("content", &*content_words(owner)), ("space", &*space)];
            SentenceForm::OnPage.fill(&values)
        }
        (Some(owner), None) => {
            SentenceForm::OnPageOfUnknownSpace.fill(&[("name", name), ("content", &*content_words(owner))])
        }
        (None, _) if container.is_empty() => SentenceForm::OnNoPage.fill(&[("name", name)]),
        (None, _) => SentenceForm::OnUnknownPage.fill(&[("name", name), ("container", &*container)]),
    }
}
