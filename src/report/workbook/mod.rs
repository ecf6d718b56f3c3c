//! The workbook of an audit: the tables of the CSV files as sheets, with a summary and a reading guide.

mod files;
mod guide;
mod owners;
mod spaces;
mod summary;

use std::io::{self, Write};
use std::path::Path;

use super::csv::duplicate_rows;
use super::html::by_owner::owner_sums;
use super::report_view::{FileRow, ReportView};
use crate::spreadsheet::WorkbookWriter;

/// The name of the file.
pub(super) const NAME: &str = "confluence_storage.xlsx";

/// The sheets with tables, in their order, each with its name and what it has.
pub(super) const TABLES: [(&str, &str); 6] = [
    (spaces::NAME, "One row for each space: files, bytes, old versions, trash, and what is unreferenced."),
    (
        files::UNREFERENCED,
        "The files for which a complete run found no use, and that no rule protects: the list to review.",
    ),
    (files::ATTACHMENTS, "All files with their size, owner, usage and evidence, as in attachments.csv."),
    (files::OLD_VERSIONS, "The old versions of all files. Each can be deleted without deleting the file."),
    (files::DUPLICATES, "Files with the same name, size and type, by group, as in duplicates.csv."),
    (owners::NAME, "Who decides about the files: owners of their pages, by unreferenced bytes."),
];

/// Writes the workbook. Its temporary files lie in `temporary`.
pub(super) fn write(
    sink: &mut (dyn Write + Send),
    temporary: &Path,
    view: &ReportView<'_>,
    rows: &[FileRow<'_>],
) -> io::Result<()> {
    let finished = view.inventory.scan.finished_at;
    let mut workbook = WorkbookWriter::new(temporary, "Confluence storage", finished)?;
    let owners = owner_sums(rows);
    let counts = [
        view.reported_spaces().len(),
        rows.iter().filter(|row| row.is_candidate()).count(),
        rows.len(),
        rows.iter().map(|row| row.attachment.old_versions.len()).sum(),
        duplicate_rows(view).count(),
        owners.len(),
    ];
    summary::write(&mut workbook, view, rows, counts)?;
    spaces::write(&mut workbook, view)?;
    files::write(&mut workbook, view, rows)?;
    owners::write(&mut workbook, view, &owners)?;
    guide::write(&mut workbook)?;
    workbook.finish(sink)
}
