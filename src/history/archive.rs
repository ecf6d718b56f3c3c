//! Weeks beyond the retention move to `archived_snapshots/`: copy, write through, compare, rename, and only then remove
//! (F-86). An incomplete week stays where it is, so that the archive never holds the only copy of one (F-85).

use std::io;

use super::disk::Disk;
use super::manifest::{Manifest, Week};
use super::names::{self, ARCHIVE, PARTIAL};
use super::pending::Pending;
use super::{HistoryError, IsoWeek, Status};

/// What becomes of weekly files over the weeks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// How many weeks, counted back from the newest one, keep their file in the folder itself; at least 1.
    pub weeks: u32,
    /// Whether older files are moved to the archive at all.
    pub archive: bool,
}

impl Default for Retention {
    fn default() -> Self {
        Self { weeks: 12, archive: true }
    }
}

impl Retention {
    fn is_beyond(self, week: IsoWeek, newest: IsoWeek) -> bool {
        self.archive && newest.weeks_since(week) >= i64::from(self.weeks.max(1))
    }
}

/// Moves what lies beyond the retention and says so in `manifest`. Gives the weeks that were moved.
pub(super) fn move_old(
    disk: &Disk,
    manifest: &mut Manifest,
    retention: Retention,
) -> Result<Vec<IsoWeek>, HistoryError> {
    let Some(newest) = manifest.weeks.last().map(|week| week.week) else { return Ok(Vec::new()) };
    let is_due = |week: &Week| {
        retention.is_beyond(week.week, newest) && !week.is_archived() && week.status != Status::Incomplete
    };
    let mut changed = manifest.clone();
    let (mut moved, mut sources) = (Vec::new(), Vec::new());
    for week in changed.weeks.iter_mut().filter(|week| is_due(week)) {
        let target = copy(disk, week)?;
        sources.push(std::mem::replace(&mut week.file.path, target));
        moved.push(week.week);
    }
    if moved.is_empty() {
        return Ok(moved);
    }
    Pending::begin(disk)?.commit(&changed)?;
    *manifest = changed;
    for source in sources {
        disk.remove(&source)?;
    }
    Ok(moved)
}

/// Copies the file of a week into the archive, unless the very same is there already. Gives its path there.
fn copy(disk: &Disk, week: &Week) -> Result<String, HistoryError> {
    disk.create_folder(ARCHIVE)?;
    let source = &week.file.path;
    let mut attempt = 1;
    let target = loop {
        let target = names::archived(week.week, attempt);
        if !disk.exists(&target) {
            break target;
        }
        if disk.is_as(&target, &week.file.measure)? {
            return Ok(target);
        }
        // somebody else's file of the same name stays as it is
        attempt += 1;
    };
    let damaged = || disk.damaged(source, None, "the file is not as it was written");
    let partial = format!("{target}{PARTIAL}");
    disk.write(&partial, |sink| {
        let mut file = disk.open(source)?.ok_or_else(damaged)?;
        Ok(io::copy(&mut file, sink).map(drop)?)
    })?;
    if !disk.is_as(&partial, &week.file.measure)? {
        return Err(damaged());
    }
    disk.rename(&partial, &target)?;
    Ok(target)
}

/// Removes what a run left that was killed while it moved files: copies that are not whole, and files whose copy in the
/// archive is.
pub(super) fn tidy(disk: &Disk, manifest: &Manifest) -> Result<(), HistoryError> {
    for name in disk.list(ARCHIVE)? {
        let path = format!("{ARCHIVE}/{name}");
        if path.strip_suffix(PARTIAL).is_some_and(names::is_data) {
            disk.remove(&path)?;
        }
    }
    for week in manifest.weeks.iter().filter(|week| week.is_archived()) {
        let left = names::weekly(week.week);
        let is_same = disk.is_as(&left, &week.file.measure)?;
        if is_same && disk.is_as(&week.file.path, &week.file.measure)? {
            disk.remove(&left)?;
        }
    }
    Ok(())
}
