//! Derived files are rewritten whenever they differ from what they should be, and never overwrite someone's edits.

use std::fs;
use std::path::PathBuf;

use tempfile::TempDir;

use super::*;
use crate::history::tests::{copy, data, export, open, recorded, rows, snapshot, text};
use crate::history::{PAGE, Retention, WEEK};
use crate::spreadsheet::{ColumnType, Field, Value};

const KEEP: Retention = Retention { weeks: 2, archive: true, keep: None, joined: true };

fn three_weeks() -> (TempDir, PathBuf) {
    recorded(&["2026-W45", "2026-W46", "2026-W47"].map(|week| snapshot(week, 1, true)), KEEP)
}

const DERIVED: [&str; 6] = [
    "archived_snapshots/confluence_data_2026-W45.csv",
    "confluence_data_2026-W46.csv",
    "confluence_data_2026-W47.csv",
    "confluence_data_current.csv",
    "confluence_data_history.csv",
    "model/facts.csv",
];

#[test]
fn weeks_beyond_the_retention_are_archived_by_their_age() {
    let weeks = ["2026-W40", "2026-W45", "2026-W46", "2026-W47"];
    for (retention, archived) in [
        (Retention { weeks: 3, ..KEEP }, 1),
        (Retention { weeks: 0, ..KEEP }, 3),
        (Retention { weeks: 1, archive: false, ..KEEP }, 0),
        (Retention::default(), 0),
    ] {
        let (_root, folder) = recorded(&weeks.map(|week| snapshot(week, 1, true)), retention);
        for (number, week) in weeks.into_iter().enumerate() {
            let name = format!("confluence_data_{week}.csv");
            let is_archived = folder.join("archived_snapshots").join(&name).exists();
            assert_eq!((is_archived, folder.join(name).exists()), (number < archived, number >= archived), "{week}");
        }
    }
}

#[test]
fn every_removed_derived_file_is_written_again() {
    let (_root, folder) = three_weeks();
    let before = data(&folder);
    for name in DERIVED {
        fs::remove_file(folder.join(name)).unwrap();
        assert_eq!(export(&folder, KEEP).remarks, [] as [&str; 0], "{name}");
        assert_eq!(data(&folder), before, "{name}");
    }
    fs::remove_file(folder.join("history.json")).unwrap();
    assert_eq!(export(&folder, KEEP).remarks, [] as [&str; 0], "the files are as they would be written");
    assert_eq!(data(&folder), before);
}

#[test]
fn a_file_that_a_spreadsheet_saved_is_set_aside_once_and_written_again() {
    let (_root, folder) = three_weeks();
    let before = data(&folder);
    for name in DERIVED {
        // as a spreadsheet with a German locale saves it
        let saved = String::from_utf8(before[name].clone()).unwrap().replace(',', ";").replace('"', "");
        fs::write(folder.join(name), &saved).unwrap();
        let remarks = export(&folder, KEEP).remarks;
        assert_eq!(remarks.len(), 1, "{name}");
        assert!(
            remarks[0].starts_with(&format!("{name} was changed")) && remarks[0].contains(".edited"),
            "{remarks:?}"
        );
        assert_eq!(text(&folder, &format!("{name}.edited")), saved);
        assert_eq!(data(&folder)[name], before[name]);
        assert_eq!(export(&folder, KEEP).remarks, [] as [&str; 0], "the remark about {name} appears once");
    }
    // a second edit does not overwrite the first
    fs::write(folder.join(DERIVED[1]), "again").unwrap();
    export(&folder, KEEP);
    assert_eq!(text(&folder, &format!("{}.edited-2", DERIVED[1])), "again");
}

#[test]
fn a_run_continues_if_derived_files_were_edited() {
    let (_root, folder) = three_weeks();
    for name in DERIVED {
        fs::write(folder.join(name), "x").unwrap();
    }
    snapshot("2026-W48", 2, true).record(&mut open(&folder).unwrap(), KEEP).unwrap();
    assert_eq!(text(&folder, "confluence_data_history.csv").lines().count(), 9);
    assert_eq!(rows(&open(&folder).unwrap()).len(), 8);
}

