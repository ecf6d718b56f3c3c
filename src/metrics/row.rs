//! One page in one week, as values with their types. `None` was not read or does not apply; zero was counted.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use storage_format::Measures;

use super::link_problems::LinkProblem;
use super::staleness::Staleness;
use crate::inventory::ParentKind;
use crate::inventory::snapshot::Engagement;
use crate::inventory::workflow::{DueWindow, WorkflowSource, state_key};

/// What is said of one page in one snapshot.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PageRow {
    /// Content id.
    pub id: String,
    /// Title as Confluence keeps it.
    pub title: String,
    /// Where it stands.
    pub place: Place,
    /// Who wrote it, and when.
    pub people: People,
    /// What its body is made of.
    pub measures: Option<Box<Measures>>,
    /// The files on it.
    pub files: Files,
    /// How it hangs together with other contents.
    pub links: Links,
    /// How it is used.
    pub engagement: Engagement,
    /// Comments below it.
    pub comments_footer: Option<u64>,
    /// Threads on passages that are not resolved.
    pub comments_inline_open: Option<u64>,
    /// Its state in an approval workflow.
    pub workflow: Workflow,
    /// What follows from all this.
    pub judgement: Judgement,
    /// What could not be read of it, for people.
    pub fetch_errors: Vec<String>,
}

/// Where a page stands.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Place {
    /// Id of the space.
    pub space_id: String,
    /// Key of the space.
    pub space_key: String,
    /// Name of the space.
    pub space_name: String,
    /// `global`, `personal`, ….
    pub space_type: String,
    /// `page`, `live` or `blogpost`.
    pub content_type: String,
    /// `current`, ….
    pub status: String,
    /// Opens the page in a browser.
    pub url: String,
    /// Its tiny link.
    pub short_url: Option<String>,
    /// Direct parent.
    pub parent_id: Option<String>,
    /// What that is.
    pub parent_type: Option<ParentKind>,
    /// Number of ancestors; `None` when the chain breaks.
    pub depth: Option<u64>,
    /// Titles from the root, joined by ` / `; `None` when the chain breaks.
    pub path: Option<String>,
    /// Direct child pages; `None` when the list of pages may have left some out, and for blog posts.
    pub child_pages: Option<u64>,
    /// All pages below; `None` as above.
    pub descendant_pages: Option<u64>,
    /// Place among its siblings.
    pub position: Option<i64>,
    /// Is the home page of its space; `None` for blog posts.
    pub is_space_home: Option<bool>,
    /// Stands at the root of the tree or directly below the home page, where people see it without a link.
    pub is_root_child: bool,
    /// Global labels, sorted.
    pub labels: Option<Vec<String>>,
    /// Reading it is restricted.
    pub restricted_view: Option<bool>,
    /// Editing it is restricted.
    pub restricted_edit: Option<bool>,
    /// `legacy`, `new` or `live`.
    pub editor: Option<String>,
}

impl Place {
    /// Whether it is a blog post, which stands in no tree.
    pub fn is_blog_post(&self) -> bool {
        self.content_type == BLOG_POST
    }
}

/// The word of `content_type` for a blog post.
pub const BLOG_POST: &str = "blogpost";

/// A person as far as known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Person {
    /// Account id.
    pub id: String,
    /// Display name.
    pub name: Option<String>,
    /// Whether the account is active.
    pub active: Option<bool>,
}

/// Who wrote a page, and when.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct People {
    /// When it was created.
    pub created_at: Option<DateTime<Utc>>,
    /// When its current version was published.
    pub updated_at: Option<DateTime<Utc>>,
    /// Days from its creation to the snapshot.
    pub age_days: Option<i64>,
    /// Days from its last version to the snapshot.
    pub days_since_update: Option<i64>,
    /// Who created it.
    pub creator: Option<Person>,
    /// Who owns it.
    pub owner: Option<Person>,
    /// Who owned it before.
    pub last_owner_id: Option<String>,
    /// Who published its current version.
    pub last_editor: Option<Person>,
    /// Whether that was a minor edit.
    pub last_edit_minor: Option<bool>,
    /// The comment of that version.
    pub last_edit_message: Option<String>,
    /// Number of its current version.
    pub edit_count: Option<u64>,
    /// Versions of the last 7 days.
    pub edits_7d: Option<u64>,
    /// Versions of the last 30 days.
    pub edits_30d: Option<u64>,
    /// Versions of the last 90 days.
    pub edits_90d: Option<u64>,
    /// Versions since the last snapshot it was in.
    pub edits_since_last_snapshot: Option<u64>,
    /// Distinct authors of versions.
    pub contributors: Option<u64>,
    /// Distinct authors in the last 90 days.
    pub contributors_90d: Option<u64>,
    /// Share of the most active author in all versions, 0 to 1.
    pub top_contributor_share: Option<f64>,
    /// Distinct authors whose account is active.
    pub active_contributors: Option<u64>,
    /// Days since somebody who is no bot edited it.
    pub days_since_non_bot_edit: Option<i64>,
}

