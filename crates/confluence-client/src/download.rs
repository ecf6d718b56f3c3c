//! Downloads of files: one byte of a version to measure it, or the whole of a file to compare it.
//!
//! The API answers a download with a redirect to a signed address elsewhere. That redirect, exactly one, is followed
//! without credentials.

use std::time::Duration;

use reqwest::header::{ACCEPT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, HeaderMap, RANGE};
use reqwest::{RequestBuilder, Response, StatusCode};
use sha2::{Digest, Sha256};
use url::Url;

use super::address::{is_internal, is_loopback};
use super::attempt::AttemptError;
use super::error::RequestError;
use super::fetch::{Fetch, Patience};
use super::kind::RequestKind;
use super::pace::Priority;
use super::request::Request;

/// How often the place the file lies at is tried, however long a try takes: a whole file has a time limit of its own.
const PATIENCE: Patience = Patience { tries: 3, longest: Duration::MAX, budgeted: false };
/// A whole file may take longer than an answer of the API; a stalled transfer ends sooner by the read timeout.
const WHOLE_FILE_TIMEOUT: Duration = Duration::from_secs(60 * 60);

/// What the download of a whole file tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint {
    /// Bytes that arrived.
    pub size: u64,
    /// SHA-256 of them, in hexadecimal.
    pub sha256: String,
}

/// The size in bytes of the file behind a request for a download.
pub(super) async fn measure(fetch: &Fetch, request: &Request) -> Result<u64, RequestError> {
    let target = file_address(fetch, request).await?;
    // a range of one byte; the answer's headers tell the whole size
    let one_byte = || fetch.transport.elsewhere(&target).header(RANGE, "bytes=0-0");
    at_its_place(fetch, request.kind, one_byte, total_size).await
}

/// Downloads the file behind a request and keeps nothing but its fingerprint.
pub(super) async fn fingerprint(fetch: &Fetch, request: &Request) -> Result<Fingerprint, RequestError> {
    let target = file_address(fetch, request).await?;
    let whole = || fetch.transport.elsewhere(&target).timeout(WHOLE_FILE_TIMEOUT);
    at_its_place(fetch, request.kind, whole, digest).await
}

/// Where the API sends a download.
async fn file_address(fetch: &Fetch, request: &Request) -> Result<Url, RequestError> {
    let target = fetch.location(request).await.map_err(|failure| failure.error)?;
    // a site on this machine keeps its files there too; no other site may lead anybody into this network
    if fetch.transport.address().is_local() && is_loopback(&target) {
        return Ok(target);
    }
    if is_internal(&target) {
        return Err(shape("the redirect leads into the network of this computer"));
    }
    if target.scheme() == "https" { Ok(target) } else { Err(shape("the redirect does not lead to a secure address")) }
}

/// One request to the file's place, without credentials, tried again when the transfer breaks.
async fn at_its_place<T, F>(
    fetch: &Fetch,
    kind: RequestKind,
    request: impl Fn() -> RequestBuilder,
    read: impl Fn(Response) -> F,
) -> Result<T, RequestError>
where
    F: Future<Output = Result<T, Trouble>>,
{
    let once = async |attempt| {
        // no encoding keeps the length that of the file
        let sent = fetch.transport.send(request().header(ACCEPT_ENCODING, "identity")).await;
        let answer = match sent {
            Ok(response) => read(response).await,
            Err(error) => Err(Trouble::Transfer(error)),
        };
        answer.map_err(|trouble| match trouble {
            Trouble::Answer(what) => shape(&what).into(),
            Trouble::Transfer(error) => AttemptError::on_the_way(fetch.transport.fault(&error), kind.label(), attempt),
        })
    };
    let read = fetch.repeat(kind, Priority::Normal, PATIENCE, once, |value, _| Ok(value)).await;
    read.map_err(|failure| failure.error)
}

/// Why a download gave nothing.
enum Trouble {
    Transfer(reqwest::Error),
    Answer(String),
}

async fn total_size(response: Response) -> Result<u64, Trouble> {
    let headers = response.headers();
    let size = match response.status() {
        // an empty file has no first byte: `bytes */0`
        StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE => whole_of_range(headers),
        StatusCode::OK => headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok()),
        other => return Err(bad_status(other)),
    };
    size.ok_or_else(|| Trouble::Answer("the file's place does not tell its size".to_owned()))
}

async fn digest(mut response: Response) -> Result<Fingerprint, Trouble> {
    if response.status() != StatusCode::OK {
        return Err(bad_status(response.status()));
    }
    let mut hash = Sha256::new();
    let mut size = 0;
    while let Some(bytes) = response.chunk().await.map_err(Trouble::Transfer)? {
        size += bytes.len() as u64;
        hash.update(&bytes);
    }
    Ok(Fingerprint { size, sha256: hex::encode(hash.finalize()) })
}

fn bad_status(status: StatusCode) -> Trouble {
    Trouble::Answer(format!("the file's place answers with status {}", status.as_u16()))
}

/// `12345` of `Content-Range: bytes 0-0/12345`.
fn whole_of_range(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_RANGE)?.to_str().ok()?.rsplit_once('/')?.1.trim().parse().ok()
}

fn shape(what: &str) -> RequestError {
    RequestError::Shape { endpoint: "the download of a file".to_owned(), what: what.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::Fault;
    use crate::transport::Transport;
    use crate::{ConnectionSettings, Credentials};

    #[tokio::test(start_paused = true)]
    async fn a_transfer_that_breaks_late_is_tried_again() {
        let settings = ConnectionSettings::new("http://127.0.0.1:1", Credentials::bearer("token".into()));
        let fetch = Fetch::new(Transport::new(settings).unwrap(), Duration::ZERO, Some(42));
        let once = async |attempt| {
            tokio::time::sleep(WHOLE_FILE_TIMEOUT).await;
            let fault = Fault::Broken("cut".to_owned());
            if attempt < 3 { Err(AttemptError::on_the_way(fault, "a file", attempt)) } else { Ok(attempt) }
        };
        let tries = fetch.repeat(RequestKind::DownloadOfAFile, Priority::Normal, PATIENCE, once, |tries, _| Ok(tries));
        assert_eq!(tries.await.unwrap(), 3);
    }
}
