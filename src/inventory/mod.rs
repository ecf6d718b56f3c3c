//! Takes the inventory of a site: what there is, and whether everything was read.

mod admission;
mod bodies;
mod closing_walk;
mod comments;
pub mod compare;
mod continued;
mod convert;
pub mod coverage;
mod crawl;
mod current_number;
mod custom_content;
mod drafts;
mod dry_run;
mod frame;
mod header_images;
mod identity;
mod ids;
mod kept_bodies;
mod kept_texts;
mod labels;
mod last_run;
mod ledger;
mod list_comparison;
mod lists;
mod memory;
mod names;
mod newer;
mod old_sizes;
mod options;
mod other_forms;
mod owners;
mod owners_to_ask;
mod pass;
mod people;
pub mod plan;
mod plausibility;
mod read_site;
pub mod recheck;
mod refusals;
pub mod scope;
mod search_comparison;
pub mod site;
pub mod snapshot;
mod templates;
mod unread;
mod version_list;
mod versions;
mod witnesses;
mod words;
pub mod workflow;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use memory::Memory;

use crate::support::file_error::FileError;
use confluence_client::RequestCounts;
use storage_format::OwnSite;

pub use admission::{Admission, Reader};
pub use closing_walk::{ClosingWalk, List};
pub use compare::compare_contents;
pub use coverage::{Coverage, UnreadVersion};
pub use dry_run::{Preview, plan_requests};
pub use frame::CrawlError;
pub use kept_bodies::read_body;
pub use last_run::{Figures, LastRun};
pub use options::CrawlOptions;
pub use plan::RequestPlan;
pub use plausibility::is_believed;
pub use read_site::take_inventory;
pub use recheck::SecondLook;
pub use site::{
    AccountId, Attachment, AttachmentId, Container, Content, ContentId, ContentKind, Details, HeaderImage, OldVersion,
    PageVersion, Space, SpaceId, Status, Unsettled,
};
pub use words::{ParentKind, Resolution, SpaceKind, SpaceStatus, Subtype};

/// Everything one run read, and how complete that is. Serialised as it is into `scan.json.gz`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Inventory {
    /// When, where, as whom.
    pub scan: Scan,
    /// All visible spaces, by key.
    pub spaces: Vec<Space>,
    /// Pages, posts, comments, templates and drafts, by kind, space and id.
    pub contents: Vec<Content>,
    /// All attachments of the site, by id.
    pub attachments: Vec<Attachment>,
    /// What a reading that leaves files out keeps of those. Not in a saved scan.
    #[serde(skip)]
    pub files_elsewhere: FilesElsewhere,
    /// Display names of the people met, where they could be read.
    pub people: BTreeMap<AccountId, String>,
    /// Every planned unit of work and how it ended.
    pub coverage: Coverage,
    /// Requests sent, by kind (`pages`, `attachment version`, …), retries included.
    pub requests: RequestCounts,
    /// The requests that were planned when the lists had been read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<RequestPlan>,
    /// How much the lists held when they were read; not in a saved scan.
    #[serde(skip)]
    pub figures: Figures,
    /// Lists that were walked to their ends and may have left something out all the same: another view of them showed a
    /// hole, or could not be had. Not in a saved scan.
    #[serde(skip)]
    pub doubtful: BTreeSet<List>,
    /// Pages and posts of which a list shows a newer version than could be read. Not in a saved scan.
    #[serde(skip)]
    pub outdated: BTreeSet<ContentId>,
}

/// Files that were listed and left out, for they lie on what was not read. Links may name them all the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FilesElsewhere {
    /// Their ids.
    pub ids: BTreeSet<AttachmentId>,
    /// Ids of what they lie on.
    pub owners: BTreeSet<ContentId>,
}

impl FilesElsewhere {
    fn of<'f>(files: impl Iterator<Item = &'f Attachment> + Clone) -> Self {
        Self {
            ids: files.clone().map(|file| file.id.clone()).collect(),
            owners: files.filter_map(|file| file.container.id()).cloned().collect(),
        }
    }
}

