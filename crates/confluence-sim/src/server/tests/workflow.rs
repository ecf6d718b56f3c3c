//! Workflow apps as they show themselves over HTTP.

use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};

use super::{Bench, ids, site_of};
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

async fn found(bench: &Bench, cql: &str) -> Vec<String> {
    let query: String = url::form_urlencoded::byte_serialize(cql.as_bytes()).collect();
    let page = bench.json(&format!("/rest/api/content/search?cql={query}")).await;
    ids(page["results"].as_array().unwrap()).into_iter().map(str::to_owned).collect()
}

#[tokio::test]
async fn data_center_answers_status_and_parameters() {
    let bench = Bench::start(site(WorkflowApp::ComalaDataCenter)).await;
    let plain = bench.json("/rest/cw/1/content/1000/status").await;
    assert_eq!((plain["state"]["name"].as_str(), plain.get("approvals")), (Some("Draft"), None));
    let expanded = bench.json("/rest/cw/1/content/1000/status?expand=state,approvals").await;
    assert_eq!(expanded["approvals"][0]["approvers"][0]["user"]["name"], "ann");
    assert!(plain["state"]["dueDate"].as_i64().is_some_and(|due| due < 100_000_000_000), "in seconds");
    let parameters = bench.json("/rest/cw/1/content/1000/parameters").await;
    assert_eq!(parameters["workflowParameters"][0]["value"], "ann");
    let status = async |path: &str| bench.get(path).await.status().as_u16();
    assert_eq!(status("/rest/cw/1/content/1002/status").await, 204);
    assert_eq!(status("/rest/cw/1/content/1001/parameters").await, 403);
    assert_eq!(status("/rest/cw/1/content/1002/parameters").await, 204);
    assert_eq!(status("/rest/cw/1/content/77/status").await, 404);
    assert_eq!(status("/rest/api/content/search?cql=cw_enabled=true").await, 400, "those are fields of Cloud");
}

#[tokio::test]
async fn data_center_keeps_a_property_that_the_search_expands() {
    let bench = Bench::start(site(WorkflowApp::ComalaDataCenter)).await;
    let path = "/rest/api/content/search?cql=type=page&expand=metadata.properties.comalaworkflows";
    let results: Value = bench.json(path).await["results"].take();
    let value = |at: usize| results[at].pointer("/metadata/properties/comalaworkflows/value");
    assert_eq!(value(0).unwrap()["currentState"], "Draft");
    assert_eq!(value(1).unwrap()["isFinal"], json!(true));
    assert_eq!(value(2), None);
}

#[tokio::test]
async fn cloud_has_search_fields_and_no_rest_api() {
    let bench = Bench::start(site(WorkflowApp::ComalaCloud)).await;
    assert_eq!(bench.get("/rest/cw/1/content/1000/status").await.status(), 404);
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
        assert_eq!(found(&bench, cql).await, expected, "{cql}");
    }
}

#[tokio::test]
async fn without_an_app_there_is_neither() {
    let bench = Bench::start(site(WorkflowApp::None)).await;
    assert_eq!(bench.get("/rest/cw/1/content/1000/status").await.status(), 404);
    let refused = bench.get("/rest/api/content/search?cql=cw_enabled=true").await;
    assert_eq!(refused.status(), 400);
    assert_eq!(refused.json::<Value>().await.unwrap()["statusCode"], 400);
}
