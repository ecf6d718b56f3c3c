//! Reads again what the content lists do not show: header images, labels that macros filter by, and drafts.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::cross_checks::ListKind;
use super::{FinalPass, Round};
use crate::inventory::coverage::UnitKind;
use crate::inventory::crawl::GROUP;
use crate::inventory::site::{Content, ContentId, HeaderImage, SpaceId, Status};
use crate::inventory::{Inventory, content_updates, convert, drafts, header_images, labels, search_comparison};
use confluence_client::api::ContentType;
use confluence_client::model;
use storage_format::{Construct, Reference};

/// Searches for header images again. Reads the content properties where the search differs from the inventory, and for
/// owners of candidates that the search does not return. Returns the number of changes.
pub(super) async fn header_images(
    round: &Round<'_>,
    final_pass: &mut FinalPass,
    inventory: &mut Inventory,
    owners: &HashSet<ContentId>,
) -> usize {
    let crawl = &round.crawl;
    let is_read = |content: &Content| {
        header_images::can_have_header_image(content)
            && content.body.is_some()
            && content.status != Status::Draft
            && !content_updates::has_status_not_found(content)
    };
    let known: HashMap<&str, &[HeaderImage]> = inventory
        .contents
        .iter()
        .filter(|content| is_read(content))
        .map(|content| (content.id.as_str(), content.header_images.as_slice()))
        .collect();
    let listed: HashSet<&str> = inventory
        .contents
        .iter()
        .filter(|content| content.kind.owns_attachments())
        .map(|content| content.id.as_str())
        .collect();
    let mut unlisted: Vec<(ContentType, String)> = Vec::new();
    let mut found_by_search: HashSet<String> = HashSet::new();
    let mut differing: HashSet<String> = HashSet::new();
    let unit = round.pass.enter(crawl, UnitKind::HeaderImages, "header images of the site");
    let listing = crawl
        .api
        .header_images(|hit: model::SearchHit| {
            let which = match hit.kind.as_deref() {
                Some("blogpost") => ContentType::BlogPost,
                _ => ContentType::Page,
            };
            if !listed.contains(hit.id.0.as_str()) {
                unlisted.push((which, hit.id.0));
                return;
            }
            let Some(images) = convert::header_images_of_hit(&hit) else { return };
            let Some(known) = known.get(hit.id.0.as_str()) else { return };
            let set = |images: &[HeaderImage]| -> BTreeSet<(bool, String)> {
                images.iter().map(|image| (image.draft, image.id.clone())).collect()
            };
            if set(known) != set(&images) {
                differing.insert(hit.id.0.clone());
            }
            found_by_search.insert(hit.id.0);
        })
        .await;
    match &listing.end {
        Err(error) if error.stops_run() => unit.refused(error),
        // what the search did not return is read below, as far as a verdict depends on it
        Err(_) => unit.skipped("the search is not available"),
        Ok(()) => unit.ok(),
    }
    let found = search_comparison::read_unlisted(crawl, &unlisted).await;
    let mut wanted: Vec<&mut Content> = inventory
        .contents
        .iter_mut()
        .filter(|content| is_read(content))
        .filter(|content| {
            let id = content.id.as_str();
            differing.contains(id) || (owners.contains(&content.id) && !found_by_search.contains(id))
        })
        .collect();
    let mut changes = found.len();
    for group in wanted.chunks_mut(GROUP) {
        let read = group.iter_mut().map(async |content| {
            let before = named_by_properties(content);
            let in_other_order = header_images::read_alone_in(crawl, round.pass, content).await;
            (merge(before, content), in_other_order)
        });
        for (is_change, in_other_order) in crawl.all(read.collect()).await {
            changes += usize::from(is_change);
            if in_other_order {
                final_pass.refused.insert(ListKind::HeaderImages);
            }
        }
    }
    content_updates::apply_updates(&mut inventory.contents, &mut inventory.attachments, found);
    changes
}

/// Reads the lists of drafts, if the site has any, then new drafts and those saved since. Returns the number of
/// changes.
pub(super) async fn drafts(round: &Round<'_>, inventory: &mut Inventory) -> usize {
    let crawl = &round.crawl;
    if crawl.ledger.planned(UnitKind::DraftList) == 0 {
        return 0;
    }
    let listed = drafts::listed(crawl).await;
    let Inventory { scan, spaces, contents, attachments, .. } = inventory;
    let is_read = |id: &SpaceId| {
        let key = spaces.iter().find(|space| space.id == *id).map(|space| &space.key);
        let is_chosen = key.is_none_or(|key| scan.reported_spaces.as_ref().is_none_or(|keys| keys.contains(key)));
        !scan.references_within || is_chosen
    };
    let found = drafts::read(crawl, listed, contents, is_read).await;
    content_updates::apply_updates(contents, attachments, found)
}

/// What the content properties name: header images, and references of apps.
fn named_by_properties(content: &Content) -> (Vec<HeaderImage>, Vec<Reference>) {
    let references = content.body.iter().flat_map(|body| &body.references);
    let of_apps = references.filter(|reference| matches!(reference.construct, Construct::Property(_)));
    (content.header_images.clone(), of_apps.cloned().collect())
}

/// Keeps the old references next to the new ones and returns whether any is new: a list of properties that was cut off
/// looks like a removed header image, and an extra use does no harm.
fn merge(before: (Vec<HeaderImage>, Vec<Reference>), content: &mut Content) -> bool {
    let now = named_by_properties(content);
    let is_new = now.0.iter().any(|image| !before.0.contains(image)) || now.1.iter().any(|one| !before.1.contains(one));
    content.header_images.extend(before.0.into_iter().filter(|image| !now.0.contains(image)));
    if let Some(body) = &mut content.body {
        body.references.extend(before.1.into_iter().filter(|reference| !now.1.contains(reference)));
    }
    is_new
}

/// Reads again the labels that macros filter by. Returns the number of files whose labels changed.
pub(super) async fn labels(round: &Round<'_>, final_pass: &mut FinalPass, inventory: &mut Inventory) -> usize {
    let are_needed = round.crawl.options.needs_labels || !labels::wanted(&inventory.contents).is_empty();
    if !are_needed || labels::come_with_files(round.crawl.api) {
        return 0;
    }
    let before: HashMap<String, Option<Vec<String>>> =
        inventory.attachments.iter().map(|file| (file.id.digits().to_owned(), file.labels.clone())).collect();
    if labels::read(&round.crawl, round.pass, &inventory.contents, &mut inventory.attachments).await {
        final_pass.refused.insert(ListKind::Labels);
    }
    let mut changes = 0;
    for file in inventory.attachments.iter_mut().filter(|file| before.get(file.id.digits()) != Some(&file.labels)) {
        changes += 1;
        if round.is_last {
            // labels that differ in every round cannot be relied on
            file.labels = None;
        }
    }
    changes
}
