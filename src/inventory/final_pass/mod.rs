//! The final pass: reads all lists again, without bodies, after the last body was read.
//!
//! Much changes without a new version or date: files are renamed or moved, pages are restored from the trash,
//! restrictions are lifted, header images are set. So the final pass reads every list again, compares it with the
//! inventory and reads again what differs, each item with its own request. Rounds alternate between ascending and
//! descending order, which also cross-checks every list: an item that one order shows must appear in the other order in
//! the next round.
//!
//! The pass ends with the first round that finds no change and leaves nothing to confirm, after three rounds at most.

mod apply_contents;
mod attachments;
mod cross_checks;
mod expected_items;
mod images_labels_drafts;
mod inventory_index;
mod read_content_lists;
mod spaces;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::account_check::confirm_account;
use super::coverage::UnitKind;
use super::crawl::Crawl;
use super::options::CrawlOptions;
use super::pass::Pass;
use super::resumed_crawl::ResumedCrawl;
use super::site::{AttachmentId, ContentId, ContentKind, Unsettled};
use super::{Inventory, TimeWindow, comments};
use crate::progress::Progress;
use confluence_client::api::ListOrder;
use confluence_client::{Api, RequestError};
pub use cross_checks::ListKind;
use expected_items::ExpectedItems;
use spaces::SpaceChanges;

/// Maximum number of rounds: without it, a site that changes all the time would be read forever.
const MAX_ROUNDS: u32 = 3;
/// Maximum number of items of one kind that a round requests because they are no longer listed. More of them point to a
/// broken list rather than to people deleting.
const MAX_MISSING_REQUESTS: usize = 2_000;

/// The final pass of one run.
#[derive(Debug)]
pub struct FinalPass {
    lists: BTreeSet<ListKind>,
    /// Whether only comments and files on pages and posts of the inventory are kept.
    is_narrow: bool,
    rounds: u32,
    /// Whether the last round found a change.
    found_changes: bool,
    expected_items: ExpectedItems,
    /// Lists that the server refuses to return in another order or page size.
    refused: BTreeSet<ListKind>,
    /// Contents with a newer version in a list than could be read: subject and reason.
    unread: BTreeMap<(ContentKind, ContentId), (String, String)>,
}

/// One round of the final pass.
#[derive(Clone, Copy)]
struct Round<'r> {
    crawl: Crawl<'r>,
    pass: Pass,
    is_last: bool,
    lists: &'r BTreeSet<ListKind>,
    /// Whether comments and files on contents outside the inventory are skipped.
    is_narrow: bool,
}

impl Round<'_> {
    fn includes(&self, list: ListKind) -> bool {
        self.lists.contains(&list)
    }
}

impl Default for FinalPass {
    fn default() -> Self {
        Self::new()
    }
}

impl FinalPass {
    /// A final pass over all lists of the site.
    pub fn new() -> Self {
        Self::over(ListKind::all(), false)
    }

    /// A final pass over these lists only. It keeps only comments and files on pages and posts of the inventory, and
    /// judges no files.
    pub(super) fn narrow(lists: BTreeSet<ListKind>) -> Self {
        Self::over(lists, true)
    }

    fn over(lists: BTreeSet<ListKind>, is_narrow: bool) -> Self {
        let (expected_items, refused, unread) = (ExpectedItems::default(), BTreeSet::new(), BTreeMap::new());
        Self { lists, is_narrow, rounds: 0, found_changes: false, expected_items, refused, unread }
    }

    /// Makes the cross-checks that the metrics of an incomplete audit depend on: continues a final pass that has begun,
    /// or else runs one over the lists that a snapshot relies on and that were read completely. Judges no files.
    ///
    /// An error means that the run had to stop.
    pub async fn complete_for_measures(
        self,
        api: &Api,
        inventory: &mut Inventory,
        options: &CrawlOptions,
        progress: &Progress,
    ) -> Result<(), RequestError> {
        let mut final_pass = if self.rounds > 0 {
            self
        } else {
            let lists = ListKind::of_snapshots().into_iter();
            Self::narrow(lists.filter(|list| !inventory.coverage.has_gap(list.unit_kind())).collect())
        };
        while !final_pass.is_over() && !final_pass.is_settled() {
            final_pass.round(api, inventory, &[], options, progress).await?;
        }
        final_pass.finish(inventory, &[]);
        Ok(())
    }

    /// Whether the maximum number of rounds has been reached.
    pub fn is_over(&self) -> bool {
        self.rounds >= MAX_ROUNDS
    }

