//! `duplicates.csv`: one row for each file of a duplicate group.

use std::io::{self, Write};

use super::attachments::{ATTACHMENTS, Attachments};
use super::yes_no;
use crate::audit::DuplicateGroup;
use crate::report::report_view::{FileRow, ReportView};
use crate::spreadsheet::{Column, Sheet, Value, write_table};

#[derive(Debug)]
pub(crate) enum Duplicates {}

/// One file of a group.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DuplicateRow<'r> {
    file: FileRow<'r>,
    group: &'r DuplicateGroup,
    number: usize,
}

impl Sheet for Duplicates {
    type Row<'r> = DuplicateRow<'r>;
    type Base = Attachments;
    type Group = ();
    type Restored = ();
    const QUOTES_EMPTY_TEXT: bool = true;

    fn base<'a, 'r: 'a>(row: &'a DuplicateRow<'r>) -> &'a FileRow<'r> {
        &row.file
    }
}

type DuplicateColumn = Column<Duplicates>;

pub(crate) const DUPLICATES: &[DuplicateColumn] = &[
    DuplicateColumn::integer("Duplicate Group", "number", |row| Value::count(row.number))
        .says("Number of the group of files with the same name, size and type, valid within one report.")
        .from("attachments"),
    DuplicateColumn::integer("Copies", "count", |row| Value::count(row.group.files.len()))
        .says("Number of files in the group.")
        .from("attachments"),
    DuplicateColumn::text("Verified", |row| row.group.verified.map_or(Value::text("Not verified"), yes_no))
        .says("Yes: the bytes are equal. No: they differ. Not verified: they were not compared.")
        .from("--verify-duplicates"),
    of_file("Filename"),
    of_file("Size(Bytes)"),
    of_file("Size(MB)"),
    of_file("Media Type"),
    of_file("Attachment ID"),
    of_file("Space Key"),
    of_file("Container ID"),
    of_file("Container Title"),
    of_file("Container URL"),
    of_file("Created"),
    of_file("Usage"),
    of_file("Attachment Page Link"),
    of_file("Run Complete"),
];

const fn of_file(name: &str) -> DuplicateColumn {
    DuplicateColumn::of_base(Column::named(&[ATTACHMENTS], name))
}

/// Returns the files of every duplicate group, in the order of the audit.
pub(crate) fn duplicate_rows<'r>(view: &'r ReportView<'r>) -> impl Iterator<Item = DuplicateRow<'r>> {
    view.audit.duplicates.iter().zip(1..).flat_map(|(group, number)| {
        let files = group.files.iter().filter_map(|file| view.row_of(*file));
        files.map(move |file| DuplicateRow { file, group, number })
    })
}

/// Writes the files of every duplicate group.
pub(crate) fn duplicates<'r>(sink: &mut dyn Write, view: &'r ReportView<'r>) -> io::Result<()> {
    write_table(sink, DUPLICATES, duplicate_rows(view))
}
