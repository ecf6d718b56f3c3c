//! Attachments once more: what their list shows otherwise than the inventory, and what it does not show any more.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::contents::is_owner_gone;
use super::known::{KnownFiles, is_other_file};
use super::owed::{Item, Owed};
use super::second_opinions::List;
use super::{ClosingWalk, MOST_ALONE, Round};
use crate::inventory::coverage::UnitKind;
use crate::inventory::site::{Attachment, AttachmentId, ContentId, Unsettled};
use crate::inventory::witnesses::Kind;
use crate::inventory::{Inventory, OldSizes, convert, custom_content, lists, newer, owners, versions};
use crate::support::wording::plural;
use confluence_client::api::Order;
use confluence_client::model;

/// What the list told.
pub(super) struct Told {
    differing: Vec<Attachment>,
    /// The places of what it did not show.
    missing: Vec<usize>,
    /// What it showed of what it owed.
    shown: Vec<Item>,
    is_whole: bool,
    order: Order,
}

/// Walks the list of all attachments.
pub(super) async fn walk(round: &Round<'_>, inventory: &Inventory, owed: &Owed) -> Told {
    let known = KnownFiles::of(&inventory.attachments);
    let unit = round.pass.enter(&round.crawl, UnitKind::AttachmentList, "attachments of the site");
    let mut differing: BTreeMap<AttachmentId, Attachment> = BTreeMap::new();
    let mut order = round.pass.order;
    let walked = loop {
        let take = |sent: model::Attachment| {
            if let Some(file) = known.differing(convert::attachment(sent)) {
                differing.insert(file.id.clone(), file);
            }
            round.crawl.progress.advance(1);
        };
        let walked = round.crawl.api.attachments(order, take).await;
        let Some(other) = round.pass.other_order(order, &walked) else { break walked };
        order = other;
    };
    unit.settle(&walked.end);
    let is_whole = walked.end.is_ok();
    let order = if round.pass.is_other(order, &walked) { order } else { round.pass.order };
    let missing = if is_whole { known.not_shown().collect() } else { Vec::new() };
    let is_shown = |item: &&Item| matches!(item, Item::File(digits) if known.was_shown(digits));
    let shown = owed.by(List::Attachments).filter(is_shown).cloned().collect();
    Told { differing: differing.into_values().collect(), missing, shown, is_whole, order }
}

/// What is left of a file that the list does not show.
enum Look {
    There(Box<Attachment>),
    Gone,
    Unknown,
}

/// Puts what differs into the inventory, with the versions it gained, and asks for what is missing. Gives how much is new.
pub(super) async fn settle(round: &Round<'_>, walk: &mut ClosingWalk, inventory: &mut Inventory, told: Told) -> usize {
    if told.order != round.pass.order {
        walk.refused.insert(List::Attachments);
    }
    if told.is_whole {
        walk.owed.pay(List::Attachments, told.order, |item| told.shown.contains(item));
    } else {
        inventory.doubtful.insert(List::Attachments);
    }
    let mut states = told.differing;
    if round.is_narrow {
        let owners = inventory.contents.iter().filter(|content| content.kind.owns_attachments());
        let owners: HashSet<&ContentId> = owners.map(|content| &content.id).collect();
        let known: HashSet<&str> = inventory.attachments.iter().map(|file| file.id.digits()).collect();
        let is_of = |file: &Attachment| file.container.id().is_some_and(|owner| owners.contains(owner));
        states.retain(|file| is_of(file) || known.contains(file.id.digits()));
    }
    let mut gone: HashSet<AttachmentId> = HashSet::new();
    // files of what is out of sight went with it, and are undetermined
    let hidden: HashSet<&ContentId> = inventory
        .contents
        .iter()
        .filter(|content| content.kind.owns_attachments() && newer::is_out_of_sight(content))
        .map(|content| &content.id)
        .collect();
    let missing = told.missing.iter().filter_map(|&place| inventory.attachments.get(place));
    let missing: Vec<&Attachment> =
        missing.filter(|file| file.container.id().is_none_or(|owner| !hidden.contains(owner))).collect();
    if missing.len() > MOST_ALONE {
        let unit = round.crawl.ledger.enter(UnitKind::ClosingWalk, "attachments that the list does not show");
        unit.failed(format!("{} are not in it any more", plural(missing.len() as u64, "file", "files")));
        inventory.doubtful.insert(List::Attachments);
    } else {
        let looks = round.crawl.all(missing.into_iter().map(|file| look(round, file)).collect()).await;
        for (file, found) in looks {
            let item = Item::File(file.id.digits().to_owned());
            match found {
                Look::There(now) => {
                    let is_same = !is_other_file(file, &now);
                    if now.status.is_trash() {
                        walk.owed.forgive(&item);
                    } else if (is_same || walk.owed.has(&item, told.order)) && !is_owner_gone_of(round, &now).await {
                        walk.owed.owe(List::Attachments, told.order, item, words(file));
                    }
                    states.extend((!is_same).then_some(*now));
                }
                Look::Gone => {
                    walk.owed.forgive(&item);
                    gone.insert(file.id.clone());
                }
                Look::Unknown => {
                    inventory.doubtful.insert(List::Attachments);
                }
            }
        }
    }
    let news = states.len() + gone.len();
    let touched = put(round, walk, inventory, states, told.order);
    if !round.is_narrow {
        read_what_they_need(round, inventory, &touched).await;
    }
    inventory.attachments.retain(|file| !gone.contains(&file.id));
    news
}

