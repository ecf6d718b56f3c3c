//! Link destinations: resolves a link to the content it leads to, as far as the run has read enough to know.

use std::collections::{HashMap, HashSet};

use super::is_there;
use crate::inventory::snapshot::SnapshotFacts;
use crate::inventory::{Content, ContentId, ContentKind, Inventory, SpaceId, Status};
use crate::metrics::link_problems::LinkProblemReason;
use crate::metrics::list_gaps::Gaps;
use storage_format::{ContainerRef, PageLink};

#[derive(Debug, Clone, Copy)]
pub(super) enum Destination<'a> {
    /// A content that was read.
    Content(&'a Content),
    /// An archived page or post that was not read.
    Archived,
    /// Something that was not read: the link is not judged.
    Unread,
    /// The target does not exist or is not visible.
    Missing(LinkProblemReason),
}

/// A folded title in a space.
type Title<'a> = (&'a SpaceId, String);

/// All contents and spaces that a link can lead to.
#[derive(Debug)]
pub(super) struct Destinations<'a> {
    facts: &'a SnapshotFacts,
    by_id: HashMap<&'a ContentId, &'a Content>,
    /// Contents in the trash and unpublished drafts: links to them are broken.
    missing: HashMap<&'a ContentId, LinkProblemReason>,
    /// Contents that have files: they exist, of whatever kind they are.
    owners: HashSet<&'a ContentId>,
    pages: Titles<'a>,
    posts: Titles<'a>,
    /// Spaces by lower-case key and alias.
    spaces: HashMap<String, &'a SpaceId>,
    keys: HashMap<&'a SpaceId, &'a str>,
    /// Whether the list of spaces is complete.
    knows_all_spaces: bool,
}

/// Pages or posts by title.
#[derive(Debug, Default)]
struct Titles<'a> {
    there: HashMap<Title<'a>, &'a Content>,
    missing: HashMap<Title<'a>, LinkProblemReason>,
    /// Spaces whose pages or posts were all listed.
    listed: HashSet<&'a SpaceId>,
}

impl<'a> Destinations<'a> {
    pub(super) fn new(inventory: &'a Inventory, facts: &'a SnapshotFacts, read: &[&str], gaps: Gaps) -> Self {
        let spaces = inventory.spaces.iter();
        let listed: HashSet<&SpaceId> =
            spaces.clone().filter(|space| read.contains(&space.key.as_str())).map(|space| &space.id).collect();
        let titles = |may_lack_some| {
            let listed = if may_lack_some { HashSet::new() } else { listed.clone() };
            Titles { listed, ..Titles::default() }
        };
        let keys = spaces.clone().flat_map(|space| {
            space.alias.iter().chain(std::iter::once(&space.key)).map(|key| (key.to_lowercase(), &space.id))
        });
        let owners = inventory.attachments.iter().filter_map(|file| file.container.id());
        let mut found = Self {
            facts,
            by_id: HashMap::new(),
            missing: HashMap::new(),
            owners: owners.chain(&inventory.files_elsewhere.owners).collect(),
            pages: titles(gaps.pages),
            posts: titles(gaps.posts),
            spaces: keys.collect(),
            keys: spaces.map(|space| (&space.id, space.key.as_str())).collect(),
            knows_all_spaces: !gaps.spaces,
        };
        let mut contents: Vec<&Content> = inventory.contents.iter().collect();
        // if several contents have the same title, a link leads to the current page
        contents.sort_by_key(|content| (content.status != Status::Current, content.kind != ContentKind::Page));
        for content in contents {
            found.add(content);
        }
        // a page link also finds a post, if no page has the title
        for (title, post) in &found.posts.there {
            found.pages.there.entry(title.clone()).or_insert(post);
        }
        found
    }

    fn add(&mut self, content: &'a Content) {
        let why = match content.status {
            Status::Draft => LinkProblemReason::Draft,
            _ => LinkProblemReason::InTrash,
        };
        if is_there(content) {
            self.by_id.insert(&content.id, content);
        } else {
            self.missing.entry(&content.id).or_insert(why);
        }
        let titles = match content.kind {
            ContentKind::Page => &mut self.pages,
            ContentKind::BlogPost => &mut self.posts,
            _ => return,
        };
        let Some(space) = &content.space else { return };
        let title = (space, folded(&content.title));
        if is_there(content) {
            titles.there.entry(title).or_insert(content);
        } else {
            titles.missing.entry(title).or_insert(why);
        }
    }

