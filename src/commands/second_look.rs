//! Reads candidates again until every file about to be called unreferenced was looked at twice
//! (product contract 3.3).

use std::collections::HashSet;

use crate::audit::{self, Audit, AuditOptions, Usage};
use crate::inventory::coverage::UnitKind;
use crate::inventory::{AttachmentId, CrawlOptions, Inventory, SecondLook};
use crate::progress::Progress;
use confluence_client::{Api, RequestError};

/// A site that changes faster than it is read would be read for ever; after this many rounds the run is incomplete.
const MAX_ROUNDS: u32 = 10;

/// Audits, reads the candidates again, and repeats until no candidate is left that was not read again.
///
/// An error means that the run had to stop; the coverage of the inventory says what is missing.
pub(super) async fn audit_twice(
    api: &Api,
    inventory: &mut Inventory,
    crawl: &CrawlOptions,
    options: &AuditOptions,
    progress: &Progress,
) -> (Audit, Option<RequestError>) {
    let mut look = SecondLook::new();
    let mut looked_at: HashSet<AttachmentId> = HashSet::new();
    for _ in 0..MAX_ROUNDS {
        let audit = audit::analyze(inventory, options);
        let candidates: Vec<usize> = audit
            .files
            .iter()
            .filter(|file| file.usage == Usage::Unreferenced)
            .map(|file| file.attachment)
            .filter(|&file| !looked_at.contains(&inventory.attachments[file].id))
            .collect();
        if candidates.is_empty() {
            return (audit, None);
        }
        looked_at.extend(candidates.iter().map(|&file| inventory.attachments[file].id.clone()));
        if let Err(stopped) = look.look_again(api, inventory, &candidates, crawl, progress).await {
            return (audit_of_stopped(inventory, options), Some(stopped));
        }
    }
    inventory.coverage.fail(
        UnitKind::SecondLook,
        "candidates",
        "the site changed faster than it could be read again; run once more when it is quieter",
    );
    (audit::analyze(inventory, options), None)
}

/// Audits what a run had read that stopped before every candidate was read again.
///
/// All that was planned until then may have been read; without this gap a file used in a draft alone, or since the run
/// began, would be called unreferenced by a run that was interrupted at the right moment.
pub(super) fn audit_of_stopped(inventory: &mut Inventory, options: &AuditOptions) -> Audit {
    let reason = "the run stopped before they were read again";
    inventory.coverage.fail(UnitKind::SecondLook, "candidates", reason);
    audit::analyze(inventory, options)
}
