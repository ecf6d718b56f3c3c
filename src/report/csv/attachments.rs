//! `attachments.csv` and the lists of spaces: one row for each attachment.

use std::io::{self, Write};

use super::{list, megabytes};
use crate::inventory::Content;
use crate::report::view::{FileRow, View, content_id};
use crate::spreadsheet::{Column, Sheet, Value, write_table};

/// The table of attachments.
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
    FileColumn::text("Filename", |row| Value::text(&*row.attachment.title))
        .says("Name of the file.")
        .from("attachments"),
    FileColumn::integer("Size(Bytes)", "bytes", |row| Value::maybe(row.attachment.size, Value::count))
        .says("Size of the current version.")
        .from("attachments")
        .empty("the site does not tell"),
    FileColumn::decimal("Size(MB)", 2, "MB", |row| megabytes(row.attachment.size))
        .says("Size(Bytes) divided by 1,048,576, rounded half up.")
        .from("Size(Bytes)")
        .empty("Size(Bytes) is"),
    FileColumn::text("Download URL", |row| {
        optional(row.attachment.download.as_deref().and_then(|path| row.view.links.path(path)))
    })
    .says("Downloads the current version.")
    .from("attachments")
    .empty("the site does not tell"),
    FileColumn::text("Original Page", |row| optional(row.owner.map(|owner| titled(row.view, owner))))
        .says("The page or post that the file is attached to, as `Title (URL)`.")
        .from("attachments, pages")
        .empty("the container was not found"),
    FileColumn::text("Linked on Page", |row| Value::text(row.linked_on_page()))
        .says("Yes, No or Unknown: the body, the header image or an attachments macro of that page uses the file.")
        .from("bodies"),
    FileColumn::text("Linked on Other Pages", |row| {
        list(row.elsewhere().into_iter(), ", ", |content| titled(row.view, content))
    })
    .says("Other contents that use the file, each as `Title (URL)`, separated by commas; a list too long for a cell ends \
           with `and N more`, and `uses.csv` has all.")
    .from("bodies")
    .empty("no other content does"),
    FileColumn::text("Attachment Page Link", |row| optional(row.screen_url()))
        .says("The attachment screen of the page or post, where people delete files.")
        .from("attachments")
        .empty("the container is neither a page nor a post"),
    FileColumn::text("API Delete Link", |row| {
        Value::text(row.view.links.delete_attachment(row.attachment.id.as_str()))
    })
    .says("The endpoint that moves the file to the trash. The program never calls it.")
    .from("attachments"),
    FileColumn::text("Attachment ID", |row| Value::text(row.attachment.id.as_str()))
        .says("Id of the attachment.")
        .from("attachments"),
    FileColumn::text("Space Key", |row| Value::text(row.space_key()))
        .says("Key of the space.")
        .from("pages, spaces")
        .empty("the space is not known"),
    FileColumn::text("Container ID", |row| Value::text(row.container_id()))
        .says("Id of the page or post that the file is attached to.")
        .from("attachments")
        .empty("the site does not tell"),
    FileColumn::text("Container Type", |row| Value::text(row.owner.map_or("", |owner| owner.kind.label())))
        .says("What that is: page, blog post, ….")
        .from("pages")
        .empty("the container was not found"),
    FileColumn::text("Container Title", |row| Value::text(row.owner_title().unwrap_or_default()))
        .says("Title of that page or post.")
        .from("pages")
        .empty("the container was not found"),
    FileColumn::text("Container URL", |row| optional(row.owner_url()))
        .says("Opens that page or post in a browser.")
        .from("pages")
        .empty("the container was not found, or has no page of its own"),
    FileColumn::text("Container Owner", |row| Value::text(row.owner_name().unwrap_or_default()))
        .says(
            "Owner of that page or post; its author where no owner is known. The account id where the name is unknown.",
        )
        .from("pages, users")
        .empty("the site does not tell"),
    FileColumn::text("Status", |row| Value::text(row.attachment.status.as_str()))
        .says("Status of the attachment: current, archived, ….")
        .from("attachments"),
    FileColumn::text("Media Type", |row| Value::text(row.attachment.media_type.as_deref().unwrap_or_default()))
        .says("Media type.")
        .from("attachments")
        .empty("the site does not tell"),
    FileColumn::integer("Versions", "count", |row| Value::count(row.attachment.versions()))
        .says("Versions that exist.")
        .from("versions"),
    FileColumn::integer("All Versions Size(Bytes)", "bytes", |row| {
        Value::maybe(row.attachment.all_bytes(), Value::count)
    })
    .says("Size of all versions.")
    .from("versions")
    .empty("the size of one is not known"),
    FileColumn::time("Created", |row| Value::maybe(row.attachment.created_at, Value::Time))
        .says("When the file was created.")
        .from("attachments")
        .empty("the site does not tell"),
    FileColumn::time("Last Modified", |row| Value::maybe(row.attachment.modified_at, Value::Time))
        .says("When the current version was uploaded.")
        .from("attachments")
        .empty("the site does not tell"),
    FileColumn::text("Author", |row| Value::text(row.view.person(row.attachment.author.as_ref()).unwrap_or_default()))
        .says("Who uploaded the current version; the account id where the name is unknown.")
        .from("attachments, users")
        .empty("the site does not tell"),
    FileColumn::text("Usage", |row| Value::text(row.usage().as_str()))
        .says("What is known of the use of the file, in one of the words that the README explains.")
        .from("bodies"),
    FileColumn::text("Linked Content IDs", |row| list(row.elsewhere().into_iter(), ";", content_id))
    .says("Ids of the other contents that use the file, separated by semicolons; `(draft)` behind that of a draft. Cut as \
           above.")
    .from("bodies")
    .empty("no other content does"),
    FileColumn::text("Evidence", evidence)
        .says("Each use as `construct content-id \"name\" certainty`, separated by ` | `. Cut as above.")
        .from("bodies")
        .empty("no use was found"),
    FileColumn::text("Certainty", |row| {
        Value::text(row.verdict.certainty.map_or("", storage_format::Certainty::label))
    })
    .says("How sure the best evidence is.")
    .from("bodies")
    .empty("no use was found"),
    FileColumn::text("Protected", |row| Value::text(row.verdict.protected.as_deref().unwrap_or_default()))
        .says("The rule of the configuration that protects the file.")
        .from("the configuration")
        .empty("none does"),
    FileColumn::integer("Duplicate Group", "number", |row| Value::maybe(row.verdict.duplicate_group, Value::count))
        .says("Number of the group of files of the same name, size and type; it holds within one report.")
        .from("attachments")
        .empty("no other file is like it"),
    FileColumn::text("Run Complete", |row| Value::text(row.view.run_complete()))
        .says(
            "Yes or No: everything was read. Only then a file is called unreferenced. `Yes except ID` names what the user \
             accepts as unread.",
        )
        .from("the run"),
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
fn titled(view: &View<'_>, content: &Content) -> String {
    match view.content_url(content) {
        Some(url) => format!("{} ({url})", content.title),
        None => content.title.clone(),
    }
}
