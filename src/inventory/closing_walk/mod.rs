//! The closing walk: all lists once more, without bodies, after the last body was read.
//!
//! Much changes without a date that would tell: a file is renamed or moved, a page comes back from the trash, a
//! restriction is lifted, a header image is set. So every list is walked again and held against the inventory, and what
//! differs is read again alone. Rounds alternate between the two orders of each list, so that the walk is the second
//! opinion of every list, too: what one order shows, the other has to show when its turn comes.
//!
//! A round that finds nothing ends the walk; at most three rounds are walked.

mod content_lists;
mod contents;
mod files;
mod known;
mod outside;
mod owed;
mod second_opinions;
mod spaces;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::continued::Continued;
use super::coverage::UnitKind;
use super::crawl::Crawl;
use super::identity::confirm_account;
use super::options::CrawlOptions;
use super::pass::Pass;
use super::site::{AttachmentId, ContentId, ContentKind, Unsettled};
use super::{Inventory, Window, comments};
use crate::progress::Progress;
use confluence_client::api::Order;
use confluence_client::{Api, RequestError};
use owed::Owed;
pub use second_opinions::List;
use spaces::Spaces;

/// Rounds that are walked at most: a site that changes all the time would be walked for ever.
const MOST_ROUNDS: u32 = 3;
/// Things of one kind that are asked for one by one in a round because no list shows them any more, at most. More look
/// like a list that is broken rather than like people who delete.
const MOST_ALONE: usize = 2_000;

/// The closing walk of one run.
#[derive(Debug)]
pub struct ClosingWalk {
    /// The lists that are walked.
    lists: BTreeSet<List>,
    /// Only what is on pages and posts of the inventory is kept.
    is_narrow: bool,
    rounds: u32,
    /// The last round found something.
    found_news: bool,
    owed: Owed,
    /// Lists whose other view the server refuses.
    refused: BTreeSet<List>,
    /// Contents of which a list shows a newer version than could be read: subject and reason.
    unread: BTreeMap<(ContentKind, ContentId), (String, String)>,
}

/// One round.
#[derive(Clone, Copy)]
struct Round<'r> {
    crawl: Crawl<'r>,
    pass: Pass,
    is_last: bool,
    lists: &'r BTreeSet<List>,
    /// Comments and files of what the inventory does not hold are passed over.
    is_narrow: bool,
}

impl Round<'_> {
    fn walks(&self, list: List) -> bool {
        self.lists.contains(&list)
    }
}

impl Default for ClosingWalk {
    fn default() -> Self {
        Self::new()
    }
}

impl ClosingWalk {
    /// Nothing walked yet, of all lists of the site.
    pub fn new() -> Self {
        Self::over(List::all(), false)
    }

    /// Nothing walked yet, of these lists. Comments and files are kept as far as they are on pages and posts of the
    /// inventory, and no file is judged.
    pub(super) fn narrow(lists: BTreeSet<List>) -> Self {
        Self::over(lists, true)
    }

    fn over(lists: BTreeSet<List>, is_narrow: bool) -> Self {
        let (owed, refused, unread) = (Owed::default(), BTreeSet::new(), BTreeMap::new());
        Self { lists, is_narrow, rounds: 0, found_news: false, owed, refused, unread }
    }

    /// Takes the second opinions that the measures of an incomplete audit rest on: goes on with a walk that has begun; where
    /// none has, walks the lists that a snapshot believes and that were read to their ends. Judges no file.
    ///
    /// An error means that the run had to stop.
    pub async fn complete_for_measures(
        self,
        api: &Api,
        inventory: &mut Inventory,
        options: &CrawlOptions,
        progress: &Progress,
    ) -> Result<(), RequestError> {
        let mut walk = if self.rounds > 0 {
            self
        } else {
            let lists = List::of_snapshots().into_iter();
            Self::narrow(lists.filter(|list| !inventory.coverage.has_gap(list.unit_kind())).collect())
        };
        while !walk.is_over() && !walk.is_settled() {
            Box::pin(walk.round(api, inventory, &[], options, progress)).await?;
        }
        walk.finish(inventory, &[]);
        Ok(())
    }

    /// Whether no further round may be walked.
    pub fn is_over(&self) -> bool {
        self.rounds >= MOST_ROUNDS
    }

