//! `history verify`: looks at everything and changes nothing.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::disk::Disk;
use super::manifest::{Manifest, Week};
use super::names::{self, MANIFEST, PENDING};
use super::{Finding, HistoryError, inspect, lock, pending};
use crate::support::lock::FileLock;

/// What a look at a history shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The folder.
    pub folder: PathBuf,
    /// What `history.json` knows of every week; empty when it cannot be read.
    pub weeks: Vec<Week>,
    /// Everything that does not fit; empty when the history is whole.
    pub findings: Vec<Finding>,
    /// A run was killed while it changed the history. That is no damage: the next run finishes it or takes it back.
    pub unfinished: bool,
}

/// Looks at the history in a folder; waits up to `wait` for a run that works on it.
pub fn verify(folder: &Path, wait: Duration) -> Result<Verified, HistoryError> {
    let disk = Disk::new(folder);
    exists(&disk)?;
    let _lock = lock_if_possible(&disk, wait)?;
    let mut findings = Vec::new();
    let there = match pending::whereabouts(&disk) {
        Ok(instead) => disk.with(instead),
        Err(error) => {
            findings.extend(findings_of(error)?);
            disk.clone()
        }
    };
    let manifest = match Manifest::read(&there) {
        Ok(manifest) => manifest,
        Err(error) => {
            findings.extend(findings_of(error)?);
            return Ok(Verified { folder: folder.to_owned(), weeks: Vec::new(), findings, unfinished: false });
        }
    };
    match &manifest {
        Some(manifest) => {
            findings.extend(inspect::inspect(&there, manifest)?);
            findings.extend(replaced(&there, manifest)?);
        }
        None => findings.extend(inspect::without_manifest(&there)?),
    }
    let unfinished = disk.exists(PENDING);
    Ok(Verified { folder: folder.to_owned(), weeks: manifest.unwrap_or_default().weeks, findings, unfinished })
}

/// Whether there is anything of a history in the folder.
pub(super) fn exists(disk: &Disk) -> Result<(), HistoryError> {
    let anything = [MANIFEST, PENDING].iter().any(|name| disk.exists(name));
    if anything || !inspect::without_manifest(disk)?.is_empty() {
        Ok(())
    } else {
        Err(HistoryError::Absent { folder: disk.folder().to_owned() })
    }
}

/// A folder that cannot be written can be looked at as well: nobody else changes it either.
fn lock_if_possible(disk: &Disk, wait: Duration) -> Result<Option<FileLock>, HistoryError> {
    match lock(disk, wait) {
        Err(HistoryError::File(error))
            if matches!(error.source.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem) =>
        {
            Ok(None)
        }
        other => other.map(Some),
    }
}

/// Revisions that were replaced and are not as they were written. That one is missing is no finding: anybody may make
/// room.
pub(super) fn replaced(disk: &Disk, manifest: &Manifest) -> Result<Vec<Finding>, HistoryError> {
    let mut findings = Vec::new();
    for file in manifest.weeks.iter().flat_map(|week| &week.replaced) {
        if disk.exists(&file.path) && !disk.is_as(&file.path, &file.measure)? {
            findings.push(Finding::new(&file.path, None, "this earlier revision is not as it was written"));
        }
    }
    Ok(findings)
}

/// The findings of a damaged history; other errors stay errors.
pub(super) fn findings_of(error: HistoryError) -> Result<Vec<Finding>, HistoryError> {
    match error {
        HistoryError::Damaged { findings, .. } => Ok(findings),
        other => Err(other),
    }
}

/// Where a file is set aside, under the first free name.
pub(super) fn aside(disk: &Disk, file: &str) -> String {
    disk.free(|attempt| names::damaged(file, attempt))
}
