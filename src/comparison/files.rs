//! Compares the files of two runs.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};

use super::{ComparedAudit, FileChange, FileChangeKind, Obstacle, ObstacleKind};
use crate::audit::{FileVerdict, Usage};
use crate::inventory::{Attachment, SpaceId};

/// The changes of files, and the spaces for which a difference in bytes does not mean a difference in storage.
#[derive(Debug)]
pub(super) struct ComparedFiles {
    /// By kind, most bytes first.
    pub(super) changes: Vec<FileChange>,
    /// Spaces with a version whose size is known in one of the runs only; `None` is no visible space.
    pub(super) unequal_sizes: BTreeSet<Option<SpaceId>>,
}

pub(super) fn compare(old: ComparedAudit<'_>, new: ComparedAudit<'_>, obstacles: &[Obstacle]) -> ComparedFiles {
    let mut comparison = FileComparison::new(old, new, obstacles);
    let mut by_id: HashMap<&str, usize> = HashMap::with_capacity(old.inventory.attachments.len());
    for (at, file) in old.inventory.attachments.iter().enumerate() {
        by_id.entry(file.id.digits()).or_insert(at);
    }
    for (at, file) in new.inventory.attachments.iter().enumerate() {
        match by_id.remove(file.id.digits()) {
            Some(before) => comparison.pair(ComparedFile::of(&old, before), ComparedFile::of(&new, at)),
            None => comparison.only_new(ComparedFile::of(&new, at)),
        }
    }
    for before in by_id.into_values() {
        comparison.only_old(ComparedFile::of(&old, before));
    }
    let mut changes = comparison.changes;
    changes.sort_unstable_by_key(|change| (change.kind, Reverse(change.bytes), change.new, change.old));
    ComparedFiles { changes, unequal_sizes: comparison.unequal_sizes }
}

/// A file in one of the runs.
#[derive(Clone, Copy)]
struct ComparedFile<'a> {
    at: usize,
    file: &'a Attachment,
    verdict: &'a FileVerdict,
    is_run_complete: bool,
}

impl<'a> ComparedFile<'a> {
    fn of(run: &ComparedAudit<'a>, at: usize) -> Self {
        Self {
            at,
            file: &run.inventory.attachments[at],
            verdict: &run.audit.files[at],
            is_run_complete: run.is_complete(),
        }
    }

    fn usage(&self) -> Usage {
        self.verdict.shown_usage(self.is_run_complete)
    }

    /// Whether it is in the lists of unreferenced files.
    fn is_candidate(&self) -> bool {
        self.is_run_complete && self.verdict.reported && self.verdict.is_candidate()
    }

    fn is_in_trash(&self) -> bool {
        self.verdict.is_in_trash(self.file)
    }

    /// Returns the known bytes of all versions, and whether the size of each is known.
    fn bytes(&self) -> (u64, bool) {
        let mut sizes = self.sizes();
        let known = sizes.clone().flatten().fold(0, u64::saturating_add);
        (known, sizes.all(|size| size.is_some()))
    }

    fn sizes(&self) -> impl Iterator<Item = Option<u64>> + Clone + use<'a> {
        self.file.old_versions.iter().map(|version| version.size).chain([self.file.size])
    }

    /// Returns number and size of each version.
    fn versions(&self) -> impl Iterator<Item = (u32, Option<u64>)> + use<'a> {
        let current = (self.file.version, self.file.size);
        self.file.old_versions.iter().map(|version| (version.number, version.size)).chain([current])
    }

    fn has_version(&self, number: u32) -> bool {
        self.file.version == number || self.file.old_versions.iter().any(|version| version.number == number)
    }

    /// Whether every version that exists is known: the run was complete, and the list of versions could be read.
    fn knows_versions(&self) -> bool {
        let is_read = |version: &crate::inventory::OldVersion| version.title.is_some() || version.size.is_some();
        self.is_run_complete && self.verdict.reported && self.file.old_versions.iter().all(is_read)
    }
}

/// Whether any use was found.
fn is_used(usage: Usage) -> bool {
    matches!(usage, Usage::Embedded | Usage::Linked | Usage::LinkedElsewhere | Usage::Listed)
}

#[expect(clippy::struct_excessive_bools, reason = "each says what one kind of claim may rest on")]
struct FileComparison {
    hides_new_files: bool,
    hides_gone_files: bool,
    hides_new_uses: bool,
    hides_verdicts: bool,
    changes: Vec<FileChange>,
    unequal_sizes: BTreeSet<Option<SpaceId>>,
}

impl FileComparison {
    fn new(old: ComparedAudit<'_>, new: ComparedAudit<'_>, obstacles: &[Obstacle]) -> Self {
        let any = |of: fn(ObstacleKind) -> bool| obstacles.iter().any(|obstacle| of(obstacle.kind));
        Self {
            hides_new_files: any(ObstacleKind::hides_new_files),
            hides_gone_files: any(ObstacleKind::hides_gone_files),
            hides_new_uses: any(ObstacleKind::hides_new_uses),
            hides_verdicts: !obstacles.is_empty() || !old.is_complete() || !new.is_complete(),
            changes: Vec::new(),
            unequal_sizes: BTreeSet::new(),
        }
    }

    fn push(
        &mut self,
        kind: FileChangeKind,
        old: Option<&ComparedFile<'_>>,
        new: Option<&ComparedFile<'_>>,
        (bytes, is_exact): (u64, bool),
        versions: u32,
    ) {
        let (old, new) = (old.map(|file| file.at), new.map(|file| file.at));
        self.changes.push(FileChange { kind, old, new, bytes, is_exact, versions });
    }

