//! `repair`: what comes back, what is said about the rest, and that nothing is deleted.

use super::damage::{PARTS, varied};
use super::*;

/// The files without what was set aside.
fn parts(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut parts = files(folder);
    parts.retain(|name, _| !name.contains(".damaged"));
    parts
}

/// Everything that was there is still there, under its own name or set aside.
fn nothing_is_gone(before: &BTreeMap<String, Vec<u8>>, after: &BTreeMap<String, Vec<u8>>, what: &str) {
    // the list of weeks is replaced like in any run when there is something new to say
    for (name, bytes) in before.iter().filter(|(name, _)| *name != "history.json") {
        let kept = after
            .iter()
            .any(|(other, kept)| (other == name || other.starts_with(&format!("{name}.damaged"))) && kept == bytes);
        assert!(kept, "{what}: {name} is gone");
    }
}

#[test]
fn a_whole_history_is_left_as_it_is() {
    let (_root, folder) = varied();
    let before = files(&folder);
    let repaired = repair(&folder, OPEN).unwrap();
    assert!(repaired.mended.is_empty() && repaired.is_whole());
    assert_eq!(files(&folder), before);
    let error = repair(&folder.join("nowhere"), OPEN).unwrap_err();
    assert!(matches!(error, HistoryError::Absent { .. }), "{error}");
}

#[test]
fn f_81_one_damaged_file_of_rows_comes_back_byte_by_byte() {
    let (_root, folder) = varied();
    let whole = parts(&folder);
    // the last run is not in the history, so that its rows stand nowhere else
    for part in PARTS.into_iter().filter(|part| *part != "history.json" && !part.contains("current")) {
        for damage in [&b""[..], b"x", &whole[part][..40], &whole[part][..whole[part].len() - 9]] {
            fs::write(folder.join(part), damage).unwrap();
            let before = files(&folder);
            let repaired = repair(&folder, OPEN).unwrap();
            assert!(repaired.is_whole(), "{part}: {:?}", repaired.mended);
            assert_eq!((repaired.mended.len(), repaired.mended[0].file.as_str()), (1, part));
            assert_eq!(parts(&folder), whole, "{part}");
            nothing_is_gone(&before, &files(&folder), part);
        }
        fs::remove_file(folder.join(part)).unwrap();
        assert!(repair(&folder, OPEN).unwrap().is_whole(), "{part}");
        assert_eq!(parts(&folder), whole, "{part} was removed");
    }
    open(&folder).unwrap();
}

#[test]
fn f_81_line_ends_and_the_byte_order_mark_of_all_files_come_back() {
    let (_root, folder) = varied();
    let whole = parts(&folder);
    for part in PARTS.into_iter().filter(|part| *part != "history.json") {
        fs::write(folder.join(part), text(&folder, part).trim_start_matches('\u{FEFF}').replace("\r\n", "\n")).unwrap();
    }
    let repaired = repair(&folder, OPEN).unwrap();
    assert!(repaired.is_whole() && repaired.mended.len() == 4, "{:?}", repaired.mended);
    assert_eq!(parts(&folder), whole);
}

#[test]
fn f_80_a_row_torn_in_both_files_is_cut_and_the_week_is_incomplete() {
    let (_root, folder) = varied();
    for part in ["confluence_data_2026-W47.csv", "confluence_data_history.csv"] {
        let whole = fs::read(folder.join(part)).unwrap();
        fs::write(folder.join(part), &whole[..whole.len() - 5]).unwrap();
    }
    let before = files(&folder);
    let repaired = repair(&folder, OPEN).unwrap();
    assert!(!repaired.is_whole());
    nothing_is_gone(&before, &files(&folder), "torn");
    let told = &repaired.mended[0];
    assert_eq!((told.file.as_str(), told.lost), ("confluence_data_2026-W47.csv", true));
    assert!(told.what.starts_with("rows left: 1 of 2"), "{}", told.what);
    let history = open(&folder).unwrap();
    let known = history.week(week("2026-W47")).unwrap();
    assert_eq!((known.status, known.revision, known.file.rows), (Status::Incomplete, 3, 1));
    assert_eq!(rows(&history), ["2026-W45 3 4 complete a", "2026-W45 20 7 complete a", "2026-W47 3 4 incomplete c"]);
}

#[test]
fn f_81_rows_lost_in_both_files_are_joined_from_what_either_has() {
    let (_root, folder) = varied();
    let (weekly, joined) = ("confluence_data_2026-W47.csv", "confluence_data_history.csv");
    let cut = |name: &str, page: &str| {
        let lines = text(&folder, name);
        let kept: Vec<_> = lines.split_inclusive('\n').filter(|line| !line.contains(page)).collect();
        fs::write(folder.join(name), kept.concat()).unwrap();
    };
    cut(weekly, "\"2026-W47\",\"3\"");
    cut(joined, "\"2026-W47\",\"20\"");
    let repaired = repair(&folder, OPEN).unwrap();
    assert!(!repaired.is_whole(), "nothing proves that these are all rows");
    assert_eq!(rows(&open(&folder).unwrap())[2..], ["2026-W47 3 4 incomplete c", "2026-W47 20 7 incomplete c"]);
}

#[test]
fn f_81_a_week_of_which_nothing_is_left_is_a_gap() {
    let (_root, folder) = varied();
    fs::remove_file(folder.join("archived_snapshots/confluence_data_2026-W45.csv")).unwrap();
    fs::write(folder.join("confluence_data_history.csv"), "").unwrap();
    let repaired = repair(&folder, OPEN).unwrap();
    assert!(repaired.mended[0].what.contains("2026-W45 is a gap now"), "{:?}", repaired.mended);
    assert_eq!(open(&folder).unwrap().weeks().len(), 1);
}

