//! The file: private, replaced as a unit, and never overwritten when it cannot be used.

use std::fs;
use std::time::Duration;

use confluence_storage_analyzer::audit_history::{AuditHistory, AuditHistoryError, NAME};
use confluence_storage_analyzer::error::{ExitStatus, Failure};
use confluence_storage_analyzer::spreadsheet::{ColumnType, Field, ParquetTable, ParquetWriter, Value};

use super::{WeeklyRuns, runs_in};

#[test]
fn the_file_is_a_table_that_other_programs_can_read() {
    let mut weeks = WeeklyRuns::new();
    weeks.run();
    weeks.run();
    let table = ParquetTable::open(&weeks.path().join(NAME)).unwrap();
    let columns: Vec<&str> = table.columns().collect();
    assert_eq!(
        columns,
        [
            "site",
            "account",
            "visibility",
            "accepted_unread",
            "attachment_id",
            "unreferenced_since",
            "unreferenced_runs"
        ]
    );
    assert_eq!(table.rows(), weeks.unreferenced().len() as u64);
    let document = include_str!("../../../docs/audit-history.md");
    for name in columns.into_iter().chain(["schema_version", "program_version", "runs"]) {
        assert!(document.contains(&format!("| `{name}` |")), "{name} is not in docs/audit-history.md");
    }
}

#[test]
fn a_damaged_file_is_set_aside_and_counting_begins_again() {
    let mut weeks = WeeklyRuns::new();
    let file = weeks.unreferenced()[0];
    let path = weeks.path().join(NAME);
    weeks.run();
    weeks.run();
    let intact = fs::read(&path).unwrap();
    let mut flipped = intact.clone();
    flipped[intact.len() / 2] ^= 1;
    let damages: [&[u8]; 4] = [&flipped, &intact[..intact.len() / 2], b"", b"PK something else"];
    for (number, damage) in (1..).zip(damages) {
        fs::write(&path, damage).unwrap();
        let pending = weeks.pending();
        let facts = pending.facts();
        let remark = facts.remark.clone().unwrap_or_default();
        assert!(remark.contains("is damaged (") && remark.contains("counted from this one on"), "{remark}");
        assert_eq!((runs_in(&facts, weeks.id(file)), facts.runs.len()), (Some(1), 1));
        assert_eq!(fs::read(&path).unwrap(), damage, "untouched before the report is finished");
        let aside = pending.commit().unwrap().unwrap();
        let ending = if number == 1 { String::new() } else { format!("-{number}") };
        assert_eq!(aside, weeks.path().join(format!("{NAME}.damaged{ending}")));
        assert_eq!(fs::read(&aside).unwrap(), damage);
        let next = weeks.run();
        assert_eq!((next.remark.as_deref(), runs_in(&next, weeks.id(file))), (None, Some(2)));
    }
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    let aside = weeks.pending().commit().unwrap().unwrap();
    assert!(aside.is_dir() && path.is_file());
}

/// Writes a file with this version of the schema and these columns.
pub(super) fn written(version: &str, columns: &[&str]) -> Vec<u8> {
    let fields: Vec<Field> = columns.iter().map(|name| Field::new(*name, ColumnType::Text)).collect();
    let mut writer = ParquetWriter::new(std::io::Cursor::new(Vec::new()), &fields).unwrap();
    writer.row(&vec![Value::text("x"); columns.len()]).unwrap();
    let metadata = [("schema_version", version.to_owned()), ("program_version", "9.1.0".to_owned())];
    writer.finish(metadata).unwrap().0.into_inner()
}

#[test]
fn a_file_of_a_newer_version_is_refused_and_not_overwritten() {
    let weeks = WeeklyRuns::new();
    let path = weeks.path().join(NAME);
    for newer in [written("2", &["site"]), written("1", &["site", "a_new_column"])] {
        fs::write(&path, &newer).unwrap();
        let error = AuditHistory::open(weeks.path(), Duration::ZERO).unwrap_err();
        assert!(matches!(error, AuditHistoryError::Newer { .. }), "{error}");
        let failure = Failure::from(error);
        assert_eq!(failure.what, "this run is not counted in the audit history");
        assert!(failure.why.unwrap().ends_with("was written by version 9.1.0 of this program"));
        assert_eq!(fs::read(&path).unwrap(), newer);
    }
    // its columns have other types
    fs::write(&path, written("1", &["site", "account", "unreferenced_since"])).unwrap();
    assert!(weeks.again().facts().remark.unwrap().contains("is damaged"));
}

#[test]
fn two_runs_are_counted_one_after_the_other() {
    let mut weeks = WeeklyRuns::new();
    let file = weeks.unreferenced()[0];
    weeks.run();
    let pending = weeks.pending();
    let error = AuditHistory::open(weeks.path(), Duration::ZERO).unwrap_err();
    let AuditHistoryError::Locked { holder } = &error else { panic!("{error}") };
    assert!(holder.contains(&format!("process {}", std::process::id())), "{holder}");
    pending.commit().unwrap();
    assert_eq!(weeks.stored(file), Some((2, 1)));
}

#[test]
fn a_file_that_cannot_be_written_keeps_the_old_one() {
    let mut weeks = WeeklyRuns::new();
    let file = weeks.unreferenced()[0];
    weeks.run();
    // left by a killed run
    let partial = weeks.path().join(".audit_history.parquet.partial");
    fs::write(&partial, "cut off").unwrap();
    weeks.run();
    assert!(!partial.exists());
    assert_eq!(weeks.stored(file), Some((2, 1)));
    fs::create_dir(&partial).unwrap();
    let error = weeks.pending().commit().unwrap_err();
    assert_eq!(Failure::from(error).status, ExitStatus::Storage);
    assert_eq!(weeks.stored(file), Some((2, 2)));
}

#[cfg(unix)]
#[test]
fn its_files_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let mut weeks = WeeklyRuns::new();
    weeks.run();
    let entries: Vec<_> = fs::read_dir(weeks.path()).unwrap().map(Result::unwrap).collect();
    assert_eq!(entries.len(), 3, "{entries:?}");
    for entry in entries {
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{entry:?}");
    }
}
