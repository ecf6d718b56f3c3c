//! Compares this week with earlier weeks, and says what cannot be compared.

use crate::metrics::comparison::{ComparedFigures, ComparedWeek, Comparison, ComparisonObstacle};
use crate::metrics::summary::{PageFigures, WeekPoint, WeekStatus};

use super::SnapshotView;
use super::trend_metrics::{ChangeVerdict, MetricAmount, TrendMetric};

/// How many weeks back figures are compared, in addition to the previous snapshot.
const STEPS: [usize; 2] = [4, 12];

/// A change of one metric.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct FigureChange {
    /// `+`, `−`, or empty.
    pub(super) sign: &'static str,
    /// The difference; `None` if nothing changed or the weeks cannot be compared.
    pub(super) by: Option<MetricAmount>,
    pub(super) verdict: Option<ChangeVerdict>,
    /// Since when, or why the change is not known.
    pub(super) since: String,
}

/// A week to compare with.
#[derive(Debug, Clone, Copy)]
pub(super) struct EarlierWeek<'a> {
    /// Number of weeks back; `None` for the previous snapshot, whenever that was.
    weeks: Option<usize>,
    point: &'a WeekPoint,
    /// `None` if that week has no snapshot.
    comparison: Option<Comparison<'a>>,
}

/// Why this week cannot be compared with earlier ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotComparable {
    /// This week is incomplete.
    Incomplete,
    /// There is no earlier snapshot.
    First,
}

/// Values of a metric in two weeks, over the same spaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ComparedValues {
    pub(super) then: u64,
    pub(super) now: u64,
    /// ` in 2 of 3 spaces`, or empty for all spaces.
    pub(super) part: String,
}

/// Returns the weeks to compare with: the previous snapshot, and those 4 and 12 weeks ago. Never empty.
pub(super) fn weeks<'a>(view: &SnapshotView<'a>) -> Result<Vec<EarlierWeek<'a>>, NotComparable> {
    let this = view.trend.iter().position(|point| point.week == view.frame.week);
    let point = this.map(|this| &view.trend[this]);
    if point.map_or(!view.frame.complete, |point| !point.is_in_trends()) {
        return Err(NotComparable::Incomplete);
    }
    let (this, point) = this.zip(point).ok_or(NotComparable::First)?;
    let now = ComparedWeek { week: &point.week, figures: view.figures, spaces: &point.spaces };
    let last = Comparison::with_last(&view.trend[..this], now).ok_or(NotComparable::First)?;
    let then = |weeks: Option<usize>, point: &'a WeekPoint| {
        let comparison = ComparedWeek::of(point).map(|then| Comparison { then, now });
        EarlierWeek { weeks, point, comparison }
    };
    let before =
        view.trend[..this].iter().rposition(|point| point.week == last.then.week).ok_or(NotComparable::First)?;
    let mut weeks = vec![then(None, &view.trend[before])];
    // a history shorter than a step has no such week; a missing week inside it is reported
    let steps = STEPS.iter().filter_map(|step| Some((*step, this.checked_sub(*step)?)));
    let steps = steps.filter(|(_, at)| *at != before);
    weeks.extend(steps.map(|(step, at)| then(Some(step), &view.trend[at])));
    Ok(weeks)
}

/// Returns the values of a metric in two weeks, or why they cannot be compared.
pub(super) fn compare(
    metric: &TrendMetric,
    comparison: &Comparison<'_>,
) -> Result<ComparedValues, Option<ComparisonObstacle>> {
    let compared = comparison.of(&metric.basis).map_err(Some)?;
    let value = |figures: &PageFigures| (metric.of)(figures).ok_or(None);
    Ok(ComparedValues { then: value(&compared.then)?, now: value(&compared.now)?, part: part(&compared) })
}

fn part(compared: &ComparedFigures) -> String {
    if compared.is_whole() {
        return String::new();
    }
    format!(" in {} of {} spaces", compared.spaces, compared.of_spaces)
}

/// Whether the week was imported from the legacy script, which counted this metric differently.
pub(super) fn is_counted_differently(metric: &TrendMetric, point: &WeekPoint) -> bool {
    point.status == WeekStatus::Imported && metric.counted_differently
}

impl<'a> EarlierWeek<'a> {
    /// Returns the values of a metric then and now, or why they cannot be compared.
    pub(super) fn compare(&self, metric: &TrendMetric) -> Result<ComparedValues, Option<ComparisonObstacle>> {
        let comparison =
            self.comparison.as_ref().filter(|_| !is_counted_differently(metric, self.point)).ok_or(None)?;
        compare(metric, comparison)
    }

    /// Returns `since 2026-W46` or `in 4 weeks`.
    pub(super) fn since(&self) -> String {
        match self.weeks {
            None => format!("since {}", self.point.week),
            Some(weeks) => format!("in {weeks} weeks"),
        }
    }

    /// Returns the ISO week.
    pub(super) fn week(&self) -> &'a str {
        &self.point.week
    }

    fn when(&self) -> String {
        self.weeks.map_or_else(|| self.point.week.clone(), |weeks| format!("{weeks} weeks ago"))
    }

    /// Says what is not compared with that week, in a sentence.
    pub(super) fn left_out(&self) -> Option<String> {
        // if the entire week is incomplete, each figure says so
        self.comparison.filter(|_| self.point.is_in_trends())?.report().sentence()
    }

    /// Returns the change of a metric since then; `None` if its current value is not known.
    pub(super) fn change(&self, metric: &TrendMetric, now: Option<u64>) -> Option<FigureChange> {
        now?;
        let ComparedValues { then, now, part } = match self.compare(metric) {
            Ok(pair) => pair,
            Err(obstacle) => {
                let since = format!("{}: {}", self.when(), self.why(metric, obstacle));
                return Some(FigureChange { sign: "", by: None, verdict: None, since });
            }
        };
        let sign = if now > then { "+" } else { "−" };
        Some(match now.abs_diff(then) {
            0 => FigureChange { sign: "", by: None, verdict: None, since: format!("unchanged {}{part}", self.since()) },
            by => FigureChange {
                sign,
                by: Some(MetricAmount { value: by, unit: metric.unit }),
                verdict: metric.better.verdict(then, now),
                since: format!("{}{part}", self.since()),
            },
        })
    }

    fn why(&self, metric: &TrendMetric, obstacle: Option<ComparisonObstacle>) -> &'static str {
        match (self.point.status, obstacle) {
            (WeekStatus::Missing, _) => "no snapshot",
            _ if is_counted_differently(metric, self.point) => "counted differently",
            (_, Some(ComparisonObstacle::IncompleteThen)) => "incomplete snapshot",
            (_, Some(ComparisonObstacle::NotThen | ComparisonObstacle::NotNow)) => "other spaces",
            (_, Some(ComparisonObstacle::Rights)) => "other rights",
            (_, Some(ComparisonObstacle::Reach)) => "links followed from other spaces",
            (_, Some(ComparisonObstacle::Thresholds | ComparisonObstacle::StubWords)) => "other thresholds",
            (_, Some(ComparisonObstacle::UnreadThen(_) | ComparisonObstacle::UnreadNow(_))) => "different groups read",
            (_, Some(ComparisonObstacle::IncompleteNow) | None) => "not read",
        }
    }
}
