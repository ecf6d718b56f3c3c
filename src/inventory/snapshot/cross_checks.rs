//! Cross-checks the lists of a snapshot: reads each list again in the other order, without bodies, and searches for
//! comments.
//!
//! This happens before anything is read page by page, so that new and changed pages get all of it too.
//! `docs/completeness.md` says what is compared with what.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::context::{in_groups, searched};
use super::lists::remember_versions;
use super::{MetricGroup, MetricGroups};
use crate::inventory::comments::ParentComment;
use crate::inventory::coverage::UnitKind;
use crate::inventory::crawl::{Crawl, GROUP, subject};
use crate::inventory::inventory_cache::InventoryCache;
use crate::inventory::options::CrawlOptions;
use crate::inventory::pass::Pass;
use crate::inventory::resumed_crawl::ResumedCrawl;
use crate::inventory::site::{Content, ContentId, ContentKind, Space, SpaceId};
use crate::inventory::{FinalPass, Inventory, ListKind, bodies, comments, search_comparison};
use crate::progress::Progress;
use crate::support::formatting::plural;
use confluence_client::api::{CommentKind, SearchScope};
use confluence_client::{Api, RequestError};

/// Compares the lists of an inventory with their other views and adds what only these show. A list with a hole is
/// marked doubtful and makes the inventory incomplete. An error means that the run had to stop.
pub(super) async fn run(
    api: &Api,
    inventory: &mut Inventory,
    options: &CrawlOptions,
    groups: &MetricGroups,
    progress: &Progress,
) -> Result<(), RequestError> {
    if inventory.coverage.has_gap(UnitKind::ListComparison) {
        inventory.doubtful.insert(ListKind::Attachments);
    }
    let mut lists = lists(groups, options);
    if groups.has(MetricGroup::Links) && inventory.is_whole(ListKind::FooterComments) {
        search_for_comments(api, inventory, options, progress).await?;
        let units = |kind| inventory.coverage.units.get(&kind);
        let is_searched = units(UnitKind::SearchComparison).is_some_and(|counts| counts.ok > 0);
        if !is_searched && units(UnitKind::Replies).is_some_and(|counts| counts.planned > 0) {
            lists.insert(ListKind::Replies);
        }
    }
    let complete = lists.into_iter().filter(|list| !inventory.coverage.has_gap(list.unit_kind()));
    let mut final_pass = FinalPass::narrow(complete.collect());
    while !final_pass.is_over() && !final_pass.is_settled() {
        final_pass.round(api, inventory, &[], options, progress).await?;
    }
    final_pass.finish(inventory, &[]);
    let cache = InventoryCache(options.cache.as_deref());
    inventory.attachments.iter_mut().for_each(|file| remember_versions(cache, file));
    Ok(())
}

/// The lists that a snapshot reads. Lists of replies are read a second time only if no search covers them.
fn lists(groups: &MetricGroups, options: &CrawlOptions) -> BTreeSet<ListKind> {
    let is_read = |list: &ListKind| match list {
        ListKind::BlogPosts => groups.has(MetricGroup::Links) || options.blog_post_rows,
        ListKind::FooterComments | ListKind::InlineComments => groups.has(MetricGroup::Links),
        _ => true,
    };
    ListKind::of_snapshots().into_iter().filter(is_read).collect()
}

/// Adds comments that only the search shows, with their replies. The other view of the lists shows whether these have a
/// hole. The list of replies to a comment has a hole if it was read and lacks a reply that existed before the run
/// began.
async fn search_for_comments(
    api: &Api,
    inventory: &mut Inventory,
    options: &CrawlOptions,
    progress: &Progress,
) -> Result<(), RequestError> {
    let resumed = ResumedCrawl::of(inventory, api, options, progress);
    let crawl = resumed.crawl();
    crawl.phase("cross-checking comments with the search", None);
    let keys = searched_keys(&inventory.spaces, inventory.scan.reported_spaces.as_deref());
    let mut found = Vec::new();
    for keys in keys {
        found.extend(search_comparison::compare_comments(&crawl, &keys, &inventory.contents).await);
    }
    let (found, unlisted) = if api.features().replies_in_lists {
        // the other view of the lists of comments shows whether these lack a reply
        (found.into_iter().map(|unlisted| unlisted.comment).collect(), HashSet::new())
    } else {
        with_replies(&crawl, found, &inventory.contents).await
    };
    let is_old = |reply: &&Content| {
        let written = reply.created_at.or(reply.modified_at);
        unlisted.contains(&reply.id) && written.is_none_or(|written| written < crawl.started_at)
    };
    let holes: Vec<&Content> = found.iter().filter(is_old).collect();
    if let Some(first) = holes.first() {
        let unit = crawl.ledger.enter(UnitKind::ListComparison, ListKind::Replies.label());
        unit.failed(format!(
            "{} exists, but the list of replies to its comment does not show it ({} in total)",
            subject(first),
            plural(holes.len() as u64, "missing reply", "missing replies")
        ));
        inventory.doubtful.insert(ListKind::Replies);
    }
    if crawl.ledger.has_gap(UnitKind::SearchComparison) {
        inventory.doubtful.insert(ListKind::Replies);
    }
    inventory.contents.extend(bodies::settle(&crawl, found).await);
    comments::complete(&mut inventory.contents, &inventory.attachments);
    resumed.close(inventory)
}

