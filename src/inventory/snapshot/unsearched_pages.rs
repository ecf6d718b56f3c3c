//! Reads one by one the pages that the search does not cover: labels, editor, contributors and restrictions. In
//! archived spaces these may be all pages, so each page takes only a few requests: [`REQUESTS_PER_PAGE`], as the plan
//! says.

use std::collections::BTreeSet;

use super::context::{SnapshotContext, content_type_of_page};
use super::{MetricGroup, PageFacts, SnapshotFacts, page_search, search_hit};
use crate::inventory::coverage::UnitKind;
use crate::inventory::crawl::subject;
use crate::inventory::refusals::Refusals;
use crate::inventory::site::{AccountId, Content};
use crate::support::formatting::plural;
use confluence_client::model::{EmbeddedList, Label, PageDetails, PageVersion, Property};

/// Requests per page: the page and its restrictions. One more if its response cuts off the labels.
pub(super) const REQUESTS_PER_PAGE: u64 = 2;

/// Reads each of these pages with its own requests, and notes what could not be read.
pub(super) async fn read(context: &SnapshotContext<'_>, pages: &[&Content], facts: &mut SnapshotFacts) {
    let refusals = Refusals::default();
    let what = (UnitKind::PageAlone, "pages missing from the search");
    for (id, read) in context.each(what, pages, |page| one(context, page, &refusals)).await {
        facts.pages.entry(id).or_default().fill(read);
    }
    let found: Vec<&PageFacts> = pages.iter().filter_map(|page| facts.pages.get(&page.id)).collect();
    let count = |is_missing: fn(&PageFacts) -> bool| found.iter().filter(|read| is_missing(read)).count() as u64;
    let restrictions = count(|read| read.restricted_view.is_none() || read.restricted_edit.is_none());
    let contributors = count(|read| read.contributors.is_none());
    if restrictions > 0 {
        let pages = plural(restrictions, "page", "pages");
        facts.notes.push(format!("could not read the restrictions of {pages} that the search does not cover"));
    }
    if contributors > 0 && context.groups.has(MetricGroup::People) {
        facts.notes.push(format!(
            "contributors of {} that the search does not cover are not known: their version lists are incomplete",
            plural(contributors, "page", "pages")
        ));
    }
}

/// Reads one page; `None` if it is not found.
async fn one(context: &SnapshotContext<'_>, page: &Content, refusals: &Refusals<()>) -> Option<PageFacts> {
    let (crawl, id) = (&context.crawl, page.id.as_str());
    let unit = crawl.ledger.enter(UnitKind::PageAlone, format!("labels, editor and versions of {}", subject(page)));
    let versions = context.groups.has(MetricGroup::People);
    let mut facts = match crawl.retry_not_found(|| crawl.api.page_alone(content_type_of_page(page), id, versions)).await
    {
        Ok(sent) => {
            unit.ok();
            let read = facts_of(page, sent);
            let labels = if read.labels.is_none() { page_search::labels(context, page).await } else { read.labels };
            PageFacts { labels, ..read }
        }
        Err(error) if error.is_not_found() => {
            crawl.settle_missing(unit, content_type_of_page(page), id).await;
            return None;
        }
        Err(error) => {
            unit.refused(&error);
            PageFacts::default()
        }
    };
    let unit = crawl.ledger.enter(UnitKind::PageRestrictions, format!("restrictions of {}", subject(page)));
    if refusals.should_stop(&()) {
        unit.skipped("not requested: refused for other pages");
        return Some(facts);
    }
    match crawl.api.page_restrictions(id).await {
        Ok(sent) => {
            refusals.succeeded(());
            unit.ok();
            facts.restricted_view = search_hit::is_restricted(&sent, "read");
            facts.restricted_edit = search_hit::is_restricted(&sent, "update");
        }
        Err(error) if error.is_refusal() => {
            refusals.refused(());
            unit.skipped("not visible to this account");
        }
        Err(error) => unit.refused(&error),
    }
    Some(facts)
}

fn facts_of(page: &Content, sent: PageDetails) -> PageFacts {
    let versions = sent.versions.and_then(EmbeddedList::all_items).filter(|versions| are_all(page, versions));
    let authors = |versions: &[PageVersion]| {
        let ids = versions.iter().filter_map(|version| version.author_id.as_deref());
        let ids: BTreeSet<&str> = ids.filter(|id| !id.is_empty()).collect();
        ids.into_iter().map(AccountId::new).collect()
    };
    let is_nameless = |version: &PageVersion| version.author_id.as_deref().is_none_or(str::is_empty);
    PageFacts {
        labels: sent.labels.and_then(EmbeddedList::all_items).map(global_names),
        contributors: versions.as_deref().map(authors),
        nameless_contributors: versions.is_some_and(|versions| versions.iter().any(is_nameless)),
        editor: sent.properties.and_then(|list| match list.results.iter().find(|one| one.key == search_hit::EDITOR) {
            Some(Property { value, .. }) => value.as_ref().map(search_hit::editor_of),
            None => list.all_items().map(|_| String::new()),
        }),
        ..PageFacts::default()
    }
}

/// Whether the list has every version there ever was: the author of a deleted version is not known.
fn are_all(page: &Content, versions: &[PageVersion]) -> bool {
    let numbers: BTreeSet<usize> = versions.iter().filter_map(|version| version.number.0.parse().ok()).collect();
    let newest = numbers.last().copied().unwrap_or(0);
    newest == numbers.len() && newest > 0 && page.version.is_none_or(|known| known as usize <= newest)
}

fn global_names(labels: Vec<Label>) -> Vec<String> {
    let is_global = |label: &Label| label.prefix.as_deref().is_none_or(|prefix| prefix == "global");
    let names: BTreeSet<String> = labels.into_iter().filter(is_global).map(|label| label.name).collect();
    names.into_iter().collect()
}
