//! Reads the content lists again and reports what differs from the inventory and what is no longer listed.

use std::collections::{BTreeMap, HashMap, HashSet};

use tokio::join;

use super::Round;
use super::cross_checks::ListKind;
use super::expected_items::{ExpectedItems, ListedItem};
use super::inventory_index::KnownContents;
use super::spaces::{self, SpaceChanges};
use crate::inventory::comments::{self, ParentComment};
use crate::inventory::coverage::UnitKind;
use crate::inventory::crawl::GROUP;
use crate::inventory::lists::{self, ListedContents};
use crate::inventory::pass::Pass;
use crate::inventory::site::{Content, ContentId, ContentKind, Space, SpaceId};
use crate::inventory::{Inventory, content_updates, convert, templates};
use confluence_client::api::{Bodies, CommentKind, ContentType, ListOrder};
use confluence_client::model;
use storage_format::Body;

/// What one list of contents shows compared with the inventory.
pub(super) struct ContentListResult {
    pub(super) list: ListKind,
    pub(super) kind: ContentKind,
    /// New and changed items, whether the list was complete, and which order it came in.
    pub(super) differing: ListedContents,
    /// Indexes into `inventory.contents` of the items that the list does not show.
    pub(super) missing: Vec<usize>,
    /// The expected items that the list shows.
    pub(super) shown: Vec<ListedItem>,
    /// Replies have lists of their own, one for each comment, which may come in another order.
    pub(super) replies_in_other_order: bool,
    /// Whether replies are expected: the site-wide list shows them, or the lists of replies are read.
    pub(super) has_replies: bool,
}

/// New and changed items of one kind of content.
struct ContentDifferences {
    listed: ListedContents,
    replies_in_other_order: bool,
    has_replies: bool,
}

impl From<ListedContents> for ContentDifferences {
    fn from(listed: ListedContents) -> Self {
        Self { listed, replies_in_other_order: false, has_replies: true }
    }
}

/// Reads the lists of all kinds of content.
pub(super) async fn read_all(
    round: &Round<'_>,
    inventory: &Inventory,
    spaces: &SpaceChanges,
    expected_items: &ExpectedItems,
) -> Vec<ContentListResult> {
    let known = KnownContents::of(&inventory.contents);
    let scan = &inventory.scan;
    let is_read = |space: &&Space| {
        let is_chosen = scan.reported_spaces.as_ref().is_none_or(|keys| keys.contains(&space.key));
        !spaces::is_gone(space) && (is_chosen || !scan.references_within)
    };
    let (new, old): (Vec<&Space>, Vec<&Space>) =
        inventory.spaces.iter().filter(is_read).partition(|space| spaces.new.contains(&space.id));
    let all: Vec<&Space> = old.iter().chain(&new).copied().collect();
    let known = &known;
    let of_chosen = commentable_ids(round, inventory);
    let comments_of = |which| comments_of(round, known, which, of_chosen.as_ref());
    let (pages, posts, footer, inline, custom_content, templates) = join!(
        if_included(round, ListKind::Pages, async || in_spaces(round, known, ContentType::Page, &old, &new)
            .await
            .into()),
        if_included(round, ListKind::BlogPosts, async || in_spaces(round, known, ContentType::BlogPost, &old, &new)
            .await
            .into()),
        if_included(round, ListKind::FooterComments, async || comments_of(CommentKind::Footer).await),
        if_included(round, ListKind::InlineComments, async || comments_of(CommentKind::Inline).await),
        if_included(round, ListKind::CustomContent, async || custom_content(round, known, &scan.custom_content_types)
            .await
            .into()),
        if_included(round, ListKind::Templates, async || differing_templates(round, known, inventory, &all)
            .await
            .into()),
    );
    let spaces_read: HashSet<&SpaceId> = all.iter().map(|space| &space.id).collect();
    let result_of = |list, kind, differing: Option<ContentDifferences>| {
        let ContentDifferences { listed: differing, replies_in_other_order, has_replies } = differing?;
        let is_expected = |content: &Content| match kind {
            ContentKind::Page | ContentKind::BlogPost => content.space.as_ref().is_some_and(|space| {
                spaces_read.contains(space)
                    || (spaces.gone.contains(space) && !content_updates::has_status_not_found(content))
            }),
            // contents of a diagram index have an empty body, and their lists were not read
            ContentKind::CustomContent => content.body.as_ref().is_none_or(|body| *body != Body::default()),
            _ => has_replies || !comments::is_reply(content),
        };
        let missing = if differing.is_complete {
            known.not_shown(kind).filter(|(_, content)| is_expected(content)).map(|(index, _)| index).collect()
        } else {
            Vec::new()
        };
        let is_shown = |item: &&ListedItem| matches!(item, ListedItem::Content(kind, id) if known.was_shown(*kind, id));
        let shown = expected_items.of_list(list).filter(is_shown).cloned().collect();
        Some(ContentListResult { list, kind, differing, missing, shown, replies_in_other_order, has_replies })
    };
    let results = [
        result_of(ListKind::Pages, ContentKind::Page, pages),
        result_of(ListKind::BlogPosts, ContentKind::BlogPost, posts),
        result_of(ListKind::FooterComments, ContentKind::FooterComment, footer),
        result_of(ListKind::InlineComments, ContentKind::InlineComment, inline),
        result_of(ListKind::CustomContent, ContentKind::CustomContent, custom_content),
        result_of(ListKind::Templates, ContentKind::Template, templates),
    ];
    results.into_iter().flatten().collect()
}

