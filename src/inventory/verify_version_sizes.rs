//! Verifies the sizes of old versions of attachments with a download.
//!
//! It is not documented that the response to `?version=N` has the size of version N, so the size of one old version is
//! compared with that of its download. Without this verification, all sizes of old versions are unknown.

use super::VersionSizeCheck;
use super::crawl::Crawl;
use super::site::Attachment;
use confluence_client::RequestError;

/// Number of files tried if downloads fail, or if no old version has a size that differs from the current one.
const MAX_FILES: usize = 3;

/// An old version that can be downloaded.
struct VersionSample<'a> {
    file: &'a Attachment,
    container: &'a str,
    version: u32,
    size: u64,
}

/// Verifies the sizes of old versions; removes all of them if that fails.
pub(super) async fn verify(crawl: &Crawl<'_>, files: &mut [Attachment]) -> VersionSizeCheck {
    crawl.phase("verifying version sizes", None);
    let outcome = compare_with_download(crawl, files).await;
    if let VersionSizeCheck::Unproved { reason } = &outcome {
        crawl.ledger.warn(format!("sizes of old versions are unknown: {reason}"));
        for version in files.iter_mut().flat_map(|file| &mut file.old_versions) {
            version.size = None;
        }
    }
    outcome
}

async fn compare_with_download(crawl: &Crawl<'_>, files: &[Attachment]) -> VersionSizeCheck {
    let samples = samples(files);
    if samples.is_empty() {
        let any = files.iter().any(|file| file.old_versions.iter().any(|version| version.size.is_some()));
        return if any {
            VersionSizeCheck::Unproved {
                reason: "no page or post has an old version that could be downloaded".to_owned(),
            }
        } else {
            VersionSizeCheck::NothingToProve
        };
    }
    let mut verified = None;
    let mut failure: Option<RequestError> = None;
    for sample in &samples {
        let id = sample.file.id.as_str();
        match crawl.api.measure_download(sample.container, id, sample.version).await {
            Ok(measured) if measured == sample.size => {
                verified =
                    Some(VersionSizeCheck::Proved { attachment: sample.file.id.clone(), version: sample.version });
                // a size that differs from the current one verifies the rest; equal sizes are only a hint, so try more
                if sample.file.size != Some(sample.size) {
                    break;
                }
            }
            Ok(measured) => {
                let reason = format!(
                    "the API reports {} bytes for version {} of attachment {id}, but its download has {measured}",
                    sample.size, sample.version
                );
                crawl.cache.clear_untrusted();
                return VersionSizeCheck::Unproved { reason };
            }
            Err(error) => failure = Some(error),
        }
    }
    verified.unwrap_or_else(|| {
        let why = failure.map(|error| error.to_string()).unwrap_or_default();
        VersionSizeCheck::Unproved { reason: format!("no old version could be downloaded: {why}") }
    })
}

/// Selects old versions to download: one per file, and only those whose size differs from the current one if there are
/// any.
fn samples(files: &[Attachment]) -> Vec<VersionSample<'_>> {
    let of = |differing: bool| {
        files.iter().filter(|file| !file.status.is_trash()).filter_map(move |file| {
            let owner = file.container.id().filter(|_| file.container.is_page_or_post())?;
            let version = file
                .old_versions
                .iter()
                .find(|version| version.size.is_some_and(|size| (Some(size) != file.size) == differing))?;
            Some(VersionSample { file, container: owner.as_str(), version: version.number, size: version.size? })
        })
    };
    let differing: Vec<VersionSample<'_>> = of(true).take(MAX_FILES).collect();
    if differing.is_empty() { of(false).take(MAX_FILES).collect() } else { differing }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{AttachmentId, Container, ContentId, OldVersion, Status};

    fn file(id: &str, size: u64, old: &[u64], container: Container) -> Attachment {
        let old_versions = old
            .iter()
            .zip(1..)
            .map(|(size, number)| OldVersion {
                number,
                title: None,
                size: Some(*size),
                file_id: None,
                created_at: None,
                author: None,
            })
            .collect();
        Attachment {
            id: AttachmentId::new(id),
            file_id: None,
            title: "a.png".into(),
            status: Status::Current,
            container,
            media_type: None,
            size: Some(size),
            created_at: None,
            version: 3,
            modified_at: None,
            author: None,
            comment: None,
            download: None,
            webui: None,
            old_versions,
            labels: None,
            unread: None,
            sha256: None,
            unsettled: None,
        }
    }

    #[test]
    fn a_size_that_differs_is_verified_first() {
        let page = || Container::Page(ContentId::new("1"));
        let files = [file("att1", 5, &[5, 5], page()), file("att2", 5, &[5, 9], page())];
        let chosen = samples(&files);
        assert_eq!(chosen.len(), 1);
        assert_eq!((chosen[0].file.id.as_str(), chosen[0].version, chosen[0].size), ("att2", 2, 9));
    }

    #[test]
    fn equal_sizes_are_verified_on_several_files_since_the_server_may_ignore_the_version() {
        let page = || Container::Page(ContentId::new("1"));
        let files: Vec<_> = (0..9).map(|number| file(&format!("att{number}"), 5, &[5], page())).collect();
        assert_eq!(samples(&files).len(), MAX_FILES);
        assert!(samples(&[file("att1", 5, &[4], Container::None)]).is_empty());
    }
}
