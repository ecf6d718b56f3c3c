//! The sheet of the owners of files.

use std::io;

use super::spaces::if_complete;
use crate::report::html::by_owner::OwnerSums;
use crate::report::report_view::ReportView;
use crate::report::wording::UNKNOWN;
use crate::spreadsheet::{Column, Sheet, TableColumn, TableLayout, Value, WorkbookWriter};

pub(super) const NAME: &str = "Owners";

#[derive(Debug)]
pub(super) enum Owners {}

/// An owner with the sums of the files.
#[derive(Debug, Clone, Copy)]
pub(super) struct OwnerEntry<'r> {
    view: &'r ReportView<'r>,
    name: Option<&'r str>,
    sums: &'r OwnerSums<'r>,
}

impl Sheet for Owners {
    type Row<'r> = OwnerEntry<'r>;
    type Base = Self;
    type Group = ();
    type Restored = ();

    fn base<'a, 'r: 'a>(row: &'a OwnerEntry<'r>) -> &'a OwnerEntry<'r> {
        row
    }
}

type OwnerColumn = Column<Owners>;

/// The columns of the sheet.
pub(super) const OWNERS: &[OwnerColumn] = &[
    OwnerColumn::text("Container Owner", |row| Value::text(row.name.unwrap_or(UNKNOWN))),
    OwnerColumn::integer("Pages with Files", "count", |row| Value::count(row.sums.pages.len()))
        .says("Number of pages and blog posts of the owner that have files."),
    OwnerColumn::integer("Files", "count", |row| Value::count(row.sums.files)),
    OwnerColumn::integer("All Versions Size(Bytes)", "bytes", |row| Value::count(row.sums.bytes)),
    OwnerColumn::integer("Unreferenced Files", "count", |row| if_complete(row.view, row.sums.unreferenced_files)),
    OwnerColumn::integer("Unreferenced Size(Bytes)", "bytes", |row| if_complete(row.view, row.sums.unreferenced_bytes)),
    OwnerColumn::integer("Undetermined Files", "count", |row| Value::count(row.sums.undetermined_files)),
];

pub(super) fn write(
    workbook: &mut WorkbookWriter,
    view: &ReportView<'_>,
    owners: &[(Option<&str>, OwnerSums<'_>)],
) -> io::Result<()> {
    let layout = TableLayout {
        name: NAME,
        columns: OWNERS.iter().map(TableColumn::of).collect(),
        rows: owners.len(),
        order: "most unreferenced bytes first",
        all_in: "attachments.csv",
    };
    let mut table = workbook.table(layout)?;
    table.rows(OWNERS, owners.iter().map(|(name, sums)| OwnerEntry { view, name: *name, sums }))?;
    table.finish()
}
