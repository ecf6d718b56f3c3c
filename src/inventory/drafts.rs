//! Drafts: those that lists show, and that of one published page or post.
//!
//! The documents of the API name no list of drafts. Some sites take `status=draft` all the same, and then show the
//! account's own: all that are newer than what is published are read. Where a site does not, the line of what no report
//! covers says so.

use std::collections::HashMap;
use std::ops::ControlFlow;

use super::bodies::{NO_BODY, other_form, settle_forms};
use super::coverage::UnitKind;
use super::crawl::{Crawl, GROUP, single, subject};
use super::ledger::Unit;
use super::site::{Content, ContentKind, SpaceId, Status};
use super::unread::Why;
use super::{convert, newer};
use confluence_client::api::{Edition, Single};
use confluence_client::{RequestError, model};

/// The drafts that the site lists, without bodies.
pub(super) async fn listed(crawl: &Crawl<'_>) -> Vec<Content> {
    let unit = crawl.ledger.enter(UnitKind::DraftList, "drafts of this account");
    let mut drafts = Vec::new();
    let mut failure = None;
    let mut is_known = true;
    for (which, kind) in [(Single::Page, ContentKind::Page), (Single::BlogPost, ContentKind::BlogPost)] {
        let take = |sent: model::Content| {
            let draft = convert::content(sent, kind, None);
            if draft.status != Status::Draft {
                // the site does not look at the status asked for
                is_known = false;
                return ControlFlow::Break(());
            }
            drafts.push(draft);
            ControlFlow::Continue(())
        };
        match crawl.api.drafts(which, take).await.end {
            Ok(()) => {}
            Err(RequestError::Status { status: 400, .. } | RequestError::NotFound { .. }) => is_known = false,
            Err(error) => failure = failure.or(Some(error)),
        }
    }
    match failure {
        Some(error) => unit.refused(&error),
        None if is_known => unit.ok(),
        // no work of this site: the coverage then knows the kind, and no unit of it
        None => unit.withdrawn(),
    }
    drafts
}

/// Reads alone those of the listed drafts that are newer than what is published, and those of what never was, unless they
/// were read before in the same state. `known` are all contents read so far; drafts outside the spaces that are read are
/// left out.
pub(super) async fn read(
    crawl: &Crawl<'_>,
    listed: Vec<Content>,
    known: &[Content],
    is_read: impl Fn(&SpaceId) -> bool,
) -> Vec<Content> {
    let (mut drafts, mut published) = (HashMap::new(), HashMap::new());
    for content in known.iter().filter(|content| content.kind.owns_attachments()) {
        let of_its_kind = if content.status == Status::Draft { &mut drafts } else { &mut published };
        of_its_kind.insert((content.kind, &content.id), content);
    }
    let wanted: Vec<(&Content, Option<&Content>)> = listed
        .iter()
        .filter(|draft| draft.space.as_ref().is_none_or(&is_read))
        .filter(|draft| drafts.get(&(draft.kind, &draft.id)).is_none_or(|known| is_other(draft, known)))
        .filter_map(|draft| match published.get(&(draft.kind, &draft.id)) {
            None => Some((draft, None)),
            Some(known) if known.status.is_trash() => None,
            Some(known) => is_newer(draft, known).then_some((draft, Some(*known))),
        })
        .collect();
    crawl.phase("drafts", Some(wanted.len() as u64));
    let mut drafts = Vec::new();
    for group in wanted.chunks(GROUP) {
        let one = async |(draft, published): (&Content, Option<&Content>)| match published {
            Some(published) => of_published(crawl, published).await,
            None => never_published(crawl, draft).await,
        };
        drafts.extend(crawl.all(group.iter().map(|&wanted| one(wanted)).collect()).await.into_iter().flatten());
    }
    drafts
}

/// Whether a list shows another state of a draft than the one that was read.
fn is_other(listed: &Content, known: &Content) -> bool {
    listed.modified_at.is_none() || (listed.version, listed.modified_at) != (known.version, known.modified_at)
}

/// Whether a draft was saved after its content was published; one of the same moment or of an unknown one may well be.
fn is_newer(draft: &Content, published: &Content) -> bool {
    match (draft.modified_at, published.modified_at) {
        (Some(saved), Some(published)) => saved >= published,
        _ => true,
    }
}

/// A draft of what was never published, as a list shows it.
async fn never_published(crawl: &Crawl<'_>, listed: &Content) -> Option<Content> {
    let which = single(listed.kind)?;
    let id = listed.id.as_str();
    let unit = crawl.ledger.enter(UnitKind::Draft, format!("draft of {}", subject(listed)));
    let result = crawl.twice(|| crawl.api.content(which, id, Edition::Draft)).await;
    crawl.progress.advance(1);
    let mut draft = match result {
        Ok(sent) => crawl.content(sent, listed.kind),
        Err(error) if error.is_not_found() => {
            // a draft is in no list that could be asked for it
            crawl.settle_missing(unit, which, id).await;
            return None;
        }
        Err(error) => {
            let mut unread = listed.clone();
            crawl.unreadable(unit, &mut unread, Why::Request(&error));
            return Some(unread);
        }
    };
    settle_forms(crawl, unit, &mut draft, Edition::Draft).await;
    Some(draft)
}

/// The draft of a published page or post, where there is one that differs from what is published.
pub(super) async fn of_published(crawl: &Crawl<'_>, published: &Content) -> Option<Content> {
    let which = single(published.kind)?;
    let id = published.id.as_str();
    let unit = crawl.ledger.enter(UnitKind::Draft, format!("draft of {}", subject(published)));
    let result = crawl.twice(|| crawl.api.content(which, id, Edition::Draft)).await;
    crawl.progress.advance(1);
    let sent = match result {
        Ok(sent) => sent,
        Err(error) if error.is_not_found() => {
            return crawl.settle_missing(unit, which, id).await.then(|| newer::out_of_sight(published));
        }
        Err(error) => return unread_edition(crawl, unit, published, Why::Request(&error)),
    };
    let mut draft = crawl.content(sent, published.kind);
    if let Err(why) = other_form(crawl, &mut draft, Edition::Draft).await {
        return unread_edition(crawl, unit, published, Why::Request(&why));
    }
    if draft.body.is_none() {
        return unread_edition(crawl, unit, published, Why::Lacking(NO_BODY));
    }
    unit.ok();
    // without a draft the published content comes back; what it names decides, whatever it calls itself
    let same = match (&draft.body, &published.body) {
        (Some(draft), Some(published)) => {
            draft.references == published.references && draft.reading == published.reading
        }
        _ => false,
    };
    if draft.status != Status::Draft && (same || draft.status.is_trash()) {
        return None;
    }
    draft.status = Status::Draft;
    Some(draft)
}

/// What is left of a content of which another edition, or the same one again, could not be read: itself, where the user
/// accepts that.
pub(super) fn unread_edition(crawl: &Crawl<'_>, unit: Unit<'_>, known: &Content, why: Why<'_>) -> Option<Content> {
    let mut known = known.clone();
    let was_unread = known.unread.take();
    crawl.unreadable(unit, &mut known, why);
    (known.unread.is_some() && was_unread.is_none()).then_some(known)
}
