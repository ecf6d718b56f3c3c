//! The measured values of one page in one week. `None` means not read or not applicable; zero means counted.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use storage_format::Measures;

use super::link_problems::LinkProblem;
use super::staleness::Staleness;
use crate::inventory::ParentKind;
use crate::inventory::snapshot::Engagement;
use crate::inventory::workflow::{DueWindow, WorkflowSource, state_key};

/// All measured values of one page in one snapshot.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PageRow {
    pub id: String,
    pub title: String,
    pub place: PagePosition,
    pub people: PageAuthors,
    /// Measures of the body.
    pub measures: Option<Box<Measures>>,
    pub files: PageFiles,
    pub links: PageLinks,
    pub engagement: Engagement,
    /// Footer comments, including replies.
    pub comments_footer: Option<u64>,
    /// Threads of inline comments that are not resolved.
    pub comments_inline_open: Option<u64>,
    pub workflow: Workflow,
    pub judgement: Judgement,
    /// Names of what could not be read for the page.
    pub fetch_errors: Vec<String>,
}

/// Space, position in the page tree and other attributes of a page.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PagePosition {
    pub space_id: String,
    pub space_key: String,
    pub space_name: String,
    /// `global`, `personal`, ….
    pub space_type: String,
    /// `page`, `live` or `blogpost`.
    pub content_type: String,
    /// `current`, ….
    pub status: String,
    pub url: String,
    pub short_url: Option<String>,
    /// Id of the direct parent.
    pub parent_id: Option<String>,
    pub parent_type: Option<ParentKind>,
    /// Number of ancestors; `None` if an ancestor is not known.
    pub depth: Option<u64>,
    /// Titles from the root, joined by ` / `; `None` if an ancestor is not known.
    pub path: Option<String>,
    /// Number of direct child pages; `None` for blog posts, or if the list of pages may be incomplete.
    pub child_pages: Option<u64>,
    /// Number of all pages below; `None` as above.
    pub descendant_pages: Option<u64>,
    /// Position among its siblings.
    pub position: Option<i64>,
    /// Whether it is the home page of its space; `None` for blog posts.
    pub is_space_home: Option<bool>,
    /// Whether it is at the root of the tree or directly below the home page, where people see it without a link.
    pub is_root_child: bool,
    /// Global labels, sorted.
    pub labels: Option<Vec<String>>,
    /// Whether viewing is restricted.
    pub restricted_view: Option<bool>,
    /// Whether editing is restricted.
    pub restricted_edit: Option<bool>,
    /// `legacy`, `new` or `live`.
    pub editor: Option<String>,
}

impl PagePosition {
    /// Returns whether it is a blog post, which is not in the page tree.
    pub fn is_blog_post(&self) -> bool {
        self.content_type == BLOG_POST
    }
}

/// The value of `content_type` for a blog post.
pub const BLOG_POST: &str = "blogpost";

/// A person, as far as the account was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Person {
    /// Account id.
    pub id: String,
    pub name: Option<String>,
    /// Whether the account is active.
    pub active: Option<bool>,
}

/// Authors and edits of a page.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PageAuthors {
    pub created_at: Option<DateTime<Utc>>,
    /// When its current version was published.
    pub updated_at: Option<DateTime<Utc>>,
    /// Days from the creation of the page to the snapshot.
    pub age_days: Option<i64>,
    /// Days from the current version to the snapshot.
    pub days_since_update: Option<i64>,
    pub creator: Option<Person>,
    pub owner: Option<Person>,
    /// Account id of the previous owner.
    pub last_owner_id: Option<String>,
    /// Author of the current version.
    pub last_editor: Option<Person>,
    /// Whether the current version was a minor edit.
    pub last_edit_minor: Option<bool>,
    /// The comment of the current version.
    pub last_edit_message: Option<String>,
    /// Number of the current version.
    pub edit_count: Option<u64>,
    /// Versions of the last 7 days.
    pub edits_7d: Option<u64>,
    /// Versions of the last 30 days.
    pub edits_30d: Option<u64>,
    /// Versions of the last 90 days.
    pub edits_90d: Option<u64>,
    /// Versions since the last snapshot that had the page.
    pub edits_since_last_snapshot: Option<u64>,
    /// Distinct authors of versions.
    pub contributors: Option<u64>,
    /// Distinct authors in the last 90 days.
    pub contributors_90d: Option<u64>,
    /// Share of all versions by the most active author, 0 to 1.
    pub top_contributor_share: Option<f64>,
    /// Distinct authors whose account is active.
    pub active_contributors: Option<u64>,
    /// Days since the last edit that no bot made.
    pub days_since_non_bot_edit: Option<i64>,
}

