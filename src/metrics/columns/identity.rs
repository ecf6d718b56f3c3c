//! Columns that identify the snapshot and the page, and its position in the page tree.

use super::cell_field::{joined, split};
use super::{PageColumn, SCHEMA_VERSION};
use crate::metrics::page_row::PageRow;
use crate::spreadsheet::Value;

pub(super) const COLUMNS: &[PageColumn] = &[
    PageColumn::text("snapshot_week", |page| Value::text(&*page.frame.week))
        .says("ISO week of the snapshot's UTC date, with the ISO year: 2026-W53.")
        .from("the run"),
    field!(text("page_id"), id)
        .says("Content id. snapshot_week and page_id together are the key of a row.")
        .from("pages"),
    PageColumn::text("snapshot_status", |page| Value::text(page.frame.status().name()))
        .says(
            "complete; incomplete, when something could not be read; or imported, when the row comes from a file of \
            the legacy script.",
        )
        .from("the run"),
    PageColumn::time("snapshot_at", |page| Value::Time(page.frame.taken_at))
        .says("Time when the snapshot began.")
        .from("the run"),
    PageColumn::text("run_id", |page| Value::text(&*page.frame.run_id))
        .says("Id of the run, the same in all its files.")
        .from("the run"),
    PageColumn::text("tool_version", |_| Value::text(env!("CARGO_PKG_VERSION")))
        .says("Version of the program that measured the page.")
        .from("the run"),
    PageColumn::integer("schema_version", "count", |_| Value::count(SCHEMA_VERSION))
        .says("Version of the list of columns.")
        .from("the run"),
    PageColumn::text("fetch_status", |page| Value::text(fetch_status(page.row)))
        .says(
            "ok; partial, when something about the page could not be read; or error, when its body could not be \
            read.",
        )
        .from("the run"),
    PageColumn::text("fetch_errors", |page| joined(&page.row.fetch_errors, "; "))
        .restored(|row, record| row.fetch_errors = split(record, "fetch_errors", "; "))
        .says("What could not be read, separated by semicolons.")
        .from("the run")
        .empty("everything was read"),
    field!(text("content_type"), place.content_type).says("page, live (a live doc) or blogpost.").from("pages"),
    field!(text("status"), place.status)
        .says("Status of the page. Snapshots contain only current pages.")
        .from("pages"),
    PageColumn::integer("title_len", "count", |page| {
        Value::count(unicode_segmentation::UnicodeSegmentation::graphemes(page.row.title.as_str(), true).count())
    })
    .says("User-perceived characters (graphemes) of the title.")
    .from("pages"),
    field!(text("space_id"), place.space_id).says("Space id.").from("spaces"),
    field!(text("space_name"), place.space_name).says("Name of the space.").from("spaces"),
    field!(text("space_type"), place.space_type).says("Type of the space: global, personal, …").from("spaces"),
    field!(text("short_url"), place.short_url)
        .says("Short link (tiny link) to the page.")
        .from("pages")
        .empty("not reported by the site"),
    field!(text("parent_id"), place.parent_id).says("Id of the parent.").from("pages").empty("no parent"),
    field!(text("parent_type"), place.parent_type)
        .says("Type of the parent: page, folder, whiteboard, database or embed.")
        .from("pages")
        .empty("no parent"),
    field!(text("path"), place.path)
        .says("Titles from the root of the page tree to the page, joined by \" / \".")
        .from("parents of all pages")
        .empty("it is a blog post, or an ancestor is not visible"),
    field!(integer("descendant_pages", "count"), place.descendant_pages)
        .says("Number of current pages below the page at any depth, including those below folders and archived pages.")
        .from("parents of all pages")
        .empty("it is a blog post, or the list of pages may be incomplete"),
    field!(integer("tree_position", "count"), place.position)
        .says("Confluence's sort position among the siblings.")
        .from("pages")
        .empty("not reported by the site"),
    field!(flag("is_space_home"), place.is_space_home)
        .says("Whether it is the home page of its space.")
        .from("spaces")
        .empty("it is a blog post"),
    PageColumn::integer("label_count", "count", |page| {
        Value::maybe(page.row.place.labels.as_ref(), |labels| Value::count(labels.len()))
    })
    .says("Number of global labels.")
    .from("search")
    .empty("not read"),
    field!(flag("is_restricted_view"), place.restricted_view)
        .says("Whether the page itself has a view restriction. Inherited restrictions do not count.")
        .from("search")
        .empty("not read"),
    field!(flag("is_restricted_edit"), place.restricted_edit)
        .says("Whether the page itself has an edit restriction.")
        .from("search")
        .empty("not read"),
];

/// Returns how much of a page was read. Without the body most columns are empty, so that is an error.
fn fetch_status(row: &PageRow) -> &'static str {
    match (&row.measures, row.fetch_errors.is_empty()) {
        (None, _) => "error",
        (Some(_), false) => "partial",
        (Some(_), true) => "ok",
    }
}
