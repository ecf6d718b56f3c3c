//! The forms in which texts and addresses name people.

use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use unicode_normalization::UnicodeNormalization as _;

use super::numbered_people::{self, NumberedPeople, letters_and_digits};
use crate::inventory::Inventory;

/// Shortest name, without spaces, that is searched for in texts. A shorter one is too often part of a word.
const SHORTEST_NAME: usize = 5;
/// Shortest account id that is searched for in texts. Those of Cloud and the user keys of Data Center are longer.
const SHORTEST_ID: usize = 10;
/// What addresses encode.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
/// What separates the words of a name: in texts, in file names, in addresses.
const SEPARATORS: [&str; 8] = [" ", "\u{a0}", ".", "_", "-", "", "+", "%20"];

/// One form of a name, and what replaces it. Both as in JSON.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TextForm {
    pub(super) pattern: String,
    pub(super) replacement: String,
    /// Whether it is another name if a letter or digit follows.
    pub(super) ends_a_word: bool,
}

/// Returns all forms of the people of a scan.
pub(super) fn of(people: &NumberedPeople, inventory: &Inventory) -> Vec<TextForm> {
    let mut forms = Forms::default();
    for space in &inventory.spaces {
        let Some(number) = people.of_space(&space.id) else { continue };
        forms.add_key(&space.key, &numbered_people::space_key(number));
        if let Some(alias) = &space.alias {
            forms.add_key(alias, &numbered_people::alias(number));
        }
    }
    for (number, id) in people.accounts() {
        if id.len() >= SHORTEST_ID && id.bytes().any(|byte| byte.is_ascii_digit()) {
            let replacement = numbered_people::person_id(number);
            forms.add(id, &replacement, false);
            forms.add(&encoded(id), &replacement, false);
        }
        // also the spaces that the account does not see
        let key = numbered_people::space_key(number);
        forms.add_key(&format!("~{id}"), &key);
        forms.add_key(&format!("~{}", letters_and_digits(id)), &key);
    }
    for (name, number) in people.display_names() {
        forms.add_name(name, number);
    }
    forms.into_list()
}

/// Replacements by form; the first one of a form counts.
#[derive(Default)]
struct Forms(BTreeMap<String, (String, bool)>);

impl Forms {
    fn add(&mut self, form: &str, replacement: &str, ends_a_word: bool) {
        if !form.is_empty() {
            self.0.entry(form.to_owned()).or_insert_with(|| (replacement.to_owned(), ends_a_word));
        }
    }

    /// Adds a space key in the spellings of addresses. Only keys with a tilde name no word of a text.
    fn add_key(&mut self, key: &str, replacement: &str) {
        let Some(rest) = key.strip_prefix('~').filter(|rest| !rest.is_empty()) else { return };
        for rest in [rest.to_owned(), rest.to_lowercase(), rest.to_uppercase()] {
            for form in [format!("~{rest}"), format!("%7E{rest}"), format!("%7e{rest}"), format!("~{}", encoded(&rest))]
            {
                self.add(&form, replacement, true);
            }
        }
    }

    /// Adds a display name. Of a single word, only an e-mail address: other words have other meanings.
    fn add_name(&mut self, name: &str, number: Option<usize>) {
        let number = number.map(|number| number.to_string());
        let words: Vec<String> = name.split_whitespace().map(str::to_owned).collect();
        let letters: usize = words.iter().map(|word| word.chars().count()).sum();
        if letters < SHORTEST_NAME {
            return;
        }
        if let [address] = &words[..] {
            if address.contains('@') {
                let replacement = replaced("Person", "-", number.as_deref());
                self.add(address, &replacement, false);
                self.add(&encoded(address), &replacement, false);
            }
            return;
        }
        self.add_words(&words, &SEPARATORS, number.as_deref());
        if let [first, last] = &words[..] {
            self.add_words(&[last.clone(), first.clone()], &[&SEPARATORS[..], &[", "]].concat(), number.as_deref());
        }
    }

    fn add_words(&mut self, words: &[String], separators: &[&str], number: Option<&str>) {
        for person in ["Person", "person", "PERSON"] {
            let case = |word: &String| match person {
                "person" => word.to_lowercase(),
                "PERSON" => word.to_uppercase(),
                _ => word.clone(),
            };
            let words: Vec<String> = words.iter().map(case).collect();
            let composed: Vec<String> = words.iter().map(|word| word.nfc().collect()).collect();
            let decomposed: Vec<String> = words.iter().map(|word| word.nfd().collect()).collect();
            for words in [words, composed, decomposed] {
                let in_addresses: Vec<String> = words.iter().map(|word| encoded(word)).collect();
                for separator in separators {
                    let replacement = replaced(person, separator, number);
                    self.add(&words.join(separator), &replacement, false);
                    self.add(&in_addresses.join(separator), &replacement, false);
                }
            }
        }
    }

    fn into_list(self) -> Vec<TextForm> {
        let form = |(form, (replacement, ends_a_word)): (String, (String, bool))| TextForm {
            pattern: json_text(&form),
            replacement: json_text(&replacement),
            ends_a_word,
        };
        self.0.into_iter().map(form).collect()
    }
}

/// Returns `Person 3`, with the separator of the form that it replaces. Without a number, several people have the name.
fn replaced(person: &str, separator: &str, number: Option<&str>) -> String {
    number.map_or_else(|| person.to_owned(), |number| format!("{person}{}{number}", separator.trim_start_matches(',')))
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, ENCODED).to_string()
}

/// Returns a text as it is inside of a JSON string.
fn json_text(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replacement_of(name: &str, form: &str) -> Option<String> {
        let mut forms = Forms::default();
        forms.add_name(name, Some(3));
        let list = forms.into_list();
        list.into_iter().find(|known| known.pattern == form).map(|known| known.replacement)
    }

    #[test]
    fn a_name_is_known_in_the_forms_of_texts_and_addresses() {
        for (form, replacement) in [
            ("Jonas Brückner", "Person 3"),
            ("jonas.brückner", "person.3"),
            ("JONAS_BRÜCKNER", "PERSON_3"),
            ("Brückner, Jonas", "Person 3"),
            ("jonasbrückner", "person3"),
            ("Jonas%20Br%C3%BCckner", "Person%203"),
            ("Jonas+Br%C3%BCckner", "Person+3"),
            ("jonas-bru\u{308}ckner", "person-3"),
        ] {
            assert_eq!(replacement_of("Jonas Brückner", form).as_deref(), Some(replacement), "{form}");
        }
        assert_eq!(replacement_of("Ann \"Bo\" Lee", "Ann \\\"Bo\\\" Lee").as_deref(), Some("Person 3"), "as in JSON");
        assert_eq!(replacement_of("ann@acme.example", "ann%40acme.example").as_deref(), Some("Person-3"));
    }

    #[test]
    fn words_that_mean_something_else_are_no_names() {
        for name in ["Design", "", "A B", "admin"] {
            assert_eq!(replacement_of(name, name), None, "{name}");
        }
    }

    #[test]
    fn a_name_of_several_people_has_no_number() {
        let mut forms = Forms::default();
        forms.add_name("Ann Lee", None);
        assert!(forms.into_list().iter().all(|form| form.replacement.eq_ignore_ascii_case("person")));
    }
}