    /// Whether the last round found no change and no remaining round has anything to confirm.
    pub fn is_settled(&self) -> bool {
        let is_expected = !self.is_over()
            && [ListOrder::Forward, ListOrder::Backward].into_iter().any(|order| {
                self.expected_items.has_any_in(order)
                    && (self.rounds..MAX_ROUNDS).any(|rounds| order_after(rounds) == order)
            });
        self.rounds > 0 && !self.found_changes && !is_expected
    }

    /// Reads all lists again and updates the inventory with what differs. Reads the header images of owners of
    /// candidates one by one if the search does not return them.
    ///
    /// Attachments may have other indexes afterwards. An error means that the run had to stop; the coverage of the
    /// inventory then says what is missing, as it does for single gaps.
    pub async fn round(
        &mut self,
        api: &Api,
        inventory: &mut Inventory,
        candidates: &[AttachmentId],
        options: &CrawlOptions,
        progress: &Progress,
    ) -> Result<(), RequestError> {
        let pass = Pass::final_round(order_after(self.rounds));
        self.rounds += 1;
        let began_at = inventory.scan.finished_at;
        let candidates: HashSet<&AttachmentId> = candidates.iter().collect();
        let files = inventory.attachments.iter().filter(|file| candidates.contains(&file.id));
        let owners: HashSet<ContentId> = files.filter_map(|file| file.container.id().cloned()).collect();
        let resumed = ResumedCrawl::of(inventory, api, options, progress);
        let crawl = resumed.crawl();
        let (lists, is_narrow) = (self.lists.clone(), self.is_narrow);
        let round = Round { crawl, pass, is_last: self.is_over(), lists: &lists, is_narrow };
        let items = inventory.contents.len() + inventory.attachments.len();
        let name = if is_narrow { "cross-checking lists" } else { "final pass" };
        crawl.phase(&format!("{name}, round {} of at most {MAX_ROUNDS}", self.rounds), Some(items as u64));
        let spaces = if round.includes(ListKind::Spaces) {
            spaces::update(&round, self, inventory).await
        } else {
            SpaceChanges::default()
        };
        let files = async {
            let is_included = round.includes(ListKind::Attachments);
            if is_included { Some(attachments::read_list(&round, inventory, &self.expected_items).await) } else { None }
        };
        let contents = read_content_lists::read_all(&round, inventory, &spaces, &self.expected_items);
        // the future of all these lists is large
        let listed = Box::pin(async { tokio::join!(contents, files) }).await;
        let mut changes = spaces.changes;
        changes += apply_contents::apply(&round, self, inventory, &spaces, listed.0).await;
        if let Some(files) = listed.1 {
            changes += attachments::apply(&round, self, inventory, files).await;
        }
        if !is_narrow {
            changes += images_labels_drafts::drafts(&round, inventory).await;
            changes += images_labels_drafts::header_images(&round, self, inventory, &owners).await;
        }
        comments::complete(&mut inventory.contents, &inventory.attachments);
        if round.includes(ListKind::Labels) {
            changes += images_labels_drafts::labels(&round, self, inventory).await;
        }
        self.found_changes = changes > 0;
        inventory.sort();
        confirm_account(api, &resumed.ledger, &inventory.scan.account.id).await;
        let closed = resumed.close(inventory);
        inventory.scan.final_pass = Some(TimeWindow { began_at, ended_at: inventory.scan.finished_at });
        closed
    }

    /// Ends the pass. An item that a list did not show in one of its orders is a hole in the list; a list without a
    /// cross-check may have a hole; a newest version that could not be read is a missing body. `latecomers` (indexes
    /// into `inventory.attachments`) are files that lost their last use in the last round.
    pub fn finish(mut self, inventory: &mut Inventory, latecomers: &[usize]) {
        let deployment = inventory.scan.deployment;
        inventory.doubtful.extend(self.expected_items.report(deployment, &mut inventory.coverage));
        cross_checks::require(&self.refused, self.is_narrow, inventory);
        inventory
            .outdated
            .extend(self.unread.keys().filter(|(kind, _)| kind.owns_attachments()).map(|(_, id)| id.clone()));
        for (subject, reason) in self.unread.values() {
            inventory.coverage.fail(UnitKind::Body, subject, reason);
        }
        for &index in latecomers {
            if let Some(file) = inventory.attachments.get_mut(index) {
                file.unsettled = file.unsettled.or(Some(Unsettled::LostItsUse));
            }
        }
    }
}

/// The order of the next round after `rounds` rounds.
fn order_after(rounds: u32) -> ListOrder {
    if rounds.is_multiple_of(2) { ListOrder::Backward } else { ListOrder::Forward }
}
