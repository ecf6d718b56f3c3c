//! Round trip: rows that are restored from their cells are equivalent to the measured rows.

use chrono::NaiveDate;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{TestCaseError, TestRunner};

use super::super::approvals;
use super::super::columns::{self, PageColumn, SnapshotFrame, cells};
use super::super::model::{Model, ModelTable};
use super::super::page_row::PageRow;
use super::super::summary::{PageFigures, TableFigures, WeekStatus};
use super::super::{PreviousSnapshots, Rules, findings};
use super::*;
use crate::spreadsheet::{ColumnType, Record, RecordHeader, Value};

/// All words that columns use, and texts that are hard to split.
const TEXTS: [&str; 38] = [
    "",
    "a",
    "a;b",
    "b; a",
    "=1",
    "name=value",
    "name=;other=x=y",
    "include;drawio;zz-app",
    "info",
    "fresh",
    "aging",
    "stale",
    "expired",
    "source",
    "snapshots",
    "overdue",
    "within_7_days",
    "within_30_days",
    "within_90_days",
    "0-30",
    "30-90",
    "90-180",
    "180-365",
    ">365",
    "never",
    "page",
    "folder",
    "hologram",
    "labels",
    "import",
    "none",
    "unavailable",
    "content_property:cw",
    "comala_dc_rest",
    "stub",
    "no labels",
    r#"[{"kind":"page","space":"KB","title":"Nowhere","why":"no-such-title"},{"kind":"space","space":"X","why":"archived"}]"#,
    r#"["https://docs.example/a;b"]"#,
];

/// Any value of a column, also one that no measured row can have.
fn value(column: &'static PageColumn) -> BoxedStrategy<Value> {
    let moment = (0i64..2_000_000_000).prop_map(|seconds| DateTime::from_timestamp(seconds, 0).unwrap());
    let values = match column.holds {
        ColumnType::Text => proptest::sample::select(TEXTS.to_vec()).prop_map(Value::text).boxed(),
        ColumnType::Integer => (-9i64..300).prop_map(Value::Integer).boxed(),
        ColumnType::Decimal(digits) => {
            (0u16..=1_000).prop_map(move |n| Value::Decimal(f64::from(n) / 1e3, digits)).boxed()
        }
        ColumnType::Flag => any::<bool>().prop_map(Value::Flag).boxed(),
        ColumnType::Date => moment.prop_map(Value::day).boxed(),
        ColumnType::Time => moment.prop_map(Value::Time).boxed(),
    };
    prop_oneof![1 => Just(Value::Empty), 4 => values].boxed()
}

/// A row restored from any values, and a frame.
fn row() -> impl Strategy<Value = (PageRow, SnapshotFrame)> {
    let values: Vec<_> = columns::all().into_iter().map(value).collect();
    let frame = (0u32..40, any::<bool>()).prop_map(|(days, complete)| SnapshotFrame {
        week: format!("2026-W{days:02}"),
        taken_at: ago(i64::from(days)) + TimeDelta::seconds(i64::from(days)),
        run_id: format!("run {days}"),
        complete,
    });
    (values, frame).prop_map(|(cells, frame)| (read(&cells), frame))
}

fn read(cells: &[Value]) -> PageRow {
    PageRow::read(Record::new(&RecordHeader::new(columns::names()), cells))
}

/// Checks that restored rows have the same cells, findings and workflow figures as the original rows.
pub(super) fn check_round_trip(rows: &[PageRow]) -> Result<(), TestCaseError> {
    let (columns, frame, rules) = (columns::all(), frame(), Rules::default());
    let back: Vec<PageRow> = rows.iter().map(|row| read(&cells(&columns, row, &frame))).collect();
    for (row, back) in rows.iter().zip(&back) {
        for column in &columns {
            let value = |row| cells(&[column], row, &frame);
            prop_assert_eq!(value(row), value(back), "{}", column.name);
        }
    }
    let found = |rows: &[PageRow]| -> Vec<String> {
        let pages = |found: &findings::FindingPages<'_>| {
            let pages = found.pages.iter().map(|listed| (listed.row.id.clone(), listed.value));
            pages.collect::<Vec<_>>()
        };
        let found = findings::find(rows, &rules);
        found.iter().map(|found| format!("{} {} {:?}", found.finding.id, found.unknown, pages(found))).collect()
    };
    prop_assert_eq!(found(rows), found(&back));
    prop_assert_eq!(approvals::states(rows), approvals::states(&back));
    prop_assert_eq!(approvals::reviewers(rows), approvals::reviewers(&back));
    Ok(())
}

