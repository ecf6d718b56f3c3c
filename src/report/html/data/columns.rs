//! The columns of the block and the dictionaries they point into. `-1` points nowhere.

use serde::Serialize;

use super::address;
use super::dictionary::Dictionary;
use super::rank::rank;
use crate::audit::{Usage, Use};
use crate::inventory::{Attachment, Content, OldVersion, Status};
use crate::report::html::row;
use crate::report::view::{FileRow, View};
use crate::report::{media, words};
use storage_format::{Certainty, Construct};

/// Index into a dictionary; -1 is none.
type Index = i64;

/// usage, embedded on the owning page, linked on the page, certainty, status, kind of the container, whether the
/// DELETE command is offered
type State<'a> = (usize, &'static str, &'static str, &'static str, &'a str, &'static str, u8);

/// kind, title, path or null, id, 1 for a draft and 2 for an archived content, owner or author
type ContentEntry<'a> = (&'static str, &'a str, Option<String>, &'a str, u8, Index);

/// construct, certainty, in words, whether the owning page itself uses the file
type PhraseEntry = (String, &'static str, String, bool);

/// number, size, seconds since 1970, uploader, name where it differs from the current one
type VersionEntry<'a> = (u32, Option<u64>, Option<i64>, Index, Option<&'a str>);

#[derive(Serialize)]
pub(super) struct Table<'a> {
    base: &'a str,
    usages: Vec<[&'static str; 2]>,
    states: Vec<State<'a>>,
    /// key and name
    spaces: Vec<(&'a str, &'a str)>,
    people: Vec<&'a str>,
    /// media type, and in words
    types: Vec<(&'a str, String)>,
    phrases: Vec<PhraseEntry>,
    reasons: Vec<&'a str>,
    /// path below `base`, and whether it is a template
    paths: Vec<(String, bool)>,
    contents: Vec<ContentEntry<'a>>,
    columns: Columns<'a>,
    ranks: Ranks,
}

#[derive(Default, Serialize)]
struct Columns<'a> {
    id: Vec<&'a str>,
    name: Vec<&'a str>,
    size: Vec<Option<u64>>,
    /// old versions, 0 for none
    old: Vec<Many<VersionEntry<'a>>>,
    version: Vec<u32>,
    space: Vec<usize>,
    owner: Vec<Index>,
    /// id of the container where the owner was not found
    container: Vec<&'a str>,
    state: Vec<usize>,
    created: Vec<Option<i64>>,
    changed: Vec<Option<i64>>,
    /// milliseconds beyond the second of the last change: addresses of downloads bear them
    milliseconds: Vec<u32>,
    author: Vec<Index>,
    #[serde(rename = "type")]
    media_type: Vec<Index>,
    /// content, phrase, name where it differs from the current one; 0 for none
    uses: Vec<Many<UseEntry<'a>>>,
    reasons: Vec<Many<usize>>,
    protected: Vec<Many<&'a str>>,
    duplicate: Vec<usize>,
    download: Vec<Index>,
    screen: Vec<Index>,
    endpoint: Vec<Index>,
    /// with \u{1}v for the number of the version
    version_endpoint: Vec<Index>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum UseEntry<'a> {
    Same(usize, usize),
    Named(usize, usize, &'a str),
}

/// A list; the empty one, which most rows have, is a plain 0.
#[derive(Serialize)]
#[serde(untagged)]
enum Many<T> {
    None(u8),
    Some(Vec<T>),
}

impl<T> FromIterator<T> for Many<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let items: Vec<T> = items.into_iter().collect();
        if items.is_empty() { Self::None(0) } else { Self::Some(items) }
    }
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

/// The table of these rows.
pub(super) fn table<'a>(view: &'a View<'a>, rows: &[&'a FileRow<'a>]) -> Table<'a> {
    let mut builder = Builder::new(view);
    for row in rows {
        builder.add(row);
    }
    builder.finish(rows)
}

struct Builder<'a> {
    view: &'a View<'a>,
    states: Dictionary<State<'a>, State<'a>>,
    spaces: Dictionary<(&'a str, &'a str), (&'a str, &'a str)>,
    people: Dictionary<&'a str, &'a str>,
    types: Dictionary<&'a str, (&'a str, String)>,
    phrases: Dictionary<(&'a Construct, String, bool), PhraseEntry>,
    reasons: Dictionary<&'a str, &'a str>,
    paths: Dictionary<(String, bool), (String, bool)>,
    /// by place in memory: contents are told apart even where they look the same
    contents: Dictionary<*const Content, ContentEntry<'a>>,
    columns: Columns<'a>,
}

