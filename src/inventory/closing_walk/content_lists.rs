//! The lists of contents once more: what they show otherwise than the inventory, and what they do not show any more.

use std::collections::{BTreeMap, HashMap, HashSet};

use tokio::join;

use super::Round;
use super::known::KnownContents;
use super::owed::{Item, Owed};
use super::second_opinions::List;
use super::spaces::{self, Spaces};
use crate::inventory::comments::{self, Parent};
use crate::inventory::coverage::UnitKind;
use crate::inventory::crawl::GROUP;
use crate::inventory::lists::{self, Listed};
use crate::inventory::pass::Pass;
use crate::inventory::site::{Content, ContentId, ContentKind, Space, SpaceId};
use crate::inventory::{Inventory, convert, newer, templates};
use confluence_client::api::{Bodies, CommentKind, Order, Single};
use confluence_client::model;
use storage_format::Body;

/// What one list told.
pub(super) struct Told {
    pub(super) list: List,
    pub(super) kind: ContentKind,
    /// What is new or differs, and whether the list was whole and in which order it came.
    pub(super) differing: Listed,
    /// The places of what it did not show.
    pub(super) missing: Vec<usize>,
    /// What it showed of what it owed.
    pub(super) shown: Vec<Item>,
    /// Replies are listed below their comments, whose lists may come in another order.
    pub(super) replies_in_other_order: bool,
    /// It shows replies, or their own lists are walked: only then it owes them.
    pub(super) has_replies: bool,
}

/// What the lists of one kind of contents showed that differs.
struct Differing {
    listed: Listed,
    replies_in_other_order: bool,
    /// The list of the site shows replies, or their own lists were walked.
    has_replies: bool,
}

impl From<Listed> for Differing {
    fn from(listed: Listed) -> Self {
        Self { listed, replies_in_other_order: false, has_replies: true }
    }
}

/// Walks the lists of all contents.
pub(super) async fn walk(round: &Round<'_>, inventory: &Inventory, spaces: &Spaces, owed: &Owed) -> Vec<Told> {
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
    let of_chosen = owners(round, inventory);
    let (pages, posts, footer, inline, app_content, templates) = join!(
        walked(round, List::Pages, async || in_spaces(round, known, Single::Page, &old, &new).await.into()),
        walked(round, List::BlogPosts, async || in_spaces(round, known, Single::BlogPost, &old, &new).await.into()),
        walked(round, List::FooterComments, async || comments_of(
            round,
            known,
            CommentKind::Footer,
            of_chosen.as_ref()
        )
        .await),
        walked(round, List::InlineComments, async || comments_of(
            round,
            known,
            CommentKind::Inline,
            of_chosen.as_ref()
        )
        .await),
        walked(round, List::AppContent, async || app_content(round, known, &scan.app_content_types).await.into()),
        walked(round, List::Templates, async || differing_templates(round, known, inventory, &all).await.into()),
    );
    let walked: HashSet<&SpaceId> = all.iter().map(|space| &space.id).collect();
    let tell = |list, kind, differing: Option<Differing>| {
        let Differing { listed: differing, replies_in_other_order, has_replies } = differing?;
        let is_expected = |content: &Content| match kind {
            ContentKind::Page | ContentKind::BlogPost => content.space.as_ref().is_some_and(|space| {
                walked.contains(space) || (spaces.gone.contains(space) && !newer::is_out_of_sight(content))
            }),
            // the index of an app names nothing, and no list of it was walked
            ContentKind::CustomContent => content.body.as_ref().is_none_or(|body| *body != Body::default()),
            _ => has_replies || !comments::is_reply(content),
        };
        let missing = if differing.is_whole {
            known.not_shown(kind).filter(|(_, content)| is_expected(content)).map(|(place, _)| place).collect()
        } else {
            Vec::new()
        };
        let is_shown = |item: &&Item| matches!(item, Item::Content(kind, id) if known.was_shown(*kind, id));
        let shown = owed.by(list).filter(is_shown).cloned().collect();
        Some(Told { list, kind, differing, missing, shown, replies_in_other_order, has_replies })
    };
    let told = [
        tell(List::Pages, ContentKind::Page, pages),
        tell(List::BlogPosts, ContentKind::BlogPost, posts),
        tell(List::FooterComments, ContentKind::FooterComment, footer),
        tell(List::InlineComments, ContentKind::InlineComment, inline),
        tell(List::AppContent, ContentKind::CustomContent, app_content),
        tell(List::Templates, ContentKind::Template, templates),
    ];
    told.into_iter().flatten().collect()
}

