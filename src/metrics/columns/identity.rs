//! Which page in which snapshot, and where it stands.

use super::field::{joined, split};
use super::{PageColumn, SCHEMA_VERSION};
use crate::metrics::row::PageRow;
use crate::spreadsheet::Value;

pub(super) const COLUMNS: &[PageColumn] = &[
    PageColumn::text("snapshot_week", |page| Value::text(&*page.frame.week))
        .says("ISO week of the snapshot's UTC date, year of the week first: 2026-W53.")
        .from("the run"),
    field!(text("page_id"), id).says("Content id; with snapshot_week the key of a row.").from("pages"),
    PageColumn::text("snapshot_status", |page| Value::text(page.frame.status().name()))
        .says("complete, incomplete or imported: what the week is worth.")
        .from("the run"),
    PageColumn::time("snapshot_at", |page| Value::Time(page.frame.taken_at))
        .says("When the snapshot began.")
        .from("the run"),
    PageColumn::text("run_id", |page| Value::text(&*page.frame.run_id))
        .says("Names the run in all its files.")
        .from("the run"),
    PageColumn::text("tool_version", |_| Value::text(env!("CARGO_PKG_VERSION")))
        .says("Version of the program.")
        .from("the run"),
    PageColumn::integer("schema_version", "count", |_| Value::count(SCHEMA_VERSION))
        .says("Version of these columns.")
        .from("the run"),
    PageColumn::text("fetch_status", |page| Value::text(fetch_status(page.row)))
        .says("ok; partial when something of the page could not be read; error when its text could not.")
        .from("the run"),
    PageColumn::text("fetch_errors", |page| joined(&page.row.fetch_errors, "; "))
        .restored(|row, record| row.fetch_errors = split(record, "fetch_errors", "; "))
        .says("What could not be read, separated by semicolons.")
        .from("the run")
        .empty("everything was read"),
    field!(text("content_type"), place.content_type).says("page, live for a live doc, or blogpost.").from("pages"),
    field!(text("status"), place.status).says("Status of the page; snapshots hold current pages.").from("pages"),
    PageColumn::integer("title_len", "count", |page| {
        Value::count(unicode_segmentation::UnicodeSegmentation::graphemes(page.row.title.as_str(), true).count())
    })
    .says("Characters of the title as readers see them (graphemes).")
    .from("pages"),
    field!(text("space_id"), place.space_id).says("Id of the space.").from("spaces"),
    field!(text("space_name"), place.space_name).says("Name of the space.").from("spaces"),
    field!(text("space_type"), place.space_type).says("global, personal, ….").from("spaces"),
    field!(text("short_url"), place.short_url).says("Tiny link.").from("pages").empty("the site does not tell"),
    field!(text("parent_id"), place.parent_id).says("Id of the direct parent.").from("pages").empty("no parent"),
    field!(text("parent_type"), place.parent_type)
        .says("page, folder, whiteboard, database or embed.")
        .from("pages")
        .empty("no parent"),
    field!(text("path"), place.path)
        .says("Titles from the root down to the page, joined by \" / \".")
        .from("parents of all pages")
        .empty("a blog post, or an ancestor is not visible"),
    field!(integer("descendant_pages", "count"), place.descendant_pages)
        .says("Current pages below it, at any depth, through folders and archived pages as well.")
        .from("parents of all pages")
        .empty("a blog post, or the list of pages may have a hole"),
    field!(integer("tree_position", "count"), place.position)
        .says("Order among its siblings, as Confluence keeps it.")
        .from("pages")
        .empty("the site does not tell"),
    field!(flag("is_space_home"), place.is_space_home)
        .says("Home page of its space.")
        .from("spaces")
        .empty("a blog post"),
    PageColumn::integer("label_count", "count", |page| {
        Value::maybe(page.row.place.labels.as_ref(), |labels| Value::count(labels.len()))
    })
    .says("Global labels.")
    .from("search")
    .empty("not read"),
    field!(flag("is_restricted_view"), place.restricted_view)
        .says("Reading the page itself is restricted; restrictions it inherits do not count.")
        .from("search")
        .empty("not read"),
    field!(flag("is_restricted_edit"), place.restricted_edit)
        .says("Editing the page itself is restricted.")
        .from("search")
        .empty("not read"),
];

/// How much of a page was read, in one word. Without its text little of a row is left.
fn fetch_status(row: &PageRow) -> &'static str {
    match (&row.measures, row.fetch_errors.is_empty()) {
        (None, _) => "error",
        (Some(_), false) => "partial",
        (Some(_), true) => "ok",
    }
}
