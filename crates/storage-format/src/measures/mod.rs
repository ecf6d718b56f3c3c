//! Measures of a body: words, structure and links. To add one, add a field to [`Measures`] and fill it in the
//! [`MeasureCollector`].
//!
//! The scanner calls the collector for every element and text. Words are counted at the end of the body. An audit needs
//! no measures and creates no collector.

mod anchor_collector;
mod anchors;
mod links;
mod measure_collector;
mod minhash;
mod text;
mod word_segmentation;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::macros::table::is_own;
use crate::reference::{AnchorLink, PageLink};

pub use anchors::Anchors;
pub(crate) use measure_collector::MeasureCollector;
pub use minhash::Sketch;
pub use text::TodoMarkers;

/// Counts and other measures of one body.
///
/// *Visible text* is the text in the body that readers see: paragraphs, headings, cells, captions, link texts, tasks
/// and the rich text inside macros. It does not include what Confluence or a macro inserts when the page is shown (the
/// titles of links without a text, names in mentions, dates, emoticons, lists of children), macro parameters,
/// placeholders, code, or the rendered copy that the editor keeps of its own nodes (`ac:adf-fallback`).
///
/// If the body is not well-formed, the measures are approximate.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measures {
    /// Words of visible text: the segments of Unicode's UAX #29 that contain a letter or digit. By that rule a run of
    /// Katakana is one word, and Korean words are separated by spaces. Runs of Han, Hiragana, Thai, Lao, Khmer and
    /// Burmese are split by the dictionaries of ICU.
    pub words: u32,
    /// User-perceived characters of visible text (grapheme clusters of UAX #29). Whitespace at both ends does not
    /// count, and a run of whitespace, line breaks included, counts as one.
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
    /// Headings more than one level below the heading before them; never the first heading.
    pub heading_skips: u32,
    /// `table` elements, including those inside other tables.
    pub tables: u32,
    /// `td` and `th` elements of all tables.
    pub table_cells: u32,
    /// Rows of the longest table, without the rows of tables inside it.
    pub max_table_rows: u32,
    /// `ac:image` and `img` elements.
    pub images: u32,
    /// Images whose `ac:alt` or `alt` is missing or has no visible character.
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
    /// Addresses on other hosts that the body links to (`http` and `https`), without duplicates, fragments, user names
    /// and passwords. An address of more than 8 KiB is truncated and ends in `…`.
    pub external_links: BTreeSet<String>,
    /// Links to anchors in pages, without duplicates. Their pages are among the body's page links too.
    #[serde(default)]
    pub place_links: Vec<AnchorLink>,
    /// The anchors in this body that links can lead to.
    #[serde(default)]
    pub anchors: Anchors,
    /// Pages that `include` and `excerpt-include` macros show, without duplicates. They are among the body's page links
    /// too.
    pub includes: Vec<PageLink>,
    /// `ac:placeholder` elements: parts of a template that have not been filled in.
    pub placeholders: u32,
    /// Occurrences of the words of [`TodoMarkers`] in visible text, as separate words and in the same case.
    pub todo_markers: u32,
    /// Equal for texts with the same words, whatever their case, markup, whitespace and punctuation: 128 bits of
    /// SHA-256 in hexadecimal. `None` below 20 words.
    pub text_hash: Option<String>,
    /// Fingerprint for finding nearly equal texts. `None` below 20 words.
    pub sketch: Option<Sketch>,
    /// Language of the visible text as ISO 639-3 code (`eng`, `deu`, `jpn`). `None` below 20 words, and if the
    /// detection is not reliable.
    pub language: Option<String>,
}

impl Measures {
    /// Whether the macro or extension of this lower-case name does not belong to Confluence itself, but to an app,
    /// which may be uninstalled.
    pub fn is_foreign(name: &str) -> bool {
        !is_own(name)
    }

    /// Returns the number of uses of macros and extensions that do not belong to Confluence itself.
    pub fn foreign_macros(&self) -> u64 {
        self.macros.iter().filter(|(name, _)| Self::is_foreign(name)).map(|(_, uses)| u64::from(*uses)).sum()
    }
}

#[cfg(test)]
mod tests;
