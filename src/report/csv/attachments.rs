//! `attachments.csv` and the lists of spaces: one row for each attachment.

use std::io::{self, Write};

use super::{list, megabytes};
use crate::inventory::Content;
use crate::report::report_view::{FileRow, ReportView, content_id};
use crate::spreadsheet::{Column, Sheet, Value, write_table};

#[derive(Debug)]
pub(crate) enum Attachments {}

impl Sheet for Attachments {
    type Row<'r> = FileRow<'r>;
    type Base = Self;
    type Group = ();
    type Restored = ();
    const QUOTES_EMPTY_TEXT: bool = true;

    fn base<'a, 'r: 'a>(row: &'a FileRow<'r>) -> &'a FileRow<'r> {
        row
    }
}

type FileColumn = Column<Attachments>;

/// The columns: the nine compatible ones, then ours.
pub(crate) const ATTACHMENTS: &[FileColumn] = &[
    FileColumn::text("Filename", |row| Value::text(&*row.attachment.title)).says("File name.").from("attachments"),
    FileColumn::integer("Size(Bytes)", "bytes", |row| Value::maybe(row.attachment.size, Value::count))
        .says("Size of the current version.")
        .from("attachments")
        .empty("not reported by the site"),
    FileColumn::decimal("Size(MB)", 2, "MB", |row| megabytes(row.attachment.size))
        .says("Size(Bytes) divided by 1,048,576, rounded half up.")
        .from("Size(Bytes)")
        .empty("Size(Bytes) is empty"),
    FileColumn::text("Download URL", |row| {
        optional(row.attachment.download.as_deref().and_then(|path| row.view.links.path(path)))
    })
    .says("Address that downloads the current version.")
    .from("attachments")
    .empty("not reported by the site"),
    FileColumn::text("Original Page", |row| optional(row.owner.map(|owner| titled(row.view, owner))))
        .says("Page or blog post that the file is attached to, as `Title (URL)`.")
        .from("attachments, pages")
        .empty("the container was not found"),
    FileColumn::text("Linked on Page", |row| Value::text(row.linked_on_page()))
        .says("Whether that page uses the file in its body, header image or an attachments macro: Yes, No or Unknown.")
        .from("bodies"),
    FileColumn::text("Linked on Other Pages", |row| {
        list(row.elsewhere().into_iter(), ", ", |content| titled(row.view, content))
    })
    .says(
        "Other contents that use the file, each as `Title (URL)`, separated by commas. A list that is too long for \
        a cell ends with `and N more`; `uses.csv` has every use.",
    )
    .from("bodies")
    .empty("no other content uses it"),
    FileColumn::text("Attachment Page Link", |row| optional(row.screen_url()))
        .says("Attachments screen of the page or blog post, where people delete files.")
        .from("attachments")
        .empty("the container is neither a page nor a post"),
    FileColumn::text("API Delete Link", |row| Value::text(row.view.delete_endpoint(row.attachment)))
        .says("API endpoint that moves the file to the trash. The program never calls it.")
        .from("attachments"),
    FileColumn::text("Attachment ID", |row| Value::text(row.attachment.id.as_str()))
        .says("Attachment id.")
        .from("attachments"),
    FileColumn::text("Space Key", |row| Value::text(row.space_key()))
        .says("Space key.")
        .from("pages, spaces")
        .empty("the space is unknown"),
    FileColumn::text("Container ID", |row| Value::text(row.container_id()))
        .says("Id of the page or blog post that the file is attached to.")
        .from("attachments")
        .empty("not reported by the site"),
    FileColumn::text("Container Type", |row| Value::text(row.owner.map_or("", |owner| owner.kind.label())))
        .says("Type of that content: page, blog post, …")
        .from("pages")
        .empty("the container was not found"),
    FileColumn::text("Container Title", |row| Value::text(row.owner_title().unwrap_or_default()))
        .says("Title of that content.")
        .from("pages")
        .empty("the container was not found"),
    FileColumn::text("Container URL", |row| optional(row.owner_url()))
        .says("Address that opens it in a browser.")
        .from("pages")
        .empty("the container was not found, or has no address"),
    FileColumn::text("Container Owner", |row| Value::text(row.owner_name().unwrap_or_default()))
        .says(
            "Owner of that content, or its author when the owner is unknown. The account id when the name is \
            unknown.",
        )
        .from("pages, accounts")
        .empty("not reported by the site"),
    FileColumn::text("Status", |row| Value::text(row.attachment.status.as_str()))
        .says("Status of the attachment: current, archived, …")
        .from("attachments"),
    FileColumn::text("Media Type", |row| Value::text(row.attachment.media_type.as_deref().unwrap_or_default()))
        .says("Media type, such as image/png.")
        .from("attachments")
        .empty("not reported by the site"),
    FileColumn::integer("Versions", "count", |row| Value::count(row.attachment.versions()))
        .says("Number of versions that exist.")
        .from("versions"),
    FileColumn::integer("All Versions Size(Bytes)", "bytes", |row| {
        Value::maybe(row.attachment.all_bytes(), Value::count)
    })
    .says("Size of all versions.")
    .from("versions")
    .empty("the size of a version is unknown"),
    FileColumn::time("Created", |row| Value::maybe(row.attachment.created_at, Value::Time))
        .says("Time of the first upload.")
        .from("attachments")
        .empty("not reported by the site"),
    FileColumn::time("Last Modified", |row| Value::maybe(row.attachment.modified_at, Value::Time))
        .says("Time when the current version was uploaded.")
        .from("attachments")
        .empty("not reported by the site"),
    FileColumn::text("Author", |row| Value::text(row.view.person(row.attachment.author.as_ref()).unwrap_or_default()))
        .says("Name of the account that uploaded the current version; the account id when the name is unknown.")
        .from("attachments, accounts")
        .empty("not reported by the site"),
    FileColumn::text("Usage", |row| Value::text(row.usage().as_str()))
        .says("Usage category: embedded, linked, linked-elsewhere, listed, undetermined, unreferenced or not-judged.")
        .from("bodies"),
    FileColumn::text("Linked Content IDs", |row| list(row.elsewhere().into_iter(), ";", content_id))
        .says(
            "Ids of the other contents that use the file, separated by semicolons; a draft's id is followed by \
        `(draft)`. Shortened like Linked on Other Pages.",
        )
        .from("bodies")
        .empty("no other content uses it"),
    FileColumn::text("Evidence", evidence)
        .says(
            "Every use, as `construct content-id \"name\" certainty`, separated by ` | `. Shortened like Linked on \
            Other Pages.",
        )
        .from("bodies")
        .empty("no use was found"),
    FileColumn::text("Certainty", |row| {
        Value::text(row.verdict.certainty.map_or("", storage_format::Certainty::label))
    })
    .says("Certainty of the strongest evidence: proven or possible.")
    .from("bodies")
    .empty("no use was found"),
    FileColumn::text("Protected", |row| Value::text(row.verdict.protected.as_deref().unwrap_or_default()))
        .says("Rule that keeps the file out of the lists of unreferenced files.")
        .from("the configuration")
        .empty("not protected"),
    FileColumn::integer("Duplicate Group", "number", |row| Value::maybe(row.verdict.duplicate_group, Value::count))
        .says("Number of the group of files with the same name, size and type, valid within one report.")
        .from("attachments")
        .empty("no matching file"),
    FileColumn::text("Run Complete", |row| Value::text(row.view.run_complete()))
        .says(
            "Whether everything was read: Yes or No. Only a complete run calls files unreferenced. `Yes except ID` \
            names contents that were accepted as unread.",
        )
        .from("the run"),
    FileColumn::text("Reason", |row| list(row.reasons().into_iter(), " | ", str::to_owned))
        .says(
            "Why the file is undetermined or not judged, and other remarks, separated by ` | `. Shortened like Linked \
            on Other Pages.",
        )
        .from("bodies, the run")
        .empty("there is nothing to remark"),
    FileColumn::time("Unreferenced Since", |row| Value::maybe(row.streak(), |streak| Value::Time(streak.since)))
        .says("Start of the first of the complete runs in a row, up to this one, that call the file unreferenced.")
        .from("the audit history")
        .empty("the file is not unreferenced, or the run is not counted"),
    FileColumn::integer("Unreferenced Runs", "count", |row| {
        Value::maybe(row.streak(), |streak| Value::count(streak.runs))
    })
    .says("Number of these runs, this one included.")
    .from("the audit history")
    .empty("the file is not unreferenced, or the run is not counted"),
];

/// Writes a table of attachments with all columns.
pub(crate) fn attachments<'r, 'v: 'r>(
    sink: &mut dyn Write,
    rows: impl IntoIterator<Item = &'r FileRow<'v>>,
) -> io::Result<()> {
    write_table(sink, ATTACHMENTS, rows.into_iter().copied())
}

fn optional(text: Option<String>) -> Value {
    Value::text(text.unwrap_or_default())
}

/// `construct content-id "name" certainty`, separated by ` | `.
fn evidence(row: &FileRow<'_>) -> Value {
    list(row.verdict.uses.iter(), " | ", |used| {
        let id = content_id(row.content_of(used));
        format!("{} {id} \"{}\" {}", used.construct, used.name, used.certainty.label())
    })
}

/// `Title (URL)`, the form of the compatible columns.
fn titled(view: &ReportView<'_>, content: &Content) -> String {
    match view.content_url(content) {
        Some(url) => format!("{} ({url})", content.title),
        None => content.title.clone(),
    }
}
