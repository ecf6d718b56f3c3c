//! Tables of the data block. Each is an object of columns, so that the script reads every value by name. Some columns
//! are indexes into other tables; `-1` is none.

use indexmap::IndexSet;
use serde::Serialize;

use crate::inventory::{Content, Status};
use crate::report::explanation::{DeletionEffect, PossibleCause};
use storage_format::Construct;

pub(super) type TableIndex = i64;

#[derive(Serialize)]
pub(super) struct FileTables<'a> {
    pub(super) base: &'a str,
    /// options of `curl` for the credentials
    pub(super) authorization: &'static str,
    /// what these credentials have to be, for people
    pub(super) credentials: &'static str,
    pub(super) states: SharedStateColumns<'a>,
    pub(super) spaces: SpaceColumns<'a>,
    pub(super) people: Vec<&'a str>,
    pub(super) types: MediaTypeColumns<'a>,
    pub(super) phrases: PhraseColumns,
    pub(super) reasons: ReasonColumns<'a>,
    pub(super) paths: PathColumns,
    pub(super) contents: ContentColumns<'a>,
    /// one entry per file
    pub(super) columns: FileColumns<'a>,
    /// the old versions of all files, in the order of the files
    pub(super) versions: VersionColumns<'a>,
    /// the uses of all files, in the order of the files
    pub(super) uses: UseColumns<'a>,
    pub(super) ranks: SortRanks,
}

#[derive(Default, Serialize)]
pub(super) struct FileColumns<'a> {
    pub(super) id: Vec<&'a str>,
    pub(super) name: Vec<&'a str>,
    pub(super) size: Vec<Option<u64>>,
    /// number of old versions
    pub(super) old: Vec<usize>,
    pub(super) version: Vec<u32>,
    pub(super) space: Vec<usize>,
    pub(super) owner: Vec<TableIndex>,
    /// id of the container if the owner was not found
    pub(super) container: Vec<&'a str>,
    pub(super) state: Vec<usize>,
    /// seconds since 1970
    pub(super) created: Vec<Option<i64>>,
    pub(super) changed: Vec<Option<i64>>,
    /// milliseconds of the last change, which download URLs contain
    pub(super) milliseconds: Vec<u32>,
    pub(super) author: Vec<TableIndex>,
    #[serde(rename = "type")]
    pub(super) media_type: Vec<TableIndex>,
    /// number of uses
    pub(super) uses: Vec<usize>,
    pub(super) reasons: Vec<OrZero<Vec<usize>>>,
    pub(super) protected: Vec<OrZero<&'a str>>,
    /// start of the first complete run in a row that calls the file unreferenced, in seconds since 1970, or 0
    pub(super) since: Vec<i64>,
    /// number of these runs
    pub(super) runs: Vec<u32>,
    pub(super) duplicate: Vec<usize>,
    pub(super) download: Vec<TableIndex>,
    pub(super) screen: Vec<TableIndex>,
    pub(super) endpoint: Vec<TableIndex>,
    /// with \u{1}v for the number of the version
    #[serde(rename = "versionEndpoint")]
    pub(super) version_endpoint: Vec<TableIndex>,
}

#[derive(Default, Serialize)]
pub(super) struct VersionColumns<'a> {
    pub(super) number: Vec<u32>,
    pub(super) size: Vec<Option<u64>>,
    /// seconds since 1970
    pub(super) created: Vec<Option<i64>>,
    pub(super) author: Vec<TableIndex>,
    /// if it differs from the current name
    pub(super) name: Vec<OrZero<&'a str>>,
}

#[derive(Default, Serialize)]
pub(super) struct UseColumns<'a> {
    pub(super) content: Vec<usize>,
    pub(super) phrase: Vec<usize>,
    /// if it differs from the current name
    pub(super) name: Vec<OrZero<&'a str>>,
}

/// A value, or 0 if there is none, as in most rows: 0 is the shortest JSON.
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

/// A combination of values that many files share.
#[derive(PartialEq, Eq, Hash)]
pub(super) struct SharedState<'a> {
    pub(super) usage: usize,
    pub(super) embedded: &'static str,
    pub(super) linked: &'static str,
    pub(super) certainty: &'static str,
    pub(super) status: &'a str,
    pub(super) kind: &'static str,
    pub(super) command: bool,
    pub(super) by_app: bool,
}

#[derive(Serialize)]
pub(super) struct SharedStateColumns<'a> {
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
    /// whether an app uses it although no page names it
    #[serde(rename = "byApp")]
    pub(super) by_app: Vec<bool>,
}

#[derive(Serialize)]
pub(super) struct SpaceColumns<'a> {
    pub(super) key: Vec<&'a str>,
    pub(super) name: Vec<&'a str>,
}

