//! Trend charts of the metrics over 12 and 52 weeks.

use crate::metrics::comparison::{ComparedWeek, Comparison, FigureBasis, Reach};
use crate::metrics::summary::{TableFigures, WeekPoint, WeekStatus};

use super::SnapshotView;
use super::chart::{self, Chart, ChartMark, ChartSample};
use super::trend_metrics::{self, ChangeVerdict, TRENDS, TrendMetric};
use super::{display, earlier_weeks};
use crate::report::format;

/// The selectable spans in weeks; the first is the default.
const SPANS: [usize; 2] = [12, 52];

#[derive(Debug)]
pub(super) struct TrendSection {
    pub(super) figures: Vec<TrendFigure>,
    /// Whether there are more weeks than the shortest span has.
    pub(super) has_long: bool,
    /// Remarks on weeks that cannot be compared with others.
    pub(super) notes: Vec<String>,
    /// The kinds of week that the key explains: CSS class and text.
    pub(super) key: Vec<(&'static str, &'static str)>,
}

/// The charts of one metric.
#[derive(Debug)]
pub(super) struct TrendFigure {
    pub(super) name: &'static str,
    pub(super) spans: Vec<TrendSpan>,
    /// Newest week first.
    pub(super) weeks: Vec<TrendWeek>,
}

/// The chart of a metric over one span.
#[derive(Debug)]
pub(super) struct TrendSpan {
    pub(super) weeks: usize,
    /// Base of its element ids.
    pub(super) id: String,
    /// `Mean health, 12 weeks`.
    pub(super) title: String,
    /// Text alternative of the picture.
    pub(super) description: String,
    /// The last value and its change.
    pub(super) change: String,
    pub(super) verdict: Option<ChangeVerdict>,
    pub(super) picture: Option<TrendPicture>,
}

/// A drawing with its labels.
#[derive(Debug)]
pub(super) struct TrendPicture {
    pub(super) line: String,
    /// Marks with their tooltips.
    pub(super) marks: Vec<(ChartMark, String)>,
    pub(super) bottom: String,
    pub(super) top: String,
    pub(super) first: String,
    pub(super) last: String,
}

/// A row of the table below the picture.
#[derive(Debug)]
pub(super) struct TrendWeek {
    pub(super) name: String,
    pub(super) value: Option<String>,
    pub(super) status: &'static str,
    /// Not part of the shortest span.
    pub(super) is_older: bool,
}

