//! Comments on pages and posts, with their replies, and what each is on.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::coverage::UnitKind;
use super::crawl::{Crawl, GROUP};
use super::lists::Listed;
use super::pass::Pass;
use super::site::{Attachment, Content, ContentId, ContentKind, SpaceId};
use super::witnesses::Kind;
use confluence_client::api::{Bodies, CommentKind, Edition, Order, Single};
use confluence_client::{RequestError, model};

/// Comments of one kind.
pub(super) struct Comments {
    pub(super) list: Vec<Content>,
    /// Items in the list of the site, whatever was kept of it.
    pub(super) listed: u64,
}

/// The comments of one kind while their replies are read.
pub(super) struct Threads {
    which: CommentKind,
    comments: BTreeMap<ContentId, Content>,
    parents: HashMap<ContentId, ContentId>,
    listed: u64,
}

/// The comments of one kind with their replies.
///
/// Whether the site-wide list shows replies is not documented. One reply in it is taken to show that it has all, nested
/// ones too; without any, the replies to every comment are asked for.
pub(super) async fn read(crawl: &Crawl<'_>, which: CommentKind) -> Comments {
    let mut threads = list(crawl, which, |_| true).await;
    let parents = threads.without_replies();
    threads.ask(crawl, parents, |_| true).await;
    threads.close()
}

