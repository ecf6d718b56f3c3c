//! Sentences on the scan: which audit read what, and whether that was all.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::Sentence;
use super::sentences::SentenceForm;
use crate::inventory::coverage::UnitKind;
use crate::inventory::{ContentKind, Status};
use crate::report::html::page_frame::read_sentence;
use crate::report::report_view::ReportView;
use crate::report::{format, not_covered_by};

/// Facts about the scan, for other programs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExplainedScan {
    pub site: String,
    pub account: String,
    /// ISO 8601, UTC.
    pub started_at: String,
    pub age_days: u64,
    /// Whether everything was read; only then a file can be unreferenced.
    pub complete: bool,
    /// `Yes`, `No`, or `Yes except ID`, as in the CSV files.
    pub run_complete: String,
    pub incomplete_reasons: Vec<String>,
    /// Version of the program that read the site.
    pub program: String,
}

impl ExplainedScan {
    pub(super) fn new(view: &ReportView<'_>, now: DateTime<Utc>) -> Self {
        let scan = &view.inventory.scan;
        Self {
            site: scan.base_url.clone(),
            account: scan.account.name.clone(),
            started_at: format::iso(scan.started_at),
            age_days: u64::try_from((now - scan.started_at).num_days()).unwrap_or(0),
            complete: view.complete,
            run_complete: view.run_complete(),
            incomplete_reasons: view.incomplete_reasons.clone(),
            program: scan.program.clone(),
        }
    }
}

/// From which run the answer is, and whether that run was complete.
pub(super) fn sentences(view: &ReportView<'_>, now: DateTime<Utc>) -> Vec<Sentence> {
    let scan = &view.inventory.scan;
    let (site, account) = (format::visible(&scan.base_url), format::visible(&scan.account.name));
    let time = format::minute(scan.started_at);
    let mut sentences = vec![SentenceForm::Scan.fill(&[("time", &*time), ("site", &*site), ("account", &*account)])];
    let accepted = view.inventory.coverage.accepted();
    sentences.push(if !view.complete {
        SentenceForm::Incomplete.fill(&[("reasons", &*incomplete_reasons(view))])
    } else if accepted.is_empty() {
        SentenceForm::Complete.fill(&[("read", &*read_sentence(&view.inventory.coverage))])
    } else {
        let contents: Vec<String> = accepted.iter().map(ToString::to_string).collect();
        SentenceForm::Accepted.fill(&[("contents", &*format::visible(&contents.join(", ")))])
    });
    // the topic on deletion says what an old scan means
    let age = format::age(scan.started_at, now);
    if (now - scan.started_at).num_days() < 1 {
        sentences.push(SentenceForm::FreshToday.fill(&[]));
    } else {
        sentences.push(SentenceForm::Age.fill(&[("age", &*age)]));
    }
    if scan.program != env!("CARGO_PKG_VERSION") {
        sentences.push(SentenceForm::OtherProgram.fill(&[("version", &*format::visible(&scan.program))]));
    }
    sentences.into_iter().map(Sentence::new).collect()
}

fn incomplete_reasons(view: &ReportView<'_>) -> String {
    format::visible(&view.incomplete_reasons.join("; ")).into_owned()
}

/// What was searched for uses, what could not be read, and what no audit covers.
pub(in crate::report) fn looked(view: &ReportView<'_>) -> Vec<String> {
    let contents = searched_contents(view);
    let mut sentences = vec![SentenceForm::Looked.fill(&[("contents", &*contents)])];
    let coverage = &view.inventory.coverage;
    if coverage.units.contains_key(&UnitKind::HeaderImages) && !coverage.has_gap(UnitKind::HeaderImages) {
        sentences.push(SentenceForm::HeaderImages.fill(&[]));
    }
    if !view.complete {
        sentences.push(SentenceForm::NotRead.fill(&[("reasons", &*incomplete_reasons(view))]));
    }
    sentences.push(format::visible(&not_covered_by(view.inventory)).into_owned());
    sentences
}

/// `28 pages, 2 blog posts, 1 template and 1 draft`: the contents whose bodies were read.
fn searched_contents(view: &ReportView<'_>) -> String {
    let read = || view.inventory.contents.iter().filter(|content| content.body.is_some() && !content.status.is_trash());
    let published = |kind: ContentKind| {
        read().filter(|content| content.kind == kind && content.status != Status::Draft).count() as u64
    };
    let drafts = read().filter(|content| content.status == Status::Draft).count() as u64;
    let counts = [
        (published(ContentKind::Page), "page", "pages"),
        (published(ContentKind::BlogPost), "blog post", "blog posts"),
        (published(ContentKind::FooterComment), "footer comment", "footer comments"),
        (published(ContentKind::InlineComment), "inline comment", "inline comments"),
        (published(ContentKind::Template), "template", "templates"),
        (published(ContentKind::CustomContent), "item of custom content", "items of custom content"),
        (drafts, "draft", "drafts"),
    ];
    let read = counts.into_iter().filter(|(number, ..)| *number > 0);
    let mut parts: Vec<String> = read.map(|(number, one, many)| format::plural(number, one, many)).collect();
    match (parts.pop(), parts.is_empty()) {
        (None, _) => "no content".to_owned(),
        (Some(last), true) => last,
        (Some(last), false) => format!("{} and {last}", parts.join(", ")),
    }
}
