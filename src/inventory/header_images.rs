//! Header images: uses of files that no body shows.

use std::collections::{HashMap, HashSet};

use super::coverage::UnitKind;
use super::crawl::{Crawl, GROUP, single, subject};
use super::pass::Pass;
use super::site::{Content, HeaderImage, Space, SpaceId};
use super::{convert, search_comparison};
use confluence_client::api::Single;
use confluence_client::model;
use storage_format::{Construct, property_references};

/// Reads the header images of all pages and posts outside the trash: in bulk by search, and one by one where the
/// search gave no answer. `only` limits it to the spaces of those keys. Adds what only the search shows.
pub(super) async fn sweep(crawl: &Crawl<'_>, contents: &mut Vec<Content>, only: Option<&[String]>, spaces: &[Space]) {
    let unit = crawl.ledger.enter(UnitKind::HeaderImages, "header images of the site");
    let mut answered: HashMap<String, Vec<HeaderImage>> = HashMap::new();
    let listed: HashSet<String> = contents
        .iter()
        .filter(|content| content.kind.owns_attachments())
        .map(|content| content.id.as_str().to_owned())
        .collect();
    let mut unlisted: Vec<(Single, String)> = Vec::new();
    let walked = crawl
        .api
        .header_images(|hit| {
            let which = match hit.kind.as_deref() {
                Some("page") => Some(Single::Page),
                Some("blogpost") => Some(Single::BlogPost),
                _ => None,
            };
            let listed = which.is_none() || listed.contains(hit.id.0.as_str());
            let images = convert::swept_header_images(&hit);
            if let Some(which) = which.filter(|_| !listed) {
                unlisted.push((which, hit.id.0.clone()));
            }
            if let Some(images) = images {
                answered.insert(hit.id.0, images);
            }
        })
        .await;
    // a sweep that fails costs requests, nothing else: what it did not answer is asked for below
    match &walked.end {
        Err(error) if error.stops_run() => unit.refused(error),
        Err(error) => {
            crawl.ledger.warn(format!("header images had to be read page by page: {error}"));
            unit.skipped("no search");
        }
        Ok(()) => unit.ok(),
    }
    contents.extend(search_comparison::read_unlisted(crawl, &unlisted).await);
    let chosen: Option<HashSet<&SpaceId>> =
        only.map(|keys| spaces.iter().filter(|space| keys.contains(&space.key)).map(|space| &space.id).collect());
    let mut unanswered = Vec::new();
    for content in contents.iter_mut().filter(|content| has_header(content)) {
        match answered.remove(content.id.as_str()) {
            Some(images) => content.header_images = images,
            None if chosen.as_ref().is_none_or(|ids| content.space.as_ref().is_some_and(|id| ids.contains(id))) => {
                unanswered.push(content);
            }
            None => {}
        }
    }
    crawl.phase("header images", Some(unanswered.len() as u64));
    for group in unanswered.chunks_mut(GROUP) {
        crawl.all(group.iter_mut().map(|content| read_alone(crawl, content)).collect()).await;
    }
}

/// Pages and posts outside the trash.
pub(super) fn has_header(content: &Content) -> bool {
    content.kind.owns_attachments() && !content.status.is_trash()
}

/// Reads the header images of one page or post from its properties, and what apps keep there: that comes with the same
/// request, and a file named by an app's property may be in use.
pub(super) async fn read_alone(crawl: &Crawl<'_>, content: &mut Content) {
    read_alone_in(crawl, Pass::FIRST, content).await;
}

/// The same in a pass over the lists; gives whether the properties came in another order than that of the pass.
pub(super) async fn read_alone_in(crawl: &Crawl<'_>, pass: Pass, content: &mut Content) -> bool {
    let Some(which) = single(content.kind) else { return false };
    let unit = crawl.ledger.enter(UnitKind::Properties, subject(content));
    let mut images = Vec::new();
    let mut named_by_apps = Vec::new();
    let mut without_value = false;
    let id = content.id.as_str();
    let mut order = pass.order;
    let walked = loop {
        images.clear();
        named_by_apps.clear();
        let take = |property: model::Property| {
            let image = convert::header_image(&property.key, property.value.as_ref());
            if let (None, Some(value)) = (&image, &property.value) {
                named_by_apps.extend(property_references(&property.key, &value.to_string(), crawl.site));
            }
            without_value |= convert::is_header_image(&property.key) && property.value.is_none();
            images.extend(image);
        };
        let walked = crawl.api.properties(which, id, order, take).await;
        let Some(other) = pass.other_order(order, &walked) else { break walked };
        order = other;
    };
    crawl.progress.advance(1);
    let in_other_order = pass.is_other(order, &walked);
    match &walked.end {
        Err(error) if error.is_not_found() => {
            crawl.settle_missing(unit, which, id).await;
        }
        end => {
            match end {
                Ok(()) if without_value => unit.failed("a header image property bears no value"),
                end => unit.settle(end),
            }
            // two values of one property would be odd; both count, for a use too many does no harm
            content.header_images = images;
            if let Some(body) = &mut content.body {
                // properties read before are replaced, not added to
                body.references.retain(|reference| !matches!(reference.construct, Construct::Property(_)));
                body.references.extend(named_by_apps);
            }
        }
    }
    in_other_order
}
