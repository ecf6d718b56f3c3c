//! Links between contents: which page is linked to, which links lead nowhere.

use std::collections::{BTreeSet, HashMap, HashSet};

use unicode_normalization::UnicodeNormalization;

use super::row::Links;
use crate::inventory::coverage::UnitKind;
use crate::inventory::snapshot::{MetricGroup, SnapshotFacts};
use crate::inventory::{Content, ContentId, ContentKind, Inventory, SpaceId, Status};
use crate::storage_format::{Body, ContainerRef, PageLink, Target};

/// Where a link leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Destination<'a> {
    /// A content that was read.
    Content(&'a ContentId),
    /// Somewhere that was not read.
    Unread,
    /// Nowhere.
    Missing,
}

/// All links of what was read.
#[derive(Debug)]
pub(super) struct LinkIndex<'a> {
    inventory: &'a Inventory,
    facts: &'a SnapshotFacts,
    by_title: HashMap<(&'a SpaceId, String), &'a ContentId>,
    by_id: HashSet<&'a ContentId>,
    spaces: HashMap<&'a str, &'a SpaceId>,
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
            by_id: HashSet::new(),
            spaces: inventory.spaces.iter().map(|space| (space.key.as_str(), &space.id)).collect(),
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
        for content in inventory.contents.iter().filter(is_there) {
            index.by_id.insert(&content.id);
            if content.kind.owns_attachments()
                && let Some(space) = &content.space
            {
                index.by_title.insert((space, content.title.to_lowercase()), &content.id);
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
                    None if self.facts.missing_targets.contains(&id) => Destination::Missing,
                    None => Destination::Unread,
                }
            }
            PageLink::Title { title, space } => {
                let space = match space {
                    Some(key) => self.spaces.get(key.as_str()).copied(),
                    None => from.space.as_ref(),
                };
                let Some(space) = space else { return Destination::Missing };
                match self.by_title.get(&(space, title.to_lowercase())) {
                    Some(id) => Destination::Content(id),
                    None if self.read.contains(space) => Destination::Missing,
                    None => Destination::Unread,
                }
            }
        }
    }

    /// The links of a page.
    pub(super) fn of(&self, page: &Content) -> Links {
        let count =
            |map: &HashMap<&ContentId, BTreeSet<&ContentId>>| Some(map.get(&page.id).map_or(0, BTreeSet::len) as u64);
        let asked = self.facts.groups.has(MetricGroup::Links);
        let body = page.body.as_ref();
        let measures = body.and_then(|body| body.measures.as_ref());
        let internal = body.zip(measures).map(|(body, measures)| {
            body.page_links.iter().chain(&measures.includes).collect::<HashSet<&PageLink>>().len() as u64
        });
        Links {
            out_internal: internal,
            out_external: measures.map(|measures| measures.external_links.len() as u64),
            incoming: if asked { count(&self.incoming) } else { None },
            broken_internal: body.zip(measures).filter(|_| asked).map(|(body, measures)| {
                let links: HashSet<&PageLink> = body.page_links.iter().chain(&measures.includes).collect();
                let broken = links.into_iter().filter(|link| self.destination(page, link) == Destination::Missing);
                broken.count() as u64 + self.missing_files(page, body)
            }),
            include_in: if asked { count(&self.including) } else { None },
            include_out: measures.map(|measures| measures.includes.len() as u64),
        }
    }

    /// Own files that the body names and that are not there.
    fn missing_files(&self, page: &Content, body: &Body) -> u64 {
        // files that were not read are no reason to call a link broken
        if self.inventory.coverage.has_gap(UnitKind::AttachmentList) {
            return 0;
        }
        let files = self.files.get(&page.id);
        let named: HashSet<&str> = body
            .references
            .iter()
            .filter_map(|reference| match &reference.target {
                Target::File { container: ContainerRef::Own, name, .. } => Some(name.as_str()),
                _ => None,
            })
            .collect();
        named.into_iter().filter(|name| files.is_none_or(|files| !files.contains(&folded(name)))).count() as u64
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
        let resolution = comment.details.as_ref().and_then(|details| details.resolution.as_deref());
        match comment.kind {
            ContentKind::FooterComment => counts.entry(page).or_default().0 += 1,
            ContentKind::InlineComment if matches!(resolution, Some("open" | "reopened")) => {
                counts.entry(page).or_default().1 += 1;
            }
            _ => {}
        }
    }
    counts
}
