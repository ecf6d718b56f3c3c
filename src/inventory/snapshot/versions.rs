//! Who published what of late: versions of the pages that changed in the last 90 days.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::reading::{Reading, single_of};
use super::{PageVersions, SnapshotFacts};
use crate::inventory::convert;
use crate::inventory::coverage::UnitKind;
use crate::inventory::crawl::{Crawl, subject};
use crate::inventory::memory::Memory;
use crate::inventory::site::{AccountId, Content, PageVersion};
use confluence_client::api::Order;
use confluence_client::{Client, RequestError, RequestKind, model};

/// How far back versions are looked at.
const DAYS: TimeDelta = TimeDelta::days(90);

/// What is known of a page's versions without a request.
enum Known {
    /// What the list of pages tells, or an earlier run has read.
    Enough(PageVersions, From),
    /// Nothing: they have to be listed.
    Nothing,
}

/// Where it is known from.
#[derive(PartialEq, Eq)]
enum From {
    List,
    Memory,
}

fn known(memory: Memory<'_>, page: &Content, now: DateTime<Utc>) -> Known {
    let Some(number) = page.version else { return Known::Nothing };
    let current = PageVersion {
        number,
        at: page.modified_at,
        author: page.last_editor.clone(),
        minor: page.details.as_ref().and_then(|details| details.minor_edit).unwrap_or(false),
    };
    let is_old = page.modified_at.is_some_and(|at| now - at > DAYS);
    if number == 1 || is_old {
        return Known::Enough(PageVersions { list: vec![current], whole: number == 1 }, From::List);
    }
    match memory.page_versions(page, number) {
        Some(list) => Known::Enough(PageVersions { list, whole: true }, From::Memory),
        None => Known::Nothing,
    }
}

/// Requests that the versions of a page take.
pub(super) fn requests(client: &Client, memory: Memory<'_>, page: &Content, now: DateTime<Utc>) -> u64 {
    match known(memory, page, now) {
        Known::Enough(..) => 0,
        Known::Nothing => {
            let limit = client.page_limit(RequestKind::PageVersions);
            u64::from(page.version.unwrap_or(1)).div_ceil(limit.into()).max(1)
        }
    }
}

/// Gives every page its versions: from the list of pages where it has one only or none of the last 90 days, from an
/// earlier run where it has not changed since, and otherwise by one list each.
pub(super) async fn read(reading: &Reading<'_>, facts: &mut SnapshotFacts) {
    let mut versions = BTreeMap::new();
    let mut missing = Vec::new();
    for &page in reading.current {
        match known(reading.crawl.memory, page, reading.crawl.started_at) {
            Known::Enough(found, from) => {
                if from == From::Memory {
                    reading.crawl.ledger.remembered(UnitKind::PageVersions);
                }
                versions.insert(page.id.clone(), found);
            }
            Known::Nothing => missing.push(page),
        }
    }
    let what = (UnitKind::PageVersions, "versions of pages");
    versions.extend(reading.each(what, &missing, |page| listed(reading, page)).await);
    for (id, versions) in versions {
        facts.pages.entry(id).or_default().versions = Some(versions);
    }
}

/// All versions of one page; `None` when they could not be read, which the coverage tells.
async fn listed(reading: &Reading<'_>, page: &Content) -> Option<PageVersions> {
    let crawl = &reading.crawl;
    let unit = crawl.ledger.enter(UnitKind::PageVersions, format!("versions of {}", subject(page)));
    match both_orders(crawl, page).await {
        Ok(list) => {
            let newest = list.first().map_or(0, |version| version.number);
            if newest < page.version.unwrap_or(1) {
                unit.failed("the list of versions lacks the current one");
                return None;
            }
            unit.ok();
            crawl.memory.keep_page_versions(page, newest, &list);
            Some(PageVersions { list, whole: true })
        }
        Err(VersionsError::Hole) => {
            unit.failed("the two orders of the list do not show the same versions");
            None
        }
        Err(VersionsError::Request(error)) if error.is_not_found() => {
            crawl.settle_missing(unit, single_of(page), page.id.as_str()).await;
            None
        }
        Err(VersionsError::Request(error)) => {
            unit.refused(&error);
            None
        }
    }
}

/// The versions of a page, the newest first. A list without a gap is whole. Where numbers are missing, versions were
/// deleted or the list was cut: it is read in its other order, too, and what only that one shows is a hole.
async fn both_orders(crawl: &Crawl<'_>, page: &Content) -> Result<Vec<PageVersion>, VersionsError> {
    let (which, id) = (single_of(page), page.id.as_str());
    let in_order = async |order| {
        let ask = || async {
            let mut list = Vec::new();
            let walked = crawl.api.page_versions(which, id, order, |sent| list.extend(version(sent))).await;
            walked.end.map(|()| list)
        };
        let mut list = crawl.twice(ask).await?;
        list.sort_by_key(|version| std::cmp::Reverse(version.number));
        list.dedup_by_key(|version| version.number);
        Ok::<Vec<PageVersion>, RequestError>(list)
    };
    let list = in_order(Order::Backward).await?;
    let newest = list.first().map_or(0, |version| version.number);
    if list.len() as u64 == u64::from(newest) {
        return Ok(list);
    }
    let other = in_order(Order::Forward).await?;
    let numbers = |list: &[PageVersion]| list.iter().map(|version| version.number).collect::<Vec<_>>();
    if numbers(&list) == numbers(&other) { Ok(list) } else { Err(VersionsError::Hole) }
}

/// Why the versions of a page are not known.
enum VersionsError {
    /// Its list could not be read.
    Request(RequestError),
    /// The two orders of the list do not show the same.
    Hole,
}

impl std::convert::From<RequestError> for VersionsError {
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
