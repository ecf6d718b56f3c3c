//! Files by owner of the page or post they belong to, so that every owner can be sent a list of the files to review.

use std::collections::{BTreeMap, HashSet};

use crate::audit::Usage;
use crate::report::format;
use crate::report::report_view::FileRow;
use crate::report::wording::UNKNOWN;

use super::data::{component, rank};

/// Maximum number of owners on the dashboard; the facet of the table has all.
const MAX_OWNERS: usize = 50;

/// Maximum number of spaces listed per owner if the page of all spaces does not have all files.
const MAX_SPACES: usize = 3;

#[derive(Debug)]
pub(super) struct OwnerRow {
    pub(super) name: String,
    /// Rank of the name, for sorting.
    pub(super) rank: usize,
    pub(super) pages: u64,
    pub(super) files: u64,
    /// Bytes of all versions whose size is known.
    pub(super) bytes: u64,
    pub(super) unreferenced_files: u64,
    pub(super) unreferenced_bytes: u64,
    pub(super) undetermined_files: u64,
    pub(super) links: OwnerLinks,
}

/// Links to the complete lists of an owner's files.
#[derive(Debug)]
pub(super) enum OwnerLinks {
    /// Links to the page of all spaces, filtered: all files of the owner, and the unreferenced ones.
    Site { href: String, unreferenced_href: String },
    /// That page has only the largest files: links to the pages of the spaces with the most unreferenced files of the
    /// owner, and the number of other spaces.
    Spaces { lists: Vec<SpaceLink>, more: u64 },
}

/// Link to the files of one owner in one space.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct SpaceLink {
    pub(super) key: String,
    pub(super) files: u64,
    pub(super) unreferenced_files: u64,
    pub(super) href: String,
}

/// The owners with the most unreferenced bytes.
#[derive(Debug)]
pub(super) struct FilesByOwner {
    pub(super) owners: Vec<OwnerRow>,
    pub(super) more: u64,
}

/// Sums for one owner.
#[derive(Debug, Default)]
pub(in crate::report) struct OwnerSums<'a> {
    pub(in crate::report) pages: HashSet<&'a str>,
    pub(in crate::report) files: u64,
    /// Bytes of all versions whose size is known.
    pub(in crate::report) bytes: u64,
    pub(in crate::report) unreferenced_files: u64,
    pub(in crate::report) unreferenced_bytes: u64,
    pub(in crate::report) undetermined_files: u64,
    /// Number of files and of unreferenced files, by key and folder of the space.
    spaces: BTreeMap<(&'a str, Option<&'a str>), (u64, u64)>,
}

impl<'a> OwnerSums<'a> {
    fn add(&mut self, row: &FileRow<'a>) {
        let bytes = row.known_bytes();
        let space = self.spaces.entry((row.space_key(), row.folder())).or_default();
        self.pages.insert(row.container_id());
        self.files += 1;
        self.bytes += bytes;
        space.0 += 1;
        if row.is_candidate() {
            self.unreferenced_files += 1;
            self.unreferenced_bytes += bytes;
            space.1 += 1;
        }
        self.undetermined_files += u64::from(row.usage() == Usage::Undetermined);
    }

    fn finish(self, name: &str, links: OwnerLinks) -> OwnerRow {
        OwnerRow {
            name: format::visible(name).into_owned(),
            rank: 0,
            pages: self.pages.len() as u64,
            files: self.files,
            bytes: self.bytes,
            unreferenced_files: self.unreferenced_files,
            unreferenced_bytes: self.unreferenced_bytes,
            undetermined_files: self.undetermined_files,
            links,
        }
    }
}

/// Groups files by owner of the page or post, or its author if no owner is known; excludes the trash. The owner with the
/// most unreferenced bytes comes first.
pub(in crate::report) fn owner_sums<'a>(rows: &[FileRow<'a>]) -> Vec<(Option<&'a str>, OwnerSums<'a>)> {
    let mut sums: BTreeMap<Option<&str>, OwnerSums<'a>> = BTreeMap::new();
    for row in rows.iter().filter(|row| !row.verdict.is_in_trash(row.attachment)) {
        sums.entry(row.owner_name()).or_default().add(row);
    }
    let mut sums: Vec<(Option<&str>, OwnerSums<'a>)> = sums.into_iter().collect();
    sums.sort_by_key(|(_, sum)| std::cmp::Reverse((sum.unreferenced_bytes, sum.bytes)));
    sums
}

/// Returns the owners for the dashboard. `is_cut` says whether the page of all spaces omits files.
pub(super) fn by_owner(rows: &[FileRow<'_>], is_cut: bool) -> FilesByOwner {
    let mut sums = owner_sums(rows);
    let more = sums.split_off(sums.len().min(MAX_OWNERS)).len() as u64;
    let mut owners: Vec<OwnerRow> = sums
        .into_iter()
        .map(|(name, sum)| {
            let value = component(name.unwrap_or(UNKNOWN));
            let links = if is_cut { space_lists(&value, &sum) } else { site_list(&value) };
            sum.finish(name.unwrap_or(UNKNOWN), links)
        })
        .collect();
    for (at, place) in rank(&owners, |owner| &owner.name).into_iter().enumerate() {
        owners[at].rank = place;
    }
    FilesByOwner { owners, more }
}

/// `owner` is percent-encoded.
fn site_list(owner: &str) -> OwnerLinks {
    OwnerLinks::Site {
        href: format!("attachments.html#?owner={owner}"),
        unreferenced_href: format!("attachments.html#?usage=unreferenced&protected=no&owner={owner}"),
    }
}

/// `owner` is percent-encoded.
fn space_lists(owner: &str, sum: &OwnerSums<'_>) -> OwnerLinks {
    let lists = sum.spaces.iter().filter_map(|((key, folder), (files, unreferenced_files))| {
        Some(SpaceLink {
            key: format::visible(key).into_owned(),
            files: *files,
            unreferenced_files: *unreferenced_files,
            href: format!("{0}/{0}_attachments.html#?owner={owner}", component((*folder)?)),
        })
    });
    let mut lists: Vec<SpaceLink> = lists.collect();
    lists.sort_by_key(|list| std::cmp::Reverse((list.unreferenced_files, list.files)));
    lists.truncate(MAX_SPACES);
    let more = (sum.spaces.len() - lists.len()) as u64;
    OwnerLinks::Spaces { lists, more }
}
