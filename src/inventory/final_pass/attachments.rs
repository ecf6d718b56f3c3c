//! Reads the list of attachments again, applies what differs from the inventory and requests files no longer listed.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::apply_contents::is_owner_gone;
use super::cross_checks::ListKind;
use super::expected_items::{ExpectedItems, ListedItem};
use super::inventory_index::{KnownFiles, is_other_file};
use super::{FinalPass, MAX_MISSING_REQUESTS, Round};
use crate::inventory::coverage::UnitKind;
use crate::inventory::not_found::ItemKind;
use crate::inventory::site::{Attachment, AttachmentId, ContentId, Unsettled};
use crate::inventory::{
    Inventory, VersionSizeCheck, content_updates, convert, custom_content, lists, old_versions, unlisted_owners,
};
use crate::support::formatting::plural;
use confluence_client::api::ListOrder;
use confluence_client::model;

/// What the list of attachments shows compared with the inventory.
pub(super) struct AttachmentListResult {
    differing: Vec<Attachment>,
    /// Indexes into `inventory.attachments` of the files that the list does not show.
    missing: Vec<usize>,
    /// The expected files that the list shows.
    shown: Vec<ListedItem>,
    is_complete: bool,
    order: ListOrder,
    /// Keys of the spaces whose trash could not be listed.
    unread_trash: Vec<String>,
}

/// Reads the list of all attachments.
pub(super) async fn read_list(
    round: &Round<'_>,
    inventory: &Inventory,
    expected_items: &ExpectedItems,
) -> AttachmentListResult {
    let known = KnownFiles::of(&inventory.attachments);
    let unit = round.pass.enter(&round.crawl, UnitKind::AttachmentList, "attachments of the site");
    let mut differing: BTreeMap<AttachmentId, Attachment> = BTreeMap::new();
    let mut order = round.pass.order;
    let listing = loop {
        let take = |sent: model::Attachment| {
            if let Some(file) = known.differing(convert::attachment(sent)) {
                differing.insert(file.id.clone(), file);
            }
            round.crawl.progress.advance(1);
        };
        let listing = round.crawl.api.attachments(order, take).await;
        let Some(other) = round.pass.other_order(order, &listing) else { break listing };
        order = other;
    };
    unit.settle(&listing.end);
    let is_complete = listing.end.is_ok();
    let order = if round.pass.is_other(order, &listing) { order } else { round.pass.order };
    let missing = if is_complete { known.not_shown().collect() } else { Vec::new() };
    let is_shown = |item: &&ListedItem| matches!(item, ListedItem::File(digits) if known.was_shown(digits));
    let shown = expected_items.of_list(ListKind::Attachments).filter(is_shown).cloned().collect();
    let unread_trash = listing.denied_trash;
    AttachmentListResult {
        differing: differing.into_values().collect(),
        missing,
        shown,
        is_complete,
        order,
        unread_trash,
    }
}

/// State of a file that is no longer listed.
enum MissingFile {
    Exists(Box<Attachment>),
    Gone,
    Unknown,
}

/// Updates the inventory with the files that differ and their new versions, and requests missing files. Returns the
/// number of changes.
pub(super) async fn apply(
    round: &Round<'_>,
    final_pass: &mut FinalPass,
    inventory: &mut Inventory,
    result: AttachmentListResult,
) -> usize {
    if result.order != round.pass.order {
        final_pass.refused.insert(ListKind::Attachments);
    }
    if result.is_complete {
        final_pass.expected_items.remove_shown(ListKind::Attachments, result.order, |item| result.shown.contains(item));
    } else {
        inventory.doubtful.insert(ListKind::Attachments);
    }
    let is_known = |key: &String| inventory.scan.unread_trash.contains(key);
    let refused_now: Vec<String> = result.unread_trash.into_iter().filter(|key| !is_known(key)).collect();
    lists::note_unread_trash(&round.crawl, &refused_now);
    inventory.scan.unread_trash.extend(refused_now);
    let mut states = result.differing;
    if round.is_narrow {
        let owners = inventory.contents.iter().filter(|content| content.kind.owns_attachments());
        let owners: HashSet<&ContentId> = owners.map(|content| &content.id).collect();
        let known: HashSet<&str> = inventory.attachments.iter().map(|file| file.id.digits()).collect();
        let is_of = |file: &Attachment| file.container.id().is_some_and(|owner| owners.contains(owner));
        states.retain(|file| is_of(file) || known.contains(file.id.digits()));
    }
    let mut gone: HashSet<AttachmentId> = HashSet::new();
    // files on contents that are no longer visible disappeared with them and are undetermined
    let hidden: HashSet<&ContentId> = inventory
        .contents
        .iter()
        .filter(|content| content.kind.owns_attachments() && content_updates::has_status_not_found(content))
        .map(|content| &content.id)
        .collect();
    let missing = result.missing.iter().filter_map(|&index| inventory.attachments.get(index));
    let missing: Vec<&Attachment> =
        missing.filter(|file| file.container.id().is_none_or(|owner| !hidden.contains(owner))).collect();
    if missing.len() > MAX_MISSING_REQUESTS {
        let unit = round.crawl.ledger.enter(UnitKind::FinalPass, "attachments missing from the list");
        unit.failed(format!("{} no longer listed", plural(missing.len() as u64, "file is", "files are")));
        inventory.doubtful.insert(ListKind::Attachments);
    } else {
        let requests = missing.into_iter().map(|file| fetch_missing(round, file)).collect();
        for (file, found) in round.crawl.all(requests).await {
            let item = ListedItem::File(file.id.digits().to_owned());
            match found {
                MissingFile::Exists(now) => {
                    let is_same = !is_other_file(file, &now);
                    if now.status.is_trash() {
                        final_pass.expected_items.remove(&item);
                    } else if (is_same || final_pass.expected_items.contains(&item, result.order))
                        && !is_owner_gone_of(round, &now).await
                    {
                        final_pass.expected_items.add(ListKind::Attachments, result.order, item, describe(file));
                    }
                    states.extend((!is_same).then_some(*now));
                }
                MissingFile::Gone => {
                    final_pass.expected_items.remove(&item);
                    gone.insert(file.id.clone());
                }
                MissingFile::Unknown => {
                    inventory.doubtful.insert(ListKind::Attachments);
                }
            }
        }
    }
    let changes = states.len() + gone.len();
    let touched = put(round, final_pass, inventory, states, result.order);
    if !round.is_narrow {
        read_versions_and_owners(round, inventory, &touched).await;
    }
    inventory.attachments.retain(|file| !gone.contains(&file.id));
    changes
}

