//! The comparison with the search index: the index shows contents and attachments independently of their lists, so a
//! list that ended too early without a sign is noticed (F-57, F-99). Comments and
//! attachments are searched for; what the search shows of pages and posts comes from other sweeps over the index.
//!
//! The index lags and leaves things out, so it never adds anything to the inventory: what it shows and no list did is
//! asked for alone, and only what is really there, published before the run began, proves a hole.

use std::collections::{BTreeSet, HashSet};

use chrono::{DateTime, Utc};

use super::bodies::settle_forms;
use super::coverage::UnitKind;
use super::crawl::{Crawl, GROUP};
use super::ledger::Unit;
use super::list_comparison;
use super::site::{Attachment, Content, ContentId, ContentKind, Status};
use super::witnesses::Kind;
use super::{List, comments, convert};
use confluence_client::api::{Edition, Searched, Single};
use confluence_client::{RequestError, model};

/// Contents that only the search shows and that are looked at one by one; more are a hole in the lists.
const MAX_UNLISTED: usize = 2_000;

/// What the search shows and no list did.
#[derive(Debug, Default)]
struct Strangers {
    comments: Vec<String>,
    files: Vec<String>,
}

/// Compares the inventory with the search index; a file that cannot be explained is a gap. Gives the comments that no list
/// showed: each was made visible during the run, or a list has a hole. The closing walk tells: what is there, its list has
/// to show.
pub(super) async fn compare(crawl: &Crawl<'_>, contents: &[Content], files: &[Attachment]) -> Vec<Content> {
    crawl.phase(UnitKind::SearchComparison.label(), None);
    let searched = search(crawl, Searched::CommentsAndAttachments, &[], contents, files).await;
    let Some(strangers) = searched else { return Vec::new() };
    let known = Known::of(crawl, contents);
    let comments = unlisted_comments(crawl, &known, &strangers.comments).await;
    let words = |file: &Attachment| format!("attachment {} {:?}", file.id, file.title);
    let holes = first_hole(crawl, "attachments", &strangers.files, |id| known.file(crawl, id), words).await;
    list_comparison::owners_of(crawl, &holes, files).await;
    comments.into_iter().map(|unlisted| unlisted.comment).collect()
}

/// A comment that the search shows and no list did.
pub(super) struct Unlisted {
    pub(super) comment: Content,
    /// The comment that it answers.
    pub(super) parent: Option<ContentId>,
}

/// Compares the comments of these spaces, or of all where none is named, with the search index. Gives those that no list
/// showed.
pub(super) async fn compare_comments(crawl: &Crawl<'_>, space_keys: &[&str], contents: &[Content]) -> Vec<Unlisted> {
    let searched = search(crawl, Searched::Comments, space_keys, contents, &[]).await;
    let Some(strangers) = searched else { return Vec::new() };
    unlisted_comments(crawl, &Known::of(crawl, contents), &strangers.comments).await
}

/// Reads alone the comments that the index showed and no list did, and keeps those on what is published.
async fn unlisted_comments(crawl: &Crawl<'_>, known: &Known<'_>, strangers: &[String]) -> Vec<Unlisted> {
    if strangers.is_empty() {
        return Vec::new();
    }
    let unit = crawl.ledger.enter(UnitKind::SearchComparison, "comments that search shows and no list did");
    if strangers.len() > MAX_UNLISTED {
        unit.failed(format!("{} of them are in no list", strangers.len()));
        return Vec::new();
    }
    let (mut comments, mut refused) = (Vec::new(), None);
    for group in strangers.chunks(GROUP) {
        for found in crawl.all(group.iter().map(|id| known.comment(crawl, id)).collect()).await {
            match found {
                Ok(found) => comments.extend(found),
                Err(error) => refused = Some(error),
            }
        }
    }
    match refused {
        None => unit.ok(),
        Some(error) => unit.refused(&error),
    }
    comments
}

