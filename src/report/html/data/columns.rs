//! The tables of the block, each an object of columns, so that a script reads every value by its name. An index points
//! into another table; `-1` points nowhere.

use std::hash::Hash;

use indexmap::{IndexMap, IndexSet};
use serde::Serialize;

use super::address;
use super::rank::rank;
use crate::audit::{Usage, Use};
use crate::inventory::{Attachment, Content, OldVersion, Status};
use crate::report::html::row;
use crate::report::view::{FileRow, View};
use crate::report::{media, words};
use storage_format::Certainty;

/// Index into a table; -1 is none.
type Index = i64;

/// All tables of the block.
#[derive(Serialize)]
pub(super) struct Tables<'a> {
    base: &'a str,
    usages: Usages,
    states: States<'a>,
    spaces: Spaces<'a>,
    people: Vec<&'a str>,
    types: Types<'a>,
    phrases: Phrases<'a>,
    reasons: Vec<&'a str>,
    paths: Paths,
    contents: Contents<'a>,
    /// One entry per file.
    columns: Columns<'a>,
    /// The old versions of all files, in their order.
    versions: Versions<'a>,
    /// The uses of all files, in their order.
    uses: Uses<'a>,
    ranks: Ranks,
}

#[derive(Default, Serialize)]
struct Columns<'a> {
    id: Vec<&'a str>,
    name: Vec<&'a str>,
    size: Vec<Option<u64>>,
    /// how many old versions
    old: Vec<usize>,
    version: Vec<u32>,
    space: Vec<usize>,
    owner: Vec<Index>,
    /// id of the container where the owner was not found
    container: Vec<&'a str>,
    state: Vec<usize>,
    /// seconds since 1970
    created: Vec<Option<i64>>,
    changed: Vec<Option<i64>>,
    /// milliseconds beyond the second of the last change: addresses of downloads bear them
    milliseconds: Vec<u32>,
    author: Vec<Index>,
    #[serde(rename = "type")]
    media_type: Vec<Index>,
    /// how many uses
    uses: Vec<usize>,
    reasons: Vec<OrZero<Vec<usize>>>,
    protected: Vec<OrZero<&'a str>>,
    duplicate: Vec<usize>,
    download: Vec<Index>,
    screen: Vec<Index>,
    endpoint: Vec<Index>,
    /// with \u{1}v for the number of the version
    #[serde(rename = "versionEndpoint")]
    version_endpoint: Vec<Index>,
}

#[derive(Default, Serialize)]
struct Versions<'a> {
    number: Vec<u32>,
    size: Vec<Option<u64>>,
    /// seconds since 1970
    created: Vec<Option<i64>>,
    author: Vec<Index>,
    /// where it differs from the current one
    name: Vec<OrZero<&'a str>>,
}

#[derive(Default, Serialize)]
struct Uses<'a> {
    content: Vec<usize>,
    phrase: Vec<usize>,
    /// where it differs from the current one
    name: Vec<OrZero<&'a str>>,
}

/// A value; 0, the shortest, where there is none, as in most rows.
#[derive(Serialize)]
#[serde(untagged)]
enum OrZero<T> {
    None(u8),
    Some(T),
}

impl<T> From<Option<T>> for OrZero<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::None(0), Self::Some)
    }
}

/// All usages: the word of the contract, and in words.
#[derive(Serialize)]
pub(in crate::report::html) struct Usages {
    name: [&'static str; 7],
    words: [&'static str; 7],
}

impl Usages {
    pub(in crate::report::html) fn all() -> Self {
        Self { name: Usage::ALL.map(Usage::as_str), words: Usage::ALL.map(words::usage) }
    }
}

/// What many files have in common.
#[derive(PartialEq, Eq, Hash)]
struct State<'a> {
    usage: usize,
    embedded: &'static str,
    linked: &'static str,
    certainty: &'static str,
    status: &'a str,
    kind: &'static str,
    command: u8,
}

#[derive(Serialize)]
struct States<'a> {
    usage: Vec<usize>,
    /// on the owning page
    embedded: Vec<&'static str>,
    /// on the owning page
    linked: Vec<&'static str>,
    certainty: Vec<&'static str>,
    status: Vec<&'a str>,
    /// of the container
    kind: Vec<&'static str>,
    /// whether the DELETE command is offered
    command: Vec<u8>,
}

#[derive(Serialize)]
struct Spaces<'a> {
    key: Vec<&'a str>,
    name: Vec<&'a str>,
}

/// Media types, raw and in words.
#[derive(Serialize)]
struct Types<'a> {
    name: Vec<&'a str>,
    words: Vec<String>,
}

#[derive(PartialEq, Eq, Hash)]
struct Phrase<'a> {
    construct: &'a str,
    certainty: &'static str,
    words: String,
    on_owner: bool,
}

#[derive(Serialize)]
struct Phrases<'a> {
    construct: Vec<&'a str>,
    certainty: Vec<&'static str>,
    words: Vec<String>,
    /// whether the owning page itself uses the file
    #[serde(rename = "onOwner")]
    on_owner: Vec<bool>,
}

