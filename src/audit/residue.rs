//! Names in what could not be understood of bodies, or was not read. They prove no use, but a file named there is not
//! called unreferenced.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use aho_corasick::AhoCorasick;
use html_escape::decode_html_entities;
use percent_encoding::percent_decode_str;

use super::companions;
use super::containers;
use super::index::{SiteIndex, fold};
use crate::inventory::{Attachment, Inventory};
use storage_format::Reading;

/// What was not understood of a content.
struct Residue<'a> {
    /// Index of the content.
    content: usize,
    /// `None` where it was not kept.
    text: Option<&'a str>,
    /// Whether it may show files without naming them: then the title or id of their page is enough.
    shows_unnamed_files: bool,
}

fn residues<'a>(index: &SiteIndex<'a>) -> Vec<Residue<'a>> {
    let contents = index.inventory.contents.iter().enumerate();
    let alive = contents.filter(|(_, content)| !content.status.is_trash());
    let residues = alive.filter_map(|(content, read)| match &read.body.as_ref()?.reading {
        Reading::WellFormed => None,
        Reading::Lenient { residue, .. } => {
            Some(Residue { content, text: residue.as_deref(), shows_unnamed_files: false })
        }
        Reading::GivenUp { text, shows_unnamed_files, .. } => {
            Some(Residue { content, text: text.as_deref(), shows_unnamed_files: *shows_unnamed_files })
        }
    });
    residues.filter(|residue| residue.text.is_none_or(|text| !text.trim().is_empty())).collect()
}

