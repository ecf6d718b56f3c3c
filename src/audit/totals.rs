//! Counts and bytes, by space and for the site.

use std::collections::HashMap;

use serde::Serialize;

use super::verdict::{FileVerdict, Usage};
use crate::inventory::{Attachment, Content, ContentKind, Inventory, SpaceId, Status};

/// Counts and bytes of a set of contents and attachments. An unknown size adds 1 to `unknown_sizes`, and no bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// Pages, without those in the trash.
    pub pages: u64,
    /// Blog posts, without those in the trash.
    pub blog_posts: u64,
    /// Attachments, without those in the trash.
    pub attachments: u64,
    /// Attachment versions, current ones included, without those in the trash.
    pub versions: u64,
    /// Bytes of current versions, without those in the trash.
    pub current_bytes: u64,
    /// Bytes of old versions, without those in the trash.
    pub old_bytes: u64,
    /// Attachments in the trash or on pages in the trash.
    pub trash_files: u64,
    /// Their bytes, all versions.
    pub trash_bytes: u64,
    /// Whether the trash of a space could not be listed, so that both are lower bounds.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub trash_at_least: bool,
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
    /// Versions whose size is unknown, including those in the trash.
    pub unknown_sizes: u64,
}

#[derive(Debug, Clone)]
pub struct SpaceTotals {
    /// Index into `Inventory::spaces`.
    pub space: usize,
    pub totals: Totals,
}

/// The figures of a run. They come from one pass over the reported files, which are also the rows of every list, so the
/// figures of the site are always the sum of its parts.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    pub site: Totals,
    /// The reported spaces, sorted by key.
    pub spaces: Vec<SpaceTotals>,
    /// Reported files, pages and posts that are not in a visible space.
    pub without_space: Totals,
}

impl Figures {
    /// Adds up the figures. If the run is not `complete`, files that would be unreferenced count as undetermined.
    pub(super) fn of(inventory: &Inventory, files: &[FileVerdict], keep_versions: u32, complete: bool) -> Self {
        let is_reported = |key: &String| inventory.scan.reported_spaces.as_ref().is_none_or(|keys| keys.contains(key));
        let mut keys: HashMap<&SpaceId, TotalsKey> = HashMap::new();
        let mut spaces = Vec::new();
        for (space, listed) in inventory.spaces.iter().enumerate() {
            let key = if is_reported(&listed.key) { TotalsKey::Reported(spaces.len()) } else { TotalsKey::Other };
            if key != TotalsKey::Other {
                let trash_at_least = inventory.scan.unread_trash.contains(&listed.key);
                spaces.push(SpaceTotals { space, totals: Totals { trash_at_least, ..Totals::default() } });
            }
            keys.insert(&listed.id, key);
        }
        let mut figures = Self { spaces, ..Self::default() };
        let key = |id: Option<&SpaceId>| id.and_then(|id| keys.get(id)).copied().unwrap_or(TotalsKey::NotVisible);
        for content in &inventory.contents {
            if let Some(totals) = figures.totals_of(key(content.space.as_ref())) {
                totals.add_content(content);
            }
        }
        for verdict in files.iter().filter(|verdict| verdict.reported) {
            if let Some(totals) = figures.totals_of(key(verdict.space.as_ref())) {
                totals.add_file(&inventory.attachments[verdict.attachment], verdict, keep_versions, complete);
            }
        }
        figures.spaces.sort_by(|a, b| inventory.spaces[a.space].key.cmp(&inventory.spaces[b.space].key));
        figures.site = figures.spaces.iter().fold(figures.without_space, |mut sum, space| {
            sum.add(&space.totals);
            sum
        });
        figures
    }

    fn totals_of(&mut self, key: TotalsKey) -> Option<&mut Totals> {
        match key {
            TotalsKey::Reported(at) => self.spaces.get_mut(at).map(|space| &mut space.totals),
            TotalsKey::NotVisible => Some(&mut self.without_space),
            TotalsKey::Other => None,
        }
    }
}

/// Which totals something adds to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TotalsKey {
    /// Those of a reported space: its index in `Figures::spaces`.
    Reported(usize),
    /// None: its space is not reported.
    Other,
    /// Those without a space: it has none, or one that is not visible.
    NotVisible,
}

impl Totals {
    /// Returns whether nothing is known about the trash: no file of it was listed, and some of it could not be.
    pub fn is_trash_unknown(&self) -> bool {
        self.trash_at_least && self.trash_files == 0
    }

    pub fn is_zero(&self) -> bool {
        *self == Self::default()
    }

    /// Counts a page or post, if it is published and not in the trash.
    fn add_content(&mut self, content: &Content) {
        if content.status.is_trash() || content.status == Status::Draft {
            return;
        }
        match content.kind {
            ContentKind::Page => self.pages += 1,
            ContentKind::BlogPost => self.blog_posts += 1,
            _ => {}
        }
    }

    fn add_file(&mut self, file: &Attachment, verdict: &FileVerdict, keep_versions: u32, complete: bool) {
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
        match verdict.shown_usage(complete) {
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
        self.trash_at_least |= other.trash_at_least;
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
