//! Context shared by the steps that read page facts, and helpers that select spaces and pages.

use std::collections::{BTreeMap, HashSet};

use super::MetricGroups;
use crate::inventory::Inventory;
use crate::inventory::coverage::UnitKind;
use crate::inventory::crawl::{Crawl, GROUP};
use crate::inventory::options::CrawlOptions;
use crate::inventory::site::{Content, ContentId, ContentKind, Space, SpaceId, Status};
use crate::support::formatting::plural;
use confluence_client::api::{ContentType, SearchScope};

#[derive(Clone, Copy)]
pub(super) struct SnapshotContext<'a> {
    pub(super) crawl: Crawl<'a>,
    pub(super) groups: &'a MetricGroups,
    pub(super) inventory: &'a Inventory,
    /// The pages of the chosen spaces outside the trash: the nodes of the page tree.
    pub(super) pages: &'a [&'a Content],
    /// The current ones of these pages, and current blog posts if requested: only these are measured.
    pub(super) current: &'a [&'a Content],
    /// The chosen spaces.
    pub(super) spaces: &'a [&'a Space],
}

impl SnapshotContext<'_> {
    /// Calls `read` for each of these pages, as many at once as the client has permits.
    ///
    /// If the run is stopped, the remaining pages become one gap rather than one each.
    pub(super) async fn each<'p, T, F: Future<Output = Option<T>>>(
        &self,
        (kind, words): (UnitKind, &str),
        pages: &[&'p Content],
        read: impl Fn(&'p Content) -> F,
    ) -> BTreeMap<ContentId, T> {
        self.crawl.phase(words, Some(pages.len() as u64));
        let mut found = BTreeMap::new();
        let mut left = pages.len();
        for group in pages.chunks(GROUP) {
            if self.crawl.api.client().stopped().is_some() {
                let unit =
                    self.crawl.ledger.enter(kind, format!("{words} of {}", plural(left as u64, "page", "pages")));
                unit.failed("the run stopped before these pages were read");
                break;
            }
            left -= group.len();
            let one = async |page: &'p Content| {
                let value = read(page).await;
                self.crawl.progress.advance(1);
                value.map(|value| (page.id.clone(), value))
            };
            found.extend(self.crawl.all(group.iter().map(|&page| one(page)).collect()).await.into_iter().flatten());
        }
        found
    }
}

/// The endpoint for a single page or blog post.
pub(super) fn content_type_of_page(content: &Content) -> ContentType {
    if content.kind == ContentKind::BlogPost { ContentType::BlogPost } else { ContentType::Page }
}

/// The pages of the chosen spaces outside the trash, without drafts.
pub(super) fn pages_of<'i>(inventory: &'i Inventory, keys: &[String]) -> Vec<&'i Content> {
    outside_the_trash(inventory, ContentKind::Page, keys)
}

fn outside_the_trash<'i>(inventory: &'i Inventory, kind: ContentKind, keys: &[String]) -> Vec<&'i Content> {
    let keys: HashSet<&String> = keys.iter().collect();
    let chosen: HashSet<&SpaceId> =
        inventory.spaces.iter().filter(|space| keys.contains(&space.key)).map(|space| &space.id).collect();
    let contents = inventory.contents.iter().filter(|content| content.kind == kind);
    contents
        .filter(|page| !page.status.is_trash() && page.status != Status::Draft)
        .filter(|page| page.space.as_ref().is_some_and(|id| chosen.contains(id)))
        .collect()
}

/// The contents that are measured: current pages of the chosen spaces, and current blog posts if requested.
pub(super) fn measured<'i>(inventory: &'i Inventory, keys: &[String], options: &CrawlOptions) -> Vec<&'i Content> {
    let mut measured = pages_of(inventory, keys);
    if options.blog_post_rows {
        measured.extend(outside_the_trash(inventory, ContentKind::BlogPost, keys));
    }
    measured.retain(|content| content.status == Status::Current);
    measured
}

/// The chosen spaces.
pub(super) fn chosen_spaces<'i>(inventory: &'i Inventory, keys: &[String]) -> Vec<&'i Space> {
    let keys: HashSet<&String> = keys.iter().collect();
    inventory.spaces.iter().filter(|space| keys.contains(&space.key)).collect()
}

/// The spaces that this kind of search covers.
pub(super) fn searched<'i>(spaces: &[&'i Space], by: SearchScope) -> Vec<&'i Space> {
    spaces.iter().copied().filter(|space| space.searched() == by).collect()
}

/// Maximum number of spaces in one search for comments: their keys have to fit into the URL.
const SPACES_PER_SEARCH: usize = 20;

/// The groups of spaces for searches for comments.
pub(super) fn in_groups<'s, 'i>(spaces: &'s [&'i Space]) -> impl Iterator<Item = &'s [&'i Space]> {
    spaces.chunks(SPACES_PER_SEARCH)
}

pub(super) fn space_ids<'i>(spaces: &[&'i Space]) -> HashSet<&'i SpaceId> {
    spaces.iter().map(|space| &space.id).collect()
}

pub(super) fn pages_in<'i>(pages: &[&'i Content], spaces: &[&Space]) -> Vec<&'i Content> {
    let ids: HashSet<&SpaceId> = spaces.iter().map(|space| &space.id).collect();
    pages.iter().copied().filter(|page| page.space.as_ref().is_some_and(|id| ids.contains(id))).collect()
}
