//! Anchors of a page that links can lead to: its headings, and anchors set by authors.
//!
//! Confluence derives the anchor of a heading in several ways: the legacy editor from the titles of page and heading
//! without spaces, the new editor from the heading with hyphens for spaces. Both append a number if a heading occurs
//! twice. It is not documented which punctuation they keep, so names are compared by their letters and digits only.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::steps::{MAX_KEY_BYTES, prefix};

/// The anchors in a body that links can lead to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anchors {
    /// Letters and digits of their names, in lower case.
    names: BTreeSet<Box<str>>,
    /// The page may have more anchors: a macro may show headings that are not in the body.
    may_have_more: bool,
}

impl Anchors {
    /// Returns whether the page of this title has the anchor; `None` if that is not known.
    pub fn leads(&self, title: &str, anchor: &str) -> Option<bool> {
        match (self.leads_as_written(title, anchor), without_node_marks(anchor)) {
            (Some(false), Some(text)) => self.leads_as_written(title, &text),
            (leads, _) => leads,
        }
    }

    fn leads_as_written(&self, title: &str, anchor: &str) -> Option<bool> {
        let title = letters(title);
        let complete = letters(anchor);
        // if a heading occurs more than once, the second is `.1`
        let numbered = anchor.rsplit_once('.').filter(|(_, number)| number.bytes().all(|byte| byte.is_ascii_digit()));
        let unnumbered = numbered.map(|(name, _)| letters(name));
        for name in std::iter::once(complete).chain(unnumbered) {
            // Confluence writes `id-` before a name that begins with a digit
            let spellings = || [Some(&*name), name.strip_prefix("id")].into_iter().flatten();
            if spellings().any(|name| name.is_empty() || name == title) {
                return None;
            }
            let within = spellings().filter_map(|name| name.strip_prefix(&*title));
            if spellings().chain(within).any(|name| self.names.contains(name)) {
                return Some(true);
            }
        }
        (!self.may_have_more).then_some(false)
    }

    pub(super) fn add(&mut self, name: &str) {
        let name = name.trim();
        let kept = prefix(name, MAX_KEY_BYTES);
        if kept.len() < name.len() {
            self.may_have_more = true;
        }
        let letters = letters(kept);
        if !letters.is_empty() {
            self.names.insert(letters.into());
        }
    }

    /// Records that the page may have more anchors than its body shows.
    pub fn are_not_all_known(&mut self) {
        self.may_have_more = true;
    }
}

/// Removes the marks, such as `[hardBreak]`, that the new editor writes for nodes without text in a heading; `None` if
/// there are none.
fn without_node_marks(anchor: &str) -> Option<String> {
    let mut text = String::new();
    let mut rest = anchor;
    while let Some((before, after)) = rest.split_once('[') {
        let word = after
            .split_once(']')
            .filter(|(word, _)| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphabetic()));
        text.push_str(before);
        rest = word.map_or(after, |(_, rest)| rest);
    }
    text.push_str(rest);
    (text.len() < anchor.len()).then_some(text)
}

/// Returns the letters and digits of a name, in lower case.
fn letters(name: &str) -> String {
    name.nfc().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Prefixes of fragments that browsers or Confluence interpret themselves.
const SPECIAL_PREFIXES: [&str; 8] = ["!", "/", ":~:", "comment-", "focused", "footer-comment", "inline", "talk-"];

/// Anchors that Confluence adds to every page, or the first parts of their names.
const BUILT_IN: [&str; 12] = [
    "addcomment",
    "attachment",
    "children-section",
    "comment",
    "content",
    "footer",
    "likes",
    "main",
    "page-comment",
    "title",
    "view-attachment",
    "wiki-content",
];

/// Whether an anchor is not in the body, but built in: the top of the page, its comments, the text that a browser
/// highlights.
pub(super) fn is_built_in(anchor: &str) -> bool {
    let anchor = anchor.trim().to_lowercase();
    let is_name = || anchor.chars().any(char::is_alphanumeric);
    !is_name()
        || anchor == "top"
        || anchor.strip_prefix("block-").is_some_and(is_block_id)
        || SPECIAL_PREFIXES.iter().any(|start| anchor.starts_with(start))
        || BUILT_IN.iter().any(|start| is_built_in_name(&anchor, start))
}

/// Whether this is the id by which the new editor links to a block: a UUID, or its last part.
fn is_block_id(id: &str) -> bool {
    let parts: Vec<&str> = id.split('-').collect();
    let are_hex = parts.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_hexdigit()));
    are_hex && matches!(parts.iter().map(|part| part.len()).collect::<Vec<_>>()[..], [12] | [8, 4, 4, 4, 12])
}

