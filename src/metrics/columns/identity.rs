//! Which page in which snapshot, and where it stands.

use super::{Column, SCHEMA_VERSION, column, count, flag, number, text};
use crate::metrics::row::PageRow;
use crate::spreadsheet::Value;

pub(super) const COLUMNS: &[Column] = &[
    column!("snapshot_week", Core, "text", "ISO week of the snapshot's UTC date, year of the week first: 2026-W53.", from "the run", empty "never", |_, frame| Value::text(&*frame.week)),
    column!("page_id", Core, "text", "Content id; with snapshot_week the key of a row.", from "pages", empty "never", |row, _| Value::text(&*row.id)),
    column!("snapshot_at", Core, "time", "When the snapshot began.", from "the run", empty "never", |_, frame| Value::time(frame.taken_at)),
    column!("run_id", Core, "text", "Names the run in all its files.", from "the run", empty "never", |_, frame| Value::text(&*frame.run_id)),
    column!("tool_version", Core, "text", "Version of the program.", from "the run", empty "never", |_, _| Value::text(env!("CARGO_PKG_VERSION"))),
    column!("schema_version", Core, "count", "Version of these columns.", from "the run", empty "never", |_, _| Value::count(SCHEMA_VERSION)),
    column!("fetch_status", Core, "text", "ok; partial when something of the page could not be read; error when its text could not.", from "the run", empty "never", |row, _| Value::text(fetch_status(row))),
    column!("fetch_errors", Core, "text", "What could not be read, separated by semicolons.", from "the run", empty "everything was read", |row, _| if row.fetch_errors.is_empty() { Value::Empty } else { Value::text(row.fetch_errors.join("; ")) }),
    column!("content_type", Core, "text", "page, or live for a live doc.", from "pages", empty "never", |row, _| Value::text(&*row.place.content_type)),
    column!("status", Core, "text", "Status of the page; snapshots hold current pages.", from "pages", empty "never", |row, _| Value::text(&*row.place.status)),
    column!("title_len", Core, "count", "Characters of the title as readers see them (graphemes).", from "pages", empty "never", |row, _| Value::count(unicode_segmentation::UnicodeSegmentation::graphemes(row.title.as_str(), true).count())),
    column!("space_id", Core, "text", "Id of the space.", from "spaces", empty "never", |row, _| Value::text(&*row.place.space_id)),
    column!("space_name", Core, "text", "Name of the space.", from "spaces", empty "never", |row, _| Value::text(&*row.place.space_name)),
    column!("space_type", Core, "text", "global, personal, ….", from "spaces", empty "never", |row, _| Value::text(&*row.place.space_type)),
    column!("short_url", Core, "text", "Tiny link.", from "pages", empty "the site does not tell", |row, _| text(row.place.short_url.as_ref())),
    column!("parent_id", Core, "text", "Id of the direct parent.", from "pages", empty "no parent", |row, _| text(row.place.parent_id.as_ref())),
    column!("parent_type", Core, "text", "page, folder, whiteboard, database or embed.", from "pages", empty "no parent", |row, _| text(row.place.parent_type.as_ref())),
    column!("path", Core, "text", "Titles from the root down to the page, joined by \" / \".", from "parents of all pages", empty "an ancestor is not visible", |row, _| text(row.place.path.as_ref())),
    column!("descendant_pages", Core, "count", "Current pages below it, at any depth, through folders and archived pages as well.", from "parents of all pages", empty "never", |row, _| Value::count(row.place.descendant_pages)),
    column!("tree_position", Core, "count", "Order among its siblings, as Confluence keeps it.", from "pages", empty "the site does not tell", |row, _| number(row.place.position)),
    column!("is_space_home", Core, "0/1", "Home page of its space.", from "spaces", empty "never", |row, _| Value::flag(row.place.is_space_home)),
    column!("label_count", Core, "count", "Global labels.", from "search", empty "not read", |row, _| count(row.place.labels.as_ref().map(|labels| labels.len() as u64))),
    column!("is_restricted_view", Core, "0/1", "Reading the page itself is restricted; restrictions it inherits do not count.", from "search", empty "not read", |row, _| flag(row.place.restricted_view)),
    column!("is_restricted_edit", Core, "0/1", "Editing the page itself is restricted.", from "search", empty "not read", |row, _| flag(row.place.restricted_edit)),
];

/// How much of a page was read, in one word. Without its text little of a row is left.
fn fetch_status(row: &PageRow) -> &'static str {
    match (&row.measures, row.fetch_errors.is_empty()) {
        (None, _) => "error",
        (Some(_), false) => "partial",
        (Some(_), true) => "ok",
    }
}
