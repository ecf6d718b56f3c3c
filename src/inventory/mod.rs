//! Crawls a site and returns its inventory: what there is, and whether everything was read.

mod account_check;
mod accounts;
mod api_enums;
mod bodies;
mod body_cache;
mod body_fallbacks;
mod candidate_check;
mod comments;
mod content_names;
mod content_updates;
mod convert;
pub mod coverage;
mod crawl;
mod current_version_number;
mod custom_content;
mod drafts;
mod dry_run;
mod earlier_files;
mod file_owners;
mod final_pass;
mod header_images;
mod ids;
mod inventory_cache;
mod labels;
mod last_run;
mod ledger;
mod list_comparison;
mod list_requests;
mod lists;
mod lost_items;
mod new_crawl;
mod not_found;
mod old_versions;
mod options;
mod owners_to_check;
mod pass;
mod people;
pub mod plan;
mod plausibility;
mod preflight_check;
mod quota_points;
mod read_site;
mod refusals;
mod resumed_crawl;
mod search_comparison;
pub mod site;
mod site_facts;
pub mod snapshot;
pub mod space_choice;
mod templates;
mod unlisted_owners;
mod unparsed_texts;
mod unread;
pub mod verify_duplicates;
mod verify_version_sizes;
mod version_list;
pub mod visibility;
mod without_admin_key;
pub mod workflow;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use inventory_cache::InventoryCache;

use crate::support::file_error::FileError;
use crate::support::formatting::{count, plural};
use confluence_client::{Deployment, RequestCounts, SiteLinks};
use storage_format::OwnSite;

pub use account_check::ADMIN_KEY_CHECK;
pub use accounts::PersonAccount;
pub use api_enums::{ParentKind, Resolution, SpaceKind, SpaceStatus, Subtype};
pub use body_cache::read_body;
pub use candidate_check::CandidateCheck;
pub use coverage::{Coverage, UnreadVersion};
pub use dry_run::{Preview, plan_requests};
pub use earlier_files::EarlierFiles;
pub use file_owners::{AccountState, FileOwner, OwnerFacts, OwnerRole, contents_by_id, read_owners};
pub use final_pass::{FinalPass, ListKind};
pub use last_run::{CountedItems, LastRun, SiteFigures};
pub use lost_items::LostItems;
pub use new_crawl::CrawlError;
pub use options::CrawlOptions;
pub use plan::RequestPlan;
pub use plausibility::is_plausible;
pub use preflight_check::{PreflightCheck, PreflightFacts};
pub use read_site::take_inventory;
pub use site::{
    AccountId, Attachment, AttachmentId, Container, Content, ContentDetails, ContentId, ContentKind, HeaderImage,
    OldVersion, PageVersion, Space, SpaceId, Status, Unsettled,
};
pub use verify_duplicates::compare_contents;
pub use visibility::Visibility;

/// Everything that one run read, and how complete that is. Serialised unchanged into `scan.json.gz`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Inventory {
    /// When the run read, which site and as which account.
    pub scan: Scan,
    /// All visible spaces, by key.
    pub spaces: Vec<Space>,
    /// Pages, posts, comments, templates and drafts, by kind, space and id.
    pub contents: Vec<Content>,
    /// All attachments of the site, by id.
    pub attachments: Vec<Attachment>,
    /// Attachments that a crawl lists but leaves out. Not in a saved scan.
    #[serde(skip)]
    pub files_elsewhere: ExcludedFiles,
    /// Display names of the accounts that occur, where they could be read.
    pub people: BTreeMap<AccountId, String>,
    /// Who can decide about unreferenced files, as far as it was read.
    #[serde(default, skip_serializing_if = "OwnerFacts::is_empty")]
    pub owners: OwnerFacts,
    /// Every unit of work and how it ended.
    pub coverage: Coverage,
    /// Number of requests sent by kind (`pages`, `attachment version`, …), including retries.
    pub requests: RequestCounts,
    /// The plan, computed when the first lists were read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<RequestPlan>,
    /// Counts from the first lists. Not in a saved scan.
    #[serde(skip)]
    pub figures: SiteFigures,
    /// Lists that were read without an error and may still have left something out: their cross-check showed a hole or
    /// was not possible. Not in a saved scan.
    #[serde(skip)]
    pub doubtful: BTreeSet<ListKind>,
    /// Pages and posts of which a list shows a newer version than could be read. Not in a saved scan.
    #[serde(skip)]
    pub outdated: BTreeSet<ContentId>,
}

/// Attachments that were listed and left out, because their owners were not read. Links may name them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExcludedFiles {
    /// Ids of the attachments.
    pub ids: BTreeSet<AttachmentId>,
    /// Ids of the contents that own them.
    pub owners: BTreeSet<ContentId>,
}

impl ExcludedFiles {
    fn of<'f>(files: impl Iterator<Item = &'f Attachment> + Clone) -> Self {
        Self {
            ids: files.clone().map(|file| file.id.clone()).collect(),
            owners: files.filter_map(|file| file.container.id()).cloned().collect(),
        }
    }
}

impl Inventory {
    /// Returns whether a list was read without a gap and is not doubtful.
    pub fn is_whole(&self, list: ListKind) -> bool {
        !self.coverage.has_gap(list.unit_kind()) && !self.doubtful.contains(&list)
    }

    /// Returns the number of current pages.
    fn current_pages(&self) -> u64 {
        let is_page = |content: &&Content| content.kind == ContentKind::Page && content.status == Status::Current;
        self.contents.iter().filter(is_page).count() as u64
    }

