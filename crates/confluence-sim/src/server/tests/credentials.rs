//! Every credential at every kind of Confluence.

use reqwest::RequestBuilder;

use super::{Harness, site_of, with_form};
use crate::{CredentialForm, Listener, ServedAs};

#[derive(Debug, Clone, Copy, PartialEq)]
enum Sent {
    Nothing,
    UnscopedToken,
    ScopedToken,
    CloudPassword,
    WrongToken,
    EmptyToken,
    TokenWithColon,
    BearerToken,
    WrongBearer,
    Digest,
    AccessToken,
    PersonalAccessToken,
    UserPassword,
    WrongPassword,
}

use Sent::*;

impl Sent {
    fn on(self, request: RequestBuilder) -> RequestBuilder {
        let email = "Admin@Example.com";
        match self {
            Nothing => request,
            UnscopedToken => request.basic_auth(email, Some("demo-token")),
            ScopedToken => request.basic_auth(email, Some("demo-scoped-token")),
            CloudPassword => request.basic_auth(email, Some("demo-password")),
            WrongToken => request.basic_auth(email, Some("wrong")),
            EmptyToken => request.basic_auth(email, Some("")),
            TokenWithColon => request.basic_auth(email, Some("demo:token")),
            BearerToken => request.bearer_auth("demo-bearer-token"),
            WrongBearer => request.bearer_auth("wrong"),
            Digest => request.header("authorization", "Digest username=\"admin\""),
            AccessToken => request.bearer_auth("demo-access-token-1"),
            PersonalAccessToken => request.bearer_auth("MTIzNDU2Nzg5MDEyOmRlbW8tYWNjZXNzLXRva2VuISEh"),
            UserPassword => request.basic_auth("Admin", Some("demo-password")),
            WrongPassword => request.basic_auth("admin", Some("wrong")),
        }
    }

    fn form(self) -> CredentialForm {
        match self {
            Nothing => CredentialForm::None,
            BearerToken | WrongBearer | AccessToken | PersonalAccessToken => CredentialForm::Bearer,
            Digest => CredentialForm::Other,
            _ => CredentialForm::Basic,
        }
    }
}

