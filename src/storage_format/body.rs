//! What one pass over a body yields.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Reference;

/// Everything kept of a body: what it names, how it is built, how it was read. The text itself is dropped.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Body {
    /// Uses of attachments, in document order, each once.
    pub references: Vec<Reference>,
    /// Links to other contents of the site (titles, ids), for the page metrics.
    pub page_links: Vec<PageLink>,
    /// Counts of what the page is built of.
    pub structure: Structure,
    /// How the body was read.
    pub reading: Reading,
}

/// A link to another content of the site.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PageLink {
    /// By title, in a space or the own one.
    Title {
        /// Title as written.
        title: String,
        /// Space key as written.
        space: Option<String>,
    },
    /// By content id.
    Id(String),
}

/// How well a body could be read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reading {
    /// Well-formed to the end.
    #[default]
    WellFormed,
    /// Not well-formed: read by the lenient tokenizer. References count, structure is approximate.
    Lenient {
        /// What was wrong, with its place, for people.
        problem: String,
        /// The part that was not understood, without code and CDATA; names in it are no proof of use, but keep a
        /// file from being called unreferenced.
        residue: String,
    },
}

/// Counts of what a body is built of.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Structure {
    /// Words of visible text, split at white space.
    pub words: u32,
    /// Characters of visible text.
    pub characters: u32,
    /// `ac:image` and `img` elements.
    pub images: u32,
    /// `table` elements.
    pub tables: u32,
    /// `h1`–`h6` elements.
    pub headings: u32,
    /// `ac:task` elements.
    pub tasks: u32,
    /// Links of any kind.
    pub links: u32,
    /// Macros by name.
    pub macros: BTreeMap<String, u32>,
}
