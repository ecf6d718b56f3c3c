//! Writes the files made from the weeks: tables for spreadsheets and data models, lists of findings, the dashboard.

use std::collections::BTreeMap;

use super::history::{for_each_row, previous};
use super::stored_run_facts::{StoredRunFacts, visibility_change, week_status};
use crate::error::Failure;
use crate::exports::{ExportOutcome, Exporter};
use crate::history::{History, HistoryError, Retention, SnapshotRows, SnapshotStatus, WeekMetadata};
use crate::inventory::snapshot::MetricGroup;
use crate::metrics::Rules;
use crate::metrics::approvals;
use crate::metrics::bi_tools;
use crate::metrics::changes::changes;
use crate::metrics::columns::{self, SnapshotFrame};
use crate::metrics::comparison::{ComparedWeek, Comparison, ComparisonReport};
use crate::metrics::findings::{self, Measure};
use crate::metrics::link_problems;
use crate::metrics::model::{self, BridgeLabel, Model, ModelTable};
use crate::metrics::page_row::PageRow;
use crate::metrics::summary::{PageFigures, TableFigures, WeekPoint, WeekStatus};
use crate::progress::Progress;
use crate::report::snapshot::workbook::{self, WeekLine};
use crate::report::snapshot::{self, SnapshotView};
use crate::spreadsheet::{Record, RecordHeader, WorkbookWriter, write_table};
use crate::support::checksum::sha256;
use crate::support::iso_week::IsoWeek;

/// Number of weeks in a trend.
const TREND_WEEKS: i64 = 52;

/// The run that has just been measured, whose rows are still in memory.
#[derive(Debug, Clone, Copy)]
pub(in crate::commands) struct CurrentRun<'a> {
    pub(super) week: IsoWeek,
    pub(super) rows: SnapshotRows<'a>,
    pub(super) retention: Retention,
    /// Whether the workbook is written.
    pub(super) workbook: bool,
    /// Why the history did not keep these rows, for the dashboard.
    pub(super) not_kept: Option<&'a str>,
}

/// Result of [`publish`].
#[derive(Debug, Default)]
pub(in crate::commands) struct PublishedFiles {
    /// Weeks whose CSV files were archived.
    pub(super) archived: Vec<IsoWeek>,
    /// What the figures of the newest week are compared with, and what the comparison omits.
    pub(super) comparison: Option<ComparisonReport>,
}

/// Writes every file made from the weeks, and prints warnings.
pub(in crate::commands) fn publish(
    history: &History,
    last: Option<CurrentRun<'_>>,
    progress: &Progress,
) -> Result<PublishedFiles, Failure> {
    let mut exporter = Exporter::new(history)?;
    let Some(newest) = history.newest().and_then(|week| history.week(week)) else {
        return finish(exporter, None, progress);
    };
    let mut facts = StoredRunFacts::of_week(newest);
    facts.notes.extend(StoredRunFacts::earlier_runs(newest));
    let before = history.weeks().rev().find(|known| known.week < newest.week);
    facts.notes.extend(before.and_then(|before| visibility_change(newest, before)));
    facts.notes.extend(last.and_then(|last| last.not_kept).map(str::to_owned));
    progress.phase("writing the weekly files", Some(history.weeks().count() as u64));
    let fact_columns: Vec<&str> = model::fact_columns().iter().map(|column| column.name).collect();
    let retention = last.map_or(facts.retention, |last| last.retention);
    exporter.weeks(retention, ("model/fact_page_week.csv", &fact_columns), || progress.advance(1))?;
    let latest = history.latest().map_or(newest.week, |latest| latest.week);
    exporter.current(last.map_or(latest, |last| last.week), last.map(|last| last.rows))?;
    exporter.copy_columns("model/fact_page_week.parquet", &columns::fields_of(&fact_columns))?;
    let calendar = calendar(history);
    write_model(history, &calendar, &mut exporter)?;
    let (trend, weeks) = trend(history, &calendar)?;
    let workbook = last.map_or(!facts.without_workbook, |last| last.workbook).then_some(&*weeks);
    write_pages(history, newest, &facts, (&trend, workbook), &mut exporter)?;
    finish(exporter, comparison(&trend), progress)
}

/// Returns what the newest week is compared with.
fn comparison(trend: &[WeekPoint]) -> Option<ComparisonReport> {
    let (now, before) = trend.split_last()?;
    Comparison::with_last(before, ComparedWeek::of(now)?).map(|comparison| comparison.report())
}

fn finish(
    mut exporter: Exporter<'_>,
    comparison: Option<ComparisonReport>,
    progress: &Progress,
) -> Result<PublishedFiles, Failure> {
    if let Some(comparison) = &comparison {
        exporter.comparison(serde_json::to_value(comparison).unwrap_or_default());
    }
    let ExportOutcome { archived, remarks, failed } = exporter.finish()?;
    for remark in &remarks {
        progress.warn(remark);
    }
    failed.map_or(Ok(PublishedFiles { archived, comparison }), |error| Err(error.into()))
}

/// Returns every calendar week from the first to the newest, with `None` for weeks without a snapshot.
fn calendar(history: &History) -> Vec<(IsoWeek, Option<&WeekMetadata>)> {
    let (Some(first), Some(newest)) = (history.weeks().next(), history.newest()) else { return Vec::new() };
    let weeks = std::iter::successors(Some(first.week), |week| Some(week.next())).take_while(|week| *week <= newest);
    weeks.map(|week| (week, history.week(week))).collect()
}

fn status(known: Option<&WeekMetadata>) -> WeekStatus {
    known.map_or(WeekStatus::Missing, |week| week_status(week.status))
}

