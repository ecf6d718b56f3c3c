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
pub enum List {
    /// Spaces, current and archived.
    Spaces,
    /// Pages of some spaces.
    Pages,
    /// Blog posts of some spaces.
    BlogPosts,
    /// Attachments of the site.
    Attachments,
    /// Footer comments of the site.
    FooterComments,
    /// Inline comments of the site.
    InlineComments,
    /// The replies to one comment.
    Replies,
    /// App content of one type.
    AppContent,
    /// Templates of a space, or the global ones.
    Templates,
    /// Header images of one page or post.
    HeaderImages,
    /// Labels that macros filter by, and what bears them.
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

impl Other {
    /// What it counts as in the coverage.
    fn unit_kind(self) -> UnitKind {
        match self {
            Self::Search => UnitKind::SearchComparison,
            Self::Sweep => UnitKind::HeaderImages,
        }
    }
}

/// The second opinion of a list in a snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum InSnapshot {
    /// The same view.
    View,
    /// The search for comments.
    Search,
    /// A snapshot does not read the list.
    NotRead,
}

/// A row of the table.
struct Row {
    list: List,
    words: &'static str,
    view: View,
    /// What stands in where the server refuses that view.
    other: Option<Other>,
    in_snapshot: InSnapshot,
}

const fn row(list: List, words: &'static str, view: View, other: Option<Other>, in_snapshot: InSnapshot) -> Row {
    Row { list, words, view, other, in_snapshot }
}

/// The second opinions of all lists.
const TABLE: &[Row] = &[
    row(List::Spaces, "spaces", View::Order("id"), None, InSnapshot::View),
    row(List::Pages, "pages", View::Order("id"), Some(Other::Sweep), InSnapshot::View),
    row(List::BlogPosts, "blog posts", View::Order("id"), Some(Other::Sweep), InSnapshot::View),
    row(List::Attachments, "attachments", View::Order("created-date"), Some(Other::Search), InSnapshot::View),
    row(List::FooterComments, "footer comments", View::Order("created-date"), Some(Other::Search), InSnapshot::View),
    row(List::InlineComments, "inline comments", View::Order("created-date"), Some(Other::Search), InSnapshot::View),
    row(List::Replies, "replies to a comment", View::Order("created-date"), Some(Other::Search), InSnapshot::Search),
    row(List::AppContent, "app content of a type", View::Order("id"), None, InSnapshot::NotRead),
    row(List::Templates, "templates", View::PageSize, None, InSnapshot::NotRead),
    row(
        List::HeaderImages,
        "header images of a page or post",
        View::Order("key"),
        Some(Other::Sweep),
        InSnapshot::NotRead,
    ),
    row(List::Labels, "labels and what bears them", View::Order("id"), None, InSnapshot::NotRead),
];

impl List {
    fn row(self) -> Option<&'static Row> {
        TABLE.iter().find(|row| row.list == self)
    }

    /// All of them: an audit walks every one.
    pub(in crate::inventory) fn all() -> BTreeSet<Self> {
        TABLE.iter().map(|row| row.list).collect()
    }

    /// Those whose other view a snapshot takes, where it reads them.
    pub(in crate::inventory) fn of_snapshots() -> BTreeSet<Self> {
        TABLE.iter().filter(|row| row.in_snapshot == InSnapshot::View).map(|row| row.list).collect()
    }

    /// What the list counts as when it is read first.
    pub(in crate::inventory) fn unit_kind(self) -> UnitKind {
        match self {
            Self::Spaces => UnitKind::SpaceList,
            Self::Pages => UnitKind::PageList,
            Self::BlogPosts => UnitKind::BlogPostList,
            Self::Attachments => UnitKind::AttachmentList,
            Self::FooterComments | Self::InlineComments => UnitKind::CommentList,
            Self::Replies => UnitKind::Replies,
            Self::AppContent => UnitKind::CustomContentList,
            Self::Templates => UnitKind::Templates,
            Self::HeaderImages => UnitKind::HeaderImages,
            Self::Labels => UnitKind::Labels,
        }
    }

    /// Words for people, plural.
    pub(in crate::inventory) fn words(self) -> &'static str {
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
pub(super) fn require(refused: &BTreeSet<List>, is_narrow: bool, inventory: &mut Inventory) {
    for list in refused {
        // a narrow reading searches for comments alone, and for no header images
        let stands_in = |other: &Other| !is_narrow || (*other == Other::Search && *list != List::Attachments);
        let has_archives = has_archives(inventory, is_narrow);
        let other = list.row().and_then(|row| row.other).filter(stands_in);
        let reason = match other {
            Some(other) if answered(&inventory.coverage, other.unit_kind()) && !has_archives => continue,
            Some(Other::Search) if has_archives => "and the search does not look into archived spaces",
            Some(Other::Search) => "and so does the search",
            Some(Other::Sweep) => "and no search shows all of it",
            None => "and nothing else would show a hole in it",
        };
        let reason = format!("the server refuses another view of the list, {reason}");
        inventory.doubtful.insert(*list);
        inventory.coverage.fail(UnitKind::ListComparison, list.words(), &reason);
    }
}

fn answered(coverage: &Coverage, kind: UnitKind) -> bool {
    coverage.units.get(&kind).is_some_and(|counts| counts.ok > 0 && counts.skipped == 0) && !coverage.has_gap(kind)
}

/// Whether what was read has spaces or pages that no search shows.
fn has_archives(inventory: &Inventory, is_narrow: bool) -> bool {
    let scan = &inventory.scan;
    let chosen = scan.reported_spaces.as_ref().filter(|_| is_narrow || scan.references_within);
    let is_read = |space: &&Space| chosen.is_none_or(|keys| keys.contains(&space.key));
    inventory.spaces.iter().filter(is_read).any(Space::is_archived)
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
            let in_snapshot = match self.in_snapshot {
                InSnapshot::View => "the same",
                InSnapshot::Search => "search for comments",
                InSnapshot::NotRead => "not read",
            };
            format!("| {} | {view} | {other} | {in_snapshot} |", self.words)
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