/// Reads a list if this round includes it.
async fn if_included<F: Future<Output = ContentDifferences>>(
    round: &Round<'_>,
    list: ListKind,
    read: impl FnOnce() -> F,
) -> Option<ContentDifferences> {
    if round.includes(list) { Some(read().await) } else { None }
}

/// Ids of the contents and files whose comments are kept; `None` keeps the comments of all.
fn commentable_ids(round: &Round<'_>, inventory: &Inventory) -> Option<HashSet<String>> {
    let owners = inventory.contents.iter().filter(|content| content.kind.owns_attachments());
    let owners = owners.map(|content| content.id.0.clone());
    let files = inventory.attachments.iter().map(|file| format!("att{}", file.id.digits()));
    round.is_narrow.then(|| owners.chain(files).collect())
}

/// Returns the pages or posts that differ; those of new spaces come with their bodies.
async fn in_spaces(
    round: &Round<'_>,
    known: &KnownContents<'_>,
    which: ContentType,
    old: &[&Space],
    new: &[&Space],
) -> ListedContents {
    let crawl = &round.crawl;
    let kind = if which == ContentType::BlogPost { ContentKind::BlogPost } else { ContentKind::Page };
    let without_body = |sent| known.differing(convert::content(sent, kind, None));
    let with_body = |sent| known.differing(crawl.listed(sent, kind));
    let with_bodies = Pass { bodies: Bodies::Included, ..round.pass };
    let (mut listed, of_new_spaces) = join!(
        lists::read_in_spaces(crawl, round.pass, which, old, without_body),
        lists::read_in_spaces(crawl, with_bodies, which, new, with_body),
    );
    listed.add(of_new_spaces);
    listed
}

/// Returns the comments of one kind that differ, with replies if the site-wide list shows them or their own lists are
/// read.
async fn comments_of(
    round: &Round<'_>,
    known: &KnownContents<'_>,
    which: CommentKind,
    owners: Option<&HashSet<String>>,
) -> ContentDifferences {
    let crawl = &round.crawl;
    let is_kept =
        |on: Option<&ContentId>| owners.is_none_or(|owners| on.is_some_and(|id| owners.contains(id.as_str())));
    let (kind, words) = comments::kind_of(which);
    let unit = round.pass.enter(crawl, UnitKind::CommentList, format!("{words} of the site"));
    let mut level: Vec<ParentComment> = Vec::new();
    let mut parents: HashMap<ContentId, ContentId> = HashMap::new();
    let mut differing: BTreeMap<ContentId, Content> = BTreeMap::new();
    let mut shows_replies = crawl.api.features().replies_in_lists;
    let mut order = round.pass.order;
    let listing = loop {
        let take = |sent: model::Content| {
            let parent = sent.parent_comment_id.as_ref().map(|id| ContentId::new(&id.0));
            shows_replies |= parent.is_some();
            let comment = comments::comment(sent, |sent| crawl.listed(sent, kind));
            level.push(ParentComment::of(&comment));
            crawl.progress.advance(1);
            if let Some(comment) = known.differing(comment) {
                if let Some(parent) = parent.filter(|_| comment.container.is_none()) {
                    parents.insert(comment.id.clone(), parent);
                }
                differing.insert(comment.id.clone(), comment);
            }
        };
        let listing = crawl.api.comments(which, Bodies::LeftOut, order, take).await;
        let Some(other) = round.pass.other_order(order, &listing) else { break listing };
        order = other;
    };
    unit.settle(&listing.end);
    let mut listed = ListedContents {
        list: Vec::new(),
        is_complete: listing.end.is_ok(),
        in_other_order: round.pass.is_other(order, &listing),
    };
    let mut replies_in_other_order = false;
    if shows_replies {
        level.clear();
    } else {
        // even if the lists of replies are not read again, those of new comments have to be read
        let is_requested =
            |parent: &ParentComment| round.includes(ListKind::Replies) || known.get(kind, parent.id.as_str()).is_none();
        level.retain(|parent| is_requested(parent) && is_kept(parent.container.as_ref()));
    }
    let mut requested: HashSet<ContentId> = HashSet::new();
    while !level.is_empty() {
        let mut next = Vec::new();
        level.retain(|parent| requested.insert(parent.id.clone()));
        for group in level.chunks(GROUP) {
            let replies = group.iter().map(|parent| comments::replies(crawl, round.pass, which, parent.clone()));
            for mut found in crawl.all(replies.collect()).await {
                replies_in_other_order |= found.in_other_order;
                listed.is_complete &= found.is_complete;
                next.extend(found.list.iter().map(ParentComment::of));
                let others = found.list.drain(..).filter_map(|reply| known.differing(reply));
                differing.extend(others.map(|reply| (reply.id.clone(), reply)));
            }
        }
        level = next;
    }
    inherit_containers(known, kind, &mut differing, &parents);
    differing.retain(|_, comment| is_kept(comment.container.as_ref()));
    listed.list = differing.into_values().collect();
    ContentDifferences {
        listed,
        replies_in_other_order,
        has_replies: shows_replies || round.includes(ListKind::Replies),
    }
}

