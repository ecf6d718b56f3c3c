//! Runs before that of the sample.

use chrono::TimeDelta;
use confluence_storage_analyzer::audit_history::{AuditHistoryFacts, CountedRun, StreakGroup};
use confluence_storage_analyzer::comparison::{
    ChangeTotals, ComparedRun, ComparisonSummary, FileChangeKind, StorageChange, StorageFigures,
};

use super::sample::{attachment_id, moment};

/// Number of runs in the audit history.
const RUNS: u32 = 7;

/// An audit history of seven weekly runs. It names every file; only what it says about unreferenced ones may show.
pub fn audit_history() -> AuditHistoryFacts {
    let start = |weeks: u32| moment() - TimeDelta::weeks(weeks.into());
    let run = |weeks: u32| CountedRun {
        started_at: start(weeks),
        finished_at: start(weeks) + TimeDelta::minutes(9),
        reported_spaces: None,
        files: 300 - u64::from(weeks),
        bytes: 900_000_000 - u64::from(weeks) * 10_000_000,
        unknown_sizes: 1,
        unreferenced_files: 60 - u64::from(weeks),
        unreferenced_bytes: 250_000_000 - u64::from(weeks) * 20_000_000,
        undetermined_files: 40,
        undetermined_bytes: 100_000_000,
    };
    let groups = (0..RUNS).rev().map(|weeks| StreakGroup {
        since: start(weeks),
        runs: weeks + 1,
        files: (0..1_000).filter(|file| file % u64::from(RUNS) == u64::from(weeks)).map(attachment_id).collect(),
    });
    let runs = (0..RUNS).rev().map(run).collect();
    AuditHistoryFacts { remark: None, runs, unreferenced: groups.collect() }
}

/// The comparison with a run of the week before.
pub fn previous_run() -> ComparisonSummary {
    let of = |files, bytes| ChangeTotals { files, bytes, at_least: false };
    let now = StorageFigures {
        files: 300,
        bytes: 900_000_000,
        old_bytes: 100_000_000,
        unreferenced_files: Some(60),
        unreferenced_bytes: Some(250_000_000),
        ..StorageFigures::default()
    };
    let then = StorageFigures { bytes: 890_000_000, unreferenced_bytes: Some(270_000_000), ..now };
    ComparisonSummary {
        with: ComparedRun {
            folder: "confluence_analysis_V0_1_2026-11-14_19-41-07".to_owned(),
            started_at: moment() - TimeDelta::weeks(1),
            program: "0.1.0".to_owned(),
        },
        obstacles: Vec::new(),
        changes: [
            (FileChangeKind::NewlyUnreferenced, of(4, 20_000_000)),
            (FileChangeKind::New, ChangeTotals { at_least: true, ..of(1_234, 10_000_000) }),
        ]
        .into(),
        site: StorageChange { old: Some(then), new: Some(now), has_equal_sizes: true },
    }
}
