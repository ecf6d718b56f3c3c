//! Downloads: a redirect to a signed URL on another origin, which serves the bytes.

use serde_json::json;

use super::bytes::FileBytes;
use super::errors;
use super::indexed_site::{IndexedSite, Viewer};
use super::reply::{Reply, ReplyBody, ReplyResult};
use super::request::Request;
use super::v2_json::segment;
use crate::builder::hash;
use crate::site::{Attachment, AttachmentVersion};

/// `…/child/attachment/{id}/download?version=N`: redirects (302) to the media origin.
pub(crate) fn redirect(
    indexed: &IndexedSite,
    viewer: Viewer,
    request: &Request,
    owner: &str,
    id: &str,
    media: &str,
) -> ReplyResult {
    let file = indexed
        .visible_attachment(viewer, id)
        .filter(|file| file.container.id() == Some(owner))
        .ok_or_else(|| errors::v1_not_found(id))?;
    let newest = file.current().map_or(0, |version| version.number);
    let number = match request.parameter("version") {
        None => newest,
        Some(requested) => requested
            .parse()
            .ok()
            .filter(|number| (1..=newest).contains(number))
            .ok_or_else(|| errors::v1(400, "Invalid version number"))?,
    };
    let version = file.existing_version(number).ok_or_else(|| errors::v1_not_found(id))?;
    let location = format!(
        "{media}/file/{}/binary?token={}&name={}",
        version.file_id,
        signature(&version.file_id),
        segment(&version.title)
    );
    Ok(Reply::text(302, "text/plain;charset=utf-8", "").header("location", &location))
}

fn signature(file_id: &str) -> String {
    format!("{:016x}", hash(&format!("signed {file_id}")))
}

/// Serves the media origin: bytes for requests with a signed URL, and a refusal for requests with a credential.
pub(crate) fn media(indexed: &IndexedSite, request: &Request) -> Reply {
    if request.authorization.is_some() {
        return Reply::json(400, json!({"error": {"message": "Only one auth mechanism allowed"}}));
    }
    let segments: Vec<&str> = request.path.split('/').filter(|part| !part.is_empty()).collect();
    let ["file", file_id, "binary"] = segments.as_slice() else { return errors::unknown_path(&request.path) };
    if request.parameter("token") != Some(signature(file_id).as_str()) {
        return Reply::json(403, json!({"error": {"message": "The signature does not match"}}));
    }
    let Some((file, version)) = indexed.file(file_id) else { return errors::unknown_path(&request.path) };
    bytes_of_version(file, version, request.range.as_deref())
}

/// Returns the bytes of a version, or the requested range of them.
pub(crate) fn bytes_of_version(file: &Attachment, version: &AttachmentVersion, requested: Option<&str>) -> Reply {
    let reply = match range(requested, version.size) {
        None => bytes(200, FileBytes::new(version.seed, 0, version.size)),
        Some(Ok((start, end))) => bytes(206, FileBytes::new(version.seed, start, end))
            .header("content-range", &format!("bytes {start}-{}/{}", end - 1, version.size)),
        Some(Err(())) => {
            return Reply::text(416, "text/plain", "").header("content-range", &format!("bytes */{}", version.size));
        }
    };
    reply.header("content-type", &file.media_type).header("accept-ranges", "bytes")
}

fn bytes(status: u16, file: FileBytes) -> Reply {
    Reply::new(status, ReplyBody::File(file))
}

/// Parses a single range into start and end (exclusive); `None` without a valid range.
fn range(header: Option<&str>, size: u64) -> Option<Result<(u64, u64), ()>> {
    let (from, to) = header?.strip_prefix("bytes=")?.split_once('-')?;
    let (start, end) = if from.is_empty() {
        (size.saturating_sub(to.parse().ok()?), size)
    } else {
        let last = if to.is_empty() { u64::MAX } else { to.parse().ok()? };
        (from.parse().ok()?, last.saturating_add(1).min(size))
    };
    Some(if start < end { Ok((start, end)) } else { Err(()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_in_rfc_9110() {
        assert_eq!(range(Some("bytes=0-0"), 10), Some(Ok((0, 1))));
        assert_eq!(range(Some("bytes=4-"), 10), Some(Ok((4, 10))));
        assert_eq!(range(Some("bytes=-3"), 10), Some(Ok((7, 10))));
        assert_eq!(range(Some("bytes=2-99"), 10), Some(Ok((2, 10))));
        assert_eq!(range(Some("bytes=10-"), 10), Some(Err(())));
        assert_eq!(range(Some("bytes=0-0"), 0), Some(Err(())));
        assert_eq!(range(Some("lines=1-2"), 10), None);
        assert_eq!(range(None, 10), None);
    }
}
