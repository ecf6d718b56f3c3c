//! What the parts of a reading of pages share.

use std::collections::{BTreeMap, HashSet};

use super::MetricGroups;
use crate::inventory::Inventory;
use crate::inventory::coverage::UnitKind;
use crate::inventory::crawl::{Crawl, GROUP};
use crate::inventory::site::{Content, ContentId, ContentKind, Space, SpaceId, Status};
use crate::support::wording::plural;

/// What the parts share.
#[derive(Clone, Copy)]
pub(super) struct Reading<'a> {
    pub(super) crawl: Crawl<'a>,
    pub(super) groups: &'a MetricGroups,
    pub(super) inventory: &'a Inventory,
    /// The pages of the chosen spaces outside the trash: places of the tree.
    pub(super) pages: &'a [&'a Content],
    /// Those of them that are current: only they are measured.
    pub(super) current: &'a [&'a Content],
    /// The chosen spaces whose pages a search shows.
    pub(super) indexed: &'a [&'a Space],
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

/// The pages of the chosen spaces outside the trash, without drafts.
pub(super) fn pages_of<'i>(inventory: &'i Inventory, keys: &[String]) -> Vec<&'i Content> {
    let keys: HashSet<&String> = keys.iter().collect();
    let chosen: HashSet<&SpaceId> =
        inventory.spaces.iter().filter(|space| keys.contains(&space.key)).map(|space| &space.id).collect();
    let contents = inventory.contents.iter().filter(|content| content.kind == ContentKind::Page);
    contents
        .filter(|page| !page.status.is_trash() && page.status != Status::Draft)
        .filter(|page| page.space.as_ref().is_some_and(|id| chosen.contains(id)))
        .collect()
}

/// The current ones of these pages.
pub(super) fn current_of<'i>(pages: &[&'i Content]) -> Vec<&'i Content> {
    pages.iter().copied().filter(|page| page.status == Status::Current).collect()
}

/// The chosen spaces whose pages a search shows: those that are not archived.
pub(super) fn indexed_spaces<'i>(inventory: &'i Inventory, keys: &[String]) -> Vec<&'i Space> {
    let keys: HashSet<&String> = keys.iter().collect();
    inventory.spaces.iter().filter(|space| keys.contains(&space.key) && !space.is_archived()).collect()
}

/// The ids of spaces.
pub(super) fn space_ids<'i>(spaces: &[&'i Space]) -> HashSet<&'i SpaceId> {
    spaces.iter().map(|space| &space.id).collect()
}

/// Whether a search shows the page, once its index has caught up; `indexed` are the spaces it looks into.
pub(super) fn is_indexed(page: &Content, indexed: &HashSet<&SpaceId>) -> bool {
    page.status == Status::Current && page.space.as_ref().is_some_and(|id| indexed.contains(id))
}
