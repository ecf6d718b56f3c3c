//! Addresses of the own site that name a file in their query: pages of Confluence and of apps, and viewers that are given
//! the address of a file. Which of them open it is told nowhere, so each is a possible use.

use super::{OwnSite, attachment_digits, is_digits, percent_decode};
use crate::reference::{Certainty, ContainerRef, FileFilter, NameMatching, Target};

/// Parameters that hold the name of a file, or the address of one, hold one of these words in theirs.
const NAMING_WORDS: [&str; 7] = ["file", "name", "attach", "highlight", "image", "document", "resource"];

/// Digits of the largest id.
const MAX_ID_DIGITS: usize = 20;

/// Addresses within addresses are followed this deep.
const MAX_DEPTH: usize = 2;

/// The files that the query of an own address names. `segments` is its path below the context path.
pub(super) fn files(site: &OwnSite, segments: &[&str], query: &str, depth: usize) -> Vec<(Target, Certainty)> {
    let parameters = || {
        let parts = query.split('&').map(|part| part.strip_prefix("amp;").unwrap_or(part));
        parts.filter_map(|part| part.split_once('=')).filter(|(_, value)| !value.is_empty())
    };
    let is_page = |key: &str| {
        ["pageid", "contentid", "containerid", "ceoid", "owningpageid"].iter().any(|id| key.eq_ignore_ascii_case(id))
    };
    let page = parameters().find(|(key, value)| is_page(key) && is_content_id(value)).map(|(_, id)| id);
    let container = page.map_or(ContainerRef::Own, |id| ContainerRef::Content(id.to_owned()));
    if segments.last() == Some(&"downloadallattachments.action") && page.is_some() {
        let filter = FileFilter { pages: vec![container], ..FileFilter::default() };
        return vec![(Target::AttachmentList(filter), Certainty::Proven)];
    }
    let mut targets = Vec::new();
    for (key, value) in parameters().filter(|(key, _)| !is_page(key)) {
        // in a query `+` is a blank, unless it was put there by hand
        let name = percent_decode(&value.replace('+', " "));
        if depth < MAX_DEPTH && is_address(&name) {
            targets.extend(site.files_within(&name, depth + 1).into_iter().map(|(target, _)| target));
            continue;
        }
        let key = key.to_ascii_lowercase();
        if !NAMING_WORDS.iter().any(|word| key.contains(word)) {
            continue;
        }
        if let Some(id) = attachment_digits(&name).filter(|_| key.contains("attach")) {
            targets.push(Target::Attachment { id: id.to_owned(), fallback: None });
            continue;
        }
        // without a page it is a guess
        let matching = if page.is_some() { NameMatching::Loose } else { NameMatching::Exact };
        let as_written = percent_decode(value);
        let other_readings = if as_written == name { Vec::new() } else { vec![as_written] };
        targets.push(Target::File { name, other_readings, container: container.clone(), matching });
    }
    targets.into_iter().map(|target| (target, Certainty::Possible)).collect()
}

/// Every file that the address names bears it.
fn is_content_id(value: &str) -> bool {
    value.len() <= MAX_ID_DIGITS && is_digits(value)
}

fn is_address(value: &str) -> bool {
    value.starts_with('/') || value.starts_with("http://") || value.starts_with("https://")
}
