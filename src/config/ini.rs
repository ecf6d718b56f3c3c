//! Parser of the configuration file: INI with literal values.
//!
//! `[section]` lines, `key = value` or `key: value` lines, and comments (`#` or `;` at the start of a line). A value is
//! the rest of the line after the separator without surrounding whitespace: backslashes, quotes, `=`, `#` and `;` in it
//! have no special meaning. Unknown and duplicate keys are refused with file and line. No message shows a value, or a
//! name that is not similar to a known one: any line may contain a token by mistake.

use std::error::Error;
use std::path::PathBuf;

use config::{FileStoredFormat, Format, Map, Value};

use super::config_key::ConfigKey;
use super::keys::{keys, thresholds};
use super::suggest::nearest;
use super::values::{of_kind, shown};
use crate::error::Failure;

/// Key of the parsed sections about one space or label: a list in the order of the file, with the word, the name and
/// the values of each section.
pub(super) const EXCEPTIONS: &str = "exceptions";

/// The first words of sections about some pages, each with an example of a name.
const ABOUT: [(&str, &str); 2] = [(SPACE, "ENG"), (LABEL, "how-to")];
/// First word of a section about one space.
pub(super) const SPACE: &str = "space";
/// First word of a section about the pages with one label.
pub(super) const LABEL: &str = "label";

/// A section of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
enum IniSection {
    /// A fixed section, such as `[audit]`.
    Named(&'static str),
    /// A section about one space or label: its first word and its name.
    About(&'static str, String),
}

impl IniSection {
    fn find(&self, name: &str) -> Option<&'static ConfigKey> {
        self.keys().find(|key| key.is_named(name))
    }

    fn keys(&self) -> Box<dyn Iterator<Item = &'static ConfigKey> + '_> {
        match self {
            Self::Named(section) => Box::new(keys().filter(|key| key.section == *section)),
            Self::About(..) => Box::new(thresholds()),
        }
    }
}

/// The file format, with the name of the file for messages.
#[derive(Debug, Clone)]
pub(super) struct LiteralIni {
    pub(super) path: PathBuf,
}

impl FileStoredFormat for LiteralIni {
    fn file_extensions(&self) -> &'static [&'static str] {
        &["cfg"]
    }
}

