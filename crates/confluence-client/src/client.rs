//! The one way to Confluence: an authenticated request that reads.
//!
//! [`Client`] sends GET, and POST to `users-bulk` alone, so the program cannot change a site. Waiting, retrying and giving up are decided
//! here (`reliability-security.md` A3); callers see an answer or a [`RequestError`].

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde::de::DeserializeOwned;
use tokio::sync::watch;
use tokio::time::Instant;

use super::address::{BaseUrlError, SiteAddress};
use super::error::RequestError;
use super::fetch::{Failure, Suspicion};
use super::kind::{RequestCounts, RequestKind};
use super::pace::{Pace, Priority};
use super::request::Request;
use super::retry::{Jitter, RetryBudget};

/// Largest answer that is read, in decompressed bytes (F-25, F-65).
pub const MAX_ANSWER_BYTES: usize = 64 << 20;
/// Pages of one list at most: at 250 items a page, 25 million items.
const MAX_PAGES: u32 = 100_000;
/// Requests that may fail one after the other once the retry budget is empty (F-14).
pub(super) const MAX_FAILURES_IN_A_ROW: u32 = 10;

/// How long requests on the way may still take when the run was stopped.
const DRAIN: Duration = Duration::from_secs(5);

/// Time limits; `None` waits without limit.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// Until the connection stands.
    pub connect: Option<Duration>,
    /// Longest silence while an answer arrives.
    pub read: Option<Duration>,
    /// One request with its answer, from beginning to end.
    pub total: Option<Duration>,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Some(Duration::from_secs(10)),
            read: Some(Duration::from_secs(30)),
            total: Some(Duration::from_secs(120)),
        }
    }
}

impl Timeouts {
    /// No limits at all: for clocks that do not run by themselves.
    pub const NONE: Self = Self { connect: None, read: None, total: None };
}

/// How to reach a site, as whom.
#[derive(Debug, Clone)]
pub struct ConnectionSettings {
    /// Address of the site, with or without `/wiki`.
    pub base_url: String,
    /// E-mail address of the account.
    pub user: String,
    /// API token.
    pub token: SecretString,
    /// `User-Agent` of every request: the program that asks, so that a site's owners can tell it in their logs.
    pub user_agent: String,
    /// Requests on the way at once, at least 1.
    pub concurrency: usize,
    /// Longest pause the server may ask for; beyond it the run stops and says when to come back.
    pub max_wait: Duration,
    /// Time limits of one request.
    pub timeouts: Timeouts,
    /// Largest answer that is read, in decompressed bytes.
    pub max_answer_bytes: usize,
    /// Pages of one list at most (F-48).
    pub max_pages: u32,
    /// Spreads the waits; `None` takes a random one.
    pub jitter_seed: Option<u64>,
}

impl ConnectionSettings {
    /// Settings with the default limits: 8 requests at once, pauses up to 15 minutes.
    pub fn new(base_url: impl Into<String>, user: impl Into<String>, token: SecretString) -> Self {
        Self {
            base_url: base_url.into(),
            user: user.into(),
            token,
            user_agent: concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")).to_owned(),
            concurrency: 8,
            max_wait: Duration::from_secs(15 * 60),
            timeouts: Timeouts::default(),
            max_answer_bytes: MAX_ANSWER_BYTES,
            max_pages: MAX_PAGES,
            jitter_seed: None,
        }
    }
}

/// An answer with what its headers add.
#[derive(Debug)]
pub struct Answer<T> {
    /// The decoded answer.
    pub value: T,
    /// The `Link` header with `rel="next"`: the second source of the next page.
    pub(super) link_next: Option<String>,
    /// The server's clock, from the `Date` header.
    pub server_time: Option<DateTime<Utc>>,
}

