//! Names in what could not be understood of bodies that are not well-formed. They prove no use, but a file named there
//! is not called unreferenced (product contract 3.1).

use std::borrow::Cow;
use std::collections::HashMap;

use aho_corasick::AhoCorasick;
use html_escape::decode_html_entities;
use percent_encoding::percent_decode_str;

use super::index::{SiteIndex, fold};
use storage_format::Reading;

/// For each of `candidates` (indexes of attachments), the content in whose residue one of its names or ids occurs.
pub(super) fn named_in_residues(index: &SiteIndex<'_>, candidates: &[usize]) -> HashMap<usize, usize> {
    let residues: Vec<(usize, &str)> = index
        .inventory
        .contents
        .iter()
        .enumerate()
        .filter(|(_, content)| !content.status.is_trash())
        .filter_map(|(at, content)| match &content.body.as_ref()?.reading {
            Reading::Lenient { residue, .. } if !residue.trim().is_empty() => Some((at, residue.as_str())),
            _ => None,
        })
        .collect();
    let mut named = HashMap::new();
    if residues.is_empty() || candidates.is_empty() {
        return named;
    }
    let mut patterns = Vec::new();
    let mut owners = Vec::new();
    for &candidate in candidates {
        let file = &index.inventory.attachments[candidate];
        let ids = [Some(file.id.as_str()), Some(file.id.digits()), file.file_id.as_deref()];
        for pattern in file.names().into_iter().chain(ids.into_iter().flatten()) {
            patterns.push(fold(pattern));
            owners.push(candidate);
        }
    }
    // the automaton cannot be too large for a site whose names fit in memory; if it were, nothing here is judged
    let Ok(automaton) = AhoCorasick::new(&patterns) else {
        let first = residues.first().map_or(0, |(at, _)| *at);
        return candidates.iter().map(|&candidate| (candidate, first)).collect();
    };
    for (content, residue) in residues {
        for spelling in spellings(residue) {
            for found in automaton.find_overlapping_iter(&spelling) {
                if stands_alone(&spelling, found.start(), found.end()) {
                    named.entry(owners[found.pattern().as_usize()]).or_insert(content);
                }
            }
        }
    }
    named
}

/// The residue as it stands, and with its entities, percent signs and plus signs read in every way.
fn spellings(residue: &str) -> Vec<String> {
    let decoded = decode_html_entities(residue);
    let percent = percent_decode_str(&decoded).decode_utf8_lossy();
    let mut spellings = vec![fold(&decoded)];
    if let Cow::Owned(percent) = &percent {
        spellings.push(fold(percent));
    }
    if percent.contains('+') {
        spellings.push(fold(&percent.replace('+', " ")));
    }
    spellings
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
    }
}
