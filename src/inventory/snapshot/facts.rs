//! What was read of pages beside their contents.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::inventory::site::{AccountId, ContentId, PageVersion, Status};
use crate::inventory::words::ParentKind;

/// A group of metrics that is read together and costs its own requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MetricGroup {
    /// Place, text, structure, attachments, labels, restrictions: always read, in bulk.
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
    /// All groups, in the order they are shown.
    pub const ALL: [Self; 5] = [Self::Core, Self::People, Self::Engagement, Self::Links, Self::Workflow];

    /// The word of `--metrics`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Core => "core",
            Self::People => "people",
            Self::Engagement => "engagement",
            Self::Links => "links",
            Self::Workflow => "workflow",
        }
    }

    /// The group of a word of `--metrics`.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|group| group.name().eq_ignore_ascii_case(word.trim()))
    }
}

/// The groups of one run; [`MetricGroup::Core`] is always among them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetricGroups(BTreeSet<MetricGroup>);

impl MetricGroups {
    /// These groups, and the core.
    pub fn new(groups: impl IntoIterator<Item = MetricGroup>) -> Self {
        Self(groups.into_iter().chain([MetricGroup::Core]).collect())
    }

    /// Whether a group is read.
    pub fn has(&self, group: MetricGroup) -> bool {
        self.0.contains(&group)
    }

    /// The groups, in order.
    pub fn iter(&self) -> impl Iterator<Item = MetricGroup> {
        self.0.iter().copied()
    }
}

impl Default for MetricGroups {
    /// Everything that does not cost requests for every page.
    fn default() -> Self {
        Self::new([MetricGroup::People, MetricGroup::Links, MetricGroup::Workflow])
    }
}

/// What was read of the chosen spaces' pages beside the inventory.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct SnapshotFacts {
    /// The groups that were asked for.
    pub groups: MetricGroups,
    /// Blog posts are measured, too.
    #[serde(default)]
    pub blog_posts: bool,
    /// By id of a page or blog post; one without an entry has nothing but what the inventory says.
    pub pages: BTreeMap<ContentId, PageFacts>,
    /// The people met, where their accounts were read.
    pub accounts: BTreeMap<AccountId, Account>,
    /// People whose accounts were asked for and could not be read.
    #[serde(default)]
    pub unread_accounts: BTreeSet<AccountId>,
    /// Folders, whiteboards and databases between pages, by id; `None` is not there or not visible.
    pub parents: BTreeMap<ContentId, Option<Parent>>,
    /// Ids that links and files of the pages name and under which the account sees nothing: no page, no blog post, and
    /// nothing else that has an address, where the link may mean that. Deleted, or invisible to the account.
    pub missing_targets: BTreeSet<ContentId>,
    /// Those that name a page or post outside the inventory that is not current, with its status.
    #[serde(default)]
    pub target_statuses: BTreeMap<ContentId, Status>,
    /// Remarks for people: what the site does not offer, and what that costs.
    pub notes: Vec<String>,
}

/// What was read of one page.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PageFacts {
    /// Global labels, sorted.
    pub labels: Option<Vec<String>>,
    /// Everybody who ever published a version.
    pub contributors: Option<Vec<AccountId>>,
    /// Somebody without an account (anonymous, or deleted long ago) is among those who published a version.
    #[serde(default)]
    pub nameless_contributors: bool,
    /// Whether reading the page itself is restricted.
    pub restricted_view: Option<bool>,
    /// Whether editing the page itself is restricted.
    pub restricted_edit: Option<bool>,
    /// The property `editor`: `v2` is the new editor; a page read without one bears an empty text.
    pub editor: Option<String>,
    /// Its versions, as far as they were read.
    pub versions: Option<PageVersions>,
    /// How it is used.
    pub engagement: Option<Engagement>,
}

impl PageFacts {
    /// Whether a search told everything that it tells of every page.
    pub(super) fn is_of_search(&self) -> bool {
        self.restricted_view.is_some() && self.restricted_edit.is_some() && self.editor.is_some()
    }

    /// Fills what is open of what searches and single pages tell.
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
    /// All of them, as opposed to the current one and, before it, at least those of the last 90 days.
    pub whole: bool,
}

/// Views and likes; what the site does not offer is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Engagement {
    /// Views ever.
    pub views_total: Option<u64>,
    /// Views in the last 30 days.
    pub views_30d: Option<u64>,
    /// Views in the last 90 days.
    pub views_90d: Option<u64>,
    /// People who viewed it in the last 90 days.
    pub viewers_90d: Option<u64>,
    /// When it was viewed last.
    pub viewed_last: Option<ViewedLast>,
    /// Likes.
    pub likes: Option<u64>,
    /// People who watch it; `None` also when they are more than one answer of the site holds.
    pub watchers: Option<u64>,
    /// Watchers were asked for and could not be read.
    #[serde(default)]
    pub watchers_unread: bool,
}

/// Days since the last view, as closely as Confluence tells.
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
    /// All, the latest first.
    pub const ALL: [Self; 6] = [Self::Days30, Self::Days90, Self::Days180, Self::Days365, Self::Longer, Self::Never];

    /// The word of the tables.
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

/// A person's account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Display name.
    pub name: Option<String>,
    /// Whether the account is active; unknown accounts are `None`.
    pub active: Option<bool>,
}

/// A folder, whiteboard, database or smart link in the tree of pages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parent {
    /// Title.
    pub title: String,
    /// What it is.
    pub kind: ParentKind,
    /// Its own parent and that one's kind.
    pub parent: Option<(ContentId, ParentKind)>,
}
