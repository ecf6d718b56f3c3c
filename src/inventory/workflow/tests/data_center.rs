//! Tests of Comala on Data Center: property, status, parameters, and what each refusal means.

use chrono::{DateTime, Utc};

use super::{WorkflowRun, on, pages, read, read_with, with_app};
use crate::inventory::workflow::WorkflowOptions;
use confluence_client::RequestError;
use confluence_sim::site::ContentVersion;
use confluence_sim::workflow::{Approval, Decision, PageWorkflow, Parameter, WorkflowApp};
use confluence_sim::{Fault, FaultPlan, Occurrence, RoutePattern, Site};

const STATUS: &str = "/wiki/rest/cw/1/content/*/status";
const PARAMETERS: &str = "/wiki/rest/cw/1/content/*/parameters";

fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn draft() -> PageWorkflow {
    let approvers = [("ann", Decision::Approved), ("ben", Decision::Pending)];
    let approvers = approvers.map(|(name, decision)| (name.to_owned(), decision)).to_vec();
    let peers = vec![("cai".to_owned(), Decision::Rejected)];
    PageWorkflow {
        due: Some(time("2026-12-24T08:00:00Z")),
        since: Some(time("2026-11-01T10:00:00Z")),
        last_final_version: Some(1),
        approvals: vec![
            Approval { name: "Review".into(), approvers },
            Approval { name: "Peers".into(), approvers: peers },
        ],
        ..PageWorkflow::new("Docs", "Draft", false)
    }
}

/// Two pages: 1000 is a draft, 1001 has no workflow.
fn site(page: PageWorkflow) -> Site {
    let mut site = with_app(pages(2), WorkflowApp::ComalaDataCenter, &[("1000", page)]);
    site.contents[0].versions.extend((2..=4).map(|number| ContentVersion::new(number, Utc::now(), "712020:ann")));
    site
}

fn without_property(page: PageWorkflow) -> Site {
    let mut site = site(page);
    site.workflow.without_property = true;
    site
}

fn wanting(owner: &str) -> WorkflowOptions {
    WorkflowOptions {
        owner_parameter: Some(owner.to_owned()),
        relevance_parameter: Some("relevance".to_owned()),
        parameters: vec!["region".to_owned()],
        ..WorkflowOptions::default()
    }
}

#[tokio::test(start_paused = true)]
async fn the_property_has_the_state_and_the_status_completes_it() {
    let read = read(site(draft()), &WorkflowOptions::default()).await;
    let state = read.state("1000");
    assert_eq!(read.state_and_source("1000"), (Some("Draft"), "comala_dc_property".to_owned()));
    assert_eq!((state.name.as_deref(), state.is_final), (Some("Docs"), Some(false)));
    assert_eq!(state.since, Some(time("2026-11-01T10:00:00Z")));
    assert_eq!(state.due, Some(time("2026-12-24T08:00:00Z")));
    assert_eq!(state.pending_reviewers.as_deref(), Some(&["ben".to_owned()][..]));
    assert_eq!(state.edits_since_final, Some(3));
    assert_eq!(read.state_and_source("1001"), (None, "none".to_owned()));
    assert!(read.coverage.is_complete(), "{:#?}", read.coverage.gaps);
    assert_eq!(read.sent("cw_enabled"), 0, "Data Center does not have the search fields of Cloud");
}

#[tokio::test(start_paused = true)]
async fn the_status_alone_has_states_due_dates_and_pending_reviewers() {
    for (milliseconds, plain) in [(false, false), (true, true)] {
        let mut site = without_property(draft());
        (site.workflow.due_in_milliseconds, site.workflow.plain_approvers) = (milliseconds, plain);
        let read = read(site, &WorkflowOptions::default()).await;
        assert_eq!(read.state_and_source("1000"), (Some("Draft"), "comala_dc_rest".to_owned()));
        let state = read.state("1000");
        assert_eq!((state.due, state.since), (Some(time("2026-12-24T08:00:00Z")), None));
        assert_eq!(state.pending_reviewers.as_deref(), Some(&["ben".to_owned()][..]));
        assert_eq!(read.state_and_source("1001"), (None, "none".to_owned()), "204 means no workflow");
        assert!(read.coverage.is_complete());
    }
}

