//! `recheck.csv`: one row for each rechecked file.

use std::io::{self, Write};

use super::{FileUser, RecheckRow};
use crate::report::csv::{ATTACHMENTS, Attachments, list};
use crate::report::report_view::{FileRow, content_id};
use crate::spreadsheet::{Column, Sheet, Value, write_table};

#[derive(Debug)]
pub(crate) enum Rechecks {}

impl Sheet for Rechecks {
    type Row<'r> = RecheckRow<'r>;
    type Base = Attachments;
    type Group = ();
    type Restored = ();
    const QUOTES_EMPTY_TEXT: bool = true;

    fn base<'a, 'r: 'a>(row: &'a RecheckRow<'r>) -> &'a FileRow<'r> {
        &row.file
    }
}

type RecheckColumn = Column<Rechecks>;

pub(in crate::report) const RECHECK: &[RecheckColumn] = &[
    of_file("Attachment ID"),
    of_file("Filename"),
    of_file("Space Key"),
    of_file("Container ID"),
    of_file("Container Title"),
    of_file("Attachment Page Link"),
    of_file("Size(Bytes)"),
    of_file("All Versions Size(Bytes)"),
    RecheckColumn::text("Result", |row| Value::text(row.checked.result.as_str()))
        .says(
            "used-now, not-known, protected-now, still-unreferenced or gone. Only a file that is still-unreferenced may \
             be deleted on the word of the report.",
        )
        .from("bodies, the report"),
    RecheckColumn::text("Used By", |row| list(row.users().into_iter(), " | ", |user| user_in_words(row, &user)))
        .says(
            "Every use that was found, as `kind id \"title\" (URL): construct \"name\" certainty`, separated by ` | `. \
             Shortened like Linked on Other Pages.",
        )
        .from("bodies")
        .empty("no use was found"),
    RecheckColumn::text("Reason", |row| list(row.checked.reasons.iter(), " | ", String::clone))
        .says("Why, and other remarks, separated by ` | `.")
        .from("bodies, the report")
        .empty("there is nothing to add"),
    RecheckColumn::time("Checked At", |row| Value::Time(row.checked_at))
        .says("Changes of the site up to this time are included.")
        .from("the run"),
    RecheckColumn::text("Run Complete", |row| Value::text(if row.complete { "Yes" } else { "No" }))
        .says("Whether the recheck read everything that the run of the report could read: Yes or No.")
        .from("the run"),
];

const fn of_file(name: &str) -> RecheckColumn {
    RecheckColumn::of_base(Column::named(&[ATTACHMENTS], name))
}

/// Writes the table.
pub(super) fn write(sink: &mut dyn Write, rows: &[RecheckRow<'_>]) -> io::Result<()> {
    write_table(sink, RECHECK, rows.iter().copied())
}

/// `page 1001 "Plan" (https://…): image "a.png" proven`.
fn user_in_words(row: &RecheckRow<'_>, user: &FileUser<'_>) -> String {
    let FileUser { used, content } = user;
    let url = row.file.view.content_url(content).map_or_else(String::new, |url| format!(" ({url})"));
    let (kind, id) = (content.kind.label(), content_id(content));
    let certainty = used.certainty.label();
    format!("{kind} {id} \"{}\"{url}: {} \"{}\" {certainty}", content.title, used.construct, used.name)
}
