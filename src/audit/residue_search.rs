//! Searches the unparsed parts of bodies (the residue) for file names. A name there does not prove a use, but its file
//! is undetermined instead of unreferenced.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use aho_corasick::AhoCorasick;
use html_escape::decode_html_entities;
use percent_encoding::percent_decode_str;

use super::companion_files;
use super::containers;
use super::site_index::{SiteIndex, fold};
use crate::inventory::{Attachment, Inventory};
use storage_format::ParseOutcome;

/// The unparsed part of a body.
struct Residue<'a> {
    /// Index of the content.
    content: usize,
    /// `None` if it was not kept.
    text: Option<&'a str>,
    /// Whether it may show files without naming them: then the title or id of their page counts like a name.
    shows_unnamed_files: bool,
}

fn residues<'a>(index: &SiteIndex<'a>) -> Vec<Residue<'a>> {
    let contents = index.inventory.contents.iter().enumerate();
    let alive = contents.filter(|(_, content)| !content.status.is_trash());
    let residues = alive.filter_map(|(content, read)| match &read.body.as_ref()?.reading {
        ParseOutcome::WellFormed => None,
        ParseOutcome::Lenient { residue, .. } => {
            Some(Residue { content, text: residue.as_deref(), shows_unnamed_files: false })
        }
        ParseOutcome::GivenUp { text, shows_unnamed_files, .. } => {
            Some(Residue { content, text: text.as_deref(), shows_unnamed_files: *shows_unnamed_files })
        }
    });
    residues.filter(|residue| residue.text.is_none_or(|text| !text.trim().is_empty())).collect()
}

/// Maps each of `candidates` (indexes of attachments) that a residue may name to the index of the residue's content.
///
/// A residue names a candidate if it has one of its names or ids. If the residue may show files without naming them,
/// the title or id of the candidate's page is enough. For files of the content's own page, the stem of a name is
/// enough, because a macro may name by its stem a picture that was rendered from another file. A residue that was not
/// kept may name every candidate.
pub(super) fn named_in_residues(index: &SiteIndex<'_>, candidates: &[usize]) -> HashMap<usize, usize> {
    let residues = residues(index);
    if residues.is_empty() || candidates.is_empty() {
        return HashMap::new();
    }
    if let Some(unkept) = residues.iter().find(|residue| residue.text.is_none()) {
        return candidates.iter().map(|&candidate| (candidate, unkept.content)).collect();
    }
    let mut files = SearchTerms::default();
    let mut owners = SearchTerms::default();
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
    // an automaton is never too large if the names of the site fit in memory; if it were, every candidate is
    // undetermined
    let (Ok(mut files), Ok(mut owners)) = (files.build(), owners.build()) else {
        return candidates.iter().map(|&candidate| (candidate, residues[0].content)).collect();
    };
    let mut stems_of: HashMap<&str, Option<FileSearch>> = HashMap::new();
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
                // built once per page, because a page may have any number of broken comments
                let stems = stems_of.entry(owner).or_insert_with(|| FileSearch::for_stems(index.inventory, files));
                stems.as_mut()
            }
            _ => None,
        };
        if let Some((owner, files)) = own.filter(|_| stems.is_none())
            && all_named.insert(owner)
        {
            name(files);
        }
        for_each_spelling(text.unwrap_or_default(), &mut |spelling| {
            name(&files.find_in(spelling).unwrap_or_else(TooManyMatches::files));
            if let Some(stems) = stems.as_deref_mut() {
                name(&stems.find_in(spelling).unwrap_or_else(TooManyMatches::files));
            }
            if shows_unnamed_files {
                name(&owners.find_in(spelling).unwrap_or_else(TooManyMatches::files));
            }
        });
    }
    named
}

/// Returns those of `files` (indexes of attachments) that have a name or id in a text; `None` if the text has too many
/// matches.
pub(super) fn files_named_in(index: &SiteIndex<'_>, text: &str, files: &[usize]) -> Option<Vec<usize>> {
    let mut terms = SearchTerms::default();
    for &file in files {
        terms.add_names(&index.inventory.attachments[file], file);
    }
    let mut search = terms.build().ok()?;
    let mut found = Some(Vec::new());
    for_each_spelling(text, &mut |spelling| {
        let more = search.find_in(spelling).ok();
        found = found.take().zip(more).map(|(found, more)| [found, more].concat());
    });
    let mut found = found?;
    found.sort_unstable();
    found.dedup();
    Some(found)
}

/// Texts to search for, each with the files that it means.
#[derive(Default)]
struct SearchTerms(HashMap<String, Vec<usize>>);

impl SearchTerms {
    /// Adds the names and ids of a file.
    fn add_names(&mut self, file: &Attachment, candidate: usize) {
        // an address has the id with its prefix, whatever the list of files has
        let id = format!("att{}", file.id.digits());
        let old_ids = file.old_versions.iter().map(|version| version.file_id.as_deref());
        let ids = [Some(id.as_str()), Some(file.id.digits()), file.file_id.as_deref()].into_iter().chain(old_ids);
        for text in file.names().into_iter().chain(ids.flatten()) {
            self.add(text, candidate);
        }
    }

