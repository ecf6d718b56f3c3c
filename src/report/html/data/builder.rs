//! Builds the tables of the data block from the rows of a page, with repeated values stored once.

use std::hash::Hash;

use indexmap::{IndexMap, IndexSet};

use super::sort_rank::rank;
use super::tables::{
    ContentEntry, FileColumns, FileTables, MediaTypeColumns, PathColumns, ReasonColumns, SharedState, SortRanks,
    SpaceColumns, TableIndex, UseColumns, UsePhrase, VersionColumns, contents, phrases, states,
};
use super::url_template;
use crate::audit::{ReasonKind, Usage, Use};
use crate::inventory::{Attachment, Content, OldVersion};
use crate::report::explanation::{self, DeletionEffect, PossibleCause};
use crate::report::html::shown_file;
use crate::report::report_view::{FileRow, ReportView};
use crate::report::{media_types, wording};
use confluence_client::Deployment;
use storage_format::Certainty;

/// Builds the tables of these rows.
pub(super) fn tables<'a>(view: &'a ReportView<'a>, rows: &[&'a FileRow<'a>]) -> FileTables<'a> {
    let mut builder = TableBuilder::new(view);
    for row in rows {
        builder.add(row);
    }
    builder.finish(rows)
}

struct TableBuilder<'a> {
    view: &'a ReportView<'a>,
    states: IndexSet<SharedState<'a>>,
    spaces: IndexSet<(&'a str, &'a str)>,
    people: IndexSet<&'a str>,
    types: IndexSet<&'a str>,
    phrases: IndexSet<UsePhrase<'a>>,
    reasons: IndexSet<(&'a str, ReasonKind)>,
    paths: IndexSet<(String, bool)>,
    /// keyed by memory address: contents are distinct even if they look the same
    contents: IndexMap<*const Content, ContentEntry<'a>>,
    columns: FileColumns<'a>,
    versions: VersionColumns<'a>,
    uses: UseColumns<'a>,
}

impl<'a> TableBuilder<'a> {
    fn new(view: &'a ReportView<'a>) -> Self {
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
            columns: FileColumns::default(),
            versions: VersionColumns::default(),
            uses: UseColumns::default(),
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
        let streak = row.streak();
        self.columns.since.push(streak.map_or(0, |streak| streak.since.timestamp()));
        self.columns.runs.push(streak.map_or(0, |streak| streak.runs));
        self.columns.state.push(intern(&mut self.states, state(row)));
        let space = (row.space_key(), row.space.map_or("", |space| &space.name));
        self.columns.space.push(intern(&mut self.spaces, space));
        let owner = row.owner.map_or(-1, |owner| index(self.content(owner)));
        self.columns.owner.push(owner);
        self.columns.container.push(if row.owner.is_some() { "" } else { row.container_id() });
        let author = self.person(file.author.as_ref());
        self.columns.author.push(author);
        let media_type = file.media_type.as_deref();
        self.columns.media_type.push(media_type.map_or(-1, |raw| index(intern(&mut self.types, raw))));
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
        let reasons = row.typed_reasons().into_iter();
        let reasons: Vec<usize> = reasons.map(|reason| intern(&mut self.reasons, reason)).collect();
        self.columns.reasons.push((!reasons.is_empty()).then_some(reasons).into());
    }

    fn add_addresses(&mut self, row: &FileRow<'_>) {
        let (file, links) = (row.attachment, &self.view.links);
        let download =
            file.download.as_deref().and_then(|path| links.path(path)).map_or(-1, |url| self.address(&url, file));
        self.columns.download.push(download);
        let screen = row.screen_url().map_or(-1, |url| self.address(&url, file));
        self.columns.screen.push(screen);
        let endpoint = self.address(&self.view.delete_endpoint(file), file);
        self.columns.endpoint.push(endpoint);
        let template = url_template::version_template(links, file);
        self.columns.version_endpoint.push(index(intern(&mut self.paths, (template, true))));
    }

    fn address(&mut self, url: &str, file: &Attachment) -> TableIndex {
        let path = url.strip_prefix(self.view.links.base()).unwrap_or_default();
        index(intern(&mut self.paths, url_template::template(path, file)))
    }

    fn person(&mut self, id: Option<&'a crate::inventory::AccountId>) -> TableIndex {
        self.view.person(id).map_or(-1, |name| index(intern(&mut self.people, name)))
    }

