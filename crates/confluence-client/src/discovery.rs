//! Finds out what an address leads to, without credentials: the kind of Confluence, its context path, and the cloud id.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::Utc;
use reqwest::StatusCode;
use reqwest::header::{ACCEPT, HeaderMap};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use url::Url;

use super::attempt_error::{AttemptError, AuthSuspicion, RequestFailure};
use super::error::RequestError;
use super::fetch::{Fetcher, RetryLimits};
use super::rate_limit_headers::RateLimitHeaders;
use super::rate_limiter::Priority;
use super::refusal::{NonApiResponder, document, is_page_of_servlet_container, non_api_response, redirected};
use super::request_kind::RequestKind;
use super::response::is_json;
use super::retry::RetryCause;
use super::transport::read;
use super::transport_error::TransportError;
use super::written_address::{WrittenAddress, checked_cloud_id};

/// Retry limits: a wrong address should be reported soon.
const LIMITS: RetryLimits = RetryLimits { tries: 3, longest: Duration::from_secs(120), budgeted: false };
/// How much of a response is read.
const MAX_BYTES: usize = 64 << 10;
/// Usual context paths of Data Center.
const USUAL_CONTEXTS: [&str; 3] = ["", "confluence", "wiki"];
/// Headers that only Confluence sends.
const HEADERS_OF_CONFLUENCE: [&str; 3] = ["x-confluence-request-time", "x-seraph-loginreason", "x-asen"];

/// A site of Data Center.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FoundDataCenter {
    /// Segments of its context path.
    pub(super) context: Vec<String>,
    /// Its version, if a visitor may see it.
    pub(super) version: Option<String>,
}

/// A response to a request without credentials.
struct Found {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Found {
    fn json(&self) -> Option<Value> {
        is_json(&self.headers).then(|| serde_json::from_slice(&self.body).ok()).flatten()
    }
}

/// Asks the hosts of a site and of Atlassian what is there.
pub(super) struct Discovery<'f> {
    fetch: &'f Fetcher,
    written: &'f WrittenAddress,
}

impl<'f> Discovery<'f> {
    pub(super) fn new(fetch: &'f Fetcher, written: &'f WrittenAddress) -> Self {
        Self { fetch, written }
    }

    /// Returns the cloud id of the site; `None` if it is not a site of Confluence Cloud.
    pub(super) async fn cloud_id(&self) -> Result<Option<String>, RequestError> {
        let found = self.get(&self.url(&["_edge", "tenant_info"]), None).await?;
        let id = found.json().filter(|_| found.status.is_success());
        let id = id.as_ref().and_then(|json| json.get("cloudId")?.as_str()).map(checked_cloud_id);
        Ok(id.and_then(Result::ok))
    }

    /// Returns the sites that a token opens, as pairs of cloud id and address.
    pub(super) async fn sites_of_token(
        &self,
        gateway: &Url,
        token: &SecretString,
    ) -> Result<Vec<(String, String)>, RequestError> {
        let mut url = gateway.clone();
        url.set_path("/oauth/token/accessible-resources");
        let found = self.get(&url, Some(token)).await?;
        if matches!(found.status.as_u16(), 401 | 403) {
            let response = format!("{} at {}", found.status.as_u16(), url.path());
            return Err(RequestError::Unauthenticated { response });
        }
        let sites = found.json().filter(|_| found.status.is_success());
        let text = |site: &Value, name: &str| Some(site.get(name)?.as_str()?.to_owned());
        let pair = |site: &Value| Some((checked_cloud_id(&text(site, "id")?).ok()?, text(site, "url")?));
        // one entry per product of a site
        let sites: BTreeMap<_, _> =
            sites.as_ref().and_then(Value::as_array).into_iter().flatten().filter_map(pair).collect();
        Ok(sites.into_iter().collect())
    }

    /// Returns where Data Center is at this host; `None` if there is no sign of it. A login page or a redirect instead
    /// of the API is an error.
    pub(super) async fn data_center(&self) -> Result<Option<FoundDataCenter>, RequestError> {
        let (mut instead, mut unversioned) = (None, None);
        for context in self.contexts() {
            let path: Vec<&str> =
                context.iter().map(String::as_str).chain(["rest", "api", "server-information"]).collect();
            let url = self.url(&path);
            let found = self.get(&url, None).await?;
            match sign_of(&found, &url) {
                Sign::Confluence(version) => return Ok(Some(FoundDataCenter { context, version })),
                Sign::Instead(who, what) if instead.is_none() => {
                    let endpoint = format!("/{}", path.join("/"));
                    instead = Some(RequestError::NotJson { endpoint, who, what });
                }
                Sign::WithoutEndpoint if unversioned.is_none() => {
                    unversioned = Some(FoundDataCenter { context, version: None });
                }
                Sign::Instead(..) | Sign::WithoutEndpoint | Sign::None => {}
            }
        }
        if unversioned.is_some() {
            return Ok(unversioned);
        }
        instead.map_or(Ok(None), Err)
    }