impl TrendSection {
    /// Returns `None` as long as there is only one snapshot.
    pub(super) fn new(view: &SnapshotView<'_>) -> Option<Self> {
        // the weeks before the first snapshot are not gaps
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

fn figure(number: usize, metric: &TrendMetric, points: &[WeekPoint]) -> TrendFigure {
    let spans = SPANS.iter().filter(|weeks| **weeks == SPANS[0] || points.len() > SPANS[0]);
    let recent = points.len().saturating_sub(SPANS[0]);
    let weeks = points.iter().enumerate().rev().map(|(at, point)| TrendWeek {
        name: point.week.clone(),
        value: value(metric, point).map(|value| metric.unit.text(value)),
        status: if is_partly_complete(point) { WITHOUT_INCOMPLETE } else { status_words(point.status) },
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

fn value(metric: &TrendMetric, point: &WeekPoint) -> Option<u64> {
    let total = point.sound().filter(|_| !earlier_weeks::is_counted_differently(metric, point))?;
    let is_sound = |key: &String| point.spaces.get(key).is_some_and(|space| space.status.is_in_trends());
    let spaces = point.figures.iter().flat_map(|figures| &figures.spaces);
    let spaces = spaces.filter(|(key, _)| !point.is_in_trends() || is_sound(key));
    let figures = TableFigures { total, spaces: spaces.map(|(key, of)| (key.clone(), of.clone())).collect() };
    trend_metrics::known(metric, &figures).value
}

/// Returns the status for the line: a week with some complete spaces counts as complete and has their figures.
fn status(point: &WeekPoint) -> WeekStatus {
    if is_partly_complete(point) { WeekStatus::Complete } else { point.status }
}

/// Whether the week is incomplete but some of its spaces are complete.
fn is_partly_complete(point: &WeekPoint) -> bool {
    point.status == WeekStatus::Incomplete && point.is_in_trends()
}

/// Remark on the figures of such a week.
const WITHOUT_INCOMPLETE: &str = "without incomplete spaces";

/// Whether the line may connect two weeks: both have the same spaces, or both have all spaces of the site, and the
/// shared spaces were measured in the same way.
fn is_comparable(metric: &TrendMetric, then: &WeekPoint, now: &WeekPoint) -> bool {
    let Some((before, after)) = ComparedWeek::of(then).zip(ComparedWeek::of(now)) else { return false };
    let comparison = Comparison { then: before, now: after };
    let (Ok(shared), Ok(compared)) = (comparison.of(&FigureBasis::default()), comparison.of(&metric.basis)) else {
        return false;
    };
    let covers_site = |point: &WeekPoint| {
        point.spaces.values().all(|space| space.reach == Reach::WholeSite && space.status.is_in_trends())
    };
    compared.spaces == shared.spaces && (shared.is_whole() || (covers_site(then) && covers_site(now)))
}

/// Returns the points of a metric.
fn samples(metric: &TrendMetric, points: &[WeekPoint]) -> Vec<ChartSample> {
    let mut last: Option<&WeekPoint> = None;
    let sample = |point| {
        let value = value(metric, point);
        let is_in_line = value.is_some() && point.is_in_trends();
        let is_comparable = !is_in_line || last.is_none_or(|last| is_comparable(metric, last, point));
        last = if is_in_line { Some(point) } else { last };
        ChartSample { status: status(point), value, is_comparable }
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

fn span(number: usize, metric: &TrendMetric, weeks: usize, points: &[WeekPoint]) -> TrendSpan {
    let samples = samples(metric, points);
    let (change, verdict) = change(metric, points);
    let title = format!("{}, {} weeks", metric.name, points.len());
    let picture = chart::draw(&samples).map(|chart| picture(metric, points, chart));
    TrendSpan {
        weeks,
        id: format!("trend-{number}-{weeks}"),
        description: description(metric, points, &change),
        title,
        change,
        verdict,
        picture,
    }
}

fn picture(metric: &TrendMetric, points: &[WeekPoint], chart: Chart) -> TrendPicture {
    let words = |mark: &ChartMark| {
        let point = &points[mark.at];
        let value = value(metric, point).map(|value| metric.unit.text(value));
        match (value, point.status) {
            (Some(value), _) if is_partly_complete(point) => {
                format!("{}: {value} ({WITHOUT_INCOMPLETE})", point.week)
            }
            (Some(value), WeekStatus::Complete) => format!("{}: {value}", point.week),
            (Some(value), _) => format!("{}: {value} ({})", point.week, status_words(point.status)),
            (None, WeekStatus::Missing) => format!("{}: no snapshot", point.week),
            (None, _) => format!("{}: not read", point.week),
        }
    };
    let edge = |point: Option<&WeekPoint>| point.map(|point| point.week.clone()).unwrap_or_default();
    TrendPicture {
        line: chart.line,
        bottom: metric.unit.text(chart.bottom),
        top: metric.unit.text(chart.top),
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

/// Describes the change from the first comparable week in the line to the last, over the spaces of both: `71.2 → 73.4`.
/// Names the week of the last value if that is not the latest week.
fn change(metric: &TrendMetric, points: &[WeekPoint]) -> (String, Option<ChangeVerdict>) {
    let in_line = points.iter().filter(|point| point.is_in_trends());
    let mut values = in_line.filter_map(|point| Some((point, value(metric, point)?)));
    let Some((point, last)) = values.next_back() else { return (String::new(), None) };
    let is_latest = points.last().is_some_and(|latest| latest.week == point.week);
    let week = if is_latest { String::new() } else { format!(" in {}", point.week) };
    let pair = |then| {
        earlier_weeks::compare(metric, &Comparison { then: ComparedWeek::of(then)?, now: ComparedWeek::of(point)? })
            .ok()
    };
    let mut compared = values.enumerate().filter_map(|(at, (then, _))| Some((at, then, pair(then)?)));
    let Some((skipped, then, pair)) = compared.next() else {
        return (format!("{}{week}", metric.unit.text(last)), None);
    };
    let earlier_weeks::ComparedValues { then: before, now, part } = pair;
    let words = metric.unit.text(now);
    let since = if skipped == 0 { String::new() } else { format!(" since {}", then.week) };
    if now == before {
        (format!("{words}, unchanged{week}{since}{part}"), None)
    } else {
        (format!("{} → {words}{week}{since}{part}", metric.unit.text(before)), metric.better.verdict(before, now))
    }
}

fn description(metric: &TrendMetric, points: &[WeekPoint], change: &str) -> String {
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

/// Returns remarks on weeks that start to cover other spaces, or cover the same spaces differently: a jump of the line
/// there is not a change of the pages.
fn notes(points: &[WeekPoint]) -> Vec<String> {
    const SHOWN: usize = 5;
    let known: Vec<_> = points.iter().filter(|point| point.is_in_trends()).filter_map(ComparedWeek::of).collect();
    let of_pair = |then: &ComparedWeek<'_>, now: &ComparedWeek<'_>| {
        let spaces = |side: &ComparedWeek<'_>| side.figures.spaces.len() as u64;
        let are_same = then.figures.spaces.keys().eq(now.figures.spaces.keys());
        let spaces = (!are_same).then(|| spaces_changed(now.week, spaces(then), spaces(now)));
        let excluded = Comparison { then: *then, now: *now }.unlike();
        let excluded: Vec<String> =
            excluded.iter().map(|excluded| format::visible(&excluded.to_string()).into_owned()).collect();
        let broken = (!excluded.is_empty())
            .then(|| format!("Not compared between {} and {}: {}.", then.week, now.week, excluded.join("; ")));
        spaces.into_iter().chain(broken)
    };
    let mut notes: Vec<String> = known.windows(2).flat_map(|pair| of_pair(&pair[0], &pair[1])).collect();
    notes.drain(..notes.len().saturating_sub(SHOWN));
    notes
}

/// Says how the spaces changed: another number of spaces, or other spaces of the same number.
fn spaces_changed(week: &str, before: u64, after: u64) -> String {
    let what = if before == after {
        "other spaces".to_owned()
    } else {
        format!("{} instead of {before}", display::spaces(after))
    };
    format!("From {week} on, the snapshots cover {what}.")
}

fn key(points: &[WeekPoint]) -> Vec<(&'static str, &'static str)> {
    let all = [
        (WeekStatus::Complete, "complete"),
        (WeekStatus::Imported, "imported from the legacy script"),
        (WeekStatus::Incomplete, "incomplete: not in the line"),
        (WeekStatus::Missing, "no snapshot"),
    ];
    let occurs = |wanted: WeekStatus| points.iter().any(|point| status(point) == wanted);
    all.into_iter().filter(|(status, _)| occurs(*status)).map(|(status, words)| (status.name(), words)).collect()
}