/// Paths below `base`, and whether each is a template.
#[derive(Serialize)]
struct Paths {
    path: Vec<String>,
    template: Vec<bool>,
}

struct ContentEntry<'a> {
    content: &'a Content,
    path: Option<String>,
    owner: Index,
}

#[derive(Serialize)]
struct Contents<'a> {
    kind: Vec<&'static str>,
    title: Vec<&'a str>,
    path: Vec<Option<String>>,
    id: Vec<&'a str>,
    /// `draft`, `archived`, or 0
    mark: Vec<OrZero<&'static str>>,
    /// owner or author
    owner: Vec<Index>,
}

/// Places in sorted order: of every row by name and id, else of every entry of a dictionary.
#[derive(Serialize)]
struct Ranks {
    name: Vec<usize>,
    id: Vec<usize>,
    spaces: Vec<usize>,
    people: Vec<usize>,
    contents: Vec<usize>,
}

/// The tables of these rows.
pub(super) fn tables<'a>(view: &'a View<'a>, rows: &[&'a FileRow<'a>]) -> Tables<'a> {
    let mut builder = Builder::new(view);
    for row in rows {
        builder.add(row);
    }
    builder.finish(rows)
}

struct Builder<'a> {
    view: &'a View<'a>,
    states: IndexSet<State<'a>>,
    spaces: IndexSet<(&'a str, &'a str)>,
    people: IndexSet<&'a str>,
    types: IndexSet<&'a str>,
    phrases: IndexSet<Phrase<'a>>,
    reasons: IndexSet<&'a str>,
    paths: IndexSet<(String, bool)>,
    /// by place in memory: contents are told apart even where they look the same
    contents: IndexMap<*const Content, ContentEntry<'a>>,
    columns: Columns<'a>,
    versions: Versions<'a>,
    uses: Uses<'a>,
}

impl<'a> Builder<'a> {
    fn new(view: &'a View<'a>) -> Self {
        Self {
            view,
            states: IndexSet::new(),
            spaces: IndexSet::new(),
            people: IndexSet::new(),
            types: IndexSet::new(),
            phrases: IndexSet::new(),
            reasons: IndexSet::new(),
            paths: IndexSet::new(),
            contents: IndexMap::new(),
            columns: Columns::default(),
            versions: Versions::default(),
            uses: Uses::default(),
        }
    }

    fn add(&mut self, row: &'a FileRow<'a>) {
        let file = row.attachment;
        self.columns.id.push(file.id.as_str());
        self.columns.name.push(&file.title);
        self.columns.size.push(file.size);
        self.columns.version.push(file.version);
        self.columns.created.push(file.created_at.map(|moment| moment.timestamp()));
        self.columns.changed.push(file.modified_at.map(|moment| moment.timestamp()));
        self.columns.milliseconds.push(file.modified_at.map_or(0, |moment| moment.timestamp_subsec_millis()));
        self.columns.duplicate.push(row.verdict.duplicate_group.unwrap_or(0));
        self.columns.protected.push(row.verdict.protected.as_deref().into());
        self.columns.state.push(place(&mut self.states, state(row)));
        let space = (row.space_key(), row.space.map_or("", |space| &space.name));
        self.columns.space.push(place(&mut self.spaces, space));
        let owner = row.owner.map_or(-1, |owner| index(self.content(owner)));
        self.columns.owner.push(owner);
        self.columns.container.push(if row.owner.is_some() { "" } else { row.container_id() });
        let author = self.person(file.author.as_ref());
        self.columns.author.push(author);
        let media_type = file.media_type.as_deref();
        self.columns.media_type.push(media_type.map_or(-1, |raw| index(place(&mut self.types, raw))));
        self.add_lists(row);
        self.add_addresses(row);
    }

    fn add_lists(&mut self, row: &'a FileRow<'a>) {
        let old = &row.attachment.old_versions;
        self.columns.old.push(old.len());
        for version in old {
            self.add_version(version, row.attachment);
        }
        self.columns.uses.push(row.verdict.uses.len());
        for used in &row.verdict.uses {
            self.add_use(row, used);
        }
        let reasons: Vec<usize> = row.reasons().into_iter().map(|reason| place(&mut self.reasons, reason)).collect();
        self.columns.reasons.push((!reasons.is_empty()).then_some(reasons).into());
    }

    fn add_addresses(&mut self, row: &FileRow<'_>) {
        let (file, links) = (row.attachment, &self.view.links);
        let download =
            file.download.as_deref().and_then(|path| links.path(path)).map_or(-1, |url| self.address(&url, file));
        self.columns.download.push(download);
        let screen = row.screen_url().map_or(-1, |url| self.address(&url, file));
        self.columns.screen.push(screen);
        let endpoint = self.address(&links.delete_attachment(file.id.as_str()), file);
        self.columns.endpoint.push(endpoint);
        let template = address::version_template(links, file);
        self.columns.version_endpoint.push(index(place(&mut self.paths, (template, true))));
    }

