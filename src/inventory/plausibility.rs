//! The plausibility brake (F-58): a list that is much shorter than in the last complete run is more likely broken than
//! true, and an incomplete list must not look complete.

use super::coverage::UnitKind;
use super::crawl::Crawl;
use super::last_run::{Figures, LastRun};

/// More than this many percent fewer are not believed.
const BELIEVED_SHRINK_PERCENT: u64 = 30;

/// Compares what an audit has found with the last complete run.
pub(super) fn check(crawl: &Crawl<'_>, now: Figures) {
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

/// Compares what a snapshot has found: it lists all spaces and files of the site, and the pages of some spaces.
pub(super) fn check_without_contents(crawl: &Crawl<'_>, now: Figures) {
    compare(crawl, |figures| vec![("spaces", figures.spaces), ("attachments", figures.attachments)], now);
}

fn compare(crawl: &Crawl<'_>, counted: impl Fn(Figures) -> Vec<(&'static str, u64)>, now: Figures) {
    let Some(last) = crawl.last_run else { return };
    for ((what, before), (_, now)) in counted(last.figures).into_iter().zip(counted(now)) {
        let unit = crawl.ledger.enter(UnitKind::Plausibility, format!("number of {what}"));
        if is_believed(before, now) {
            unit.ok();
        } else if crawl.options.accept_shrink {
            unit.skipped("--accept-shrink");
        } else {
            unit.failed(reason(what, before, now, last));
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
    fn thirty_percent_are_believed_and_no_more_f_58() {
        assert!(is_believed(100, 70) && !is_believed(100, 69));
        assert!(is_believed(0, 0) && is_believed(0, 5) && is_believed(3, 4));
        assert!(!is_believed(1, 0) && !is_believed(1000, 0) && is_believed(10, 7) && !is_believed(10, 6));
    }
}
