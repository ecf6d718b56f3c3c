//! The spaces once more: those that came, those that went, those that were archived or renamed.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::owed::Item;
use super::second_opinions::List;
use super::{ClosingWalk, Round};
use crate::inventory::coverage::UnitKind;
use crate::inventory::site::{Space, SpaceId};
use crate::inventory::{Inventory, SpaceStatus, convert, newer, scope};
use confluence_client::api::{Order, SpaceList};
use confluence_client::model;

/// What became of the spaces.
#[derive(Debug, Default)]
pub(super) struct Spaces {
    /// Those of which nothing was read before.
    pub(super) new: HashSet<SpaceId>,
    /// Those deleted or hidden since.
    pub(super) gone: HashSet<SpaceId>,
    pub(super) news: usize,
}

/// Walks the lists of spaces and brings those of the inventory up to date.
pub(super) async fn walk(round: &Round<'_>, walk: &mut ClosingWalk, inventory: &mut Inventory) -> Spaces {
    let mut shown: HashMap<SpaceId, Space> = HashMap::new();
    let (mut is_whole, mut order) = (true, round.pass.order);
    for which in [SpaceList::Current, SpaceList::Archived] {
        let unit = round.pass.enter(&round.crawl, UnitKind::SpaceList, format!("{} spaces", which.word()));
        let mut came_in = round.pass.order;
        let walked = loop {
            let take = |space: model::Space| {
                let space = convert::space(space);
                shown.insert(space.id.clone(), space);
            };
            let walked = round.crawl.api.spaces(which, came_in, take).await;
            let Some(other) = round.pass.other_order(came_in, &walked) else { break walked };
            came_in = other;
        };
        unit.settle(&walked.end);
        is_whole &= walked.end.is_ok();
        if round.pass.is_other(came_in, &walked) {
            order = came_in;
            walk.refused.insert(List::Spaces);
        }
    }
    let mut found = Spaces::default();
    if !is_whole {
        inventory.doubtful.insert(List::Spaces);
        return found;
    }
    let is_shown = |item: &Item| matches!(item, Item::Space(id) if shown.keys().any(|space| space.as_str() == id));
    walk.owed.pay(List::Spaces, order, is_shown);
    let mut spaces: BTreeMap<SpaceId, Space> = BTreeMap::new();
    for known in std::mem::take(&mut inventory.spaces) {
        let now = match shown.remove(&known.id) {
            Some(now) => now,
            None if is_gone(&known) => known.clone(),
            None => look(round, walk, order, &known).await,
        };
        if is_gone(&now) {
            found.gone.insert(now.id.clone());
        }
        found.news += usize::from(is_other(&known, &now));
        if lost_a_key(&known, &now) {
            let in_it = inventory.contents.iter().filter(|content| content.space.as_ref() == Some(&now.id));
            let in_it = in_it.filter(|content| content.kind.owns_attachments()).map(|content| content.id.clone());
            newer::leave_open(&in_it.collect(), &mut inventory.attachments);
        }
        spaces.insert(now.id.clone(), now);
    }
    for (id, space) in shown {
        if !round.is_last && !walk.refused.contains(&List::Spaces) {
            walk.owed.owe(List::Spaces, order.reversed(), Item::Space(id.0.clone()), words(&space));
        }
        found.news += 1;
        found.new.insert(id.clone());
        spaces.insert(id, space);
    }
    inventory.spaces = spaces.into_values().collect();
    inventory.spaces.sort_by(|a, b| a.key.cmp(&b.key));
    if inventory.scan.reported_spaces.is_some() {
        let options = round.crawl.options;
        // where no chosen space is left, what was read of them is reported as it was
        if let Ok(Some(keys)) = scope::reported(&inventory.spaces, &options.include_spaces, &options.exclude_spaces) {
            inventory.scan.reported_spaces = Some(keys);
        }
    }
    found
}

/// The word for the status of a space that was deleted or hidden since it was read.
const NOT_FOUND: &str = "not found";

/// Whether a space was deleted or hidden since it was read. It stays in the inventory, for what was read of it does.
pub(super) fn is_gone(space: &Space) -> bool {
    matches!(&space.status, SpaceStatus::Other(word) if word == NOT_FOUND)
}

/// A space that no list shows, asked for alone.
async fn look(round: &Round<'_>, walk: &mut ClosingWalk, order: Order, known: &Space) -> Space {
    let crawl = &round.crawl;
    let unit = crawl.ledger.enter(UnitKind::ClosingWalk, words(known));
    let item = Item::Space(known.id.0.clone());
    match crawl.twice(|| crawl.api.space(known.id.as_str())).await {
        Ok(sent) => {
            unit.ok();
            let now = convert::space(sent);
            if walk.owed.has(&item, order) || !is_other(known, &now) {
                walk.owed.owe(List::Spaces, order, item, words(known));
            }
            now
        }
        Err(error) if error.is_not_found() => {
            // the lists of spaces were walked to their ends just now, so this is no answer to a visitor
            unit.gone();
            walk.owed.forgive(&item);
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

/// Whether a space does not bear a key any more that it bore: bodies that were read before name its pages by that key, which
/// another space may bear now.
fn lost_a_key(known: &Space, now: &Space) -> bool {
    keys(known).any(|key| !keys(now).any(|other| other == key))
}

fn keys(space: &Space) -> impl Iterator<Item = &String> {
    std::iter::once(&space.key).chain(&space.alias)
}

fn words(space: &Space) -> String {
    format!("space {} {:?}", space.key, space.name)
}
