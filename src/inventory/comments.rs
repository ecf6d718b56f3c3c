//! Comments on pages and posts, with their replies and their containers.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::coverage::UnitKind;
use super::crawl::{Crawl, GROUP};
use super::lists::ListedContents;
use super::not_found::ItemKind;
use super::pass::Pass;
use super::site::{Attachment, Content, ContentId, ContentKind, SpaceId};
use confluence_client::api::{Bodies, CommentKind, ContentType, Edition, ListOrder};
use confluence_client::{RequestError, model};

/// All comments of one kind.
pub(super) struct Comments {
    pub(super) list: Vec<Content>,
    /// Number of items in the site-wide list, including those that were not kept.
    pub(super) listed: u64,
}

/// Comments of one kind, while their replies are being read.
pub(super) struct Threads {
    which: CommentKind,
    comments: BTreeMap<ContentId, Content>,
    parents: HashMap<ContentId, ContentId>,
    listed: u64,
    /// Whether the list includes all replies.
    has_replies: bool,
}

/// Reads the comments of one kind with their replies.
///
/// Whether the site-wide list of Confluence Cloud includes replies is not documented. If it has one reply, it is
/// assumed to have all, nested ones too. If it has none, the replies to every comment are requested.
///
/// Data Center has one list of both kinds. Every caller reads both kinds in the same pass, so that the client reads
/// that list once for both.
pub(super) async fn read(crawl: &Crawl<'_>, which: CommentKind) -> Comments {
    let mut threads = list(crawl, which, |_| true).await;
    let parents = threads.without_replies();
    threads.read_replies(crawl, parents, |_| true).await;
    threads.close()
}

/// Reads the site-wide list and keeps the comments on the containers that `keep` accepts, and those without a known
/// container.
pub(super) async fn list(crawl: &Crawl<'_>, which: CommentKind, keep: impl Fn(&ContentId) -> bool) -> Threads {
    let (kind, words) = kind_of(which);
    let unit = crawl.ledger.enter(UnitKind::CommentList, format!("{words} of the site"));
    let mut parents: HashMap<ContentId, ContentId> = HashMap::new();
    let mut comments = BTreeMap::new();
    let listing = crawl
        .api
        .comments(which, Bodies::Included, ListOrder::Forward, |sent| {
            if let Some(parent) = &sent.parent_comment_id {
                parents.insert(ContentId::new(&sent.id.0), ContentId::new(&parent.0));
            }
            let comment = comment(sent, |sent| crawl.listed(sent, kind));
            if comment.container.as_ref().is_none_or(&keep) {
                comments.insert(comment.id.clone(), comment);
            }
            crawl.progress.advance(1);
        })
        .await;
    unit.settle(&listing.end);
    crawl.visible_items.note(comments.values());
    let has_replies = crawl.api.features().replies_in_lists || !parents.is_empty();
    Threads { which, comments, parents, listed: listing.items, has_replies }
}

impl Threads {
    /// Returns the comments whose replies the list does not include: all of them, unless it includes replies.
    pub(super) fn without_replies(&self) -> Vec<ParentComment> {
        if self.has_replies { Vec::new() } else { self.comments.values().map(ParentComment::of).collect() }
    }

    /// Reads the replies to these comments, and the replies to each reply that `goes_on` accepts. Returns the ids of
    /// all new replies.
    pub(super) async fn read_replies(
        &mut self,
        crawl: &Crawl<'_>,
        parents: Vec<ParentComment>,
        should_continue: impl Fn(&ContentId) -> bool,
    ) -> Vec<ContentId> {
        let mut new_ids = Vec::new();
        let mut level = parents;
        while !level.is_empty() {
            let mut found = Vec::new();
            for group in level.chunks(GROUP) {
                let requests = group.iter().map(|parent| replies(crawl, Pass::FIRST, self.which, parent.clone()));
                found.extend(crawl.all(requests.collect()).await);
            }
            let new = found.into_iter().flat_map(|replies| replies.list);
            let new: Vec<Content> = new.filter(|reply| !self.comments.contains_key(&reply.id)).collect();
            level = new.iter().filter(|reply| should_continue(&reply.id)).map(ParentComment::of).collect();
            new_ids.extend(new.iter().map(|reply| reply.id.clone()));
            self.comments.extend(new.into_iter().map(|reply| (reply.id.clone(), reply)));
        }
        new_ids
    }

    /// Returns a comment that was read.
    pub(super) fn comment(&self, id: &ContentId) -> Option<&Content> {
        self.comments.get(id)
    }

    /// Returns everything that was read.
    pub(super) fn close(mut self) -> Comments {
        inherit_containers(&mut self.comments, &self.parents);
        Comments { list: self.comments.into_values().collect(), listed: self.listed }
    }
}

/// Returns the content kind of these comments, and the name of their list.
pub(super) fn kind_of(which: CommentKind) -> (ContentKind, &'static str) {
    match which {
        CommentKind::Footer => (ContentKind::FooterComment, "footer comments"),
        CommentKind::Inline => (ContentKind::InlineComment, "inline comments"),
    }
}

