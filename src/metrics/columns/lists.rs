//! Columns with lists, which only the files of the weeks have. The exports have them as files of their own in `findings`.

use super::PageColumn;
use crate::inventory::snapshot::MetricGroup;

pub(super) const COLUMNS: &[PageColumn] = &[
    field!(text("link_problems"), links.problems)
        .says(
            "Broken links and links to archived contents, as JSON: the source of `findings/broken_links.csv` and \
            `findings/archived_links.csv`.",
        )
        .from("bodies, pages, attachments")
        .empty("not read, or the week was restored from its CSV file")
        .group(MetricGroup::Links)
        .only_in_weeks(),
    of_body!(text("external_links"), external_links)
        .says("Addresses on other hosts that the page links to, as JSON: the source of `findings/external_links.csv`.")
        .from("body")
        .empty("the body was not read, or the week was restored from its CSV file")
        .only_in_weeks(),
];