    fn address(&mut self, url: &str, file: &Attachment) -> Index {
        let path = url.strip_prefix(self.view.links.base()).unwrap_or_default();
        index(place(&mut self.paths, address::template(path, file)))
    }

    fn person(&mut self, id: Option<&'a crate::inventory::AccountId>) -> Index {
        self.view.person(id).map_or(-1, |name| index(place(&mut self.people, name)))
    }

    fn content(&mut self, content: &'a Content) -> usize {
        let owner = self.person(content.owner.as_ref().or(content.author.as_ref()));
        let entry = self.contents.entry(std::ptr::from_ref(content));
        let place = entry.index();
        entry.or_insert_with(|| {
            let url = self.view.content_url(content);
            let path = url.and_then(|url| url.strip_prefix(self.view.links.base()).map(str::to_owned));
            ContentEntry { content, path, owner }
        });
        place
    }

    fn add_version(&mut self, version: &'a OldVersion, file: &Attachment) {
        let author = self.person(version.author.as_ref());
        self.versions.number.push(version.number);
        self.versions.size.push(version.size);
        self.versions.created.push(version.created_at.map(|moment| moment.timestamp()));
        self.versions.author.push(author);
        self.versions.name.push(version.title.as_deref().filter(|name| *name != file.title).into());
    }

    fn add_use(&mut self, row: &FileRow<'a>, used: &'a Use) {
        let content = self.content(row.content_of(used));
        let (construct, certainty) = (used.construct.as_str(), used.certainty.label());
        let phrase = Phrase { construct, certainty, words: words::phrase(used), on_owner: used.on_owner };
        self.uses.content.push(content);
        self.uses.phrase.push(place(&mut self.phrases, phrase));
        self.uses.name.push(Some(used.name.as_str()).filter(|name| *name != row.attachment.title).into());
    }

    fn finish(self, rows: &[&FileRow<'a>]) -> Tables<'a> {
        let contents = contents(self.contents.into_values());
        let spaces = Spaces {
            key: self.spaces.iter().map(|(key, _)| *key).collect(),
            name: self.spaces.iter().map(|(_, name)| *name).collect(),
        };
        let people: Vec<&str> = self.people.into_iter().collect();
        let (path, template) = self.paths.into_iter().unzip();
        Tables {
            base: self.view.links.base(),
            usages: Usages::all(),
            states: states(&self.states),
            types: Types {
                words: self.types.iter().map(|raw| media::label(raw).into_owned()).collect(),
                name: self.types.into_iter().collect(),
            },
            phrases: phrases(self.phrases),
            reasons: self.reasons.into_iter().collect(),
            paths: Paths { path, template },
            columns: self.columns,
            versions: self.versions,
            uses: self.uses,
            ranks: Ranks {
                name: rank(rows, |row| &row.attachment.title),
                id: rank_exactly(rows),
                spaces: rank(&spaces.key, |key| key),
                people: rank(&people, |name| name),
                contents: rank(&contents.title, |title| title),
            },
            spaces,
            people,
            contents,
        }
    }
}

/// Where a value stands among those that differ, behind which it is put when it is new.
fn place<T: Eq + Hash>(values: &mut IndexSet<T>, value: T) -> usize {
    values.insert_full(value).0
}

fn states<'a>(states: &IndexSet<State<'a>>) -> States<'a> {
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

fn phrases(phrases: IndexSet<Phrase<'_>>) -> Phrases<'_> {
    Phrases {
        construct: phrases.iter().map(|phrase| phrase.construct).collect(),
        certainty: phrases.iter().map(|phrase| phrase.certainty).collect(),
        on_owner: phrases.iter().map(|phrase| phrase.on_owner).collect(),
        words: phrases.into_iter().map(|phrase| phrase.words).collect(),
    }
}

fn contents<'a>(entries: impl Iterator<Item = ContentEntry<'a>>) -> Contents<'a> {
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

/// The place of each row by id alone, which breaks every tie.
fn rank_exactly(rows: &[&FileRow<'_>]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by_key(|&at| &rows[at].attachment.id);
    let mut ranks = vec![0; rows.len()];
    for (place, at) in order.into_iter().enumerate() {
        ranks[at] = place;
    }
    ranks
}

fn state<'a>(row: &FileRow<'a>) -> State<'a> {
    State {
        usage: Usage::ALL.iter().position(|usage| *usage == row.usage()).unwrap_or_default(),
        embedded: row.embedded(),
        linked: row.linked_on_page(),
        certainty: row.verdict.certainty.map_or("", Certainty::label),
        status: row.attachment.status.as_str(),
        kind: row.owner.map_or("", |owner| owner.kind.label()),
        command: u8::from(row::offers_command(row)),
    }
}

fn index(index: usize) -> Index {
    // no computer holds more entries than fit
    Index::try_from(index).unwrap_or(-1)
}
