//! The tables of the block, each an object of columns, so that a script reads every value by its name. An index points
//! into another table; `-1` points nowhere.

use indexmap::IndexSet;
use serde::Serialize;

use crate::inventory::{Content, Status};
use storage_format::Construct;

/// Index into a table; -1 is none.
pub(super) type Index = i64;

/// All tables of the block.
#[derive(Serialize)]
pub(super) struct Tables<'a> {
    pub(super) base: &'a str,
    pub(super) states: States<'a>,
    pub(super) spaces: Spaces<'a>,
    pub(super) people: Vec<&'a str>,
    pub(super) types: Types<'a>,
    pub(super) phrases: Phrases,
    pub(super) reasons: Vec<&'a str>,
    pub(super) paths: Paths,
    pub(super) contents: Contents<'a>,
    /// One entry per file.
    pub(super) columns: Columns<'a>,
    /// The old versions of all files, in their order.
    pub(super) versions: Versions<'a>,
    /// The uses of all files, in their order.
    pub(super) uses: Uses<'a>,
    pub(super) ranks: Ranks,
}

#[derive(Default, Serialize)]
pub(super) struct Columns<'a> {
    pub(super) id: Vec<&'a str>,
    pub(super) name: Vec<&'a str>,
    pub(super) size: Vec<Option<u64>>,
    /// how many old versions
    pub(super) old: Vec<usize>,
    pub(super) version: Vec<u32>,
    pub(super) space: Vec<usize>,
    pub(super) owner: Vec<Index>,
    /// id of the container where the owner was not found
    pub(super) container: Vec<&'a str>,
    pub(super) state: Vec<usize>,
    /// seconds since 1970
    pub(super) created: Vec<Option<i64>>,
    pub(super) changed: Vec<Option<i64>>,
    /// milliseconds beyond the second of the last change: addresses of downloads bear them
    pub(super) milliseconds: Vec<u32>,
    pub(super) author: Vec<Index>,
    #[serde(rename = "type")]
    pub(super) media_type: Vec<Index>,
    /// how many uses
    pub(super) uses: Vec<usize>,
    pub(super) reasons: Vec<OrZero<Vec<usize>>>,
    pub(super) protected: Vec<OrZero<&'a str>>,
    pub(super) duplicate: Vec<usize>,
    pub(super) download: Vec<Index>,
    pub(super) screen: Vec<Index>,
    pub(super) endpoint: Vec<Index>,
    /// with \u{1}v for the number of the version
    #[serde(rename = "versionEndpoint")]
    pub(super) version_endpoint: Vec<Index>,
}

#[derive(Default, Serialize)]
pub(super) struct Versions<'a> {
    pub(super) number: Vec<u32>,
    pub(super) size: Vec<Option<u64>>,
    /// seconds since 1970
    pub(super) created: Vec<Option<i64>>,
    pub(super) author: Vec<Index>,
    /// where it differs from the current one
    pub(super) name: Vec<OrZero<&'a str>>,
}

#[derive(Default, Serialize)]
pub(super) struct Uses<'a> {
    pub(super) content: Vec<usize>,
    pub(super) phrase: Vec<usize>,
    /// where it differs from the current one
    pub(super) name: Vec<OrZero<&'a str>>,
}

/// A value; 0, the shortest, where there is none, as in most rows.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum OrZero<T> {
    None(u8),
    Some(T),
}

impl<T> From<Option<T>> for OrZero<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::None(0), Self::Some)
    }
}

/// What many files have in common.
#[derive(PartialEq, Eq, Hash)]
pub(super) struct State<'a> {
    pub(super) usage: usize,
    pub(super) embedded: &'static str,
    pub(super) linked: &'static str,
    pub(super) certainty: &'static str,
    pub(super) status: &'a str,
    pub(super) kind: &'static str,
    pub(super) command: bool,
}

#[derive(Serialize)]
pub(super) struct States<'a> {
    pub(super) usage: Vec<usize>,
    /// on the owning page
    pub(super) embedded: Vec<&'static str>,
    /// on the owning page
    pub(super) linked: Vec<&'static str>,
    pub(super) certainty: Vec<&'static str>,
    pub(super) status: Vec<&'a str>,
    /// of the container
    pub(super) kind: Vec<&'static str>,
    /// whether the DELETE command is offered
    pub(super) command: Vec<bool>,
}

