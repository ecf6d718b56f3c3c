//! This week against the weeks before it. What cannot be compared is said, never invented.

use crate::metrics::comparison::{Compared, Comparison, Side, Unlike};
use crate::metrics::summary::{Figures, WeekPoint, WeekStatus};

use super::SnapshotView;
use super::metric::{Amount, Metric, Verdict};

/// Weeks back that figures are compared with, besides the snapshot before.
const STEPS: [usize; 2] = [4, 12];

/// A change of one measure.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Change {
    /// `+`, `−`, or nothing.
    pub(super) sign: &'static str,
    /// How much, in the unit of the measure; `None` where nothing changed or nothing can be said.
    pub(super) by: Option<Amount>,
    pub(super) verdict: Option<Verdict>,
    /// Since when, or why it is not known.
    pub(super) since: String,
}

/// A week to compare with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Then<'a> {
    /// Weeks back; `None` for the snapshot before, whenever that was.
    weeks: Option<usize>,
    point: &'a WeekPoint,
    /// `None` where that week has no snapshot.
    comparison: Option<Comparison<'a>>,
}

/// Why figures cannot be compared at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoPast {
    /// This week is incomplete.
    Incomplete,
    /// There is no snapshot before.
    First,
}

/// A measure in two weeks, over the same spaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) then: u64,
    pub(super) now: u64,
    /// ` in 2 of 3 spaces` where that is not all; else empty.
    pub(super) part: String,
}

/// The weeks to compare with: the snapshot before, 4 and 12 weeks ago. Never empty.
pub(super) fn weeks<'a>(view: &SnapshotView<'a>) -> Result<Vec<Then<'a>>, NoPast> {
    let this = view.trend.iter().position(|point| point.week == view.frame.week);
    let point = this.map(|this| &view.trend[this]);
    if point.map_or(!view.frame.complete, |point| !point.is_in_trends()) {
        return Err(NoPast::Incomplete);
    }
    let (this, point) = this.zip(point).ok_or(NoPast::First)?;
    let now = Side { week: &point.week, figures: view.figures, spaces: &point.spaces };
    let last = Comparison::with_last(&view.trend[..this], now).ok_or(NoPast::First)?;
    let then = |weeks: Option<usize>, point: &'a WeekPoint| {
        let comparison = Side::of(point).map(|then| Comparison { then, now });
        Then { weeks, point, comparison }
    };
    let before = view.trend[..this].iter().rposition(|point| point.week == last.then.week).ok_or(NoPast::First)?;
    let mut weeks = vec![then(None, &view.trend[before])];
    // a history that is shorter than a step has no such week; one with a gap there says so
    let steps = STEPS.iter().filter_map(|step| Some((*step, this.checked_sub(*step)?)));
    let steps = steps.filter(|(_, at)| *at != before);
    weeks.extend(steps.map(|(step, at)| then(Some(step), &view.trend[at])));
    Ok(weeks)
}

/// A measure in two weeks, as far as it may be compared; else why it may not.
pub(super) fn pair(metric: &Metric, comparison: &Comparison<'_>) -> Result<Pair, Option<Unlike>> {
    let compared = comparison.of(&metric.basis).map_err(Some)?;
    let value = |figures: &Figures| (metric.of)(figures).ok_or(None);
    Ok(Pair { then: value(&compared.then)?, now: value(&compared.now)?, part: part(&compared) })
}

fn part(compared: &Compared) -> String {
    if compared.is_whole() {
        return String::new();
    }
    format!(" in {} of {} spaces", compared.spaces, compared.of_spaces)
}

/// Whether the older script counted a measure otherwise than this program does.
pub(super) fn is_otherwise(metric: &Metric, point: &WeekPoint) -> bool {
    point.status == WeekStatus::Imported && metric.counted_otherwise
}

impl<'a> Then<'a> {
    /// A measure then and now, where it may be compared.
    pub(super) fn pair(&self, metric: &Metric) -> Result<Pair, Option<Unlike>> {
        let comparison = self.comparison.as_ref().filter(|_| !is_otherwise(metric, self.point)).ok_or(None)?;
        pair(metric, comparison)
    }

    /// `since 2026-W46`, `in 4 weeks`.
    pub(super) fn since(&self) -> String {
        match self.weeks {
            None => format!("since {}", self.point.week),
            Some(weeks) => format!("in {weeks} weeks"),
        }
    }

    /// The week, for reference.
    pub(super) fn week(&self) -> &'a str {
        &self.point.week
    }

    fn when(&self) -> String {
        self.weeks.map_or_else(|| self.point.week.clone(), |weeks| format!("{weeks} weeks ago"))
    }

    /// What is not compared with that week, one sentence.
    pub(super) fn left_out(&self) -> Option<String> {
        // a week that is incomplete as a whole says so at each figure
        self.comparison.filter(|_| self.point.is_in_trends())?.report().sentence()
    }

    /// The change of a measure since then; `None` when it is not known now.
    pub(super) fn change(&self, metric: &Metric, now: Option<u64>) -> Option<Change> {
        now?;
        let Pair { then, now, part } = match self.pair(metric) {
            Ok(pair) => pair,
            Err(unlike) => {
                let since = format!("{}: {}", self.when(), self.why(metric, unlike));
                return Some(Change { sign: "", by: None, verdict: None, since });
            }
        };
        let sign = if now > then { "+" } else { "−" };
        Some(match now.abs_diff(then) {
            0 => Change { sign: "", by: None, verdict: None, since: format!("unchanged {}{part}", self.since()) },
            by => Change {
                sign,
                by: Some(Amount { value: by, unit: metric.unit }),
                verdict: metric.wish.verdict(then, now),
                since: format!("{}{part}", self.since()),
            },
        })
    }

    fn why(&self, metric: &Metric, unlike: Option<Unlike>) -> &'static str {
        match (self.point.status, unlike) {
            (WeekStatus::Missing, _) => "no snapshot",
            _ if is_otherwise(metric, self.point) => "counted otherwise",
            (_, Some(Unlike::IncompleteThen)) => "incomplete snapshot",
            (_, Some(Unlike::NotThen | Unlike::NotNow)) => "other spaces",
            (_, Some(Unlike::Reach)) => "links followed from other spaces",
            (_, Some(Unlike::Thresholds | Unlike::StubWords)) => "other thresholds",
            (_, Some(Unlike::UnreadThen(_) | Unlike::UnreadNow(_))) => "not read alike",
            (_, Some(Unlike::IncompleteNow) | None) => "not read",
        }
    }
}
