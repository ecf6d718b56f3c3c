//! What `record` keeps and replaces.

use super::*;

const KEEP: Retention = Retention { weeks: 12, archive: true, keep: None, joined: true };

#[test]
fn a_week_is_one_file_and_everything_else_follows_from_it() {
    let (_root, folder) = recorded(&[taken("2026-W46", 1, true), taken("2026-W47", 2, false)], KEEP);
    let header =
        "\u{FEFF}space_key,page_title,page_created,word_count,labels,snapshot_week,page_id,snapshot_status\r\n";
    let row = |week: &str, page: u32, run: u32, labels: &str, status: &str| {
        format!("\"ENG\",\"'=Page {page}, \"\"{week}\"\"\",,{run},{labels},\"{week}\",\"{page}\",\"{status}\"\r\n")
    };
    let old = row("2026-W46", 3, 1, "", "complete") + &row("2026-W46", 20, 1, "\"\"", "complete");
    let new = row("2026-W47", 3, 2, "", "incomplete") + &row("2026-W47", 20, 2, "\"\"", "incomplete");
    assert_eq!(text(&folder, "confluence_data_2026-W46.csv"), format!("{header}{old}"));
    assert_eq!(text(&folder, "confluence_data_2026-W47.csv"), format!("{header}{new}"));
    assert_eq!(text(&folder, "confluence_data_current.csv"), format!("{header}{new}"));
    assert_eq!(text(&folder, "confluence_data_history.csv"), format!("{header}{old}{new}"));
    let names: Vec<_> = files(&folder).into_keys().collect();
    assert_eq!(
        names,
        [
            "confluence_data_2026-W46.csv",
            "confluence_data_2026-W47.csv",
            "confluence_data_current.csv",
            "confluence_data_history.csv",
            "history.json",
            "history/snapshot_week=2026-W46/pages.parquet",
            "history/snapshot_week=2026-W47/pages.parquet",
            "model/facts.csv"
        ]
    );
    let history = open(&folder).unwrap();
    let known = history.week(week("2026-W47")).unwrap();
    assert_eq!((known.status, known.run_id.as_str(), known.row_count), (Status::Incomplete, "run 2", 2));
    assert_eq!(known.runs["run 2"].facts, serde_json::json!({"run": 2}));
    assert_eq!(known.spaces["ENG"], SpaceOfWeek { status: Status::Incomplete, run: "run 2".into(), rows: 2 });
}

#[test]
fn f_83_a_space_measured_again_is_replaced_and_the_others_stay() {
    let all = taken_of("2026-W47", 1, true, &[("DOC", 10), ("ENG", 20), ("ENG", 3), ("OPS", 7)]);
    let (_root, folder) = recorded(&[all, taken_of("2026-W47", 2, true, &[("ENG", 3), ("ENG", 100)])], KEEP);
    let history = open(&folder).unwrap();
    let expected = ["ENG 3 2", "OPS 7 1", "DOC 10 1", "ENG 100 2"].map(|row| format!("2026-W47 {row} complete"));
    assert_eq!(rows(&history), expected);
    let known = history.week(week("2026-W47")).unwrap();
    let runs: Vec<_> = known.spaces.iter().map(|(key, space)| (key.as_str(), space.run.as_str(), space.rows)).collect();
    assert_eq!(runs, [("DOC", "run 1", 1), ("ENG", "run 2", 2), ("OPS", "run 1", 1)]);
    assert_eq!(known.runs.keys().collect::<Vec<_>>(), ["run 1", "run 2"]);
    // the current file is of the run, not of the week
    assert_eq!(text(&folder, "confluence_data_current.csv").lines().count(), 3);
}

#[test]
fn a_page_that_was_moved_stands_in_its_new_space_only() {
    let before = taken_of("2026-W47", 1, true, &[("DOC", 10), ("ENG", 20)]);
    let (_root, folder) = recorded(&[before, taken_of("2026-W47", 2, true, &[("ENG", 10), ("ENG", 20)])], KEEP);
    let history = open(&folder).unwrap();
    assert_eq!(rows(&history), ["2026-W47 ENG 10 2 complete", "2026-W47 ENG 20 2 complete"]);
    let spaces = &history.week(week("2026-W47")).unwrap().spaces;
    assert_eq!((spaces["DOC"].rows, spaces["ENG"].rows), (0, 2));
    drop(history);
    verify_is_silent(&folder);
}

fn verify_is_silent(folder: &Path) {
    assert_eq!(verify(folder, columns(), OPEN).unwrap().findings, []);
}

