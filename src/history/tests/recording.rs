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
    assert_eq!(text(&folder, "confluence_data_history.csv"), format!("{header}{new}{old}"), "newest first");
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
    assert_eq!(
        known.spaces["ENG"],
        SpaceOfWeek { status: Status::Incomplete, run: "run 2".into(), rows: 2, extent: Extent::default() }
    );
}

#[test]
fn a_space_measured_again_is_replaced_and_the_others_stay_f_83() {
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
fn an_incomplete_run_never_touches_a_complete_space_f_85() {
    let (_root, folder) = recorded(&[taken("2026-W47", 1, true)], KEEP);
    let before = fs::read(folder.join("history/snapshot_week=2026-W47/pages.parquet")).unwrap();
    let mut history = open(&folder).unwrap();
    let cut = taken_of("2026-W47", 2, false, &[("ENG", 3), ("ENG", 9)]).record(&mut history, KEEP).unwrap();
    assert_eq!((cut.kept, cut.status, cut.week_status), (false, Status::Incomplete, Status::Complete));
    assert_eq!(fs::read(folder.join("history/snapshot_week=2026-W47/pages.parquet")).unwrap(), before);
    assert!(text(&folder, "confluence_data_current.csv").contains("\"9\""), "the current file is always of the run");
    drop(history);
    assert_eq!(rows(&open(&folder).unwrap()), ["2026-W47 ENG 3 1 complete", "2026-W47 ENG 20 1 complete"]);
}

/// Two runs of different spaces give the same rows whichever came first.
#[test]
fn runs_of_different_spaces_lose_nothing_in_any_order_also_when_one_is_incomplete_f_83() {
    let runs = || [taken_of("2026-W47", 1, true, &[("ENG", 3)]), taken_of("2026-W47", 2, false, &[("OPS", 9)])];
    let expected = ["2026-W47 ENG 3 1 complete", "2026-W47 OPS 9 2 incomplete"];
    let [whole, cut] = runs();
    for order in [[whole.clone(), cut.clone()], [cut, whole]] {
        let (_root, folder) = recorded(&order, KEEP);
        let history = open(&folder).unwrap();
        assert_eq!(rows(&history), expected);
        let known = history.week(week("2026-W47")).unwrap();
        let worth = |key: &str| known.spaces[key].status;
        assert_eq!(
            (worth("ENG"), worth("OPS"), known.status),
            (Status::Complete, Status::Incomplete, Status::Incomplete)
        );
        drop(history);
        verify_is_silent(&folder);
        for name in ["confluence_data_2026-W47.csv", "confluence_data_history.csv", "model/facts.csv"] {
            assert_eq!(text(&folder, name).lines().count(), 3, "{name}");
        }
    }
}

/// A page that an incomplete run found elsewhere: its row in the better space stays, and it stands once.
#[test]
fn an_incomplete_run_takes_no_page_out_of_a_better_space_f_85() {
    let before = taken_of("2026-W47", 1, true, &[("ENG", 3), ("ENG", 20)]);
    let (_root, folder) = recorded(&[before, taken_of("2026-W47", 2, false, &[("OPS", 3), ("OPS", 9)])], KEEP);
    let expected = ["ENG 3 1 complete", "OPS 9 2 incomplete", "ENG 20 1 complete"];
    assert_eq!(rows(&open(&folder).unwrap()), expected.map(|row| format!("2026-W47 {row}")));
    verify_is_silent(&folder);
}

#[test]
fn a_week_is_worth_as_much_as_its_least_space_f_85() {
    let half = taken_of("2026-W47", 1, false, &[("DOC", 10), ("ENG", 20)]);
    let (_root, folder) = recorded(&[half, taken_of("2026-W47", 2, true, &[("ENG", 20)])], KEEP);
    let worth = |folder: &Path| open(folder).unwrap().week(week("2026-W47")).unwrap().status;
    assert_eq!(worth(&folder), Status::Incomplete);
    taken_of("2026-W47", 3, true, &[("DOC", 10)]).record(&mut open(&folder).unwrap(), KEEP).unwrap();
    assert_eq!(worth(&folder), Status::Complete);
    assert!(!Status::Incomplete.is_in_trends() && Status::Imported.is_in_trends());
}

#[test]
fn an_incomplete_run_takes_nothing_complete_from_an_incomplete_week_f_85() {
    let half = taken_of("2026-W47", 1, false, &[("DOC", 10), ("ENG", 20)]);
    let (_root, folder) = recorded(&[half, taken_of("2026-W47", 2, true, &[("ENG", 20)])], KEEP);
    taken_of("2026-W47", 3, false, &[("DOC", 11), ("ENG", 21)]).record(&mut open(&folder).unwrap(), KEEP).unwrap();
    assert_eq!(rows(&open(&folder).unwrap()), ["2026-W47 DOC 11 3 incomplete", "2026-W47 ENG 20 2 complete"]);
    verify_is_silent(&folder);
}

#[test]
fn of_two_incomplete_runs_the_one_with_more_rows_stays_f_85() {
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
fn weeks_are_not_deleted_on_the_word_of_an_incomplete_run_f_85() {
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
fn a_week_before_the_newest_one_is_kept_with_a_warning_f_84() {
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
fn a_second_run_in_the_same_process_is_refused_too_f_82() {
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
fn files_and_folders_are_for_the_owner_only() {
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
fn another_account_than_that_of_the_last_snapshot_is_told_apart_f_39() {
    let (_root, folder) = recorded(&[taken("2026-W46", 1, true)], KEEP);
    let mut history = open(&folder).unwrap();
    assert!(history.last_account().check("557058:ada").is_ok());
    let refused = history.last_account().check("557058:grace").unwrap_err();
    assert!(matches!(&refused, HistoryError::OtherAccount { known, .. } if known == "557058:ada"), "{refused}");
    // accepted by whoever records: from then on it is the account of the history
    let other = Taken { account: "557058:grace", ..taken("2026-W47", 2, true) };
    other.record(&mut history, KEEP).unwrap();
    assert!(history.last_account().check("557058:grace").is_ok());
    assert!(history.last_account().check("557058:ada").is_err());
    drop(history);
    verify_is_silent(&folder);
}

#[test]
fn a_run_that_reads_less_of_a_space_does_not_replace_its_rows_in_either_order() {
    let of = |groups: &[&str], all: bool, from: &[&str]| Extent {
        groups: groups.iter().map(|group| (*group).to_owned()).collect(),
        from_all_spaces: all,
        from_spaces: from.iter().map(|key| (*key).to_owned()).collect(),
    };
    let (core, full, people) =
        (of(&["core"], false, &[]), of(&["core", "links", "workflow"], true, &[]), of(&["core", "people"], false, &[]));
    let (narrow, wider) = (of(&["core", "links"], false, &["ENG"]), of(&["core", "links"], false, &["ENG", "OPS"]));
    let stays = |more: &str| format!("2026-W47 holds more of space ENG already: {more}; its rows stay");
    for (first, second, more) in [
        (&core, &full, None),
        (&full, &core, Some("links, workflow, links from all spaces")),
        (&full, &full, None),
        (&narrow, &wider, None),
        (&wider, &narrow, Some("links from OPS")),
        (&narrow, &full, None),
        (&full, &narrow, Some("workflow, links from all spaces")),
        // each has something that the other lacks
        (&full, &people, Some("links, workflow, links from all spaces")),
        (&people, &full, Some("people")),
        // weeks of an older program do not say
        (&Extent::default(), &core, None),
    ] {
        let run = |run, extent: &Extent| Taken { extent: extent.clone(), ..taken("2026-W47", run, true) };
        let (_root, folder) = recorded(&[run(1, first)], KEEP);
        let mut history = open(&folder).unwrap();
        let recorded = run(2, second).record(&mut history, KEEP).unwrap();
        let known = &open_again(history, &folder).week(week("2026-W47")).unwrap().spaces["ENG"].clone();
        let kept = more.is_none();
        assert_eq!((recorded.kept, recorded.warnings), (kept, more.map(stays).into_iter().collect()));
        assert_eq!((known.run.as_str(), &known.extent), if kept { ("run 2", second) } else { ("run 1", first) });
        // the current file is of the run
        assert!(text(&folder, "confluence_data_current.csv").contains(",2,"));
    }
}

fn open_again(history: History, folder: &Path) -> History {
    drop(history);
    open(folder).unwrap()
}
