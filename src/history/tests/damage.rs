//! Files that are not as they were written: refused, with the line, and never written over (F-81).

use super::*;

const KEEP: Retention = Retention { weeks: 1, archive: true };

/// A history with an archived week, one taken again, and a last run that is not kept.
pub(super) fn varied() -> (TempDir, PathBuf) {
    recorded(
        &[
            snapshot("2026-W45", "a", true),
            snapshot("2026-W47", "b", false),
            snapshot("2026-W47", "c", true),
            snapshot("2026-W47", "d", false),
        ],
        KEEP,
    )
}

/// Files without which the history is not whole: all but the revision that was replaced.
pub(super) const PARTS: [&str; 5] = [
    "archived_snapshots/confluence_data_2026-W45.csv",
    "confluence_data_2026-W47.csv",
    "confluence_data_current.csv",
    "confluence_data_history.csv",
    "history.json",
];

/// Opens a folder with damage in it, which has to be refused with everything left as it is; gives the findings.
fn refused(folder: &Path, what: &str) -> Vec<Finding> {
    let before = files(folder);
    let found = match open(folder) {
        Ok(_) => panic!("{what}: taken for whole"),
        Err(error) => findings(error),
    };
    assert_eq!(files(folder), before, "{what}: something was changed");
    assert_eq!(verify(folder, OPEN).unwrap().findings, found, "{what}: `verify` says something else");
    found
}

fn lines_in(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}

/// Of many damages in a row every one is refused, and some are looked at closely.
fn looked_at(folder: &Path, what: &str, number: usize) -> Vec<Finding> {
    if number.is_multiple_of(16) {
        return refused(folder, what);
    }
    match load(&Disk::new(folder)) {
        Ok(_) => panic!("{what}: taken for whole"),
        Err(error) => findings(error),
    }
}

#[test]
fn the_sample_of_damage_is_whole_before() {
    let (_root, folder) = varied();
    let whole = verify(&folder, OPEN).unwrap();
    assert_eq!((whole.findings.as_slice(), whole.unfinished, whole.weeks.len()), (&[][..], false, 2));
    let mut names: Vec<_> = files(&folder).into_keys().collect();
    names.retain(|name| !name.ends_with("_r1.csv"));
    assert_eq!(names, PARTS);
}

#[test]
fn f_80_a_file_cut_at_any_byte_is_refused() {
    let (_root, folder) = varied();
    for part in PARTS {
        let whole = fs::read(folder.join(part)).unwrap();
        // the last byte of history.json is a line break, which says nothing
        let ends = whole.len() - usize::from(part == "history.json");
        for end in 0..ends {
            fs::write(folder.join(part), &whole[..end]).unwrap();
            let found = looked_at(&folder, &format!("{part} cut at {end}"), end);
            assert_eq!((found.len(), found[0].file.as_str()), (1, part), "cut at {end}: {found:?}");
            let lines = lines_in(&whole[..end]);
            if part != "history.json" {
                assert_eq!(found[0].line, Some(lines + 1), "{part} cut at {end}: {found:?}");
            }
        }
        fs::write(folder.join(part), &whole).unwrap();
    }
    open(&folder).unwrap();
}

#[test]
fn f_81_a_flipped_bit_anywhere_is_refused_with_its_line() {
    let (_root, folder) = varied();
    for part in PARTS {
        let whole = fs::read(folder.join(part)).unwrap();
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 1 << (at % 8);
            fs::write(folder.join(part), &damaged).unwrap();
            let what = format!("{part} byte {at}");
            let found = match load(&Disk::new(&folder)) {
                // a digit of the version that became a larger one
                Err(HistoryError::Newer { .. }) if part == "history.json" => continue,
                // white space, or the version of the program, which no sum vouches for: the content is the same
                Ok(_) if part == "history.json" => {
                    let same: serde_json::Value = serde_json::from_slice(&damaged).unwrap();
                    let first: serde_json::Value = serde_json::from_slice(&whole).unwrap();
                    assert_eq!(
                        (&same["history"], &same["checksum"]),
                        (&first["history"], &first["checksum"]),
                        "{what}"
                    );
                    continue;
                }
                _ => looked_at(&folder, &what, at),
            };
            assert_eq!((found.len(), found[0].file.as_str()), (1, part), "{what}: {found:?}");
            let line = lines_in(&whole[..at]) + 1;
            let told = found[0].line;
            if part == "confluence_data_current.csv" {
                // its rows stand nowhere else: only what is no row at all has a line
                assert!(told.is_none() || told == Some(line), "{what}: {found:?}");
            } else if part != "history.json" {
                assert_eq!(told, Some(line), "{what}: {found:?}");
            }
        }
        fs::write(folder.join(part), &whole).unwrap();
    }
    open(&folder).unwrap();
}

#[test]
fn f_81_what_editors_and_version_control_do_is_refused_with_its_line() {
    type Edit = fn(&str) -> String;
    let edits: [(&str, Edit, u64); 6] = [
        ("the byte order mark is missing", |text| text.trim_start_matches('\u{FEFF}').to_owned(), 1),
        ("the line does not end in CRLF", |text| text.replace("\r\n", "\n"), 1),
        (
            "cells: 1; the header has 5",
            |text| text.replacen("complete\",4\r\n", "complete\",4\r\n<<<<<<< HEAD\r\n", 1),
            3,
        ),
        ("this is not the header that was written", |text| text.replacen("words", "Words", 1), 1),
        ("cells: 2; the header has 5", |text| format!("{text}1,2\r\n"), 4),
        ("differs from", |text| text.replacen("complete\",4", "complete\",5", 1), 2),
    ];
    for part in ["archived_snapshots/confluence_data_2026-W45.csv", "confluence_data_2026-W47.csv"] {
        let (_root, folder) = varied();
        let whole = text(&folder, part);
        for (problem, edit, line) in edits {
            let edited = edit(&whole);
            assert_ne!(edited, whole, "{problem}");
            fs::write(folder.join(part), edited).unwrap();
            let found = refused(&folder, problem);
            assert!(found[0].problem.contains(problem), "{found:?}");
            assert_eq!((found.len(), found[0].line), (1, Some(line)), "{found:?}");
        }
    }
}

