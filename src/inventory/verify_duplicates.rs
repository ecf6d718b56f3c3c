//! Downloads suspected duplicates and compares their checksums (`--verify-duplicates`).

use super::Inventory;
use super::coverage::UnitKind;
use super::crawl::{Crawl, GROUP};
use super::options::CrawlOptions;
use super::resumed_crawl::ResumedCrawl;
use crate::progress::Progress;
use confluence_client::{Api, RequestError};

/// Downloads every file in `groups` (indexes into `inventory.attachments`) and stores its SHA-256 in the inventory.
///
/// A file that could not be downloaded leaves its group unverified. No verdict depends on it, so the run stays as
/// complete as it was. An error means that the run had to stop.
pub async fn compare_contents(
    api: &Api,
    inventory: &mut Inventory,
    groups: &[Vec<usize>],
    options: &CrawlOptions,
    progress: &Progress,
) -> Result<(), RequestError> {
    let resumed = ResumedCrawl::of(inventory, api, options, progress);
    let crawl = resumed.crawl();
    let files: Vec<usize> = groups.iter().flatten().copied().collect();
    crawl.phase("verifying duplicates", Some(files.len() as u64));
    for group in files.chunks(GROUP) {
        let attachments = &inventory.attachments;
        let read = crawl
            .all(
                group
                    .iter()
                    .map(|&index| async move { (index, download_checksum(&crawl, &attachments[index]).await) })
                    .collect(),
            )
            .await;
        for (index, sha256) in read {
            inventory.attachments[index].sha256 = sha256;
        }
    }
    resumed.close(inventory)
}

async fn download_checksum(crawl: &Crawl<'_>, file: &super::Attachment) -> Option<String> {
    let unit = crawl.ledger.enter(UnitKind::DuplicateVerification, format!("attachment {} {:?}", file.id, file.title));
    let container = file.container.id().map_or("", super::ContentId::as_str);
    let result = crawl.api.fingerprint(container, file.id.as_str()).await;
    crawl.progress.advance(1);
    match result {
        Ok(fingerprint) if Some(fingerprint.size) == file.size => {
            unit.ok();
            Some(fingerprint.sha256)
        }
        Ok(fingerprint) => {
            crawl.ledger.warn(format!(
                "attachment {}: the download has {} bytes, but the API reports {}",
                file.id,
                fingerprint.size,
                file.size.unwrap_or(0)
            ));
            unit.skipped("the download differs from the reported size");
            None
        }
        Err(error) if error.stops_run() => {
            unit.refused(&error);
            None
        }
        Err(error) => {
            crawl.ledger.warn(format!("attachment {} could not be downloaded to verify duplicates: {error}", file.id));
            unit.skipped("no verdict depends on verified duplicates");
            None
        }
    }
}
