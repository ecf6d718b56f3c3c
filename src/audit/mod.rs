//! The audit: decides from the inventory how every attachment is used, with evidence, and adds up bytes.

mod app_files;
mod classify;
mod collect_uses;
mod companion_files;
mod containers;
mod duplicates;
mod find_files;
mod java_pattern;
mod macro_filters;
mod migration;
mod notices;
mod options;
mod protection_rules;
mod reason;
mod residue_search;
mod resolution;
mod resolve_reference;
mod site_index;
mod totals;
mod verdict;
mod work_meter;

use crate::inventory::Inventory;

pub use duplicates::DuplicateGroup;
pub use find_files::{FoundFiles, TypedAs, find_files};
pub use migration::{BlockedFile, CopySize, Migration, PartSizes, Scenario};
pub use options::{AuditOptions, MIGRATION_BYTES_PER_SECOND};
pub use protection_rules::unmatched_protection_rules;
pub use reason::{Reason, ReasonKind};
pub use totals::{Figures, SpaceTotals, Totals};
pub use verdict::{FileVerdict, Usage, Use};

/// Audits an inventory. Pure: the same arguments always return the same result.
pub fn analyze(inventory: &Inventory, options: &AuditOptions) -> Audit {
    let index = site_index::SiteIndex::new(inventory);
    let (mut files, over_limit) = classify::verdicts(&index, options);
    let duplicates = duplicates::find(inventory, &files);
    for (group, duplicate) in duplicates.iter().enumerate() {
        for &file in &duplicate.files {
            files[file].duplicate_group = Some(group + 1);
        }
    }
    let keep_versions = options.keep_versions.max(1);
    let unknown_hosts = notices::unknown_hosts(inventory);
    Audit {
        notices: [
            notices::all(inventory, &files, &over_limit, unknown_hosts.as_ref()),
            unmatched_protection_rules(inventory, options),
        ]
        .concat(),
        unknown_hosts,
        files,
        duplicates,
        complete: inventory.coverage.is_complete(),
        keep_versions,
    }
}

/// The result of an audit.
#[derive(Debug, Clone)]
pub struct Audit {
    /// One verdict per attachment, in the order of `Inventory::attachments`.
    pub files: Vec<FileVerdict>,
    /// Groups of files with the same name, size and media type, most wasted bytes first.
    pub duplicates: Vec<DuplicateGroup>,
    /// Notices for the report, e.g. on pages with a `space-attachments` macro.
    pub notices: Vec<String>,
    /// The notice on addresses of Confluence files on hosts that are not known as hosts of this site; `notices` has it
    /// too.
    pub unknown_hosts: Option<String>,
    /// Whether every planned unit was read.
    pub complete: bool,
    /// `AuditOptions::keep_versions`, at least 1.
    pub keep_versions: u32,
}

impl Audit {
    /// Returns counts and bytes by space and in total. `complete` is the state of the run that reports them.
    pub fn figures(&self, inventory: &Inventory, complete: bool) -> Figures {
        Figures::of(inventory, &self.files, self.keep_versions, complete)
    }
}
