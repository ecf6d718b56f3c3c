//! `spaces.csv`: the storage of each space in both runs.

use std::io::{self, Write};

use crate::comparison::{AuditComparison, SpaceChange, StorageFigures};
use crate::spreadsheet::{Column, PlainSheet, Value, write_table};

type SpaceColumn = Column<PlainSheet<SpaceChange>>;

const NOT_OLD: &str = "the old run does not report the space";
const NOT_NEW: &str = "the new run does not report the space";
const NO_DELTA: &str = "not known in one of the runs, or the known sizes are not the same";

pub(in crate::report) const SPACES: &[SpaceColumn] = &[
    SpaceColumn::text("Space Key", |row| Value::text(&*row.key))
        .says("Space key in the new run, or in the old run if the new one does not list the space.")
        .from("spaces")
        .empty("the row is about files in no visible space"),
    SpaceColumn::text("Space Name", |row| Value::text(&*row.name)).says("Name of the space.").from("spaces"),
    SpaceColumn::text("Space ID", |row| Value::text(row.id.as_ref().map_or("", |id| id.as_str())))
        .says("Id of the space.")
        .from("spaces")
        .empty("the row is about files in no visible space"),
    SpaceColumn::flag("Listed Before", |row| Value::Flag(row.was_listed))
        .says("Whether the space is in the list of spaces of the old run.")
        .from("spaces"),
    SpaceColumn::flag("Listed", |row| Value::Flag(row.is_listed))
        .says("Whether the space is in the list of spaces of the new run.")
        .from("spaces"),
    SpaceColumn::integer("Files Before", "count", |row| before(row, |figures| Some(figures.files)))
        .says("Files in the old run, without those in the trash.")
        .from("attachments")
        .empty(NOT_OLD),
    SpaceColumn::integer("Files", "count", |row| now(row, |figures| Some(figures.files)))
        .says("Files in the new run, without those in the trash.")
        .from("attachments")
        .empty(NOT_NEW),
    SpaceColumn::integer("Files Difference", "count", |row| count_delta(row, |figures| Some(figures.files)))
        .says("Files minus Files Before.")
        .from("both runs")
        .empty(NO_DELTA),
    SpaceColumn::integer("Versions Before", "count", |row| before(row, |figures| Some(figures.versions)))
        .says("Versions of these files in the old run.")
        .from("versions")
        .empty(NOT_OLD),
    SpaceColumn::integer("Versions", "count", |row| now(row, |figures| Some(figures.versions)))
        .says("Versions of these files in the new run.")
        .from("versions")
        .empty(NOT_NEW),
    SpaceColumn::integer("Versions Difference", "count", |row| count_delta(row, |figures| Some(figures.versions)))
        .says("Versions minus Versions Before.")
        .from("both runs")
        .empty(NO_DELTA),
    SpaceColumn::integer("Bytes Before", "bytes", |row| before(row, |figures| Some(figures.bytes)))
        .says("Bytes of these versions in the old run.")
        .from("versions")
        .empty(NOT_OLD),
    SpaceColumn::integer("Bytes", "bytes", |row| now(row, |figures| Some(figures.bytes)))
        .says("Bytes of these versions in the new run.")
        .from("versions")
        .empty(NOT_NEW),
    SpaceColumn::integer("Bytes Difference", "bytes", |row| bytes_delta(row, |figures| Some(figures.bytes)))
        .says("Bytes minus Bytes Before.")
        .from("both runs")
        .empty(NO_DELTA),
    SpaceColumn::integer("Trash Bytes Before", "bytes", |row| before(row, trash))
        .says("Bytes in the trash in the old run.")
        .from("versions")
        .empty("not reported, or not every trash could be listed"),
    SpaceColumn::integer("Trash Bytes", "bytes", |row| now(row, trash))
        .says("Bytes in the trash in the new run.")
        .from("versions")
        .empty("not reported, or not every trash could be listed"),
    SpaceColumn::integer("Trash Bytes Difference", "bytes", |row| bytes_delta(row, trash))
        .says("Trash Bytes minus Trash Bytes Before.")
        .from("both runs")
        .empty(NO_DELTA),
    SpaceColumn::integer("Unreferenced Files Before", "count", |row| before(row, |figures| figures.unreferenced_files))
        .says("Files in the list of unreferenced files of the old run.")
        .from("bodies")
        .empty("not reported, or the old run is incomplete"),
    SpaceColumn::integer("Unreferenced Files", "count", |row| now(row, |figures| figures.unreferenced_files))
        .says("Files in the list of unreferenced files of the new run.")
        .from("bodies")
        .empty("not reported, or the new run is incomplete"),
    SpaceColumn::integer("Unreferenced Bytes Before", "bytes", |row| before(row, |figures| figures.unreferenced_bytes))
        .says("Bytes of all versions of these files in the old run.")
        .from("versions")
        .empty("not reported, or the old run is incomplete"),
    SpaceColumn::integer("Unreferenced Bytes", "bytes", |row| now(row, |figures| figures.unreferenced_bytes))
        .says("Bytes of all versions of these files in the new run.")
        .from("versions")
        .empty("not reported, or the new run is incomplete"),
    SpaceColumn::integer("Unreferenced Bytes Difference", "bytes", |row| {
        bytes_delta(row, |figures| figures.unreferenced_bytes)
    })
    .says(
        "Unreferenced Bytes minus Unreferenced Bytes Before. If the runs cannot be compared, see `diff.json` for why.",
    )
    .from("both runs")
    .empty(NO_DELTA),
    SpaceColumn::integer("Newly Unreferenced Files", "count", |row| Value::count(row.newly_unreferenced.files))
        .says("Files of the kind newly-unreferenced; 0 if the runs cannot be compared.")
        .from("bodies"),
    SpaceColumn::integer("Newly Unreferenced Bytes", "bytes", |row| Value::count(row.newly_unreferenced.bytes))
        .says("Known bytes of all versions of these files.")
        .from("versions"),
    SpaceColumn::integer("Newly Used Files", "count", |row| Value::count(row.newly_used.files))
        .says("Files of the kind newly-used; 0 if the runs cannot be compared.")
        .from("bodies"),
    SpaceColumn::integer("Newly Used Bytes", "bytes", |row| Value::count(row.newly_used.bytes))
        .says("Known bytes of all versions of these files.")
        .from("versions"),
];

fn before(row: &SpaceChange, figure: impl Fn(&StorageFigures) -> Option<u64>) -> Value {
    Value::maybe(row.figures.old.as_ref().and_then(figure), Value::count)
}

fn now(row: &SpaceChange, figure: impl Fn(&StorageFigures) -> Option<u64>) -> Value {
    Value::maybe(row.figures.new.as_ref().and_then(figure), Value::count)
}

fn count_delta(row: &SpaceChange, figure: impl Fn(&StorageFigures) -> Option<u64>) -> Value {
    Value::maybe(row.figures.delta(figure), Value::Integer)
}

fn bytes_delta(row: &SpaceChange, figure: impl Fn(&StorageFigures) -> Option<u64>) -> Value {
    Value::maybe(row.figures.bytes_delta(figure), Value::Integer)
}

/// Returns the bytes in the trash; `None` if not every trash could be listed.
fn trash(figures: &StorageFigures) -> Option<u64> {
    (!figures.trash_at_least).then_some(figures.trash_bytes)
}

/// Writes the spaces.
pub(super) fn write(sink: &mut dyn Write, comparison: &AuditComparison) -> io::Result<()> {
    write_table(sink, SPACES, comparison.spaces.iter().cloned())
}
