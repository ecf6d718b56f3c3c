//! Bytes and counts: by space and for the site.

use std::collections::HashMap;

use serde::Serialize;

use super::verdict::{FileVerdict, Usage};
use crate::inventory::{Attachment, ContentKind, Inventory, SpaceId, Status};

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

/// Figures per reported space, by key, with a last entry for reported files whose space is unknown.
pub(super) fn by_space(inventory: &Inventory, files: &[FileVerdict], keep_versions: u32) -> Vec<SpaceTotals> {
    let mut totals: HashMap<Option<&SpaceId>, Totals> = HashMap::new();
    for content in
        inventory.contents.iter().filter(|content| !content.status.is_trash() && content.status != Status::Draft)
    {
        let entry = totals.entry(content.space.as_ref()).or_default();
        match content.kind {
            ContentKind::Page => entry.pages += 1,
            ContentKind::BlogPost => entry.blog_posts += 1,
            _ => {}
        }
    }
    let mut unknown_space = false;
    for verdict in files.iter().filter(|verdict| verdict.reported) {
        unknown_space |= verdict.space.is_none();
        let file = &inventory.attachments[verdict.attachment];
        totals.entry(verdict.space.as_ref()).or_default().add_file(file, verdict, keep_versions);
    }
    let is_reported = |key: &String| inventory.scan.reported_spaces.as_ref().is_none_or(|keys| keys.contains(key));
    let mut spaces: Vec<SpaceTotals> = inventory
        .spaces
        .iter()
        .enumerate()
        .filter(|(_, space)| is_reported(&space.key))
        .map(|(at, space)| SpaceTotals {
            space: Some(at),
            totals: totals.get(&Some(&space.id)).copied().unwrap_or_default(),
        })
        .collect();
    spaces.sort_by(|a, b| {
        let key = |entry: &SpaceTotals| entry.space.map(|at| &inventory.spaces[at].key);
        key(a).cmp(&key(b))
    });
    if unknown_space {
        spaces.push(SpaceTotals { space: None, totals: totals.get(&None).copied().unwrap_or_default() });
    }
    spaces
}

/// The figures of all reported spaces added up.
pub(super) fn sum(spaces: &[SpaceTotals]) -> Totals {
    spaces.iter().fold(Totals::default(), |mut sum, space| {
        sum.add(&space.totals);
        sum
    })
}

impl Totals {
    fn add_file(&mut self, file: &Attachment, verdict: &FileVerdict, keep_versions: u32) {
        let sizes: Vec<Option<u64>> = file.old_versions.iter().map(|version| version.size).chain([file.size]).collect();
        let known: u64 = sizes.iter().flatten().sum();
        self.unknown_sizes += count(sizes.iter().filter(|size| size.is_none()).count());
        if verdict.is_in_trash(file) {
            self.trash_files += 1;
            self.trash_bytes += known;
            return;
        }
        self.attachments += 1;
        self.versions += count(sizes.len());
        self.current_bytes += file.size.unwrap_or(0);
        self.old_bytes += known - file.size.unwrap_or(0);
        self.version_waste_bytes += file.bytes_beyond(keep_versions);
        match verdict.usage {
            Usage::Undetermined => {
                self.undetermined_files += 1;
                self.undetermined_bytes += known;
            }
            Usage::Unreferenced if verdict.protected.is_none() => {
                self.unreferenced_files += 1;
                self.unreferenced_bytes += known;
            }
            _ => {}
        }
    }

    fn add(&mut self, other: &Self) {
        self.pages += other.pages;
        self.blog_posts += other.blog_posts;
        self.attachments += other.attachments;
        self.versions += other.versions;
        self.current_bytes += other.current_bytes;
        self.old_bytes += other.old_bytes;
        self.trash_files += other.trash_files;
        self.trash_bytes += other.trash_bytes;
        self.unreferenced_files += other.unreferenced_files;
        self.unreferenced_bytes += other.unreferenced_bytes;
        self.undetermined_files += other.undetermined_files;
        self.undetermined_bytes += other.undetermined_bytes;
        self.version_waste_bytes += other.version_waste_bytes;
        self.unknown_sizes += other.unknown_sizes;
    }
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}
