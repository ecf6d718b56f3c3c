//! Who has to decide: files by the owner of the page or post they belong to, so that each owner can be sent the own
//! files.

use std::collections::BTreeMap;

use crate::audit::Usage;
use crate::report::format;
use crate::report::view::FileRow;

use super::data::{component, rank};

/// How many owners the dashboard lists; the facet of the table has all.
const SHOWN: usize = 50;

/// One owner.
#[derive(Debug, Default)]
pub(super) struct OwnerRow {
    pub(super) name: String,
    /// Place among the names, for sorting.
    pub(super) rank: usize,
    pub(super) pages: u64,
    pub(super) files: u64,
    /// Bytes of all versions whose size is known.
    pub(super) bytes: u64,
    pub(super) unreferenced_files: u64,
    pub(super) unreferenced_bytes: u64,
    pub(super) undetermined_files: u64,
    /// Relative address of all files of the owner, and of the unreferenced ones.
    pub(super) href: String,
    pub(super) unreferenced_href: String,
}

/// The owners with the most unreferenced bytes.
#[derive(Debug)]
pub(super) struct Handover {
    pub(super) owners: Vec<OwnerRow>,
    pub(super) more: u64,
}

/// By owner of the page or post, or its author where no owner is known; without the trash.
pub(super) fn by_owner(rows: &[FileRow<'_>]) -> Handover {
    let mut owners: BTreeMap<&str, (OwnerRow, std::collections::HashSet<&str>)> = BTreeMap::new();
    for row in rows.iter().filter(|row| !row.verdict.is_in_trash(row.attachment)) {
        let (owner, pages) = owners.entry(row.owner_name().unwrap_or("unknown")).or_default();
        if pages.insert(row.container_id()) {
            owner.pages += 1;
        }
        owner.files += 1;
        let bytes = row.known_bytes();
        owner.bytes += bytes;
        if row.is_candidate() {
            owner.unreferenced_files += 1;
            owner.unreferenced_bytes += bytes;
        }
        owner.undetermined_files += u64::from(row.usage() == Usage::Undetermined);
    }
    let mut owners: Vec<OwnerRow> = owners
        .into_iter()
        .map(|(name, (row, _))| OwnerRow {
            name: format::visible(name).into_owned(),
            href: format!("attachments.html#?owner={}", component(name)),
            unreferenced_href: format!("attachments.html#?usage=unreferenced&owner={}", component(name)),
            ..row
        })
        .collect();
    owners.sort_by_key(|owner| std::cmp::Reverse((owner.unreferenced_bytes, owner.bytes)));
    let more = owners.split_off(owners.len().min(SHOWN)).len() as u64;
    for (at, place) in rank(&owners, |owner| &owner.name).into_iter().enumerate() {
        owners[at].rank = place;
    }
    Handover { owners, more }
}