/// Sets the container of replies without one to that of the nearest comment above them that has one.
fn inherit_containers(
    known: &KnownContents<'_>,
    kind: ContentKind,
    differing: &mut BTreeMap<ContentId, Content>,
    parents: &HashMap<ContentId, ContentId>,
) {
    let mut found = Vec::new();
    for id in parents.keys() {
        let mut visited = HashSet::new();
        let mut at = id;
        while visited.insert(at) {
            let here = differing.get(at).and_then(|comment| comment.container.clone());
            let container = here.or_else(|| known.get(kind, at.as_str()).and_then(|comment| comment.container.clone()));
            if let Some(container) = container {
                found.push((id.clone(), container));
                break;
            }
            let Some(parent) = parents.get(at) else { break };
            at = parent;
        }
    }
    for (id, container) in found {
        if let Some(comment) = differing.get_mut(&id) {
            comment.container = Some(container);
        }
    }
}

/// Returns the custom content that differs, of the types that the first pass listed.
async fn custom_content(round: &Round<'_>, known: &KnownContents<'_>, types: &[String]) -> ListedContents {
    let mut listed = ListedContents::nothing();
    let of_types = types.iter().map(|kind| of_type(round, known, kind)).collect();
    for found in round.crawl.all(of_types).await {
        listed.add(found);
    }
    listed
}

async fn of_type(round: &Round<'_>, known: &KnownContents<'_>, kind: &str) -> ListedContents {
    let crawl = &round.crawl;
    let unit = round.pass.enter(crawl, UnitKind::CustomContentList, format!("custom content of type {kind}"));
    let mut differing = BTreeMap::new();
    let mut order = round.pass.order;
    let listing = loop {
        let take = |sent| {
            let content = convert::content(sent, ContentKind::CustomContent, None);
            if let Some(content) = known.differing(content) {
                differing.insert(content.id.clone(), content);
            }
        };
        let listing = crawl.api.custom_content(kind, Bodies::LeftOut, order, take).await;
        let Some(other) = round.pass.other_order(order, &listing) else { break listing };
        order = other;
    };
    let is_complete = listing.end.is_ok();
    match &listing.end {
        // the site did not list this type in the first pass either, which reported it
        Err(error) if error.is_refusal() && !error.is_denied() => unit.skipped("not listed by the site"),
        end => unit.settle(end),
    }
    let in_other_order = round.pass.is_other(order, &listing);
    ListedContents { list: differing.into_values().collect(), is_complete, in_other_order }
}

/// Returns the templates that differ. Template lists have no order, so the other view is a page of results exactly as
/// long as the list was: a full page is followed by another request, which shows items that a missing next link hid.
async fn differing_templates(
    round: &Round<'_>,
    known: &KnownContents<'_>,
    inventory: &Inventory,
    spaces: &[&Space],
) -> ListedContents {
    let mut counts: HashMap<Option<&SpaceId>, u32> = HashMap::new();
    for template in inventory.contents.iter().filter(|content| content.kind == ContentKind::Template) {
        *counts.entry(template.space.as_ref()).or_default() += 1;
    }
    let page_size = |space: Option<&Space>, blueprints: bool| {
        let count = counts.get(&space.map(|space| &space.id)).copied().unwrap_or(0);
        // spaces inherit dozens of blueprints, which would otherwise come one per request
        let at_least = if blueprints { SMALLEST_PAGE_OF_BLUEPRINTS } else { 1 };
        (round.pass.order == ListOrder::Backward).then(|| count.max(at_least))
    };
    let pass = Pass { bodies: Bodies::Included, ..round.pass };
    let mut listed = templates::read(&round.crawl, pass, spaces, page_size).await;
    listed.list = listed.list.into_iter().filter_map(|template| known.differing(template)).collect();
    listed
}

/// Smallest page of results for blueprints.
const SMALLEST_PAGE_OF_BLUEPRINTS: u32 = 50;
