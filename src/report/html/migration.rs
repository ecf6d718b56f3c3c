//! "Before a migration": what would have to be copied, how long that takes, and what would not arrive.

use std::cmp::Reverse;

use crate::audit::{BlockedFile, CopySize, Migration, PartSizes, Scenario};
use crate::report::format;
use crate::report::report_view::ReportView;

use super::dashboard::RankedFile;
use super::top_savings::newest;

/// Maximum number of spaces shown; the manifest has all.
const MAX_SPACES: usize = 100;
/// Maximum number of files shown; the manifest has all.
const MAX_FILES: usize = 100;

#[derive(Debug)]
pub(super) struct MigrationSection {
    /// `10 MB/s`.
    pub(super) throughput: String,
    /// What each column leaves out.
    pub(super) columns: Vec<&'static str>,
    pub(super) rows: Vec<VersionsRow>,
    /// The columns of the table of spaces.
    pub(super) space_columns: Vec<String>,
    pub(super) spaces: Vec<SpaceMigrationRow>,
    pub(super) more_spaces: u64,
    /// Versions of unknown size, which no figure includes.
    pub(super) unknown_sizes: u64,
    pub(super) blocked: Vec<BlockedFileRow>,
    pub(super) blocked_files: u64,
}

/// The scenarios with the same versions.
#[derive(Debug)]
pub(super) struct VersionsRow {
    /// `All versions`, `The newest 3 versions`.
    pub(super) versions: String,
    pub(super) cells: Vec<MigrationCell>,
}

/// What one scenario copies.
#[derive(Debug)]
pub(super) struct MigrationCell {
    /// Heading of its column.
    pub(super) column: String,
    /// `None` if it is not known.
    pub(super) bytes: Option<u64>,
    pub(super) at_least: bool,
    pub(super) files: u64,
    pub(super) hours: String,
}

#[derive(Debug)]
pub(super) struct SpaceMigrationRow {
    pub(super) name: String,
    pub(super) key: String,
    pub(super) cells: Vec<MigrationCell>,
}

/// A file that cannot be imported.
#[derive(Debug)]
pub(super) struct BlockedFileRow {
    pub(super) listed: RankedFile,
    /// `creator`, `date` or `creator and date`.
    pub(super) lacks: &'static str,
}

impl MigrationSection {
    pub(super) fn new(view: &ReportView<'_>) -> Self {
        let migration = &view.migration;
        let everything = Scenario { newest_versions: None, trash: true, unreferenced: true };
        let site = |scenario: &Scenario| {
            let at_least = view.site_totals().trash_at_least;
            cell(view, Some(&migration.site), *scenario, at_least, parts(*scenario).to_owned())
        };
        let of_versions = |scenarios: &[Scenario]| VersionsRow {
            versions: versions(scenarios[0].newest_versions),
            cells: scenarios.iter().map(site).collect(),
        };
        let rows: Vec<VersionsRow> = migration
            .scenarios
            .chunk_by(|one, other| one.newest_versions == other.newest_versions)
            .map(of_versions)
            .collect();
        let of_spaces = space_scenarios(migration);
        let mut spaces: Vec<_> = view.reported_spaces().iter().collect();
        let bytes = |sizes: Option<&PartSizes>| migration.size(sizes, everything).map_or(0, |size| size.bytes);
        spaces.sort_by_key(|reported| Reverse(bytes(migration.spaces.get(&reported.space.id))));
        let space_row = |reported: &&crate::report::report_view::ReportedSpace<'_>| SpaceMigrationRow {
            name: format::visible(&reported.space.name).into_owned(),
            key: format::visible(&reported.space.key).into_owned(),
            cells: of_spaces
                .iter()
                .map(|(column, scenario)| {
                    let sizes = migration.spaces.get(&reported.space.id);
                    cell(view, sizes, *scenario, reported.totals.trash_at_least, column.clone())
                })
                .collect(),
        };
        Self {
            throughput: throughput(view.facts.audit.migration_bytes_per_second),
            columns: migration.scenarios.iter().take(4).map(|scenario| parts(*scenario)).collect(),
            rows,
            spaces: spaces.iter().take(MAX_SPACES).map(space_row).collect(),
            more_spaces: spaces.len().saturating_sub(MAX_SPACES) as u64,
            space_columns: of_spaces.iter().map(|(column, _)| column.clone()).collect(),
            unknown_sizes: migration.size(Some(&migration.site), everything).unwrap_or_default().unknown_sizes,
            blocked: blocked(view, &migration.blocked),
            blocked_files: migration.blocked.len() as u64,
        }
    }
}

