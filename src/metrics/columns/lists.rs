//! Lists that only the weeks hold: each has a file of its own in `findings`.

use super::PageColumn;
use crate::inventory::snapshot::MetricGroup;

pub(super) const COLUMNS: &[PageColumn] = &[
    field!(text("link_problems"), links.problems)
        .says(
            "Links that lead nowhere, and links to what is archived, as JSON: `findings/broken_links.csv` and \
            `findings/archived_links.csv` are made from it.",
        )
        .from("bodies, pages, attachments")
        .empty("not read, or the week was restored from its CSV file")
        .group(MetricGroup::Links)
        .only_in_weeks(),
    of_body!(text("external_links"), external_links)
        .says("Addresses elsewhere it links to, as JSON: `findings/external_links.csv` is made from it.")
        .from("body")
        .empty("the body was not read, or the week was restored from its CSV file")
        .only_in_weeks(),
];
