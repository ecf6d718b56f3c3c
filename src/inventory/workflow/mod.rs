//! Reads the workflow states of pages from whatever source the site offers.
//!
//! Sources are read in a fixed order, and every row says which one its state comes from: Comala on Data Center by its
//! content property and by `rest/cw/1`, Comala on Cloud by its search fields, a configured content property, an
//! imported report, content states, labels. A later source only fills what the earlier ones left open. A state that
//! could not be read is [`WorkflowSource::Unavailable`] and a gap in the ledger. If a better source could not be read
//! for a page, a worse one does not replace it; otherwise the state would change from week to week with the health of
//! the site.
//!
//! The search does not show archived pages, and covers archived spaces only on some sites. If workflows come from the
//! search, pages that it does not show are unavailable. So are pages of archived spaces if it finds workflows in
//! current spaces only. No content state replaces a workflow that may exist. Sources that are read page by page cover
//! all pages.

mod cloud_search;
mod content_state_dates;
mod content_states;
mod cost;
mod data_center;
mod document_report;
mod json_values;
mod options;
mod pinned_property;
mod property;
mod property_discovery;
mod property_search;
mod rows;
mod state;
#[cfg(test)]
mod tests;

use chrono::Utc;

use super::coverage::{Coverage, UnitKind};
use super::crawl::Crawl;
use super::inventory_cache::InventoryCache;
use super::ledger::Ledger;
use super::not_found::{ItemKind, VisibleItems};
use super::options::CrawlOptions;
use super::unparsed_texts::UnparsedTexts;
use crate::inventory::ContentKind;
use crate::inventory::account_check::confirm_admin_key;
use crate::progress::Progress;
use crate::support::formatting::plural;
use confluence_client::{Api, Features};
use storage_format::OwnSite;

pub use cost::{WorkflowCost, expected_requests};
pub use document_report::DocumentReport;
pub use options::{DEFAULT_STATE_NAMES, WorkflowOptions};
pub use property::{PinnedProperty, PropertyCandidate};
pub use state::{
    DueWindow, KnownContentState, WorkflowPage, WorkflowResults, WorkflowSource, WorkflowState, state_key,
};

use data_center::ComalaPresence;
use property_search::PropertySearch;
use rows::WorkflowRows;

/// Reads the workflow states of pages independently of any other crawl, with its own ledger. The caller has already
/// checked the account ([`Api::current_user`]).
pub async fn read_workflows(
    api: &Api,
    pages: &[WorkflowPage<'_>],
    options: &WorkflowOptions,
    progress: &Progress,
) -> (WorkflowResults, Coverage) {
    let ledger = Ledger::default();
    let site = OwnSite::new(api.address().base_url(), &[]);
    let visible_items = VisibleItems::default();
    for page in pages {
        visible_items.note_id(ItemKind::Content(ContentKind::Page), page.id.as_str());
    }
    let of_crawl = CrawlOptions::default();
    let crawl = Crawl {
        api,
        options: &of_crawl,
        progress,
        ledger: &ledger,
        visible_items: &visible_items,
        texts: &UnparsedTexts::remaining_after(&[], &of_crawl),
        site: &site,
        cache: InventoryCache(None),
        last_run: None,
        started_at: Utc::now(),
    };
    let results = read(&crawl, pages, options).await;
    confirm_admin_key(api, &ledger).await;
    crawl.save_client_state();
    (results, ledger.finish())
}

/// Reads the workflow states of pages. The result has every page; what could not be read is in the ledger.
pub(super) async fn read(crawl: &Crawl<'_>, pages: &[WorkflowPage<'_>], options: &WorkflowOptions) -> WorkflowResults {
    let mut rows = WorkflowRows::new(pages);
    if pages.is_empty() {
        return rows.finish(&options.final_states);
    }
    crawl.phase("workflow", None);
    let presence = data_center::probe(crawl, &mut rows).await;
    if presence == ComalaPresence::Unreadable {
        // the app may be installed, so no other source may replace it
        rows.close_all();
        return rows.finish(&options.final_states);
    }
    let features = crawl.api.features();
    let (keys, read_singly) = wanted_properties(features, presence, options);
    let properties = if keys.is_empty() {
        PropertySearch::default()
    } else {
        PropertySearch::run(crawl, &mut rows, &keys, read_singly).await
    };
    let mut silent = None;
    if presence == ComalaPresence::Present {
        data_center::read(crawl, &mut rows, options, &properties).await;
    } else if crawl.api.deployment().is_cloud() {
        silent = cloud_search::read(crawl, &mut rows, options, &properties).await;
        property_discovery::find_candidates(crawl, &mut rows, options).await;
    }
    if let Some(property) = &options.property {
        pinned_property::read(crawl, &mut rows, property, &properties).await;
    }
    if let Some(report) = &options.import {
        report.apply(&mut rows);
    }
    let mut closed = Vec::new();
    if let Some(silent) = silent {
        let unseen = cloud_search::unseen(&rows, &properties, &silent);
        by_labels(crawl, &mut rows, &options.label_map, unseen);
        closed = cloud_search::close_unseen(crawl, &mut rows, &properties, &silent);
    }
    if presence == ComalaPresence::Absent && features.content_states {
        content_states::read(crawl, &mut rows, &properties, &closed).await;
        content_state_dates::read(crawl, &mut rows).await;
    }
    let open = rows.unknown();
    by_labels(crawl, &mut rows, &options.label_map, open);
    rows.finish(&options.final_states)
}

/// Returns the keys of the content properties to read for every page, and whether pages that the search leaves out are
/// read one by one: for Comala on Data Center they are, unless a configured property then has no other source.
fn wanted_properties(features: Features, presence: ComalaPresence, options: &WorkflowOptions) -> (Vec<&str>, bool) {
    let of_app = match presence {
        ComalaPresence::Present => Some(data_center::PROPERTY),
        _ => Some(content_states::PROPERTY).filter(|_| features.content_states),
    };
    let pinned = options.property.as_ref().map(|property| property.key.as_str()).filter(|key| Some(*key) != of_app);
    let read_singly = presence == ComalaPresence::Present && pinned.is_none() && options.ask_each_page;
    (of_app.into_iter().chain(pinned).collect(), read_singly)
}

/// Sets the state of these pages from the first label of the map that they have: the last resort for pages without a
/// workflow, and a statement of their authors for pages whose workflow the search does not show.
fn by_labels(crawl: &Crawl<'_>, rows: &mut WorkflowRows<'_>, map: &[(String, String)], pages: Vec<usize>) {
    if map.is_empty() {
        return;
    }
    let mut unread = Vec::new();
    for at in pages {
        let Some(labels) = rows.page(at).labels else {
            unread.push(at);
            continue;
        };
        // Confluence keeps labels in lower case
        let has_label = |label: &str| labels.iter().any(|name| name.eq_ignore_ascii_case(label));
        if let Some((_, state)) = map.iter().find(|(label, _)| has_label(label)) {
            let source = WorkflowSource::Labels;
            rows.fill(at, WorkflowState { state: Some(state.clone()), source, ..WorkflowState::default() });
        }
    }
    if !unread.is_empty() {
        let unit = crawl
            .ledger
            .enter(UnitKind::Workflow, format!("labels of {}", plural(unread.len() as u64, "page", "pages")));
        unit.failed("label_states needs page labels, but they could not be read");
        for at in unread {
            rows.close(at);
        }
    }
}
