//! Which lists may have left something out, and what cannot be said then.

use super::Input;
use super::links;
use super::row::Links;
use crate::inventory::coverage::UnitKind;
use crate::inventory::snapshot::MetricGroup;
use crate::inventory::{ContentKind, Inventory, List};

/// The lists that columns rest on; true where something of one may be missing.
#[expect(clippy::struct_excessive_bools, reason = "independent lists, each named where it is asked about")]
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Gaps {
    pub(super) spaces: bool,
    pub(super) pages: bool,
    pub(super) posts: bool,
    pub(super) attachments: bool,
    pub(super) comments: bool,
    /// Whether ids that links name are there.
    targets: bool,
    /// Texts of pages or posts, which may link to any page.
    page_bodies: bool,
    /// The same of comments.
    comment_bodies: bool,
    /// Names of some people could not be read, where nothing else of their accounts was asked for.
    pub(super) names: bool,
}

impl Gaps {
    pub(super) fn of(input: &Input<'_>) -> Self {
        let inventory = input.inventory;
        let lacks = |lists: &[List]| lists.iter().any(|list| !inventory.is_whole(*list));
        let asks_links = input.facts.groups.has(MetricGroup::Links);
        let lacks_body = |is_of: fn(ContentKind) -> bool| {
            let mut contents = inventory.contents.iter().filter(|content| links::is_there(content));
            asks_links && contents.any(|content| is_of(content.kind) && content.body.is_none())
        };
        Self {
            spaces: lacks(&[List::Spaces]),
            // a site that shrank beyond belief shows too few pages
            pages: lacks(&[List::Pages]) || inventory.coverage.has_gap(UnitKind::Plausibility),
            posts: asks_links && lacks(&[List::BlogPosts]),
            attachments: lacks(&[List::Attachments]),
            comments: asks_links && lacks(&[List::FooterComments, List::InlineComments, List::Replies]),
            targets: inventory.coverage.has_gap(UnitKind::LinkTargets),
            page_bodies: lacks_body(ContentKind::owns_attachments),
            comment_bodies: lacks_body(ContentKind::is_comment),
            names: !input.facts.groups.has(MetricGroup::People) && lacks_names(inventory),
        }
    }

    /// What can be said of the links of a page.
    pub(super) fn known(self, links: Links) -> Links {
        let knows_pages = !(self.pages || self.posts || self.page_bodies);
        let knows_broken = !(self.spaces || self.pages || self.posts || self.attachments || self.targets);
        Links {
            incoming: links.incoming.filter(|_| knows_pages && !(self.comments || self.comment_bodies)),
            include_in: links.include_in.filter(|_| knows_pages),
            broken_internal: links.broken_internal.filter(|_| knows_broken),
            problems: links.problems.filter(|_| knows_broken),
            ..links
        }
    }

    /// Words for what is missing.
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
