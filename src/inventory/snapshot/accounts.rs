//! Reads the accounts of all people who occur on the pages.

use std::collections::BTreeSet;

use super::SnapshotFacts;
use super::context::SnapshotContext;
use super::plan::last_owners;
use crate::inventory::accounts::{self, AccountBatch, NeededFor};
use crate::inventory::people;
use crate::inventory::site::AccountId;

/// Reads the accounts of all people who occur in the inventory and the facts.
pub(super) async fn read(context: &SnapshotContext<'_>, facts: &mut SnapshotFacts) {
    let ids = account_ids(context, facts);
    let AccountBatch { accounts, unread, notes } = accounts::read(&context.crawl, NeededFor::Metrics, &ids).await;
    (facts.accounts, facts.unread_accounts) = (accounts, unread);
    facts.notes.extend(notes);
}

fn account_ids(context: &SnapshotContext<'_>, facts: &SnapshotFacts) -> BTreeSet<String> {
    let inventory = context.inventory;
    let listed = people::account_ids(&inventory.contents, &inventory.attachments)
        .into_iter()
        .chain(last_owners(context.current));
    let of_pages = facts.pages.values().flat_map(|page| {
        let authors =
            page.versions.iter().flat_map(|versions| &versions.list).filter_map(|version| version.author.as_ref());
        page.contributors.iter().flatten().chain(authors)
    });
    listed.chain(of_pages.map(AccountId::as_str)).map(str::to_owned).collect()
}
