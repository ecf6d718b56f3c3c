//! An answer as it arrived, and what its headers and its body tell.

use chrono::{DateTime, Utc};
use reqwest::StatusCode;
use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, LINK, TRANSFER_ENCODING};
use url::Url;

use super::attempt::AttemptError;
use super::error::RequestError;
use super::fault::Fault;
use super::refusal::{document, redirected};
use super::request::Request;
use super::retry::Cause;
use super::signs::Signs;

/// An answer with what its headers add.
#[derive(Debug)]
pub struct Answer<T> {
    /// The decoded answer.
    pub value: T,
    /// The `Link` header with `rel="next"`: the second source of the next page.
    pub(crate) link_next: Option<String>,
    /// The server's clock, from the `Date` header.
    pub server_time: Option<DateTime<Utc>>,
}

/// One answer as it arrived.
pub(super) struct Raw {
    /// The number of the try that it answered.
    pub(super) attempt: u32,
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) signs: Signs,
    pub(super) body: Vec<u8>,
}

pub(super) fn is_json(headers: &HeaderMap) -> bool {
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    media_type == "application/json" || (media_type.starts_with("application/") && media_type.ends_with("+json"))
}

/// Refuses redirects, login pages and other documents that are no answer of the API (F-33, F-34, F-43). `asked` is the
/// address that was asked.
pub(super) fn check_json(raw: &Raw, request: &Request, asked: &Url) -> Result<(), AttemptError> {
    let endpoint = request.path();
    if raw.status.is_redirection() {
        let (who, what) = redirected(&raw.headers, asked);
        return Err(RequestError::NotJson { endpoint, who, what }.into());
    }
    if is_json(&raw.headers) {
        return Ok(());
    }
    let (who, what) = document(&raw.headers, raw.status, &raw.body);
    Err(AttemptError::RetryOnce(RequestError::NotJson { endpoint, who, what }))
}

/// What a JSON error means for further tries.
///
/// A body delimited by the end of the connection may have been cut without any HTTP error (F-22): as a broken
/// transfer. With a length or chunks the transfer was whole, so one more try is enough (F-23).
pub(super) fn json_error(error: &serde_json::Error, raw: &Raw, request: &Request) -> AttemptError {
    let endpoint = request.path();
    let framed = raw.headers.contains_key(CONTENT_LENGTH) || raw.headers.contains_key(TRANSFER_ENCODING);
    if error.is_eof() && !framed {
        let error = Fault::Broken("the answer ends too early".to_owned()).into_error(endpoint, raw.attempt);
        return AttemptError::Retry { cause: Cause::Transient, retry_after: None, gate: None, error };
    }
    AttemptError::RetryOnce(RequestError::Shape { endpoint, what: error.to_string() })
}

/// The 403 that Cloud gives to a visitor who is not logged in, whatever credentials were sent.
pub(super) fn names_a_visitor(body: &[u8]) -> bool {
    String::from_utf8_lossy(body).contains("caller cannot access Confluence")
}

/// Whether a v2 404 names nothing: that is what rejected credentials get. A real one names the missing id.
pub(super) fn is_bare_not_found(body: &[u8]) -> bool {
    #[derive(serde::Deserialize)]
    struct Errors {
        errors: Vec<One>,
    }
    #[derive(serde::Deserialize)]
    struct One {
        title: Option<String>,
        detail: Option<String>,
    }
    serde_json::from_slice::<Errors>(body).is_ok_and(|document| {
        document.errors.iter().all(|error| {
            error.detail.is_none() && error.title.as_deref().is_none_or(|title| title.eq_ignore_ascii_case("not found"))
        })
    })
}

/// The target of `rel="next"` in the `Link` header.
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
