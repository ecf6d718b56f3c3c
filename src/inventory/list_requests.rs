//! Number of requests that lists take, by kind of site.
//!
//! Cloud lists contents of several spaces at once. Data Center has one list for each space and type of content, with
//! smaller pages when it includes bodies.

use std::collections::HashMap;

use super::pass::Pass;
use super::plan::batches;
use super::site::{Attachment, Content, ContentId, ContentKind, Space, SpaceId};
use confluence_client::api::{Bodies, ListOrder};
use confluence_client::{Api, RequestKind};

/// Number of files that come along with their page or post on Data Center.
const FILES_ALONG: u64 = 25;

/// How a list of Data Center goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Paging {
    /// By a cursor: it ends with the last item.
    Cursor,
    /// By position: after a full page, one more request shows whether it is the last.
    Position,
}

/// Returns the number of requests for a list of `items` items. An empty list takes one request, too.
fn requests(items: u64, limit: u32, paging: Paging) -> u64 {
    match paging {
        Paging::Cursor => items.div_ceil(limit.into()).max(1),
        Paging::Position => items / u64::from(limit) + 1,
    }
}

/// Returns the number of requests for a list that is read as such, not by space.
pub(super) fn of_list(api: &Api, kind: RequestKind, items: u64) -> u64 {
    let paging = if api.deployment().is_cloud() { Paging::Cursor } else { Paging::Position };
    requests(items, api.client().page_limit(kind), paging)
}

/// Returns the number of requests for the pages or blog posts of these spaces in a pass.
pub(super) fn of_contents(
    api: &Api,
    kind: RequestKind,
    spaces: &[SpaceId],
    counts: &HashMap<SpaceId, u64>,
    pass: Pass,
) -> u64 {
    let client = api.client();
    if api.deployment().is_cloud() {
        return batches(spaces, counts, client.concurrency(), client.page_limit(kind));
    }
    // what a pass scans by cursor, the other one lists by position
    let paging = match (kind, pass.order) {
        (RequestKind::BlogPosts, ListOrder::Forward) | (RequestKind::Pages, ListOrder::Backward) => Paging::Position,
        _ => Paging::Cursor,
    };
    by_space(api, kind, spaces, counts, (pass.bodies, pass.order), paging)
}

/// Returns the number of requests for lists of Data Center that exist for each space.
fn by_space(
    api: &Api,
    kind: RequestKind,
    spaces: &[SpaceId],
    counts: &HashMap<SpaceId, u64>,
    (bodies, order): (Bodies, ListOrder),
    paging: Paging,
) -> u64 {
    let limit = api.client().page_limit_of(kind, bodies, order);
    spaces.iter().map(|space| requests(counts.get(space).copied().unwrap_or(0), limit, paging)).sum()
}

/// What decides how many requests the lists of a Data Center site take.
#[derive(Debug, Clone, Default)]
pub(super) struct DataCenterCounts {
    /// All spaces: lists of the whole site are read space by space.
    pub(super) spaces: Vec<SpaceId>,
    pub(super) archived_spaces: u64,
    pub(super) pages: HashMap<SpaceId, u64>,
    pub(super) posts: HashMap<SpaceId, u64>,
    /// Comments of both kinds, with replies.
    pub(super) comments: HashMap<SpaceId, u64>,
    /// Items in the trash.
    pub(super) trash: HashMap<SpaceId, u64>,
    /// Numbers of files of the pages and posts that have more than come along with them.
    pub(super) many_files: Vec<u64>,
}

impl DataCenterCounts {
    /// Counts the items of the lists.
    pub(super) fn of(spaces: &[Space], contents: &[Content], files: &[Attachment]) -> Self {
        let mut counts = Self {
            spaces: spaces.iter().map(|space| space.id.clone()).collect(),
            archived_spaces: spaces.iter().filter(|space| space.is_archived()).count() as u64,
            ..Self::default()
        };
        let mut space_of: HashMap<&ContentId, &SpaceId> = HashMap::new();
        let add = |map: &mut HashMap<SpaceId, u64>, space: &SpaceId| *map.entry(space.clone()).or_default() += 1;
        for content in contents {
            let Some(space) = &content.space else { continue };
            match content.kind {
                ContentKind::Page => add(&mut counts.pages, space),
                ContentKind::BlogPost => add(&mut counts.posts, space),
                ContentKind::FooterComment | ContentKind::InlineComment => add(&mut counts.comments, space),
                ContentKind::Template | ContentKind::CustomContent => continue,
            }
            if content.kind.owns_attachments() {
                space_of.insert(&content.id, space);
            }
            if content.status.is_trash() {
                add(&mut counts.trash, space);
            }
        }
        let mut current: HashMap<&ContentId, u64> = HashMap::new();
        for file in files {
            let Some(owner) = file.container.id() else { continue };
            if !file.status.is_trash() {
                *current.entry(owner).or_default() += 1;
            } else if let Some(space) = space_of.get(owner) {
                add(&mut counts.trash, space);
            }
        }
        counts.many_files = current.into_values().filter(|files| *files > FILES_ALONG).collect();
        counts
    }

    /// Returns the requests for the lists of spaces in a pass.
    pub(super) fn of_spaces(&self, api: &Api, order: ListOrder) -> u64 {
        let limit = api.client().page_limit_of(RequestKind::Spaces, Bodies::LeftOut, order);
        let current = self.spaces.len() as u64 - self.archived_spaces;
        [current, self.archived_spaces].into_iter().map(|spaces| requests(spaces, limit, Paging::Position)).sum()
    }

    /// Returns the requests for all attachments of the site in a pass, by kind.
    pub(super) fn of_attachments(&self, api: &Api, order: ListOrder) -> [(RequestKind, u64); 3] {
        let lists = |counts, paging| {
            by_space(api, RequestKind::Attachments, &self.spaces, counts, (Bodies::LeftOut, order), paging)
        };
        let (of_pages, of_posts) = match order {
            ListOrder::Forward => (Paging::Cursor, Paging::Position),
            ListOrder::Backward => (Paging::Position, Paging::Cursor),
        };
        let limit = api.client().page_limit(RequestKind::AttachmentsOfOneOwner);
        let trash = (Bodies::LeftOut, order);
        [
            (RequestKind::Attachments, lists(&self.pages, of_pages) + lists(&self.posts, of_posts)),
            (
                RequestKind::AttachmentsOfOneOwner,
                self.many_files.iter().map(|files| requests(*files, limit, Paging::Position)).sum(),
            ),
            (
                RequestKind::SpaceTrash,
                by_space(api, RequestKind::SpaceTrash, &self.spaces, &self.trash, trash, Paging::Cursor),
            ),
        ]
    }

    /// Returns the requests for all comments of the site in a pass: one list has both kinds.
    pub(super) fn of_comments(&self, api: &Api, bodies: Bodies, order: ListOrder) -> (RequestKind, u64) {
        let kind = RequestKind::FooterComments;
        let lists = by_space(api, kind, &self.spaces, &self.comments, (bodies, order), Paging::Cursor);
        // without any comment, a search shows whether the lists can have some
        (kind, lists + u64::from(self.comments.values().sum::<u64>() == 0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_page_ends_a_list_only_with_a_cursor() {
        for (items, by_cursor, by_position) in [(0, 1, 1), (49, 1, 1), (50, 1, 2), (51, 2, 2), (100, 2, 3)] {
            assert_eq!(requests(items, 50, Paging::Cursor), by_cursor, "{items}");
            assert_eq!(requests(items, 50, Paging::Position), by_position, "{items}");
        }
    }
}
