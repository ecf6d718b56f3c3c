//! Compares the storage of spaces in two runs.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::files::ComparedFiles;
use super::summary::ChangeTotals;
use super::{ComparedAudit, FileChangeKind, Obstacle, ObstacleKind};
use crate::audit::{Figures, Totals};
use crate::inventory::{Inventory, Space, SpaceId};

/// The storage of a space or of the site in one run, as its report shows it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StorageFigures {
    /// Files, without those in the trash.
    pub files: u64,
    /// Their versions.
    pub versions: u64,
    /// The bytes of all of their versions.
    pub bytes: u64,
    /// The part of `bytes` in old versions.
    pub old_bytes: u64,
    pub trash_files: u64,
    pub trash_bytes: u64,
    /// Whether both are lower bounds.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub trash_at_least: bool,
    /// Files in the list of unreferenced files; `None` if the run is incomplete.
    pub unreferenced_files: Option<u64>,
    pub unreferenced_bytes: Option<u64>,
    pub undetermined_files: u64,
    pub undetermined_bytes: u64,
    /// Versions whose size is not known.
    pub unknown_sizes: u64,
}

impl StorageFigures {
    /// Those of a space without any file, in a run that is `complete`.
    fn empty(complete: bool) -> Self {
        Self::of(&Totals::default(), complete)
    }

    pub fn of(totals: &Totals, complete: bool) -> Self {
        Self {
            files: totals.attachments,
            versions: totals.versions,
            bytes: totals.current_bytes + totals.old_bytes,
            old_bytes: totals.old_bytes,
            trash_files: totals.trash_files,
            trash_bytes: totals.trash_bytes,
            trash_at_least: totals.trash_at_least,
            unreferenced_files: complete.then_some(totals.unreferenced_files),
            unreferenced_bytes: complete.then_some(totals.unreferenced_bytes),
            undetermined_files: totals.undetermined_files,
            undetermined_bytes: totals.undetermined_bytes,
            unknown_sizes: totals.unknown_sizes,
        }
    }
}

/// The figures of both runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StorageChange {
    /// `None` if the old run does not report the space.
    pub old: Option<StorageFigures>,
    /// `None` if the new run does not report the space.
    pub new: Option<StorageFigures>,
    /// Whether a difference in bytes is a difference in storage: both runs are complete, and no size is known in one of
    /// them only.
    pub has_equal_sizes: bool,
}

impl StorageChange {
    /// Returns the difference of a figure; `None` if it is not known in both runs.
    pub fn delta(&self, figure: impl Fn(&StorageFigures) -> Option<u64>) -> Option<i64> {
        let (before, now) = (figure(self.old.as_ref()?)?, figure(self.new.as_ref()?)?);
        i64::try_from(i128::from(now) - i128::from(before)).ok()
    }

    /// Returns the difference of a figure in bytes; `None` if it would not be a difference in storage.
    pub fn bytes_delta(&self, figure: impl Fn(&StorageFigures) -> Option<u64>) -> Option<i64> {
        self.delta(figure).filter(|_| self.has_equal_sizes)
    }
}

/// The storage of a space in both runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpaceChange {
    /// `None` stands for the files that are not in a visible space.
    pub id: Option<SpaceId>,
    /// Key and name as in the new run, or in the old run if the new one does not list the space.
    pub key: String,
    pub name: String,
    pub was_listed: bool,
    pub is_listed: bool,
    pub figures: StorageChange,
    pub newly_unreferenced: ChangeTotals,
    pub newly_used: ChangeTotals,
}