/// A list, where the walk is over it.
async fn walked<F: Future<Output = Differing>>(
    round: &Round<'_>,
    list: List,
    walk: impl FnOnce() -> F,
) -> Option<Differing> {
    if round.walks(list) { Some(walk().await) } else { None }
}

/// What comments have to be on to be kept: a page, a post or a file of the inventory; `None` keeps all.
fn owners(round: &Round<'_>, inventory: &Inventory) -> Option<HashSet<String>> {
    let owners = inventory.contents.iter().filter(|content| content.kind.owns_attachments());
    let owners = owners.map(|content| content.id.0.clone());
    let files = inventory.attachments.iter().map(|file| format!("att{}", file.id.digits()));
    round.is_narrow.then(|| owners.chain(files).collect())
}

/// Pages or posts that differ; those of new spaces with their bodies.
async fn in_spaces(
    round: &Round<'_>,
    known: &KnownContents<'_>,
    which: Single,
    old: &[&Space],
    new: &[&Space],
) -> Listed {
    let crawl = &round.crawl;
    let kind = if which == Single::BlogPost { ContentKind::BlogPost } else { ContentKind::Page };
    let bare = |sent| known.differing(convert::content(sent, kind, None));
    let whole = |sent| known.differing(crawl.listed(sent, kind));
    let with_bodies = Pass { bodies: Bodies::Included, ..round.pass };
    let (mut listed, of_new_spaces) = join!(
        lists::walk_spaces(crawl, round.pass, which, old, bare),
        lists::walk_spaces(crawl, with_bodies, which, new, whole),
    );
    listed.add(of_new_spaces);
    listed
}

/// The comments of one kind that differ; replies too, where their lists are walked or that of the site shows them.
async fn comments_of(
    round: &Round<'_>,
    known: &KnownContents<'_>,
    which: CommentKind,
    owners: Option<&HashSet<String>>,
) -> Differing {
    let crawl = &round.crawl;
    let is_kept =
        |on: Option<&ContentId>| owners.is_none_or(|owners| on.is_some_and(|id| owners.contains(id.as_str())));
    let (kind, words) = comments::kind_of(which);
    let unit = round.pass.enter(crawl, UnitKind::CommentList, format!("{words} of the site"));
    let mut level: Vec<Parent> = Vec::new();
    let mut parents: HashMap<ContentId, ContentId> = HashMap::new();
    let mut differing: BTreeMap<ContentId, Content> = BTreeMap::new();
    let mut shows_replies = false;
    let mut order = round.pass.order;
    let walked = loop {
        let take = |sent: model::Content| {
            let parent = sent.parent_comment_id.as_ref().map(|id| ContentId::new(&id.0));
            shows_replies |= parent.is_some();
            let comment = comments::comment(sent, |sent| crawl.listed(sent, kind));
            level.push(Parent::of(&comment));
            crawl.progress.advance(1);
            if let Some(comment) = known.differing(comment) {
                if let Some(parent) = parent.filter(|_| comment.container.is_none()) {
                    parents.insert(comment.id.clone(), parent);
                }
                differing.insert(comment.id.clone(), comment);
            }
        };
        let walked = crawl.api.comments(which, Bodies::LeftOut, order, take).await;
        let Some(other) = round.pass.other_order(order, &walked) else { break walked };
        order = other;
    };
    unit.settle(&walked.end);
    let mut listed =
        Listed { list: Vec::new(), is_whole: walked.end.is_ok(), in_other_order: round.pass.is_other(order, &walked) };
    let mut replies_in_other_order = false;
    if shows_replies {
        level.clear();
    } else {
        // without a walk over all replies, nobody has asked for those to comments that were not listed before
        let is_asked = |parent: &Parent| round.walks(List::Replies) || known.get(kind, parent.id.as_str()).is_none();
        level.retain(|parent| is_asked(parent) && is_kept(parent.container.as_ref()));
    }
    let mut asked: HashSet<ContentId> = HashSet::new();
    while !level.is_empty() {
        let mut next = Vec::new();
        level.retain(|parent| asked.insert(parent.id.clone()));
        for group in level.chunks(GROUP) {
            let replies = group.iter().map(|parent| comments::replies(crawl, round.pass, which, parent.clone()));
            for mut found in crawl.all(replies.collect()).await {
                replies_in_other_order |= found.in_other_order;
                listed.is_whole &= found.is_whole;
                next.extend(found.list.iter().map(Parent::of));
                let others = found.list.drain(..).filter_map(|reply| known.differing(reply));
                differing.extend(others.map(|reply| (reply.id.clone(), reply)));
            }
        }
        level = next;
    }
    inherit_containers(known, kind, &mut differing, &parents);
    differing.retain(|_, comment| is_kept(comment.container.as_ref()));
    listed.list = differing.into_values().collect();
    Differing { listed, replies_in_other_order, has_replies: shows_replies || round.walks(List::Replies) }
}

