//! Reads a site and judges it, until every file about to be called unreferenced was looked at twice, and nothing changed
//! any more.

use std::collections::HashSet;

use super::session::status_of_stop;
use crate::audit::{self, Audit, AuditOptions, Usage};
use crate::error::{ExitStatus, Failure};
use crate::inventory::coverage::UnitKind;
use crate::inventory::{
    AttachmentId, ClosingWalk, CrawlError, CrawlOptions, Inventory, SecondLook, compare_contents, remember_run,
    take_inventory,
};
use crate::progress::Progress;
use confluence_client::{Api, RequestError};

/// What one reading gave, whole or not.
#[derive(Debug)]
pub struct Reading {
    /// What was read; its coverage says what is missing.
    pub inventory: Inventory,
    /// The verdicts, after the second look.
    pub audit: Audit,
    /// Why the run stopped on the way.
    pub stopped: Option<RequestError>,
    /// The exit status this leads to.
    pub status: ExitStatus,
}

impl Reading {
    /// Downloads the files that look alike, so that groups of duplicates are certain (`--verify-duplicates`).
    pub(super) async fn compare_duplicates(
        &mut self,
        api: &Api,
        options: &CrawlOptions,
        rules: &AuditOptions,
        progress: &Progress,
    ) {
        let groups: Vec<Vec<usize>> = self.audit.duplicates.iter().map(|group| group.files.clone()).collect();
        let compared = compare_contents(api, &mut self.inventory, &groups, options, progress).await;
        self.stopped = compared.err();
        self.audit = audit::analyze(&self.inventory, rules);
        if let Some(cause) = &self.stopped {
            self.status = ExitStatus::decide([self.status, status_of_stop(cause)]);
        }
    }
}

/// Reads a site and judges its attachments, with a second look at every candidate.
///
/// Fails when nothing usable could be read; a run that stopped on the way gives what it had read.
pub async fn read_site(
    api: &Api,
    options: &CrawlOptions,
    rules: &AuditOptions,
    progress: &Progress,
) -> Result<Reading, Failure> {
    let (inventory, audit, stopped) = match take_inventory(api, options, progress).await {
        Ok(mut inventory) => {
            let (audit, stopped) = audit_to_the_end(api, &mut inventory, options, rules, progress).await;
            (inventory, audit, stopped)
        }
        Err(CrawlError::Stopped { mut inventory, cause }) => {
            let audit = audit_of_stopped(&mut inventory, rules);
            (*inventory, audit, Some(cause))
        }
        Err(error) => return Err(Failure::from(&error)),
    };
    let incomplete = (!inventory.coverage.is_complete()).then_some(ExitStatus::Incomplete);
    let status = ExitStatus::decide(stopped.as_ref().map(status_of_stop).into_iter().chain(incomplete));
    if let Err(error) = remember_run(options, &inventory) {
        progress.warn(format!("{error}; the next run is compared with an older one, or with none"));
    }
    Ok(Reading { inventory, audit, stopped, status })
}

/// Audits, walks all lists once more, reads again what could use the candidates and is in no list, and repeats until a walk
/// found nothing and every candidate was looked at. A run that is incomplete calls nothing unreferenced, so it ends there.
///
/// An error means that the run had to stop; the coverage of the inventory says what is missing.
async fn audit_to_the_end(
    api: &Api,
    inventory: &mut Inventory,
    crawl: &CrawlOptions,
    options: &AuditOptions,
    progress: &Progress,
) -> (Audit, Option<RequestError>) {
    let mut look = SecondLook::new();
    let mut walk = ClosingWalk::new();
    while inventory.coverage.is_complete() {
        let candidates = unreferenced(inventory, options);
        let candidates = ids(inventory, &candidates);
        let before: HashSet<AttachmentId> = candidates.iter().cloned().collect();
        // on the heap: it is far larger than anything else that is awaited here
        if let Err(stopped) = Box::pin(walk.round(api, inventory, &candidates, crawl, progress)).await {
            return (audit_of_stopped(inventory, options), Some(stopped));
        }
        let candidates = unreferenced(inventory, options);
        if let Err(stopped) = look.look_again(api, inventory, &candidates, crawl, progress).await {
            return (audit_of_stopped(inventory, options), Some(stopped));
        }
        let mut new = unreferenced(inventory, options);
        new.retain(|&file| !before.contains(&inventory.attachments[file].id));
        if walk.is_over() || (walk.is_settled() && new.is_empty()) {
            walk.finish(inventory, &new);
            return (audit::analyze(inventory, options), None);
        }
    }
    // what is incomplete judges no file, but the measures of a snapshot rest on lists that no second opinion contradicts
    if crawl.measures.is_some()
        && let Err(stopped) = walk.complete_for_measures(api, inventory, crawl, progress).await
    {
        return (audit_of_stopped(inventory, options), Some(stopped));
    }
    (audit::analyze(inventory, options), None)
}

/// Places of the files without a use.
fn unreferenced(inventory: &Inventory, options: &AuditOptions) -> Vec<usize> {
    let files = audit::analyze(inventory, options).files;
    files.iter().filter(|file| file.usage == Usage::Unreferenced).map(|file| file.attachment).collect()
}

fn ids(inventory: &Inventory, files: &[usize]) -> Vec<AttachmentId> {
    files.iter().map(|&file| inventory.attachments[file].id.clone()).collect()
}

/// Audits what a run had read that stopped before every candidate was read again.
///
/// All that was planned until then may have been read; without this gap a file used in a draft alone, or since the run
/// began, would be called unreferenced by a run that was interrupted at the right moment.
fn audit_of_stopped(inventory: &mut Inventory, options: &AuditOptions) -> Audit {
    let reason = "the run stopped before they were read again";
    inventory.coverage.fail(UnitKind::SecondLook, "candidates", reason);
    audit::analyze(inventory, options)
}
