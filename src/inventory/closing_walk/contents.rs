//! Contents once more: what their lists show otherwise than the inventory is read again alone, and what they do not show
//! any more is asked for.

use std::collections::{BTreeMap, HashMap, HashSet};

use tokio::join;

use super::known::{KnownContents, is_other_content};
use super::owed::{Item, Owed};
use super::second_opinions::List;
use super::spaces::{self, Spaces};
use super::{ClosingWalk, MOST_ALONE, Round};
use crate::inventory::bodies::settle_forms;
use crate::inventory::comments::{self, Parent};
use crate::inventory::coverage::UnitKind;
use crate::inventory::crawl::{GROUP, single, subject};
use crate::inventory::lists::{self, Listed};
use crate::inventory::pass::Pass;
use crate::inventory::site::{Content, ContentId, ContentKind, Space, SpaceId};
use crate::inventory::unread::Why;
use crate::inventory::witnesses::Kind;
use crate::inventory::{Inventory, convert, header_images, newer, templates};
use crate::support::wording::plural;
use confluence_client::api::{Bodies, CommentKind, Edition, Order, Single};
use confluence_client::{RequestError, model};
use storage_format::Body;

/// What one list told.
pub(super) struct Told {
    list: List,
    kind: ContentKind,
    /// What is new or differs, and whether the list was whole and in which order it came.
    differing: Listed,
    /// The places of what it did not show.
    missing: Vec<usize>,
    /// What it showed of what it owed.
    shown: Vec<Item>,
    /// Replies are listed below their comments, whose lists may come in another order.
    replies_in_other_order: bool,
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
    let (pages, posts, footer, inline, app_content, templates) = join!(
        in_spaces(round, known, Single::Page, &old, &new),
        in_spaces(round, known, Single::BlogPost, &old, &new),
        comments_of(round, known, CommentKind::Footer),
        comments_of(round, known, CommentKind::Inline),
        app_content(round, known, &scan.app_content_types),
        templates(round, known, inventory, &all),
    );
    // a list of drafts that the first reading walks is walked here again
    let walked: HashSet<&SpaceId> = all.iter().map(|space| &space.id).collect();
    let tell = |list, kind, (differing, replies_in_other_order): (Listed, bool)| {
        let is_expected = |content: &Content| match kind {
            ContentKind::Page | ContentKind::BlogPost => content.space.as_ref().is_some_and(|space| {
                walked.contains(space) || (spaces.gone.contains(space) && !newer::is_out_of_sight(content))
            }),
            // the index of an app names nothing, and no list of it was walked
            ContentKind::CustomContent => content.body.as_ref().is_none_or(|body| *body != Body::default()),
            _ => true,
        };
        let missing = if differing.is_whole {
            known.not_shown(kind).filter(|(_, content)| is_expected(content)).map(|(place, _)| place).collect()
        } else {
            Vec::new()
        };
        let is_shown = |item: &&Item| matches!(item, Item::Content(kind, id) if known.was_shown(*kind, id));
        let shown = owed.by(list).filter(is_shown).cloned().collect();
        Told { list, kind, differing, missing, shown, replies_in_other_order }
    };
    vec![
        tell(List::Pages, ContentKind::Page, (pages, false)),
        tell(List::BlogPosts, ContentKind::BlogPost, (posts, false)),
        tell(List::FooterComments, ContentKind::FooterComment, footer),
        tell(List::InlineComments, ContentKind::InlineComment, inline),
        tell(List::AppContent, ContentKind::CustomContent, (app_content, false)),
        tell(List::Templates, ContentKind::Template, (templates, false)),
    ]
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

/// The comments of one kind that differ, replies too; and whether the lists of replies came in another order.
async fn comments_of(round: &Round<'_>, known: &KnownContents<'_>, which: CommentKind) -> (Listed, bool) {
    let crawl = &round.crawl;
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
            let comment = comments::comment(crawl, sent, kind);
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
    listed.list = differing.into_values().collect();
    (listed, replies_in_other_order)
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
async fn templates(round: &Round<'_>, known: &KnownContents<'_>, inventory: &Inventory, spaces: &[&Space]) -> Listed {
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

/// Reads alone what differs and asks for what is missing, and puts it into the inventory. Gives how much is new.
pub(super) async fn settle(
    round: &Round<'_>,
    walk: &mut ClosingWalk,
    inventory: &mut Inventory,
    spaces: &Spaces,
    told: Vec<Told>,
) -> usize {
    let mut states = Vec::new();
    let mut news = 0;
    let known = KnownContents::of(&inventory.contents);
    for told in told {
        let order = order_of(round, walk, &told);
        let item = |id: &ContentId| Item::Content(told.kind, id.0.clone());
        if told.differing.is_whole {
            walk.owed.pay(told.list, order, |item| told.shown.contains(item));
        }
        for group in told.differing.list.chunks(GROUP) {
            let reads = group.iter().map(|listed| read(round, &known, listed.clone()));
            for (listed, end) in crawl_all(round, reads.collect()).await {
                let content = match end {
                    Read::State(content) => *content,
                    Read::Nothing => continue,
                    // it went while it was read: the next round tells
                    Read::Vanished => {
                        news += 1;
                        continue;
                    }
                };
                let key = (content.kind, content.id.clone());
                match (content.version, listed.version) {
                    (Some(read), Some(shown)) if read < shown => {
                        let reason = format!("version {shown} is listed, but version {read} was read");
                        walk.unread.insert(key, (subject(&content), reason));
                    }
                    _ => drop(walk.unread.remove(&key)),
                }
                let is_new = known.get(content.kind, content.id.as_str()).is_none();
                // types that the site does not list are no list that could show it
                let can_owe = !round.is_last && !walk.refused.contains(&told.list) && told.list != List::AppContent;
                if is_new && can_owe && !content.status.is_trash() {
                    walk.owed.owe(told.list, order.reversed(), item(&content.id), subject(&content));
                }
                states.push(content);
            }
        }
        let missing = told.missing.iter().filter_map(|&place| inventory.contents.get(place));
        let (on_trash, missing): (Vec<&Content>, Vec<&Content>) =
            missing.partition(|content| is_on_trash(&known, content));
        on_trash.into_iter().for_each(|content| walk.owed.forgive(&item(&content.id)));
        let (of_gone_spaces, missing): (Vec<&Content>, Vec<&Content>) = missing
            .into_iter()
            .partition(|content| content.space.as_ref().is_some_and(|space| spaces.gone.contains(space)));
        states.extend(of_gone_spaces.into_iter().map(newer::out_of_sight));
        if missing.len() > MOST_ALONE {
            let unit =
                round.crawl.ledger.enter(UnitKind::ClosingWalk, format!("{} that no list shows", told.list.words()));
            unit.failed(format!("{} are in no list any more", plural(missing.len() as u64, "thing", "things")));
            continue;
        }
        let looks = missing.into_iter().map(|content| look(round, content)).collect();
        for (content, found) in crawl_all(round, looks).await {
            let item = item(&content.id);
            match found {
                Look::There(now) => {
                    if now.status.is_trash() {
                        walk.owed.forgive(&item);
                    } else if content.kind != ContentKind::CustomContent
                        && (walk.owed.has(&item, order) || !is_other_content(content, &now))
                        && !is_container_gone(round, &now, content).await
                    {
                        walk.owed.owe(told.list, order, item, subject(content));
                    }
                    states.push(*now);
                }
                Look::Gone => {
                    walk.owed.forgive(&item);
                    if !content.status.is_trash() {
                        states.push(newer::out_of_sight(content));
                    }
                }
                Look::Unknown => {}
            }
        }
    }
    let with_header = states.iter_mut().filter(|content| header_images::has_header(content));
    let with_header = with_header.filter(|content| !newer::is_out_of_sight(content));
    let images = with_header.map(|content| header_images::read_alone(&round.crawl, content));
    round.crawl.all(images.collect()).await;
    news + newer::put_all(&mut inventory.contents, states)
}

/// The order a list came in; remembers those whose order is refused.
fn order_of(round: &Round<'_>, walk: &mut ClosingWalk, told: &Told) -> Order {
    if told.replies_in_other_order {
        walk.refused.insert(List::Replies);
    }
    if told.differing.in_other_order {
        walk.refused.insert(told.list);
        return round.pass.order.reversed();
    }
    round.pass.order
}

async fn crawl_all<T>(round: &Round<'_>, futures: Vec<impl Future<Output = T>>) -> Vec<T> {
    round.crawl.all(futures).await
}

/// What came of reading a content that a list shows otherwise.
enum Read {
    State(Box<Content>),
    /// It was listed and is not found; so far nobody knows which is true.
    Vanished,
    /// Nothing that changes the inventory.
    Nothing,
}

/// Reads a content in its newest state, with its body.
async fn read(round: &Round<'_>, known: &KnownContents<'_>, listed: Content) -> (Content, Read) {
    let crawl = &round.crawl;
    let before = known.get(listed.kind, listed.id.as_str());
    let keep = |content: &mut Content| {
        if let Some(before) = before {
            content.header_images.clone_from(&before.header_images);
        }
        let container = content.container.take().or_else(|| listed.container.clone());
        content.container = container.or_else(|| before.and_then(|before| before.container.clone()));
    };
    if listed.body.is_some() || listed.status.is_trash() {
        let mut state = listed.clone();
        keep(&mut state);
        return (listed, Read::State(Box::new(state)));
    }
    let unit = crawl.ledger.enter(UnitKind::ClosingWalk, subject(&listed));
    let end = match alone(round, &listed).await {
        Ok(mut content) => {
            settle_forms(crawl, unit, &mut content, Edition::Published).await;
            keep(&mut content);
            Read::State(Box::new(content))
        }
        Err(error) if error.is_not_found() => match single(listed.kind) {
            Some(which) if listed.kind.owns_attachments() => {
                if crawl.settle_missing(unit, which, listed.id.as_str()).await {
                    before.map_or(Read::Nothing, |before| Read::State(Box::new(newer::out_of_sight(before))))
                } else {
                    Read::Nothing
                }
            }
            // no list can be asked for it alone; in the next round it is listed again or gone
            _ if !round.is_last => {
                unit.withdrawn();
                Read::Vanished
            }
            _ => {
                unit.denied("not found alone, though a list shows it");
                Read::Nothing
            }
        },
        Err(error) => {
            let mut unread = listed.clone();
            crawl.unreadable(unit, &mut unread, Why::Request(&error));
            keep(&mut unread);
            if unread.unread.is_some() { Read::State(Box::new(unread)) } else { Read::Nothing }
        }
    };
    (listed, end)
}

/// One content with its body, asked for twice when it is not found.
async fn alone(round: &Round<'_>, like: &Content) -> Result<Content, RequestError> {
    let crawl = &round.crawl;
    let id = like.id.as_str();
    let Some(which) = single(like.kind) else {
        let sent = crawl.twice(|| crawl.api.template(id)).await?;
        let body = sent.storage().map(|text| crawl.parse(text));
        return Ok(convert::template(sent, like.space.clone(), body));
    };
    let sent = crawl.twice(|| crawl.api.content(which, id, Edition::Published)).await?;
    if like.kind.is_comment() {
        return Ok(comments::comment(crawl, sent, like.kind));
    }
    Ok(crawl.content(sent, like.kind))
}

/// What is left of a content that no list shows.
enum Look {
    There(Box<Content>),
    Gone,
    Unknown,
}

/// Asks for a content that no list shows.
async fn look<'c>(round: &Round<'_>, known: &'c Content) -> (&'c Content, Look) {
    let crawl = &round.crawl;
    let unit = crawl.ledger.enter(UnitKind::ClosingWalk, format!("{}, which no list shows", subject(known)));
    let found = match alone(round, known).await {
        Ok(mut now) => {
            settle_forms(crawl, unit, &mut now, Edition::Published).await;
            now.header_images.clone_from(&known.header_images);
            now.container = known.container.clone().or(now.container);
            now.space = now.space.or_else(|| known.space.clone());
            Look::There(Box::new(now))
        }
        // a template that is not there is refused like one that may not be seen; what it named counts in any case
        Err(error) if known.kind == ContentKind::Template && error.is_refusal() => {
            unit.gone();
            Look::Gone
        }
        Err(error) if error.is_not_found() => {
            let kind = Kind::Content(known.kind);
            if crawl.settle_gone(unit, kind, known.id.as_str()).await { Look::Gone } else { Look::Unknown }
        }
        Err(error) => {
            unit.refused(&error);
            Look::Unknown
        }
    };
    (known, found)
}

/// Whether a comment is on a content in the trash: no list shows those.
fn is_on_trash(known: &KnownContents<'_>, comment: &Content) -> bool {
    let on = comment.container.as_ref().filter(|_| comment.kind.is_comment());
    on.is_some_and(|id| {
        [ContentKind::Page, ContentKind::BlogPost]
            .into_iter()
            .filter_map(|kind| known.get(kind, id.as_str()))
            .any(|content| content.status.is_trash())
    })
}

/// Whether what a comment is on went to the trash just now, so that the comment is in no list.
async fn is_container_gone(round: &Round<'_>, comment: &Content, known: &Content) -> bool {
    let Some(id) = known.container.as_ref().or(comment.container.as_ref()).filter(|_| comment.kind.is_comment()) else {
        return false;
    };
    is_owner_gone(round, id).await
}

/// Whether neither a page nor a post of this id is published.
pub(super) async fn is_owner_gone(round: &Round<'_>, id: &ContentId) -> bool {
    for which in [Single::Page, Single::BlogPost] {
        match round.crawl.api.content(which, id.as_str(), Edition::Published).await {
            Ok(sent) => return matches!(sent.status.as_deref(), Some("trashed" | "deleted")),
            Err(error) if error.is_not_found() => {}
            Err(_) => return false,
        }
    }
    true
}
