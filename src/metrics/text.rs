//! What a body is made of, as a row says it.

use super::row::Text;
use storage_format::{Body, Reading};

/// The counts of a body that was measured.
pub(super) fn text(body: Option<&Body>) -> Option<Text> {
    let body = body?;
    let measures = body.measures.as_ref()?;
    let count = |number: u32| u64::from(number);
    Some(Text {
        words: count(measures.words),
        characters: count(measures.characters),
        body_bytes: measures.body_bytes,
        headings: count(measures.headings),
        max_heading_level: u64::from(measures.max_heading_level),
        heading_skips: count(measures.heading_skips),
        tables: count(measures.tables),
        table_cells: count(measures.table_cells),
        max_table_rows: count(measures.max_table_rows),
        images: count(measures.images),
        images_without_alt: count(measures.images_without_alt),
        code_blocks: count(measures.code_blocks),
        code_characters: count(measures.code_characters),
        panels: count(measures.panels),
        expands: count(measures.expands),
        macros: measures.macros.iter().map(|(name, uses)| (name.clone(), count(*uses))).collect(),
        tasks_open: count(measures.tasks_open),
        tasks_done: count(measures.tasks_done),
        mentions: count(measures.mentions),
        jira_links: count(measures.jira_links),
        todo_markers: count(measures.todo_markers),
        placeholders: count(measures.placeholders),
        language: measures.language.clone(),
        approximate: body.reading != Reading::WellFormed,
    })
}
