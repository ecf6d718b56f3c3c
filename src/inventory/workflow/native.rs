//! Native content states, "page status": by the states that each space suggests, then by the property
//! that the search expands, which also shows the states people made for themselves.

use serde_json::Value;

use super::json;
use super::rows::Rows;
use super::state::{WorkflowSource, WorkflowState};
use super::sweep::{Answered, Sweep};
use crate::inventory::coverage::UnitKind;
use crate::inventory::crawl::Crawl;
use crate::support::wording::plural;
use confluence_client::{RequestError, RequestKind};

/// The content property that holds the state of the published page.
pub(super) const PROPERTY: &str = "content-state-published";

/// What one space answered.
struct SpaceStates {
    key: String,
    /// State name and the rows in it.
    pages: Vec<(String, Vec<usize>)>,
    /// The states, or the pages of one of them, could not be read.
    failed: bool,
}

/// Fills the rows of pages without any other workflow. Those of the closed rows get their content state all the same,
/// beside a workflow that is not known.
pub(super) async fn read(crawl: &Crawl<'_>, rows: &mut Rows<'_>, sweep: &Sweep, closed: &[usize]) {
    let open = rows.unknown();
    let mut spaces: Vec<&str> = open.iter().chain(closed).map(|at| rows.page(*at).space_key).collect();
    spaces.sort_unstable();
    spaces.dedup();
    rows.plan(RequestKind::ContentStates, spaces.len() as u64);
    let known: &Rows<'_> = rows;
    let answers = crawl.all(spaces.iter().map(|key| of_space(crawl, known, key)).collect()).await;
    let mut failed: Vec<String> = Vec::new();
    for space in answers {
        rows.plan(RequestKind::PagesInAContentState, space.pages.len() as u64);
        for (name, pages) in space.pages {
            for at in pages {
                fill(rows, at, &name);
            }
        }
        if space.failed {
            failed.push(space.key);
        }
    }
    // of pages that another source knows, the search has told it with the rest
    for at in 0..rows.len() {
        if let Some(name) = told(sweep, at) {
            rows.set_content_state(at, &name);
        }
    }
    let mut unexpanded = 0_usize;
    for at in rows.unknown() {
        match sweep.property(at, PROPERTY) {
            Answered::Value(_) => {
                if let Some(name) = told(sweep, at) {
                    fill(rows, at, &name);
                }
            }
            Answered::Absent => {}
            Answered::Not => unexpanded += 1,
        }
        let space = rows.page(at).space_key;
        let unread = failed.iter().any(|key| key == space) || sweep.is_unread(at, PROPERTY);
        if unread && rows.state(at).source == WorkflowSource::None {
            rows.close(at);
        }
    }
    if unexpanded > 0 && !sweep.failed {
        rows.notes.push(format!(
            "the search did not tell the content state of {}: states that people made for themselves are not known there",
            plural(unexpanded as u64, "page", "pages")
        ));
    }
}

/// The name in the property that the search has expanded.
fn told(sweep: &Sweep, at: usize) -> Option<String> {
    let Answered::Value(value) = sweep.property(at, PROPERTY) else { return None };
    let document = json::document(value);
    document.get("name").and_then(Value::as_str).filter(|name| !name.is_empty()).map(str::to_owned)
}

fn fill(rows: &mut Rows<'_>, at: usize, name: &str) {
    if rows.state(at).source == WorkflowSource::None {
        let source = WorkflowSource::NativeState;
        rows.fill(at, WorkflowState { state: Some(name.to_owned()), source, ..WorkflowState::default() });
    }
    rows.set_content_state(at, name);
}

async fn of_space(crawl: &Crawl<'_>, rows: &Rows<'_>, key: &str) -> SpaceStates {
    let mut space = SpaceStates { key: key.to_owned(), pages: Vec::new(), failed: false };
    let unit = crawl.ledger.enter(UnitKind::Workflow, format!("content states of space {key}"));
    let states = match crawl.api.content_states(key).await {
        Ok(states) => {
            unit.ok();
            states
        }
        // the space has just been listed, so it is the states that are not there
        Err(RequestError::NotFound { .. }) => {
            unit.ok();
            return space;
        }
        Err(error) => {
            unit.refused(&error);
            space.failed = true;
            return space;
        }
    };
    for state in states {
        let unit = crawl.ledger.enter(UnitKind::Workflow, format!("pages of space {key} in state {:?}", state.name));
        let mut pages = Vec::new();
        let walked = crawl.api.pages_in_state(key, state.id, |hit| pages.extend(rows.find(&hit.id.0))).await;
        space.failed |= walked.end.is_err();
        unit.settle(&walked.end);
        space.pages.push((state.name, pages));
    }
    space
}
