//! `history verify`: whether every week is as it was written.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::lake::Lake;
use super::metadata::{Week, latest};
use super::{Finding, HistoryError, findings_of, listed};
use crate::spreadsheet::Field;
use crate::support::iso_week::IsoWeek;
use crate::support::lock::FileLock;

/// What is the matter with a history.
#[derive(Debug)]
pub struct Verified {
    /// The folder.
    pub folder: PathBuf,
    /// The weeks that are whole.
    pub weeks: BTreeMap<IsoWeek, Week>,
    /// What is not as it was written; empty when all is well.
    pub findings: Vec<Finding>,
}

/// Looks at the history in a folder, at every row; waits up to `wait` for a run that works on it.
pub fn verify(folder: &Path, columns: Vec<Field>, wait: Duration) -> Result<Verified, HistoryError> {
    let lake = Lake::at(folder, columns);
    listed::check_folder(&lake)?;
    let _lock = lock_if_possible(&lake, wait)?;
    listed::refuse_others(&lake)?;
    let mut found = look(&lake)?;
    for week in found.weeks.keys().copied().collect::<Vec<_>>() {
        let checked: Result<(), HistoryError> = lake.open(week).and_then(|open| open.check(&lake));
        found.findings.extend(findings_of(checked)?);
    }
    Ok(found)
}

/// Opens every week, which proves its checksum, and holds them against each other.
pub fn look(lake: &Lake) -> Result<Verified, HistoryError> {
    let mut found = Verified { folder: lake.folder().to_owned(), weeks: BTreeMap::new(), findings: Vec::new() };
    let listed = listed::weeks(lake).into_iter().map(|week| week.week);
    // a week that is listed and has no file is missing
    for week in listed.chain(lake.weeks()?).collect::<BTreeSet<_>>() {
        match lake.open(week) {
            Ok(open) => drop(found.weeks.insert(week, open.week)),
            Err(error) => found.findings.extend(findings_of(Err(error))?),
        }
    }
    if let Some(latest) = latest(found.weeks.values()) {
        for week in found.weeks.values().filter(|week| !latest.is_of_same_owner(week) && !week.is_of_same_owner(latest))
        {
            let problem = format!(
                "it belongs to {}, read by the account {}, but {} belongs to {}, read by {}",
                week.site, week.account, latest.week, latest.site, latest.account
            );
            found.findings.push(Finding::new(&Lake::name(week.week), None, problem));
        }
    }
    let strangers = lake.strangers()?;
    found.findings.extend(strangers.iter().map(|name| Finding::new(name, None, "it is not part of the history")));
    Ok(found)
}

/// A folder that cannot be written can be verified as well, without the lock.
fn lock_if_possible(lake: &Lake, wait: Duration) -> Result<Option<FileLock>, HistoryError> {
    match lake.lock(wait) {
        Err(HistoryError::File(error))
            if matches!(error.source.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem) =>
        {
            Ok(None)
        }
        other => other.map(Some),
    }
}
