//! Section of the dashboard about earlier runs: what changed since the previous one, and the figures of all that were
//! counted.

use crate::audit_history::CountedRun;
use crate::comparison::{ChangeTotals, ComparisonSummary, FileChangeKind, StorageFigures};
use crate::metrics::summary::WeekStatus;
use crate::report::format;
use crate::report::report_view::ReportView;
use crate::report::snapshot::chart::{self, ChartMark, ChartSample};

/// Number of runs in the charts.
const SHOWN_RUNS: usize = 52;

#[derive(Debug)]
pub(super) struct EarlierRuns {
    /// Why there is no comparison.
    pub(super) absent: &'static str,
    pub(super) previous: Option<PreviousRun>,
    /// What is wrong with the audit history.
    pub(super) remark: Option<String>,
    /// Empty as long as there is only one run.
    pub(super) charts: Vec<RunChart>,
    /// Newest first.
    pub(super) runs: Vec<RunRow>,
    /// Counted runs that are not shown.
    pub(super) more_runs: u64,
}

/// The comparison with the previous run.
#[derive(Debug)]
pub(super) struct PreviousRun {
    pub(super) folder: String,
    pub(super) time: String,
    /// The time between both runs: `7 days`.
    pub(super) apart: String,
    /// Why usages are not compared; empty if they are.
    pub(super) obstacles: Vec<String>,
    pub(super) changes: Vec<(FileChangeKind, ChangeTotals)>,
    pub(super) figures: Vec<FigureRow>,
}

/// A figure in both runs, in bytes.
#[derive(Debug)]
pub(super) struct FigureRow {
    pub(super) name: &'static str,
    pub(super) before: Option<u64>,
    pub(super) now: Option<u64>,
    /// Sign and absolute value; `None` if it is not known.
    pub(super) difference: Option<(&'static str, u64)>,
}

/// The chart of a figure over the runs.
#[derive(Debug)]
pub(super) struct RunChart {
    /// Base of its element ids.
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    /// Text alternative of the picture.
    pub(super) description: String,
    /// The first and the last value.
    pub(super) change: String,
    pub(super) line: String,
    /// Marks with their tooltips.
    pub(super) marks: Vec<(ChartMark, String)>,
    pub(super) bottom: String,
    pub(super) top: String,
    pub(super) first: String,
    pub(super) last: String,
}

/// A row of the table below the charts.
#[derive(Debug)]
pub(super) struct RunRow {
    pub(super) time: String,
    pub(super) run: CountedRun,
}

/// A figure of the charts.
struct RunFigure {
    id: &'static str,
    name: &'static str,
    value: fn(&CountedRun) -> u64,
    /// Whether it is in bytes.
    is_size: bool,
}

const FIGURES: [RunFigure; 4] = [
    RunFigure { id: "run-files", name: "Files", value: |run| run.files, is_size: false },
    RunFigure { id: "run-stored", name: "Stored", value: |run| run.bytes, is_size: true },
    RunFigure { id: "run-unreferenced", name: "Unreferenced", value: |run| run.unreferenced_bytes, is_size: true },
    RunFigure { id: "run-undetermined", name: "Undetermined", value: |run| run.undetermined_bytes, is_size: true },
];

impl RunFigure {
    fn text(&self, value: u64) -> String {
        if self.is_size { format::bytes(value) } else { format::count(value) }
    }

