//! Bytes and counts: by space and for the site.

use std::collections::HashMap;

use super::{FileVerdict, SpaceTotals, Totals, Usage};
use crate::inventory::{Attachment, ContentKind, Inventory, SpaceId, Status};

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

impl FileVerdict {
    /// In the trash itself, or on a page in the trash.
    pub fn is_in_trash(&self, file: &Attachment) -> bool {
        file.status.is_trash() || self.owner_in_trash
    }
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}
