//! Reading that goes on with an inventory: its ledger is opened again, and closed with what was read beyond it.

use chrono::{DateTime, Utc};

use super::Inventory;
use super::crawl::Crawl;
use super::kept_texts::KeptTexts;
use super::ledger::Ledger;
use super::memory::Memory;
use super::options::CrawlOptions;
use super::witnesses::Witnesses;
use crate::progress::Progress;
use confluence_client::{Api, RequestError};
use storage_format::OwnSite;

/// The coverage of an inventory while more is read. Until [`Continued::close`] the inventory has none, and so is not
/// complete, whatever becomes of this.
pub(super) struct Continued<'a> {
    pub(super) ledger: Ledger,
    witnesses: Witnesses,
    texts: KeptTexts,
    api: &'a Api,
    options: &'a CrawlOptions,
    progress: &'a Progress,
    site: OwnSite,
    started_at: DateTime<Utc>,
    began: DateTime<Utc>,
}

impl<'a> Continued<'a> {
    /// Goes on with an inventory.
    pub(super) fn of(
        inventory: &mut Inventory,
        api: &'a Api,
        options: &'a CrawlOptions,
        progress: &'a Progress,
    ) -> Self {
        let ledger = Ledger::reopen(std::mem::take(&mut inventory.coverage));
        let site = inventory.scan.own_site();
        let witnesses = Witnesses::default();
        witnesses.note(&inventory.contents);
        witnesses.note_files(&inventory.attachments);
        Self {
            ledger,
            witnesses,
            texts: KeptTexts::beside(&inventory.contents, options),
            api,
            options,
            progress,
            site,
            started_at: inventory.scan.started_at,
            began: Utc::now(),
        }
    }

    /// What every part of the reading needs.
    pub(super) fn crawl(&self) -> Crawl<'_> {
        Crawl {
            api: self.api,
            options: self.options,
            progress: self.progress,
            ledger: &self.ledger,
            witnesses: &self.witnesses,
            texts: &self.texts,
            site: &self.site,
            memory: Memory(self.options.cache.as_deref()),
            last_run: None,
            started_at: self.started_at,
        }
    }

    /// Gives the inventory its coverage back. An error means that the run had to stop.
    pub(super) fn close(self, inventory: &mut Inventory) -> Result<(), RequestError> {
        self.crawl().keep_what_was_learned();
        let client = self.api.client();
        inventory.coverage = self.ledger.finish();
        inventory.requests = client.requests();
        inventory.scan.finished_at += Utc::now() - self.began;
        client.stopped().map_or(Ok(()), Err)
    }
}
