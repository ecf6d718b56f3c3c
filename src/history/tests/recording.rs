//! Which rows `record` keeps and which it replaces.

use super::*;

const KEEP: Retention = Retention { weeks: 12, archive: true, keep: None, joined: true };

#[test]
fn a_week_is_one_file_and_all_other_files_are_derived_from_it() {
    let (_root, folder) = recorded(&[snapshot("2026-W46", 1, true), snapshot("2026-W47", 2, false)], KEEP);
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
    assert_eq!((known.status, known.run_id.as_str(), known.row_count), (SnapshotStatus::Incomplete, "run 2", 2));
    assert_eq!(known.runs["run 2"].facts, serde_json::json!({"run": 2}));
    assert_eq!(
        known.spaces["ENG"],
        SpaceOfWeek { status: SnapshotStatus::Incomplete, run: "run 2".into(), rows: 2, extent: Extent::default() }
    );
}

#[test]
fn a_space_measured_again_is_replaced_and_the_others_are_kept_f_83() {
    let all = snapshot_of_pages("2026-W47", 1, true, &[("DOC", 10), ("ENG", 20), ("ENG", 3), ("OPS", 7)]);
    let (_root, folder) = recorded(&[all, snapshot_of_pages("2026-W47", 2, true, &[("ENG", 3), ("ENG", 100)])], KEEP);
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
fn a_moved_page_is_in_its_new_space_only() {
    let before = snapshot_of_pages("2026-W47", 1, true, &[("DOC", 10), ("ENG", 20)]);
    let (_root, folder) =
        recorded(&[before, snapshot_of_pages("2026-W47", 2, true, &[("ENG", 10), ("ENG", 20)])], KEEP);
    let history = open(&folder).unwrap();
    assert_eq!(rows(&history), ["2026-W47 ENG 10 2 complete", "2026-W47 ENG 20 2 complete"]);
    let spaces = &history.week(week("2026-W47")).unwrap().spaces;
    assert_eq!((spaces["DOC"].rows, spaces["ENG"].rows), (0, 2));
    drop(history);
    verify_finds_nothing(&folder);
}

fn verify_finds_nothing(folder: &Path) {
    assert_eq!(verify(folder, columns(), OPEN).unwrap().findings, []);
}

#[test]
fn an_incomplete_run_never_changes_a_complete_space_f_85() {
    let (_root, folder) = recorded(&[snapshot("2026-W47", 1, true)], KEEP);
    let before = fs::read(folder.join("history/snapshot_week=2026-W47/pages.parquet")).unwrap();
    let mut history = open(&folder).unwrap();
    let cut = snapshot_of_pages("2026-W47", 2, false, &[("ENG", 3), ("ENG", 9)]).record(&mut history, KEEP).unwrap();
    assert_eq!((cut.kept, cut.status, cut.week_status), (false, SnapshotStatus::Incomplete, SnapshotStatus::Complete));
    assert_eq!(fs::read(folder.join("history/snapshot_week=2026-W47/pages.parquet")).unwrap(), before);
    assert!(text(&folder, "confluence_data_current.csv").contains("\"9\""), "the current file is always of the run");
    drop(history);
    assert_eq!(rows(&open(&folder).unwrap()), ["2026-W47 ENG 3 1 complete", "2026-W47 ENG 20 1 complete"]);
}

#[test]
fn runs_of_different_spaces_have_the_same_result_in_any_order_even_if_one_is_incomplete_f_83() {
    let runs = || {
        [snapshot_of_pages("2026-W47", 1, true, &[("ENG", 3)]), snapshot_of_pages("2026-W47", 2, false, &[("OPS", 9)])]
    };
    let expected = ["2026-W47 ENG 3 1 complete", "2026-W47 OPS 9 2 incomplete"];
    let [complete, cut] = runs();
    for order in [[complete.clone(), cut.clone()], [cut, complete]] {
        let (_root, folder) = recorded(&order, KEEP);
        let history = open(&folder).unwrap();
        assert_eq!(rows(&history), expected);
        let known = history.week(week("2026-W47")).unwrap();
        let status = |key: &str| known.spaces[key].status;
        assert_eq!(
            (status("ENG"), status("OPS"), known.status),
            (SnapshotStatus::Complete, SnapshotStatus::Incomplete, SnapshotStatus::Incomplete)
        );
        drop(history);
        verify_finds_nothing(&folder);
        for name in ["confluence_data_2026-W47.csv", "confluence_data_history.csv", "model/facts.csv"] {
            assert_eq!(text(&folder, name).lines().count(), 3, "{name}");
        }
    }
}

/// If an incomplete run finds a page in another space, its row in the complete space is kept, and it occurs once.
#[test]
fn an_incomplete_run_removes_no_page_from_a_complete_space_f_85() {
    let before = snapshot_of_pages("2026-W47", 1, true, &[("ENG", 3), ("ENG", 20)]);
    let (_root, folder) = recorded(&[before, snapshot_of_pages("2026-W47", 2, false, &[("OPS", 3), ("OPS", 9)])], KEEP);
    let expected = ["ENG 3 1 complete", "OPS 9 2 incomplete", "ENG 20 1 complete"];
    assert_eq!(rows(&open(&folder).unwrap()), expected.map(|row| format!("2026-W47 {row}")));
    verify_finds_nothing(&folder);
}

#[test]
fn a_week_has_the_lowest_status_of_its_spaces_f_85() {
    let half = snapshot_of_pages("2026-W47", 1, false, &[("DOC", 10), ("ENG", 20)]);
    let (_root, folder) = recorded(&[half, snapshot_of_pages("2026-W47", 2, true, &[("ENG", 20)])], KEEP);
    let status = |folder: &Path| open(folder).unwrap().week(week("2026-W47")).unwrap().status;
    assert_eq!(status(&folder), SnapshotStatus::Incomplete);
    snapshot_of_pages("2026-W47", 3, true, &[("DOC", 10)]).record(&mut open(&folder).unwrap(), KEEP).unwrap();
    assert_eq!(status(&folder), SnapshotStatus::Complete);
    assert!(!SnapshotStatus::Incomplete.is_in_trends() && SnapshotStatus::Imported.is_in_trends());
}

#[test]
fn an_incomplete_run_keeps_the_complete_spaces_of_an_incomplete_week_f_85() {
    let half = snapshot_of_pages("2026-W47", 1, false, &[("DOC", 10), ("ENG", 20)]);
    let (_root, folder) = recorded(&[half, snapshot_of_pages("2026-W47", 2, true, &[("ENG", 20)])], KEEP);
    snapshot_of_pages("2026-W47", 3, false, &[("DOC", 11), ("ENG", 21)])
        .record(&mut open(&folder).unwrap(), KEEP)
        .unwrap();
    assert_eq!(rows(&open(&folder).unwrap()), ["2026-W47 DOC 11 3 incomplete", "2026-W47 ENG 20 2 complete"]);
    verify_finds_nothing(&folder);
}

#[test]
fn of_two_incomplete_runs_the_one_with_more_rows_is_kept_f_85() {
    let before = snapshot_of_pages("2026-W47", 1, false, &[("DOC", 10), ("DOC", 11), ("ENG", 20)]);
    let (_root, folder) = recorded(&[before], KEEP);
    let mut history = open(&folder).unwrap();
    let stopped = TestSnapshot {
        stopped: true,
        ..snapshot_of_pages("2026-W47", 2, false, &[("DOC", 10), ("DOC", 11), ("ENG", 20)])
    };
    assert!(!stopped.record(&mut history, KEEP).unwrap().kept, "a stopped run may lack values of every page");
    let fewer = snapshot_of_pages("2026-W47", 3, false, &[("DOC", 10), ("ENG", 21)]);
    assert!(fewer.record(&mut history, KEEP).unwrap().kept);
    let expected = ["DOC 10 1", "DOC 11 1", "ENG 21 3"].map(|row| format!("2026-W47 {row} incomplete"));
    assert_eq!(rows(&history), expected);
}

#[test]
fn an_incomplete_run_deletes_no_weeks_f_85() {
    let (_root, folder) = recorded(&[snapshot("2026-W46", 1, true)], KEEP);
    let keep = Retention { keep: Some(1), ..KEEP };
    snapshot("2026-W47", 2, false).record(&mut open(&folder).unwrap(), keep).unwrap();
    assert_eq!(open(&folder).unwrap().weeks().count(), 2);
}

#[test]
fn two_runs_within_one_second_do_not_replace_each_other() {
    let runs = [("DOC", 10), ("ENG", 20)].map(|page| snapshot_of_pages("2026-W47", 1, true, &[page]));
    let (_root, folder) = recorded(&runs, KEEP);
    assert_eq!(rows(&open(&folder).unwrap()), ["2026-W47 DOC 10 1 complete", "2026-W47 ENG 20 1 complete"]);
}

#[test]
fn a_week_before_the_newest_one_is_kept_with_a_warning_f_84() {
    let (_root, folder) = recorded(&[snapshot("2027-W01", 1, true)], KEEP);
    let mut history = open(&folder).unwrap();
    let earlier = snapshot("2026-W53", 2, true).record(&mut history, KEEP).unwrap();
    assert!(earlier.warnings[0].contains("already has 2027-W01"), "{:?}", earlier.warnings);
    assert_eq!((history.newest(), history.latest().unwrap().week), (Some(week("2027-W01")), week("2026-W53")));
    let order: Vec<_> = rows(&history).iter().map(|row| row[..8].to_owned()).collect();
    assert_eq!(order, ["2026-W53", "2026-W53", "2027-W01", "2027-W01"]);
}

#[test]
fn weeks_are_deleted_only_if_a_number_of_weeks_to_keep_is_configured() {
    let weeks = ["2025-W01", "2026-W45", "2026-W46", "2026-W47"];
    let all = weeks.map(|week| snapshot(week, 1, true));
    let (_root, folder) = recorded(&all, Retention { weeks: 1, ..KEEP });
    assert_eq!(open(&folder).unwrap().weeks().count(), 4);
    let keep = Retention { keep: Some(2), ..KEEP };
    let last = snapshot("2026-W47", 2, true).record(&mut open(&folder).unwrap(), keep).unwrap();
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
fn a_second_run_in_the_same_process_is_refused_f_82() {
    let (_root, folder) = recorded(&[snapshot("2026-W47", 1, true)], KEEP);
    let held = open(&folder).unwrap();
    let error = open(&folder).unwrap_err();
    let HistoryError::Locked { holder } = &error else { panic!("{error}") };
    assert!(holder.starts_with(&format!("process {} since", std::process::id())), "{holder}");
    drop(held);
    open(&folder).unwrap();
}

#[test]
fn invalid_rows_are_refused_and_nothing_is_changed() {
    let (_root, folder) = recorded(&[snapshot("2026-W46", 1, true)], KEEP);
    let before = files(&folder);
    let twice = snapshot_of_pages("2026-W47", 2, true, &[("ENG", 3), ("ENG", 3)]);
    let stranger = TestSnapshot { spaces: vec!["OPS"], ..snapshot("2026-W47", 2, true) };
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
fn files_and_folders_are_accessible_to_the_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let (_root, folder) = recorded(&[snapshot("2026-W01", 1, true), snapshot("2026-W47", 2, true)], KEEP);
    let mode = |path: PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    for below in ["", "archived_snapshots", "history", "history/snapshot_week=2026-W47", "model"] {
        assert_eq!(mode(folder.join(below)), 0o700, "{below}");
    }
    for name in files(&folder).keys() {
        assert_eq!(mode(folder.join(name)), 0o600, "{name}");
    }
}

#[test]
fn the_snapshot_of_another_site_is_refused() {
    let (_root, folder) = recorded(&[snapshot("2026-W46", 1, true)], KEEP);
    let mut history = open(&folder).unwrap();
    let other = TestSnapshot { site: "https://new.example/wiki", ..snapshot("2026-W47", 2, true) };
    let refused = other.record(&mut history, KEEP).unwrap_err();
    assert!(
        matches!(&refused, HistoryError::OtherSite { known, .. } if known == "https://acme.example/wiki"),
        "{refused}"
    );
    assert_eq!(rows(&history).len(), 2, "nothing was recorded");
    // a renamed site continues under its new address
    history.check_site("https://new.example/wiki", &["https://acme.example/wiki".to_owned()]).unwrap();
    other.record(&mut history, KEEP).unwrap();
    drop(history);
    verify_finds_nothing(&folder);
    assert_eq!(open(&folder).unwrap().latest().unwrap().site, "https://new.example/wiki");
}

#[test]
fn an_account_other_than_that_of_the_last_snapshot_is_refused_f_39() {
    let (_root, folder) = recorded(&[snapshot("2026-W46", 1, true)], KEEP);
    let mut history = open(&folder).unwrap();
    assert!(history.last_account().check("557058:ada", false).is_ok());
    let refused = history.last_account().check("557058:grace", false).unwrap_err();
    assert!(matches!(&refused, HistoryError::OtherAccount { known, .. } if known == "557058:ada"), "{refused}");
    // the caller has accepted it: from then on it is the account of the history
    let other = TestSnapshot { account: "557058:grace", ..snapshot("2026-W47", 2, true) };
    other.record(&mut history, KEEP).unwrap();
    assert!(history.last_account().check("557058:grace", false).is_ok());
    assert!(history.last_account().check("557058:ada", false).is_err());
    drop(history);
    verify_finds_nothing(&folder);
}

#[test]
fn a_run_that_reads_less_of_a_space_does_not_replace_its_rows_in_either_order() {
    let of = |groups: &[&str], all: bool, from: &[&str]| Extent {
        groups: groups.iter().map(|group| (*group).to_owned()).collect(),
        from_all_spaces: all,
        from_spaces: from.iter().map(|key| (*key).to_owned()).collect(),
        visibility: WeekVisibility::default(),
    };
    let with_key = Extent { visibility: seen(true, &[]), ..of(&["core"], false, &[]) };
    let lacking = Extent { visibility: seen(false, &["read:label:confluence"]), ..of(&["core"], false, &[]) };
    let (core, full, people) =
        (of(&["core"], false, &[]), of(&["core", "links", "workflow"], true, &[]), of(&["core", "people"], false, &[]));
    let (narrow, wider) = (of(&["core", "links"], false, &["ENG"]), of(&["core", "links"], false, &["ENG", "OPS"]));
    let warning = |more: &str| format!("2026-W47 already has more data of space ENG: {more}; its rows are kept");
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
        (&core, &with_key, None),
        (&with_key, &core, Some("what the admin key shows")),
        (&lacking, &core, None),
        (&core, &lacking, Some("what needs the scope read:label:confluence")),
        // weeks of an older version do not record their extent
        (&Extent::default(), &core, None),
    ] {
        let run = |run, extent: &Extent| TestSnapshot { extent: extent.clone(), ..snapshot("2026-W47", run, true) };
        let (_root, folder) = recorded(&[run(1, first)], KEEP);
        let mut history = open(&folder).unwrap();
        let recorded = run(2, second).record(&mut history, KEEP).unwrap();
        let known = &open_again(history, &folder).week(week("2026-W47")).unwrap().spaces["ENG"].clone();
        let kept = more.is_none();
        assert_eq!((recorded.kept, recorded.warnings), (kept, more.map(warning).into_iter().collect()));
        assert_eq!((known.run.as_str(), &known.extent), if kept { ("run 2", second) } else { ("run 1", first) });
        // the current file always has the rows of the run
        assert!(text(&folder, "confluence_data_current.csv").contains(",2,"));
    }
}

fn seen(admin_key: bool, missing: &[&str]) -> WeekVisibility {
    WeekVisibility { admin_key, missing_scopes: missing.iter().map(|scope| (*scope).to_owned()).collect() }
}

#[test]
fn a_run_with_another_view_than_the_last_snapshot_is_refused_until_the_caller_accepts_it() {
    let with_key = |week: &str, run| TestSnapshot {
        extent: Extent { visibility: seen(true, &["read:label:confluence"]), ..Extent::default() },
        ..snapshot(week, run, true)
    };
    let (_root, folder) = recorded(&[snapshot("2026-W46", 1, true)], KEEP);
    let mut history = open(&folder).unwrap();
    let refused = history.last_account().check("557058:ada", true).unwrap_err();
    assert!(refused.to_string().ends_with("was recorded without the admin key, which shows restricted pages"));
    assert!(refused.remedy().unwrap().contains("--accept-account-change"));
    with_key("2026-W47", 2).record(&mut history, KEEP).unwrap();
    assert!(history.last_account().check("557058:ada", true).is_ok());
    let refused = history.last_account().check("557058:ada", false).unwrap_err();
    assert!(matches!(refused, HistoryError::OtherVisibility { with_key: true, .. }), "{refused}");
    drop(history);
    verify_finds_nothing(&folder);
    let (before, week) = (week("2026-W46"), week("2026-W47"));
    let history = open(&folder).unwrap();
    assert_eq!(history.week(week).unwrap().visibility, seen(true, &["read:label:confluence"]));
    assert_eq!(history.week(before).unwrap().visibility, WeekVisibility::default());
}

fn open_again(history: History, folder: &Path) -> History {
    drop(history);
    open(folder).unwrap()
}
