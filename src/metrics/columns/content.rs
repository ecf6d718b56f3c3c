//! Columns about the body of a page, its files and its links.

use std::collections::BTreeMap;

use storage_format::Measures;

use super::{MeasuredPage, PageColumn};
use crate::inventory::snapshot::MetricGroup;
use crate::spreadsheet::{Record, Value};

/// Returns a count from the measures of the body.
fn body<N: Into<u64>>(page: &MeasuredPage<'_>, of: fn(&Measures) -> N) -> Value {
    Value::maybe(page.row.measures.as_ref(), |measures| Value::count(of(measures).into()))
}

/// Restores the macros of a body from the columns with their names, their number and the number that are not Confluence's
/// own. How often each macro is used is not recorded: the first of each kind gets all uses but one for each other macro.
fn macros(names: &str, record: Record<'_>) -> BTreeMap<String, u32> {
    let count = |name| record.count(name).unwrap_or_default();
    let (all, foreign) = (count("macro_count"), count("unknown_macro_count"));
    let mut macros: BTreeMap<String, u32> = match all {
        0 => BTreeMap::new(),
        _ => names.split(';').map(|name| (name.to_owned(), 1)).collect(),
    };
    for (is_foreign, uses) in [(true, foreign), (false, all.saturating_sub(foreign))] {
        let mut alike = macros.iter_mut().filter(|(name, _)| Measures::is_foreign(name) == is_foreign);
        if let Some((_, first)) = alike.next() {
            let others = alike.count() as u64;
            *first = u32::try_from(uses.saturating_sub(others).max(1)).unwrap_or(u32::MAX);
        }
    }
    macros
}