/// Returns the comments that the search found, with unknown replies to them and to their parents: the list of replies
/// to a comment may not have been read yet, if the index did not show the reply before. Also returns the replies that
/// such a list lacks.
async fn with_replies(
    crawl: &Crawl<'_>,
    found: Vec<search_comparison::UnlistedComment>,
    known: &[Content],
) -> (Vec<Content>, HashSet<ContentId>) {
    let mut parents: HashMap<ContentId, ContentId> = HashMap::new();
    let mut level: Vec<(CommentKind, ParentComment)> = Vec::new();
    let mut requested: HashSet<ContentId> = HashSet::new();
    let mut contents: BTreeMap<ContentId, Content> = BTreeMap::new();
    for search_comparison::UnlistedComment { comment, parent } in found {
        let which = kind_of(&comment);
        level.push((which, ParentComment::of(&comment)));
        if let Some(parent) = parent {
            level.push((which, ParentComment { id: parent.clone(), container: comment.container.clone() }));
            parents.insert(comment.id.clone(), parent);
        }
        contents.insert(comment.id.clone(), comment);
    }
    let known: HashSet<&ContentId> =
        known.iter().filter(|content| content.kind.is_comment()).map(|comment| &comment.id).collect();
    let mut unlisted: HashSet<ContentId> = parents.keys().cloned().collect();
    while !level.is_empty() {
        level.retain(|(_, parent)| requested.insert(parent.id.clone()));
        let mut next = Vec::new();
        for group in level.chunks(GROUP) {
            let lists = group.iter().map(|(which, parent)| async {
                (&parent.id, comments::replies(crawl, Pass::FIRST, *which, parent.clone()).await)
            });
            for (parent, replies) in crawl.all(lists.collect()).await {
                // a list that could not be read has no hole: its unit records the failure
                unlisted.retain(|id| replies.is_complete || parents.get(id) != Some(parent));
                for reply in replies.list {
                    unlisted.remove(&reply.id);
                    if !known.contains(&reply.id) && !contents.contains_key(&reply.id) {
                        next.push((kind_of(&reply), ParentComment::of(&reply)));
                        contents.insert(reply.id.clone(), reply);
                    }
                }
            }
        }
        level = next;
    }
    (contents.into_values().collect(), unlisted)
}

fn kind_of(comment: &Content) -> CommentKind {
    if comment.kind == ContentKind::InlineComment { CommentKind::Inline } else { CommentKind::Footer }
}

/// The keys for each search for comments; no keys mean all spaces. This search does not cover archived spaces.
fn searched_keys<'s>(spaces: &'s [Space], reported: Option<&[String]>) -> Vec<Vec<&'s str>> {
    let Some(reported) = reported else { return vec![Vec::new()] };
    let chosen: Vec<&Space> = spaces.iter().filter(|space| reported.contains(&space.key)).collect();
    let keys = |spaces: &[&'s Space]| spaces.iter().map(|space| space.key.as_str()).collect();
    in_groups(&searched(&chosen, SearchScope::Current)).map(keys).collect()
}

/// Number of requests for the searches for comments in these spaces, with `limit` hits per response.
pub(super) fn searches(chosen: &[&Space], is_entire_site: bool, comments: &HashMap<SpaceId, u64>, limit: u32) -> u64 {
    let of = |spaces: &[&Space]| -> u64 {
        let comments: u64 = spaces.iter().filter_map(|space| comments.get(&space.id)).sum();
        comments.div_ceil(limit.into()).max(1)
    };
    let current = searched(chosen, SearchScope::Current);
    if is_entire_site { of(&current) } else { in_groups(&current).map(of).sum() }
}
