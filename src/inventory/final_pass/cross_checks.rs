//! Table of the cross-checks of all lists. They are needed because a list that ends too early or omits an item shows no
//! error.
//!
//! `docs/completeness.md` has the same table for readers; a test compares the two.

use std::collections::BTreeSet;

use crate::inventory::Inventory;
use crate::inventory::coverage::{Coverage, UnitKind};
use crate::inventory::site::{Space, Status};
use confluence_client::Deployment;
use confluence_client::api::ListOrder;

/// A list that a run reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ListKind {
    /// Current and archived spaces.
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
    /// Custom content of one type.
    CustomContent,
    /// Templates of a space, or the global ones.
    Templates,
    /// Header images of one page or post.
    HeaderImages,
    /// Labels that macros filter by, and the items that have them.
    Labels,
}

/// The other view of a list that the final pass reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum OtherView {
    /// In the opposite order of this field.
    Order(&'static str),
    /// With another page size: the list has no order.
    PageSize,
}

/// The other view of a list on Data Center, whose lists have no order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DataCenterView {
    /// With another page size.
    PageSize,
    /// By the other way through the list, the position instead of the cursor, with another page size.
    Position,
    /// It comes along with another list.
    Along(ListKind),
    /// None: there is no such list.
    NotThere,
}

/// What else in a run would show a hole in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fallback {
    /// Search for comments and attachments.
    Search,
    /// Search for header images, which finds every page and post that is neither archived nor in an archived space.
    HeaderImageSearch,
}

impl Fallback {
    fn unit_kind(self) -> UnitKind {
        match self {
            Self::Search => UnitKind::SearchComparison,
            Self::HeaderImageSearch => UnitKind::HeaderImages,
        }
    }
}

/// The cross-check of a list in a snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SnapshotCheck {
    /// The same as in an audit.
    OtherView,
    /// The search for comments.
    Search,
    /// None: a snapshot does not read the list.
    NotRead,
}

/// The cross-check of one list.
struct CrossCheck {
    list: ListKind,
    label: &'static str,
    view: OtherView,
    on_data_center: DataCenterView,
    /// Replaces the other view if the server refuses it.
    other: Option<Fallback>,
    in_snapshot: SnapshotCheck,
}

const fn cross_check(
    list: ListKind,
    label: &'static str,
    (view, on_data_center): (OtherView, DataCenterView),
    other: Option<Fallback>,
    in_snapshot: SnapshotCheck,
) -> CrossCheck {
    CrossCheck { list, label, view, on_data_center, other, in_snapshot }
}

/// The cross-checks of all lists.
const TABLE: &[CrossCheck] = &[
    cross_check(
        ListKind::Spaces,
        "spaces",
        (OtherView::Order("id"), DataCenterView::PageSize),
        None,
        SnapshotCheck::OtherView,
    ),
    cross_check(
        ListKind::Pages,
        "pages",
        (OtherView::Order("id"), DataCenterView::Position),
        Some(Fallback::HeaderImageSearch),
        SnapshotCheck::OtherView,
    ),
    cross_check(
        ListKind::BlogPosts,
        "blog posts",
        (OtherView::Order("id"), DataCenterView::Position),
        Some(Fallback::HeaderImageSearch),
        SnapshotCheck::OtherView,
    ),
    cross_check(
        ListKind::Attachments,
        "attachments",
        (OtherView::Order("created-date"), DataCenterView::Position),
        Some(Fallback::Search),
        SnapshotCheck::OtherView,
    ),
    cross_check(
        ListKind::FooterComments,
        "footer comments",
        (OtherView::Order("created-date"), DataCenterView::Position),
        Some(Fallback::Search),
        SnapshotCheck::OtherView,
    ),
    cross_check(
        ListKind::InlineComments,
        "inline comments",
        (OtherView::Order("created-date"), DataCenterView::Position),
        Some(Fallback::Search),
        SnapshotCheck::OtherView,
    ),
    cross_check(
        ListKind::Replies,
        "replies to a comment",
        (OtherView::Order("created-date"), DataCenterView::Along(ListKind::FooterComments)),
        Some(Fallback::Search),
        SnapshotCheck::Search,
    ),
    cross_check(
        ListKind::CustomContent,
        "custom content of a type",
        (OtherView::Order("id"), DataCenterView::NotThere),
        None,
        SnapshotCheck::NotRead,
    ),
    cross_check(
        ListKind::Templates,
        "templates",
        (OtherView::PageSize, DataCenterView::PageSize),
        None,
        SnapshotCheck::NotRead,
    ),
    cross_check(
        ListKind::HeaderImages,
        "header images of a page or post",
        (OtherView::Order("key"), DataCenterView::NotThere),
        Some(Fallback::HeaderImageSearch),
        SnapshotCheck::NotRead,
    ),
    cross_check(
        ListKind::Labels,
        "labels and the items that have them",
        (OtherView::Order("id"), DataCenterView::Along(ListKind::Attachments)),
        None,
        SnapshotCheck::NotRead,
    ),
];

