//! The measures over 12 and 52 weeks.

use crate::metrics::comparison::{Basis, Comparison, Reach, Side};
use crate::metrics::summary::{TableFigures, WeekPoint, WeekStatus};

use super::SnapshotView;
use super::chart::{self, Chart, Mark, Sample};
use super::metric::{self, Metric, TRENDS, Verdict};
use super::{past, shown};
use crate::report::format;

/// The spans that can be chosen, in weeks; the first is shown at first.
const SPANS: [usize; 2] = [12, 52];

/// The section on trends.
#[derive(Debug)]
pub(super) struct Trends {
    pub(super) figures: Vec<TrendFigure>,
    /// There are more weeks than the shortest span.
    pub(super) has_long: bool,
    /// Remarks on weeks that are not like the others.
    pub(super) notes: Vec<String>,
    /// Which kinds of week the key has to explain.
    pub(super) key: Vec<(&'static str, &'static str)>,
}

/// One measure.
#[derive(Debug)]
pub(super) struct TrendFigure {
    pub(super) name: &'static str,
    pub(super) spans: Vec<Span>,
    /// The newest week first.
    pub(super) weeks: Vec<Week>,
}

/// One span of a measure.
#[derive(Debug)]
pub(super) struct Span {
    pub(super) weeks: usize,
    /// For its ids.
    pub(super) id: String,
    /// `Mean health, 12 weeks`.
    pub(super) title: String,
    /// What the picture shows, for those who do not see it.
    pub(super) description: String,
    /// The last value in words, and what became of it.
    pub(super) change: String,
    pub(super) verdict: Option<Verdict>,
    pub(super) picture: Option<Picture>,
}

/// A drawing with its words.
#[derive(Debug)]
pub(super) struct Picture {
    pub(super) line: String,
    /// Each with what it says.
    pub(super) marks: Vec<(Mark, String)>,
    pub(super) bottom: String,
    pub(super) top: String,
    pub(super) first: String,
    pub(super) last: String,
}

/// One row of the table beside the picture.
#[derive(Debug)]
pub(super) struct Week {
    pub(super) name: String,
    pub(super) value: Option<String>,
    pub(super) status: &'static str,
    /// Not in the shortest span.
    pub(super) is_older: bool,
}

impl Trends {
    /// `None` as long as there is one snapshot only.
    pub(super) fn new(view: &SnapshotView<'_>) -> Option<Self> {
        // nobody measured before the first snapshot: that is no gap
        let first = view.trend.iter().position(|point| point.figures.is_some())?;
        let points = &view.trend[first..];
        if points.iter().filter(|point| point.figures.is_some()).count() < 2 {
            return None;
        }
        Some(Self {
            figures: TRENDS.iter().enumerate().map(|(number, metric)| figure(number, metric, points)).collect(),
            has_long: points.len() > SPANS[0],
            notes: notes(points),
            key: key(points),
        })
    }
}

fn figure(number: usize, metric: &Metric, points: &[WeekPoint]) -> TrendFigure {
    let spans = SPANS.iter().filter(|weeks| **weeks == SPANS[0] || points.len() > SPANS[0]);
    let recent = points.len().saturating_sub(SPANS[0]);
    let weeks = points.iter().enumerate().rev().map(|(at, point)| Week {
        name: point.week.clone(),
        value: value(metric, point).map(|value| metric.unit.words(value)),
        status: if is_partly_whole(point) { WITHOUT_INCOMPLETE } else { status_words(point.status) },
        is_older: at < recent,
    });
    TrendFigure {
        name: metric.name,
        spans: spans
            .map(|weeks| span(number, metric, *weeks, &points[points.len().saturating_sub(*weeks)..]))
            .collect(),
        weeks: weeks.collect(),
    }
}

fn value(metric: &Metric, point: &WeekPoint) -> Option<u64> {
    let total = point.sound().filter(|_| !past::is_otherwise(metric, point))?;
    let is_sound = |key: &String| point.spaces.get(key).is_some_and(|space| space.status.is_in_trends());
    let spaces = point.figures.iter().flat_map(|figures| &figures.spaces);
    let spaces = spaces.filter(|(key, _)| !point.is_in_trends() || is_sound(key));
    let figures = TableFigures { total, spaces: spaces.map(|(key, of)| (key.clone(), of.clone())).collect() };
    metric::known(metric, &figures).value
}

