//! The columns of each table.

use std::io::{self, Write};

use crate::inventory::{Attachment, Content, OldVersion};
use crate::report::format;
use crate::report::view::{FileRow, View, content_id};
use crate::spreadsheet::TableWriter;

/// Header of the attachment tables: the nine compatible columns, then ours (product contract 3.4).
pub(crate) const ATTACHMENTS: &str = "Filename,Size(Bytes),Size(MB),Download URL,Original Page,Linked on Page,Linked on Other Pages,\
    Attachment Page Link,API Delete Link,\
    Attachment ID,Space Key,Container ID,Container Type,Container Title,Container URL,Container Owner,Status,Media Type,\
    Versions,All Versions Size(Bytes),Created,Last Modified,Author,Usage,Linked Content IDs,Evidence,Certainty,\
    Protected,Duplicate Group,Run Complete";

/// Header of `versions.csv`.
const VERSIONS: &str = "Attachment ID,Filename,Space Key,Container ID,Container Title,Version,Current,Version Filename,\
    Size(Bytes),Size(MB),Created,Author,Usage,API Delete Link,Run Complete";

/// Header of `duplicates.csv`.
const DUPLICATES: &str = "Duplicate Group,Copies,Verified,Filename,Size(Bytes),Size(MB),Media Type,Attachment ID,\
    Space Key,Container ID,Container Title,Container URL,Created,Usage,Attachment Page Link,Run Complete";

/// Writes a table of attachments with all columns.
pub(crate) fn attachments<'r, 'v: 'r>(
    sink: &mut dyn Write,
    rows: impl IntoIterator<Item = &'r FileRow<'v>>,
) -> io::Result<()> {
    let mut table = TableWriter::new(sink, ATTACHMENTS)?;
    for row in rows {
        compatible_columns(&mut table, row)?;
        own_columns(&mut table, row)?;
        table.end_row()?;
    }
    Ok(())
}

fn compatible_columns(table: &mut TableWriter<'_>, row: &FileRow<'_>) -> io::Result<()> {
    let (view, file) = (row.view, row.attachment);
    table.text(&file.title)?;
    table.number(file.size)?;
    table.decimal(file.size.map(format::megabytes))?;
    table.text(&view.links.download(file).unwrap_or_default())?;
    table.text(&row.owner.map(|owner| titled(view, owner)).unwrap_or_default())?;
    table.text(row.linked_on_page())?;
    let elsewhere: Vec<String> = row.elsewhere().into_iter().map(|content| titled(view, content)).collect();
    table.text(&elsewhere.join(", "))?;
    table.text(&row.screen_url().unwrap_or_default())?;
    table.text(&view.links.delete_attachment(file))
}

fn own_columns(table: &mut TableWriter<'_>, row: &FileRow<'_>) -> io::Result<()> {
    let (view, file) = (row.view, row.attachment);
    table.text(file.id.as_str())?;
    table.text(row.space_key())?;
    table.text(row.container_id())?;
    table.text(row.owner.map_or("", |owner| owner.kind.label()))?;
    table.text(row.owner_title().unwrap_or_default())?;
    table.text(&row.owner_url().unwrap_or_default())?;
    table.text(row.owner_name().unwrap_or_default())?;
    table.text(file.status.as_str())?;
    table.text(file.media_type.as_deref().unwrap_or_default())?;
    table.number(Some(file.versions() as u64))?;
    table.number(file.all_bytes())?;
    table.text(&file.created_at.map(format::iso).unwrap_or_default())?;
    table.text(&file.modified_at.map(format::iso).unwrap_or_default())?;
    table.text(view.person(file.author.as_ref()).unwrap_or_default())?;
    table.text(row.usage().as_str())?;
    let ids: Vec<String> = row.elsewhere().into_iter().map(content_id).collect();
    table.text(&ids.join(";"))?;
    table.text(&evidence(row))?;
    table.text(row.verdict.certainty.map_or("", storage_format::Certainty::label))?;
    table.text(row.verdict.protected.as_deref().unwrap_or_default())?;
    table.number(row.verdict.duplicate_group.map(|group| group as u64))?;
    table.text(yes_no(view.complete))
}