#[test]
fn f_81_a_missing_file_is_refused_and_nothing_starts_afresh() {
    let (_root, folder) = varied();
    for part in PARTS {
        let whole = fs::read(folder.join(part)).unwrap();
        fs::remove_file(folder.join(part)).unwrap();
        let found = refused(&folder, part);
        assert_eq!((found[0].file.as_str(), found[0].line), (part, None));
        assert!(found[0].problem.contains("the file is missing"), "{found:?}");
        fs::write(folder.join(part), whole).unwrap();
    }
    open(&folder).unwrap();
}

#[test]
fn f_81_a_file_the_history_does_not_know_is_not_written_over() {
    let (_root, folder) = varied();
    fs::write(folder.join("confluence_data_2026-W48.csv"), "mine").unwrap();
    let found = refused(&folder, "stranger");
    assert_eq!(found[0].file, "confluence_data_2026-W48.csv");
}

#[test]
fn files_of_the_older_script_are_not_taken_for_a_history() {
    let root = TempDir::new().unwrap();
    fs::write(root.path().join("confluence_data_history.csv"), "space_key,page_title\n").unwrap();
    let found = refused(root.path(), "older script");
    assert!(found[0].file == "history.json" && found[0].problem.contains("imported"), "{found:?}");
}

#[test]
fn files_of_the_older_script_are_neither_damage_nor_mended() {
    let root = TempDir::new().unwrap();
    let old = format!("{}\nKB,Guide\n", OLD_COLUMNS.join(","));
    let names = ["confluence_data_history.csv", "confluence_data_current.csv", "confluence_data_2026-W40.csv"];
    for name in names {
        fs::write(root.path().join(name), &old).unwrap();
    }
    let is_older = |error: HistoryError| matches!(error, HistoryError::OlderScript { .. });
    assert!(is_older(open(root.path()).unwrap_err()));
    assert!(is_older(verify(root.path(), Duration::ZERO).unwrap_err()));
    assert!(is_older(repair(root.path(), Duration::ZERO).unwrap_err()));
    for name in names {
        assert_eq!(text(root.path(), name), old);
    }
    // one file of our own among them makes it a history that lost its list
    fs::write(root.path().join("confluence_data_2026-W41.csv"), "snapshot_week,page_id\r\n").unwrap();
    refused(root.path(), "mixed");
}

#[test]
fn line_ends_and_indentation_of_the_list_of_weeks_are_no_damage() {
    let (_root, folder) = varied();
    let written = text(&folder, "history.json");
    fs::write(folder.join("history.json"), format!("\u{FEFF}{}", written.replace('\n', "\r\n"))).unwrap();
    open(&folder).unwrap();
    let edited = written.replace("\"complete\"", "\"incomplete\"");
    fs::write(folder.join("history.json"), edited).unwrap();
    assert!(refused(&folder, "edited")[0].problem.contains("checksum"));
}

#[test]
fn a_list_that_leads_out_of_the_folder_is_refused_even_with_a_right_checksum() {
    let (_root, folder) = varied();
    let mut manifest = Manifest::read(&Disk::new(&folder)).unwrap().unwrap();
    manifest.weeks[0].file.path = "../confluence_data_2026-W45.csv".to_owned();
    fs::write(folder.join("history.json"), manifest.to_bytes().unwrap()).unwrap();
    refused(&folder, "outside");
}

/// Damage to what a killed run had written and not yet put in place.
#[test]
fn f_80_a_damaged_list_of_moves_or_a_damaged_new_file_is_refused() {
    let (_root, folder) = recorded(&[snapshot("2026-W46", "a", true)], KEEP);
    let mut tried = 0;
    for steps in 0.. {
        let (_root, folder) = copy(&folder);
        let fuse = fuse::Fuse::after(steps);
        let mut history = History::open_on(Disk::with_fuse(&folder, fuse.clone()), now(), OPEN)
            .unwrap_or_else(|_| open(&folder).unwrap());
        let ended = history.record(&snapshot("2026-W47", "b", true), KEEP);
        drop(history);
        if matches!(ended, Err(HistoryError::Unfinished { .. })) {
            let waiting: Vec<_> = files(&folder).into_keys().filter(|name| name.starts_with(names::PENDING)).collect();
            for name in waiting {
                let (_root, folder) = copy(&folder);
                let whole = fs::read(folder.join(&name)).unwrap();
                for end in (0..whole.len()).step_by(7) {
                    fs::write(folder.join(&name), &whole[..end]).unwrap();
                    assert!(matches!(open(&folder), Err(HistoryError::Damaged { .. })), "{name} cut at {end}");
                    tried += 1;
                }
                let (_mended_root, mended) = copy(&folder);
                repair(&mended, OPEN).unwrap();
                let found = rows(&open(&mended).unwrap());
                assert_eq!(found[..2], ["2026-W46 3 4 complete a", "2026-W46 20 7 complete a"], "{name}");
                fs::write(folder.join(&name), &whole).unwrap();
                assert_eq!(rows(&open(&folder).unwrap()).len(), 4, "{name} is whole again");
            }
            break;
        }
        assert!(!fuse.is_intact(), "no step left the run unfinished");
    }
    assert!(tried > 50, "{tried}");
}