/// What a point is worth in the line: a week of which some spaces are whole has the figures of those.
fn status(point: &WeekPoint) -> WeekStatus {
    if is_partly_whole(point) { WeekStatus::Complete } else { point.status }
}

/// Whether only some spaces of a week are incomplete.
fn is_partly_whole(point: &WeekPoint) -> bool {
    point.status == WeekStatus::Incomplete && point.is_in_trends()
}

/// What is said of the figures of such a week.
const WITHOUT_INCOMPLETE: &str = "without incomplete spaces";

/// Whether a line may lead from one week to the next: they hold the same spaces, or all that there were, and measured
/// those they share alike.
fn is_alike(metric: &Metric, then: &WeekPoint, now: &WeekPoint) -> bool {
    let Some((before, after)) = Side::of(then).zip(Side::of(now)) else { return false };
    let comparison = Comparison { then: before, now: after };
    let (Ok(shared), Ok(compared)) = (comparison.of(&Basis::default()), comparison.of(&metric.basis)) else {
        return false;
    };
    let is_whole = |point: &WeekPoint| {
        point.spaces.values().all(|space| space.reach == Reach::WholeSite && space.status.is_in_trends())
    };
    compared.spaces == shared.spaces && (shared.is_whole() || (is_whole(then) && is_whole(now)))
}

/// The points of a measure.
fn samples(metric: &Metric, points: &[WeekPoint]) -> Vec<Sample> {
    let mut last: Option<&WeekPoint> = None;
    let sample = |point| {
        let value = value(metric, point);
        let is_in_line = value.is_some() && point.is_in_trends();
        let is_alike = !is_in_line || last.is_none_or(|last| is_alike(metric, last, point));
        last = if is_in_line { Some(point) } else { last };
        Sample { status: status(point), value, is_alike }
    };
    points.iter().map(sample).collect()
}

fn status_words(status: WeekStatus) -> &'static str {
    match status {
        WeekStatus::Complete => "complete",
        WeekStatus::Incomplete => "incomplete, not in the line",
        WeekStatus::Imported => "imported",
        WeekStatus::Missing => "no snapshot",
    }
}

fn span(number: usize, metric: &Metric, weeks: usize, points: &[WeekPoint]) -> Span {
    let samples = samples(metric, points);
    let (change, verdict) = change(metric, points);
    let title = format!("{}, {} weeks", metric.name, points.len());
    let picture = chart::draw(&samples).map(|chart| picture(metric, points, chart));
    Span {
        weeks,
        id: format!("trend-{number}-{weeks}"),
        description: description(metric, points, &change),
        title,
        change,
        verdict,
        picture,
    }
}

fn picture(metric: &Metric, points: &[WeekPoint], chart: Chart) -> Picture {
    let words = |mark: &Mark| {
        let point = &points[mark.at];
        let value = value(metric, point).map(|value| metric.unit.words(value));
        match (value, point.status) {
            (Some(value), _) if is_partly_whole(point) => {
                format!("{}: {value} ({WITHOUT_INCOMPLETE})", point.week)
            }
            (Some(value), WeekStatus::Complete) => format!("{}: {value}", point.week),
            (Some(value), _) => format!("{}: {value} ({})", point.week, status_words(point.status)),
            (None, WeekStatus::Missing) => format!("{}: no snapshot", point.week),
            (None, _) => format!("{}: not read", point.week),
        }
    };
    let edge = |point: Option<&WeekPoint>| point.map(|point| point.week.clone()).unwrap_or_default();
    Picture {
        line: chart.line,
        bottom: metric.unit.words(chart.bottom),
        top: metric.unit.words(chart.top),
        first: edge(points.first()),
        last: edge(points.last()),
        marks: chart
            .marks
            .into_iter()
            .map(|mark| {
                let words = words(&mark);
                (mark, words)
            })
            .collect(),
    }
}