    /// Adds the stems of a picture or source; not numbers and single letters, which may mean anything.
    fn add_stems(&mut self, file: &Attachment, candidate: usize) {
        let is_distinctive =
            |stem: &String| stem.chars().nth(1).is_some() && !stem.bytes().all(|byte| byte.is_ascii_digit());
        for stem in companion_files::own_stems(file).filter(is_distinctive) {
            self.add(&stem, candidate);
        }
    }

    fn add(&mut self, text: &str, candidate: usize) {
        if !text.trim().is_empty() {
            self.0.entry(fold(text)).or_default().push(candidate);
        }
    }

    fn build(self) -> Result<FileSearch, aho_corasick::BuildError> {
        #[cfg(test)]
        tests::SEARCHES_BUILT.with(|built| built.set(built.get() + 1));
        let (texts, files): (Vec<String>, Vec<Vec<usize>>) = self.0.into_iter().unzip();
        Ok(FileSearch { automaton: AhoCorasick::new(texts)?, files, counts: is_separate_word })
    }
}

/// Searches a text for all terms in one pass.
struct FileSearch {
    automaton: AhoCorasick,
    /// The files of each term. Emptied when the term is found, so that each file is returned once.
    files: Vec<Vec<usize>>,
    /// Whether a match in a text, from the first to the second offset, counts.
    counts: fn(&str, usize, usize) -> bool,
}

/// Limit of matches for each byte of a text. Real file names are rarely suffixes of each other.
const MATCHES_PER_BYTE: usize = 4;

/// Additional matches for every text, however short.
const MATCHES_OF_ANY_TEXT: usize = 1 << 16;

/// A text has more matches than the limit.
struct TooManyMatches {
    /// All files that the text may name, found or not.
    files: Vec<usize>,
}

impl TooManyMatches {
    fn files(self) -> Vec<usize> {
        self.files
    }
}

impl FileSearch {
    /// Search for the stems of these files of one owner; `None` if the automaton would be too large.
    fn for_stems(inventory: &Inventory, files: &[usize]) -> Option<Self> {
        let mut stems = SearchTerms::default();
        for &file in files {
            stems.add_stems(&inventory.attachments[file], file);
        }
        Some(Self { counts: is_entire_value, ..stems.build().ok()? })
    }

    fn find_in(&mut self, text: &str) -> Result<Vec<usize>, TooManyMatches> {
        let mut found = Vec::new();
        let most = MATCHES_OF_ANY_TEXT.saturating_add(text.len().saturating_mul(MATCHES_PER_BYTE));
        for (count, one) in self.automaton.find_overlapping_iter(text).enumerate() {
            if count >= most {
                found.extend(self.files.iter_mut().flat_map(std::mem::take));
                return Err(TooManyMatches { files: found });
            }
            let files = &mut self.files[one.pattern().as_usize()];
            if !files.is_empty() && (self.counts)(text, one.start(), one.end()) {
                found.append(files);
            }
        }
        Ok(found)
    }
}

/// Calls `found` with each folded spelling of a residue: as it is, and with entities, JSON escapes, percent signs and
/// plus signs decoded in every combination. Spellings are passed one at a time, because a residue may be long. Values
/// in macros and parameters may be encoded twice.
fn for_each_spelling(residue: &str, found: &mut impl FnMut(&str)) {
    let once = decode_html_entities(residue);
    let text = decode_html_entities(&once);
    if matches!(text, Cow::Owned(_)) {
        found(&fold(&once));
    }
    for_each_decoding(&text, found);
    // what looks like an escape may not be one, so both forms are searched
    if let Cow::Owned(json) = without_json_escapes(&text) {
        for_each_decoding(&json, found);
        if let Cow::Owned(json) = without_json_escapes(&json) {
            for_each_decoding(&json, found);
        }
    }
}

/// Calls `found` with the text and with each decoding of its percent signs and plus signs. A plus that is not escaped
/// may be a space character.
fn for_each_decoding(text: &str, found: &mut impl FnMut(&str)) {
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

/// Replaces JSON escapes such as `\u00fc`, `\/` and `\"` by their characters, and `\n` and other control characters by
/// spaces. Everything else stays as it is.
fn without_json_escapes(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    // surrogates come in pairs
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

/// Whether a match is not part of a longer word: `a.png` does not occur in `data.png`. Checks ASCII letters and digits
/// only: other scripts may write words without spaces between them, or their own letters next to Latin names.
fn is_separate_word(text: &str, start: usize, end: usize) -> bool {
    let (before, name, after) = (&text[..start], &text[start..end], &text[end..]);
    let is_word = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let continues = |left: &str, right: &str| is_word(left.chars().next_back()) && is_word(right.chars().next());
    !continues(before, name) && !continues(name, after)
}

/// Whether a match is the entire value of a parameter or attribute, or the entire text between two tags, as far as
/// broken markup shows that.
fn is_entire_value(text: &str, start: usize, end: usize) -> bool {
    const BEFORE: [char; 7] = ['>', '"', '\'', '=', ':', '|', '\n'];
    const AFTER: [char; 6] = ['<', '"', '\'', '|', '}', '\n'];
    let is_space = |c: char| c != '\n' && c.is_whitespace();
    let before = text[..start].trim_end_matches(is_space).chars().next_back();
    let after = text[end..].trim_start_matches(is_space).chars().next();
    before.is_none_or(|c| BEFORE.contains(&c)) && after.is_none_or(|c| AFTER.contains(&c))
}

#[cfg(test)]
mod tests;
