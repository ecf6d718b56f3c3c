//! Answers as they come, with their status and the headers that tell about limits: for `doctor`, which wants to see
//! refusals rather than be stopped by them.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::Utc;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap};
use secrecy::ExposeSecret;
use serde_json::Value;
use tokio::time::Instant;

use super::client::{Client, MAX_ANSWER_BYTES};
use super::error::RequestError;
use super::fault::Fault;
use super::pace::Priority;
use super::request::Request;
use super::signs::Signs;

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
    /// The document, where the answer is JSON.
    pub json: Option<Value>,
    /// Whether the answer is an HTML page, such as a login page or that of a servlet container.
    pub html: bool,
    /// Bytes of the body, decompressed.
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

impl Client {
    /// One GET as the account, judged by nobody. Repeated only when no answer arrives at all, or after the pause a
    /// throttling server asks for.
    pub(crate) async fn observe(&self, request: &Request) -> Result<Observed, RequestError> {
        self.observe_as(request, true).await
    }

    /// One GET without credentials: what a visitor sees who is not logged in.
    pub(crate) async fn observe_as_visitor(&self, request: &Request) -> Result<Observed, RequestError> {
        self.observe_as(request, false).await
    }

    async fn observe_as(&self, request: &Request, logged_in: bool) -> Result<Observed, RequestError> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            let permit = tokio::select! {
                biased;
                error = self.until_stopped() => return Err(error),
                permit = self.pace.admit(request.kind, Priority::Normal) => permit,
            };
            let result = tokio::select! {
                biased;
                result = self.observe_once(request, logged_in) => result,
                error = self.drained() => return Err(error),
            };
            drop(permit);
            match result.map_err(|error| Fault::of(&error)) {
                Ok((observed, wait)) if observed.status == 429 && attempt < ATTEMPTS && wait <= self.max_wait => {
                    self.pause(wait).await?;
                }
                Ok((observed, _)) => return Ok(observed),
                Err(Fault::Timeout(_) | Fault::Broken(_)) if attempt < ATTEMPTS => {
                    self.pause(Duration::from_secs(1)).await?;
                }
                Err(fault) => return Err(fault.into_error(request.path(), attempt)),
            }
        }
    }

    async fn observe_once(&self, request: &Request, logged_in: bool) -> reqwest::Result<(Observed, Duration)> {
        self.count(request.kind);
        let began = Instant::now();
        let mut builder = self.http.get(self.address.url(request)).header(ACCEPT, "application/json");
        if logged_in {
            builder = builder.basic_auth(&self.user, Some(self.token.expose_secret()));
        }
        let mut response = builder.send().await?;
        let status = response.status().as_u16();
        tracing::debug!(method = "GET", path = request.path(), status, "observed");
        let wait = Signs::read(response.headers(), Utc::now()).throttle_wait().unwrap_or(THROTTLED);
        let headers = about_limits(response.headers());
        let media_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let html = media_type.contains("html");
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            body.extend_from_slice(&chunk);
            if body.len() > MAX_ANSWER_BYTES {
                break;
            }
        }
        let json = serde_json::from_slice(&body).ok().filter(|_| !html);
        let observed = Observed { status, headers, json, html, bytes: body.len(), elapsed: began.elapsed() };
        Ok((observed, wait.max(Duration::from_secs(1))))
    }
}

/// The headers worth telling; none of them bears a name, an address or a secret.
fn about_limits(headers: &HeaderMap) -> BTreeMap<String, String> {
    let told = headers.iter().filter(|(name, _)| {
        let name = name.as_str();
        name.contains("ratelimit") || name.contains("retry-after") || name == "deprecation" || name == "sunset"
    });
    told.filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))).collect()
}
