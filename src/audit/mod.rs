//! From the inventory to an answer: the usage of every attachment with its evidence, and the bytes.

mod classify;
mod containers;
mod duplicates;
mod filters;
mod index;
mod protect;
mod residue;
mod resolution;
mod resolve;
mod totals;
mod uses;

use serde::{Deserialize, Serialize};

use crate::inventory::{Inventory, SpaceId};
use storage_format::{Certainty, Display};

/// Options of the audit that do not touch reading.
#[derive(Debug, Clone)]
pub struct AuditOptions {
    /// Labels that keep a file out of the unreferenced lists.
    pub protect_labels: Vec<String>,
    /// File name globs that keep a file out of the unreferenced lists.
    pub protect_names: Vec<String>,
    /// How many newest versions "keeping N frees X" keeps; at least 1.
    pub keep_versions: u32,
    /// Further hosts of the site, as configured now. Where the site was read without one of them, uses behind it were
    /// not looked for, and no file without a use can be called unreferenced.
    pub alias_hosts: Vec<String>,
}

impl Default for AuditOptions {
    fn default() -> Self {
        Self { protect_labels: Vec::new(), protect_names: Vec::new(), keep_versions: 1, alias_hosts: Vec::new() }
    }
}

/// Audits an inventory. A plain function of its arguments: the same inventory gives the same answer.
pub fn analyze(inventory: &Inventory, options: &AuditOptions) -> Audit {
    let index = index::SiteIndex::new(inventory);
    let mut files = classify::verdicts(&index, options);
    let duplicates = duplicates::find(inventory, &files);
    for (group, duplicate) in duplicates.iter().enumerate() {
        for &file in &duplicate.files {
            files[file].duplicate_group = Some(group + 1);
        }
    }
    let keep_versions = options.keep_versions.max(1);
    let spaces = totals::by_space(inventory, &files, keep_versions);
    Audit {
        site: totals::sum(&spaces),
        spaces,
        files,
        duplicates,
        notices: uses::notices(inventory),
        complete: inventory.coverage.is_complete(),
        keep_versions,
    }
}

/// The answer.
#[derive(Debug, Clone)]
pub struct Audit {
    /// One verdict per attachment, in the order of `Inventory::attachments`.
    pub files: Vec<FileVerdict>,
    /// Figures per reported space, by key.
    pub spaces: Vec<SpaceTotals>,
    /// Figures of all reported files, including those without a known space.
    pub site: Totals,
    /// Groups of files that look alike, most wasted bytes first.
    pub duplicates: Vec<DuplicateGroup>,
    /// Remarks for people, e.g. pages with a `space-attachments` macro.
    pub notices: Vec<String>,
    /// Whether every planned unit was read.
    pub complete: bool,
    /// `AuditOptions::keep_versions`.
    pub keep_versions: u32,
}

/// The usage of one attachment (product contract 3.1), first that applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Usage {
    /// In the trash, on a page in the trash, or owned by no page or post.
    NotJudged,
    /// Its own page or post shows it.
    Embedded,
    /// Its own page or post links to it, nothing shows it.
    Linked,
    /// Other contents use it.
    LinkedElsewhere,
    /// Only an attachments macro lists it.
    Listed,
    /// No use found, but something that could hold one was not read or not resolved.
    Undetermined,
    /// No use found, and everything that could hold one was read.
    Unreferenced,
}

impl Usage {
    /// All usages, in the order of the contract.
    pub const ALL: [Self; 7] = [
        Self::NotJudged,
        Self::Embedded,
        Self::Linked,
        Self::LinkedElsewhere,
        Self::Listed,
        Self::Undetermined,
        Self::Unreferenced,
    ];

    /// The word of the contract, as in the CSV.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotJudged => "not-judged",
            Self::Embedded => "embedded",
            Self::Linked => "linked",
            Self::LinkedElsewhere => "linked-elsewhere",
            Self::Listed => "listed",
            Self::Undetermined => "undetermined",
            Self::Unreferenced => "unreferenced",
        }
    }
}

