//! The bulk lists: spaces, pages, blog posts, attachments, comments, templates.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use tokio::join;

use super::coverage::UnitKind;
use super::crawl::{Crawl, GROUP};
use super::ledger::Ledger;
use super::plan::batch_size;
use super::site::{Attachment, Container, Content, ContentId, ContentKind, Space, SpaceId};
use super::words::SpaceStatus;
use super::{bodies, convert};
use crate::wording::plural;
use confluence_client::api::{Bodies, CommentKind, Edition, Single};
use confluence_client::{Api, RequestError, Walked, model};
use storage_format::Body;

/// The spaces found.
pub(super) struct Spaces {
    pub(super) by_key: Vec<Space>,
    /// `_links.base` of the answers.
    pub(super) base: Option<String>,
    /// The first failure, which explains why there may be none.
    pub(super) failure: Option<RequestError>,
}

/// Current and archived spaces, by key.
pub(super) async fn spaces(api: &Api, ledger: &Ledger) -> Spaces {
    let mut spaces = BTreeMap::new();
    let (mut base, mut failure) = (None, None);
    for status in [SpaceStatus::Current, SpaceStatus::Archived] {
        let unit = ledger.enter(UnitKind::SpaceList, format!("{status} spaces"));
        let walked = api
            .spaces(status.as_str(), |space| {
                let space = convert::space(space);
                spaces.insert(space.id.clone(), space);
            })
            .await;
        unit.settle(&walked.end);
        base = base.or(walked.base);
        failure = failure.or(walked.end.err());
    }
    let mut spaces: Vec<Space> = spaces.into_values().collect();
    spaces.sort_by(|a, b| a.key.cmp(&b.key));
    Spaces { by_key: spaces, base, failure }
}

/// The attachments of the site, and the owners that no list shows.
pub(super) struct Attachments {
    pub(super) files: Vec<Attachment>,
    pub(super) owners: Vec<Container>,
}

/// Everything the bulk lists give, with every body settled.
pub(super) async fn contents_and_attachments(
    crawl: &Crawl<'_>,
    spaces: &[Space],
    reported: Option<&[String]>,
) -> (Vec<Content>, Attachments) {
    crawl.phase("pages, posts, comments, attachments", None);
    let is_read =
        |space: &&Space| !crawl.options.references_within || reported.is_none_or(|keys| keys.contains(&space.key));
    let (with_bodies, without): (Vec<&Space>, Vec<&Space>) = spaces.iter().partition(is_read);
    if !without.is_empty() {
        let skipped = format!(
            "bodies of {}",
            plural(without.len() as u64, "space that is not reported", "spaces that are not reported")
        );
        crawl.ledger.enter(UnitKind::Body, skipped).skipped("--references-within");
    }
    let (pages, posts, files, footer, inline, templates, mut bare_pages, bare_posts) = join!(
        in_spaces(crawl, Single::Page, &with_bodies, Bodies::Included),
        in_spaces(crawl, Single::BlogPost, &with_bodies, Bodies::Included),
        attachments(crawl),
        comments(crawl, CommentKind::Footer, |_| true),
        comments(crawl, CommentKind::Inline, |_| true),
        templates(crawl, &with_bodies),
        in_spaces(crawl, Single::Page, &without, Bodies::LeftOut),
        in_spaces(crawl, Single::BlogPost, &without, Bodies::LeftOut),
    );
    let mut contents = pages;
    contents.extend(posts);
    contents.extend(footer.list);
    contents.extend(inline.list);
    contents.extend(templates);
    let mut contents = bodies::settle(crawl, contents).await;
    bare_pages.extend(bare_posts);
    contents.append(&mut bare_pages);
    let owners = unlisted_owners(&contents, &files);
    (contents, Attachments { files, owners })
}

/// Containers of attachments that are in no list, each once.
pub(super) fn unlisted_owners(contents: &[Content], files: &[Attachment]) -> Vec<Container> {
    let listed: HashSet<&ContentId> =
        contents.iter().filter(|content| content.kind.owns_attachments()).map(|content| &content.id).collect();
    let unlisted: HashSet<&Container> = files
        .iter()
        .map(|file| &file.container)
        .filter(|owner| owner.id().is_some_and(|id| !listed.contains(id)))
        .collect();
    let mut unlisted: Vec<Container> = unlisted.into_iter().cloned().collect();
    unlisted.sort_by(|a, b| a.id().cmp(&b.id()));
    unlisted
}

/// Reads a body as it arrives; the text is not kept. What contents in the trash name counts for nothing, but is
/// mentioned where it is the only use, so theirs is read as far as it comes with the list.
pub(super) fn content(crawl: &Crawl<'_>, sent: model::Content, kind: ContentKind) -> Content {
    let body: Option<Body> = sent.storage().map(|text| crawl.parse(text));
    let details = crawl.options.measures.is_some().then(|| Box::new(convert::details(&sent)));
    Content { details, ..convert::content(sent, kind, body) }
}

