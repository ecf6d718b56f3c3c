//! `uses.csv`: one row for each use of a file. The lists in the tables of attachments end where a cell has to; this table
//! has all.

use std::io::{self, Write};

use super::attachments::{ATTACHMENTS, Attachments};
use super::yes_no;
use crate::audit::Use;
use crate::inventory::Content;
use crate::report::view::{FileRow, content_id};
use crate::spreadsheet::{Column, Sheet, Value, write_table};
use storage_format::Display;

/// The table of uses.
#[derive(Debug)]
pub(super) enum Uses {}

/// One use of a file.
#[derive(Clone, Copy)]
pub(super) struct UseRow<'r> {
    file: FileRow<'r>,
    used: &'r Use,
    /// The content that uses it.
    content: &'r Content,
}

impl Sheet for Uses {
    type Row<'r> = UseRow<'r>;
    type Base = Attachments;
    type Group = ();
    type Restored = ();
    const QUOTES_EMPTY_TEXT: bool = true;

    fn base<'a, 'r: 'a>(row: &'a UseRow<'r>) -> &'a FileRow<'r> {
        &row.file
    }
}

type UseColumn = Column<Uses>;

/// The columns.
pub(super) const USES: &[UseColumn] = &[
    of_file("Attachment ID"),
    of_file("Filename"),
    of_file("Container ID"),
    of_file("Space Key"),
    UseColumn::text("Using Content ID", |row| Value::text(content_id(row.content)))
        .says("Id of the content that uses the file; `(draft)` behind that of a draft.")
        .from("bodies"),
    UseColumn::text("Using Content Type", |row| Value::text(row.content.kind.label()))
        .says("What that is: page, blog post, comment, template, ….")
        .from("bodies"),
    UseColumn::text("Using Content Title", |row| Value::text(&*row.content.title))
        .says("Title of that content.")
        .from("bodies")
        .empty("it has none"),
    UseColumn::text("Using Content URL", |row| Value::text(row.file.view.content_url(row.content).unwrap_or_default()))
        .says("Opens that content in a browser.")
        .from("bodies")
        .empty("it has no page of its own"),
    UseColumn::text("On Own Page", |row| yes_no(row.used.on_owner))
        .says("Yes or No: it is the page or post that the file is attached to, as published.")
        .from("bodies"),
    UseColumn::text("Construct", |row| Value::text(row.used.construct.to_string()))
        .says("How the use is written: image, link, macro with its name, URL, ….")
        .from("bodies"),
    UseColumn::text("Shown As", |row| {
        Value::text(match row.used.display {
            Display::Shown => "shown",
            Display::Linked => "linked",
            Display::Listed => "listed",
        })
    })
    .says("What readers see: the file is shown, linked or listed.")
    .from("bodies"),
    UseColumn::text("Name Used", |row| Value::text(&*row.used.name))
        .says("The name or id that stands there; an old name of the file may be among them.")
        .from("bodies"),
    UseColumn::text("Certainty", |row| Value::text(row.used.certainty.label()))
        .says("proven, or possible. Both count as used.")
        .from("bodies"),
    of_file("Run Complete"),
];

const fn of_file(name: &str) -> UseColumn {
    UseColumn::of_base(Column::named(&[ATTACHMENTS], name))
}

/// Writes one row per use: by file in the order of the rows, its own page's first, then by content id.
pub(crate) fn uses<'r, 'v: 'r>(
    sink: &mut dyn Write,
    rows: impl IntoIterator<Item = &'r FileRow<'v>>,
) -> io::Result<()> {
    let rows = rows.into_iter().flat_map(|&file| {
        file.verdict.uses.iter().map(move |used| UseRow { file, used, content: file.content_of(used) })
    });
    write_table(sink, USES, rows)
}
