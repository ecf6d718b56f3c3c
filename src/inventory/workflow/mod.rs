//! The workflow state of pages, from whatever the site offers.
//!
//! Providers are asked in a fixed order, and every row says where its state comes from: Comala on Data Center by its
//! content property and by `rest/cw/1`, Comala on Cloud by its search fields, a content property that is pinned in the
//! configuration, an imported report, native content states, labels. A later provider only fills what the earlier ones
//! left open. What could not be read is [`WorkflowSource::Unavailable`] and a gap in the ledger; a page whose better
//! source could not be read is not answered by a worse one, or its state would change from week to week with the
//! weather.
//!
//! The search does not show archived pages, and archived spaces only where the site looks into them. Where the search is
//! what tells workflows, a page that it does not show is unavailable, and so are those of archived spaces where it finds no
//! workflow while it finds some in current ones: no native content state stands for a state that may be
//! there. What is read page by page knows of all.

mod cloud_search;
mod data_center;
mod discovery;
mod document_report;
mod json;
mod native;
mod native_dates;
mod options;
mod pinned;
mod planned;
mod property;
mod rows;
mod state;
mod sweep;
#[cfg(test)]
mod tests;

use chrono::Utc;

use super::coverage::{Coverage, UnitKind};
use super::crawl::Crawl;
use super::kept_texts::KeptTexts;
use super::ledger::Ledger;
use super::memory::Memory;
use super::options::CrawlOptions;
use super::witnesses::{Kind, Witnesses};
use crate::inventory::ContentKind;
use crate::progress::Progress;
use crate::support::wording::plural;
use confluence_client::Api;
use storage_format::OwnSite;

pub use document_report::DocumentReport;
pub use options::{DEFAULT_STATE_NAMES, WorkflowOptions};
pub use planned::{WorkflowCost, expected_requests};
pub use property::{PinnedProperty, PropertyCandidate};
pub use state::{DueWindow, ToldState, WorkflowPage, WorkflowReading, WorkflowSource, WorkflowState, state_key};

use data_center::Presence;
use rows::Rows;
use sweep::Sweep;

/// Reads the workflow state of pages, apart from any other reading of the site, with its own ledger. That the account
/// is who it should be has been found out before ([`Api::current_user`]).
pub async fn workflow_of(
    api: &Api,
    pages: &[WorkflowPage<'_>],
    options: &WorkflowOptions,
    progress: &Progress,
) -> (WorkflowReading, Coverage) {
    let ledger = Ledger::default();
    let site = OwnSite::new(api.address().base_url(), &[]);
    let witnesses = Witnesses::default();
    for page in pages {
        witnesses.note_id(Kind::Content(ContentKind::Page), page.id.as_str());
    }
    let of_crawl = CrawlOptions::default();
    let crawl = Crawl {
        api,
        options: &of_crawl,
        progress,
        ledger: &ledger,
        witnesses: &witnesses,
        texts: &KeptTexts::beside(&[], &of_crawl),
        site: &site,
        memory: Memory(None),
        last_run: None,
        started_at: Utc::now(),
    };
    let reading = read(&crawl, pages, options).await;
    crawl.keep_what_was_learned();
    (reading, ledger.finish())
}

/// Reads the workflow state of pages. Every page is in the reading; what could not be read is in the ledger.
pub(super) async fn read(crawl: &Crawl<'_>, pages: &[WorkflowPage<'_>], options: &WorkflowOptions) -> WorkflowReading {
    let mut rows = Rows::new(pages);
    if pages.is_empty() {
        return rows.finish(&options.final_states);
    }
    crawl.phase("workflow", None);
    let presence = data_center::probe(crawl, &mut rows).await;
    if presence == Presence::Unreadable {
        // an app that may be there and does not answer is no reason to believe another source
        rows.close_all();
        return rows.finish(&options.final_states);
    }
    let (keys, asked_alone) = wanted_properties(presence, options);
    let sweep = Sweep::run(crawl, &mut rows, &keys, asked_alone).await;
    let mut silent = None;
    if presence == Presence::Present {
        data_center::read(crawl, &mut rows, options, &sweep).await;
    } else {
        silent = cloud_search::read(crawl, &mut rows, options, &sweep).await;
        discovery::look(crawl, &mut rows, options).await;
    }
    if let Some(property) = &options.property {
        pinned::read(crawl, &mut rows, property, &sweep).await;
    }
    if let Some(report) = &options.import {
        report.apply(&mut rows);
    }
    let mut closed = Vec::new();
    if let Some(silent) = silent {
        let unseen = cloud_search::unseen(&rows, &sweep, &silent);
        by_labels(crawl, &mut rows, &options.label_map, unseen);
        closed = cloud_search::close_unseen(crawl, &mut rows, &sweep, &silent);
    }
    if presence == Presence::Absent {
        native::read(crawl, &mut rows, &sweep, &closed).await;
        native_dates::read(crawl, &mut rows).await;
    }
    let open = rows.unknown();
    by_labels(crawl, &mut rows, &options.label_map, open);
    rows.finish(&options.final_states)
}

/// The keys of the content properties that are wanted of every page, and whether pages that the search leaves out are
/// asked for alone: those of Comala on Data Center are, and a pinned property is then known from nowhere else.
fn wanted_properties(presence: Presence, options: &WorkflowOptions) -> (Vec<&str>, bool) {
    let of_app = if presence == Presence::Present { data_center::PROPERTY } else { native::PROPERTY };
    let pinned = options.property.as_ref().map(|property| property.key.as_str()).filter(|key| *key != of_app);
    let asked_alone = presence == Presence::Present && pinned.is_none() && options.ask_each_page;
    (std::iter::once(of_app).chain(pinned).collect(), asked_alone)
}

/// Gives these pages the state of the first label of the map that they bear: the last resort for pages
/// without any workflow, and what somebody has said of those whose workflow the search does not show.
fn by_labels(crawl: &Crawl<'_>, rows: &mut Rows<'_>, map: &[(String, String)], pages: Vec<usize>) {
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
        let bears = |label: &str| labels.iter().any(|name| name.eq_ignore_ascii_case(label));
        if let Some((_, state)) = map.iter().find(|(label, _)| bears(label)) {
            let source = WorkflowSource::Labels;
            rows.fill(at, WorkflowState { state: Some(state.clone()), source, ..WorkflowState::default() });
        }
    }
    if !unread.is_empty() {
        let unit = crawl
            .ledger
            .enter(UnitKind::Workflow, format!("labels of {}", plural(unread.len() as u64, "page", "pages")));
        unit.failed("label_states needs the labels of pages, and they were not read");
        for at in unread {
            rows.close(at);
        }
    }
}