/// Builds figures, previous snapshots and the model from rows of which only these columns are read.
fn derived_from(
    rows: &[(PageRow, SnapshotFrame)],
    names: &[&str],
) -> (TableFigures, PreviousSnapshots, [ModelTable; 4]) {
    let columns: Vec<_> = columns::all().into_iter().filter(|column| names.contains(&column.name)).collect();
    let header = RecordHeader::new(columns.iter().map(|column| column.name));
    let (mut figures, mut previous) = (TableFigures::default(), PreviousSnapshots::default());
    let mut model = Model::default();
    model.begin_week("2026-W47", NaiveDate::default(), WeekStatus::Complete, true);
    for (row, frame) in rows {
        let cells = cells(&columns, row, frame);
        let record = Record::new(&header, &cells);
        figures.add(record);
        previous.add_page(record);
        previous.add_states(record, frame.taken_at);
        model.add(record);
    }
    (figures, previous, model.tables())
}

proptest! {
    #[test]
    fn a_row_is_restored_from_its_cells((row, frame) in row()) {
        let written = cells(&columns::all(), &row, &frame);
        prop_assert_eq!(&read(&written), &row);
        let header = RecordHeader::new(columns::names());
        prop_assert_eq!(SnapshotFrame::read(Record::new(&header, &written)), Some(frame));
    }

    #[test]
    fn findings_and_workflow_figures_use_only_fields_that_have_columns(rows in proptest::collection::vec(row(), 1..6)) {
        check_round_trip(&rows.into_iter().map(|(row, _)| row).collect::<Vec<_>>())?;
    }

    #[test]
    fn the_declared_columns_are_all_that_is_read(rows in proptest::collection::vec(row(), 1..6)) {
        let all = derived_from(&rows, &columns::names());
        prop_assert_eq!(&derived_from(&rows, &PageFigures::COLUMNS).0, &all.0);
        prop_assert_eq!(&derived_from(&rows, &PreviousSnapshots::COLUMNS).1, &all.1);
        prop_assert_eq!(&derived_from(&rows, &Model::columns()).2, &all.2);
    }
}

/// Guards the tests above: a column whose field is never restored would be empty in every row, and they would pass.
#[test]
fn restored_rows_have_values_in_every_column() {
    let mut runner = TestRunner::deterministic();
    let rows: Vec<_> = (0..200).map(|_| row().new_tree(&mut runner).unwrap().current()).collect();
    let has_values = |column: &&PageColumn| {
        let value = |(row, frame): &(PageRow, SnapshotFrame)| cells(&[column], row, frame);
        rows.iter().any(|one| value(one) != value(&rows[0]))
    };
    let constant: Vec<&str> = columns::all().into_iter().filter(|column| !has_values(column)).map(|c| c.name).collect();
    assert_eq!(constant, ["tool_version", "schema_version"], "one version writes the same value in all rows");
}

#[test]
fn a_page_of_an_imported_week_keeps_the_names_of_people() {
    let header = RecordHeader::new(["page_id", "creator_name"]);
    let page = PageRow::read(Record::new(&header, &[Value::text("7"), Value::text("Ann")]));
    let written = cells(&columns::named(["page_id", "creator_name", "creator_id"]), &page, &frame());
    assert_eq!(written, [Value::text("7"), Value::text("Ann"), Value::Empty]);
}
