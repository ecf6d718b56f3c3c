//! The number of a file's current version, where the list of files does not tell it.

use super::convert;
use super::coverage::UnitKind;
use super::crawl::Crawl;
use super::site::Attachment;
use super::unread::Why;
use super::witnesses::Kind;
use confluence_client::model::ListedVersion;

/// Asks for the file alone, and where that does not tell the number either, takes the highest of the list of its
/// versions.
pub(super) async fn settle(crawl: &Crawl<'_>, file: &mut Attachment) {
    let subject = format!("number of the current version of attachment {} {:?}", file.id, file.title);
    let unit = crawl.ledger.enter(UnitKind::AttachmentVersion, subject);
    let id = file.id.as_str().to_owned();
    match crawl.twice(|| crawl.api.attachment(&id)).await {
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
                Ok(None) => crawl.unreadable_file(unit, file, Why::Lacking("the number of its versions is unknown")),
                Err(error) => crawl.unreadable_file(unit, file, Why::Request(&error)),
            }
        }
        Err(error) if error.is_not_found() => {
            if crawl.settle_gone(unit, Kind::File, &id).await {
                file.unread = Some("it was deleted while the site was read".to_owned());
            }
        }
        Err(error) => crawl.unreadable_file(unit, file, Why::Request(&error)),
    }
    // a file has a version, whatever its number
    file.version = 1;
}

/// The highest number in the list of a file's versions.
async fn highest(crawl: &Crawl<'_>, id: &str) -> Result<Option<u32>, confluence_client::RequestError> {
    let mut highest = None;
    let take = |version: ListedVersion| highest = highest.max(version.number.0.parse().ok());
    let walked = crawl.api.attachment_versions(id, take).await;
    walked.end.map(|()| highest.filter(|number| *number > 0))
}
