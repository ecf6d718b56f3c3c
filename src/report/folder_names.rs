//! Folder names for spaces: valid on Windows, macOS and Linux, unique even where case is ignored, and always inside the
//! report (F-88).

use std::collections::{HashMap, HashSet};

use super::owners;
use crate::inventory::Space;

/// Maximum length of a name in bytes; leaves room for `_unreferenced.html` and a long path to the report.
pub(super) const MAX_LENGTH: usize = 80;

/// Device names that Windows reserves.
const DEVICES: [&str; 22] = [
    "CON", "PRN", "AUX", "NUL", "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8", "COM9", "LPT1", "LPT2",
    "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9",
];

/// Returns one folder name per space, in the given order.
///
/// The name is the space key if that consists of `A-Z a-z 0-9 _ -`, is not reserved and differs from all other keys in
/// more than case; otherwise a sanitized form of the key with the id of the space.
pub fn folder_names(spaces: &[&Space]) -> Vec<String> {
    let mut spellings: HashMap<String, usize> = HashMap::new();
    for space in spaces {
        *spellings.entry(space.key.to_ascii_lowercase()).or_default() += 1;
    }
    let is_plain = |space: &Space| is_safe(&space.key) && spellings.get(&space.key.to_ascii_lowercase()) == Some(&1);
    // reserve the plain keys first: generated names have to differ from them
    let mut taken: HashSet<String> =
        spaces.iter().filter(|space| is_plain(space)).map(|space| space.key.to_lowercase()).collect();
    spaces
        .iter()
        .map(|space| if is_plain(space) { space.key.clone() } else { generate_name(space, &mut taken) })
        .collect()
}

fn is_safe(key: &str) -> bool {
    !key.is_empty()
        && key.len() <= MAX_LENGTH
        && key.chars().all(is_allowed)
        && !is_reserved(key)
        && !key.eq_ignore_ascii_case(owners::FOLDER)
}

/// Whether Windows reserves the name for a device.
pub(super) fn is_reserved(name: &str) -> bool {
    DEVICES.iter().any(|device| device.eq_ignore_ascii_case(name))
}

fn is_allowed(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '-')
}

/// Replaces characters that are not allowed with `_` and truncates the text to `length` bytes.
fn sanitize(text: &str, length: usize) -> String {
    text.chars().map(|character| if is_allowed(character) { character } else { '_' }).take(length).collect()
}

/// Generates a name from key and id, with a number if even that is taken.
fn generate_name(space: &Space, taken: &mut HashSet<String>) -> String {
    // the id gets 24 bytes, a number 6
    let id = sanitize(space.id.as_str(), 24);
    let stem = format!("{}-{id}", sanitize(&space.key, MAX_LENGTH - 32));
    let stem = if stem.starts_with('-') { format!("space{stem}") } else { stem };
    let mut name = stem.clone();
    let mut number = 1;
    while !taken.insert(name.to_lowercase()) {
        number += 1;
        name = format!("{stem}-{number}");
    }
    name
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::inventory::{SpaceId, SpaceKind, SpaceStatus};

    fn space(id: &str, key: &str) -> Space {
        Space {
            id: SpaceId::new(id),
            key: key.to_owned(),
            name: String::new(),
            kind: SpaceKind::Global,
            status: SpaceStatus::Current,
            alias: None,
            homepage: None,
            webui: None,
            only_with_admin_key: false,
        }
    }

    fn names(keys: &[(&str, &str)]) -> Vec<String> {
        let spaces: Vec<Space> = keys.iter().map(|(id, key)| space(id, key)).collect();
        folder_names(&spaces.iter().collect::<Vec<_>>())
    }

    #[test]
    fn ordinary_keys_are_unchanged() {
        assert_eq!(names(&[("1", "ENG"), ("2", "my_team-2")]), ["ENG", "my_team-2"]);
    }

    #[test]
    fn hostile_keys_get_a_safe_form_with_their_id() {
        let cases = [
            ("~alice", "_alice-7"),
            ("~557058:1b-2", "_557058_1b-2-7"),
            ("..", "__-7"),
            ("a/b", "a_b-7"),
            ("CON", "CON-7"),
            ("nul", "nul-7"),
            ("nul.txt", "nul_txt-7"),
            ("COM1", "COM1-7"),
            // the report has a folder of this name
            ("Owners", "Owners-7"),
            ("trailing ", "trailing_-7"),
            ("", "space-7"),
            ("\u{1F680}", "_-7"),
        ];
        for (key, name) in cases {
            assert_eq!(names(&[("7", key)]), [name], "{key}");
        }
        assert!(names(&[("7", &"k".repeat(300))])[0].len() <= MAX_LENGTH);
    }

    #[test]
    fn keys_that_differ_only_in_case_get_different_names() {
        assert_eq!(names(&[("1", "Doc"), ("2", "DOC")]), ["Doc-1", "DOC-2"]);
        // a generated name never takes the name of an existing key
        assert_eq!(names(&[("1", "a.b"), ("2", "a_b-1")]), ["a_b-1-2", "a_b-1"]);
        assert_eq!(names(&[("1", "a.b"), ("1", "a:b"), ("1", "a b")]), ["a_b-1", "a_b-1-2", "a_b-1-3"]);
    }

    proptest! {
        #[test]
        fn every_name_is_valid_and_unique(keys in prop::collection::vec((".{0,6}", "[aA.:~_/-]{0,4}|(?i)con|\\PC{0,100}"), 1..12)) {
            let keys: Vec<(&str, &str)> = keys.iter().map(|(id, key)| (id.as_str(), key.as_str())).collect();
            let names = names(&keys);
            let lower: HashSet<String> = names.iter().map(|name| name.to_lowercase()).collect();
            prop_assert_eq!(lower.len(), names.len());
            for name in &names {
                prop_assert!(is_safe(name), "{:?}", name);
            }
        }
    }
}
