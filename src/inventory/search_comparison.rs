//! Comparison with the search index. The index shows contents and attachments independently of their lists, so it
//! reveals a list that ended early without an error (F-57, F-99). Comments and attachments are searched for here;
//! unlisted pages and posts come from other searches.
//!
//! The index lags behind and omits items, so it is never trusted alone. An item that it shows and no list does is
//! requested by its id. Comments, pages and posts that exist are added to the inventory, and the final pass decides
//! whether their list has a hole. An attachment, or a page after the final pass, proves a hole if it was published
//! before the run began.

use std::collections::{BTreeSet, HashSet};

use chrono::{DateTime, Utc};

use super::bodies::settle_forms;
use super::coverage::UnitKind;
use super::crawl::{Crawl, GROUP};
use super::ledger::WorkUnit;
use super::list_comparison;
use super::not_found::ItemKind;
use super::site::{Attachment, Content, ContentId, ContentKind, Status};
use super::{ListKind, comments, convert};
use confluence_client::api::{ContentType, Edition, IndexedTypes};
use confluence_client::{RequestError, model};

/// Most contents that only the search shows and that are requested one by one; more of them are a hole in the lists.
const MAX_UNLISTED: usize = 2_000;

/// Ids that the search shows and no list does.
#[derive(Debug, Default)]
struct UnlistedIds {
    comments: Vec<String>,
    files: Vec<String>,
}

/// Compares the inventory with the search index. An attachment that cannot be explained is a gap. Returns the comments
/// that no list shows: either they became visible during the run or a list has a hole. The final pass decides: its list
/// must show a comment that exists.
pub(super) async fn compare(crawl: &Crawl<'_>, contents: &[Content], files: &[Attachment]) -> Vec<Content> {
    crawl.phase(UnitKind::SearchComparison.label(), None);
    let searched = search(crawl, IndexedTypes::CommentsAndAttachments, &[], contents, files).await;
    let Some(unlisted_ids) = searched else { return Vec::new() };
    let known = PublishedContents::of(crawl, contents);
    let comments = unlisted_comments(crawl, &known, &unlisted_ids.comments).await;
    let words = |file: &Attachment| format!("attachment {} {:?}", file.id, file.title);
    let holes = first_hole(crawl, "attachments", &unlisted_ids.files, |id| known.file(crawl, id), words).await;
    list_comparison::owners_of(crawl, &holes, files).await;
    comments.into_iter().map(|unlisted| unlisted.comment).collect()
}

/// A comment that the search shows and no list does.
pub(super) struct UnlistedComment {
    pub(super) comment: Content,
    /// The comment that it replies to.
    pub(super) parent: Option<ContentId>,
}

/// Compares the comments of these spaces with the search index; without any keys, those of all spaces. Returns the
/// comments that no list shows.
pub(super) async fn compare_comments(
    crawl: &Crawl<'_>,
    space_keys: &[&str],
    contents: &[Content],
) -> Vec<UnlistedComment> {
    let searched = search(crawl, IndexedTypes::Comments, space_keys, contents, &[]).await;
    let Some(unlisted_ids) = searched else { return Vec::new() };
    unlisted_comments(crawl, &PublishedContents::of(crawl, contents), &unlisted_ids.comments).await
}