/// Requests a file that is no longer listed.
async fn fetch_missing<'f>(round: &Round<'_>, known: &'f Attachment) -> (&'f Attachment, MissingFile) {
    let crawl = &round.crawl;
    let unit = crawl.ledger.enter(UnitKind::FinalPass, format!("{}, no longer listed", describe(known)));
    let found = match crawl.retry_not_found(|| crawl.api.attachment(known.id.as_str())).await {
        Ok(sent) => {
            unit.ok();
            MissingFile::Exists(Box::new(convert::attachment(sent)))
        }
        Err(error) if error.is_not_found() => {
            if crawl.settle_gone(unit, ItemKind::File, known.id.as_str()).await {
                MissingFile::Gone
            } else {
                MissingFile::Unknown
            }
        }
        Err(error) => {
            unit.refused(&error);
            MissingFile::Unknown
        }
    };
    (known, found)
}

/// Whether the page or post of a file was moved to the trash: it is not documented whether the file is listed then.
async fn is_owner_gone_of(round: &Round<'_>, file: &Attachment) -> bool {
    match file.container.id().filter(|_| file.container.is_page_or_post()) {
        Some(owner) => is_owner_gone(round, owner).await,
        None => false,
    }
}

/// Puts these files into the inventory and returns their indexes.
fn put(
    round: &Round<'_>,
    final_pass: &mut FinalPass,
    inventory: &mut Inventory,
    states: Vec<Attachment>,
    order: ListOrder,
) -> Vec<usize> {
    let indexes: HashMap<String, usize> = if states.is_empty() {
        HashMap::new()
    } else {
        let files = inventory.attachments.iter().enumerate();
        files.map(|(index, file)| (file.id.digits().to_owned(), index)).collect()
    };
    let mut touched = BTreeSet::new();
    for mut file in states {
        let Some(&index) = indexes.get(file.id.digits()) else {
            if !round.is_last && !final_pass.refused.contains(&ListKind::Attachments) && !file.status.is_trash() {
                let item = ListedItem::File(file.id.digits().to_owned());
                final_pass.expected_items.add(ListKind::Attachments, order.reversed(), item, describe(&file));
            }
            file.unsettled = Some(Unsettled::New);
            touched.insert(inventory.attachments.len());
            inventory.attachments.push(file);
            continue;
        };
        let Some(known) = inventory.attachments.get_mut(index) else { continue };
        if file.version == 0 {
            file.version = known.version;
        }
        file.labels = file.labels.or_else(|| known.labels.take());
        file.old_versions = std::mem::take(&mut known.old_versions);
        // Confluence rewrites references without a new version of the page, so bodies read earlier still have the old
        // name
        let is_elsewhere = (&file.title, &file.container) != (&known.title, &known.container);
        file.unsettled = known.unsettled.or((is_elsewhere || round.is_last).then_some(Unsettled::Changing));
        if file.version > known.version {
            file.old_versions.push(convert::to_old_version(known));
            file.unsettled = Some(Unsettled::New);
        }
        *known = file;
        touched.insert(index);
    }
    touched.into_iter().collect()
}

/// Reads the versions that these files gained, and the owners that the inventory lacks.
async fn read_versions_and_owners(round: &Round<'_>, inventory: &mut Inventory, touched: &[usize]) {
    if touched.is_empty() {
        return;
    }
    let crawl = &round.crawl;
    old_versions::read_of(crawl, &mut inventory.attachments, touched).await;
    if matches!(inventory.scan.old_sizes, VersionSizeCheck::Unproved { .. }) {
        for &index in touched {
            if let Some(file) = inventory.attachments.get_mut(index) {
                file.old_versions.iter_mut().for_each(|version| version.size = None);
            }
        }
    }
    let files: Vec<Attachment> =
        touched.iter().filter_map(|&index| inventory.attachments.get(index)).cloned().collect();
    let unknown = lists::unlisted_owners(&inventory.contents, &files);
    let known: HashSet<&ContentId> = inventory.contents.iter().map(|content| &content.id).collect();
    let unknown: Vec<_> =
        unknown.into_iter().filter(|owner| owner.id().is_some_and(|id| !known.contains(id))).collect();
    let found = unlisted_owners::find(crawl, &unknown).await;
    let (contents, types) = custom_content::read(crawl, found).await;
    content_updates::apply_updates(&mut inventory.contents, &mut inventory.attachments, contents);
    let of_scan = &mut inventory.scan.custom_content_types;
    let new: Vec<String> = types.into_iter().filter(|kind| !of_scan.contains(kind)).collect();
    of_scan.extend(new);
}

fn describe(file: &Attachment) -> String {
    format!("attachment {} {:?}", file.id, file.title)
}
