//! Damaged weeks are refused by name and restored from their CSV files, if those are intact (F-81).

use super::*;

const KEEP: Retention = Retention { weeks: 1, archive: true, keep: None, joined: true };

fn two_weeks() -> (TempDir, PathBuf) {
    recorded(&[snapshot("2026-W46", 1, true), snapshot("2026-W47", 2, false)], KEEP)
}

fn file(of: &str) -> String {
    format!("history/snapshot_week={of}/pages.parquet")
}

/// Checks that the history cannot be opened, that nothing is changed, and that `verify` reports the same. Returns the
/// findings.
fn refused(folder: &Path, what: &str) -> Vec<DamageReport> {
    let before = files(folder);
    let found = match open(folder) {
        Ok(_) => panic!("{what}: opened as if intact"),
        Err(error) => findings(error),
    };
    assert_eq!(files(folder), before, "{what}: a file was changed");
    assert_eq!(verify(folder, columns(), OPEN).unwrap().findings, found, "{what}: `verify` reports something else");
    found
}

fn repaired(folder: &Path) -> RepairOutcome {
    repair(folder, columns(), OPEN).unwrap()
}

#[test]
fn a_changed_or_truncated_week_is_refused_and_restored_byte_by_byte_f_80() {
    let (_root, folder) = two_weeks();
    for of in ["2026-W46", "2026-W47"] {
        let name = file(of);
        let intact = fs::read(folder.join(&name)).unwrap();
        let mut flipped = intact.clone();
        flipped[intact.len() / 2] ^= 1;
        for damage in [&flipped[..], &intact[..intact.len() - 1], &intact[..10], b"", b"not a table"] {
            fs::write(folder.join(&name), damage).unwrap();
            let found = refused(&folder, &name);
            assert_eq!((found.len(), found[0].file.as_str()), (1, name.as_str()));
            let repaired = repaired(&folder);
            let repair = &repaired.repairs[0];
            assert!(repaired.is_complete() && repaired.repairs.len() == 1, "{repair:?}");
            assert!(repair.restored_from.as_ref().unwrap().ends_with(&format!("confluence_data_{of}.csv")));
            assert_eq!(
                fs::read(folder.join(repair.set_aside.as_ref().unwrap())).unwrap(),
                damage,
                "the damaged file is kept"
            );
            assert_eq!(fs::read(folder.join(&name)).unwrap(), intact);
        }
    }
    assert_eq!(rows(&open(&folder).unwrap()).len(), 4);
}

#[test]
fn partial_files_of_a_killed_run_are_removed_by_the_next_run_or_repair() {
    let (_root, folder) = two_weeks();
    let before = files(&folder);
    let plant = || {
        for name in [".pages.parquet.partial", ".history.json.partial", ".damaged.partial"] {
            fs::write(folder.join(name), "cut").unwrap();
        }
        fs::create_dir_all(folder.join(".exports")).unwrap();
        fs::write(folder.join(".exports/model_dim_page.csv"), "cut").unwrap();
        fs::create_dir_all(folder.join("history/snapshot_week=2026-W48")).unwrap();
    };
    plant();
    drop(open(&folder).unwrap());
    assert_eq!(files(&folder), before);
    plant();
    assert!(repaired(&folder).repairs.is_empty());
    assert_eq!(files(&folder), before);
    assert!(!folder.join(".exports").exists() && !folder.join("history/snapshot_week=2026-W48").exists());
}

#[test]
fn a_damaged_week_whose_csv_file_was_changed_too_is_lost_f_81() {
    let (_root, folder) = two_weeks();
    fs::write(folder.join(file("2026-W46")), "x").unwrap();
    let csv = folder.join("archived_snapshots/confluence_data_2026-W46.csv");
    fs::write(&csv, fs::read_to_string(&csv).unwrap().replace("Page 3", "Page X")).unwrap();
    let repaired = repaired(&folder);
    assert_eq!((repaired.is_complete(), repaired.repairs[0].lost), (false, Some(week("2026-W46"))));
    assert_eq!(repaired.weeks.iter().map(|week| week.week).collect::<Vec<_>>(), [week("2026-W47")]);
    assert_eq!(rows(&open(&folder).unwrap()).len(), 2);
    // its CSV file is no longer written, but the edited file is kept
    export(&folder, KEEP);
    assert!(fs::read_to_string(csv.with_extension("csv.edited")).unwrap().contains("Page X"));
}

