//! The bulk lists: spaces, pages, blog posts, attachments, templates.

use std::collections::{BTreeMap, HashSet};

use tokio::join;

use super::coverage::UnitKind;
use super::crawl::Crawl;
use super::ledger::Ledger;
use super::pass::Pass;
use super::plan::batch_size;
use super::site::{Attachment, Container, Content, ContentId, ContentKind, Space};
use super::templates;
use super::{bodies, comments, convert, names};
use crate::support::wording::plural;
use confluence_client::api::{Bodies, CommentKind, Order, Single, SpaceList};
use confluence_client::{Api, RequestError, Walked, model};

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
    for which in [SpaceList::Current, SpaceList::Archived] {
        let unit = ledger.enter(UnitKind::SpaceList, format!("{} spaces", which.word()));
        let walked = api
            .spaces(which, Order::Forward, |space| {
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
    // before all bodies: when a file is renamed or moved, or its page, what names it is rewritten without a new version.
    // Bodies that are read later name it as these lists do, or else later lists show it under another name
    let (mut files, names) = join!(attachments(crawl), names::list(crawl, &with_bodies));
    let (pages, posts, footer, inline, templates, mut bare_pages, bare_posts) = join!(
        in_spaces(crawl, Single::Page, &with_bodies, Bodies::Included),
        in_spaces(crawl, Single::BlogPost, &with_bodies, Bodies::Included),
        comments::read(crawl, CommentKind::Footer),
        comments::read(crawl, CommentKind::Inline),
        templates::walk(crawl, Pass::FIRST, &with_bodies, |_, _| None),
        in_spaces(crawl, Single::Page, &without, Bodies::LeftOut),
        in_spaces(crawl, Single::BlogPost, &without, Bodies::LeftOut),
    );
    let mut contents = pages;
    contents.extend(posts);
    contents.extend(footer.list);
    contents.extend(inline.list);
    contents.extend(templates.list);
    let mut contents = bodies::settle(crawl, contents).await;
    names.settle(&contents, &mut files);
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

/// What a pass found in lists of one kind.
#[derive(Debug, Default)]
pub(super) struct Listed {
    pub(super) list: Vec<Content>,
    /// Every one of them was walked to its end.
    pub(super) is_whole: bool,
    /// One at least came in another order than that of the pass.
    pub(super) in_other_order: bool,
}

impl Listed {
    /// Nothing yet, and nothing amiss.
    pub(super) fn nothing() -> Self {
        Self { list: Vec::new(), is_whole: true, in_other_order: false }
    }

    /// Adds what another list gave.
    pub(super) fn add(&mut self, other: Self) {
        self.list.extend(other.list);
        self.is_whole &= other.is_whole;
        self.in_other_order |= other.in_other_order;
    }
}

/// Pages or blog posts of spaces.
pub(super) async fn in_spaces(crawl: &Crawl<'_>, which: Single, spaces: &[&Space], bodies: Bodies) -> Vec<Content> {
    let kind = kind_of(which);
    let pass = Pass { bodies, ..Pass::FIRST };
    walk_spaces(crawl, pass, which, spaces, |sent| Some(crawl.listed(sent, kind))).await.list
}

fn kind_of(which: Single) -> ContentKind {
    if which == Single::BlogPost { ContentKind::BlogPost } else { ContentKind::Page }
}

/// The pages or blog posts of spaces as far as `keep` keeps them, in batches that run side by side. A batch too long for
/// the server is halved (F-17).
pub(super) async fn walk_spaces(
    crawl: &Crawl<'_>,
    pass: Pass,
    which: Single,
    spaces: &[&Space],
    keep: impl Fn(model::Content) -> Option<Content> + Sync,
) -> Listed {
    let size = batch_size(spaces.len(), crawl.api.client().concurrency());
    let mut batches: Vec<&[&Space]> = spaces.chunks(size).collect();
    let mut listed = Listed::nothing();
    while !batches.is_empty() {
        let walks = batches.drain(..).map(|batch| one_batch(crawl, pass, which, batch, &keep)).collect();
        for walk in crawl.all(walks).await {
            match walk {
                Ok(found) => listed.add(found),
                Err(batch) => batches.extend(batch.chunks(batch.len().div_ceil(2))),
            }
        }
    }
    listed
}

/// One batch; `Err` gives it back when it has to be halved.
async fn one_batch<'b, 's>(
    crawl: &Crawl<'_>,
    pass: Pass,
    which: Single,
    batch: &'b [&'s Space],
    keep: &(impl Fn(model::Content) -> Option<Content> + Sync),
) -> Result<Listed, &'b [&'s Space]> {
    let (unit_kind, words) = match which {
        Single::BlogPost => (UnitKind::BlogPostList, "blog posts"),
        _ => (UnitKind::PageList, "pages"),
    };
    let unit = pass.enter(crawl, unit_kind, format!("{words} of {}", names(batch)));
    let ids: Vec<&str> = batch.iter().map(|space| space.id.as_str()).collect();
    let mut contents = BTreeMap::new();
    let mut order = pass.order;
    let walked = loop {
        let take = |sent: model::Content| {
            if let Some(content) = keep(sent) {
                contents.insert(content.id.clone(), content);
            }
            crawl.progress.advance(1);
        };
        let walked = match which {
            Single::BlogPost => crawl.api.blog_posts(&ids, pass.bodies, order, take).await,
            _ => crawl.api.pages(&ids, pass.bodies, order, take).await,
        };
        let Some(other) = pass.other_order(order, &walked) else { break walked };
        order = other;
    };
    if batch.len() > 1 && walked.end.as_ref().is_err_and(RequestError::is_too_long) {
        unit.withdrawn();
        return Err(batch);
    }
    note_duplicates(words, &walked);
    unit.settle(&walked.end);
    let list = contents.into_values().collect();
    Ok(Listed { list, is_whole: walked.end.is_ok(), in_other_order: pass.is_other(order, &walked) })
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
        .attachments(Order::Forward, |sent| {
            let file = convert::attachment(sent);
            files.insert(file.id.clone(), file);
            crawl.progress.advance(1);
        })
        .await;
    note_duplicates("attachments", &walked);
    unit.settle(&walked.end);
    let files: Vec<Attachment> = files.into_values().collect();
    crawl.witnesses.note_files(&files);
    files
}
