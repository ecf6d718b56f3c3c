//! What earlier snapshots said of each page.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};

use super::columns::{self, PageColumn};
use super::row::{BLOG_POST, SinceFrom};
use crate::inventory::workflow::{ToldState, WorkflowSource};
use crate::spreadsheet::Record;

/// The latest snapshot of each space before this week's. A run of fewer spaces, or without the workflow, in between takes
/// nothing from it: what such a run did not read is told by the one before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Previous {
    /// The newest week that holds each space whole, by the key of the space; of those without a page too.
    pub spaces: BTreeMap<String, String>,
    /// Pages by id.
    pub pages: HashMap<String, PreviousPage>,
    /// States of pages by id, from the newest snapshot that read them.
    pub states: HashMap<String, SeenStates>,
    /// When the newest snapshot began that read the workflow of a whole space, by the key of the space.
    pub workflow_read: BTreeMap<String, DateTime<Utc>>,
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
    /// Whether it was a blog post.
    pub is_blog_post: bool,
    /// Parent; empty for none.
    pub parent_id: String,
    /// Whether that snapshot tells parents; imported ones do not.
    pub knows_parent: bool,
    /// Number of its version.
    pub edit_count: Option<u64>,
}

/// The states that a snapshot saw a page in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SeenStates {
    /// When that snapshot began.
    pub at: DateTime<Utc>,
    /// Number of the page's version then.
    pub version: Option<u64>,
    /// State in its workflow.
    pub workflow: SeenState,
    /// Confluence's own content state.
    pub content: SeenState,
}

/// A state as it was seen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SeenState {
    /// `None`: the page bore none.
    pub state: Option<String>,
    /// Since when, as far as it was known then.
    pub since: Option<Since>,
}

/// Since when a page is in a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Since {
    /// When it came into the state, or the first snapshot that saw it there.
    pub at: DateTime<Utc>,
    /// Who tells.
    pub from: SinceFrom,
    /// It may have been in the state before.
    pub is_at_least: bool,
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

    /// The columns that [`Self::add_page`] and [`Self::add_states`] look at.
    pub const COLUMNS: [&str; 17] = [
        "page_id",
        "page_title",
        "space_key",
        "page_url",
        "content_type",
        "parent_id",
        "schema_version",
        "edit_count",
        "workflow_source",
        "workflow_state",
        "workflow_since",
        "workflow_since_source",
        "workflow_since_is_at_least",
        "content_state",
        "content_state_since",
        "content_state_since_source",
        "content_state_since_is_at_least",
    ];

    /// Adds a page, unless a newer week told of it; what its row does not tell is unknown.
    pub fn add_page(&mut self, row: Record<'_>) {
        let text = |name| row.text(name).unwrap_or_default().to_owned();
        self.pages.entry(text("page_id")).or_insert_with(|| PreviousPage {
            title: text("page_title"),
            space_key: text("space_key"),
            url: text("page_url"),
            is_blog_post: row.text("content_type") == Some(BLOG_POST),
            parent_id: text("parent_id"),
            // an imported week has the column too once a snapshot of this program has brought it
            knows_parent: row.integer("schema_version").is_some(),
            edit_count: row.count("edit_count"),
        });
    }

    /// Adds the states of a page that a snapshot which began at `at` saw, unless a newer week told them. Gives whether this row
    /// tells them.
    pub fn add_states(&mut self, row: Record<'_>, at: DateTime<Utc>) -> bool {
        let id = row.text("page_id").unwrap_or_default();
        let is_read = match row.text("workflow_source") {
            Some(source) => source != WorkflowSource::Unavailable.to_string(),
            None => row.text("workflow_state").is_some_and(|state| !state.is_empty()),
        };
        if !is_read || self.states.contains_key(id) {
            return is_read;
        }
        let states = SeenStates {
            at,
            version: row.count("edit_count"),
            workflow: SeenState::of(
                row,
                ["workflow_state", "workflow_since", "workflow_since_source", "workflow_since_is_at_least"],
            ),
            content: SeenState::of(
                row,
                [
                    "content_state",
                    "content_state_since",
                    "content_state_since_source",
                    "content_state_since_is_at_least",
                ],
            ),
        };
        self.states.insert(id.to_owned(), states);
        is_read
    }
}

/// What earlier snapshots tell of the states of a page.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Earlier<'a> {
    /// The states that the newest of them saw.
    pub(super) seen: Option<&'a SeenStates>,
    /// When one began that would have seen the page if it had been there.
    pub(super) absent_at: Option<DateTime<Utc>>,
}

impl Previous {
    /// The content state that the site dated in this version of a page.
    pub fn told_content_state(&self, id: &str, version: Option<u32>) -> Option<ToldState<'_>> {
        let seen = self.states.get(id).filter(|seen| version.is_some() && seen.version == version.map(u64::from))?;
        let since = seen.content.since.filter(|since| since.from == SinceFrom::Source)?;
        Some(ToldState { state: seen.content.state.as_deref()?, since: since.at })
    }

    /// What is told of the states of a page that was created then.
    pub(super) fn earlier(&self, id: &str, space_key: &str, created_at: Option<DateTime<Utc>>) -> Earlier<'_> {
        let read = self.workflow_read.get(space_key).copied();
        let absent_at = read.filter(|read| created_at.is_some_and(|created| created > *read));
        Earlier { seen: self.states.get(id), absent_at }
    }
}

impl SeenState {
    fn of(row: Record<'_>, [state, since, from, is_at_least]: [&str; 4]) -> Self {
        let is_told = row.text(from) == Some(SinceFrom::Source.name());
        Self {
            state: row.text(state).filter(|state| !state.is_empty()).map(str::to_owned),
            since: row.time(since).map(|at| Since {
                at,
                from: if is_told { SinceFrom::Source } else { SinceFrom::Snapshots },
                // where a row does not say that it knows, it may have been the first to look
                is_at_least: !is_told && row.flag(is_at_least) != Some(false),
            }),
        }
    }
}

/// A name of no column does not compile.
const _: [&PageColumn; 17] = columns::named(Previous::COLUMNS);

/// What stands for the id of a page in imported weeks whose addresses hold none: the history makes it of space and
/// title.
fn id_of_title(space_key: &str, title: &str) -> String {
    format!("{space_key}:{}", title.trim())
        .replace(|c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'), " ")
}