/// The files on a page.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PageFiles {
    /// `None` if the attachments of the site could not be read completely.
    pub count: Option<u64>,
    /// Bytes of their current versions.
    pub bytes: Option<u64>,
    /// Bytes of their old versions.
    pub history_bytes: Option<u64>,
    /// Number of files that the audit calls unreferenced.
    pub unreferenced: Option<u64>,
    /// Bytes of all versions of the unreferenced files.
    pub unreferenced_bytes: Option<u64>,
}

/// Links and inclusions from and to a page.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PageLinks {
    /// Distinct contents of the site that the page links to.
    pub out_internal: Option<u64>,
    /// Distinct addresses on other hosts that the page links to.
    pub out_external: Option<u64>,
    /// Pages, posts and comments that link to the page.
    pub incoming: Option<u64>,
    /// Number of broken links in `problems`.
    pub broken_internal: Option<u64>,
    /// Broken links and links to archived content. Also `None` in rows that an older version wrote.
    pub problems: Option<Vec<LinkProblem>>,
    /// Pages and posts that include the page or an excerpt of it.
    pub include_in: Option<u64>,
    /// Contents that the page includes.
    pub include_out: Option<u64>,
}

/// Origin of the date since which a page is in its state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SinceFrom {
    /// The source of the workflow state.
    Source,
    /// Earlier snapshots: the first of the consecutive ones that found the page in the state, accurate to the week.
    Snapshots,
}

impl SinceFrom {
    pub const ALL: [Self; 2] = [Self::Source, Self::Snapshots];

    /// Returns the value of the column.
    pub fn name(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Snapshots => "snapshots",
        }
    }
}

/// State of a page in an approval workflow.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Workflow {
    /// Name of the workflow.
    pub name: Option<String>,
    pub state: Option<String>,
    /// Whether the state is final.
    pub is_final: Option<bool>,
    /// When the page entered the state.
    pub since: Option<DateTime<Utc>>,
    /// Where `since` comes from.
    pub since_from: Option<SinceFrom>,
    /// Whether `since` is only when the page was first seen in the state: it may have entered it earlier.
    pub since_is_at_least: Option<bool>,
    /// Full days in the state.
    pub days_in_state: Option<i64>,
    /// When the state is due.
    pub due: Option<DateTime<Utc>>,
    /// Days past the due date; negative before it.
    pub overdue_days: Option<i64>,
    /// When the state is due, if only a window is known.
    pub due_within: Option<DueWindow>,
    /// Reviewers who have not decided yet.
    pub pending_reviewers: Option<Vec<String>>,
    /// Value of the workflow parameter configured as the owner.
    pub owner: Option<String>,
    /// Value of the workflow parameter configured as the relevance.
    pub relevance: Option<String>,
    /// Further configured workflow parameters.
    pub parameters: BTreeMap<String, String>,
    /// Versions since the last final state.
    pub edits_since_final: Option<u64>,
    /// The source of the state; `None` if the workflow was not asked for.
    pub source: Option<WorkflowSource>,
    /// Confluence's own content state.
    pub content_state: Option<String>,
    /// Since when the page has the content state.
    pub content_state_since: Option<DateTime<Utc>>,
    /// Where `content_state_since` comes from.
    pub content_state_since_from: Option<SinceFrom>,
    /// As `since_is_at_least`, for the content state.
    pub content_state_since_is_at_least: Option<bool>,
}

/// Assessment of a page, derived from its measures.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Judgement {
    /// Little text and nothing else.
    pub is_stub: Option<bool>,
    /// No readable parent, and not the home page; `None` if it is not known whether the parent exists.
    pub is_orphan_tree: Option<bool>,
    /// Nothing links to it, and it is neither the home page, nor directly below that, nor at the root.
    pub is_orphan_link: Option<bool>,
    pub staleness: Option<Staleness>,
    /// Group of pages with the same or nearly the same text.
    pub duplicate_group: Option<u64>,
    /// 0 to 100.
    pub health_score: u64,
    /// Names of the reasons that lower the score.
    pub health_reasons: Vec<String>,
    /// Points missing to full health, times the views of 90 days.
    pub impact_score: Option<u64>,
    /// Sections of the configuration whose thresholds the page is judged by; empty if the default thresholds apply.
    pub thresholds_from: Vec<String>,
}

/// Content states that Confluence suggests while an author is still writing: no one else has to act.
const AUTHOR_STATES: [&str; 2] = ["rough draft", "in progress"];

impl Workflow {
    /// Returns whether someone has to act before the page reaches a final state.
    pub fn waits(&self) -> bool {
        let is_of_author = |state: &String| {
            self.source == Some(WorkflowSource::NativeState) && AUTHOR_STATES.contains(&state_key(state).as_str())
        };
        self.is_final != Some(true) && self.state.as_ref().is_some_and(|state| !is_of_author(state))
    }

    /// Returns whether the state is past its due date, known to the day or only as a window.
    pub fn is_overdue(&self) -> bool {
        self.overdue_days.is_some_and(|days| days > 0) || self.due_within == Some(DueWindow::Overdue)
    }
}
