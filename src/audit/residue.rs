//! Names in what could not be understood of bodies, or was not read. They prove no use, but a file named there is not
//! called unreferenced (product contract 3.1).

use std::borrow::Cow;
use std::collections::HashMap;

use aho_corasick::AhoCorasick;
use html_escape::decode_html_entities;
use percent_encoding::percent_decode_str;

use super::containers;
use super::index::{SiteIndex, fold};
use crate::inventory::{Attachment, ContentId};
use storage_format::Reading;

/// What was not understood of a content.
struct Residue<'a> {
    /// Index of the content.
    content: usize,
    text: &'a str,
    /// Whether it may show files without naming them: then the title or id of their page is enough.
    shows_unnamed_files: bool,
}

fn residues<'a>(index: &SiteIndex<'a>) -> Vec<Residue<'a>> {
    let contents = index.inventory.contents.iter().enumerate();
    let alive = contents.filter(|(_, content)| !content.status.is_trash());
    let residues = alive.filter_map(|(content, read)| match &read.body.as_ref()?.reading {
        Reading::WellFormed => None,
        Reading::Lenient { residue, .. } => Some(Residue { content, text: residue, shows_unnamed_files: false }),
        Reading::GivenUp { text, shows_unnamed_files, .. } => {
            Some(Residue { content, text, shows_unnamed_files: *shows_unnamed_files })
        }
    });
    residues.filter(|residue| !residue.text.trim().is_empty()).collect()
}

/// For each of `candidates` (indexes of attachments), the content in whose residue one of its names or ids occurs, or the
/// page it belongs to where that is enough.
pub(super) fn named_in_residues(index: &SiteIndex<'_>, candidates: &[usize]) -> HashMap<usize, usize> {
    let residues = residues(index);
    if residues.is_empty() || candidates.is_empty() {
        return HashMap::new();
    }
    let mut files = Patterns::default();
    let mut owners = Patterns::default();
    let any_unnamed = residues.iter().any(|residue| residue.shows_unnamed_files);
    for &candidate in candidates {
        let file = &index.inventory.attachments[candidate];
        files.add_names(file, candidate);
        if any_unnamed && let Some(owner) = file.container.id() {
            owners.add(owner.as_str(), candidate);
            if let Some(owner) = index.content(owner.as_str()) {
                owners.add(&index.inventory.contents[owner].title, candidate);
            }
        }
    }
    let mut named = HashMap::new();
    // an automaton cannot be too large for a site whose names fit in memory; if it were, nothing here is judged
    let (Ok(mut files), Ok(mut owners)) = (files.search(), owners.search()) else {
        return candidates.iter().map(|&candidate| (candidate, residues[0].content)).collect();
    };
    for residue in residues {
        if residue.shows_unnamed_files {
            let own = containers::own_container(index, &index.inventory.contents[residue.content]);
            let is_own = |at: &&usize| {
                own.is_some() && index.inventory.attachments[**at].container.id().map(ContentId::as_str) == own
            };
            let own = candidates.iter().filter(is_own);
            for &candidate in own {
                named.entry(candidate).or_insert(residue.content);
            }
        }
        for spelling in spellings(residue.text) {
            let mut found = files.in_text(&spelling);
            if residue.shows_unnamed_files {
                found.append(&mut owners.in_text(&spelling));
            }
            for candidate in found {
                named.entry(candidate).or_insert(residue.content);
            }
        }
    }
    named
}

