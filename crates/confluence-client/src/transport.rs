//! Transport: sends one request when the rate limiter allows it, reads the response within limits, and aborts when the
//! run is stopped.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use reqwest::header::ACCEPT;
use reqwest::{RequestBuilder, Response};
use tokio::time::Instant;
use url::Url;

use super::access_token::{AccessTokens, TokenEncoding};
use super::address::SiteAddress;
use super::attempt_error::AttemptError;
use super::credentials::{Authenticator, Credentials};
use super::deployment::Deployment;
use super::error::RequestError;
use super::rate_limiter::{Permit, Priority, RateLimiter};
use super::request::Request;
use super::request_kind::{RequestCounts, RequestKind};
use super::settings::{ClientError, ConnectionSettings, Timeouts};
use super::stop::StopSignal;
use super::transport_error::TransportError;
use super::written_address::{BaseUrlError, checked_origin};

/// The header with which requests use the administrator's key.
const ADMIN_KEY: &str = "atl-confluence-with-admin-key";

/// The connections to one site and their limits.
pub(super) struct Transport {
    http: reqwest::Client,
    address: SiteAddress,
    deployment: Deployment,
    authenticator: Arc<Authenticator>,
    /// Whether requests with credentials may use the administrator's key.
    admin_key: bool,
    /// Size limit of a response, in decompressed bytes.
    pub(super) max_response_bytes: usize,
    pub(super) limiter: RateLimiter,
    pub(super) stop: StopSignal,
    requests: Arc<Mutex<RequestCounts>>,
    /// Whether the site has ever responded.
    reached: AtomicBool,
    /// Description of the proxy for messages.
    proxy: Option<String>,
}

/// The result of one request, with its permit.
pub(super) struct SentRequest<'t, T> {
    pub(super) outcome: T,
    pub(super) at: Instant,
    pub(super) permit: Permit<'t>,
}

/// Locks, ignoring poisoning: after a panic elsewhere, plain counters are still usable.
pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Transport {
    /// Sets up connections to the site that the settings name; sends nothing.
    pub(super) fn new(settings: &ConnectionSettings) -> Result<Self, ClientError> {
        let address = SiteAddress::of(settings)?;
        let deployment = settings.deployment.unwrap_or_default();
        Self::to(settings, address, deployment)
    }

    /// Sets up connections to a site; sends nothing.
    pub(super) fn to(
        settings: &ConnectionSettings,
        address: SiteAddress,
        deployment: Deployment,
    ) -> Result<Self, ClientError> {
        let http =
            build(&settings.user_agent, &settings.timeouts, address.is_local()).map_err(|error| setup_error(&error))?;
        let requests = Arc::default();
        // through the gateway, restricted content would be missing without a word
        let admin_key = settings.admin_key && deployment == Deployment::Cloud && !address.is_gateway();
        let authenticator = Arc::new(authenticator(settings, &address, deployment, &http, &requests)?);
        Ok(Self {
            http,
            address,
            deployment,
            authenticator,
            admin_key,
            max_response_bytes: settings.max_response_bytes,
            limiter: RateLimiter::new(settings.concurrency),
            stop: StopSignal::new(),
            requests,
            reached: AtomicBool::new(false),
            proxy: settings.proxy.clone(),
        })
    }

    /// Sets up connections that continue to count the requests of `earlier` ones, and on Cloud use their access token.
    pub(super) fn after(
        earlier: &Self,
        settings: &ConnectionSettings,
        address: SiteAddress,
        deployment: Deployment,
    ) -> Result<Self, ClientError> {
        let requests = Arc::clone(&earlier.requests);
        let authenticator = if deployment.is_cloud() {
            Arc::clone(&earlier.authenticator)
        } else {
            Arc::new(authenticator(settings, &address, deployment, &earlier.http, &requests)?)
        };
        Ok(Self { authenticator, requests, ..Self::to(settings, address, deployment)? })
    }

    /// Counts the requests of one kind so far as those of another.
    pub(super) fn recount(&self, from: RequestKind, to: RequestKind) {
        locked(&self.requests).recount(from, to);
    }

    /// Returns whether the settings say that requests use the administrator's key, and the site knows it.
    pub(super) fn uses_admin_key(&self) -> bool {
        self.admin_key
    }

    /// Returns what adds the credentials.
    pub(super) fn authenticator(&self) -> &Authenticator {
        &self.authenticator
    }

    pub(super) fn deployment(&self) -> Deployment {
        self.deployment
    }

    pub(super) fn address(&self) -> &SiteAddress {
        &self.address
    }

    /// Returns the numbers of requests sent so far by kind, including retries.
    pub(super) fn requests(&self) -> RequestCounts {
        locked(&self.requests).clone()
    }

    /// Returns whether the site has ever responded.
    pub(super) fn reached(&self) -> bool {
        self.reached.load(Ordering::Relaxed)
    }

    /// Waits for a permit, then runs `exchange`, which sends one request and reads its response. An error means that
    /// the run was stopped before anything was sent.
    pub(super) async fn exchange<T, E: From<RequestError>>(
        &self,
        kind: RequestKind,
        priority: Priority,
        exchange: impl Future<Output = Result<T, E>>,
    ) -> Result<SentRequest<'_, Result<T, E>>, RequestError> {
        let permit = tokio::select! {
            biased;
            error = self.stop.reached() => return Err(error),
            permit = self.limiter.admit(kind, priority) => permit,
        };
        let at = Instant::now();
        locked(&self.requests).add(kind, 1);
        let outcome = tokio::select! {
            biased;
            outcome = exchange => outcome,
            error = self.stop.drained() => Err(error.into()),
        };
        Ok(SentRequest { outcome, at, permit })
    }

    /// Classifies an error of the HTTP library.
    pub(super) fn classify_error(&self, error: &reqwest::Error) -> TransportError {
        TransportError::classify(error).through(self.proxy.as_deref())
    }

    /// Returns the description of the proxy for messages.
    pub(super) fn proxy(&self) -> Option<&str> {
        self.proxy.as_deref()
    }

    /// Builds a request to the site without credentials.
    pub(super) fn request(&self, request: &Request) -> RequestBuilder {
        let builder = self.http.request(request.method(), self.address.url(request)).header(ACCEPT, "application/json");
        match &request.accounts {
            Some(ids) => builder.json(&serde_json::json!({"accountIds": ids})),
            None => builder,
        }
    }

    /// Builds a request to the site with credentials, and with the administrator's key if `admin_key` and the settings
    /// say so. Returns also the number of the access token, if any.
    pub(super) async fn authorized(
        &self,
        request: &Request,
        admin_key: bool,
        attempt: u32,
    ) -> Result<(RequestBuilder, Option<u64>), AttemptError> {
        let mut builder = self.request(request);
        if admin_key && self.admin_key {
            builder = builder.header(ADMIN_KEY, "true");
        }
        self.authenticator.authorize(builder, attempt).await
    }

    /// Builds a request with credentials for a file of the site, by the path that the site returned. Fails unless the
    /// path stays on the site.
    pub(super) async fn authorized_file(&self, path: &str, attempt: u32) -> Result<RequestBuilder, AttemptError> {
        let url = self.address.own_path(path).ok_or_else(|| RequestError::Shape {
            endpoint: "a file download".to_owned(),
            what: "the path of the file does not stay on the site".to_owned(),
        })?;
        Ok(self.authenticator.authorize(self.http.get(url), attempt).await?.0)
    }

    /// Builds a request to another host, without credentials.
    pub(super) fn elsewhere(&self, url: &Url) -> RequestBuilder {
        self.http.get(url.clone())
    }

    /// Sends a request and records that the site has responded.
    pub(super) async fn send(&self, request: RequestBuilder) -> reqwest::Result<Response> {
        let response = request.send().await?;
        self.reached.store(true, Ordering::Relaxed);
        Ok(response)
    }
}

