//! The columns of all tables about pages: one list, from which the files, the data dictionary and the documentation are
//! generated. New columns are only ever appended, so that models built on the files keep loading.

#[macro_use]
mod cell_field;

mod compatible;
mod content;
mod identity;
mod judgement;
mod lists;
mod people;
mod state_dates;

use chrono::{DateTime, Utc};

use super::page_row::PageRow;
use super::summary::WeekStatus;
use crate::inventory::snapshot::MetricGroup;
use crate::spreadsheet::{Column, Field, Record, Sheet, Value};

/// Version of the list of columns, which every row has. It is raised when the meaning of a column changes, not when a
/// column is appended.
pub const SCHEMA_VERSION: u32 = 1;

/// The values that all rows of one snapshot share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotFrame {
    /// ISO week of the snapshot, `2026-W47`.
    pub week: String,
    /// When the run began.
    pub taken_at: DateTime<Utc>,
    /// Identifies the run in all its files.
    pub run_id: String,
    /// Whether the run is complete.
    pub complete: bool,
}

impl SnapshotFrame {
    fn status(&self) -> WeekStatus {
        if self.complete { WeekStatus::Complete } else { WeekStatus::Incomplete }
    }

    /// Reads the shared values from a row; `None` for a row of an imported week.
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
pub enum PageTable {}

/// One row of the table of pages.
#[derive(Debug, Clone, Copy)]
pub struct MeasuredPage<'r> {
    pub row: &'r PageRow,
    /// The values that all rows of the snapshot share.
    pub frame: &'r SnapshotFrame,
}

impl Sheet for PageTable {
    type Row<'r> = MeasuredPage<'r>;
    type Base = Self;
    type Group = MetricGroup;
    type Restored = PageRow;

    fn base<'a, 'r: 'a>(row: &'a MeasuredPage<'r>) -> &'a MeasuredPage<'r> {
        row
    }
}

pub type PageColumn = Column<PageTable>;

/// All columns, in the order of the files. Those of the legacy script come first.
const COLUMNS: &[&[PageColumn]] = &[
    compatible::COLUMNS,
    identity::COLUMNS,
    people::COLUMNS,
    content::COLUMNS,
    judgement::COLUMNS,
    state_dates::COLUMNS,
    lists::COLUMNS,
];

/// Returns all columns, in the order of the files.
pub fn all() -> Vec<&'static PageColumn> {
    COLUMNS.iter().copied().flatten().collect()
}

/// Returns the columns of the exported files.
pub fn exported() -> Vec<&'static PageColumn> {
    all().into_iter().filter(|column| !column.only_in_weeks).collect()
}

/// Returns the columns that only the files of the weeks have.
pub fn only_in_weeks() -> Vec<&'static PageColumn> {
    all().into_iter().filter(|column| column.only_in_weeks).collect()
}

/// Returns the names of all columns.
pub fn names() -> Vec<&'static str> {
    all().iter().map(|column| column.name).collect()
}

/// Returns the names and types of all columns.
pub fn fields() -> Vec<Field> {
    all().into_iter().map(Column::field).collect()
}

/// Returns the types of the columns with these names.
pub fn fields_of(names: &[&str]) -> Vec<Field> {
    names.iter().filter_map(|name| all().into_iter().find(|column| column.name == *name)).map(Column::field).collect()
}

/// Returns the cells of a row.
pub fn cells(columns: &[&PageColumn], row: &PageRow, frame: &SnapshotFrame) -> Vec<Value> {
    columns.iter().map(|column| column.value(&MeasuredPage { row, frame })).collect()
}

impl PageRow {
    /// Restores a row from its cells. Fields without a column stay as in an empty row; findings, workflow figures and the
    /// dashboard use only fields that have a column.
    pub fn read(record: Record<'_>) -> Self {
        let mut row = Self::default();
        for column in COLUMNS.iter().copied().flatten() {
            column.restore(&mut row, record);
        }
        row
    }
}

/// Returns the columns with these names. For constants only, where an unknown name does not compile.
pub const fn named<const N: usize>(names: [&str; N]) -> [&'static PageColumn; N] {
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

    /// The header of the legacy script. Models in Power BI and Excel depend on it.
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
