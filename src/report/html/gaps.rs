//! What was not read, as rows of a page.

use crate::inventory::coverage::{Gap, UnitEnd};
use crate::report::format;

/// Gaps shown on a page; `run.json` has all.
pub(in crate::report) const GAPS: usize = 500;

/// One gap, in words.
#[derive(Debug)]
pub(in crate::report) struct GapRow {
    pub(in crate::report) kind: &'static str,
    pub(in crate::report) subject: String,
    pub(in crate::report) end: &'static str,
    /// It is missing: neither gone nor left out.
    pub(in crate::report) is_lost: bool,
    pub(in crate::report) why: String,
}

/// The words of one gap.
pub(in crate::report) fn gap_row(gap: &Gap) -> GapRow {
    let (end, why) = match &gap.end {
        UnitEnd::Ok => ("read", ""),
        UnitEnd::Failed { reason } => ("failed", reason.as_str()),
        UnitEnd::Denied { reason } => ("denied", reason.as_str()),
        UnitEnd::Gone => ("gone", "Confluence answers that it is not there: deleted, or never published"),
        UnitEnd::Skipped { option } => ("left out", option.as_str()),
        UnitEnd::Accepted { reason, .. } => ("accepted as unread", reason.as_str()),
    };
    GapRow {
        kind: gap.kind.label(),
        subject: format::visible(&gap.subject).into_owned(),
        end,
        is_lost: matches!(gap.end, UnitEnd::Failed { .. } | UnitEnd::Denied { .. } | UnitEnd::Accepted { .. }),
        why: format::visible(why).into_owned(),
    }
}