impl ListKind {
    fn cross_check(self) -> Option<&'static CrossCheck> {
        TABLE.iter().find(|cross_check| cross_check.list == self)
    }

    /// All lists: an audit reads every one.
    pub(in crate::inventory) fn all() -> BTreeSet<Self> {
        TABLE.iter().map(|cross_check| cross_check.list).collect()
    }

    /// The lists that a snapshot reads in their other view as well.
    pub(in crate::inventory) fn of_snapshots() -> BTreeSet<Self> {
        TABLE
            .iter()
            .filter(|cross_check| cross_check.in_snapshot == SnapshotCheck::OtherView)
            .map(|cross_check| cross_check.list)
            .collect()
    }

    /// The kind of unit that the first pass counts the list as.
    pub(in crate::inventory) fn unit_kind(self) -> UnitKind {
        match self {
            Self::Spaces => UnitKind::SpaceList,
            Self::Pages => UnitKind::PageList,
            Self::BlogPosts => UnitKind::BlogPostList,
            Self::Attachments => UnitKind::AttachmentList,
            Self::FooterComments | Self::InlineComments => UnitKind::CommentList,
            Self::Replies => UnitKind::Replies,
            Self::CustomContent => UnitKind::CustomContentList,
            Self::Templates => UnitKind::Templates,
            Self::HeaderImages => UnitKind::HeaderImages,
            Self::Labels => UnitKind::Labels,
        }
    }

    /// Name for messages, in the plural.
    pub(in crate::inventory) fn label(self) -> &'static str {
        self.cross_check().map_or("", |cross_check| cross_check.label)
    }

    /// Describes a hole: `the list of pages in descending order of id does not show it`.
    pub(super) fn does_not_show_it(self, order: ListOrder, deployment: Deployment) -> String {
        if !deployment.is_cloud() {
            let view = match (order, self.cross_check().map(|cross_check| cross_check.on_data_center)) {
                (ListOrder::Backward, Some(DataCenterView::Position)) => " by position",
                (ListOrder::Backward, Some(DataCenterView::PageSize)) => " with another page size",
                _ => "",
            };
            return format!("the list of {}{view} does not show it", self.label());
        }
        let direction = match order {
            ListOrder::Forward => "ascending",
            ListOrder::Backward => "descending",
        };
        match self.cross_check().map(|cross_check| cross_check.view) {
            Some(OtherView::Order(field)) => {
                format!("the list of {} in {direction} order of {field} does not show it", self.label())
            }
            _ => format!("the list of {} does not show it", self.label()),
        }
    }
}