/// Pages or blog posts of spaces, in batches that run side by side. A batch too long for the server is halved (F-17).
pub(super) async fn in_spaces(crawl: &Crawl<'_>, which: Single, spaces: &[&Space], bodies: Bodies) -> Vec<Content> {
    let size = batch_size(spaces.len(), crawl.api.client().concurrency());
    let mut batches: Vec<&[&Space]> = spaces.chunks(size).collect();
    let mut contents = Vec::new();
    while !batches.is_empty() {
        let walks = crawl.all(batches.drain(..).map(|batch| one_batch(crawl, which, batch, bodies)).collect()).await;
        for walk in walks {
            match walk {
                Ok(found) => contents.extend(found),
                Err(batch) => batches.extend(batch.chunks(batch.len().div_ceil(2))),
            }
        }
    }
    contents
}

/// One batch; `Err` gives it back when it has to be halved.
async fn one_batch<'b, 's>(
    crawl: &Crawl<'_>,
    which: Single,
    batch: &'b [&'s Space],
    bodies: Bodies,
) -> Result<Vec<Content>, &'b [&'s Space]> {
    let (unit_kind, kind, words) = match which {
        Single::BlogPost => (UnitKind::BlogPostList, ContentKind::BlogPost, "blog posts"),
        _ => (UnitKind::PageList, ContentKind::Page, "pages"),
    };
    let unit = crawl.ledger.enter(unit_kind, format!("{words} of {}", names(batch)));
    let ids: Vec<&str> = batch.iter().map(|space| space.id.as_str()).collect();
    let mut contents = BTreeMap::new();
    let take = |sent: model::Content| {
        let content = content(crawl, sent, kind);
        contents.insert(content.id.clone(), content);
        crawl.progress.advance(1);
    };
    let walked = match which {
        Single::BlogPost => crawl.api.blog_posts(&ids, bodies, take).await,
        _ => crawl.api.pages(&ids, bodies, take).await,
    };
    if batch.len() > 1 && walked.end.as_ref().is_err_and(RequestError::is_too_long) {
        unit.withdrawn();
        return Err(batch);
    }
    note_duplicates(words, &walked);
    unit.settle(&walked.end);
    Ok(contents.into_values().collect())
}

fn names(spaces: &[&Space]) -> String {
    let keys: Vec<&str> = spaces.iter().take(5).map(|space| space.key.as_str()).collect();
    let more = if spaces.len() > keys.len() { ", …" } else { "" };
    match spaces.len() {
        1 => format!("space {}", keys.join("")),
        count => format!("{count} spaces ({}{more})", keys.join(", ")),
    }
}

fn note_duplicates(words: &str, walked: &Walked) {
    if walked.duplicates > 0 {
        tracing::debug!(list = words, duplicates = walked.duplicates, items = walked.items, "items came twice");
    }
}

/// All attachments of the site.
pub(super) async fn attachments(crawl: &Crawl<'_>) -> Vec<Attachment> {
    let unit = crawl.ledger.enter(UnitKind::AttachmentList, "attachments of the site");
    let mut files = BTreeMap::new();
    let walked = crawl
        .api
        .attachments(|sent| {
            let file = convert::attachment(sent);
            files.insert(file.id.clone(), file);
            crawl.progress.advance(1);
        })
        .await;
    note_duplicates("attachments", &walked);
    unit.settle(&walked.end);
    files.into_values().collect()
}

/// Comments of one kind.
pub(super) struct Comments {
    pub(super) list: Vec<Content>,
    /// Items in the list of the site, whatever was kept of it.
    pub(super) listed: u64,
}

/// The comments of one kind with their replies, as far as `keep` wants those of a container; all of them where the
/// container is not told.
///
/// Whether the site-wide list shows replies is not documented (`confluence-api.md` 3.4). One reply in it shows that it
/// does; without any, the replies to every comment are asked for.
pub(super) async fn comments(crawl: &Crawl<'_>, which: CommentKind, keep: impl Fn(&ContentId) -> bool) -> Comments {
    let (kind, words) = match which {
        CommentKind::Footer => (ContentKind::FooterComment, "footer comments"),
        CommentKind::Inline => (ContentKind::InlineComment, "inline comments"),
    };
    let unit = crawl.ledger.enter(UnitKind::CommentList, format!("{words} of the site"));
    let mut parents: HashMap<ContentId, ContentId> = HashMap::new();
    let mut comments = BTreeMap::new();
    let walked = crawl
        .api
        .comments(which, Bodies::Included, |sent| {
            if let Some(parent) = &sent.parent_comment_id {
                parents.insert(ContentId::new(&sent.id.0), ContentId::new(&parent.0));
            }
            let comment = comment(crawl, sent, kind);
            if comment.container.as_ref().is_none_or(&keep) {
                comments.insert(comment.id.clone(), comment);
            }
            crawl.progress.advance(1);
        })
        .await;
    unit.settle(&walked.end);
    if parents.is_empty() {
        let mut level: Vec<Content> = comments.values().cloned().collect();
        while !level.is_empty() {
            let mut found = Vec::new();
            for group in level.chunks(GROUP) {
                found.extend(
                    crawl.all(group.iter().map(|comment| replies(crawl, which, kind, comment)).collect()).await,
                );
            }
            level = found.into_iter().flatten().filter(|reply| !comments.contains_key(&reply.id)).collect();
            comments.extend(level.iter().map(|reply| (reply.id.clone(), reply.clone())));
        }
    }
    inherit_containers(&mut comments, &parents);
    Comments { list: comments.into_values().collect(), listed: walked.items }
}