    /// Returns the unit in which the scale of the chart is round: large, but with at least 100 of it in the value.
    fn unit(&self, most: u64) -> u64 {
        let units = [1 << 40, 1 << 30, 1 << 20, 1 << 10];
        units.into_iter().find(|unit| self.is_size && most / unit >= 100).unwrap_or(1)
    }
}

impl EarlierRuns {
    pub(super) fn new(view: &ReportView<'_>) -> Self {
        let history = view.facts.audit_history.as_ref();
        let all = history.map_or(&[][..], |history| &history.runs);
        let (left_out, runs) = all.split_at(all.len().saturating_sub(SHOWN_RUNS));
        let charts = if runs.len() < 2 { Vec::new() } else { FIGURES.iter().map(|of| chart(of, runs)).collect() };
        let rows = runs.iter().rev().filter(|_| !charts.is_empty());
        Self {
            absent: if view.complete {
                "There is no earlier run of this site in the same folder."
            } else {
                "An incomplete run is not compared with earlier ones."
            },
            previous: view.facts.previous.as_ref().filter(|_| view.complete).map(|with| PreviousRun::new(view, with)),
            remark: history.and_then(|history| history.remark.as_deref()).map(visible),
            runs: rows.map(|run| RunRow { time: format::minute(run.started_at), run: run.clone() }).collect(),
            more_runs: left_out.len() as u64,
            charts,
        }
    }
}

impl PreviousRun {
    fn new(view: &ReportView<'_>, summary: &ComparisonSummary) -> Self {
        let (then, now) = (summary.with.started_at, view.inventory.scan.started_at);
        let changes = FileChangeKind::ALL.map(|kind| (kind, summary.totals(kind)));
        let site = &summary.site;
        let figure = |name, of: fn(&StorageFigures) -> Option<u64>| FigureRow {
            name,
            before: site.old.as_ref().and_then(of),
            now: site.new.as_ref().and_then(of),
            difference: site.bytes_delta(of).map(signed),
        };
        Self {
            folder: visible(&summary.with.folder),
            time: format::minute(then),
            apart: apart(then, now),
            obstacles: summary.obstacles.iter().map(|obstacle| visible(&obstacle.text)).collect(),
            changes: changes.into_iter().filter(|(_, totals)| totals.files > 0).collect(),
            figures: vec![
                figure("Stored", |figures| Some(figures.bytes)),
                figure("In old versions", |figures| Some(figures.old_bytes)),
                figure("Unreferenced", |figures| figures.unreferenced_bytes),
                figure("Undetermined", |figures| Some(figures.undetermined_bytes)),
                figure("In the trash", |figures| (!figures.trash_at_least).then_some(figures.trash_bytes)),
            ],
        }
    }
}

/// Returns the time between two runs in words.
fn apart(then: chrono::DateTime<chrono::Utc>, now: chrono::DateTime<chrono::Utc>) -> String {
    match u64::try_from((now - then).num_days()).unwrap_or(0) {
        0 => "less than a day".to_owned(),
        days => format::plural(days, "day", "days"),
    }
}

fn signed(difference: i64) -> (&'static str, u64) {
    let sign = match difference {
        0 => "",
        1.. => "+",
        ..0 => "−",
    };
    (sign, difference.unsigned_abs())
}

fn chart(figure: &RunFigure, runs: &[CountedRun]) -> RunChart {
    let unit = figure.unit(runs.iter().map(figure.value).max().unwrap_or(0));
    let sample = |run| {
        let value = Some((figure.value)(run) / unit);
        ChartSample { status: WeekStatus::Complete, value, is_comparable: true }
    };
    let samples: Vec<ChartSample> = runs.iter().map(sample).collect();
    let day = |run: Option<&CountedRun>| run.map(|run| format::day(run.started_at)).unwrap_or_default();
    let text = |run: Option<&CountedRun>| run.map(|run| figure.text((figure.value)(run))).unwrap_or_default();
    let (first, last) = (day(runs.first()), day(runs.last()));
    let (before, now) = (text(runs.first()), text(runs.last()));
    let change = if before == now { now } else { format!("{before} → {now}") };
    let drawn = chart::draw(&samples);
    let (line, marks, bottom, top) =
        drawn.map_or_else(Default::default, |chart| (chart.line, chart.marks, chart.bottom, chart.top));
    let words = |mark: &ChartMark| format!("{}: {}", day(runs.get(mark.at)), text(runs.get(mark.at)));
    RunChart {
        id: figure.id,
        name: figure.name,
        description: format!("{} complete runs, {first} to {last}: {change}.", format::count(runs.len() as u64)),
        change,
        line,
        marks: marks.into_iter().map(|mark| (words(&mark), mark)).map(|(words, mark)| (mark, words)).collect(),
        bottom: figure.text(bottom.saturating_mul(unit)),
        top: figure.text(top.saturating_mul(unit)),
        first,
        last,
    }
}

fn visible(text: &str) -> String {
    format::visible(text).into_owned()
}