/// Those of `files` (indexes of attachments) one of whose names or ids occurs in a text.
pub(super) fn named_in(index: &SiteIndex<'_>, text: &str, files: &[usize]) -> Vec<usize> {
    let mut patterns = Patterns::default();
    for &file in files {
        patterns.add_names(&index.inventory.attachments[file], file);
    }
    // as above: if it were too large, no file can be said not to be named
    let Ok(mut search) = patterns.search() else { return files.to_vec() };
    let mut found: Vec<usize> = spellings(text).iter().flat_map(|spelling| search.in_text(spelling)).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// Texts to look for, each with the files it stands for.
#[derive(Default)]
struct Patterns(HashMap<String, Vec<usize>>);

impl Patterns {
    /// The names and ids of a file.
    fn add_names(&mut self, file: &Attachment, candidate: usize) {
        // an address bears the id with its prefix, whatever the list of files does
        let id = format!("att{}", file.id.digits());
        let old_ids = file.old_versions.iter().map(|version| version.file_id.as_deref());
        let ids = [Some(id.as_str()), Some(file.id.digits()), file.file_id.as_deref()].into_iter().chain(old_ids);
        for text in file.names().into_iter().chain(ids.flatten()) {
            self.add(text, candidate);
        }
    }

    fn add(&mut self, text: &str, candidate: usize) {
        if !text.trim().is_empty() {
            self.0.entry(fold(text)).or_default().push(candidate);
        }
    }

    fn search(self) -> Result<Search, aho_corasick::BuildError> {
        let (texts, files): (Vec<String>, Vec<Vec<usize>>) = self.0.into_iter().unzip();
        Ok(Search { automaton: AhoCorasick::new(texts)?, files })
    }
}

/// One pass over a text for all of them.
struct Search {
    automaton: AhoCorasick,
    /// For each pattern; emptied when it was found, so that each counts once.
    files: Vec<Vec<usize>>,
}

impl Search {
    fn in_text(&mut self, text: &str) -> Vec<usize> {
        let mut found = Vec::new();
        for one in self.automaton.find_overlapping_iter(text) {
            let files = &mut self.files[one.pattern().as_usize()];
            if !files.is_empty() && stands_alone(text, one.start(), one.end()) {
                found.append(files);
            }
        }
        found
    }
}

/// The residue as it stands, and with its entities, escapes of JSON, percent signs and plus signs read in every way. What a
/// macro or a parameter holds may be encoded twice.
fn spellings(residue: &str) -> Vec<String> {
    let once = decode_html_entities(residue);
    let decoded = decode_html_entities(&once);
    let mut spellings = vec![fold(&once)];
    if let Cow::Owned(twice) = &decoded {
        spellings.push(fold(twice));
    }
    let json = without_json_escapes(&decoded);
    if let Cow::Owned(json) = &json {
        spellings.push(fold(json));
    }
    let mut percent = json;
    for _ in 0..2 {
        let Cow::Owned(decoded) = percent_decode_str(&percent).decode_utf8_lossy() else { break };
        spellings.push(fold(&decoded));
        percent = Cow::Owned(decoded);
    }
    if percent.contains('+') {
        spellings.push(fold(&percent.replace('+', " ")));
    }
    spellings
}

/// `\u00fc`, `\/` and `\"` of JSON as the characters they stand for; what is no escape stays as it is.
fn without_json_escapes(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    // halves of characters beyond the first plane come in pairs
    let mut units: Vec<u16> = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        if at > 0 {
            push_units(&mut plain, &mut units);
        }
        plain.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let unit =
            rest.strip_prefix('u').and_then(|hex| hex.get(..4)).and_then(|hex| u16::from_str_radix(hex, 16).ok());
        if let Some(unit) = unit {
            units.push(unit);
            rest = &rest[5..];
            continue;
        }
        push_units(&mut plain, &mut units);
        if !rest.starts_with(['/', '"', '\\']) {
            plain.push('\\');
        } else if let Some(escaped) = rest.strip_prefix('\\') {
            plain.push('\\');
            rest = escaped;
        }
    }
    push_units(&mut plain, &mut units);
    plain.push_str(rest);
    Cow::Owned(plain)
}

fn push_units(plain: &mut String, units: &mut Vec<u16>) {
    plain.extend(char::decode_utf16(units.drain(..)).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)));
}

/// Not part of a longer word: `a.png` does not occur in `data.png`.
fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let before = text[..start].chars().next_back();
    let after = text[end..].chars().next();
    !before.is_some_and(is_word) && !after.is_some_and(is_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_longer_word_does_not_count() {
        assert!(!stands_alone("data.png", 3, 8));
        assert!(stands_alone("see a.png.", 4, 9));
    }

    #[test]
    fn residue_is_read_in_every_spelling() {
        let spellings = spellings("x%20&uuml;+Y");
        assert_eq!(spellings, ["x%20ü+y", "x ü+y", "x ü y"]);
        let last = |residue: &str| super::spellings(residue).pop();
        assert_eq!(last("&amp;uuml;"), Some("ü".to_owned()));
        assert_eq!(last("a%2520b"), Some("a b".to_owned()));
        assert_eq!(last(r#"\ud83d\ude80 \u00fc\/\"\x\\"#), Some(r#"🚀 ü/"\x\"#.to_owned()));
    }

    #[test]
    fn one_name_of_many_files_is_looked_for_once() {
        let mut patterns = Patterns::default();
        (0..3).for_each(|file| patterns.add("Image.png", file));
        patterns.add("png", 3);
        let mut search = patterns.search().unwrap();
        let mut found = search.in_text(&"image.png ".repeat(1_000));
        found.sort_unstable();
        assert_eq!(found, [0, 1, 2, 3]);
        assert_eq!(search.in_text("image.png"), [0; 0]);
    }
}