fn authenticator(
    settings: &ConnectionSettings,
    address: &SiteAddress,
    deployment: Deployment,
    http: &reqwest::Client,
    counts: &Arc<Mutex<RequestCounts>>,
) -> Result<Authenticator, BaseUrlError> {
    Ok(match settings.credentials.clone() {
        Credentials::ClientCredentials { id, secret } => {
            let (endpoint, encoding) = token_endpoint(settings, address, deployment)?;
            let (http, counts, proxy) = (http.clone(), Arc::clone(counts), settings.proxy.clone());
            Authenticator::Renewed(Box::new(AccessTokens::new(http, endpoint, encoding, (id, secret), proxy, counts)))
        }
        credentials => Authenticator::Fixed(credentials),
    })
}

/// Returns where the access tokens of a site are issued.
fn token_endpoint(
    settings: &ConnectionSettings,
    address: &SiteAddress,
    deployment: Deployment,
) -> Result<(Url, TokenEncoding), BaseUrlError> {
    if deployment == Deployment::DataCenter {
        let endpoint = format!("{}/rest/oauth2/latest/token", address.api_url());
        return Ok((Url::parse(&endpoint).map_err(|_| BaseUrlError::NotAUrl)?, TokenEncoding::Form));
    }
    let mut endpoint = checked_origin(&settings.atlassian.auth)?;
    endpoint.set_path("/oauth/token");
    Ok((endpoint, TokenEncoding::Json))
}

/// Reads a body up to `limit` bytes; returns whether it was longer.
pub(super) async fn read(response: &mut Response, limit: usize) -> reqwest::Result<(Vec<u8>, bool)> {
    let mut body = Vec::new();
    // chunk by chunk, so that a decompression bomb is never completely in memory
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
        // http to this computer must not go through a proxy, which could read the token
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

/// Converts an error of building the HTTP client, for example without CA files; the message is in the innermost cause.
fn setup_error(error: &reqwest::Error) -> RequestError {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    RequestError::Setup { cause: cause.to_string() }
}
