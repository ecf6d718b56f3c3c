//! What a body measures: words, structure and links. A new measure is a field of [`Measures`] and the place where the
//! [`Gatherer`] takes it down.
//!
//! The scanner tells the gatherer what it meets; the text is counted when the body is read. An audit needs none of it and
//! makes no gatherer.

mod anchors;
mod gatherer;
mod links;
mod places;
mod segments;
mod sketch;
mod text;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::macros::table::is_own;
use crate::reference::{PageLink, PlaceLink};

pub use anchors::Anchors;
pub(crate) use gatherer::Gatherer;
pub use sketch::Sketch;
pub use text::TodoMarkers;

/// Counts and marks of one body.
///
/// *Visible text* is what the body itself shows to readers: paragraphs, headings, cells, captions, link texts, tasks
/// and the rich text inside macros. It is not what Confluence or a macro fills in when the page is shown (the titles of
/// links without a text, names in mentions, dates, emoticons, lists of children), and not macro parameters,
/// placeholders, code, or the rendered copy that the editor keeps of its own nodes (`ac:adf-fallback`).
///
/// Of a body that is not well-formed the measures are approximate.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measures {
    /// Words of visible text: the segments of Unicode's UAX #29 that hold a letter or digit. By that rule a run of Katakana
    /// is one word, and Korean is counted by its blanks. Runs of Han, Hiragana, Thai, Lao, Khmer and Burmese are parted by
    /// the dictionaries of ICU.
    pub words: u32,
    /// Characters of visible text as people see them (grapheme clusters of UAX #29). Blanks at both ends do not count,
    /// and a run of blanks, line breaks included, counts as one.
    pub characters: u32,
    /// `code` and `noformat` macros, and `pre` elements.
    pub code_blocks: u32,
    /// Words in them, by the same rule; they are not in `words`.
    pub code_words: u32,
    /// Characters in them, by the same rule; they are not in `characters`.
    pub code_characters: u32,
    /// Size of the raw body in bytes of UTF-8.
    pub body_bytes: u64,
    /// `h1`–`h6` elements.
    pub headings: u32,
    /// The deepest level among them, 1–6; 0 without headings.
    pub max_heading_level: u8,
    /// Headings more than one level below the heading before them. The first heading skips nothing.
    pub heading_skips: u32,
    /// `table` elements, those inside other tables too.
    pub tables: u32,
    /// `td` and `th` elements of all tables.
    pub table_cells: u32,
    /// Rows of the longest table; the rows of a table inside it are not its own.
    pub max_table_rows: u32,
    /// `ac:image` and `img` elements.
    pub images: u32,
    /// Those whose `ac:alt` or `alt` is missing or blank.
    pub images_without_alt: u32,
    /// Macros `info`, `note`, `tip`, `warning` and `panel`, and the new editor's panel nodes.
    pub panels: u32,
    /// `expand` macros.
    pub expands: u32,
    /// Uses of each macro, by name in lower case, and of each app extension, by extension key in lower case.
    pub macros: BTreeMap<String, u32>,
    /// Tasks whose status is not `complete`.
    pub tasks_open: u32,
    /// Tasks whose status is `complete`.
    pub tasks_done: u32,
    /// Mentions of people: `ri:user` outside macro parameters.
    pub mentions: u32,
    /// `jira` and `jiraissues` macros, and links to `…/browse/KEY-1` on any host.
    pub jira_links: u32,
    /// Addresses on other hosts that the body links to (`http` and `https`), each once, without the part behind `#` and
    /// without the name and password of a user. One of more than 8 KiB is cut, and ends in `…`.
    pub external_links: BTreeSet<String>,
    /// Links to places in pages, each once. Their pages are among the body's page links too.
    #[serde(default)]
    pub place_links: Vec<PlaceLink>,
    /// The places in this body that links can lead to.
    #[serde(default)]
    pub anchors: Anchors,
    /// Pages that `include` and `excerpt-include` macros show, each once. They are among the body's page links too.
    pub includes: Vec<PageLink>,
    /// `ac:placeholder` elements: parts of a template that nobody has filled in.
    pub placeholders: u32,
    /// The words of [`TodoMarkers`] in visible text, as whole words and in their case.
    pub todo_markers: u32,
    /// Equal for texts of the same words, whatever their case, markup, blanks and punctuation: 128 bits of SHA-256 in
    /// hexadecimal. `None` below 20 words.
    pub text_hash: Option<String>,
    /// For texts that are nearly the same. `None` below 20 words.
    pub sketch: Option<Sketch>,
    /// Language of the visible text as ISO 639-3 code (`eng`, `deu`, `jpn`). `None` below 20 words, and where the
    /// text leaves a doubt.
    pub language: Option<String>,
}

impl Measures {
    /// Whether a macro or extension, by its name in lower case, is not Confluence's own: of an app, or left behind by one.
    pub fn is_foreign(name: &str) -> bool {
        !is_own(name)
    }

    /// Uses of macros and extensions that are not Confluence's own.
    pub fn foreign_macros(&self) -> u64 {
        self.macros.iter().filter(|(name, _)| Self::is_foreign(name)).map(|(_, uses)| u64::from(*uses)).sum()
    }
}

#[cfg(test)]
mod tests;