/// Returns the scenarios of the table of spaces: everything, each way to copy less, and all of them together.
fn space_scenarios(migration: &Migration) -> Vec<(String, Scenario)> {
    let everything = Scenario { newest_versions: None, trash: true, unreferenced: true };
    let mut chosen = vec![everything];
    let kept = migration.scenarios.chunk_by(|one, other| one.newest_versions == other.newest_versions);
    let kept = kept.map(|scenarios| scenarios[0].newest_versions);
    chosen.extend(kept.skip(1).map(|newest_versions| Scenario { newest_versions, ..everything }));
    chosen.push(Scenario { trash: false, ..everything });
    chosen.push(Scenario { unreferenced: false, ..everything });
    let name = |scenario: &Scenario| match (scenario.newest_versions, parts(*scenario)) {
        (None, parts) => parts.to_owned(),
        (keep, _) => versions(keep),
    };
    let mut named: Vec<(String, Scenario)> = chosen.iter().map(|scenario| (name(scenario), *scenario)).collect();
    let least = Scenario { newest_versions: Some(1), trash: false, unreferenced: false };
    named.push(("Least".to_owned(), least));
    named
}

/// Returns what a scenario copies, apart from its versions.
fn parts(scenario: Scenario) -> &'static str {
    match (scenario.trash, scenario.unreferenced) {
        (true, true) => "Everything",
        (false, true) => "Without the trash",
        (true, false) => "Without unreferenced files",
        (false, false) => "Without both",
    }
}

fn versions(keep: Option<u32>) -> String {
    match keep {
        None => "All versions".to_owned(),
        Some(keep) => newest(keep).replacen("the", "The", 1),
    }
}

fn cell(
    view: &ReportView<'_>,
    sizes: Option<&PartSizes>,
    scenario: Scenario,
    trash_at_least: bool,
    column: String,
) -> MigrationCell {
    let size = view.migration.size(sizes, scenario);
    let known = size.unwrap_or_default();
    MigrationCell {
        column,
        bytes: size.map(|size| size.bytes),
        at_least: is_at_least(view.complete, known, scenario, trash_at_least),
        files: known.files,
        hours: hours(known.milliseconds(view.facts.audit.migration_bytes_per_second)),
    }
}

/// Returns whether there may be more to copy: something was not read, or the size of a version is not known.
pub(in crate::report) fn is_at_least(complete: bool, size: CopySize, scenario: Scenario, trash_at_least: bool) -> bool {
    !complete || size.unknown_sizes > 0 || (scenario.trash && trash_at_least)
}

/// Formats a time in hours with one decimal, rounded up: `12.5 hours`, `under 0.1 hours`.
fn hours(milliseconds: u64) -> String {
    const TENTH: u64 = 360_000;
    match milliseconds.div_ceil(TENTH) {
        0 => "0 hours".to_owned(),
        1 if milliseconds < TENTH => "under 0.1 hours".to_owned(),
        tenths => format!("{}.{} hours", format::count(tenths / 10), tenths % 10),
    }
}

/// Formats a throughput in decimal megabytes, to the byte if needed: `10 MB/s`.
fn throughput(bytes_per_second: u64) -> String {
    let (whole, rest) = (bytes_per_second / 1_000_000, bytes_per_second % 1_000_000);
    let fraction = format!(".{rest:06}");
    format!("{}{} MB/s", format::count(whole), fraction.trim_end_matches('0').trim_end_matches('.'))
}

/// Returns the files that cannot be imported, the largest first.
fn blocked(view: &ReportView<'_>, files: &[BlockedFile]) -> Vec<BlockedFileRow> {
    let mut files: Vec<&BlockedFile> = files.iter().collect();
    files.sort_by_key(|file| Reverse(view.inventory.attachments[file.attachment].size));
    let row = |file: &&BlockedFile| {
        let lacks = match (file.lacks_creator, file.lacks_date) {
            (true, true) => "creator and date",
            (true, false) => "creator",
            (false, _) => "date",
        };
        view.row_of(file.attachment).map(|row| BlockedFileRow { listed: RankedFile::new(&row), lacks })
    };
    files.iter().take(MAX_FILES).filter_map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_rounded_up() {
        let cases = [
            (0, "0 hours"),
            (1, "under 0.1 hours"),
            (360_000, "0.1 hours"),
            (360_001, "0.2 hours"),
            (3_600_000, "1.0 hours"),
            (3_600_000_000, "1,000.0 hours"),
        ];
        for (milliseconds, text) in cases {
            assert_eq!(hours(milliseconds), text, "{milliseconds}");
        }
    }

    #[test]
    fn throughputs_are_in_decimal_megabytes() {
        for (bytes, text) in [(10_000_000, "10 MB/s"), (10 << 20, "10.48576 MB/s"), (1, "0.000001 MB/s")] {
            assert_eq!(throughput(bytes), text);
        }
    }

    #[test]
    fn a_figure_is_a_lower_bound_if_anything_of_it_is_not_known() {
        let everything = Scenario { newest_versions: None, trash: true, unreferenced: true };
        let without_trash = Scenario { trash: false, ..everything };
        let (known, unknown) = (CopySize::default(), CopySize { unknown_sizes: 1, ..CopySize::default() });
        assert!(!is_at_least(true, known, everything, false));
        assert!(is_at_least(false, known, everything, false));
        assert!(is_at_least(true, unknown, everything, false));
        assert!(is_at_least(true, known, everything, true));
        assert!(!is_at_least(true, known, without_trash, true), "the trash is not copied");
    }
}
