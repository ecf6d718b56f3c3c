//! The columns of every table about pages: one list, from which the files, the data dictionary and the documentation
//! are made. New columns are only ever appended, so that a model built on a file keeps loading.

#[macro_use]
mod field;

mod compatible;
mod content;
mod identity;
mod judgement;
mod lists;
mod people;
mod since;

use chrono::{DateTime, Utc};

use super::row::PageRow;
use super::summary::WeekStatus;
use crate::inventory::snapshot::MetricGroup;
use crate::spreadsheet::{Column, Field, Record, Sheet, Value};

/// Version of the list of columns, in every row. It grows with every change of meaning; columns that are appended
/// leave it.
pub const SCHEMA_VERSION: u32 = 1;

/// What all rows of one snapshot share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// ISO week of the snapshot, `2026-W47`.
    pub week: String,
    /// When it was taken.
    pub taken_at: DateTime<Utc>,
    /// Names the run in all its files.
    pub run_id: String,
    /// Everything was read.
    pub complete: bool,
}

impl Frame {
    /// What the snapshot is worth.
    fn status(&self) -> WeekStatus {
        if self.complete { WeekStatus::Complete } else { WeekStatus::Incomplete }
    }

    /// What a row of a snapshot of this program tells of it; `None` for a row of an imported week.
    pub fn read(record: Record<'_>) -> Option<Self> {
        let text = |name| record.text(name).map(str::to_owned);
        Some(Self {
            week: text("snapshot_week")?,
            taken_at: record.time("snapshot_at")?,
            run_id: text("run_id")?,
            complete: record.text("snapshot_status")? == WeekStatus::Complete.name(),
        })
    }
}

/// The table of pages.
#[derive(Debug)]
pub enum Pages {}

/// One row of it.
#[derive(Debug, Clone, Copy)]
pub struct MeasuredPage<'r> {
    /// What is said of the page.
    pub row: &'r PageRow,
    /// What all rows of the snapshot share.
    pub frame: &'r Frame,
}

impl Sheet for Pages {
    type Row<'r> = MeasuredPage<'r>;
    type Base = Self;
    type Group = MetricGroup;
    type Restored = PageRow;

    fn base<'a, 'r: 'a>(row: &'a MeasuredPage<'r>) -> &'a MeasuredPage<'r> {
        row
    }
}

/// One column of it.
pub type PageColumn = Column<Pages>;

/// All columns, in the order of the files: the compatible ones first.
const COLUMNS: &[&[PageColumn]] = &[
    compatible::COLUMNS,
    identity::COLUMNS,
    people::COLUMNS,
    content::COLUMNS,
    judgement::COLUMNS,
    since::COLUMNS,
    lists::COLUMNS,
];

/// All columns, in the order of the files.
pub fn all() -> Vec<&'static PageColumn> {
    COLUMNS.iter().copied().flatten().collect()
}

/// Those that stand in the files that follow from the weeks.
pub fn exported() -> Vec<&'static PageColumn> {
    all().into_iter().filter(|column| !column.only_in_weeks).collect()
}

/// Those that only the weeks hold.
pub fn only_in_weeks() -> Vec<&'static PageColumn> {
    all().into_iter().filter(|column| column.only_in_weeks).collect()
}

/// Their names.
pub fn names() -> Vec<&'static str> {
    all().iter().map(|column| column.name).collect()
}

/// Names and types of all columns.
pub fn fields() -> Vec<Field> {
    all().into_iter().map(Column::field).collect()
}

/// Names and types of the columns of these names.
pub fn fields_of(names: &[&str]) -> Vec<Field> {
    names.iter().filter_map(|name| all().into_iter().find(|column| column.name == *name)).map(Column::field).collect()
}

/// One row as cells.
pub fn cells(columns: &[&PageColumn], row: &PageRow, frame: &Frame) -> Vec<Value> {
    columns.iter().map(|column| column.value(&MeasuredPage { row, frame })).collect()
}

impl PageRow {
    /// The row that has these cells. What no column tells is as in an empty row; lists and findings, states and
    /// figures are made of what columns tell.
    pub fn read(record: Record<'_>) -> Self {
        let mut row = Self::default();
        for column in COLUMNS.iter().copied().flatten() {
            column.restore(&mut row, record);
        }
        row
    }
}

/// The columns of these names. Only for constants: a name that is not there does not compile.
pub(super) const fn named<const N: usize>(names: [&str; N]) -> [&'static PageColumn; N] {
    let mut columns = [&COLUMNS[0][0]; N];
    let mut at = 0;
    while at < N {
        columns[at] = PageColumn::named(COLUMNS, names[at]);
        at += 1;
    }
    columns
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The header of the older script, which models in Power BI and Excel are built on.
    const COMPATIBLE: &str = "space_key,page_title,page_url,page_created,date_modified,creator_name,page_depth,\
        child_pages,workflow_name,owner_value,project_relevance,labels,word_count,char_count,attachment_count,\
        image_count,table_count,unique_contributors,edit_count,last_editor,extraction_date,extraction_time,\
        snapshot_week,page_id";

    #[test]
    fn the_compatible_columns_come_first() {
        assert!(names().join(",").starts_with(COMPATIBLE), "{}", names().join(","));
    }

    #[test]
    fn names_are_unique_and_every_column_is_documented() {
        let columns = all();
        let unique: BTreeSet<&str> = columns.iter().map(|column| column.name).collect();
        assert_eq!(unique.len(), columns.len());
        for column in columns {
            assert!(column.name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_'));
            for words in [column.unit, column.definition, column.source, column.empty] {
                assert!(!words.trim().is_empty(), "{}", column.name);
            }
        }
    }
}
