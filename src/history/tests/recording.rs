//! What `record` keeps, replaces and archives.

use super::*;

const KEEP: Retention = Retention { weeks: 12, archive: true };

#[test]
fn a_week_is_in_its_own_file_in_the_current_one_and_in_the_joined_one() {
    let (_root, folder) =
        recorded(&[snapshot("2026-W46", "a", true), snapshot("2026-W47", "b", false)], Retention::default());
    let header = "\u{FEFF}page_title,snapshot_week,page_id,snapshot_status,words\r\n";
    let old = "\"Page 3, \"\"2026-W46\"\" by a\",\"2026-W46\",\"3\",\"complete\",4\r\n\
               \"Page 20, \"\"2026-W46\"\" by a\",\"2026-W46\",\"20\",\"complete\",7\r\n";
    let new = "\"Page 3, \"\"2026-W47\"\" by b\",\"2026-W47\",\"3\",\"incomplete\",4\r\n\
               \"Page 20, \"\"2026-W47\"\" by b\",\"2026-W47\",\"20\",\"incomplete\",7\r\n";
    assert_eq!(text(&folder, "confluence_data_2026-W46.csv"), format!("{header}{old}"));
    assert_eq!(text(&folder, "confluence_data_2026-W47.csv"), format!("{header}{new}"));
    assert_eq!(text(&folder, "confluence_data_current.csv"), format!("{header}{new}"));
    assert_eq!(text(&folder, "confluence_data_history.csv"), format!("{header}{old}{new}"));
    let history = open(&folder).unwrap();
    let table = history.read(week("2026-W46")).unwrap().unwrap();
    assert_eq!(table.rows[1], ["Page 20, \"2026-W46\" by a", "2026-W46", "20", "complete", "7"]);
    assert_eq!(history.read(week("2026-W45")).unwrap(), None);
    let known = history.week(week("2026-W47")).unwrap();
    assert_eq!((known.status, known.revision, known.run_id.as_str()), (Status::Incomplete, 1, "b"));
    assert_eq!(history.current(), Some(&Week { file: history.current().unwrap().file.clone(), ..known.clone() }));
}

#[test]
fn f_83_a_week_taken_again_is_a_new_revision_and_the_older_one_is_kept() {
    let (_root, folder) = recorded(&[snapshot("2026-W47", "a", false)], KEEP);
    let first = text(&folder, "confluence_data_2026-W47.csv");
    let mut history = open(&folder).unwrap();
    let again = history.record(&snapshot("2026-W47", "b", true), KEEP).unwrap();
    assert_eq!((again.kept, again.revision, again.warnings.as_slice()), (true, 2, &[][..]));
    let kept = again.replaced.unwrap();
    assert_eq!(kept, "archived_snapshots/confluence_data_2026-W47_r1.csv");
    assert_eq!(text(&folder, &kept), first);
    assert_eq!(rows(&history), ["2026-W47 3 4 complete b", "2026-W47 20 7 complete b"]);
    history.record(&snapshot("2026-W47", "c", true), KEEP).unwrap();
    drop(history);
    let known = open(&folder).unwrap().week(week("2026-W47")).unwrap().clone();
    let replaced: Vec<_> = known.replaced.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(
        replaced,
        ["archived_snapshots/confluence_data_2026-W47_r1.csv", "archived_snapshots/confluence_data_2026-W47_r2.csv"]
    );
}

#[test]
fn f_85_an_incomplete_run_never_replaces_a_complete_week() {
    let (_root, folder) = recorded(&[snapshot("2026-W47", "a", true)], KEEP);
    let week_file = text(&folder, "confluence_data_2026-W47.csv");
    let mut history = open(&folder).unwrap();
    let cut = history.record(&snapshot("2026-W47", "b", false), KEEP).unwrap();
    assert_eq!((cut.kept, cut.revision, cut.replaced, cut.status), (false, 1, None, Status::Incomplete));
    assert_eq!(text(&folder, "confluence_data_2026-W47.csv"), week_file);
    let current = text(&folder, "confluence_data_current.csv");
    assert!(current.contains("by b") && current.contains("\"incomplete\""), "the current file is always of the run");
    drop(history);
    let history = open(&folder).unwrap();
    assert_eq!((history.current().unwrap().revision, history.current().unwrap().status), (0, Status::Incomplete));
    assert_eq!(rows(&history), ["2026-W47 3 4 complete a", "2026-W47 20 7 complete a"]);
}

