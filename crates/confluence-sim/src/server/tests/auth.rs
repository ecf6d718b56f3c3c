//! Tests of authentication and refusals.

use serde_json::Value;

use super::{Harness, ids, site_of};
use crate::FaultPlan;

async fn with_token(harness: &Harness, path: &str, token: &str) -> (u16, String) {
    let request = harness.client.get(format!("{}{path}", harness.server.base_url()));
    let response = request.basic_auth(harness.server.user(), Some(token)).send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

#[tokio::test]
async fn a_rejected_credential_is_403_on_v1_and_a_bare_404_on_v2() {
    let harness = Harness::start(site_of(1)).await;
    let (status, body) = with_token(&harness, "/rest/api/user/current", "wrong").await;
    assert_eq!(status, 403);
    assert!(body.contains("caller cannot access Confluence"));
    let (status, body) = with_token(&harness, "/api/v2/pages", "wrong").await;
    assert_eq!(status, 404);
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(body["errors"][0]["title"], "Not Found");
    let genuine: Value = harness.get("/api/v2/pages/77").await.json().await.unwrap();
    assert!(genuine["errors"][0]["title"].as_str().unwrap().contains("77"));
}

#[tokio::test]
async fn a_missing_credential_is_treated_like_a_wrong_one() {
    let harness = Harness::start(site_of(1)).await;
    let response =
        harness.client.get(format!("{}/rest/api/user/current", harness.server.base_url())).send().await.unwrap();
    assert_eq!(response.status(), 403);
}

#[tokio::test]
async fn a_broken_basic_header_is_401_in_html() {
    let harness = Harness::start(site_of(1)).await;
    let (status, body) = with_token(&harness, "/rest/api/user/current", "").await;
    assert_eq!(status, 401);
    assert!(body.starts_with("<!doctype html>"));
}

#[tokio::test]
async fn the_account_is_known_by_id_and_email() {
    let harness = Harness::start(site_of(1)).await;
    let user = harness.json("/rest/api/user/current").await;
    assert_eq!(user["type"], "known");
    assert_eq!(user["email"], harness.server.user());
    assert!(user["accountId"].is_string());
}

#[tokio::test]
async fn a_public_site_silently_shows_strangers_its_public_part() {
    let site = site_of(2).space("PUB", "Public").with_space(|space| space.public = true).page("9", "Open", "");
    let mut site = site.attachment("att9", "open.png", 1);
    site.behaviour.anonymous_access = true;
    let harness = Harness::start(site).await;
    let (status, body) = with_token(&harness, "/rest/api/user/current", "wrong").await;
    let user: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((status, user["type"].as_str()), (200, Some("anonymous")));
    assert!(user.get("accountId").is_none());
    for (path, expected) in [("/api/v2/pages", "9"), ("/api/v2/attachments", "att9")] {
        let (_, body) = with_token(&harness, path, "wrong").await;
        let list: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(ids(list["results"].as_array().unwrap()), [expected]);
    }
    assert_eq!(harness.all("/api/v2/pages").await.0.len(), 3);
}

#[tokio::test]
async fn a_session_can_be_lost_during_a_run() {
    let harness = Harness::start_with(site_of(1), FaultPlan::none().unauthorized_from(2)).await;
    assert_eq!(harness.get("/api/v2/pages").await.status(), 200);
    assert_eq!(harness.get("/api/v2/pages").await.status(), 401);
    harness.server.set_faults(FaultPlan::none().anonymous_from(2));
    assert_eq!(harness.get("/api/v2/pages").await.status(), 200);
    assert_eq!(harness.get("/api/v2/pages").await.status(), 404);
    assert_eq!(harness.get("/rest/api/user/current").await.status(), 403);
}

#[tokio::test]
async fn every_other_method_is_logged_and_refused() {
    let harness = Harness::start(site_of(1)).await;
    let url = format!("{}/api/v2/attachments/att5000?purge=true", harness.server.base_url());
    let request = harness.client.delete(url).basic_auth(harness.server.user(), Some(harness.server.token()));
    assert_eq!(request.send().await.unwrap().status(), 405);
    assert_eq!(harness.get("/api/v2/attachments/att5000").await.status(), 200);
    let log = harness.server.requests();
    assert_eq!((log[0].method.as_str(), log[0].query.as_str(), log[0].status), ("DELETE", "purge=true", 405));
    assert!(log[0].authorized && log[1].status == 200);
    assert!(harness.server.base_url().contains(&log[0].host));
}

#[tokio::test]
async fn hidden_contents_are_in_no_list_and_404_when_requested() {
    let mut site = site_of(1).page("7", "Secret", "").with_content(|page| page.hidden = true);
    site = site.footer_comment("70", "x").page("8", "Gone", "").attachment("att8", "left.png", 1);
    site.contents.retain(|content| content.id != "8");
    site.attachments[1].visible_without_container = true;
    let harness = Harness::start(site).await;
    assert_eq!(ids(&harness.all("/api/v2/pages").await.0), ["1000"]);
    assert!(harness.all("/api/v2/footer-comments").await.0.is_empty());
    assert_eq!(harness.get("/api/v2/pages/7").await.status(), 404);
    let left = harness.json("/api/v2/attachments/att8").await;
    assert_eq!(left["pageId"], "8");
    assert_eq!(harness.get("/api/v2/pages/8?get-draft=true").await.status(), 404);
}

#[tokio::test]
async fn a_scoped_token_is_accepted_on_the_gateway_only() {
    let mut site = site_of(3);
    site.behaviour.scoped_token = true;
    let harness = Harness::start(site).await;
    let refused = harness.get("/api/v2/pages").await;
    assert_eq!(refused.status(), 401);
    assert!(refused.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
    let url = format!("{}/api/v2/pages?limit=1", harness.server.gateway_url());
    let request = harness.client.get(url).basic_auth(harness.server.user(), Some(harness.server.token()));
    let page: Value = request.send().await.unwrap().json().await.unwrap();
    let next = page["_links"]["next"].as_str().unwrap();
    assert!(next.starts_with("/wiki/api/v2/pages?"), "without the gateway's prefix: {next}");
    assert_eq!(page["_links"]["base"], harness.server.base_url());
    assert!(harness.server.requests()[1].path.starts_with("/ex/confluence/"));
    let tenant = harness.server.base_url().replace("/wiki", "/_edge/tenant_info");
    let tenant: Value = harness.client.get(tenant).send().await.unwrap().json().await.unwrap();
    assert!(harness.server.gateway_url().contains(tenant["cloudId"].as_str().unwrap()));
}

#[tokio::test]
async fn head_returns_the_same_as_get_without_a_body() {
    let harness = Harness::start(site_of(1)).await;
    let url = format!("{}/api/v2/pages", harness.server.base_url());
    let request = harness.client.head(url).basic_auth(harness.server.user(), Some(harness.server.token()));
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_ne!(response.headers()["content-length"], "0");
    assert!(response.bytes().await.unwrap().is_empty());
}