/// `construct content-id "name" certainty`, separated by ` | `.
fn evidence(row: &FileRow<'_>) -> String {
    let uses: Vec<String> = row
        .verdict
        .uses
        .iter()
        .map(|used| {
            let id = content_id(row.content_of(used));
            format!("{} {id} \"{}\" {}", used.construct, used.name, used.certainty.label())
        })
        .collect();
    uses.join(" | ")
}

/// `Title (URL)`, the form of the compatible columns.
fn titled(view: &View<'_>, content: &Content) -> String {
    match view.content_url(content) {
        Some(url) => format!("{} ({url})", content.title),
        None => content.title.clone(),
    }
}

fn yes_no(yes: bool) -> &'static str {
    if yes { "Yes" } else { "No" }
}

/// Writes one row per version that exists, oldest first. The current version has no delete endpoint of its own:
/// Confluence deletes it only together with the file.
pub(crate) fn versions<'r, 'v: 'r>(
    sink: &mut dyn Write,
    rows: impl IntoIterator<Item = &'r FileRow<'v>>,
) -> io::Result<()> {
    let mut table = TableWriter::new(sink, VERSIONS)?;
    for row in rows {
        for version in &row.attachment.old_versions {
            version_row(&mut table, row, version, false)?;
        }
        version_row(&mut table, row, &current_version(row.attachment), true)?;
    }
    Ok(())
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

fn version_row(
    table: &mut TableWriter<'_>,
    row: &FileRow<'_>,
    version: &OldVersion,
    is_current: bool,
) -> io::Result<()> {
    let (view, file) = (row.view, row.attachment);
    table.text(file.id.as_str())?;
    table.text(&file.title)?;
    table.text(row.space_key())?;
    table.text(row.container_id())?;
    table.text(row.owner_title().unwrap_or_default())?;
    table.number(Some(u64::from(version.number)))?;
    table.text(yes_no(is_current))?;
    table.text(version.title.as_deref().unwrap_or_default())?;
    table.number(version.size)?;
    table.decimal(version.size.map(format::megabytes))?;
    table.text(&version.created_at.map(format::iso).unwrap_or_default())?;
    table.text(view.person(version.author.as_ref()).unwrap_or_default())?;
    table.text(row.usage().as_str())?;
    let endpoint = if is_current { String::new() } else { view.links.delete_version(file, version.number) };
    table.text(&endpoint)?;
    table.text(yes_no(view.complete))?;
    table.end_row()
}

/// Writes the files of every duplicate group, in the order of the audit.
pub(crate) fn duplicates(sink: &mut dyn Write, view: &View<'_>) -> io::Result<()> {
    let mut table = TableWriter::new(sink, DUPLICATES)?;
    for (group, number) in view.audit.duplicates.iter().zip(1..) {
        let verified = match group.verified {
            Some(equal) => yes_no(equal),
            None => "Not verified",
        };
        for row in group.files.iter().filter_map(|file| view.row_of(*file)) {
            let file = row.attachment;
            table.number(Some(number))?;
            table.number(Some(group.files.len() as u64))?;
            table.text(verified)?;
            table.text(&file.title)?;
            table.number(file.size)?;
            table.decimal(file.size.map(format::megabytes))?;
            table.text(file.media_type.as_deref().unwrap_or_default())?;
            table.text(file.id.as_str())?;
            table.text(row.space_key())?;
            table.text(row.container_id())?;
            table.text(row.owner_title().unwrap_or_default())?;
            table.text(&row.owner_url().unwrap_or_default())?;
            table.text(&file.created_at.map(format::iso).unwrap_or_default())?;
            table.text(row.usage().as_str())?;
            table.text(&row.screen_url().unwrap_or_default())?;
            table.text(yes_no(view.complete))?;
            table.end_row()?;
        }
    }
    Ok(())
}
