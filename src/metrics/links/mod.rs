//! Links between contents: which page is linked to, which links lead nowhere.

mod comments;
mod destinations;
mod files;
mod judged;

use std::collections::{BTreeSet, HashMap, HashSet};

use super::gaps::Gaps;
use super::row::Links;
use crate::inventory::snapshot::{MetricGroup, SnapshotFacts};
use crate::inventory::{Content, ContentId, Inventory, Status};
use storage_format::{Body, Measures, PageLink};

pub(super) use comments::comments;
use destinations::{Destination, Destinations};
use files::FileIndex;

/// What a link means, so that links written differently count once.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Meaning<'a> {
    /// A content that was read.
    Content(&'a ContentId),
    /// An id that was not.
    Id(String),
    /// A title that was not, in lower case, as the space.
    Title { space: Option<String>, title: String, of_post: bool },
    /// A space, in lower case.
    Space(String),
}

/// All links of what was read.
#[derive(Debug)]
pub(super) struct LinkIndex<'a> {
    facts: &'a SnapshotFacts,
    destinations: Destinations<'a>,
    files: FileIndex<'a>,
    /// Contents that link to a content.
    incoming: HashMap<&'a ContentId, BTreeSet<&'a ContentId>>,
    including: HashMap<&'a ContentId, BTreeSet<&'a ContentId>>,
}

/// Contents that links can lead to.
pub(super) fn is_there(content: &Content) -> bool {
    !content.status.is_trash() && content.status != Status::Draft
}

impl<'a> LinkIndex<'a> {
    /// `read` are the keys of the spaces whose contents were read, `gaps` the lists that may lack some of them.
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
        let lands = |link| match self.destinations.of(content, link) {
            Destination::Content(found) if found.id != content.id => Some(&found.id),
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

    /// The links of a page.
    pub(super) fn of(&self, page: &'a Content) -> Links {
        let count =
            |map: &HashMap<&ContentId, BTreeSet<&ContentId>>| Some(map.get(&page.id).map_or(0, BTreeSet::len) as u64);
        let asked = self.facts.groups.has(MetricGroup::Links);
        let read = page.body.as_ref().and_then(|body| Some((body, body.measures.as_deref()?)));
        let problems = read.filter(|_| asked).map(|(body, measures)| self.problems(page, body, measures));
        Links {
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

    /// How many contents a page links to, whether they are there or not.
    fn leads_to(&self, page: &Content, body: &Body, measures: &Measures) -> u64 {
        let links = body.page_links.iter().chain(&measures.includes).filter(|link| link.is_of_content());
        links.map(|link| self.meaning(page, link).0).collect::<HashSet<_>>().len() as u64
    }

    fn meaning(&self, from: &Content, link: &PageLink) -> (Meaning<'a>, Destination<'a>) {
        let destination = self.destinations.of(from, link);
        let meaning = match (destination, link) {
            (Destination::Content(content), _) => Meaning::Content(&content.id),
            (
                _,
                PageLink::Id(id)
                | PageLink::Any(id)
                | PageLink::Perhaps(id)
                | PageLink::Former(id)
                | PageLink::Known { id, .. },
            ) => Meaning::Id(id.clone()),
            (_, PageLink::Title { title, space } | PageLink::Post { title, space }) => {
                let own = || from.space.as_ref().and_then(|id| self.destinations.key_of(id)).map(str::to_lowercase);
                let space = space.as_ref().map(|key| key.to_lowercase()).or_else(own);
                Meaning::Title { space, title: title.to_lowercase(), of_post: matches!(link, PageLink::Post { .. }) }
            }
            (_, PageLink::Space(key)) => Meaning::Space(key.to_lowercase()),
        };
        (meaning, destination)
    }
}
