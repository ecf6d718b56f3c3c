//! What lists of contents show otherwise than the inventory is read again alone, and what they do not show any more is
//! asked for.

use super::content_lists::Told;
use super::known::{KnownContents, is_other_content};
use super::owed::Item;
use super::second_opinions::List;
use super::spaces::Spaces;
use super::{ClosingWalk, MOST_ALONE, Round};
use crate::inventory::bodies::settle_forms;
use crate::inventory::coverage::UnitKind;
use crate::inventory::crawl::{GROUP, single, subject};
use crate::inventory::other_forms::is_doubtful;
use crate::inventory::site::{Content, ContentId, ContentKind};
use crate::inventory::unread::Why;
use crate::inventory::witnesses::Kind;
use crate::inventory::{Inventory, comments, convert, header_images, newer};
use crate::support::wording::plural;
use confluence_client::RequestError;
use confluence_client::api::{Edition, Order, Single};

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
        let is_broken = is_broken(round, &told);
        if !told.differing.is_whole || is_broken {
            inventory.doubtful.insert(told.list);
        }
        if is_broken {
            continue;
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
                // in the next round the comment above is known, and the replies to it are not asked for
                let is_reply = comments::is_reply(&listed) || comments::is_reply(&content);
                let can_owe = can_owe && (told.has_replies || !is_reply);
                if is_new && can_owe && !content.status.is_trash() {
                    walk.owed.owe(told.list, order.reversed(), item(&content.id), subject(&content));
                }
                states.push(content);
            }
        }
        let missing = told.missing.iter().filter_map(|&place| inventory.contents.get(place));
        let (on_trash, missing): (Vec<&Content>, Vec<&Content>) =
            missing.partition(|content| is_on_trash(&known, content));
        for content in on_trash {
            walk.owed.forgive(&item(&content.id));
        }
        let (of_gone_spaces, missing): (Vec<&Content>, Vec<&Content>) = missing
            .into_iter()
            .partition(|content| content.space.as_ref().is_some_and(|space| spaces.gone.contains(space)));
        let of_gone_spaces = of_gone_spaces.into_iter().filter(|content| !content.status.is_trash());
        states.extend(of_gone_spaces.map(newer::out_of_sight));
        if missing.len() > MOST_ALONE {
            give_up(round, told.list, missing.len());
            inventory.doubtful.insert(told.list);
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
                    walk.unread.remove(&(content.kind, content.id.clone()));
                    if !content.status.is_trash() {
                        states.push(newer::out_of_sight(content));
                    }
                }
                Look::Unknown => {
                    inventory.doubtful.insert(told.list);
                }
            }
        }
    }
    let with_header = states.iter_mut().filter(|content| header_images::has_header(content));
    let with_header = with_header.filter(|content| !newer::is_out_of_sight(content));
    if round.walks(List::HeaderImages) {
        let images = with_header.map(|content| header_images::read_alone(&round.crawl, content));
        round.crawl.all(images.collect()).await;
    }
    news + newer::put_all(&mut inventory.contents, &mut inventory.attachments, states)
}

/// Whether a list shows so much otherwise that one of the two was cut rather than that people changed it: in a narrow walk,
/// which is to cost little more than its lists, that is not read.
fn is_broken(round: &Round<'_>, told: &Told) -> bool {
    let differing = told.differing.list.len();
    let is_broken = round.is_narrow && differing > MOST_ALONE;
    if is_broken {
        let words = format!("{} that the first list did not show so", told.list.words());
        let unit = round.crawl.ledger.enter(UnitKind::ClosingWalk, words);
        unit.failed(plural(differing as u64, "thing differs", "things differ"));
    }
    is_broken
}

/// Too many things are in no list any more to ask for each.
fn give_up(round: &Round<'_>, list: List, missing: usize) {
    let unit = round.crawl.ledger.enter(UnitKind::ClosingWalk, format!("{} that no list shows", list.words()));
    unit.failed(format!("{} are in no list any more", plural(missing as u64, "thing", "things")));
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
    if (listed.body.is_some() && !is_doubtful(&listed)) || listed.status.is_trash() {
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
        return Ok(comments::comment(sent, |sent| crawl.content(sent, like.kind)));
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
