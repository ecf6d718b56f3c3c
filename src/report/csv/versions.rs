//! `versions.csv`: one row for each version that exists.

use std::io::{self, Write};

use super::attachments::{ATTACHMENTS, Attachments};
use super::{megabytes, yes_no};
use crate::inventory::{Attachment, ContentId, OldVersion};
use crate::report::report_view::FileRow;
use crate::spreadsheet::{Column, Sheet, Value, write_table};

#[derive(Debug)]
pub(crate) enum Versions {}

/// One version of a file.
#[derive(Debug)]
pub(crate) struct VersionRow<'r> {
    file: FileRow<'r>,
    version: OldVersion,
    is_current: bool,
}

impl Sheet for Versions {
    type Row<'r> = VersionRow<'r>;
    type Base = Attachments;
    type Group = ();
    type Restored = ();
    const QUOTES_EMPTY_TEXT: bool = true;

    fn base<'a, 'r: 'a>(row: &'a VersionRow<'r>) -> &'a FileRow<'r> {
        &row.file
    }
}

type VersionColumn = Column<Versions>;

pub(crate) const VERSIONS: &[VersionColumn] = &[
    of_file("Attachment ID"),
    of_file("Filename"),
    of_file("Space Key"),
    of_file("Container ID"),
    of_file("Container Title"),
    VersionColumn::integer("Version", "number", |row| Value::count(row.version.number))
        .says("Version number.")
        .from("versions"),
    VersionColumn::text("Current", |row| yes_no(row.is_current))
        .says("Whether it is the current version: Yes or No.")
        .from("versions"),
    VersionColumn::text("Version Filename", |row| Value::text(row.version.title.as_deref().unwrap_or_default()))
        .says("File name in that version.")
        .from("versions")
        .empty("not reported by the site"),
    VersionColumn::integer("Size(Bytes)", "bytes", |row| Value::maybe(row.version.size, Value::count))
        .says("Size of the version.")
        .from("versions")
        .empty("not reported by the site"),
    VersionColumn::decimal("Size(MB)", 2, "MB", |row| megabytes(row.version.size))
        .says("Size(Bytes) divided by 1,048,576, rounded half up.")
        .from("Size(Bytes)")
        .empty("Size(Bytes) is empty"),
    VersionColumn::time("Created", |row| Value::maybe(row.version.created_at, Value::Time))
        .says("Time when the version was uploaded.")
        .from("versions")
        .empty("not reported by the site"),
    VersionColumn::text("Author", |row| {
        Value::text(row.file.view.person(row.version.author.as_ref()).unwrap_or_default())
    })
    .says("Name of the account that uploaded the version; the account id when the name is unknown.")
    .from("versions, accounts")
    .empty("not reported by the site"),
    of_file("Usage"),
    VersionColumn::text("API Delete Link", |row| {
        let (file, number) = (row.file.attachment, row.version.number);
        let container = file.container.id().map(ContentId::as_str);
        let endpoint = || row.file.view.links.delete_version(container, file.id.as_str(), number);
        Value::text(if row.is_current { String::new() } else { endpoint() })
    })
    .says("API endpoint that deletes the version permanently. The program never calls it.")
    .from("versions")
    .empty("it is the current version, which Confluence deletes only with the file"),
    of_file("Run Complete"),
];

const fn of_file(name: &str) -> VersionColumn {
    VersionColumn::of_base(Column::named(&[ATTACHMENTS], name))
}

impl<'r> VersionRow<'r> {
    /// Returns the row of an old version.
    pub(crate) fn old(file: FileRow<'r>, version: &OldVersion) -> Self {
        Self { file, version: version.clone(), is_current: false }
    }
}

/// Returns one row per version that exists, the oldest of a file first.
pub(crate) fn version_rows<'r, 'v: 'r>(
    rows: impl IntoIterator<Item = &'r FileRow<'v>>,
) -> impl Iterator<Item = VersionRow<'v>> {
    rows.into_iter().flat_map(|&file| {
        let current = VersionRow { file, version: current_version(file.attachment), is_current: true };
        file.attachment.old_versions.iter().map(move |version| VersionRow::old(file, version)).chain([current])
    })
}

/// Writes one row per version that exists.
pub(crate) fn versions<'r, 'v: 'r>(
    sink: &mut dyn Write,
    rows: impl IntoIterator<Item = &'r FileRow<'v>>,
) -> io::Result<()> {
    write_table(sink, VERSIONS, version_rows(rows))
}

fn current_version(file: &Attachment) -> OldVersion {
    OldVersion {
        number: file.version,
        title: Some(file.title.clone()),
        size: file.size,
        file_id: file.file_id.clone(),
        created_at: file.modified_at,
        author: file.author.clone(),
    }
}
