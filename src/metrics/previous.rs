//! What the snapshot before this one said of each page.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};

use super::columns::{self, PageColumn};
use crate::spreadsheet::Record;

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

    /// The columns that [`Self::add`] looks at.
    pub const COLUMNS: [&str; 11] = [
        "page_id",
        "page_title",
        "space_key",
        "page_url",
        "parent_id",
        "schema_version",
        "edit_count",
        "workflow_state",
        "workflow_since",
        "content_state",
        "content_state_since",
    ];

    /// A week without pages so far. `spaces` are the keys of those that were chosen.
    pub fn new(week: impl Into<String>, spaces: impl IntoIterator<Item = String>) -> Self {
        Self { week: week.into(), spaces: spaces.into_iter().collect(), pages: HashMap::new() }
    }

    /// Adds a page; what its row does not tell is unknown.
    pub fn add(&mut self, row: Record<'_>) {
        let text = |name| row.text(name).unwrap_or_default().to_owned();
        let page = PreviousPage {
            title: text("page_title"),
            space_key: text("space_key"),
            url: text("page_url"),
            parent_id: text("parent_id"),
            // an imported week has the column too once a snapshot of this program has brought it
            knows_parent: row.integer("schema_version").is_some(),
            edit_count: row.count("edit_count"),
            workflow_state: text("workflow_state"),
            workflow_since: row.time("workflow_since"),
            content_state: text("content_state"),
            content_state_since: row.time("content_state_since"),
        };
        self.spaces.insert(page.space_key.clone());
        self.pages.insert(text("page_id"), page);
    }
}

/// A name of no column does not compile.
const _: [&PageColumn; 11] = columns::named(Previous::COLUMNS);

/// What stands for the id of a page in imported weeks whose addresses hold none: the history makes it of space and
/// title.
fn id_of_title(space_key: &str, title: &str) -> String {
    format!("{space_key}:{}", title.trim())
        .replace(|c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'), " ")
}
