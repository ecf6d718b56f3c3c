//! HTTP client: authenticated, read-only requests to one Confluence site.
//!
//! [`Client`] sends GET, and POST to `users-bulk` only, so the program cannot change a site. Below it,
//! [`transport`](super::transport) sends one request within limits, and [`fetch`](super::fetch) retries. This module
//! holds what concerns the entire run: identity, counters and stopping.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde::de::DeserializeOwned;

use super::access_token::AccessTokens;
use super::address::SiteAddress;
use super::attempt_error::{AuthSuspicion, RequestFailure};
use super::data_center;
use super::deployment::Deployment;
use super::download::{self, Fingerprint};
use super::error::RequestError;
use super::fetch::Fetcher;
use super::identity::Identity;
use super::model;
use super::observe::{self, ObservedResponse};
use super::parameters::{Bodies, ListOrder};
use super::rate_limiter::Priority;
use super::request::Request;
use super::request_kind::{RequestCounts, RequestKind};
use super::response::ApiResponse;
use super::retry::WaitLimits;
use super::settings::{ClientError, ConnectionSettings};
use super::transport::{Transport, locked};

/// An authenticated, read-only connection to one site. All methods take `&self`, so it can be shared.
pub struct Client {
    fetch: Fetcher,
    identity: Arc<Identity>,
    concurrency: usize,
    /// Maximum number of pages of one list.
    pub(crate) max_pages: u32,
    /// Page limits of lists whose larger pages failed, by kind of request.
    page_limits: Arc<Mutex<BTreeMap<RequestKind, u32>>>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("base_url", &self.address().base_url()).finish_non_exhaustive()
    }
}

impl Client {
    /// Sets up connections; sends nothing.
    pub(crate) fn new(settings: &ConnectionSettings) -> Result<Self, ClientError> {
        Ok(Self::over(Transport::new(settings)?, settings))
    }

    /// Returns a client that uses these connections.
    pub(super) fn over(transport: Transport, settings: &ConnectionSettings) -> Self {
        Self {
            fetch: Fetcher::new(transport, WaitLimits::of(settings), settings.jitter_seed),
            identity: Arc::default(),
            concurrency: settings.concurrency.max(1),
            max_pages: settings.max_pages,
            page_limits: Arc::default(),
        }
    }

    /// Returns a client that shares everything with this one, and never uses the administrator's key.
    pub(crate) fn without_admin_key(&self) -> Self {
        Self {
            fetch: self.fetch.without_admin_key(),
            identity: Arc::clone(&self.identity),
            concurrency: self.concurrency,
            max_pages: self.max_pages,
            page_limits: Arc::clone(&self.page_limits),
        }
    }

    /// Returns the hosts that see a secret: that of the requests, and that which issues access tokens.
    pub(super) fn hosts_with_secrets(&self) -> Vec<String> {
        let transport = &self.fetch.transport;
        let tokens = transport.authenticator().tokens().map(AccessTokens::host);
        let mut hosts: Vec<String> =
            std::iter::once(transport.address().api_host()).chain(tokens).map(str::to_owned).collect();
        hosts.dedup();
        hosts
    }

    /// Returns the kind of the site.
    pub(crate) fn deployment(&self) -> Deployment {
        self.fetch.transport.deployment()
    }

    /// Returns the address of the site.
    pub(crate) fn address(&self) -> &SiteAddress {
        self.fetch.transport.address()
    }

    /// Returns the maximum number of concurrent requests.
    pub fn concurrency(&self) -> usize {
        self.concurrency
    }

    /// Returns the numbers of requests sent so far by kind, including retries.
    pub fn requests(&self) -> RequestCounts {
        self.fetch.transport.requests()
    }

    /// Returns the warnings about responses so far, each once: announced removals, links to foreign hosts.
    pub fn warnings(&self) -> Vec<String> {
        self.fetch.warnings()
    }

    /// Returns whether requests use the administrator's key.
    pub(crate) fn uses_admin_key(&self) -> bool {
        self.fetch.admin_key && self.fetch.transport.uses_admin_key()
    }

