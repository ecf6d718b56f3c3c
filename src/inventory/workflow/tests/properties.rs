//! Tests of content properties: discovery, and a configured property.

use serde_json::json;

use super::{on, pages, read, read_with, with_app};
use crate::inventory::workflow::{PinnedProperty, WorkflowOptions};
use confluence_client::RequestKind;
use confluence_sim::workflow::{PageWorkflow, WorkflowApp};
use confluence_sim::{Fault, Site};

/// Comala on Cloud with two property keys that may be its own, and one that is not.
fn site(count: usize) -> Site {
    let mut site = pages(count);
    for (number, page) in site.contents.iter_mut().enumerate() {
        let state = if number.is_multiple_of(2) { "Draft" } else { "Approved" };
        let value = json!({
            "workflowName": "Docs",
            "current": {"state": state, "final": number % 2 == 1, "startedAt": 1_770_000_000_000_i64},
            "expiryDate": "2026-12-24T08:00:00Z",
            "approvers": [{"accountId": "712020:ann", "approved": true}, {"accountId": "712020:ben"}],
        });
        page.properties.insert("cw-document".to_owned(), value);
        page.properties.insert("workflow.settings".to_owned(), json!({"colour": "#fff", "first": "Draft"}));
        page.properties.insert("emoji-title-published".to_owned(), json!("1f680"));
    }
    let of = |number: usize| {
        PageWorkflow::new("Docs", if number.is_multiple_of(2) { "Draft" } else { "Approved" }, number % 2 == 1)
    };
    let ids: Vec<String> = site.contents.iter().map(|page| page.id.clone()).collect();
    let workflows: Vec<_> = ids.iter().enumerate().map(|(number, id)| (id.as_str(), of(number))).collect();
    with_app(site, WorkflowApp::ComalaCloud, &workflows)
}

fn pinned() -> PinnedProperty {
    let at = |place: &str| Some(place.to_owned());
    PinnedProperty {
        key: "cw-document".to_owned(),
        state: "/current/state".to_owned(),
        name: at("/workflowName"),
        is_final: at("/current/final"),
        expires: at("/expiryDate"),
        since: at("/current/startedAt"),
        approvers: at("/approvers"),
    }
}

fn with_property() -> WorkflowOptions {
    WorkflowOptions { property: Some(pinned()), ..WorkflowOptions::default() }
}

#[tokio::test(start_paused = true)]
async fn of_two_candidates_the_one_with_the_right_states_comes_first() {
    let read = read(site(45), &WorkflowOptions::default()).await;
    assert_eq!(read.sent("/properties"), 15, "at most 20, spread over all");
    let candidates = &read.result.candidates;
    let keys: Vec<&str> = candidates.iter().map(|candidate| candidate.property.key.as_str()).collect();
    assert_eq!(keys, ["cw-document", "workflow.settings"]);
    assert_eq!((candidates[0].pages, candidates[0].of, candidates[0].agreeing), (15, 15, 15));
    assert_eq!(candidates[0].property, pinned());
    let printed = read.note("cw-document is on");
    assert!(printed.contains("property_key = cw-document, state_pointer = /current/state"), "{printed}");
    assert!(printed.contains("expires_pointer = /expiryDate, since_pointer = /current/startedAt"), "{printed}");
    assert!(candidates[1].agreeing < candidates[0].agreeing);
    assert_eq!(read.state_and_source("1000").1, "comala_cloud_cql", "a property that is not configured is not used");
}

#[tokio::test(start_paused = true)]
async fn a_search_without_candidates_is_noted() {
    let site = with_app(pages(2), WorkflowApp::ComalaCloud, &[("1000", PageWorkflow::new("Docs", "Draft", false))]);
    let read = read(site, &WorkflowOptions::default()).await;
    read.note("no content property of a workflow app was found on 1 page:");
}

#[tokio::test(start_paused = true)]
async fn a_property_that_cannot_be_read_only_costs_requests() {
    let faults = on("/wiki/api/v2/pages/*/properties", Fault::status(500));
    let read = read_with(site(3), faults, &WorkflowOptions::default()).await;
    assert!(read.coverage.is_complete(), "{:#?}", read.coverage.gaps);
    assert_eq!(read.state_and_source("1000").0, Some("Draft"));
    assert_eq!(read.units().skipped, 3);
}

#[tokio::test(start_paused = true)]
async fn a_pinned_property_is_read_in_bulk_and_completes_the_search() {
    let read = read(site(45), &with_property()).await;
    assert_eq!((read.sent("metadata.properties"), read.sent("/properties")), (1, 0));
    assert_eq!(read.state_and_source("1001"), (Some("Approved"), "comala_cloud_cql".to_owned()));
    let state = read.state("1001");
    assert_eq!((state.name.as_deref(), state.is_final), (Some("Docs"), Some(true)));
    assert_eq!(state.due, Some("2026-12-24T08:00:00Z".parse().unwrap()));
    assert_eq!(state.since.map(|time| time.timestamp()), Some(1_770_000_000));
    assert_eq!(state.pending_reviewers.as_deref(), Some(&["712020:ben".to_owned()][..]));
}

#[tokio::test(start_paused = true)]
async fn a_pinned_property_is_a_source_of_its_own_also_as_json_in_a_string() {
    let text = json!({"current": {"state": "Draft"}}).to_string();
    let site = pages(3).property("cw-document", json!(text));
    let read = read(site, &with_property()).await;
    assert_eq!(read.state_and_source("1002"), (Some("Draft"), "content_property:cw-document".to_owned()));
    assert_eq!(read.state_and_source("1000"), (None, "none".to_owned()));
    assert!(read.coverage.is_complete());
}

#[tokio::test(start_paused = true)]
async fn open_pages_are_requested_one_by_one_if_the_search_expands_nothing() {
    let mut site = site(3);
    (site.workflow.app, site.behaviour.search_without_properties) = (WorkflowApp::None, true);
    let run = read(site.clone(), &with_property()).await;
    assert_eq!(run.state_and_source("1001"), (Some("Approved"), "content_property:cw-document".to_owned()));
    assert_eq!((run.sent("key=cw-document"), run.result.requests.of(RequestKind::WorkflowPropertyOfOnePage)), (3, 3));
    assert!(run.coverage.is_complete());
    for (status, denied, failed) in [(403, 3, 0), (500, 0, 3)] {
        let faults = on("/wiki/api/v2/pages/*/properties", Fault::status(status));
        let run = read_with(site.clone(), faults, &with_property()).await;
        assert_eq!(run.state_and_source("1001"), (None, "unavailable".to_owned()), "{status}");
        assert_eq!((run.units().denied, run.units().failed), (denied, failed));
        assert!(!run.coverage.is_complete());
    }
}
