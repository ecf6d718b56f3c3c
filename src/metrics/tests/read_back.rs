//! Rows that are had back from their cells are as good as the rows that were measured.

use chrono::NaiveDate;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{TestCaseError, TestRunner};

use super::super::columns::{self, Frame, PageColumn, cells};
use super::super::model::{Model, ModelTable};
use super::super::row::PageRow;
use super::super::summary::{Figures, TableFigures, WeekStatus};
use super::super::waits;
use super::super::{Previous, Rules, findings};
use super::*;
use crate::spreadsheet::{Header, Record, Type, Value};

/// Every word that a column knows, and texts that are easily taken apart wrongly.
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
    r#"[{"kind":"page","space":"KB","title":"Nobody","why":"no-such-title"},{"kind":"space","space":"X","why":"archived"}]"#,
    r#"["https://docs.example/a;b"]"#,
];

/// A value of a column, also one that no row tells.
fn value(column: &'static PageColumn) -> BoxedStrategy<Value> {
    let moment = (0i64..2_000_000_000).prop_map(|seconds| DateTime::from_timestamp(seconds, 0).unwrap());
    let values = match column.holds {
        Type::Text => proptest::sample::select(TEXTS.to_vec()).prop_map(Value::text).boxed(),
        Type::Integer => (-9i64..300).prop_map(Value::Integer).boxed(),
        Type::Decimal(digits) => (0u16..=1_000).prop_map(move |n| Value::Decimal(f64::from(n) / 1e3, digits)).boxed(),
        Type::Flag => any::<bool>().prop_map(Value::Flag).boxed(),
        Type::Date => moment.prop_map(Value::day).boxed(),
        Type::Time => moment.prop_map(Value::Time).boxed(),
    };
    prop_oneof![1 => Just(Value::Empty), 4 => values].boxed()
}

/// A row of any values, and the frame they tell: the fields of a row are those that its columns restore.
fn row() -> impl Strategy<Value = (PageRow, Frame)> {
    let values: Vec<_> = columns::all().into_iter().map(value).collect();
    let frame = (0u32..40, any::<bool>()).prop_map(|(days, complete)| Frame {
        week: format!("2026-W{days:02}"),
        taken_at: ago(i64::from(days)) + TimeDelta::seconds(i64::from(days)),
        run_id: format!("run {days}"),
        complete,
    });
    (values, frame).prop_map(|(cells, frame)| (read(&cells), frame))
}

fn read(cells: &[Value]) -> PageRow {
    PageRow::read(Record::new(&Header::new(columns::names()), cells))
}

/// The same cells, and all that is made of rows.
pub(super) fn tell_the_same(rows: &[PageRow]) -> Result<(), TestCaseError> {
    let (columns, frame, rules) = (columns::all(), frame(), Rules::default());
    let back: Vec<PageRow> = rows.iter().map(|row| read(&cells(&columns, row, &frame))).collect();
    for (row, back) in rows.iter().zip(&back) {
        for column in &columns {
            let value = |row| cells(&[column], row, &frame);
            prop_assert_eq!(value(row), value(back), "{}", column.name);
        }
    }
    let found = |rows: &[PageRow]| -> Vec<String> {
        let pages = |found: &findings::Found<'_>| {
            let pages = found.pages.iter().map(|listed| (listed.row.id.clone(), listed.value));
            pages.collect::<Vec<_>>()
        };
        let found = findings::find(rows, &rules);
        found.iter().map(|found| format!("{} {} {:?}", found.finding.id, found.unknown, pages(found))).collect()
    };
    prop_assert_eq!(found(rows), found(&back));
    prop_assert_eq!(waits::states(rows), waits::states(&back));
    prop_assert_eq!(waits::reviewers(rows), waits::reviewers(&back));
    Ok(())
}

/// What figures, the snapshot before and the model make of rows, when these columns are read.
fn made_of(rows: &[(PageRow, Frame)], names: &[&str]) -> (TableFigures, Previous, [ModelTable; 4]) {
    let columns: Vec<_> = columns::all().into_iter().filter(|column| names.contains(&column.name)).collect();
    let header = Header::new(columns.iter().map(|column| column.name));
    let (mut figures, mut previous) = (TableFigures::default(), Previous::default());
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
    fn a_row_is_had_back_from_its_cells((row, frame) in row()) {
        let told = cells(&columns::all(), &row, &frame);
        prop_assert_eq!(&read(&told), &row);
        let header = Header::new(columns::names());
        prop_assert_eq!(Frame::read(Record::new(&header, &told)), Some(frame));
    }

    #[test]
    fn lists_and_states_are_made_of_what_columns_tell(rows in proptest::collection::vec(row(), 1..6)) {
        tell_the_same(&rows.into_iter().map(|(row, _)| row).collect::<Vec<_>>())?;
    }

    #[test]
    fn the_columns_that_are_named_are_all_that_is_looked_at(rows in proptest::collection::vec(row(), 1..6)) {
        let all = made_of(&rows, &columns::names());
        prop_assert_eq!(&made_of(&rows, &Figures::COLUMNS).0, &all.0);
        prop_assert_eq!(&made_of(&rows, &Previous::COLUMNS).1, &all.1);
        prop_assert_eq!(&made_of(&rows, &Model::columns()).2, &all.2);
    }
}

/// So that a column whose field is not restored is not taken for one that is empty in every row.
#[test]
fn rows_that_are_had_back_tell_every_column() {
    let mut runner = TestRunner::deterministic();
    let rows: Vec<_> = (0..200).map(|_| row().new_tree(&mut runner).unwrap().current()).collect();
    let is_told = |column: &&PageColumn| {
        let value = |(row, frame): &(PageRow, Frame)| cells(&[column], row, frame);
        rows.iter().any(|one| value(one) != value(&rows[0]))
    };
    let untold: Vec<&str> = columns::all().into_iter().filter(|column| !is_told(column)).map(|c| c.name).collect();
    assert_eq!(untold, ["tool_version", "schema_version"], "these are the same in all rows of a program");
}

#[test]
fn a_page_of_an_imported_week_keeps_the_names_of_people() {
    let header = Header::new(["page_id", "creator_name"]);
    let page = PageRow::read(Record::new(&header, &[Value::text("7"), Value::text("Ann")]));
    let told = cells(&columns::named(["page_id", "creator_name", "creator_id"]), &page, &frame());
    assert_eq!(told, [Value::text("7"), Value::text("Ann"), Value::Empty]);
}
