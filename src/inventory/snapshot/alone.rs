//! What pages that the search does not show tell one by one: labels, editor, contributors and restrictions. Of archived
//! spaces that may be all pages, so the requests for each are few and no more than declared.

use std::collections::BTreeSet;

use super::reading::{Reading, single_of};
use super::{MetricGroup, PageFacts, SnapshotFacts, hit, sweep};
use crate::inventory::coverage::UnitKind;
use crate::inventory::crawl::subject;
use crate::inventory::refusals::Refusals;
use crate::inventory::site::{AccountId, Content};
use crate::support::wording::plural;
use confluence_client::model::{InnerList, Label, PageAlone, PageVersion, Property};

/// Requests for one page: itself, and its restrictions. Labels that its own answer cuts off take one more.
pub(super) const CALLS_PER_PAGE: u64 = 2;

/// Asks for each of these pages alone, and says what they do not tell.
pub(super) async fn read(reading: &Reading<'_>, pages: &[&Content], facts: &mut SnapshotFacts) {
    let refusals = Refusals::default();
    let what = (UnitKind::PageAlone, "pages that the search does not show");
    for (id, told) in reading.each(what, pages, |page| one(reading, page, &refusals)).await {
        facts.pages.entry(id).or_default().fill(told);
    }
    let found: Vec<&PageFacts> = pages.iter().filter_map(|page| facts.pages.get(&page.id)).collect();
    let count = |is_missing: fn(&PageFacts) -> bool| found.iter().filter(|read| is_missing(read)).count() as u64;
    let restrictions = count(|read| read.restricted_view.is_none() || read.restricted_edit.is_none());
    let contributors = count(|read| read.contributors.is_none());
    if restrictions > 0 {
        let pages = plural(restrictions, "page", "pages");
        facts.notes.push(format!("restrictions of {pages} that the search does not show could not be read"));
    }
    if contributors > 0 && reading.groups.has(MetricGroup::People) {
        facts.notes.push(format!(
            "contributors of {} that the search does not show are not known: not all of their versions are told",
            plural(contributors, "page", "pages")
        ));
    }
}

/// One page; `None` when it is gone.
async fn one(reading: &Reading<'_>, page: &Content, refusals: &Refusals<()>) -> Option<PageFacts> {
    let (crawl, id) = (&reading.crawl, page.id.as_str());
    let unit = crawl.ledger.enter(UnitKind::PageAlone, format!("labels, editor and versions of {}", subject(page)));
    let versions = reading.groups.has(MetricGroup::People);
    let mut facts = match crawl.twice(|| crawl.api.page_alone(single_of(page), id, versions)).await {
        Ok(sent) => {
            unit.ok();
            let told = told(page, sent);
            let labels = if told.labels.is_none() { sweep::labels(reading, page).await } else { told.labels };
            PageFacts { labels, ..told }
        }
        Err(error) if error.is_not_found() => {
            crawl.settle_missing(unit, single_of(page), id).await;
            return None;
        }
        Err(error) => {
            unit.refused(&error);
            PageFacts::default()
        }
    };
    let unit = crawl.ledger.enter(UnitKind::PageRestrictions, format!("restrictions of {}", subject(page)));
    if refusals.are_enough(&()) {
        unit.skipped("not asked for: those of other pages were refused");
        return Some(facts);
    }
    match crawl.api.page_restrictions(id).await {
        Ok(sent) => {
            refusals.answered(());
            unit.ok();
            facts.restricted_view = hit::is_restricted(&sent, "read");
            facts.restricted_edit = hit::is_restricted(&sent, "update");
        }
        Err(error) if error.is_refusal() => {
            refusals.refused(());
            unit.skipped("not shown to this account");
        }
        Err(error) => unit.refused(&error),
    }
    Some(facts)
}

/// What the answer for one page tells.
fn told(page: &Content, sent: PageAlone) -> PageFacts {
    let versions = sent.versions.and_then(InnerList::whole).filter(|versions| are_all(page, versions));
    let authors = |versions: &[PageVersion]| {
        let ids = versions.iter().filter_map(|version| version.author_id.as_deref());
        let ids: BTreeSet<&str> = ids.filter(|id| !id.is_empty()).collect();
        ids.into_iter().map(AccountId::new).collect()
    };
    let is_nameless = |version: &PageVersion| version.author_id.as_deref().is_none_or(str::is_empty);
    PageFacts {
        labels: sent.labels.and_then(InnerList::whole).map(global_names),
        contributors: versions.as_deref().map(authors),
        nameless_contributors: versions.is_some_and(|versions| versions.iter().any(is_nameless)),
        editor: sent.properties.and_then(|list| match list.results.iter().find(|one| one.key == hit::EDITOR) {
            Some(Property { value, .. }) => value.as_ref().map(hit::editor_of),
            None => list.whole().map(|_| String::new()),
        }),
        ..PageFacts::default()
    }
}

/// Whether every version that there ever was is among these: of one that was deleted nobody tells the author.
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
