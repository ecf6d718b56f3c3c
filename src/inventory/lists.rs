//! The site's lists: spaces, pages, blog posts, comments, attachments, templates.

use std::collections::{BTreeMap, HashSet};

use tokio::join;

use super::coverage::UnitKind;
use super::crawl::Crawl;
use super::ledger::Ledger;
use super::pass::Pass;
use super::plan::batch_size;
use super::site::{Attachment, Container, Content, ContentId, ContentKind, Space};
use super::templates;
use super::{bodies, comments, content_names, convert};
use crate::support::formatting::plural;
use confluence_client::api::{Bodies, CommentKind, ContentType, ListOrder, SpaceList};
use confluence_client::{Api, ListOutcome, RequestError, model};

/// The spaces of the site, and how listing them ended.
pub(super) struct SpaceLists {
    pub(super) by_key: Vec<Space>,
    /// `_links.base` of the responses.
    pub(super) base: Option<String>,
    /// The first error, which explains a missing space.
    pub(super) failure: Option<RequestError>,
}

/// Lists the current and the archived spaces, sorted by key.
pub(super) async fn spaces(api: &Api, ledger: &Ledger) -> SpaceLists {
    let mut spaces = BTreeMap::new();
    let (mut base, mut failure) = (None, None);
    for which in [SpaceList::Current, SpaceList::Archived] {
        let unit = ledger.enter(UnitKind::SpaceList, format!("{} spaces", which.word()));
        let listing = api
            .spaces(which, ListOrder::Forward, |space| {
                let space = convert::space(space);
                spaces.insert(space.id.clone(), space);
            })
            .await;
        unit.settle(&listing.end);
        base = base.or(listing.base);
        failure = failure.or(listing.end.err());
    }
    let mut spaces: Vec<Space> = spaces.into_values().collect();
    spaces.sort_by(|a, b| a.key.cmp(&b.key));
    SpaceLists { by_key: spaces, base, failure }
}

/// The attachments of the site, and those of their owners that no list shows.
pub(super) struct AttachmentsAndOwners {
    pub(super) files: Vec<Attachment>,
    pub(super) owners: Vec<Container>,
    /// Keys of the spaces whose trash could not be listed.
    pub(super) unread_trash: Vec<String>,
}

/// The list of all attachments.
pub(super) struct ListedAttachments {
    pub(super) files: Vec<Attachment>,
    /// Keys of the spaces whose trash could not be listed.
    pub(super) unread_trash: Vec<String>,
}

/// Reads all lists, and the body of every content.
pub(super) async fn contents_and_attachments(
    crawl: &Crawl<'_>,
    spaces: &[Space],
    reported: Option<&[String]>,
) -> (Vec<Content>, AttachmentsAndOwners) {
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
    // attachments and titles are listed before the first body. When a file or its page is renamed or moved, Confluence
    // rewrites the bodies that name it without a new version. A body that is read after these lists has the name in
    // them, unless a later list shows another name
    let (ListedAttachments { mut files, unread_trash }, names) =
        join!(attachments(crawl), content_names::list(crawl, &with_bodies));
    let (pages, posts, footer, inline, templates, mut pages_without_bodies, posts_without_bodies) = join!(
        in_spaces(crawl, ContentType::Page, &with_bodies, Bodies::Included),
        in_spaces(crawl, ContentType::BlogPost, &with_bodies, Bodies::Included),
        comments::read(crawl, CommentKind::Footer),
        comments::read(crawl, CommentKind::Inline),
        templates::read(crawl, Pass::FIRST, &with_bodies, |_, _| None),
        in_spaces(crawl, ContentType::Page, &without, Bodies::LeftOut),
        in_spaces(crawl, ContentType::BlogPost, &without, Bodies::LeftOut),
    );
    let mut contents = pages;
    contents.extend(posts);
    contents.extend(footer.list);
    contents.extend(inline.list);
    contents.extend(templates.list);
    let mut contents = bodies::settle(crawl, contents).await;
    names.settle(&contents, &mut files);
    pages_without_bodies.extend(posts_without_bodies);
    contents.append(&mut pages_without_bodies);
    let owners = unlisted_owners(&contents, &files);
    (contents, AttachmentsAndOwners { files, owners, unread_trash })
}

/// Returns the containers of attachments that are in no list, without duplicates.
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

/// What a pass read from the lists of one kind.
#[derive(Debug, Default)]
pub(super) struct ListedContents {
    pub(super) list: Vec<Content>,
    /// Whether all of the lists were read.
    pub(super) is_complete: bool,
    /// Whether at least one list came in another order than that of the pass.
    pub(super) in_other_order: bool,
}

impl ListedContents {
    /// Returns an empty, complete result.
    pub(super) fn nothing() -> Self {
        Self { list: Vec::new(), is_complete: true, in_other_order: false }
    }

    /// Adds the contents of another list.
    pub(super) fn add(&mut self, other: Self) {
        self.list.extend(other.list);
        self.is_complete &= other.is_complete;
        self.in_other_order |= other.in_other_order;
    }
}

/// Reads the pages or blog posts of spaces.
pub(super) async fn in_spaces(
    crawl: &Crawl<'_>,
    which: ContentType,
    spaces: &[&Space],
    bodies: Bodies,
) -> Vec<Content> {
    let kind = kind_of(which);
    let pass = Pass { bodies, ..Pass::FIRST };
    read_in_spaces(crawl, pass, which, spaces, |sent| Some(crawl.listed(sent, kind))).await.list
}

