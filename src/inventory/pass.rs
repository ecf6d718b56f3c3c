//! One pass over the lists of a site: the first reading, or a round of the closing walk.

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
    /// A round of the closing walk, which the coverage counts apart.
    pub(super) is_closing: bool,
}

impl Pass {
    /// The first reading.
    pub(super) const FIRST: Self = Self { order: Order::Forward, bodies: Bodies::Included, is_closing: false };

    /// A round of the closing walk.
    pub(super) fn closing(order: Order) -> Self {
        Self { order, bodies: Bodies::LeftOut, is_closing: true }
    }

    /// Plans a list; `kind` is what it counts as in the first reading.
    pub(super) fn enter<'c>(self, crawl: &Crawl<'c>, kind: UnitKind, list: impl Into<String>) -> Unit<'c> {
        crawl.ledger.enter(if self.is_closing { UnitKind::ClosingWalk } else { kind }, list)
    }

    /// The order to walk a list in again: in the closing walk the other one, where the server refuses that of the pass.
    /// So changes are seen all the same; what the order would have told besides, something else has to.
    pub(super) fn other_order(self, tried: Order, walked: &Walked) -> Option<Order> {
        let is_refused = walked.end.as_ref().is_err_and(RequestError::is_refusal);
        (self.is_closing && tried == self.order && is_refused).then(|| tried.reversed())
    }

    /// Whether a list was walked in another order than that of the pass. One that could not be walked at all was not.
    pub(super) fn is_other(self, order: Order, walked: &Walked) -> bool {
        order != self.order && walked.end.is_ok()
    }
}
