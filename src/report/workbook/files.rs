//! The sheets about files: unreferenced files, all files, old versions and duplicates.

use std::cmp::Reverse;
use std::io;

use crate::report::csv::{
    ATTACHMENTS as FILE_COLUMNS, Attachments, DUPLICATES as DUPLICATE_COLUMNS, Duplicates, VERSIONS, VersionRow,
    Versions, duplicate_rows,
};
use crate::report::report_view::{FileRow, ReportView};
use crate::spreadsheet::{Column, Sheet, TableColumn, TableLayout, TableSheet, WorkbookWriter};

pub(super) const UNREFERENCED: &str = "Unreferenced";
pub(super) const ATTACHMENTS: &str = "Attachments";
pub(super) const OLD_VERSIONS: &str = "Old versions";
pub(super) const DUPLICATES: &str = "Duplicates";

/// The columns that people need first. All others follow in the order of the CSV file.
const FIRST: [&str; 21] = [
    "Filename",
    "All Versions Size(Bytes)",
    "Size(Bytes)",
    "Versions",
    "Usage",
    "Certainty",
    "Reason",
    "Unreferenced Since",
    "Unreferenced Runs",
    "Space Key",
    "Container Title",
    "Container Owner",
    "Author",
    "Last Modified",
    "Created",
    "Media Type",
    "Protected",
    "Duplicate Group",
    "Linked on Page",
    "Linked on Other Pages",
    "Evidence",
];

/// Columns with texts that open the addresses in other columns.
const LINKS: [(&str, &str); 2] = [("Filename", "Attachment Page Link"), ("Container Title", "Container URL")];

const LARGEST_FIRST: &str = "the largest first";

/// The address that the names in the sheet of old versions open; `versions.csv` does not have it.
const SCREEN_OF_VERSION: Column<Versions> = Column::of_base(Column::named(&[FILE_COLUMNS], "Attachment Page Link"));

pub(super) fn write(workbook: &mut WorkbookWriter, view: &ReportView<'_>, rows: &[FileRow<'_>]) -> io::Result<()> {
    // what deleting a file frees decides, so all versions count
    let mut largest: Vec<&FileRow<'_>> = rows.iter().collect();
    largest.sort_by_key(|row| Reverse(row.known_bytes()));
    write_unreferenced(workbook, view, &largest)?;
    let columns = arranged();
    let mut table = begin(workbook, ATTACHMENTS, &columns, largest.len(), LARGEST_FIRST, "attachments.csv")?;
    table.rows(columns.iter().copied(), largest.iter().map(|row| **row))?;
    table.finish()?;
    write_old_versions(workbook, &largest)?;
    write_duplicates(workbook, view)
}

/// Returns the columns of a file in the order for people.
fn arranged() -> Vec<&'static Column<Attachments>> {
    let first = FIRST.iter().filter_map(|name| FILE_COLUMNS.iter().find(|column| column.name == *name));
    first.chain(FILE_COLUMNS.iter().filter(|column| !FIRST.contains(&column.name))).collect()
}

/// Begins a table with these columns of a CSV file, and with links where it has the addresses.
fn begin<'w, S: Sheet>(
    workbook: &'w mut WorkbookWriter,
    name: &str,
    columns: &[&Column<S>],
    rows: usize,
    order: &str,
    all_in: &str,
) -> io::Result<TableSheet<'w>> {
    let has = |name: &str| columns.iter().any(|column| column.name == name);
    let column = |column: &&Column<S>| {
        let address = LINKS.iter().find(|(texts, addresses)| *texts == column.name && has(addresses));
        let column = TableColumn::of(column);
        address.map_or(column.clone(), |(_, addresses)| column.opening(*addresses))
    };
    workbook.table(TableLayout { name, columns: columns.iter().map(column).collect(), rows, order, all_in })
}

fn write_unreferenced(
    workbook: &mut WorkbookWriter,
    view: &ReportView<'_>,
    largest: &[&FileRow<'_>],
) -> io::Result<()> {
    let columns = arranged();
    let unreferenced = || largest.iter().filter(|row| row.is_candidate()).map(|row| **row);
    let count = unreferenced().count();
    let mut table = begin(workbook, UNREFERENCED, &columns, count, LARGEST_FIRST, "the files SPACE_unreferenced.csv")?;
    table.rows(columns.iter().copied(), unreferenced())?;
    if !view.complete {
        let reasons = view.incomplete_reasons.join("; ");
        return table.finish_with_note(&format!(
            "INCOMPLETE: no file can be called unreferenced, because not everything was read: {reasons}."
        ));
    }
    if count == 0 { table.finish_with_note("No file is unreferenced.") } else { table.finish() }
}

fn write_old_versions(workbook: &mut WorkbookWriter, files: &[&FileRow<'_>]) -> io::Result<()> {
    let versions =
        files.iter().flat_map(|file| file.attachment.old_versions.iter().map(move |version| (file, version)));
    let mut largest: Vec<_> = versions.collect();
    largest.sort_by_key(|(_, version)| Reverse(version.size));
    let columns: Vec<&Column<Versions>> =
        VERSIONS.iter().filter(|column| column.name != "Current").chain([&SCREEN_OF_VERSION]).collect();
    let mut table = begin(workbook, OLD_VERSIONS, &columns, largest.len(), LARGEST_FIRST, "versions.csv")?;
    table.rows(columns.iter().copied(), largest.iter().map(|(file, version)| VersionRow::old(***file, version)))?;
    if largest.is_empty() { table.finish_with_note("No file has old versions.") } else { table.finish() }
}

fn write_duplicates(workbook: &mut WorkbookWriter, view: &ReportView<'_>) -> io::Result<()> {
    let columns: Vec<&Column<Duplicates>> = DUPLICATE_COLUMNS.iter().collect();
    let count = duplicate_rows(view).count();
    let mut table = begin(workbook, DUPLICATES, &columns, count, "by group", "duplicates.csv")?;
    table.rows(columns.iter().copied(), duplicate_rows(view))?;
    if count == 0 { table.finish_with_note("No files look the same.") } else { table.finish() }
}
