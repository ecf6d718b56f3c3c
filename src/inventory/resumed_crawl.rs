//! Resumes a crawl on an existing inventory: reopens its ledger, reads more, and closes it again.

use chrono::{DateTime, Utc};

use super::crawl::Crawl;
use super::inventory_cache::InventoryCache;
use super::ledger::Ledger;
use super::not_found::VisibleItems;
use super::options::CrawlOptions;
use super::unparsed_texts::UnparsedTexts;
use super::{Coverage, Inventory, Visibility, plausibility};
use crate::progress::Progress;
use confluence_client::{Api, RequestError};
use storage_format::OwnSite;

/// An inventory's ledger while more is read. Until [`ResumedCrawl::close`] returns it, the inventory has no coverage
/// and is therefore not complete, whatever happens here.
pub(super) struct ResumedCrawl<'a> {
    pub(super) ledger: Ledger,
    visible_items: VisibleItems,
    texts: UnparsedTexts,
    api: &'a Api,
    options: &'a CrawlOptions,
    progress: &'a Progress,
    site: OwnSite,
    started_at: DateTime<Utc>,
    began: DateTime<Utc>,
}

impl Inventory {
    /// Adds what was read with a ledger of its own. Returns an error if the run had to stop.
    pub fn absorb(
        &mut self,
        coverage: Coverage,
        api: &Api,
        options: &CrawlOptions,
        progress: &Progress,
    ) -> Result<(), RequestError> {
        self.coverage.absorb(coverage);
        ResumedCrawl::of(self, api, options, progress).close(self)
    }
}

impl<'a> ResumedCrawl<'a> {
    /// Takes the coverage out of the inventory and reopens it.
    pub(super) fn of(
        inventory: &mut Inventory,
        api: &'a Api,
        options: &'a CrawlOptions,
        progress: &'a Progress,
    ) -> Self {
        let ledger = Ledger::reopen(std::mem::take(&mut inventory.coverage));
        let site = inventory.scan.own_site();
        let visible_items = VisibleItems::default();
        visible_items.note(&inventory.contents);
        visible_items.note_files(&inventory.attachments);
        Self {
            ledger,
            visible_items,
            texts: UnparsedTexts::remaining_after(&inventory.contents, options),
            api,
            options,
            progress,
            site,
            started_at: inventory.scan.started_at,
            began: Utc::now(),
        }
    }

    pub(super) fn crawl(&self) -> Crawl<'_> {
        Crawl {
            api: self.api,
            options: self.options,
            progress: self.progress,
            ledger: &self.ledger,
            visible_items: &self.visible_items,
            texts: &self.texts,
            site: &self.site,
            cache: InventoryCache(self.options.cache.as_deref()),
            last_run: None,
            started_at: self.started_at,
        }
    }

    /// Puts the coverage back into the inventory. Returns an error if the run had to stop.
    pub(super) fn close(self, inventory: &mut Inventory) -> Result<(), RequestError> {
        self.crawl().save_client_state();
        let client = self.api.client();
        let visibility = Visibility::through(self.api, &inventory.scan.account.id);
        if inventory.scan.visibility.as_ref() != Some(&visibility) {
            // a request that no list needs showed that the token lacks another scope
            let (figures, counted) = (&mut inventory.figures, inventory.scan.counted);
            inventory.scan.counted = plausibility::compare(&self.ledger, self.options, &visibility, figures, counted);
            inventory.scan.visibility = Some(visibility);
        }
        inventory.coverage = self.ledger.finish();
        inventory.requests = client.requests();
        inventory.scan.finished_at += Utc::now() - self.began;
        client.stopped().map_or(Ok(()), Err)
    }
}
