//! Kinds of requests: labels under which they are counted, page sizes of their lists, and when their number is known.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// Page limit of a v2 list.
const LIST: u32 = 250;
/// Page limit of a search with expansions.
const SEARCH: u32 = 200;
/// Page limit of a search without expansions.
const PLAIN_SEARCH: u32 = 1000;
/// Page limit of a v1 template list.
const TEMPLATES: u32 = 100;
/// Page limit of the list of pages in a native content state.
const STATE: u32 = 100;
/// Not a list, or a list of which only the first item is needed.
const ONE: u32 = 1;

/// When the number of requests of a kind is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlanStage {
    /// After the first lists, so it is in the plan of the run.
    Lists,
    /// Once it is known for which pages the workflow is read.
    Workflow,
    /// Only during the crawl: it depends on what changed or is in doubt.
    Crawl,
    /// Not part of a run: sent by `doctor` only.
    Never,
}

/// Defines [`RequestKind`] with one row per kind: label, page limit, and when the number of requests is known.
macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $kind:ident: $label:literal, $limit:ident, $planned:ident;)+) => {
        /// The purpose of a request. Requests are counted, limited, planned and shown by kind.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum RequestKind {
            $($(#[doc = $doc])+ $kind,)+
        }

        impl RequestKind {
            /// All kinds.
            pub const ALL: &[Self] = &[$(Self::$kind),+];

            /// Returns the label under which it is counted in tables and files. Saved scans contain the labels, so they
            /// must not be changed.
            pub const fn label(self) -> &'static str {
                match self {
                    $(Self::$kind => $label,)+
                }
            }

            /// Returns the maximum number of items on one page of its list; 1 if it is not a list.
            pub const fn page_limit(self) -> u32 {
                match self {
                    $(Self::$kind => $limit,)+
                }
            }

            /// Returns when the number of its requests is known.
            pub const fn planned(self) -> PlanStage {
                match self {
                    $(Self::$kind => PlanStage::$planned,)+
                }
            }
        }
    };
}

kinds! {
    /// What kind of site an address leads to, and whether it accepts the credentials in one form.
    SiteDiscovery: "site discovery", ONE, Lists;
    /// An access token for client credentials, or a new one before it expires.
    AccessToken: "access token", ONE, Crawl;
    /// Until when the administrator's key is valid.
    AdminKey: "admin key", ONE, Crawl;
    /// The user of the credentials.
    CurrentUser: "current user", ONE, Lists;
    /// Spaces of one status.
    Spaces: "spaces", LIST, Lists;
    /// One space alone.
    OneSpace: "one space", ONE, Crawl;
    /// Pages of some spaces.
    Pages: "pages", LIST, Lists;
    /// Blog posts of some spaces.
    BlogPosts: "blog posts", LIST, Lists;
    /// All attachments of the site.
    Attachments: "attachments", LIST, Lists;
    /// Attachments of one page or blog post.
    AttachmentsOfOneOwner: "attachments of one owner", LIST, Lists;
    /// The trash of one space.
    SpaceTrash: "trash of a space", LIST, Lists;
    /// The versions of one attachment, without sizes.
    AttachmentVersionList: "attachment version list", LIST, Crawl;
    /// Custom content of one type.
    CustomContent: "custom content", LIST, Crawl;
    /// Footer comments of the site.
    FooterComments: "footer comments", LIST, Lists;
    /// Inline comments of the site.
    InlineComments: "inline comments", LIST, Lists;
    /// Replies to one comment.
    CommentReplies: "comment replies", LIST, Lists;
    /// One page alone, or whether a list still shows it.
    OnePage: "one page", LIST, Crawl;
    /// One blog post alone, or whether a list still shows it.
    OneBlogPost: "one blog post", LIST, Crawl;
    /// One comment alone.
    OneComment: "one comment", LIST, Crawl;
    /// One custom content alone.
    OneCustomContent: "one custom content", LIST, Lists;
    /// The draft of a page or blog post.
    Draft: "draft", ONE, Lists;
    /// A body without usable storage format, in another representation or from the previous version.
    OtherForm: "other form of a body", ONE, Crawl;
    /// Pages with a draft of this account, without bodies.
    DraftsOfPages: "drafts of pages", LIST, Lists;
    /// Blog posts with a draft of this account, without bodies.
    DraftsOfBlogPosts: "drafts of blog posts", LIST, Lists;
    /// One attachment alone.
    OneAttachment: "one attachment", ONE, Crawl;
    /// One old version of an attachment, with its size.
    AttachmentVersion: "attachment version", ONE, Lists;
    /// Content properties of one page or blog post.
    Properties: "properties", LIST, Lists;
    /// Pages and blog posts with their header images, by search.
    HeaderImageSweep: "header image sweep", SEARCH, Lists;
    /// Comments and attachments by search, to cross-check their lists.
    SearchIndex: "search for comments and attachments", PLAIN_SEARCH, Lists;
    /// Templates of a space, or the global ones.
    Templates: "templates", TEMPLATES, Lists;
    /// One template alone.
    OneTemplate: "one template", ONE, Crawl;
    /// Labels of the site.
    Labels: "labels", LIST, Lists;
    /// Attachments with a label.
    AttachmentsOfALabel: "attachments of a label", LIST, Crawl;
    /// People by account id.
    People: "people", ONE, Lists;
    /// Current pages with labels and restrictions, by search.
    PageSweep: "page sweep", SEARCH, Lists;
    /// One page alone, with labels, properties and versions.
    PageAlone: "page alone", ONE, Lists;
    /// Restrictions of one page.
    PageRestrictions: "page restrictions", ONE, Lists;
    /// Comments by search, to see which have replies.
    CommentSweep: "comment sweep", SEARCH, Lists;
    /// Labels of one page.
    PageLabels: "page labels", LIST, Lists;
    /// Versions of one page.
    PageVersions: "page versions", LIST, Lists;
    /// A member of the page tree that is not a page.
    PageParents: "page parents", ONE, Lists;
    /// Whether linked ids are pages or blog posts.
    LinkTargets: "link targets", LIST, Lists;
    /// Whether the target of a short link is an item that is in no list.
    ShortLinkTargets: "targets of short links", ONE, Crawl;
    /// Accounts with their status.
    Accounts: "accounts", ONE, Lists;
    /// How many people like a page.
    PageLikes: "page likes", ONE, Lists;
    /// How often a page was viewed.
    PageViews: "page views", ONE, Lists;
    /// How many people viewed a page.
    PageViewers: "page viewers", ONE, Lists;
    /// How many people watch a page.
    PageWatchers: "page watchers", ONE, Lists;
    /// Whether the site has a workflow app.
    WorkflowProbe: "workflow probe", ONE, Workflow;
    /// Workflow states by search.
    WorkflowSearch: "workflow search", PLAIN_SEARCH, Workflow;
    /// Content properties of workflow apps, by search.
    WorkflowProperties: "workflow properties", SEARCH, Workflow;
    /// One workflow property of one page.
    WorkflowPropertyOfOnePage: "workflow property of one page", LIST, Workflow;
    /// All properties of a few pages, to find those of a workflow app.
    WorkflowPropertyDiscovery: "workflow property discovery", LIST, Workflow;
    /// The workflow status of one page.
    WorkflowStatus: "workflow status", ONE, Workflow;
    /// The workflow parameters of one page.
    WorkflowParameters: "workflow parameters", ONE, Workflow;
    /// The content states that a space suggests.
    ContentStates: "content states of a space", ONE, Workflow;
    /// The pages of a space in a content state.
    PagesInAContentState: "pages in a content state", STATE, Workflow;
    /// Since when one page has its content state.
    ContentStateOfOnePage: "content state of one page", ONE, Workflow;
    /// A download that measures a version.
    DownloadOfOneByte: "download of one byte", ONE, Lists;
    /// A download that compares a file.
    DownloadOfAFile: "download of a file", ONE, Crawl;
    /// What the site says about its version and its size.
    SiteInformation: "site information", ONE, Lists;
    /// Spaces with rules for deleting old versions.
    SpaceRetention: "retention of spaces", LIST, Lists;
    /// Who has which permission in a space.
    SpacePermissions: "permissions in a space", LIST, Crawl;
    /// A check of `doctor`.
    Doctor: "doctor", ONE, Never;
}