/// Issues the first access token.
async fn issue_token(harness: &Harness) {
    let server = &harness.server;
    let (url, id, secret) = if server.base_url().ends_with("/confluence") {
        (format!("{}/rest/oauth2/latest/token", server.base_url()), "demo-dc-client", "demo-dc-client-secret")
    } else {
        (format!("{}/oauth/token", server.auth_origin()), "demo-client", "demo-client-secret")
    };
    let form = [("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret)];
    let response = with_form(harness.client.post(url), &form).send().await.unwrap();
    assert_eq!(response.status(), 200);
}

/// Sends each credential and checks status, start of the content type and part of the body.
async fn check(harness: &Harness, base: &str, path: &str, rows: &[(Sent, u16, &str, &str)]) {
    for (sent, status, content_type, part) in rows {
        let response = sent.on(harness.client.get(format!("{base}{path}"))).send().await.unwrap();
        let row = format!("{sent:?} {path}");
        assert_eq!(response.status(), *status, "{row}");
        let found = response.headers()["content-type"].to_str().unwrap().to_owned();
        assert!(found.starts_with(content_type), "{row}: {found}");
        let body = response.text().await.unwrap();
        assert!(body.contains(part), "{row}: {body}");
        let log = harness.server.requests();
        let logged = log.last().unwrap();
        assert_eq!((logged.credential, logged.credential_sent), (sent.form(), *sent != Nothing), "{row}");
        assert_eq!(logged.authorized, *status == 200, "{row}");
    }
}

const JSON: &str = "application/json";
const HTML: &str = "text/html";
const REJECTED: &str = "caller cannot access Confluence";
const BARE: &str = r#""title":"Not Found""#;
const UNAUTHORIZED: &str = r#""message":"Unauthorized""#;

#[tokio::test]
async fn the_site_host_of_cloud_accepts_the_unscoped_token_only() {
    let harness = Harness::start(site_of(1)).await;
    issue_token(&harness).await;
    let base = harness.server.base_url();
    let both = [
        (ScopedToken, 401, HTML, "HTTP Status 401"),
        (EmptyToken, 401, HTML, "HTTP Status 401"),
        (TokenWithColon, 401, HTML, "HTTP Status 401"),
        (CloudPassword, 401, "text/plain", "passwords is deprecated"),
        (BearerToken, 403, JSON, REJECTED),
        (WrongBearer, 403, JSON, REJECTED),
        (AccessToken, 403, JSON, REJECTED),
        (PersonalAccessToken, 403, JSON, REJECTED),
    ];
    let rejected = [Nothing, WrongToken, Digest, UserPassword];
    for (path, status, part, accepted) in
        [("/rest/api/user/current", 403, REJECTED, "accountId"), ("/api/v2/pages", 404, BARE, "Page 0")]
    {
        check(&harness, base, path, &both).await;
        check(&harness, base, path, &[(UnscopedToken, 200, JSON, accepted)]).await;
        check(&harness, base, path, &rejected.map(|sent| (sent, status, JSON, part))).await;
    }
    assert!(harness.server.requests()[1..].iter().all(|entry| entry.listener == Listener::Site));
}

#[tokio::test]
async fn the_gateway_accepts_scoped_and_bearer_tokens_only() {
    let harness = Harness::start_as(ServedAs::Gateway, site_of(1)).await;
    issue_token(&harness).await;
    let base = harness.server.base_url();
    assert_eq!(base, harness.server.gateway_url());
    for (path, part) in [("/rest/api/user/current", "accountId"), ("/api/v2/pages", "Page 0")] {
        check(&harness, base, path, &[ScopedToken, BearerToken, AccessToken].map(|sent| (sent, 200, JSON, part))).await;
        let refused = [
            Nothing,
            UnscopedToken,
            CloudPassword,
            WrongToken,
            EmptyToken,
            TokenWithColon,
            WrongBearer,
            Digest,
            PersonalAccessToken,
            UserPassword,
        ];
        check(&harness, base, path, &refused.map(|sent| (sent, 401, JSON, UNAUTHORIZED))).await;
    }
    assert!(harness.server.requests()[1..].iter().all(|entry| entry.listener == Listener::Gateway));
}

#[tokio::test]
async fn data_center_accepts_its_own_tokens_and_passwords_only() {
    let harness = Harness::start_as(ServedAs::data_center("/confluence"), site_of(1)).await;
    issue_token(&harness).await;
    let base = harness.server.base_url();
    let accepted = [PersonalAccessToken, AccessToken, UserPassword];
    for (path, part) in [("/rest/api/user/current", "\"type\":\"known\""), ("/rest/api/content", "Page 0")] {
        check(&harness, base, path, &accepted.map(|sent| (sent, 200, JSON, part))).await;
    }
    let path = "/rest/api/server-information";
    let failed = [UnscopedToken, ScopedToken, CloudPassword, WrongToken, EmptyToken, TokenWithColon, WrongPassword];
    check(&harness, base, path, &failed.map(|sent| (sent, 401, HTML, "AUTHENTICATED_FAILED"))).await;
    let refused = [Nothing, WrongBearer, BearerToken, Digest];
    check(&harness, base, path, &refused.map(|sent| (sent, 401, JSON, "must be authenticated"))).await;
    let current = "/rest/api/user/current";
    check(&harness, base, current, &[(Nothing, 403, JSON, "Not permitted to use confluence")]).await;
}

#[tokio::test]
async fn the_configured_pair_is_accepted_by_every_kind() {
    for served_as in [ServedAs::Cloud, ServedAs::Gateway, ServedAs::data_center("")] {
        let harness = Harness::start_as(served_as.clone(), site_of(1)).await;
        assert_eq!(harness.json("/rest/api/user/current").await["type"], "known");
        assert!(harness.server.requests()[0].authorized, "{served_as:?}");
    }
}