#[test]
fn without_history_json_no_week_is_restored_from_a_csv_file() {
    let (_root, folder) = two_weeks();
    fs::write(folder.join(file("2026-W46")), "x").unwrap();
    fs::remove_file(folder.join("history.json")).unwrap();
    assert_eq!(repaired(&folder).repairs[0].lost, Some(week("2026-W46")));
    assert!(!folder.join("history.json").exists(), "there was none to remove the week from");
    // a folder in place of a week
    fs::remove_file(folder.join(file("2026-W47"))).unwrap();
    fs::create_dir(folder.join(file("2026-W47"))).unwrap();
    assert_eq!(repaired(&folder).repairs[0].lost, Some(week("2026-W47")));
    assert!(open(&folder).is_err(), "CSV files without history.json are taken for those of the legacy script");
}

#[test]
fn after_an_older_file_of_a_week_was_put_back_its_exports_are_rewritten() {
    let (_root, folder) = recorded(&[snapshot("2026-W47", 1, true)], KEEP);
    let older = fs::read(folder.join(file("2026-W47"))).unwrap();
    snapshot("2026-W47", 2, true).record(&mut open(&folder).unwrap(), KEEP).unwrap();
    fs::write(folder.join(file("2026-W47")), &older).unwrap();
    // an older file of the week is intact in itself: its exports are written again
    export(&folder, KEEP);
    assert!(text(&folder, "confluence_data_2026-W47.csv").contains(",1,"));
}

#[test]
fn parquet_files_that_are_not_of_a_week_are_reported_and_set_aside() {
    let (_root, folder) = two_weeks();
    let stranger = "history/snapshot_week=2026-W47/part-0.parquet";
    fs::write(folder.join(stranger), "x").unwrap();
    fs::copy(folder.join(file("2026-W47")), folder.join("history/pages.parquet")).unwrap();
    fs::write(folder.join("history/.DS_Store"), "x").unwrap();
    let found: Vec<_> = refused(&folder, "strangers").into_iter().map(|finding| finding.file).collect();
    assert_eq!(found, ["history/pages.parquet", stranger]);
    assert!(repaired(&folder).is_complete());
    assert!(open(&folder).is_ok() && !folder.join(stranger).exists());
}

#[test]
fn files_of_another_week_or_site_are_reported_and_set_aside() {
    let (_root, folder) = two_weeks();
    fs::create_dir(folder.join("history/snapshot_week=2026-W40")).unwrap();
    fs::copy(folder.join(file("2026-W47")), folder.join(file("2026-W40"))).unwrap();
    let found = refused(&folder, "another week");
    assert_eq!(found[0].problem, "it is the file of week 2026-W47");
    assert_eq!(repaired(&folder).repairs[0].lost, Some(week("2026-W40")));
    let elsewhere = TestSnapshot { site: "https://other.example/wiki", ..snapshot("2026-W44", 0, true) };
    let (_other, other) = recorded(&[elsewhere], KEEP);
    fs::create_dir_all(folder.join("history/snapshot_week=2026-W44")).unwrap();
    fs::copy(other.join(file("2026-W44")), folder.join(file("2026-W44"))).unwrap();
    let found = refused(&folder, "another site");
    assert!(found.len() == 1 && found[0].problem.contains("other.example"), "{found:?}");
    let repaired = repaired(&folder);
    assert!(repaired.is_complete() && repaired.weeks.len() == 2, "{repaired:?}");
}

