//! Types for what a snapshot reads of pages in addition to their contents.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

pub use crate::inventory::accounts::PersonAccount;
use crate::inventory::api_enums::ParentKind;
use crate::inventory::site::{AccountId, ContentId, PageVersion, Status};

/// A group of metrics that is read together and takes requests of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MetricGroup {
    /// Position in the tree, text, structure, attachments, labels, restrictions: always read, in bulk.
    Core,
    /// Contributors, edits in the last 90 days, whether accounts are active.
    People,
    /// Views, viewers, likes, watchers: several requests per page.
    Engagement,
    /// Links into pages, broken links, comments: blog posts and comments are read as well.
    Links,
    /// State of an approval workflow.
    Workflow,
}

impl MetricGroup {
    pub const ALL: [Self; 5] = [Self::Core, Self::People, Self::Engagement, Self::Links, Self::Workflow];

    /// The name of the group in `--metrics`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Core => "core",
            Self::People => "people",
            Self::Engagement => "engagement",
            Self::Links => "links",
            Self::Workflow => "workflow",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|group| group.name().eq_ignore_ascii_case(word.trim()))
    }
}

/// The groups of one run; [`MetricGroup::Core`] is always among them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetricGroups(BTreeSet<MetricGroup>);

impl MetricGroups {
    pub fn new(groups: impl IntoIterator<Item = MetricGroup>) -> Self {
        Self(groups.into_iter().chain([MetricGroup::Core]).collect())
    }

    pub fn has(&self, group: MetricGroup) -> bool {
        self.0.contains(&group)
    }

    pub fn iter(&self) -> impl Iterator<Item = MetricGroup> {
        self.0.iter().copied()
    }
}

impl Default for MetricGroups {
    /// All groups that do not take requests for every page.
    fn default() -> Self {
        Self::new([MetricGroup::People, MetricGroup::Links, MetricGroup::Workflow])
    }
}

/// What was read of the pages of the chosen spaces, in addition to the inventory.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct SnapshotFacts {
    /// The requested groups.
    pub groups: MetricGroups,
    /// Whether blog posts are measured too.
    #[serde(default)]
    pub blog_posts: bool,
    /// By id of a page or blog post; for one without an entry, only the inventory is known.
    pub pages: BTreeMap<ContentId, PageFacts>,
    /// The accounts that were read, of all people who occur.
    pub accounts: BTreeMap<AccountId, PersonAccount>,
    /// People whose accounts could not be read.
    #[serde(default)]
    pub unread_accounts: BTreeSet<AccountId>,
    /// Folders, whiteboards and databases between pages, by id; `None` does not exist or is not visible.
    pub parents: BTreeMap<ContentId, Option<TreeParent>>,
    /// Ids in links and file references for which the account finds no content: neither a page nor a blog post, nor
    /// anything else with an address, if the link may mean that. Deleted, or not visible to the account.
    pub missing_targets: BTreeSet<ContentId>,
    /// Targets outside the inventory that are pages or posts but not current, with their statuses.
    #[serde(default)]
    pub target_statuses: BTreeMap<ContentId, Status>,
    /// Notes for readers: what the site does not offer, and what that means for the metrics.
    pub notes: Vec<String>,
}

/// What was read of one page.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PageFacts {
    /// Global labels, sorted.
    pub labels: Option<Vec<String>>,
    /// Everyone who ever published a version.
    pub contributors: Option<Vec<AccountId>>,
    /// Whether someone without an account (anonymous, or deleted long ago) published a version.
    #[serde(default)]
    pub nameless_contributors: bool,
    /// Whether viewing the page itself is restricted.
    pub restricted_view: Option<bool>,
    /// Whether editing the page itself is restricted.
    pub restricted_edit: Option<bool>,
    /// The property `editor`: `v2` is the new editor; an empty string is a page without the property.
    pub editor: Option<String>,
    pub versions: Option<PageVersions>,
    pub engagement: Option<Engagement>,
}

impl PageFacts {
    /// Whether a search returned everything that it returns for a page.
    pub(super) fn is_complete_from_search(&self) -> bool {
        self.restricted_view.is_some() && self.restricted_edit.is_some() && self.editor.is_some()
    }

    /// Fills in the values that are still missing and that searches and single pages have.
    pub(super) fn fill(&mut self, other: Self) {
        self.labels = self.labels.take().or(other.labels);
        if self.contributors.is_none() {
            self.contributors = other.contributors;
            self.nameless_contributors = other.nameless_contributors;
        }
        self.restricted_view = self.restricted_view.or(other.restricted_view);
        self.restricted_edit = self.restricted_edit.or(other.restricted_edit);
        self.editor = self.editor.take().or(other.editor);
    }
}

/// The versions of a page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageVersions {
    /// The versions that exist, the newest first.
    pub list: Vec<PageVersion>,
    /// Whether all versions are listed, rather than the current one and at least those of the last 90 days before it.
    pub whole: bool,
}

/// Views, likes and watchers; `None` if the site does not offer them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Engagement {
    pub views_total: Option<u64>,
    pub views_30d: Option<u64>,
    pub views_90d: Option<u64>,
    /// Number of people who viewed the page in the last 90 days.
    pub viewers_90d: Option<u64>,
    pub viewed_last: Option<ViewedLast>,
    pub likes: Option<u64>,
    /// Number of watchers; also `None` if there are more than one response holds.
    pub watchers: Option<u64>,
    /// Whether watchers were requested but could not be read.
    #[serde(default)]
    pub watchers_unread: bool,
}

/// Days since the last view, as precisely as Confluence reports it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ViewedLast {
    /// Up to 30 days ago.
    #[serde(rename = "0-30")]
    Days30,
    /// 30 to 90 days ago.
    #[serde(rename = "30-90")]
    Days90,
    /// 90 to 180 days ago.
    #[serde(rename = "90-180")]
    Days180,
    /// 180 to 365 days ago.
    #[serde(rename = "180-365")]
    Days365,
    /// More than 365 days ago.
    #[serde(rename = ">365")]
    Longer,
    /// Never.
    #[serde(rename = "never")]
    Never,
}

impl ViewedLast {
    /// All periods, the most recent first.
    pub const ALL: [Self; 6] = [Self::Days30, Self::Days90, Self::Days180, Self::Days365, Self::Longer, Self::Never];

    /// The value in CSV files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Days30 => "0-30",
            Self::Days90 => "30-90",
            Self::Days180 => "90-180",
            Self::Days365 => "180-365",
            Self::Longer => ">365",
            Self::Never => "never",
        }
    }
}

/// A folder, whiteboard, database or smart link in the tree of pages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TreeParent {
    pub title: String,
    pub kind: ParentKind,
    /// Id and kind of its own parent.
    pub parent: Option<(ContentId, ParentKind)>,
}
