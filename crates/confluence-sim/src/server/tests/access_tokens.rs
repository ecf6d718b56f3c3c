//! Tests of the issuers of access tokens.

use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};

use super::{Harness, advance, site_of, with_form};
use crate::{CredentialForm, Listener, ServedAs};

fn fields(secret: &str) -> Value {
    json!({"grant_type": "client_credentials", "client_id": "demo-client", "client_secret": secret})
}

impl Harness {
    fn token_request(&self) -> RequestBuilder {
        self.client.post(format!("{}/oauth/token", self.server.auth_origin()))
    }

    async fn access_token(&self) -> String {
        let response = self.token_request().json(&fields("demo-client-secret")).send().await.unwrap();
        response.json::<Value>().await.unwrap()["access_token"].as_str().unwrap().to_owned()
    }

    async fn as_bearer(&self, token: &str) -> u16 {
        let request = self.client.get(format!("{}/api/v2/pages", self.server.gateway_url()));
        request.bearer_auth(token).send().await.unwrap().status().as_u16()
    }
}

async fn error(response: Response) -> (u16, String) {
    let status = response.status().as_u16();
    let body: Value = response.json().await.unwrap();
    (status, body["error"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn client_credentials_in_json_or_a_form_get_a_token_for_an_hour() {
    let harness = Harness::start(site_of(1)).await;
    let form =
        [("grant_type", "client_credentials"), ("client_id", "demo-client"), ("client_secret", "demo-client-secret")];
    let json = harness.token_request().json(&fields("demo-client-secret"));
    for request in [json, with_form(harness.token_request(), &form)] {
        let token: Value = request.send().await.unwrap().json().await.unwrap();
        assert_eq!((token["expires_in"].as_u64(), token["token_type"].as_str()), (Some(3600), Some("Bearer")));
        assert!(token["scope"].as_str().unwrap().split(' ').any(|scope| scope == "read:page:confluence"));
        assert_eq!(harness.as_bearer(token["access_token"].as_str().unwrap()).await, 200);
    }
    let log = harness.server.requests();
    assert_eq!((log[0].listener, log[0].credential), (Listener::Auth, CredentialForm::ClientSecret));
    assert_eq!((log[0].status, log[0].path.as_str(), log[0].query.as_str()), (200, "/oauth/token", ""));
    assert!(harness.server.auth_origin().ends_with(&log[0].host));
    assert!(!format!("{log:?}").contains("secret"), "the log has no secret");
}

#[tokio::test]
async fn wrong_and_expired_secrets_and_other_grants_are_refused_as_in_rfc_6749() {
    let harness = Harness::start(site_of(1)).await;
    let post = async |body: Value| error(harness.token_request().json(&body).send().await.unwrap()).await;
    let invalid = "invalid_client".to_owned();
    assert_eq!(post(fields("wrong")).await, (401, invalid.clone()));
    harness.server.change_site(|site| site.behaviour.token_refusal = Some(400));
    assert_eq!(post(fields("wrong")).await, (400, invalid.clone()));
    harness.server.change_site(|site| {
        site.behaviour.token_refusal = None;
        site.credentials.service_account.as_mut().unwrap().expired = true;
    });
    assert_eq!(post(fields("demo-client-secret")).await, (401, invalid));
    assert_eq!(post(json!({})).await, (400, "invalid_request".to_owned()));
    let mut other = fields("demo-client-secret");
    other["grant_type"] = Value::from("password");
    assert_eq!(post(other).await, (400, "unsupported_grant_type".to_owned()));
    let get = harness.client.get(format!("{}/oauth/token", harness.server.auth_origin()));
    assert_eq!(get.send().await.unwrap().status(), 405);
    let elsewhere = harness.client.get(format!("{}/wiki/api/v2/pages", harness.server.auth_origin()));
    assert_eq!(elsewhere.send().await.unwrap().status(), 404);
}

#[tokio::test]
async fn a_token_expires_by_the_clock_of_the_runtime() {
    let harness = Harness::start(site_of(1)).await;
    let token = harness.access_token().await;
    advance(3599).await;
    assert_eq!(harness.as_bearer(&token).await, 200);
    advance(2).await;
    assert_eq!(harness.as_bearer(&token).await, 401);
    let renewed = harness.access_token().await;
    assert_ne!(renewed, token);
    assert_eq!(harness.as_bearer(&renewed).await, 200);
}

#[tokio::test]
async fn a_token_can_end_after_some_requests_or_be_revoked() {
    let mut site = site_of(1);
    site.credentials.access_tokens.requests = Some(2);
    let harness = Harness::start(site).await;
    let token = harness.access_token().await;
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(harness.as_bearer(&token).await);
    }
    assert_eq!(statuses, [200, 200, 401]);
    let token = harness.access_token().await;
    harness.server.revoke_access_tokens();
    assert_eq!(harness.as_bearer(&token).await, 401);
}

#[tokio::test]
async fn data_center_takes_a_form_on_its_own_host() {
    let harness = Harness::start_as(ServedAs::data_center("/confluence"), site_of(1)).await;
    let url = format!("{}/rest/oauth2/latest/token", harness.server.base_url());
    let client = [("grant_type", "client_credentials"), ("client_id", "demo-dc-client"), ("scope", "READ")];
    let post = async |secret: &str| {
        let fields = [&client[..], &[("client_secret", secret)]].concat();
        with_form(harness.client.post(&url), &fields).send().await.unwrap()
    };
    let json = harness.client.post(&url).json(&fields("demo-dc-client-secret")).send().await.unwrap();
    assert_eq!(error(json).await, (415, "invalid_request".to_owned()));
    assert_eq!(error(post("wrong").await).await, (401, "invalid_client".to_owned()));
    let right = post("demo-dc-client-secret").await;
    let token: Value = right.json().await.unwrap();
    assert_eq!(token["scope"], "READ");
    let request = harness.client.get(format!("{}/rest/api/user/current", harness.server.base_url()));
    request.bearer_auth(token["access_token"].as_str().unwrap()).send().await.unwrap();
    let log = harness.server.requests();
    assert_eq!((log[2].listener, log[2].credential), (Listener::Site, CredentialForm::ClientSecret));
    assert!(log[3].authorized);
}
