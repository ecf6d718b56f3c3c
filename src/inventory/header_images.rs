//! Header images: uses of files that are in no body.

use std::collections::{HashMap, HashSet};

use super::coverage::UnitKind;
use super::crawl::{Crawl, GROUP, content_type_of, subject};
use super::pass::Pass;
use super::site::{Content, HeaderImage, Space, SpaceId};
use super::{convert, search_comparison};
use confluence_client::api::ContentType;
use confluence_client::model;
use storage_format::{Construct, property_references};

/// Reads the header images of all pages and posts outside the trash: in bulk through the search, and one by one for
/// those that the search did not return. `only` limits it to the spaces with these keys. Adds contents that only the
/// search shows, which is its only purpose on sites without header images.
pub(super) async fn read_all(
    crawl: &Crawl<'_>,
    contents: &mut Vec<Content>,
    only: Option<&[String]>,
    spaces: &[Space],
) {
    let has_images = crawl.api.features().header_images;
    let subject = if has_images { "header images of the site" } else { "pages and posts of the site" };
    let unit = crawl.ledger.enter(UnitKind::HeaderImages, subject);
    let mut found: HashMap<String, Vec<HeaderImage>> = HashMap::new();
    let listed: HashSet<String> = contents
        .iter()
        .filter(|content| content.kind.owns_attachments())
        .map(|content| content.id.as_str().to_owned())
        .collect();
    let mut unlisted: Vec<(ContentType, String)> = Vec::new();
    let listing = crawl
        .api
        .header_images(|hit| {
            let which = match hit.kind.as_deref() {
                Some("page") => Some(ContentType::Page),
                Some("blogpost") => Some(ContentType::BlogPost),
                _ => None,
            };
            let listed = which.is_none() || listed.contains(hit.id.0.as_str());
            let images = convert::header_images_of_hit(&hit);
            if let Some(which) = which.filter(|_| !listed) {
                unlisted.push((which, hit.id.0.clone()));
            }
            if let Some(images) = images {
                found.insert(hit.id.0, images);
            }
        })
        .await;
    // a failed search costs requests, nothing else: missing header images are requested below
    match &listing.end {
        Err(error) if error.stops_run() => unit.refused(error),
        Err(error) => {
            let effect = if has_images {
                "header images were read page by page, because the search failed"
            } else {
                "could not compare the lists of pages and posts with the search"
            };
            crawl.ledger.warn(format!("{effect}: {error}"));
            unit.skipped("search is not available");
        }
        Ok(()) => unit.ok(),
    }
    contents.extend(search_comparison::read_unlisted(crawl, &unlisted).await);
    if !has_images {
        return;
    }
    let chosen: Option<HashSet<&SpaceId>> =
        only.map(|keys| spaces.iter().filter(|space| keys.contains(&space.key)).map(|space| &space.id).collect());
    let mut remaining = Vec::new();
    for content in contents.iter_mut().filter(|content| can_have_header_image(content)) {
        match found.remove(content.id.as_str()) {
            Some(images) => content.header_images = images,
            None if chosen.as_ref().is_none_or(|ids| content.space.as_ref().is_some_and(|id| ids.contains(id))) => {
                remaining.push(content);
            }
            None => {}
        }
    }
    crawl.phase("header images", Some(remaining.len() as u64));
    for group in remaining.chunks_mut(GROUP) {
        crawl.all(group.iter_mut().map(|content| read_alone(crawl, content)).collect()).await;
    }
}

/// Returns whether this is a page or post outside the trash.
pub(super) fn can_have_header_image(content: &Content) -> bool {
    content.kind.owns_attachments() && !content.status.is_trash()
}

/// Reads the header images of one page or post from its properties. The same request returns the properties of apps,
/// whose references are added to the body, because a file that they name may be in use.
pub(super) async fn read_alone(crawl: &Crawl<'_>, content: &mut Content) {
    read_alone_in(crawl, Pass::FIRST, content).await;
}

/// Does the same in a pass. Returns whether the properties came in another order than that of the pass.
pub(super) async fn read_alone_in(crawl: &Crawl<'_>, pass: Pass, content: &mut Content) -> bool {
    let Some(which) = content_type_of(content.kind) else { return false };
    let unit = crawl.ledger.enter(UnitKind::Properties, subject(content));
    let mut images = Vec::new();
    let mut named_by_apps = Vec::new();
    let mut without_value = false;
    let id = content.id.as_str();
    let mut order = pass.order;
    let listing = loop {
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
        let listing = crawl.api.properties(which, id, order, take).await;
        let Some(other) = pass.other_order(order, &listing) else { break listing };
        order = other;
    };
    crawl.progress.advance(1);
    let in_other_order = pass.is_other(order, &listing);
    match &listing.end {
        Err(error) if error.is_not_found() => {
            crawl.settle_missing(unit, which, id).await;
        }
        end => {
            match end {
                Ok(()) if without_value => unit.failed("a header image property has no value"),
                end => unit.settle(end),
            }
            // two values of one property are unlikely; both count, because an additional use does no harm
            content.header_images = images;
            if let Some(body) = &mut content.body {
                // replaces the properties that were read before
                body.references.retain(|reference| !matches!(reference.construct, Construct::Property(_)));
                body.references.extend(named_by_apps);
            }
        }
    }
    in_other_order
}
