//! Every content outside the trash has its body read, or a gap in the coverage.

use super::convert;
use super::coverage::UnitKind;
use super::crawl::{Crawl, GROUP, single, subject};
use super::ledger::Unit;
use super::other_forms::{instead, is_doubtful, settle_blank};
use super::site::Content;
use super::unread::Why;
use confluence_client::RequestError;
use confluence_client::api::Edition;
use storage_format::Body;

/// What is said of a body that no form tells.
pub(super) const NO_BODY: &str = "the answer bears no body";

/// Counts the bodies that came with the lists and reads the others alone: those that are missing, and those whose
/// emptiness says nothing. Contents that turn out to be deleted are left out; those whose body cannot be obtained stay,
/// without one.
pub(super) async fn settle(crawl: &Crawl<'_>, contents: Vec<Content>) -> Vec<Content> {
    crawl.witnesses.note(&contents);
    let (mut settled, open): (Vec<Content>, Vec<Content>) = contents
        .into_iter()
        .partition(|content| content.status.is_trash() || (content.body.is_some() && !is_doubtful(content)));
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

/// Settles one body, alone; gives nothing where the content turns out to be deleted.
pub(super) async fn settle_one(crawl: &Crawl<'_>, mut content: Content) -> Option<Content> {
    let unit = crawl.ledger.enter(UnitKind::Body, subject(&content));
    if content.body.is_none() {
        // a list that leaves it out says nothing about it (F-64)
        match crawl.twice(|| alone(crawl, &content)).await {
            Ok(body) => content.body = body,
            Err(error) if error.is_not_found() => {
                let Some(which) = single(content.kind) else {
                    crawl.unreadable(unit, &mut content, Why::Hidden);
                    return Some(content);
                };
                return if crawl.settle_missing_body(unit, which, &mut content).await { None } else { Some(content) };
            }
            Err(error) => {
                crawl.unreadable(unit, &mut content, Why::Request(&error));
                return Some(content);
            }
        }
    }
    settle_forms(crawl, unit, &mut content, Edition::Published).await;
    Some(content)
}

/// Ends the unit of a content that was just read alone, when its other forms were looked at where they have to be.
pub(super) async fn settle_forms(crawl: &Crawl<'_>, unit: Unit<'_>, content: &mut Content, edition: Edition) {
    match other_form(crawl, content, edition).await {
        Ok(()) if content.body.is_some() || content.status.is_trash() => unit.ok(),
        Ok(()) => crawl.unreadable(unit, content, Why::Lacking(NO_BODY)),
        Err(error) => crawl.unreadable(unit, content, Why::Request(&error)),
    }
}

/// Looks at the other forms of a content that was just read alone, where storage format does not tell its body.
pub(super) async fn other_form(crawl: &Crawl<'_>, content: &mut Content, edition: Edition) -> Result<(), RequestError> {
    if content.status.is_trash() {
        return Ok(());
    }
    if content.body.is_none() {
        content.body = instead(crawl, content, edition).await?;
    }
    if is_doubtful(content) {
        settle_blank(crawl, content).await?;
    }
    Ok(())
}

async fn alone(crawl: &Crawl<'_>, content: &Content) -> Result<Option<Body>, RequestError> {
    let id = content.id.as_str();
    let Some(which) = single(content.kind) else {
        return Ok(crawl.api.template(id).await?.storage().map(|text| crawl.parse(text)));
    };
    let sent = crawl.api.content(which, id, Edition::Published).await?;
    let body = sent.storage().map(|text| crawl.parse(text));
    Ok(convert::content(sent, content.kind, body).body)
}
