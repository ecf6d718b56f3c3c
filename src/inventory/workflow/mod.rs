//! The workflow state of pages, from whatever the site offers (`comala.md`).
//!
//! Providers are asked in a fixed order, and every row says where its state comes from: Comala on Data Center by its
//! content property and by `rest/cw/1`, Comala on Cloud by its search fields, a content property that is pinned in the
//! configuration, an imported report, native content states, labels. A later provider only fills what the earlier ones
//! left open. What could not be read is [`WorkflowSource::Unavailable`] and a gap in the ledger; a page whose better
//! source could not be read is not answered by a worse one, or its state would change from week to week with the
//! weather.
//!
//! The search shows neither archived pages nor archived spaces. Where the search is what tells workflows, those are
//! unavailable, and a unit that was skipped; what is read page by page knows of them.

mod cloud_search;
mod data_center;
mod discovery;
mod document_report;
mod json;
mod labels;
mod native;
mod options;
mod pinned;
mod planned;
mod refusals;
mod rows;
mod state;
mod sweep;
#[cfg(test)]
mod tests;

use chrono::Utc;

use super::Coverage;
use super::crawl::Crawl;
use super::ledger::Ledger;
use super::memory::Memory;
use super::options::CrawlOptions;
use crate::progress::Progress;
use confluence_client::Api;
use storage_format::OwnSite;

pub use discovery::PropertyCandidate;
pub use document_report::DocumentReport;
pub use options::{DEFAULT_STATE_NAMES, PinnedProperty, WorkflowOptions};
pub use planned::{WorkflowCost, expected_requests};
pub use state::{DueWindow, WorkflowPage, WorkflowReading, WorkflowSource, WorkflowState};

use data_center::Presence;
use rows::Rows;
use sweep::Sweep;

/// Reads the workflow state of pages, apart from any other reading of the site, with its own ledger. That the account
/// is who it should be has been found out before ([`Cloud::current_user`]).
pub async fn workflow_of(
    api: &Api,
    pages: &[WorkflowPage<'_>],
    options: &WorkflowOptions,
    progress: &Progress,
) -> (WorkflowReading, Coverage) {
    let ledger = Ledger::default();
    let site = OwnSite::new(api.client().deployment().base_url(), &[]);
    let crawl = Crawl {
        api,
        options: &CrawlOptions::default(),
        progress,
        ledger: &ledger,
        site: &site,
        memory: Memory(None),
        started_at: Utc::now(),
    };
    let reading = read(&crawl, pages, options).await;
    for warning in api.client().warnings() {
        ledger.warn(warning);
    }
    (reading, ledger.finish())
}

/// Reads the workflow state of pages. Every page is in the reading; what could not be read is in the ledger.
pub(super) async fn read(crawl: &Crawl<'_>, pages: &[WorkflowPage<'_>], options: &WorkflowOptions) -> WorkflowReading {
    let mut rows = Rows::new(pages);
    if pages.is_empty() {
        return rows.finish(options);
    }
    crawl.phase("workflow", None);
    let presence = data_center::probe(crawl, &mut rows).await;
    if presence == Presence::Unreadable {
        // an app that may be there and does not answer is no reason to believe another source
        rows.close_all();
        return rows.finish(options);
    }
    let sweep = Sweep::run(crawl, &mut rows, &sweep::keys(presence, options), options).await;
    let mut by_search = false;
    if presence == Presence::Present {
        data_center::read(crawl, &mut rows, options, &sweep).await;
    } else {
        by_search = cloud_search::read(crawl, &mut rows, options).await;
        discovery::look(crawl, &mut rows, options).await;
    }
    if let Some(property) = &options.property {
        pinned::read(crawl, &mut rows, property, &sweep).await;
    }
    if let Some(report) = &options.import {
        report.apply(&mut rows);
    }
    if presence == Presence::Absent {
        native::read(crawl, &mut rows, &sweep).await;
    }
    labels::apply(crawl, &mut rows, &options.label_map);
    if by_search {
        cloud_search::close_unseen(crawl, &mut rows, &sweep);
    }
    rows.finish(options)
}
