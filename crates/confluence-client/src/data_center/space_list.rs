//! Lists of one type of content, space by space.
//!
//! There are two ways through such a list: `content/scan` by cursor, since version 7.18, and `content` by the number of
//! the first item. Which one comes first depends on the order, so that a list and its cross-check are read in different
//! ways; where the site refuses one, the other one is used.

use super::memory::{KnownSpace, ListSupport, Support};
use super::merge::MergedList;
use super::v1::V1Content;
use super::{ANY, CONTENT, DataCenter, convert, expansions};
use crate::by_id::{self, IdFilter};
use crate::error::RequestError;
use crate::list_item::ListItem;
use crate::list_outcome::ListOutcome;
use crate::model;
use crate::parameters::{Bodies, ListOrder, SpaceList};
use crate::request::Request;
use crate::request_kind::RequestKind;

/// Number of contents that are requested by id with their bodies at once: as many as fit into a response.
const IDS_PER_REQUEST: usize = 50;

/// The contents of one type in one space.
#[derive(Debug, Clone)]
pub(super) struct SpaceContents<'a> {
    pub(super) kind: RequestKind,
    pub(super) space: &'a KnownSpace,
    /// `page`, `blogpost` or `comment`.
    pub(super) content_type: &'static str,
    pub(super) expand: String,
    pub(super) bodies: Bodies,
    pub(super) order: ListOrder,
}

impl DataCenter {
    pub(crate) async fn pages(
        &self,
        spaces: &[&str],
        bodies: Bodies,
        order: ListOrder,
        take: impl FnMut(model::Content),
    ) -> ListOutcome {
        self.in_spaces((RequestKind::Pages, "page"), spaces, bodies, order, take).await
    }

    pub(crate) async fn blog_posts(
        &self,
        spaces: &[&str],
        bodies: Bodies,
        order: ListOrder,
        take: impl FnMut(model::Content),
    ) -> ListOutcome {
        self.in_spaces((RequestKind::BlogPosts, "blogpost"), spaces, bodies, order, take).await
    }

