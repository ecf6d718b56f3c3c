//! Names of the pages and sheets of people: valid on Windows, macOS and Linux, unique even where case is ignored, and
//! without anything personal but the display name.

use std::collections::{HashMap, HashSet};

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::inventory::AccountId;
use crate::report::folder_names;
use crate::support::checksum::sha256;

/// Maximum length of a name in bytes, without what distinguishes people of the same name.
const MAX_LENGTH: usize = 60;

/// Number of hexadecimal digits of an account's checksum.
const DIGITS: usize = 8;

/// Name for the files that no one can decide about.
const NO_OWNER: &str = "no-active-owner";

/// Names that no person gets: other pages of the folder.
const TAKEN: [&str; 2] = ["index", NO_OWNER];

/// Returns one name per account with its display name, in the given order. People of the same name also have a part of
/// the checksum of their account ids, so that their names stay the same in every run.
pub(super) fn file_names<'a>(people: impl Iterator<Item = (Option<&'a AccountId>, &'a str)> + Clone) -> Vec<String> {
    let mut spellings: HashMap<String, usize> = HashMap::new();
    for (_, name) in people.clone().filter(|(account, _)| account.is_some()) {
        *spellings.entry(plain(name)).or_default() += 1;
    }
    let is_unique = |name: &str| {
        spellings.get(name) == Some(&1)
            && !TAKEN.contains(&name)
            && !name.is_empty()
            && !folder_names::is_reserved(name)
    };
    // reserve the plain names first: the others have to differ from them
    let mut taken: HashSet<String> =
        spellings.keys().filter(|name| is_unique(name)).cloned().chain(TAKEN.map(str::to_owned)).collect();
    people
        .map(|(account, name)| {
            let Some(account) = account else { return NO_OWNER.to_owned() };
            let name = plain(name);
            if is_unique(&name) { name } else { with_checksum(&name, account, &mut taken) }
        })
        .collect()
}

/// Returns a name in lower case, with letters and digits of ASCII and hyphens between words: `Léa Moreau` is
/// `lea-moreau`. Letters of other scripts are left out.
fn plain(name: &str) -> String {
    let mut text = String::new();
    for character in name.nfkd().filter(|character| !is_combining_mark(*character)).flat_map(char::to_lowercase) {
        match character {
            'a'..='z' | '0'..='9' => text.push(character),
            'ß' => text.push_str("ss"),
            'æ' => text.push_str("ae"),
            'œ' => text.push_str("oe"),
            'ø' => text.push('o'),
            'ł' => text.push('l'),
            'đ' => text.push('d'),
            'ı' => text.push('i'),
            'þ' => text.push_str("th"),
            // an apostrophe does not separate words
            '\'' | '\u{2019}' => {}
            _ if text.ends_with('-') || text.is_empty() => {}
            _ => text.push('-'),
        }
        if text.len() >= MAX_LENGTH {
            break;
        }
    }
    text.trim_end_matches('-').to_owned()
}

fn with_checksum(name: &str, account: &AccountId, taken: &mut HashSet<String>) -> String {
    let checksum = sha256(account.as_str());
    let stem = if name.is_empty() { "person" } else { name };
    let stem = format!("{stem}-{}", &checksum[..DIGITS]);
    let mut unique = stem.clone();
    let mut number = 1;
    while !taken.insert(unique.clone()) {
        number += 1;
        unique = format!("{stem}-{number}");
    }
    unique
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn names(people: &[(&str, &str)]) -> Vec<String> {
        let people: Vec<(AccountId, &str)> = people.iter().map(|(id, name)| (AccountId::new(*id), *name)).collect();
        file_names(people.iter().map(|(id, name)| (Some(id), *name)))
    }

    #[test]
    fn a_name_is_that_of_the_person_in_plain_letters() {
        let people = [
            ("1", "Léa Moreau", "lea-moreau"),
            ("2", "Jonas Brückner", "jonas-bruckner"),
            ("3", "Søren O’Neil (ext.)", "soren-oneil-ext"),
            ("4", "Ewa Zielińska", "ewa-zielinska"),
            ("5", "  ..\\../etc/passwd ", "etc-passwd"),
            ("6", "Groß, Anna", "gross-anna"),
        ];
        let given: Vec<(&str, &str)> = people.iter().map(|(id, name, _)| (*id, *name)).collect();
        assert_eq!(names(&given), people.map(|(_, _, expected)| expected));
    }

    #[test]
    fn names_that_are_taken_or_not_valid_get_a_checksum() {
        for name in ["Index", "CON", "nul", "田中", "", "No active owner", "🚀"] {
            let name = &names(&[("557058:abc", name)])[0];
            assert!(name.ends_with(&format!("-{}", &sha256("557058:abc")[..DIGITS])), "{name}");
            assert!(!name.contains("557058"), "{name}");
        }
    }

    #[test]
    fn people_of_the_same_name_are_distinguished_in_the_same_way_in_every_run() {
        let both = names(&[("a", "Ann Lee"), ("b", "ann lee"), ("c", "Bo")]);
        assert_eq!(both[2], "bo");
        assert_ne!(both[0], both[1]);
        let turned = names(&[("b", "ann lee"), ("d", "Cy"), ("a", "Ann Lee")]);
        assert_eq!((&turned[2], &turned[0]), (&both[0], &both[1]));
        // a plain name that looks like one with a checksum stays as it is
        let look_alike = names(&[("a", "Ann Lee"), ("b", "Ann Lee"), ("c", &both[0].replace('-', " "))]);
        assert_eq!((&look_alike[2], &look_alike[0]), (&both[0], &format!("{}-2", both[0])));
    }

    proptest! {
        #[test]
        fn every_name_is_valid_and_unique(people in prop::collection::btree_map(".{0,6}", "[aA.:~_/ -]{0,4}|(?i)con|\\PC{0,100}", 1..12)) {
            let people: Vec<(&str, &str)> = people.iter().map(|(id, name)| (id.as_str(), name.as_str())).collect();
            let names = names(&people);
            let lower: HashSet<String> = names.iter().map(|name| name.to_lowercase()).collect();
            prop_assert_eq!(lower.len(), names.len());
            for name in &names {
                prop_assert!(name.len() <= folder_names::MAX_LENGTH, "{:?}", name);
                prop_assert!(name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-')), "{:?}", name);
                prop_assert!(!name.starts_with('-') && !folder_names::is_reserved(name) && name != "index", "{:?}", name);
            }
        }
    }
}
