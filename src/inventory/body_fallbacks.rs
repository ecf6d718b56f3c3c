//! Fallbacks for a body that storage format lacks, or that is empty although readers may see text: the body's other
//! form, and the previous version.

use super::crawl::{Crawl, content_type_of};
use super::site::{Content, ContentKind, Status};
use confluence_client::RequestError;
use confluence_client::api::{BodyForm, Edition};
use storage_format::{Body, Certainty, ParseOutcome};

/// Returns whether an empty body may be wrong: that of a live doc, and that of a page or post with earlier versions.
pub(super) fn may_hide_body(content: &Content) -> bool {
    let published = content.kind.owns_attachments() && !content.status.is_trash() && content.status != Status::Draft;
    let has_history = content.live || content.version.is_none_or(|version| version > 1);
    published && has_history && content.body.as_ref().is_some_and(|body| body.is_blank)
}

/// Reads a body in a form other than storage format; `None` if no form has one.
pub(super) async fn read_other_form(
    crawl: &Crawl<'_>,
    content: &Content,
    edition: Edition,
) -> Result<Option<Body>, RequestError> {
    let Some(which) = content_type_of(content.kind) else { return Ok(None) };
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

/// Resolves an empty body that may be wrong: adds what its document names, else what the previous version named. If
/// neither is available, the files of the content cannot be judged.
pub(super) async fn settle_empty(crawl: &Crawl<'_>, content: &mut Content) -> Result<(), RequestError> {
    let document = read_other_form(crawl, content, Edition::Published).await?;
    if let Some(document) = document.filter(|document| !document.is_blank) {
        add_body(content, document);
        return Ok(());
    }
    if let Some(before) = previous_version(crawl, content).await? {
        if !before.is_blank {
            // it was in use, and may not have been removed on purpose
            let mut before = before;
            for reference in &mut before.references {
                reference.certainty = Certainty::Possible;
            }
            add_body(content, before);
        }
        return Ok(());
    }
    content.unread =
        Some("its body is empty in every form, and there is no previous version to compare it with".to_owned());
    Ok(())
}

/// Reads the body of the previous version; `None` if there is none, or if it was deleted.
async fn previous_version(crawl: &Crawl<'_>, content: &Content) -> Result<Option<Body>, RequestError> {
    let number = content.version.and_then(|version| version.checked_sub(1)).filter(|number| *number > 0);
    let (Some(which), Some(number)) = (content_type_of(content.kind), number) else { return Ok(None) };
    match crawl.api.content_version(which, content.id.as_str(), number).await {
        Ok(sent) => Ok(sent.storage().map(|text| crawl.parse(text))),
        Err(error) if is_not_offered(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether the site does not offer this form or version.
fn is_not_offered(error: &RequestError) -> bool {
    let is_refused = matches!(error, RequestError::Status { status: 400 | 406 | 415, .. });
    is_refused || error.is_not_found() || matches!(error, RequestError::Unsupported { .. })
}

/// Adds the references of another form to a body that is empty in storage format; its measures stay.
fn add_body(content: &mut Content, other: Body) {
    let body = content.body.get_or_insert_default();
    body.references.extend(other.references);
    body.page_links.extend(other.page_links);
    body.is_blank = false;
    if let Some(measures) = &mut body.measures {
        measures.anchors.are_not_all_known();
    }
    // the unparsed text of the other form has to be searched
    if other.reading != ParseOutcome::WellFormed {
        body.reading = other.reading;
    }
}
