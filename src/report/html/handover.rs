//! Who has to decide: files by the owner of the page or post they belong to, so that each owner can be sent the own
//! files.

use std::collections::{BTreeMap, HashSet};

use crate::audit::Usage;
use crate::report::format;
use crate::report::view::FileRow;
use crate::report::words::UNKNOWN;

use super::data::{component, rank};

/// How many owners the dashboard lists; the facet of the table has all.
const SHOWN: usize = 50;

/// Spaces listed for an owner where the page over all spaces does not hold all files.
const SHOWN_SPACES: usize = 3;

/// One owner.
#[derive(Debug)]
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
    /// Where the lists of the owner are.
    pub(super) lists: Lists,
}

/// Where the files of an owner are listed in full.
#[derive(Debug)]
pub(super) enum Lists {
    /// On the page over all spaces: relative address of all files of the owner, and of the unreferenced ones.
    Site { href: String, unreferenced_href: String },
    /// That page holds the largest files only: on the pages of the spaces, those with the most unreferenced files of
    /// the owner first, and how many more spaces there are.
    Spaces { lists: Vec<SpaceList>, more: u64 },
}

/// The files of one owner in one space.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct SpaceList {
    pub(super) key: String,
    pub(super) files: u64,
    pub(super) unreferenced_files: u64,
    pub(super) href: String,
}

/// The owners with the most unreferenced bytes.
#[derive(Debug)]
pub(super) struct Handover {
    pub(super) owners: Vec<OwnerRow>,
    pub(super) more: u64,
}

/// What is summed up for one owner.
#[derive(Default)]
struct Sum<'a> {
    pages: HashSet<&'a str>,
    files: u64,
    bytes: u64,
    unreferenced_files: u64,
    unreferenced_bytes: u64,
    undetermined_files: u64,
    /// Files and unreferenced files by key and folder of the space.
    spaces: BTreeMap<(&'a str, Option<&'a str>), (u64, u64)>,
}

impl<'a> Sum<'a> {
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

    fn finish(self, name: &str, lists: Lists) -> OwnerRow {
        OwnerRow {
            name: format::visible(name).into_owned(),
            rank: 0,
            pages: self.pages.len() as u64,
            files: self.files,
            bytes: self.bytes,
            unreferenced_files: self.unreferenced_files,
            unreferenced_bytes: self.unreferenced_bytes,
            undetermined_files: self.undetermined_files,
            lists,
        }
    }
}

/// By owner of the page or post, or its author where no owner is known; without the trash. `is_cut` is whether the page
/// over all spaces leaves files out.
pub(super) fn by_owner(rows: &[FileRow<'_>], is_cut: bool) -> Handover {
    let mut sums: BTreeMap<Option<&str>, Sum<'_>> = BTreeMap::new();
    for row in rows.iter().filter(|row| !row.verdict.is_in_trash(row.attachment)) {
        sums.entry(row.owner_name()).or_default().add(row);
    }
    let mut sums: Vec<(Option<&str>, Sum<'_>)> = sums.into_iter().collect();
    sums.sort_by_key(|(_, sum)| std::cmp::Reverse((sum.unreferenced_bytes, sum.bytes)));
    let more = sums.split_off(sums.len().min(SHOWN)).len() as u64;
    let mut owners: Vec<OwnerRow> = sums
        .into_iter()
        .map(|(name, sum)| {
            let value = component(name.unwrap_or(UNKNOWN));
            let lists = if is_cut { in_spaces(&value, &sum) } else { on_site(&value) };
            sum.finish(name.unwrap_or(UNKNOWN), lists)
        })
        .collect();
    for (at, place) in rank(&owners, |owner| &owner.name).into_iter().enumerate() {
        owners[at].rank = place;
    }
    Handover { owners, more }
}

/// `owner` as it stands in an address.
fn on_site(owner: &str) -> Lists {
    Lists::Site {
        href: format!("attachments.html#?owner={owner}"),
        unreferenced_href: format!("attachments.html#?usage=unreferenced&protected=no&owner={owner}"),
    }
}

/// `owner` as it stands in an address.
fn in_spaces(owner: &str, sum: &Sum<'_>) -> Lists {
    let lists = sum.spaces.iter().filter_map(|((key, folder), (files, unreferenced_files))| {
        Some(SpaceList {
            key: format::visible(key).into_owned(),
            files: *files,
            unreferenced_files: *unreferenced_files,
            href: format!("{0}/{0}_attachments.html#?owner={owner}", component((*folder)?)),
        })
    });
    let mut lists: Vec<SpaceList> = lists.collect();
    lists.sort_by_key(|list| std::cmp::Reverse((list.unreferenced_files, list.files)));
    lists.truncate(SHOWN_SPACES);
    let more = (sum.spaces.len() - lists.len()) as u64;
    Lists::Spaces { lists, more }
}