#[derive(Serialize)]
pub(super) struct Spaces<'a> {
    pub(super) key: Vec<&'a str>,
    pub(super) name: Vec<&'a str>,
}

/// Media types, raw and in words.
#[derive(Serialize)]
pub(super) struct Types<'a> {
    pub(super) name: Vec<&'a str>,
    pub(super) words: Vec<String>,
}

#[derive(PartialEq, Eq, Hash)]
pub(super) struct Phrase<'a> {
    pub(super) construct: &'a Construct,
    pub(super) certainty: &'static str,
    pub(super) words: String,
    pub(super) on_owner: bool,
}

#[derive(Serialize)]
pub(super) struct Phrases {
    pub(super) construct: Vec<String>,
    pub(super) certainty: Vec<&'static str>,
    pub(super) words: Vec<String>,
    /// whether the owning page itself uses the file
    #[serde(rename = "onOwner")]
    pub(super) on_owner: Vec<bool>,
}

/// Paths below `base`, and whether each is a template.
#[derive(Serialize)]
pub(super) struct Paths {
    pub(super) path: Vec<String>,
    pub(super) template: Vec<bool>,
}

pub(super) struct ContentEntry<'a> {
    pub(super) content: &'a Content,
    pub(super) path: Option<String>,
    pub(super) owner: Index,
}

#[derive(Serialize)]
pub(super) struct Contents<'a> {
    pub(super) kind: Vec<&'static str>,
    pub(super) title: Vec<&'a str>,
    pub(super) path: Vec<Option<String>>,
    pub(super) id: Vec<&'a str>,
    /// `draft`, `archived`, or 0
    pub(super) mark: Vec<OrZero<&'static str>>,
    /// owner or author
    pub(super) owner: Vec<Index>,
}

/// Places in sorted order: of every row by name and id, else of every entry of a dictionary.
#[derive(Serialize)]
pub(super) struct Ranks {
    pub(super) name: Vec<usize>,
    pub(super) id: Vec<usize>,
    pub(super) spaces: Vec<usize>,
    pub(super) people: Vec<usize>,
    pub(super) contents: Vec<usize>,
}

pub(super) fn states<'a>(states: &IndexSet<State<'a>>) -> States<'a> {
    States {
        usage: states.iter().map(|state| state.usage).collect(),
        embedded: states.iter().map(|state| state.embedded).collect(),
        linked: states.iter().map(|state| state.linked).collect(),
        certainty: states.iter().map(|state| state.certainty).collect(),
        status: states.iter().map(|state| state.status).collect(),
        kind: states.iter().map(|state| state.kind).collect(),
        command: states.iter().map(|state| state.command).collect(),
    }
}

pub(super) fn phrases(phrases: IndexSet<Phrase<'_>>) -> Phrases {
    Phrases {
        construct: phrases.iter().map(|phrase| phrase.construct.to_string()).collect(),
        certainty: phrases.iter().map(|phrase| phrase.certainty).collect(),
        on_owner: phrases.iter().map(|phrase| phrase.on_owner).collect(),
        words: phrases.into_iter().map(|phrase| phrase.words).collect(),
    }
}

pub(super) fn contents<'a>(entries: impl Iterator<Item = ContentEntry<'a>>) -> Contents<'a> {
    let entries: Vec<ContentEntry<'_>> = entries.collect();
    let mark = |content: &Content| match content.status {
        Status::Draft => Some("draft"),
        Status::Archived => Some("archived"),
        _ => None,
    };
    Contents {
        kind: entries.iter().map(|entry| entry.content.kind.label()).collect(),
        title: entries.iter().map(|entry| entry.content.title.as_str()).collect(),
        id: entries.iter().map(|entry| entry.content.id.as_str()).collect(),
        mark: entries.iter().map(|entry| mark(entry.content).into()).collect(),
        owner: entries.iter().map(|entry| entry.owner).collect(),
        path: entries.into_iter().map(|entry| entry.path).collect(),
    }
}
