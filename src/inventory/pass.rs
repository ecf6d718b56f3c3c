//! One pass over the lists of a site: the titles, the first reading, or a round of the closing walk.

use super::coverage::UnitKind;
use super::crawl::Crawl;
use super::ledger::Unit;
use confluence_client::api::{Bodies, Order};
use confluence_client::{RequestError, Walked};

/// How the lists are walked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pass {
    pub(super) order: Order,
    pub(super) bodies: Bodies,
    pub(super) stage: Stage,
}

/// When in a run the lists are walked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Before any body.
    Titles,
    /// With the bodies.
    First,
    /// After the last body.
    Closing,
}

impl Pass {
    /// The first reading.
    pub(super) const FIRST: Self = Self { order: Order::Forward, bodies: Bodies::Included, stage: Stage::First };

    /// The titles of pages and blog posts, before the first reading.
    pub(super) const TITLES: Self = Self { bodies: Bodies::LeftOut, stage: Stage::Titles, ..Self::FIRST };

    /// A round of the closing walk.
    pub(super) fn closing(order: Order) -> Self {
        Self { order, bodies: Bodies::LeftOut, stage: Stage::Closing }
    }

    /// Whether this is a round of the closing walk.
    pub(super) fn is_closing(self) -> bool {
        self.stage == Stage::Closing
    }

    /// Plans a list; `kind` is what it counts as in the first reading.
    pub(super) fn enter<'c>(self, crawl: &Crawl<'c>, kind: UnitKind, list: impl Into<String>) -> Unit<'c> {
        let kind = match self.stage {
            Stage::Titles => UnitKind::TitleList,
            Stage::First => kind,
            Stage::Closing => UnitKind::ClosingWalk,
        };
        crawl.ledger.enter(kind, list)
    }

    /// The order to walk a list in again: in the closing walk the other one, where the server refuses that of the pass.
    /// So changes are seen all the same; what the order would have told besides, something else has to.
    pub(super) fn other_order(self, tried: Order, walked: &Walked) -> Option<Order> {
        let is_refused = walked.end.as_ref().is_err_and(RequestError::is_refusal);
        (self.is_closing() && tried == self.order && is_refused).then(|| tried.reversed())
    }

    /// Whether a list was walked in another order than that of the pass. One that could not be walked at all was not.
    pub(super) fn is_other(self, order: Order, walked: &Walked) -> bool {
        order != self.order && walked.end.is_ok()
    }
}