/// Records a failure for each list without a cross-check in this run: the server refused its other view, and nothing
/// else replaced it.
pub(super) fn require(refused: &BTreeSet<ListKind>, is_narrow: bool, inventory: &mut Inventory) {
    for list in refused {
        // a narrow pass searches for comments, but not for attachments and header images
        let replaces = |other: &Fallback| !is_narrow || (*other == Fallback::Search && *list != ListKind::Attachments);
        let has_archives = has_archives(inventory, is_narrow);
        let other = list.cross_check().and_then(|cross_check| cross_check.other).filter(replaces);
        let reason = match other {
            Some(other) if is_complete(&inventory.coverage, other.unit_kind()) && !has_archives => continue,
            Some(Fallback::Search) if has_archives => "and the search does not cover archived spaces",
            Some(Fallback::Search) => "and the search is not available",
            Some(Fallback::HeaderImageSearch) => "and no search covers all of it",
            None => "and nothing else would show a hole in it",
        };
        let reason = format!("the server refuses the list in another order or page size, {reason}");
        inventory.doubtful.insert(*list);
        inventory.coverage.fail(UnitKind::ListComparison, list.label(), &reason);
    }
}

fn is_complete(coverage: &Coverage, kind: UnitKind) -> bool {
    coverage.units.get(&kind).is_some_and(|counts| counts.ok > 0 && counts.skipped == 0) && !coverage.has_gap(kind)
}

/// Whether the inventory has spaces or pages that no search covers.
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

    impl CrossCheck {
        /// The row as the document has it.
        fn in_words(&self) -> String {
            let view = match self.view {
                OtherView::Order(field) => format!("by `{field}`, descending"),
                OtherView::PageSize => "with another page size".to_owned(),
            };
            let on_data_center = match self.on_data_center {
                DataCenterView::PageSize => "with another page size".to_owned(),
                DataCenterView::Position => "by position instead of cursor, with another page size".to_owned(),
                DataCenterView::Along(ListKind::Attachments) => "in the list of attachments".to_owned(),
                DataCenterView::Along(_) => "in the lists of comments".to_owned(),
                DataCenterView::NotThere => "no such list".to_owned(),
            };
            let other = match self.other {
                Some(Fallback::Search) => "search for comments and attachments",
                Some(Fallback::HeaderImageSearch) => "search for header images",
                None => "none",
            };
            let in_snapshot = match self.in_snapshot {
                SnapshotCheck::OtherView => "the same",
                SnapshotCheck::Search => "search for comments",
                SnapshotCheck::NotRead => "not read",
            };
            format!("| {} | {view} | {on_data_center} | {other} | {in_snapshot} |", self.label)
        }
    }

    #[test]
    fn the_document_has_the_table_of_the_code() {
        let document = include_str!("../../../docs/completeness.md");
        let rows: BTreeSet<String> = TABLE.iter().map(CrossCheck::in_words).collect();
        let written = document.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| List"));
        let written: BTreeSet<String> = written.map(str::to_owned).collect();
        assert_eq!(written, rows);
    }

    #[test]
    fn the_views_on_data_center_are_those_of_lists_that_it_has() {
        let features = Deployment::DataCenter.features();
        for row in TABLE {
            let is_there = match row.list {
                ListKind::CustomContent => features.custom_content,
                ListKind::HeaderImages => features.header_images,
                _ => true,
            };
            assert_eq!(row.on_data_center != DataCenterView::NotThere, is_there, "{}", row.label);
        }
        let hole = |order, deployment| ListKind::Pages.does_not_show_it(order, deployment);
        let descending = "the list of pages in descending order of id does not show it";
        assert_eq!(hole(ListOrder::Backward, Deployment::Gateway), descending);
        let by_position = "the list of pages by position does not show it";
        assert_eq!(hole(ListOrder::Backward, Deployment::DataCenter), by_position);
        assert_eq!(hole(ListOrder::Forward, Deployment::DataCenter), "the list of pages does not show it");
    }

    #[test]
    fn every_list_has_one_row() {
        let lists: BTreeSet<ListKind> = TABLE.iter().map(|cross_check| cross_check.list).collect();
        assert_eq!(lists.len(), TABLE.len());
        assert!(TABLE.iter().all(|cross_check| cross_check.list.label() == cross_check.label));
    }
}