/// Asks for a file that the list does not show.
async fn look<'f>(round: &Round<'_>, known: &'f Attachment) -> (&'f Attachment, Look) {
    let crawl = &round.crawl;
    let unit = crawl.ledger.enter(UnitKind::ClosingWalk, format!("{}, which the list does not show", words(known)));
    let found = match crawl.twice(|| crawl.api.attachment(known.id.as_str())).await {
        Ok(sent) => {
            unit.ok();
            Look::There(Box::new(convert::attachment(sent)))
        }
        Err(error) if error.is_not_found() => {
            if crawl.settle_gone(unit, Kind::File, known.id.as_str()).await {
                Look::Gone
            } else {
                Look::Unknown
            }
        }
        Err(error) => {
            unit.refused(&error);
            Look::Unknown
        }
    };
    (known, found)
}

/// Whether the page or post of a file went to the trash: whether its files are listed then is not documented.
async fn is_owner_gone_of(round: &Round<'_>, file: &Attachment) -> bool {
    match file.container.id().filter(|_| file.container.is_page_or_post()) {
        Some(owner) => is_owner_gone(round, owner).await,
        None => false,
    }
}

/// Puts these states into the inventory; gives their places.
fn put(
    round: &Round<'_>,
    walk: &mut ClosingWalk,
    inventory: &mut Inventory,
    states: Vec<Attachment>,
    order: Order,
) -> Vec<usize> {
    let places: HashMap<String, usize> = if states.is_empty() {
        HashMap::new()
    } else {
        let files = inventory.attachments.iter().enumerate();
        files.map(|(place, file)| (file.id.digits().to_owned(), place)).collect()
    };
    let mut touched = BTreeSet::new();
    for mut file in states {
        let Some(&place) = places.get(file.id.digits()) else {
            if !round.is_last && !walk.refused.contains(&List::Attachments) && !file.status.is_trash() {
                let item = Item::File(file.id.digits().to_owned());
                walk.owed.owe(List::Attachments, order.reversed(), item, words(&file));
            }
            file.unsettled = Some(Unsettled::New);
            touched.insert(inventory.attachments.len());
            inventory.attachments.push(file);
            continue;
        };
        let Some(known) = inventory.attachments.get_mut(place) else { continue };
        if file.version == 0 {
            file.version = known.version;
        }
        file.labels = known.labels.take();
        file.old_versions = std::mem::take(&mut known.old_versions);
        // references are rewritten without a new version of what refers, so those read before name it as it was then
        let is_elsewhere = (&file.title, &file.container) != (&known.title, &known.container);
        file.unsettled = known.unsettled.or((is_elsewhere || round.is_last).then_some(Unsettled::Changing));
        if file.version > known.version {
            file.old_versions.push(convert::became_old(known));
            file.unsettled = Some(Unsettled::New);
        }
        *known = file;
        touched.insert(place);
    }
    touched.into_iter().collect()
}

/// Reads the versions these files gained, and their owners where nobody knows them yet.
async fn read_what_they_need(round: &Round<'_>, inventory: &mut Inventory, touched: &[usize]) {
    if touched.is_empty() {
        return;
    }
    let crawl = &round.crawl;
    versions::read_of(crawl, &mut inventory.attachments, touched).await;
    if matches!(inventory.scan.old_sizes, OldSizes::Unproved { .. }) {
        for &place in touched {
            if let Some(file) = inventory.attachments.get_mut(place) {
                file.old_versions.iter_mut().for_each(|version| version.size = None);
            }
        }
    }
    let files: Vec<Attachment> =
        touched.iter().filter_map(|&place| inventory.attachments.get(place)).cloned().collect();
    let unknown = lists::unlisted_owners(&inventory.contents, &files);
    let known: HashSet<&ContentId> = inventory.contents.iter().map(|content| &content.id).collect();
    let unknown: Vec<_> =
        unknown.into_iter().filter(|owner| owner.id().is_some_and(|id| !known.contains(id))).collect();
    let found = owners::find(crawl, &unknown).await;
    let (contents, types) = custom_content::read(crawl, found).await;
    newer::put_all(&mut inventory.contents, &mut inventory.attachments, contents);
    let of_scan = &mut inventory.scan.app_content_types;
    let new: Vec<String> = types.into_iter().filter(|kind| !of_scan.contains(kind)).collect();
    of_scan.extend(new);
}

fn words(file: &Attachment) -> String {
    format!("attachment {} {:?}", file.id, file.title)
}