#[tokio::test(start_paused = true)]
async fn a_final_state_is_final_and_has_no_pending_reviewers() {
    let read = read(without_property(PageWorkflow::new("Docs", "Final", true)), &WorkflowOptions::default()).await;
    let state = read.state("1000");
    assert_eq!((state.is_final, state.due), (Some(true), None));
    assert_eq!(state.pending_reviewers, Some(Vec::new()), "known to be no one");
}

#[tokio::test(start_paused = true)]
async fn booleans_of_the_property_may_be_strings() {
    let mut site = site(PageWorkflow { last_final_version: Some(4), ..PageWorkflow::new("Docs", "Final", true) });
    site.workflow.text_booleans = true;
    let read = read(site, &WorkflowOptions { ask_each_page: false, ..WorkflowOptions::default() }).await;
    let state = read.state("1000");
    assert_eq!((state.is_final, state.edits_since_final), (Some(true), Some(0)));
    assert_eq!(read.state_and_source("1001"), (None, "none".to_owned()));
    assert_eq!(read.sent("/status"), 1, "the probe");
}

#[tokio::test(start_paused = true)]
async fn a_property_that_says_there_is_no_workflow_is_believed() {
    let site = pages(1).property("comalaworkflows", serde_json::json!({"hasWorkflow": "false"}));
    let read = read(with_app(site, WorkflowApp::ComalaDataCenter, &[]), &WorkflowOptions::default()).await;
    assert_eq!(read.state_and_source("1000"), (None, "none".to_owned()));
    assert_eq!(read.sent("/status"), 1, "the probe");
}

#[tokio::test(start_paused = true)]
async fn pages_that_the_search_leaves_out_are_requested_whatever_the_options_say() {
    let mut site = site(draft());
    site.behaviour.search_without_properties = true;
    let read = read(site, &WorkflowOptions { ask_each_page: false, ..WorkflowOptions::default() }).await;
    assert_eq!(read.state_and_source("1000"), (Some("Draft"), "comala_dc_rest".to_owned()));
    assert!(read.coverage.is_complete());
}

#[tokio::test(start_paused = true)]
async fn a_search_that_fails_only_costs_requests() {
    let read =
        read_with(site(draft()), on("/wiki/rest/api/content/search", Fault::status(500)), &WorkflowOptions::default())
            .await;
    assert_eq!(read.state_and_source("1000"), (Some("Draft"), "comala_dc_rest".to_owned()));
    assert!(read.coverage.is_complete());
    assert!(read.coverage.warnings.iter().any(|warning| warning.contains("page by page")), "{:?}", read.coverage);
    let only_search = WorkflowOptions { ask_each_page: false, ..WorkflowOptions::default() };
    let faults = on("/wiki/rest/api/content/search", Fault::status(500));
    assert!(!read_with(site(draft()), faults, &only_search).await.coverage.is_complete());
}

#[tokio::test(start_paused = true)]
async fn every_planned_request_is_sent() {
    let mut page = draft();
    page.parameters = vec![Parameter::new("owner", "Owner", "ann")];
    let site = with_app(pages(1), WorkflowApp::ComalaDataCenter, &[("1000", page)]);
    read(site, &wanting("owner")).await.assert_as_planned();
}

fn denied(read: &WorkflowRun) {
    assert_eq!(read.state_and_source("1000"), (None, "unavailable".to_owned()));
    assert_eq!((read.units().denied, read.coverage.is_complete()), (1, false), "{:#?}", read.coverage.gaps);
}

