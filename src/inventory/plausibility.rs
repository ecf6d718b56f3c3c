//! The plausibility brake (F-58): a list that is much shorter than in the last complete run is more likely broken than
//! true, and an incomplete list must not look complete.

use super::coverage::UnitKind;
use super::crawl::Crawl;
use super::memory::{Figures, LastRun};
use super::site::AccountId;

/// More than this many percent fewer are not believed.
const BELIEVED_SHRINK_PERCENT: u64 = 30;

/// Compares what was found with the last complete run of the same account.
pub(super) fn check(crawl: &Crawl<'_>, account: &AccountId, now: Figures) {
    let Some(last) = crawl.memory.last_run().filter(|last| last.account == *account) else { return };
    for (what, before, now) in [
        ("spaces", last.figures.spaces, now.spaces),
        ("pages and blog posts", last.figures.contents, now.contents),
        ("attachments", last.figures.attachments, now.attachments),
    ] {
        let unit = crawl.ledger.enter(UnitKind::Plausibility, format!("number of {what}"));
        if is_believed(before, now) {
            unit.ok();
        } else if crawl.options.accept_shrink {
            unit.skipped("--accept-shrink");
        } else {
            unit.failed(reason(what, before, now, &last));
        }
    }
}

/// Whether what was found can be what is left of what was there before.
pub fn is_believed(before: u64, now: u64) -> bool {
    now.saturating_mul(100) >= before.saturating_mul(100 - BELIEVED_SHRINK_PERCENT)
}

fn reason(what: &str, before: u64, now: u64, last: &LastRun) -> String {
    let day = last.finished_at.format("%Y-%m-%d");
    format!(
        "{now} {what}, but {before} in the complete run of {day}: if so many were really deleted, run again with \
         --accept-shrink"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f_58_thirty_percent_are_believed_and_no_more() {
        assert!(is_believed(100, 70) && !is_believed(100, 69));
        assert!(is_believed(0, 0) && is_believed(0, 5) && is_believed(3, 4));
        assert!(!is_believed(1, 0) && !is_believed(1000, 0) && is_believed(10, 7) && !is_believed(10, 6));
    }
}