#[test]
fn f_85_incomplete_weeks_are_out_of_trends_and_never_archived() {
    let (_root, folder) = recorded(
        &[snapshot("2026-W01", "a", false), snapshot("2026-W02", "b", true), snapshot("2026-W47", "c", true)],
        KEEP,
    );
    let history = open(&folder).unwrap();
    let places: Vec<_> = history.weeks().iter().map(|week| (week.status.is_in_trends(), week.is_archived())).collect();
    assert_eq!(places, [(false, false), (true, true), (true, false)]);
    assert!(folder.join("confluence_data_2026-W01.csv").exists());
    assert!(!folder.join("confluence_data_2026-W02.csv").exists());
    assert_eq!(rows(&history).len(), 6, "all weeks stay in the history");
    assert_eq!(history.read(week("2026-W02")).unwrap().unwrap().rows.len(), 2);
}

#[test]
fn weeks_beyond_the_retention_are_archived_by_their_age() {
    let weeks = ["2026-W40", "2026-W45", "2026-W46", "2026-W47"];
    let all = weeks.map(|week| snapshot(week, "a", true));
    for (retention, archived) in [
        (Retention { weeks: 3, archive: true }, vec![true, false, false, false]),
        (Retention { weeks: 0, archive: true }, vec![true, true, true, false]),
        (Retention { weeks: 1, archive: false }, vec![false; 4]),
        (Retention::default(), vec![false; 4]),
    ] {
        let (_root, folder) = recorded(&all, retention);
        let found: Vec<_> = open(&folder).unwrap().weeks().iter().map(Week::is_archived).collect();
        assert_eq!(found, archived, "{retention:?}");
    }
}

#[test]
fn f_86_a_taken_name_in_the_archive_is_left_alone_and_a_finished_copy_is_used() {
    for same in [true, false] {
        let (_root, folder) = recorded(&[snapshot("2026-W01", "a", true)], KEEP);
        let content = text(&folder, "confluence_data_2026-W01.csv");
        let there = if same { content.clone() } else { "somebody else's".to_owned() };
        fs::create_dir(folder.join("archived_snapshots")).unwrap();
        fs::write(folder.join("archived_snapshots/confluence_data_2026-W01.csv"), &there).unwrap();
        let mut history = open(&folder).unwrap();
        let second = history.record(&snapshot("2026-W47", "b", true), KEEP).unwrap();
        assert_eq!(second.archived, [week("2026-W01")]);
        let path = history.week(week("2026-W01")).unwrap().file.path.clone();
        let suffix = if same { "" } else { "_2" };
        assert_eq!(path, format!("archived_snapshots/confluence_data_2026-W01{suffix}.csv"));
        assert_eq!(text(&folder, &path), content);
        assert_eq!(text(&folder, "archived_snapshots/confluence_data_2026-W01.csv"), there);
        drop(history);
        assert_eq!(rows(&open(&folder).unwrap()).len(), 4);
    }
}

#[test]
fn columns_are_appended_and_older_weeks_still_load() {
    let (_root, folder) = recorded(&[snapshot("2026-W46", "a", true)], KEEP);
    let mut wider = snapshot("2026-W47", "b", true);
    wider.columns = Columns::new([WEEK, "state", PAGE, "page_title"]).unwrap();
    wider.rows = vec![vec![Value::text("2026-W47"), Value::text("=Draft"), Value::text("3"), Value::text("T")]];
    open(&folder).unwrap().record(&wider, KEEP).unwrap();
    let expected = "\u{FEFF}page_title,snapshot_week,page_id,snapshot_status,words,state\r\n\
        \"Page 3, \"\"2026-W46\"\" by a\",\"2026-W46\",\"3\",\"complete\",4,\r\n\
        \"Page 20, \"\"2026-W46\"\" by a\",\"2026-W46\",\"20\",\"complete\",7,\r\n\
        \"T\",\"2026-W47\",\"3\",\"complete\",,\"'=Draft\"\r\n";
    assert_eq!(text(&folder, "confluence_data_history.csv"), expected);
    // a program that does not know the new column yet
    let mut history = open(&folder).unwrap();
    history.record(&snapshot("2026-W48", "c", true), KEEP).unwrap();
    let table = history.read(week("2026-W46")).unwrap().unwrap();
    assert_eq!(table.header, history.columns());
    assert!(table.rows.iter().all(|row| row.len() == 6 && row[5].is_empty()));
    let mut states = Vec::new();
    history.for_each_row(|_, row| states.push(row.cell("state").to_owned())).unwrap();
    assert_eq!(states, ["", "", "=Draft", "", ""]);
}

