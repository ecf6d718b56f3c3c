//! Comments, space by space. One list has footer and inline comments and their replies, so it is read once for both
//! kinds.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

use super::memory::{KnownSpace, Support};
use super::merge::{MergedList, SharedList, each_space};
use super::searches::in_space;
use super::space_list::{Scan, SpaceContents};
use super::v1::V1Content;
use super::{COMMENT, DataCenter, convert, expansions};
use crate::error::RequestError;
use crate::list_item::ListItem;
use crate::list_outcome::ListOutcome;
use crate::model;
use crate::parameters::{Bodies, CommentKind, ListOrder, SearchScope};
use crate::request::Request;

/// How long the comments of the other kind are kept. A later call reads them again: it belongs to another pass.
const KEPT_FOR: Duration = Duration::from_secs(15 * 60);

/// The comments of one kind, from a list that was read for the other kind.
#[derive(Debug)]
struct KeptList {
    which: CommentKind,
    read_at: Instant,
    comments: Vec<model::Content>,
    outcome: ListOutcome,
}

/// Comments that were read with those of the other kind, by order and whether they have bodies.
#[derive(Debug, Default)]
pub(super) struct KeptComments(Mutex<BTreeMap<(ListOrder, bool), KeptList>>);

impl DataCenter {
    pub(crate) async fn comments(
        &self,
        which: CommentKind,
        bodies: Bodies,
        order: ListOrder,
        mut take: impl FnMut(model::Content),
    ) -> ListOutcome {
        // a concurrent call for the other kind waits here for its comments
        let mut kept = self.comments.0.lock().await;
        let key = (order, bodies == Bodies::Included);
        if let Some(list) = kept.remove(&key)
            && list.which == which
            && list.read_at.elapsed() < KEPT_FOR
        {
            list.comments.into_iter().for_each(take);
            return list.outcome;
        }
        let (other, mut others) = (other_kind(which), Vec::new());
        let mut count = 0;
        let mut outcome = self
            .both_kinds(which, bodies, order, |sent| {
                let is_inline = sent.is_inline();
                let comment = convert::content(sent, None);
                if is_inline == (which == CommentKind::Inline) {
                    count += 1;
                    take(comment);
                } else {
                    others.push(comment);
                }
            })
            .await;
        let ids: HashSet<&str> = others.iter().map(|comment| comment.id.0.as_str()).collect();
        let mut of_others = outcome.clone();
        of_others.items = ids.len() as u64;
        of_others.without_body.retain(|id| ids.contains(id.as_str()));
        outcome.items = count;
        outcome.without_body.retain(|id| !ids.contains(id.as_str()));
        let list = KeptList { which: other, read_at: Instant::now(), comments: others, outcome: of_others };
        kept.insert(key, list);
        outcome
    }

    /// Lists the comments of both kinds in all spaces.
    async fn both_kinds(
        &self,
        which: CommentKind,
        bodies: Bodies,
        order: ListOrder,
        mut take: impl FnMut(V1Content),
    ) -> ListOutcome {
        let spaces = match self.known_spaces().await {
            Ok(spaces) => spaces,
            Err(error) => return ListOutcome::ended(Err(error)),
        };
        loop {
            let merged = self.comments_of_spaces(which, &spaces, (bodies, order), &mut take).await;
            let is_unsure = merged.is_empty() && self.memory.comment_scan.get() == Support::Unknown;
            if !is_unsure || spaces.is_empty() || merged.outcome.end.is_err() {
                return merged.finish();
            }
            // a site that ignores the type scans pages, and a site without pages then looks like one without comments
            match self.finds_comments(which).await {
                Ok(false) => return merged.finish(),
                Ok(true) => self.memory.comment_scan.is_missing(),
                Err(error) => return ListOutcome::ended(Err(error)),
            }
        }
    }

    async fn comments_of_spaces(
        &self,
        which: CommentKind,
        spaces: &[KnownSpace],
        (bodies, order): (Bodies, ListOrder),
        take: &mut impl FnMut(V1Content),
    ) -> MergedList {
        let kind = which.request_kind();
        let list = SharedList::new(take);
        each_space(spaces, async |space| {
            if list.is_over() {
                return;
            }
            let expand = expansions(COMMENT, bodies);
            let wanted = SpaceContents { kind, space, content_type: "comment", expand, bodies, order };
            let outcome = self
                .comments_of_space(&wanted, |sent| {
                    self.memory.note_people(&sent);
                    let (id, version) = (sent.id.0.clone(), sent.version());
                    list.pass(&id, version, || sent);
                })
                .await;
            list.add(outcome);
        })
        .await;
        list.into_parts().0
    }

