//! Page limits of Data Center, which applies them silently: 50 items with bodies, 200 with expansions, 1000 without.

use crate::parameters::{Bodies, ListOrder};
use crate::request_kind::RequestKind;

/// Items with bodies.
const BODIES: u32 = 50;
/// Items with expansions.
pub(super) const EXPANDED: u32 = 200;
/// Items without expansions.
const PLAIN: u32 = 1000;

/// Returns the maximum number of items on one page of the list of a kind: of the list with bodies, if the kind has both.
pub(crate) fn page_limit(kind: RequestKind) -> u32 {
    match kind {
        RequestKind::Pages
        | RequestKind::BlogPosts
        | RequestKind::FooterComments
        | RequestKind::InlineComments
        | RequestKind::Templates => BODIES,
        RequestKind::HeaderImageSweep | RequestKind::SearchIndex | RequestKind::WorkflowSearch => PLAIN,
        kind if kind.page_limit() > 1 => EXPANDED,
        kind => kind.page_limit(),
    }
}

/// Returns whether lists of a kind can have bodies.
pub(crate) fn has_bodies(kind: RequestKind) -> bool {
    page_limit(kind) == BODIES
}

/// Returns the page limit of a list with or without bodies, read in an order; `begun` is the limit with which the list of
/// this kind begins, and `expanded` that of the lists of attachments, which have no bodies. No list of Data Center has an
/// order: `Backward` is another way to read it, with pages of another size, so that the same items do not meet the same
/// borders.
pub(crate) fn page_limit_of(kind: RequestKind, (begun, expanded): (u32, u32), bodies: Bodies, order: ListOrder) -> u32 {
    let most = if has_bodies(kind) && bodies == Bodies::LeftOut { expanded } else { begun };
    match order {
        ListOrder::Forward => most,
        ListOrder::Backward => (most - most / 20).max(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_those_of_the_product() {
        assert_eq!(page_limit(RequestKind::Pages), 50);
        assert_eq!(page_limit(RequestKind::Attachments), 200);
        assert_eq!(page_limit(RequestKind::SearchIndex), 1000);
        assert_eq!(page_limit(RequestKind::CurrentUser), 1);
        let (forward, backward) = (ListOrder::Forward, ListOrder::Backward);
        assert_eq!(page_limit_of(RequestKind::Pages, (50, 200), Bodies::Included, backward), 48);
        assert_eq!(page_limit_of(RequestKind::Pages, (20, 150), Bodies::LeftOut, forward), 150);
        assert_eq!(page_limit_of(RequestKind::Attachments, (100, 100), Bodies::LeftOut, forward), 100);
    }
}