/// What was found out about one attachment.
#[derive(Debug, Clone)]
pub struct FileVerdict {
    /// Index into `Inventory::attachments`.
    pub attachment: usize,
    /// The usage.
    pub usage: Usage,
    /// Every use found, the own page's first, then by content id; uses in the trash are not among them.
    pub uses: Vec<Use>,
    /// Why a file is `undetermined` or `not-judged`, or remarks such as "named only in the trash".
    pub reasons: Vec<String>,
    /// The surest of its uses.
    pub certainty: Option<Certainty>,
    /// The rule that protects it, e.g. `label keep` or `name *.key`.
    pub protected: Option<String>,
    /// Number of its duplicate group (index into `Audit::duplicates` + 1).
    pub duplicate_group: Option<usize>,
    /// The space of its container.
    pub space: Option<SpaceId>,
    /// Whether its space is among the reported ones.
    pub reported: bool,
    /// Whether the page or post it belongs to is in the trash.
    pub owner_in_trash: bool,
}

impl FileVerdict {
    /// Belongs into the `*_unreferenced` lists.
    pub fn is_candidate(&self) -> bool {
        self.usage == Usage::Unreferenced && self.protected.is_none()
    }
}

/// One use of an attachment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// Index into `Inventory::contents`.
    pub content: usize,
    /// Whether the owning page or post itself (published) uses it.
    pub on_owner: bool,
    /// Construct for evidence, e.g. `image`, `macro view-file`, `header image`.
    pub construct: String,
    /// The name or id under which it is named there.
    pub name: String,
    /// Shown, linked or listed.
    pub display: Display,
    /// How sure.
    pub certainty: Certainty,
}

/// Bytes and counts of a set of attachments. A size that could not be read adds to `unknown_sizes`, never 0 bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// Pages, without those in the trash.
    pub pages: u64,
    /// Blog posts, without those in the trash.
    pub blog_posts: u64,
    /// Attachments, without those in the trash.
    pub attachments: u64,
    /// Attachment versions that exist, current ones included, without trash.
    pub versions: u64,
    /// Bytes of current versions, without trash.
    pub current_bytes: u64,
    /// Bytes of old versions, without trash.
    pub old_bytes: u64,
    /// Attachments in the trash or on pages in the trash.
    pub trash_files: u64,
    /// Their bytes, all versions.
    pub trash_bytes: u64,
    /// Files that are `unreferenced` and not protected.
    pub unreferenced_files: u64,
    /// Their bytes, all versions.
    pub unreferenced_bytes: u64,
    /// Files that are `undetermined`.
    pub undetermined_files: u64,
    /// Their bytes, all versions.
    pub undetermined_bytes: u64,
    /// Bytes freed by keeping only the newest `keep_versions` versions of every file.
    pub version_waste_bytes: u64,
    /// Versions whose size is unknown, trash included.
    pub unknown_sizes: u64,
}

impl Totals {
    /// The same figures for an incomplete run: nothing is unreferenced, and what would have been is undetermined.
    #[must_use]
    pub fn of_incomplete_run(&self) -> Self {
        Self {
            unreferenced_files: 0,
            unreferenced_bytes: 0,
            undetermined_files: self.undetermined_files + self.unreferenced_files,
            undetermined_bytes: self.undetermined_bytes.saturating_add(self.unreferenced_bytes),
            ..*self
        }
    }
}

/// Figures of one space.
#[derive(Debug, Clone)]
pub struct SpaceTotals {
    /// Index into `Inventory::spaces`; `None` for files whose space is unknown.
    pub space: Option<usize>,
    /// The figures.
    pub totals: Totals,
}

/// Files with the same name, size and media type.
#[derive(Debug, Clone)]
pub struct DuplicateGroup {
    /// Indexes into `Inventory::attachments`, at least two, in order of creation.
    pub files: Vec<usize>,
    /// Current bytes of one copy.
    pub size: u64,
    /// Whether downloads with SHA-256 confirmed that the bytes are equal; `None` when not verified.
    pub verified: Option<bool>,
}
