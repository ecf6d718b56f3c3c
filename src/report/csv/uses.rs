//! `uses.csv`: one row for each use of a file. It has every use, unlike the lists in the cells of `attachments.csv`,
//! which have a maximum length.

use std::io::{self, Write};

use super::attachments::{ATTACHMENTS, Attachments};
use super::yes_no;
use crate::audit::Use;
use crate::inventory::Content;
use crate::report::report_view::{FileRow, content_id};
use crate::spreadsheet::{Column, Sheet, Value, write_table};
use storage_format::Display;

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

pub(super) const USES: &[UseColumn] = &[
    of_file("Attachment ID"),
    of_file("Filename"),
    of_file("Container ID"),
    of_file("Space Key"),
    UseColumn::text("Using Content ID", |row| Value::text(content_id(row.content)))
        .says("Id of the content that uses the file; a draft's id is followed by `(draft)`.")
        .from("bodies"),
    UseColumn::text("Using Content Type", |row| Value::text(row.content.kind.label()))
        .says("Type of that content: page, blog post, comment, template, …")
        .from("bodies"),
    UseColumn::text("Using Content Title", |row| Value::text(&*row.content.title))
        .says("Title of that content.")
        .from("bodies")
        .empty("no title"),
    UseColumn::text("Using Content URL", |row| Value::text(row.file.view.content_url(row.content).unwrap_or_default()))
        .says("Address that opens it in a browser.")
        .from("bodies")
        .empty("it has no address"),
    UseColumn::text("On Own Page", |row| yes_no(row.used.on_owner))
        .says("Whether it is the published page or blog post that the file is attached to: Yes or No.")
        .from("bodies"),
    UseColumn::text("Construct", |row| Value::text(row.used.construct.to_string()))
        .says("How the content refers to the file: image, link, macro with its name, URL, …")
        .from("bodies"),
    UseColumn::text("Shown As", |row| {
        Value::text(match row.used.display {
            Display::Shown => "shown",
            Display::Linked => "linked",
            Display::Listed => "listed",
        })
    })
    .says(
        "What readers see: shown (the file itself), linked (a link to it) or listed (an entry in a list of \
        attachments).",
    )
    .from("bodies"),
    UseColumn::text("Name Used", |row| Value::text(&*row.used.name))
        .says("Name or id that the content uses; it can be an earlier name of the file.")
        .from("bodies"),
    UseColumn::text("Certainty", |row| Value::text(row.used.certainty.label()))
        .says("proven or possible. Both count as a use.")
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
