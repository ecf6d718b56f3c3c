//! The second opinion of the lists of a snapshot: the other view of each, without bodies, and a search for comments.
//!
//! It is taken before anything of the pages is read that no list tells, so that what came or changed in between gets all of
//! that, too. `docs/completeness.md` tells what is compared with what.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::lists::remember_versions;
use super::reading::{in_groups, searched};
use super::{MetricGroup, MetricGroups};
use crate::inventory::comments::Parent;
use crate::inventory::continued::Continued;
use crate::inventory::coverage::UnitKind;
use crate::inventory::crawl::{Crawl, GROUP, subject};
use crate::inventory::memory::Memory;
use crate::inventory::options::CrawlOptions;
use crate::inventory::pass::Pass;
use crate::inventory::site::{Content, ContentId, ContentKind, Space, SpaceId};
use crate::inventory::{ClosingWalk, Inventory, List, bodies, comments, search_comparison};
use crate::progress::Progress;
use crate::support::wording::plural;
use confluence_client::api::{CommentKind, SearchedSpaces};
use confluence_client::{Api, RequestError};

/// Holds the lists of an inventory against their other views. What they show besides is added; a list with a hole makes the
/// inventory incomplete and is in doubt. An error means that the run had to stop.
pub(super) async fn take(
    api: &Api,
    inventory: &mut Inventory,
    options: &CrawlOptions,
    groups: &MetricGroups,
    progress: &Progress,
) -> Result<(), RequestError> {
    if inventory.coverage.has_gap(UnitKind::ListComparison) {
        inventory.doubtful.insert(List::Attachments);
    }
    let mut lists = lists(groups, options);
    if groups.has(MetricGroup::Links) && inventory.is_whole(List::FooterComments) {
        search_for_comments(api, inventory, options, progress).await?;
        let units = |kind| inventory.coverage.units.get(&kind);
        let is_searched = units(UnitKind::SearchComparison).is_some_and(|counts| counts.ok > 0);
        if !is_searched && units(UnitKind::Replies).is_some_and(|counts| counts.planned > 0) {
            lists.insert(List::Replies);
        }
    }
    let walked = lists.into_iter().filter(|list| !inventory.coverage.has_gap(list.unit_kind()));
    let mut walk = ClosingWalk::narrow(walked.collect());
    while !walk.is_over() && !walk.is_settled() {
        Box::pin(walk.round(api, inventory, &[], options, progress)).await?;
    }
    walk.finish(inventory, &[]);
    let memory = Memory(options.cache.as_deref());
    inventory.attachments.iter_mut().for_each(|file| remember_versions(memory, file));
    Ok(())
}

/// The lists that a snapshot reads of the site. The lists of replies are read once more only where no search tells of them.
fn lists(groups: &MetricGroups, options: &CrawlOptions) -> BTreeSet<List> {
    let is_read = |list: &List| match list {
        List::BlogPosts => groups.has(MetricGroup::Links) || options.blog_post_rows,
        List::FooterComments | List::InlineComments => groups.has(MetricGroup::Links),
        _ => true,
    };
    List::of_snapshots().into_iter().filter(is_read).collect()
}

/// Adds the comments that the search shows and no list did, with their replies. The other view of the lists tells whether they
/// have a hole. The list of replies to a comment has one where it was asked and does not show a reply that was there before
/// the run began.
async fn search_for_comments(
    api: &Api,
    inventory: &mut Inventory,
    options: &CrawlOptions,
    progress: &Progress,
) -> Result<(), RequestError> {
    let continued = Continued::of(inventory, api, options, progress);
    let crawl = continued.crawl();
    crawl.phase("comments by search", None);
    let keys = searched_keys(&inventory.spaces, inventory.scan.reported_spaces.as_deref());
    let mut found = Vec::new();
    for keys in keys {
        found.extend(search_comparison::compare_comments(&crawl, &keys, &inventory.contents).await);
    }
    let (found, unlisted) = with_replies(&crawl, found, &inventory.contents).await;
    let is_old = |reply: &&Content| {
        let written = reply.created_at.or(reply.modified_at);
        unlisted.contains(&reply.id) && written.is_none_or(|written| written < crawl.started_at)
    };
    let holes: Vec<&Content> = found.iter().filter(is_old).collect();
    if let Some(first) = holes.first() {
        let unit = crawl.ledger.enter(UnitKind::ListComparison, List::Replies.words());
        unit.failed(format!(
            "{} is there, but the replies to its comment do not show it; {} in all",
            subject(first),
            plural(holes.len() as u64, "hole", "holes")
        ));
        inventory.doubtful.insert(List::Replies);
    }
    if crawl.ledger.has_gap(UnitKind::SearchComparison) {
        inventory.doubtful.insert(List::Replies);
    }
    inventory.contents.extend(bodies::settle(&crawl, found).await);
    comments::complete(&mut inventory.contents, &inventory.attachments);
    continued.close(inventory)
}

