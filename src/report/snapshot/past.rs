//! This week against the weeks before it. What cannot be compared is said, never invented.

use std::collections::BTreeSet;

use crate::metrics::summary::{Figures, TableFigures, WeekPoint, WeekStatus};
use crate::report::html::frame::spaces;

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
}

/// Why figures cannot be compared at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoPast {
    /// This week is incomplete.
    Incomplete,
    /// There is no snapshot before.
    First,
}

/// The weeks to compare with: the snapshot before, 4 and 12 weeks ago. Never empty.
pub(super) fn weeks<'a>(view: &SnapshotView<'a>) -> Result<Vec<Then<'a>>, NoPast> {
    if !view.frame.complete {
        return Err(NoPast::Incomplete);
    }
    let this = view.trend.iter().position(|point| point.week == view.frame.week).unwrap_or(view.trend.len());
    let before = view.trend[..this].iter().rposition(is_in_trend).ok_or(NoPast::First)?;
    let mut weeks = vec![Then { weeks: None, point: &view.trend[before] }];
    // a history that is shorter than a step has no such week; one with a gap there says so
    let steps = STEPS.iter().filter_map(|step| Some((*step, this.checked_sub(*step)?)));
    let steps = steps.filter(|(_, at)| *at != before);
    weeks.extend(steps.map(|(step, at)| Then { weeks: Some(step), point: &view.trend[at] }));
    Ok(weeks)
}

/// Whether a week may be compared: incomplete ones are too low, missing ones have nothing.
pub(super) fn is_in_trend(point: &WeekPoint) -> bool {
    matches!(point.status, WeekStatus::Complete | WeekStatus::Imported) && point.figures.is_some()
}

impl<'a> Then<'a> {
    /// The figures of that week, where they may be compared.
    pub(super) fn figures(&self) -> Option<&'a Figures> {
        self.point.figures.as_ref().filter(|_| is_in_trend(self.point)).map(|figures| &figures.total)
    }

    /// The value of a measure in that week, where it may be compared.
    pub(super) fn value(&self, metric: &Metric) -> Option<u64> {
        let is_imported = self.point.status == WeekStatus::Imported;
        self.figures().filter(|_| !(is_imported && metric.counted_otherwise)).and_then(metric.of)
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

    /// The change of a measure since then; `None` when it is not known now.
    pub(super) fn change(&self, metric: &Metric, now: Option<u64>) -> Option<Change> {
        let now = now?;
        let Some(then) = self.value(metric) else {
            let why = match self.point.status {
                WeekStatus::Missing => "no snapshot",
                WeekStatus::Incomplete => "incomplete snapshot",
                WeekStatus::Imported if metric.counted_otherwise => "counted otherwise",
                _ => "not read",
            };
            return Some(Change { sign: "", by: None, verdict: None, since: format!("{}: {why}", self.when()) });
        };
        let by = now.abs_diff(then);
        let sign = if now > then { "+" } else { "−" };
        Some(match by {
            0 => Change { sign: "", by: None, verdict: None, since: format!("unchanged {}", self.since()) },
            by => Change {
                sign,
                by: Some(Amount { value: by, unit: metric.unit }),
                verdict: metric.wish.verdict(then, now),
                since: self.since(),
            },
        })
    }
}

/// Sentences on weeks that did not hold the same spaces as this one, so that their figures differ for that reason.
pub(super) fn other_spaces(view: &SnapshotView<'_>, weeks: &[Then<'_>]) -> Vec<String> {
    let chosen: BTreeSet<&str> = view.spaces.iter().map(|(key, _)| key.as_str()).collect();
    let filled = keys(view.figures);
    let sentence = |then: &Then<'_>| {
        let before = keys(then.point.figures.as_ref().filter(|_| is_in_trend(then.point))?);
        // a space that is empty now may have been empty then
        let (more, fewer) = (named(&before, &chosen), named(&filled, &before));
        let what = match (more, fewer) {
            (None, None) => return None,
            (Some(more), None) => format!("{more} beside those of this week"),
            (Some(more), Some(fewer)) => format!("{more}, but no pages of {fewer}"),
            (None, Some(fewer)) => format!("no pages of {fewer}"),
        };
        Some(format!("The snapshot of {} held {what}: its figures are not of the same spaces.", then.week()))
    };
    weeks.iter().filter_map(sentence).collect()
}

/// The spaces that have pages.
fn keys(figures: &TableFigures) -> BTreeSet<&str> {
    figures.spaces.keys().map(String::as_str).filter(|key| !key.is_empty()).collect()
}

/// What one set has beyond another, in words.
fn named(one: &BTreeSet<&str>, other: &BTreeSet<&str>) -> Option<String> {
    let keys: Vec<&str> = one.difference(other).copied().collect();
    (!keys.is_empty()).then(|| spaces(keys.into_iter()))
}
