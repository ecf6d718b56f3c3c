//! Sentences on uses, usage and deletion of a file: those that command and pages share. `explanation.js` has the same
//! functions.

use chrono::{DateTime, Utc};

use super::phrases::{DeletionEffect, PossibleCause, does};
use super::remedies::remedy;
use super::sentences::SentenceForm;
use super::{MAX_CONTENTS, Sentence, is_old};
use crate::audit::{ReasonKind, Usage, Use};
use crate::inventory::Content;
use crate::report::report_view::FileRow;
use crate::report::{format, wording};
use storage_format::Certainty;

/// `page "Release Plan" (1001)`; a content without a title is `footer comment #5001`.
pub(super) fn content_words(content: &Content) -> String {
    let (kind, title) = (wording::kind(content), wording::title(content));
    if content.title.trim().is_empty() {
        format!("{kind} {title}")
    } else {
        format!("{kind} \"{title}\" ({})", format::visible(content.id.as_str()))
    }
}

/// Each use, what makes a use only possible, and what it means that there is none.
pub(super) fn used(row: &FileRow<'_>) -> Vec<Sentence> {
    let mut sentences: Vec<Sentence> = row.verdict.uses.iter().map(|used| use_sentence(row, used)).collect();
    let mut causes: Vec<PossibleCause> = Vec::new();
    for cause in row.verdict.uses.iter().filter_map(PossibleCause::of) {
        if !causes.contains(&cause) {
            causes.push(cause);
            sentences.push(plain(SentenceForm::Possibly, &[("why", cause.words())]));
        }
    }
    match row.usage() {
        Usage::Listed => sentences.push(plain(SentenceForm::OnlyListed, &[])),
        Usage::Unreferenced => sentences.push(plain(SentenceForm::NoUseInAll, &[])),
        _ if row.verdict.uses.is_empty() => sentences.push(plain(SentenceForm::NoUse, &[])),
        _ => {}
    }
    sentences
}

fn use_sentence(row: &FileRow<'_>, used: &Use) -> Sentence {
    let (file, content) = (row.attachment, row.content_of(used));
    let is_earlier = || file.old_versions.iter().any(|version| version.title.as_deref() == Some(&*used.name));
    let form = if used.name.is_empty() || used.name == file.title {
        SentenceForm::Use
    } else if is_id(&used.name) {
        SentenceForm::UseById
    } else if is_earlier() {
        SentenceForm::UseByEarlierName
    } else {
        SentenceForm::UseByName
    };
    let (content_words, does, name) = (content_words(content), does(used), format::visible(&used.name));
    let text = form.fill(&[("content", &*content_words), ("does", &*does), ("name", &*name)]);
    Sentence { text, url: row.view.content_url(content) }
}

