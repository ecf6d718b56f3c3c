//! The configuration file: INI, read literally.
//!
//! `[section]` lines, `key = value` or `key: value` lines, and comments (`#` or `;` at the start of a line). A value is
//! everything after the separator with the blanks around it removed: backslashes, quotes, `=`, `#` and `;` in it mean
//! nothing. Unknown and duplicate keys are refused with file and line. No message shows a value, nor a name that is near no
//! known one: a token may have got into any line by mistake.

use std::error::Error;
use std::path::PathBuf;

use config::{FileStoredFormat, Format, Map, Value};

use super::key::Key;
use super::keys::{keys, thresholds};
use super::suggest::nearest;
use super::values::{of_kind, shown};
use crate::error::Failure;

/// Where the sections about one space or label stand in what is read: a list of tables, in the order of the file, with the
/// word, the name and the values of each.
pub(super) const EXCEPTIONS: &str = "exceptions";

/// The words that sections about some pages begin with, and an example of what follows each.
const ABOUT: [(&str, &str); 2] = [(SPACE, "ENG"), (LABEL, "how-to")];
/// The word of a section about one space.
pub(super) const SPACE: &str = "space";
/// The word of a section about the pages with one label.
pub(super) const LABEL: &str = "label";

/// A section of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Section {
    /// One of the sections that every file may have.
    Named(&'static str),
    /// The exceptions of one space or label: its word and its name.
    About(&'static str, String),
}

impl Section {
    fn find(&self, name: &str) -> Option<&'static Key> {
        self.keys().find(|key| key.is_named(name))
    }

    fn keys(&self) -> Box<dyn Iterator<Item = &'static Key> + '_> {
        match self {
            Self::Named(section) => Box::new(keys().filter(|key| key.section == *section)),
            Self::About(..) => Box::new(thresholds()),
        }
    }
}

/// The format, bound to the file whose name stands in every message.
#[derive(Debug, Clone)]
pub(super) struct LiteralIni {
    /// The file that is read.
    pub(super) path: PathBuf,
}

impl FileStoredFormat for LiteralIni {
    fn file_extensions(&self) -> &'static [&'static str] {
        &["cfg"]
    }
}

