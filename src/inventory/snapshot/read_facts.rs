//! Reads the facts of pages, one group of metrics after the other.

use std::collections::BTreeSet;

use super::context::{SnapshotContext, chosen_spaces, measured, pages_of};
use super::plan::plan_snapshot;
use super::{
    MetricGroup, MetricGroups, PageFacts, SnapshotFacts, accounts, engagement, link_targets, page_search,
    page_versions, tree_parents,
};
use crate::inventory::account_check::confirm_account;
use crate::inventory::options::CrawlOptions;
use crate::inventory::resumed_crawl::ResumedCrawl;
use crate::inventory::{Inventory, ListKind};
use crate::progress::Progress;
use confluence_client::{Api, RequestError};

/// Reads what the inventory lacks of the pages of these spaces (by key), for the requested groups. First prints the
/// number of requests of the complete snapshot.
///
/// Continues the coverage of the inventory, which says what is missing, and adds the names of the people who occur. An
/// error means that the run had to stop.
pub async fn read_page_facts(
    api: &Api,
    inventory: &mut Inventory,
    options: &CrawlOptions,
    groups: &MetricGroups,
    spaces: &[String],
    progress: &Progress,
) -> Result<SnapshotFacts, RequestError> {
    let plan = plan_snapshot(api, inventory, options, groups, spaces);
    match &inventory.plan {
        // the plan of the audit was already printed and is included in this one
        Some(_) => progress.note(format!("{plan} (page metrics included)")),
        None => progress.note(&plan),
    }
    if groups.has(MetricGroup::Engagement) {
        progress.note(engagement::cost(api, &plan));
    }
    let resumed = ResumedCrawl::of(inventory, api, options, progress);
    let crawl = resumed.crawl();
    let (pages, chosen) = (pages_of(inventory, spaces), chosen_spaces(inventory, spaces));
    let current = measured(inventory, spaces, options);
    let context = SnapshotContext { crawl, groups, inventory, pages: &pages, current: &current, spaces: &chosen };
    let (facts, doubtful) = facts(&context).await;
    confirm_account(api, &resumed.ledger, &inventory.scan.account.id).await;
    for (id, account) in &facts.accounts {
        if let Some(name) = &account.name {
            inventory.people.entry(id.clone()).or_insert_with(|| name.clone());
        }
    }
    inventory.doubtful.extend(doubtful);
    inventory.plan = Some(plan);
    resumed.close(inventory).map(|()| facts)
}

/// Returns the facts, and the lists that are doubtful because of them.
async fn facts(context: &SnapshotContext<'_>) -> (SnapshotFacts, BTreeSet<ListKind>) {
    let entries = context.current.iter().map(|page| (page.id.clone(), PageFacts::default()));
    let mut facts = SnapshotFacts {
        groups: context.groups.clone(),
        blog_posts: context.crawl.options.blog_post_rows,
        pages: entries.collect(),
        ..Default::default()
    };
    let doubtful = page_search::read(context, &mut facts).await;
    facts.parents = tree_parents::read(context).await;
    if context.groups.has(MetricGroup::People) {
        page_versions::read(context, &mut facts).await;
        accounts::read(context, &mut facts).await;
    }
    if context.groups.has(MetricGroup::Links) {
        link_targets::read(context, &mut facts).await;
    }
    if context.groups.has(MetricGroup::Engagement) {
        engagement::read(context, &mut facts).await;
    }
    (facts, doubtful)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::snapshot::read_page_inventory;
    use confluence_client::{ConnectionSettings, Credentials};

    fn assert_send<T: Send>(_: &T) {}

    #[test]
    fn reading_a_snapshot_can_be_spawned() {
        let settings = ConnectionSettings::new("http://localhost:1", Credentials::basic("me", "token".into()));
        let api = Api::new(settings).unwrap();
        let (options, groups, progress) = (CrawlOptions::default(), MetricGroups::default(), Progress::silent());
        let taking = read_page_inventory(&api, &options, &groups, &progress);
        assert_send(&taking);
        let snapshot = async {
            let mut inventory = taking.await.unwrap();
            read_page_facts(&api, &mut inventory, &options, &groups, &[], &progress).await
        };
        assert_send(&snapshot);
    }
}
