//! Drafts: those that lists show, and the draft of a single published page or post.
//!
//! The API documentation has no list of drafts. Some sites accept `status=draft` nevertheless and return the account's
//! own drafts; every draft newer than its published edition is read. For a site that does not, the report says that
//! drafts are not covered.

use std::collections::HashMap;
use std::ops::ControlFlow;

use super::bodies::{NO_BODY, other_form, settle_forms};
use super::coverage::UnitKind;
use super::crawl::{Crawl, GROUP, content_type_of, subject};
use super::ledger::WorkUnit;
use super::site::{Content, ContentKind, SpaceId, Status};
use super::unread::UnreadReason;
use super::{content_updates, convert};
use confluence_client::api::{ContentType, Edition};
use confluence_client::{RequestError, model};

/// Lists the drafts of the account, without bodies.
pub(super) async fn listed(crawl: &Crawl<'_>) -> Vec<Content> {
    let unit = crawl.ledger.enter(UnitKind::DraftList, "drafts of this account");
    let mut drafts = Vec::new();
    let mut failure = None;
    let mut is_known = true;
    for (which, kind) in [(ContentType::Page, ContentKind::Page), (ContentType::BlogPost, ContentKind::BlogPost)] {
        let take = |sent: model::Content| {
            let draft = convert::content(sent, kind, None);
            if draft.status != Status::Draft {
                // the site ignores the requested status
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
        // the site has no such list: the coverage then has this kind with no units
        None => unit.withdrawn(),
    }
    drafts
}

/// Reads the listed drafts that are newer than their published edition or were never published, except those already
/// read in the same state. `known` are all contents read so far. Drafts outside the spaces that are read are left out.
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

/// Returns whether a list shows a draft in another state than the one that was read.
fn is_other(listed: &Content, known: &Content) -> bool {
    listed.modified_at.is_none() || (listed.version, listed.modified_at) != (known.version, known.modified_at)
}

/// Returns whether a draft may have been saved after its content was published. The same or an unknown time counts as
/// newer.
fn is_newer(draft: &Content, published: &Content) -> bool {
    match (draft.modified_at, published.modified_at) {
        (Some(saved), Some(published)) => saved >= published,
        _ => true,
    }
}

/// Reads the draft of a content that was never published.
async fn never_published(crawl: &Crawl<'_>, listed: &Content) -> Option<Content> {
    let which = content_type_of(listed.kind)?;
    let id = listed.id.as_str();
    let unit = crawl.ledger.enter(UnitKind::Draft, format!("draft of {}", subject(listed)));
    let result = crawl.retry_not_found(|| crawl.api.content(which, id, Edition::Draft)).await;
    crawl.progress.advance(1);
    let mut draft = match result {
        Ok(sent) => crawl.content(sent, listed.kind),
        Err(error) if error.is_not_found() => {
            // drafts are in no list that can be filtered by id
            crawl.settle_missing(unit, which, id).await;
            return None;
        }
        Err(error) => {
            let mut unread = listed.clone();
            crawl.unreadable(unit, &mut unread, UnreadReason::Request(&error));
            return Some(unread);
        }
    };
    settle_forms(crawl, unit, &mut draft, Edition::Draft).await;
    Some(draft)
}

/// Reads the draft of a published page or post. Returns `None` if there is none, or if it does not differ from the
/// published edition.
pub(super) async fn of_published(crawl: &Crawl<'_>, published: &Content) -> Option<Content> {
    let which = content_type_of(published.kind)?;
    let id = published.id.as_str();
    let unit = crawl.ledger.enter(UnitKind::Draft, format!("draft of {}", subject(published)));
    let result = crawl.retry_not_found(|| crawl.api.content(which, id, Edition::Draft)).await;
    crawl.progress.advance(1);
    let sent = match result {
        Ok(sent) => sent,
        Err(error) if error.is_not_found() => {
            return crawl
                .settle_missing(unit, which, id)
                .await
                .then(|| content_updates::with_status_not_found(published));
        }
        Err(error) => return unread_edition(crawl, unit, published, UnreadReason::Request(&error)),
    };
    let mut draft = crawl.content(sent, published.kind);
    if let Err(why) = other_form(crawl, &mut draft, Edition::Draft).await {
        return unread_edition(crawl, unit, published, UnreadReason::Request(&why));
    }
    if draft.body.is_none() {
        return unread_edition(crawl, unit, published, UnreadReason::Lacking(NO_BODY));
    }
    unit.ok();
    // without a draft, the server returns the published content: what it names decides, not its status
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

/// Ends the unit of an edition that could not be read. Returns the known content, marked as unread, if the user accepts
/// that.
pub(super) fn unread_edition(
    crawl: &Crawl<'_>,
    unit: WorkUnit<'_>,
    known: &Content,
    why: UnreadReason<'_>,
) -> Option<Content> {
    let mut known = known.clone();
    let was_unread = known.unread.take();
    crawl.unreadable(unit, &mut known, why);
    (known.unread.is_some() && was_unread.is_none()).then_some(known)
}
