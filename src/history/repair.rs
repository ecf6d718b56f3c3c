//! `history repair`: sets damaged files aside and brings back what can be had back.
//!
//! Nothing is deleted. What comes back byte by byte, as the checksum proves, is as good as before; a week of which that
//! cannot be said is marked incomplete from then on, so that no trend is drawn over it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::disk::{Disk, Measure};
use super::manifest::{Manifest, Week};
use super::names::{CURRENT, MANIFEST, PENDING};
use super::pending::Pending;
use super::rebuild::rebuild;
use super::record::write_joined;
use super::salvage::{Salvaged, assembled, marked_incomplete, salvage, with_ends};
use super::verify::{aside, exists, findings_of, replaced};
use super::{Finding, HistoryError, IsoWeek, Status, inspect, lock, pending};

/// What was done about one file.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Mended {
    /// Path below the folder of the history, with `/`.
    pub file: String,
    /// What was done.
    pub what: String,
    /// Where the file as it was found lies now; `None` when there was none or it was only out of date.
    pub set_aside: Option<String>,
    /// Something of it may be lost for good.
    pub lost: bool,
}

/// What a repair did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repaired {
    /// The folder.
    pub folder: PathBuf,
    /// By file; empty when nothing was wrong.
    pub mended: Vec<Mended>,
    /// What is known of every week now.
    pub weeks: Vec<Week>,
}

impl Repaired {
    /// Whether everything is as it was before the damage.
    pub fn is_whole(&self) -> bool {
        self.mended.iter().all(|mended| !mended.lost)
    }
}

/// Mends the history in a folder; waits up to `wait` for a run that works on it. Afterwards it can be used, or this
/// fails and says what it could not mend.
pub fn repair(folder: &Path, wait: Duration) -> Result<Repaired, HistoryError> {
    let disk = Disk::new(folder);
    exists(&disk)?;
    let _lock = lock(&disk, wait)?;
    let mut work = Repair { disk: &disk, mended: Vec::new() };
    let manifest = work.mend_all()?;
    let findings = inspect::inspect(&disk, &manifest)?;
    if findings.is_empty() {
        Ok(Repaired { folder: folder.to_owned(), mended: work.mended, weeks: manifest.weeks })
    } else {
        Err(HistoryError::Damaged { folder: folder.to_owned(), findings })
    }
}

struct Repair<'d> {
    disk: &'d Disk,
    mended: Vec<Mended>,
}