#[tokio::test(start_paused = true)]
async fn a_status_that_is_refused_is_unavailable_and_no_label_replaces_it() {
    let mut site = without_property(draft());
    site.contents.iter_mut().for_each(|page| page.labels.push("approved".to_owned()));
    let options =
        WorkflowOptions { label_map: vec![("approved".into(), "Approved".into())], ..WorkflowOptions::default() };
    let faults =
        FaultPlan::none().on(RoutePattern::path("**/1000/status").unwrap(), Occurrence::From(2), Fault::status(403));
    let read = read_with(site, faults, &options).await;
    denied(&read);
    assert_eq!(read.state_and_source("1001"), (Some("Approved"), "labels".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_status_that_fails_is_unavailable_and_the_run_incomplete() {
    let faults =
        FaultPlan::none().on(RoutePattern::path("**/1000/status").unwrap(), Occurrence::From(2), Fault::status(500));
    let read = read_with(without_property(draft()), faults, &WorkflowOptions::default()).await;
    assert_eq!(read.state_and_source("1000"), (None, "unavailable".to_owned()));
    assert_eq!((read.units().failed, read.coverage.is_complete()), (1, false));
    assert_eq!(read.state_and_source("1001"), (None, "none".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_status_that_fails_keeps_the_state_of_the_property() {
    let faults =
        FaultPlan::none().on(RoutePattern::path("**/1000/status").unwrap(), Occurrence::From(2), Fault::status(500));
    let read = read_with(site(draft()), faults, &WorkflowOptions::default()).await;
    assert_eq!(read.state_and_source("1000"), (Some("Draft"), "comala_dc_property".to_owned()));
    assert_eq!((read.state("1000").due, read.coverage.is_complete()), (None, false));
    assert!(read.state("1000").is_partial, "values that only the status has are missing");
}

#[tokio::test(start_paused = true)]
async fn the_status_replaces_the_state_of_a_search_index_that_lags_behind() {
    let edit = Fault::edit_json(|response: &mut serde_json::Value| response["state"]["name"] = "Review".into());
    let read = read_with(site(draft()), on("**/1000/status", edit), &WorkflowOptions::default()).await;
    assert_eq!(read.state_and_source("1000"), (Some("Review"), "comala_dc_rest".to_owned()));
    let state = read.state("1000");
    assert_eq!((state.due, state.since), (Some(time("2026-12-24T08:00:00Z")), None), "the old state began then");
    assert_eq!(state.pending_reviewers.as_deref(), Some(&["ben".to_owned()][..]));
    assert!(!state.is_partial && read.coverage.is_complete());
}

#[tokio::test(start_paused = true)]
async fn a_reviewer_with_two_approvals_is_named_once() {
    let approvers = || vec![("ben".to_owned(), Decision::Pending), ("ann".to_owned(), Decision::Pending)];
    let approval = |name: &str| Approval { name: name.to_owned(), approvers: approvers() };
    let page = PageWorkflow { approvals: vec![approval("Review"), approval("Peers")], ..draft() };
    let read = read(site(page), &WorkflowOptions::default()).await;
    assert_eq!(read.state("1000").pending_reviewers.as_deref(), Some(&["ben".to_owned(), "ann".to_owned()][..]));
}

#[tokio::test(start_paused = true)]
async fn expired_credentials_stop_everything_and_all_states_are_unavailable() {
    let faults = FaultPlan::none().unauthorized_from(3);
    let read = read_with(without_property(draft()), faults, &WorkflowOptions::default()).await;
    let stopped = read.api.client().stopped();
    assert!(stopped.as_ref().is_some_and(RequestError::is_auth_lost), "{stopped:?}");
    for id in ["1000", "1001"] {
        assert_eq!(read.state_and_source(id), (None, "unavailable".to_owned()));
    }
    assert!(!read.coverage.is_complete());
}

#[tokio::test(start_paused = true)]
async fn a_401_for_a_valid_account_is_a_refusal_of_that_page() {
    let route = RoutePattern::path("**/1000/status").unwrap();
    let faults = FaultPlan::none().on(route, Occurrence::From(2), Fault::Unauthorized);
    let read = read_with(without_property(draft()), faults, &WorkflowOptions::default()).await;
    denied(&read);
    assert_eq!(read.api.client().stopped(), None);
    assert_eq!(read.state_and_source("1001"), (None, "none".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn two_requests_detect_that_the_app_is_absent() {
    let read = read(pages(5), &WorkflowOptions::default()).await;
    assert_eq!(read.sent("/rest/cw/1/"), 2);
    assert!(read.coverage.is_complete());
    assert_eq!(read.state_and_source("1000"), (None, "none".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_probe_page_that_was_just_deleted_does_not_hide_the_app() {
    let faults = FaultPlan::none().on(RoutePattern::path(STATUS).unwrap(), Occurrence::Only(1), Fault::status(404));
    let read = read_with(without_property(draft()), faults, &WorkflowOptions::default()).await;
    assert_eq!(read.state_and_source("1000"), (Some("Draft"), "comala_dc_rest".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_probe_that_fails_leaves_everything_unavailable() {
    for status in [403, 500] {
        let read = read_with(site(draft()), on(STATUS, Fault::status(status)), &WorkflowOptions::default()).await;
        for id in ["1000", "1001"] {
            assert_eq!(read.state_and_source(id), (None, "unavailable".to_owned()), "{status}");
        }
        assert!(!read.coverage.is_complete());
        assert_eq!(read.sent("/search"), 0, "no other source is read");
    }
}

#[tokio::test(start_paused = true)]
async fn a_page_deleted_meanwhile_is_gone_and_one_that_is_still_listed_is_denied() {
    let not_found = || {
        let route = RoutePattern::path("**/1000/status").unwrap();
        FaultPlan::none().on(route, Occurrence::From(2), Fault::status(404))
    };
    let listed = read_with(without_property(draft()), not_found(), &WorkflowOptions::default()).await;
    denied(&listed);
    let route = RoutePattern::path("**/1000/status").unwrap();
    let faults = not_found().on(route, Occurrence::Only(2), Fault::change_site(|site| site.contents[0].hidden = true));
    let gone = read_with(without_property(draft()), faults, &WorkflowOptions::default()).await;
    assert_eq!(gone.state_and_source("1000"), (None, "unavailable".to_owned()));
    assert_eq!((gone.units().gone, gone.coverage.is_complete()), (1, true));
}

#[tokio::test(start_paused = true)]
async fn parameters_are_found_by_id_and_by_name() {
    let mut page = draft();
    page.parameters = vec![
        Parameter::new("own", "Owner", "ann"),
        Parameter::new("relevance", "Relevance", "high"),
        Parameter { id: "region".into(), name: "Region".into(), value: None },
    ];
    let read = read(site(page), &wanting("Owner")).await;
    let state = read.state("1000");
    assert_eq!((state.owner.as_deref(), state.relevance.as_deref()), (Some("ann"), Some("high")));
    assert!(state.parameters.is_empty() && !state.parameters_unavailable, "an empty parameter counts as missing");
    assert!(read.coverage.is_complete());
}

#[tokio::test(start_paused = true)]
async fn a_page_without_parameters_has_those_of_its_transitions() {
    let mut page = draft();
    page.submit_parameters = vec![Parameter::new("owner", "Owner", "ann")];
    page.select_parameters = vec![Parameter::new("region", "Region", "north")];
    let run = read(site(page.clone()), &wanting("owner")).await;
    let state = run.state("1000");
    assert_eq!((state.owner.as_deref(), state.parameters["region"].as_str()), (Some("ann"), "north"));
    assert!(!state.parameters_unavailable && run.coverage.is_complete(), "204 is a valid response");
    // transitions are visible to everyone who may view the page
    page.read_only = true;
    let run = read(site(page), &wanting("owner")).await;
    assert_eq!(run.state("1000").owner.as_deref(), Some("ann"));
    assert!(run.state("1000").parameters_unavailable && run.coverage.is_complete());
}

#[tokio::test(start_paused = true)]
async fn refused_parameters_are_unavailable_and_never_empty() {
    let page = PageWorkflow { read_only: true, ..draft() };
    let read = read(site(page), &wanting("owner")).await;
    let state = read.state("1000");
    assert_eq!((state.owner.as_deref(), state.parameters_unavailable), (None, true));
    assert_eq!(state.state.as_deref(), Some("Draft"), "the state is known all the same");
    assert_eq!((read.units().denied, read.units().skipped, read.coverage.is_complete()), (0, 1, true));
    let warnings: Vec<&String> = read.coverage.warnings.iter().filter(|warning| warning.contains("may edit")).collect();
    assert!(matches!(warnings.as_slice(), [one] if one.starts_with("workflow parameters of 1 page ")), "{warnings:?}");
}

/// Forty pages with a workflow in `ENG`, and as many in `OPS`; the account may edit those that `may_edit` says.
async fn read_two_spaces(may_edit: impl Fn(usize) -> bool) -> WorkflowRun {
    let site = (40..80).fold(pages(40).space("OPS", "Operations"), |site, number| {
        site.page(&(1000 + number).to_string(), &format!("Page {number}"), "<p/>")
    });
    let of_page = |number: usize| {
        let owner = vec![Parameter::new("owner", "Owner", "ann")];
        PageWorkflow { read_only: !may_edit(number), parameters: owner, ..draft() }
    };
    let workflows: Vec<(String, PageWorkflow)> =
        (0..80).map(|number| ((1000 + number).to_string(), of_page(number))).collect();
    let workflows: Vec<(&str, PageWorkflow)> = workflows.iter().map(|(id, page)| (id.as_str(), page.clone())).collect();
    read(with_app(site, WorkflowApp::ComalaDataCenter, &workflows), &wanting("owner")).await
}

#[tokio::test(start_paused = true)]
async fn a_space_that_refuses_parameters_is_not_tried_for_each_page() {
    let read = read_two_spaces(|number| number >= 40).await;
    let sent = |range: std::ops::Range<usize>| range.map(|page| read.sent(&format!("/{}/parameters", 1000 + page)));
    let (refusing, permitting) = (sent(0..40).sum::<usize>(), sent(40..80).sum::<usize>());
    // five refusals, and the requests that were in flight with them
    assert!((5..20).contains(&refusing), "{refusing}");
    assert_eq!(permitting, 40);
    for page in 1000..1040 {
        let state = read.state(&page.to_string());
        assert_eq!((state.owner.as_deref(), state.parameters_unavailable), (None, true), "{page}");
    }
    assert!((1040..1080).all(|page| read.state(&page.to_string()).owner.as_deref() == Some("ann")));
    assert!(read.coverage.is_complete(), "{:#?}", read.coverage.gaps);
    let warnings: Vec<&String> = read.coverage.warnings.iter().filter(|warning| warning.contains("may edit")).collect();
    let given_up = format!("{} of them were not requested", 40 - refusing);
    assert!(
        matches!(warnings.as_slice(), [one] if one.starts_with("workflow parameters of 40 pages") && one.contains(&given_up)),
        "{warnings:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_space_with_parameters_on_one_page_is_never_given_up() {
    let read = read_two_spaces(|number| number % 40 == 0).await;
    assert_eq!(read.sent("/parameters"), 80);
    assert_eq!(read.state("1040").owner.as_deref(), Some("ann"));
}

#[tokio::test(start_paused = true)]
async fn parameters_that_fail_make_the_run_incomplete() {
    let mut page = draft();
    page.parameters = vec![Parameter::new("owner", "Owner", "ann")];
    let read = read_with(site(page), on(PARAMETERS, Fault::status(500)), &wanting("owner")).await;
    assert!(read.state("1000").parameters_unavailable);
    assert_eq!((read.units().failed, read.coverage.is_complete()), (1, false));
}

#[tokio::test(start_paused = true)]
async fn parameters_that_are_not_configured_are_named_in_a_note() {
    let mut page = draft();
    page.parameters = vec![Parameter::new("own", "Owner", "ann")];
    let workflows: Vec<(String, PageWorkflow)> = (1000..1030).map(|id| (id.to_string(), page.clone())).collect();
    let workflows: Vec<(&str, PageWorkflow)> = workflows.iter().map(|(id, page)| (id.as_str(), page.clone())).collect();
    let read = read(with_app(pages(30), WorkflowApp::ComalaDataCenter, &workflows), &WorkflowOptions::default()).await;
    assert!(read.note("workflow parameters").contains("own"));
    assert_eq!((read.sent("/parameters"), read.sent("/status")), (20, 31), "a sample, and the probe");
}
