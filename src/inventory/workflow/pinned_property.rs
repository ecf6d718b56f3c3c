//! Reads the content property of a workflow app that the configuration names.

use serde_json::Value;

use super::json_values;
use super::property::PinnedProperty;
use super::property_search::{PropertySearch, PropertyValue};
use super::rows::WorkflowRows;
use super::state::{WorkflowSource, WorkflowState};
use crate::inventory::coverage::UnitKind;
use crate::inventory::crawl::{Crawl, GROUP};
use confluence_client::{RequestError, RequestKind};

/// Fills the rows from the property as the search returned it, or page by page if it did not and the state is open.
pub(super) async fn read(
    crawl: &Crawl<'_>,
    rows: &mut WorkflowRows<'_>,
    property: &PinnedProperty,
    properties: &PropertySearch,
) {
    let mut alone = Vec::new();
    let open = rows.stateless();
    for at in 0..rows.len() {
        match properties.property(at, &property.key) {
            PropertyValue::Value(value) => take(rows, at, property, value),
            PropertyValue::NotReturned if open.binary_search(&at).is_ok() => alone.push(at),
            PropertyValue::Absent | PropertyValue::NotReturned => {}
        }
    }
    rows.plan(RequestKind::WorkflowPropertyOfOnePage, alone.len() as u64);
    for group in alone.chunks(GROUP) {
        let requested = group.iter().map(|at| request(crawl, *at, rows.id(*at), &property.key)).collect();
        for (at, response) in crawl.all(requested).await {
            match response {
                Ok(Some(value)) => take(rows, at, property, &value),
                Ok(None) => {}
                Err(()) => rows.close(at),
            }
        }
    }
}

async fn request(crawl: &Crawl<'_>, at: usize, id: &str, key: &str) -> (usize, Result<Option<Value>, ()>) {
    let unit = crawl.ledger.enter(UnitKind::Workflow, format!("property {key:?} of page {id}"));
    let result = crawl.retry_not_found(|| one(crawl, id, key)).await;
    let response = crawl.settle_page(unit, id, result).await;
    (at, response)
}

async fn one(crawl: &Crawl<'_>, id: &str, key: &str) -> Result<Option<Value>, RequestError> {
    let mut value = None;
    let listing = crawl.api.page_properties(id, Some(key), |property| {
        if property.key == key {
            value = property.value;
        }
    });
    listing.await.end.map(|()| value)
}

fn take(rows: &mut WorkflowRows<'_>, at: usize, property: &PinnedProperty, value: &Value) {
    let value = json_values::document(value);
    let found = |pointer: &Option<String>| pointer.as_deref().and_then(|pointer| value.pointer(pointer));
    let state = value.pointer(&property.state).and_then(json_values::text);
    // a property without a state belongs to a page without a workflow
    if state.is_none() {
        return;
    }
    let state = WorkflowState {
        name: found(&property.name).and_then(json_values::text),
        state,
        is_final: found(&property.is_final).and_then(json_values::boolean),
        since: found(&property.since).and_then(json_values::time),
        due: found(&property.expires).and_then(json_values::time),
        pending_reviewers: found(&property.approvers).and_then(json_values::undecided),
        source: WorkflowSource::ContentProperty(property.key.clone()),
        ..WorkflowState::default()
    };
    rows.fill(at, state);
}
