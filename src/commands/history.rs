//! `history verify` and `history repair`: whether the metrics history is as it was written, and what to do if not.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::json;

use crate::cli::{HistoryAction, HistoryArgs, HistoryPlace};
use crate::config::Surroundings;
use crate::error::{ExitStatus, Failure, Outcome, OutputFormat};
use crate::history::{self, Repaired, Verified, Week};
use crate::progress::Progress;
use crate::report::format::plural;

/// How long to wait for a run that works on the history.
const WAIT: Duration = Duration::from_secs(3);

/// Looks at the history or mends it.
pub(crate) fn run(
    args: &HistoryArgs,
    around: &Surroundings<'_>,
    format: OutputFormat,
    progress: &Progress,
) -> Result<Outcome, Failure> {
    match &args.action {
        HistoryAction::Verify(place) => {
            let verified = history::verify(&folder(place, around), WAIT)?;
            Ok(tell_verified(&verified, format, progress))
        }
        HistoryAction::Repair(place) => {
            let repaired = history::repair(&folder(place, around), WAIT)?;
            Ok(tell_repaired(&repaired, format, progress))
        }
    }
}

fn folder(place: &HistoryPlace, around: &Surroundings<'_>) -> PathBuf {
    around.resolve(place.output.as_deref()).join(history::FOLDER)
}

fn tell_verified(verified: &Verified, format: OutputFormat, progress: &Progress) -> Outcome {
    for finding in &verified.findings {
        progress.error(finding);
    }
    if verified.unfinished {
        progress.warn("a run was killed while it changed the history; the next run finishes it or takes it back");
    }
    let is_whole = verified.findings.is_empty();
    let status = if is_whole { ExitStatus::Complete } else { ExitStatus::Storage };
    progress.note(match verified.findings.len() as u64 {
        0 => format!("the history is as it was written: {}", plural(verified.weeks.len() as u64, "week", "weeks")),
        many => format!("{}; `history repair` mends what can be mended", plural(many, "problem", "problems")),
    });
    let object = json!({
        "complete": is_whole,
        "folder": verified.folder,
        "weeks": weeks(&verified.weeks),
        "findings": verified.findings,
        "unfinished": verified.unfinished,
    });
    Outcome::new(status, format, object, || format!("{}\n", verified.folder.display()))
}

fn tell_repaired(repaired: &Repaired, format: OutputFormat, progress: &Progress) -> Outcome {
    for mended in &repaired.mended {
        let kept = mended.set_aside.as_ref().map(|name| format!(" (as found: {name})")).unwrap_or_default();
        let line = format!("{}: {}{kept}", mended.file, mended.what);
        if mended.lost { progress.warn(line) } else { progress.note(line) }
    }
    let is_whole = repaired.is_whole();
    // rows that are gone must not look like none were ever missing
    let status = if is_whole { ExitStatus::Complete } else { ExitStatus::Incomplete };
    progress.note(match (repaired.mended.len(), is_whole) {
        (0, _) => "nothing had to be mended",
        (_, true) => "the history is as it was before",
        (_, false) => "the history can be used again, but not everything could be had back",
    });
    let object = json!({
        "complete": is_whole,
        "folder": repaired.folder,
        "weeks": weeks(&repaired.weeks),
        "mended": repaired.mended,
    });
    Outcome::new(status, format, object, || format!("{}\n", repaired.folder.display()))
}

fn weeks(weeks: &[Week]) -> serde_json::Value {
    let week = |week: &Week| {
        json!({
            "week": week.week,
            "status": week.status,
            "revision": week.revision,
            "taken_at": week.taken_at,
            "rows": week.file.rows,
            "file": week.file.path,
        })
    };
    weeks.iter().map(week).collect()
}
