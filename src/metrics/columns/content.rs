//! What a page is made of, its files and its links.

use super::{MeasuredPage, PageColumn, count, text};
use crate::inventory::snapshot::MetricGroup;
use crate::spreadsheet::Value;
use storage_format::Measures;

/// A count of the body.
fn body<N: Into<u64>>(page: &MeasuredPage<'_>, of: fn(&Measures) -> N) -> Value {
    count(page.row.measures.as_ref().map(|measures| of(measures).into()))
}

pub(super) const COLUMNS: &[PageColumn] = &[
    PageColumn::integer("body_bytes", "bytes", |page| body(page, |body| body.body_bytes))
        .says("Length of the body in storage format.")
        .from("body")
        .empty("the body was not read"),
    PageColumn::integer("reading_minutes", "minutes", |page| body(page, |body| body.words.div_ceil(238)))
        .says("Words divided by 238, rounded up.")
        .from("word_count")
        .empty("the body was not read"),
    PageColumn::integer("heading_count", "count", |page| body(page, |body| body.headings))
        .says("Headings h1 to h6.")
        .from("body")
        .empty("the body was not read"),
    PageColumn::integer("max_heading_level", "count", |page| body(page, |body| body.max_heading_level))
        .says("Deepest heading, 1 to 6; 0 without headings.")
        .from("body")
        .empty("the body was not read"),
    PageColumn::integer("heading_skips", "count", |page| body(page, |body| body.heading_skips))
        .says("Headings that lie more than one level below the one before.")
        .from("body")
        .empty("the body was not read"),
    PageColumn::integer("table_cells", "count", |page| body(page, |body| body.table_cells))
        .says("Cells of all tables.")
        .from("body")
        .empty("the body was not read"),
    PageColumn::integer("max_table_rows", "count", |page| body(page, |body| body.max_table_rows))
        .says("Rows of the longest table.")
        .from("body")
        .empty("the body was not read"),
    PageColumn::integer("images_without_alt", "count", |page| body(page, |body| body.images_without_alt))
        .says("Images without an alternative text.")
        .from("body")
        .empty("the body was not read"),
    PageColumn::integer("attachment_bytes", "bytes", |page| count(page.row.files.bytes))
        .says("Current versions of the page's attachments.")
        .from("attachments")
        .empty("not read, or the size of one is unknown"),
    PageColumn::integer("attachment_history_bytes", "bytes", |page| count(page.row.files.history_bytes))
        .says("Old versions of the page's attachments.")
        .from("audit, or the cache of an earlier one")
        .empty("the old versions were not read"),
    PageColumn::integer("unreferenced_attachments", "count", |page| count(page.row.files.unreferenced))
        .says("Attachments that nothing uses.")
        .from("audit --snapshot")
        .empty("no audit in the same run, or an incomplete one"),
    PageColumn::integer("unreferenced_attachment_bytes", "bytes", |page| count(page.row.files.unreferenced_bytes))
        .says("All versions of those.")
        .from("audit --snapshot")
        .empty("no audit in the same run, or an incomplete one"),
    PageColumn::integer("code_block_count", "count", |page| body(page, |body| body.code_blocks))
        .says("Code and noformat macros, preformatted blocks.")
        .from("body")
        .empty("the body was not read"),
    PageColumn::integer("code_char_count", "count", |page| body(page, |body| body.code_characters))
        .says("Characters in code blocks, which char_count leaves out.")
        .from("body")
        .empty("the body was not read"),
    PageColumn::integer("panel_count", "count", |page| body(page, |body| body.panels))
        .says("Info, note, tip, warning and other panels.")
        .from("body")
        .empty("the body was not read"),
    PageColumn::integer("expand_count", "count", |page| body(page, |body| body.expands))
        .says("Expand macros.")
        .from("body")
        .empty("the body was not read"),
    PageColumn::integer("macro_count", "count", |page| {
        body(page, |body| body.macros.values().map(|uses| u64::from(*uses)).sum::<u64>())
    })
    .says("Macros.")
    .from("body")
    .empty("the body was not read"),
    PageColumn::text("macro_names", |page| {
        Value::maybe(page.row.measures.as_ref(), |body| {
            Value::text(body.macros.keys().map(String::as_str).collect::<Vec<_>>().join(";"))
        })
    })
    .says("Names of the macros, sorted, separated by semicolons.")
    .from("body")
    .empty("no macros, or the body was not read: see macro_count"),
    PageColumn::integer("unknown_macro_count", "count", |page| body(page, Measures::foreign_macros))
        .says("Macros that are not Confluence's own: of an app, or left behind by one.")
        .from("body")
        .empty("the body was not read"),
    PageColumn::integer("task_open", "count", |page| body(page, |body| body.tasks_open))
        .says("Tasks that are not ticked.")
        .from("body")
        .empty("the body was not read"),
    PageColumn::integer("task_done", "count", |page| body(page, |body| body.tasks_done))
        .says("Tasks that are ticked.")
        .from("body")
        .empty("the body was not read"),
    PageColumn::integer("mention_count", "count", |page| body(page, |body| body.mentions))
        .says("Mentions of people.")
        .from("body")
        .empty("the body was not read"),
    PageColumn::integer("jira_link_count", "count", |page| body(page, |body| body.jira_links))
        .says("Jira macros and links to issues.")
        .from("body")
        .empty("the body was not read"),
    PageColumn::integer("links_out_internal", "count", |page| count(page.row.links.out_internal))
        .says("Distinct contents of the site it links to.")
        .from("body")
        .empty("the body was not read"),
    PageColumn::integer("links_out_external", "count", |page| count(page.row.links.out_external))
        .says("Distinct addresses elsewhere it links to.")
        .from("body")
        .empty("the body was not read"),
    PageColumn::integer("links_in", "count", |page| count(page.row.links.incoming))
        .says("Pages, blog posts and comments that link to it, out of the spaces that were read.")
        .from("bodies")
        .empty("not read")
        .group(MetricGroup::Links),
    PageColumn::integer("broken_internal_links", "count", |page| count(page.row.links.broken_internal))
        .says(
            "Links to contents that are not there, in the trash or not visible, and files it shows or links to that \
            are not there. Links by title into spaces that were not read are not judged, anchors neither.",
        )
        .from("bodies, pages")
        .empty("not read")
        .group(MetricGroup::Links),
    PageColumn::integer("include_in", "count", |page| count(page.row.links.include_in))
        .says("Pages and posts that include it or an excerpt of it.")
        .from("bodies")
        .empty("not read")
        .group(MetricGroup::Links),
    PageColumn::integer("include_out", "count", |page| count(page.row.links.include_out))
        .says("Contents it includes.")
        .from("body")
        .empty("the body was not read"),
    PageColumn::integer("todo_markers", "count", |page| body(page, |body| body.todo_markers))
        .says("Words of `[snapshot] todo_markers` in the text: TODO, TBD, WIP, FIXME and DRAFT unless set otherwise.")
        .from("body")
        .empty("the body was not read"),
    PageColumn::integer("template_residue", "count", |page| body(page, |body| body.placeholders))
        .says("Placeholders of a template that nobody filled in.")
        .from("body")
        .empty("the body was not read"),
    PageColumn::text("editor", |page| text(page.row.place.editor.as_ref()))
        .says("legacy, new or live.")
        .from("search")
        .empty("not read"),
    PageColumn::text("language", |page| text(page.row.measures.as_ref().and_then(|body| body.language.as_ref())))
        .says("ISO 639-3 code of the language of the text.")
        .from("body")
        .empty("under 20 words, or not sure"),
];
