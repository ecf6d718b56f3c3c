//! Labels, restrictions, editor and contributors: in bulk by search, and labels alone where the search cannot tell.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::reading::{Reading, is_indexed, space_ids};
use super::{MetricGroup, PageFacts, SnapshotFacts, hit};
use crate::inventory::coverage::UnitKind;
use crate::inventory::crawl::subject;
use crate::inventory::plan::batch_size;
use crate::inventory::search_comparison::explain_unlisted;
use crate::inventory::site::{Content, ContentId, Space, SpaceId};
use crate::support::wording::plural;
use confluence_client::api::Single;
use confluence_client::{RequestError, model};

/// Pages that the search may leave out before the whole sweep counts as failed: as many, or [`MOST_PERCENT_LEFT_OUT`].
const MOST_LEFT_OUT: usize = 100;
const MOST_PERCENT_LEFT_OUT: usize = 5;

/// What the sweeps brought.
#[derive(Default)]
struct Swept {
    facts: HashMap<String, PageFacts>,
    /// Spaces whose sweep ended early: what it did not answer is a gap already.
    broken: HashSet<SpaceId>,
}

/// Reads labels, restrictions and editors of the pages, and with [`MetricGroup::People`] their contributors.
pub(super) async fn read(reading: &Reading<'_>, facts: &mut SnapshotFacts) {
    reading.crawl.phase("labels and restrictions", None);
    let mut swept = sweep(reading).await;
    explain(reading, &swept).await;
    let indexed_ids = space_ids(reading.indexed);
    let (mut left_out, mut alone) = (Vec::new(), Vec::new());
    let mut swept_pages = 0;
    for &page in reading.current {
        let indexed = is_indexed(page, &indexed_ids);
        let is_broken = page.space.as_ref().is_some_and(|space| swept.broken.contains(space));
        swept_pages += usize::from(indexed && !is_broken);
        match swept.facts.remove(page.id.as_str()) {
            Some(found) => {
                if found.labels.is_none() {
                    alone.push(page);
                }
                facts.pages.insert(page.id.clone(), found);
            }
            None if !indexed => alone.push(page),
            None if !is_broken => left_out.push(page),
            None => {}
        }
    }
    let unindexed = reading.current.iter().filter(|page| !is_indexed(page, &indexed_ids)).count();
    if unindexed > 0 {
        facts.notes.push(format!(
            "{} in no search: their labels were read, but neither restrictions nor contributors",
            plural(unindexed as u64, "page of archived spaces is", "pages of archived spaces are")
        ));
    }
    if left_out.len() > MOST_LEFT_OUT.max(swept_pages * MOST_PERCENT_LEFT_OUT / 100) {
        let unit = reading.crawl.ledger.enter(UnitKind::PageSweep, "pages that the search leaves out");
        unit.failed(format!(
            "{} of {} not in the search index",
            left_out.len(),
            plural(swept_pages as u64, "page is", "pages are")
        ));
    } else if !left_out.is_empty() {
        facts.notes.push(format!(
            "{} not in the search index yet: their labels were read, but neither restrictions nor contributors",
            plural(left_out.len() as u64, "page is", "pages are")
        ));
        alone.extend(left_out);
    }
    let labels = reading.each((UnitKind::PageLabels, "labels of pages"), &alone, |page| labels(reading, page)).await;
    for (id, labels) in labels {
        facts.pages.entry(id).or_default().labels = Some(labels);
    }
}

/// Sweeps over the spaces in batches that run side by side. A batch too long for the server is halved (F-17).
async fn sweep(reading: &Reading<'_>) -> Swept {
    let size = batch_size(reading.indexed.len(), reading.crawl.api.client().concurrency());
    let mut batches: Vec<&[&Space]> = reading.indexed.chunks(size).collect();
    let mut swept = Swept::default();
    while !batches.is_empty() {
        let sweeps = reading.crawl.all(batches.drain(..).map(|batch| one_batch(reading, batch)).collect()).await;
        for sweep in sweeps {
            match sweep {
                Ok(one) => {
                    swept.facts.extend(one.facts);
                    swept.broken.extend(one.broken);
                }
                Err(batch) => batches.extend(batch.chunks(batch.len().div_ceil(2))),
            }
        }
    }
    swept
}

/// One batch; `Err` gives it back when it has to be halved.
async fn one_batch<'b, 's>(reading: &Reading<'_>, batch: &'b [&'s Space]) -> Result<Swept, &'b [&'s Space]> {
    let keys: Vec<&str> = batch.iter().map(|space| space.key.as_str()).collect();
    let crawl = &reading.crawl;
    let unit = crawl.ledger.enter(UnitKind::PageSweep, format!("labels and restrictions in {}", keys.join(", ")));
    let mut swept = Swept::default();
    let contributors = reading.groups.has(MetricGroup::People);
    let walked = crawl
        .api
        .page_sweep(&keys, contributors, |found| {
            let facts = hit::facts(&found);
            swept.facts.insert(found.id.0, facts);
            crawl.progress.advance(1);
        })
        .await;
    if batch.len() > 1 && walked.end.as_ref().is_err_and(RequestError::is_too_long) {
        unit.withdrawn();
        return Err(batch);
    }
    unit.settle(&walked.end);
    if walked.end.is_err() {
        swept.broken.extend(batch.iter().map(|space| space.id.clone()));
    }
    Ok(swept)
}

/// The search is a second list of pages: what only it shows is new, or the list of pages has a hole.
async fn explain(reading: &Reading<'_>, swept: &Swept) {
    let listed: HashSet<&ContentId> = reading.inventory.contents.iter().map(|content| &content.id).collect();
    let unlisted = swept.facts.keys().filter(|id| !listed.contains(&ContentId::new(id.as_str())));
    let unlisted: BTreeSet<&String> = unlisted.collect();
    let unlisted: Vec<(Single, String)> = unlisted.into_iter().map(|id| (Single::Page, id.clone())).collect();
    explain_unlisted(&reading.crawl, &unlisted).await;
}

/// The global labels of one page, sorted; `None` when they could not be read, which the coverage tells.
async fn labels(reading: &Reading<'_>, page: &Content) -> Option<Vec<String>> {
    let crawl = &reading.crawl;
    let unit = crawl.ledger.enter(UnitKind::PageLabels, format!("labels of {}", subject(page)));
    let ask = || async {
        let mut names = BTreeSet::new();
        let take = |label: model::Label| names.extend([label.name]);
        let walked = crawl.api.page_labels(page.id.as_str(), take).await;
        walked.end.map(|()| names)
    };
    match crawl.twice(ask).await {
        Ok(names) => {
            unit.ok();
            Some(names.into_iter().collect())
        }
        Err(error) if error.is_not_found() => {
            crawl.settle_missing(unit, Single::Page, page.id.as_str()).await;
            None
        }
        Err(error) => {
            unit.refused(&error);
            None
        }
    }
}