#[test]
fn f_84_a_week_before_the_newest_one_is_kept_with_a_warning() {
    let (_root, folder) = recorded(&[snapshot("2027-W01", "a", true)], KEEP);
    let mut history = open(&folder).unwrap();
    let earlier = history.record(&snapshot("2026-W53", "b", true), KEEP).unwrap();
    assert!(earlier.warnings[0].contains("2027-W01 already"), "{:?}", earlier.warnings);
    assert_eq!(history.newest(), Some(week("2027-W01")));
    let order: Vec<_> = rows(&history).iter().map(|row| row[..8].to_owned()).collect();
    assert_eq!(order, ["2026-W53", "2026-W53", "2027-W01", "2027-W01"]);
}

#[test]
fn f_87_a_newer_schema_is_refused_and_nothing_is_touched() {
    let (_root, folder) = recorded(&[snapshot("2026-W47", "a", true)], KEEP);
    let newer = text(&folder, "history.json").replace("\"schema_version\": 1", "\"schema_version\": 2");
    fs::write(folder.join("history.json"), newer.replace(env!("CARGO_PKG_VERSION"), "9.8.7")).unwrap();
    let before = files(&folder);
    let error = open(&folder).unwrap_err();
    assert!(matches!(error, HistoryError::Newer { found: 2, known: 1, .. }), "{error}");
    assert!(error.to_string().contains("written by version 9.8.7"), "{error}");
    assert_eq!(files(&folder), before);
}

#[test]
fn f_82_a_second_run_in_the_same_process_is_refused_too() {
    let (_root, folder) = recorded(&[snapshot("2026-W47", "a", true)], KEEP);
    let held = open(&folder).unwrap();
    let error = open(&folder).unwrap_err();
    let HistoryError::Locked { holder } = &error else { panic!("{error}") };
    assert!(holder.starts_with(&format!("process {} since", std::process::id())), "{holder}");
    drop(held);
    open(&folder).unwrap();
}

#[test]
fn rows_that_make_no_table_are_refused_before_anything_is_written() {
    let (_root, folder) = recorded(&[snapshot("2026-W46", "a", true)], KEEP);
    let before = files(&folder);
    let mut history = open(&folder).unwrap();
    let mut twice = snapshot("2026-W47", "b", true);
    twice.rows.push(twice.rows[0].clone());
    assert!(matches!(history.record(&twice, KEEP), Err(HistoryError::Row { row: 3, .. })));
    assert_eq!(files(&folder), before);
}

#[cfg(unix)]
#[test]
fn s_13_files_and_folders_are_for_the_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let (_root, folder) = recorded(&[snapshot("2026-W01", "a", true), snapshot("2026-W47", "a", true)], KEEP);
    let mode = |path: PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(folder.clone()), 0o700);
    assert_eq!(mode(folder.join("archived_snapshots")), 0o700);
    for name in files(&folder).keys() {
        assert_eq!(mode(folder.join(name)), 0o600, "{name}");
    }
}

#[test]
fn a_history_is_of_one_site() {
    let (_root, folder) = recorded(&[snapshot("2026-W46", "a", true)], KEEP);
    let mut history = open(&folder).unwrap();
    let other = Snapshot { site: "https://new.example/wiki".into(), ..snapshot("2026-W47", "b", true) };
    let refused = history.record(&other, KEEP).unwrap_err();
    assert!(
        matches!(&refused, HistoryError::OtherSite { known, .. } if known == "https://acme.example/wiki"),
        "{refused}"
    );
    assert_eq!(rows(&history).len(), 2, "nothing was recorded");
    // a site that was renamed goes on under its new address
    history.check_site("https://new.example/wiki", &["https://acme.example/wiki".to_owned()]).unwrap();
    history.record(&other, KEEP).unwrap();
    drop(history);
    assert_eq!(open(&folder).unwrap().site(), Some("https://new.example/wiki"));
}

#[test]
fn f_39_another_account_than_that_of_the_last_snapshot_is_told_apart() {
    let (_root, folder) = recorded(&[snapshot("2026-W46", "a", true)], KEEP);
    let mut history = open(&folder).unwrap();
    assert!(history.check_account("557058:ada").is_ok());
    let refused = history.check_account("557058:grace").unwrap_err();
    assert!(matches!(&refused, HistoryError::OtherAccount { known, .. } if known == "557058:ada"), "{refused}");
    // accepted by whoever records: from then on it is the account of the history
    let other = Snapshot { account: "557058:grace".into(), ..snapshot("2026-W47", "b", true) };
    history.record(&other, KEEP).unwrap();
    assert!(history.check_account("557058:grace").is_ok());
    assert!(history.check_account("557058:ada").is_err());
}
