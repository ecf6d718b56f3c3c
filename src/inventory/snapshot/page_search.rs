//! Reads labels, restrictions, editor and contributors: in bulk by search, and one by one for pages that the search
//! does not return.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::context::{SnapshotContext, content_type_of_page, searched, space_ids};
use super::{MetricGroup, PageFacts, SnapshotFacts, search_hit, unsearched_pages};
use crate::inventory::ListKind;
use crate::inventory::coverage::UnitKind;
use crate::inventory::crawl::subject;
use crate::inventory::plan::batch_size;
use crate::inventory::search_comparison::explain_unlisted;
use crate::inventory::site::{Content, ContentId, Space, SpaceId};
use crate::support::formatting::plural;
use confluence_client::api::{ContentType, SearchScope};
use confluence_client::model;

/// Number of pages that the search may leave out before it counts as failed: this many, or [`MAX_PERCENT_LEFT_OUT`] if
/// that is more.
const MAX_LEFT_OUT: usize = 100;
const MAX_PERCENT_LEFT_OUT: usize = 5;

/// Results of the searches.
#[derive(Default)]
struct SearchedPages {
    facts: HashMap<String, PageFacts>,
    /// Ids of the blog posts among them.
    posts: HashSet<String>,
    /// Spaces whose search ended early: the failure is already recorded as a gap.
    broken: HashSet<SpaceId>,
}

/// Reads labels, restrictions and editors of the pages, and with [`MetricGroup::People`] their contributors.
/// Returns the doubtful lists, as [`explain_unlisted`] does.
pub(super) async fn read(context: &SnapshotContext<'_>, facts: &mut SnapshotFacts) -> BTreeSet<ListKind> {
    context.crawl.phase("labels and restrictions", None);
    let mut results = SearchedPages::default();
    for by in [SearchScope::Current, SearchScope::Archived] {
        results.add(search(context, by, &searched(context.spaces, by)).await);
    }
    let doubtful = explain(context, &results).await;
    let broken: HashSet<&SpaceId> = results.broken.iter().collect();
    let was_searched = |page: &&Content| page.space.as_ref().is_none_or(|space| !broken.contains(space));
    let searched_pages: Vec<&Content> = context.current.iter().copied().filter(was_searched).collect();
    let archived_spaces = searched(context.spaces, SearchScope::Archived);
    let archived_ids = space_ids(&archived_spaces);
    let is_archived = |page: &Content| page.space.as_ref().is_some_and(|space| archived_ids.contains(space));
    // the expansions of the general search are less documented than those of the content search
    let is_covered = |page: &Content, found: &PageFacts| !is_archived(page) || found.is_complete_from_search();
    let unseen: Vec<&Content> = searched_pages
        .iter()
        .copied()
        .filter(|page| !results.facts.get(page.id.as_str()).is_some_and(|found| is_covered(page, found)))
        .collect();
    let mut cut = Vec::new();
    for &page in context.current {
        let Some(found) = results.facts.remove(page.id.as_str()) else { continue };
        if found.labels.is_none() && is_covered(page, &found) {
            cut.push(page);
        }
        facts.pages.insert(page.id.clone(), found);
    }
    let current = searched_pages.iter().filter(|page| !is_archived(page)).count();
    let archived = unseen.iter().filter(|page| is_archived(page)).count();
    let left_out = unseen.len() - archived;
    let mut to_read = unseen;
    if left_out > MAX_LEFT_OUT.max(current * MAX_PERCENT_LEFT_OUT / 100) {
        let unit = context.crawl.ledger.enter(UnitKind::PageSweep, "pages missing from the search");
        let pages = plural(current as u64, "page is", "pages are");
        unit.failed(format!("{left_out} of {pages} not in the search index"));
        to_read.retain(|page| is_archived(page));
    } else if left_out > 0 {
        facts.notes.push(format!(
            "{} not in the search index yet: read one by one",
            plural(left_out as u64, "page is", "pages are")
        ));
    }
    if archived > 0 {
        facts.notes.push(format!(
            "{} not covered by the search: read one by one",
            plural(archived as u64, "page in archived spaces is", "pages in archived spaces are")
        ));
    }
    unsearched_pages::read(context, &to_read, facts).await;
    let labels = context.each((UnitKind::PageLabels, "labels of pages"), &cut, |page| labels(context, page)).await;
    for (id, labels) in labels {
        facts.pages.entry(id).or_default().labels = Some(labels);
    }
    doubtful
}

