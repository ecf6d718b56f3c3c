//! Once more what stands beside the lists of contents: header images, labels that macros filter by, and drafts.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::second_opinions::List;
use super::{ClosingWalk, Round};
use crate::inventory::coverage::UnitKind;
use crate::inventory::crawl::GROUP;
use crate::inventory::site::{Content, ContentId, HeaderImage, SpaceId, Status};
use crate::inventory::{Inventory, convert, drafts, header_images, labels, newer, search_comparison};
use confluence_client::api::Single;
use confluence_client::model;
use storage_format::{Construct, Reference};

/// Sweeps over the header images. Where the search answers otherwise than the inventory, the properties are read alone;
/// and so they are for owners of candidates that the search does not answer. Gives how much is new.
pub(super) async fn header_images(
    round: &Round<'_>,
    walk: &mut ClosingWalk,
    inventory: &mut Inventory,
    owners: &HashSet<ContentId>,
) -> usize {
    let crawl = &round.crawl;
    let is_read = |content: &Content| {
        header_images::has_header(content)
            && content.body.is_some()
            && content.status != Status::Draft
            && !newer::is_out_of_sight(content)
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
    let mut unlisted: Vec<(Single, String)> = Vec::new();
    let mut answered: HashSet<String> = HashSet::new();
    let mut differing: HashSet<String> = HashSet::new();
    let unit = round.pass.enter(crawl, UnitKind::HeaderImages, "header images of the site");
    let walked = crawl
        .api
        .header_images(|hit: model::SearchHit| {
            let which = match hit.kind.as_deref() {
                Some("blogpost") => Single::BlogPost,
                _ => Single::Page,
            };
            if !listed.contains(hit.id.0.as_str()) {
                unlisted.push((which, hit.id.0));
                return;
            }
            let Some(images) = convert::swept_header_images(&hit) else { return };
            let Some(known) = known.get(hit.id.0.as_str()) else { return };
            let set = |images: &[HeaderImage]| -> BTreeSet<(bool, String)> {
                images.iter().map(|image| (image.draft, image.id.clone())).collect()
            };
            if set(known) != set(&images) {
                differing.insert(hit.id.0.clone());
            }
            answered.insert(hit.id.0);
        })
        .await;
    match &walked.end {
        Err(error) if error.stops_run() => unit.refused(error),
        // what it did not answer is asked for below, as far as a verdict depends on it
        Err(_) => unit.skipped("no search"),
        Ok(()) => unit.ok(),
    }
    let found = search_comparison::read_unlisted(crawl, &unlisted).await;
    let mut wanted: Vec<&mut Content> = inventory
        .contents
        .iter_mut()
        .filter(|content| is_read(content))
        .filter(|content| {
            let id = content.id.as_str();
            differing.contains(id) || (owners.contains(&content.id) && !answered.contains(id))
        })
        .collect();
    let mut news = found.len();
    for group in wanted.chunks_mut(GROUP) {
        let read = group.iter_mut().map(async |content| {
            let before = named_outside(content);
            let in_other_order = header_images::read_alone_in(crawl, round.pass, content).await;
            (keep(before, content), in_other_order)
        });
        for (is_news, in_other_order) in crawl.all(read.collect()).await {
            news += usize::from(is_news);
            if in_other_order {
                walk.refused.insert(List::HeaderImages);
            }
        }
    }
    newer::put_all(&mut inventory.contents, &mut inventory.attachments, found);
    news
}

/// Walks the lists of drafts, where the site has any, and reads those that are new or were saved since. Gives how many.
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
    newer::put_all(contents, attachments, found)
}

/// What stands in the properties of a content: its header images, and what apps name there.
fn named_outside(content: &Content) -> (Vec<HeaderImage>, Vec<Reference>) {
    let references = content.body.iter().flat_map(|body| &body.references);
    let of_apps = references.filter(|reference| matches!(reference.construct, Construct::Property(_)));
    (content.header_images.clone(), of_apps.cloned().collect())
}

/// Keeps what was there before beside what is there now: a list of properties that was cut off looks like a header image
/// that was taken away, and a use too many does no harm. Gives whether something is new.
fn keep(before: (Vec<HeaderImage>, Vec<Reference>), content: &mut Content) -> bool {
    let now = named_outside(content);
    let is_new = now.0.iter().any(|image| !before.0.contains(image)) || now.1.iter().any(|one| !before.1.contains(one));
    content.header_images.extend(before.0.into_iter().filter(|image| !now.0.contains(image)));
    if let Some(body) = &mut content.body {
        body.references.extend(before.1.into_iter().filter(|reference| !now.1.contains(reference)));
    }
    is_new
}

/// Reads the labels again that macros filter by. Gives how many files bear others than before.
pub(super) async fn labels(round: &Round<'_>, walk: &mut ClosingWalk, inventory: &mut Inventory) -> usize {
    if !round.crawl.options.needs_labels && labels::wanted(&inventory.contents).is_empty() {
        return 0;
    }
    let before: HashMap<String, Option<Vec<String>>> =
        inventory.attachments.iter().map(|file| (file.id.digits().to_owned(), file.labels.clone())).collect();
    if labels::read(&round.crawl, round.pass, &inventory.contents, &mut inventory.attachments).await {
        walk.refused.insert(List::Labels);
    }
    let mut news = 0;
    for file in inventory.attachments.iter_mut().filter(|file| before.get(file.id.digits()) != Some(&file.labels)) {
        news += 1;
        if round.is_last {
            // labels that never agree are none to judge by
            file.labels = None;
        }
    }
    news
}
