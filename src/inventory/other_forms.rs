//! Bodies that storage format does not tell: one that an answer lacks, and an empty one of a content that readers may see
//! text in. The other form of the body is read, and the version before.

use super::crawl::{Crawl, single};
use super::site::{Content, ContentKind, Status};
use confluence_client::RequestError;
use confluence_client::api::{BodyForm, Edition};
use storage_format::{Body, Certainty, Reading};

/// Whether the emptiness of a body says nothing: of a live doc, and of a page or post that has had other versions.
pub(super) fn is_doubtful(content: &Content) -> bool {
    let published = content.kind.owns_attachments() && !content.status.is_trash() && content.status != Status::Draft;
    let has_history = content.live || content.version.is_none_or(|version| version > 1);
    published && has_history && content.body.as_ref().is_some_and(|body| body.is_blank)
}

/// A body in a form other than storage format; `None` when no form tells it.
pub(super) async fn instead(
    crawl: &Crawl<'_>,
    content: &Content,
    edition: Edition,
) -> Result<Option<Body>, RequestError> {
    let Some(which) = single(content.kind) else { return Ok(None) };
    let forms: &[BodyForm] = match content.kind {
        ContentKind::CustomContent => &[BodyForm::Raw, BodyForm::Document],
        _ => &[BodyForm::Document],
    };
    for form in forms {
        let sent = match crawl.api.content_in(which, content.id.as_str(), *form, edition).await {
            Ok(sent) => sent,
            Err(error) if is_not_offered(&error) => continue,
            Err(error) => return Err(error),
        };
        if let Some(text) = sent.text(*form) {
            return Ok(Some(match form {
                BodyForm::Document => crawl.document(text),
                BodyForm::Raw | BodyForm::Storage => crawl.parse(text),
            }));
        }
    }
    Ok(None)
}

/// Settles a content whose empty body is doubtful: adds what its document names, or else what the version before named.
/// Where neither can be had, its own files cannot be judged.
pub(super) async fn settle_blank(crawl: &Crawl<'_>, content: &mut Content) -> Result<(), RequestError> {
    let document = instead(crawl, content, Edition::Published).await?;
    if let Some(document) = document.filter(|document| !document.is_blank) {
        add(content, document);
        return Ok(());
    }
    if let Some(before) = version_before(crawl, content).await? {
        if !before.is_blank {
            // it was there, and nobody can tell whether it was emptied on purpose
            let mut before = before;
            for reference in &mut before.references {
                reference.certainty = Certainty::Possible;
            }
            add(content, before);
        }
        return Ok(());
    }
    content.unread = Some(
        "its body is empty in every form that the site gives out, and there is no version before to compare it with"
            .to_owned(),
    );
    Ok(())
}

/// The body of the version before; `None` when there is none, or it was deleted.
async fn version_before(crawl: &Crawl<'_>, content: &Content) -> Result<Option<Body>, RequestError> {
    let number = content.version.and_then(|version| version.checked_sub(1)).filter(|number| *number > 0);
    let (Some(which), Some(number)) = (single(content.kind), number) else { return Ok(None) };
    match crawl.api.content_version(which, content.id.as_str(), number).await {
        Ok(sent) => Ok(sent.storage().map(|text| crawl.parse(text))),
        Err(error) if is_not_offered(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The site has no such form, or no such version.
fn is_not_offered(error: &RequestError) -> bool {
    error.is_not_found() || matches!(error, RequestError::Status { status: 400 | 406 | 415, .. })
}

/// Adds what another form names to a body that is empty in storage format; its measures stay.
fn add(content: &mut Content, other: Body) {
    let body = content.body.get_or_insert_default();
    body.references.extend(other.references);
    body.page_links.extend(other.page_links);
    body.is_blank = false;
    if let Some(measures) = &mut body.measures {
        measures.anchors.are_not_all_known();
    }
    // what the other form leaves to be searched is searched
    if other.reading != Reading::WellFormed {
        body.reading = other.reading;
    }
}
