//! Every list has a second opinion: a list that ends too early, or leaves something out, gives no sign of it.
//!
//! `docs/completeness.md` holds this table for people.

use std::collections::BTreeSet;

use crate::inventory::Inventory;
use crate::inventory::coverage::{Coverage, UnitKind};
use crate::inventory::site::{Space, Status};
use confluence_client::api::Order;

/// A list that a run walks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum List {
    Spaces,
    Pages,
    BlogPosts,
    Attachments,
    FooterComments,
    InlineComments,
    Replies,
    AppContent,
    Templates,
    HeaderImages,
    Labels,
}

/// The other view of a list that the closing walk takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum View {
    /// Its other order by this field.
    Order(&'static str),
    /// Pages of another size: it has no order.
    PageSize,
}

/// What else of a run would show that a list has a hole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Other {
    /// The search for comments and attachments.
    Search,
    /// The sweep over header images, which finds every page and post that is neither archived nor in an archived space.
    Sweep,
}

/// A row of the table.
struct Row {
    list: List,
    words: &'static str,
    view: View,
    /// What stands in where the server refuses that view.
    other: Option<Other>,
}

const fn row(list: List, words: &'static str, view: View, other: Option<Other>) -> Row {
    Row { list, words, view, other }
}

/// The second opinions of all lists.
const TABLE: &[Row] = &[
    row(List::Spaces, "spaces", View::Order("id"), None),
    row(List::Pages, "pages", View::Order("id"), Some(Other::Sweep)),
    row(List::BlogPosts, "blog posts", View::Order("id"), Some(Other::Sweep)),
    row(List::Attachments, "attachments", View::Order("created-date"), Some(Other::Search)),
    row(List::FooterComments, "footer comments", View::Order("created-date"), Some(Other::Search)),
    row(List::InlineComments, "inline comments", View::Order("created-date"), Some(Other::Search)),
    row(List::Replies, "replies to a comment", View::Order("created-date"), Some(Other::Search)),
    row(List::AppContent, "app content of a type", View::Order("id"), None),
    row(List::Templates, "templates", View::PageSize, None),
    row(List::HeaderImages, "header images of a page or post", View::Order("key"), Some(Other::Sweep)),
    row(List::Labels, "labels and what bears them", View::Order("id"), None),
];

impl List {
    fn row(self) -> Option<&'static Row> {
        TABLE.iter().find(|row| row.list == self)
    }

    /// Words for people, plural.
    pub(super) fn words(self) -> &'static str {
        self.row().map_or("", |row| row.words)
    }

    /// Words for a hole: `the list of pages by id, the last first, does not show it`.
    pub(super) fn does_not_show_it(self, order: Order) -> String {
        let end = match order {
            Order::Forward => "first",
            Order::Backward => "last",
        };
        match self.row().map(|row| row.view) {
            Some(View::Order(field)) => {
                format!("the list of {} by {field}, the {end} first, does not show it", self.words())
            }
            _ => format!("the list of {} does not show it", self.words()),
        }
    }
}

/// Fails the lists that had no second opinion in this run: the server refused the other view of them, and nothing else
/// stood in.
pub(super) fn require(refused: &BTreeSet<List>, inventory: &mut Inventory) {
    for list in refused {
        let other = list.row().and_then(|row| row.other);
        let reason = match other {
            Some(Other::Search) if answered(&inventory.coverage, UnitKind::SearchComparison) => continue,
            Some(Other::Sweep) if answered(&inventory.coverage, UnitKind::HeaderImages) && !has_archives(inventory) => {
                continue;
            }
            Some(Other::Search) => "and so does the search",
            Some(Other::Sweep) => "and no search shows all of it",
            None => "and nothing else would show a hole in it",
        };
        let reason = format!("the server refuses another view of the list, {reason}");
        inventory.coverage.fail(UnitKind::ListComparison, list.words(), &reason);
    }
}

fn answered(coverage: &Coverage, kind: UnitKind) -> bool {
    coverage.units.get(&kind).is_some_and(|counts| counts.ok > 0 && counts.skipped == 0) && !coverage.has_gap(kind)
}

/// Whether there are spaces or pages that no search shows.
fn has_archives(inventory: &Inventory) -> bool {
    inventory.spaces.iter().any(Space::is_archived)
        || inventory.contents.iter().any(|content| content.status == Status::Archived)
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Row {
        /// The row as the document writes it.
        fn in_words(&self) -> String {
            let view = match self.view {
                View::Order(field) => format!("by `{field}`, the last first"),
                View::PageSize => "in pages of another size".to_owned(),
            };
            let other = match self.other {
                Some(Other::Search) => "search for comments and attachments",
                Some(Other::Sweep) => "search for header images",
                None => "none",
            };
            format!("| {} | {view} | {other} |", self.words)
        }
    }

    #[test]
    fn the_document_holds_the_table_of_the_code() {
        let document = include_str!("../../../docs/completeness.md");
        let rows: BTreeSet<String> = TABLE.iter().map(Row::in_words).collect();
        let written = document.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| List"));
        let written: BTreeSet<String> = written.map(str::to_owned).collect();
        assert_eq!(written, rows);
    }

    #[test]
    fn every_list_has_one_row() {
        let lists: BTreeSet<List> = TABLE.iter().map(|row| row.list).collect();
        assert_eq!(lists.len(), TABLE.len());
        assert!(TABLE.iter().all(|row| row.list.words() == row.words));
    }
}
