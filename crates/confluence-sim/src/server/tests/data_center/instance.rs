//! The instance: context path, accounts, spaces, templates, totals.

use reqwest::StatusCode;

use super::super::{Harness, ServedAs, site_of};
use super::{start, status};
use crate::Site;
use crate::site::{RetentionPolicy, Status};
use crate::workflow::{PageWorkflow, WorkflowApp};

#[tokio::test]
async fn everything_is_below_the_context_path() {
    for context in ["", "/confluence", "/wiki"] {
        let harness = Harness::start_as(ServedAs::data_center(context), site_of(1)).await;
        assert!(harness.server.base_url().ends_with(context));
        let information = harness.json("/rest/api/server-information").await;
        assert_eq!(information["baseUrl"], harness.server.base_url());
        let origin = harness.server.base_url().trim_end_matches(context).to_owned();
        let mut absent = vec!["/_edge/tenant_info".to_owned(), format!("{context}/api/v2/pages")];
        if !context.is_empty() {
            absent.push("/rest/api/server-information".to_owned());
        }
        for path in absent {
            let response = harness.client.get(format!("{origin}{path}")).send().await.unwrap();
            assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
            assert!(response.headers()["content-type"].to_str().unwrap().starts_with("text/html"), "{path}");
        }
        let anonymous = harness.client.get(format!("{origin}{context}/rest/api/server-information"));
        assert_eq!(anonymous.send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    }
    let cloud = Harness::start(site_of(1)).await;
    assert_eq!(status(&cloud, "/rest/api/server-information").await, StatusCode::NOT_FOUND);
    assert_eq!(status(&cloud, "/rest/api/content/scan").await, StatusCode::GONE);
}

#[tokio::test]
async fn accounts_have_keys_and_names_but_no_account_id() {
    let mut site = Site::new().person("key-b", "Ben Builder").person("key-c", "Cleo Closed");
    site.account_statuses.insert("key-c".to_owned(), "inactive".to_owned());
    let harness = start(site).await;
    let current = harness.json("/rest/api/user/current").await;
    assert_eq!((&current["type"], &current["username"]), (&"known".into(), &"admin".into()));
    assert_eq!(current["userKey"], harness.server.site(|site| site.account.account_id.clone()));
    assert!(current.get("accountId").is_none());
    let other = harness.json("/rest/api/user?key=key-b&expand=status").await;
    assert_eq!((&other["username"], &other["status"]), (&"ben.builder".into(), &"current".into()));
    assert_eq!(harness.json("/rest/api/user?username=ben.builder").await["displayName"], "Ben Builder");
    assert_eq!(harness.json("/rest/api/user?key=key-c&expand=status").await["status"], "deactivated");
    assert_eq!(status(&harness, "/rest/api/user?key=other").await, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn spaces_are_filtered_by_status_type_and_retention() {
    let site = site_of(1)
        .with_space(|space| space.homepage = Some("1000".to_owned()))
        .space("OLD", "Old")
        .with_space(|space| space.archived = true)
        .space("~ada", "Ada")
        .space("KEEP", "Kept")
        .with_space(|space| {
            space.retention = Some(RetentionPolicy { attachment_versions: Some(5), ..RetentionPolicy::default() });
        });
    let harness = start(site).await;
    for (query, expected) in [
        ("", vec!["ENG", "OLD", "~ada", "KEEP"]),
        ("status=archived", vec!["OLD"]),
        ("status=current&type=personal", vec!["~ada"]),
        ("hasRetentionPolicy=true", vec!["KEEP"]),
        ("spaceKey=ENG&spaceKey=KEEP", vec!["ENG", "KEEP"]),
        ("spaceIds=65538", vec!["ENG"]),
    ] {
        let (spaces, _) = harness.all(&format!("/rest/api/space?limit=2&{query}")).await;
        let keys: Vec<&str> = spaces.iter().map(|space| space["key"].as_str().unwrap()).collect();
        assert_eq!(keys, expected, "{query}");
    }
    let space = harness.json("/rest/api/space/ENG?expand=homepage,description.plain").await;
    assert_eq!((&space["id"], &space["homepage"]["id"]), (&65_538.into(), &"1000".into()));
    assert_eq!(space["description"]["plain"]["value"], "");
    let kept = harness.json("/rest/api/space/KEEP?expand=retentionPolicy").await;
    assert_eq!(kept["retentionPolicy"]["attachmentRetentionRule"]["maxNumberOfVersions"], 5);
    assert_eq!(kept["retentionPolicy"]["pageRetentionRule"]["keepAll"], true);
    assert_eq!(harness.json("/rest/api/space/%7Eada").await["type"], "personal");
    assert_eq!(status(&harness, "/rest/api/space/NONE").await, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn totals_count_what_the_account_cannot_see() {
    let site = site_of(3).with_content(|page| page.hidden = true);
    let site = site.page("1900", "Trashed", "").with_content(|page| page.status = Status::Trashed).person("b", "Ben");
    let harness = start(site).await;
    let metrics = harness.json("/rest/api/instance-metrics").await;
    assert_eq!(metrics, serde_json::json!({"pages": 3, "spaces": 1, "users": 2}));
    assert_eq!(harness.all("/rest/api/content/scan").await.0.len(), 2);
    harness.server.change_site(|site| site.behaviour.data_center.metrics_refused = true);
    assert_eq!(status(&harness, "/rest/api/instance-metrics").await, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn templates_are_listed_by_space() {
    let site = Site::new().template("t1", "Global", "<p>1</p>").space("ENG", "Engineering");
    let mut site = site.template("t2", "Of the space", "<p>2</p>").template("t3", "Blueprint", "<p>3</p>");
    site.templates[2].blueprint = true;
    let harness = start(site).await;
    let global = harness.json("/rest/experimental/template/page").await;
    assert_eq!(global["results"][0]["templateId"], "t1");
    assert!(global["results"][0].get("body").is_none());
    let of_space = harness.json("/rest/experimental/template/page?spaceKey=ENG&expand=body.storage").await;
    assert_eq!(of_space["results"][0]["body"]["storage"]["value"], "<p>2</p>");
    let blueprints = harness.json("/rest/experimental/template/blueprint?spaceKey=ENG").await;
    assert_eq!(blueprints["results"][0]["templateId"], "t3");
    assert_eq!(harness.json("/rest/experimental/template/t1").await["name"], "Global");
}

#[tokio::test]
async fn the_workflow_app_has_its_paths_and_its_property() {
    let mut site = site_of(2);
    site.workflow.app = WorkflowApp::ComalaDataCenter;
    site.workflow.pages.insert("1000".to_owned(), PageWorkflow::new("Approval", "Review", false));
    let harness = start(site).await;
    assert_eq!(harness.json("/rest/cw/1/content/1000/status").await["state"]["name"], "Review");
    assert_eq!(status(&harness, "/rest/cw/1/content/1001/status").await, StatusCode::NO_CONTENT);
    let properties = harness.json("/rest/api/content/1000/property").await;
    assert_eq!(properties["results"][0]["key"], "comalaworkflows");
    let found = "/rest/api/content/search?cql=type=page&expand=metadata.properties.comalaworkflows";
    let page = &harness.json(found).await["results"][0];
    assert_eq!(page["metadata"]["properties"]["comalaworkflows"]["value"]["currentState"], "Review");
    harness.server.change_site(|site| site.behaviour.search_without_properties = true);
    assert!(harness.json(found).await["results"][0]["metadata"].get("properties").is_none());
}

#[tokio::test]
async fn refused_paths_are_below_the_context_path() {
    let harness = start(site_of(1)).await;
    harness.server.change_site(|site| site.behaviour.refused.push("/rest/api/content/scan".to_owned()));
    assert_eq!(status(&harness, "/rest/api/content/scan").await, StatusCode::FORBIDDEN);
    assert_eq!(status(&harness, "/rest/api/content").await, StatusCode::OK);
}