    async fn finds_comments(&self, which: CommentKind) -> Result<bool, RequestError> {
        let request = Request::v1(which.request_kind(), &["content", "search"]).with("cql", "type = comment");
        let page: model::ListPage = self.client.get(&request.with("limit", "1")).await?.value;
        Ok(!page.results.is_empty())
    }

    /// Lists the comments of one space by scan, or where the site does not scan comments, by their pages and posts.
    async fn comments_of_space(&self, wanted: &SpaceContents<'_>, mut take: impl FnMut(V1Content)) -> ListOutcome {
        match self.scan(wanted, &self.memory.comment_scan, &mut take).await {
            Scan::Read(outcome) => outcome,
            // the future of a way that few sites need is large
            Scan::NotOffered => Box::pin(self.comments_without_scan(wanted, take)).await,
        }
    }

    async fn comments_without_scan(&self, wanted: &SpaceContents<'_>, mut take: impl FnMut(V1Content)) -> ListOutcome {
        let mut seen = HashSet::new();
        let mut outcome = self
            .comments_by_container(wanted, |sent| {
                seen.insert(sent.id.0.clone());
                take(sent);
            })
            .await;
        // only the search finds comments on files; on pages it is not enough, as it lags and may hide archived spaces
        let found = self
            .found_comments(wanted, |sent| {
                if !seen.contains(&sent.id.0) {
                    take(sent);
                }
            })
            .await;
        outcome.add(found);
        if outcome.end.is_ok() {
            self.memory.comment_scan.is_missing();
            self.client.warn(
                "this version of Confluence finds comments on files only through its search, which lags by seconds or \
                 minutes",
            );
        }
        outcome
    }

    /// Lists the comments of all pages and posts of one space, with one request for each. No expansion of the list is
    /// documented to show inline comments too.
    async fn comments_by_container(&self, wanted: &SpaceContents<'_>, mut take: impl FnMut(V1Content)) -> ListOutcome {
        let (mut all, mut ids) = (ListOutcome::ended(Ok(())), Vec::new());
        for content_type in ["page", "blogpost"] {
            let expand = String::new();
            let containers = SpaceContents { content_type, expand, bodies: Bodies::LeftOut, ..wanted.clone() };
            let outcome = self
                .contents_of_space(&containers, |container| {
                    if container.status.as_deref() != Some("trashed") {
                        ids.push(container.id.0);
                    }
                })
                .await;
            all.add(outcome);
        }
        for id in ids {
            if all.end.as_ref().is_err_and(RequestError::stops_run) {
                break;
            }
            let request = Request::v1(wanted.kind, &["content", &id, "child", "comment"])
                .with("depth", "all")
                .with("expand", &wanted.expand)
                .with("limit", self.page_size(wanted.kind, wanted.bodies, wanted.order));
            let outcome = self.by_start(&request, &mut take).await;
            let is_deleted =
                outcome.end.as_ref().is_err_and(RequestError::is_not_found) && self.was_deleted(wanted.kind, &id).await;
            if !is_deleted {
                all.add(outcome);
            }
        }
        all
    }

    async fn found_comments(&self, wanted: &SpaceContents<'_>, take: impl FnMut(V1Content)) -> ListOutcome {
        let KnownSpace { key, is_archived, .. } = wanted.space;
        let cql = format!("type = comment and {}", in_space(key));
        let searched = if *is_archived { SearchScope::Archived } else { SearchScope::Current };
        let limit = self.page_size(wanted.kind, wanted.bodies, wanted.order);
        let expand: Vec<&str> = wanted.expand.split(',').collect();
        self.search_in_pages(wanted.kind, searched, &cql, &expand, Some(limit), take).await
    }
}

fn other_kind(which: CommentKind) -> CommentKind {
    match which {
        CommentKind::Footer => CommentKind::Inline,
        CommentKind::Inline => CommentKind::Footer,
    }
}
