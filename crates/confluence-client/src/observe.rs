//! Responses with status and rate-limit headers, whatever the status: for `doctor`, which reports refusals instead of
//! failing on them.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chrono::Utc;
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use serde_json::Value;
use tokio::time::Instant;

use super::attempt_error::AttemptError;
use super::error::RequestError;
use super::fetch::{Fetcher, RetryLimits};
use super::rate_limit_headers::RateLimitHeaders;
use super::rate_limiter::Priority;
use super::request::Request;
use super::retry::{MAX_ELAPSED, RetryCause};
use super::transport::read;
use super::transport_error::TransportError;

/// Maximum number of attempts if there is no response, or the server throttles.
const ATTEMPTS: u32 = 3;
/// Pause after throttling if the server does not say how long.
const THROTTLED: Duration = Duration::from_secs(5);

/// Headers by which servers, gateways and proxies say how they work.
const HEADERS_OF_INTEREST: [&str; 28] = [
    "atl-confluence-with-admin-key",
    "atl-traceid",
    "beta-ratelimit",
    "beta-ratelimit-policy",
    "beta-retry-after",
    "cache-control",
    "content-encoding",
    "content-length",
    "deprecation",
    "etag",
    "link",
    "location",
    "ratelimit-reason",
    "retry-after",
    "set-cookie",
    "sunset",
    "transfer-encoding",
    "www-authenticate",
    "x-aaccountid",
    "x-ausername",
    "x-confluence-request-time",
    "x-failure-category",
    "x-ratelimit-fillrate",
    "x-ratelimit-interval-seconds",
    "x-ratelimit-limit",
    "x-ratelimit-nearlimit",
    "x-ratelimit-remaining",
    "x-seraph-loginreason",
];

/// A response, whatever its status.
#[derive(Debug, Clone)]
pub struct ObservedResponse {
    /// HTTP status.
    pub status: u16,
    /// Headers about rate limits, waiting, removal and refusals, by lower-case name.
    pub headers: BTreeMap<String, String>,
    /// Names of all headers that say how the server works, in lower case: none of them is chosen by a site.
    pub header_names: BTreeSet<&'static str>,
    /// Media type of the body, without parameters.
    pub media_type: String,
    /// The body, if it is JSON and was read completely.
    pub json: Option<Value>,
    /// Whether the response is an HTML page, such as a login page or an error page of a servlet container.
    pub html: bool,
    /// Bytes of the body that were read, decompressed: at most `ConnectionSettings::max_response_bytes`.
    pub bytes: usize,
    /// Time from sending the request to the end of the response.
    pub elapsed: Duration,
}

impl ObservedResponse {
    /// Returns whether the response is a 200 with a JSON body.
    pub fn is_json_document(&self) -> bool {
        self.status == 200 && self.json.is_some()
    }

    /// Returns the items of a list; `None` if the response is not a list.
    pub fn results(&self) -> Option<&Vec<Value>> {
        self.json.as_ref().filter(|_| self.status == 200)?.get("results")?.as_array()
    }

    /// Returns whether the list has a next page.
    pub fn has_next(&self) -> bool {
        let next = self.json.as_ref().and_then(|json| json.pointer("/_links/next"));
        next.and_then(Value::as_str).is_some_and(|next| !next.is_empty())
    }

    /// Returns the cursor of the next page; the rest of its link is not used.
    pub fn next_cursor(&self) -> Option<String> {
        let next = self.json.as_ref()?.pointer("/_links/next")?.as_str()?;
        let (_, query) = next.split_once('?')?;
        url::form_urlencoded::parse(query.as_bytes())
            .find(|(name, _)| name == "cursor")
            .map(|(_, value)| value.into_owned())
    }

    /// Returns whether the headers announce the removal of the endpoint.
    pub fn is_deprecated(&self) -> bool {
        self.headers.contains_key("deprecation")
    }
}

