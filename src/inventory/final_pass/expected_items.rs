//! Items that exist, but that a list did not show in one of its two orders: a later round must show them.

use std::collections::{BTreeMap, BTreeSet};

use super::cross_checks::ListKind;
use crate::inventory::coverage::{Coverage, UnitKind};
use crate::inventory::site::ContentKind;
use crate::support::formatting::plural;
use confluence_client::Deployment;
use confluence_client::api::ListOrder;

/// An item that a list shows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ListedItem {
    Space(String),
    Content(ContentKind, String),
    /// By the digits of its id.
    File(String),
}

/// Items that are still expected, with the list and the order that must show them.
#[derive(Debug, Default)]
pub(super) struct ExpectedItems {
    items: BTreeMap<(ListedItem, ListOrder), (ListKind, String)>,
}

impl ExpectedItems {
    /// Expects the list to show the item in this order; `words` name the item in messages.
    pub(super) fn add(&mut self, list: ListKind, order: ListOrder, item: ListedItem, words: impl Into<String>) {
        self.items.entry((item, order)).or_insert_with(|| (list, words.into()));
    }

    pub(super) fn contains(&self, item: &ListedItem, order: ListOrder) -> bool {
        self.items.contains_key(&(item.clone(), order))
    }

    /// Items expected of a list.
    pub(super) fn of_list(&self, list: ListKind) -> impl Iterator<Item = &ListedItem> {
        self.items.iter().filter(move |(_, (of, _))| *of == list).map(|((item, _), _)| item)
    }

    /// Whether any list is expected to show items in this order.
    pub(super) fn has_any_in(&self, order: ListOrder) -> bool {
        self.items.keys().any(|(_, of_order)| *of_order == order)
    }

    /// Removes the expected items that a list showed in this order.
    pub(super) fn remove_shown(&mut self, list: ListKind, order: ListOrder, was_shown: impl Fn(&ListedItem) -> bool) {
        self.items.retain(|(item, of_order), (of, _)| *of != list || *of_order != order || !was_shown(item));
    }

    /// Stops expecting an item that was deleted, or that its list no longer has to show, such as one in the trash.
    pub(super) fn remove(&mut self, item: &ListedItem) {
        self.items.retain(|(expected, _), _| expected != item);
    }

    /// Records the items that are still expected as holes in their lists, which makes the run incomplete. Returns these
    /// lists.
    pub(super) fn report(&mut self, deployment: Deployment, coverage: &mut Coverage) -> BTreeSet<ListKind> {
        let mut holes: BTreeMap<ListKind, Vec<String>> = BTreeMap::new();
        for ((_, order), (list, words)) in std::mem::take(&mut self.items) {
            holes
                .entry(list)
                .or_default()
                .push(format!("{words} exists, but {}", list.does_not_show_it(order, deployment)));
        }
        for (list, holes) in &holes {
            let Some(first) = holes.first() else { continue };
            let more = holes.len() as u64 - 1;
            let reason =
                if more == 0 { first.clone() } else { format!("{first}; and {} more", plural(more, "item", "items")) };
            coverage.fail(UnitKind::ListComparison, list.label(), &reason);
        }
        holes.into_keys().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(id: &str) -> ListedItem {
        ListedItem::Content(ContentKind::Page, id.to_owned())
    }

    #[test]
    fn an_expected_item_must_appear_in_the_same_order() {
        let mut expected = ExpectedItems::default();
        expected.add(ListKind::Pages, ListOrder::Forward, page("1"), "page 1");
        expected.add(ListKind::Pages, ListOrder::Forward, page("2"), "page 2");
        expected.remove_shown(ListKind::Pages, ListOrder::Backward, |_| true);
        expected.remove_shown(ListKind::BlogPosts, ListOrder::Forward, |_| true);
        assert!(expected.contains(&page("1"), ListOrder::Forward) && expected.has_any_in(ListOrder::Forward));
        expected.remove_shown(ListKind::Pages, ListOrder::Forward, |item| *item == page("1"));
        let mut coverage = Coverage::default();
        assert_eq!(expected.report(Deployment::Cloud, &mut coverage), BTreeSet::from([ListKind::Pages]));
        assert_eq!(coverage.gaps.len(), 1);
        assert!(format!("{:?}", coverage.gaps).contains("page 2 exists"), "{:?}", coverage.gaps);
    }

    #[test]
    fn a_deleted_item_is_no_longer_expected() {
        let mut expected = ExpectedItems::default();
        expected.add(ListKind::Pages, ListOrder::Forward, page("1"), "page 1");
        expected.add(ListKind::Pages, ListOrder::Backward, page("1"), "page 1");
        expected.remove(&page("1"));
        let mut coverage = Coverage::default();
        assert!(expected.report(Deployment::Cloud, &mut coverage).is_empty());
        assert_eq!(coverage, Coverage::default());
    }
}