    /// Resolves a link on the content `from`.
    pub(super) fn of(&self, from: &Content, link: &PageLink) -> Destination<'a> {
        match link {
            PageLink::Id(id) | PageLink::Any(id) => self.by_id(id),
            PageLink::Perhaps(id) | PageLink::Former(id) => match self.by_id(id) {
                found @ Destination::Content(_) => found,
                // the id may be of a draft, an app or the site's former host, so nothing is known about it
                Destination::Archived | Destination::Unread | Destination::Missing(_) => Destination::Unread,
            },
            PageLink::Title { title, space } => self.titled(&self.pages, from, title, space.as_deref()),
            PageLink::Post { title, space } => self.titled(&self.posts, from, title, space.as_deref()),
            PageLink::Known { id, title, space, post } => {
                let titles = if *post { &self.posts } else { &self.pages };
                match (self.by_id(id), self.titled(titles, from, title, space.as_deref())) {
                    (Destination::Missing(_), by_title @ (Destination::Content(_) | Destination::Unread)) => by_title,
                    (by_id, _) => by_id,
                }
            }
            PageLink::Space(key) => match self.space(key) {
                Some(_) => Destination::Unread,
                None => self.no_space(key),
            },
        }
    }

    /// Resolves the container of a file.
    pub(super) fn owner(&self, page: &'a Content, container: &ContainerRef) -> Destination<'a> {
        match container {
            ContainerRef::Own => Destination::Content(page),
            ContainerRef::Content(id) => self.by_id(id),
            ContainerRef::Page { title, space } => self.titled(&self.pages, page, title, space.as_deref()),
            ContainerRef::BlogPost { title, space, .. } => self.titled(&self.posts, page, title, space.as_deref()),
            ContainerRef::Known { id, otherwise } => match (self.by_id(id), self.owner(page, otherwise)) {
                (Destination::Missing(_), by_title @ (Destination::Content(_) | Destination::Unread)) => by_title,
                (by_id, _) => by_id,
            },
            ContainerRef::CopiedFrom(_)
            | ContainerRef::FormerId(_)
            | ContainerRef::Unreadable
            | ContainerRef::Space { .. } => Destination::Unread,
        }
    }

    pub(super) fn by_id(&self, id: &str) -> Destination<'a> {
        let key = ContentId::new(id);
        if let Some(content) = self.by_id.get(&key) {
            return Destination::Content(content);
        }
        if let Some(why) = self.missing.get(&key) {
            return Destination::Missing(*why);
        }
        match self.facts.target_statuses.get(&key) {
            Some(Status::Draft) => return Destination::Missing(LinkProblemReason::Draft),
            Some(Status::Archived) => return Destination::Archived,
            Some(status) if status.is_trash() => return Destination::Missing(LinkProblemReason::InTrash),
            _ => {}
        }
        if self.owners.contains(&key) {
            return Destination::Unread;
        }
        // only numbers are content ids
        let is_number = id.parse::<i64>().is_ok_and(|number| number > 0);
        if self.facts.missing_targets.contains(&key) || !(is_number || id.starts_with("att")) {
            return Destination::Missing(LinkProblemReason::NotFound);
        }
        Destination::Unread
    }

    fn titled(&self, titles: &Titles<'a>, from: &Content, title: &str, space: Option<&str>) -> Destination<'a> {
        let own = || from.space.as_ref().and_then(|own| self.keys.get_key_value(own)).map(|(space, _)| *space);
        let (space, otherwise) = match space {
            Some(key) => (self.space(key), self.no_space(key)),
            None => (own(), Destination::Unread),
        };
        let Some(space) = space else { return otherwise };
        let key = (space, folded(title));
        if let Some(content) = titles.there.get(&key) {
            return Destination::Content(content);
        }
        if !titles.listed.contains(space) {
            return Destination::Unread;
        }
        Destination::Missing(titles.missing.get(&key).copied().unwrap_or(LinkProblemReason::NoSuchTitle))
    }

    fn space(&self, key: &str) -> Option<&'a SpaceId> {
        self.spaces.get(&key.to_lowercase()).copied()
    }

    /// Returns the destination for a key that no space has. The key of a personal space may be spelled differently, or lead
    /// to the person; a lower-case word may be a part of an address and not a key.
    fn no_space(&self, key: &str) -> Destination<'a> {
        let is_word = key.chars().any(char::is_lowercase) && !key.chars().any(char::is_uppercase);
        let may_not_be_a_key = key.starts_with('~') || is_word;
        if self.knows_all_spaces && !may_not_be_a_key {
            Destination::Missing(LinkProblemReason::NoSuchSpace)
        } else {
            Destination::Unread
        }
    }

    pub(super) fn key_of(&self, space: &SpaceId) -> Option<&'a str> {
        self.keys.get(space).copied()
    }
}

/// Normalizes a title or file name as Confluence does when it compares them.
pub(super) fn folded(name: &str) -> String {
    use unicode_normalization::UnicodeNormalization as _;
    name.trim().nfc().collect::<String>().to_lowercase()
}
