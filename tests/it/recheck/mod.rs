//! `recheck`: what changed on a site after its report was written.

mod changes;
mod costs;
mod program;
mod sites;

use std::collections::BTreeMap;

use chrono::Utc;
use confluence_client::Api;
use confluence_sim::{Change, Site, files_in_use};
use confluence_storage_analyzer::audit::{AuditOptions, analyze};
use confluence_storage_analyzer::commands::audit_run::crawl_and_audit;
use confluence_storage_analyzer::commands::recheck::recheck_options;
use confluence_storage_analyzer::error::{ExitStatus, Failure};
use confluence_storage_analyzer::inventory::{CrawlOptions, Inventory};
use confluence_storage_analyzer::progress::Progress;
use confluence_storage_analyzer::recheck::{RecheckInput, RecheckResult, RecheckedFiles, candidates};
use test_support::harness::Harness;

/// The report of a complete audit, as it is saved.
pub(crate) struct EarlierReport {
    pub(crate) inventory: Inventory,
    pub(crate) candidates: Vec<usize>,
    /// The site at that time.
    site: Site,
}

/// The results of a recheck by the id of the file.
pub(crate) struct Rechecked {
    pub(crate) status: ExitStatus,
    pub(crate) files: BTreeMap<String, (RecheckResult, Vec<String>)>,
    pub(crate) obstacles: Vec<String>,
    pub(crate) inventory: Inventory,
}

impl EarlierReport {
    /// Audits the site. `None` if the audit is not complete.
    pub(crate) async fn of(harness: &Harness) -> Option<Self> {
        let site = harness.server.site(Site::clone);
        let run = harness.run_unchecked(&Api::new(harness.settings()).unwrap(), &CrawlOptions::default()).await;
        let run = run.result.ok().filter(|run| run.status == ExitStatus::Complete)?;
        let saved = serde_json::to_string(&run.inventory).unwrap();
        let inventory: Inventory = serde_json::from_str(&saved).unwrap();
        let candidates = candidates(&analyze(&inventory, &AuditOptions::default()));
        Some(Self { inventory, candidates, site })
    }

    pub(crate) async fn recheck(&self, harness: &Harness) -> Result<Rechecked, Failure> {
        self.recheck_with(harness, &CrawlOptions::default(), &AuditOptions::default(), &[]).await
    }

    pub(crate) async fn recheck_with(
        &self,
        harness: &Harness,
        options: &CrawlOptions,
        rules: &AuditOptions,
        accept_deleted: &[&str],
    ) -> Result<Rechecked, Failure> {
        let options = recheck_options(options, &self.inventory, &self.candidates);
        let api = Api::new(harness.settings()).unwrap();
        let run = crawl_and_audit(&api, &options, rules, &Progress::silent()).await?;
        let accept_deleted: Vec<String> = accept_deleted.iter().map(|&entry| entry.to_owned()).collect();
        let results = RecheckedFiles::of(RecheckInput {
            before: &self.inventory,
            files: &self.candidates,
            now: &run.inventory,
            audit: &run.audit,
            complete: run.status == ExitStatus::Complete,
            accept_deleted: &accept_deleted,
        });
        let files = results.files.into_iter().map(|file| {
            let id = self.inventory.attachments[file.before].id.as_str().to_owned();
            (id, (file.result, file.reasons))
        });
        let (status, files) = (run.status, files.collect());
        Ok(Rechecked { status, files, obstacles: results.obstacles, inventory: run.inventory })
    }

    /// Returns the files in use now, on everything that is visible, and on what was visible when the report was written.
    pub(crate) fn in_use(&self, harness: &Harness) -> std::collections::BTreeSet<String> {
        let mut now = harness.server.site(Site::clone);
        for content in &mut now.contents {
            let before = self.site.contents.iter().find(|before| before.id == content.id);
            content.hidden &= before.is_none_or(|before| before.hidden);
        }
        for space in &mut now.spaces {
            let before = self.site.spaces.iter().find(|before| before.id == space.id);
            space.hidden &= before.is_none_or(|before| before.hidden);
        }
        files_in_use(&now)
    }
}

impl Rechecked {
    pub(crate) fn result(&self, id: &str) -> RecheckResult {
        self.files[id].0
    }

    pub(crate) fn reason(&self, id: &str) -> String {
        self.files[id].1.join("; ")
    }

    /// Returns the ids of the files that may be deleted.
    pub(crate) fn still_unreferenced(&self) -> impl Iterator<Item = &String> {
        self.files.iter().filter(|(_, file)| file.0 == RecheckResult::StillUnreferenced).map(|(id, _)| id)
    }
}

/// Applies changes to the served site, in order.
pub(crate) fn apply(harness: &Harness, changes: &[Change]) {
    harness.server.change_site(|site| changes.iter().for_each(|change| change.apply(site, Utc::now())));
}
