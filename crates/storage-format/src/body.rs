//! Result of parsing one body.

use serde::{Deserialize, Serialize};

use crate::measures::{Measures, TodoMarkers};
use crate::reference::{PageLink, Reference};

/// How much to extract from a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParseDepth<'a> {
    /// Only references to attachments: all that an audit needs.
    References,
    /// Page links and measures too, for the page metrics. The argument holds the words that mark unfinished text.
    Measures(&'a TodoMarkers),
}

/// Everything kept of a body: its references, its measures, and how well it could be parsed. The text itself is
/// dropped.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    /// References to attachments, in document order, without duplicates.
    pub references: Vec<Reference>,
    /// Links to other contents and to spaces of the site, in document order, without duplicates: by `ac:link`, by
    /// address, or as the page that a macro names. Empty at [`ParseDepth::References`].
    pub page_links: Vec<PageLink>,
    /// Measures of the body; `None` at [`ParseDepth::References`].
    pub measures: Option<Box<Measures>>,
    /// How well the body could be parsed.
    pub reading: ParseOutcome,
    /// Whether the body shows nothing at all: no text, no image, no macro.
    #[serde(default)]
    pub is_blank: bool,
}

/// How well a body could be parsed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ParseOutcome {
    /// The body is well-formed.
    #[default]
    WellFormed,
    /// The body is not well-formed and was parsed by the lenient tokenizer. References are valid, measures are
    /// approximate.
    Lenient {
        /// The first error with its line and column, for messages.
        problem: String,
        /// The part that could not be parsed, without code and CDATA. A name in it does not prove a use, but its file
        /// must not be called unreferenced. `None` if the part was not kept: it may name any file.
        residue: Option<String>,
    },
    /// Parsing was stopped because it would take more steps than the length of the body allows, which only hostile
    /// markup does. The references are not known; only the text can be searched.
    GivenUp {
        /// The number of steps and bytes, for messages.
        problem: String,
        /// The entire body. A name in it does not prove a use, but its file must not be called unreferenced. `None` if
        /// the body was not kept: it may name any file.
        text: Option<String>,
        /// Whether the body may hold macros that show files without naming them.
        shows_unnamed_files: bool,
    },
}
