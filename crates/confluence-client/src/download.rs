//! File downloads: one byte of a version to measure its size, or a complete file to compare it.
//!
//! Cloud responds to a download with a redirect to a signed address on another host. Exactly one redirect is followed,
//! without credentials. Data Center serves the file itself, with credentials; a redirect there is not followed.

use std::time::Duration;

use reqwest::header::{ACCEPT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, HeaderMap, RANGE};
use reqwest::{RequestBuilder, Response, StatusCode};
use sha2::{Digest, Sha256};
use url::Url;

use super::attempt_error::AttemptError;
use super::error::RequestError;
use super::fetch::{Fetcher, RetryLimits};
use super::network::{is_internal, is_loopback};
use super::rate_limiter::Priority;
use super::request::Request;
use super::request_kind::RequestKind;

/// Retry limits on the file server, without a limit on the total time: a complete file has its own timeout.
const RETRY_LIMITS: RetryLimits = RetryLimits { tries: 3, longest: Duration::MAX, budgeted: false };
/// Time limit of a complete file, longer than that of an API response; a stalled transfer ends earlier, by the read
/// timeout.
const FILE_TIMEOUT: Duration = Duration::from_secs(60 * 60);

/// Size and checksum of a downloaded file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint {
    /// Size in bytes.
    pub size: u64,
    /// SHA-256 checksum, in hexadecimal.
    pub sha256: String,
}

/// Returns the size in bytes of the file that a download request leads to.
pub(super) async fn measure(fetch: &Fetcher, request: &Request) -> Result<u64, RequestError> {
    let target = FileSource::Elsewhere(file_address(fetch, request).await?);
    from_file_server(fetch, request.kind, &target, one_byte, total_size).await
}

/// Returns the size in bytes of the file at a path of the site.
pub(super) async fn measure_own(fetch: &Fetcher, kind: RequestKind, path: &str) -> Result<u64, RequestError> {
    from_file_server(fetch, kind, &FileSource::OnSite(path), one_byte, total_size).await
}

/// Downloads the file at a path of the site and keeps only its fingerprint.
pub(super) async fn own_fingerprint(
    fetch: &Fetcher,
    kind: RequestKind,
    path: &str,
) -> Result<Fingerprint, RequestError> {
    from_file_server(fetch, kind, &FileSource::OnSite(path), complete_file, digest).await
}

/// Where a file is.
enum FileSource<'p> {
    /// At an address that the API named; the request has no credentials.
    Elsewhere(Url),
    /// At a path of the site; the request has credentials.
    OnSite(&'p str),
}

impl FileSource<'_> {
    async fn request(&self, fetch: &Fetcher, attempt: u32) -> Result<RequestBuilder, AttemptError> {
        match self {
            Self::Elsewhere(url) => Ok(fetch.transport.elsewhere(url)),
            Self::OnSite(path) => fetch.transport.authorized_file(path, attempt).await,
        }
    }
}

/// Requests a range of one byte: the response headers contain the total size.
fn one_byte(request: RequestBuilder) -> RequestBuilder {
    request.header(RANGE, "bytes=0-0")
}

fn complete_file(request: RequestBuilder) -> RequestBuilder {
    request.timeout(FILE_TIMEOUT)
}

/// Downloads the file that a request leads to and keeps only its fingerprint.
pub(super) async fn fingerprint(fetch: &Fetcher, request: &Request) -> Result<Fingerprint, RequestError> {
    let target = FileSource::Elsewhere(file_address(fetch, request).await?);
    from_file_server(fetch, request.kind, &target, complete_file, digest).await
}

/// Returns the address that the API redirects a download to.
async fn file_address(fetch: &Fetcher, request: &Request) -> Result<Url, RequestError> {
    let target = fetch.location(request).await.map_err(|failure| failure.error)?;
    // a site on this computer also serves its files from it; any other site must not redirect into this network
    if fetch.transport.address().is_local() && is_loopback(&target) {
        return Ok(target);
    }
    if is_internal(&target) {
        return Err(shape("the redirect points into the local network"));
    }
    if target.scheme() == "https" { Ok(target) } else { Err(shape("the redirect does not point to an https address")) }
}

