//! `history repair`: sets damaged weeks aside, and restores them from their CSV files where these are as they were written.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::manifest::Manifest;
use crate::history::{Finding, HistoryError, Lake, WEEK, Week, check_folder, findings_of, latest, look, refuse_others};
use crate::spreadsheet::{Field, Value, cells_of_line};
use crate::support::file_error::cannot;
use crate::support::iso_week::IsoWeek;
use crate::support::private::read_own_file;

/// What was done about one file.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Repair {
    /// Path below the folder of the history, with `/`.
    pub file: String,
    /// What was wrong with it.
    pub problem: String,
    /// Where it is now, as it was found; `None` when it was missing.
    pub set_aside: Option<String>,
    /// The file whose rows took its place; `None` when there was none, or nothing had to take it.
    pub restored_from: Option<String>,
    /// The week that is lost, and a gap from now on.
    pub lost: Option<IsoWeek>,
}

/// What a repair did.
#[derive(Debug)]
pub struct Repaired {
    /// The folder.
    pub folder: PathBuf,
    /// By file; empty when nothing was wrong.
    pub repairs: Vec<Repair>,
    /// The weeks there are now.
    pub weeks: Vec<Week>,
}

impl Repaired {
    /// Whether everything is as it was before the damage.
    pub fn is_whole(&self) -> bool {
        self.repairs.iter().all(|repair| repair.lost.is_none())
    }
}

/// Repairs the history in a folder; waits up to `wait` for a run that works on it. Afterwards it can be used, or this
/// fails and says what it could not repair.
pub fn repair(folder: &Path, columns: Vec<Field>, wait: Duration) -> Result<Repaired, HistoryError> {
    let lake = Lake::at(folder, columns);
    check_folder(&lake)?;
    let _lock = lake.lock(wait)?;
    refuse_others(&lake)?;
    // a newer program's weeks are refused before anything is changed
    look(&lake)?;
    lake.tidy()?;
    let list = Manifest::read(&lake)?;
    let (has_list, mut known) = (list.is_some(), list.unwrap_or_default());
    let mut repairs = Vec::new();
    for file in lake.strangers()? {
        repairs.push(move_out(&lake, file, "it is not part of the history".to_owned())?);
    }
    let listed: Vec<IsoWeek> = known.weeks.iter().map(|week| week.week).collect();
    for week in listed.into_iter().chain(lake.weeks()?).collect::<BTreeSet<_>>() {
        let checked = lake.open(week).and_then(|open| open.check(&lake));
        let Some(finding) = findings_of(checked)?.into_iter().next() else { continue };
        repairs.push(replace(&lake, &known, week, finding)?);
    }
    if has_list && repairs.iter().any(|repair| repair.lost.is_some()) {
        known.weeks.retain(|week| !repairs.iter().any(|repair| repair.lost == Some(week.week)));
        known.write(&lake)?;
    }
    move_strangers_weeks(&lake, &known, &mut repairs)?;
    let found = look(&lake)?;
    if found.findings.is_empty() {
        Ok(Repaired { folder: folder.to_owned(), repairs, weeks: found.weeks.into_values().collect() })
    } else {
        Err(HistoryError::Damaged { folder: folder.to_owned(), findings: found.findings })
    }
}

fn move_out(lake: &Lake, file: String, problem: String) -> Result<Repair, HistoryError> {
    let set_aside = Some(lake.set_aside(&file)?);
    Ok(Repair { file, problem, set_aside, restored_from: None, lost: None })
}

/// Moves weeks of another site or account out that this program never listed: whoever put them there can have them back.
fn move_strangers_weeks(lake: &Lake, known: &Manifest, repairs: &mut Vec<Repair>) -> Result<(), HistoryError> {
    let Some(owner) = latest(known.weeks.iter()) else { return Ok(()) };
    for week in look(lake)?.weeks.values() {
        let is_listed = known.weeks.iter().any(|listed| listed.seal == week.seal);
        if !is_listed && !owner.is_of_same_owner(week) && !week.is_of_same_owner(owner) {
            let problem = format!("it belongs to {}, read by the account {}", week.site, week.account);
            repairs.push(move_out(lake, Lake::name(week.week), problem)?);
        }
    }
    Ok(())
}

/// Restores a damaged or missing week where that can be done. The damaged file stays in its place until then, so that a kill
/// changes nothing.
fn replace(lake: &Lake, known: &Manifest, week: IsoWeek, finding: Finding) -> Result<Repair, HistoryError> {
    let name = Lake::name(week);
    let set_aside = match std::fs::symlink_metadata(lake.path(&name)) {
        Ok(found) if found.is_file() => Some(lake.keep_copy(&name)?),
        Ok(_) => Some(lake.set_aside(&name)?),
        Err(_) => None,
    };
    let restored_from = restore(lake, known, week)?;
    if restored_from.is_none() {
        lake.delete(week)?;
    }
    let lost = restored_from.is_none().then_some(week);
    Ok(Repair { file: finding.file, problem: finding.problem, set_aside, restored_from, lost })
}

/// Writes a week again from its CSV file. Gives that file; `None` when there is none that is as it was written.
fn restore(lake: &Lake, known: &Manifest, week: IsoWeek) -> Result<Option<String>, HistoryError> {
    let Some(mut facts) = known.week(week).cloned() else { return Ok(None) };
    let Some(name) = known.weekly_file(&facts).filter(|name| known.is_as_exported(lake, name)) else { return Ok(None) };
    let bytes = read_own_file(&lake.path(name)).map_err(cannot("read", lake.path(name)))?;
    let text = String::from_utf8_lossy(&bytes);
    // the columns that it has, which are fewer than those of a newer program
    let (header, lines) = text.trim_start_matches('\u{FEFF}').split_once("\r\n").unwrap_or_default();
    let header: Vec<&str> = header.split(',').collect();
    let places: Vec<Option<usize>> =
        lake.fields().iter().map(|field| header.iter().position(|name| *name == field.name)).collect();
    let problem = |line: usize| {
        let finding = Finding::new(name, Some(line as u64 + 2), "this line is not a row of the week");
        HistoryError::Damaged { folder: lake.folder().to_owned(), findings: vec![finding] }
    };
    let is_known = |name: &&str| *name == WEEK || lake.fields().iter().any(|field| field.name == *name);
    if !header.iter().all(is_known) {
        return Err(HistoryError::Newer { path: lake.path(name), written_by: facts.program_version });
    }
    lake.commit(&mut facts, |sink| {
        for (number, line) in lines.split_terminator("\r\n").enumerate() {
            let cells =
                cells_of_line(line).filter(|cells| cells.len() == header.len()).ok_or_else(|| problem(number))?;
            let value = |(field, place): (&Field, &Option<usize>)| match place {
                Some(place) => Value::read(&cells[*place], field.holds),
                None => Some(Value::Empty),
            };
            let row: Option<Vec<Value>> = lake.fields().iter().zip(&places).map(value).collect();
            sink.add(&row.ok_or_else(|| problem(number))?)?;
        }
        Ok(())
    })?;
    Ok(Some(name.to_owned()))
}
