//! Names of the files, all relative to the folder of the history, with `/` (product contract 4).

use super::IsoWeek;

/// The folder of the history within the output folder.
pub const FOLDER: &str = "confluence_data";
/// What there is and what it has to look like; whatever it does not name is no part of the history.
pub(super) const MANIFEST: &str = "history.json";
/// All weeks in one file.
pub(super) const JOINED: &str = "confluence_data_history.csv";
/// The last run, complete or not.
pub(super) const CURRENT: &str = "confluence_data_current.csv";
/// Weeks beyond the retention, and revisions of weeks that were replaced.
pub(super) const ARCHIVE: &str = "archived_snapshots";
/// What a run is about to put in place.
pub(super) const PENDING: &str = ".history_pending";
/// The file that is locked while a run works on the history.
pub(super) const LOCK: &str = "history.lock";
/// Who holds the lock.
pub(super) const HOLDER: &str = "history.holder";
/// Ending of a copy that is not whole yet.
pub(super) const PARTIAL: &str = ".partial";

/// Ending of a file that was set aside.
const DAMAGED: &str = ".damaged";
const PREFIX: &str = "confluence_data_";

/// File of a week, e.g. `confluence_data_2026-W47.csv`.
pub(super) fn weekly(week: IsoWeek) -> String {
    format!("{PREFIX}{week}.csv")
}

/// File of a week in the archive; `attempt` counts from 1 and names another one where the first is taken.
pub(super) fn archived(week: IsoWeek, attempt: u32) -> String {
    match attempt {
        0 | 1 => format!("{ARCHIVE}/{PREFIX}{week}.csv"),
        other => format!("{ARCHIVE}/{PREFIX}{week}_{other}.csv"),
    }
}

/// File of a revision that was replaced; `attempt` as in [`archived`].
pub(super) fn replaced(week: IsoWeek, revision: u32, attempt: u32) -> String {
    match attempt {
        0 | 1 => format!("{ARCHIVE}/{PREFIX}{week}_r{revision}.csv"),
        other => format!("{ARCHIVE}/{PREFIX}{week}_r{revision}_{other}.csv"),
    }
}

/// Where a damaged file is set aside; `attempt` as in [`archived`].
pub(super) fn damaged(file: &str, attempt: u32) -> String {
    match attempt {
        0 | 1 => format!("{file}{DAMAGED}"),
        other => format!("{file}{DAMAGED}-{other}"),
    }
}

/// The file that was set aside under this name.
pub(super) fn set_aside(path: &str) -> Option<&str> {
    let (file, number) = path.rsplit_once(DAMAGED)?;
    let digits = number.strip_prefix('-').unwrap_or(number);
    digits.bytes().all(|byte| byte.is_ascii_digit()).then_some(file)
}

/// The week whose file bears exactly this name, wherever it lies.
pub(super) fn week_of(name: &str) -> Option<IsoWeek> {
    let name = name.strip_prefix(ARCHIVE).and_then(|rest| rest.strip_prefix('/')).unwrap_or(name);
    name.strip_prefix(PREFIX)?.strip_suffix(".csv")?.parse().ok()
}

/// Whether a path read from a file leads to a place where the history keeps data, and nowhere else.
pub(super) fn is_data(path: &str) -> bool {
    let name = path.strip_prefix(ARCHIVE).and_then(|rest| rest.strip_prefix('/')).unwrap_or(path);
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    name.strip_prefix(PREFIX).and_then(|rest| rest.strip_suffix(".csv")).is_some_and(|rest| rest.chars().all(is_plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back_and_lead_nowhere_else() {
        let week: IsoWeek = "2026-W07".parse().unwrap();
        for path in [weekly(week), archived(week, 1), archived(week, 2), replaced(week, 3, 1), replaced(week, 3, 4)] {
            assert!(is_data(&path), "{path}");
        }
        assert!(is_data(JOINED) && is_data(CURRENT));
        assert_eq!(week_of("confluence_data_2026-W07.csv"), Some(week));
        assert_eq!(week_of("archived_snapshots/confluence_data_2026-W07.csv"), Some(week));
        for other in [JOINED, CURRENT, "confluence_data_2026-W07_r1.csv", "confluence_data_2025-W53.csv", "x.csv"] {
            assert_eq!(week_of(other), None, "{other}");
        }
        for outside in ["../confluence_data_a.csv", "/etc/passwd", "a/confluence_data_a.csv", MANIFEST, ""] {
            assert!(!is_data(outside), "{outside}");
        }
        assert!(!is_data("confluence_data_../../a.csv") && !is_data("archived_snapshots/../confluence_data_a.csv"));
    }
}
