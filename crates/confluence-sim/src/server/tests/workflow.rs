//! Tests of workflow apps over HTTP.

use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};

use super::{Harness, ids, site_of};
use crate::Site;
use crate::workflow::{Approval, Decision, PageWorkflow, Parameter, WorkflowApp};

fn site(app: WorkflowApp) -> Site {
    let mut site = site_of(3);
    site.workflow.app = app;
    let page = PageWorkflow {
        due: Some(Utc::now() + TimeDelta::days(3)),
        approvals: vec![Approval { name: "Review".into(), approvers: vec![("ann".into(), Decision::Pending)] }],
        parameters: vec![Parameter::new("owner", "Owner", "ann")],
        ..PageWorkflow::new("Docs", "Draft", false)
    };
    site.workflow.pages.insert("1000".into(), page);
    site.workflow
        .pages
        .insert("1001".into(), PageWorkflow { read_only: true, ..PageWorkflow::new("Docs", "Final", true) });
    site
}

async fn found(harness: &Harness, cql: &str) -> Vec<String> {
    let query: String = url::form_urlencoded::byte_serialize(cql.as_bytes()).collect();
    let page = harness.json(&format!("/rest/api/content/search?cql={query}")).await;
    ids(page["results"].as_array().unwrap()).into_iter().map(str::to_owned).collect()
}

#[tokio::test]
async fn data_center_returns_status_and_parameters() {
    let harness = Harness::start(site(WorkflowApp::ComalaDataCenter)).await;
    let plain = harness.json("/rest/cw/1/content/1000/status").await;
    assert_eq!((plain["state"]["name"].as_str(), plain.get("approvals")), (Some("Draft"), None));
    let expanded = harness.json("/rest/cw/1/content/1000/status?expand=state,approvals").await;
    assert_eq!(expanded["approvals"][0]["approvers"][0]["user"]["name"], "ann");
    assert!(plain["state"]["dueDate"].as_i64().is_some_and(|due| due < 100_000_000_000), "in seconds");
    let parameters = harness.json("/rest/cw/1/content/1000/parameters").await;
    assert_eq!(parameters["workflowParameters"][0]["value"], "ann");
    let status = async |path: &str| harness.get(path).await.status().as_u16();
    assert_eq!(status("/rest/cw/1/content/1002/status").await, 204);
    assert_eq!(status("/rest/cw/1/content/1001/parameters").await, 403);
    assert_eq!(status("/rest/cw/1/content/1002/parameters").await, 204);
    assert_eq!(status("/rest/cw/1/content/77/status").await, 404);
    assert_eq!(status("/rest/api/content/search?cql=cw_enabled=true").await, 400, "only Cloud has search fields");
}

#[tokio::test]
async fn data_center_has_a_property_that_the_search_expands() {
    let harness = Harness::start(site(WorkflowApp::ComalaDataCenter)).await;
    let path = "/rest/api/content/search?cql=type=page&expand=metadata.properties.comalaworkflows";
    let results: Value = harness.json(path).await["results"].take();
    let value = |at: usize| results[at].pointer("/metadata/properties/comalaworkflows/value");
    assert_eq!(value(0).unwrap()["currentState"], "Draft");
    assert_eq!(value(1).unwrap()["isFinal"], json!(true));
    assert_eq!(value(2), None);
}

#[tokio::test]
async fn cloud_has_search_fields_and_no_rest_api() {
    let harness = Harness::start(site(WorkflowApp::ComalaCloud)).await;
    assert_eq!(harness.get("/rest/cw/1/content/1000/status").await.status(), 404);
    for (cql, expected) in [
        ("type = page and cw_enabled = true", &["1000", "1001"][..]),
        ("cw_enabled = false and type = page", &["1002"]),
        ("cw_final = true", &["1001"]),
        ("cw_state = \"Draft\"", &["1000"]),
        ("cw_state IN (\"Draft\",\"Final\")", &["1000", "1001"]),
        ("cw_state = \"draft\"", &[]),
        ("cw_approver = ann", &["1000"]),
        ("cw_expires < now()", &[]),
        ("cw_expires < now(\"4w\")", &["1000"]),
    ] {
        assert_eq!(found(&harness, cql).await, expected, "{cql}");
    }
}

#[tokio::test]
async fn a_site_without_a_workflow_app_has_neither_rest_api_nor_search_fields() {
    let harness = Harness::start(site(WorkflowApp::None)).await;
    assert_eq!(harness.get("/rest/cw/1/content/1000/status").await.status(), 404);
    let refused = harness.get("/rest/api/content/search?cql=cw_enabled=true").await;
    assert_eq!(refused.status(), 400);
    assert_eq!(refused.json::<Value>().await.unwrap()["statusCode"], 400);
}
