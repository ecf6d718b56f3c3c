//! Reads Confluence's content states (page status): first by the states that each space suggests, then from the content
//! property that the search expands, which also has custom states.

use serde_json::Value;

use super::json_values;
use super::property_search::{PropertySearch, PropertyValue};
use super::rows::WorkflowRows;
use super::state::{WorkflowSource, WorkflowState};
use crate::inventory::coverage::UnitKind;
use crate::inventory::crawl::Crawl;
use crate::support::formatting::plural;
use confluence_client::{RequestError, RequestKind};

/// The content property that holds the state of the published page.
pub(super) const PROPERTY: &str = "content-state-published";

/// Content states of one space.
struct SpaceStates {
    key: String,
    /// Names of states, with the rows in each.
    pages: Vec<(String, Vec<usize>)>,
    /// The states, or the pages of one of them, could not be read.
    failed: bool,
}

/// Fills the rows of pages without any other workflow. Closed rows get their content state too, next to a workflow that
/// is not known.
pub(super) async fn read(
    crawl: &Crawl<'_>,
    rows: &mut WorkflowRows<'_>,
    properties: &PropertySearch,
    closed: &[usize],
) {
    let open = rows.unknown();
    let mut spaces: Vec<&str> = open.iter().chain(closed).map(|at| rows.page(*at).space_key).collect();
    spaces.sort_unstable();
    spaces.dedup();
    rows.plan(RequestKind::ContentStates, spaces.len() as u64);
    let known: &WorkflowRows<'_> = rows;
    let responses = crawl.all(spaces.iter().map(|key| of_space(crawl, known, key)).collect()).await;
    let mut failed: Vec<String> = Vec::new();
    for space in responses {
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
    // for pages that another source knows, the search returned the content state as well
    for at in 0..rows.len() {
        if let Some(name) = expanded_state(properties, at) {
            rows.set_content_state(at, &name);
        }
    }
    let mut unexpanded = 0_usize;
    for at in rows.unknown() {
        match properties.property(at, PROPERTY) {
            PropertyValue::Value(_) => {
                if let Some(name) = expanded_state(properties, at) {
                    fill(rows, at, &name);
                }
            }
            PropertyValue::Absent => {}
            PropertyValue::NotReturned => unexpanded += 1,
        }
        let space = rows.page(at).space_key;
        let unread = failed.iter().any(|key| key == space) || properties.is_unread(at, PROPERTY);
        if unread && rows.state(at).source == WorkflowSource::None {
            rows.close(at);
        }
    }
    if unexpanded > 0 && !properties.failed {
        rows.notes.push(format!(
            "the search did not return the content state of {}: custom content states are not known there",
            plural(unexpanded as u64, "page", "pages")
        ));
    }
}

/// Returns the state name in the property that the search expanded.
fn expanded_state(properties: &PropertySearch, at: usize) -> Option<String> {
    let PropertyValue::Value(value) = properties.property(at, PROPERTY) else { return None };
    let document = json_values::document(value);
    document.get("name").and_then(Value::as_str).filter(|name| !name.is_empty()).map(str::to_owned)
}

fn fill(rows: &mut WorkflowRows<'_>, at: usize, name: &str) {
    if rows.state(at).source == WorkflowSource::None {
        let source = WorkflowSource::NativeState;
        rows.fill(at, WorkflowState { state: Some(name.to_owned()), source, ..WorkflowState::default() });
    }
    rows.set_content_state(at, name);
}

async fn of_space(crawl: &Crawl<'_>, rows: &WorkflowRows<'_>, key: &str) -> SpaceStates {
    let mut space = SpaceStates { key: key.to_owned(), pages: Vec::new(), failed: false };
    let unit = crawl.ledger.enter(UnitKind::Workflow, format!("content states of space {key}"));
    let states = match crawl.api.content_states(key).await {
        Ok(states) => {
            unit.ok();
            states
        }
        // the space was just listed, so 404 means that it has no content states
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
        let listing = crawl.api.pages_in_state(key, state.id, |hit| pages.extend(rows.find(&hit.id.0))).await;
        space.failed |= listing.end.is_err();
        unit.settle(&listing.end);
        space.pages.push((state.name, pages));
    }
    space
}
