//! Number of a file's current version, for files whose list entry lacks it.

use super::convert;
use super::coverage::UnitKind;
use super::crawl::Crawl;
use super::not_found::ItemKind;
use super::site::Attachment;
use super::unread::UnreadReason;
use confluence_client::model::VersionNumber;

/// Requests the file by its id. If that response lacks the number, too, takes the highest number in the list of the
/// file's versions.
pub(super) async fn settle(crawl: &Crawl<'_>, file: &mut Attachment) {
    let subject = format!("current version number of attachment {} {:?}", file.id, file.title);
    let unit = crawl.ledger.enter(UnitKind::AttachmentVersion, subject);
    let id = file.id.as_str().to_owned();
    match crawl.retry_not_found(|| crawl.api.attachment(&id)).await {
        Ok(sent) => {
            let alone = convert::attachment(sent);
            if alone.version > 0 {
                let (old_versions, labels) = (std::mem::take(&mut file.old_versions), file.labels.take());
                let (unsettled, unread) = (file.unsettled, file.unread.take());
                *file = Attachment { old_versions, labels, unread, unsettled, ..alone };
                return unit.ok();
            }
            match highest(crawl, &id).await {
                Ok(Some(number)) => {
                    file.version = number;
                    return unit.ok();
                }
                Ok(None) => crawl.unreadable_file(unit, file, UnreadReason::Lacking("its version number is unknown")),
                Err(error) => crawl.unreadable_file(unit, file, UnreadReason::Request(&error)),
            }
        }
        Err(error) if error.is_not_found() => {
            if crawl.settle_gone(unit, ItemKind::File, &id).await {
                file.unread = Some("it was deleted during the crawl".to_owned());
            }
        }
        Err(error) => crawl.unreadable_file(unit, file, UnreadReason::Request(&error)),
    }
    // every file has at least one version
    file.version = 1;
}

/// Returns the highest number in the list of a file's versions.
async fn highest(crawl: &Crawl<'_>, id: &str) -> Result<Option<u32>, confluence_client::RequestError> {
    let mut highest = None;
    let take = |version: VersionNumber| highest = highest.max(version.number.0.parse().ok());
    let listing = crawl.api.attachment_versions(id, take).await;
    listing.end.map(|()| highest.filter(|number| *number > 0))
}
