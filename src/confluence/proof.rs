//! Measures one version of a file by downloading a single byte of it.
//!
//! The API answers a download with a redirect to a signed address elsewhere. That redirect, exactly one, is followed
//! without credentials (`confluence-api.md` 2.4).

use reqwest::StatusCode;
use reqwest::header::{ACCEPT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, HeaderMap, RANGE};
use url::Url;

use super::client::Client;
use super::deployment::{Request, is_loopback};
use super::error::RequestError;
use super::fault::Fault;

/// Tries to reach the place the file lies at.
const ATTEMPTS: u32 = 3;
const KIND: &str = "download of one byte";

impl Client {
    /// The size in bytes of one version of an attachment, as its download tells it.
    pub async fn measure_download(&self, container: &str, attachment: &str, version: u32) -> Result<u64, RequestError> {
        let segments = ["content", container, "child", "attachment", attachment, "download"];
        let request = Request::v1(KIND, &segments).with("version", version.to_string());
        let target = self.fetch_location(&request).await.map_err(|failure| failure.error)?;
        if target.scheme() != "https" && !is_loopback(&target) {
            return Err(shape("the redirect does not lead to a secure address"));
        }
        let mut attempt = 0;
        loop {
            attempt += 1;
            let permit = tokio::select! {
                biased;
                error = self.until_stopped() => return Err(error),
                permit = self.pace.admit(KIND, false) => permit,
            };
            let result = self.total_size(target.clone(), attempt).await;
            drop(permit);
            match result {
                Err(RequestError::Transport { .. }) if attempt < ATTEMPTS => {}
                result => return result,
            }
        }
    }

    /// One byte without credentials; the answer's headers tell the whole size.
    async fn total_size(&self, target: Url, attempt: u32) -> Result<u64, RequestError> {
        self.count(KIND);
        // asking for a range and for no encoding keeps the length that of the file
        let sent = self.http.get(target).header(RANGE, "bytes=0-0").header(ACCEPT_ENCODING, "identity").send().await;
        let response = sent.map_err(|error| transport(&error, attempt))?;
        let headers = response.headers();
        let size = match response.status() {
            // an empty file has no first byte: `bytes */0`
            StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE => whole_of_range(headers),
            StatusCode::OK => headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok()),
            other => return Err(shape(&format!("the file's place answers with status {}", other.as_u16()))),
        };
        size.ok_or_else(|| shape("the file's place does not tell its size"))
    }
}

/// `12345` of `Content-Range: bytes 0-0/12345`.
fn whole_of_range(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_RANGE)?.to_str().ok()?.rsplit_once('/')?.1.trim().parse().ok()
}

fn shape(what: &str) -> RequestError {
    RequestError::Shape { endpoint: KIND.to_owned(), what: what.to_owned() }
}

fn transport(error: &reqwest::Error, attempts: u32) -> RequestError {
    let (cause, timeout) = match Fault::of(error) {
        Fault::Tls(cause) => return RequestError::Tls { cause },
        Fault::Timeout(cause) => (cause, true),
        Fault::UnknownHost(cause) | Fault::Broken(cause) => (cause, false),
    };
    RequestError::Transport { endpoint: KIND.to_owned(), cause, timeout, attempts }
}
