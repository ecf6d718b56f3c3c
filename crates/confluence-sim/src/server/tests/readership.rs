//! Tests of likes, analytics, watches and accounts.

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{Harness, site_of};
use crate::Site;
use crate::readership::PageView;

async fn post(harness: &Harness, path: &str, body: Value) -> (StatusCode, Value) {
    let request = harness.client.post(format!("{}{path}", harness.server.base_url()));
    let request = request.basic_auth(harness.server.user(), Some(harness.server.token())).json(&body);
    let response = request.send().await.unwrap();
    (response.status(), response.json().await.unwrap())
}

#[tokio::test]
async fn only_accounts_are_read_by_post() {
    let mut site = Site::new().person("712020:b", "Bea").person("712020:c", "Cem");
    site.account_statuses.insert("712020:c".to_owned(), "closed".to_owned());
    let harness = Harness::start(site).await;
    let ids = json!({"accountIds": ["712020:b", "712020:c", "712020:unknown"]});
    let (status, response) = post(&harness, "/api/v2/users-bulk", ids).await;
    assert_eq!(status, StatusCode::OK);
    let statuses: Vec<_> =
        response["results"].as_array().unwrap().iter().map(|user| user["accountStatus"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["active", "closed"], "unknown ids are left out");
    for wrong in [json!({}), json!({"accountIds": []}), json!({"accountIds": vec!["712020:b"; 251]})] {
        assert_eq!(post(&harness, "/api/v2/users-bulk", wrong).await.0, StatusCode::BAD_REQUEST);
    }
    for path in ["/api/v2/pages", "/api/v2/admin-key", "/api/v2/users-bulk/x", "/rest/api/users-bulk"] {
        assert_eq!(post(&harness, path, json!({"accountIds": ["712020:b"]})).await.0, StatusCode::METHOD_NOT_ALLOWED);
    }
    assert_eq!(harness.get("/api/v2/users-bulk").await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn views_are_counted_since_a_date_and_watches_are_paged() {
    let now: DateTime<Utc> = "2026-04-01T08:30:00Z".parse().unwrap();
    let mut site = site_of(1);
    let readers = &mut site.contents[0].readers;
    let view = |days: i64, viewer: &str| PageView { at: now - TimeDelta::days(days), viewer: viewer.to_owned() };
    readers.views = vec![view(1, "a"), view(2, "a"), view(40, "b")];
    readers.likes = vec!["a".to_owned()];
    readers.watchers = (0..3).map(|number| number.to_string()).collect();
    let harness = Harness::start(site).await;
    let count = async |path: &str| harness.json(path).await["count"].as_u64().unwrap();
    let analytics = "/rest/api/analytics/content/1000";
    assert_eq!(count(&format!("{analytics}/views")).await, 3);
    assert_eq!(count(&format!("{analytics}/views?fromDate=2026-03-01")).await, 2);
    assert_eq!(count(&format!("{analytics}/viewers?fromDate=2026-03-01T00:00:00.000Z")).await, 1);
    assert_eq!(harness.get(&format!("{analytics}/views?fromDate=soon")).await.status(), StatusCode::BAD_REQUEST);
    assert_eq!(harness.get("/rest/api/analytics/content/1/views").await.status(), StatusCode::NOT_FOUND);
    assert_eq!(count("/api/v2/pages/1000/likes/count").await, 1);
    let page = harness.json("/rest/api/content/1000/notification/child-created?limit=2").await;
    assert_eq!((page["size"].as_u64(), page["_links"]["next"].is_string()), (Some(2), true));
    let rest = harness.json("/rest/api/content/1000/notification/child-created?limit=2&start=2").await;
    assert_eq!((rest["size"].as_u64(), rest["_links"]["next"].is_string()), (Some(1), false));
}
