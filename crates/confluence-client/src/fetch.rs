//! One answer: send, judge, try again, read within limits, decode.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use chrono::Utc;
use reqwest::StatusCode;
use reqwest::header::LOCATION;
use serde::de::DeserializeOwned;
use tokio::time::Instant;
use url::Url;

use super::answer::{Answer, Raw, check_json, is_bare_not_found, is_json, json_error, link_next, names_a_visitor};
use super::attempt::{AttemptError, Failure, Suspicion};
use super::error::RequestError;
use super::fault::Fault;
use super::kind::RequestKind;
use super::pace::{Gate, Priority};
use super::refusal::{Refusal, Stranger, refusal, said, stranger};
use super::request::{Generation, Request};
use super::retry::{Cause, MAX_ATTEMPTS, MAX_ELAPSED, RetryBudget, Verdict, backoff, judge};
use super::signs::Signs;
use super::transport::{Transport, locked, read};

/// How much of an answer that is no success is read: enough to tell what it is.
const MAX_ERROR_BYTES: usize = 64 << 10;
/// Tries while the site has never answered: a wrong address should be told soon (F-18).
const MAX_FIRST_CONTACTS: u32 = 3;

/// Requests that may fail one after the other once the retry budget is empty (F-14).
const MAX_FAILURES_IN_A_ROW: u32 = 10;

/// How long one request is tried again.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// Tries, the first included.
    pub(super) tries: u32,
    /// Longest time that sending, reading and pausing may take before another try, without the waits the server asks for.
    pub(super) longest: Duration,
    /// Whether the run's budget pays for further tries, and a row of failures ends the run.
    pub(super) budgeted: bool,
}

/// An answer that the run needs.
const NEEDED: Patience = Patience { tries: MAX_ATTEMPTS, longest: MAX_ELAPSED, budgeted: true };

/// Requests with their retries.
pub(super) struct Fetch {
    pub(super) transport: Transport,
    pub(super) max_wait: Duration,
    budget: Mutex<RetryBudget>,
    jitter: Mutex<fastrand::Rng>,
    failures_in_a_row: AtomicU32,
    warnings: Mutex<BTreeSet<String>>,
}

impl Fetch {
    /// `seed` spreads the waits; `None` takes a random one.
    pub(super) fn new(transport: Transport, max_wait: Duration, seed: Option<u64>) -> Self {
        let jitter = seed.map_or_else(fastrand::Rng::new, fastrand::Rng::with_seed);
        Self {
            transport,
            max_wait,
            budget: Mutex::new(RetryBudget::new()),
            jitter: Mutex::new(jitter),
            failures_in_a_row: AtomicU32::new(0),
            warnings: Mutex::default(),
        }
    }

    /// Remarks on the answers so far, each once.
    pub(super) fn warnings(&self) -> Vec<String> {
        locked(&self.warnings).iter().cloned().collect()
    }

    pub(super) fn warn(&self, text: &str) {
        if locked(&self.warnings).insert(text.to_owned()) {
            tracing::warn!("{text}");
        }
    }

    /// One answer was good.
    fn succeeded(&self, kind: RequestKind, near_limit: bool) {
        self.failures_in_a_row.store(0, Ordering::Relaxed);
        locked(&self.budget).refund();
        self.transport.pace.answered(kind, near_limit);
    }

    /// One GET of a JSON document. Urgent ones pass a hold.
    pub(super) async fn json<T: DeserializeOwned>(
        &self,
        request: &Request,
        priority: Priority,
    ) -> Result<Answer<T>, Failure> {
        let asked = self.transport.address().url(request);
        self.fetch(request, priority, |raw| {
            check_json(raw, request, &asked)?;
            let value = serde_json::from_slice(&raw.body).map_err(|error| json_error(&error, raw, request))?;
            Ok(Answer { value, link_next: link_next(&raw.headers), server_time: raw.signs.server_time })
        })
        .await
    }

    /// One GET of a JSON document that need not be there: 204 is `None`, and an answer like any other.
    pub(super) async fn optional<T: DeserializeOwned>(&self, request: &Request) -> Result<Option<T>, Failure> {
        let asked = self.transport.address().url(request);
        self.fetch(request, Priority::Normal, |raw| {
            if raw.status == StatusCode::NO_CONTENT {
                return Ok(None);
            }
            check_json(raw, request, &asked)?;
            serde_json::from_slice(&raw.body).map(Some).map_err(|error| json_error(&error, raw, request))
        })
        .await
    }

