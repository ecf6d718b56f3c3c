//! The order in which the facts of pages are read.

use std::collections::BTreeSet;

use super::plan::plan_snapshot;
use super::reading::{Reading, chosen_spaces, measured, pages_of};
use super::{
    MetricGroup, MetricGroups, PageFacts, SnapshotFacts, accounts, engagement, parents, sweep, targets, versions,
};
use crate::inventory::continued::Continued;
use crate::inventory::identity::confirm_account;
use crate::inventory::options::CrawlOptions;
use crate::inventory::{Inventory, List};
use crate::progress::Progress;
use confluence_client::{Api, RequestError};

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
    let (pages, chosen) = (pages_of(inventory, spaces), chosen_spaces(inventory, spaces));
    let current = measured(inventory, spaces, options);
    let reading = Reading { crawl, groups, inventory, pages: &pages, current: &current, spaces: &chosen };
    let (facts, doubtful) = facts(&reading).await;
    confirm_account(api, &continued.ledger, &inventory.scan.account.id).await;
    for (id, account) in &facts.accounts {
        if let Some(name) = &account.name {
            inventory.people.entry(id.clone()).or_insert_with(|| name.clone());
        }
    }
    inventory.doubtful.extend(doubtful);
    inventory.plan = Some(plan);
    continued.close(inventory).map(|()| facts)
}

/// The facts, and the lists that they put in doubt.
async fn facts(reading: &Reading<'_>) -> (SnapshotFacts, BTreeSet<List>) {
    let entries = reading.current.iter().map(|page| (page.id.clone(), PageFacts::default()));
    let mut facts = SnapshotFacts {
        groups: reading.groups.clone(),
        blog_posts: reading.crawl.options.blog_post_rows,
        pages: entries.collect(),
        ..Default::default()
    };
    let doubtful = sweep::read(reading, &mut facts).await;
    facts.parents = parents::read(reading).await;
    if reading.groups.has(MetricGroup::People) {
        versions::read(reading, &mut facts).await;
        accounts::read(reading, &mut facts).await;
    }
    if reading.groups.has(MetricGroup::Links) {
        targets::read(reading, &mut facts).await;
    }
    if reading.groups.has(MetricGroup::Engagement) {
        engagement::read(reading, &mut facts).await;
    }
    (facts, doubtful)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::snapshot::take_pages;
    use confluence_client::{ConnectionSettings, Credentials};

    fn assert_send<T: Send>(_: &T) {}

    #[test]
    fn readings_can_be_spawned() {
        let settings = ConnectionSettings::new("http://localhost:1", Credentials::basic("me", "token".into()));
        let api = Api::new(settings).unwrap();
        let (options, groups, progress) = (CrawlOptions::default(), MetricGroups::default(), Progress::silent());
        let taking = take_pages(&api, &options, &groups, &progress);
        assert_send(&taking);
        let whole = async {
            let mut inventory = taking.await.unwrap();
            read_facts(&api, &mut inventory, &options, &groups, &[], &progress).await
        };
        assert_send(&whole);
    }
}