/// What the search found, and the replies below it and beside it that are not known. The list of replies to a comment may
/// never have been asked, where the index did not show its reply before. Gives the replies, too, that such a list does not
/// show.
async fn with_replies(
    crawl: &Crawl<'_>,
    found: Vec<search_comparison::Unlisted>,
    known: &[Content],
) -> (Vec<Content>, HashSet<ContentId>) {
    let mut parents: HashMap<ContentId, ContentId> = HashMap::new();
    let mut level: Vec<(CommentKind, Parent)> = Vec::new();
    let mut asked: HashSet<ContentId> = HashSet::new();
    let mut contents: BTreeMap<ContentId, Content> = BTreeMap::new();
    for search_comparison::Unlisted { comment, parent } in found {
        let which = kind_of(&comment);
        level.push((which, Parent::of(&comment)));
        if let Some(parent) = parent {
            level.push((which, Parent { id: parent.clone(), container: comment.container.clone() }));
            parents.insert(comment.id.clone(), parent);
        }
        contents.insert(comment.id.clone(), comment);
    }
    let known: HashSet<&ContentId> =
        known.iter().filter(|content| content.kind.is_comment()).map(|comment| &comment.id).collect();
    let mut unlisted: HashSet<ContentId> = parents.keys().cloned().collect();
    while !level.is_empty() {
        level.retain(|(_, parent)| asked.insert(parent.id.clone()));
        let mut next = Vec::new();
        for group in level.chunks(GROUP) {
            let lists = group.iter().map(|(which, parent)| async {
                (&parent.id, comments::replies(crawl, Pass::FIRST, *which, parent.clone()).await)
            });
            for (parent, replies) in crawl.all(lists.collect()).await {
                // a list that could not be read has no hole: its unit says so
                unlisted.retain(|id| replies.is_whole || parents.get(id) != Some(parent));
                for reply in replies.list {
                    unlisted.remove(&reply.id);
                    if !known.contains(&reply.id) && !contents.contains_key(&reply.id) {
                        next.push((kind_of(&reply), Parent::of(&reply)));
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

/// The keys that each search for comments names; one that names none looks into all spaces. This search does not look into
/// archived spaces.
fn searched_keys<'s>(spaces: &'s [Space], reported: Option<&[String]>) -> Vec<Vec<&'s str>> {
    let Some(reported) = reported else { return vec![Vec::new()] };
    let chosen: Vec<&Space> = spaces.iter().filter(|space| reported.contains(&space.key)).collect();
    let keys = |spaces: &[&'s Space]| spaces.iter().map(|space| space.key.as_str()).collect();
    in_groups(&searched(&chosen, SearchedSpaces::Current)).map(keys).collect()
}

/// How many requests the searches for so many comments in these spaces take, at so many in one answer.
pub(super) fn searches(chosen: &[&Space], is_whole_site: bool, comments: &HashMap<SpaceId, u64>, limit: u32) -> u64 {
    let of = |spaces: &[&Space]| -> u64 {
        let comments: u64 = spaces.iter().filter_map(|space| comments.get(&space.id)).sum();
        comments.div_ceil(limit.into()).max(1)
    };
    let current = searched(chosen, SearchedSpaces::Current);
    if is_whole_site { of(&current) } else { in_groups(&current).map(of).sum() }
}
