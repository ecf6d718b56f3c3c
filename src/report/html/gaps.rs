//! What was not read, as rows of a page.

use crate::inventory::coverage::{Gap, UnitEnd};
use crate::report::format;
use crate::report::words;

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
    let why = match &gap.end {
        UnitEnd::Ok => "",
        UnitEnd::Failed { reason } | UnitEnd::Denied { reason } => reason,
        UnitEnd::Gone => words::NOT_THERE,
        UnitEnd::Skipped { option } => option,
    };
    GapRow {
        kind: gap.kind.label(),
        subject: format::visible(&gap.subject).into_owned(),
        end: words::end(&gap.end),
        is_lost: matches!(gap.end, UnitEnd::Failed { .. } | UnitEnd::Denied { .. }),
        why: format::visible(why).into_owned(),
    }
}
