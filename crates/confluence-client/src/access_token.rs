//! Access tokens for client credentials: requested before the first request, and renewed before they expire.
//!
//! Cloud and Data Center issue tokens for about an hour, without a refresh token: the client asks again with its secret
//! (`docs/confluence-api.md`). One request for a token is sent at a time, and all other requests wait for it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::Utc;
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use reqwest::{RequestBuilder, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tokio::time::Instant;
use url::Url;

use super::attempt_error::{AttemptError, AuthSuspicion, RequestFailure};
use super::error::RequestError;
use super::rate_limit_headers::RateLimitHeaders;
use super::refusal::{Refusal, document, redirected, server_message};
use super::request_kind::{RequestCounts, RequestKind};
use super::response::is_json;
use super::retry::RetryCause;
use super::transport::{locked, read};
use super::transport_error::TransportError;

/// How long a token is valid if the server does not say.
const USUAL_LIFETIME: Duration = Duration::from_secs(60 * 60);
/// The shortest lifetime that is believed: a token for less would be renewed with every request.
const SHORTEST_LIFETIME: Duration = Duration::from_secs(60);
/// A token that was never accepted is replaced only if it is older than this.
const TOO_YOUNG_TO_EXPIRE: Duration = Duration::from_secs(60);
/// How many new tokens in a row may be refused at once until a refusal means something else.
const MAX_USELESS: u32 = 3;
/// Pause after a failed renewal while the current token is still valid.
const RENEW_AGAIN: Duration = Duration::from_secs(30);
/// Longest pause that the host of the tokens may ask for.
const LONGEST_PAUSE: Duration = Duration::from_secs(120);
/// How long a refusal holds for the requests that waited for the same token.
const SAME_REFUSAL: Duration = Duration::from_secs(2);
/// Maximum number of refusals of the same client: more could lock it.
const MAX_REFUSALS: u32 = 2;
/// How much of a response is read.
const MAX_BYTES: usize = 64 << 10;

/// How the request for a token is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenEncoding {
    /// JSON, at Atlassian's host.
    Json,
    /// A form with the scope `READ`, on Data Center.
    Form,
}

/// A token in use.
#[derive(Clone)]
pub(super) struct AccessToken {
    pub(super) secret: SecretString,
    /// Its number among the tokens of the run.
    pub(super) number: u64,
    /// The scopes that the server granted, if it says.
    pub(super) scopes: Option<String>,
    issued_at: Instant,
    renew_at: Instant,
    expires_at: Instant,
}

/// The tokens of one client.
pub(super) struct AccessTokens {
    http: reqwest::Client,
    endpoint: Url,
    encoding: TokenEncoding,
    id: String,
    secret: SecretString,
    /// Description of the proxy for messages.
    proxy: Option<String>,
    counts: Arc<Mutex<RequestCounts>>,
    state: Mutex<TokenState>,
    /// Held while a token is requested.
    renewal: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct TokenState {
    current: Option<Arc<AccessToken>>,
    issued: u64,
    /// Whether a server has accepted the current token.
    is_accepted: bool,
    /// New tokens in a row that were refused before any was accepted at the same endpoint.
    useless: u32,
    refusals: u32,
    refused: Option<(Instant, RequestError)>,
}

#[derive(Deserialize)]
struct IssuedToken {
    access_token: String,
    expires_in: Option<u64>,
    scope: Option<String>,
}

impl std::fmt::Debug for AccessTokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AccessTokens").field("endpoint", &self.endpoint.as_str()).finish_non_exhaustive()
    }
}

impl AccessTokens {
    pub(super) fn new(
        http: reqwest::Client,
        endpoint: Url,
        encoding: TokenEncoding,
        client: (String, SecretString),
        proxy: Option<String>,
        counts: Arc<Mutex<RequestCounts>>,
    ) -> Self {
        let (id, secret) = client;
        let (state, renewal) = Default::default();
        Self { http, endpoint, encoding, id, secret, proxy, counts, state, renewal }
    }

    /// Returns the host that issues the tokens.
    pub(super) fn host(&self) -> &str {
        self.endpoint.host_str().unwrap_or_default()
    }

    /// Returns the scopes of the current token, if the server named them.
    pub(super) fn scopes(&self) -> Option<String> {
        locked(&self.state).current.as_ref()?.scopes.clone()
    }

    /// Returns a token that is valid for a while, and requests one if there is none. `attempt` is the number of the
    /// attempt of the request that needs it.
    pub(super) async fn valid(&self, attempt: u32) -> Result<Arc<AccessToken>, AttemptError> {
        let fresh = || locked(&self.state).current.clone().filter(|token| Instant::now() < token.renew_at);
        if let Some(token) = fresh() {
            return Ok(token);
        }
        let _renewal = self.renewal.lock().await;
        // another request may have renewed it meanwhile
        if let Some(token) = fresh() {
            return Ok(token);
        }
        if let Some(error) = self.standing_refusal() {
            return Err(refused(error));
        }
        match self.request_token(attempt).await {
            Ok(issued) => Ok(self.keep(issued)),
            Err(failure) => {
                let mut state = locked(&self.state);
                if let AttemptError::Final(RequestFailure { error: error @ RequestError::Refused { .. }, .. }) =
                    &failure
                {
                    state.refusals += 1;
                    state.refused = Some((Instant::now(), error.clone()));
                }
                let current = state.current.clone().filter(|token| Instant::now() < token.expires_at);
                match (current, &failure) {
                    // the current token outlives a short failure of the server
                    (Some(token), AttemptError::Retry { .. }) => {
                        let later = AccessToken { renew_at: Instant::now() + RENEW_AGAIN, ..token.as_ref().clone() };
                        state.current = Some(Arc::new(later));
                        Ok(token)
                    }
                    _ => Err(failure),
                }
            }
        }
    }

