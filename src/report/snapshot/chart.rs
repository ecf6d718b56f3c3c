//! The geometry of a line over weeks. A line never crosses a week that is not in it.

use std::fmt::Write as _;

use crate::metrics::summary::WeekStatus;

/// Width of the drawing in its own units; its height is [`HEIGHT`].
pub(super) const WIDTH: u64 = 1000;
/// Height of the drawing in its own units.
pub(super) const HEIGHT: u64 = 100;

/// What is known of one measure in one week.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sample {
    pub(super) status: WeekStatus,
    /// `None` was not read.
    pub(super) value: Option<u64>,
    /// It may be compared with the one in the line before it.
    pub(super) is_alike: bool,
}

impl Sample {
    /// Whether the line goes through it: incomplete weeks are too low.
    fn is_in_line(&self) -> bool {
        self.value.is_some() && matches!(self.status, WeekStatus::Complete | WeekStatus::Imported)
    }
}

/// A mark of one week.
#[derive(Debug, PartialEq)]
pub(super) struct Mark {
    /// Which week, counted from the first.
    pub(super) at: usize,
    /// Left edge and width of its column.
    pub(super) left: String,
    pub(super) width: String,
    /// Middle of the column and height of the value; `None` is a gap.
    pub(super) point: Option<(String, String)>,
    /// `complete`, `imported`, `incomplete`, `missing`, or `unread`.
    pub(super) class: &'static str,
}

/// The drawing.
#[derive(Debug, PartialEq)]
pub(super) struct Chart {
    /// The line, broken at gaps: data of an SVG path.
    pub(super) line: String,
    pub(super) marks: Vec<Mark>,
    /// Values at the lower and upper edge.
    pub(super) bottom: u64,
    pub(super) top: u64,
}

/// Draws the weeks from left to right; `None` when no week has a value.
pub(super) fn draw(samples: &[Sample]) -> Option<Chart> {
    let values = samples.iter().filter_map(|sample| sample.value);
    let (bottom, top) = scale(values.clone().min()?, values.max()?);
    let step = WIDTH as f64 / samples.len() as f64;
    let place = |at: usize, value: u64| {
        let x = (at as f64 + 0.5) * step;
        let y = HEIGHT as f64 * (1.0 - (value - bottom) as f64 / (top - bottom) as f64);
        (coordinate(x), coordinate(y))
    };
    let mut line = String::new();
    let mut marks = Vec::with_capacity(samples.len());
    let mut is_drawing = false;
    for (at, sample) in samples.iter().enumerate() {
        let point = sample.value.map(|value| place(at, value));
        match &point {
            Some((x, y)) if sample.is_in_line() => {
                // writing to a String cannot fail
                let _ = write!(line, "{}{x} {y}", if is_drawing && sample.is_alike { "L" } else { "M" });
                is_drawing = true;
            }
            _ => is_drawing = false,
        }
        let class = if sample.value.is_none() && sample.status != WeekStatus::Missing {
            "unread"
        } else {
            sample.status.name()
        };
        let left = coordinate(at as f64 * step);
        marks.push(Mark { at, left, width: coordinate(step), point, class });
    }
    Some(Chart { line, marks, bottom, top })
}

/// With one decimal, which is a tenth of a pixel at most.
fn coordinate(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// Round values below and above: from zero where that costs less than half of the height.
fn scale(least: u64, most: u64) -> (u64, u64) {
    let range = if least <= most / 2 { most } else { most - least };
    let step = round_step(range.max(most / 50).max(1).div_ceil(4));
    let bottom = if least <= most / 2 { 0 } else { least / step * step };
    let top = most.div_ceil(step).saturating_mul(step);
    if top > bottom { (bottom, top) } else { (bottom.saturating_sub(step), top + step) }
}

/// The next of 1, 2, 5, 10, 20, 50, ….
fn round_step(at_least: u64) -> u64 {
    let mut unit: u64 = 1;
    loop {
        for step in [1, 2, 5] {
            let step = unit.saturating_mul(step);
            if step >= at_least || step == u64::MAX {
                return step;
            }
        }
        unit = unit.saturating_mul(10);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMPLETE: WeekStatus = WeekStatus::Complete;

    fn sample(status: WeekStatus, value: Option<u64>) -> Sample {
        Sample { status, value, is_alike: true }
    }

    #[test]
    fn the_line_is_broken_wherever_a_week_is_not_in_it() {
        let chart = draw(&[
            sample(COMPLETE, Some(10)),
            sample(WeekStatus::Imported, Some(20)),
            sample(WeekStatus::Missing, None),
            sample(COMPLETE, Some(20)),
            sample(WeekStatus::Incomplete, Some(5)),
            sample(COMPLETE, Some(10)),
            sample(COMPLETE, None),
            sample(COMPLETE, Some(0)),
        ])
        .unwrap();
        assert_eq!((chart.bottom, chart.top), (0, 20));
        assert_eq!(chart.line, "M62.5 50L187.5 0M437.5 0M687.5 50M937.5 100");
        let classes: Vec<_> = chart.marks.iter().map(|mark| mark.class).collect();
        assert_eq!(
            classes,
            ["complete", "imported", "missing", "complete", "incomplete", "complete", "unread", "complete"]
        );
        assert_eq!(chart.marks[2].point, None);
        assert!(chart.marks[4].point.is_some(), "an incomplete week is shown, beside the line");
    }

    #[test]
    fn the_line_is_broken_between_weeks_that_are_not_alike() {
        let other = Sample { is_alike: false, ..sample(COMPLETE, Some(5)) };
        let chart = draw(&[sample(COMPLETE, Some(10)), other, sample(COMPLETE, Some(10))]).unwrap();
        assert_eq!(chart.line.matches('M').count(), 2, "{}", chart.line);
        assert_eq!(chart.line.matches('L').count(), 1, "{}", chart.line);
    }

    #[test]
    fn nothing_known_is_no_chart() {
        assert_eq!(draw(&[]), None);
        assert_eq!(draw(&[sample(COMPLETE, None), sample(WeekStatus::Missing, None)]), None);
    }

    #[test]
    fn the_scale_holds_all_values_and_is_never_flat() {
        for (least, most) in [(0, 0), (1, 1), (0, 3), (700, 720), (15_000, 15_200), (1, u64::MAX / 4), (7, 7000)] {
            let (bottom, top) = scale(least, most);
            assert!(bottom <= least && most <= top && bottom < top, "{least} {most}: {bottom} {top}");
        }
        assert_eq!(scale(15_000, 15_200), (15_000, 15_200));
        assert_eq!(scale(3, 700), (0, 800));
        assert_eq!(scale(50, 50), (49, 51));
    }
}
