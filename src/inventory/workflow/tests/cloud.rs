//! Tests of Comala on Cloud, which is read through its search fields.

use chrono::{TimeDelta, Utc};
use serde_json::json;

use super::{on, on_search, pages, read, read_by, read_with, with_app};
use crate::inventory::workflow::{DueWindow, WorkflowOptions, expected_requests};
use confluence_client::RequestKind;
use confluence_client::api::SearchScope;
use confluence_sim::site::ArchivedSearch;
use confluence_sim::workflow::{Approval, Decision, PageWorkflow, WorkflowApp};
use confluence_sim::{Fault, Site};

const ENG: &str = "type = page and space in (\"ENG\")";

fn due_in(days: i64, page: PageWorkflow) -> PageWorkflow {
    PageWorkflow { due: Some(Utc::now() + TimeDelta::days(days) - TimeDelta::hours(1)), ..page }
}

fn page(state: &str, is_final: bool) -> PageWorkflow {
    PageWorkflow::new("Docs", state, is_final)
}

/// Six pages, the last without a workflow; 1003 is in a state that no default names.
fn site() -> Site {
    with_app(
        pages(6),
        WorkflowApp::ComalaCloud,
        &[
            ("1000", due_in(0, page("Draft", false))),
            ("1001", due_in(20, page("Review", false))),
            ("1002", due_in(200, page("Approved", true))),
            ("1003", page("Legal check", false)),
            ("1004", due_in(80, page("draft", false))),
        ],
    )
}

fn named(names: &[&str]) -> WorkflowOptions {
    WorkflowOptions {
        state_names: names.iter().map(|name| (*name).to_owned()).collect(),
        final_states: Vec::new(),
        discover: false,
        ..WorkflowOptions::default()
    }
}

#[tokio::test(start_paused = true)]
async fn a_search_that_does_not_know_the_fields_means_no_app() {
    let read = read(pages(3), &WorkflowOptions::default()).await;
    assert_eq!(read.sent("cw_"), 1);
    assert_eq!(read.state_and_source("1000"), (None, "none".to_owned()));
    assert!(read.coverage.is_complete(), "{:#?}", read.coverage.gaps);
}

#[tokio::test(start_paused = true)]
async fn states_final_states_and_windows_are_found_by_search() {
    let read = read(site(), &named(&[])).await;
    let of = |id: &str| {
        let state = read.state(id);
        (state.state.as_deref(), state.is_final, state.due_within)
    };
    assert_eq!(of("1000"), (Some("Draft"), Some(false), Some(DueWindow::Overdue)));
    assert_eq!(of("1001"), (Some("Review"), Some(false), Some(DueWindow::Within30Days)));
    assert_eq!(of("1002"), (Some("Approved"), Some(true), None));
    assert_eq!(read.state_and_source("1005"), (None, "none".to_owned()));
    assert!(read.coverage.is_complete(), "{:#?}", read.coverage.gaps);
}

