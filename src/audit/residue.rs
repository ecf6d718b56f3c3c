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
        spell(residue.text, &mut |spelling| {
            let mut found = files.in_text(spelling).unwrap_or_else(TooMany::all);
            if residue.shows_unnamed_files {
                found.append(&mut owners.in_text(spelling).unwrap_or_else(TooMany::all));
            }
            for candidate in found {
                named.entry(candidate).or_insert(residue.content);
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
    fn in_text(&mut self, text: &str) -> Result<Vec<usize>, TooMany> {
        let mut found = Vec::new();
        let most = MATCHES_OF_ANY_TEXT.saturating_add(text.len().saturating_mul(MATCHES_PER_BYTE));
        for (count, one) in self.automaton.find_overlapping_iter(text).enumerate() {
            if count >= most {
                found.extend(self.files.iter_mut().flat_map(std::mem::take));
                return Err(TooMany { all: found });
            }
            let files = &mut self.files[one.pattern().as_usize()];
            if !files.is_empty() && stands_alone(text, one.start(), one.end()) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_longer_word_does_not_count() {
        assert!(!stands_alone("data.png", 3, 8));
        assert!(stands_alone("see a.png.", 4, 9));
        assert!(!stands_alone("a.png2", 0, 5));
    }

    #[test]
    fn letters_of_other_scripts_and_marks_may_stand_beside_a_name() {
        for (text, name) in
            [("参照a.pngを", "a.png"), ("see図.png", "図.png"), ("_a.png_", "a.png"), ("см.a.png", "a.png")]
        {
            let start = text.find(name).unwrap();
            assert!(stands_alone(text, start, start + name.len()), "{text}");
        }
    }

    #[test]
    fn residue_is_read_in_every_spelling() {
        let spellings = |residue: &str| {
            let mut spellings = Vec::new();
            spell(residue, &mut |spelling| spellings.push(spelling.to_owned()));
            spellings
        };
        assert_eq!(spellings("plain"), ["plain"]);
        assert_eq!(spellings("x%20&uuml;+Y"), ["x%20ü+y", "x%20ü y", "x ü y", "x ü+y", "x ü y"]);
        let spells = |residue: &str, text: &str| {
            let spellings = spellings(residue);
            assert!(spellings.iter().any(|spelling| spelling.contains(text)), "{residue}: {spellings:?}");
        };
        spells("&amp;uuml;", "ü");
        spells("a%2520b", "a b");
        spells(r#"\ud83d\ude80 \u00fc\/\"\x\\"#, r#"🚀 ü/"\x\"#);
        // a plus that is escaped is one
        spells("a+b%2Bc.png", "a b+c.png");
        spells("a%2Bb", "a b");
        // an end of a line glues nothing on, in texts within texts neither
        spells(r#""see\na.png""#, "see a.png");
        spells(r#""{\"note\":\"see\\ta.png\"}""#, "see a.png");
        // and what is no escape is none
        spells(r"\\server\new%20a.png", r"\new a.png");
    }

    #[test]
    fn one_name_of_many_files_is_looked_for_once() {
        let mut patterns = Patterns::default();
        (0..3).for_each(|file| patterns.add("Image.png", file));
        patterns.add("png", 3);
        let mut search = patterns.search().unwrap();
        let in_text = |search: &mut Search, text: &str| search.in_text(text).unwrap_or_else(|_| panic!("too many"));
        let mut found = in_text(&mut search, &"image.png ".repeat(1_000));
        found.sort_unstable();
        assert_eq!(found, [0, 1, 2, 3]);
        assert_eq!(in_text(&mut search, "image.png"), [0; 0]);
    }

    #[test]
    fn names_that_end_with_each_other_are_not_counted_to_the_end() {
        let mut patterns = Patterns::default();
        (0..255).for_each(|file| patterns.add(&"a".repeat(file + 1), file));
        let mut search = patterns.search().unwrap();
        let too_many = search.in_text(&"a".repeat(100_000)).err().unwrap();
        let mut all = too_many.all();
        all.sort_unstable();
        assert_eq!(all, (0..255).collect::<Vec<_>>());
    }
}
