//! Workflow columns of archived spaces: filled if the search shows the pages; else empty, with the status `partial` and a
//! warning with the number of pages.

use chrono::{TimeDelta, Utc};
use confluence_sim::site::ArchivedSearch;
use confluence_sim::workflow::{PageWorkflow, WorkflowApp};
use confluence_sim::{FaultPlan, Site};
use serde_json::json;

use super::harness::{Harness, Row};

/// Two spaces, each with a page that is published, overdue, and in a content state that differs from its workflow state.
fn site(search: ArchivedSearch) -> Site {
    let mut site = Site::new();
    for (key, id) in [("ENG", "1000"), ("OLD", "2000")] {
        site = site.space(key, key).with_space(|space| space.archived = key == "OLD");
        site = site
            .page(id, "Handbook", "<p>text</p>")
            .property("content-state-published", json!({"id": 7, "name": "Ready for review", "color": "#fff"}));
        site = site.property("editor", json!("v2"));
        let due = Some(Utc::now() - TimeDelta::days(3));
        let state = PageWorkflow { due, ..PageWorkflow::new("Docs", "Published", true) };
        site.workflow.pages.insert(id.to_owned(), state);
    }
    site.workflow.app = WorkflowApp::ComalaCloud;
    site.behaviour.archived_search = search;
    site
}

fn workflow(row: &Row) -> Vec<&str> {
    let columns = ["workflow_state", "workflow_final", "workflow_overdue", "workflow_source", "content_state"];
    columns.iter().map(|column| row[*column].as_str()).collect()
}

fn others(row: &Row) -> Vec<&str> {
    let columns = ["is_restricted_view", "is_restricted_edit", "editor", "unique_contributors", "labels", "edit_count"];
    columns.iter().map(|column| row[*column].as_str()).collect()
}

#[test]
fn an_archived_space_has_all_columns_or_says_which_are_missing() {
    let published = ["Published", "1", "1", "comala_cloud_cql", "Ready for review"];
    for search in [ArchivedSearch::Shown, ArchivedSearch::Ignored, ArchivedSearch::Refused] {
        let harness = Harness::start(site(search), FaultPlan::none());
        let run = harness.snapshot(&[]).exits_with(0);
        let pages = harness.pages();
        let (current, archived) = (&pages["1000"], &pages["2000"]);
        assert_eq!(workflow(current), published);
        assert_eq!((others(archived), current["fetch_status"].as_str()), (others(current), "ok"), "{search:?}");
        assert_eq!(others(archived)[..4], ["0", "0", "new", "1"]);
        if search == ArchivedSearch::Shown {
            assert_eq!((workflow(archived), archived["fetch_status"].as_str()), (workflow(current), "ok"));
        } else {
            assert_eq!(workflow(archived), ["", "", "", "unavailable", "Ready for review"], "{search:?}");
            assert_eq!(archived["fetch_status"], "partial", "{search:?}");
            assert_eq!(archived["fetch_errors"], "workflow");
            assert!(run.stderr.contains("the workflow of 1 page is not known"), "{}", run.stderr);
        }
    }
}

#[test]
fn a_plan_includes_the_possible_requests_for_archived_spaces() {
    let harness = Harness::start(site(ArchivedSearch::Ignored), FaultPlan::none());
    let planned = harness.snapshot(&["--dry-run"]).exits_with(0);
    assert_eq!(planned.json()["dry_run"]["plan"]["unless_searched"], 2);
}
