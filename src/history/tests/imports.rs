//! Histories of the older script.

use super::*;

const HEADER: &str = "space_key,page_title,page_url,page_created,date_modified,creator_name,page_depth,child_pages,\
workflow_name,owner_value,project_relevance,labels,word_count,char_count,attachment_count,image_count,table_count,\
unique_contributors,edit_count,last_editor,extraction_date,extraction_time";

/// A row of the older script.
fn row(title: &str, url: &str, words: &str, date: &str, time: &str) -> String {
    format!("ENG,\"{title}\",{url},2020-01-02,2024-05-06,Ann,2,0,,,,\"a, b\",{words},99,1,0,0,1,12,Bob,{date},{time}\n")
}

fn import(rows: &str, into: &Path) -> Imported {
    let root = TempDir::new().unwrap();
    let file = root.path().join("old.csv");
    fs::write(&file, format!("{HEADER}\n{rows}")).unwrap();
    open(into).unwrap().import(&file).unwrap()
}

fn new_folder() -> (TempDir, PathBuf) {
    let root = TempDir::new().unwrap();
    let folder = root.path().join(FOLDER);
    (root, folder)
}

#[test]
fn weeks_come_from_dates_and_pages_from_addresses() {
    let (_root, folder) = new_folder();
    let rows_of_file = [
        row(
            "Über, \"\"uns\"\"\nzwei",
            "https://c.example/pages/viewpage.action?pageId=77",
            "10",
            "2024-12-30",
            "08:00:00",
        ),
        row("Home", "https://acme.example/wiki/spaces/ENG/pages/9/Home", "5.0", "2024-12-31", "08:00:01"),
        row("About", "https://c.example/display/ENG/About", "", "2027-01-01", "09:00"),
    ];
    let imported = import(&rows_of_file.concat(), &folder);
    assert_eq!(imported.weeks, [week("2025-W01"), week("2026-W53")], "ISO weeks, not calendar years");
    assert_eq!((imported.rows, imported.repeated, imported.problems.as_slice()), (3, 0, &[][..]));
    let history = open(&folder).unwrap();
    assert_eq!(history.columns()[..22], OLD_COLUMNS);
    assert_eq!(history.columns()[22..], [WEEK, PAGE, STATUS]);
    let table = history.read(week("2025-W01")).unwrap().unwrap();
    let at = table.columns();
    let cell = |row: usize, column: &str| table.rows[row][at[column]].as_str();
    assert_eq!((cell(0, PAGE), cell(0, "word_count"), cell(0, STATUS)), ("9", "5", "imported"));
    assert_eq!((cell(1, PAGE), cell(1, "page_title")), ("77", "Über, \"uns\" zwei"));
    let other = history.read(week("2026-W53")).unwrap().unwrap();
    assert_eq!((other.rows[0][at[PAGE]].as_str(), other.rows[0][at["word_count"]].as_str()), ("ENG:About", ""));
    let known = history.week(week("2025-W01")).unwrap();
    assert_eq!((known.status, known.spaces.as_slice()), (Status::Imported, &["ENG".to_owned()][..]));
    assert_eq!(known.taken_at.to_rfc3339(), "2024-12-31T08:00:01+00:00");
}

#[test]
fn f_83_of_rows_of_one_week_and_page_the_last_extraction_counts() {
    let (_root, folder) = new_folder();
    let url = "https://c.example/pages/viewpage.action?pageId=1";
    let rows_of_file = [
        row("T", url, "1", "2026-11-17", "08:00:00"),
        row("T", url, "3", "2026-11-19", "08:00:00"),
        row("T", url, "2", "2026-11-18", "08:00:00"),
    ];
    let imported = import(&rows_of_file.concat(), &folder);
    assert_eq!((imported.rows, imported.repeated), (1, 2));
    let table = open(&folder).unwrap().read(week("2026-W47")).unwrap().unwrap();
    assert_eq!(table.rows[0][table.columns()["word_count"]], "3");
}

