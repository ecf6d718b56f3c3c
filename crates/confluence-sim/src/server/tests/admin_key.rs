//! Tests of the administrator's key.

use chrono::{TimeDelta, Utc};
use reqwest::Method;
use serde_json::Value;

use super::{Harness, advance, ids, site_of};
use crate::Site;

/// A site with a hidden page and a hidden space, and a key that is valid for ten minutes.
fn site() -> Site {
    let mut site = site_of(1).page("7", "Secret", "").with_content(|page| page.hidden = true);
    site = site.footer_comment("70", "x").attachment("att7", "secret.png", 1);
    site = site.space("HR", "Hidden").with_space(|space| space.hidden = true).page("8", "Pay", "");
    site.admin_key = Some(Utc::now() + TimeDelta::minutes(10));
    site
}

async fn with_key(harness: &Harness, base: &str, path: &str, token: &str) -> Value {
    let request = harness.client.get(format!("{base}{path}")).header("Atl-Confluence-With-Admin-Key", "true");
    let response = request.basic_auth(harness.server.user(), Some(token)).send().await.unwrap();
    assert_eq!(response.status(), 200, "{path}");
    response.json().await.unwrap()
}

fn listed(list: &Value) -> Vec<&str> {
    ids(list["results"].as_array().unwrap())
}

#[tokio::test]
async fn the_header_shows_hidden_content_at_the_site_only_while_the_key_is_valid() {
    let harness = Harness::start(site()).await;
    let base = harness.server.base_url();
    let read = async |path: &str| with_key(&harness, base, path, "demo-token").await;
    assert_eq!(listed(&read("/api/v2/pages").await), ["7", "8", "1000"]);
    assert_eq!(listed(&read("/api/v2/spaces").await).len(), 2);
    assert_eq!(listed(&read("/api/v2/footer-comments").await), ["70"]);
    assert_eq!(read("/api/v2/attachments/att7").await["pageId"], "7");
    assert_eq!(read("/rest/api/user/current").await["type"], "known");
    assert_eq!(ids(&harness.all("/api/v2/pages").await.0), ["1000"], "without the header");
    let gateway = harness.server.gateway_url();
    let through_gateway = with_key(&harness, &gateway, "/api/v2/pages", "demo-scoped-token").await;
    assert_eq!(listed(&through_gateway), ["1000"], "the gateway ignores the header");
    advance(601).await;
    assert_eq!(listed(&read("/api/v2/pages").await), ["1000"], "an expired key shows nothing more");
    assert_eq!(harness.get("/api/v2/admin-key").await.status(), 404);
}

#[tokio::test]
async fn the_key_can_be_read_and_neither_enabled_nor_ended() {
    let harness = Harness::start(site()).await;
    let key = harness.json("/api/v2/admin-key").await;
    assert!(key["expirationTime"].as_str().unwrap().ends_with('Z'));
    assert_eq!(key["accountId"], harness.json("/rest/api/user/current").await["accountId"]);
    let url = format!("{}/api/v2/admin-key", harness.server.base_url());
    for method in [Method::POST, Method::DELETE] {
        let request = harness.client.request(method, &url);
        let request = request.basic_auth(harness.server.user(), Some(harness.server.token()));
        assert_eq!(request.send().await.unwrap().status(), 405);
    }
    let through_gateway = harness.client.get(format!("{}/api/v2/admin-key", harness.server.gateway_url()));
    let through_gateway = through_gateway.basic_auth(harness.server.user(), Some("demo-scoped-token"));
    assert_eq!(through_gateway.send().await.unwrap().status(), 401);
    harness.server.change_site(|site| site.admin_key = None);
    assert_eq!(harness.get("/api/v2/admin-key").await.status(), 404);
}
