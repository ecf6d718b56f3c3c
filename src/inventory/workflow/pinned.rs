//! The content property of a workflow app, as pinned in the configuration.

use serde_json::Value;

use super::json;
use super::property::PinnedProperty;
use super::rows::Rows;
use super::state::{WorkflowSource, WorkflowState};
use super::sweep::{Answered, Sweep};
use crate::inventory::coverage::UnitKind;
use crate::inventory::crawl::{Crawl, GROUP};
use confluence_client::api::Single;
use confluence_client::{RequestError, RequestKind};

/// Fills the rows from the property: as the search answered it, or page by page where it did not and the state is open.
pub(super) async fn read(crawl: &Crawl<'_>, rows: &mut Rows<'_>, property: &PinnedProperty, sweep: &Sweep) {
    let mut alone = Vec::new();
    let open = rows.stateless();
    for at in 0..rows.len() {
        match sweep.property(at, &property.key) {
            Answered::Value(value) => take(rows, at, property, value),
            Answered::Not if open.binary_search(&at).is_ok() => alone.push(at),
            Answered::Absent | Answered::Not => {}
        }
    }
    rows.plan(RequestKind::WorkflowPropertyOfOnePage, alone.len() as u64);
    for group in alone.chunks(GROUP) {
        let asked = group.iter().map(|at| ask(crawl, *at, rows.id(*at), &property.key)).collect();
        for (at, answer) in crawl.all(asked).await {
            match answer {
                Ok(Some(value)) => take(rows, at, property, &value),
                Ok(None) => {}
                Err(()) => rows.close(at),
            }
        }
    }
}

async fn ask(crawl: &Crawl<'_>, at: usize, id: &str, key: &str) -> (usize, Result<Option<Value>, ()>) {
    let unit = crawl.ledger.enter(UnitKind::Workflow, format!("property {key:?} of page {id}"));
    let answer = match crawl.twice(|| one(crawl, id, key)).await {
        Ok(value) => {
            unit.ok();
            Ok(value)
        }
        Err(error) => {
            if error.is_not_found() {
                crawl.settle_missing(unit, Single::Page, id).await;
            } else {
                unit.refused(&error);
            }
            Err(())
        }
    };
    (at, answer)
}

async fn one(crawl: &Crawl<'_>, id: &str, key: &str) -> Result<Option<Value>, RequestError> {
    let mut value = None;
    let walked = crawl.api.page_properties(id, Some(key), |property| {
        if property.key == key {
            value = property.value;
        }
    });
    walked.await.end.map(|()| value)
}

fn take(rows: &mut Rows<'_>, at: usize, property: &PinnedProperty, value: &Value) {
    let value = json::document(value);
    let found = |pointer: &Option<String>| pointer.as_deref().and_then(|pointer| value.pointer(pointer));
    let state = value.pointer(&property.state).and_then(json::text);
    // a property that bears no state is one of a page without a workflow
    if state.is_none() {
        return;
    }
    let state = WorkflowState {
        name: found(&property.name).and_then(json::text),
        state,
        is_final: found(&property.is_final).and_then(json::boolean),
        since: found(&property.since).and_then(json::time),
        due: found(&property.expires).and_then(json::time),
        pending_reviewers: found(&property.approvers).and_then(json::undecided),
        source: WorkflowSource::ContentProperty(property.key.clone()),
        ..WorkflowState::default()
    };
    rows.fill(at, state);
}