/// Converts a comment. A comment on an attachment has that attachment's id as its container until [`complete`].
pub(super) fn comment(sent: model::Content, read: impl FnOnce(model::Content) -> Content) -> Content {
    let on_attachment = sent.attachment_id.as_ref().map(|id| ContentId::new(&id.0));
    let is_reply = sent.parent_comment_id.is_some();
    let mut comment = read(sent);
    comment.container = comment.container.or(on_attachment);
    if is_reply { as_reply(comment) } else { comment }
}

/// Marks a comment as a reply and removes its resolution: a reply repeats that of its thread, and only the thread's
/// first comment is to have it.
fn as_reply(mut reply: Content) -> Content {
    if let Some(details) = &mut reply.details {
        details.resolution = None;
        details.is_reply = true;
    }
    reply
}

/// Returns whether a comment is a reply. Known only in crawls for the page metrics.
pub(super) fn is_reply(comment: &Content) -> bool {
    comment.details.as_ref().is_some_and(|details| details.is_reply)
}

/// A comment whose replies are read.
#[derive(Debug, Clone)]
pub(super) struct ParentComment {
    pub(super) id: ContentId,
    pub(super) container: Option<ContentId>,
}

impl ParentComment {
    pub(super) fn of(comment: &Content) -> Self {
        Self { id: comment.id.clone(), container: comment.container.clone() }
    }
}

/// Reads the direct replies to a comment.
pub(super) async fn replies(
    crawl: &Crawl<'_>,
    pass: Pass,
    which: CommentKind,
    parent: ParentComment,
) -> ListedContents {
    let (kind, _) = kind_of(which);
    let id = parent.id.as_str();
    let unit = pass.enter(crawl, UnitKind::Replies, format!("replies to {} {id}", kind.label()));
    let result = crawl.retry_not_found(|| replies_once(crawl, pass, which, &parent)).await;
    let error = match result {
        Ok(replies) => {
            unit.ok();
            return replies;
        }
        Err(error) => error,
    };
    let mut is_gone = false;
    if error.is_not_found() {
        // a request for the comment itself distinguishes a deleted thread from replies that the account may not see
        let alone = match which {
            CommentKind::Footer => ContentType::FooterComment,
            CommentKind::Inline => ContentType::InlineComment,
        };
        match crawl.api.content(alone, id, Edition::Published).await {
            Err(error) if error.is_not_found() => is_gone = crawl.settle_gone(unit, ItemKind::Content(kind), id).await,
            Err(error) => unit.refused(&error),
            Ok(_) => unit.denied("not found, although the comment exists"),
        }
    } else {
        unit.refused(&error);
    }
    ListedContents { is_complete: is_gone, ..ListedContents::nothing() }
}

async fn replies_once(
    crawl: &Crawl<'_>,
    pass: Pass,
    which: CommentKind,
    parent: &ParentComment,
) -> Result<ListedContents, RequestError> {
    let (kind, _) = kind_of(which);
    let mut replies = BTreeMap::new();
    let mut order = pass.order;
    let listing = loop {
        let take = |sent| {
            let mut reply = as_reply(comment(sent, |sent| crawl.listed(sent, kind)));
            reply.container = reply.container.or_else(|| parent.container.clone());
            replies.insert(reply.id.clone(), reply);
        };
        let listing = crawl.api.replies(which, parent.id.as_str(), pass.bodies, order, take).await;
        let Some(other) = pass.other_order(order, &listing) else { break listing };
        order = other;
    };
    let in_other_order = pass.is_other(order, &listing);
    let list = replies.into_values().collect();
    listing.end.map(|()| ListedContents { list, is_complete: true, in_other_order })
}

/// Sets the container of replies without one to that of the nearest comment above them that has one.
fn inherit_containers(comments: &mut BTreeMap<ContentId, Content>, parents: &HashMap<ContentId, ContentId>) {
    let mut found = Vec::new();
    for comment in comments.values().filter(|comment| comment.container.is_none()) {
        let mut visited = BTreeSet::new();
        let mut at = &comment.id;
        while let Some(parent) = parents.get(at)
            && visited.insert(parent)
        {
            at = parent;
            if let Some(container) = comments.get(at).and_then(|parent| parent.container.clone()) {
                found.push((comment.id.clone(), container));
                break;
            }
        }
    }
    for (id, container) in found {
        if let Some(comment) = comments.get_mut(&id) {
            comment.container = Some(container);
        }
    }
}

/// Sets the space of comments to that of their container, and the container of comments on an attachment to the page or
/// post that owns it.
pub(super) fn complete(contents: &mut [Content], files: &[Attachment]) {
    let owners: HashMap<&str, &ContentId> =
        files.iter().filter_map(|file| Some((file.id.digits(), file.container.id()?))).collect();
    let spaces: HashMap<ContentId, SpaceId> = contents
        .iter()
        .filter(|content| content.kind.owns_attachments())
        .filter_map(|content| Some((content.id.clone(), content.space.clone()?)))
        .collect();
    for comment in contents.iter_mut().filter(|content| content.kind.is_comment()) {
        if let Some(id) = comment.container.as_ref().filter(|id| !spaces.contains_key(*id)) {
            let digits = id.as_str().strip_prefix("att").unwrap_or(id.as_str());
            if let Some(owner) = owners.get(digits) {
                comment.container = Some((*owner).clone());
            }
        }
        if comment.space.is_none() {
            comment.space = comment.container.as_ref().and_then(|id| spaces.get(id).cloned());
        }
    }
}
