//! A pass over the site's lists: the titles, the first pass, or a round of the final pass.

use super::coverage::UnitKind;
use super::crawl::Crawl;
use super::ledger::WorkUnit;
use confluence_client::api::{Bodies, ListOrder};
use confluence_client::{ListOutcome, RequestError};

/// How the lists are read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pass {
    pub(super) order: ListOrder,
    pub(super) bodies: Bodies,
    pub(super) stage: Stage,
}

/// When in a run the lists are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Before any body.
    Titles,
    First,
    /// After the last body, without bodies.
    Final,
}

impl Pass {
    /// The first pass, which reads bodies.
    pub(super) const FIRST: Self = Self { order: ListOrder::Forward, bodies: Bodies::Included, stage: Stage::First };

    /// The titles of pages and blog posts, before the first pass.
    pub(super) const TITLES: Self = Self { bodies: Bodies::LeftOut, stage: Stage::Titles, ..Self::FIRST };

    /// Returns a round of the final pass.
    pub(super) fn final_round(order: ListOrder) -> Self {
        Self { order, bodies: Bodies::LeftOut, stage: Stage::Final }
    }

    /// Returns whether this is a round of the final pass.
    pub(super) fn is_final(self) -> bool {
        self.stage == Stage::Final
    }

    /// Plans the unit of a list. `kind` is its kind in the first pass.
    pub(super) fn enter<'c>(self, crawl: &Crawl<'c>, kind: UnitKind, list: impl Into<String>) -> WorkUnit<'c> {
        let kind = match self.stage {
            Stage::Titles => UnitKind::TitleList,
            Stage::First => kind,
            Stage::Final => UnitKind::FinalPass,
        };
        crawl.ledger.enter(kind, list)
    }

    /// Returns the order in which to read a list again: in the final pass the other order, if the server refuses that
    /// of the pass. Changes are detected in either order, but the list then lacks its cross-check, and something else
    /// has to replace it.
    pub(super) fn other_order(self, tried: ListOrder, listing: &ListOutcome) -> Option<ListOrder> {
        let is_refused = listing.end.as_ref().is_err_and(RequestError::is_refusal);
        (self.is_final() && tried == self.order && is_refused).then(|| tried.reversed())
    }

    /// Returns whether a list was read in another order than that of the pass; `false` for one that could not be read.
    pub(super) fn is_other(self, order: ListOrder, listing: &ListOutcome) -> bool {
        order != self.order && listing.end.is_ok()
    }
}