    /// One GET that has to answer with a redirect, which is not followed; gives its target.
    pub(super) async fn location(&self, request: &Request) -> Result<Url, Failure> {
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

    /// Sends until an answer can be decoded or no further try is due.
    async fn fetch<T>(
        &self,
        request: &Request,
        priority: Priority,
        decode: impl Fn(&Raw) -> Result<T, AttemptError>,
    ) -> Result<T, Failure> {
        let once = |attempt| self.try_once(request, attempt);
        let settle = |raw: Raw, sent_at| {
            self.classify(request, &raw, sent_at)?;
            let value = decode(&raw)?;
            self.succeeded(request.kind, raw.signs.near_limit);
            Ok(value)
        };
        self.repeat(request.kind, priority, NEEDED, once, settle).await
    }

    /// Tries until `settle` is content with what `once` brought, or no further try is due. `once` is told the number of
    /// the try; `settle` decides while the request still holds its permit.
    pub(super) async fn repeat<R, T, F>(
        &self,
        kind: RequestKind,
        priority: Priority,
        patience: Patience,
        once: impl Fn(u32) -> F,
        settle: impl Fn(R, Instant) -> Result<T, AttemptError>,
    ) -> Result<T, Failure>
    where
        F: Future<Output = Result<R, AttemptError>>,
    {
        let mut attempt = 0;
        let mut working = Duration::ZERO;
        let mut may_retry_once = true;
        loop {
            attempt += 1;
            // on the heap: every future above holds this one
            let sent = self.transport.exchange(kind, priority, Box::pin(once(attempt))).await?;
            let outcome = sent.outcome.and_then(|answer| settle(answer, sent.at));
            drop(sent.permit);
            working += sent.at.elapsed();
            let (cause, retry_after, gate, error) = match outcome {
                Ok(value) => return Ok(value),
                Err(AttemptError::Final(failure)) => return Err(failure),
                Err(AttemptError::RetryOnce(error)) if !may_retry_once => return Err(error.into()),
                Err(AttemptError::RetryOnce(error)) => {
                    may_retry_once = false;
                    (Cause::Transient, None, None, error)
                }
                Err(AttemptError::Retry { cause, retry_after, gate, error }) => (cause, retry_after, gate, error),
            };
            let is_paid = || !patience.budgeted || locked(&self.budget).spend(cause);
            if attempt >= patience.tries || working >= patience.longest || !is_paid() {
                return Err(if patience.budgeted { self.exhausted(error) } else { error }.into());
            }
            let wait = backoff(cause, attempt, retry_after, &mut locked(&self.jitter));
            tracing::debug!(%kind, attempt, wait_ms = wait.as_millis(), %error, "trying again");
            if let Some(gate) = gate {
                self.transport.pace.close(gate, wait);
            } else {
                if retry_after.is_none() {
                    working += wait;
                }
                self.transport.stop.pause(wait).await?;
            }
        }
    }

    /// Sends one request and reads its answer.
    async fn try_once(&self, request: &Request, attempt: u32) -> Result<Raw, AttemptError> {
        let broken = |error: reqwest::Error| self.transport_error(request, &error, attempt);
        let sent = self.transport.send(self.transport.authorized(request).await?).await;
        let mut response = sent.map_err(broken)?;
        let status = response.status();
        tracing::debug!(method = %request.method(), path = request.path(), status = status.as_u16(), attempt, "answer");
        let signs = Signs::read(response.headers(), Utc::now());
        let headers = std::mem::take(response.headers_mut());
        let whole = status.is_success() && is_json(&headers);
        let limit = if whole { self.transport.max_answer_bytes } else { MAX_ERROR_BYTES };
        let (body, is_cut) = read(&mut response, limit).await.map_err(broken)?;
        if whole && is_cut {
            return Err(RequestError::TooLarge { endpoint: request.path(), limit }.into());
        }
        Ok(Raw { attempt, status, headers, signs, body })
    }

    fn transport_error(&self, request: &Request, error: &reqwest::Error, attempt: u32) -> AttemptError {
        let fault = self.transport.fault(error);
        let reached = self.transport.reached();
        let cause = match &fault {
            Fault::Tls(_) => None,
            Fault::UnknownHost(_) if !reached => None,
            Fault::Broken(_) if !reached && attempt >= MAX_FIRST_CONTACTS => None,
            Fault::Timeout(_) => Some(Cause::Timeout),
            Fault::UnknownHost(_) | Fault::Broken(_) => Some(Cause::Transient),
        };
        let error = fault.into_error(request.path(), attempt);
        match cause {
            Some(cause) => AttemptError::Retry { cause, retry_after: None, gate: None, error },
            None => error.into(),
        }
    }

    /// Judges an answer by status and headers; good ones and redirects go on to be decoded.
    fn classify(&self, request: &Request, raw: &Raw, sent_at: Instant) -> Result<(), AttemptError> {
        let endpoint = request.path();
        let (status, attempts) = (raw.status.as_u16(), raw.attempt);
        if raw.signs.deprecated {
            self.warn(&format!("the server announces that the endpoint {endpoint} will be removed"));
        }
        let failed = |suspicion, error| Err(AttemptError::Final(Failure::new(error, suspicion)));
        let answer = || {
            let words = said(&raw.headers, &raw.body).map(|words| format!(": \"{words}\"")).unwrap_or_default();
            format!("{status} at {endpoint}{words}")
        };
        let unauthenticated = || RequestError::Unauthenticated { answer: answer() };
        let verdict = judge(status, &raw.signs);
        if matches!(verdict, Verdict::Throttled | Verdict::Success | Verdict::ScopeMissing) {
            // known already, whatever words they bear
        } else if let Some(why) = refusal(raw.status, &raw.headers, &raw.body) {
            return failed(Suspicion::Unauthenticated, RequestError::Refused { why, answer: answer() });
        } else if let Some((who, mut what)) = stranger(raw.status, &raw.headers, &raw.body) {
            if let Some(proxy) = self.transport.proxy() {
                what = format!("{what}; it may come from the proxy {proxy}");
            }
            return Err(AttemptError::RetryOnce(RequestError::NotJson { endpoint, who, what }));
        }
        // what every account of every site may ask, and so tells of the site and the account as a whole
        let is_probe = request.kind == RequestKind::CurrentUser;
        match verdict {
            Verdict::Success | Verdict::Redirect => Ok(()),
            Verdict::Throttled => {
                let gate = if raw.signs.endpoint_only { Gate::Kind(request.kind) } else { Gate::Site };
                if let Some(rate) = self.transport.pace.throttled(sent_at, gate) {
                    let what = if raw.signs.endpoint_only { request.kind.label() } else { "all" };
                    tracing::warn!("the server asks for {} requests/s ({what})", in_words(rate));
                }
                let retry_after = self.within_max_wait(raw.signs.throttle_wait(), &raw.signs)?;
                let error = RequestError::Status { status, endpoint, attempts };
                Err(AttemptError::Retry { cause: Cause::Throttled, retry_after, gate: Some(gate), error })
            }
            Verdict::Transient => {
                let retry_after = self.within_max_wait(raw.signs.retry_after, &raw.signs)?;
                let gate = retry_after.map(|_| Gate::Kind(request.kind));
                let error = RequestError::Status { status, endpoint, attempts };
                Err(AttemptError::Retry { cause: Cause::Transient, retry_after, gate, error })
            }
            Verdict::Unauthenticated => failed(Suspicion::Unauthenticated, unauthenticated()),
            Verdict::Denied if names_a_visitor(&raw.body) => {
                let refused = RequestError::Refused { why: Refusal::Visitor, answer: answer() };
                failed(Suspicion::Unauthenticated, refused)
            }
            Verdict::Denied if is_probe => {
                let refused = RequestError::Refused { why: Refusal::Unexplained, answer: answer() };
                failed(Suspicion::Unauthenticated, refused)
            }
            Verdict::Denied => failed(Suspicion::None, RequestError::Denied { endpoint }),
            Verdict::NotFound if is_probe => {
                let what = "status 404, where every Confluence knows who asks".to_owned();
                failed(Suspicion::None, RequestError::NotJson { endpoint, who: Stranger::NoConfluence, what })
            }
            Verdict::ScopeMissing => failed(Suspicion::None, RequestError::ScopeMissing { endpoint }),
            Verdict::NotFound if request.generation == Generation::V2 && is_bare_not_found(&raw.body) => {
                failed(Suspicion::BareNotFound, RequestError::NotFound { endpoint })
            }
            Verdict::NotFound => failed(Suspicion::None, RequestError::NotFound { endpoint }),
            Verdict::Gone => failed(Suspicion::None, RequestError::Gone { endpoint }),
            Verdict::Permanent => failed(Suspicion::None, RequestError::Status { status, endpoint, attempts }),
        }
    }

    /// The wait the server asks for, unless it is longer than the run may pause: then the run stops (F-06).
    fn within_max_wait(&self, asked: Option<Duration>, signs: &Signs) -> Result<Option<Duration>, RequestError> {
        match asked {
            Some(wait) if wait > self.max_wait => {
                let now = signs.server_time.unwrap_or_else(Utc::now);
                let until = chrono::Duration::from_std(wait).ok().and_then(|wait| now.checked_add_signed(wait));
                let error = RequestError::Throttled { wait, until };
                self.transport.stop.set(error.clone());
                Err(error)
            }
            asked => Ok(asked),
        }
    }

    /// All tries of one request failed; when that happens again and again, the run gives up (F-05, F-14).
    fn exhausted(&self, error: RequestError) -> RequestError {
        let failures = self.failures_in_a_row.fetch_add(1, Ordering::Relaxed) + 1;
        if failures >= MAX_FAILURES_IN_A_ROW && locked(&self.budget).is_empty() {
            self.transport.stop.set(RequestError::GaveUp { last: error.to_string() });
        }
        error
    }
}

/// A rate as people say it: `12`, or `2.5` where it is slow.
fn in_words(rate: f64) -> String {
    if rate < 10.0 { format!("{rate:.1}").trim_end_matches(".0").to_owned() } else { format!("{rate:.0}") }
}
