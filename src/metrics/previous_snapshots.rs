//! Earlier snapshots: what they recorded about each page and its workflow states.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};

use super::columns::{self, PageColumn};
use super::page_row::{BLOG_POST, SinceFrom};
use crate::inventory::workflow::{KnownContentState, WorkflowSource};
use crate::spreadsheet::Record;

/// The latest data of each space from before this week. A later run with fewer spaces or without the workflow does not hide
/// older data: what it did not read is taken from the snapshot before it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PreviousSnapshots {
    /// The newest week in which each space is complete, by space key; also of spaces without pages.
    pub spaces: BTreeMap<String, String>,
    /// Pages by id.
    pub pages: HashMap<String, PreviousPage>,
    /// Workflow states of pages by id, from the newest snapshot that read them.
    pub states: HashMap<String, EarlierStates>,
    /// Start of the newest snapshot that read the workflow of the complete space, by space key.
    pub workflow_read: BTreeMap<String, DateTime<Utc>>,
}

/// A page in an earlier snapshot.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PreviousPage {
    pub title: String,
    pub space_key: String,
    pub url: String,
    pub is_blog_post: bool,
    /// Empty if it had no parent.
    pub parent_id: String,
    /// Whether the snapshot has parents; imported ones do not.
    pub knows_parent: bool,
    /// Number of its version.
    pub edit_count: Option<u64>,
}

/// The states of a page in an earlier snapshot.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EarlierStates {
    /// When the snapshot began.
    pub at: DateTime<Utc>,
    /// Version of the page in the snapshot.
    pub version: Option<u64>,
    pub workflow: EarlierState,
    /// Confluence's own content state.
    pub content: EarlierState,
}

/// A workflow or content state in an earlier snapshot.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EarlierState {
    /// `None` if the page had no state.
    pub state: Option<String>,
    /// Since when, if that was known at the time.
    pub since: Option<StateSince>,
}

/// Since when a page is in a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StateSince {
    /// When the page entered the state, or the first snapshot that saw it there.
    pub at: DateTime<Utc>,
    pub from: SinceFrom,
    /// Whether the page may have entered the state earlier.
    pub is_at_least: bool,
}

impl PreviousSnapshots {
    /// Returns the page with this id, or the one with this title if an imported week has no ids.
    pub fn page(&self, id: &str, space_key: &str, title: &str) -> Option<(&str, &PreviousPage)> {
        let found = self.pages.get_key_value(id).or_else(|| {
            let by_title = self.pages.get_key_value(&id_of_title(space_key, title));
            by_title.filter(|(_, page)| !page.knows_parent)
        });
        found.map(|(id, page)| (id.as_str(), page))
    }

    /// The columns that [`Self::add_page`] and [`Self::add_states`] read.
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

    /// Adds a page, unless a newer week has it.
    pub fn add_page(&mut self, row: Record<'_>) {
        let text = |name| row.text(name).unwrap_or_default().to_owned();
        self.pages.entry(text("page_id")).or_insert_with(|| PreviousPage {
            title: text("page_title"),
            space_key: text("space_key"),
            url: text("page_url"),
            is_blog_post: row.text("content_type") == Some(BLOG_POST),
            parent_id: text("parent_id"),
            // the value decides: an imported week has this column too, once a snapshot has added it
            knows_parent: row.integer("schema_version").is_some(),
            edit_count: row.count("edit_count"),
        });
    }

    /// Adds the states of a page in a snapshot that began at `at`, unless a newer week has them. Returns whether the states
    /// were read for this row.
    pub fn add_states(&mut self, row: Record<'_>, at: DateTime<Utc>) -> bool {
        let id = row.text("page_id").unwrap_or_default();
        let is_read = match row.text("workflow_source") {
            Some(source) => source != WorkflowSource::Unavailable.to_string(),
            None => row.text("workflow_state").is_some_and(|state| !state.is_empty()),
        };
        if !is_read || self.states.contains_key(id) {
            return is_read;
        }
        let states = EarlierStates {
            at,
            version: row.count("edit_count"),
            workflow: EarlierState::of(
                row,
                ["workflow_state", "workflow_since", "workflow_since_source", "workflow_since_is_at_least"],
            ),
            content: EarlierState::of(
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

/// What earlier snapshots recorded about the states of a page.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct StateHistory<'a> {
    /// The states in the newest of them.
    pub(super) seen: Option<&'a EarlierStates>,
    /// Start of a snapshot that read the workflow of the space before the page was created.
    pub(super) absent_at: Option<DateTime<Utc>>,
}

impl PreviousSnapshots {
    /// Returns the content state of this version of a page, if an earlier snapshot read its date from the site.
    pub fn dated_content_state(&self, id: &str, version: Option<u32>) -> Option<KnownContentState<'_>> {
        let seen = self.states.get(id).filter(|seen| version.is_some() && seen.version == version.map(u64::from))?;
        let since = seen.content.since.filter(|since| since.from == SinceFrom::Source)?;
        Some(KnownContentState { state: seen.content.state.as_deref()?, since: since.at })
    }

    /// Returns what is known about the earlier states of a page that was created at `created_at`.
    pub(super) fn earlier(&self, id: &str, space_key: &str, created_at: Option<DateTime<Utc>>) -> StateHistory<'_> {
        let read = self.workflow_read.get(space_key).copied();
        let absent_at = read.filter(|read| created_at.is_some_and(|created| created > *read));
        StateHistory { seen: self.states.get(id), absent_at }
    }
}

impl EarlierState {
    fn of(row: Record<'_>, [state, since, from, is_at_least]: [&str; 4]) -> Self {
        let is_from_source = row.text(from) == Some(SinceFrom::Source.name());
        Self {
            state: row.text(state).filter(|state| !state.is_empty()).map(str::to_owned),
            since: row.time(since).map(|at| StateSince {
                at,
                from: if is_from_source { SinceFrom::Source } else { SinceFrom::Snapshots },
                // without an explicit `false`, that snapshot may have been the first one
                is_at_least: !is_from_source && row.flag(is_at_least) != Some(false),
            }),
        }
    }
}

// fails to compile if a name is not a column
const _: [&PageColumn; 17] = columns::named(PreviousSnapshots::COLUMNS);

/// Returns the id that an imported week gives to a page without an id in its address: space key and title, as `legacy`
/// builds it.
fn id_of_title(space_key: &str, title: &str) -> String {
    format!("{space_key}:{}", title.trim())
        .replace(|c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'), " ")
}
