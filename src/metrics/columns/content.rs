//! What a page is made of, its files and its links.

use super::{Column, column, count, text};
use crate::metrics::row::PageRow;
use crate::spreadsheet::Value;
use storage_format::Measures;

/// A count of the body.
fn body<N: Into<u64>>(row: &PageRow, of: fn(&Measures) -> N) -> Value {
    count(row.measures.as_ref().map(|measures| of(measures).into()))
}

pub(super) const COLUMNS: &[Column] = &[
    column!("body_bytes", Core, "bytes", "Length of the body in storage format.", from "body", empty "the body was not read", |row, _| body(row, |body| body.body_bytes)),
    column!("reading_minutes", Core, "minutes", "Words divided by 238, rounded up.", from "word_count", empty "the body was not read", |row, _| body(row, |body| body.words.div_ceil(238))),
    column!("heading_count", Core, "count", "Headings h1 to h6.", from "body", empty "the body was not read", |row, _| body(row, |body| body.headings)),
    column!("max_heading_level", Core, "count", "Deepest heading, 1 to 6; 0 without headings.", from "body", empty "the body was not read", |row, _| body(row, |body| body.max_heading_level)),
    column!("heading_skips", Core, "count", "Headings that lie more than one level below the one before.", from "body", empty "the body was not read", |row, _| body(row, |body| body.heading_skips)),
    column!("table_cells", Core, "count", "Cells of all tables.", from "body", empty "the body was not read", |row, _| body(row, |body| body.table_cells)),
    column!("max_table_rows", Core, "count", "Rows of the longest table.", from "body", empty "the body was not read", |row, _| body(row, |body| body.max_table_rows)),
    column!("images_without_alt", Core, "count", "Images without an alternative text.", from "body", empty "the body was not read", |row, _| body(row, |body| body.images_without_alt)),
    column!("attachment_bytes", Core, "bytes", "Current versions of the page's attachments.", from "attachments", empty "not read, or the size of one is unknown", |row, _| count(row.files.bytes)),
    column!("attachment_history_bytes", Core, "bytes", "Old versions of the page's attachments.", from "audit, or the cache of an earlier one", empty "the old versions were not read", |row, _| count(row.files.history_bytes)),
    column!("unreferenced_attachments", Core, "count", "Attachments that nothing uses.", from "audit --snapshot", empty "no audit in the same run, or an incomplete one", |row, _| count(row.files.unreferenced)),
    column!("unreferenced_attachment_bytes", Core, "bytes", "All versions of those.", from "audit --snapshot", empty "no audit in the same run, or an incomplete one", |row, _| count(row.files.unreferenced_bytes)),
    column!("code_block_count", Core, "count", "Code and noformat macros, preformatted blocks.", from "body", empty "the body was not read", |row, _| body(row, |body| body.code_blocks)),
    column!("code_char_count", Core, "count", "Characters in code blocks, which char_count leaves out.", from "body", empty "the body was not read", |row, _| body(row, |body| body.code_characters)),
    column!("panel_count", Core, "count", "Info, note, tip, warning and other panels.", from "body", empty "the body was not read", |row, _| body(row, |body| body.panels)),
    column!("expand_count", Core, "count", "Expand macros.", from "body", empty "the body was not read", |row, _| body(row, |body| body.expands)),
    column!("macro_count", Core, "count", "Macros.", from "body", empty "the body was not read", |row, _| body(row, |body| body.macros.values().map(|uses| u64::from(*uses)).sum::<u64>())),
    column!("macro_names", Core, "text", "Names of the macros, sorted, separated by semicolons.", from "body", empty "no macros, or the body was not read: see macro_count", |row, _| Value::maybe(row.measures.as_ref(), |body| Value::text(body.macros.keys().map(String::as_str).collect::<Vec<_>>().join(";")))),
    column!("unknown_macro_count", Core, "count", "Macros that are not Confluence's own: of an app, or left behind by one.", from "body", empty "the body was not read", |row, _| body(row, Measures::foreign_macros)),
    column!("task_open", Core, "count", "Tasks that are not ticked.", from "body", empty "the body was not read", |row, _| body(row, |body| body.tasks_open)),
    column!("task_done", Core, "count", "Tasks that are ticked.", from "body", empty "the body was not read", |row, _| body(row, |body| body.tasks_done)),
    column!("mention_count", Core, "count", "Mentions of people.", from "body", empty "the body was not read", |row, _| body(row, |body| body.mentions)),
    column!("jira_link_count", Core, "count", "Jira macros and links to issues.", from "body", empty "the body was not read", |row, _| body(row, |body| body.jira_links)),
    column!("links_out_internal", Core, "count", "Distinct contents of the site it links to.", from "body", empty "the body was not read", |row, _| count(row.links.out_internal)),
    column!("links_out_external", Core, "count", "Distinct addresses elsewhere it links to.", from "body", empty "the body was not read", |row, _| count(row.links.out_external)),
    column!("links_in", Links, "count", "Pages, blog posts and comments that link to it, out of the spaces that were read.", from "bodies", empty "not read", |row, _| count(row.links.incoming)),
    column!("broken_internal_links", Links, "count", "Links to contents that are not there, in the trash or not visible, and files it shows or links to that are not there. Links by title into spaces that were not read are not judged, anchors neither.", from "bodies, pages", empty "not read", |row, _| count(row.links.broken_internal)),
    column!("include_in", Links, "count", "Pages and posts that include it or an excerpt of it.", from "bodies", empty "not read", |row, _| count(row.links.include_in)),
    column!("include_out", Core, "count", "Contents it includes.", from "body", empty "the body was not read", |row, _| count(row.links.include_out)),
    column!("todo_markers", Core, "count", "Words of `[snapshot] todo_markers` in the text: TODO, TBD, WIP, FIXME and DRAFT unless set otherwise.", from "body", empty "the body was not read", |row, _| body(row, |body| body.todo_markers)),
    column!("template_residue", Core, "count", "Placeholders of a template that nobody filled in.", from "body", empty "the body was not read", |row, _| body(row, |body| body.placeholders)),
    column!("editor", Core, "text", "legacy, new or live.", from "search", empty "not read", |row, _| text(row.place.editor.as_ref())),
    column!("language", Core, "text", "ISO 639-3 code of the language of the text.", from "body", empty "under 20 words, or not sure", |row, _| text(row.measures.as_ref().and_then(|body| body.language.as_ref()))),
];
