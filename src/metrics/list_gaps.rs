//! Gaps in the lists that columns depend on, and the values that are not known because of them.

use super::MeasureInput;
use super::links;
use super::page_row::PageLinks;
use crate::inventory::coverage::UnitKind;
use crate::inventory::snapshot::MetricGroup;
use crate::inventory::{ContentKind, Inventory, ListKind};

/// The lists that columns depend on; true if a list may be incomplete.
#[expect(clippy::struct_excessive_bools, reason = "independent lists, each read by name")]
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Gaps {
    pub(super) spaces: bool,
    pub(super) pages: bool,
    pub(super) posts: bool,
    pub(super) attachments: bool,
    pub(super) comments: bool,
    /// Whether the ids that links name exist.
    targets: bool,
    /// Bodies of pages or posts, which may link to any page.
    page_bodies: bool,
    /// Bodies of comments, which may link to any page.
    comment_bodies: bool,
    /// Names of people. Set only if nothing else about their accounts is read.
    pub(super) names: bool,
}

impl Gaps {
    pub(super) fn of(input: &MeasureInput<'_>) -> Self {
        let inventory = input.inventory;
        let lacks = |lists: &[ListKind]| lists.iter().any(|list| !inventory.is_whole(*list));
        let asks_links = input.facts.groups.has(MetricGroup::Links);
        let lacks_body = |is_of: fn(ContentKind) -> bool| {
            let mut contents = inventory.contents.iter().filter(|content| links::is_there(content));
            asks_links && contents.any(|content| is_of(content.kind) && content.body.is_none())
        };
        Self {
            spaces: lacks(&[ListKind::Spaces]),
            // a site that failed the plausibility check shows too few pages
            pages: lacks(&[ListKind::Pages]) || inventory.coverage.has_gap(UnitKind::Plausibility),
            posts: asks_links && lacks(&[ListKind::BlogPosts]),
            attachments: lacks(&[ListKind::Attachments]),
            comments: asks_links && lacks(&[ListKind::FooterComments, ListKind::InlineComments, ListKind::Replies]),
            targets: inventory.coverage.has_gap(UnitKind::LinkTargets),
            page_bodies: lacks_body(ContentKind::owns_attachments),
            comment_bodies: lacks_body(ContentKind::is_comment),
            names: !input.facts.groups.has(MetricGroup::People) && lacks_names(inventory),
        }
    }

    /// Removes the figures about links that are not known because of the gaps.
    pub(super) fn retain_known(self, links: PageLinks) -> PageLinks {
        let knows_pages = !(self.pages || self.posts || self.page_bodies);
        let knows_broken = !(self.spaces || self.pages || self.posts || self.attachments || self.targets);
        PageLinks {
            incoming: links.incoming.filter(|_| knows_pages && !(self.comments || self.comment_bodies)),
            include_in: links.include_in.filter(|_| knows_pages),
            broken_internal: links.broken_internal.filter(|_| knows_broken),
            problems: links.problems.filter(|_| knows_broken),
            ..links
        }
    }

    /// Returns the names of the incomplete lists.
    pub(super) fn words(self) -> impl Iterator<Item = &'static str> {
        let lists = [
            (self.spaces, "spaces"),
            (self.pages, "pages"),
            (self.posts, "blog posts"),
            (self.comments, "comments"),
            (self.attachments, "attachments"),
            (self.targets, "link targets"),
            (self.page_bodies, "bodies of other pages"),
            (self.comment_bodies, "bodies of comments"),
        ];
        lists.into_iter().filter(|(is_missing, _)| *is_missing).map(|(_, words)| words)
    }
}

fn lacks_names(inventory: &Inventory) -> bool {
    inventory.coverage.units.get(&UnitKind::People).is_some_and(|counts| counts.skipped > 0 || counts.failed > 0)
}