impl Format for LiteralIni {
    fn parse(&self, _uri: Option<&String>, text: &str) -> Result<Map<String, Value>, Box<dyn Error + Send + Sync>> {
        let mut seen: Vec<(Section, &'static Key, usize)> = Vec::new();
        let mut sections: Map<String, Map<String, Value>> = Map::new();
        let mut exceptions: Vec<(&'static str, String, Map<String, Value>)> = Vec::new();
        let mut section: Option<Section> = None;
        // editors on Windows begin a UTF-8 file with a byte order mark
        for (index, line) in text.strip_prefix('\u{feff}').unwrap_or(text).lines().enumerate() {
            let (number, line) = (index + 1, line.trim());
            if line.is_empty() || line.starts_with(['#', ';']) {
                continue;
            }
            if let Some(rest) = line.strip_prefix('[') {
                section = Some(self.section(number, rest)?);
                continue;
            }
            let (name, value) = self.key_and_value(number, line)?;
            let section = section.as_ref().ok_or_else(|| {
                Failure::usage(format!("{}: a key stands before any section", self.place(number)))
                    .remedy("begin the file with the line [confluence]")
            })?;
            let key = section.find(name).ok_or_else(|| self.unknown_key(number, section, name))?;
            if let Some((.., first)) = seen.iter().find(|(other, found, _)| other == section && *found == key) {
                return Err(Failure::usage(format!("{}: `{}` is set twice", self.place(number), key.name))
                    .because(format!("line {first} sets it already"))
                    .remedy("remove one of the two lines")
                    .into());
            }
            seen.push((section.clone(), key, number));
            let value = Value::new(Some(&self.place(number)), of_kind(key, value));
            let table = match section {
                Section::Named(name) => sections.entry((*name).to_owned()).or_default(),
                Section::About(word, name) => {
                    let found = exceptions.iter().position(|(other, known, _)| other == word && known == name);
                    let at = found.unwrap_or(exceptions.len());
                    if found.is_none() {
                        exceptions.push((word, name.clone(), Map::new()));
                    }
                    &mut exceptions[at].2
                }
            };
            table.insert(key.name.to_owned(), value);
        }
        let exceptions = exceptions
            .into_iter()
            .map(|(word, name, values)| Value::from(vec![Value::from(word), Value::from(name), Value::from(values)]));
        let exceptions = (EXCEPTIONS.to_owned(), Value::from(exceptions.collect::<Vec<_>>()));
        Ok(sections.into_iter().map(|(name, values)| (name, Value::from(values))).chain([exceptions]).collect())
    }
}

impl LiteralIni {
    /// Where a line is, for messages.
    fn place(&self, line: usize) -> String {
        format!("{}:{line}", self.path.display())
    }

    fn section(&self, line: usize, rest: &str) -> Result<Section, Failure> {
        let name = rest.strip_suffix(']').map(str::trim).ok_or_else(|| {
            Failure::usage(format!("{}: this section name has no closing bracket", self.place(line)))
                .remedy("write it as [confluence] on a line of its own; comments need a line of their own too")
        })?;
        let (word, named) = name.split_once(char::is_whitespace).unwrap_or((name, ""));
        if let Some((word, example)) = ABOUT.into_iter().find(|(known, _)| *known == word) {
            let named = Some(named.trim()).filter(|named| !named.is_empty());
            return named.map(|named| Section::About(word, named.to_owned())).ok_or_else(|| {
                Failure::usage(format!("{}: this section names no {word}", self.place(line)))
                    .remedy(format!("write it behind the word, as [{word} {example}]"))
            });
        }
        let known = sections();
        let found = known.iter().copied().find(|section| *section == name);
        found.map(Section::Named).ok_or_else(|| match nearest(name, known.iter().copied()) {
            Some(meant) => Failure::usage(format!("{}: unknown section [{}]", self.place(line), shown(name)))
                .remedy(format!("did you mean [{meant}]?")),
            None => Failure::usage(format!("{}: unknown section", self.place(line)))
                .remedy(format!("known sections: [{}]", known.join("], ["))),
        })
    }

    fn key_and_value<'a>(&self, line: usize, text: &'a str) -> Result<(&'a str, &'a str), Failure> {
        text.split_once(['=', ':']).map(|(name, value)| (name.trim(), value.trim())).ok_or_else(|| {
            Failure::usage(format!("{}: this line is no `key = value`", self.place(line)))
                .remedy("comments begin with # at the start of a line, and a value stands on one line")
        })
    }

    fn unknown_key(&self, line: usize, section: &Section, name: &str) -> Failure {
        let words = match section {
            Section::Named(section) => (*section).to_owned(),
            Section::About(word, name) => format!("{word} {}", shown(name)),
        };
        let names: Vec<&str> = section.keys().map(|key| key.name).collect();
        let elsewhere = keys().find(|key| key.is_named(name));
        let meant = nearest(name, names.iter().copied());
        // the rest of a token that was broken onto a second line reads as a key too
        let is_near = elsewhere.is_some() || meant.is_some();
        let known = if is_near { format!(" `{}`", shown(name)) } else { String::new() };
        let failure = Failure::usage(format!("{}: unknown key{known} in [{words}]", self.place(line)));
        match (elsewhere, meant) {
            (Some(key), _) => failure.remedy(format!("`{}` belongs under [{}]", key.name, key.section)),
            (None, Some(meant)) => failure.remedy(format!("did you mean `{meant}`?")),
            (None, None) => failure
                .because("a value stands on one line: the rest of one that was broken in two reads as a key")
                .remedy(format!("known keys in [{words}]: {}", names.join(", "))),
        }
    }
}

/// The sections there are, in the order of the template.
fn sections() -> Vec<&'static str> {
    let mut sections: Vec<_> = keys().map(|key| key.section).collect();
    sections.dedup();
    sections
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Map<String, Value>, Failure> {
        let format = LiteralIni { path: PathBuf::from("the.cfg") };
        format.parse(None, text).map_err(|error| *error.downcast::<Failure>().expect("a Failure"))
    }

    fn value(text: &str, section: &str, key: &str) -> Value {
        parse(text).unwrap()[section].clone().into_table().unwrap()[key].clone()
    }

    fn text_of(line: &str) -> String {
        value(&format!("[confluence]\n{line}\n"), "confluence", "api_token").into_string().unwrap()
    }

    #[test]
    fn values_are_taken_literally() {
        for literal in [r"C:\temp\new", "a=b==", "a#b;c", r#""quoted""#, "50%", "${HOME}", "a:b", "日本語"] {
            assert_eq!(text_of(&format!("api_token = {literal}")), literal);
            assert_eq!(text_of(&format!("API_TOKEN={literal}   ")), literal);
            assert_eq!(text_of(&format!("  api_token : {literal}")), literal);
        }
    }

    #[test]
    fn byte_order_mark_crlf_blank_lines_and_comments_are_tolerated() {
        let text = "\u{feff}[confluence]\r\n\r\n# a comment\r\n  ; another\r\napi_user = me@example.com\r\n";
        assert_eq!(value(text, "confluence", "api_user").into_string().unwrap(), "me@example.com");
    }

    #[test]
    fn lists_are_split_at_commas() {
        let list = value("[audit]\nprotect_labels = keep, legal hold ,, final\n", "audit", "protect_labels");
        let list: Vec<_> = list.into_array().unwrap().into_iter().map(|part| part.into_string().unwrap()).collect();
        assert_eq!(list, ["keep", "legal hold", "final"]);
        assert!(value("[audit]\nprotect_labels =\n", "audit", "protect_labels").into_array().unwrap().is_empty());
    }

