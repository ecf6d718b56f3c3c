//! Answers as they come, with their status and the headers that tell about limits: for `doctor`, which wants to see
//! refusals rather than be stopped by them.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::Utc;
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use serde_json::Value;
use tokio::time::Instant;

use super::attempt::AttemptError;
use super::error::RequestError;
use super::fault::Fault;
use super::fetch::{Fetch, Patience};
use super::pace::Priority;
use super::request::Request;
use super::retry::{Cause, MAX_ELAPSED};
use super::signs::Signs;
use super::transport::{Transport, read};

/// Tries when no answer arrives, or when the server throttles.
const ATTEMPTS: u32 = 3;
/// Pause after throttling when the server does not say how long.
const THROTTLED: Duration = Duration::from_secs(5);

/// One answer, whatever its status.
#[derive(Debug, Clone)]
pub struct Observed {
    /// HTTP status.
    pub status: u16,
    /// Headers about limits, waiting and removal, by lower-case name.
    pub headers: BTreeMap<String, String>,
    /// The document, where the answer is JSON and was read to its end.
    pub json: Option<Value>,
    /// Whether the answer is an HTML page, such as a login page or that of a servlet container.
    pub html: bool,
    /// Bytes of the body that were read, decompressed: no more than the largest answer that is read.
    pub bytes: usize,
    /// From the request to the end of the answer.
    pub elapsed: Duration,
}

impl Observed {
    /// 200 with a JSON document.
    pub fn is_answer(&self) -> bool {
        self.status == 200 && self.json.is_some()
    }

    /// The items of a list; `None` when it is none.
    pub fn results(&self) -> Option<&Vec<Value>> {
        self.json.as_ref().filter(|_| self.status == 200)?.get("results")?.as_array()
    }

    /// Whether the list announces a next page.
    pub fn has_next(&self) -> bool {
        let next = self.json.as_ref().and_then(|json| json.pointer("/_links/next"));
        next.and_then(Value::as_str).is_some_and(|next| !next.is_empty())
    }

    /// Where the next page begins; the rest of its link is not used.
    pub fn next_cursor(&self) -> Option<String> {
        let next = self.json.as_ref()?.pointer("/_links/next")?.as_str()?;
        let (_, query) = next.split_once('?')?;
        url::form_urlencoded::parse(query.as_bytes())
            .find(|(name, _)| name == "cursor")
            .map(|(_, value)| value.into_owned())
    }

    /// Whether the headers say that the endpoint will be removed.
    pub fn is_deprecated(&self) -> bool {
        self.headers.contains_key("deprecation")
    }
}

/// One GET, judged by nobody. Repeated only when no answer arrives at all, or after the pause a throttling server asks
/// for.
pub(super) async fn observe(fetch: &Fetch, request: &Request, logged_in: bool) -> Result<Observed, RequestError> {
    let once = |attempt| observe_once(&fetch.transport, request, logged_in, attempt);
    let patience = Patience { tries: ATTEMPTS, longest: MAX_ELAPSED, budgeted: false };
    let settle = |(attempt, observed, wait): (u32, Observed, Duration), _| {
        if observed.status == 429 && attempt < ATTEMPTS && wait <= fetch.max_wait {
            let error = RequestError::Status { status: 429, endpoint: request.path(), attempts: attempt };
            return Err(AttemptError::Retry { cause: Cause::Throttled, retry_after: Some(wait), gate: None, error });
        }
        Ok(observed)
    };
    let observed = fetch.repeat(request.kind, Priority::Normal, patience, once, settle).await;
    observed.map_err(|failure| failure.error)
}

/// A host that nobody knows is told at once: its address may be a wrong one (F-18).
fn on_the_way(fault: Fault, request: &Request, attempt: u32) -> AttemptError {
    match fault {
        Fault::UnknownHost(_) => fault.into_error(request.path(), attempt).into(),
        _ => AttemptError::on_the_way(fault, &request.path(), attempt),
    }
}

/// One try: its number, what came, and how long the server asks to wait.
async fn observe_once(
    transport: &Transport,
    request: &Request,
    logged_in: bool,
    attempt: u32,
) -> Result<(u32, Observed, Duration), AttemptError> {
    let broken = |error: reqwest::Error| on_the_way(transport.fault(&error), request, attempt);
    let began = Instant::now();
    let builder = if logged_in { transport.authorized(request).await? } else { transport.request(request) };
    let mut response = transport.send(builder).await.map_err(broken)?;
    let status = response.status().as_u16();
    tracing::debug!(method = "GET", path = request.path(), status, "observed");
    let wait = Signs::read(response.headers(), Utc::now()).throttle_wait().unwrap_or(THROTTLED);
    let headers = about_limits(response.headers());
    let media_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let html = media_type.contains("html");
    let (body, is_cut) = read(&mut response, transport.max_answer_bytes).await.map_err(broken)?;
    let json = serde_json::from_slice(&body).ok().filter(|_| !html && !is_cut);
    let observed = Observed { status, headers, json, html, bytes: body.len(), elapsed: began.elapsed() };
    Ok((attempt, observed, wait))
}

/// The headers worth telling; none of them bears a name, an address or a secret.
fn about_limits(headers: &HeaderMap) -> BTreeMap<String, String> {
    let told = headers.iter().filter(|(name, _)| {
        let name = name.as_str();
        name.contains("ratelimit") || name.contains("retry-after") || name == "deprecation" || name == "sunset"
    });
    told.filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::RequestKind;

    #[test]
    fn only_an_unknown_host_is_told_at_once_f_18() {
        let request = Request::v2(RequestKind::Doctor, &["pages"]);
        let unknown = on_the_way(Fault::UnknownHost("no such host".to_owned()), &request, 1);
        assert!(matches!(unknown, AttemptError::Final(_)));
        let broken = on_the_way(Fault::Broken("reset".to_owned()), &request, 1);
        assert!(matches!(broken, AttemptError::Retry { .. }));
    }
}
