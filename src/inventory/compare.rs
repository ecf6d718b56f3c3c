//! Downloads files that look alike and compares their bytes (`--verify-duplicates`, product contract 3.2).

use super::Inventory;
use super::coverage::UnitKind;
use super::crawl::{Crawl, CrawlOptions, GROUP};
use super::ledger::Ledger;
use super::memory::Memory;
use crate::confluence::{Cloud, RequestError};
use crate::progress::Progress;

/// Reads the SHA-256 of every file in `groups` (places in `inventory.attachments`) into the inventory.
///
/// A file that could not be downloaded keeps its group unverified; no verdict depends on it, so the run stays as
/// complete as it was. An error means that the run had to stop.
pub async fn compare_contents(
    api: &Cloud,
    inventory: &mut Inventory,
    groups: &[Vec<usize>],
    options: &CrawlOptions,
    progress: &Progress,
) -> Result<(), RequestError> {
    let ledger = Ledger::reopen(std::mem::take(&mut inventory.coverage));
    let site = inventory.scan.own_site();
    let (memory, started_at) = (Memory(options.cache.as_deref()), inventory.scan.started_at);
    let crawl = Crawl { api, options, progress, ledger: &ledger, site: &site, memory, started_at };
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
    inventory.coverage = ledger.finish();
    inventory.requests = api.client().requests();
    api.client().stopped().map_or(Ok(()), Err)
}

async fn digest(crawl: &Crawl<'_>, file: &super::Attachment) -> Option<String> {
    let unit = crawl.ledger.enter(UnitKind::Comparison, format!("attachment {} {:?}", file.id, file.title));
    let container = file.container.id().map_or("", super::ContentId::as_str);
    let result = crawl.api.client().fingerprint(container, file.id.as_str()).await;
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