#[test]
fn a_missing_week_is_reported_and_restored_from_its_csv_file() {
    let (_root, folder) = two_weeks();
    let intact = fs::read(folder.join(file("2026-W46"))).unwrap();
    fs::remove_dir_all(folder.join("history/snapshot_week=2026-W46")).unwrap();
    let found = refused(&folder, "a missing week");
    assert_eq!((found[0].file.as_str(), found[0].problem.as_str()), (file("2026-W46").as_str(), "it is missing"));
    assert!(repaired(&folder).is_complete());
    assert_eq!(fs::read(folder.join(file("2026-W46"))).unwrap(), intact);
    // all weeks, as after someone has cleared the folder
    fs::remove_dir_all(folder.join("history")).unwrap();
    assert_eq!(refused(&folder, "no week").len(), 2);
    assert!(repaired(&folder).is_complete() && open(&folder).unwrap().weeks().count() == 2);
    // without its file and its CSV file the week is lost, which is reported once
    fs::remove_dir_all(folder.join("history/snapshot_week=2026-W46")).unwrap();
    fs::remove_file(folder.join("archived_snapshots/confluence_data_2026-W46.csv")).unwrap();
    assert_eq!(repaired(&folder).repairs[0].lost, Some(week("2026-W46")));
    assert!(repaired(&folder).repairs.is_empty() && open(&folder).is_ok());
}

#[test]
fn a_newest_week_of_another_site_is_set_aside_and_not_the_others() {
    let (_root, folder) = two_weeks();
    let elsewhere = TestSnapshot { site: "https://staging.example/wiki", ..snapshot("2026-W49", 9, true) };
    let (_other, other) = recorded(&[elsewhere], KEEP);
    fs::create_dir_all(folder.join("history/snapshot_week=2026-W49")).unwrap();
    fs::copy(other.join(file("2026-W49")), folder.join(file("2026-W49"))).unwrap();
    assert!(!refused(&folder, "another site").is_empty());
    let repaired = repaired(&folder);
    let moved: Vec<_> = repaired.repairs.iter().map(|repair| repair.file.clone()).collect();
    assert_eq!((moved, repaired.weeks.len()), (vec![file("2026-W49")], 2));
}

#[cfg(unix)]
#[test]
fn symbolic_links_are_not_followed() {
    let (root, folder) = two_weeks();
    let elsewhere = root.path().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    for name in ["notes.txt", "lake.parquet"] {
        fs::write(elsewhere.join(name), "mine").unwrap();
    }
    std::os::unix::fs::symlink(&elsewhere, folder.join(".exports")).unwrap();
    std::os::unix::fs::symlink(&elsewhere, folder.join("history/linked")).unwrap();
    assert!(repaired(&folder).is_complete());
    open(&folder).unwrap();
    assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 2);
}

#[test]
fn verify_finds_a_page_that_occurs_twice() {
    let (_root, folder) = two_weeks();
    let history = open(&folder).unwrap();
    let mut known = history.week(week("2026-W47")).unwrap().clone();
    let week_files = &history.week_files;
    let cells: Vec<Value> = snapshot("2026-W47", 2, true)
        .cells(0)
        .into_iter()
        .enumerate()
        .filter(|(at, _)| *at != 5)
        .map(|(_, cell)| cell)
        .collect();
    week_files.commit(&mut known, |sink| (0..2).try_for_each(|_| sink.add(&cells))).unwrap();
    drop(history);
    let found = verify(&folder, columns(), OPEN).unwrap().findings;
    assert_eq!((found.len(), found[0].problem.as_str()), (1, "page 20 occurs twice"));
    assert!(repaired(&folder).repairs[0].restored_from.is_some());
    assert_eq!(rows(&open(&folder).unwrap()).len(), 4);
}

#[test]
fn files_of_a_newer_version_are_refused_and_not_touched_f_87() {
    let (_root, folder) = recorded(&[snapshot("2026-W47", 1, true)], KEEP);
    let newer = text(&folder, "history.json").replace("\"schema_version\": 2", "\"schema_version\": 3");
    let before = text(&folder, "history.json");
    fs::write(folder.join("history.json"), newer.replace(env!("CARGO_PKG_VERSION"), "9.8.7")).unwrap();
    let error = open(&folder).unwrap_err();
    assert!(error.to_string().contains("written by version 9.8.7"), "{error}");
    fs::write(folder.join("history.json"), before).unwrap();
    // a column that only a newer version knows
    let mut fewer = columns();
    fewer.remove(3);
    let files_before = files(&folder);
    for result in [
        History::open(&folder, fewer.clone(), OPEN).map(drop),
        verify(&folder, fewer.clone(), OPEN).map(drop),
        repair(&folder, fewer, OPEN).map(drop),
    ] {
        assert!(matches!(result, Err(HistoryError::Newer { .. })), "{result:?}");
    }
    assert_eq!(files(&folder), files_before);
}

