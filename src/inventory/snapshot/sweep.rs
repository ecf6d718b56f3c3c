//! Labels, restrictions, editor and contributors: in bulk by search, and page by page where the search shows nothing.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::reading::{Reading, searched, single_of, space_ids};
use super::{MetricGroup, PageFacts, SnapshotFacts, alone, hit};
use crate::inventory::List;
use crate::inventory::coverage::UnitKind;
use crate::inventory::crawl::subject;
use crate::inventory::plan::batch_size;
use crate::inventory::search_comparison::explain_unlisted;
use crate::inventory::site::{Content, ContentId, Space, SpaceId};
use crate::support::wording::plural;
use confluence_client::api::{SearchedSpaces, Single};
use confluence_client::model;

/// Pages that the search may leave out before the whole sweep counts as failed: as many, or [`MOST_PERCENT_LEFT_OUT`].
const MOST_LEFT_OUT: usize = 100;
const MOST_PERCENT_LEFT_OUT: usize = 5;

/// What the sweeps brought.
#[derive(Default)]
struct Swept {
    facts: HashMap<String, PageFacts>,
    /// Those of them that are blog posts.
    posts: HashSet<String>,
    /// Spaces whose sweep ended early: what it did not answer is a gap already.
    broken: HashSet<SpaceId>,
}

/// Reads labels, restrictions and editors of the pages, and with [`MetricGroup::People`] their contributors.
/// Returns the lists that lack what the search shows.
pub(super) async fn read(reading: &Reading<'_>, facts: &mut SnapshotFacts) -> BTreeSet<List> {
    reading.crawl.phase("labels and restrictions", None);
    let mut swept = Swept::default();
    for by in [SearchedSpaces::Current, SearchedSpaces::Archived] {
        swept.add(sweep(reading, by, &searched(reading.spaces, by)).await);
    }
    let doubtful = explain(reading, &swept).await;
    let broken: HashSet<&SpaceId> = swept.broken.iter().collect();
    let is_whole = |page: &&Content| page.space.as_ref().is_none_or(|space| !broken.contains(space));
    let looked_for: Vec<&Content> = reading.current.iter().copied().filter(is_whole).collect();
    let archived_spaces = searched(reading.spaces, SearchedSpaces::Archived);
    let archived_ids = space_ids(&archived_spaces);
    let is_archived = |page: &Content| page.space.as_ref().is_some_and(|space| archived_ids.contains(space));
    // what the general search expands of a content is documented less than for the other search
    let is_told = |page: &Content, found: &PageFacts| !is_archived(page) || found.is_of_search();
    let unseen: Vec<&Content> = looked_for
        .iter()
        .copied()
        .filter(|page| !swept.facts.get(page.id.as_str()).is_some_and(|found| is_told(page, found)))
        .collect();
    let mut cut = Vec::new();
    for &page in reading.current {
        let Some(found) = swept.facts.remove(page.id.as_str()) else { continue };
        if found.labels.is_none() && is_told(page, &found) {
            cut.push(page);
        }
        facts.pages.insert(page.id.clone(), found);
    }
    let current = looked_for.iter().filter(|page| !is_archived(page)).count();
    let archived = unseen.iter().filter(|page| is_archived(page)).count();
    let left_out = unseen.len() - archived;
    let mut to_ask = unseen;
    if left_out > MOST_LEFT_OUT.max(current * MOST_PERCENT_LEFT_OUT / 100) {
        let unit = reading.crawl.ledger.enter(UnitKind::PageSweep, "pages that the search leaves out");
        let pages = plural(current as u64, "page is", "pages are");
        unit.failed(format!("{left_out} of {pages} not in the search index"));
        to_ask.retain(|page| is_archived(page));
    } else if left_out > 0 {
        facts.notes.push(format!(
            "{} not in the search index yet and read one by one",
            plural(left_out as u64, "page is", "pages are")
        ));
    }
    if archived > 0 {
        facts.notes.push(format!(
            "{} not told by the search and read one by one",
            plural(archived as u64, "page of archived spaces is", "pages of archived spaces are")
        ));
    }
    alone::read(reading, &to_ask, facts).await;
    let labels = reading.each((UnitKind::PageLabels, "labels of pages"), &cut, |page| labels(reading, page)).await;
    for (id, labels) in labels {
        facts.pages.entry(id).or_default().labels = Some(labels);
    }
    doubtful
}