/// From the first week in the line that the last can be compared with, over the spaces of both: `71.2 → 73.4`. A last value
/// that is not of the last week says of which.
fn change(metric: &Metric, points: &[WeekPoint]) -> (String, Option<Verdict>) {
    let in_line = points.iter().filter(|point| point.is_in_trends());
    let mut values = in_line.filter_map(|point| Some((point, value(metric, point)?)));
    let Some((point, last)) = values.next_back() else { return (String::new(), None) };
    let is_latest = points.last().is_some_and(|latest| latest.week == point.week);
    let week = if is_latest { String::new() } else { format!(" in {}", point.week) };
    let pair = |then| past::pair(metric, &Comparison { then: Side::of(then)?, now: Side::of(point)? }).ok();
    let mut compared = values.enumerate().filter_map(|(at, (then, _))| Some((at, then, pair(then)?)));
    let Some((skipped, then, pair)) = compared.next() else {
        return (format!("{}{week}", metric.unit.words(last)), None);
    };
    let past::Pair { then: before, now, part } = pair;
    let words = metric.unit.words(now);
    let since = if skipped == 0 { String::new() } else { format!(" since {}", then.week) };
    if now == before {
        (format!("{words}, unchanged{week}{since}{part}"), None)
    } else {
        (format!("{} → {words}{week}{since}{part}", metric.unit.words(before)), metric.wish.verdict(before, now))
    }
}

fn description(metric: &Metric, points: &[WeekPoint], change: &str) -> String {
    let mut parts = vec![match (points.first(), points.last()) {
        (Some(first), Some(last)) => format!("{} to {}: {change}", first.week, last.week),
        _ => String::new(),
    }];
    let of = |status: WeekStatus| {
        let weeks = points.iter().filter(|point| self::status(point) == status).map(|point| point.week.as_str());
        weeks.collect::<Vec<_>>().join(", ")
    };
    for status in [WeekStatus::Missing, WeekStatus::Incomplete, WeekStatus::Imported] {
        let weeks = of(status);
        if !weeks.is_empty() {
            parts.push(format!("{}: {weeks}", status_words(status)));
        }
    }
    let has_value = points.iter().any(|point| value(metric, point).is_some());
    if !has_value {
        parts = vec!["not read in any of these weeks".to_owned()];
    }
    format!("{}.", parts.join("; "))
}

/// Weeks from which on other spaces were read, or the same otherwise: what jumps there is no change of the pages.
fn notes(points: &[WeekPoint]) -> Vec<String> {
    const SHOWN: usize = 5;
    let known: Vec<_> = points.iter().filter(|point| point.is_in_trends()).filter_map(Side::of).collect();
    let of_pair = |then: &Side<'_>, now: &Side<'_>| {
        let spaces = |side: &Side<'_>| side.figures.spaces.len() as u64;
        let are_same = then.figures.spaces.keys().eq(now.figures.spaces.keys());
        let spaces = (!are_same).then(|| spaces_changed(now.week, spaces(then), spaces(now)));
        let left = Comparison { then: *then, now: *now }.unlike();
        let left: Vec<String> = left.iter().map(|left| format::visible(&left.to_string()).into_owned()).collect();
        let broken = (!left.is_empty())
            .then(|| format!("Not compared between {} and {}: {}.", then.week, now.week, left.join("; ")));
        spaces.into_iter().chain(broken)
    };
    let mut notes: Vec<String> = known.windows(2).flat_map(|pair| of_pair(&pair[0], &pair[1])).collect();
    notes.drain(..notes.len().saturating_sub(SHOWN));
    notes
}

/// From a week on, so many spaces instead of so many before, or others of the same number.
fn spaces_changed(week: &str, before: u64, after: u64) -> String {
    let what = if before == after {
        "other spaces".to_owned()
    } else {
        format!("{} instead of {before}", shown::spaces(after))
    };
    format!("From {week} on the snapshots hold pages of {what}.")
}

fn key(points: &[WeekPoint]) -> Vec<(&'static str, &'static str)> {
    let all = [
        (WeekStatus::Complete, "complete"),
        (WeekStatus::Imported, "imported from an older history"),
        (WeekStatus::Incomplete, "incomplete: not in the line"),
        (WeekStatus::Missing, "no snapshot"),
    ];
    let occurs = |wanted: WeekStatus| points.iter().any(|point| status(point) == wanted);
    all.into_iter().filter(|(status, _)| occurs(*status)).map(|(status, words)| (status.name(), words)).collect()
}