impl Inventory {
    /// Whether a list was read to its end, and nothing showed a hole in it.
    pub fn is_whole(&self, list: List) -> bool {
        !self.coverage.has_gap(list.unit_kind()) && !self.doubtful.contains(&list)
    }

    /// Puts everything in its order, so that the same site gives the same files: contents by kind, space and id,
    /// attachments by id; ids as numbers.
    fn sort(&mut self) {
        fn content(content: &Content) -> impl Ord + '_ {
            let space = content.space.as_ref().map(|id| (id.as_str().len(), id.as_str()));
            let id = content.id.as_str();
            (content.kind, space, id.len(), id, content.status.as_str())
        }
        self.contents.sort_by(|one, other| content(one).cmp(&content(other)));
        let file = |file: &Attachment| (file.id.digits().len(), file.id.digits().to_owned());
        self.attachments.sort_by_cached_key(file);
    }
}

/// Remembers a run, when it was complete, as the one later runs are compared with. A failure leaves that of before.
pub fn remember_run(options: &CrawlOptions, inventory: &Inventory) -> Result<(), FileError> {
    if let Some(cache) = &options.cache {
        if inventory.coverage.is_complete() && matches!(inventory.scan.old_sizes, OldSizes::Proved { .. }) {
            Memory(Some(cache)).keep_proof_of_sizes();
        }
        cache.sync();
    }
    options.results.as_deref().map_or(Ok(()), |folder| last_run::remember(folder, inventory))
}

/// The frame of one run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Scan {
    /// Version of the program that read.
    pub program: String,
    /// When the run began; files and contents newer than this are not judged.
    pub started_at: DateTime<Utc>,
    /// When reading ended.
    pub finished_at: DateTime<Utc>,
    /// Base URL with its context path and without a trailing slash, e.g. `https://acme.atlassian.net/wiki`.
    pub base_url: String,
    /// Hosts whose URLs in bodies mean this site: that of `base_url`, that of `_links.base`, alias hosts.
    pub own_hosts: Vec<String>,
    /// Those of them where the site was before (alias hosts): ids in their addresses may be of another site.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub former_hosts: Vec<String>,
    /// The account the token belongs to.
    pub account: Account,
    /// Space keys that are reported; `None` reports all.
    pub reported_spaces: Option<Vec<String>>,
    /// Only the chosen spaces were read (`--references-within`): a file without a found use cannot be judged.
    #[serde(default)]
    pub references_within: bool,
    /// Whether the sizes of old versions were proved to be old sizes on one file.
    pub old_sizes: OldSizes,
    /// Types of app content whose lists were walked.
    #[serde(default)]
    pub app_content_types: Vec<String>,
    /// When all lists were walked for the last time, in a run that was complete until then: what changed later was not
    /// seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closing_walk: Option<Window>,
}

impl Scan {
    /// The site as its addresses tell it.
    pub fn own_site(&self) -> OwnSite {
        OwnSite::new(&self.base_url, &self.own_hosts).with_former_hosts(&self.former_hosts)
    }
}

/// A stretch of time, by the clock that dates the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// When it began.
    pub began_at: DateTime<Utc>,
    /// When it ended.
    pub ended_at: DateTime<Utc>,
}

/// Who read.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Account {
    /// Account id.
    pub id: AccountId,
    /// Display name.
    pub name: String,
}

/// Outcome of the one-file proof that `?version=N` answers the old size.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case", tag = "outcome")]
pub enum OldSizes {
    /// No file has old versions of a size that differs, so there was nothing to prove.
    NothingToProve,
    /// One old version was measured by a one-byte range download and agreed.
    Proved {
        /// The attachment measured.
        attachment: AttachmentId,
        /// The version measured.
        version: u32,
    },
    /// The download disagreed or could not be made: old sizes are unknown.
    Unproved {
        /// Why, for people.
        reason: String,
    },
}
