//! One request on its way: sent when its time has come, read within limits, ended when the run is stopped.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{MutexGuard, PoisonError};
use std::time::Duration;

use reqwest::header::ACCEPT;
use reqwest::{RequestBuilder, Response};
use tokio::time::Instant;
use url::Url;

use super::address::SiteAddress;
use super::credentials::Credentials;
use super::error::RequestError;
use super::fault::Fault;
use super::kind::{RequestCounts, RequestKind};
use super::pace::{Pace, Permit, Priority};
use super::request::Request;
use super::settings::{ClientError, ConnectionSettings, Timeouts};
use super::stop::Stop;

/// The connections to one site, and what limits them.
pub(super) struct Transport {
    http: reqwest::Client,
    address: SiteAddress,
    credentials: Credentials,
    /// Largest answer that is read, in decompressed bytes.
    pub(super) max_answer_bytes: usize,
    pub(super) pace: Pace,
    pub(super) stop: Stop,
    requests: Mutex<RequestCounts>,
    /// Whether the site has answered at all.
    reached: AtomicBool,
    /// The proxy on the way, as messages name it.
    proxy: Option<String>,
}

/// What one request came to, with the permit it was sent with.
pub(super) struct Sent<'t, T> {
    pub(super) outcome: T,
    pub(super) at: Instant,
    pub(super) permit: Permit<'t>,
}

/// Locks; a panic elsewhere does not make plain counters unusable.
pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Transport {
    /// Sets up connections; sends nothing.
    pub(super) fn new(settings: ConnectionSettings) -> Result<Self, ClientError> {
        let address = SiteAddress::parse(&settings.base_url)?;
        let http =
            build(&settings.user_agent, &settings.timeouts, address.is_local()).map_err(|error| setup_error(&error))?;
        Ok(Self {
            http,
            address,
            credentials: settings.credentials,
            max_answer_bytes: settings.max_answer_bytes,
            pace: Pace::new(settings.concurrency),
            stop: Stop::new(),
            requests: Mutex::default(),
            reached: AtomicBool::new(false),
            proxy: settings.proxy,
        })
    }

    pub(super) fn address(&self) -> &SiteAddress {
        &self.address
    }

    /// Requests sent so far, by kind, retries included.
    pub(super) fn requests(&self) -> RequestCounts {
        locked(&self.requests).clone()
    }

    /// Whether the site has answered at all.
    pub(super) fn reached(&self) -> bool {
        self.reached.load(Ordering::Relaxed)
    }

    /// Waits for a permit, then lets `exchange` send one request and read its answer. An error is a run that was stopped
    /// before anything was sent.
    pub(super) async fn exchange<T, E: From<RequestError>>(
        &self,
        kind: RequestKind,
        priority: Priority,
        exchange: impl Future<Output = Result<T, E>>,
    ) -> Result<Sent<'_, Result<T, E>>, RequestError> {
        let permit = tokio::select! {
            biased;
            error = self.stop.reached() => return Err(error),
            permit = self.pace.admit(kind, priority) => permit,
        };
        let at = Instant::now();
        locked(&self.requests).add(kind, 1);
        let outcome = tokio::select! {
            biased;
            outcome = exchange => outcome,
            error = self.stop.drained() => Err(error.into()),
        };
        Ok(Sent { outcome, at, permit })
    }

    /// What an error of the HTTP library is.
    pub(super) fn fault(&self, error: &reqwest::Error) -> Fault {
        Fault::of(error).through(self.proxy.as_deref())
    }

    /// The proxy on the way, as messages name it.
    pub(super) fn proxy(&self) -> Option<&str> {
        self.proxy.as_deref()
    }

    /// A request to the site, as a visitor who is not logged in.
    pub(super) fn request(&self, request: &Request) -> RequestBuilder {
        let builder = self.http.request(request.method(), self.address.url(request)).header(ACCEPT, "application/json");
        match &request.accounts {
            Some(ids) => builder.json(&serde_json::json!({"accountIds": ids})),
            None => builder,
        }
    }

    /// The request as the account.
    pub(super) async fn authorized(&self, request: &Request) -> Result<RequestBuilder, RequestError> {
        self.credentials.authorize(self.request(request)).await
    }

    /// A request to another place, without credentials.
    pub(super) fn elsewhere(&self, url: &Url) -> RequestBuilder {
        self.http.get(url.clone())
    }

    /// Sends.
    pub(super) async fn send(&self, request: RequestBuilder) -> reqwest::Result<Response> {
        let response = request.send().await?;
        self.reached.store(true, Ordering::Relaxed);
        Ok(response)
    }
}

/// Reads a body; what is longer than `limit` is cut to it, and told.
pub(super) async fn read(response: &mut Response, limit: usize) -> reqwest::Result<(Vec<u8>, bool)> {
    let mut body = Vec::new();
    // chunk by chunk, so that a decompression bomb never is in memory as a whole
    while let Some(chunk) = response.chunk().await? {
        let room = limit - body.len();
        if chunk.len() > room {
            body.extend_from_slice(&chunk[..room]);
            return Ok((body, true));
        }
        body.extend_from_slice(&chunk);
    }
    Ok((body, false))
}

fn build(user_agent: &str, timeouts: &Timeouts, local: bool) -> reqwest::Result<reqwest::Client> {
    let mut builder = reqwest::Client::builder()
        .user_agent(user_agent)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .tcp_keepalive(Duration::from_secs(30));
    if local {
        // plain http to the own machine must not go through a proxy, which could read the token
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