/// Returns the changes of all reported spaces, sorted by key, and of the site.
pub(super) fn compare(
    old: ComparedAudit<'_>,
    new: ComparedAudit<'_>,
    obstacles: &[Obstacle],
    files: &ComparedFiles,
) -> (Vec<SpaceChange>, StorageChange) {
    let is_complete = old.is_complete() && new.is_complete();
    let (before, now) = (RunFigures::of(old), RunFigures::of(new));
    let hides = |of: fn(ObstacleKind) -> bool| obstacles.iter().any(|obstacle| of(obstacle.kind));
    let hides_new = hides(ObstacleKind::hides_new_files);
    let hides_gone = hides(ObstacleKind::hides_gone_files);
    let newly = [FileChangeKind::NewlyUnreferenced, FileChangeKind::NewlyUsed].map(|kind| by_space(new, files, kind));
    let only_old = old.inventory.spaces.iter().filter(|space| !now.listed.contains(&space.id));
    let mut spaces = Vec::new();
    for space in new.inventory.spaces.iter().chain(only_old) {
        let (was_listed, is_listed) = (before.listed.contains(&space.id), now.listed.contains(&space.id));
        if !before.spaces.contains_key(&space.id) && !now.spaces.contains_key(&space.id) {
            continue;
        }
        let id = Some(space.id.clone());
        let figures = StorageChange {
            old: before.figures(&space.id, was_listed || hides_new),
            new: now.figures(&space.id, is_listed || hides_gone),
            has_equal_sizes: is_complete && !files.unequal_sizes.contains(&id),
        };
        let [newly_unreferenced, newly_used] = newly.each_ref().map(|of| of.get(&id).copied().unwrap_or_default());
        let (key, name) = (space.key.clone(), space.name.clone());
        spaces.push(SpaceChange { id, key, name, was_listed, is_listed, figures, newly_unreferenced, newly_used });
    }
    spaces.sort_by(|one, other| (&one.key, &one.id).cmp(&(&other.key, &other.id)));
    if !before.without_space.is_zero() || !now.without_space.is_zero() {
        let figures = StorageChange {
            old: Some(StorageFigures::of(&before.without_space, old.is_complete())),
            new: Some(StorageFigures::of(&now.without_space, new.is_complete())),
            has_equal_sizes: is_complete && !files.unequal_sizes.contains(&None),
        };
        let [newly_unreferenced, newly_used] = newly.each_ref().map(|of| of.get(&None).copied().unwrap_or_default());
        let (key, name) = (String::new(), "not in a visible space".to_owned());
        spaces.insert(
            0,
            SpaceChange {
                id: None,
                key,
                name,
                was_listed: true,
                is_listed: true,
                figures,
                newly_unreferenced,
                newly_used,
            },
        );
    }
    let site = StorageChange {
        old: Some(StorageFigures::of(&before.site, old.is_complete())),
        new: Some(StorageFigures::of(&now.site, new.is_complete())),
        has_equal_sizes: is_complete && files.unequal_sizes.is_empty(),
    };
    (spaces, site)
}

/// The figures of one run, by space.
struct RunFigures<'a> {
    is_complete: bool,
    /// All visible spaces.
    listed: HashSet<&'a SpaceId>,
    /// The reported ones.
    spaces: HashMap<&'a SpaceId, Totals>,
    without_space: Totals,
    site: Totals,
}

impl<'a> RunFigures<'a> {
    fn of(run: ComparedAudit<'a>) -> Self {
        let ComparedAudit { inventory, audit, .. } = run;
        let inventory: &'a Inventory = inventory;
        let Figures { site, spaces, without_space } = audit.figures(inventory, run.is_complete());
        let space = |at: usize| -> Option<&'a Space> { inventory.spaces.get(at) };
        Self {
            is_complete: run.is_complete(),
            listed: inventory.spaces.iter().map(|space| &space.id).collect(),
            spaces: spaces.iter().filter_map(|of| Some((&space(of.space)?.id, of.totals))).collect(),
            without_space,
            site,
        }
    }

    /// Returns the figures of a space. A space that does not exist has no files, unless it may exist unseen.
    fn figures(&self, id: &SpaceId, may_exist: bool) -> Option<StorageFigures> {
        let reported = self.spaces.get(id).map(|totals| StorageFigures::of(totals, self.is_complete));
        reported.or_else(|| (!may_exist).then(|| StorageFigures::empty(self.is_complete)))
    }
}

/// Adds up the changes of one kind by the space of the file in the new run.
fn by_space(
    new: ComparedAudit<'_>,
    files: &ComparedFiles,
    kind: FileChangeKind,
) -> HashMap<Option<SpaceId>, ChangeTotals> {
    let mut sums: HashMap<Option<SpaceId>, ChangeTotals> = HashMap::new();
    for change in files.changes.iter().filter(|change| change.kind == kind) {
        if let Some(at) = change.new {
            sums.entry(new.audit.files[at].space.clone()).or_default().add(change);
        }
    }
    sums
}