pub(super) const COLUMNS: &[PageColumn] = &[
    of_body!(integer("body_bytes", "bytes"), body_bytes)
        .says("Size of the body in storage format.")
        .from("body")
        .empty("the body was not read"),
    PageColumn::integer("reading_minutes", "minutes", |page| body(page, |body| body.words.div_ceil(238)))
        .says("word_count divided by 238, rounded up.")
        .from("word_count")
        .empty("the body was not read"),
    of_body!(integer("heading_count", "count"), headings)
        .says("Number of headings, h1 to h6.")
        .from("body")
        .empty("the body was not read"),
    of_body!(integer("max_heading_level", "count"), max_heading_level)
        .says("Level of the deepest heading, 1 to 6; 0 without headings.")
        .from("body")
        .empty("the body was not read"),
    of_body!(integer("heading_skips", "count"), heading_skips)
        .says("Number of headings more than one level deeper than the heading before.")
        .from("body")
        .empty("the body was not read"),
    of_body!(integer("table_cells", "count"), table_cells)
        .says("Number of cells in all tables.")
        .from("body")
        .empty("the body was not read"),
    of_body!(integer("max_table_rows", "count"), max_table_rows)
        .says("Number of rows in the longest table.")
        .from("body")
        .empty("the body was not read"),
    of_body!(integer("images_without_alt", "count"), images_without_alt)
        .says("Number of images without alternative text.")
        .from("body")
        .empty("the body was not read"),
    field!(integer("attachment_bytes", "bytes"), files.bytes)
        .says("Total size of the current versions of the page's attachments.")
        .from("attachments")
        .empty("not read, or one size is unknown"),
    field!(integer("attachment_history_bytes", "bytes"), files.history_bytes)
        .says("Total size of the old versions of the page's attachments.")
        .from("audit, or the cache of an earlier audit")
        .empty("the old versions were not read"),
    field!(integer("unreferenced_attachments", "count"), files.unreferenced)
        .says("Number of the page's attachments that the audit calls unreferenced.")
        .from("audit --snapshot")
        .empty("no audit in the same run, or it was incomplete"),
    field!(integer("unreferenced_attachment_bytes", "bytes"), files.unreferenced_bytes)
        .says("Total size of all versions of those attachments.")
        .from("audit --snapshot")
        .empty("no audit in the same run, or it was incomplete"),
    of_body!(integer("code_block_count", "count"), code_blocks)
        .says("Number of code and noformat macros and preformatted blocks (pre).")
        .from("body")
        .empty("the body was not read"),
    of_body!(integer("code_char_count", "count"), code_characters)
        .says("Characters in code blocks, which char_count does not include.")
        .from("body")
        .empty("the body was not read"),
    of_body!(integer("panel_count", "count"), panels)
        .says("Number of panels: info, note, tip, warning and others.")
        .from("body")
        .empty("the body was not read"),
    of_body!(integer("expand_count", "count"), expands)
        .says("Number of expand macros.")
        .from("body")
        .empty("the body was not read"),
    PageColumn::integer("macro_count", "count", |page| {
        body(page, |body| body.macros.values().map(|uses| u64::from(*uses)).sum::<u64>())
    })
    .says("Number of macros.")
    .from("body")
    .empty("the body was not read"),
    PageColumn::text("macro_names", |page| {
        Value::maybe(page.row.measures.as_ref(), |body| {
            Value::text(body.macros.keys().map(String::as_str).collect::<Vec<_>>().join(";"))
        })
    })
    .restored(|row, record| {
        if let Some(names) = record.text("macro_names") {
            row.measures.get_or_insert_default().macros = macros(names, record);
        }
    })
    .says("Names of the macros, sorted, separated by semicolons.")
    .from("body")
    .empty("no macros, or the body was not read (see macro_count)"),
    PageColumn::integer("unknown_macro_count", "count", |page| body(page, Measures::foreign_macros))
        .says("Number of macros that are not part of Confluence: from an app, or left over from a removed one.")
        .from("body")
        .empty("the body was not read"),
    of_body!(integer("task_open", "count"), tasks_open)
        .says("Number of open tasks.")
        .from("body")
        .empty("the body was not read"),
    of_body!(integer("task_done", "count"), tasks_done)
        .says("Number of completed tasks.")
        .from("body")
        .empty("the body was not read"),
    of_body!(integer("mention_count", "count"), mentions)
        .says("Number of mentions of people.")
        .from("body")
        .empty("the body was not read"),
    of_body!(integer("jira_link_count", "count"), jira_links)
        .says("Number of Jira macros and links to issues.")
        .from("body")
        .empty("the body was not read"),
    field!(integer("links_out_internal", "count"), links.out_internal)
        .says("Number of distinct contents of the site that the page links to.")
        .from("body")
        .empty("the body was not read"),
    field!(integer("links_out_external", "count"), links.out_external)
        .says(
            "Number of distinct addresses on other hosts that the page links to. Each is a row of \
            `findings/external_links.csv`.",
        )
        .from("body")
        .empty("the body was not read"),
    field!(integer("links_in", "count"), links.incoming)
        .says("Number of pages, blog posts and comments in the spaces read that link to the page.")
        .from("bodies")
        .empty("not read")
        .group(MetricGroup::Links),
    field!(integer("broken_internal_links", "count"), links.broken_internal)
        .says(
            "Number of links to contents or spaces that do not exist, are in the trash or are not visible, and to \
            files (shown or linked), headings or anchors that do not exist. Each is a row of \
            `findings/broken_links.csv`. Targets that were not read are not judged: titles and files of other \
            spaces, and anchors on pages that show more than their own text. Anchors are compared by letters and \
            digits, ignoring case.",
        )
        .from("bodies, pages, attachments")
        .empty("not read")
        .group(MetricGroup::Links),
    field!(integer("include_in", "count"), links.include_in)
        .says("Number of pages and blog posts that include the page or an excerpt of it.")
        .from("bodies")
        .empty("not read")
        .group(MetricGroup::Links),
    field!(integer("include_out", "count"), links.include_out)
        .says("Number of contents that the page includes.")
        .from("body")
        .empty("the body was not read"),
    of_body!(integer("todo_markers", "count"), todo_markers)
        .says(
            "Number of words from `[snapshot] todo_markers` in the text; by default TODO, TBD, WIP, FIXME and \
            DRAFT.",
        )
        .from("body")
        .empty("the body was not read"),
    of_body!(integer("template_residue", "count"), placeholders)
        .says("Number of template placeholders that were never filled in.")
        .from("body")
        .empty("the body was not read"),
    field!(text("editor"), place.editor)
        .says("Editor of the page: legacy, new or live.")
        .from("search")
        .empty("not read"),
    of_body!(text("language"), language)
        .says("Detected language of the text, as an ISO 639-3 code.")
        .from("body")
        .empty("under 20 words, or the detection is not confident"),
];