/// Reads the comments that no list shows by their ids, and returns those on published contents.
async fn unlisted_comments(
    crawl: &Crawl<'_>,
    known: &PublishedContents<'_>,
    unlisted_ids: &[String],
) -> Vec<UnlistedComment> {
    if unlisted_ids.is_empty() {
        return Vec::new();
    }
    let unit = crawl.ledger.enter(UnitKind::SearchComparison, "comments that the search shows and no list does");
    if unlisted_ids.len() > MAX_UNLISTED {
        unit.failed(format!("{} items, too many to request one by one", unlisted_ids.len()));
        return Vec::new();
    }
    let (mut comments, mut refused) = (Vec::new(), None);
    for group in unlisted_ids.chunks(GROUP) {
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

/// Searches the index; `None` if search is not available to this account or on this site.
async fn search(
    crawl: &Crawl<'_>,
    which: IndexedTypes,
    space_keys: &[&str],
    contents: &[Content],
    files: &[Attachment],
) -> Option<UnlistedIds> {
    let listed: HashSet<&str> = contents
        .iter()
        .filter(|content| content.kind.is_comment())
        .map(|content| content.id.as_str())
        .chain(files.iter().map(|file| file.id.digits()))
        .collect();
    let words = match which {
        IndexedTypes::CommentsAndAttachments => "search for comments and attachments that no list shows",
        IndexedTypes::Comments => "search for comments that no list shows",
    };
    let unit = crawl.ledger.enter(UnitKind::SearchComparison, words);
    let mut unlisted_ids = UnlistedIds::default();
    let listing = crawl
        .api
        .indexed(which, space_keys, |hit: model::SearchHit| {
            let id = hit.id.0.strip_prefix("att").unwrap_or(&hit.id.0);
            let list = match hit.kind.as_deref() {
                Some("comment") => &mut unlisted_ids.comments,
                Some("attachment") => &mut unlisted_ids.files,
                _ => return,
            };
            if !listed.contains(id) {
                list.push(hit.id.0);
            }
        })
        .await;
    match &listing.end {
        Err(error @ (RequestError::Denied { .. } | RequestError::ScopeMissing { .. } | RequestError::Gone { .. })) => {
            unit.skipped("search is not available");
            crawl.ledger.warn(format!("could not compare the lists with the search index: {error}"));
            None
        }
        end => {
            unit.settle(end);
            Some(unlisted_ids)
        }
    }
}

/// Requests unlisted items, several at once, until one proves a hole. One is enough, because what else the list omitted
/// is unknown. Returns the items that prove it.
async fn first_hole<'s, T, F>(
    crawl: &Crawl<'_>,
    words: &str,
    unlisted_ids: &'s [String],
    request: impl Fn(&'s str) -> F,
    name: impl Fn(&T) -> String,
) -> Vec<T>
where
    F: Future<Output = Result<Option<T>, RequestError>>,
{
    if unlisted_ids.is_empty() {
        return Vec::new();
    }
    let unit =
        crawl.ledger.enter(UnitKind::SearchComparison, format!("{words} that the search shows and no list does"));
    for group in unlisted_ids.chunks(crawl.api.client().concurrency()) {
        let (mut holes, mut refused) = (Vec::new(), None);
        for found in crawl.all(group.iter().map(|id| request(id)).collect()).await {
            match found {
                Ok(found) => holes.extend(found),
                Err(error) => refused = Some(error),
            }
        }
        match (holes.first(), refused) {
            (Some(first), _) => unit.failed(format!("{} is published, but not in its list", name(first))),
            (None, Some(error)) => unit.refused(&error),
            (None, None) => continue,
        }
        return holes;
    }
    unit.ok();
    Vec::new()
}

/// What distinguishes a hole in a list from an index that lags behind.
struct PublishedContents<'a> {
    published: HashSet<&'a str>,
    started_at: DateTime<Utc>,
}

impl<'a> PublishedContents<'a> {
    fn of(crawl: &Crawl<'_>, contents: &'a [Content]) -> Self {
        // the inventory also has owners that are trashed or were never published, but their comments and files need not
        // be listed
        let published = contents.iter().filter(|content| content.kind.owns_attachments());
        let published = published.filter(|content| !content.status.is_trash() && content.status != Status::Draft);
        Self { published: published.map(|content| content.id.as_str()).collect(), started_at: crawl.started_at }
    }
}

impl PublishedContents<'_> {
    /// Reads a comment; `None` if it is not on a published page or post.
    async fn comment(&self, crawl: &Crawl<'_>, id: &str) -> Result<Option<UnlistedComment>, RequestError> {
        for (which, kind) in [
            (ContentType::FooterComment, ContentKind::FooterComment),
            (ContentType::InlineComment, ContentKind::InlineComment),
        ] {
            let alone = crawl.retry_not_found(|| crawl.api.content(which, id, Edition::Published)).await;
            let Some(sent) = crawl.unless_gone(ItemKind::Content(kind), id, alone).await? else { continue };
            let parent = sent.parent_comment_id.as_ref().map(|id| ContentId::new(&id.0));
            let comment = comments::comment(sent, |sent| crawl.content(sent, kind));
            let on_published = comment.container.as_ref().is_some_and(|id| self.published.contains(id.as_str()));
            return Ok(
                (comment.status == Status::Current && on_published).then_some(UnlistedComment { comment, parent })
            );
        }
        Ok(None)
    }

    /// Reads a file; `None` if it is not a file of a published page or post that the list should have.
    async fn file(&self, crawl: &Crawl<'_>, id: &str) -> Result<Option<Attachment>, RequestError> {
        let alone = crawl.retry_not_found(|| crawl.api.attachment(id)).await;
        let sent = crawl.unless_gone(ItemKind::File, id, alone).await?;
        Ok(sent.map(convert::attachment).filter(|file| {
            let owner = file.container.id().is_some_and(|owner| self.published.contains(owner.as_str()));
            file.status == Status::Current && owner && self.is_old(file.created_at)
        }))
    }

    /// Returns whether an item existed before the run began; without a date, it counts as if it did.
    fn is_old(&self, created_at: Option<DateTime<Utc>>) -> bool {
        created_at.is_none_or(|created| created < self.started_at)
    }
}

