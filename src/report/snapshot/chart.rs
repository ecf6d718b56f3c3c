//! Geometry of a line chart over weeks or runs. The line is broken at weeks that are not part of it.

use std::fmt::Write as _;

use crate::metrics::summary::WeekStatus;

/// Width of the drawing in SVG units.
pub(in crate::report) const WIDTH: u64 = 1000;
/// Height of the drawing in SVG units.
pub(in crate::report) const HEIGHT: u64 = 100;

/// The value of a metric in one week.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::report) struct ChartSample {
    pub(in crate::report) status: WeekStatus,
    /// `None` if not read.
    pub(in crate::report) value: Option<u64>,
    /// Whether it can be compared with the previous one in the line.
    pub(in crate::report) is_comparable: bool,
}

impl ChartSample {
    /// Whether the line includes it: values of incomplete weeks are too low.
    fn is_in_line(&self) -> bool {
        self.value.is_some() && matches!(self.status, WeekStatus::Complete | WeekStatus::Imported)
    }
}

#[derive(Debug, PartialEq)]
pub(in crate::report) struct ChartMark {
    /// Index of the week.
    pub(in crate::report) at: usize,
    /// Left edge and width of its column.
    pub(in crate::report) left: String,
    pub(in crate::report) width: String,
    /// Coordinates of the value; `None` is a gap.
    pub(in crate::report) point: Option<(String, String)>,
    /// `complete`, `imported`, `incomplete`, `missing`, or `unread`.
    pub(in crate::report) class: &'static str,
}

#[derive(Debug, PartialEq)]
pub(in crate::report) struct Chart {
    /// SVG path data of the line, broken at gaps.
    pub(in crate::report) line: String,
    pub(in crate::report) marks: Vec<ChartMark>,
    /// Values at the lower and the upper edge.
    pub(in crate::report) bottom: u64,
    pub(in crate::report) top: u64,
}

/// Draws the weeks from left to right; returns `None` if no week has a value.
pub(in crate::report) fn draw(samples: &[ChartSample]) -> Option<Chart> {
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
                let _ = write!(line, "{}{x} {y}", if is_drawing && sample.is_comparable { "L" } else { "M" });
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
        marks.push(ChartMark { at, left, width: coordinate(step), point, class });
    }
    Some(Chart { line, marks, bottom, top })
}

/// Formats a coordinate with one decimal, at most a tenth of a pixel.
fn coordinate(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// Returns round values below and above; starts at zero if that costs at most half of the height.
fn scale(least: u64, most: u64) -> (u64, u64) {
    let range = if least <= most / 2 { most } else { most - least };
    let step = round_step(range.max(most / 50).max(1).div_ceil(4));
    let bottom = if least <= most / 2 { 0 } else { least / step * step };
    let top = most.div_ceil(step).saturating_mul(step);
    if top > bottom { (bottom, top) } else { (bottom.saturating_sub(step), top + step) }
}

/// Returns the smallest of 1, 2, 5, 10, 20, 50, … that is at least the given value.
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

    fn sample(status: WeekStatus, value: Option<u64>) -> ChartSample {
        ChartSample { status, value, is_comparable: true }
    }

    #[test]
    fn the_line_is_broken_at_weeks_that_are_not_part_of_it() {
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
        assert!(chart.marks[4].point.is_some(), "an incomplete week is shown, but not in the line");
    }

    #[test]
    fn the_line_is_broken_between_weeks_that_cannot_be_compared() {
        let other = ChartSample { is_comparable: false, ..sample(COMPLETE, Some(5)) };
        let chart = draw(&[sample(COMPLETE, Some(10)), other, sample(COMPLETE, Some(10))]).unwrap();
        assert_eq!(chart.line.matches('M').count(), 2, "{}", chart.line);
        assert_eq!(chart.line.matches('L').count(), 1, "{}", chart.line);
    }

    #[test]
    fn there_is_no_chart_without_a_known_value() {
        assert_eq!(draw(&[]), None);
        assert_eq!(draw(&[sample(COMPLETE, None), sample(WeekStatus::Missing, None)]), None);
    }

    #[test]
    fn the_scale_includes_all_values_and_is_never_flat() {
        for (least, most) in [(0, 0), (1, 1), (0, 3), (700, 720), (15_000, 15_200), (1, u64::MAX / 4), (7, 7000)] {
            let (bottom, top) = scale(least, most);
            assert!(bottom <= least && most <= top && bottom < top, "{least} {most}: {bottom} {top}");
        }
        assert_eq!(scale(15_000, 15_200), (15_000, 15_200));
        assert_eq!(scale(3, 700), (0, 800));
        assert_eq!(scale(50, 50), (49, 51));
    }
}
