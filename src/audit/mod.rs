//! From the inventory to an answer: the usage of every attachment with its evidence, and the bytes.

mod classify;
mod companions;
mod containers;
mod duplicates;
mod filters;
mod index;
mod java_pattern;
mod kept_by_apps;
mod notices;
mod options;
mod protect;
mod residue;
mod resolution;
mod resolve;
mod totals;
mod uses;
mod verdict;
mod work;

use crate::inventory::Inventory;

pub use duplicates::DuplicateGroup;
pub use options::AuditOptions;
pub use protect::rules_without_effect;
pub use totals::{Figures, SpaceTotals, Totals};
pub use verdict::{FileVerdict, Usage, Use};

/// Audits an inventory. A plain function of its arguments: the same inventory gives the same answer.
pub fn analyze(inventory: &Inventory, options: &AuditOptions) -> Audit {
    let index = index::SiteIndex::new(inventory);
    let (mut files, too_much) = classify::verdicts(&index, options);
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
            notices::all(inventory, &files, &too_much, unknown_hosts.as_ref()),
            rules_without_effect(inventory, options),
        ]
        .concat(),
        unknown_hosts,
        files,
        duplicates,
        complete: inventory.coverage.is_complete(),
        keep_versions,
    }
}

/// The answer.
#[derive(Debug, Clone)]
pub struct Audit {
    /// One verdict per attachment, in the order of `Inventory::attachments`.
    pub files: Vec<FileVerdict>,
    /// Groups of files that look alike, most wasted bytes first.
    pub duplicates: Vec<DuplicateGroup>,
    /// Remarks for people, e.g. pages with a `space-attachments` macro.
    pub notices: Vec<String>,
    /// The one of them on addresses in the form of a Confluence file on hosts that are not known as the site's own.
    pub unknown_hosts: Option<String>,
    /// Whether every planned unit was read.
    pub complete: bool,
    /// `AuditOptions::keep_versions`.
    pub keep_versions: u32,
}

impl Audit {
    /// The figures of this audit of an inventory, as a run that is or is not `complete` tells them.
    pub fn figures(&self, inventory: &Inventory, complete: bool) -> Figures {
        Figures::of(inventory, &self.files, self.keep_versions, complete)
    }
}