#[test]
fn f_81_the_rows_of_a_last_run_that_stand_nowhere_else_are_told_lost() {
    let (_root, folder) = varied();
    let damaged = text(&folder, "confluence_data_current.csv").replace(",4\r\n", ",5\r\n");
    fs::write(folder.join("confluence_data_current.csv"), damaged).unwrap();
    let repaired = repair(&folder, OPEN).unwrap();
    assert!(!repaired.is_whole() && repaired.mended[0].what.contains("its own rows are lost"), "{:?}", repaired.mended);
    assert_eq!(text(&folder, "confluence_data_current.csv"), text(&folder, "confluence_data_2026-W47.csv"));
    open(&folder).unwrap();
}

#[test]
fn f_81_a_lost_list_of_weeks_is_made_again_from_files_that_agree() {
    for damage in [None, Some("{}"), Some("<<<<<<< HEAD\n")] {
        let (_root, folder) = varied();
        let before_rows = rows(&open(&folder).unwrap());
        match damage {
            None => fs::remove_file(folder.join("history.json")).unwrap(),
            Some(text) => fs::write(folder.join("history.json"), text).unwrap(),
        }
        let before = files(&folder);
        let repaired = repair(&folder, OPEN).unwrap();
        assert!(!repaired.is_whole(), "who took the snapshots is not known any more");
        nothing_is_gone(&before, &files(&folder), "list");
        assert_eq!(before.get("history.json"), files(&folder).get("history.json.damaged"));
        let history = open(&folder).unwrap();
        let known: Vec<_> = history.weeks().iter().map(|week| (week.week.to_string(), week.status)).collect();
        assert_eq!(known, [("2026-W45".to_owned(), Status::Complete), ("2026-W47".to_owned(), Status::Complete)]);
        let cut = |row: &String| row.rsplit_once(' ').unwrap().0.to_owned();
        assert_eq!(rows(&history).iter().map(cut).collect::<Vec<_>>(), before_rows.iter().map(cut).collect::<Vec<_>>());
    }
}

#[test]
fn f_81_without_a_list_a_week_that_only_one_file_tells_of_is_incomplete() {
    let (_root, folder) = varied();
    fs::remove_file(folder.join("history.json")).unwrap();
    let joined = text(&folder, "confluence_data_history.csv");
    let kept: Vec<_> = joined.split_inclusive('\n').filter(|line| !line.contains("\"2026-W47\",\"20\"")).collect();
    fs::write(folder.join("confluence_data_history.csv"), kept.concat()).unwrap();
    fs::remove_file(folder.join("archived_snapshots/confluence_data_2026-W45.csv")).unwrap();
    repair(&folder, OPEN).unwrap();
    let history = open(&folder).unwrap();
    assert!(history.weeks().iter().all(|week| week.status == Status::Incomplete));
    let found: Vec<_> = rows(&history).iter().map(|row| row.trim_end().to_owned()).collect();
    let expected = ["2026-W45 3 4", "2026-W45 20 7", "2026-W47 3 4", "2026-W47 20 7"];
    assert_eq!(found, expected.map(|row| format!("{row} incomplete")));
}

#[test]
fn a_stranger_and_a_changed_revision_are_set_aside() {
    let (_root, folder) = varied();
    fs::write(folder.join("confluence_data_2026-W48.csv"), "mine").unwrap();
    let revision = "archived_snapshots/confluence_data_2026-W47_r1.csv";
    fs::write(folder.join(revision), "changed").unwrap();
    assert_eq!(verify(&folder, OPEN).unwrap().findings.len(), 2);
    let before = files(&folder);
    let repaired = repair(&folder, OPEN).unwrap();
    assert_eq!(repaired.mended.len(), 2, "{:?}", repaired.mended);
    nothing_is_gone(&before, &files(&folder), "stranger");
    assert_eq!(verify(&folder, OPEN).unwrap().findings, []);
}

#[test]
fn f_87_a_newer_history_is_not_mended() {
    let (_root, folder) = varied();
    let newer = text(&folder, "history.json").replace("\"schema_version\": 1", "\"schema_version\": 2");
    fs::write(folder.join("history.json"), newer).unwrap();
    fs::write(folder.join("confluence_data_current.csv"), "").unwrap();
    let before = files(&folder);
    assert!(matches!(repair(&folder, OPEN), Err(HistoryError::Newer { .. })));
    assert!(matches!(verify(&folder, OPEN), Err(HistoryError::Newer { .. })));
    assert_eq!(files(&folder), before);
}

#[test]
fn f_80_a_run_that_was_killed_is_no_damage_to_verify_and_finished_by_repair() {
    let (_root, folder) = varied();
    let next = snapshot("2026-W48", "e", true);
    let mut unfinished = 0;
    for steps in 0.. {
        let (_root, folder) = copy(&folder);
        let fuse = fuse::Fuse::after(steps);
        if let Ok(mut history) = History::open_on(Disk::with_fuse(&folder, fuse.clone()), now(), OPEN) {
            let _ = history.record(&next, Retention::default());
        }
        let before = files(&folder);
        let verified = verify(&folder, OPEN).unwrap();
        assert_eq!(verified.findings, [], "killed after {steps} steps");
        assert_eq!(files(&folder), before, "`verify` changes nothing");
        unfinished += u32::from(verified.unfinished);
        let repaired = repair(&folder, OPEN).unwrap();
        assert_eq!((repaired.mended.as_slice(), repaired.weeks.len()), (&[][..], verified.weeks.len()));
        open(&folder).unwrap();
        if fuse.is_intact() {
            break;
        }
    }
    assert!(unfinished > 5, "{unfinished}");
}
