//! `confluence_data.xlsx`: the pages of the newest week, the findings, the pages in a workflow, all weeks, and what they
//! mean, for people who work in a spreadsheet.

mod guide;
mod summary;
mod weeks;

use std::cmp::Reverse;
use std::io;

pub use weeks::WeekLine;

use super::SnapshotView;
use crate::metrics::columns::{self, MeasuredPage, PageColumn};
use crate::metrics::findings;
use crate::metrics::page_row::PageRow;
use crate::spreadsheet::{Column, Sheet, TableColumn, TableHead, TableLayout, TableSheet, Value, WorkbookWriter};

/// The name of the file.
pub const NAME: &str = "confluence_data.xlsx";

/// Raised when a change of the program changes the file although the weeks are the same.
pub const FORMAT: u32 = 1;

// names of the sheets
const PAGES: &str = "Pages";
const FINDINGS: &str = "Findings";
const WORKFLOW: &str = "Workflow";
const WEEKS: &str = "Weeks";
const GUIDE: &str = "Reading guide";

/// The columns of the sheet with the pages in a workflow.
const WORKFLOW_COLUMNS: [&PageColumn; 18] = columns::named([
    "workflow_name",
    "page_title",
    "workflow_state",
    "workflow_final",
    "workflow_days_in_state",
    "workflow_since_is_at_least",
    "workflow_since",
    "workflow_overdue",
    "workflow_overdue_days",
    "workflow_due",
    "workflow_due_window",
    "workflow_pending_reviewers",
    "owner_name",
    "last_editor",
    "space_key",
    "page_url",
    "page_id",
    "snapshot_week",
]);

/// Returns the cells of a page, by its position in the CSV file of the week.
pub type PageCells<'p> = &'p mut dyn FnMut(usize) -> io::Result<Vec<Value>>;

/// Returns the order of the pages in the sheet: the lowest health score first, then the longest time since an edit.
pub fn page_order(rows: &[PageRow]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by_key(|at| {
        let row = &rows[*at];
        (row.judgement.health_score, Reverse(row.people.days_since_update))
    });
    order
}

/// Writes all sheets. `order` is the order of the pages, as positions in the week; `weeks` begin with the newest.
pub fn write(
    workbook: &mut WorkbookWriter,
    view: &SnapshotView<'_>,
    weeks: &[WeekLine],
    order: &[usize],
    pages: PageCells<'_>,
) -> io::Result<()> {
    summary::write(workbook, view)?;
    write_pages(workbook, view, order, pages)?;
    write_findings(workbook, view)?;
    write_workflow(workbook, view)?;
    write_weeks(workbook, weeks)?;
    guide::write(workbook, view)
}

/// Returns columns of a sheet. Titles open their pages.
fn table_columns<'c, S: Sheet>(columns: impl IntoIterator<Item = &'c Column<S>>) -> Vec<TableColumn> {
    let table_column = |column: &Column<S>| match column.name {
        "page_title" => TableColumn::of(column).opening("page_url"),
        _ => TableColumn::of(column),
    };
    columns.into_iter().map(table_column).collect()
}

fn write_pages(
    workbook: &mut WorkbookWriter,
    view: &SnapshotView<'_>,
    order: &[usize],
    pages: PageCells<'_>,
) -> io::Result<()> {
    let layout = TableLayout {
        name: PAGES,
        columns: table_columns(columns::exported()),
        rows: order.len(),
        order: "the lowest health score first",
        all_in: &format!("confluence_data_{}.csv", view.frame.week),
    };
    // space and title
    let mut table = begin(workbook, view, layout, 2)?;
    order.iter().try_for_each(|at| table.row(&pages(*at)?))?;
    end(table, order.is_empty().then(|| "No space has a page.".to_owned()))
}

fn write_findings(workbook: &mut WorkbookWriter, view: &SnapshotView<'_>) -> io::Result<()> {
    let layout = TableLayout {
        name: FINDINGS,
        columns: table_columns(findings::IN_WORKBOOK),
        rows: view.findings.iter().map(|found| found.pages.len()).sum(),
        order: "finding by finding, the worst pages of each first",
        all_in: "the folder findings",
    };
    // finding, space and title
    let mut table = begin(workbook, view, layout, 3)?;
    let rows = view.findings.iter().flat_map(|found| findings::rows_of(found, view.frame));
    table.rows(findings::IN_WORKBOOK, rows)?;
    let unknown: Vec<&str> =
        view.findings.iter().filter(|found| found.unknown).map(|found| found.finding.title).collect();
    end(table, (!unknown.is_empty()).then(|| format!("Not known, because it was not read: {}.", unknown.join(", "))))
}

fn write_workflow(workbook: &mut WorkbookWriter, view: &SnapshotView<'_>) -> io::Result<()> {
    let mut rows: Vec<&PageRow> = view.rows.iter().filter(|row| row.workflow.state.is_some()).collect();
    rows.sort_by_key(|row| {
        (!row.workflow.waits(), Reverse(row.workflow.overdue_days.max(Some(0))), Reverse(row.workflow.days_in_state))
    });
    let layout = TableLayout {
        name: WORKFLOW,
        columns: table_columns(WORKFLOW_COLUMNS),
        rows: rows.len(),
        order: "the most overdue first",
        all_in: &format!("confluence_data_{}.csv", view.frame.week),
    };
    // workflow and title
    let mut table = begin(workbook, view, layout, 2)?;
    table.rows(WORKFLOW_COLUMNS, rows.iter().map(|row| MeasuredPage { row, frame: view.frame }))?;
    let is_unread = !view.rows.is_empty() && view.rows.iter().all(|row| row.workflow.source.is_none());
    let empty = if is_unread { "Workflow states were not read." } else { "No page is in a workflow." };
    end(table, rows.is_empty().then(|| empty.to_owned()))
}

fn write_weeks(workbook: &mut WorkbookWriter, weeks: &[WeekLine]) -> io::Result<()> {
    let mut table = workbook.table(TableLayout {
        name: WEEKS,
        columns: table_columns(weeks::COLUMNS),
        rows: weeks.len(),
        order: "the newest first",
        all_in: "model/dim_week.csv",
    })?;
    for week in weeks {
        let cells: Vec<Value> = weeks::COLUMNS.iter().map(|column| column.value(week)).collect();
        table.row(&cells)?;
    }
    end(table, None)
}

/// Begins a sheet of the newest week, which says so if the week is not complete.
fn begin<'w>(
    workbook: &'w mut WorkbookWriter,
    view: &SnapshotView<'_>,
    layout: TableLayout<'_>,
    frozen_columns: u16,
) -> io::Result<TableSheet<'w>> {
    let alert = summary::warning(view).map(|[word, sentence]| format!("{word}: {sentence}"));
    workbook.table_with(layout, TableHead { alert: alert.as_deref(), frozen_columns })
}

fn end(table: TableSheet<'_>, note: Option<String>) -> io::Result<()> {
    match note {
        Some(note) => table.finish_with_note(&note),
        None => table.finish(),
    }
}