    /// Returns the number of pages that the account sees, and the number that the site counts. `None` if the site does
    /// not say, or if the list of pages is incomplete.
    pub fn seen_and_site_pages(&self) -> Option<(u64, u64)> {
        let on_site = self.scan.site_pages.filter(|_| self.is_whole(ListKind::Pages));
        on_site.map(|on_site| (self.current_pages(), on_site))
    }

    /// Returns a notice if the site counts more pages than the account sees. That leaves the run complete: the account
    /// lacks permissions, as many do. Which pages the site counts is not documented.
    pub fn unseen_pages(&self) -> Option<String> {
        let (seen, on_site) = self.seen_and_site_pages().filter(|(seen, on_site)| seen < on_site)?;
        Some(format!(
            "the account sees {} of the {} that the site counts: the others are hidden from it, drafts or in the trash, \
             and uses on hidden pages are not known",
            count(seen),
            plural(on_site, "page", "pages")
        ))
    }

    /// Sorts everything, so that the same site produces the same files: contents by kind, space and id, attachments by
    /// id; ids as numbers.
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

/// Saves a complete run as the one that later runs are compared with. If that fails, the previous one stays.
pub fn save_run(options: &CrawlOptions, inventory: &Inventory) -> Result<(), FileError> {
    if let Some(cache) = &options.cache {
        if inventory.coverage.is_complete() && matches!(inventory.scan.old_sizes, VersionSizeCheck::Proved { .. }) {
            InventoryCache(Some(cache)).save_sizes_verified();
        }
        cache.sync();
    }
    options.results.as_deref().map_or(Ok(()), |folder| last_run::save(folder, inventory))
}

/// Which site was read, by which account and when.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Scan {
    /// Program version.
    pub program: String,
    /// When the run began. Files and contents that are newer are not judged.
    pub started_at: DateTime<Utc>,
    pub finished_at: DateTime<Utc>,
    /// Base URL with its context path and without a trailing slash, e.g. `https://acme.atlassian.net/wiki`.
    pub base_url: String,
    /// Kind of the site: its addresses depend on it.
    #[serde(default)]
    pub deployment: Deployment,
    /// Hosts of this site in URLs of bodies: the host of `base_url`, that of `_links.base` and the alias hosts.
    pub own_hosts: Vec<String>,
    /// The alias hosts among them, where the site was before: ids in their URLs may belong to another site.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub former_hosts: Vec<String>,
    /// The owner of the credentials.
    pub account: Account,
    /// What determined which part of the site could be seen. `None` in scans of earlier versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visibility: Option<Visibility>,
    /// What was counted, and whether it was compared with an earlier run. Not in a saved scan.
    #[serde(skip)]
    pub counted: CountedItems,
    /// Whether the lists were also read without the admin key, so that it is known what only the key shows.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub listed_without_key: bool,
    /// Keys of the reported spaces; `None` reports all.
    pub reported_spaces: Option<Vec<String>>,
    /// Whether only the chosen spaces were read (`--references-within`). A file without a use in them cannot be judged
    /// then.
    #[serde(default)]
    pub references_within: bool,
    /// Whether a download confirmed the sizes that the API returns for old versions.
    pub old_sizes: VersionSizeCheck,
    /// Types of custom content whose lists were read.
    #[serde(default, alias = "app_content_types")]
    pub custom_content_types: Vec<String>,
    /// Keys of the spaces whose trash the account may not list: figures about the trash there are lower bounds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unread_trash: Vec<String>,
    /// Number of current pages according to the site itself, whoever may see them; `None` if it does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site_pages: Option<u64>,
    /// Keys of the spaces with a retention policy, by which the site itself deletes old versions or empties the trash.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub retention_spaces: Vec<String>,
    /// When the final pass read all lists for the last time, in a run that was complete until then. Later changes are
    /// not in the inventory.
    #[serde(default, alias = "closing_walk", skip_serializing_if = "Option::is_none")]
    pub final_pass: Option<TimeWindow>,
}

impl Scan {
    /// Returns what determined which part of the site could be seen.
    pub fn visibility(&self) -> Visibility {
        self.visibility.clone().unwrap_or_else(|| Visibility::of_account(&self.base_url, &self.account.id))
    }

    /// Returns the addresses of the site's screens and endpoints.
    pub fn links(&self) -> SiteLinks {
        SiteLinks::new(&self.base_url, self.deployment)
    }

    /// Returns the site's own addresses, to recognise links to itself.
    pub fn own_site(&self) -> OwnSite {
        OwnSite::new(&self.base_url, &self.own_hosts).with_former_hosts(&self.former_hosts)
    }
}

/// A period of time, by the clock that dates the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeWindow {
    pub began_at: DateTime<Utc>,
    pub ended_at: DateTime<Utc>,
}

/// The account that reads.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Account {
    pub id: AccountId,
    pub name: String,
}

/// Whether a request for `?version=N` returns the size of that old version, checked on one file.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case", tag = "outcome")]
pub enum VersionSizeCheck {
    /// No file has an old version with a known size, so there was nothing to verify.
    NothingToProve,
    /// The download of one old version, measured by a range request for one byte, has the size that the API returned.
    Proved {
        /// The downloaded attachment.
        attachment: AttachmentId,
        /// The downloaded version.
        version: u32,
    },
    /// The sizes differ or no download was possible: all sizes of old versions are unknown.
    Unproved {
        /// Why, for the user.
        reason: String,
    },
}