/// Walks the index; `None` when this account or site has no search.
async fn search(
    crawl: &Crawl<'_>,
    which: Searched,
    space_keys: &[&str],
    contents: &[Content],
    files: &[Attachment],
) -> Option<Strangers> {
    let listed: HashSet<&str> = contents
        .iter()
        .filter(|content| content.kind.is_comment())
        .map(|content| content.id.as_str())
        .chain(files.iter().map(|file| file.id.digits()))
        .collect();
    let words = match which {
        Searched::CommentsAndAttachments => "search for comments and attachments that no list showed",
        Searched::Comments => "search for comments that no list showed",
    };
    let unit = crawl.ledger.enter(UnitKind::SearchComparison, words);
    let mut strangers = Strangers::default();
    let walked = crawl
        .api
        .indexed(which, space_keys, |hit: model::SearchHit| {
            let id = hit.id.0.strip_prefix("att").unwrap_or(&hit.id.0);
            let list = match hit.kind.as_deref() {
                Some("comment") => &mut strangers.comments,
                Some("attachment") => &mut strangers.files,
                _ => return,
            };
            if !listed.contains(id) {
                list.push(hit.id.0);
            }
        })
        .await;
    match &walked.end {
        Err(error @ (RequestError::Denied { .. } | RequestError::ScopeMissing { .. } | RequestError::Gone { .. })) => {
            unit.skipped("no search");
            crawl.ledger.warn(format!("the lists could not be compared with the search index: {error}"));
            None
        }
        end => {
            unit.settle(end);
            Some(strangers)
        }
    }
}

/// Looks at strangers, some at once, until one proves a hole; one is enough, since nobody knows what else the list left
/// out. Gives what proved it.
async fn first_hole<'s, T, F>(
    crawl: &Crawl<'_>,
    words: &str,
    strangers: &'s [String],
    look: impl Fn(&'s str) -> F,
    name: impl Fn(&T) -> String,
) -> Vec<T>
where
    F: Future<Output = Result<Option<T>, RequestError>>,
{
    if strangers.is_empty() {
        return Vec::new();
    }
    let unit = crawl.ledger.enter(UnitKind::SearchComparison, format!("{words} that search shows and no list did"));
    for group in strangers.chunks(crawl.api.client().concurrency()) {
        let (mut holes, mut refused) = (Vec::new(), None);
        for found in crawl.all(group.iter().map(|id| look(id)).collect()).await {
            match found {
                Ok(found) => holes.extend(found),
                Err(error) => refused = Some(error),
            }
        }
        match (holes.first(), refused) {
            (Some(first), _) => unit.failed(format!("{} is published, but the list did not show it", name(first))),
            (None, Some(error)) => unit.refused(&error),
            (None, None) => continue,
        }
        return holes;
    }
    unit.ok();
    Vec::new()
}

/// What tells a hole from an index that lags.
struct Known<'a> {
    published: HashSet<&'a str>,
    started_at: DateTime<Utc>,
}

impl<'a> Known<'a> {
    fn of(crawl: &Crawl<'_>, contents: &'a [Content]) -> Self {
        // owners in the trash or never published are in the inventory, but their comments and files need not be listed
        let published = contents.iter().filter(|content| content.kind.owns_attachments());
        let published = published.filter(|content| !content.status.is_trash() && content.status != Status::Draft);
        Self { published: published.map(|content| content.id.as_str()).collect(), started_at: crawl.started_at }
    }
}

impl Known<'_> {
    /// A comment on a published page or post.
    async fn comment(&self, crawl: &Crawl<'_>, id: &str) -> Result<Option<Unlisted>, RequestError> {
        for (which, kind) in
            [(Single::FooterComment, ContentKind::FooterComment), (Single::InlineComment, ContentKind::InlineComment)]
        {
            let alone = crawl.twice(|| crawl.api.content(which, id, Edition::Published)).await;
            let Some(sent) = crawl.unless_gone(Kind::Content(kind), id, alone).await? else { continue };
            let parent = sent.parent_comment_id.as_ref().map(|id| ContentId::new(&id.0));
            let comment = comments::comment(sent, |sent| crawl.content(sent, kind));
            let on_published = comment.container.as_ref().is_some_and(|id| self.published.contains(id.as_str()));
            return Ok((comment.status == Status::Current && on_published).then_some(Unlisted { comment, parent }));
        }
        Ok(None)
    }

    /// A file of a published page or post that should have been listed.
    async fn file(&self, crawl: &Crawl<'_>, id: &str) -> Result<Option<Attachment>, RequestError> {
        let alone = crawl.twice(|| crawl.api.attachment(id)).await;
        let sent = crawl.unless_gone(Kind::File, id, alone).await?;
        Ok(sent.map(convert::attachment).filter(|file| {
            let owner = file.container.id().is_some_and(|owner| self.published.contains(owner.as_str()));
            file.status == Status::Current && owner && self.is_old(file.created_at)
        }))
    }

    /// Whether it was there before the run began; without a date it counts as there.
    fn is_old(&self, created_at: Option<DateTime<Utc>>) -> bool {
        created_at.is_none_or(|created| created < self.started_at)
    }
}