impl Repair<'_> {
    fn mend_all(&mut self) -> Result<Manifest, HistoryError> {
        let disk = self.disk;
        let there = pending::whereabouts(disk).map(|instead| disk.with(instead));
        // a newer program's history is not for this one to mend
        if let Err(error) = Manifest::read(there.as_ref().unwrap_or(disk)) {
            findings_of(error)?;
        }
        if let Err(error) = pending::recover(disk) {
            findings_of(error)?;
            let target = aside(disk, PENDING);
            disk.rename(PENDING, &target)?;
            self.tell(
                PENDING,
                "a run was killed while it changed the history, and cannot be finished",
                Some(target),
                true,
            );
        }
        // what could not be finished is as if it had not been begun: then the list of before counts
        let known = Manifest::read(disk).or_else(|error| findings_of(error).map(|_| None))?;
        if let Some(manifest) = known {
            super::archive::tidy(disk, &manifest)?;
            return self.mend(manifest, BTreeSet::new(), false);
        }
        let (manifest, doubtful) = rebuild(disk)?;
        self.mend(manifest, doubtful, true)
    }

    fn tell(&mut self, file: &str, what: impl Into<String>, set_aside: Option<String>, lost: bool) {
        self.mended.push(Mended { file: file.to_owned(), what: what.into(), set_aside, lost });
    }

    /// Mends all files together. `doubtful` weeks are there, but nothing says whether they are whole.
    fn mend(
        &mut self,
        before: Manifest,
        mut doubtful: BTreeSet<IsoWeek>,
        rebuilt: bool,
    ) -> Result<Manifest, HistoryError> {
        let disk = self.disk;
        for week in &before.weeks {
            if !disk.is_as(&week.file.path, &week.file.measure)? {
                doubtful.insert(week.week);
            }
        }
        let mut unproved = before.clone();
        if rebuilt {
            // no checksum vouches for a rebuilt week
            for week in unproved.weeks.iter_mut().filter(|week| doubtful.contains(&week.week)) {
                week.file.measure = Measure { bytes: 0, sha256: String::new() };
            }
        }
        let salvaged = salvage(disk, &unproved, &doubtful)?;
        let strangers = inspect::strangers(disk, &before)?;
        let old = replaced(disk, &before)?;
        let is_as = |file: &super::StoredFile| disk.is_as(&file.path, &file.measure);
        let joined_fits = !rebuilt && before.joined.as_ref().map_or(Ok(true), is_as)?;
        let current_fits = !rebuilt && before.current.as_ref().map_or(Ok(true), |week| is_as(&week.file))?;
        if salvaged.is_empty() && strangers.is_empty() && old.is_empty() && joined_fits && current_fits {
            return Ok(before);
        }
        let mut manifest = before.clone();
        let mut pending = Pending::begin(disk)?;
        self.set_strangers_aside(&mut pending, &mut manifest, strangers, &old)?;
        let staged = self.mend_weeks(&mut pending, &mut manifest, salvaged)?;
        let path_of = |week: &Week| staged.get(&week.week).unwrap_or(&week.file.path).clone();
        if !current_fits {
            self.mend_current(&mut pending, &mut manifest, &path_of)?;
        }
        let is_outdated = !manifest.weeks.iter().map(|week| &week.file).eq(before.weeks.iter().map(|week| &week.file));
        if !joined_fits || is_outdated {
            let file = super::names::JOINED;
            let target = if joined_fits { None } else { self.set_aside(&mut pending, file)? };
            if !manifest.weeks.is_empty() {
                write_joined(disk, &mut pending, &mut manifest, path_of)?;
            }
            self.tell(file, "made again from the files of the weeks", target, false);
        }
        if rebuilt {
            let target = self.set_aside(&mut pending, MANIFEST)?;
            self.tell(
                MANIFEST,
                "made again; who took the snapshots, and what was imported, is no longer known",
                target,
                true,
            );
        }
        pending.commit(&manifest)?;
        Ok(manifest)
    }

    /// Files that are no part of the history, and earlier revisions that were changed.
    fn set_strangers_aside(
        &mut self,
        pending: &mut Pending<'_>,
        manifest: &mut Manifest,
        strangers: Vec<Finding>,
        old: &[Finding],
    ) -> Result<(), HistoryError> {
        for stranger in strangers {
            // these two are written anew in any case
            if ![CURRENT, super::names::JOINED].contains(&stranger.file.as_str()) {
                let target = self.set_aside(pending, &stranger.file)?;
                self.tell(&stranger.file, "it is no part of the history", target, false);
            }
        }
        for revision in old {
            let target = self.set_aside(pending, &revision.file)?;
            for week in &mut manifest.weeks {
                week.replaced.retain(|file| file.path != revision.file);
            }
            self.tell(&revision.file, "an earlier revision that was changed since", target, true);
        }
        Ok(())
    }

    /// The first file of a name is set aside; gives where.
    fn set_aside(&self, pending: &mut Pending<'_>, file: &str) -> Result<Option<String>, HistoryError> {
        let Some(measure) = self.disk.measure(file)? else { return Ok(None) };
        let target = aside(self.disk, file);
        pending.rename(file, &target, &measure);
        Ok(Some(target))
    }

    /// Gives where the mended files are until they are in place.
    fn mend_weeks(
        &mut self,
        pending: &mut Pending<'_>,
        manifest: &mut Manifest,
        salvaged: BTreeMap<IsoWeek, Salvaged>,
    ) -> Result<HashMap<IsoWeek, String>, HistoryError> {
        let mut staged = HashMap::new();
        for (week, salvaged) in salvaged {
            let Some(mut known) = manifest.week(week).cloned() else { continue };
            let file = known.file.path.clone();
            let target = self.set_aside(pending, &file)?;
            let bytes = match salvaged {
                Salvaged::Exact(bytes) => {
                    self.tell(&file, "as it was written again, as its checksum shows", target, false);
                    bytes
                }
                Salvaged::Rows(rows) if rows.is_empty() => {
                    self.tell(&file, format!("no row is left: {week} is a gap now"), target, true);
                    manifest.weeks.retain(|other| other.week != week);
                    continue;
                }
                Salvaged::Rows(rows) => {
                    let told = match known.file.rows {
                        0 => format!("rows left: {}", rows.len()),
                        all => format!("rows left: {} of {all}", rows.len()),
                    };
                    self.tell(&file, format!("{told}; {week} is marked incomplete"), target, true);
                    let header = manifest.columns.get(..known.file.columns).unwrap_or_default();
                    known.status = Status::Incomplete;
                    known.revision += 1;
                    known.file.rows = rows.len() as u64;
                    assembled(header, &marked_incomplete(&rows, header))
                }
            };
            known.file.measure = Measure::of(&bytes);
            let (path, _) = pending.write(&file, |sink| Ok(sink.write_all(&bytes)?))?;
            staged.insert(week, path);
            manifest.put(known);
        }
        Ok(staged)
    }

    fn mend_current(
        &mut self,
        pending: &mut Pending<'_>,
        manifest: &mut Manifest,
        path_of: &impl Fn(&Week) -> String,
    ) -> Result<(), HistoryError> {
        let disk = self.disk;
        let target = self.set_aside(pending, CURRENT)?;
        let mended = with_ends(&disk.read(CURRENT)?.unwrap_or_default());
        let own = manifest.current.as_ref().map(|current| current.file.measure.clone());
        if own.as_ref() == Some(&Measure::of(&mended)) {
            pending.write(CURRENT, |sink| Ok(sink.write_all(&mended)?))?;
            self.tell(CURRENT, "as it was written again, as its checksum shows", target, false);
            return Ok(());
        }
        let same = manifest.weeks.iter().find(|week| own.as_ref() == Some(&week.file.measure));
        let Some(week) = same.or(manifest.weeks.last()).cloned() else {
            manifest.current = None;
            self.tell(CURRENT, "nothing is left to make it of", target, true);
            return Ok(());
        };
        let lost = same.is_none() && own.is_some();
        let what = if lost {
            format!("its own rows are lost; it holds those of {} now", week.week)
        } else {
            format!("made again from the file of {}", week.week)
        };
        let bytes = disk.read(&path_of(&week))?.unwrap_or_default();
        pending.write(CURRENT, |sink| Ok(sink.write_all(&bytes)?))?;
        let file = super::StoredFile { path: CURRENT.to_owned(), ..week.file.clone() };
        manifest.current = Some(Week { file, replaced: Vec::new(), ..week });
        self.tell(CURRENT, what, target, lost);
        Ok(())
    }
}
