//! What a migration would have to copy: the reported files in scenarios that leave something out, and the files that
//! would not arrive.

use std::collections::HashMap;

use super::{Audit, FileVerdict};
use crate::inventory::{Attachment, Inventory, SpaceId};

/// What a scenario copies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scenario {
    /// Only this number of the newest versions of each file; `None` copies all.
    pub newest_versions: Option<u32>,
    /// Whether it copies files in the trash and on pages in the trash.
    pub trash: bool,
    /// Whether it copies files that are unreferenced and not protected.
    pub unreferenced: bool,
}

/// What has to be copied. An unknown size adds 1 to `unknown_sizes`, and no bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CopySize {
    pub files: u64,
    pub versions: u64,
    pub bytes: u64,
    pub unknown_sizes: u64,
}

/// The part of the files that a scenario takes or leaves as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FilePart {
    Trash,
    Unreferenced,
    Rest,
}

/// The sizes of some files: for each number of versions, those of the three parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PartSizes(Vec<(Option<u32>, [CopySize; 3])>);

/// The figures of the site and its spaces.
#[derive(Debug, Clone)]
pub struct Migration {
    /// The scenarios: for each number of versions everything, without the trash, without unreferenced files, without
    /// both.
    pub scenarios: Vec<Scenario>,
    pub site: PartSizes,
    /// The reported spaces by id.
    pub spaces: HashMap<SpaceId, PartSizes>,
    /// Whether it is known which files are unreferenced.
    pub knows_unreferenced: bool,
    /// Files that Atlassian's migration assistant cannot import.
    pub blocked: Vec<BlockedFile>,
}

/// A file without creator or without date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlockedFile {
    /// Index into `Inventory::attachments`.
    pub attachment: usize,
    /// The site returns no account that uploaded it.
    pub lacks_creator: bool,
    /// The site returns no time of creation.
    pub lacks_date: bool,
}

impl Migration {
    /// Adds up the reported files. If the run is not `complete`, no scenario without unreferenced files has a size, and
    /// all others are lower bounds.
    pub fn of(inventory: &Inventory, audit: &Audit, complete: bool) -> Self {
        let mut kept = vec![None];
        for keep in [audit.keep_versions.max(1), 1] {
            if !kept.contains(&Some(keep)) {
                kept.push(Some(keep));
            }
        }
        let scenario = |newest_versions| {
            [(true, true), (false, true), (true, false), (false, false)].map(|(trash, unreferenced)| Scenario {
                newest_versions,
                trash,
                unreferenced,
            })
        };
        let mut migration = Self {
            scenarios: kept.iter().copied().flat_map(scenario).collect(),
            site: PartSizes::of_nothing(&kept),
            spaces: HashMap::new(),
            knows_unreferenced: complete && !inventory.scan.references_within,
            blocked: Vec::new(),
        };
        for verdict in audit.files.iter().filter(|verdict| verdict.reported) {
            let file = &inventory.attachments[verdict.attachment];
            let part = FilePart::of(file, verdict);
            migration.site.add(file, part);
            if let Some(space) = &verdict.space {
                let sizes = migration.spaces.entry(space.clone()).or_insert_with(|| PartSizes::of_nothing(&kept));
                sizes.add(file, part);
            }
            migration.blocked.extend(BlockedFile::of(verdict.attachment, file));
        }
        migration
    }

    /// Returns the size of a scenario for the site or a space; `None` if it is not known.
    pub fn size(&self, of: Option<&PartSizes>, scenario: Scenario) -> Option<CopySize> {
        (scenario.unreferenced || self.knows_unreferenced)
            .then(|| of.map(|sizes| sizes.size(scenario)).unwrap_or_default())
    }
}

impl BlockedFile {
    fn of(attachment: usize, file: &Attachment) -> Option<Self> {
        let blocked = Self { attachment, lacks_creator: file.author.is_none(), lacks_date: file.created_at.is_none() };
        // of a file that could not be read, nothing is known
        (file.unread.is_none() && (blocked.lacks_creator || blocked.lacks_date)).then_some(blocked)
    }
}

impl FilePart {
    fn of(file: &Attachment, verdict: &FileVerdict) -> Self {
        if verdict.is_in_trash(file) {
            Self::Trash
        } else if verdict.is_candidate() {
            Self::Unreferenced
        } else {
            Self::Rest
        }
    }
}

impl PartSizes {
    fn of_nothing(kept: &[Option<u32>]) -> Self {
        Self(kept.iter().map(|keep| (*keep, Default::default())).collect())
    }

    fn add(&mut self, file: &Attachment, part: FilePart) {
        for (keep, sizes) in &mut self.0 {
            let kept_old = keep.map_or(usize::MAX, |keep| keep.saturating_sub(1) as usize);
            let old = file.old_versions.iter().rev().take(kept_old).map(|version| version.size);
            sizes[part as usize].add(old.chain([file.size]));
        }
    }

    fn size(&self, scenario: Scenario) -> CopySize {
        let of_versions = self.0.iter().find(|(keep, _)| *keep == scenario.newest_versions);
        let [trash, unreferenced, rest] = of_versions.map(|(_, sizes)| *sizes).unwrap_or_default();
        let chosen = [(scenario.trash, trash), (scenario.unreferenced, unreferenced), (true, rest)];
        chosen.into_iter().filter(|(copied, _)| *copied).fold(CopySize::default(), |sum, (_, size)| sum.plus(size))
    }
}

impl CopySize {
    fn add(&mut self, versions: impl Iterator<Item = Option<u64>>) {
        self.files += 1;
        for size in versions {
            self.versions += 1;
            match size {
                Some(bytes) => self.bytes = self.bytes.saturating_add(bytes),
                None => self.unknown_sizes += 1,
            }
        }
    }

    fn plus(self, other: Self) -> Self {
        Self {
            files: self.files + other.files,
            versions: self.versions + other.versions,
            bytes: self.bytes.saturating_add(other.bytes),
            unknown_sizes: self.unknown_sizes + other.unknown_sizes,
        }
    }

    /// Returns the time to copy the known bytes, in milliseconds, rounded up.
    pub fn milliseconds(self, bytes_per_second: u64) -> u64 {
        let time = (u128::from(self.bytes) * 1000).div_ceil(u128::from(bytes_per_second.max(1)));
        u64::try_from(time).unwrap_or(u64::MAX)
    }
}