#[test]
fn a_file_of_all_weeks_gets_new_weeks_and_keeps_the_others() {
    let (_root, folder) = three_weeks();
    let before = text(&folder, "confluence_data_history.csv");
    snapshot("2026-W48", 2, true).record(&mut open(&folder).unwrap(), KEEP).unwrap();
    let after = text(&folder, "confluence_data_history.csv");
    let (header, rows) = before.split_once("\r\n").unwrap();
    let new = after.split_inclusive("\r\n").skip(1).take(2).collect::<String>();
    assert!(new.matches("2026-W48").count() >= 2, "{new}");
    assert_eq!(after, format!("{header}\r\n{new}{rows}"), "the newest week comes first");
    // a week in the middle is measured again
    snapshot("2026-W46", 3, true).record(&mut open(&folder).unwrap(), KEEP).unwrap();
    let (_other, fresh) = copy(&folder);
    fs::remove_file(fresh.join("confluence_data_history.csv")).unwrap();
    export(&fresh, KEEP);
    assert_eq!(text(&folder, "confluence_data_history.csv"), text(&fresh, "confluence_data_history.csv"));
}

#[test]
fn a_file_of_all_weeks_in_another_order_is_rewritten() {
    let (_root, folder) = three_weeks();
    let (name, list) = ("confluence_data_history.csv", "history.json");
    let newest_first = text(&folder, name);
    let weeks: Vec<String> =
        newest_first.lines().skip(1).map(|line| line.split(',').rev().nth(2).unwrap().to_owned()).collect();
    assert!(weeks.is_sorted_by(|one, other| one >= other) && weeks[0] != weeks[5], "{weeks:?}");
    // as earlier versions wrote it: the oldest week first, and a checksum for every part
    let lines: Vec<&str> = newest_first.split_inclusive("\r\n").collect();
    let oldest_first = [&lines[..1], &lines[5..7], &lines[3..5], &lines[1..3]].concat().concat();
    let mut manifest: serde_json::Value = serde_json::from_str(&text(&folder, list)).unwrap();
    let listed = &mut manifest["exports"][name];
    let keys: Vec<String> =
        listed["sections"].as_array().unwrap().iter().map(|part| part["key"].as_str().unwrap().to_owned()).collect();
    let mut end = 0;
    let parts = [0, 3, 2, 1].iter().zip([lines[0].len(), 0, 0, 0]).map(|(at, header)| {
        end += if header > 0 { header } else { lines[*at * 2 - 1].len() + lines[*at * 2].len() };
        serde_json::json!({"key": keys[*at], "bytes": end, "sha256": crate::support::checksum::sha256(&oldest_first[..end])})
    });
    listed["sections"] = parts.collect();
    listed["sha256"] = crate::support::checksum::sha256(&oldest_first).into();
    fs::write(folder.join(name), oldest_first).unwrap();
    fs::write(folder.join(list), manifest.to_string()).unwrap();
    assert_eq!(export(&folder, KEEP).remarks, [] as [&str; 0]);
    assert_eq!(text(&folder, name), newest_first);
}

#[test]
fn an_edit_in_the_middle_of_a_file_of_all_weeks_is_not_copied() {
    let (_root, folder) = three_weeks();
    let name = "confluence_data_history.csv";
    let before = text(&folder, name);
    let edited = before.replace("2026-W46", "2026-W99");
    assert_eq!(edited.len(), before.len());
    fs::write(folder.join(name), &edited).unwrap();
    assert_eq!(export(&folder, KEEP).remarks.len(), 1);
    assert_eq!(text(&folder, name), before);
}

#[test]
fn the_file_of_all_weeks_can_be_turned_off() {
    let (_root, folder) = three_weeks();
    export(&folder, Retention { joined: false, ..KEEP });
    assert!(!folder.join("confluence_data_history.csv").exists());
    export(&folder, KEEP);
    assert!(folder.join("confluence_data_history.csv").exists());
}