/// The list of the site, as far as `keep` wants the comments of a container; all of them where the container is not told.
pub(super) async fn list(crawl: &Crawl<'_>, which: CommentKind, keep: impl Fn(&ContentId) -> bool) -> Threads {
    let (kind, words) = kind_of(which);
    let unit = crawl.ledger.enter(UnitKind::CommentList, format!("{words} of the site"));
    let mut parents: HashMap<ContentId, ContentId> = HashMap::new();
    let mut comments = BTreeMap::new();
    let walked = crawl
        .api
        .comments(which, Bodies::Included, Order::Forward, |sent| {
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
    unit.settle(&walked.end);
    crawl.witnesses.note(comments.values());
    Threads { which, comments, parents, listed: walked.items }
}

impl Threads {
    /// The comments whose replies the list does not show: all, unless it shows replies.
    pub(super) fn without_replies(&self) -> Vec<Parent> {
        if self.parents.is_empty() { self.comments.values().map(Parent::of).collect() } else { Vec::new() }
    }

    /// Asks for the replies to these comments, and for those to each reply that `goes_on` wants. Gives what came.
    pub(super) async fn ask(
        &mut self,
        crawl: &Crawl<'_>,
        parents: Vec<Parent>,
        goes_on: impl Fn(&ContentId) -> bool,
    ) -> Vec<ContentId> {
        let mut came = Vec::new();
        let mut level = parents;
        while !level.is_empty() {
            let mut found = Vec::new();
            for group in level.chunks(GROUP) {
                let asked = group.iter().map(|parent| replies(crawl, Pass::FIRST, self.which, parent.clone()));
                found.extend(crawl.all(asked.collect()).await);
            }
            let new = found.into_iter().flat_map(|replies| replies.list);
            let new: Vec<Content> = new.filter(|reply| !self.comments.contains_key(&reply.id)).collect();
            level = new.iter().filter(|reply| goes_on(&reply.id)).map(Parent::of).collect();
            came.extend(new.iter().map(|reply| reply.id.clone()));
            self.comments.extend(new.into_iter().map(|reply| (reply.id.clone(), reply)));
        }
        came
    }

    /// A comment that was read.
    pub(super) fn comment(&self, id: &ContentId) -> Option<&Content> {
        self.comments.get(id)
    }

    /// All that was read.
    pub(super) fn close(mut self) -> Comments {
        inherit_containers(&mut self.comments, &self.parents);
        Comments { list: self.comments.into_values().collect(), listed: self.listed }
    }
}

/// What comments of a kind are here, and the words for a list of them.
pub(super) fn kind_of(which: CommentKind) -> (ContentKind, &'static str) {
    match which {
        CommentKind::Footer => (ContentKind::FooterComment, "footer comments"),
        CommentKind::Inline => (ContentKind::InlineComment, "inline comments"),
    }
}

/// A comment; one on an attachment bears that attachment's id as its container until [`complete`].
pub(super) fn comment(sent: model::Content, read: impl FnOnce(model::Content) -> Content) -> Content {
    let on_attachment = sent.attachment_id.as_ref().map(|id| ContentId::new(&id.0));
    let is_reply = sent.parent_comment_id.is_some();
    let mut comment = read(sent);
    comment.container = comment.container.or(on_attachment);
    if is_reply { in_its_thread(comment) } else { comment }
}

/// A reply repeats whether its thread is resolved; only the comment that began the thread is to tell it.
fn in_its_thread(mut reply: Content) -> Content {
    if let Some(details) = &mut reply.details {
        details.resolution = None;
        details.is_reply = true;
    }
    reply
}

/// Whether a comment answers another one; only readings for the page metrics know.
pub(super) fn is_reply(comment: &Content) -> bool {
    comment.details.as_ref().is_some_and(|details| details.is_reply)
}

/// The comment whose replies are asked for.
#[derive(Debug, Clone)]
pub(super) struct Parent {
    pub(super) id: ContentId,
    pub(super) container: Option<ContentId>,
}

impl Parent {
    /// A comment as a parent.
    pub(super) fn of(comment: &Content) -> Self {
        Self { id: comment.id.clone(), container: comment.container.clone() }
    }
}

/// The direct replies to a comment.
pub(super) async fn replies(crawl: &Crawl<'_>, pass: Pass, which: CommentKind, parent: Parent) -> Listed {
    let (kind, _) = kind_of(which);
    let id = parent.id.as_str();
    let unit = pass.enter(crawl, UnitKind::Replies, format!("replies to {} {id}", kind.label()));
    let asked = crawl.twice(|| replies_once(crawl, pass, which, &parent)).await;
    let error = match asked {
        Ok(replies) => {
            unit.ok();
            return replies;
        }
        Err(error) => error,
    };
    let mut is_gone = false;
    if error.is_not_found() {
        // the comment itself tells a deleted thread from one whose replies are out of reach
        let alone = match which {
            CommentKind::Footer => Single::FooterComment,
            CommentKind::Inline => Single::InlineComment,
        };
        match crawl.api.content(alone, id, Edition::Published).await {
            Err(error) if error.is_not_found() => is_gone = crawl.settle_gone(unit, Kind::Content(kind), id).await,
            Err(error) => unit.refused(&error),
            Ok(_) => unit.denied("not found, though the comment is there"),
        }
    } else {
        unit.refused(&error);
    }
    Listed { is_whole: is_gone, ..Listed::nothing() }
}

async fn replies_once(
    crawl: &Crawl<'_>,
    pass: Pass,
    which: CommentKind,
    parent: &Parent,
) -> Result<Listed, RequestError> {
    let (kind, _) = kind_of(which);
    let mut replies = BTreeMap::new();
    let mut order = pass.order;
    let walked = loop {
        let take = |sent| {
            let mut reply = in_its_thread(comment(sent, |sent| crawl.listed(sent, kind)));
            reply.container = reply.container.or_else(|| parent.container.clone());
            replies.insert(reply.id.clone(), reply);
        };
        let walked = crawl.api.replies(which, parent.id.as_str(), pass.bodies, order, take).await;
        let Some(other) = pass.other_order(order, &walked) else { break walked };
        order = other;
    };
    let in_other_order = pass.is_other(order, &walked);
    let list = replies.into_values().collect();
    walked.end.map(|()| Listed { list, is_whole: true, in_other_order })
}

/// Replies without a container have that of the thread's first comment.
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

/// Gives comments the space of their container, and those on an attachment the page or post that owns it.
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