/// The index still has the last state of a workflow that was switched off.
#[tokio::test(start_paused = true)]
async fn a_workflow_that_is_not_active_is_none() {
    let without_1000 = Fault::edit_json(|response: &mut serde_json::Value| {
        response["results"].as_array_mut().unwrap().retain(|hit| hit["id"] != "1000");
    });
    let read = read_with(site(), on_search(&format!("{ENG} and cw_enabled = true"), without_1000), &named(&[])).await;
    assert_eq!(read.state_and_source("1000"), (None, "none".to_owned()));
    assert_eq!(read.state("1000").due_within, None);
    assert_eq!(read.state_and_source("1001"), (Some("Review"), "comala_cloud_cql".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn states_without_a_known_name_are_noted_and_names_are_case_sensitive() {
    let run = read(site(), &named(&[])).await;
    for (id, window) in [("1003", None), ("1004", Some(DueWindow::Within90Days))] {
        assert_eq!(run.state_and_source(id), (None, "comala_cloud_cql".to_owned()));
        assert_eq!((run.state(id).is_final, run.state(id).due_within), (Some(false), window));
    }
    let hint = run.note("[workflow]");
    assert!(hint.starts_with("2 pages") && hint.contains("1003, 1004"), "{hint}");
    let run = read(site(), &named(&["draft", "Draft", "Review", "Approved", "Legal check"])).await;
    assert_eq!(run.state_and_source("1003").0, Some("Legal check"));
    assert_eq!((run.state_and_source("1000").0, run.state_and_source("1004").0), (Some("Draft"), Some("draft")));
    assert!(!run.result.notes.iter().any(|note| note.contains("states under [workflow]")));
}

#[tokio::test(start_paused = true)]
async fn only_the_chosen_spaces_are_requested() {
    let mut site = site().space("OTHER", "Other").page("2000", "Elsewhere", "");
    site.workflow.pages.insert("2000".into(), page("Draft", false));
    let read = read(site, &named(&[])).await;
    assert_eq!(read.sent("OTHER"), 0);
    assert!(!read.result.pages.contains_key(&crate::inventory::ContentId::new("2000")));
}

#[tokio::test(start_paused = true)]
async fn the_number_of_searches_does_not_depend_on_the_number_of_pages() {
    for count in [3_usize, 250] {
        let ids: Vec<String> = (0..count).map(|number| (1000 + number).to_string()).collect();
        let workflows: Vec<_> = ids.iter().map(|id| (id.as_str(), due_in(3, page("Review", false)))).collect();
        let site = with_app(pages(count), WorkflowApp::ComalaCloud, &workflows);
        let read = read(site, &named(&["Draft", "Review", "Approved"])).await;
        let probe = 1;
        let (enabled, is_final, states, windows) = (1, 1, 3, 4);
        assert_eq!(read.sent("cw_"), probe + enabled + is_final + states + windows, "{count} pages");
        assert_eq!(read.result.requests.of(RequestKind::WorkflowSearch), 9);
        assert!(read.result.pages.values().all(|state| state.due_within == Some(DueWindow::Within7Days)));
        // the lists of content states and the probe for Data Center come on top
        assert_eq!(read.sent("metadata.properties"), count.div_ceil(200));
    }
}

#[tokio::test(start_paused = true)]
async fn reviewers_are_searched_for_where_the_configuration_names_them() {
    let waiting = |page: PageWorkflow, names: &[&str]| PageWorkflow {
        approvals: vec![Approval {
            name: "Review".to_owned(),
            approvers: names.iter().map(|name| ((*name).to_owned(), Decision::Pending)).collect(),
        }],
        ..page
    };
    let site = with_app(
        pages(3),
        WorkflowApp::ComalaCloud,
        &[
            ("1000", waiting(page("Review", false), &["ann", "bob"])),
            ("1001", waiting(page("Review", false), &["bob"])),
            ("1002", waiting(page("Approved", true), &["ann"])),
        ],
    );
    let options = WorkflowOptions { reviewers: vec!["ann".to_owned(), "bob".to_owned()], ..named(&["Review"]) };
    let read = read(site, &options).await;
    let of = |id: &str| read.state(id).pending_reviewers.clone();
    assert_eq!(of("1000"), Some(vec!["ann".to_owned(), "bob".to_owned()]));
    assert_eq!(of("1001"), Some(vec!["bob".to_owned()]));
    assert_eq!(of("1002"), None, "no one waits in a final state");
    assert_eq!(read.sent("cw_approver"), 2);
    assert_eq!(read.result.requests.of(RequestKind::WorkflowSearch), 1 + 1 + 1 + 4 + 2);
}

#[tokio::test(start_paused = true)]
async fn the_content_state_is_returned_next_to_the_state_of_the_app() {
    let mut site = with_app(pages(2), WorkflowApp::ComalaCloud, &[("1000", page("Review", false))]);
    for content in &mut site.contents {
        let state = serde_json::json!({"name": "In progress", "color": "#2684ff"});
        content.properties.insert("content-state-published".to_owned(), state);
    }
    let read = read(site, &named(&["Review"])).await;
    assert_eq!(read.state_and_source("1000"), (Some("Review"), "comala_cloud_cql".to_owned()));
    assert_eq!(read.state_and_source("1001"), (Some("In progress"), "native_state".to_owned()));
    for id in ["1000", "1001"] {
        assert_eq!(read.state(id).content_state.as_deref(), Some("In progress"), "{id}");
    }
}

#[tokio::test(start_paused = true)]
async fn searches_are_read_completely_by_cursor() {
    let ids: Vec<String> = (0..25).map(|number| (1000 + number).to_string()).collect();
    let workflows: Vec<_> = ids.iter().map(|id| (id.as_str(), page("Review", true))).collect();
    let site = with_app(pages(25), WorkflowApp::ComalaCloud, &workflows);
    let small_pages = |api: &confluence_client::Api| {
        api.client().remember_page_limits([(RequestKind::WorkflowSearch, 10)].into());
    };
    let read = read_by(site, confluence_sim::FaultPlan::none(), &named(&["Review"]), small_pages).await;
    let all = read.result.pages.values();
    assert!(all.into_iter().all(|state| state.state.as_deref() == Some("Review") && state.is_final == Some(true)));
    assert_eq!(read.sent("cw_state"), 3);
}

#[tokio::test(start_paused = true)]
async fn an_app_without_any_page_is_not_searched_further() {
    let read = read(with_app(pages(4), WorkflowApp::ComalaCloud, &[]), &WorkflowOptions::default()).await;
    assert_eq!(read.sent("cw_"), 2);
    assert_eq!(read.sent("/properties"), 0);
    read.assert_as_planned();
}

#[tokio::test(start_paused = true)]
async fn the_expected_requests_are_sent() {
    let options = WorkflowOptions::default();
    let read = read(site(), &options).await;
    let ids: Vec<_> = read.result.pages.keys().cloned().collect();
    let pages: Vec<_> = ids
        .iter()
        .map(|id| crate::inventory::workflow::WorkflowPage {
            id,
            space_key: "ENG",
            searched: SearchScope::Current,
            version: None,
            labels: None,
            content_state: None,
        })
        .collect();
    let expected = expected_requests(&read.api, &pages, &options);
    for kind in [RequestKind::WorkflowProperties, RequestKind::WorkflowSearch, RequestKind::ContentStates] {
        assert_eq!(expected.of(kind), read.api.client().requests().of(kind), "{kind}");
    }
    assert!(
        read.api.client().requests().of(RequestKind::WorkflowPropertyDiscovery)
            <= expected.of(RequestKind::WorkflowPropertyDiscovery)
    );
}

#[tokio::test(start_paused = true)]
async fn a_probe_that_fails_leaves_everything_unavailable() {
    for status in [403, 500] {
        let read = read_with(site(), on_search("cw_enabled = true", Fault::status(status)), &named(&[])).await;
        assert!(read.result.pages.values().all(|state| state.source.to_string() == "unavailable"), "{status}");
        assert!(!read.coverage.is_complete());
    }
}

#[tokio::test(start_paused = true)]
async fn pages_whose_workflow_could_not_be_searched_are_unavailable() {
    for fault in [Fault::status(403), Fault::status(400), Fault::status(500)] {
        let faults = on_search(&format!("{ENG} and cw_enabled = true"), fault);
        let read = read_with(site(), faults, &named(&[])).await;
        assert_eq!(read.state_and_source("1005"), (None, "unavailable".to_owned()));
        assert!(!read.coverage.is_complete());
    }
}

#[tokio::test(start_paused = true)]
async fn a_state_that_could_not_be_searched_makes_only_pages_without_a_found_state_unavailable() {
    let faults = on_search(&format!("{ENG} and cw_state = \"Review\""), Fault::status(500));
    let read = read_with(site(), faults, &named(&[])).await;
    assert_eq!(read.state_and_source("1000").0, Some("Draft"));
    for id in ["1001", "1003"] {
        assert_eq!(read.state_and_source(id), (None, "unavailable".to_owned()), "it may be in that state");
    }
    assert_eq!((read.units().failed, read.coverage.is_complete()), (1, false));
    assert!(
        !read.result.notes.iter().any(|note| note.contains("states under [workflow]")),
        "no hint from an incomplete search"
    );
}

#[tokio::test(start_paused = true)]
async fn final_states_and_windows_that_could_not_be_searched_are_unknown() {
    let faults = on_search(&format!("{ENG} and cw_final = true"), Fault::status(500));
    let run = read_with(site(), faults, &named(&[])).await;
    assert_eq!((run.state("1002").is_final, run.coverage.is_complete()), (None, false));
    let faults = on_search(&format!("{ENG} and cw_expires < now(\"7d\")"), Fault::status(500));
    let run = read_with(site(), faults, &named(&[])).await;
    assert_eq!(run.state("1000").due_within, Some(DueWindow::Overdue));
    assert_eq!(run.state("1001").due_within, None, "it may be due sooner than the next window says");
    assert!(!run.coverage.is_complete());
}

#[tokio::test(start_paused = true)]
async fn archived_pages_are_unavailable_because_the_search_does_not_show_them() {
    let mut site = site();
    site.contents[4].status = confluence_sim::site::Status::Archived;
    let options = WorkflowOptions { label_map: vec![("done".into(), "Done".into())], ..named(&[]) };
    let run = read(site.clone(), &options).await;
    assert_eq!(run.state_and_source("1004"), (None, "unavailable".to_owned()));
    assert_eq!(run.state_and_source("1005"), (None, "none".to_owned()));
    assert_eq!((run.units().skipped, run.coverage.is_complete()), (1, true));
    site.contents[4].labels.push("done".into());
    assert_eq!(read(site.clone(), &options).await.state_and_source("1004"), (Some("Done"), "labels".to_owned()));
    (site.workflow.app, site.contents[4].labels) = (WorkflowApp::None, Vec::new());
    assert_eq!(read(site, &options).await.state_and_source("1004"), (None, "none".to_owned()), "there is no app");
}

#[tokio::test(start_paused = true)]
async fn malformed_hits_make_the_run_incomplete() {
    let faults = on("/wiki/rest/api/content/search", Fault::MalformedItems);
    assert!(!read_with(site(), faults, &named(&[])).await.coverage.is_complete());
}

/// A page in an archived space that is published and overdue, with a content state of its own; next to it one of the
/// current space.
fn with_archived_space(search: ArchivedSearch) -> Site {
    let mut site = site();
    site = site.space("OLD", "Old").with_space(|space| space.archived = true);
    site = site
        .page("2000", "Handbook", "")
        .property("content-state-published", json!({"id": 7, "name": "Ready for review", "color": "#fff"}));
    site = site.page("2001", "Notes", "");
    site.workflow.pages.insert("2000".to_owned(), due_in(0, page("Published", true)));
    site.behaviour.archived_search = search;
    site
}

#[tokio::test(start_paused = true)]
async fn pages_of_archived_spaces_have_the_states_that_the_general_search_shows() {
    let read = read(with_archived_space(ArchivedSearch::Shown), &named(&["Published"])).await;
    let state = read.state("2000");
    assert_eq!(read.state_and_source("2000"), (Some("Published"), "comala_cloud_cql".to_owned()));
    assert_eq!((state.is_final, state.due_within), (Some(true), Some(DueWindow::Overdue)));
    assert_eq!(state.content_state.as_deref(), Some("Ready for review"), "next to it");
    assert_eq!(read.state_and_source("2001"), (None, "none".to_owned()), "the search shows it without a workflow");
    assert_eq!((read.units().skipped, read.coverage.is_complete()), (0, true));
    read.assert_as_planned();
}

#[tokio::test(start_paused = true)]
async fn no_content_state_replaces_a_state_that_the_search_does_not_show() {
    for search in [ArchivedSearch::Ignored, ArchivedSearch::Refused] {
        let read = read(with_archived_space(search), &named(&["Draft", "Published"])).await;
        for id in ["2000", "2001"] {
            let state = read.state(id);
            assert_eq!(read.state_and_source(id), (None, "unavailable".to_owned()), "{search:?}");
            assert_eq!((state.is_final, state.due_within, state.due), (None, None, None));
        }
        assert_eq!(read.state("2000").content_state.as_deref(), Some("Ready for review"), "next to it");
        assert!(read.note("does not show").contains("workflow of 2 pages is not known"));
        assert!(read.note("does not show").contains("2 of them in archived spaces"));
        assert!(read.units().skipped >= 1 && read.coverage.is_complete(), "{:#?}", read.coverage.gaps);
        assert_eq!(read.sent("includeArchivedSpaces=true"), 1, "a search that shows nothing is not resumed");
        assert_eq!(read.state_and_source("1000").0, Some("Draft"), "other spaces are read");
    }
}

#[tokio::test(start_paused = true)]
async fn without_the_app_content_states_of_archived_spaces_are_their_states() {
    for search in [ArchivedSearch::Shown, ArchivedSearch::Ignored, ArchivedSearch::Refused] {
        let mut site = with_archived_space(search);
        site.workflow.app = WorkflowApp::None;
        let read = read(site, &named(&["Published"])).await;
        assert_eq!(read.state_and_source("2000"), (Some("Ready for review"), "native_state".to_owned()), "{search:?}");
        let without_state = if search == ArchivedSearch::Refused { "unavailable" } else { "none" };
        assert_eq!(read.state_and_source("2001"), (None, without_state.to_owned()), "{search:?}");
        assert!(read.coverage.is_complete(), "{:#?}", read.coverage.gaps);
    }
}

#[tokio::test(start_paused = true)]
async fn the_content_state_does_not_replace_the_workflow_of_a_page_published_a_moment_ago() {
    let mut site = site();
    site = site.property("content-state-published", json!({"id": 7, "name": "Ready for review", "color": "#fff"}));
    // the index has not caught up with 1005
    let cut = Fault::edit_json(|response| {
        response["results"].as_array_mut().unwrap().retain(|hit| hit["id"] != "1005");
    });
    let read = read_with(site, on("/wiki/rest/api/content/search", cut), &named(&[])).await;
    assert_eq!(read.state_and_source("1005"), (None, "unavailable".to_owned()));
    assert_eq!(read.state("1005").content_state.as_deref(), Some("Ready for review"));
}

#[tokio::test(start_paused = true)]
async fn no_content_state_replaces_a_state_if_the_search_finds_no_workflow_in_archived_spaces() {
    let enabled = "type = page and space in (\"OLD\") and cw_enabled = true";
    let none = Fault::edit_json(|response| response["results"].as_array_mut().unwrap().clear());
    let read =
        read_with(with_archived_space(ArchivedSearch::Shown), on_search(enabled, none), &named(&["Draft"])).await;
    assert_eq!(read.state_and_source("2000"), (None, "unavailable".to_owned()));
    assert_eq!(read.state("2000").content_state.as_deref(), Some("Ready for review"));
    assert!(read.note("in current spaces only").contains("2 pages in archived spaces"));
    assert_eq!((read.state_and_source("1000").0, read.coverage.is_complete()), (Some("Draft"), true));
}

#[tokio::test(start_paused = true)]
async fn a_general_search_that_does_not_know_the_fields_leaves_archived_spaces_unknown() {
    let enabled = "type = page and space in (\"OLD\") and cw_enabled = true";
    let faults = on_search(enabled, Fault::status(400));
    let read = read_with(with_archived_space(ArchivedSearch::Shown), faults, &named(&["Draft", "Published"])).await;
    assert_eq!(read.state_and_source("2000"), (None, "unavailable".to_owned()));
    assert_eq!((read.state_and_source("1000").0, read.coverage.is_complete()), (Some("Draft"), true));
    assert!(read.note("could not search for the workflow").contains("2 pages in archived spaces"));
}