impl RequestKind {
    /// Returns the kind with this label; `None` for a label of another version of the program.
    pub fn of_label(label: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.label() == label)
    }
}

impl fmt::Display for RequestKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.label())
    }
}

/// Numbers of requests by kind, serialized as a map by label in alphabetical order.
///
/// Only a [`RequestKind`] can be counted. Counts from a file keep their labels: a saved scan may come from another
/// version of the program, whose kinds had other labels, and its sum has to stay correct.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RequestCounts(BTreeMap<Cow<'static, str>, u64>);

impl RequestCounts {
    /// Adds requests of a kind; 0 adds no row.
    pub fn add(&mut self, kind: RequestKind, requests: u64) {
        if requests > 0 {
            *self.0.entry(Cow::Borrowed(kind.label())).or_default() += requests;
        }
    }

    /// Counts the requests of one kind as those of another.
    pub(crate) fn recount(&mut self, from: RequestKind, to: RequestKind) {
        let requests = self.0.remove(from.label()).unwrap_or(0);
        self.add(to, requests);
    }

    /// Adds all of `other`.
    pub fn add_all(&mut self, other: &Self) {
        for (label, requests) in &other.0 {
            *self.0.entry(label.clone()).or_default() += requests;
        }
    }

    /// Returns the number of requests of one kind.
    pub fn of(&self, kind: RequestKind) -> u64 {
        self.0.get(kind.label()).copied().unwrap_or(0)
    }

    /// Returns the number of requests of all kinds.
    pub fn total(&self) -> u64 {
        self.0.values().sum()
    }

    /// Returns the labels with their numbers, sorted by label.
    pub fn iter(&self) -> impl Iterator<Item = (&str, u64)> {
        self.0.iter().map(|(label, requests)| (label.as_ref(), *requests))
    }
}

impl FromIterator<(RequestKind, u64)> for RequestCounts {
    fn from_iter<I: IntoIterator<Item = (RequestKind, u64)>>(counts: I) -> Self {
        let mut all = Self::default();
        counts.into_iter().for_each(|(kind, requests)| all.add(kind, requests));
        all
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_label_names_one_kind() {
        let labels: BTreeSet<&str> = RequestKind::ALL.iter().map(|kind| kind.label()).collect();
        assert_eq!(labels.len(), RequestKind::ALL.len());
        for &kind in RequestKind::ALL {
            assert_eq!(RequestKind::of_label(kind.label()), Some(kind));
        }
    }

    #[test]
    fn counts_are_serialized_by_label_and_keep_the_labels_of_other_versions() {
        let mut counts: RequestCounts = serde_json::from_str(r#"{"pages": 2, "obsolete label": 1}"#).unwrap();
        counts.add(RequestKind::Pages, 1);
        counts.add(RequestKind::Accounts, 4);
        counts.add(RequestKind::Labels, 0);
        assert_eq!(serde_json::to_string(&counts).unwrap(), r#"{"accounts":4,"obsolete label":1,"pages":3}"#);
        assert_eq!((counts.of(RequestKind::Pages), counts.total()), (3, 8));
    }
}
