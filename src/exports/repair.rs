//! `history repair`: sets damaged weeks aside and restores them from their CSV files, if those are intact.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::manifest::HistoryManifest;
use crate::history::{
    DamageReport, HistoryError, WEEK, WeekFiles, WeekMetadata, check_folder, check_weeks, damage_of, latest,
    refuse_incompatible,
};
use crate::spreadsheet::{Field, Value, cells_of_line};
use crate::support::file_error::cannot;
use crate::support::iso_week::IsoWeek;
use crate::support::private_files::read_own_file;

/// The repair of one file.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Repair {
    /// Path below the folder of the history, with `/`.
    pub file: String,
    pub problem: String,
    /// Where the damaged file is kept, unchanged; `None` if the file was missing.
    pub set_aside: Option<String>,
    /// The file that the rows were restored from; `None` if there was none, or nothing had to be restored.
    pub restored_from: Option<String>,
    /// The week that could not be restored. The history has a gap there.
    pub lost: Option<IsoWeek>,
}

/// The result of [`repair`].
#[derive(Debug)]
pub struct RepairOutcome {
    pub folder: PathBuf,
    /// The repaired files; empty if nothing was wrong.
    pub repairs: Vec<Repair>,
    /// The weeks of the history after the repair.
    pub weeks: Vec<WeekMetadata>,
}

impl RepairOutcome {
    /// Returns whether no week was lost.
    pub fn is_complete(&self) -> bool {
        self.repairs.iter().all(|repair| repair.lost.is_none())
    }
}

/// Repairs the history in a folder. Waits up to `wait` for a run that holds its lock. Afterwards the history is usable;
/// otherwise the error lists what could not be repaired.
pub fn repair(folder: &Path, columns: Vec<Field>, wait: Duration) -> Result<RepairOutcome, HistoryError> {
    let week_files = WeekFiles::at(folder, columns);
    check_folder(&week_files)?;
    let _lock = week_files.lock(wait)?;
    refuse_incompatible(&week_files)?;
    // weeks of a newer program version are refused before anything is changed
    check_weeks(&week_files)?;
    week_files.tidy()?;
    let list = HistoryManifest::read(&week_files)?;
    let (has_list, mut known) = (list.is_some(), list.unwrap_or_default());
    let mut repairs = Vec::new();
    for file in week_files.foreign_files()? {
        repairs.push(set_file_aside(&week_files, file, "it is not part of the history".to_owned())?);
    }
    let listed: Vec<IsoWeek> = known.weeks.iter().map(|week| week.week).collect();
    for week in listed.into_iter().chain(week_files.weeks()?).collect::<BTreeSet<_>>() {
        let checked = week_files.open(week).and_then(|open| open.check(&week_files));
        let Some(damage) = damage_of(checked)?.into_iter().next() else { continue };
        repairs.push(replace(&week_files, &known, week, damage)?);
    }
    if has_list && repairs.iter().any(|repair| repair.lost.is_some()) {
        known.weeks.retain(|week| !repairs.iter().any(|repair| repair.lost == Some(week.week)));
        known.write(&week_files)?;
    }
    move_foreign_weeks(&week_files, &known, &mut repairs)?;
    let found = check_weeks(&week_files)?;
    if found.findings.is_empty() {
        Ok(RepairOutcome { folder: folder.to_owned(), repairs, weeks: found.weeks.into_values().collect() })
    } else {
        Err(HistoryError::Damaged { folder: folder.to_owned(), findings: found.findings })
    }
}

fn set_file_aside(week_files: &WeekFiles, file: String, problem: String) -> Result<Repair, HistoryError> {
    let set_aside = Some(week_files.set_aside(&file)?);
    Ok(Repair { file, problem, set_aside, restored_from: None, lost: None })
}

/// Sets weeks of another site or account aside that `history.json` does not list. They are moved, not deleted, so that
/// whoever put them there can get them back.
fn move_foreign_weeks(
    week_files: &WeekFiles,
    known: &HistoryManifest,
    repairs: &mut Vec<Repair>,
) -> Result<(), HistoryError> {
    let Some(owner) = latest(known.weeks.iter()) else { return Ok(()) };
    for week in check_weeks(week_files)?.weeks.values() {
        let is_listed = known.weeks.iter().any(|listed| listed.seal == week.seal);
        if !is_listed && !owner.is_of_same_owner(week) && !week.is_of_same_owner(owner) {
            let problem = format!("it belongs to {} and was recorded with the account {}", week.site, week.account);
            repairs.push(set_file_aside(week_files, WeekFiles::name(week.week), problem)?);
        }
    }
    Ok(())
}

/// Restores a damaged or missing week if possible. The damaged file stays in place until the restored one replaces it, so
/// that nothing changes if the program is killed before.
fn replace(
    week_files: &WeekFiles,
    known: &HistoryManifest,
    week: IsoWeek,
    damage: DamageReport,
) -> Result<Repair, HistoryError> {
    let name = WeekFiles::name(week);
    let set_aside = match std::fs::symlink_metadata(week_files.path(&name)) {
        Ok(found) if found.is_file() => Some(week_files.keep_copy(&name)?),
        Ok(_) => Some(week_files.set_aside(&name)?),
        Err(_) => None,
    };
    let restored_from = restore(week_files, known, week)?;
    if restored_from.is_none() {
        week_files.delete(week)?;
    }
    let lost = restored_from.is_none().then_some(week);
    Ok(Repair { file: damage.file, problem: damage.problem, set_aside, restored_from, lost })
}

/// Writes a week again from its CSV file. Returns the name of that file; `None` if there is no intact one.
fn restore(week_files: &WeekFiles, known: &HistoryManifest, week: IsoWeek) -> Result<Option<String>, HistoryError> {
    let Some(mut facts) = known.week(week).cloned() else { return Ok(None) };
    let Some(name) = known.weekly_file(&facts).filter(|name| known.is_as_exported(week_files, name)) else {
        return Ok(None);
    };
    let bytes = read_own_file(&week_files.path(name)).map_err(cannot("read", week_files.path(name)))?;
    let text = String::from_utf8_lossy(&bytes);
    // the file has fewer columns if an older version wrote it
    let (header, lines) = text.trim_start_matches('\u{FEFF}').split_once("\r\n").unwrap_or_default();
    let header: Vec<&str> = header.split(',').collect();
    let places: Vec<Option<usize>> =
        week_files.fields().iter().map(|field| header.iter().position(|name| *name == field.name)).collect();
    let problem = |line: usize| {
        let damage = DamageReport::new(name, Some(line as u64 + 2), "the line is not a row of the week");
        HistoryError::Damaged { folder: week_files.folder().to_owned(), findings: vec![damage] }
    };
    let is_known = |name: &&str| *name == WEEK || week_files.fields().iter().any(|field| field.name == *name);
    if !header.iter().all(is_known) {
        return Err(HistoryError::Newer { path: week_files.path(name), written_by: facts.program_version });
    }
    week_files.commit(&mut facts, |sink| {
        for (number, line) in lines.split_terminator("\r\n").enumerate() {
            let cells =
                cells_of_line(line).filter(|cells| cells.len() == header.len()).ok_or_else(|| problem(number))?;
            let value = |(field, place): (&Field, &Option<usize>)| match place {
                Some(place) => Value::read(&cells[*place], field.holds),
                None => Some(Value::Empty),
            };
            let row: Option<Vec<Value>> = week_files.fields().iter().zip(&places).map(value).collect();
            sink.add(&row.ok_or_else(|| problem(number))?)?;
        }
        Ok(())
    })?;
    Ok(Some(name.to_owned()))
}