    fn only_new(&mut self, new: ComparedFile<'_>) {
        if !new.verdict.reported {
            return;
        }
        let kind = if self.hides_new_files { FileChangeKind::OnlyInNew } else { FileChangeKind::New };
        self.only(kind, None, Some(&new), new);
        if new.is_candidate() {
            let is_hidden = self.hides_verdicts;
            let kind = if is_hidden { FileChangeKind::NotComparable } else { FileChangeKind::NewlyUnreferenced };
            self.push(kind, None, Some(&new), new.bytes(), 0);
        }
    }

    fn only_old(&mut self, old: ComparedFile<'_>) {
        if old.verdict.reported {
            let kind = if self.hides_gone_files { FileChangeKind::OnlyInOld } else { FileChangeKind::Gone };
            self.only(kind, Some(&old), None, old);
        }
    }

    fn only(
        &mut self,
        kind: FileChangeKind,
        old: Option<&ComparedFile<'_>>,
        new: Option<&ComparedFile<'_>>,
        file: ComparedFile<'_>,
    ) {
        let bytes = file.bytes();
        if !bytes.1 {
            self.unequal_sizes.insert(file.verdict.space.clone());
        }
        self.push(kind, old, new, bytes, 0);
    }

    fn pair(&mut self, old: ComparedFile<'_>, new: ComparedFile<'_>) {
        let (reported_before, reported_now) = (old.verdict.reported, new.verdict.reported);
        if !reported_before && !reported_now {
            return;
        }
        let mut is = |kind| self.push(kind, Some(&old), Some(&new), new.bytes(), 0);
        match (old.is_in_trash(), new.is_in_trash()) {
            (false, true) => is(FileChangeKind::Trashed),
            (true, false) => is(FileChangeKind::Restored),
            _ => {}
        }
        if old.file.title != new.file.title {
            is(FileChangeKind::Renamed);
        }
        let is_in_other_space = match (&old.verdict.space, &new.verdict.space) {
            (Some(before), Some(now)) => before != now,
            _ => false,
        };
        if old.file.container.id() != new.file.container.id() || is_in_other_space {
            is(FileChangeKind::Moved);
        }
        // the old versions of files that are not reported were not read
        if reported_before && reported_now {
            self.sizes(&old, &new);
            self.versions(&old, &new);
        }
        self.usage(&old, &new);
    }

    fn sizes(&mut self, old: &ComparedFile<'_>, new: &ComparedFile<'_>) {
        let ((before, is_known_before), (now, is_known_now)) = (old.bytes(), new.bytes());
        let unknown = |file: &ComparedFile<'_>| file.sizes().filter(Option::is_none).count();
        if unknown(old) != unknown(new) {
            self.unequal_sizes.extend([old, new].map(|file| file.verdict.space.clone()));
        }
        let is_known = is_known_before && is_known_now && old.is_run_complete && new.is_run_complete;
        if is_known && before != now {
            let kind = if now > before { FileChangeKind::Grown } else { FileChangeKind::Shrunk };
            self.push(kind, Some(old), Some(new), (now.abs_diff(before), true), 0);
        }
    }

    fn versions(&mut self, old: &ComparedFile<'_>, new: &ComparedFile<'_>) {
        // the common case, without a search for each version
        let same = old.file.version == new.file.version && old.file.old_versions.len() == new.file.old_versions.len();
        if same && old.versions().map(|version| version.0).eq(new.versions().map(|version| version.0)) {
            return;
        }
        let added = |number: u32| !old.has_version(number) && (old.knows_versions() || number > old.file.version);
        let deleted = |number: u32| !new.has_version(number) && (new.knows_versions() || number > new.file.version);
        let mut push = |kind, sizes: Vec<Option<u64>>| {
            if !sizes.is_empty() {
                let known = sizes.iter().flatten().fold(0, |sum: u64, size| sum.saturating_add(*size));
                let versions = u32::try_from(sizes.len()).unwrap_or(u32::MAX);
                self.push(kind, Some(old), Some(new), (known, sizes.iter().all(Option::is_some)), versions);
            }
        };
        let of = |file: &ComparedFile<'_>, is: &dyn Fn(u32) -> bool| -> Vec<Option<u64>> {
            file.versions().filter(|(number, _)| is(*number)).map(|(_, size)| size).collect()
        };
        push(FileChangeKind::NewVersions, of(new, &added));
        push(FileChangeKind::DeletedVersions, of(old, &deleted));
    }

    fn usage(&mut self, old: &ComparedFile<'_>, new: &ComparedFile<'_>) {
        let (before, now) = (old.usage(), new.usage());
        let is_same = before == now && old.verdict.protected.is_some() == new.verdict.protected.is_some();
        let gains_use = matches!(before, Usage::Unreferenced | Usage::Undetermined) && is_used(now);
        let kind = if new.is_candidate() && before != Usage::Unreferenced {
            if self.hides_verdicts { FileChangeKind::NotComparable } else { FileChangeKind::NewlyUnreferenced }
        } else if is_same || !(old.verdict.reported && new.verdict.reported) {
            return;
        } else if gains_use && !self.hides_new_uses {
            FileChangeKind::NewlyUsed
        } else if now == Usage::Undetermined && !new.is_run_complete {
            // an incomplete run finds no file unreferenced: that is no change of the file
            return;
        } else if old.is_in_trash() != new.is_in_trash() {
            // "moved to the trash" and "restored" say it already
            return;
        } else if self.hides_verdicts {
            FileChangeKind::NotComparable
        } else {
            FileChangeKind::UsageChanged
        };
        self.push(kind, Some(old), Some(new), new.bytes(), 0);
    }
}
