//! Tests of what Data Center does with user names and passwords, and of its context path.

use reqwest::Response;
use serde_json::Value;

use super::{Harness, site_of};
use crate::ServedAs;
use crate::site::{BasicAuth, Behaviour};

const CURRENT: &str = "/rest/api/user/current";

async fn data_center(change: impl FnOnce(&mut Behaviour)) -> Harness {
    let mut site = site_of(1);
    change(&mut site.behaviour);
    Harness::start_as(ServedAs::data_center("/confluence"), site).await
}

async fn log_in(harness: &Harness, password: &str) -> Response {
    let request = harness.client.get(format!("{}{CURRENT}", harness.server.base_url()));
    request.basic_auth("admin", Some(password)).send().await.unwrap()
}

async fn as_bearer(harness: &Harness) -> Response {
    let request = harness.client.get(format!("{}{CURRENT}", harness.server.base_url()));
    request.bearer_auth("MTIzNDU2Nzg5MDEyOmRlbW8tYWNjZXNzLXRva2VuISEh").send().await.unwrap()
}

fn is_accepted(harness: &Harness) -> bool {
    harness.server.requests().last().unwrap().authorized
}

#[tokio::test]
async fn a_failed_login_is_401_with_its_reason() {
    let harness = data_center(|_| {}).await;
    let response = log_in(&harness, "wrong").await;
    assert_eq!(response.status(), 401);
    assert_eq!(response.headers()["x-seraph-loginreason"], "AUTHENTICATED_FAILED");
}

#[tokio::test]
async fn a_failed_login_can_be_answered_as_anonymous() {
    let harness = data_center(|behaviour| behaviour.failed_login_is_anonymous = true).await;
    let response = log_in(&harness, "wrong").await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.json::<Value>().await.unwrap()["type"], "anonymous");
    assert!(!is_accepted(&harness));
}

#[tokio::test]
async fn too_many_failed_logins_ask_for_a_captcha_even_with_the_right_password() {
    let harness = data_center(|behaviour| behaviour.captcha_after = Some(2)).await;
    log_in(&harness, "wrong").await;
    assert_eq!(log_in(&harness, "demo-password").await.status(), 200);
    assert!(is_accepted(&harness), "a successful login restarts the count");
    for _ in 0..2 {
        assert_eq!(log_in(&harness, "wrong").await.headers()["x-seraph-loginreason"], "AUTHENTICATED_FAILED");
    }
    let locked = log_in(&harness, "demo-password").await;
    assert_eq!(locked.status(), 401);
    assert_eq!(locked.headers()["x-seraph-loginreason"], "AUTHENTICATION_DENIED");
    let reason = locked.headers()["x-authentication-denied-reason"].to_str().unwrap();
    assert!(reason.starts_with("CAPTCHA_CHALLENGE"));
    assert_eq!(as_bearer(&harness).await.status(), 200);
    assert!(is_accepted(&harness), "tokens need no captcha");
}

#[tokio::test]
async fn passwords_can_be_disabled_or_left_to_single_sign_on() {
    let harness = data_center(|behaviour| behaviour.basic_auth = BasicAuth::Disabled).await;
    let disabled = log_in(&harness, "demo-password").await;
    assert_eq!(disabled.status(), 403);
    assert!(disabled.text().await.unwrap().contains("Basic Authentication has been disabled"));
    harness.server.change_site(|site| site.behaviour.basic_auth = BasicAuth::LoginPage);
    let redirected = log_in(&harness, "demo-password").await;
    assert_eq!(redirected.status(), 302);
    let location = redirected.headers()["location"].to_str().unwrap();
    assert_eq!(location, "/confluence/login.action?os_destination=%2Fconfluence%2Frest%2Fapi%2Fuser%2Fcurrent");
    as_bearer(&harness).await;
    assert!(is_accepted(&harness));
}

#[tokio::test]
async fn nothing_exists_outside_the_context_path_and_no_cloud_id_anywhere() {
    for (context, wrong) in
        [("/confluence", ["/rest/api/space", "/wiki/rest/api/space"]), ("", ["/wiki/rest/api/space"; 2])]
    {
        let harness = Harness::start_as(ServedAs::data_center(context), site_of(1)).await;
        let origin = harness.server.base_url().trim_end_matches("/confluence");
        for path in wrong.into_iter().chain(["/_edge/tenant_info"]) {
            let response = harness.client.get(format!("{origin}{path}")).send().await.unwrap();
            assert_eq!(response.status(), 404, "{context:?} {path}");
            assert!(response.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
        }
    }
}

#[tokio::test]
async fn the_api_changes_nothing() {
    let harness = data_center(|_| {}).await;
    let url = format!("{}/rest/api/content/1000", harness.server.base_url());
    let request = harness.client.delete(url).bearer_auth("MTIzNDU2Nzg5MDEyOmRlbW8tYWNjZXNzLXRva2VuISEh");
    assert_eq!(request.send().await.unwrap().status(), 405);
}