fn kind_of(which: ContentType) -> ContentKind {
    if which == ContentType::BlogPost { ContentKind::BlogPost } else { ContentKind::Page }
}

/// Reads the pages or blog posts of spaces that `keep` accepts, in concurrent batches. A batch whose request is too
/// long for the server is halved (F-17).
pub(super) async fn read_in_spaces(
    crawl: &Crawl<'_>,
    pass: Pass,
    which: ContentType,
    spaces: &[&Space],
    keep: impl Fn(model::Content) -> Option<Content> + Sync,
) -> ListedContents {
    let size = batch_size(spaces.len(), crawl.api.client().concurrency());
    let mut batches: Vec<&[&Space]> = spaces.chunks(size).collect();
    let mut listed = ListedContents::nothing();
    while !batches.is_empty() {
        let reads = batches.drain(..).map(|batch| read_batch(crawl, pass, which, batch, &keep)).collect();
        for result in crawl.all(reads).await {
            match result {
                Ok(found) => listed.add(found),
                Err(batch) => batches.extend(batch.chunks(batch.len().div_ceil(2))),
            }
        }
    }
    listed
}

/// Reads one batch; `Err` returns the batch if it has to be halved.
async fn read_batch<'b, 's>(
    crawl: &Crawl<'_>,
    pass: Pass,
    which: ContentType,
    batch: &'b [&'s Space],
    keep: &(impl Fn(model::Content) -> Option<Content> + Sync),
) -> Result<ListedContents, &'b [&'s Space]> {
    let (unit_kind, words) = match which {
        ContentType::BlogPost => (UnitKind::BlogPostList, "blog posts"),
        _ => (UnitKind::PageList, "pages"),
    };
    let unit = pass.enter(crawl, unit_kind, format!("{words} of {}", names(batch)));
    let ids: Vec<&str> = batch.iter().map(|space| space.id.as_str()).collect();
    let mut contents = BTreeMap::new();
    let mut order = pass.order;
    let listing = loop {
        let take = |sent: model::Content| {
            if let Some(content) = keep(sent) {
                contents.insert(content.id.clone(), content);
            }
            crawl.progress.advance(1);
        };
        let listing = match which {
            ContentType::BlogPost => crawl.api.blog_posts(&ids, pass.bodies, order, take).await,
            _ => crawl.api.pages(&ids, pass.bodies, order, take).await,
        };
        let Some(other) = pass.other_order(order, &listing) else { break listing };
        order = other;
    };
    if batch.len() > 1 && listing.end.as_ref().is_err_and(RequestError::is_too_long) {
        unit.withdrawn();
        return Err(batch);
    }
    log_duplicates(words, &listing);
    unit.settle(&listing.end);
    let list = contents.into_values().collect();
    Ok(ListedContents { list, is_complete: listing.end.is_ok(), in_other_order: pass.is_other(order, &listing) })
}

fn names(spaces: &[&Space]) -> String {
    let keys: Vec<&str> = spaces.iter().take(5).map(|space| space.key.as_str()).collect();
    let more = if spaces.len() > keys.len() { ", …" } else { "" };
    match spaces.len() {
        1 => format!("space {}", keys.join("")),
        count => format!("{count} spaces ({}{more})", keys.join(", ")),
    }
}

fn log_duplicates(words: &str, listing: &ListOutcome) {
    if listing.duplicates > 0 {
        tracing::debug!(
            list = words,
            duplicates = listing.duplicates,
            items = listing.items,
            "the list contained duplicates"
        );
    }
}

/// Reads all attachments of the site.
pub(super) async fn attachments(crawl: &Crawl<'_>) -> ListedAttachments {
    let unit = crawl.ledger.enter(UnitKind::AttachmentList, "attachments of the site");
    let mut files = BTreeMap::new();
    let listing = crawl
        .api
        .attachments(ListOrder::Forward, |sent| {
            let file = convert::attachment(sent);
            files.insert(file.id.clone(), file);
            crawl.progress.advance(1);
        })
        .await;
    log_duplicates("attachments", &listing);
    unit.settle(&listing.end);
    note_unread_trash(crawl, &listing.denied_trash);
    let files: Vec<Attachment> = files.into_values().collect();
    crawl.visible_items.note_files(&files);
    ListedAttachments { files, unread_trash: listing.denied_trash }
}

/// Maximum number of spaces named in a warning.
const MAX_SPACES_NAMED: usize = 10;

/// Records the spaces whose trash only their administrators may list. That leaves the run complete, because no verdict
/// depends on the trash; only the figures about it are lower bounds.
pub(super) fn note_unread_trash(crawl: &Crawl<'_>, spaces: &[String]) {
    if spaces.is_empty() {
        return;
    }
    for key in spaces {
        let unit = crawl.ledger.enter(UnitKind::Trash, format!("trash of space {key}"));
        unit.skipped("only administrators of the space may list it");
    }
    let named: Vec<&str> = spaces.iter().map(String::as_str).take(MAX_SPACES_NAMED).collect();
    let more = if spaces.len() > named.len() { ", …" } else { "" };
    crawl.ledger.warn(format!(
        "the trash of {} ({}{more}) is not known: only administrators of a space may list it",
        plural(spaces.len() as u64, "space", "spaces"),
        named.join(", ")
    ));
}
