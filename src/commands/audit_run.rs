//! Crawls a site and judges its attachments: repeats final pass and check of candidates until no candidate is unchecked
//! and the site did not change in between.

use std::collections::HashSet;

use super::run_context::status_of_stop;
use crate::audit::{self, Audit, AuditOptions, Usage};
use crate::error::{ExitStatus, Failure};
use crate::inventory::coverage::UnitKind;
use crate::inventory::{
    AttachmentId, CandidateCheck, CrawlError, CrawlOptions, FinalPass, Inventory, SpaceId, compare_contents,
    read_owners, save_run, take_inventory,
};
use crate::progress::Progress;
use confluence_client::{Api, RequestError};

/// Result of one crawl and its audit, complete or not.
#[derive(Debug)]
pub struct AuditRun {
    /// What was read; its coverage records what was not.
    pub inventory: Inventory,
    /// The verdicts after the check of candidates.
    pub audit: Audit,
    /// Why the run stopped early.
    pub stopped: Option<RequestError>,
    pub status: ExitStatus,
}

impl AuditRun {
    /// Downloads files that look identical and compares them, so that duplicates are certain (`--verify-duplicates`).
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

/// Crawls a site and judges its attachments, with a check of every candidate.
///
/// Fails if nothing usable could be read. A run that stopped early returns what it had read.
pub async fn crawl_and_audit(
    api: &Api,
    options: &CrawlOptions,
    rules: &AuditOptions,
    progress: &Progress,
) -> Result<AuditRun, Failure> {
    let (inventory, audit, stopped) = match take_inventory(api, options, progress).await {
        Ok(mut inventory) => {
            let (mut audit, mut stopped) = audit_until_settled(api, &mut inventory, options, rules, progress).await;
            // a recheck reads no names of people
            if stopped.is_none() && inventory.coverage.is_complete() && options.earlier_files.is_none() {
                let files = without_use(&audit);
                stopped = read_owners(api, &mut inventory, &files, options, progress).await.err();
                if stopped.is_some() {
                    let reason = "the run stopped before they were read";
                    inventory.coverage.fail(UnitKind::Accounts, "owners of unreferenced files", reason);
                    audit = audit::analyze(&inventory, rules);
                }
            }
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
    if let Err(error) = save_run(options, &inventory) {
        progress.warn(format!("{error}; the next run is compared with an older run, or with none"));
    }
    Ok(AuditRun { inventory, audit, stopped, status })
}

/// Audits, makes the final pass over all lists, reads contents outside the lists that could use a candidate, and
/// repeats until a pass finds no change and every candidate is checked. Ends early once the run is incomplete, since
/// it then calls nothing unreferenced.
///
/// The error is the reason why the run had to stop; the inventory's coverage records what is missing.
async fn audit_until_settled(
    api: &Api,
    inventory: &mut Inventory,
    options: &CrawlOptions,
    rules: &AuditOptions,
    progress: &Progress,
) -> (Audit, Option<RequestError>) {
    let mut check = CandidateCheck::new();
    let mut final_pass = FinalPass::new();
    while inventory.coverage.is_complete() {
        let candidates = unreferenced(inventory, options, rules);
        let candidates = ids(inventory, &candidates);
        let before: HashSet<AttachmentId> = candidates.iter().cloned().collect();
        // boxed: this future is far larger than the others awaited here
        if let Err(stopped) = final_pass.round(api, inventory, &candidates, options, progress).await {
            return (audit_of_stopped(inventory, rules), Some(stopped));
        }
        let candidates = unreferenced(inventory, options, rules);
        if let Err(stopped) = check.run(api, inventory, &candidates, options, progress).await {
            return (audit_of_stopped(inventory, rules), Some(stopped));
        }
        let mut new = unreferenced(inventory, options, rules);
        new.retain(|&file| !before.contains(&inventory.attachments[file].id));
        if final_pass.is_over() || (final_pass.is_settled() && new.is_empty()) {
            final_pass.finish(inventory, &new);
            return (audit::analyze(inventory, rules), None);
        }
    }
    // an incomplete run judges no file, but a snapshot still needs the cross-checks of its lists
    if options.measures.is_some()
        && let Err(stopped) = final_pass.complete_for_measures(api, inventory, options, progress).await
    {
        return (audit_of_stopped(inventory, rules), Some(stopped));
    }
    (audit::analyze(inventory, rules), None)
}

/// Returns the indexes of the unreferenced files that the run judges.
fn unreferenced(inventory: &Inventory, options: &CrawlOptions, rules: &AuditOptions) -> Vec<usize> {
    let files = audit::analyze(inventory, rules).files;
    let unreferenced = files.iter().filter(|file| file.usage == Usage::Unreferenced).map(|file| file.attachment);
    unreferenced.filter(|&file| options.judges(&inventory.attachments[file])).collect()
}

/// Returns the unreferenced and reported files with their spaces: someone has to decide about each of them.
fn without_use(audit: &Audit) -> Vec<(usize, Option<SpaceId>)> {
    let files = audit.files.iter().filter(|file| file.reported && file.is_candidate());
    files.map(|file| (file.attachment, file.space.clone())).collect()
}

fn ids(inventory: &Inventory, files: &[usize]) -> Vec<AttachmentId> {
    files.iter().map(|&file| inventory.attachments[file].id.clone()).collect()
}

/// Audits a run that stopped before every candidate was checked.
///
/// Such a run may have read everything that was planned until then. The gap recorded here keeps it from calling a file
/// unreferenced that is used only in a draft, or only since the run began.
fn audit_of_stopped(inventory: &mut Inventory, rules: &AuditOptions) -> Audit {
    let reason = "the run stopped before they were rechecked";
    inventory.coverage.fail(UnitKind::CandidateCheck, "candidates", reason);
    audit::analyze(inventory, rules)
}