/// Reads alone the pages and posts that a sweep over the index showed and no list did: each was moved, published or made
/// visible during the run, or deleted a while ago (the index lags), or else the lists have a hole (F-99), in which a use
/// may be. The closing walk tells: what is there, its lists have to show.
pub(super) async fn read_unlisted(crawl: &Crawl<'_>, unlisted: &[(Single, String)]) -> Vec<Content> {
    let mut found = Vec::new();
    if may_be_asked_for(crawl, unlisted) {
        for group in unlisted.chunks(GROUP) {
            let read = group.iter().map(|(which, id)| read_one(crawl, *which, id));
            found.extend(crawl.all(read.collect()).await.into_iter().flatten());
        }
    }
    found
}

async fn read_one(crawl: &Crawl<'_>, which: Single, id: &str) -> Option<Content> {
    let (unit, kind, sent) = ask_for(crawl, which, id).await?;
    let mut content = crawl.content(sent, kind);
    if !matches!(content.status, Status::Current | Status::Archived) {
        unit.ok();
        return None;
    }
    settle_forms(crawl, unit, &mut content, Edition::Published).await;
    Some(content)
}

/// Asks alone for pages that a sweep over the index showed and no list did, where no closing walk follows: what was
/// published before the run began proves a hole. Returns the lists that are in doubt: those with a hole, and both where
/// that could not be asked.
pub(super) async fn explain_unlisted(crawl: &Crawl<'_>, unlisted: &[(Single, String)]) -> BTreeSet<List> {
    let before = crawl.ledger.gaps(UnitKind::SearchComparison);
    let mut holes = Vec::new();
    if may_be_asked_for(crawl, unlisted) {
        for group in unlisted.chunks(GROUP) {
            let explained = crawl.all(group.iter().map(|(which, id)| explain_one(crawl, *which, id)).collect()).await;
            holes.extend(explained.into_iter().flatten());
        }
    }
    let gaps = crawl.ledger.gaps(UnitKind::SearchComparison) - before;
    if gaps > holes.len() as u64 { [List::Pages, List::BlogPosts].into() } else { holes.into_iter().collect() }
}

/// Whether it is worth to ask for them: not where it is known that contents are missing, and not for too many.
fn may_be_asked_for(crawl: &Crawl<'_>, unlisted: &[(Single, String)]) -> bool {
    if crawl.ledger.has_gap(UnitKind::PageList) || crawl.ledger.has_gap(UnitKind::BlogPostList) {
        return false;
    }
    let are_few = unlisted.len() <= MAX_UNLISTED;
    if !are_few {
        let unit = crawl.ledger.enter(UnitKind::SearchComparison, "pages and posts that only the search shows");
        unit.failed(format!("{} of them are in no list", unlisted.len()));
    }
    are_few
}

/// One page or post that only the search shows; `None` where it is not there, which its unit tells.
async fn ask_for<'c>(crawl: &Crawl<'c>, which: Single, id: &str) -> Option<(Unit<'c>, ContentKind, model::Content)> {
    let kind = if which == Single::BlogPost { ContentKind::BlogPost } else { ContentKind::Page };
    let words = kind.label();
    let unit = crawl.ledger.enter(UnitKind::SearchComparison, format!("{words} {id}, which only the search shows"));
    match crawl.twice(|| crawl.api.content(which, id, Edition::Published)).await {
        Ok(sent) => return Some((unit, kind, sent)),
        Err(error) if error.is_not_found() => {
            crawl.settle_gone(unit, Kind::Content(kind), id).await;
        }
        Err(error) => unit.refused(&error),
    }
    None
}

/// The list that has a hole.
async fn explain_one(crawl: &Crawl<'_>, which: Single, id: &str) -> Option<List> {
    let (unit, _, sent) = ask_for(crawl, which, id).await?;
    let published = matches!(sent.status.as_deref(), Some("current" | "archived"));
    // a first version may have been published long after its draft was created
    let first = sent.version.as_ref().filter(|version| version.number == Some(1));
    let times = [sent.created_at.as_deref(), first.and_then(|version| version.created_at.as_deref())];
    let newest = times.into_iter().filter_map(convert::time).max();
    if published && newest.is_none_or(|newest| newest < crawl.started_at) {
        unit.failed("it is published, but the list did not show it");
        Some(if which == Single::BlogPost { List::BlogPosts } else { List::Pages })
    } else {
        unit.ok();
        None
    }
}