    fn content(&mut self, content: &'a Content) -> usize {
        let owner = self.person(content.owner.as_ref().or(content.author.as_ref()));
        let entry = self.contents.entry(std::ptr::from_ref(content));
        let at = entry.index();
        entry.or_insert_with(|| {
            let url = self.view.content_url(content);
            let path = url.and_then(|url| url.strip_prefix(self.view.links.base()).map(str::to_owned));
            ContentEntry { content, path, owner }
        });
        at
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
        let certainty = used.certainty.label();
        let phrase = UsePhrase {
            construct: &used.construct,
            certainty,
            words: wording::phrase(used),
            on_owner: used.on_owner,
            does: explanation::does(used),
            cause: PossibleCause::of(used),
            effect: DeletionEffect::of(used),
        };
        self.uses.content.push(content);
        self.uses.phrase.push(intern(&mut self.phrases, phrase));
        self.uses.name.push(Some(used.name.as_str()).filter(|name| *name != row.attachment.title).into());
    }

    fn finish(self, rows: &[&FileRow<'a>]) -> FileTables<'a> {
        let contents = contents(self.contents.into_values());
        let spaces = SpaceColumns {
            key: self.spaces.iter().map(|(key, _)| *key).collect(),
            name: self.spaces.iter().map(|(_, name)| *name).collect(),
        };
        let people: Vec<&str> = self.people.into_iter().collect();
        let (path, template) = self.paths.into_iter().unzip();
        let (authorization, credentials) = authorization(self.view.inventory.scan.deployment);
        FileTables {
            base: self.view.links.base(),
            authorization,
            credentials,
            states: states(&self.states),
            types: MediaTypeColumns {
                words: self.types.iter().map(|raw| media_types::label(raw).into_owned()).collect(),
                name: self.types.into_iter().collect(),
            },
            phrases: phrases(self.phrases),
            reasons: ReasonColumns {
                kind: self.reasons.iter().map(|(_, kind)| explanation::remedy_index(*kind)).collect(),
                words: self.reasons.into_iter().map(|(words, _)| words).collect(),
            },
            paths: PathColumns { path, template },
            columns: self.columns,
            versions: self.versions,
            uses: self.uses,
            ranks: SortRanks {
                name: rank(rows, |row| &row.attachment.title),
                id: rank_by_id(rows),
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

/// Returns the options of `curl` for the credentials in the environment, and what these have to be.
fn authorization(deployment: Deployment) -> (&'static str, &'static str) {
    if deployment.is_cloud() {
        (
            r#"-u "$CONFLUENCE_API_USER:$CONFLUENCE_API_TOKEN""#,
            "The commands need an e-mail address in CONFLUENCE_API_USER and its API token without scopes in \
             CONFLUENCE_API_TOKEN, of an account that may delete the files.",
        )
    } else {
        (
            r#"-H "Authorization: Bearer $CONFLUENCE_API_TOKEN""#,
            "The commands need a personal access token in CONFLUENCE_API_TOKEN, of an account that may delete the files.",
        )
    }
}

/// Returns the index of a value, which is added if it is new.
fn intern<T: Eq + Hash>(values: &mut IndexSet<T>, value: T) -> usize {
    values.insert_full(value).0
}

/// Returns the rank of each row by id, which breaks all ties.
fn rank_by_id(rows: &[&FileRow<'_>]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by_key(|&at| &rows[at].attachment.id);
    let mut ranks = vec![0; rows.len()];
    for (place, at) in order.into_iter().enumerate() {
        ranks[at] = place;
    }
    ranks
}

fn state<'a>(row: &FileRow<'a>) -> SharedState<'a> {
    SharedState {
        usage: Usage::ALL.iter().position(|usage| *usage == row.usage()).unwrap_or_default(),
        embedded: row.embedded(),
        linked: row.linked_on_page(),
        certainty: row.verdict.certainty.map_or("", Certainty::label),
        status: row.attachment.status.as_str(),
        kind: row.owner.map_or("", |owner| owner.kind.label()),
        command: shown_file::offers_command(row),
        by_app: row.verdict.kept_by_app.is_some(),
    }
}

fn index(index: usize) -> TableIndex {
    // memory cannot hold more entries than fit
    TableIndex::try_from(index).unwrap_or(-1)
}