/// Why no client could be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// The base URL cannot be used.
    #[error(transparent)]
    BaseUrl(#[from] BaseUrlError),
    /// Connections cannot be set up on this computer.
    #[error(transparent)]
    Setup(#[from] RequestError),
}

impl ClientError {
    /// What to do, one line.
    pub fn remedy(&self) -> String {
        match self {
            Self::BaseUrl(error) => error.remedy(),
            Self::Setup(error) => error.remedy().to_owned(),
        }
    }
}

/// An authenticated, read-only connection to one site. Shared by reference; all its methods take `&self`.
pub struct Client {
    pub(super) http: reqwest::Client,
    pub(super) address: SiteAddress,
    pub(super) user: String,
    pub(super) token: SecretString,
    pub(super) concurrency: usize,
    pub(super) max_wait: Duration,
    pub(super) max_answer_bytes: usize,
    pub(super) max_pages: u32,
    pub(super) pace: Pace,
    pub(super) budget: Mutex<RetryBudget>,
    pub(super) jitter: Mutex<Jitter>,
    /// Whether the site has answered at all.
    pub(super) reached: AtomicBool,
    pub(super) failures_in_a_row: AtomicU32,
    stop: watch::Sender<Option<RequestError>>,
    requests: Mutex<RequestCounts>,
    warnings: Mutex<BTreeSet<String>>,
    /// When the identity probe last began that found everything in order.
    pub(super) known_at: tokio::sync::Mutex<Option<Instant>>,
    /// The account everything has to be read as.
    pub(super) account: OnceLock<String>,
    /// When the identity has to be probed again; `None` before the first probe.
    pub(super) probe_due: Mutex<Option<Instant>>,
    /// Page limits of lists that had trouble with larger ones, by kind of request.
    page_limits: Mutex<BTreeMap<RequestKind, u32>>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("base_url", &self.address.base_url()).finish_non_exhaustive()
    }
}

