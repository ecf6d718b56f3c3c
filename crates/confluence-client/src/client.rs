//! The one way to Confluence: an authenticated request that reads.
//!
//! [`Client`] sends GET, and POST to `users-bulk` alone, so the program cannot change a site. What one request meets on
//! its way is decided below: [`transport`](super::transport) sends it within limits, [`fetch`](super::fetch) tries
//! again. Here is what concerns the whole run: the identity, the counters, the end.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use serde::de::DeserializeOwned;

use super::address::SiteAddress;
use super::answer::Answer;
use super::attempt::{Failure, Suspicion};
use super::download::{self, Fingerprint};
use super::error::RequestError;
use super::fetch::Fetch;
use super::identity::Identity;
use super::inspect::{self, Observed};
use super::kind::{RequestCounts, RequestKind};
use super::model;
use super::pace::Priority;
use super::request::Request;
use super::settings::{ClientError, ConnectionSettings};
use super::transport::{Transport, locked};

/// An authenticated, read-only connection to one site. Shared by reference; all its methods take `&self`.
pub struct Client {
    fetch: Fetch,
    identity: Identity,
    concurrency: usize,
    /// Pages of one list at most.
    pub(crate) max_pages: u32,
    /// Page limits of lists that had trouble with larger ones, by kind of request.
    page_limits: Mutex<BTreeMap<RequestKind, u32>>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("base_url", &self.address().base_url()).finish_non_exhaustive()
    }
}

impl Client {
    /// Sets up connections; sends nothing.
    pub(crate) fn new(settings: ConnectionSettings) -> Result<Self, ClientError> {
        let ConnectionSettings { concurrency, max_wait, max_pages, jitter_seed, .. } = settings;
        Ok(Self {
            fetch: Fetch::new(Transport::new(settings)?, max_wait, jitter_seed),
            identity: Identity::default(),
            concurrency: concurrency.max(1),
            max_pages,
            page_limits: Mutex::default(),
        })
    }

    /// Where requests go.
    pub(crate) fn address(&self) -> &SiteAddress {
        self.fetch.transport.address()
    }

    /// Requests that may be on the way at once.
    pub fn concurrency(&self) -> usize {
        self.concurrency
    }

    /// Requests sent so far, by kind, retries included.
    pub fn requests(&self) -> RequestCounts {
        self.fetch.transport.requests()
    }

    /// Remarks on the answers so far, each once: announced removals, links to foreign hosts.
    pub fn warnings(&self) -> Vec<String> {
        self.fetch.warnings()
    }

    /// Why no further request will be sent, if that is so.
    pub fn stopped(&self) -> Option<RequestError> {
        self.fetch.transport.stop.reason()
    }

    /// Ends the run from outside: no further request is sent, those that wait fail at once.
    pub fn interrupt(&self) {
        self.fetch.transport.stop.set(RequestError::Interrupted);
    }

    /// Sleeps, unless the run is stopped meanwhile.
    pub async fn pause(&self, wait: Duration) -> Result<(), RequestError> {
        self.fetch.transport.stop.pause(wait).await
    }

    /// Who the credentials belong to; fails unless that is a known user.
    pub(crate) async fn identity(&self) -> Result<Answer<model::User>, RequestError> {
        self.identity.ask(&self.fetch).await
    }

    /// From here on everything has to be read as this account: every identity probe asks for it, and while requests go
    /// on, a probe is made every 15 minutes (F-38).
    pub fn expect_account(&self, account: &str) {
        self.identity.expect(account);
    }

    /// One request that reads, decoded.
    ///
    /// An answer that may mean dead credentials is confirmed by an identity probe first: 401, the 403 of a visitor who
    /// is not logged in, and the bare 404 that v2 gives to rejected credentials.
    pub(crate) async fn get<T: DeserializeOwned>(&self, request: &Request) -> Result<Answer<T>, RequestError> {
        self.confirmed(request, || self.fetch.json(request, Priority::Normal)).await
    }

    /// One GET of what need not be there, decoded; `None` is the server's 204. Otherwise as [`Client::get`].
    pub(crate) async fn get_optional<T: DeserializeOwned>(&self, request: &Request) -> Result<Option<T>, RequestError> {
        self.confirmed(request, || self.fetch.optional(request)).await
    }

    /// One GET as the account, judged by nobody.
    pub(crate) async fn observe(&self, request: &Request) -> Result<Observed, RequestError> {
        inspect::observe(&self.fetch, request, true).await
    }

    /// One GET without credentials: what a visitor sees who is not logged in.
    pub(crate) async fn observe_as_visitor(&self, request: &Request) -> Result<Observed, RequestError> {
        inspect::observe(&self.fetch, request, false).await
    }

    /// The size in bytes of the file behind a request for a download.
    pub(crate) async fn measure_download(&self, request: &Request) -> Result<u64, RequestError> {
        download::measure(&self.fetch, request).await
    }

    /// Downloads the file behind a request and keeps nothing but its fingerprint.
    pub(crate) async fn fingerprint(&self, request: &Request) -> Result<Fingerprint, RequestError> {
        download::fingerprint(&self.fetch, request).await
    }

    /// Fetches; where the failure may mean dead credentials, the identity is confirmed first.
    async fn confirmed<T, F>(&self, request: &Request, fetch: impl Fn() -> F) -> Result<T, RequestError>
    where
        F: Future<Output = Result<T, Failure>>,
    {
        self.identity.keep(&self.fetch).await?;
        let failure = match fetch().await {
            Ok(answer) => return Ok(answer),
            Err(failure) => failure,
        };
        match failure.suspicion {
            Suspicion::None => Err(failure.error),
            Suspicion::BareNotFound => {
                self.identity.confirm(&self.fetch, failure.answered_at).await?;
                Err(failure.error)
            }
            Suspicion::Unauthenticated => {
                self.identity.confirm(&self.fetch, failure.answered_at).await?;
                // the account is known, so the refusal is about this endpoint, unless it was a passing one
                fetch().await.map_err(|again| match again.suspicion {
                    Suspicion::Unauthenticated => RequestError::Denied { endpoint: request.path() },
                    _ => again.error,
                })
            }
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
    pub(crate) fn learn_page_limit(&self, kind: RequestKind, limit: u32) {
        locked(&self.page_limits).insert(kind, limit);
    }

    pub(crate) fn warn(&self, text: &str) {
        self.fetch.warn(text);
    }
}
