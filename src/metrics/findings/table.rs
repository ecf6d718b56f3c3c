//! The tables of findings: a CSV file for each finding, and a sheet of the workbook with all of them.

use super::{Finding, FindingPages, ListedPage};
use crate::inventory::snapshot::MetricGroup;
use crate::metrics::columns::{self, MeasuredPage, PageTable, SnapshotFrame};
use crate::spreadsheet::{Column, Sheet, Value};

/// The table of a finding.
#[derive(Debug)]
pub enum Findings {}

#[derive(Debug, Clone, Copy)]
pub struct FindingRow<'r> {
    page: MeasuredPage<'r>,
    finding: &'static Finding,
    value: Option<i64>,
}

impl Sheet for Findings {
    type Row<'r> = FindingRow<'r>;
    type Base = PageTable;
    type Group = MetricGroup;
    type Restored = ();

    fn base<'a, 'r: 'a>(row: &'a FindingRow<'r>) -> &'a MeasuredPage<'r> {
        &row.page
    }
}

/// The columns of `findings/*.csv`.
pub const COLUMNS: &[Column<Findings>] = &[
    of_page("snapshot_week"),
    of_page("page_id"),
    of_page("space_key"),
    of_page("page_title"),
    of_page("page_url"),
    MEASURE,
    VALUE,
    of_page("owner_name"),
    of_page("last_editor"),
    of_page("days_since_update"),
    of_page("workflow_state"),
    of_page("views_90d"),
    of_page("health_score"),
    of_page("workflow_since_is_at_least"),
];

/// The columns of the sheet with all findings.
pub const IN_WORKBOOK: &[Column<Findings>] = &[
    FINDING,
    of_page("space_key"),
    of_page("page_title"),
    VALUE,
    MEASURE,
    of_page("owner_name"),
    of_page("last_editor"),
    of_page("days_since_update"),
    of_page("workflow_state"),
    of_page("workflow_since_is_at_least"),
    of_page("views_90d"),
    of_page("health_score"),
    of_page("page_url"),
    of_page("page_id"),
    of_page("snapshot_week"),
    FINDING_FILE,
];

const FINDING: Column<Findings> = Column::<Findings>::text("finding", |row| Value::text(row.finding.title))
    .says("Why the page is listed.")
    .from("the finding");
const FINDING_FILE: Column<Findings> =
    Column::<Findings>::text("file", |row| Value::text(format!("findings/{}.csv", row.finding.id)))
        .says("The CSV file of the finding. That of broken links lists every link.")
        .from("the finding");
const MEASURE: Column<Findings> = Column::<Findings>::text("measure", |row| Value::text(row.finding.measure.name()))
    .says("What the column value counts.")
    .from("the finding");
const VALUE: Column<Findings> =
    Column::<Findings>::integer("value", "number", |row| Value::maybe(row.value, Value::Integer))
        .says("Value that the list is sorted by.")
        .from("see measure")
        .empty("the page belongs to the finding, but its value is unknown");

/// The columns of [`COLUMNS`] that no other table has.
pub(crate) const OWN: &[Column<Findings>] = &[MEASURE, VALUE];

const fn of_page(name: &str) -> Column<Findings> {
    Column::of_base(columns::named([name])[0])
}

/// Returns the rows of the file of a finding.
pub fn rows_of<'a>(found: &'a FindingPages<'a>, frame: &'a SnapshotFrame) -> impl Iterator<Item = FindingRow<'a>> + 'a {
    let finding = found.finding;
    found.pages.iter().map(move |ListedPage { row, value }| FindingRow {
        page: MeasuredPage { row, frame },
        finding,
        value: *value,
    })
}
