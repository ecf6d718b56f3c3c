//! Reads the versions of pages that changed in the last 90 days, with their authors.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::context::{SnapshotContext, content_type_of_page};
use super::{PageVersions, SnapshotFacts};
use crate::inventory::convert;
use crate::inventory::coverage::UnitKind;
use crate::inventory::crawl::{Crawl, subject};
use crate::inventory::inventory_cache::InventoryCache;
use crate::inventory::site::{AccountId, Content, PageVersion};
use confluence_client::api::ListOrder;
use confluence_client::{Client, RequestError, RequestKind, model};

/// Period for which versions are read.
const PERIOD: TimeDelta = TimeDelta::days(90);

/// Versions of a page that are known without a request.
enum KnownVersions {
    /// From the list of pages, or from an earlier run.
    Enough(PageVersions, VersionSource),
    /// Unknown: they have to be listed.
    Nothing,
}

#[derive(PartialEq, Eq)]
enum VersionSource {
    List,
    Cache,
}

fn known(cache: InventoryCache<'_>, page: &Content, now: DateTime<Utc>) -> KnownVersions {
    let Some(number) = page.version else { return KnownVersions::Nothing };
    let current = PageVersion {
        number,
        at: page.modified_at,
        author: page.last_editor.clone(),
        minor: page.details.as_ref().and_then(|details| details.minor_edit).unwrap_or(false),
    };
    let is_old = page.modified_at.is_some_and(|at| now - at > PERIOD);
    if number == 1 || is_old {
        return KnownVersions::Enough(PageVersions { list: vec![current], whole: number == 1 }, VersionSource::List);
    }
    match cache.page_versions(page, number) {
        Some(list) => KnownVersions::Enough(PageVersions { list, whole: true }, VersionSource::Cache),
        None => KnownVersions::Nothing,
    }
}

/// Number of requests to list the versions of a page.
pub(super) fn requests(client: &Client, cache: InventoryCache<'_>, page: &Content, now: DateTime<Utc>) -> u64 {
    match known(cache, page, now) {
        KnownVersions::Enough(..) => 0,
        KnownVersions::Nothing => {
            let limit = client.page_limit(RequestKind::PageVersions);
            u64::from(page.version.unwrap_or(1)).div_ceil(limit.into()).max(1)
        }
    }
}

/// Adds the versions of every page: from the list of pages if it has only one or none in the last 90 days, from an
/// earlier run if the page has not changed since, and otherwise from its own list of versions.
pub(super) async fn read(context: &SnapshotContext<'_>, facts: &mut SnapshotFacts) {
    let mut versions = BTreeMap::new();
    let mut missing = Vec::new();
    for &page in context.current {
        match known(context.crawl.cache, page, context.crawl.started_at) {
            KnownVersions::Enough(found, from) => {
                if from == VersionSource::Cache {
                    context.crawl.ledger.remembered(UnitKind::PageVersions);
                }
                versions.insert(page.id.clone(), found);
            }
            KnownVersions::Nothing => missing.push(page),
        }
    }
    let what = (UnitKind::PageVersions, "versions of pages");
    versions.extend(context.each(what, &missing, |page| listed(context, page)).await);
    for (id, versions) in versions {
        facts.pages.entry(id).or_default().versions = Some(versions);
    }
}

/// Lists all versions of one page; `None` if they could not be read, which the coverage records.
async fn listed(context: &SnapshotContext<'_>, page: &Content) -> Option<PageVersions> {
    let crawl = &context.crawl;
    let unit = crawl.ledger.enter(UnitKind::PageVersions, format!("versions of {}", subject(page)));
    match both_orders(crawl, page).await {
        Ok(list) => {
            let newest = list.first().map_or(0, |version| version.number);
            if newest < page.version.unwrap_or(1) {
                unit.failed("the list of versions does not have the current one");
                return None;
            }
            unit.ok();
            crawl.cache.save_page_versions(page, newest, &list);
            Some(PageVersions { list, whole: true })
        }
        Err(VersionsError::Hole) => {
            unit.failed("the list of versions differs between ascending and descending order");
            None
        }
        Err(VersionsError::Request(error)) if error.is_not_found() => {
            crawl.settle_missing(unit, content_type_of_page(page), page.id.as_str()).await;
            None
        }
        Err(VersionsError::Request(error)) => {
            unit.refused(&error);
            None
        }
    }
}

/// Returns the versions of a page, the newest first. A list without missing numbers is complete. If numbers are
/// missing, versions were deleted or the list was cut off: it is read in the other order too, and a difference is a
/// hole.
async fn both_orders(crawl: &Crawl<'_>, page: &Content) -> Result<Vec<PageVersion>, VersionsError> {
    let (which, id) = (content_type_of_page(page), page.id.as_str());
    let in_order = async |order| {
        let request = || async {
            let mut list = Vec::new();
            let listing = crawl.api.page_versions(which, id, order, |sent| list.extend(version(sent))).await;
            listing.end.map(|()| list)
        };
        let mut list = crawl.retry_not_found(request).await?;
        list.sort_by_key(|version| std::cmp::Reverse(version.number));
        list.dedup_by_key(|version| version.number);
        Ok::<Vec<PageVersion>, RequestError>(list)
    };
    let list = in_order(ListOrder::Backward).await?;
    let newest = list.first().map_or(0, |version| version.number);
    if list.len() as u64 == u64::from(newest) {
        return Ok(list);
    }
    let other = in_order(ListOrder::Forward).await?;
    let numbers = |list: &[PageVersion]| list.iter().map(|version| version.number).collect::<Vec<_>>();
    if numbers(&list) == numbers(&other) { Ok(list) } else { Err(VersionsError::Hole) }
}

/// Reason why the versions of a page are not known.
enum VersionsError {
    /// The list could not be read.
    Request(RequestError),
    /// The two orders of the list differ.
    Hole,
}

impl From<RequestError> for VersionsError {
    fn from(error: RequestError) -> Self {
        Self::Request(error)
    }
}

fn version(sent: model::PageVersion) -> Option<PageVersion> {
    Some(PageVersion {
        number: sent.number.0.parse().ok()?,
        at: convert::time(sent.created_at.as_deref()),
        author: sent.author_id.filter(|id| !id.is_empty()).map(AccountId),
        minor: sent.minor_edit.unwrap_or(false),
    })
}