impl SearchedPages {
    fn add(&mut self, other: Self) {
        self.facts.extend(other.facts);
        self.posts.extend(other.posts);
        self.broken.extend(other.broken);
    }
}

/// Searches these spaces in concurrent batches. Halves a batch that is too long for the server (F-17).
async fn search(context: &SnapshotContext<'_>, by: SearchScope, spaces: &[&Space]) -> SearchedPages {
    let size = batch_size(spaces.len(), context.crawl.api.client().concurrency());
    let mut batches: Vec<&[&Space]> = spaces.chunks(size).collect();
    let mut results = SearchedPages::default();
    while !batches.is_empty() {
        let ended = context.crawl.all(batches.drain(..).map(|batch| one_batch(context, by, batch)).collect()).await;
        for result in ended {
            match result {
                Ok(one) => results.add(one),
                Err(batch) => batches.extend(batch.chunks(batch.len().div_ceil(2))),
            }
        }
    }
    results
}

/// Searches one batch; `Err` returns it if it has to be halved.
async fn one_batch<'b, 's>(
    context: &SnapshotContext<'_>,
    by: SearchScope,
    batch: &'b [&'s Space],
) -> Result<SearchedPages, &'b [&'s Space]> {
    let keys: Vec<&str> = batch.iter().map(|space| space.key.as_str()).collect();
    let crawl = &context.crawl;
    let unit = crawl.ledger.enter(UnitKind::PageSweep, format!("labels and restrictions in {}", keys.join(", ")));
    let mut results = SearchedPages::default();
    let contributors = context.groups.has(MetricGroup::People);
    let listing = crawl
        .api
        .page_sweep(by, &keys, crawl.options.blog_post_rows, contributors, |found| {
            let facts = search_hit::facts(&found);
            if found.kind.as_deref() == Some("blogpost") {
                results.posts.insert(found.id.0.clone());
            }
            results.facts.insert(found.id.0, facts);
            crawl.progress.advance(1);
        })
        .await;
    match &listing.end {
        Err(error) if batch.len() > 1 && error.is_too_long() => {
            unit.withdrawn();
            return Err(batch);
        }
        // no hits then, as with a server that does not know the parameter: the pages are read one by one
        Err(error) if by == SearchScope::Archived && error.is_refusal() => {
            unit.skipped("the search does not cover archived spaces");
        }
        end => {
            unit.settle(end);
            if end.is_err() {
                results.broken.extend(batch.iter().map(|space| space.id.clone()));
            }
        }
    }
    Ok(results)
}

/// Uses the search as a second list of pages: one that only the search shows is new, or the list has a hole.
async fn explain(context: &SnapshotContext<'_>, results: &SearchedPages) -> BTreeSet<ListKind> {
    let listed: HashSet<&ContentId> = context.inventory.contents.iter().map(|content| &content.id).collect();
    let unlisted = results.facts.keys().filter(|id| !listed.contains(&ContentId::new(id.as_str())));
    let unlisted: BTreeSet<&String> = unlisted.collect();
    let which = |id: &String| if results.posts.contains(id) { ContentType::BlogPost } else { ContentType::Page };
    let unlisted: Vec<(ContentType, String)> = unlisted.into_iter().map(|id| (which(id), id.clone())).collect();
    explain_unlisted(&context.crawl, &unlisted).await
}

/// Reads the global labels of one page, sorted; `None` if they could not be read, which the coverage records.
pub(super) async fn labels(context: &SnapshotContext<'_>, page: &Content) -> Option<Vec<String>> {
    let crawl = &context.crawl;
    let unit = crawl.ledger.enter(UnitKind::PageLabels, format!("labels of {}", subject(page)));
    let request = || async {
        let mut names = BTreeSet::new();
        let take = |label: model::Label| names.extend([label.name]);
        let listing = crawl.api.page_labels(content_type_of_page(page), page.id.as_str(), take).await;
        listing.end.map(|()| names)
    };
    match crawl.retry_not_found(request).await {
        Ok(names) => {
            unit.ok();
            Some(names.into_iter().collect())
        }
        Err(error) if error.is_not_found() => {
            crawl.settle_missing(unit, content_type_of_page(page), page.id.as_str()).await;
            None
        }
        Err(error) => {
            unit.refused(&error);
            None
        }
    }
}