impl Swept {
    fn add(&mut self, other: Self) {
        self.facts.extend(other.facts);
        self.posts.extend(other.posts);
        self.broken.extend(other.broken);
    }
}

/// Sweeps over these spaces in batches that run side by side. A batch too long for the server is halved (F-17).
async fn sweep(reading: &Reading<'_>, by: SearchedSpaces, spaces: &[&Space]) -> Swept {
    let size = batch_size(spaces.len(), reading.crawl.api.client().concurrency());
    let mut batches: Vec<&[&Space]> = spaces.chunks(size).collect();
    let mut swept = Swept::default();
    while !batches.is_empty() {
        let sweeps = reading.crawl.all(batches.drain(..).map(|batch| one_batch(reading, by, batch)).collect()).await;
        for sweep in sweeps {
            match sweep {
                Ok(one) => swept.add(one),
                Err(batch) => batches.extend(batch.chunks(batch.len().div_ceil(2))),
            }
        }
    }
    swept
}

/// One batch; `Err` gives it back when it has to be halved.
async fn one_batch<'b, 's>(
    reading: &Reading<'_>,
    by: SearchedSpaces,
    batch: &'b [&'s Space],
) -> Result<Swept, &'b [&'s Space]> {
    let keys: Vec<&str> = batch.iter().map(|space| space.key.as_str()).collect();
    let crawl = &reading.crawl;
    let unit = crawl.ledger.enter(UnitKind::PageSweep, format!("labels and restrictions in {}", keys.join(", ")));
    let mut swept = Swept::default();
    let contributors = reading.groups.has(MetricGroup::People);
    let walked = crawl
        .api
        .page_sweep(by, &keys, crawl.options.blog_post_rows, contributors, |found| {
            let facts = hit::facts(&found);
            if found.kind.as_deref() == Some("blogpost") {
                swept.posts.insert(found.id.0.clone());
            }
            swept.facts.insert(found.id.0, facts);
            crawl.progress.advance(1);
        })
        .await;
    match &walked.end {
        Err(error) if batch.len() > 1 && error.is_too_long() => {
            unit.withdrawn();
            return Err(batch);
        }
        // nothing is shown then, as where the server does not know the parameter: the pages are asked for alone
        Err(error) if by == SearchedSpaces::Archived && error.is_refusal() => {
            unit.skipped("the search does not look into archived spaces");
        }
        end => {
            unit.settle(end);
            if end.is_err() {
                swept.broken.extend(batch.iter().map(|space| space.id.clone()));
            }
        }
    }
    Ok(swept)
}

/// The search is a second list of pages: what only it shows is new, or the list of pages has a hole.
async fn explain(reading: &Reading<'_>, swept: &Swept) -> BTreeSet<List> {
    let listed: HashSet<&ContentId> = reading.inventory.contents.iter().map(|content| &content.id).collect();
    let unlisted = swept.facts.keys().filter(|id| !listed.contains(&ContentId::new(id.as_str())));
    let unlisted: BTreeSet<&String> = unlisted.collect();
    let which = |id: &String| if swept.posts.contains(id) { Single::BlogPost } else { Single::Page };
    let unlisted: Vec<(Single, String)> = unlisted.into_iter().map(|id| (which(id), id.clone())).collect();
    explain_unlisted(&reading.crawl, &unlisted).await
}

/// The global labels of one page, sorted; `None` when they could not be read, which the coverage tells.
pub(super) async fn labels(reading: &Reading<'_>, page: &Content) -> Option<Vec<String>> {
    let crawl = &reading.crawl;
    let unit = crawl.ledger.enter(UnitKind::PageLabels, format!("labels of {}", subject(page)));
    let ask = || async {
        let mut names = BTreeSet::new();
        let take = |label: model::Label| names.extend([label.name]);
        let walked = crawl.api.page_labels(single_of(page), page.id.as_str(), take).await;
        walked.end.map(|()| names)
    };
    match crawl.twice(ask).await {
        Ok(names) => {
            unit.ok();
            Some(names.into_iter().collect())
        }
        Err(error) if error.is_not_found() => {
            crawl.settle_missing(unit, single_of(page), page.id.as_str()).await;
            None
        }
        Err(error) => {
            unit.refused(&error);
            None
        }
    }
}