    async fn in_spaces(
        &self,
        (kind, content_type): (RequestKind, &'static str),
        spaces: &[&str],
        bodies: Bodies,
        order: ListOrder,
        mut take: impl FnMut(model::Content),
    ) -> ListOutcome {
        let mut merged = MergedList::new();
        for id in spaces {
            if merged.is_over() {
                break;
            }
            let space = match self.known_space(id).await {
                Ok(space) => space,
                Err(error) => {
                    merged.add(ListOutcome::ended(Err(error)));
                    continue;
                }
            };
            let expand = expansions(CONTENT, bodies);
            let wanted = SpaceContents { kind, space: &space, content_type, expand, bodies, order };
            let outcome = self
                .contents_of_space(&wanted, |sent| {
                    self.memory.note_people(&sent);
                    if merged.is_new_or_newer(sent.id(), sent.version()) {
                        take(convert::content(sent, Some(&space.id)));
                    }
                })
                .await;
            merged.add(outcome);
        }
        let mut outcome = merged.finish();
        let ids = std::mem::take(&mut outcome.without_body);
        let expand = expansions(CONTENT, bodies);
        let request = Request::v1(kind, &["content"]).with("status", ANY).with("expand", expand);
        let parse = |item| serde_json::from_value(item).ok().map(|sent| convert::content(sent, None));
        let filter = IdFilter { parameter: "ids", most: IDS_PER_REQUEST, parse };
        // boxed: it is seldom needed
        outcome.without_body = Box::pin(by_id::read(&self.client, &request, filter, ids, take)).await;
        outcome
    }

    /// Returns a space by its id. Callers know only spaces that a list has shown; otherwise the lists are read now.
    pub(super) async fn known_space(&self, id: &str) -> Result<KnownSpace, RequestError> {
        if let Some(space) = self.memory.space(id) {
            return Ok(space);
        }
        self.read_spaces().await?;
        self.memory.space(id).ok_or_else(|| RequestError::NotFound { endpoint: format!("/rest/api/space (id {id})") })
    }

    /// Returns all spaces. Site-wide lists are read from them.
    pub(super) async fn known_spaces(&self) -> Result<Vec<KnownSpace>, RequestError> {
        if self.memory.spaces().is_empty() {
            self.read_spaces().await?;
        }
        Ok(self.memory.spaces())
    }

    async fn read_spaces(&self) -> Result<(), RequestError> {
        for which in [SpaceList::Current, SpaceList::Archived] {
            self.spaces(which, ListOrder::Forward, |_| {}).await.end?;
        }
        Ok(())
    }

    /// Lists the contents of one type in one space, in the way of this order, or in the other one if the site refuses
    /// that.
    pub(super) async fn contents_of_space(
        &self,
        wanted: &SpaceContents<'_>,
        mut take: impl FnMut(V1Content),
    ) -> ListOutcome {
        let (scan_first, support) = match wanted.content_type {
            "page" => (wanted.order == ListOrder::Forward, &self.memory.page_scan),
            // older versions scan pages only, and may ignore the type: the list that counts is not a scan
            _ => (wanted.order == ListOrder::Backward, &self.memory.post_scan),
        };
        if scan_first {
            match self.scan(wanted, support, &mut take).await {
                Scan::Read(outcome) => return outcome,
                Scan::NotOffered => {}
            }
            let outcome = self.numbered(wanted, &mut take).await;
            if outcome.end.is_ok() {
                support.is_missing();
            }
            return outcome;
        }
        let outcome = self.numbered(wanted, &mut take).await;
        let Err(error) = &outcome.end else { return outcome };
        if !is_refusal(error) {
            return outcome;
        }
        match self.scan(wanted, support, &mut take).await {
            Scan::Read(scanned) => scanned,
            Scan::NotOffered => outcome,
        }
    }

    /// Lists contents by cursor, unless the site does not offer that for this type.
    pub(super) async fn scan(
        &self,
        wanted: &SpaceContents<'_>,
        support: &ListSupport,
        mut take: impl FnMut(V1Content),
    ) -> Scan {
        if support.get() == Support::Missing {
            return Scan::NotOffered;
        }
        let request = self.request(wanted, &["content", "scan"]);
        let (mut shown, mut others) = (0, 0);
        let outcome = self
            .by_cursor(&request, |sent: V1Content| {
                if sent.is_not(wanted.content_type) {
                    others += 1;
                } else {
                    shown += 1;
                    take(sent);
                }
            })
            .await;
        if others > 0 {
            // the site ignores the type, so that its list says nothing about this one
            support.is_missing();
            return Scan::NotOffered;
        }
        match &outcome.end {
            Err(error) if is_refusal(error) => return Scan::NotOffered,
            Ok(()) if shown > 0 => support.is_offered(),
            _ => {}
        }
        Scan::Read(outcome)
    }

    /// Lists contents by the number of the first item.
    async fn numbered(&self, wanted: &SpaceContents<'_>, mut take: impl FnMut(V1Content)) -> ListOutcome {
        let request = self.request(wanted, &["content"]);
        self.by_start(&request, |sent: V1Content| {
            if !sent.is_not(wanted.content_type) {
                take(sent);
            }
        })
        .await
    }

    fn request(&self, wanted: &SpaceContents<'_>, segments: &[&str]) -> Request {
        let request = Request::v1(wanted.kind, segments)
            .with("spaceKey", &wanted.space.key)
            .with("type", wanted.content_type)
            .with("expand", &wanted.expand)
            .with("limit", self.page_size(wanted.kind, wanted.bodies, wanted.order));
        // comments in the trash are no longer part of their page
        if wanted.content_type == "comment" { request } else { request.with("status", ANY) }
    }
}

/// How a scan ended.
pub(super) enum Scan {
    /// It was read, or failed.
    Read(ListOutcome),
    /// The site does not scan contents of this type, or none at all.
    NotOffered,
}

/// Returns whether a site without an endpoint, or one that does not know a type there, responds in this way.
pub(super) fn is_refusal(error: &RequestError) -> bool {
    error.is_not_found() || matches!(error, RequestError::Status { status: 400 | 405 | 501, .. })
}