#[test]
fn what_cannot_be_understood_is_told_with_its_line() {
    let (_root, folder) = new_folder();
    let url = "https://c.example/pages/viewpage.action?pageId=";
    let rows_of_file = [
        row("Two\nlines", &format!("{url}1"), "many", "2026-11-17", ""),
        row("B", &format!("{url}2"), "1", "17.11.2026", ""),
        "ENG,torn\n".to_owned(),
        row("", "", "1", "2026-11-17", ""),
    ];
    let imported = import(&rows_of_file.concat(), &folder);
    let told: Vec<_> = imported.problems.iter().map(|told| (told.line.unwrap(), told.problem.as_str())).collect();
    assert_eq!(
        told,
        [
            (4, "`17.11.2026` in extraction_date is no date; the row is left out"),
            (5, "cells: 2; the header has 22; the row is left out"),
            (6, "neither address, id nor title say which page this is; the row is left out"),
            (2, "`many` in word_count is no number; the cell is left empty"),
        ]
    );
    assert_eq!(imported.rows, 1);
}

#[test]
fn a_file_is_imported_once_and_never_over_weeks_that_are_there() {
    let (_root, folder) = recorded(&[snapshot("2026-W47", "a", false)], Retention::default());
    let mine = text(&folder, "confluence_data_2026-W47.csv");
    let url = "https://c.example/pages/viewpage.action?pageId=1";
    let content = row("T", url, "1", "2026-11-17", "") + &row("T", url, "1", "2026-11-10", "");
    let first = import(&content, &folder);
    assert_eq!((first.weeks.as_slice(), first.present.as_slice()), (&[week("2026-W46")][..], &[week("2026-W47")][..]));
    assert_eq!(text(&folder, "confluence_data_2026-W47.csv"), mine);
    let before = files(&folder);
    let second = import(&content, &folder);
    assert_eq!(second, Imported { already: true, ..Imported::default() });
    assert_eq!(files(&folder), before);
    let history = open(&folder).unwrap();
    assert_eq!(rows(&history).len(), 3);
    let joined = text(&folder, "confluence_data_history.csv");
    assert!(joined.starts_with("\u{FEFF}page_title,snapshot_week,page_id,snapshot_status,words,space_key,page_url"));
}

#[test]
fn files_of_another_kind_are_refused_with_the_reason() {
    let (_root, folder) = recorded(&[snapshot("2026-W47", "a", true)], Retention::default());
    let before = files(&folder);
    let file = folder.parent().unwrap().join("other.csv");
    for (content, reason) in [
        ("", "the file is empty"),
        ("a;b\n1;2\n", "these columns are missing: space_key, page_title"),
        ("page_title,extraction_date,page_title\n", "twice"),
        (text(&folder, "confluence_data_history.csv").as_str(), "a file of this program"),
    ] {
        fs::write(&file, content).unwrap();
        let error = open(&folder).unwrap().import(&file).unwrap_err();
        assert!(error.to_string().contains(reason), "{error}");
    }
    assert_eq!(files(&folder), before);
}

#[test]
fn f_80_killed_at_any_step_an_import_is_whole_or_not_there() {
    let (_root, folder) = recorded(&[snapshot("2026-W40", "a", true)], Retention::default());
    let url = "https://c.example/pages/viewpage.action?pageId=1";
    let file = folder.parent().unwrap().join("old.csv");
    fs::write(
        &file,
        format!("{HEADER}\n{}{}", row("T", url, "1", "2026-11-17", ""), row("T", url, "1", "2026-11-10", "")),
    )
    .unwrap();
    let (mut without, mut with) = (0, 0);
    for steps in 0.. {
        let (_root, folder) = copy(&folder);
        let fuse = fuse::Fuse::after(steps);
        if let Ok(mut history) = History::open_on(Disk::with_fuse(&folder, fuse.clone()), now(), OPEN) {
            let _ = history.import(&file);
        }
        let weeks = open(&folder).unwrap().weeks().len();
        match weeks {
            1 => without += 1,
            3 => with += 1,
            other => panic!("{other} weeks after {steps} steps"),
        }
        let again = open(&folder).unwrap().import(&file).unwrap();
        assert_eq!(again.already, weeks == 3);
        if fuse.is_intact() {
            break;
        }
    }
    assert!(without > 5 && with > 5, "{without} {with}");
}
