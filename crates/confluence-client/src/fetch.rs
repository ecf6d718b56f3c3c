//! Sends a request with retries, enforces size limits and decodes the response.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::Utc;
use reqwest::StatusCode;
use reqwest::header::LOCATION;
use serde::de::DeserializeOwned;
use tokio::time::Instant;
use url::Url;

use super::access_token::AccessTokens;
use super::attempt_error::{AttemptError, AuthSuspicion, RequestFailure};
use super::error::RequestError;
use super::rate_limit_headers::RateLimitHeaders;
use super::rate_limiter::{Gate, Priority};
use super::refusal::{NonApiResponder, Refusal, non_api_response, refusal, server_message};
use super::request::{ApiFamily, Request};
use super::request_kind::RequestKind;
use super::response::{
    ApiResponse, RawResponse, check_json, is_anonymous_403, is_bare_not_found, is_json, json_error, link_next,
};
use super::retry::{
    MAX_ATTEMPTS, MAX_ELAPSED, RetryBudget, RetryCause, StatusClass, WaitLimits, backoff, classify_status,
};
use super::scopes::{SeenScopes, are_classic};
use super::transport::{Transport, locked, read};
use super::transport_error::TransportError;

/// How much of an error response is read: enough to classify it.
const MAX_ERROR_BYTES: usize = 64 << 10;
/// Maximum number of attempts before the site has ever responded: a wrong address should be reported soon (F-18).
const MAX_FIRST_CONTACTS: u32 = 3;

/// Number of requests that may fail in a row once the retry budget is empty (F-14).
const MAX_FAILURES_IN_A_ROW: u32 = 10;

/// Retry limits of one request.
#[derive(Debug, Clone, Copy)]
pub(super) struct RetryLimits {
    /// Maximum number of attempts, including the first.
    pub(super) tries: u32,
    /// Time for sending, reading and pausing after which there is no further attempt, not counting waits that the
    /// server asks for.
    pub(super) longest: Duration,
    /// Whether retries use the run's budget, and many failures in a row stop the run.
    pub(super) budgeted: bool,
}

/// Retry limits of requests that the run needs.
const NEEDED: RetryLimits = RetryLimits { tries: MAX_ATTEMPTS, longest: MAX_ELAPSED, budgeted: true };

/// Requests with their retries. Clones share everything but the use of the administrator's key.
#[derive(Clone)]
pub(super) struct Fetcher {
    pub(super) transport: Arc<Transport>,
    pub(super) waits: WaitLimits,
    /// Whether requests use the administrator's key, if the settings say so.
    pub(super) admin_key: bool,
    shared: Arc<FetcherState>,
}

struct FetcherState {
    budget: Mutex<RetryBudget>,
    jitter: Mutex<fastrand::Rng>,
    failures_in_a_row: AtomicU32,
    warnings: Mutex<BTreeSet<String>>,
    scopes: Mutex<SeenScopes>,
}

impl Fetcher {
    /// `seed` is the seed of the random jitter of waits; `None` uses a random one.
    pub(super) fn new(transport: Transport, waits: WaitLimits, seed: Option<u64>) -> Self {
        let jitter = seed.map_or_else(fastrand::Rng::new, fastrand::Rng::with_seed);
        let shared = FetcherState {
            budget: Mutex::new(RetryBudget::new()),
            jitter: Mutex::new(jitter),
            failures_in_a_row: AtomicU32::new(0),
            warnings: Mutex::default(),
            scopes: Mutex::default(),
        };
        Self { transport: Arc::new(transport), waits, admin_key: true, shared: Arc::new(shared) }
    }

    /// Returns a fetcher that shares everything with this one, and never uses the administrator's key.
    pub(super) fn without_admin_key(&self) -> Self {
        Self { admin_key: false, ..self.clone() }
    }

