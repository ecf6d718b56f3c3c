//! Version numbers of an attachment: which ones can exist, and which ones its list of versions has. The list has no
//! sizes.

use std::collections::BTreeSet;
use std::ops::Range;

use super::crawl::Crawl;
use super::site::Attachment;

/// Most old versions of one file that are requested without its list of versions. No file is known to have as many, and
/// an invalid number must cost neither requests nor memory.
const MAX_OLD_VERSIONS: u32 = 1_000;

/// Returns the possible numbers of old versions, at most the newest [`MAX_OLD_VERSIONS`].
pub(super) fn old_numbers(file: &Attachment) -> Range<u32> {
    let end = file.version.max(1);
    end.saturating_sub(MAX_OLD_VERSIONS).max(1)..end
}

/// Returns whether the file claims to have more than [`MAX_OLD_VERSIONS`] old versions.
pub(super) fn claims_more(file: &Attachment) -> bool {
    old_numbers(file).start > 1
}

/// The numbers of all existing versions including the current one, or the reason why they are unknown.
pub(super) type VersionList = Result<BTreeSet<u32>, String>;

/// Reads the list of versions of a file. The oldest version comes first, so a list that ended early lacks the current
/// version. A list that lacks it is rejected.
pub(super) async fn read(crawl: &Crawl<'_>, file: &Attachment) -> VersionList {
    let request = async || {
        let mut numbers = Vec::new();
        let take = |version: confluence_client::model::VersionNumber| numbers.push(version.number.0);
        let listing = crawl.api.attachment_versions(file.id.as_str(), take).await;
        listing.end.map(|()| numbers)
    };
    let sent = crawl.retry_not_found(request).await;
    crawl.progress.advance(1);
    let numbers: BTreeSet<u32> = sent
        .map_err(|error| error.to_string())?
        .iter()
        .map(|number| number.parse().map_err(|_| format!("it has an invalid version number {number:?}")))
        .collect::<Result<_, _>>()?;
    if numbers.contains(&file.version) { Ok(numbers) } else { Err("it lacks the current version".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::convert;

    #[test]
    fn a_nonsensical_version_number_does_not_make_a_long_range() {
        let numbers = |version: u32| {
            let sent = serde_json::json!({"id": "att1", "version": {"number": version}});
            let file = convert::attachment(serde_json::from_value(sent).unwrap());
            (old_numbers(&file), claims_more(&file))
        };
        assert_eq!(numbers(0), (1..1, false));
        assert_eq!(numbers(1), (1..1, false));
        assert_eq!(numbers(3), (1..3, false));
        assert_eq!(numbers(1_001), (1..1_001, false));
        assert_eq!(numbers(1_002), (2..1_002, true));
        assert_eq!(numbers(u32::MAX), (u32::MAX - 1_000..u32::MAX, true));
    }
}
