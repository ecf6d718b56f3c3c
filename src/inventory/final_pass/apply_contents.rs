//! Applies what the content lists of the final pass show: reads changed contents again, each with its own request, and
//! requests contents that are no longer listed.

use super::cross_checks::ListKind;
use super::expected_items::ListedItem;
use super::inventory_index::{KnownContents, is_other_content};
use super::read_content_lists::ContentListResult;
use super::spaces::SpaceChanges;
use super::{FinalPass, MAX_MISSING_REQUESTS, Round};
use crate::inventory::bodies::settle_forms;
use crate::inventory::body_fallbacks::may_hide_body;
use crate::inventory::coverage::UnitKind;
use crate::inventory::crawl::{GROUP, content_type_of, subject};
use crate::inventory::not_found::ItemKind;
use crate::inventory::site::{Content, ContentId, ContentKind};
use crate::inventory::unread::UnreadReason;
use crate::inventory::{Inventory, comments, content_updates, convert, header_images};
use crate::support::formatting::plural;
use confluence_client::RequestError;
use confluence_client::api::{ContentType, Edition, ListOrder};

/// Reads changed contents, requests missing ones and updates the inventory. Returns the number of changes.
pub(super) async fn apply(
    round: &Round<'_>,
    final_pass: &mut FinalPass,
    inventory: &mut Inventory,
    spaces: &SpaceChanges,
    results: Vec<ContentListResult>,
) -> usize {
    let mut states = Vec::new();
    let mut changes = 0;
    let known = KnownContents::of(&inventory.contents);
    for result in results {
        let order = order_of(round, final_pass, &result);
        let item = |id: &ContentId| ListedItem::Content(result.kind, id.0.clone());
        if result.differing.is_complete {
            final_pass.expected_items.remove_shown(result.list, order, |item| result.shown.contains(item));
        }
        let is_broken = is_broken(round, &result);
        if !result.differing.is_complete || is_broken {
            inventory.doubtful.insert(result.list);
        }
        if is_broken {
            continue;
        }
        for group in result.differing.list.chunks(GROUP) {
            let reads = group.iter().map(|listed| reread(round, &known, listed.clone()));
            for (listed, end) in crawl_all(round, reads.collect()).await {
                let content = match end {
                    RereadOutcome::State(content) => *content,
                    RereadOutcome::Nothing => continue,
                    // it disappeared while it was read: the next round decides
                    RereadOutcome::Vanished => {
                        changes += 1;
                        continue;
                    }
                };
                let key = (content.kind, content.id.clone());
                match (content.version, listed.version) {
                    (Some(read), Some(shown)) if read < shown => {
                        let reason = format!("version {shown} is listed, but version {read} was read");
                        final_pass.unread.insert(key, (subject(&content), reason));
                    }
                    _ => drop(final_pass.unread.remove(&key)),
                }
                let is_new = known.get(content.kind, content.id.as_str()).is_none();
                // custom content of types that the site does not list cannot appear in any list
                let can_expect = !round.is_last
                    && !final_pass.refused.contains(&result.list)
                    && result.list != ListKind::CustomContent;
                // in the next round the parent comment is known, and its replies are not requested
                let is_reply = comments::is_reply(&listed) || comments::is_reply(&content);
                let can_expect = can_expect && (result.has_replies || !is_reply);
                if is_new && can_expect && !content.status.is_trash() {
                    final_pass.expected_items.add(result.list, order.reversed(), item(&content.id), subject(&content));
                }
                states.push(content);
            }
        }
        let missing = result.missing.iter().filter_map(|&index| inventory.contents.get(index));
        let (on_trash, missing): (Vec<&Content>, Vec<&Content>) =
            missing.partition(|content| is_on_trash(&known, content));
        for content in on_trash {
            final_pass.expected_items.remove(&item(&content.id));
        }
        let (of_gone_spaces, missing): (Vec<&Content>, Vec<&Content>) = missing
            .into_iter()
            .partition(|content| content.space.as_ref().is_some_and(|space| spaces.gone.contains(space)));
        let of_gone_spaces = of_gone_spaces.into_iter().filter(|content| !content.status.is_trash());
        states.extend(of_gone_spaces.map(content_updates::with_status_not_found));
        if missing.len() > MAX_MISSING_REQUESTS {
            fail_too_many(round, result.list, missing.len());
            inventory.doubtful.insert(result.list);
            continue;
        }
        let requests = missing.into_iter().map(|content| fetch_missing(round, content)).collect();
        for (content, found) in crawl_all(round, requests).await {
            let item = item(&content.id);
            match found {
                MissingContent::Exists(now) => {
                    if now.status.is_trash() {
                        final_pass.expected_items.remove(&item);
                    } else if content.kind != ContentKind::CustomContent
                        && (final_pass.expected_items.contains(&item, order) || !is_other_content(content, &now))
                        && !is_container_gone(round, &now, content).await
                    {
                        final_pass.expected_items.add(result.list, order, item, subject(content));
                    }
                    states.push(*now);
                }
                MissingContent::Gone => {
                    final_pass.expected_items.remove(&item);
                    final_pass.unread.remove(&(content.kind, content.id.clone()));
                    if !content.status.is_trash() {
                        states.push(content_updates::with_status_not_found(content));
                    }
                }
                MissingContent::Unknown => {
                    inventory.doubtful.insert(result.list);
                }
            }
        }
    }
    let with_header = states.iter_mut().filter(|content| header_images::can_have_header_image(content));
    let with_header = with_header.filter(|content| !content_updates::has_status_not_found(content));
    if round.includes(ListKind::HeaderImages) && round.crawl.api.features().header_images {
        let images = with_header.map(|content| header_images::read_alone(&round.crawl, content));
        round.crawl.all(images.collect()).await;
    }
    changes + content_updates::apply_updates(&mut inventory.contents, &mut inventory.attachments, states)
}

