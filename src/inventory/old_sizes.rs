//! Proves that the sizes of old versions are old sizes.
//!
//! That `?version=N` answers the size version N had is documented nowhere, so one
//! old version is measured by its download. Without that proof all old sizes are unknown.

use super::OldSizes;
use super::crawl::Crawl;
use super::site::Attachment;
use confluence_client::RequestError;

/// Files tried when downloads fail, or when only files of unchanged size are there.
const MAX_FILES: usize = 3;

/// One old version that can be measured.
struct Sample<'a> {
    file: &'a Attachment,
    container: &'a str,
    version: u32,
    size: u64,
}

/// Measures; forgets all old sizes when that does not confirm them.
pub(super) async fn prove(crawl: &Crawl<'_>, files: &mut [Attachment]) -> OldSizes {
    crawl.phase("proof of old sizes", None);
    let outcome = measure(crawl, files).await;
    if let OldSizes::Unproved { reason } = &outcome {
        crawl.ledger.warn(format!("sizes of old versions are unknown: {reason}"));
        for version in files.iter_mut().flat_map(|file| &mut file.old_versions) {
            version.size = None;
        }
    }
    outcome
}

async fn measure(crawl: &Crawl<'_>, files: &[Attachment]) -> OldSizes {
    let samples = samples(files);
    if samples.is_empty() {
        let any = files.iter().any(|file| file.old_versions.iter().any(|version| version.size.is_some()));
        return if any {
            OldSizes::Unproved { reason: "no old version lies on a page or post where it could be measured".to_owned() }
        } else {
            OldSizes::NothingToProve
        };
    }
    let mut proved = None;
    let mut failure: Option<RequestError> = None;
    for sample in &samples {
        let id = sample.file.id.as_str();
        match crawl.api.measure_download(sample.container, id, sample.version).await {
            Ok(measured) if measured == sample.size => {
                proved = Some(OldSizes::Proved { attachment: sample.file.id.clone(), version: sample.version });
                // a size that differs from the current one proves it; equal ones are only hints, so look at more
                if sample.file.size != Some(sample.size) {
                    break;
                }
            }
            Ok(measured) => {
                let reason = format!(
                    "version {} of attachment {id} is said to have {} bytes, but its download has {measured}",
                    sample.version, sample.size
                );
                crawl.memory.distrust();
                return OldSizes::Unproved { reason };
            }
            Err(error) => failure = Some(error),
        }
    }
    proved.unwrap_or_else(|| {
        let why = failure.map(|error| error.to_string()).unwrap_or_default();
        OldSizes::Unproved { reason: format!("no old version could be downloaded: {why}") }
    })
}

/// Old versions to measure: one per file, those whose size differs from the current one first.
fn samples(files: &[Attachment]) -> Vec<Sample<'_>> {
    let of = |differing: bool| {
        files.iter().filter(|file| !file.status.is_trash()).filter_map(move |file| {
            let owner = file.container.id().filter(|_| file.container.is_page_or_post())?;
            let version = file
                .old_versions
                .iter()
                .find(|version| version.size.is_some_and(|size| (Some(size) != file.size) == differing))?;
            Some(Sample { file, container: owner.as_str(), version: version.number, size: version.size? })
        })
    };
    let differing: Vec<Sample<'_>> = of(true).take(MAX_FILES).collect();
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
    fn a_differing_size_is_measured_first() {
        let page = || Container::Page(ContentId::new("1"));
        let files = [file("att1", 5, &[5, 5], page()), file("att2", 5, &[5, 9], page())];
        let chosen = samples(&files);
        assert_eq!(chosen.len(), 1);
        assert_eq!((chosen[0].file.id.as_str(), chosen[0].version, chosen[0].size), ("att2", 2, 9));
    }

    #[test]
    fn equal_sizes_are_measured_on_several_files_since_the_server_may_ignore_the_version() {
        let page = || Container::Page(ContentId::new("1"));
        let files: Vec<_> = (0..9).map(|number| file(&format!("att{number}"), 5, &[5], page())).collect();
        assert_eq!(samples(&files).len(), MAX_FILES);
        assert!(samples(&[file("att1", 5, &[4], Container::None)]).is_empty());
    }
}
