//! Plausibility check (F-58): a list that is much shorter than in the last complete run is more likely incomplete than
//! correct, and an incomplete list must not look complete.

use super::Visibility;
use super::coverage::UnitKind;
use super::last_run::{self, CountedItems, LastRun, SiteFigures};
use super::ledger::Ledger;
use super::options::CrawlOptions;

/// A count that shrank by more than this percentage is not plausible.
const MAX_SHRINK_PERCENT: u64 = 30;

/// Compares counts with those of the last complete run that could see the same. If there is none, a warning says so,
/// unless there was one before. A snapshot lists all spaces and files of the site, but the pages of only some spaces, so
/// it does not compare contents, and keeps the number that an audit counted.
pub(super) fn compare(
    ledger: &Ledger,
    options: &CrawlOptions,
    visibility: &Visibility,
    now: &mut SiteFigures,
    counted: CountedItems,
) -> CountedItems {
    let found = last_run::find(options.results.as_deref(), visibility);
    if let Some(warning) = found.warning.filter(|_| !counted.compared) {
        ledger.warn(warning);
    }
    if !counted.contents {
        now.contents = found.run.as_ref().map_or(0, |last| last.figures.contents);
    }
    let Some(last) = found.run else { return counted };
    check(ledger, options, &last, *now, counted.contents);
    CountedItems { compared: true, ..counted }
}

fn check(ledger: &Ledger, options: &CrawlOptions, last: &LastRun, now: SiteFigures, contents: bool) {
    let counted = |figures: SiteFigures| {
        let contents = contents.then_some(("pages and blog posts", figures.contents));
        let others = [("spaces", figures.spaces), ("attachments", figures.attachments)];
        others.into_iter().chain(contents)
    };
    for ((what, before), (_, now)) in counted(last.figures).zip(counted(now)) {
        let unit = ledger.enter(UnitKind::Plausibility, format!("number of {what}"));
        if is_plausible(before, now) {
            unit.ok();
        } else if options.accept_shrink {
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
