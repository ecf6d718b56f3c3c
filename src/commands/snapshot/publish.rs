//! The files that follow from the weeks: tables for spreadsheets and models, lists of findings, the dashboard.

use std::collections::BTreeMap;

use super::history::{for_each_row, previous};
use super::run_facts::{RunFacts, week_status};
use crate::error::Failure;
use crate::exports::{Exported, Exporter};
use crate::history::{History, HistoryError, Retention, Rows, Status, Week};
use crate::inventory::snapshot::MetricGroup;
use crate::metrics::Rules;
use crate::metrics::changes::changes;
use crate::metrics::columns::{self, Frame};
use crate::metrics::comparison::{Comparison, ComparisonReport, Side};
use crate::metrics::engines;
use crate::metrics::findings::{self, Measure};
use crate::metrics::link_problems;
use crate::metrics::model::{self, BridgeLabel, Model, ModelTable};
use crate::metrics::row::PageRow;
use crate::metrics::summary::{Figures, TableFigures, WeekPoint, WeekStatus};
use crate::metrics::waits;
use crate::progress::Progress;
use crate::report::snapshot::{self, SnapshotView};
use crate::spreadsheet::{Header, Record, write_table};
use crate::support::iso_week::IsoWeek;

/// Weeks that a trend goes back.
const TREND_WEEKS: i64 = 52;

/// What was measured last, while it is at hand.
#[derive(Debug, Clone, Copy)]
pub(in crate::commands) struct LastRun<'a> {
    /// The week it stands for.
    pub(super) week: IsoWeek,
    /// Its rows.
    pub(super) rows: Rows<'a>,
    /// What becomes of the files.
    pub(super) retention: Retention,
    /// Why the week does not hold them, for people.
    pub(super) not_kept: Option<&'a str>,
}

/// What was written.
#[derive(Debug, Default)]
pub(in crate::commands) struct Published {
    /// Weeks whose CSV files were archived.
    pub(super) archived: Vec<IsoWeek>,
    /// What the figures of the newest week are compared with, and what that leaves out.
    pub(super) comparison: Option<ComparisonReport>,
}

/// Writes everything that follows from the weeks, and says what people should know.
pub(in crate::commands) fn publish(
    history: &History,
    last: Option<LastRun<'_>>,
    progress: &Progress,
) -> Result<Published, Failure> {
    let mut exporter = Exporter::new(history)?;
    let Some(newest) = history.newest().and_then(|week| history.week(week)) else {
        return finish(exporter, None, progress);
    };
    let mut facts = RunFacts::of_week(newest);
    facts.notes.extend(RunFacts::earlier_runs(newest));
    facts.notes.extend(last.and_then(|last| last.not_kept).map(str::to_owned));
    progress.phase("writing the files of the weeks", Some(history.weeks().count() as u64));
    let fact_columns: Vec<&str> = model::fact_columns().iter().map(|column| column.name).collect();
    let retention = last.map_or(facts.retention, |last| last.retention);
    exporter.weeks(retention, ("model/fact_page_week.csv", &fact_columns), || progress.advance(1))?;
    let latest = history.latest().map_or(newest.week, |latest| latest.week);
    exporter.current(last.map_or(latest, |last| last.week), last.map(|last| last.rows))?;
    exporter.copied_columns("model/fact_page_week.parquet", &columns::fields_of(&fact_columns))?;
    let calendar = calendar(history);
    write_model(history, &calendar, &mut exporter)?;
    let trend = trend(history, &calendar)?;
    write_pages(history, newest, &facts, &trend, &mut exporter)?;
    finish(exporter, compared(&trend), progress)
}

/// What the newest week is compared with.
fn compared(trend: &[WeekPoint]) -> Option<ComparisonReport> {
    let (now, before) = trend.split_last()?;
    Comparison::with_last(before, Side::of(now)?).map(|comparison| comparison.report())
}

fn finish(
    mut exporter: Exporter<'_>,
    comparison: Option<ComparisonReport>,
    progress: &Progress,
) -> Result<Published, Failure> {
    if let Some(comparison) = &comparison {
        exporter.comparison(serde_json::to_value(comparison).unwrap_or_default());
    }
    let Exported { archived, remarks, failed } = exporter.finish()?;
    for remark in &remarks {
        progress.warn(remark);
    }
    failed.map_or(Ok(Published { archived, comparison }), |error| Err(error.into()))
}

/// Every week from the first to the newest; those without a snapshot have none.
fn calendar(history: &History) -> Vec<(IsoWeek, Option<&Week>)> {
    let (Some(first), Some(newest)) = (history.weeks().next(), history.newest()) else { return Vec::new() };
    let weeks = std::iter::successors(Some(first.week), |week| Some(week.next())).take_while(|week| *week <= newest);
    weeks.map(|week| (week, history.week(week))).collect()
}

fn status(known: Option<&Week>) -> WeekStatus {
    known.map_or(WeekStatus::Missing, |week| week_status(week.status))
}

