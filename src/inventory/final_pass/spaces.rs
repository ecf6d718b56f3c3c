//! Reads the lists of spaces again: finds new, deleted, archived and renamed spaces.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::cross_checks::ListKind;
use super::expected_items::ListedItem;
use super::{FinalPass, Round};
use crate::inventory::coverage::UnitKind;
use crate::inventory::site::{Space, SpaceId};
use crate::inventory::{Inventory, SpaceStatus, content_updates, convert, space_choice};
use confluence_client::api::{ListOrder, SpaceList};
use confluence_client::model;

/// Changes of spaces since the first pass.
#[derive(Debug, Default)]
pub(super) struct SpaceChanges {
    /// Spaces of which nothing has been read yet.
    pub(super) new: HashSet<SpaceId>,
    /// Spaces that were deleted or hidden since.
    pub(super) gone: HashSet<SpaceId>,
    pub(super) changes: usize,
}

/// Reads the lists of spaces and updates those of the inventory.
pub(super) async fn update(round: &Round<'_>, final_pass: &mut FinalPass, inventory: &mut Inventory) -> SpaceChanges {
    let mut shown: HashMap<SpaceId, Space> = HashMap::new();
    let (mut is_complete, mut order) = (true, round.pass.order);
    for which in [SpaceList::Current, SpaceList::Archived] {
        let unit = round.pass.enter(&round.crawl, UnitKind::SpaceList, format!("{} spaces", which.word()));
        let mut came_in = round.pass.order;
        let listing = loop {
            let take = |space: model::Space| {
                let space = convert::space(space);
                shown.insert(space.id.clone(), space);
            };
            let listing = round.crawl.api.spaces(which, came_in, take).await;
            let Some(other) = round.pass.other_order(came_in, &listing) else { break listing };
            came_in = other;
        };
        unit.settle(&listing.end);
        is_complete &= listing.end.is_ok();
        if round.pass.is_other(came_in, &listing) {
            order = came_in;
            final_pass.refused.insert(ListKind::Spaces);
        }
    }
    let mut found = SpaceChanges::default();
    if !is_complete {
        inventory.doubtful.insert(ListKind::Spaces);
        return found;
    }
    let is_shown =
        |item: &ListedItem| matches!(item, ListedItem::Space(id) if shown.keys().any(|space| space.as_str() == id));
    final_pass.expected_items.remove_shown(ListKind::Spaces, order, is_shown);
    let mut spaces: BTreeMap<SpaceId, Space> = BTreeMap::new();
    for known in std::mem::take(&mut inventory.spaces) {
        let mut now = match shown.remove(&known.id) {
            Some(now) => now,
            None if is_gone(&known) => known.clone(),
            None => fetch_missing(round, final_pass, order, &known).await,
        };
        now.only_with_admin_key |= known.only_with_admin_key;
        if is_gone(&now) {
            found.gone.insert(now.id.clone());
        }
        found.changes += usize::from(is_other(&known, &now));
        if lost_a_key(&known, &now) {
            let in_it = inventory.contents.iter().filter(|content| content.space.as_ref() == Some(&now.id));
            let in_it = in_it.filter(|content| content.kind.owns_attachments()).map(|content| content.id.clone());
            content_updates::mark_unsettled(&in_it.collect(), &mut inventory.attachments);
        }
        spaces.insert(now.id.clone(), now);
    }
    for (id, space) in shown {
        if !round.is_last && !final_pass.refused.contains(&ListKind::Spaces) {
            final_pass.expected_items.add(
                ListKind::Spaces,
                order.reversed(),
                ListedItem::Space(id.0.clone()),
                describe(&space),
            );
        }
        found.changes += 1;
        found.new.insert(id.clone());
        spaces.insert(id, space);
    }
    inventory.spaces = spaces.into_values().collect();
    inventory.spaces.sort_by(|a, b| a.key.cmp(&b.key));
    if inventory.scan.reported_spaces.is_some() {
        let options = round.crawl.options;
        // if no chosen space is left, the report keeps the previous selection
        if let Ok(Some(keys)) =
            space_choice::reported(&inventory.spaces, &options.include_spaces, &options.exclude_spaces)
        {
            inventory.scan.reported_spaces = Some(keys);
        }
    }
    found
}

/// Status of a space that was deleted or hidden since it was read.
const NOT_FOUND: &str = "not found";

/// Whether a space was deleted or hidden since it was read. It stays in the inventory with its contents.
pub(super) fn is_gone(space: &Space) -> bool {
    matches!(&space.status, SpaceStatus::Other(word) if word == NOT_FOUND)
}

/// Requests a space that is no longer listed.
async fn fetch_missing(round: &Round<'_>, final_pass: &mut FinalPass, order: ListOrder, known: &Space) -> Space {
    let crawl = &round.crawl;
    let unit = crawl.ledger.enter(UnitKind::FinalPass, describe(known));
    let item = ListedItem::Space(known.id.0.clone());
    match crawl.retry_not_found(|| crawl.api.space(known.id.as_str())).await {
        Ok(sent) => {
            unit.ok();
            let now = convert::space(sent);
            if final_pass.expected_items.contains(&item, order) || !is_other(known, &now) {
                final_pass.expected_items.add(ListKind::Spaces, order, item, describe(known));
            }
            now
        }
        Err(error) if error.is_not_found() => {
            // the lists of spaces were just read completely, so the account is not treated as anonymous
            unit.gone();
            final_pass.expected_items.remove(&item);
            Space { status: SpaceStatus::Other(NOT_FOUND.to_owned()), ..known.clone() }
        }
        Err(error) => {
            unit.refused(&error);
            known.clone()
        }
    }
}

fn is_other(known: &Space, now: &Space) -> bool {
    (&known.key, &known.name, &known.status, &known.webui) != (&now.key, &now.name, &now.status, &now.webui)
}

/// Whether a space lost a key: bodies read earlier name its pages by that key, which another space may have now.
fn lost_a_key(known: &Space, now: &Space) -> bool {
    keys(known).any(|key| !keys(now).any(|other| other == key))
}

fn keys(space: &Space) -> impl Iterator<Item = &String> {
    std::iter::once(&space.key).chain(&space.alias)
}

fn describe(space: &Space) -> String {
    format!("space {} {:?}", space.key, space.name)
}
