//! What lists still have to show: a thing that is there, and that a list in one of its two orders did not show.

use std::collections::{BTreeMap, BTreeSet};

use super::second_opinions::List;
use crate::inventory::coverage::{Coverage, UnitKind};
use crate::inventory::site::ContentKind;
use crate::support::wording::plural;
use confluence_client::api::Order;

/// A thing that a list shows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Item {
    Space(String),
    Content(ContentKind, String),
    /// By the digits of its id.
    File(String),
}

/// What is owed, and by which list in which order.
#[derive(Debug, Default)]
pub(super) struct Owed {
    items: BTreeMap<(Item, Order), (List, String)>,
}

impl Owed {
    /// The list has to show this in this order; `words` name it.
    pub(super) fn owe(&mut self, list: List, order: Order, item: Item, words: impl Into<String>) {
        self.items.entry((item, order)).or_insert_with(|| (list, words.into()));
    }

    /// Whether that is owed.
    pub(super) fn has(&self, item: &Item, order: Order) -> bool {
        self.items.contains_key(&(item.clone(), order))
    }

    /// What a list owes.
    pub(super) fn by(&self, list: List) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(move |(_, (of, _))| *of == list).map(|((item, _), _)| item)
    }

    /// Whether anything is owed by lists in this order.
    pub(super) fn is_owed_in(&self, order: Order) -> bool {
        self.items.keys().any(|(_, owed)| *owed == order)
    }

    /// A list came in this order: what it showed is paid.
    pub(super) fn pay(&mut self, list: List, order: Order, was_shown: impl Fn(&Item) -> bool) {
        self.items.retain(|(item, owed), (of, _)| *of != list || *owed != order || !was_shown(item));
    }

    /// The thing is gone, or where no list shows it.
    pub(super) fn forgive(&mut self, item: &Item) {
        self.items.retain(|(owed, _), _| owed != item);
    }

    /// What was not paid when the walk ended is a hole in its list: the run is incomplete. Gives the lists that have one.
    pub(super) fn collect(&mut self, coverage: &mut Coverage) -> BTreeSet<List> {
        let mut holes: BTreeMap<List, Vec<String>> = BTreeMap::new();
        for ((_, order), (list, words)) in std::mem::take(&mut self.items) {
            holes.entry(list).or_default().push(format!("{words} is there, but {}", list.does_not_show_it(order)));
        }
        for (list, holes) in &holes {
            let Some(first) = holes.first() else { continue };
            let more = holes.len() as u64 - 1;
            let reason = if more == 0 {
                first.clone()
            } else {
                format!("{first}; and {} like it", plural(more, "hole", "holes"))
            };
            coverage.fail(UnitKind::ListComparison, list.words(), &reason);
        }
        holes.into_keys().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(id: &str) -> Item {
        Item::Content(ContentKind::Page, id.to_owned())
    }

    #[test]
    fn only_the_same_order_pays_and_what_is_left_fails() {
        let mut owed = Owed::default();
        owed.owe(List::Pages, Order::Forward, page("1"), "page 1");
        owed.owe(List::Pages, Order::Forward, page("2"), "page 2");
        owed.pay(List::Pages, Order::Backward, |_| true);
        owed.pay(List::BlogPosts, Order::Forward, |_| true);
        assert!(owed.has(&page("1"), Order::Forward) && owed.is_owed_in(Order::Forward));
        owed.pay(List::Pages, Order::Forward, |item| *item == page("1"));
        let mut coverage = Coverage::default();
        assert_eq!(owed.collect(&mut coverage), BTreeSet::from([List::Pages]));
        assert_eq!(coverage.gaps.len(), 1);
        assert!(format!("{:?}", coverage.gaps).contains("page 2 is there"), "{:?}", coverage.gaps);
    }

    #[test]
    fn what_is_gone_is_owed_no_more() {
        let mut owed = Owed::default();
        owed.owe(List::Pages, Order::Forward, page("1"), "page 1");
        owed.owe(List::Pages, Order::Backward, page("1"), "page 1");
        owed.forgive(&page("1"));
        let mut coverage = Coverage::default();
        assert!(owed.collect(&mut coverage).is_empty());
        assert_eq!(coverage, Coverage::default());
    }
}