/// Sends a GET and returns the response, whatever its status. Retries only without a response, or after the pause that
/// a throttling server asks for.
pub(super) async fn observe(
    fetch: &Fetcher,
    request: &Request,
    logged_in: bool,
) -> Result<ObservedResponse, RequestError> {
    let once = |attempt| observe_once(fetch, request, logged_in, attempt);
    let limits = RetryLimits { tries: ATTEMPTS, longest: MAX_ELAPSED, budgeted: false };
    let settle = |(attempt, observed, wait): (u32, ObservedResponse, Option<Duration>), _| {
        if let Some(wait) = wait
            && observed.status == 429
            && attempt < ATTEMPTS
        {
            let error = RequestError::Status { status: 429, endpoint: request.path(), attempts: attempt };
            return Err(AttemptError::Retry {
                cause: RetryCause::Throttled,
                retry_after: Some(wait),
                gate: None,
                error,
            });
        }
        Ok(observed)
    };
    let observed = fetch.repeat(request.kind, Priority::Normal, limits, once, settle).await;
    observed.map_err(|failure| failure.error)
}

/// Classifies a transport error. An unknown host is final: the configured address may be wrong (F-18).
fn from_transport(transport_error: TransportError, request: &Request, attempt: u32) -> AttemptError {
    match transport_error {
        TransportError::UnknownHost(_) => transport_error.into_error(request.path(), attempt).into(),
        _ => AttemptError::from_transport(transport_error, &request.path(), attempt),
    }
}

/// Makes one attempt; returns its number, the response, and how long the server asks to wait, if the run may.
async fn observe_once(
    fetch: &Fetcher,
    request: &Request,
    logged_in: bool,
    attempt: u32,
) -> Result<(u32, ObservedResponse, Option<Duration>), AttemptError> {
    let transport = &fetch.transport;
    let broken = |error: reqwest::Error| from_transport(transport.classify_error(&error), request, attempt);
    let began = Instant::now();
    let builder = if logged_in {
        transport.authorized(request, fetch.admin_key, attempt).await?.0
    } else {
        transport.request(request)
    };
    let mut response = transport.send(builder).await.map_err(broken)?;
    let status = response.status().as_u16();
    tracing::debug!(method = "GET", path = request.path(), status, "observed");
    let limit_headers = RateLimitHeaders::parse(response.headers(), Utc::now());
    let wait = limit_headers.throttle_wait().unwrap_or(THROTTLED);
    let wait = Some(wait).filter(|wait| *wait <= fetch.waits.after(&limit_headers));
    let headers = about_limits(response.headers());
    let media_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let html = media_type.contains("html");
    let header_names = HEADERS_OF_INTEREST.into_iter().filter(|name| response.headers().contains_key(*name)).collect();
    let (body, is_cut) = read(&mut response, transport.max_response_bytes).await.map_err(broken)?;
    let json = serde_json::from_slice(&body).ok().filter(|_| !html && !is_cut);
    let observed = ObservedResponse {
        status,
        headers,
        header_names,
        media_type,
        json,
        html,
        bytes: body.len(),
        elapsed: began.elapsed(),
    };
    Ok((attempt, observed, wait))
}

/// Returns the headers about limits, removal and refusals; none of them contains a name, an address or a secret.
fn about_limits(headers: &HeaderMap) -> BTreeMap<String, String> {
    let shown = headers.iter().filter(|(name, _)| {
        let name = name.as_str();
        name.contains("ratelimit")
            || name.contains("retry-after")
            || ["deprecation", "sunset", "x-failure-category"].contains(&name)
    });
    shown.filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request_kind::RequestKind;

    #[test]
    fn only_an_unknown_host_fails_at_once_f_18() {
        let request = Request::v2(RequestKind::Doctor, &["pages"]);
        let unknown = from_transport(TransportError::UnknownHost("no such host".to_owned()), &request, 1);
        assert!(matches!(unknown, AttemptError::Final(_)));
        let broken = from_transport(TransportError::Broken("reset".to_owned()), &request, 1);
        assert!(matches!(broken, AttemptError::Retry { .. }));
    }
}