/// The files on a page.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Files {
    /// How many; `None` when the attachments of the site could not be read.
    pub count: Option<u64>,
    /// Bytes of their current versions.
    pub bytes: Option<u64>,
    /// Bytes of their old versions.
    pub history_bytes: Option<u64>,
    /// How many the audit calls unreferenced.
    pub unreferenced: Option<u64>,
    /// Bytes of all their versions.
    pub unreferenced_bytes: Option<u64>,
}

/// How a page hangs together with other contents.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Links {
    /// Distinct contents of the site it links to.
    pub out_internal: Option<u64>,
    /// Distinct addresses elsewhere it links to.
    pub out_external: Option<u64>,
    /// Pages, posts and comments that link to it.
    pub incoming: Option<u64>,
    /// Links to contents, files, anchors or spaces that are not there: so many of `problems`.
    pub broken_internal: Option<u64>,
    /// Links that lead nowhere, and links to what is archived, each by name; `None` also in rows of an older program.
    pub problems: Option<Vec<LinkProblem>>,
    /// Pages and posts that include it or an excerpt of it.
    pub include_in: Option<u64>,
    /// Contents it includes.
    pub include_out: Option<u64>,
}

/// Who tells since when a page is in its state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SinceFrom {
    /// The workflow says so.
    Source,
    /// The first of the snapshots in a row that saw it there, to the week.
    Snapshots,
}

impl SinceFrom {
    /// All.
    pub const ALL: [Self; 2] = [Self::Source, Self::Snapshots];

    /// The word of the tables.
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
    /// State.
    pub state: Option<String>,
    /// Whether that is a final state.
    pub is_final: Option<bool>,
    /// When it came into that state.
    pub since: Option<DateTime<Utc>>,
    /// Where `since` comes from.
    pub since_from: Option<SinceFrom>,
    /// It may have been in that state before `since`: that is when it was first seen there.
    pub since_is_at_least: Option<bool>,
    /// Whole days in that state.
    pub days_in_state: Option<i64>,
    /// When the state is due.
    pub due: Option<DateTime<Utc>>,
    /// Days beyond that; negative before.
    pub overdue_days: Option<i64>,
    /// When it is due, where only a window is known.
    pub due_within: Option<DueWindow>,
    /// Reviewers who have not decided.
    pub pending_reviewers: Option<Vec<String>>,
    /// Owner by a parameter of the workflow.
    pub owner: Option<String>,
    /// Relevance by a parameter of the workflow.
    pub relevance: Option<String>,
    /// Other parameters asked for.
    pub parameters: BTreeMap<String, String>,
    /// Versions since the last final state.
    pub edits_since_final: Option<u64>,
    /// Which source told; `None` when workflow was not asked for.
    pub source: Option<WorkflowSource>,
    /// Confluence's own content state.
    pub content_state: Option<String>,
    /// Since when it bears it.
    pub content_state_since: Option<DateTime<Utc>>,
    /// Where that comes from.
    pub content_state_since_from: Option<SinceFrom>,
    /// It may have borne it before: that is when it was first seen.
    pub content_state_since_is_at_least: Option<bool>,
}

/// What follows from the measures.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Judgement {
    /// Little text and nothing else.
    pub is_stub: Option<bool>,
    /// No readable parent, and not the home page; `None` when the parent could not be looked for.
    pub is_orphan_tree: Option<bool>,
    /// Nothing links to it, and it is neither the home page, nor directly below that, nor at the root.
    pub is_orphan_link: Option<bool>,
    /// How old its content is.
    pub staleness: Option<Staleness>,
    /// Group of pages with the same or nearly the same text.
    pub duplicate_group: Option<u64>,
    /// 0 to 100.
    pub health_score: u64,
    /// What was taken off, in words.
    pub health_reasons: Vec<String>,
    /// Gap to full health times views of 90 days.
    pub impact_score: Option<u64>,
    /// Sections of the configuration whose thresholds it is judged by; none are those of all pages.
    pub thresholds_from: Vec<String>,
}

/// Content states that Confluence suggests to authors who are still writing: nobody is asked for anything.
const OF_AUTHORS: [&str; 2] = ["rough draft", "in progress"];

impl Workflow {
    /// Whether somebody has to act before the page is in a final state.
    pub fn waits(&self) -> bool {
        let is_of_author = |state: &String| {
            self.source == Some(WorkflowSource::NativeState) && OF_AUTHORS.contains(&state_key(state).as_str())
        };
        self.is_final != Some(true) && self.state.as_ref().is_some_and(|state| !is_of_author(state))
    }

    /// Past its due date, whether that is known to the day or as a window only.
    pub fn is_overdue(&self) -> bool {
        self.overdue_days.is_some_and(|days| days > 0) || self.due_within == Some(DueWindow::Overdue)
    }
}