/// Writes the dimensions of the star schema, and what opens it in other programs.
fn write_model(
    history: &History,
    calendar: &[(IsoWeek, Option<&Week>)],
    exporter: &mut Exporter<'_>,
) -> Result<(), HistoryError> {
    let mut model = Model::default();
    let fields = columns::fields_of(&Model::columns());
    let header = Header::new(fields.iter().map(|field| &field.name));
    let mut labels = exporter.begin_table(&format!("model/{}", BridgeLabel::NAME), &BridgeLabel::fields())?;
    for (week, known) in calendar.iter().rev() {
        let name = week.to_string();
        let has_whole = |week: &Week| week.spaces.values().any(|space| space.status.is_in_trends());
        let in_trends = known.is_some_and(|week| week.status.is_in_trends() || has_whole(week));
        model.begin_week(&name, week.monday(), status(*known), in_trends);
        if known.is_some() {
            history.read(*week, &fields, |cells| {
                let row = Record::new(&header, cells);
                model.add(row);
                BridgeLabel::rows(&name, row).try_for_each(|label| labels.row(&label))
            })?;
        }
    }
    exporter.end_table(labels)?;
    for ModelTable { name, fields, rows } in model.tables() {
        exporter.table(&format!("model/{name}"), &fields, &rows)?;
    }
    exporter.file("model/data_dictionary.csv", model::write_dictionary)?;
    let folder = history.folder().join("model");
    exporter.file("model/views.sql", engines::write_views)?;
    exporter.file("model/confluence_data.pbids", |sink| engines::write_connection(sink, &folder))?;
    exporter.file("model/power_query.txt", |sink| engines::write_queries(sink, &folder))?;
    exporter.file("model/tableau.txt", engines::write_note)
}

/// The figures of the last year, from the columns that they are added up from.
fn trend(history: &History, calendar: &[(IsoWeek, Option<&Week>)]) -> Result<Vec<WeekPoint>, HistoryError> {
    let fields = columns::fields_of(&Figures::COLUMNS);
    let newest = history.newest();
    let recent =
        calendar.iter().filter(|(week, _)| newest.is_some_and(|newest| newest.weeks_since(*week) < TREND_WEEKS));
    let point = |(week, known): &(IsoWeek, Option<&Week>)| {
        let mut figures = known.map(|_| TableFigures::default());
        if let Some(figures) = &mut figures {
            for_each_row(history, *week, &fields, |row| figures.add(row))?;
        }
        let spaces = known.map(RunFacts::scopes).unwrap_or_default();
        Ok(WeekPoint { week: week.to_string(), status: status(*known), figures, spaces })
    };
    recent.map(point).collect()
}

/// Writes the lists of findings and the dashboard of a week.
fn write_pages(
    history: &History,
    week: &Week,
    facts: &RunFacts,
    trend: &[WeekPoint],
    exporter: &mut Exporter<'_>,
) -> Result<(), Failure> {
    let frame = Frame {
        week: week.week.to_string(),
        taken_at: week.taken_at,
        run_id: week.run_id.clone(),
        complete: week.status == Status::Complete,
    };
    let mut rows = Vec::new();
    let mut figures = TableFigures::default();
    for_each_row(history, week.week, &columns::fields(), |row| {
        figures.add(row);
        rows.push(PageRow::read(row));
    })?;
    // pages that a list cannot tell apart stand by space and page, as everywhere
    rows.sort_by(|one: &PageRow, other| one.place.space_key.cmp(&other.place.space_key));
    let (scopes, usual) = (RunFacts::scopes(week), Rules::default());
    let findings = findings::find_in_spaces(&rows, &|space| scopes.get(space).map_or(&usual, |scope| &scope.rules));
    for found in &findings {
        exporter.file(&format!("findings/{}.csv", found.finding.id), |sink| match found.finding.measure {
            // a page with so many of them is no help: each is named
            Measure::BrokenLinks => write_table(sink, link_problems::COLUMNS, link_problems::rows(&rows, &frame, true)),
            _ => write_table(sink, findings::COLUMNS, findings::rows_of(found, &frame)),
        })?;
    }
    exporter.file("findings/archived_links.csv", |sink| {
        write_table(sink, link_problems::COLUMNS, link_problems::rows(&rows, &frame, false))
    })?;
    exporter.file("findings/external_links.csv", |sink| {
        write_table(sink, link_problems::EXTERNAL, link_problems::external(&rows, &frame))
    })?;
    let chosen: Vec<String> = week.spaces.keys().cloned().collect();
    let previous = previous(history, week.week, &chosen)?;
    let changes = previous.as_ref().map(|before| changes(&rows, before, &facts.vanished, &chosen));
    let mut names: BTreeMap<String, String> = chosen.into_iter().map(|key| (key.clone(), key)).collect();
    names.extend(facts.spaces.clone());
    let page = snapshot::index(&SnapshotView {
        frame: &frame,
        is_imported: week.status == Status::Imported,
        base_url: &facts.base_url,
        account: &facts.account,
        spaces: &names.into_iter().collect::<Vec<_>>(),
        whole_site: facts.whole_site,
        rows: &rows,
        figures: &figures,
        findings: &findings,
        changes: changes.as_deref(),
        previous: previous.as_ref(),
        trend,
        states: &waits::states(&rows),
        reviewers: &waits::reviewers(&rows),
        coverage: &facts.coverage,
        notes: &facts.notes,
        groups: &facts.groups.iter().map(MetricGroup::name).collect::<Vec<_>>(),
    })?;
    // last: what it links to is there
    Ok(exporter.file("index.html", |sink| sink.write_all(page.as_bytes()))?)
}