    /// Records that a server accepted a token.
    pub(super) fn accepted(&self, number: u64) {
        let mut state = locked(&self.state);
        if state.current.as_ref().is_some_and(|current| current.number == number) {
            state.is_accepted = true;
        }
    }

    /// Discards a token that a server refused; returns whether another one can be tried.
    pub(super) fn discard(&self, number: u64) -> bool {
        let mut state = locked(&self.state);
        let Some(current) = state.current.clone().filter(|current| current.number == number) else { return true };
        let is_old = current.issued_at.elapsed() >= TOO_YOUNG_TO_EXPIRE;
        let may_have_ended = is_old || state.is_accepted && state.useless < MAX_USELESS;
        if may_have_ended {
            state.current = None;
        } else if !state.is_accepted {
            // a new token is refused as well: the refusal is about the endpoint or the account
            state.useless += 1;
        }
        may_have_ended
    }

    fn standing_refusal(&self) -> Option<RequestError> {
        let state = locked(&self.state);
        let (at, error) = state.refused.as_ref()?;
        (state.refusals >= MAX_REFUSALS || at.elapsed() < SAME_REFUSAL).then(|| error.clone())
    }

    fn keep(&self, issued: IssuedToken) -> Arc<AccessToken> {
        let lifetime = issued.expires_in.map_or(USUAL_LIFETIME, Duration::from_secs).max(SHORTEST_LIFETIME);
        let mut state = locked(&self.state);
        state.issued += 1;
        (state.refusals, state.refused, state.is_accepted) = (0, None, false);
        let now = Instant::now();
        let token = Arc::new(AccessToken {
            secret: issued.access_token.into(),
            number: state.issued,
            scopes: issued.scope,
            issued_at: now,
            // 55 minutes of an hour
            renew_at: now + lifetime.mul_f64(11.0 / 12.0),
            expires_at: now + lifetime,
        });
        state.current = Some(Arc::clone(&token));
        token
    }

    fn build(&self) -> RequestBuilder {
        let request = self.http.post(self.endpoint.clone()).header(ACCEPT, "application/json");
        let pairs = [
            ("grant_type", "client_credentials"),
            ("client_id", self.id.as_str()),
            ("client_secret", self.secret.expose_secret()),
        ];
        match self.encoding {
            TokenEncoding::Json => {
                request.json(&serde_json::Map::from_iter(pairs.map(|(name, value)| (name.to_owned(), value.into()))))
            }
            TokenEncoding::Form => {
                let mut form = url::form_urlencoded::Serializer::new(String::new());
                let form = form.extend_pairs(pairs).append_pair("scope", "READ").finish();
                request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(form)
            }
        }
    }

    /// Decides whether a page instead of a token is worth further attempts: after earlier tokens it is a disturbance,
    /// otherwise the secret is not sent there again.
    fn not_json(&self, error: RequestError) -> AttemptError {
        if locked(&self.state).issued == 0 {
            return error.into();
        }
        AttemptError::Retry { cause: RetryCause::Transient, retry_after: None, gate: None, error }
    }

    async fn request_token(&self, attempt: u32) -> Result<IssuedToken, AttemptError> {
        let endpoint = self.endpoint.to_string();
        locked(&self.counts).add(RequestKind::AccessToken, 1);
        let broken = |error: reqwest::Error| {
            let failure = TransportError::classify(&error).through(self.proxy.as_deref());
            AttemptError::from_transport(failure, &endpoint, attempt)
        };
        let mut response = self.build().send().await.map_err(broken)?;
        let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
        tracing::debug!(method = "POST", path = self.endpoint.path(), status = status.as_u16(), "access token");
        let (body, _) = read(&mut response, MAX_BYTES).await.map_err(broken)?;
        if status.is_redirection() {
            let (who, what) = redirected(&headers, &self.endpoint);
            return Err(self.not_json(RequestError::NotJson { endpoint, who, what }));
        }
        let is_temporary =
            status.is_server_error() || matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT);
        if is_temporary {
            let retry_after =
                RateLimitHeaders::parse(&headers, Utc::now()).throttle_wait().map(|wait| wait.min(LONGEST_PAUSE));
            let error = RequestError::Status { status: status.as_u16(), endpoint, attempts: attempt };
            return Err(AttemptError::Retry { cause: RetryCause::Transient, retry_after, gate: None, error });
        }
        if !is_json(&headers) {
            let (who, what) = document(&headers, status, &body);
            return Err(self.not_json(RequestError::NotJson { endpoint, who, what }));
        }
        if !status.is_success() {
            let words = server_message(&headers, &body).map(|words| format!(": \"{words}\"")).unwrap_or_default();
            let response = format!("{} at {endpoint}{words}", status.as_u16());
            return Err(refused(RequestError::Refused { why: Refusal::Client, response }));
        }
        // the text of a JSON error could contain the token
        serde_json::from_slice(&body)
            .map_err(|_| RequestError::Shape { endpoint, what: "no access token".to_owned() }.into())
    }
}

fn refused(error: RequestError) -> AttemptError {
    AttemptError::Final(RequestFailure::new(error, AuthSuspicion::Unauthenticated))
}
