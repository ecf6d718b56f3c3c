//! The sheet of spaces.

use std::cmp::Reverse;
use std::io;

use crate::inventory::SpaceStatus;
use crate::report::report_view::{ReportView, ReportedSpace};
use crate::spreadsheet::{Column, Sheet, TableColumn, TableLayout, Value, WorkbookWriter};

pub(super) const NAME: &str = "Spaces";

#[derive(Debug)]
pub(super) enum Spaces {}

/// A space with its figures.
#[derive(Debug, Clone, Copy)]
pub(super) struct SpaceRow<'r> {
    view: &'r ReportView<'r>,
    reported: &'r ReportedSpace<'r>,
}

impl Sheet for Spaces {
    type Row<'r> = SpaceRow<'r>;
    type Base = Self;
    type Group = ();
    type Restored = ();

    fn base<'a, 'r: 'a>(row: &'a SpaceRow<'r>) -> &'a SpaceRow<'r> {
        row
    }
}

type SpaceColumn = Column<Spaces>;

/// The columns of the sheet.
pub(super) const SPACES: &[SpaceColumn] = &[
    SpaceColumn::text("Space Name", |row| Value::text(&*row.reported.space.name)).says("Name of the space."),
    SpaceColumn::text("Space Key", |row| Value::text(&*row.reported.space.key)).says("Space key."),
    SpaceColumn::text("Space Status", |row| {
        Value::text(if row.reported.space.status == SpaceStatus::Archived { "archived" } else { "current" })
    })
    .says("Status of the space: current or archived."),
    SpaceColumn::integer("Pages and Posts", "count", |row| {
        Value::count(row.reported.totals.pages + row.reported.totals.blog_posts)
    })
    .says("Number of pages and blog posts, without the trash."),
    SpaceColumn::integer("Files", "count", |row| Value::count(row.reported.totals.attachments))
        .says("Number of files, without the trash."),
    SpaceColumn::integer("All Versions Size(Bytes)", "bytes", |row| Value::count(stored(row)))
        .says("Size of all versions."),
    SpaceColumn::integer("Old Versions Size(Bytes)", "bytes", |row| Value::count(row.reported.totals.old_bytes))
        .says("Size of the old versions among them."),
    SpaceColumn::integer("Unreferenced Files", "count", |row| {
        if_complete(row.view, row.reported.totals.unreferenced_files)
    })
    .says("Number of files for which no use was found, and that no rule protects.")
    .empty("the run is incomplete, so it is not known"),
    SpaceColumn::integer("Unreferenced Size(Bytes)", "bytes", |row| {
        if_complete(row.view, row.reported.totals.unreferenced_bytes)
    })
    .says("Size of all versions of these files.")
    .empty("the run is incomplete, so it is not known"),
    SpaceColumn::integer("Undetermined Files", "count", |row| Value::count(row.reported.totals.undetermined_files))
        .says("Number of files for which no use was found, while something that could hold one was not read."),
    SpaceColumn::integer("Files in Trash", "count", |row| in_trash(row, row.reported.totals.trash_files))
        .says("Number of files in the trash. Their storage is freed when the trash is purged.")
        .empty("the trash could not be listed, so it is not known"),
    SpaceColumn::integer("Trash Size(Bytes)", "bytes", |row| in_trash(row, row.reported.totals.trash_bytes))
        .says("Size of all versions of the files in the trash.")
        .empty("the trash could not be listed, so it is not known"),
    SpaceColumn::integer("Unknown Sizes", "count", |row| Value::count(row.reported.totals.unknown_sizes))
        .says("Number of versions whose size is not known; the sizes do not include them."),
    SpaceColumn::text("Space URL", |row| {
        let path = row.reported.space.webui.as_deref();
        Value::text(path.and_then(|path| row.view.links.path(path)).unwrap_or_default())
    })
    .says("Address that opens the space in a browser."),
];

fn stored(row: &SpaceRow<'_>) -> u64 {
    row.reported.totals.current_bytes.saturating_add(row.reported.totals.old_bytes)
}

/// Returns a figure that only a complete run has.
pub(super) fn if_complete(view: &ReportView<'_>, figure: u64) -> Value {
    if view.complete { Value::count(figure) } else { Value::Empty }
}

fn in_trash(row: &SpaceRow<'_>, figure: u64) -> Value {
    if row.reported.totals.is_trash_unknown() { Value::Empty } else { Value::count(figure) }
}

pub(super) fn write(workbook: &mut WorkbookWriter, view: &ReportView<'_>) -> io::Result<()> {
    let mut rows: Vec<SpaceRow<'_>> =
        view.reported_spaces().iter().map(|reported| SpaceRow { view, reported }).collect();
    rows.sort_by_key(|row| Reverse(stored(row)));
    let mut columns: Vec<TableColumn> = SPACES.iter().map(TableColumn::of).collect();
    columns[0] = TableColumn::of(&SPACES[0]).opening("Space URL");
    let layout =
        TableLayout { name: NAME, columns, rows: rows.len(), order: "the largest first", all_in: "index.html" };
    let mut table = workbook.table(layout)?;
    table.rows(SPACES, rows)?;
    table.finish()
}
