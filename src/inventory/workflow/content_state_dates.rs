//! Reads since when pages have their content states: page by page, only for pages with a state, and once per version.

use chrono::{DateTime, Utc};

use super::json_values;
use super::rows::WorkflowRows;
use super::state::state_key;
use crate::inventory::crawl::Crawl;
use crate::inventory::refusals::Refusals;
use crate::support::formatting::plural;
use confluence_client::{RequestError, RequestKind};

/// Number of pages requested concurrently.
const GROUP: usize = 200;

/// Fills the dates of pages with a known content state. A date that could not be read is a note rather than a gap: the
/// program's own history has it to the week.
pub(super) async fn read(crawl: &Crawl<'_>, rows: &mut WorkflowRows<'_>) {
    let mut requested = Vec::new();
    for at in 0..rows.len() {
        let Some(state) = rows.state(at).content_state.as_deref().map(state_key) else { continue };
        match rows.page(at).content_state.filter(|known_state| state_key(known_state.state) == state) {
            Some(known_state) => rows.set_content_state_since(at, known_state.since),
            None => requested.push(at),
        }
    }
    if requested.is_empty() {
        return;
    }
    crawl.phase("content states, page by page", Some(requested.len() as u64));
    let (mut unread, mut first) = (0_u64, None);
    let (refusals, mut is_stopped) = (Refusals::default(), false);
    for group in requested.chunks(GROUP) {
        if is_stopped || refusals.should_stop(&()) {
            unread += group.len() as u64;
            continue;
        }
        rows.plan(RequestKind::ContentStateOfOnePage, group.len() as u64);
        let known: &WorkflowRows<'_> = rows;
        let one = async |at: usize| {
            let response = of_page(crawl, known, at).await;
            crawl.progress.advance(1);
            (at, response)
        };
        let responses = crawl.all(group.iter().map(|at| one(*at)).collect()).await;
        // in order of arrival
        for (at, response) in responses {
            match response {
                Ok(since) => {
                    refusals.succeeded(());
                    // otherwise the site has no date, or another state that was set a moment ago
                    if let Some(since) = since {
                        rows.set_content_state_since(at, since);
                    }
                }
                Err(RequestError::NotFound { .. }) => {}
                Err(error) => {
                    unread += 1;
                    is_stopped |= error.stops_run();
                    if error.is_refusal() {
                        refusals.refused(());
                    }
                    first = first.or(Some(error));
                }
            }
        }
    }
    if let Some(error) = first {
        let pages = plural(unread, "page", "pages");
        rows.notes.push(format!("could not read when the content state of {pages} was set: {error}"));
    }
}

async fn of_page(crawl: &Crawl<'_>, rows: &WorkflowRows<'_>, at: usize) -> Result<Option<DateTime<Utc>>, RequestError> {
    let Some(response) = crawl.api.content_state(rows.id(at)).await? else { return Ok(None) };
    let known = rows.state(at).content_state.as_deref().map(state_key);
    let is_same = response.content_state.is_some_and(|state| Some(state_key(&state.name)) == known);
    Ok(response.last_updated.as_ref().filter(|_| is_same).and_then(json_values::time))
}
