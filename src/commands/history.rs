//! `history verify`, `history repair`, `history export`: whether the weeks are as they were written, what to do if not,
//! and the files that follow from them.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::json;

use super::snapshot::publish;
use crate::cli::{HistoryAction, HistoryArgs, HistoryPlace};
use crate::config::Surroundings;
use crate::error::{ExitStatus, Failure, Outcome, OutputFormat};
use crate::exports::{self, Repaired};
use crate::history::{self, History, Verified, Week};
use crate::metrics::columns;
use crate::progress::Progress;
use crate::report::format::plural;
use crate::support::visible::Lines;

/// How long to wait for a run that works on the history.
const WAIT: Duration = Duration::from_secs(3);

/// Verifies the history, repairs it, or writes what follows from it.
pub(crate) fn run(
    args: &HistoryArgs,
    around: &Surroundings<'_>,
    format: OutputFormat,
    progress: &Progress,
) -> Result<Outcome, Failure> {
    let folder = |place: &HistoryPlace| -> PathBuf { around.resolve(place.output.as_deref()).join(history::FOLDER) };
    match &args.action {
        HistoryAction::Verify(place) => {
            let verified = history::verify(&folder(place), columns::fields(), WAIT)?;
            Ok(tell_verified(&verified, format, progress))
        }
        HistoryAction::Repair(place) => {
            let repaired = exports::repair(&folder(place), columns::fields(), WAIT)?;
            Ok(tell_repaired(&repaired, format, progress))
        }
        HistoryAction::Export(place) => export(folder(place), format, progress),
    }
}

fn tell_verified(verified: &Verified, format: OutputFormat, progress: &Progress) -> Outcome {
    for finding in &verified.findings {
        progress.error(finding);
    }
    let is_whole = verified.findings.is_empty();
    let status = if is_whole { ExitStatus::Complete } else { ExitStatus::Storage };
    progress.note(match verified.findings.len() as u64 {
        0 => format!("the history is as it was written: {}", plural(verified.weeks.len() as u64, "week", "weeks")),
        many => format!("{}: run `history repair`", plural(many, "problem", "problems")),
    });
    let object = json!({
        "complete": is_whole,
        "folder": verified.folder.to_string_lossy(),
        "weeks": weeks(verified.weeks.values()),
        "findings": verified.findings,
    });
    Outcome::new(status, format, object, || Lines::of_path(&verified.folder))
}

fn tell_repaired(repaired: &Repaired, format: OutputFormat, progress: &Progress) -> Outcome {
    for repair in &repaired.repairs {
        let what = match (&repair.restored_from, repair.lost) {
            // no CSV file of a week holds them, and only those of the newest are shown
            (Some(file), _) => {
                format!("restored from {file}, without its lists of links: the next snapshot names them")
            }
            (None, Some(week)) => format!("{week} is lost: it is a gap from now on"),
            (None, None) => "moved out of the history".to_owned(),
        };
        let kept = repair.set_aside.as_ref().map(|name| format!(" (as found: {name})")).unwrap_or_default();
        let line = format!("{}: {}; {what}{kept}", repair.file, repair.problem);
        if repair.lost.is_some() { progress.warn(line) } else { progress.note(line) }
    }
    let is_whole = repaired.is_whole();
    // a week that is gone must not look like none was ever missing
    let status = if is_whole { ExitStatus::Complete } else { ExitStatus::Incomplete };
    progress.note(match (repaired.repairs.len(), is_whole) {
        (0, _) => "nothing to repair",
        (_, true) => "the history is as it was before; `history export` writes its files again",
        (_, false) => "the history is usable again, but some weeks are lost; `history export` writes its files again",
    });
    let object = json!({
        "complete": is_whole,
        "folder": repaired.folder.to_string_lossy(),
        "weeks": weeks(&repaired.weeks),
        "repairs": repaired.repairs,
    });
    Outcome::new(status, format, object, || Lines::of_path(&repaired.folder))
}

/// Writes every file that follows from the weeks again.
fn export(folder: PathBuf, format: OutputFormat, progress: &Progress) -> Result<Outcome, Failure> {
    if !folder.is_dir() {
        return Err(history::HistoryError::Absent { folder }.into());
    }
    let history = History::open(&folder, columns::fields(), WAIT)?;
    if history.newest().is_none() {
        return Err(history::HistoryError::Absent { folder }.into());
    }
    publish(&history, None, progress)?;
    progress.finish();
    let count = history.weeks().count() as u64;
    progress.note(format!("written from {}: {}", plural(count, "week", "weeks"), folder.display()));
    let object = json!({
        "complete": true,
        "folder": folder.to_string_lossy(),
        "weeks": weeks(history.weeks()),
    });
    Ok(Outcome::new(ExitStatus::Complete, format, object, || Lines::of_path(folder.join("index.html"))))
}

fn weeks<'w>(weeks: impl IntoIterator<Item = &'w Week>) -> serde_json::Value {
    let week = |week: &Week| {
        json!({
            "week": week.week,
            "status": week.status,
            "taken_at": week.taken_at,
            "run_id": week.run_id,
            "rows": week.row_count,
            "spaces": week.spaces,
        })
    };
    weeks.into_iter().map(week).collect()
}
