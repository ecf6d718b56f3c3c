//! Summary of a comparison for the terminal.

use crate::comparison::{AuditComparison, FileChange, FileChangeKind, StorageChange, StorageFigures};
use crate::progress::Progress;
use crate::report::SavedAudit;
use crate::report::format::{bytes, count, minute, plural, visible};

/// Number of files that the terminal names for each kind of change.
const NAMED: usize = 3;
/// Longest name of a file that is shown in full.
const NAME_LENGTH: usize = 48;

/// The kinds whose largest changes are named.
const NAMED_KINDS: [FileChangeKind; 8] = [
    FileChangeKind::NewlyUnreferenced,
    FileChangeKind::NewlyUsed,
    FileChangeKind::NotComparable,
    FileChangeKind::New,
    FileChangeKind::Gone,
    FileChangeKind::Trashed,
    FileChangeKind::Grown,
    FileChangeKind::Shrunk,
];

/// Prints which runs were compared, why some of it cannot be, and the changes, the largest ones by name.
pub(super) fn print(old: &SavedAudit, new: &SavedAudit, comparison: &AuditComparison, progress: &Progress) {
    let [before, now] = [old, new].map(|run| minute(run.inventory.scan.started_at));
    progress.note(format!("compared: {before} with {now}"));
    for obstacle in &comparison.obstacles {
        progress.warn(format!("not comparable: {}", obstacle.text));
    }
    let site = &comparison.site;
    progress.note(format!(
        "stored: {} in {}",
        changed(site, |figures| Some(figures.bytes), Unit::Bytes),
        changed(site, |figures| Some(figures.files), Unit::Files),
    ));
    progress.note(format!(
        "unreferenced: {} in {}",
        changed(site, |figures| figures.unreferenced_bytes, Unit::Bytes),
        changed(site, |figures| figures.unreferenced_files, Unit::Files),
    ));
    if comparison.files.is_empty() {
        progress.note("no file differs");
    }
    for kind in FileChangeKind::ALL {
        let changes = comparison.of(kind);
        if changes.is_empty() {
            continue;
        }
        let totals = comparison.totals(kind);
        let at_least = if totals.at_least { "at least " } else { "" };
        let number = plural(totals.files, "file", "files");
        progress.note(format!("{}: {number}, {at_least}{}", kind.label(), bytes(totals.bytes)));
        if NAMED_KINDS.contains(&kind) {
            changes.iter().take(NAMED).for_each(|change| progress.note(line(old, new, change)));
        }
    }
}

/// Returns `    120.0 MiB  video.mp4 (ENG)`.
fn line(old: &SavedAudit, new: &SavedAudit, change: &FileChange) -> String {
    let side = change.new.map(|at| (new, at)).or(change.old.map(|at| (old, at)));
    let Some((run, at)) = side else { return String::new() };
    let space = run.audit.files[at].space.as_ref();
    let key = space.and_then(|id| run.inventory.spaces.iter().find(|space| space.id == *id));
    let key = key.map(|space| format!(" ({})", shortened(&space.key))).unwrap_or_default();
    let name = shortened(&run.inventory.attachments[at].title);
    format!("  {:>10}  {name}{key}", bytes(change.bytes))
}

/// Returns the name, or its begin and its end: the end has the type of the file.
fn shortened(name: &str) -> String {
    let name: Vec<char> = visible(name).chars().collect();
    if name.len() <= NAME_LENGTH {
        return name.into_iter().collect();
    }
    let half = NAME_LENGTH / 2 - 1;
    let (begin, end) = (&name[..half], &name[name.len() - half..]);
    begin.iter().chain(&['…']).chain(end).collect()
}

#[derive(Clone, Copy)]
enum Unit {
    Bytes,
    Files,
}

impl Unit {
    fn shown(self, number: u64) -> String {
        match self {
            Self::Bytes => bytes(number),
            Self::Files => plural(number, "file", "files"),
        }
    }
}

/// Returns `1.2 GiB (+3.0 MiB)`; what is not known is named.
fn changed(change: &StorageChange, figure: impl Fn(&StorageFigures) -> Option<u64>, unit: Unit) -> String {
    let Some(now) = change.new.as_ref().and_then(&figure) else { return "not known".to_owned() };
    let delta = match unit {
        Unit::Bytes => change.bytes_delta(&figure),
        Unit::Files => change.delta(&figure),
    };
    let delta = match delta {
        None => "difference not known".to_owned(),
        Some(0) => "as before".to_owned(),
        Some(delta) => {
            let sign = if delta > 0 { '+' } else { '-' };
            let shown = match unit {
                Unit::Bytes => bytes(delta.unsigned_abs()),
                Unit::Files => count(delta.unsigned_abs()),
            };
            format!("{sign}{shown}")
        }
    };
    format!("{} ({delta})", unit.shown(now))
}
