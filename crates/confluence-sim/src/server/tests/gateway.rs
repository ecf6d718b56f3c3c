//! Tests of the gateway: cloud ids, scopes, and the sites of a token.

use reqwest::Response;
use serde_json::Value;

use super::{Harness, site_of, with_form};
use crate::credentials::{CLASSIC_SCOPES, ScopedToken};
use crate::site::Site;
use crate::{CredentialForm, Listener, ServedAs};

async fn gateway(site: Site) -> Harness {
    Harness::start_as(ServedAs::Gateway, site).await
}

fn without(scope: &str) -> Site {
    let mut site = site_of(1);
    site.credentials.scoped_token.as_mut().unwrap().remove_scope(scope);
    site
}

async fn assert_scope_is_missing(response: Response) {
    assert_eq!(response.status(), 401);
    assert_eq!(response.headers()["x-failure-category"], "FAILURE_CLIENT_SCOPE_CHECK");
    let body: Value = response.json().await.unwrap();
    assert_eq!(
        (body["code"].as_u64(), body["message"].as_str()),
        (Some(401), Some("Unauthorized; scope does not match"))
    );
}

#[tokio::test]
async fn a_missing_scope_closes_its_endpoints_only() {
    let harness = gateway(without("read:comment:confluence")).await;
    for path in ["/api/v2/footer-comments", "/api/v2/inline-comments", "/api/v2/pages/1000/footer-comments"] {
        assert_scope_is_missing(harness.get(path).await).await;
    }
    for path in ["/api/v2/pages", "/api/v2/spaces", "/rest/api/user/current", "/rest/api/content/search?cql=type=page"]
    {
        assert_eq!(harness.get(path).await.status(), 200, "{path}");
    }
    assert!(harness.server.requests().iter().all(|entry| entry.authorized), "the token itself is valid");
    let harness = gateway(without("read:content-details:confluence")).await;
    assert_scope_is_missing(harness.get("/rest/api/user/current").await).await;
    assert_eq!(harness.get("/api/v2/pages").await.status(), 200);
}

#[tokio::test]
async fn classic_scopes_open_v1_and_not_v2() {
    let mut site = site_of(1);
    site.credentials.scoped_token = Some(ScopedToken::new("classic", CLASSIC_SCOPES));
    let harness = gateway(site).await;
    for path in ["/rest/api/user/current", "/rest/api/search?cql=type=page", "/rest/api/template/page"] {
        assert_eq!(harness.get(path).await.status(), 200, "{path}");
    }
    for path in ["/api/v2/spaces", "/api/v2/pages", "/api/v2/attachments"] {
        assert_scope_is_missing(harness.get(path).await).await;
    }
}

#[tokio::test]
async fn removed_operations_are_410_and_links_name_the_site() {
    let harness = gateway(site_of(3)).await;
    assert_eq!(harness.get("/rest/api/content").await.status(), 410);
    let page = harness.json("/api/v2/pages?limit=1").await;
    assert!(page["_links"]["next"].as_str().unwrap().starts_with("/wiki/api/v2/pages?"));
    assert_eq!(page["_links"]["base"], harness.server.site_url());
    assert!(!harness.server.base_url().starts_with(&harness.server.site_url()));
}

#[tokio::test]
async fn an_unknown_cloud_id_is_404_for_any_token() {
    let harness = gateway(site_of(1)).await;
    let origin = harness.server.gateway_origin();
    for path in ["/ex/confluence/11111111-0000-4000-8000-00000000c10d/wiki/api/v2/pages", "/wiki/api/v2/pages", "/"] {
        let request = harness.client.get(format!("{origin}{path}"));
        let request = request.basic_auth(harness.server.user(), Some(harness.server.token()));
        assert_eq!(request.send().await.unwrap().status(), 404, "{path}");
    }
}

#[tokio::test]
async fn the_sites_of_a_bearer_token_are_listed_with_its_scopes() {
    let mut site = site_of(1);
    site.public_base = Some("https://acme.example/wiki".to_owned());
    let harness = gateway(site).await;
    let url = format!("{}/oauth/token/accessible-resources", harness.server.gateway_origin());
    let resources = async || -> Vec<Value> {
        let response = harness.client.get(&url).bearer_auth("demo-bearer-token").send().await.unwrap();
        response.json().await.unwrap()
    };
    let one = resources().await;
    assert_eq!((one.len(), &one[0]["url"]), (1, &Value::from("https://acme.example")));
    assert_eq!(one[0]["id"], harness.server.cloud_id());
    assert!(one[0]["scopes"].as_array().unwrap().contains(&Value::from("read:page:confluence")));
    harness.server.change_site(|site| site.credentials.other_sites = vec!["https://other.example".to_owned()]);
    assert_eq!(resources().await.len(), 2);
    let basic = harness.client.get(&url).basic_auth(harness.server.user(), Some(harness.server.token()));
    assert_eq!(basic.send().await.unwrap().status(), 401);
    assert_eq!(harness.client.get(&url).bearer_auth("wrong").send().await.unwrap().status(), 401);
}

#[tokio::test]
async fn the_prefix_on_the_sites_own_port_accepts_any_token() {
    let harness = Harness::start(site_of(1)).await;
    let base = harness.server.gateway_url().replace(harness.server.gateway_origin(), "");
    let base = harness.server.base_url().replace("/wiki", &base);
    for secret in ["demo-token", "demo-scoped-token"] {
        let request = harness.client.get(format!("{base}/api/v2/pages"));
        assert_eq!(request.basic_auth(harness.server.user(), Some(secret)).send().await.unwrap().status(), 200);
    }
}

#[tokio::test]
async fn a_data_center_site_has_no_gateway_and_the_log_shows_what_was_sent_there() {
    let harness = Harness::start_as(ServedAs::data_center(""), site_of(1)).await;
    let request = harness.client.get(format!("{}/api/v2/pages", harness.server.gateway_url()));
    assert_eq!(request.bearer_auth("demo-bearer-token").send().await.unwrap().status(), 404);
    let url = format!("{}/oauth/token", harness.server.auth_origin());
    let form = [("client_id", "demo-client"), ("client_secret", "demo-client-secret")];
    assert_eq!(with_form(harness.client.post(url), &form).send().await.unwrap().status(), 405);
    let seen: Vec<_> = harness.server.requests().iter().map(|entry| (entry.listener, entry.credential)).collect();
    assert_eq!(seen, [(Listener::Gateway, CredentialForm::Bearer), (Listener::Auth, CredentialForm::ClientSecret)]);
}
