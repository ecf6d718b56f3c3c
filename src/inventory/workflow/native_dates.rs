//! Since when pages bear their native content states: asked page by page, of pages that bear one only, and not again in the
//! same version.

use chrono::{DateTime, Utc};

use super::json;
use super::rows::Rows;
use super::state::state_key;
use crate::inventory::crawl::Crawl;
use crate::inventory::refusals::Refusals;
use crate::support::wording::plural;
use confluence_client::{RequestError, RequestKind};

/// Pages that are asked for together.
const GROUP: usize = 200;

/// Fills the dates of the pages whose content state is known. One that is not told is a remark, no gap: own history tells it
/// to the week.
pub(super) async fn read(crawl: &Crawl<'_>, rows: &mut Rows<'_>) {
    let mut asked = Vec::new();
    for at in 0..rows.len() {
        let Some(state) = rows.state(at).content_state.as_deref().map(state_key) else { continue };
        match rows.page(at).content_state.filter(|told| state_key(told.state) == state) {
            Some(told) => rows.set_content_state_since(at, told.since),
            None => asked.push(at),
        }
    }
    if asked.is_empty() {
        return;
    }
    crawl.phase("content states, page by page", Some(asked.len() as u64));
    let (mut unread, mut first) = (0_u64, None);
    let (refusals, mut is_stopped) = (Refusals::default(), false);
    for group in asked.chunks(GROUP) {
        if is_stopped || refusals.are_enough(&()) {
            unread += group.len() as u64;
            continue;
        }
        rows.plan(RequestKind::ContentStateOfOnePage, group.len() as u64);
        let known: &Rows<'_> = rows;
        let one = async |at: usize| {
            let answer = of_page(crawl, known, at).await;
            crawl.progress.advance(1);
            (at, answer)
        };
        let answers = crawl.all(group.iter().map(|at| one(*at)).collect()).await;
        // in the order in which they came
        for (at, answer) in answers {
            match answer {
                Ok(since) => {
                    refusals.answered(());
                    // otherwise the site tells no date, or another state: it changed a moment ago
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
        rows.notes.push(format!("when {pages} came into the content state could not be read: {error}"));
    }
}

async fn of_page(crawl: &Crawl<'_>, rows: &Rows<'_>, at: usize) -> Result<Option<DateTime<Utc>>, RequestError> {
    let Some(answer) = crawl.api.content_state(rows.id(at)).await? else { return Ok(None) };
    let known = rows.state(at).content_state.as_deref().map(state_key);
    let is_same = answer.content_state.is_some_and(|state| Some(state_key(&state.name)) == known);
    Ok(answer.last_updated.as_ref().filter(|_| is_same).and_then(json::time))
}
