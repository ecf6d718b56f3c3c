//! Links between contents: incoming links, inclusions and broken links.

mod comment_counts;
mod file_index;
mod page_problems;
mod targets;

use std::collections::{BTreeSet, HashMap, HashSet};

use super::list_gaps::Gaps;
use super::page_row::PageLinks;
use crate::inventory::snapshot::{MetricGroup, SnapshotFacts};
use crate::inventory::{Content, ContentId, Inventory, Status};
use storage_format::{Body, Measures, PageLink};

pub(super) use comment_counts::comments;
use file_index::FileIndex;
use targets::{Destination, Destinations};

/// The target of a link, independent of how the link is written, so that each target counts once.
#[derive(Debug, PartialEq, Eq, Hash)]
enum LinkMeaning<'a> {
    /// A content that was read.
    Content(&'a ContentId),
    /// A content that was not read, by id.
    Id(String),
    /// A content that was not read, by lower-case space key and title.
    Title { space: Option<String>, title: String, of_post: bool },
    /// A space, by lower-case key.
    Space(String),
}

/// All links of the contents that were read.
#[derive(Debug)]
pub(super) struct LinkIndex<'a> {
    facts: &'a SnapshotFacts,
    destinations: Destinations<'a>,
    files: FileIndex<'a>,
    /// Contents that link to each content.
    incoming: HashMap<&'a ContentId, BTreeSet<&'a ContentId>>,
    including: HashMap<&'a ContentId, BTreeSet<&'a ContentId>>,
}

/// Returns whether a content is published: links to it work.
pub(super) fn is_there(content: &Content) -> bool {
    !content.status.is_trash() && content.status != Status::Draft
}

impl<'a> LinkIndex<'a> {
    /// `read` are the keys of the spaces whose contents were read, `gaps` the lists that may be incomplete.
    pub(super) fn new(inventory: &'a Inventory, facts: &'a SnapshotFacts, read: &[&str], gaps: Gaps) -> Self {
        let mut index = Self {
            facts,
            destinations: Destinations::new(inventory, facts, read, gaps),
            files: FileIndex::new(inventory, read.len() >= inventory.spaces.len(), gaps),
            incoming: HashMap::new(),
            including: HashMap::new(),
        };
        for content in inventory.contents.iter().filter(|content| is_there(content)) {
            index.add(content);
        }
        index
    }

    fn add(&mut self, content: &'a Content) {
        let Some((body, measures)) = content.body.as_ref().and_then(|body| Some((body, body.measures.as_ref()?)))
        else {
            return;
        };
        let resolved = |link| match self.destinations.of(content, link) {
            Destination::Content(found) if found.id != content.id => Some(&found.id),
            _ => None,
        };
        let linked: Vec<&ContentId> = body.page_links.iter().chain(&measures.includes).filter_map(resolved).collect();
        let included: Vec<&ContentId> = measures.includes.iter().filter_map(resolved).collect();
        for id in linked {
            self.incoming.entry(id).or_default().insert(&content.id);
        }
        if content.kind.owns_attachments() {
            for id in included {
                self.including.entry(id).or_default().insert(&content.id);
            }
        }
    }

    /// Returns the figures about the links of a page.
    pub(super) fn of(&self, page: &'a Content) -> PageLinks {
        let count =
            |map: &HashMap<&ContentId, BTreeSet<&ContentId>>| Some(map.get(&page.id).map_or(0, BTreeSet::len) as u64);
        let asked = self.facts.groups.has(MetricGroup::Links);
        let read = page.body.as_ref().and_then(|body| Some((body, body.measures.as_deref()?)));
        let problems = read.filter(|_| asked).map(|(body, measures)| self.problems(page, body, measures));
        PageLinks {
            out_internal: read.map(|(body, measures)| self.leads_to(page, body, measures)),
            out_external: read.map(|(_, measures)| measures.external_links.len() as u64),
            incoming: if asked { count(&self.incoming) } else { None },
            broken_internal: problems
                .as_ref()
                .map(|problems| problems.iter().filter(|problem| problem.is_broken()).count() as u64),
            problems,
            include_in: if asked { count(&self.including) } else { None },
            include_out: read.map(|(_, measures)| {
                measures.includes.iter().map(|link| self.meaning(page, link).0).collect::<HashSet<_>>().len() as u64
            }),
        }
    }

    /// Counts the contents that a page links to, whether they exist or not.
    fn leads_to(&self, page: &Content, body: &Body, measures: &Measures) -> u64 {
        let links = body.page_links.iter().chain(&measures.includes).filter(|link| link.is_of_content());
        links.map(|link| self.meaning(page, link).0).collect::<HashSet<_>>().len() as u64
    }

    fn meaning(&self, from: &Content, link: &PageLink) -> (LinkMeaning<'a>, Destination<'a>) {
        let destination = self.destinations.of(from, link);
        let meaning = match (destination, link) {
            (Destination::Content(content), _) => LinkMeaning::Content(&content.id),
            (
                _,
                PageLink::Id(id)
                | PageLink::Any(id)
                | PageLink::Perhaps(id)
                | PageLink::Former(id)
                | PageLink::Known { id, .. },
            ) => LinkMeaning::Id(id.clone()),
            (_, PageLink::Title { title, space } | PageLink::Post { title, space }) => {
                let own = || from.space.as_ref().and_then(|id| self.destinations.key_of(id)).map(str::to_lowercase);
                let space = space.as_ref().map(|key| key.to_lowercase()).or_else(own);
                LinkMeaning::Title {
                    space,
                    title: title.to_lowercase(),
                    of_post: matches!(link, PageLink::Post { .. }),
                }
            }
            (_, PageLink::Space(key)) => LinkMeaning::Space(key.to_lowercase()),
        };
        (meaning, destination)
    }
}
