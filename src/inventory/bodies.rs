//! Reads the body of every content outside the trash, or records a gap in the coverage.

use super::body_fallbacks::{may_hide_body, read_other_form, settle_empty};
use super::convert;
use super::coverage::UnitKind;
use super::crawl::{Crawl, GROUP, content_type_of, subject};
use super::ledger::WorkUnit;
use super::site::Content;
use super::unread::UnreadReason;
use confluence_client::RequestError;
use confluence_client::api::Edition;
use storage_format::Body;

/// Reason in the coverage for a content without a body in any form.
pub(super) const NO_BODY: &str = "the response has no body";

/// Counts the bodies that came with the lists, and reads the others one by one: missing bodies, and empty ones that may
/// be wrong. Contents that turn out to be deleted are removed. Those whose body cannot be read stay, without one.
pub(super) async fn settle(crawl: &Crawl<'_>, contents: Vec<Content>) -> Vec<Content> {
    crawl.visible_items.note(&contents);
    let (mut settled, open): (Vec<Content>, Vec<Content>) = contents
        .into_iter()
        .partition(|content| content.status.is_trash() || (content.body.is_some() && !may_hide_body(content)));
    let count = settled.iter().filter(|content| !content.status.is_trash()).count();
    crawl.ledger.done(UnitKind::Body, count as u64);
    let mut open = open.into_iter().peekable();
    while open.peek().is_some() {
        let group = open.by_ref().take(GROUP);
        settled
            .extend(crawl.all(group.map(|content| settle_one(crawl, content)).collect()).await.into_iter().flatten());
    }
    settled
}

/// Reads one body. Returns `None` if the content turns out to be deleted.
pub(super) async fn settle_one(crawl: &Crawl<'_>, mut content: Content) -> Option<Content> {
    let unit = crawl.ledger.enter(UnitKind::Body, subject(&content));
    if content.body.is_none() {
        // a list that leaves the body out says nothing about it (F-64)
        match crawl.retry_not_found(|| read_body_alone(crawl, &content)).await {
            Ok(body) => content.body = body,
            Err(error) if error.is_not_found() => {
                let Some(which) = content_type_of(content.kind) else {
                    crawl.unreadable(unit, &mut content, UnreadReason::Hidden);
                    return Some(content);
                };
                return if crawl.settle_missing_body(unit, which, &mut content).await { None } else { Some(content) };
            }
            Err(error) => {
                crawl.unreadable(unit, &mut content, UnreadReason::Request(&error));
                return Some(content);
            }
        }
    }
    settle_forms(crawl, unit, &mut content, Edition::Published).await;
    Some(content)
}

/// Ends the unit of a content that was just read by its id, after its other forms were read if necessary.
pub(super) async fn settle_forms(crawl: &Crawl<'_>, unit: WorkUnit<'_>, content: &mut Content, edition: Edition) {
    match other_form(crawl, content, edition).await {
        Ok(()) if content.body.is_some() || content.status.is_trash() => unit.ok(),
        Ok(()) => crawl.unreadable(unit, content, UnreadReason::Lacking(NO_BODY)),
        Err(error) => crawl.unreadable(unit, content, UnreadReason::Request(&error)),
    }
}

/// Reads the other forms of a content that was just read by its id, if storage format does not have its body.
pub(super) async fn other_form(crawl: &Crawl<'_>, content: &mut Content, edition: Edition) -> Result<(), RequestError> {
    if content.status.is_trash() {
        return Ok(());
    }
    if content.body.is_none() {
        content.body = read_other_form(crawl, content, edition).await?;
    }
    if may_hide_body(content) {
        settle_empty(crawl, content).await?;
    }
    Ok(())
}

async fn read_body_alone(crawl: &Crawl<'_>, content: &Content) -> Result<Option<Body>, RequestError> {
    let id = content.id.as_str();
    let Some(which) = content_type_of(content.kind) else {
        return Ok(crawl.api.template(id).await?.storage().map(|text| crawl.parse(text)));
    };
    let sent = crawl.api.content(which, id, Edition::Published).await?;
    let body = sent.storage().map(|text| crawl.parse(text));
    Ok(convert::content(sent, content.kind, body).body)
}