/// Whether a list of a narrow pass differs so much that one of the two lists must have been cut off, rather than that
/// people changed the site. Such differences are not read: a narrow pass should cost little more than its lists.
fn is_broken(round: &Round<'_>, result: &ContentListResult) -> bool {
    let differing = result.differing.list.len();
    let is_broken = round.is_narrow && differing > MAX_MISSING_REQUESTS;
    if is_broken {
        let subject = format!("{} that differ from the first list", result.list.label());
        let unit = round.crawl.ledger.enter(UnitKind::FinalPass, subject);
        unit.failed(plural(differing as u64, "item differs", "items differ"));
    }
    is_broken
}

/// Records a failure: more items are no longer listed than a round requests.
fn fail_too_many(round: &Round<'_>, list: ListKind, missing: usize) {
    let unit = round.crawl.ledger.enter(UnitKind::FinalPass, format!("{} missing from their list", list.label()));
    unit.failed(format!("{} no longer listed", plural(missing as u64, "item is", "items are")));
}

/// Returns the order that a list came in, and records lists whose other order the server refuses.
fn order_of(round: &Round<'_>, final_pass: &mut FinalPass, result: &ContentListResult) -> ListOrder {
    if result.replies_in_other_order {
        final_pass.refused.insert(ListKind::Replies);
    }
    if result.differing.in_other_order {
        final_pass.refused.insert(result.list);
        return round.pass.order.reversed();
    }
    round.pass.order
}

async fn crawl_all<T>(round: &Round<'_>, futures: Vec<impl Future<Output = T>>) -> Vec<T> {
    round.crawl.all(futures).await
}

/// Outcome of reading a changed content again.
enum RereadOutcome {
    State(Box<Content>),
    /// Listed, but not found: which of the two is right is not known yet.
    Vanished,
    Nothing,
}

/// Reads the newest version of a content, with its body.
async fn reread(round: &Round<'_>, known: &KnownContents<'_>, listed: Content) -> (Content, RereadOutcome) {
    let crawl = &round.crawl;
    let before = known.get(listed.kind, listed.id.as_str());
    let keep = |content: &mut Content| {
        if let Some(before) = before {
            content.header_images.clone_from(&before.header_images);
        }
        let container = content.container.take().or_else(|| listed.container.clone());
        content.container = container.or_else(|| before.and_then(|before| before.container.clone()));
    };
    if (listed.body.is_some() && !may_hide_body(&listed)) || listed.status.is_trash() {
        let mut state = listed.clone();
        keep(&mut state);
        return (listed, RereadOutcome::State(Box::new(state)));
    }
    let unit = crawl.ledger.enter(UnitKind::FinalPass, subject(&listed));
    let end = match fetch(round, &listed).await {
        Ok(mut content) => {
            settle_forms(crawl, unit, &mut content, Edition::Published).await;
            keep(&mut content);
            RereadOutcome::State(Box::new(content))
        }
        Err(error) if error.is_not_found() => match content_type_of(listed.kind) {
            Some(which) if listed.kind.owns_attachments() => {
                if crawl.settle_missing(unit, which, listed.id.as_str()).await {
                    before.map_or(RereadOutcome::Nothing, |before| {
                        RereadOutcome::State(Box::new(content_updates::with_status_not_found(before)))
                    })
                } else {
                    RereadOutcome::Nothing
                }
            }
            // no list can be filtered by its id, so the next round decides whether it was deleted
            _ if !round.is_last => {
                unit.withdrawn();
                RereadOutcome::Vanished
            }
            _ => {
                unit.denied("a list shows it, but a request for it returned not found");
                RereadOutcome::Nothing
            }
        },
        Err(error) => {
            let mut unread = listed.clone();
            crawl.unreadable(unit, &mut unread, UnreadReason::Request(&error));
            keep(&mut unread);
            if unread.unread.is_some() { RereadOutcome::State(Box::new(unread)) } else { RereadOutcome::Nothing }
        }
    };
    (listed, end)
}