#[test]
fn a_file_with_the_same_name_that_this_program_did_not_write_is_set_aside() {
    let (_root, folder) = recorded(&[snapshot("2026-W45", 1, true)], KEEP);
    fs::create_dir_all(folder.join("archived_snapshots")).unwrap();
    fs::write(folder.join("archived_snapshots/confluence_data_2026-W45.csv"), "somebody else's").unwrap();
    snapshot("2026-W47", 2, true).record(&mut open(&folder).unwrap(), KEEP).unwrap();
    assert_eq!(text(&folder, "archived_snapshots/confluence_data_2026-W45.csv.edited"), "somebody else's");
    assert!(text(&folder, "archived_snapshots/confluence_data_2026-W45.csv").contains("2026-W45"));
    assert!(!folder.join("confluence_data_2026-W45.csv").exists(), "it was moved to the archive");
}

#[test]
fn a_parquet_file_copies_the_columns_of_all_weeks() {
    let (_root, folder) = three_weeks();
    let fields = [
        Field::new(WEEK, ColumnType::Text),
        Field::new(PAGE, ColumnType::Text),
        Field::new("word_count", ColumnType::Integer),
    ];
    let history = open(&folder).unwrap();
    let mut exporter = Exporter::new(&history).unwrap();
    exporter.copy_columns("model/facts.parquet", &fields).unwrap();
    exporter.finish().unwrap();
    let table = crate::spreadsheet::ParquetTable::open(&folder.join("model/facts.parquet")).unwrap();
    let mut found = Vec::new();
    table
        .for_each_row::<std::io::Error>(&fields, |cells| {
            found.push(cells.iter().map(Value::plain).collect::<Vec<_>>().join(" "));
            Ok(())
        })
        .unwrap();
    assert_eq!(found.len(), 6);
    assert_eq!((found[0].as_str(), found[5].as_str()), ("2026-W47 3 1", "2026-W45 20 1"), "the newest week first");
}

#[test]
fn a_table_written_row_by_row_is_in_both_files() {
    let (_root, folder) = three_weeks();
    let fields = [Field::new(PAGE, ColumnType::Text), Field::new("word_count", ColumnType::Integer)];
    let rows = [[Value::text("a, \"b\""), Value::Integer(3)], [Value::text("=1"), Value::Empty]];
    let history = open(&folder).unwrap();
    let mut exporter = Exporter::new(&history).unwrap();
    let mut table = exporter.begin_table("model/bridge", &fields).unwrap();
    for row in &rows {
        table.row(row).unwrap();
    }
    exporter.end_table(table).unwrap();
    assert!(exporter.finish().unwrap().failed.is_none());
    assert_eq!(text(&folder, "model/bridge.csv"), "\u{FEFF}page_id,word_count\r\n\"a, \"\"b\"\"\",3\r\n\"'=1\",\r\n");
    let table = crate::spreadsheet::ParquetTable::open(&folder.join("model/bridge.parquet")).unwrap();
    let mut found = Vec::new();
    table
        .for_each_row::<std::io::Error>(&fields, |cells| {
            found.push(cells.to_vec());
            Ok(())
        })
        .unwrap();
    assert_eq!(found, rows);
}

#[cfg(unix)]
#[test]
fn a_folder_in_place_of_a_derived_file_is_set_aside_and_the_rest_is_written() {
    let (_root, folder) = three_weeks();
    // a file cannot be renamed over a folder that is not empty
    fs::remove_file(folder.join("confluence_data_2026-W46.csv")).unwrap();
    fs::create_dir(folder.join("confluence_data_2026-W46.csv")).unwrap();
    fs::create_dir(folder.join("confluence_data_2026-W46.csv").join("x")).unwrap();
    fs::remove_file(folder.join("model/facts.csv")).unwrap();
    assert_eq!(export(&folder, KEEP).remarks.len(), 1, "the folder is set aside like an edited file");
    assert!(folder.join("model/facts.csv").is_file() && folder.join("confluence_data_2026-W46.csv").is_file());
}

#[test]
fn a_file_that_is_too_long_for_excel_is_reported() {
    assert_eq!(exporter::too_long(1_048_575), None);
    let remark = exporter::too_long(1_048_576).unwrap();
    assert!(remark.contains("1048576 rows") && remark.contains("history_csv = no"), "{remark}");
}