impl Format for LiteralIni {
    fn parse(&self, _uri: Option<&String>, text: &str) -> Result<Map<String, Value>, Box<dyn Error + Send + Sync>> {
        let mut seen: Vec<(IniSection, &'static ConfigKey, usize)> = Vec::new();
        let mut sections: Map<String, Map<String, Value>> = Map::new();
        let mut exceptions: Vec<(&'static str, String, Map<String, Value>)> = Vec::new();
        let mut section: Option<IniSection> = None;
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
                Failure::usage(format!("{}: key before the first section", self.place(number)))
                    .remedy("begin the file with the line [confluence]")
            })?;
            let key = section.find(name).ok_or_else(|| self.unknown_key(number, section, name))?;
            if let Some((.., first)) = seen.iter().find(|(other, found, _)| other == section && *found == key) {
                return Err(Failure::usage(format!("{}: `{}` is set twice", self.place(number), key.name))
                    .because(format!("line {first} already sets it"))
                    .remedy("remove one of the two lines")
                    .into());
            }
            seen.push((section.clone(), key, number));
            let value = Value::new(Some(&self.place(number)), of_kind(key, value));
            let table = match section {
                IniSection::Named(name) => sections.entry((*name).to_owned()).or_default(),
                IniSection::About(word, name) => {
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
    /// Returns file and line, for messages.
    fn place(&self, line: usize) -> String {
        format!("{}:{line}", self.path.display())
    }

    fn section(&self, line: usize, rest: &str) -> Result<IniSection, Failure> {
        let name = rest.strip_suffix(']').map(str::trim).ok_or_else(|| {
            Failure::usage(format!("{}: this section name has no closing bracket", self.place(line)))
                .remedy("write it as [confluence] on a line of its own; comments need a line of their own too")
        })?;
        let (word, named) = name.split_once(char::is_whitespace).unwrap_or((name, ""));
        if let Some((word, example)) = ABOUT.into_iter().find(|(known, _)| *known == word) {
            let named = Some(named.trim()).filter(|named| !named.is_empty());
            return named.map(|named| IniSection::About(word, named.to_owned())).ok_or_else(|| {
                Failure::usage(format!("{}: section [{word}] has no name", self.place(line)))
                    .remedy(format!("add the name, as in [{word} {example}]"))
            });
        }
        let known = sections();
        let found = known.iter().copied().find(|section| *section == name);
        found.map(IniSection::Named).ok_or_else(|| match nearest(name, known.iter().copied()) {
            Some(meant) => Failure::usage(format!("{}: unknown section [{}]", self.place(line), shown(name)))
                .remedy(format!("did you mean [{meant}]?")),
            None => Failure::usage(format!("{}: unknown section", self.place(line)))
                .remedy(format!("known sections: [{}]", known.join("], ["))),
        })
    }

    fn key_and_value<'a>(&self, line: usize, text: &'a str) -> Result<(&'a str, &'a str), Failure> {
        text.split_once(['=', ':']).map(|(name, value)| (name.trim(), value.trim())).ok_or_else(|| {
            Failure::usage(format!("{}: this line is not `key = value`", self.place(line)))
                .remedy("comments begin with # at the start of a line, and a value must be on one line")
        })
    }

    fn unknown_key(&self, line: usize, section: &IniSection, name: &str) -> Failure {
        let words = match section {
            IniSection::Named(section) => (*section).to_owned(),
            IniSection::About(word, name) => format!("{word} {}", shown(name)),
        };
        let names: Vec<&str> = section.keys().map(|key| key.name).collect();
        let elsewhere = keys().find(|key| key.is_named(name));
        let meant = nearest(name, names.iter().copied());
        // the rest of a token that continues on a second line is also read as a key
        let is_near = elsewhere.is_some() || meant.is_some();
        let known = if is_near { format!(" `{}`", shown(name)) } else { String::new() };
        let failure = Failure::usage(format!("{}: unknown key{known} in [{words}]", self.place(line)));
        match (elsewhere, meant) {
            (Some(key), _) => failure.remedy(format!("`{}` belongs under [{}]", key.name, key.section)),
            (None, Some(meant)) => failure.remedy(format!("did you mean `{meant}`?")),
            (None, None) => failure
                .because("a value must be on one line: a second line of it is read as a key")
                .remedy(format!("known keys in [{words}]: {}", names.join(", "))),
        }
    }
}

/// Returns the fixed sections, in the order of the template.
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
    fn every_value_records_its_file_and_line() {
        assert_eq!(value("[audit]\n\nkeep_versions = 3", "audit", "keep_versions").origin(), Some("the.cfg:3"));
    }

    #[test]
    fn errors_have_file_line_and_remedy() {
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
            ("[space]\n", "the.cfg:1: section [space] has no name", "[space ENG]"),
            ("[label]\n", "the.cfg:1: section [label] has no name", "[label how-to]"),
            ("[label a]\nretain = 3", "the.cfg:2: unknown key `retain` in [label a]", "belongs under [snapshot]"),
            ("[label a]\nstub_words = 3\nstub_words = 4", "the.cfg:3: `stub_words` is set twice", "remove one"),
            ("[space ENG]\nretain = 3", "the.cfg:2: unknown key `retain` in [space ENG]", "belongs under [snapshot]"),
            ("[space ENG]\nstub_words = 3\nstub_words = 4", "the.cfg:3: `stub_words` is set twice", "remove one"),
            ("[confluence\n", "the.cfg:1: this section name has no closing bracket", "[confluence]"),
            ("api_user = a\n", "the.cfg:1: key before the first section", "[confluence]"),
            ("[confluence]\n\njust words\n", "the.cfg:3: this line is not `key = value`", "#"),
        ];
        for (text, what, remedy) in table {
            let failure = parse(text).unwrap_err();
            assert!(failure.what.starts_with(what), "{failure}");
            assert!(failure.remedy.as_deref().unwrap_or_default().contains(remedy), "{failure}");
            assert_eq!(failure.status, crate::error::ExitStatus::Usage);
        }
    }

    #[test]
    fn a_section_may_be_repeated_but_not_a_key() {
        assert!(parse("[confluence]\napi_user=a\n[audit]\n[confluence]\nbase_url=b").is_ok());
        assert!(parse("[confluence]\napi_user=a\n[audit]\n[confluence]\napi_user=b").is_err());
    }

    #[test]
    fn the_rest_of_a_token_on_a_second_line_is_never_shown() {
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
    fn no_message_shows_a_token_in_the_wrong_place() {
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
