//! Responses, and checks of their headers and bodies.

use chrono::{DateTime, Utc};
use reqwest::StatusCode;
use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, LINK, TRANSFER_ENCODING};
use url::Url;

use super::attempt_error::AttemptError;
use super::error::RequestError;
use super::rate_limit_headers::RateLimitHeaders;
use super::refusal::{document, redirected};
use super::request::Request;
use super::retry::RetryCause;
use super::transport_error::TransportError;

/// A decoded response.
#[derive(Debug)]
pub struct ApiResponse<T> {
    /// The decoded body.
    pub value: T,
    /// The target of `rel="next"` in the `Link` header: a second source for the next page of results.
    pub(crate) link_next: Option<String>,
    /// The server's clock, from the `Date` header.
    pub server_time: Option<DateTime<Utc>>,
}

/// A response as received.
pub(super) struct RawResponse {
    /// The number of the attempt.
    pub(super) attempt: u32,
    /// The number of the access token that was sent, if any.
    pub(super) token: Option<u64>,
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) limit_headers: RateLimitHeaders,
    pub(super) body: Vec<u8>,
}

pub(super) fn is_json(headers: &HeaderMap) -> bool {
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    media_type == "application/json" || (media_type.starts_with("application/") && media_type.ends_with("+json"))
}

/// Refuses redirects, login pages and other documents that are not responses of the API (F-33, F-34, F-43). `url` is
/// the address of the request.
pub(super) fn check_json(raw: &RawResponse, request: &Request, url: &Url) -> Result<(), AttemptError> {
    let endpoint = request.path();
    if raw.status.is_redirection() {
        let (who, what) = redirected(&raw.headers, url);
        return Err(RequestError::NotJson { endpoint, who, what }.into());
    }
    if is_json(&raw.headers) {
        return Ok(());
    }
    let (who, what) = document(&raw.headers, raw.status, &raw.body);
    Err(AttemptError::RetryOnce(RequestError::NotJson { endpoint, who, what }))
}

/// Decides whether a JSON error is worth further attempts.
///
/// A body that is delimited by the end of the connection may have been cut without an HTTP error (F-22), so it counts
/// as a broken transfer. With a length or chunks the transfer was complete, so one more attempt is enough (F-23).
pub(super) fn json_error(error: &serde_json::Error, raw: &RawResponse, request: &Request) -> AttemptError {
    let endpoint = request.path();
    let framed = raw.headers.contains_key(CONTENT_LENGTH) || raw.headers.contains_key(TRANSFER_ENCODING);
    if error.is_eof() && !framed {
        let error = TransportError::Broken("the response ends too early".to_owned()).into_error(endpoint, raw.attempt);
        return AttemptError::Retry { cause: RetryCause::Transient, retry_after: None, gate: None, error };
    }
    AttemptError::RetryOnce(RequestError::Shape { endpoint, what: error.to_string() })
}

/// Returns whether a body is that of the 403 that Cloud sends to anonymous visitors, whatever credentials were sent.
pub(super) fn is_anonymous_403(body: &[u8]) -> bool {
    String::from_utf8_lossy(body).contains("caller cannot access Confluence")
}

/// Returns whether a v2 404 does not name what is missing: rejected credentials get such a response. For a missing
/// item, the response names its id.
pub(super) fn is_bare_not_found(body: &[u8]) -> bool {
    #[derive(serde::Deserialize)]
    struct Errors {
        errors: Vec<ApiError>,
    }
    #[derive(serde::Deserialize)]
    struct ApiError {
        title: Option<String>,
        detail: Option<String>,
    }
    serde_json::from_slice::<Errors>(body).is_ok_and(|document| {
        document.errors.iter().all(|error| {
            error.detail.is_none() && error.title.as_deref().is_none_or(|title| title.eq_ignore_ascii_case("not found"))
        })
    })
}

/// Returns the target of `rel="next"` in the `Link` header.
pub(super) fn link_next(headers: &HeaderMap) -> Option<String> {
    headers.get_all(LINK).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')).find_map(
        |link| {
            let (target, parameters) = link.trim().strip_prefix('<')?.split_once('>')?;
            let next = parameters.split(';').map(|parameter| parameter.trim().replace(' ', ""));
            next.into_iter()
                .any(|parameter| parameter == "rel=\"next\"" || parameter == "rel=next")
                .then(|| target.to_owned())
        },
    )
}