    /// Whether the last round found nothing, and no round to come has anything to confirm.
    pub fn is_settled(&self) -> bool {
        let is_owed = !self.is_over()
            && [Order::Forward, Order::Backward].into_iter().any(|order| {
                self.owed.is_owed_in(order) && (self.rounds..MOST_ROUNDS).any(|rounds| order_after(rounds) == order)
            });
        self.rounds > 0 && !self.found_news && !is_owed
    }

    /// Walks all lists once more and puts what differs into the inventory. Owners of candidates have their
    /// header images read alone where the search does not tell them.
    ///
    /// Afterwards the attachments may be in other places. An error means that the run had to stop; the coverage of the
    /// inventory then says what is missing, as it does for single gaps.
    pub async fn round(
        &mut self,
        api: &Api,
        inventory: &mut Inventory,
        candidates: &[AttachmentId],
        options: &CrawlOptions,
        progress: &Progress,
    ) -> Result<(), RequestError> {
        let pass = Pass::closing(order_after(self.rounds));
        self.rounds += 1;
        let began_at = inventory.scan.finished_at;
        let candidates: HashSet<&AttachmentId> = candidates.iter().collect();
        let files = inventory.attachments.iter().filter(|file| candidates.contains(&file.id));
        let owners: HashSet<ContentId> = files.filter_map(|file| file.container.id().cloned()).collect();
        let continued = Continued::of(inventory, api, options, progress);
        let crawl = continued.crawl();
        let (lists, is_narrow) = (self.lists.clone(), self.is_narrow);
        let round = Round { crawl, pass, is_last: self.is_over(), lists: &lists, is_narrow };
        let items = inventory.contents.len() + inventory.attachments.len();
        let name = if is_narrow { "the lists once more" } else { "closing walk" };
        crawl.phase(&format!("{name}, round {} of at most {MOST_ROUNDS}", self.rounds), Some(items as u64));
        let spaces =
            if round.walks(List::Spaces) { spaces::walk(&round, self, inventory).await } else { Spaces::default() };
        let files = async {
            let is_walked = round.walks(List::Attachments);
            if is_walked { Some(files::walk(&round, inventory, &self.owed).await) } else { None }
        };
        let listed = tokio::join!(content_lists::walk(&round, inventory, &spaces, &self.owed), files);
        let mut news = spaces.news;
        news += contents::settle(&round, self, inventory, &spaces, listed.0).await;
        if let Some(files) = listed.1 {
            news += files::settle(&round, self, inventory, files).await;
        }
        if !is_narrow {
            news += outside::drafts(&round, inventory).await;
            news += outside::header_images(&round, self, inventory, &owners).await;
        }
        comments::complete(&mut inventory.contents, &inventory.attachments);
        if round.walks(List::Labels) {
            news += outside::labels(&round, self, inventory).await;
        }
        self.found_news = news > 0;
        inventory.sort();
        confirm_account(api, &continued.ledger, &inventory.scan.account.id).await;
        let closed = continued.close(inventory);
        inventory.scan.closing_walk = Some(Window { began_at, ended_at: inventory.scan.finished_at });
        closed
    }

    /// Ends the walk. What a list never showed is a hole, what had no second opinion may have one, what could not be read
    /// in its newest version is a body that is missing, and `latecomers` (places in `inventory.attachments`) are files
    /// without a use since the last round only.
    pub fn finish(mut self, inventory: &mut Inventory, latecomers: &[usize]) {
        inventory.doubtful.extend(self.owed.collect(&mut inventory.coverage));
        second_opinions::require(&self.refused, self.is_narrow, inventory);
        inventory
            .outdated
            .extend(self.unread.keys().filter(|(kind, _)| kind.owns_attachments()).map(|(_, id)| id.clone()));
        for (subject, reason) in self.unread.values() {
            inventory.coverage.fail(UnitKind::Body, subject, reason);
        }
        for &place in latecomers {
            if let Some(file) = inventory.attachments.get_mut(place) {
                file.unsettled = file.unsettled.or(Some(Unsettled::LostItsUse));
            }
        }
    }
}

/// The order of the round after so many.
fn order_after(rounds: u32) -> Order {
    if rounds.is_multiple_of(2) { Order::Backward } else { Order::Forward }
}
