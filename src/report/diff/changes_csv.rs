//! `changes.csv`: one row for each file and kind of change.

use std::io::{self, Write};

use super::{ChangedFile, DiffView};
use crate::comparison::FileChangeKind;
use crate::report::csv::{ATTACHMENTS, Attachments};
use crate::report::report_view::FileRow;
use crate::spreadsheet::{Column, Sheet, Value, write_table};

#[derive(Debug)]
pub(in crate::report) enum Changes {}

impl Sheet for Changes {
    type Row<'r> = ChangedFile<'r>;
    type Base = Attachments;
    type Group = ();
    type Restored = ();
    const QUOTES_EMPTY_TEXT: bool = true;

    fn base<'a, 'r: 'a>(row: &'a ChangedFile<'r>) -> &'a FileRow<'r> {
        &row.shown
    }
}

type ChangeColumn = Column<Changes>;

const ONLY_NEW: &str = "the old run does not list the file";

pub(in crate::report) const CHANGES: &[ChangeColumn] = &[
    ChangeColumn::text("Change", |row| Value::text(row.change.kind.as_str()))
        .says(
            "Kind of change: newly-unreferenced, newly-used, usage-changed, not-comparable, new, gone, trashed, \
            restored, grown, shrunk, renamed, moved, new-versions, deleted-versions, only-in-old, only-in-new. A file \
            that changed in several ways has several rows.",
        )
        .from("both runs"),
    ChangeColumn::integer("Bytes", "bytes", |row| {
        if row.change.is_exact { Value::count(row.change.bytes) } else { Value::Empty }
    })
    .says(
        "Bytes of the change: the difference for grown and shrunk, the changed versions for new-versions and \
        deleted-versions, all versions for all other kinds.",
    )
    .from("versions")
    .empty("the size of a version is unknown"),
    ChangeColumn::integer("Changed Versions", "count", |row| match row.change.versions {
        0 => Value::Empty,
        versions => Value::count(versions),
    })
    .says("Number of new or deleted versions.")
    .from("versions")
    .empty("another kind of change"),
    of_file("Attachment ID"),
    of_file("Filename"),
    ChangeColumn::text("Filename Before", |row| before(row, |old| old.attachment.title.clone()))
        .says("File name in the old run.")
        .from("attachments")
        .empty(ONLY_NEW),
    of_file("Space Key"),
    ChangeColumn::text("Space Key Before", |row| before(row, |old| old.space_key().to_owned()))
        .says("Space key in the old run.")
        .from("pages, spaces")
        .empty("the old run does not list the file, or does not know the space"),
    of_file("Container ID"),
    of_file("Container Title"),
    of_file("Container URL"),
    ChangeColumn::text("Container ID Before", |row| before(row, |old| old.container_id().to_owned()))
        .says("Id of the page or blog post that the file was attached to in the old run.")
        .from("attachments")
        .empty("the old run does not list the file, or does not know its container"),
    ChangeColumn::text("Container Title Before", |row| {
        before(row, |old| old.owner_title().unwrap_or_default().to_owned())
    })
    .says("Title of that content in the old run.")
    .from("pages")
    .empty("the old run does not list the file, or did not find its container"),
    of_file("Container Owner"),
    of_file("Attachment Page Link"),
    of_file("Status"),
    ChangeColumn::text("Status Before", |row| before(row, |old| old.attachment.status.as_str().to_owned()))
        .says("Status of the attachment in the old run.")
        .from("attachments")
        .empty(ONLY_NEW),
    of_file("Usage"),
    ChangeColumn::text("Usage Before", |row| before(row, |old| old.usage().as_str().to_owned()))
        .says("Usage in the old run, decided by this version of the program.")
        .from("bodies")
        .empty(ONLY_NEW),
    of_file("Protected"),
    ChangeColumn::text("Protected Before", |row| before(row, |old| old.verdict.protected.clone().unwrap_or_default()))
        .says("Rule that protected the file in the old run, by the rules of the new run.")
        .from("the configuration")
        .empty("no rule protected it"),
    of_file("Evidence"),
    of_file("Size(Bytes)"),
    ChangeColumn::integer("Size Before(Bytes)", "bytes", |row| number_before(row, |old| old.attachment.size))
        .says("Size of the current version in the old run.")
        .from("attachments")
        .empty("the old run does not list the file, or does not know its size"),
    of_file("Versions"),
    ChangeColumn::integer("Versions Before", "count", |row| {
        number_before(row, |old| u64::try_from(old.attachment.versions()).ok())
    })
    .says("Number of versions in the old run.")
    .from("versions")
    .empty(ONLY_NEW),
    of_file("All Versions Size(Bytes)"),
    ChangeColumn::integer("All Versions Size Before(Bytes)", "bytes", |row| {
        number_before(row, |old| old.attachment.all_bytes())
    })
    .says("Size of all versions in the old run.")
    .from("versions")
    .empty("the old run does not list the file, or does not know the size of a version"),
    of_file("Last Modified"),
    ChangeColumn::text("Reason", |row| Value::text(reason(row)))
        .says("Why the runs cannot be compared, or why the file is undetermined or not judged.")
        .from("both runs")
        .empty("there is none"),
];

const fn of_file(name: &str) -> ChangeColumn {
    ChangeColumn::of_base(Column::named(&[ATTACHMENTS], name))
}

fn before(row: &ChangedFile<'_>, text: impl FnOnce(&FileRow<'_>) -> String) -> Value {
    Value::text(row.old.as_ref().map(text).unwrap_or_default())
}

fn number_before(row: &ChangedFile<'_>, number: impl FnOnce(&FileRow<'_>) -> Option<u64>) -> Value {
    Value::maybe(row.old.as_ref().and_then(number), Value::count)
}

fn reason(row: &ChangedFile<'_>) -> String {
    use FileChangeKind::{NotComparable, OnlyInNew, OnlyInOld};
    match &row.view.obstacles {
        Some(why) if matches!(row.change.kind, NotComparable | OnlyInOld | OnlyInNew) => why.clone(),
        _ => row.shown.reasons().join("; "),
    }
}

/// Writes all changes.
pub(super) fn write(sink: &mut dyn Write, view: &DiffView<'_>) -> io::Result<()> {
    write_table(sink, CHANGES, view.input.comparison.files.iter().filter_map(|change| view.row(change)))
}
