//! What the snapshot before this one said of each page.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};

use crate::spreadsheet::Table;

/// The latest snapshot before this week's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Previous {
    /// Its week, `2026-W46`.
    pub week: String,
    /// Keys of the spaces it holds, also of those without a page.
    pub spaces: BTreeSet<String>,
    /// Its pages by id.
    pub pages: HashMap<String, PreviousPage>,
}

/// A page as it was.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PreviousPage {
    /// Title.
    pub title: String,
    /// Space key.
    pub space_key: String,
    /// Opens it in a browser.
    pub url: String,
    /// Parent; empty for none.
    pub parent_id: String,
    /// Whether that snapshot tells parents; imported ones do not.
    pub knows_parent: bool,
    /// Number of its version.
    pub edit_count: Option<u64>,
    /// State in its workflow.
    pub workflow_state: String,
    /// Since when it was in that state.
    pub workflow_since: Option<DateTime<Utc>>,
    /// Confluence's own content state.
    pub content_state: String,
    /// Since when it bore that.
    pub content_state_since: Option<DateTime<Utc>>,
}

impl Previous {
    /// The page of this id; where an imported week did not tell ids, that of this title.
    pub fn page(&self, id: &str, space_key: &str, title: &str) -> Option<(&str, &PreviousPage)> {
        let found = self.pages.get_key_value(id).or_else(|| {
            let by_title = self.pages.get_key_value(&id_of_title(space_key, title));
            by_title.filter(|(_, page)| !page.knows_parent)
        });
        found.map(|(id, page)| (id.as_str(), page))
    }

    /// Takes what is needed from a weekly table; columns it lacks are unknown. `spaces` are those that were chosen.
    pub fn new(week: impl Into<String>, spaces: &[String], table: &Table) -> Self {
        let columns = table.columns();
        let cell = |row: &Vec<String>, name: &str| -> String {
            columns.get(name).and_then(|at| row.get(*at)).cloned().unwrap_or_default()
        };
        let page = |row: &Vec<String>| {
            let time = |name| DateTime::parse_from_rfc3339(&cell(row, name)).ok().map(|time| time.to_utc());
            let page = PreviousPage {
                title: cell(row, "page_title"),
                space_key: cell(row, "space_key"),
                url: cell(row, "page_url"),
                parent_id: cell(row, "parent_id"),
                // an imported week has the column too once a snapshot of this program has brought it
                knows_parent: !cell(row, "schema_version").is_empty(),
                edit_count: cell(row, "edit_count").parse().ok(),
                workflow_state: cell(row, "workflow_state"),
                workflow_since: time("workflow_since"),
                content_state: cell(row, "content_state"),
                content_state_since: time("content_state_since"),
            };
            (cell(row, "page_id"), page)
        };
        let pages: HashMap<String, PreviousPage> = table.rows.iter().map(page).collect();
        let spaces = spaces.iter().cloned().chain(pages.values().map(|page| page.space_key.clone())).collect();
        Self { week: week.into(), spaces, pages }
    }
}

/// What stands for the id of a page in imported weeks whose addresses hold none: the history makes it of space and
/// title.
fn id_of_title(space_key: &str, title: &str) -> String {
    format!("{space_key}:{}", title.trim())
        .replace(|c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'), " ")
}
