//! The files that follow from the weeks: tables for spreadsheets and models, lists of findings, the dashboard.

use std::collections::BTreeMap;

use super::history::{for_each_row, previous};
use super::run_facts::RunFacts;
use crate::error::Failure;
use crate::exports::{Exported, Exporter};
use crate::history::{History, HistoryError, Retention, Rows, Status, Week};
use crate::inventory::snapshot::MetricGroup;
use crate::metrics::changes::changes;
use crate::metrics::columns::{self, Frame};
use crate::metrics::engines;
use crate::metrics::findings;
use crate::metrics::model::{self, Model, ModelTable};
use crate::metrics::row::PageRow;
use crate::metrics::summary::{self, Figures, TableFigures, WeekPoint, WeekStatus};
use crate::progress::Progress;
use crate::report::snapshot::{self, SnapshotView};
use crate::spreadsheet::write_table;
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

/// Writes everything that follows from the weeks, and says what people should know. Gives the weeks whose CSV files were
/// archived.
pub(in crate::commands) fn publish(
    history: &History,
    last: Option<LastRun<'_>>,
    progress: &Progress,
) -> Result<Vec<IsoWeek>, Failure> {
    let mut exporter = Exporter::new(history)?;
    let Some(newest) = history.newest().and_then(|week| history.week(week)) else {
        return finish(exporter, progress);
    };
    let mut facts = RunFacts::of_week(newest);
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
    write_pages(history, newest, &facts, &trend(history, &calendar)?, &mut exporter)?;
    finish(exporter, progress)
}

fn finish(exporter: Exporter<'_>, progress: &Progress) -> Result<Vec<IsoWeek>, Failure> {
    let Exported { archived, remarks, failed } = exporter.finish()?;
    for remark in &remarks {
        progress.warn(remark);
    }
    failed.map_or(Ok(archived), |error| Err(error.into()))
}

/// Every week from the first to the newest; those without a snapshot have none.
fn calendar(history: &History) -> Vec<(IsoWeek, Option<&Week>)> {
    let (Some(first), Some(newest)) = (history.weeks().next(), history.newest()) else { return Vec::new() };
    let weeks = std::iter::successors(Some(first.week), |week| Some(week.next())).take_while(|week| *week <= newest);
    weeks.map(|week| (week, history.week(week))).collect()
}

fn status(known: Option<&Week>) -> WeekStatus {
    match known.map(|week| week.status) {
        Some(Status::Complete) => WeekStatus::Complete,
        Some(Status::Incomplete) => WeekStatus::Incomplete,
        Some(Status::Imported) => WeekStatus::Imported,
        None => WeekStatus::Missing,
    }
}

/// Writes the dimensions of the star schema, and what opens it in other programs.
fn write_model(
    history: &History,
    calendar: &[(IsoWeek, Option<&Week>)],
    exporter: &mut Exporter<'_>,
) -> Result<(), HistoryError> {
    let mut model = Model::default();
    let fields = columns::fields_of(&Model::columns());
    for (week, known) in calendar.iter().rev() {
        model.begin_week(&week.to_string(), week.monday(), status(*known));
        if known.is_some() {
            for_each_row(history, *week, &fields, |row| model.add(row))?;
        }
    }
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
        Ok(WeekPoint { week: week.to_string(), status: status(*known), figures })
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
    let findings = findings::find(&rows, &facts.rules);
    for found in &findings {
        exporter.file(&format!("findings/{}.csv", found.finding.id), |sink| {
            write_table(sink, findings::COLUMNS, findings::rows_of(found, &frame))
        })?;
    }
    let chosen: Vec<String> = week.spaces.keys().cloned().collect();
    let previous = previous(history, week.week)?;
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
        previous_week: previous.as_ref().map(|previous| previous.week.as_str()),
        trend,
        states: &summary::states(&rows),
        reviewers: &summary::reviewers(&rows),
        coverage: &facts.coverage,
        notes: &facts.notes,
        groups: &facts.groups.iter().map(MetricGroup::name).collect::<Vec<_>>(),
    })?;
    // last: what it links to is there
    Ok(exporter.file("index.html", |sink| sink.write_all(page.as_bytes()))?)
}
