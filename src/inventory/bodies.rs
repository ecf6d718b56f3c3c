//! Every content outside the trash has its body read, or a gap in the coverage.

use super::convert;
use super::coverage::UnitKind;
use super::crawl::{Crawl, single, subject};
use super::site::{Content, ContentKind};
use confluence_client::RequestError;
use confluence_client::api::Edition;
use storage_format::Body;

/// Counts the bodies that came with the lists and reads the missing ones alone. Contents that turn out to be deleted
/// are left out; those whose body cannot be obtained stay, without one.
pub(super) async fn settle(crawl: &Crawl<'_>, contents: Vec<Content>) -> Vec<Content> {
    crawl.witnesses.note(&contents);
    let (mut whole, missing): (Vec<Content>, Vec<Content>) =
        contents.into_iter().partition(|content| content.body.is_some() || content.status.is_trash());
    let count = whole.iter().filter(|content| !content.status.is_trash()).count();
    crawl.ledger.done(UnitKind::Body, count as u64);
    let read = crawl.all(missing.into_iter().map(|content| read_alone(crawl, content)).collect()).await;
    whole.extend(read.into_iter().flatten());
    whole
}

/// Reads one body alone (F-64): a list that leaves it out says nothing about it.
async fn read_alone(crawl: &Crawl<'_>, mut content: Content) -> Option<Content> {
    let unit = crawl.ledger.enter(UnitKind::Body, subject(&content));
    match crawl.twice(|| body(crawl, content.kind, content.id.as_str())).await {
        Ok(Some(body)) => {
            content.body = Some(body);
            unit.ok();
        }
        Ok(None) => unit.failed("the answer bears no body"),
        Err(error) if error.is_not_found() => {
            let Some(which) = single(content.kind) else {
                unit.denied("not found alone, though a list shows it");
                return Some(content);
            };
            if crawl.settle_missing(unit, which, content.id.as_str()).await {
                return None;
            }
        }
        Err(error) => unit.refused(&error),
    }
    Some(content)
}

async fn body(crawl: &Crawl<'_>, kind: ContentKind, id: &str) -> Result<Option<Body>, RequestError> {
    let Some(which) = single(kind) else {
        let template = crawl.api.template(id).await?;
        let storage = template.body.and_then(|body| body.storage).and_then(|body| body.value);
        return Ok(storage.map(|text| crawl.parse(&text)));
    };
    let sent = crawl.api.content(which, id, Edition::Published).await?;
    let body = sent.storage().map(|text| crawl.parse(text));
    Ok(convert::content(sent, kind, body).body)
}
