//! Rows of the table of what was not read.

use crate::inventory::coverage::{Gap, UnitEnd};
use crate::report::format;

/// Maximum number of gaps on a page; `run.json` has all.
pub(in crate::report) const GAPS: usize = 500;

#[derive(Debug)]
pub(in crate::report) struct GapRow {
    pub(in crate::report) kind: &'static str,
    pub(in crate::report) subject: String,
    pub(in crate::report) result: &'static str,
    /// It exists but was not read, so uses may be missing; false for what was not found or left out.
    pub(in crate::report) is_lost: bool,
    pub(in crate::report) reason: String,
}

pub(in crate::report) fn gap_row(gap: &Gap) -> GapRow {
    let (result, reason) = match &gap.end {
        UnitEnd::Ok => ("read", ""),
        UnitEnd::Failed { reason } => ("failed", reason.as_str()),
        UnitEnd::Denied { reason } => ("denied", reason.as_str()),
        UnitEnd::Gone => ("not found", "Confluence reports that it does not exist: it was deleted, or never published"),
        UnitEnd::Skipped { option } => ("left out", option.as_str()),
        UnitEnd::Accepted { reason, .. } => ("accepted as unread", reason.as_str()),
    };
    GapRow {
        kind: gap.kind.label(),
        subject: format::visible(&gap.subject).into_owned(),
        result,
        is_lost: matches!(gap.end, UnitEnd::Failed { .. } | UnitEnd::Denied { .. } | UnitEnd::Accepted { .. }),
        reason: format::visible(reason).into_owned(),
    }
}
