//! What the parts of a reading of pages share.

use std::collections::{BTreeMap, HashSet};

use super::MetricGroups;
use crate::inventory::Inventory;
use crate::inventory::coverage::UnitKind;
use crate::inventory::crawl::{Crawl, GROUP};
use crate::inventory::options::CrawlOptions;
use crate::inventory::site::{Content, ContentId, ContentKind, Space, SpaceId, Status};
use crate::support::wording::plural;
use confluence_client::api::{SearchedSpaces, Single};

/// What the parts share.
#[derive(Clone, Copy)]
pub(super) struct Reading<'a> {
    pub(super) crawl: Crawl<'a>,
    pub(super) groups: &'a MetricGroups,
    pub(super) inventory: &'a Inventory,
    /// The pages of the chosen spaces outside the trash: places of the tree.
    pub(super) pages: &'a [&'a Content],
    /// Those of them that are current, and current blog posts where they are asked for: only they are measured.
    pub(super) current: &'a [&'a Content],
    /// The chosen spaces.
    pub(super) spaces: &'a [&'a Space],
}

impl Reading<'_> {
    /// Reads something of each of these pages, one by one, as many at once as the client has permits.
    ///
    /// When the run was stopped, what is left becomes one gap rather than one for each page.
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
                unit.failed("the run stopped before");
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

/// How to read a page or blog post alone.
pub(super) fn single_of(content: &Content) -> Single {
    if content.kind == ContentKind::BlogPost { Single::BlogPost } else { Single::Page }
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

/// What is measured of the chosen spaces: their current pages, and their current blog posts where those are asked for.
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

/// The spaces that this search looks into.
pub(super) fn searched<'i>(spaces: &[&'i Space], by: SearchedSpaces) -> Vec<&'i Space> {
    spaces.iter().copied().filter(|space| space.searched() == by).collect()
}

/// Spaces that one search for comments names: their keys have to fit into its address.
const SPACES_PER_SEARCH: usize = 20;

/// Spaces in the groups that searches for comments name together.
pub(super) fn in_groups<'s, 'i>(spaces: &'s [&'i Space]) -> impl Iterator<Item = &'s [&'i Space]> {
    spaces.chunks(SPACES_PER_SEARCH)
}

/// The ids of spaces.
pub(super) fn space_ids<'i>(spaces: &[&'i Space]) -> HashSet<&'i SpaceId> {
    spaces.iter().map(|space| &space.id).collect()
}

/// The pages in these spaces.
pub(super) fn pages_in<'i>(pages: &[&'i Content], spaces: &[&Space]) -> Vec<&'i Content> {
    let ids: HashSet<&SpaceId> = spaces.iter().map(|space| &space.id).collect();
    pages.iter().copied().filter(|page| page.space.as_ref().is_some_and(|id| ids.contains(id))).collect()
}