/// Whether an anchor is a built-in name followed by nothing, a number or a known part, such as `comments` or
/// `attachment-12`; a heading `Contents of the box` is not.
fn is_built_in_name(anchor: &str, start: &str) -> bool {
    let Some(rest) = anchor.strip_prefix(start) else { return false };
    let rest = rest.strip_prefix('s').unwrap_or(rest);
    let rest = rest.strip_prefix(['-', '_']).unwrap_or(rest);
    rest.is_empty() || rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') || KNOWN_PARTS.contains(&rest)
}

/// Second parts of built-in names.
const KNOWN_PARTS: [&str; 7] =
    ["and-labels-container", "and-labels-section", "content", "heading", "section", "text", "thread"];

#[cfg(test)]
mod tests {
    use super::*;

    fn anchors(names: &[&str]) -> Anchors {
        let mut anchors = Anchors::default();
        for name in names {
            anchors.add(name);
        }
        anchors
    }

    #[test]
    fn a_heading_is_found_under_each_of_its_names() {
        let anchors = anchors(&["What's new? (2024)", "Über uns", "setup", "1. Intro"]);
        let found = [
            "What’s-new?-(2024)",
            "WhatsNew2024",
            "Plan\u{a0}B-What'snew?(2024)",
            "PlanB-What'snew?(2024)",
            "id-PlanB-setup",
            "id-1.Intro",
            "setup.1",
            "PlanB-setup.2",
            "\u{55}\u{308}ber-uns",
        ];
        for name in found {
            assert_eq!(anchors.leads("Plan B", name), Some(true), "{name}");
        }
        for name in ["setup-guide", "OtherPlan-setup", "set", "2024", "id-setup-x"] {
            assert_eq!(anchors.leads("Plan B", name), Some(false), "{name}");
        }
        assert_eq!(anchors.leads("Plan B", "🚀"), None);
        // a mark for a node without text is not part of the name
        for (name, leads) in
            [("set[hardBreak]up", Some(true)), ("[inlineExtension]", None), ("[mediaInline]other", Some(false))]
        {
            assert_eq!(anchors.leads("Plan B", name), leads, "{name}");
        }
        assert_eq!(anchors.leads("Plan B", "PlanB"), None);
    }

    #[test]
    fn a_missing_anchor_is_unknown_if_a_macro_may_show_more_headings() {
        let mut anchors = anchors(&["setup"]);
        anchors.are_not_all_known();
        assert_eq!(anchors.leads("Plan", "setup"), Some(true));
        assert_eq!(anchors.leads("Plan", "other"), None);
        let mut long = Anchors::default();
        long.add(&"a".repeat(5_000));
        assert_eq!(long.leads("Plan", "b"), None);
    }

    #[test]
    fn built_in_anchors_are_recognised() {
        for place in [
            "",
            "top",
            "comments",
            "comment-12",
            "comments-section",
            "footer",
            "!x",
            ":~:text=a",
            "title-text",
            "comment-thread-8f",
            "wiki-content",
            "children-section",
            "page-comments",
            "view-attachments",
            "block-0a1b2c3d4e5f",
            "block-0A1b2c3d-0000-4000-8000-0a1b2c3d4e5f",
        ] {
            assert!(is_built_in(place), "{place}");
        }
        for place in [
            "Comments-on-the-plan",
            "topics",
            "titles-of-books",
            "setup",
            "footers-on-pages",
            "block-diagram",
            "block-2024",
        ] {
            assert!(!is_built_in(place), "{place}");
        }
    }
}
