//! Downloads files that look alike and compares their bytes (`--verify-duplicates`).

use super::Inventory;
use super::continued::Continued;
use super::coverage::UnitKind;
use super::crawl::{Crawl, GROUP};
use super::options::CrawlOptions;
use crate::progress::Progress;
use confluence_client::{Api, RequestError};

/// Reads the SHA-256 of every file in `groups` (places in `inventory.attachments`) into the inventory.
///
/// A file that could not be downloaded keeps its group unverified; no verdict depends on it, so the run stays as
/// complete as it was. An error means that the run had to stop.
pub async fn compare_contents(
    api: &Api,
    inventory: &mut Inventory,
    groups: &[Vec<usize>],
    options: &CrawlOptions,
    progress: &Progress,
) -> Result<(), RequestError> {
    let continued = Continued::of(inventory, api, options, progress);
    let crawl = continued.crawl();
    let files: Vec<usize> = groups.iter().flatten().copied().collect();
    crawl.phase("comparing duplicates", Some(files.len() as u64));
    for group in files.chunks(GROUP) {
        let attachments = &inventory.attachments;
        let read = crawl
            .all(group.iter().map(|&place| async move { (place, digest(&crawl, &attachments[place]).await) }).collect())
            .await;
        for (place, sha256) in read {
            inventory.attachments[place].sha256 = sha256;
        }
    }
    continued.close(inventory)
}

async fn digest(crawl: &Crawl<'_>, file: &super::Attachment) -> Option<String> {
    let unit = crawl.ledger.enter(UnitKind::Comparison, format!("attachment {} {:?}", file.id, file.title));
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
                "attachment {} has {} bytes when downloaded, but is said to have {}",
                file.id,
                fingerprint.size,
                file.size.unwrap_or(0)
            ));
            unit.skipped("the download does not agree with the size");
            None
        }
        Err(error) if error.stops_run() => {
            unit.refused(&error);
            None
        }
        Err(error) => {
            crawl.ledger.warn(format!("attachment {} could not be downloaded to compare it: {error}", file.id));
            unit.skipped("comparing duplicates is not needed for a verdict");
            None
        }
    }
}