/// Locks; a panic elsewhere does not make plain counters unusable.
pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Client {
    /// Sets up connections; sends nothing.
    pub fn new(settings: ConnectionSettings) -> Result<Self, ClientError> {
        let address = SiteAddress::parse(&settings.base_url)?;
        let http =
            build(&settings.user_agent, &settings.timeouts, address.is_local()).map_err(|error| setup_error(&error))?;
        let seed = settings.jitter_seed.unwrap_or_else(|| RandomState::new().hash_one(address.base_url()));
        Ok(Self {
            http,
            address,
            user: settings.user,
            token: settings.token,
            concurrency: settings.concurrency.max(1),
            max_wait: settings.max_wait,
            max_answer_bytes: settings.max_answer_bytes,
            max_pages: settings.max_pages,
            pace: Pace::new(settings.concurrency),
            budget: Mutex::new(RetryBudget::new()),
            jitter: Mutex::new(Jitter::new(seed)),
            reached: AtomicBool::new(false),
            failures_in_a_row: AtomicU32::new(0),
            stop: watch::Sender::new(None),
            requests: Mutex::default(),
            warnings: Mutex::default(),
            known_at: tokio::sync::Mutex::new(None),
            account: OnceLock::new(),
            probe_due: Mutex::new(None),
            page_limits: Mutex::default(),
        })
    }

    /// Where requests go.
    pub fn address(&self) -> &SiteAddress {
        &self.address
    }

    /// Requests that may be on the way at once.
    pub fn concurrency(&self) -> usize {
        self.concurrency
    }

    /// Requests sent so far, by kind, retries included.
    pub fn requests(&self) -> RequestCounts {
        locked(&self.requests).clone()
    }

    /// Remarks on the answers so far, each once: announced removals, links to foreign hosts.
    pub fn warnings(&self) -> Vec<String> {
        locked(&self.warnings).iter().cloned().collect()
    }

    /// Why no further request will be sent, if that is so.
    pub fn stopped(&self) -> Option<RequestError> {
        self.stop.borrow().clone()
    }

    /// One request that reads, decoded.
    ///
    /// An answer that may mean dead credentials is confirmed by an identity probe first: 401, the 403 of a visitor who
    /// is not logged in, and the bare 404 that v2 gives to rejected credentials (`confluence-api.md` 5.2).
    pub(crate) async fn get<T: DeserializeOwned>(&self, request: &Request) -> Result<Answer<T>, RequestError> {
        self.confirmed(request, || self.fetch_json(request, Priority::Normal)).await
    }

    /// One GET of what need not be there, decoded; `None` is the server's 204. Otherwise as [`Client::get`].
    pub(crate) async fn get_optional<T: DeserializeOwned>(&self, request: &Request) -> Result<Option<T>, RequestError> {
        self.confirmed(request, || self.fetch_optional(request)).await
    }

    /// Fetches; where the failure may mean dead credentials, the identity is confirmed first.
    async fn confirmed<T, F>(&self, request: &Request, fetch: impl Fn() -> F) -> Result<T, RequestError>
    where
        F: Future<Output = Result<T, Failure>>,
    {
        self.keep_identity().await?;
        let failure = match fetch().await {
            Ok(answer) => return Ok(answer),
            Err(failure) => failure,
        };
        match failure.suspicion {
            Suspicion::None => Err(failure.error),
            Suspicion::BareNotFound => {
                self.confirm_identity(failure.answered_at).await?;
                Err(failure.error)
            }
            Suspicion::Unauthenticated => {
                self.confirm_identity(failure.answered_at).await?;
                // the account is known, so the refusal is about this endpoint, unless it was a passing one
                fetch().await.map_err(|again| match again.suspicion {
                    Suspicion::Unauthenticated => RequestError::Denied { endpoint: request.path() },
                    _ => again.error,
                })
            }
        }
    }

    /// Stops the run: every request from here on fails with `error`. The first reason stays.
    pub(super) fn stop(&self, error: RequestError) {
        self.stop.send_if_modified(|stopped| {
            let first = stopped.is_none();
            if first {
                *stopped = Some(error);
            }
            first
        });
    }

    /// Resolves when the run has been stopped.
    pub(super) async fn until_stopped(&self) -> RequestError {
        let mut receiver = self.stop.subscribe();
        // the sender lives as long as `self`, so the wait cannot fail; a failure would mean: never
        match receiver.wait_for(Option::is_some).await.ok().and_then(|stopped| stopped.clone()) {
            Some(error) => error,
            None => std::future::pending().await,
        }
    }

    /// Resolves when requests on the way have had their time after the run was stopped (F-78).
    pub(super) async fn drained(&self) -> RequestError {
        let error = self.until_stopped().await;
        tokio::time::sleep(DRAIN).await;
        error
    }

    /// Ends the run from outside: no further request is sent, those that wait fail at once.
    pub fn interrupt(&self) {
        self.stop(RequestError::Interrupted);
    }

    /// Sleeps, unless the run is stopped meanwhile.
    pub async fn pause(&self, wait: Duration) -> Result<(), RequestError> {
        tokio::select! {
            biased;
            error = self.until_stopped() => Err(error),
            () = tokio::time::sleep(wait) => Ok(()),
        }
    }

    /// Page limits that lists had to be cut to, by kind of request: those given to
    /// [`Client::remember_page_limits`], and those learned since.
    pub fn page_limits(&self) -> BTreeMap<RequestKind, u32> {
        locked(&self.page_limits).clone()
    }

    /// Begins lists of these kinds with these page limits: larger ones failed in an earlier run.
    pub fn remember_page_limits(&self, limits: BTreeMap<RequestKind, u32>) {
        *locked(&self.page_limits) = limits;
    }

    /// The page limit to begin a list with.
    pub fn page_limit(&self, kind: RequestKind) -> u32 {
        let most = kind.page_limit();
        locked(&self.page_limits).get(&kind).map_or(most, |limit| most.min(*limit)).max(1)
    }

    /// A list got through with this limit, but not with a larger one.
    pub(super) fn learn_page_limit(&self, kind: RequestKind, limit: u32) {
        locked(&self.page_limits).insert(kind, limit);
    }

    pub(super) fn count(&self, kind: RequestKind) {
        locked(&self.requests).add(kind, 1);
    }

    pub(super) fn warn(&self, text: &str) {
        if locked(&self.warnings).insert(text.to_owned()) {
            tracing::warn!("{text}");
        }
    }

    /// One answer was good.
    pub(super) fn succeeded(&self, kind: RequestKind, near_limit: bool) {
        self.failures_in_a_row.store(0, Ordering::Relaxed);
        locked(&self.budget).refund();
        self.pace.answered(kind, near_limit);
    }
}

fn build(user_agent: &str, timeouts: &Timeouts, local: bool) -> reqwest::Result<reqwest::Client> {
    let mut builder = reqwest::Client::builder()
        .user_agent(user_agent)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .tcp_keepalive(Duration::from_secs(30));
    if local {
        // plain http to the own machine must not go through a proxy, which could read the token (S-18)
        builder = builder.no_proxy();
    }
    if let Some(limit) = timeouts.connect {
        builder = builder.connect_timeout(limit);
    }
    if let Some(limit) = timeouts.read {
        builder = builder.read_timeout(limit);
    }
    if let Some(limit) = timeouts.total {
        builder = builder.timeout(limit);
    }
    builder.build()
}

/// Without CA files `reqwest` cannot even be built; its message is in the innermost cause.
fn setup_error(error: &reqwest::Error) -> RequestError {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    RequestError::Setup { cause: cause.to_string() }
}
