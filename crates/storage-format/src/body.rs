//! What one pass over a body yields.

use serde::{Deserialize, Serialize};

use crate::measures::{Measures, TodoMarkers};
use crate::reference::{PageLink, Reference};

/// How much is wanted of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth<'a> {
    /// The uses of attachments: all that an audit needs.
    References,
    /// Page links and measures too, for the page metrics; with the words that mark unfinished text.
    Measures(&'a TodoMarkers),
}

/// Everything kept of a body: what it names, what it measures, how it was read. The text itself is dropped.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    /// Uses of attachments, in document order, each once.
    pub references: Vec<Reference>,
    /// Links to other contents and to spaces of the site, in document order, each once: by `ac:link`, by address, or as
    /// the page that a macro names. Empty at [`Depth::References`].
    pub page_links: Vec<PageLink>,
    /// What the body measures; `None` at [`Depth::References`].
    pub measures: Option<Box<Measures>>,
    /// How the body was read.
    pub reading: Reading,
    /// It shows nothing at all: no text, no picture, no macro.
    #[serde(default)]
    pub is_blank: bool,
}

/// How well a body could be read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reading {
    /// Well-formed to the end.
    #[default]
    WellFormed,
    /// Not well-formed: read by the lenient tokenizer. References count, measures are approximate.
    Lenient {
        /// What was wrong, with its place, for people.
        problem: String,
        /// The part that was not understood, without code and CDATA; names in it are no proof of use, but keep a
        /// file from being called unreferenced. `None` where it was not kept: then it may name any file.
        residue: Option<String>,
    },
    /// Would take more steps than its length allows, which only markup made to do so does. Nothing it names is known but
    /// by searching its text.
    GivenUp {
        /// How much it would take, for people.
        problem: String,
        /// The whole body. Names in it are no proof of use, but keep a file from being called unreferenced. `None` where it
        /// was not kept: then it may name any file.
        text: Option<String>,
        /// Whether it may hold macros that show files without naming them.
        shows_unnamed_files: bool,
    },
}
