//! Links between contents: which page is linked to, which links lead nowhere.

use std::collections::{BTreeSet, HashMap, HashSet};

use unicode_normalization::UnicodeNormalization;

use super::row::Links;
use crate::inventory::coverage::UnitKind;
use crate::inventory::snapshot::{MetricGroup, SnapshotFacts};
use crate::inventory::{Content, ContentId, ContentKind, Inventory, Resolution, SpaceId, Status};
use storage_format::{Body, Certainty, Construct, ContainerRef, Measures, PageLink, Target};

/// Where a link leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Destination<'a> {
    /// A content that was read.
    Content(&'a ContentId),
    /// Somewhere that was not read.
    Unread,
    /// Nowhere.
    Missing,
}

/// What a link means, so that links written differently count once.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Meaning<'a> {
    /// A content that was read.
    Content(&'a ContentId),
    /// An id that was not.
    Id(String),
    /// A title that was not, in lower case, as the space.
    Title { space: Option<String>, title: String, of_post: bool },
}

/// All links of what was read.
#[derive(Debug)]
pub(super) struct LinkIndex<'a> {
    inventory: &'a Inventory,
    facts: &'a SnapshotFacts,
    /// Pages, and posts whose title no page bears.
    by_title: HashMap<(&'a SpaceId, String), &'a ContentId>,
    posts: HashMap<(&'a SpaceId, String), &'a ContentId>,
    by_id: HashSet<&'a ContentId>,
    /// In the trash: links lead nowhere.
    trashed: HashSet<&'a ContentId>,
    /// By key in lower case.
    spaces: HashMap<String, &'a SpaceId>,
    /// Spaces whose pages and posts were all read.
    read: HashSet<&'a SpaceId>,
    /// Contents that link to a content.
    incoming: HashMap<&'a ContentId, BTreeSet<&'a ContentId>>,
    including: HashMap<&'a ContentId, BTreeSet<&'a ContentId>>,
    /// Names of the current files of each page.
    files: HashMap<&'a ContentId, HashSet<String>>,
}

impl<'a> LinkIndex<'a> {
    /// `read` are the keys of the spaces whose contents were read.
    pub(super) fn new(inventory: &'a Inventory, facts: &'a SnapshotFacts, read: &[&str]) -> Self {
        let is_there = |content: &&Content| !content.status.is_trash() && content.status != Status::Draft;
        let mut index = Self {
            inventory,
            facts,
            by_title: HashMap::new(),
            posts: HashMap::new(),
            by_id: HashSet::new(),
            trashed: inventory.contents.iter().filter(|c| c.status.is_trash()).map(|content| &content.id).collect(),
            spaces: inventory.spaces.iter().map(|space| (space.key.to_lowercase(), &space.id)).collect(),
            read: inventory
                .spaces
                .iter()
                .filter(|space| read.contains(&space.key.as_str()))
                .map(|space| &space.id)
                .collect(),
            incoming: HashMap::new(),
            including: HashMap::new(),
            files: HashMap::new(),
        };
        let mut contents: Vec<&Content> = inventory.contents.iter().filter(is_there).collect();
        // of several contents of one title a link means the current page
        contents.sort_by_key(|content| (content.status != Status::Current, content.kind != ContentKind::Page));
        for content in contents {
            index.by_id.insert(&content.id);
            if content.kind.owns_attachments()
                && let Some(space) = &content.space
            {
                index.by_title.entry((space, content.title.to_lowercase())).or_insert(&content.id);
                if content.kind == ContentKind::BlogPost {
                    index.posts.entry((space, content.title.to_lowercase())).or_insert(&content.id);
                }
            }
        }
        for file in inventory.attachments.iter().filter(|file| !file.status.is_trash()) {
            if let Some(owner) = file.container.id() {
                index.files.entry(owner).or_default().extend(file.names().into_iter().map(folded));
            }
        }
        for content in inventory.contents.iter().filter(is_there) {
            index.add(content);
        }
        index
    }

    fn add(&mut self, content: &'a Content) {
        let Some((body, measures)) = content.body.as_ref().and_then(|body| Some((body, body.measures.as_ref()?)))
        else {
            return;
        };
        let lands = |link| match self.destination(content, link) {
            Destination::Content(id) if *id != content.id => Some(id),
            _ => None,
        };
        let linked: Vec<&ContentId> = body.page_links.iter().chain(&measures.includes).filter_map(lands).collect();
        let included: Vec<&ContentId> = measures.includes.iter().filter_map(lands).collect();
        for id in linked {
            self.incoming.entry(id).or_default().insert(&content.id);
        }
        if content.kind.owns_attachments() {
            for id in included {
                self.including.entry(id).or_default().insert(&content.id);
            }
        }
    }

    fn destination(&self, from: &Content, link: &PageLink) -> Destination<'a> {
        match link {
            PageLink::Id(id) => {
                let id = ContentId::new(id);
                match self.by_id.get(&id) {
                    Some(id) => Destination::Content(id),
                    None if self.facts.missing_targets.contains(&id) || self.trashed.contains(&id) => {
                        Destination::Missing
                    }
                    None => Destination::Unread,
                }
            }
            PageLink::Title { title, space } => self.titled(&self.by_title, from, title, space.as_deref()),
            PageLink::Post { title, space } => self.titled(&self.posts, from, title, space.as_deref()),
        }
    }

    fn titled<'s>(
        &self,
        titles: &HashMap<(&'s SpaceId, String), &'a ContentId>,
        from: &'s Content,
        title: &str,
        space: Option<&str>,
    ) -> Destination<'a>
    where
        'a: 's,
    {
        let space: Option<&'s SpaceId> = match space {
            Some(key) => self.spaces.get(&key.to_lowercase()).copied(),
            None => from.space.as_ref(),
        };
        let Some(space) = space else { return Destination::Missing };
        match titles.get(&(space, title.to_lowercase())) {
            Some(id) => Destination::Content(id),
            None if self.read.contains(space) => Destination::Missing,
            None => Destination::Unread,
        }
    }

    /// The links of a page.
    pub(super) fn of(&self, page: &Content) -> Links {
        let count =
            |map: &HashMap<&ContentId, BTreeSet<&ContentId>>| Some(map.get(&page.id).map_or(0, BTreeSet::len) as u64);
        let asked = self.facts.groups.has(MetricGroup::Links);
        let body = page.body.as_ref();
        let measures = body.and_then(|body| body.measures.as_ref());
        let links = body.zip(measures).map(|(body, measures)| self.meanings(page, body, measures));
        Links {
            out_internal: links.as_ref().map(|links| links.len() as u64),
            out_external: measures.map(|measures| measures.external_links.len() as u64),
            incoming: if asked { count(&self.incoming) } else { None },
            broken_internal: body.zip(links).filter(|_| asked).map(|(body, links)| {
                let broken = links.values().filter(|destination| **destination == Destination::Missing);
                broken.count() as u64 + self.missing_files(page, body)
            }),
            include_in: if asked { count(&self.including) } else { None },
            include_out: measures.map(|measures| {
                measures.includes.iter().map(|link| self.meaning(page, link).0).collect::<HashSet<_>>().len() as u64
            }),
        }
    }

    /// What the links of a page mean, each once.
    fn meanings(&self, page: &Content, body: &Body, measures: &Measures) -> HashMap<Meaning<'a>, Destination<'a>> {
        body.page_links.iter().chain(&measures.includes).map(|link| self.meaning(page, link)).collect()
    }

    fn meaning(&self, from: &Content, link: &PageLink) -> (Meaning<'a>, Destination<'a>) {
        let destination = self.destination(from, link);
        let meaning = match (destination, link) {
            (Destination::Content(id), _) => Meaning::Content(id),
            (_, PageLink::Id(id)) => Meaning::Id(id.clone()),
            (_, PageLink::Title { title, space } | PageLink::Post { title, space }) => {
                let own = || from.space.as_ref().and_then(|id| self.key_of(id));
                let space = space.as_ref().map(|key| key.to_lowercase()).or_else(own);
                Meaning::Title { space, title: title.to_lowercase(), of_post: matches!(link, PageLink::Post { .. }) }
            }
        };
        (meaning, destination)
    }

    /// The key of a space in lower case.
    fn key_of(&self, space: &SpaceId) -> Option<String> {
        self.inventory.spaces.iter().find(|known| known.id == *space).map(|known| known.key.to_lowercase())
    }

    /// Files that the body surely shows or links to and that are not there: its own, and those of contents that were read
    /// or that are not there themselves. What macros name may be something else than a file, or one of several names.
    fn missing_files(&self, page: &Content, body: &Body) -> u64 {
        // files that were not read are no reason to call a link broken
        if self.inventory.coverage.has_gap(UnitKind::AttachmentList) {
            return 0;
        }
        let named: HashSet<(Destination<'_>, &str)> = body
            .references
            .iter()
            .filter(|reference| reference.certainty == Certainty::Proven)
            .filter(|reference| {
                matches!(reference.construct, Construct::Image | Construct::Link | Construct::BareIdentifier)
            })
            .filter_map(|reference| match &reference.target {
                Target::File { container, name, .. } => Some((self.owner(page, container), name.as_str())),
                _ => None,
            })
            .collect();
        let is_missing = |(owner, name): &(Destination<'_>, &str)| match owner {
            Destination::Content(id) => self.files.get(*id).is_none_or(|files| !files.contains(&folded(name))),
            Destination::Missing => true,
            Destination::Unread => false,
        };
        named.iter().filter(|file| is_missing(file)).count() as u64
    }

    /// The content whose file is meant.
    fn owner<'p>(&self, page: &'p Content, container: &ContainerRef) -> Destination<'p>
    where
        'a: 'p,
    {
        match container {
            ContainerRef::Own => Destination::Content(&page.id),
            ContainerRef::Content(id) => self.destination(page, &PageLink::Id(id.clone())),
            ContainerRef::Page { title, space } => self.titled(&self.by_title, page, title, space.as_deref()),
            ContainerRef::BlogPost { title, space, .. } => self.titled(&self.posts, page, title, space.as_deref()),
            _ => Destination::Unread,
        }
    }
}

/// A file name without the differences that Confluence itself overlooks.
fn folded(name: &str) -> String {
    name.nfc().collect::<String>().to_lowercase()
}

/// Comments below each page and open ones on its passages.
pub(super) fn comments(inventory: &Inventory) -> HashMap<&ContentId, (u64, u64)> {
    let mut counts: HashMap<&ContentId, (u64, u64)> = HashMap::new();
    for comment in inventory.contents.iter().filter(|content| content.status == Status::Current) {
        let Some(page) = comment.container.as_ref() else { continue };
        let resolution = comment.details.as_ref().and_then(|details| details.resolution.as_ref());
        match comment.kind {
            ContentKind::FooterComment => counts.entry(page).or_default().0 += 1,
            ContentKind::InlineComment if matches!(resolution, Some(Resolution::Open | Resolution::Reopened)) => {
                counts.entry(page).or_default().1 += 1;
            }
            _ => {}
        }
    }
    counts
}