/// Reads by their ids the pages and posts that a search shows and no list does. Each was moved, published or made
/// visible during the run, or was deleted a while ago (the index lags behind), or the lists have a hole (F-99), in
/// which there may be a use. The final pass decides: its lists must show what exists.
pub(super) async fn read_unlisted(crawl: &Crawl<'_>, unlisted: &[(ContentType, String)]) -> Vec<Content> {
    let mut found = Vec::new();
    if should_request(crawl, unlisted) {
        for group in unlisted.chunks(GROUP) {
            let read = group.iter().map(|(which, id)| read_content(crawl, *which, id));
            found.extend(crawl.all(read.collect()).await.into_iter().flatten());
        }
    }
    found
}

async fn read_content(crawl: &Crawl<'_>, which: ContentType, id: &str) -> Option<Content> {
    let (unit, kind, sent) = request_unlisted(crawl, which, id).await?;
    let mut content = crawl.content(sent, kind);
    if !matches!(content.status, Status::Current | Status::Archived) {
        unit.ok();
        return None;
    }
    settle_forms(crawl, unit, &mut content, Edition::Published).await;
    Some(content)
}

/// Requests the pages that a search shows and no list does, where no final pass follows: one that was published before
/// the run began proves a hole. Returns the doubtful lists: those with a hole, and both if a request failed.
pub(super) async fn explain_unlisted(crawl: &Crawl<'_>, unlisted: &[(ContentType, String)]) -> BTreeSet<ListKind> {
    let before = crawl.ledger.gaps(UnitKind::SearchComparison);
    let mut holes = Vec::new();
    if should_request(crawl, unlisted) {
        for group in unlisted.chunks(GROUP) {
            let explained =
                crawl.all(group.iter().map(|(which, id)| explain_content(crawl, *which, id)).collect()).await;
            holes.extend(explained.into_iter().flatten());
        }
    }
    let gaps = crawl.ledger.gaps(UnitKind::SearchComparison) - before;
    if gaps > holes.len() as u64 { [ListKind::Pages, ListKind::BlogPosts].into() } else { holes.into_iter().collect() }
}

/// Returns whether these contents should be requested: not if contents are already known to be missing, and not if
/// there are too many.
fn should_request(crawl: &Crawl<'_>, unlisted: &[(ContentType, String)]) -> bool {
    if crawl.ledger.has_gap(UnitKind::PageList) || crawl.ledger.has_gap(UnitKind::BlogPostList) {
        return false;
    }
    let are_few = unlisted.len() <= MAX_UNLISTED;
    if !are_few {
        let unit = crawl.ledger.enter(UnitKind::SearchComparison, "pages and posts that only the search shows");
        unit.failed(format!("{} items, too many to request one by one", unlisted.len()));
    }
    are_few
}

/// Requests a page or post that only the search shows; `None` if it does not exist, which ends its unit.
async fn request_unlisted<'c>(
    crawl: &Crawl<'c>,
    which: ContentType,
    id: &str,
) -> Option<(WorkUnit<'c>, ContentKind, model::Content)> {
    let kind = if which == ContentType::BlogPost { ContentKind::BlogPost } else { ContentKind::Page };
    let words = kind.label();
    let unit = crawl.ledger.enter(UnitKind::SearchComparison, format!("{words} {id}, which only the search shows"));
    match crawl.retry_not_found(|| crawl.api.content(which, id, Edition::Published)).await {
        Ok(sent) => return Some((unit, kind, sent)),
        Err(error) if error.is_not_found() => {
            crawl.settle_gone(unit, ItemKind::Content(kind), id).await;
        }
        Err(error) => unit.refused(&error),
    }
    None
}

/// Requests a page or post that only the search shows, and returns its list if that has a hole.
async fn explain_content(crawl: &Crawl<'_>, which: ContentType, id: &str) -> Option<ListKind> {
    let (unit, _, sent) = request_unlisted(crawl, which, id).await?;
    let published = matches!(sent.status.as_deref(), Some("current" | "archived"));
    // a first version may have been published long after its draft was created
    let first = sent.version.as_ref().filter(|version| version.number == Some(1));
    let times = [sent.created_at.as_deref(), first.and_then(|version| version.created_at.as_deref())];
    let newest = times.into_iter().filter_map(convert::time).max();
    if published && newest.is_none_or(|newest| newest < crawl.started_at) {
        unit.failed("it is published, but not in its list");
        Some(if which == ContentType::BlogPost { ListKind::BlogPosts } else { ListKind::Pages })
    } else {
        unit.ok();
        None
    }
}