#[test]
fn f_85_an_incomplete_run_never_touches_a_complete_week() {
    let (_root, folder) = recorded(&[taken("2026-W47", 1, true)], KEEP);
    let before = fs::read(folder.join("history/snapshot_week=2026-W47/pages.parquet")).unwrap();
    let mut history = open(&folder).unwrap();
    // not even for a space that the week does not have
    let other = taken_of("2026-W47", 2, false, &[("ENG", 3), ("OPS", 9)]);
    let cut = other.record(&mut history, KEEP).unwrap();
    assert_eq!((cut.kept, cut.status), (false, Status::Incomplete));
    assert_eq!(fs::read(folder.join("history/snapshot_week=2026-W47/pages.parquet")).unwrap(), before);
    assert!(text(&folder, "confluence_data_current.csv").contains("\"OPS\""), "the current file is always of the run");
    drop(history);
    assert_eq!(rows(&open(&folder).unwrap()), ["2026-W47 ENG 3 1 complete", "2026-W47 ENG 20 1 complete"]);
}

#[test]
fn f_85_a_week_is_worth_as_much_as_its_least_space() {
    let half = taken_of("2026-W47", 1, false, &[("DOC", 10), ("ENG", 20)]);
    let (_root, folder) = recorded(&[half, taken_of("2026-W47", 2, true, &[("ENG", 20)])], KEEP);
    let worth = |folder: &Path| open(folder).unwrap().week(week("2026-W47")).unwrap().status;
    assert_eq!(worth(&folder), Status::Incomplete);
    taken_of("2026-W47", 3, true, &[("DOC", 10)]).record(&mut open(&folder).unwrap(), KEEP).unwrap();
    assert_eq!(worth(&folder), Status::Complete);
    assert!(!Status::Incomplete.is_in_trends() && Status::Imported.is_in_trends());
}

#[test]
fn f_85_an_incomplete_run_takes_nothing_complete_from_an_incomplete_week() {
    let half = taken_of("2026-W47", 1, false, &[("DOC", 10), ("ENG", 20)]);
    let (_root, folder) = recorded(&[half, taken_of("2026-W47", 2, true, &[("ENG", 20)])], KEEP);
    taken_of("2026-W47", 3, false, &[("DOC", 11), ("ENG", 21)]).record(&mut open(&folder).unwrap(), KEEP).unwrap();
    assert_eq!(rows(&open(&folder).unwrap()), ["2026-W47 DOC 11 3 incomplete", "2026-W47 ENG 20 2 complete"]);
    verify_is_silent(&folder);
}

#[test]
fn f_85_of_two_incomplete_runs_the_one_with_more_rows_stays() {
    let before = taken_of("2026-W47", 1, false, &[("DOC", 10), ("DOC", 11), ("ENG", 20)]);
    let (_root, folder) = recorded(&[before], KEEP);
    let mut history = open(&folder).unwrap();
    let stopped = Taken { stopped: true, ..taken_of("2026-W47", 2, false, &[("DOC", 10), ("DOC", 11), ("ENG", 20)]) };
    assert!(!stopped.record(&mut history, KEEP).unwrap().kept, "a run that stopped has less of every page");
    let fewer = taken_of("2026-W47", 3, false, &[("DOC", 10), ("ENG", 21)]);
    assert!(fewer.record(&mut history, KEEP).unwrap().kept);
    let expected = ["DOC 10 1", "DOC 11 1", "ENG 21 3"].map(|row| format!("2026-W47 {row} incomplete"));
    assert_eq!(rows(&history), expected);
}

#[test]
fn f_85_weeks_are_not_deleted_on_the_word_of_an_incomplete_run() {
    let (_root, folder) = recorded(&[taken("2026-W46", 1, true)], KEEP);
    let keep = Retention { keep: Some(1), ..KEEP };
    taken("2026-W47", 2, false).record(&mut open(&folder).unwrap(), keep).unwrap();
    assert_eq!(open(&folder).unwrap().weeks().count(), 2);
}

#[test]
fn two_runs_within_one_second_take_nothing_from_each_other() {
    let runs = [("DOC", 10), ("ENG", 20)].map(|page| taken_of("2026-W47", 1, true, &[page]));
    let (_root, folder) = recorded(&runs, KEEP);
    assert_eq!(rows(&open(&folder).unwrap()), ["2026-W47 DOC 10 1 complete", "2026-W47 ENG 20 1 complete"]);
}

#[test]
fn f_84_a_week_before_the_newest_one_is_kept_with_a_warning() {
    let (_root, folder) = recorded(&[taken("2027-W01", 1, true)], KEEP);
    let mut history = open(&folder).unwrap();
    let earlier = taken("2026-W53", 2, true).record(&mut history, KEEP).unwrap();
    assert!(earlier.warnings[0].contains("2027-W01 already"), "{:?}", earlier.warnings);
    assert_eq!((history.newest(), history.latest().unwrap().week), (Some(week("2027-W01")), week("2026-W53")));
    let order: Vec<_> = rows(&history).iter().map(|row| row[..8].to_owned()).collect();
    assert_eq!(order, ["2026-W53", "2026-W53", "2027-W01", "2027-W01"]);
}

