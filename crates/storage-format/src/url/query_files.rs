//! Addresses of the site that name a file in their query: screens of Confluence and of apps, and viewers with the
//! address of a file as a parameter. It is not documented which of them open the file, so each is a possible use.

use super::{OwnSite, attachment_digits, is_digits, percent_decode};
use crate::reference::{Certainty, ContainerRef, FileFilter, NameMatching, Target};

/// Words in the names of parameters whose value is a file name.
const NAMING_WORDS: [&str; 7] = ["file", "name", "attach", "highlight", "image", "document", "resource"];

/// Most digits of a content id.
const MAX_ID_DIGITS: usize = 20;

/// Most levels of addresses within addresses that are followed.
const MAX_DEPTH: usize = 2;

/// Returns the files that the query of an address of the site names. `segments` is its path below the context path.
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
        // in a query `+` is a space, unless it was typed by hand
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
        // without a page the name is a guess
        let matching = if page.is_some() { NameMatching::Loose } else { NameMatching::Exact };
        let as_written = percent_decode(value);
        let other_readings = if as_written == name { Vec::new() } else { vec![as_written] };
        targets.push(Target::File { name, other_readings, container: container.clone(), matching });
    }
    targets.into_iter().map(|target| (target, Certainty::Possible)).collect()
}

/// Limits the length, because every file that the address names gets a copy of the id.
fn is_content_id(value: &str) -> bool {
    value.len() <= MAX_ID_DIGITS && is_digits(value)
}

fn is_address(value: &str) -> bool {
    value.starts_with('/') || value.starts_with("http://") || value.starts_with("https://")
}