/// Media types: raw, and as displayed.
#[derive(Serialize)]
pub(super) struct MediaTypeColumns<'a> {
    pub(super) name: Vec<&'a str>,
    pub(super) words: Vec<String>,
}

#[derive(PartialEq, Eq, Hash)]
pub(super) struct UsePhrase<'a> {
    pub(super) construct: &'a Construct,
    pub(super) certainty: &'static str,
    pub(super) words: String,
    pub(super) on_owner: bool,
    pub(super) does: String,
    pub(super) cause: Option<PossibleCause>,
    pub(super) effect: DeletionEffect,
}

#[derive(Serialize)]
pub(super) struct PhraseColumns {
    pub(super) construct: Vec<String>,
    pub(super) certainty: Vec<&'static str>,
    pub(super) words: Vec<String>,
    /// whether the owning page itself uses the file
    #[serde(rename = "onOwner")]
    pub(super) on_owner: Vec<bool>,
    /// what the content does with the file
    pub(super) does: Vec<String>,
    /// why the use is only possible
    pub(super) cause: Vec<TableIndex>,
    /// what readers would see without the file
    pub(super) effect: Vec<usize>,
}

/// Reasons in words, and the kind of each.
#[derive(Serialize)]
pub(super) struct ReasonColumns<'a> {
    pub(super) words: Vec<&'a str>,
    pub(super) kind: Vec<usize>,
}

/// Paths below `base`, and whether each is a template.
#[derive(Serialize)]
pub(super) struct PathColumns {
    pub(super) path: Vec<String>,
    pub(super) template: Vec<bool>,
}

pub(super) struct ContentEntry<'a> {
    pub(super) content: &'a Content,
    pub(super) path: Option<String>,
    pub(super) owner: TableIndex,
}

#[derive(Serialize)]
pub(super) struct ContentColumns<'a> {
    pub(super) kind: Vec<&'static str>,
    pub(super) title: Vec<&'a str>,
    pub(super) path: Vec<Option<String>>,
    pub(super) id: Vec<&'a str>,
    /// `draft`, `archived`, or 0
    pub(super) mark: Vec<OrZero<&'static str>>,
    /// owner or author
    pub(super) owner: Vec<TableIndex>,
}

/// Sort ranks: of every row by name and id, and of every entry of a dictionary.
#[derive(Serialize)]
pub(super) struct SortRanks {
    pub(super) name: Vec<usize>,
    pub(super) id: Vec<usize>,
    pub(super) spaces: Vec<usize>,
    pub(super) people: Vec<usize>,
    pub(super) contents: Vec<usize>,
}

pub(super) fn states<'a>(states: &IndexSet<SharedState<'a>>) -> SharedStateColumns<'a> {
    SharedStateColumns {
        usage: states.iter().map(|state| state.usage).collect(),
        embedded: states.iter().map(|state| state.embedded).collect(),
        linked: states.iter().map(|state| state.linked).collect(),
        certainty: states.iter().map(|state| state.certainty).collect(),
        status: states.iter().map(|state| state.status).collect(),
        kind: states.iter().map(|state| state.kind).collect(),
        command: states.iter().map(|state| state.command).collect(),
        by_app: states.iter().map(|state| state.by_app).collect(),
    }
}

pub(super) fn phrases(phrases: IndexSet<UsePhrase<'_>>) -> PhraseColumns {
    PhraseColumns {
        construct: phrases.iter().map(|phrase| phrase.construct.to_string()).collect(),
        certainty: phrases.iter().map(|phrase| phrase.certainty).collect(),
        on_owner: phrases.iter().map(|phrase| phrase.on_owner).collect(),
        does: phrases.iter().map(|phrase| phrase.does.clone()).collect(),
        cause: phrases.iter().map(|phrase| phrase.cause.map_or(-1, |cause| cause as TableIndex)).collect(),
        effect: phrases.iter().map(|phrase| phrase.effect.index()).collect(),
        words: phrases.into_iter().map(|phrase| phrase.words).collect(),
    }
}

pub(super) fn contents<'a>(entries: impl Iterator<Item = ContentEntry<'a>>) -> ContentColumns<'a> {
    let entries: Vec<ContentEntry<'_>> = entries.collect();
    let mark = |content: &Content| match content.status {
        Status::Draft => Some("draft"),
        Status::Archived => Some("archived"),
        _ => None,
    };
    ContentColumns {
        kind: entries.iter().map(|entry| entry.content.kind.label()).collect(),
        title: entries.iter().map(|entry| entry.content.title.as_str()).collect(),
        id: entries.iter().map(|entry| entry.content.id.as_str()).collect(),
        mark: entries.iter().map(|entry| mark(entry.content).into()).collect(),
        owner: entries.iter().map(|entry| entry.owner).collect(),
        path: entries.into_iter().map(|entry| entry.path).collect(),
    }
}
