//! The order in which the facts of pages are read, and what the parts of that share.

use std::collections::{BTreeMap, HashSet};

use super::plan::plan_snapshot;
use super::{
    MetricGroup, MetricGroups, PageFacts, SnapshotFacts, accounts, engagement, parents, sweep, targets, versions,
};
use crate::inventory::Inventory;
use crate::inventory::continued::Continued;
use crate::inventory::coverage::UnitKind;
use crate::inventory::crawl::{Crawl, CrawlOptions, GROUP};
use crate::inventory::identity::confirm_account;
use crate::inventory::site::{Content, ContentId, ContentKind, Space, SpaceId, Status};
use crate::progress::Progress;
use crate::wording::plural;
use confluence_client::{Api, RequestError};

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

/// Reads what an inventory does not tell of the pages of these spaces (by key), in the groups asked for; says before
/// how many requests the whole snapshot takes.
///
/// Goes on with the coverage of the inventory, which says what is missing; names of people met are added to those it
/// has. An error means that the run had to stop.
pub async fn read_facts(
    api: &Api,
    inventory: &mut Inventory,
    options: &CrawlOptions,
    groups: &MetricGroups,
    spaces: &[String],
    progress: &Progress,
) -> Result<SnapshotFacts, RequestError> {
    let plan = plan_snapshot(api, inventory, options, groups, spaces);
    match &inventory.plan {
        // the plan of the audit has been told, and is part of this one
        Some(_) => progress.note(format!("{plan}, page metrics included")),
        None => progress.note(&plan),
    }
    if groups.has(MetricGroup::Engagement) {
        progress.note(engagement::cost(&plan));
    }
    let continued = Continued::of(inventory, api, options, progress);
    let crawl = continued.crawl();
    let (pages, indexed) = (pages_of(inventory, spaces), indexed_spaces(inventory, spaces));
    let current = current_of(&pages);
    let reading = Reading { crawl, groups, inventory, pages: &pages, current: &current, indexed: &indexed };
    let facts = reading.facts().await;
    confirm_account(api, &continued.ledger, &inventory.scan.account.id).await;
    for (id, account) in &facts.accounts {
        if let Some(name) = &account.name {
            inventory.people.entry(id.clone()).or_insert_with(|| name.clone());
        }
    }
    inventory.plan = Some(plan);
    continued.close(inventory).map(|()| facts)
}

impl Reading<'_> {
    async fn facts(&self) -> SnapshotFacts {
        let entries = self.current.iter().map(|page| (page.id.clone(), PageFacts::default()));
        let mut facts = SnapshotFacts { groups: self.groups.clone(), pages: entries.collect(), ..Default::default() };
        sweep::read(self, &mut facts).await;
        facts.parents = parents::read(self).await;
        if self.groups.has(MetricGroup::People) {
            versions::read(self, &mut facts).await;
            facts.accounts = accounts::read(self, &mut facts).await;
        }
        if self.groups.has(MetricGroup::Links) {
            facts.missing_targets = targets::read(self).await;
        }
        if self.groups.has(MetricGroup::Engagement) {
            engagement::read(self, &mut facts).await;
        }
        facts
    }

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
