//! Plausibility check (F-58): a list that is much shorter than in the last complete run is more likely incomplete than
//! correct, and an incomplete list must not look complete.

use super::coverage::UnitKind;
use super::crawl::Crawl;
use super::last_run::{LastRun, SiteFigures};

/// A count that shrank by more than this percentage is not plausible.
const MAX_SHRINK_PERCENT: u64 = 30;

/// Compares the counts of an audit with the last complete run.
pub(super) fn check(crawl: &Crawl<'_>, now: SiteFigures) {
    compare(
        crawl,
        |figures| {
            vec![
                ("spaces", figures.spaces),
                ("pages and blog posts", figures.contents),
                ("attachments", figures.attachments),
            ]
        },
        now,
    );
}

/// Compares the counts of a snapshot, without contents: it lists all spaces and files of the site, but the pages of
/// only some spaces.
pub(super) fn check_without_contents(crawl: &Crawl<'_>, now: SiteFigures) {
    compare(crawl, |figures| vec![("spaces", figures.spaces), ("attachments", figures.attachments)], now);
}

fn compare(crawl: &Crawl<'_>, counted: impl Fn(SiteFigures) -> Vec<(&'static str, u64)>, now: SiteFigures) {
    let Some(last) = crawl.last_run else { return };
    for ((what, before), (_, now)) in counted(last.figures).into_iter().zip(counted(now)) {
        let unit = crawl.ledger.enter(UnitKind::Plausibility, format!("number of {what}"));
        if is_plausible(before, now) {
            unit.ok();
        } else if crawl.options.accept_shrink {
            unit.skipped("--accept-shrink");
        } else {
            unit.failed(reason(what, before, now, last));
        }
    }
}

/// Returns whether a count is plausible after the count `before` of an earlier run.
pub fn is_plausible(before: u64, now: u64) -> bool {
    now.saturating_mul(100) >= before.saturating_mul(100 - MAX_SHRINK_PERCENT)
}

fn reason(what: &str, before: u64, now: u64, last: &LastRun) -> String {
    let day = last.finished_at.format("%Y-%m-%d");
    format!(
        "{now} {what}, but {before} in the complete run of {day}; if they were really deleted, run again with \
         --accept-shrink"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decrease_of_up_to_thirty_percent_is_plausible_f_58() {
        assert!(is_plausible(100, 70) && !is_plausible(100, 69));
        assert!(is_plausible(0, 0) && is_plausible(0, 5) && is_plausible(3, 4));
        assert!(!is_plausible(1, 0) && !is_plausible(1000, 0) && is_plausible(10, 7) && !is_plausible(10, 6));
    }
}