/// Replies that tell no container have that of their thread.
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

/// App content of the types that were listed before, as far as it differs.
async fn app_content(round: &Round<'_>, known: &KnownContents<'_>, types: &[String]) -> Listed {
    let mut listed = Listed::nothing();
    let of_types = types.iter().map(|kind| of_type(round, known, kind)).collect();
    for found in round.crawl.all(of_types).await {
        listed.add(found);
    }
    listed
}

async fn of_type(round: &Round<'_>, known: &KnownContents<'_>, kind: &str) -> Listed {
    let crawl = &round.crawl;
    let unit = round.pass.enter(crawl, UnitKind::CustomContentList, format!("app content of type {kind}"));
    let mut differing = BTreeMap::new();
    let mut order = round.pass.order;
    let walked = loop {
        let take = |sent| {
            let content = convert::content(sent, ContentKind::CustomContent, None);
            if let Some(content) = known.differing(content) {
                differing.insert(content.id.clone(), content);
            }
        };
        let walked = crawl.api.custom_content(kind, Bodies::LeftOut, order, take).await;
        let Some(other) = round.pass.other_order(order, &walked) else { break walked };
        order = other;
    };
    let is_whole = walked.end.is_ok();
    match &walked.end {
        // the site did not list this type in the first reading either, which said so
        Err(error) if error.is_refusal() && !error.is_denied() => unit.skipped("not listed by the site"),
        end => unit.settle(end),
    }
    let in_other_order = round.pass.is_other(order, &walked);
    Listed { list: differing.into_values().collect(), is_whole, in_other_order }
}

/// Templates that differ. Their lists have no order, so they come in pages just as long as the list was: a full page is
/// followed by another one, which shows what a list without a next link has left.
async fn differing_templates(
    round: &Round<'_>,
    known: &KnownContents<'_>,
    inventory: &Inventory,
    spaces: &[&Space],
) -> Listed {
    let mut counts: HashMap<Option<&SpaceId>, u32> = HashMap::new();
    for template in inventory.contents.iter().filter(|content| content.kind == ContentKind::Template) {
        *counts.entry(template.space.as_ref()).or_default() += 1;
    }
    let page_size = |space: Option<&Space>, blueprints: bool| {
        let count = counts.get(&space.map(|space| &space.id)).copied().unwrap_or(0);
        // spaces inherit dozens of blueprints, which would come one by one
        let at_least = if blueprints { SMALLEST_PAGE_OF_BLUEPRINTS } else { 1 };
        (round.pass.order == Order::Backward).then(|| count.max(at_least))
    };
    let pass = Pass { bodies: Bodies::Included, ..round.pass };
    let mut listed = templates::walk(&round.crawl, pass, spaces, page_size).await;
    listed.list = listed.list.into_iter().filter_map(|template| known.differing(template)).collect();
    listed
}

/// Blueprints on one page at least.
const SMALLEST_PAGE_OF_BLUEPRINTS: u32 = 50;