/// Writes the dimensions of the star schema, and the files that open it in other programs.
fn write_model(
    history: &History,
    calendar: &[(IsoWeek, Option<&WeekMetadata>)],
    exporter: &mut Exporter<'_>,
) -> Result<(), HistoryError> {
    let mut model = Model::default();
    let fields = columns::fields_of(&Model::columns());
    let header = RecordHeader::new(fields.iter().map(|field| &field.name));
    let mut labels = exporter.begin_table(&format!("model/{}", BridgeLabel::NAME), &BridgeLabel::fields())?;
    for (week, known) in calendar.iter().rev() {
        let name = week.to_string();
        let has_complete_space = |week: &WeekMetadata| week.spaces.values().any(|space| space.status.is_in_trends());
        let in_trends = known.is_some_and(|week| week.status.is_in_trends() || has_complete_space(week));
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
    exporter.file("model/views.sql", bi_tools::write_views)?;
    exporter.file("model/confluence_data.pbids", |sink| bi_tools::write_connection(sink, &folder))?;
    exporter.file("model/power_query.txt", |sink| bi_tools::write_queries(sink, &folder))?;
    exporter.file("model/tableau.txt", bi_tools::write_note)
}

/// Returns the figures of each week of the last year, summed from the rows, the oldest week first; and a line for each week
/// of the history, the newest first.
fn trend(
    history: &History,
    calendar: &[(IsoWeek, Option<&WeekMetadata>)],
) -> Result<(Vec<WeekPoint>, Vec<WeekLine>), HistoryError> {
    let fields = columns::fields_of(&PageFigures::COLUMNS);
    let newest = history.newest();
    let (mut trend, mut lines) = (Vec::new(), Vec::new());
    for (week, known) in calendar {
        let mut figures = known.map(|_| TableFigures::default());
        if let Some(figures) = &mut figures {
            for_each_row(history, *week, &fields, |row| figures.add(row))?;
        }
        let spaces = known.map(StoredRunFacts::scopes).unwrap_or_default();
        let point = WeekPoint { week: week.to_string(), status: status(*known), figures, spaces };
        lines.push(WeekLine::of(*week, &point));
        if newest.is_some_and(|newest| newest.weeks_since(*week) < TREND_WEEKS) {
            trend.push(point);
        }
    }
    lines.reverse();
    Ok((trend, lines))
}

/// Writes the lists of findings and the dashboard of a week.
fn write_pages(
    history: &History,
    week: &WeekMetadata,
    facts: &StoredRunFacts,
    (trend, workbook): (&[WeekPoint], Option<&[WeekLine]>),
    exporter: &mut Exporter<'_>,
) -> Result<(), Failure> {
    let frame = SnapshotFrame {
        week: week.week.to_string(),
        taken_at: week.taken_at,
        run_id: week.run_id.clone(),
        complete: week.status == SnapshotStatus::Complete,
    };
    let mut rows = Vec::new();
    let mut figures = TableFigures::default();
    for_each_row(history, week.week, &columns::fields(), |row| {
        figures.add(row);
        rows.push(PageRow::read(row));
    })?;
    let order = workbook::page_order(&rows);
    // the lists sort pages of equal rank by space and page, as everywhere
    rows.sort_by(|one: &PageRow, other| one.place.space_key.cmp(&other.place.space_key));
    let (scopes, usual) = (StoredRunFacts::scopes(week), Rules::default());
    let findings = findings::find_in_spaces(&rows, &|space| scopes.get(space).map_or(&usual, |scope| &scope.rules));
    for found in &findings {
        exporter.file(&format!("findings/{}.csv", found.finding.id), |sink| match found.finding.measure {
            // a number per page does not help: list every broken link
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
    let (spaces, groups) = (names.into_iter().collect::<Vec<_>>(), facts.groups.iter().map(MetricGroup::name));
    let (states, reviewers, groups) =
        (approvals::states(&rows), approvals::reviewers(&rows), groups.collect::<Vec<_>>());
    let view = SnapshotView {
        frame: &frame,
        is_imported: week.status == SnapshotStatus::Imported,
        base_url: &facts.base_url,
        account: &facts.account,
        deployment: facts.deployment,
        visibility: facts.visibility.as_ref(),
        spaces: &spaces,
        whole_site: facts.whole_site,
        rows: &rows,
        figures: &figures,
        findings: &findings,
        changes: changes.as_deref(),
        previous: previous.as_ref(),
        trend,
        states: &states,
        reviewers: &reviewers,
        coverage: &facts.coverage,
        notes: &facts.notes,
        groups: &groups,
    };
    if let Some(weeks) = workbook {
        write_workbook(history, &view, weeks, &order, exporter)?;
    }
    let page = snapshot::index(&view)?;
    // last, so that everything it links to exists
    Ok(exporter.file("index.html", |sink| sink.write_all(page.as_bytes()))?)
}

/// Writes the workbook, unless it is made from the same weeks.
fn write_workbook(
    history: &History,
    view: &SnapshotView<'_>,
    weeks: &[WeekLine],
    order: &[usize],
    exporter: &mut Exporter<'_>,
) -> Result<(), HistoryError> {
    let Some(week) = history.newest() else { return Ok(()) };
    let made_by = format!("{} {} {}", env!("CARGO_PKG_VERSION"), workbook::FORMAT, view.notes.join("\n"));
    let seals = history.weeks().rev().map(|week| week.seal.clone());
    let sources: Vec<String> = std::iter::once(sha256(made_by.as_bytes())).chain(seals).collect();
    let mut pages = exporter.open_week(week)?;
    exporter.file_from(workbook::NAME, &sources, |sink, temporary| {
        let mut book = WorkbookWriter::new(temporary, &format!("Confluence pages, {week}"), view.frame.taken_at)?;
        workbook::write(&mut book, view, weeks, order, &mut |at| pages.row(at))?;
        book.finish(sink)
    })
}
