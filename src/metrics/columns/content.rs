//! What a page is made of, its files and its links.

use std::collections::BTreeMap;

use storage_format::Measures;

use super::{MeasuredPage, PageColumn};
use crate::inventory::snapshot::MetricGroup;
use crate::spreadsheet::{Record, Value};

/// A count of the body.
fn body<N: Into<u64>>(page: &MeasuredPage<'_>, of: fn(&Measures) -> N) -> Value {
    Value::maybe(page.row.measures.as_ref(), |measures| Value::count(of(measures).into()))
}

/// The macros of a body of which the columns tell the names, how many there are, and how many of those are not
/// Confluence's own. How often each is used none tells: the first of each kind has what the others leave.
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
        .says("Length of the body in storage format.")
        .from("body")
        .empty("the body was not read"),
    PageColumn::integer("reading_minutes", "minutes", |page| body(page, |body| body.words.div_ceil(238)))
        .says("Words divided by 238, rounded up.")
        .from("word_count")
        .empty("the body was not read"),
    of_body!(integer("heading_count", "count"), headings)
        .says("Headings h1 to h6.")
        .from("body")
        .empty("the body was not read"),
    of_body!(integer("max_heading_level", "count"), max_heading_level)
        .says("Deepest heading, 1 to 6; 0 without headings.")
        .from("body")
        .empty("the body was not read"),
    of_body!(integer("heading_skips", "count"), heading_skips)
        .says("Headings that lie more than one level below the one before.")
        .from("body")
        .empty("the body was not read"),
    of_body!(integer("table_cells", "count"), table_cells)
        .says("Cells of all tables.")
        .from("body")
        .empty("the body was not read"),
    of_body!(integer("max_table_rows", "count"), max_table_rows)
        .says("Rows of the longest table.")
        .from("body")
        .empty("the body was not read"),
    of_body!(integer("images_without_alt", "count"), images_without_alt)
        .says("Images without an alternative text.")
        .from("body")
        .empty("the body was not read"),
    field!(integer("attachment_bytes", "bytes"), files.bytes)
        .says("Current versions of the page's attachments.")
        .from("attachments")
        .empty("not read, or the size of one is unknown"),
    field!(integer("attachment_history_bytes", "bytes"), files.history_bytes)
        .says("Old versions of the page's attachments.")
        .from("audit, or the cache of an earlier one")
        .empty("the old versions were not read"),
    field!(integer("unreferenced_attachments", "count"), files.unreferenced)
        .says("Attachments that nothing uses.")
        .from("audit --snapshot")
        .empty("no audit in the same run, or an incomplete one"),
    field!(integer("unreferenced_attachment_bytes", "bytes"), files.unreferenced_bytes)
        .says("All versions of those.")
        .from("audit --snapshot")
        .empty("no audit in the same run, or an incomplete one"),
    of_body!(integer("code_block_count", "count"), code_blocks)
        .says("Code and noformat macros, and preformatted text (pre).")
        .from("body")
        .empty("the body was not read"),
    of_body!(integer("code_char_count", "count"), code_characters)
        .says("Characters in code blocks, which char_count leaves out.")
        .from("body")
        .empty("the body was not read"),
    of_body!(integer("panel_count", "count"), panels)
        .says("Info, note, tip, warning and other panels.")
        .from("body")
        .empty("the body was not read"),
    of_body!(integer("expand_count", "count"), expands)
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
    .restored(|row, record| {
        if let Some(names) = record.text("macro_names") {
            row.measures.get_or_insert_default().macros = macros(names, record);
        }
    })
    .says("Names of the macros, sorted, separated by semicolons.")
    .from("body")
    .empty("no macros, or the body was not read: see macro_count"),
    PageColumn::integer("unknown_macro_count", "count", |page| body(page, Measures::foreign_macros))
        .says("Macros that are not Confluence's own: of an app, or left behind by one.")
        .from("body")
        .empty("the body was not read"),
    of_body!(integer("task_open", "count"), tasks_open)
        .says("Tasks that are not ticked.")
        .from("body")
        .empty("the body was not read"),
    of_body!(integer("task_done", "count"), tasks_done)
        .says("Tasks that are ticked.")
        .from("body")
        .empty("the body was not read"),
    of_body!(integer("mention_count", "count"), mentions)
        .says("Mentions of people.")
        .from("body")
        .empty("the body was not read"),
    of_body!(integer("jira_link_count", "count"), jira_links)
        .says("Jira macros and links to issues.")
        .from("body")
        .empty("the body was not read"),
    field!(integer("links_out_internal", "count"), links.out_internal)
        .says("Distinct contents of the site it links to.")
        .from("body")
        .empty("the body was not read"),
    field!(integer("links_out_external", "count"), links.out_external)
        .says("Distinct addresses elsewhere it links to: each is a row of `findings/external_links.csv`.")
        .from("body")
        .empty("the body was not read"),
    field!(integer("links_in", "count"), links.incoming)
        .says("Pages, blog posts and comments that link to it, out of the spaces that were read.")
        .from("bodies")
        .empty("not read")
        .group(MetricGroup::Links),
    field!(integer("broken_internal_links", "count"), links.broken_internal)
        .says(
            "Links to contents and spaces that are not there, in the trash or not visible, to files that are not there, \
            shown ones too, and to headings and anchors that are not there: each is a row of `findings/broken_links.csv`. \
            What was not read is not judged: titles and files of other spaces, places of pages that show more than their \
            own text. Places are compared by letters and digits, whatever their case.",
        )
        .from("bodies, pages, attachments")
        .empty("not read")
        .group(MetricGroup::Links),
    field!(integer("include_in", "count"), links.include_in)
        .says("Pages and posts that include it or an excerpt of it.")
        .from("bodies")
        .empty("not read")
        .group(MetricGroup::Links),
    field!(integer("include_out", "count"), links.include_out)
        .says("Contents it includes.")
        .from("body")
        .empty("the body was not read"),
    of_body!(integer("todo_markers", "count"), todo_markers)
        .says("Words of `[snapshot] todo_markers` in the text: TODO, TBD, WIP, FIXME and DRAFT unless set otherwise.")
        .from("body")
        .empty("the body was not read"),
    of_body!(integer("template_residue", "count"), placeholders)
        .says("Placeholders of a template that nobody filled in.")
        .from("body")
        .empty("the body was not read"),
    field!(text("editor"), place.editor).says("legacy, new or live.").from("search").empty("not read"),
    of_body!(text("language"), language)
        .says("ISO 639-3 code of the language of the text.")
        .from("body")
        .empty("under 20 words, or not sure"),
];