    /// Returns the context paths where Confluence may be: as written, above it, and the usual ones.
    fn contexts(&self) -> Vec<Vec<String>> {
        let written = &self.written.context;
        let above = &written[..written.len().saturating_sub(1)];
        let usual = USUAL_CONTEXTS
            .map(|context| context.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect());
        let mut contexts: Vec<Vec<String>> = Vec::new();
        for context in [written.clone(), above.to_vec()].into_iter().chain(usual) {
            if !contexts.contains(&context) {
                contexts.push(context);
            }
        }
        contexts
    }

    fn url(&self, path: &[&str]) -> Url {
        let mut url = self.written.origin.clone();
        url.set_path(&path.join("/"));
        url
    }

    /// Sends a GET without credentials, or with a token for Atlassian's gateway, and returns the response unless it is a
    /// failure of the server.
    async fn get(&self, url: &Url, token: Option<&SecretString>) -> Result<Found, RequestError> {
        let transport = &self.fetch.transport;
        let endpoint = url.path().to_owned();
        let once = async |attempt| {
            let broken = |error: reqwest::Error| match transport.classify_error(&error) {
                failure @ TransportError::UnknownHost(_) => failure.into_error(endpoint.clone(), attempt).into(),
                failure => AttemptError::from_transport(failure, &endpoint, attempt),
            };
            let mut request = transport.elsewhere(url).header(ACCEPT, "application/json");
            if let Some(token) = token {
                request = request.bearer_auth(token.expose_secret());
            }
            let mut response = transport.send(request).await.map_err(broken)?;
            let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
            tracing::debug!(method = "GET", path = url.path(), status = status.as_u16(), "discovery");
            let (body, _) = read(&mut response, MAX_BYTES).await.map_err(broken)?;
            Ok((attempt, Found { status, headers, body }))
        };
        let settle = |(attempt, found): (u32, Found), _| {
            if !found.status.is_server_error() && found.status != StatusCode::TOO_MANY_REQUESTS {
                return Ok(found);
            }
            let status = found.status.as_u16();
            if let Some((who, what)) = non_api_response(found.status, &found.headers, &found.body) {
                return Err(RequestError::NotJson { endpoint: endpoint.clone(), who, what }.into());
            }
            let error = RequestError::Status { status, endpoint: endpoint.clone(), attempts: attempt };
            let limit_headers = RateLimitHeaders::parse(&found.headers, Utc::now());
            let retry_after = limit_headers.throttle_wait();
            if retry_after.is_some_and(|wait| wait > self.fetch.waits.after(&limit_headers)) {
                return Err(AttemptError::Final(RequestFailure::new(error, AuthSuspicion::None)));
            }
            Err(AttemptError::Retry { cause: RetryCause::Transient, retry_after, gate: None, error })
        };
        let found = self.fetch.repeat(RequestKind::SiteDiscovery, Priority::Normal, LIMITS, once, settle).await;
        found.map_err(|failure| failure.error)
    }
}

/// What a response says about a context path.
enum Sign {
    /// Confluence is there, with its version if a visitor may see it.
    Confluence(Option<String>),
    /// Something that may be a version of Confluence without this endpoint.
    WithoutEndpoint,
    /// Something else responded.
    Instead(NonApiResponder, String),
    /// Nothing is there.
    None,
}

fn sign_of(found: &Found, asked: &Url) -> Sign {
    let json = found.json();
    let is_its_own = || {
        let text = String::from_utf8_lossy(&found.body).to_lowercase();
        let has_header = HEADERS_OF_CONFLUENCE.iter().any(|name| found.headers.contains_key(*name));
        json.is_some() || has_header || is_page_of_servlet_container(&text)
    };
    match (found.status.as_u16(), &json) {
        (200, Some(json)) if json.get("version").is_some() || json.get("buildNumber").is_some() => {
            Sign::Confluence(json.get("version").and_then(Value::as_str).map(str::to_owned))
        }
        (401 | 403, _) if is_its_own() => Sign::Confluence(None),
        // older versions do not have this endpoint, and say so in JSON
        (404, Some(json)) if json.get("status-code").is_some() || json.get("statusCode").is_some() => {
            Sign::WithoutEndpoint
        }
        (300..=399, _) => {
            let (who, what) = redirected(&found.headers, asked);
            Sign::Instead(who, what)
        }
        (401 | 403 | 407 | 451 | 511, _) => {
            let (who, what) = non_api_response(found.status, &found.headers, &found.body)
                .unwrap_or_else(|| document(&found.headers, found.status, &found.body));
            Sign::Instead(who, what)
        }
        (200..300, None) => {
            let (who, what) = document(&found.headers, found.status, &found.body);
            Sign::Instead(who, what)
        }
        _ => Sign::None,
    }
}