    /// Returns the names of the scopes that the token lacked so far.
    pub(super) fn missing_scopes(&self) -> BTreeSet<&'static str> {
        locked(&self.shared.scopes).missing.clone()
    }

    /// Returns the warnings about responses so far, each once.
    pub(super) fn warnings(&self) -> Vec<String> {
        locked(&self.shared.warnings).iter().cloned().collect()
    }

    pub(super) fn warn(&self, text: &str) {
        if locked(&self.shared.warnings).insert(text.to_owned()) {
            tracing::warn!("{text}");
        }
    }

    /// Records a successful response.
    fn succeeded(&self, request: &Request, near_limit: bool) {
        locked(&self.shared.scopes).opened(request);
        self.shared.failures_in_a_row.store(0, Ordering::Relaxed);
        locked(&self.shared.budget).refund();
        self.transport.limiter.succeeded(request.kind, near_limit);
    }

    /// Requests a JSON document.
    pub(super) async fn json<T: DeserializeOwned>(
        &self,
        request: &Request,
        priority: Priority,
    ) -> Result<ApiResponse<T>, RequestFailure> {
        let url = self.transport.address().url(request);
        self.fetch(request, priority, |raw| {
            check_json(raw, request, &url)?;
            let value = serde_json::from_slice(&raw.body).map_err(|error| json_error(&error, raw, request))?;
            Ok(ApiResponse { value, link_next: link_next(&raw.headers), server_time: raw.limit_headers.server_time })
        })
        .await
    }

    /// Requests an optional JSON document; a 204 returns `None`.
    pub(super) async fn optional<T: DeserializeOwned>(&self, request: &Request) -> Result<Option<T>, RequestFailure> {
        let url = self.transport.address().url(request);
        self.fetch(request, Priority::Normal, |raw| {
            if raw.status == StatusCode::NO_CONTENT {
                return Ok(None);
            }
            check_json(raw, request, &url)?;
            serde_json::from_slice(&raw.body).map(Some).map_err(|error| json_error(&error, raw, request))
        })
        .await
    }

    /// Sends a request whose response has to be a redirect, and returns its target without following it.
    pub(super) async fn location(&self, request: &Request) -> Result<Url, RequestFailure> {
        let url = self.transport.address().url(request);
        self.fetch(request, Priority::Normal, |raw| {
            let location = raw.headers.get(LOCATION).and_then(|value| value.to_str().ok());
            location.filter(|_| raw.status.is_redirection()).and_then(|target| url.join(target).ok()).ok_or_else(|| {
                let what = format!("no redirect to the file, but status {}", raw.status.as_u16());
                RequestError::Shape { endpoint: request.path(), what }.into()
            })
        })
        .await
    }

    /// Sends a request until a response can be decoded or no further attempt is allowed.
    async fn fetch<T>(
        &self,
        request: &Request,
        priority: Priority,
        decode: impl Fn(&RawResponse) -> Result<T, AttemptError>,
    ) -> Result<T, RequestFailure> {
        let once = |attempt| self.try_once(request, attempt);
        let settle = |raw: RawResponse, sent_at| {
            self.classify(request, &raw, sent_at)?;
            let value = decode(&raw)?;
            self.transport.authenticator().accepted(raw.token);
            self.succeeded(request, raw.limit_headers.near_limit);
            Ok(value)
        };
        self.repeat(request.kind, priority, NEEDED, once, settle).await
    }

    /// Calls `once` with the number of the attempt until `settle` accepts its result or no further attempt is allowed.
    /// `settle` runs while the request still holds its permit.
    pub(super) async fn repeat<R, T, F>(
        &self,
        kind: RequestKind,
        priority: Priority,
        limits: RetryLimits,
        once: impl Fn(u32) -> F,
        settle: impl Fn(R, Instant) -> Result<T, AttemptError>,
    ) -> Result<T, RequestFailure>
    where
        F: Future<Output = Result<R, AttemptError>>,
    {
        let mut attempt = 0;
        let mut working = Duration::ZERO;
        let mut may_retry_once = true;
        loop {
            attempt += 1;
            // boxed: every future above contains this one
            let sent = self.transport.exchange(kind, priority, Box::pin(once(attempt))).await?;
            let outcome = sent.outcome.and_then(|result| settle(result, sent.at));
            drop(sent.permit);
            working += sent.at.elapsed();
            let (cause, retry_after, gate, error) = match outcome {
                Ok(value) => return Ok(value),
                Err(AttemptError::Final(failure)) => return Err(failure),
                Err(AttemptError::RetryOnce(error)) if !may_retry_once => return Err(error.into()),
                Err(AttemptError::RetryOnce(error)) => {
                    may_retry_once = false;
                    (RetryCause::Transient, None, None, error)
                }
                Err(AttemptError::Retry { cause, retry_after, gate, error }) => (cause, retry_after, gate, error),
            };
            let is_paid = || !limits.budgeted || locked(&self.shared.budget).spend(cause);
            if attempt >= limits.tries || working >= limits.longest || !is_paid() {
                return Err(if limits.budgeted { self.exhausted(error) } else { error }.into());
            }
            let wait = backoff(cause, attempt, retry_after, &mut locked(&self.shared.jitter));
            tracing::info!(%kind, attempt, wait_ms = wait.as_millis(), %error, "retrying");
            if let Some(gate) = gate {
                self.transport.limiter.close(gate, wait);
            } else {
                if retry_after.is_none() {
                    working += wait;
                }
                self.transport.stop.pause(wait).await?;
            }
        }
    }

    /// Sends one request and reads its response.
    async fn try_once(&self, request: &Request, attempt: u32) -> Result<RawResponse, AttemptError> {
        let broken = |error: reqwest::Error| self.attempt_error(request, &error, attempt);
        let (authorized, token) = self.transport.authorized(request, self.admin_key, attempt).await?;
        let mut response = self.transport.send(authorized).await.map_err(broken)?;
        let status = response.status();
        tracing::debug!(method = %request.method(), path = request.path(), status = status.as_u16(), attempt, "response");
        let limit_headers = RateLimitHeaders::parse(response.headers(), Utc::now());
        let headers = std::mem::take(response.headers_mut());
        let is_needed = status.is_success() && is_json(&headers);
        let limit = if is_needed { self.transport.max_response_bytes } else { MAX_ERROR_BYTES };
        let (body, is_cut) = read(&mut response, limit).await.map_err(broken)?;
        if is_needed && is_cut {
            return Err(RequestError::TooLarge { endpoint: request.path(), limit }.into());
        }
        Ok(RawResponse { attempt, token, status, headers, limit_headers, body })
    }

    /// Decides whether a transport error is worth a retry: before the site has ever responded, the address may be
    /// wrong.
    fn attempt_error(&self, request: &Request, error: &reqwest::Error, attempt: u32) -> AttemptError {
        let transport_error = self.transport.classify_error(error);
        let reached = self.transport.reached();
        let cause = match &transport_error {
            TransportError::Tls(_) => None,
            TransportError::UnknownHost(_) if !reached => None,
            TransportError::Broken(_) if !reached && attempt >= MAX_FIRST_CONTACTS => None,
            TransportError::Timeout(_) => Some(RetryCause::Timeout),
            TransportError::UnknownHost(_) | TransportError::Broken(_) => Some(RetryCause::Transient),
        };
        let error = transport_error.into_error(request.path(), attempt);
        match cause {
            Some(cause) => AttemptError::Retry { cause, retry_after: None, gate: None, error },
            None => error.into(),
        }
    }

    /// Classifies a response by status, headers and known texts; success and redirects go on to be decoded.
    fn classify(&self, request: &Request, raw: &RawResponse, sent_at: Instant) -> Result<(), AttemptError> {
        let endpoint = request.path();
        let (status, attempts) = (raw.status.as_u16(), raw.attempt);
        if raw.limit_headers.deprecated {
            self.warn(&format!("the server announces that the endpoint {endpoint} will be removed"));
        }
        let failed = |suspicion, error| Err(AttemptError::Final(RequestFailure::new(error, suspicion)));
        let response = || {
            let words =
                server_message(&raw.headers, &raw.body).map(|words| format!(": \"{words}\"")).unwrap_or_default();
            format!("{status} at {endpoint}{words}")
        };
        let unauthenticated = || RequestError::Unauthenticated { response: response() };
        let class = classify_status(status, &raw.limit_headers);
        // every account of every site may send this request, so a refusal concerns the account or the site itself
        let is_probe = request.kind == RequestKind::CurrentUser;
        if matches!(class, StatusClass::Throttled | StatusClass::Success | StatusClass::ScopeMissing) {
            // classified already, whatever the text of the response
        } else if let Some(why) = refusal(raw.status, &raw.headers, &raw.body) {
            return failed(AuthSuspicion::Unauthenticated, RequestError::Refused { why, response: response() });
        } else if let Some((who, mut what)) = non_api_response(raw.status, &raw.headers, &raw.body) {
            if let Some(proxy) = self.transport.proxy() {
                what = format!("{what}; it may come from the proxy {proxy}");
            }
            let error = RequestError::NotJson { endpoint, who, what };
            // a refused login is not repeated, whoever refused it: repeated ones lock accounts
            let is_login = is_probe && matches!(status, 401 | 403);
            return if is_login { failed(AuthSuspicion::None, error) } else { Err(AttemptError::RetryOnce(error)) };
        }
        match class {
            StatusClass::Success | StatusClass::Redirect => Ok(()),
            StatusClass::Throttled => {
                let gate = if raw.limit_headers.endpoint_only { Gate::Kind(request.kind) } else { Gate::Site };
                if raw.limit_headers.quota {
                    let retry_after = self.within_max_wait(Some(raw.limit_headers.quota_wait()), &raw.limit_headers)?;
                    // the requests in flight are refused together: the first refusal closes the gate, and is reported
                    if !self.transport.limiter.is_closed(request.kind) {
                        let minutes = retry_after.unwrap_or_default().as_secs().div_ceil(60);
                        tracing::warn!("the quota of this hour is used up: the run continues in {minutes} minutes");
                    }
                    let error = RequestError::Status { status, endpoint, attempts };
                    return Err(AttemptError::Retry { cause: RetryCause::Quota, retry_after, gate: Some(gate), error });
                }
                if let Some(rate) = self.transport.limiter.throttled(sent_at, gate) {
                    let what = if raw.limit_headers.endpoint_only { request.kind.label() } else { "all" };
                    tracing::warn!(
                        "the server throttles requests: limited to {} requests/s ({what})",
                        format_rate(rate)
                    );
                }
                let retry_after = self.within_max_wait(raw.limit_headers.throttle_wait(), &raw.limit_headers)?;
                let error = RequestError::Status { status, endpoint, attempts };
                Err(AttemptError::Retry { cause: RetryCause::Throttled, retry_after, gate: Some(gate), error })
            }
            StatusClass::Transient => {
                let retry_after = self.within_max_wait(raw.limit_headers.retry_after, &raw.limit_headers)?;
                let gate = retry_after.map(|_| Gate::Kind(request.kind));
                let error = RequestError::Status { status, endpoint, attempts };
                Err(AttemptError::Retry { cause: RetryCause::Transient, retry_after, gate, error })
            }
            // an access token may end early; with a new one, the same request is sent once more
            StatusClass::Unauthenticated if self.transport.authenticator().discard(raw.token) => {
                Err(AttemptError::RetryOnce(unauthenticated()))
            }
            StatusClass::Unauthenticated => failed(AuthSuspicion::Unauthenticated, unauthenticated()),
            StatusClass::Denied if is_anonymous_403(&raw.body) => {
                let refused = RequestError::Refused { why: Refusal::Visitor, response: response() };
                failed(AuthSuspicion::Unauthenticated, refused)
            }
            StatusClass::Denied if is_probe => {
                let refused = RequestError::Refused { why: Refusal::Unexplained, response: response() };
                failed(AuthSuspicion::Unauthenticated, refused)
            }
            StatusClass::Denied => failed(AuthSuspicion::None, RequestError::Denied { endpoint }),
            StatusClass::NotFound if is_probe => {
                let what = "status 404 at an endpoint that every Confluence site has".to_owned();
                failed(
                    AuthSuspicion::None,
                    RequestError::NotJson { endpoint, who: NonApiResponder::NoConfluence, what },
                )
            }
            StatusClass::ScopeMissing => failed(AuthSuspicion::None, self.scope_missing(request)),
            StatusClass::NotFound if request.family == ApiFamily::V2 && is_bare_not_found(&raw.body) => {
                failed(AuthSuspicion::BareNotFound, RequestError::NotFound { endpoint })
            }
            StatusClass::NotFound => failed(AuthSuspicion::None, RequestError::NotFound { endpoint }),
            StatusClass::Gone => failed(AuthSuspicion::None, RequestError::Gone { endpoint }),
            StatusClass::Permanent => failed(AuthSuspicion::None, RequestError::Status { status, endpoint, attempts }),
        }
    }

    /// Records that the token lacks the scope for a request.
    fn scope_missing(&self, request: &Request) -> RequestError {
        let endpoint = request.path();
        let named = self.transport.authenticator().tokens().and_then(AccessTokens::scopes);
        let mut seen = locked(&self.shared.scopes);
        seen.refused(request);
        if request.family == ApiFamily::V2 && (named.is_some_and(|names| are_classic(&names)) || seen.look_classic()) {
            return RequestError::ClassicScopes { endpoint };
        }
        RequestError::ScopeMissing { endpoint }
    }

    /// Returns the wait that the server asks for; stops the run if it is longer than allowed (F-06).
    fn within_max_wait(
        &self,
        asked: Option<Duration>,
        limit_headers: &RateLimitHeaders,
    ) -> Result<Option<Duration>, RequestError> {
        match asked {
            Some(wait) if wait > self.waits.after(limit_headers) => {
                let now = limit_headers.server_time.unwrap_or_else(Utc::now);
                let until = chrono::Duration::from_std(wait).ok().and_then(|wait| now.checked_add_signed(wait));
                let error = RequestError::Throttled { wait, until };
                self.transport.stop.set(error.clone());
                Err(error)
            }
            asked => Ok(asked),
        }
    }

    /// Records that all attempts of a request failed; stops the run if too many requests fail in a row (F-05, F-14).
    fn exhausted(&self, error: RequestError) -> RequestError {
        let failures = self.shared.failures_in_a_row.fetch_add(1, Ordering::Relaxed) + 1;
        if failures >= MAX_FAILURES_IN_A_ROW && locked(&self.shared.budget).is_empty() {
            self.transport.stop.set(RequestError::GaveUp { last: error.to_string() });
        }
        error
    }
}

/// Formats a rate: `12`, or `2.5` below 10.
fn format_rate(rate: f64) -> String {
    if rate < 10.0 { format!("{rate:.1}").trim_end_matches(".0").to_owned() } else { format!("{rate:.0}") }
}
