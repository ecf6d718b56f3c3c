//! Which page in which snapshot, and where it stands.

use super::{PageColumn, SCHEMA_VERSION, count, flag, number, text};
use crate::metrics::row::PageRow;
use crate::spreadsheet::Value;

pub(super) const COLUMNS: &[PageColumn] = &[
    PageColumn::text("snapshot_week", |page| Value::text(&*page.frame.week))
        .says("ISO week of the snapshot's UTC date, year of the week first: 2026-W53.")
        .from("the run"),
    PageColumn::text("page_id", |page| Value::text(&*page.row.id))
        .says("Content id; with snapshot_week the key of a row.")
        .from("pages"),
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
    PageColumn::text("fetch_errors", |page| {
        if page.row.fetch_errors.is_empty() { Value::Empty } else { Value::text(page.row.fetch_errors.join("; ")) }
    })
    .says("What could not be read, separated by semicolons.")
    .from("the run")
    .empty("everything was read"),
    PageColumn::text("content_type", |page| Value::text(&*page.row.place.content_type))
        .says("page, or live for a live doc.")
        .from("pages"),
    PageColumn::text("status", |page| Value::text(&*page.row.place.status))
        .says("Status of the page; snapshots hold current pages.")
        .from("pages"),
    PageColumn::integer("title_len", "count", |page| {
        Value::count(unicode_segmentation::UnicodeSegmentation::graphemes(page.row.title.as_str(), true).count())
    })
    .says("Characters of the title as readers see them (graphemes).")
    .from("pages"),
    PageColumn::text("space_id", |page| Value::text(&*page.row.place.space_id)).says("Id of the space.").from("spaces"),
    PageColumn::text("space_name", |page| Value::text(&*page.row.place.space_name))
        .says("Name of the space.")
        .from("spaces"),
    PageColumn::text("space_type", |page| Value::text(&*page.row.place.space_type))
        .says("global, personal, ….")
        .from("spaces"),
    PageColumn::text("short_url", |page| text(page.row.place.short_url.as_ref()))
        .says("Tiny link.")
        .from("pages")
        .empty("the site does not tell"),
    PageColumn::text("parent_id", |page| text(page.row.place.parent_id.as_ref()))
        .says("Id of the direct parent.")
        .from("pages")
        .empty("no parent"),
    PageColumn::text("parent_type", |page| {
        Value::maybe(page.row.place.parent_type.as_ref(), |kind| Value::text(kind.as_str()))
    })
    .says("page, folder, whiteboard, database or embed.")
    .from("pages")
    .empty("no parent"),
    PageColumn::text("path", |page| text(page.row.place.path.as_ref()))
        .says("Titles from the root down to the page, joined by \" / \".")
        .from("parents of all pages")
        .empty("an ancestor is not visible"),
    PageColumn::integer("descendant_pages", "count", |page| Value::count(page.row.place.descendant_pages))
        .says("Current pages below it, at any depth, through folders and archived pages as well.")
        .from("parents of all pages"),
    PageColumn::integer("tree_position", "count", |page| number(page.row.place.position))
        .says("Order among its siblings, as Confluence keeps it.")
        .from("pages")
        .empty("the site does not tell"),
    PageColumn::flag("is_space_home", |page| Value::Flag(page.row.place.is_space_home))
        .says("Home page of its space.")
        .from("spaces"),
    PageColumn::integer("label_count", "count", |page| {
        count(page.row.place.labels.as_ref().map(|labels| labels.len() as u64))
    })
    .says("Global labels.")
    .from("search")
    .empty("not read"),
    PageColumn::flag("is_restricted_view", |page| flag(page.row.place.restricted_view))
        .says("Reading the page itself is restricted; restrictions it inherits do not count.")
        .from("search")
        .empty("not read"),
    PageColumn::flag("is_restricted_edit", |page| flag(page.row.place.restricted_edit))
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