/// A comment; one on an attachment bears that attachment's id as its container until `complete_comments`.
fn comment(crawl: &Crawl<'_>, sent: model::Content, kind: ContentKind) -> Content {
    let on_attachment = sent.attachment_id.as_ref().map(|id| ContentId::new(&id.0));
    let is_reply = sent.parent_comment_id.is_some();
    let mut comment = content(crawl, sent, kind);
    comment.container = comment.container.or(on_attachment);
    if is_reply { in_its_thread(comment) } else { comment }
}

/// A reply repeats whether its thread is resolved; only the comment that began the thread is to tell it.
fn in_its_thread(mut reply: Content) -> Content {
    if let Some(details) = &mut reply.details {
        details.resolution = None;
    }
    reply
}

/// The direct replies to a comment.
async fn replies(crawl: &Crawl<'_>, which: CommentKind, kind: ContentKind, parent: &Content) -> Vec<Content> {
    let unit = crawl.ledger.enter(UnitKind::Replies, format!("replies to {} {}", parent.kind.label(), parent.id));
    let asked = crawl.twice(|| replies_once(crawl, which, kind, parent)).await;
    match asked {
        Ok(replies) => {
            unit.ok();
            replies
        }
        Err(error) if error.is_not_found() => {
            // the comment itself tells a deleted thread from one whose replies are out of reach
            let alone = match which {
                CommentKind::Footer => Single::FooterComment,
                CommentKind::Inline => Single::InlineComment,
            };
            match crawl.api.content(alone, parent.id.as_str(), Edition::Published).await {
                Err(error) if error.is_not_found() => unit.gone(),
                Err(error) => unit.refused(&error),
                Ok(_) => unit.denied("not found, though the comment is there"),
            }
            Vec::new()
        }
        Err(error) => {
            unit.refused(&error);
            Vec::new()
        }
    }
}

async fn replies_once(
    crawl: &Crawl<'_>,
    which: CommentKind,
    kind: ContentKind,
    parent: &Content,
) -> Result<Vec<Content>, RequestError> {
    let mut replies = Vec::new();
    let walked = crawl
        .api
        .replies(which, parent.id.as_str(), |sent| {
            let mut reply = in_its_thread(comment(crawl, sent, kind));
            reply.container = reply.container.or_else(|| parent.container.clone());
            replies.push(reply);
        })
        .await;
    walked.end.map(|()| replies)
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
pub(super) fn complete_comments(contents: &mut [Content], files: &[Attachment]) {
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

/// Global templates and those of every space, blueprints included, each once.
async fn templates(crawl: &Crawl<'_>, spaces: &[&Space]) -> Vec<Content> {
    let places = std::iter::once(None).chain(spaces.iter().map(|space| Some(*space)));
    let lists = places.flat_map(|place| [(place, false), (place, true)]);
    let found = crawl.all(lists.map(|(place, blueprints)| template_list(crawl, place, blueprints)).collect()).await;
    let mut templates: BTreeMap<ContentId, Content> = BTreeMap::new();
    for template in found.into_iter().flatten() {
        // every space inherits the global blueprints: the one without a space is the original
        let known = templates.get(&template.id);
        if known.is_none_or(|known| known.space.is_some() && template.space.is_none()) {
            templates.insert(template.id.clone(), template);
        }
    }
    templates.into_values().collect()
}

async fn template_list(crawl: &Crawl<'_>, space: Option<&Space>, blueprints: bool) -> Vec<Content> {
    let words = if blueprints { "blueprint templates" } else { "page templates" };
    let place = space.map_or_else(|| "of the site".to_owned(), |space| format!("of space {}", space.key));
    let unit = crawl.ledger.enter(UnitKind::Templates, format!("{words} {place}"));
    let mut templates = Vec::new();
    let take = |sent: model::Template| {
        let storage = sent.body.as_ref().and_then(|body| body.storage.as_ref()).and_then(|body| body.value.as_deref());
        let body = storage.map(|text| crawl.parse(text));
        // a blueprint of an app that nobody changed has a module key for an id and no body that could name a file
        if body.is_some() || !sent.template_id.0.contains(':') {
            templates.push(convert::template(sent, space.map(|space| space.id.clone()), body));
        }
    };
    let key = space.map(|space| space.key.as_str());
    let walked =
        if blueprints { crawl.api.blueprint_templates(key, take).await } else { crawl.api.templates(key, take).await };
    match &walked.end {
        // an archived space makes no pages, so its templates may be out of reach without any loss
        Err(error) if error.is_not_found() && space.is_some_and(Space::is_archived) => unit.gone(),
        end => unit.settle(end),
    }
    templates
}