#[test]
fn columns_of_a_newer_version_are_empty_in_older_weeks() {
    let (_root, folder) = recorded(&[snapshot("2026-W46", 1, true)], KEEP);
    let mut more = columns();
    more.push(Field::new("views", ColumnType::Integer));
    let history = History::open(&folder, more.clone(), OPEN).unwrap();
    history
        .read::<HistoryError>(week("2026-W46"), &more, |cells| {
            assert_eq!(cells[8], Value::Empty);
            Ok(())
        })
        .unwrap();
    let mut exporter = Exporter::new(&history).unwrap();
    exporter.weeks(KEEP, FACTS, || ()).unwrap();
    exporter.finish().unwrap();
    assert!(text(&folder, "confluence_data_2026-W46.csv").contains(",snapshot_status\r\n"), "the file is unchanged");
    assert!(text(&folder, "confluence_data_history.csv").contains(",snapshot_status,views\r\n"));
    drop(history);
    // the week is restored from its older CSV file, which has fewer columns
    fs::write(folder.join(file("2026-W46")), "x").unwrap();
    assert!(repair(&folder, more.clone(), OPEN).unwrap().is_complete());
    assert_eq!(History::open(&folder, more, OPEN).unwrap().weeks().next().unwrap().row_count, 2);
}

#[test]
fn a_column_of_another_type_is_damage() {
    let (_root, folder) = recorded(&[snapshot("2026-W46", 1, true)], KEEP);
    let mut other = columns();
    other[3].holds = ColumnType::Text;
    let error = History::open(&folder, other, OPEN).and_then(|history| {
        let fields = history.week_files.fields().to_vec();
        history.read(week("2026-W46"), &fields, |_| Ok::<_, HistoryError>(()))
    });
    let found = findings(error.unwrap_err());
    assert_eq!(found[0].problem, "the column word_count is not of the type text");
}

#[test]
fn folders_of_the_legacy_script_or_an_unreleased_version_are_refused() {
    let root = TempDir::new().unwrap();
    let folder = root.path().join(FOLDER);
    fs::create_dir(&folder).unwrap();
    assert!(matches!(verify(&folder, columns(), OPEN), Err(HistoryError::Absent { .. })));
    fs::write(folder.join("confluence_data_2026_W40.csv"), "space_key\n").unwrap();
    for result in [open(&folder).map(drop), verify(&folder, columns(), OPEN).map(drop)] {
        assert!(matches!(&result, Err(HistoryError::LegacyScript { file, .. }) if file.contains("W40")), "{result:?}");
    }
    let unreleased = r#"{"format": "confluence-storage-analyzer history", "schema_version": 1, "history": {}}"#;
    fs::write(folder.join("history.json"), unreleased).unwrap();
    let error = open(&folder).unwrap_err();
    assert!(matches!(error, HistoryError::Unreleased { .. }), "{error}");
    assert_eq!(text(&folder, "confluence_data_2026_W40.csv"), "space_key\n");
}

#[test]
fn staged_files_of_a_killed_run_are_removed_by_the_next_one() {
    let (_root, folder) = two_weeks();
    let before = files(&folder);
    fs::create_dir_all(folder.join(".exports")).unwrap();
    fs::create_dir_all(folder.join("history/snapshot_week=2026-W50")).unwrap();
    for name in [".exports/confluence_data_current.csv", ".pages.parquet.partial"] {
        fs::write(folder.join(name), "half").unwrap();
    }
    open(&folder).unwrap();
    assert_eq!(files(&folder), before);
    assert!(!folder.join(".exports").exists() && !folder.join("history/snapshot_week=2026-W50").exists());
}
