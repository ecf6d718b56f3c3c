//! `history verify`: checks that every week is intact.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::week_files::WeekFiles;
use super::week_metadata::{WeekMetadata, latest};
use super::{DamageReport, HistoryError, damage_of, folder_checks};
use crate::spreadsheet::Field;
use crate::support::iso_week::IsoWeek;
use crate::support::lock::FileLock;

/// The result of checking a history.
#[derive(Debug)]
pub struct HistoryCheck {
    pub folder: PathBuf,
    /// The intact weeks.
    pub weeks: BTreeMap<IsoWeek, WeekMetadata>,
    /// What is damaged; empty if everything is intact.
    pub findings: Vec<DamageReport>,
}

/// Checks every row of the history in a folder. Waits up to `wait` for a run that holds its lock.
pub fn verify(folder: &Path, columns: Vec<Field>, wait: Duration) -> Result<HistoryCheck, HistoryError> {
    let week_files = WeekFiles::at(folder, columns);
    folder_checks::check_folder(&week_files)?;
    let _lock = lock_if_possible(&week_files, wait)?;
    folder_checks::refuse_incompatible(&week_files)?;
    let mut found = check_weeks(&week_files)?;
    for week in found.weeks.keys().copied().collect::<Vec<_>>() {
        let checked: Result<(), HistoryError> = week_files.open(week).and_then(|open| open.check(&week_files));
        found.findings.extend(damage_of(checked)?);
    }
    Ok(found)
}

/// Opens every week, which verifies its checksum. Also checks that all weeks are of the same site and account, and that no
/// other files are among them.
pub fn check_weeks(week_files: &WeekFiles) -> Result<HistoryCheck, HistoryError> {
    let mut found =
        HistoryCheck { folder: week_files.folder().to_owned(), weeks: BTreeMap::new(), findings: Vec::new() };
    let listed = folder_checks::weeks(week_files).into_iter().map(|week| week.week);
    // a listed week without a file is missing
    for week in listed.chain(week_files.weeks()?).collect::<BTreeSet<_>>() {
        match week_files.open(week) {
            Ok(open) => drop(found.weeks.insert(week, open.week)),
            Err(error) => found.findings.extend(damage_of(Err(error))?),
        }
    }
    if let Some(latest) = latest(found.weeks.values()) {
        for week in found.weeks.values().filter(|week| !latest.is_of_same_owner(week) && !week.is_of_same_owner(latest))
        {
            let problem = format!(
                "it belongs to {} (account {}), but {} belongs to {} (account {})",
                week.site, week.account, latest.week, latest.site, latest.account
            );
            found.findings.push(DamageReport::new(&WeekFiles::name(week.week), None, problem));
        }
    }
    let foreign_files = week_files.foreign_files()?;
    found
        .findings
        .extend(foreign_files.iter().map(|name| DamageReport::new(name, None, "it is not part of the history")));
    Ok(found)
}

/// Takes the lock. A read-only folder is verified without it.
fn lock_if_possible(week_files: &WeekFiles, wait: Duration) -> Result<Option<FileLock>, HistoryError> {
    match week_files.lock(wait) {
        Err(HistoryError::File(error))
            if matches!(error.source.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem) =>
        {
            Ok(None)
        }
        other => other.map(Some),
    }
}