/// Whether a use names a file by its attachment id or media id.
fn is_id(name: &str) -> bool {
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_uuid = || {
        let parts: Vec<&str> = name.split('-').collect();
        parts.iter().map(|part| part.len()).eq([8, 4, 4, 4, 12])
            && parts.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    name.strip_prefix("att").is_some_and(is_digits) || is_uuid()
}

/// The usage, the reasons with what to do about each, and the protection.
pub(super) fn verdict(row: &FileRow<'_>) -> Vec<Sentence> {
    let usage = row.usage();
    let usage = [("usage", wording::usage(usage)), ("meaning", wording::meaning(usage))];
    let mut sentences = vec![plain(SentenceForm::Usage, &usage)];
    let reasons = row.typed_reasons();
    for (at, (reason, kind)) in reasons.iter().enumerate() {
        let form = if *kind == ReasonKind::NamedInTrash { SentenceForm::Remark } else { SentenceForm::Reason };
        sentences.push(plain(form, &[("reason", &*format::visible(reason))]));
        // once for several reasons of a kind
        if !reasons[at + 1..].iter().any(|(_, later)| later == kind) {
            sentences.push(Sentence::new(remedy(*kind).to_owned()));
        }
    }
    if let Some(rule) = &row.verdict.protected {
        sentences.push(plain(SentenceForm::Protected, &[("rule", &*format::visible(rule))]));
    }
    sentences
}

/// What would make it unreferenced. An incomplete scan never says that.
pub(super) fn unreferenced(row: &FileRow<'_>) -> Vec<Sentence> {
    let usage = row.usage();
    let number = |count: usize| format::count(count as u64);
    if !row.view.complete {
        return vec![plain(SentenceForm::IncompleteScan, &[])];
    }
    if usage == Usage::NotJudged {
        return vec![plain(SentenceForm::NotJudged, &[])];
    }
    if row.view.inventory.scan.references_within {
        return vec![plain(SentenceForm::WithinSpaces, &[])];
    }
    if row.verdict.kept_by_app.is_some() {
        return vec![plain(SentenceForm::AppKeeps, &[])];
    }
    if usage == Usage::Unreferenced {
        return vec![plain(SentenceForm::IsUnreferenced, &[])];
    }
    let is_doubt = |(_, kind): &&(&str, ReasonKind)| *kind != ReasonKind::NamedInTrash;
    let (count, [one, many]) = match usage {
        Usage::Undetermined => (
            row.typed_reasons().iter().filter(is_doubt).count(),
            [SentenceForm::WithoutReason, SentenceForm::WithoutReasons],
        ),
        Usage::Listed => (row.verdict.uses.len(), [SentenceForm::WithoutList, SentenceForm::WithoutLists]),
        _ => (row.verdict.uses.len(), [SentenceForm::WithoutUse, SentenceForm::WithoutUses]),
    };
    let form = if count == 1 { one } else { many };
    let mut sentences = vec![plain(form, &[("count", &*number(count))])];
    if let Some(rule) = &row.verdict.protected {
        sentences.push(plain(SentenceForm::StillProtected, &[("rule", &*format::visible(rule))]));
    }
    sentences
}

/// What readers would miss, and what deleting does.
pub(super) fn deleted(row: &FileRow<'_>, now: DateTime<Utc>) -> Vec<Sentence> {
    if row.typed_reasons().iter().any(|(_, kind)| *kind == ReasonKind::InTrash) {
        return vec![plain(SentenceForm::InTrash, &[])];
    }
    let mut sentences = effects(row);
    if sentences.is_empty() {
        let form = match row.usage() {
            Usage::Unreferenced => SentenceForm::NothingBreaks,
            Usage::NotJudged => SentenceForm::NotKnown,
            _ => SentenceForm::MayBreak,
        };
        sentences.push(plain(form, &[]));
    }
    let count = row.attachment.versions();
    let form = if count == 1 { SentenceForm::MovesOne } else { SentenceForm::MovesAll };
    let size = size_words(row.attachment.all_bytes());
    sentences.push(plain(form, &[("count", &*format::count(count as u64)), ("size", &*size)]));
    if !row.view.complete {
        sentences.push(plain(SentenceForm::DoNotDelete, &[]));
    }
    let started_at = row.view.inventory.scan.started_at;
    if is_old(started_at, now) {
        sentences.push(plain(SentenceForm::Old, &[("age", &*format::age(started_at, now))]));
    }
    sentences
}

pub(super) fn size_words(size: Option<u64>) -> String {
    size.map_or_else(|| SentenceForm::UnknownSize.fill(&[]), format::bytes)
}

/// What readers of which contents would see, one sentence for each effect: first certain or possible as the uses come.
fn effects(row: &FileRow<'_>) -> Vec<Sentence> {
    let uses = &row.verdict.uses;
    let mut groups: Vec<(DeletionEffect, Certainty, Vec<usize>)> = Vec::new();
    for used in uses {
        let (effect, certainty) = (DeletionEffect::of(used), used.certainty);
        let is_certain = |other: &Use| {
            other.content == used.content && other.certainty == Certainty::Proven && DeletionEffect::of(other) == effect
        };
        if certainty == Certainty::Possible && uses.iter().any(is_certain) {
            continue;
        }
        let known = groups.iter().position(|(known, sure, _)| (*known, *sure) == (effect, certainty));
        let at = known.unwrap_or_else(|| {
            groups.push((effect, certainty, Vec::new()));
            groups.len() - 1
        });
        if !groups[at].2.contains(&used.content) {
            groups[at].2.push(used.content);
        }
    }
    let sentence = |(effect, certainty, contents): (DeletionEffect, Certainty, Vec<usize>)| {
        let words = effect.words()[usize::from(certainty == Certainty::Possible)];
        let contents = contents.into_iter().map(|at| content_words(&row.view.inventory.contents[at]));
        plain(SentenceForm::Breaks, &[("effect", words), ("contents", &*listed(contents))])
    };
    groups.into_iter().map(sentence).collect()
}

/// Joins the first entries with commas, followed by the number of the others.
pub(super) fn listed(entries: impl ExactSizeIterator<Item = String>) -> String {
    let more = entries.len().saturating_sub(MAX_CONTENTS);
    let mut shown: Vec<String> = entries.take(MAX_CONTENTS).collect();
    if more > 0 {
        shown.push(SentenceForm::More.fill(&[("count", &*format::count(more as u64))]));
    }
    shown.join(", ")
}

fn plain(form: SentenceForm, values: &[(&str, &str)]) -> Sentence {
    Sentence::new(form.fill(values))
}