/// Requests a file and retries broken transfers.
async fn from_file_server<T, F>(
    fetch: &Fetcher,
    kind: RequestKind,
    source: &FileSource<'_>,
    wanted: fn(RequestBuilder) -> RequestBuilder,
    read: impl Fn(Response) -> F,
) -> Result<T, RequestError>
where
    F: Future<Output = Result<T, DownloadError>>,
{
    let once = async |attempt| {
        // without an encoding, the length is that of the file
        let request = wanted(source.request(fetch, attempt).await?).header(ACCEPT_ENCODING, "identity");
        let sent = fetch.transport.send(request).await;
        let result = match sent {
            Ok(response) => read(response).await,
            Err(error) => Err(DownloadError::Transfer(error)),
        };
        result.map_err(|error| match error {
            DownloadError::Response(what) => shape(&what).into(),
            DownloadError::Transfer(error) => {
                AttemptError::from_transport(fetch.transport.classify_error(&error), kind.label(), attempt)
            }
        })
    };
    let read = fetch.repeat(kind, Priority::Normal, RETRY_LIMITS, once, |value, _| Ok(value)).await;
    read.map_err(|failure| failure.error)
}

/// Why a download failed.
enum DownloadError {
    Transfer(reqwest::Error),
    Response(String),
}

async fn total_size(response: Response) -> Result<u64, DownloadError> {
    let headers = response.headers();
    let size = match response.status() {
        // an empty file has no first byte: `bytes */0`
        StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE => total_of_range(headers),
        StatusCode::OK => headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok()),
        other => return Err(bad_status(other)),
    };
    size.ok_or_else(|| DownloadError::Response("the file server did not report the size".to_owned()))
}

async fn digest(mut response: Response) -> Result<Fingerprint, DownloadError> {
    if response.status() != StatusCode::OK {
        return Err(bad_status(response.status()));
    }
    let mut hash = Sha256::new();
    let mut size = 0;
    while let Some(bytes) = response.chunk().await.map_err(DownloadError::Transfer)? {
        size += bytes.len() as u64;
        hash.update(&bytes);
    }
    Ok(Fingerprint { size, sha256: hex::encode(hash.finalize()) })
}

fn bad_status(status: StatusCode) -> DownloadError {
    DownloadError::Response(format!("the file server returned status {}", status.as_u16()))
}

/// Returns `12345` for `Content-Range: bytes 0-0/12345`.
fn total_of_range(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_RANGE)?.to_str().ok()?.rsplit_once('/')?.1.trim().parse().ok()
}

fn shape(what: &str) -> RequestError {
    RequestError::Shape { endpoint: "a file download".to_owned(), what: what.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::retry::WaitLimits;
    use crate::transport::Transport;
    use crate::transport_error::TransportError;
    use crate::{ConnectionSettings, Credentials};

    #[tokio::test(start_paused = true)]
    async fn a_transfer_that_breaks_late_is_retried() {
        let settings = ConnectionSettings::new("http://127.0.0.1:1", Credentials::bearer("token".into()));
        let waits = WaitLimits::of(&settings);
        let fetch = Fetcher::new(Transport::new(&settings).unwrap(), waits, Some(42));
        let once = async |attempt| {
            tokio::time::sleep(FILE_TIMEOUT).await;
            let transport_error = TransportError::Broken("cut".to_owned());
            if attempt < 3 {
                Err(AttemptError::from_transport(transport_error, "a file", attempt))
            } else {
                Ok(attempt)
            }
        };
        let tries =
            fetch.repeat(RequestKind::DownloadOfAFile, Priority::Normal, RETRY_LIMITS, once, |tries, _| Ok(tries));
        assert_eq!(tries.await.unwrap(), 3);
    }
}
