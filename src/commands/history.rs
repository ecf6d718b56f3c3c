//! `history verify`, `history repair` and `history export`: check the weeks, repair them, rewrite the files made from
//! them.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::json;

use super::snapshot::publish;
use crate::cli::{HistoryAction, HistoryArgs, HistoryLocation};
use crate::config::Environment;
use crate::error::{ExitStatus, Failure, Outcome, OutputFormat};
use crate::exports::{self, RepairOutcome};
use crate::history::{self, History, HistoryCheck, WeekMetadata};
use crate::metrics::columns;
use crate::progress::Progress;
use crate::report::format::plural;
use crate::support::visible_text::Lines;

/// How long to wait while another run holds the history.
const WAIT: Duration = Duration::from_secs(3);

/// Runs a subcommand of `history`.
pub(crate) fn run(
    args: &HistoryArgs,
    environment: &Environment<'_>,
    format: OutputFormat,
    progress: &Progress,
) -> Result<Outcome, Failure> {
    let folder =
        |place: &HistoryLocation| -> PathBuf { environment.resolve(place.output.as_deref()).join(history::FOLDER) };
    match &args.action {
        HistoryAction::Verify(place) => {
            let verified = history::verify(&folder(place), columns::fields(), WAIT)?;
            Ok(report_verification(&verified, format, progress))
        }
        HistoryAction::Repair(place) => {
            let repaired = exports::repair(&folder(place), columns::fields(), WAIT)?;
            Ok(report_repairs(&repaired, format, progress))
        }
        HistoryAction::Export(place) => export(folder(place), format, progress),
    }
}

fn report_verification(verified: &HistoryCheck, format: OutputFormat, progress: &Progress) -> Outcome {
    for finding in &verified.findings {
        progress.error(finding);
    }
    let is_intact = verified.findings.is_empty();
    let status = if is_intact { ExitStatus::Complete } else { ExitStatus::Storage };
    progress.note(match verified.findings.len() as u64 {
        0 => format!("the history is intact: {}", plural(verified.weeks.len() as u64, "week", "weeks")),
        many => format!("{} found: run `history repair`", plural(many, "problem", "problems")),
    });
    let object = json!({
        "complete": is_intact,
        "folder": verified.folder.to_string_lossy(),
        "weeks": weeks(verified.weeks.values()),
        "findings": verified.findings,
    });
    Outcome::new(status, format, object, || Lines::of_path(&verified.folder))
}

fn report_repairs(repaired: &RepairOutcome, format: OutputFormat, progress: &Progress) -> Outcome {
    for repair in &repaired.repairs {
        let what = match (&repair.restored_from, repair.lost) {
            // a week's CSV files do not contain the lists of links; the dashboard shows only those of the newest week
            (Some(file), _) => {
                format!("restored from {file}, without its lists of links: the next snapshot records them again")
            }
            (None, Some(week)) => format!("{week} is lost and stays a gap in the history"),
            (None, None) => "moved out of the history".to_owned(),
        };
        let kept = repair.set_aside.as_ref().map(|name| format!(" (damaged file kept as {name})")).unwrap_or_default();
        let line = format!("{}: {}; {what}{kept}", repair.file, repair.problem);
        if repair.lost.is_some() { progress.warn(line) } else { progress.note(line) }
    }
    let is_complete = repaired.is_complete();
    // a lost week must not look like success
    let status = if is_complete { ExitStatus::Complete } else { ExitStatus::Incomplete };
    progress.note(match (repaired.repairs.len(), is_complete) {
        (0, _) => "nothing to repair",
        (_, true) => "the history is repaired; run `history export` to rewrite its files",
        (_, false) => "the history is usable again, but some weeks are lost; run `history export` to rewrite its files",
    });
    let object = json!({
        "complete": is_complete,
        "folder": repaired.folder.to_string_lossy(),
        "weeks": weeks(&repaired.weeks),
        "repairs": repaired.repairs,
    });
    Outcome::new(status, format, object, || Lines::of_path(&repaired.folder))
}

/// Rewrites every file that is made from the weeks.
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
    progress.note(format!("rewrote the files of {} in {}", plural(count, "week", "weeks"), folder.display()));
    let object = json!({
        "complete": true,
        "folder": folder.to_string_lossy(),
        "weeks": weeks(history.weeks()),
    });
    Ok(Outcome::new(ExitStatus::Complete, format, object, || Lines::of_path(folder.join("index.html"))))
}

fn weeks<'w>(weeks: impl IntoIterator<Item = &'w WeekMetadata>) -> serde_json::Value {
    let week = |week: &WeekMetadata| {
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
