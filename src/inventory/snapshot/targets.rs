//! Targets of links that the inventory does not hold: whether the site has them in whatever status.

use std::collections::{BTreeSet, HashSet};

use super::reading::Reading;
use crate::inventory::Inventory;
use crate::inventory::coverage::UnitKind;
use crate::inventory::site::{Content, ContentId};
use confluence_client::RequestError;
use confluence_client::api::CONTENT_IDS_PER_REQUEST;
use confluence_client::api::Single;
use storage_format::PageLink;

/// Ids that links of these pages name and the inventory does not hold, as contents or as files.
pub(super) fn unknown(inventory: &Inventory, pages: &[&Content]) -> BTreeSet<ContentId> {
    let contents: HashSet<&str> = inventory.contents.iter().map(|content| content.id.as_str()).collect();
    let files: HashSet<&str> = inventory.attachments.iter().map(|file| file.id.digits()).collect();
    let links = pages.iter().filter_map(|page| page.body.as_ref()).flat_map(|body| &body.page_links);
    let ids = links.filter_map(|link| match link {
        PageLink::Id(id) => Some(id.as_str()),
        PageLink::Title { .. } | PageLink::Post { .. } => None,
    });
    // what is no number was never an id, and a server refuses the whole request for it
    let is_id = |id: &&str| id.parse::<i64>().is_ok_and(|number| number > 0);
    ids.filter(is_id).filter(|id| !contents.contains(id) && !files.contains(id)).map(ContentId::new).collect()
}

/// Those of them that neither the list of pages nor that of blog posts shows. What could not be asked for is not among
/// them, and the coverage says so.
pub(super) async fn read(reading: &Reading<'_>) -> BTreeSet<ContentId> {
    let unknown = unknown(reading.inventory, reading.current);
    let ids: Vec<&str> = unknown.iter().map(ContentId::as_str).collect();
    reading.crawl.phase("link targets", Some(ids.len() as u64));
    let mut groups: Vec<&[&str]> = ids.chunks(CONTENT_IDS_PER_REQUEST).collect();
    let mut missing = BTreeSet::new();
    while !groups.is_empty() {
        for looked in reading.crawl.all(groups.drain(..).map(|group| one_group(reading, group)).collect()).await {
            match looked {
                Ok(absent) => missing.extend(absent),
                Err(group) => groups.extend(group.chunks(group.len().div_ceil(2))),
            }
        }
    }
    missing
}

/// The ids of one group that are not there; `Err` gives it back when it has to be halved (F-17).
async fn one_group<'g, 'i>(reading: &Reading<'_>, group: &'g [&'i str]) -> Result<Vec<ContentId>, &'g [&'i str]> {
    let crawl = &reading.crawl;
    let unit = crawl.ledger.enter(UnitKind::LinkTargets, format!("{} targets of links", group.len()));
    let mut there: HashSet<String> = HashSet::new();
    let mut end = Ok(());
    for which in [Single::Page, Single::BlogPost] {
        if end.is_ok() {
            end = crawl.api.listed(which, group, |found| there.extend([found.id.0])).await.end;
        }
    }
    if group.len() > 1 && end.as_ref().is_err_and(RequestError::is_too_long) {
        unit.withdrawn();
        return Err(group);
    }
    unit.settle(&end);
    crawl.progress.advance(group.len() as u64);
    if end.is_err() {
        return Ok(Vec::new());
    }
    Ok(group.iter().filter(|id| !there.contains(**id)).map(|id| ContentId::new(*id)).collect())
}