/// For each of `candidates` (indexes of attachments), the content in whose residue one of its names or ids occurs, or the
/// page it belongs to where that is enough; of the files of the content's own page also what their names begin with, for a
/// macro may name a picture so that was drawn from another file. A residue that was not kept may name all of them.
pub(super) fn named_in_residues(index: &SiteIndex<'_>, candidates: &[usize]) -> HashMap<usize, usize> {
    let residues = residues(index);
    if residues.is_empty() || candidates.is_empty() {
        return HashMap::new();
    }
    if let Some(unkept) = residues.iter().find(|residue| residue.text.is_none()) {
        return candidates.iter().map(|&candidate| (candidate, unkept.content)).collect();
    }
    let mut files = Patterns::default();
    let mut owners = Patterns::default();
    let mut by_owner: HashMap<&str, Vec<usize>> = HashMap::new();
    let any_unnamed = residues.iter().any(|residue| residue.shows_unnamed_files);
    for &candidate in candidates {
        let file = &index.inventory.attachments[candidate];
        files.add_names(file, candidate);
        let Some(owner) = file.container.id() else { continue };
        by_owner.entry(owner.as_str()).or_default().push(candidate);
        if any_unnamed {
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
    let mut stems_of: HashMap<&str, Option<Search>> = HashMap::new();
    let mut all_named: HashSet<&str> = HashSet::new();
    for Residue { content, text, shows_unnamed_files } in residues {
        let mut name = |candidates: &[usize]| {
            for &candidate in candidates {
                named.entry(candidate).or_insert(content);
            }
        };
        let own = containers::own_container(index, &index.inventory.contents[content]);
        let own = own.and_then(|own| Some((own, by_owner.get(own)?.as_slice())));
        let mut stems = match own {
            Some((owner, files)) if !shows_unnamed_files => {
                // a page may have any number of broken comments
                let stems = stems_of.entry(owner).or_insert_with(|| Search::for_stems(index.inventory, files));
                stems.as_mut()
            }
            _ => None,
        };
        if let Some((owner, files)) = own.filter(|_| stems.is_none())
            && all_named.insert(owner)
        {
            name(files);
        }
        spell(text.unwrap_or_default(), &mut |spelling| {
            name(&files.in_text(spelling).unwrap_or_else(TooMany::all));
            if let Some(stems) = stems.as_deref_mut() {
                name(&stems.in_text(spelling).unwrap_or_else(TooMany::all));
            }
            if shows_unnamed_files {
                name(&owners.in_text(spelling).unwrap_or_else(TooMany::all));
            }
        });
    }
    named
}

/// Those of `files` (indexes of attachments) one of whose names or ids occurs in a text; `None` where that takes too much
/// to tell.
pub(super) fn named_in(index: &SiteIndex<'_>, text: &str, files: &[usize]) -> Option<Vec<usize>> {
    let mut patterns = Patterns::default();
    for &file in files {
        patterns.add_names(&index.inventory.attachments[file], file);
    }
    let mut search = patterns.search().ok()?;
    let mut found = Some(Vec::new());
    spell(text, &mut |spelling| {
        let more = search.in_text(spelling).ok();
        found = found.take().zip(more).map(|(found, more)| [found, more].concat());
    });
    let mut found = found?;
    found.sort_unstable();
    found.dedup();
    Some(found)
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

    /// What the names of a picture or source begin with; numbers and single letters may be anything.
    fn add_stems(&mut self, file: &Attachment, candidate: usize) {
        let says_something =
            |stem: &String| stem.chars().nth(1).is_some() && !stem.bytes().all(|byte| byte.is_ascii_digit());
        for stem in companions::own_stems(file).filter(says_something) {
            self.add(&stem, candidate);
        }
    }

    fn add(&mut self, text: &str, candidate: usize) {
        if !text.trim().is_empty() {
            self.0.entry(fold(text)).or_default().push(candidate);
        }
    }

    fn search(self) -> Result<Search, aho_corasick::BuildError> {
        #[cfg(test)]
        tests::SEARCHES_BUILT.with(|built| built.set(built.get() + 1));
        let (texts, files): (Vec<String>, Vec<Vec<usize>>) = self.0.into_iter().unzip();
        Ok(Search { automaton: AhoCorasick::new(texts)?, files, counts: stands_alone })
    }
}

/// One pass over a text for all of them.
struct Search {
    automaton: AhoCorasick,
    /// For each pattern; emptied when it was found, so that each counts once.
    files: Vec<Vec<usize>>,
    /// Whether what is found at a place of a text counts.
    counts: fn(&str, usize, usize) -> bool,
}

/// Matches that each byte of a text may have, and any text: names that people give seldom end with each other.
const MATCHES_PER_BYTE: usize = 4;
const MATCHES_OF_ANY_TEXT: usize = 1 << 16;

/// A text has more matches than are looked at.
struct TooMany {
    /// The files that may be named in it, found or not.
    all: Vec<usize>,
}

impl TooMany {
    fn all(self) -> Vec<usize> {
        self.all
    }
}

impl Search {
    /// For what the names of these files of one owner begin with; `None` where that is too much to look for.
    fn for_stems(inventory: &Inventory, files: &[usize]) -> Option<Self> {
        let mut stems = Patterns::default();
        for &file in files {
            stems.add_stems(&inventory.attachments[file], file);
        }
        Some(Self { counts: is_whole_value, ..stems.search().ok()? })
    }

    fn in_text(&mut self, text: &str) -> Result<Vec<usize>, TooMany> {
        let mut found = Vec::new();
        let most = MATCHES_OF_ANY_TEXT.saturating_add(text.len().saturating_mul(MATCHES_PER_BYTE));
        for (count, one) in self.automaton.find_overlapping_iter(text).enumerate() {
            if count >= most {
                found.extend(self.files.iter_mut().flat_map(std::mem::take));
                return Err(TooMany { all: found });
            }
            let files = &mut self.files[one.pattern().as_usize()];
            if !files.is_empty() && (self.counts)(text, one.start(), one.end()) {
                found.append(files);
            }
        }
        Ok(found)
    }
}

/// Hands over the residue as it stands, folded, and with its entities, escapes of JSON, percent signs and plus signs read in
/// every way, one spelling after the other: a residue may be long. What a macro or a parameter holds may be encoded twice.
fn spell(residue: &str, found: &mut impl FnMut(&str)) {
    let once = decode_html_entities(residue);
    let text = decode_html_entities(&once);
    if matches!(text, Cow::Owned(_)) {
        found(&fold(&once));
    }
    spell_encoded(&text, found);
    // what looks like an escape may be none, so both are read on
    if let Cow::Owned(json) = without_json_escapes(&text) {
        spell_encoded(&json, found);
        if let Cow::Owned(json) = without_json_escapes(&json) {
            spell_encoded(&json, found);
        }
    }
}

/// The text, and what its percent signs and plus signs may stand for. A plus that is no escaped one may be a blank.
fn spell_encoded(text: &str, found: &mut impl FnMut(&str)) {
    let mut percent = Cow::Borrowed(text);
    found(&fold(text));
    for _ in 0..2 {
        if percent.contains('+') {
            let form = percent.replace('+', " ");
            found(&fold(&form));
            if let Cow::Owned(form) = percent_decode_str(&form).decode_utf8_lossy() {
                found(&fold(&form));
            }
        }
        let Cow::Owned(decoded) = percent_decode_str(&percent).decode_utf8_lossy() else { return };
        found(&fold(&decoded));
        percent = Cow::Owned(decoded);
    }
    if percent.contains('+') {
        found(&fold(&percent.replace('+', " ")));
    }
}

/// `\u00fc`, `\/` and `\"` of JSON as the characters they stand for, `\n` and its like as blanks; what is no escape stays as
/// it is.
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
        if let Some(after) = rest.strip_prefix(['n', 't', 'r', 'b', 'f']) {
            plain.push(' ');
            rest = after;
        } else if let Some(after) = rest.strip_prefix('\\') {
            plain.push('\\');
            rest = after;
        } else if !rest.starts_with(['/', '"']) {
            plain.push('\\');
        }
    }
    push_units(&mut plain, &mut units);
    plain.push_str(rest);
    Cow::Owned(plain)
}

fn push_units(plain: &mut String, units: &mut Vec<u16>) {
    plain.extend(char::decode_utf16(units.drain(..)).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)));
}

/// Not part of a longer word: `a.png` does not occur in `data.png`. Only Latin words are told: other scripts write no blanks
/// between theirs, or put their own letters beside Latin names.
fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let (before, name, after) = (&text[..start], &text[start..end], &text[end..]);
    let is_word = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let continues = |left: &str, right: &str| is_word(left.chars().next_back()) && is_word(right.chars().next());
    !continues(before, name) && !continues(name, after)
}

/// The whole value of a parameter or attribute, or a whole piece of text between two tags, as far as what is left of them
/// shows that.
fn is_whole_value(text: &str, start: usize, end: usize) -> bool {
    const BEFORE: [char; 7] = ['>', '"', '\'', '=', ':', '|', '\n'];
    const AFTER: [char; 6] = ['<', '"', '\'', '|', '}', '\n'];
    let is_blank = |c: char| c != '\n' && c.is_whitespace();
    let before = text[..start].trim_end_matches(is_blank).chars().next_back();
    let after = text[end..].trim_start_matches(is_blank).chars().next();
    before.is_none_or(|c| BEFORE.contains(&c)) && after.is_none_or(|c| AFTER.contains(&c))
}

#[cfg(test)]
mod tests;
