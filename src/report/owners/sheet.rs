//! The sheet of one person: what to know about each file, and a column for the decision. `--protect-from` reads it.

use std::io::{self, Write};
use std::path::Path;

use chrono::{DateTime, Utc};

use super::OwnedFiles;
use crate::report::csv::{ATTACHMENTS, Attachments};
use crate::report::report_view::FileRow;
use crate::spreadsheet::{Column, Sheet, TableColumn, TableLayout, Value, WorkbookWriter, write_table};

#[derive(Debug)]
pub(crate) enum OwnerSheet {}

impl Sheet for OwnerSheet {
    type Row<'r> = FileRow<'r>;
    type Base = Attachments;
    type Group = ();
    type Restored = ();
    const QUOTES_EMPTY_TEXT: bool = true;

    fn base<'a, 'r: 'a>(row: &'a FileRow<'r>) -> &'a FileRow<'r> {
        row
    }
}

type SheetColumn = Column<OwnerSheet>;

const fn of_file(name: &str) -> SheetColumn {
    Column::of_base(Column::named(&[ATTACHMENTS], name))
}

/// The columns. `Attachment ID` and `Decision` are read back by their names.
pub(crate) const OWNER_FILES: &[SheetColumn] = &[
    SheetColumn::text("Decision", |_| Value::Empty)
        .says("For the person who decides: keep or delete. `--protect-from` reads it.")
        .from("people")
        .empty("written; the person fills it in"),
    of_file("Filename"),
    of_file("Size(MB)"),
    of_file("All Versions Size(Bytes)"),
    of_file("Space Key"),
    of_file("Container Title"),
    of_file("Container URL"),
    SheetColumn::text("Preview Link", |row| Value::text(row.preview_url().unwrap_or_default()))
        .says("Address that shows the file in Confluence.")
        .from("attachments")
        .empty("not reported by the site"),
    of_file("Attachment Page Link"),
    of_file("Created"),
    of_file("Last Modified"),
    of_file("Author"),
    SheetColumn::text("Owner Role", |row| Value::text(row.file_owner().map_or("", |owner| owner.role.words())))
        .says(
            "Why this person can decide about the file: page owner, last editor, page author, uploader or space \
            administrator; the first of them whose account is active.",
        )
        .from("pages, accounts")
        .empty("no one is known"),
    SheetColumn::text("Usage Reason", |row| Value::text(row.no_use_reason()))
        .says("What the run found out about the use of the file.")
        .from("bodies"),
    of_file("Run Complete"),
    of_file("Attachment ID"),
];

/// Values of the column `Decision`.
const CHOICES: &[&str] = &["keep", "delete"];

/// Writes the sheet as a workbook. `temporary` is the folder for its temporary files.
pub(super) fn write_workbook(
    sink: &mut (dyn Write + Send),
    temporary: &Path,
    owned: &OwnedFiles<'_>,
    created: DateTime<Utc>,
) -> io::Result<()> {
    let mut workbook = WorkbookWriter::new(temporary, "Unreferenced files", created)?;
    let columns = OWNER_FILES.iter().map(|column| {
        let cell = TableColumn::of(column);
        match column.name {
            "Decision" => cell.with_choices(CHOICES),
            "Filename" => cell.opening("Preview Link"),
            "Container Title" => cell.opening("Container URL"),
            _ => cell,
        }
    });
    let layout = TableLayout {
        name: "Files",
        columns: columns.collect(),
        rows: owned.rows.len(),
        order: "the largest files first",
        all_in: &format!("{}.csv", owned.file_name),
    };
    let mut table = workbook.table(layout)?;
    table.rows(OWNER_FILES, owned.rows.iter().copied())?;
    table.finish()?;
    workbook.finish(sink)
}

/// Writes the sheet as a CSV file.
pub(super) fn write(sink: &mut dyn Write, rows: &[FileRow<'_>]) -> io::Result<()> {
    write_table(sink, OWNER_FILES, rows.iter().copied())
}