#[test]
fn weeks_are_deleted_only_when_the_retention_says_so() {
    let weeks = ["2025-W01", "2026-W45", "2026-W46", "2026-W47"];
    let all = weeks.map(|week| taken(week, 1, true));
    let (_root, folder) = recorded(&all, Retention { weeks: 1, ..KEEP });
    assert_eq!(open(&folder).unwrap().weeks().count(), 4);
    let keep = Retention { keep: Some(2), ..KEEP };
    let last = taken("2026-W47", 2, true).record(&mut open(&folder).unwrap(), keep).unwrap();
    assert!(last.kept);
    let names: Vec<_> = files(&folder).into_keys().filter(|name| name.contains("-W")).collect();
    assert_eq!(
        names,
        [
            "confluence_data_2026-W46.csv",
            "confluence_data_2026-W47.csv",
            "history/snapshot_week=2026-W46/pages.parquet",
            "history/snapshot_week=2026-W47/pages.parquet"
        ]
    );
}

#[test]
fn f_82_a_second_run_in_the_same_process_is_refused_too() {
    let (_root, folder) = recorded(&[taken("2026-W47", 1, true)], KEEP);
    let held = open(&folder).unwrap();
    let error = open(&folder).unwrap_err();
    let HistoryError::Locked { holder } = &error else { panic!("{error}") };
    assert!(holder.starts_with(&format!("process {} since", std::process::id())), "{holder}");
    drop(held);
    open(&folder).unwrap();
}

#[test]
fn rows_that_make_no_table_are_refused_and_nothing_is_changed() {
    let (_root, folder) = recorded(&[taken("2026-W46", 1, true)], KEEP);
    let before = files(&folder);
    let twice = taken_of("2026-W47", 2, true, &[("ENG", 3), ("ENG", 3)]);
    let stranger = Taken { spaces: vec!["OPS"], ..taken("2026-W47", 2, true) };
    for wrong in [twice, stranger] {
        let mut history = open(&folder).unwrap();
        let error = wrong.record(&mut history, KEEP).unwrap_err();
        assert!(matches!(error, HistoryError::Row { .. }), "{error}");
        drop(history);
        drop(open(&folder).unwrap());
        assert_eq!(files(&folder), before);
    }
}

#[cfg(unix)]
#[test]
fn s_13_files_and_folders_are_for_the_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let (_root, folder) = recorded(&[taken("2026-W01", 1, true), taken("2026-W47", 2, true)], KEEP);
    let mode = |path: PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    for below in ["", "archived_snapshots", "history", "history/snapshot_week=2026-W47", "model"] {
        assert_eq!(mode(folder.join(below)), 0o700, "{below}");
    }
    for name in files(&folder).keys() {
        assert_eq!(mode(folder.join(name)), 0o600, "{name}");
    }
}

#[test]
fn a_history_is_of_one_site() {
    let (_root, folder) = recorded(&[taken("2026-W46", 1, true)], KEEP);
    let mut history = open(&folder).unwrap();
    let other = Taken { site: "https://new.example/wiki", ..taken("2026-W47", 2, true) };
    let refused = other.record(&mut history, KEEP).unwrap_err();
    assert!(
        matches!(&refused, HistoryError::OtherSite { known, .. } if known == "https://acme.example/wiki"),
        "{refused}"
    );
    assert_eq!(rows(&history).len(), 2, "nothing was recorded");
    // a site that was renamed goes on under its new address
    history.check_site("https://new.example/wiki", &["https://acme.example/wiki".to_owned()]).unwrap();
    other.record(&mut history, KEEP).unwrap();
    drop(history);
    verify_is_silent(&folder);
    assert_eq!(open(&folder).unwrap().latest().unwrap().site, "https://new.example/wiki");
}

#[test]
fn f_39_another_account_than_that_of_the_last_snapshot_is_told_apart() {
    let (_root, folder) = recorded(&[taken("2026-W46", 1, true)], KEEP);
    let mut history = open(&folder).unwrap();
    assert!(history.check_account("557058:ada").is_ok());
    let refused = history.check_account("557058:grace").unwrap_err();
    assert!(matches!(&refused, HistoryError::OtherAccount { known, .. } if known == "557058:ada"), "{refused}");
    // accepted by whoever records: from then on it is the account of the history
    let other = Taken { account: "557058:grace", ..taken("2026-W47", 2, true) };
    other.record(&mut history, KEEP).unwrap();
    assert!(history.check_account("557058:grace").is_ok());
    assert!(history.check_account("557058:ada").is_err());
    drop(history);
    verify_is_silent(&folder);
}
