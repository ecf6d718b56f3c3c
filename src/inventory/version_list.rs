//! Which versions of an attachment there may be, and which its list of versions shows. The list tells no sizes.

use std::collections::BTreeSet;
use std::ops::Range;

use super::crawl::Crawl;
use super::site::Attachment;

/// The most old versions of one file that are asked for without a list of them. No file is known to have as many; a number
/// that is nonsense must cost neither requests nor memory.
const MOST_OLD_VERSIONS: u32 = 1_000;

/// The numbers that versions before the current one may bear, the newest [`MOST_OLD_VERSIONS`] at most.
pub(super) fn old_numbers(file: &Attachment) -> Range<u32> {
    let end = file.version.max(1);
    end.saturating_sub(MOST_OLD_VERSIONS).max(1)..end
}

/// Whether the file claims more old versions than that.
pub(super) fn claims_more(file: &Attachment) -> bool {
    old_numbers(file).start > 1
}

/// The numbers of all versions that exist, the current one among them; or why that is not known.
pub(super) type VersionList = Result<BTreeSet<u32>, String>;

/// Reads the list of a file. It comes oldest first, so that one that ends too early lacks the current version; and one
/// that lacks it is no list of this file.
pub(super) async fn read(crawl: &Crawl<'_>, file: &Attachment) -> VersionList {
    let walk = async || {
        let mut numbers = Vec::new();
        let take = |version: confluence_client::model::ListedVersion| numbers.push(version.number.0);
        let walked = crawl.api.attachment_versions(file.id.as_str(), take).await;
        walked.end.map(|()| numbers)
    };
    let sent = crawl.twice(walk).await;
    crawl.progress.advance(1);
    let numbers: BTreeSet<u32> = sent
        .map_err(|error| error.to_string())?
        .iter()
        .map(|number| number.parse().map_err(|_| format!("it shows a version {number:?}")))
        .collect::<Result<_, _>>()?;
    if numbers.contains(&file.version) { Ok(numbers) } else { Err("it lacks the current version".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::convert;

    #[test]
    fn no_number_of_versions_makes_a_long_range() {
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
