//! Access tokens for client credentials: how they are issued, and how long they are valid.

use std::collections::HashMap;
use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;

use super::auth::Sessions;
use super::errors;
use super::reply::{Reply, ReplyResult};
use super::request::Request;
use crate::credentials::{ClientSecret, TokenLife};
use crate::site::Site;

/// The access tokens that were issued.
#[derive(Debug, Default)]
pub(crate) struct IssuedTokens {
    tokens: HashMap<String, AccessToken>,
    issued: usize,
}

#[derive(Debug)]
struct AccessToken {
    expires: Instant,
    requests_left: Option<u32>,
    scopes: Vec<String>,
}

impl IssuedTokens {
    fn issue(&mut self, client: &ClientSecret, life: TokenLife) -> String {
        self.issued += 1;
        let token = format!("demo-access-token-{}", self.issued);
        let expires = Instant::now() + Duration::from_secs(life.seconds);
        let scopes = client.scopes.clone();
        self.tokens.insert(token.clone(), AccessToken { expires, requests_left: life.requests, scopes });
        token
    }

    /// Returns the scopes of a token that is valid for this request, and counts the request.
    pub(crate) fn use_once(&mut self, token: &str) -> Option<Vec<String>> {
        let found = self.tokens.get_mut(token).filter(|found| Instant::now() < found.expires)?;
        if let Some(left) = &mut found.requests_left {
            *left = left.checked_sub(1)?;
        }
        Some(found.scopes.clone())
    }

    /// Returns the scopes of a token that is valid or was until its last request.
    pub(crate) fn scopes(&self, token: &str) -> &[String] {
        self.tokens.get(token).map_or(&[], |found| &found.scopes)
    }

    /// Makes all tokens invalid.
    pub(crate) fn revoke_all(&mut self) {
        self.tokens.clear();
    }
}

/// Client credentials, as the body of a request has them.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ClientCredentials {
    pub(crate) grant_type: String,
    pub(crate) id: String,
    pub(crate) secret: String,
}

/// `POST /oauth/token` of Atlassian's token issuer; the body is a form or JSON.
pub(crate) fn issue_for_cloud(site: &Site, sessions: &mut Sessions, request: &Request) -> Reply {
    issue(site, sessions, request, site.credentials.service_account.as_ref()).unwrap_or_else(|refusal| refusal)
}

/// `POST /rest/oauth2/latest/token` of Data Center; the body is a form.
pub(crate) fn issue_for_data_center(site: &Site, sessions: &mut Sessions, request: &Request) -> Reply {
    if !request.is_form() {
        return errors::oauth(415, "invalid_request", "the body must be application/x-www-form-urlencoded");
    }
    issue(site, sessions, request, site.credentials.data_center_client.as_ref()).unwrap_or_else(|refusal| refusal)
}

fn issue(site: &Site, sessions: &mut Sessions, request: &Request, client: Option<&ClientSecret>) -> ReplyResult {
    if request.method != "POST" {
        return Err(errors::method_not_allowed());
    }
    let sent = request.client_credentials();
    let sent = sent.ok_or_else(|| errors::oauth(400, "invalid_request", "client_id and client_secret are missing"))?;
    if sent.grant_type != "client_credentials" {
        return Err(errors::oauth(400, "unsupported_grant_type", "only client_credentials is supported"));
    }
    let client = client.filter(|client| !client.expired && client.id == sent.id && client.secret == sent.secret);
    let client = client.ok_or_else(|| {
        errors::oauth(site.behaviour.token_refusal.unwrap_or(401), "invalid_client", "Client authentication failed")
    })?;
    let life = site.credentials.access_tokens;
    let access_token = sessions.tokens.issue(client, life);
    let scope = client.scopes.join(" ");
    Ok(Reply::ok(json!({
        "access_token": access_token,
        "expires_in": life.seconds,
        "token_type": "Bearer",
        "scope": scope,
    })))
}