    /// Returns the granular scopes that the token lacked so far, by name; see [`scopes`](crate::scopes) for their cost.
    pub fn missing_scopes(&self) -> BTreeSet<&'static str> {
        self.fetch.missing_scopes()
    }

    /// Returns why the run was stopped; `None` while requests may be sent.
    pub fn stopped(&self) -> Option<RequestError> {
        self.fetch.transport.stop.reason()
    }

    /// Stops the run: no further request is sent, and waiting requests fail at once.
    pub fn interrupt(&self) {
        self.stop(RequestError::Interrupted);
    }

    /// Stops the run for a reason that a request cannot show, such as that the administrator's key has ended.
    pub fn stop(&self, reason: RequestError) {
        self.fetch.transport.stop.set(reason);
    }

    /// Sleeps; fails at once if the run is stopped meanwhile.
    pub async fn pause(&self, wait: Duration) -> Result<(), RequestError> {
        self.fetch.transport.stop.pause(wait).await
    }

    /// Returns the user of the credentials; fails unless it is a known user. The first call after a connection was made
    /// returns the response by which it was made.
    pub(crate) async fn identity(&self) -> Result<ApiResponse<model::User>, RequestError> {
        match self.identity.take_first() {
            Some(first) => Ok(first),
            None => self.identity.ask(&self.fetch).await,
        }
    }

    /// Keeps a response for the first call of [`Client::identity`].
    pub(super) fn keep_identity(&self, response: ApiResponse<model::User>) {
        self.identity.keep_first(response);
    }

    /// Sets the account that the rest of the run has to read as: every identity probe checks it, and while requests are
    /// sent, a probe is made every 15 minutes (F-38).
    pub fn expect_account(&self, account: &str) {
        self.identity.expect(account);
    }

    /// Sends a request and decodes the response.
    ///
    /// A response that may mean invalid credentials is first confirmed by an identity probe: a 401, the 403 for
    /// anonymous visitors, and the 404 without details that v2 sends for rejected credentials.
    pub(crate) async fn get<T: DeserializeOwned>(&self, request: &Request) -> Result<ApiResponse<T>, RequestError> {
        self.confirmed(request, || self.fetch.json(request, Priority::Normal)).await
    }

    /// Sends a request for something optional; the server's 204 returns `None`. Otherwise like [`Client::get`].
    pub(crate) async fn get_optional<T: DeserializeOwned>(&self, request: &Request) -> Result<Option<T>, RequestError> {
        self.confirmed(request, || self.fetch.optional(request)).await
    }

    /// Sends a GET as the account and returns the response, whatever its status.
    pub(crate) async fn observe(&self, request: &Request) -> Result<ObservedResponse, RequestError> {
        observe::observe(&self.fetch, request, true).await
    }

    /// Sends a GET without credentials and returns what an anonymous visitor gets.
    pub(crate) async fn observe_as_visitor(&self, request: &Request) -> Result<ObservedResponse, RequestError> {
        observe::observe(&self.fetch, request, false).await
    }

    /// Returns the size in bytes of the file that a download request leads to.
    pub(crate) async fn measure_download(&self, request: &Request) -> Result<u64, RequestError> {
        download::measure(&self.fetch, request).await
    }

    /// Downloads the file that a request leads to and keeps only its fingerprint.
    pub(crate) async fn fingerprint(&self, request: &Request) -> Result<Fingerprint, RequestError> {
        download::fingerprint(&self.fetch, request).await
    }

    /// Returns the size in bytes of the file at a path that the site itself serves.
    pub(crate) async fn measure_own_download(&self, kind: RequestKind, path: &str) -> Result<u64, RequestError> {
        download::measure_own(&self.fetch, kind, path).await
    }

    /// Downloads the file at a path that the site itself serves and keeps only its fingerprint.
    pub(crate) async fn own_fingerprint(&self, kind: RequestKind, path: &str) -> Result<Fingerprint, RequestError> {
        download::own_fingerprint(&self.fetch, kind, path).await
    }

    /// Fetches; if a failure may mean invalid credentials, the identity is confirmed first.
    async fn confirmed<T, F>(&self, request: &Request, fetch: impl Fn() -> F) -> Result<T, RequestError>
    where
        F: Future<Output = Result<T, RequestFailure>>,
    {
        self.identity.keep(&self.fetch).await?;
        let failure = match fetch().await {
            Ok(value) => return Ok(value),
            Err(failure) => failure,
        };
        match failure.suspicion {
            AuthSuspicion::None => Err(failure.error),
            AuthSuspicion::BareNotFound => {
                self.identity.confirm(&self.fetch, failure.failed_at).await?;
                Err(failure.error)
            }
            AuthSuspicion::Unauthenticated => {
                self.identity.confirm(&self.fetch, failure.failed_at).await?;
                // the account is valid, so the refusal is about this endpoint, unless it was transient
                fetch().await.map_err(|again| match again.suspicion {
                    AuthSuspicion::Unauthenticated => RequestError::Denied { endpoint: request.path() },
                    _ => again.error,
                })
            }
        }
    }

    /// Returns the reduced page limits by kind of request: those given to [`Client::remember_page_limits`], and those
    /// learned since.
    pub fn page_limits(&self) -> BTreeMap<RequestKind, u32> {
        locked(&self.page_limits).clone()
    }

    /// Sets page limits with which lists of these kinds begin: larger pages failed in an earlier run.
    pub fn remember_page_limits(&self, limits: BTreeMap<RequestKind, u32>) {
        *locked(&self.page_limits) = limits;
    }

    /// Returns the page limit with which a list begins; of the one with bodies, if there are both.
    pub fn page_limit(&self, kind: RequestKind) -> u32 {
        let most = if self.deployment().is_cloud() { kind.page_limit() } else { data_center::page_limit(kind) };
        locked(&self.page_limits).get(&kind).map_or(most, |limit| most.min(*limit)).max(1)
    }

    /// Returns the page limit with which a list begins that is read with or without bodies and in this order. On Cloud,
    /// neither makes a difference.
    pub fn page_limit_of(&self, kind: RequestKind, bodies: Bodies, order: ListOrder) -> u32 {
        let limit = self.page_limit(kind);
        if self.deployment().is_cloud() {
            return limit;
        }
        let expanded = self.page_limit(RequestKind::Attachments);
        data_center::page_limit_of(kind, (limit, expanded), bodies, order)
    }

    /// Records that a list succeeded with this limit but not with a larger one.
    pub(crate) fn learn_page_limit(&self, kind: RequestKind, limit: u32) {
        locked(&self.page_limits).insert(kind, limit);
    }

    pub(crate) fn warn(&self, text: &str) {
        self.fetch.warn(text);
    }
}