/// Requests one content with its body; retries once if it is not found.
async fn fetch(round: &Round<'_>, like: &Content) -> Result<Content, RequestError> {
    let crawl = &round.crawl;
    let id = like.id.as_str();
    let Some(which) = content_type_of(like.kind) else {
        let sent = crawl.retry_not_found(|| crawl.api.template(id)).await?;
        let body = sent.storage().map(|text| crawl.parse(text));
        return Ok(convert::template(sent, like.space.clone(), body));
    };
    let sent = crawl.retry_not_found(|| crawl.api.content(which, id, Edition::Published)).await?;
    if like.kind.is_comment() {
        return Ok(comments::comment(sent, |sent| crawl.content(sent, like.kind)));
    }
    Ok(crawl.content(sent, like.kind))
}

/// State of a content that is no longer listed.
enum MissingContent {
    Exists(Box<Content>),
    Gone,
    Unknown,
}

/// Requests a content that is no longer listed.
async fn fetch_missing<'c>(round: &Round<'_>, known: &'c Content) -> (&'c Content, MissingContent) {
    let crawl = &round.crawl;
    let unit = crawl.ledger.enter(UnitKind::FinalPass, format!("{}, no longer listed", subject(known)));
    let found = match fetch(round, known).await {
        Ok(mut now) => {
            settle_forms(crawl, unit, &mut now, Edition::Published).await;
            now.header_images.clone_from(&known.header_images);
            now.container = known.container.clone().or(now.container);
            now.space = now.space.or_else(|| known.space.clone());
            MissingContent::Exists(Box::new(now))
        }
        // the server refuses a deleted template like one that may not be seen; the files it named count in either case
        Err(error) if known.kind == ContentKind::Template && error.is_refusal() => {
            unit.gone();
            MissingContent::Gone
        }
        Err(error) if error.is_not_found() => {
            let kind = ItemKind::Content(known.kind);
            if crawl.settle_gone(unit, kind, known.id.as_str()).await {
                MissingContent::Gone
            } else {
                MissingContent::Unknown
            }
        }
        Err(error) => {
            unit.refused(&error);
            MissingContent::Unknown
        }
    };
    (known, found)
}

/// Whether a comment is on a content in the trash, whose comments no list shows.
fn is_on_trash(known: &KnownContents<'_>, comment: &Content) -> bool {
    let on = comment.container.as_ref().filter(|_| comment.kind.is_comment());
    on.is_some_and(|id| {
        [ContentKind::Page, ContentKind::BlogPost]
            .into_iter()
            .filter_map(|kind| known.get(kind, id.as_str()))
            .any(|content| content.status.is_trash())
    })
}

/// Whether the container of a comment was just moved to the trash, which removes the comment from its list.
async fn is_container_gone(round: &Round<'_>, comment: &Content, known: &Content) -> bool {
    let Some(id) = known.container.as_ref().or(comment.container.as_ref()).filter(|_| comment.kind.is_comment()) else {
        return false;
    };
    is_owner_gone(round, id).await
}

/// Whether the page or post with this id was moved to the trash or is not found. `false` if a request fails.
pub(super) async fn is_owner_gone(round: &Round<'_>, id: &ContentId) -> bool {
    for which in [ContentType::Page, ContentType::BlogPost] {
        match round.crawl.api.content(which, id.as_str(), Edition::Published).await {
            Ok(sent) => return matches!(sent.status.as_deref(), Some("trashed" | "deleted")),
            Err(error) if error.is_not_found() => {}
            Err(_) => return false,
        }
    }
    true
}