impl<'a> Builder<'a> {
    fn new(view: &'a View<'a>) -> Self {
        Self {
            view,
            states: Dictionary::new(),
            spaces: Dictionary::new(),
            people: Dictionary::new(),
            types: Dictionary::new(),
            phrases: Dictionary::new(),
            reasons: Dictionary::new(),
            paths: Dictionary::new(),
            contents: Dictionary::new(),
            columns: Columns::default(),
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
        self.columns.protected.push(row.verdict.protected.as_deref().into_iter().collect());
        let state = self.states.index_of(state(row));
        self.columns.state.push(state);
        let space = self.spaces.index_of((row.space_key(), row.space.map_or("", |space| &space.name)));
        self.columns.space.push(space);
        let owner = row.owner.map_or(-1, |owner| index(self.content(owner)));
        self.columns.owner.push(owner);
        self.columns.container.push(if row.owner.is_some() { "" } else { row.container_id() });
        let author = self.person(file.author.as_ref());
        self.columns.author.push(author);
        let media_type = file.media_type.as_deref();
        let media_type =
            media_type.map_or(-1, |raw| index(self.types.index(raw, || (raw, media::label(raw).into_owned()))));
        self.columns.media_type.push(media_type);
        self.add_lists(row);
        self.add_addresses(row);
    }

    fn add_lists(&mut self, row: &'a FileRow<'a>) {
        let file = row.attachment;
        let old = file.old_versions.iter().map(|version| self.version(version, file)).collect();
        self.columns.old.push(old);
        let uses = row.verdict.uses.iter().map(|used| self.used(row, used)).collect();
        self.columns.uses.push(uses);
        let reasons = row.reasons().into_iter().map(|reason| self.reasons.index_of(reason)).collect();
        self.columns.reasons.push(reasons);
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
        self.columns.version_endpoint.push(index(self.paths.index_of((template, true))));
    }

    fn address(&mut self, url: &str, file: &Attachment) -> Index {
        let path = url.strip_prefix(self.view.links.base()).unwrap_or_default();
        index(self.paths.index_of(address::template(path, file)))
    }

    fn person(&mut self, id: Option<&'a crate::inventory::AccountId>) -> Index {
        self.view.person(id).map_or(-1, |name| index(self.people.index_of(name)))
    }

    fn content(&mut self, content: &'a Content) -> usize {
        let owner = self.person(content.owner.as_ref().or(content.author.as_ref()));
        let view = self.view;
        self.contents.index(std::ptr::from_ref(content), || {
            let url = view.content_url(content);
            let path = url.and_then(|url| url.strip_prefix(view.links.base()).map(str::to_owned));
            let mark = match content.status {
                Status::Draft => 1,
                Status::Archived => 2,
                _ => 0,
            };
            (content.kind.label(), &content.title, path, content.id.as_str(), mark, owner)
        })
    }

    fn version(&mut self, version: &'a OldVersion, file: &Attachment) -> VersionEntry<'a> {
        let name = version.title.as_deref().filter(|name| *name != file.title);
        let created = version.created_at.map(|moment| moment.timestamp());
        (version.number, version.size, created, self.person(version.author.as_ref()), name)
    }

    fn used(&mut self, row: &FileRow<'a>, used: &'a Use) -> UseEntry<'a> {
        let content = self.content(row.content_of(used));
        let words = words::phrase(used);
        let phrase = self.phrases.index((&used.construct, words.clone(), used.on_owner), || {
            (used.construct.to_string(), used.certainty.label(), words, used.on_owner)
        });
        if used.name == row.attachment.title {
            UseEntry::Same(content, phrase)
        } else {
            UseEntry::Named(content, phrase, &used.name)
        }
    }

    fn finish(self, rows: &[&FileRow<'a>]) -> Table<'a> {
        let (spaces, people) = (self.spaces.into_values(), self.people.into_values());
        let contents = self.contents.into_values();
        Table {
            base: self.view.links.base(),
            usages: Usage::ALL.iter().map(|usage| [usage.as_str(), words::usage(*usage)]).collect(),
            states: self.states.into_values(),
            types: self.types.into_values(),
            phrases: self.phrases.into_values(),
            reasons: self.reasons.into_values(),
            paths: self.paths.into_values(),
            columns: self.columns,
            ranks: Ranks {
                name: rank(rows, |row| &row.attachment.title),
                id: rank_exactly(rows),
                spaces: rank(&spaces, |(key, _)| key),
                people: rank(&people, |name| name),
                contents: rank(&contents, |content| content.1),
            },
            spaces,
            people,
            contents,
        }
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
    let usage = Usage::ALL.iter().position(|usage| *usage == row.usage()).unwrap_or_default();
    (
        usage,
        row.embedded(),
        row.linked_on_page(),
        row.verdict.certainty.map_or("", Certainty::label),
        row.attachment.status.as_str(),
        row.owner.map_or("", |owner| owner.kind.label()),
        u8::from(row::offers_command(row)),
    )
}

fn index(index: usize) -> Index {
    // no computer holds more entries than fit
    Index::try_from(index).unwrap_or(-1)
}
