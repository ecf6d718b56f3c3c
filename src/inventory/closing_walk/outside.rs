//! Once more what stands outside of bodies: header images, and labels that macros filter by.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::second_opinions::List;
use super::{ClosingWalk, Round};
use crate::inventory::coverage::UnitKind;
use crate::inventory::crawl::GROUP;
use crate::inventory::site::{Content, ContentId, HeaderImage, Status};
use crate::inventory::{Inventory, convert, header_images, labels, newer};
use confluence_client::model;

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
    let mut answered: HashSet<String> = HashSet::new();
    let mut differing: HashSet<String> = HashSet::new();
    let unit = round.pass.enter(crawl, UnitKind::HeaderImages, "header images of the site");
    let walked = crawl
        .api
        .header_images(|hit: model::SearchHit| {
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
    drop(known);
    let mut wanted: Vec<&mut Content> = inventory
        .contents
        .iter_mut()
        .filter(|content| is_read(content))
        .filter(|content| {
            let id = content.id.as_str();
            differing.contains(id) || (owners.contains(&content.id) && !answered.contains(id))
        })
        .collect();
    let mut news = 0;
    for group in wanted.chunks_mut(GROUP) {
        let read = group.iter_mut().map(async |content| {
            let before = (content.header_images.clone(), content.body.clone());
            let order = header_images::read_alone_in(crawl, round.pass, content).await;
            (before != (content.header_images.clone(), content.body.clone()), order)
        });
        for (is_news, order) in crawl.all(read.collect()).await {
            news += usize::from(is_news);
            if order != round.pass.order {
                walk.refused.insert(List::HeaderImages);
            }
        }
    }
    news
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
    let is_news = |file: &&crate::inventory::Attachment| before.get(file.id.digits()) != Some(&file.labels);
    inventory.attachments.iter().filter(is_news).count()
}