    #[test]
    fn every_value_knows_its_file_and_line() {
        assert_eq!(value("[audit]\n\nkeep_versions = 3", "audit", "keep_versions").origin(), Some("the.cfg:3"));
    }

    #[test]
    fn mistakes_are_named_with_file_line_and_remedy() {
        let table = [
            ("[confluence]\napi_tokn = x", "the.cfg:2: unknown key `api_tokn`", "did you mean `api_token`?"),
            ("[confluence]\ncolour = x", "the.cfg:2: unknown key in [confluence]", "base_url, api_user, api_token"),
            ("[audit]\ncolour = x", "the.cfg:2: unknown key in [audit]", "protect_labels"),
            ("[audit]\nx7Qp=C0FFEE", "the.cfg:2: unknown key in [audit]", "protect_labels"),
            ("[x7Qp=C0FFEE]\n", "the.cfg:1: unknown section", "[confluence], [audit]"),
            ("[confluence]\nkeep_versions = 2", "the.cfg:2: unknown key", "`keep_versions` belongs under [audit]"),
            ("[confluence]\napi_user = a\nApi_User = b", "the.cfg:3: `api_user` is set twice", "remove one"),
            ("[Confluence]\n", "the.cfg:1: unknown section [Confluence]", "did you mean [confluence]?"),
            ("[snapshots]\n", "the.cfg:1: unknown section [snapshots]", "did you mean [snapshot]?"),
            ("[elsewhere]\n", "the.cfg:1: unknown section", "[confluence], [audit]"),
            ("[space]\n", "the.cfg:1: this section names no space", "[space ENG]"),
            ("[label]\n", "the.cfg:1: this section names no label", "[label how-to]"),
            ("[label a]\nretain = 3", "the.cfg:2: unknown key `retain` in [label a]", "belongs under [snapshot]"),
            ("[label a]\nstub_words = 3\nstub_words = 4", "the.cfg:3: `stub_words` is set twice", "remove one"),
            ("[space ENG]\nretain = 3", "the.cfg:2: unknown key `retain` in [space ENG]", "belongs under [snapshot]"),
            ("[space ENG]\nstub_words = 3\nstub_words = 4", "the.cfg:3: `stub_words` is set twice", "remove one"),
            ("[confluence\n", "the.cfg:1: this section name has no closing bracket", "[confluence]"),
            ("api_user = a\n", "the.cfg:1: a key stands before any section", "[confluence]"),
            ("[confluence]\n\njust words\n", "the.cfg:3: this line is no `key = value`", "#"),
        ];
        for (text, what, remedy) in table {
            let failure = parse(text).unwrap_err();
            assert!(failure.what.starts_with(what), "{failure}");
            assert!(failure.remedy.as_deref().unwrap_or_default().contains(remedy), "{failure}");
            assert_eq!(failure.status, crate::error::ExitStatus::Usage);
        }
    }

    #[test]
    fn a_section_may_be_opened_again_but_a_key_not_set_again() {
        assert!(parse("[confluence]\napi_user=a\n[audit]\n[confluence]\nbase_url=b").is_ok());
        assert!(parse("[confluence]\napi_user=a\n[audit]\n[confluence]\napi_user=b").is_err());
    }

    #[test]
    fn the_rest_of_a_token_on_a_second_line_is_not_shown_wherever_it_is_broken() {
        let token = "ATATT3xFfGF0kQ7yZ_short-lower_case=3D41A7B2";
        for at in 1..token.len() {
            let (first, rest) = token.split_at(at);
            for section in ["confluence", "audit", "snapshot", "workflow", "space ENG", "label how-to"] {
                for text in [
                    format!("[{section}]\napi_token = {first}\n{rest}\n"),
                    format!("[confluence]\napi_token = {first}\n[{section}]\n{rest}\n"),
                    format!("[confluence]\napi_token = {first}\n  {rest}\n"),
                ] {
                    let Err(failure) = parse(&text) else { continue };
                    let rest = rest.split('=').next().unwrap();
                    let message = format!("{failure}{failure:?}");
                    assert!(rest.len() < 4 || !message.contains(rest), "{at} in [{section}]: {failure}");
                    assert!(!message.contains("3D41A7"), "{at} in [{section}]: {failure}");
                }
            }
        }
    }

    #[test]
    fn no_message_shows_a_token_that_got_into_the_wrong_place() {
        let token = "ATATT3xFfGF0secretsecretsecretsecretsecret";
        for text in [
            format!("[confluence]\n{token}\n"),
            format!("[confluence]\n{token}=C0FFEE\n"),
            format!("[{token}]\n"),
            format!("[confluence]\napi_token = {token}\napi_token = {token}\n"),
            format!("[confluence]\napi_tokn = {token}\n"),
        ] {
            let failure = parse(&text).unwrap_err();
            assert!(!format!("{failure}{failure:?}").contains("secretsecret"), "{failure}");
        }
    }
}
