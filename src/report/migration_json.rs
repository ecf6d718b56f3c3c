//! The object `migration` of the manifest.

use serde::Serialize;

use super::html::migration::is_at_least;
use super::report_view::ReportView;
use crate::audit::{PartSizes, Scenario};

/// What a migration would have to copy.
#[derive(Debug, Serialize)]
pub(super) struct MigrationEntry<'a> {
    /// The throughput that the hours assume.
    bytes_per_second: u64,
    scenarios: Vec<ScenarioEntry>,
    spaces: Vec<SpaceMigrationEntry<'a>>,
    without_creator_or_date: Vec<BlockedEntry<'a>>,
}

/// One scenario for the site. Its sizes are `null` if they are not known.
#[derive(Debug, Serialize)]
struct ScenarioEntry {
    newest_versions: Option<u32>,
    trash: bool,
    unreferenced: bool,
    files: Option<u64>,
    versions: Option<u64>,
    bytes: Option<u64>,
    unknown_sizes: Option<u64>,
    at_least: bool,
    hours: Option<f64>,
}

/// The bytes of a space, in the order of the scenarios.
#[derive(Debug, Serialize)]
struct SpaceMigrationEntry<'a> {
    key: &'a str,
    bytes: Vec<Option<u64>>,
    at_least: bool,
}

#[derive(Debug, Serialize)]
struct BlockedEntry<'a> {
    id: &'a str,
    lacks: Vec<&'static str>,
}

impl<'a> MigrationEntry<'a> {
    pub(super) fn of(view: &'a ReportView<'_>) -> Self {
        let migration = &view.migration;
        let scenarios = migration.scenarios.iter();
        Self {
            bytes_per_second: view.facts.audit.migration_bytes_per_second,
            scenarios: scenarios.clone().map(|scenario| ScenarioEntry::of(view, *scenario)).collect(),
            spaces: view
                .reported_spaces()
                .iter()
                .map(|reported| {
                    let sizes = migration.spaces.get(&reported.space.id);
                    let bytes = |scenario: &Scenario| migration.size(sizes, *scenario).map(|size| size.bytes);
                    let at_least = |scenario: &Scenario| {
                        let size = migration.size(sizes, *scenario).unwrap_or_default();
                        is_at_least(view.complete, size, *scenario, reported.totals.trash_at_least)
                    };
                    SpaceMigrationEntry {
                        key: &reported.space.key,
                        bytes: scenarios.clone().map(bytes).collect(),
                        at_least: scenarios.clone().any(at_least),
                    }
                })
                .collect(),
            without_creator_or_date: migration
                .blocked
                .iter()
                .map(|file| BlockedEntry {
                    id: view.inventory.attachments[file.attachment].id.as_str(),
                    lacks: [(file.lacks_creator, "creator"), (file.lacks_date, "date")]
                        .into_iter()
                        .filter_map(|(lacks, what)| lacks.then_some(what))
                        .collect(),
                })
                .collect(),
        }
    }
}

impl ScenarioEntry {
    fn of(view: &ReportView<'_>, scenario: Scenario) -> Self {
        let whole: Option<&PartSizes> = Some(&view.migration.site);
        let size = view.migration.size(whole, scenario);
        let trash_at_least = view.site_totals().trash_at_least;
        Self {
            newest_versions: scenario.newest_versions,
            trash: scenario.trash,
            unreferenced: scenario.unreferenced,
            files: size.map(|size| size.files),
            versions: size.map(|size| size.versions),
            bytes: size.map(|size| size.bytes),
            unknown_sizes: size.map(|size| size.unknown_sizes),
            at_least: is_at_least(view.complete, size.unwrap_or_default(), scenario, trash_at_least),
            hours: size.map(|size| hours(size.milliseconds(view.facts.audit.migration_bytes_per_second))),
        }
    }
}

/// Returns milliseconds in hours, to the thousandth, rounded up.
#[expect(clippy::cast_precision_loss, reason = "a time of more than a million years needs no thousandths")]
fn hours(milliseconds: u64) -> f64 {
    milliseconds.div_ceil(3_600) as f64 / 1000.0
}
