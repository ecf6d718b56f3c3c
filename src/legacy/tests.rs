//! Files of the older script.

use std::fs;

use tempfile::TempDir;

use super::*;
use crate::spreadsheet::Type;

const HEADER: &str = "space_key,page_title,page_url,page_created,date_modified,creator_name,page_depth,child_pages,\
workflow_name,owner_value,project_relevance,labels,word_count,char_count,attachment_count,image_count,table_count,\
unique_contributors,edit_count,last_editor,extraction_date,extraction_time";

/// A row of the older script.
fn row(title: &str, url: &str, words: &str, date: &str, time: &str) -> String {
    format!("ENG,\"{title}\",{url},2020-01-02,2024-05-06,Ann,2,0,,,,\"a, b\",{words},99,1,0,0,1,12,Bob,{date},{time}\n")
}

fn open(content: &str) -> (TempDir, Result<LegacyFile, LegacyError>) {
    let root = TempDir::new().unwrap();
    let path = root.path().join("old.csv");
    fs::write(&path, content).unwrap();
    let file = LegacyFile::open(&path);
    (root, file)
}

fn file(rows: &[String]) -> (TempDir, LegacyFile) {
    let (root, file) = open(&format!("\u{FEFF}{HEADER}\n{}", rows.concat()));
    (root, file.unwrap())
}

fn fields() -> Vec<Field> {
    [
        ("page_title", Type::Text),
        ("page_created", Type::Date),
        ("word_count", Type::Integer),
        ("snapshot_week", Type::Text),
        ("page_id", Type::Text),
        ("snapshot_status", Type::Text),
        ("views_90d", Type::Integer),
    ]
    .map(|(name, holds)| Field::new(name, holds))
    .to_vec()
}

fn week(text: &str) -> IsoWeek {
    text.parse().unwrap()
}

#[test]
fn weeks_come_from_dates_and_pages_from_addresses() {
    let (_root, mut file) = file(&[
        row(
            "Über, \"\"uns\"\"\nzwei",
            "https://c.example/pages/viewpage.action?pageId=77",
            "10",
            "2024-12-30",
            "08:00:00",
        ),
        row("Home", "https://acme.example/wiki/spaces/ENG/pages/9/Home", "5.0", "2024-12-31", "08:00:01"),
        row("About", "https://c.example/display/ENG/About", "", "2027-01-01", "09:00"),
    ]);
    assert_eq!(file.weeks(), [week("2025-W01"), week("2026-W53")], "ISO weeks, not calendar years");
    let read = file.read(week("2025-W01"), &fields()).unwrap();
    let cells = |title: &str, words: i64, week: &str, page: &str| {
        let created = Value::Date("2020-01-02".parse().unwrap());
        let (week, status) = (Value::text(week), Value::text("imported"));
        (
            page.to_owned(),
            vec![Value::text(title), created, Value::Integer(words), week, Value::text(page), status, Value::Empty],
        )
    };
    assert_eq!(read.rows, [cells("Über, \"uns\" zwei", 10, "2025-W01", "77"), cells("Home", 5, "2025-W01", "9")]);
    assert_eq!(read.taken_at.to_rfc3339(), "2024-12-31T08:00:01+00:00");
    let other = file.read(week("2026-W53"), &fields()).unwrap();
    assert_eq!((other.rows[0].0.as_str(), &other.rows[0].1[2]), ("ENG:About", &Value::Empty));
    assert_eq!((file.repeated, file.problems.as_slice()), (0, &[][..]));
}

#[test]
fn f_83_of_rows_of_one_week_and_page_the_last_extraction_counts() {
    let url = "https://c.example/pages/viewpage.action?pageId=1";
    let (_root, mut file) = file(&[
        row("T", url, "1", "2026-11-17", "08:00:00"),
        row("T", url, "3", "2026-11-19", "08:00:00"),
        row("T", url, "2", "2026-11-18", "08:00:00"),
    ]);
    let read = file.read(week("2026-W47"), &fields()).unwrap();
    assert_eq!((read.rows.len(), &read.rows[0].1[2], file.repeated), (1, &Value::Integer(3), 2));
}

#[test]
fn what_cannot_be_understood_is_told_with_its_line() {
    let url = "https://c.example/pages/viewpage.action?pageId=";
    let (root, mut file) = file(&[
        row("Two\nlines", &format!("{url}1"), "many", "2026-11-17", ""),
        row("B", &format!("{url}2"), "1", "17.11.2026", ""),
        "ENG,torn\n".to_owned(),
        row("", "", "1", "2026-11-17", ""),
    ]);
    assert_eq!(file.read(week("2026-W47"), &fields()).unwrap().rows.len(), 1);
    let path = root.path().join("old.csv");
    let told = [
        "4: `17.11.2026` in extraction_date is no date; the row is left out",
        "5: cells: 2; the header has 22; the row is left out",
        "6: neither address, id nor title say which page this is; the row is left out",
        "2: `many` in word_count is not of the type integer; the cell is left empty",
    ];
    assert_eq!(file.problems, told.map(|told| format!("{}:{told}", path.display())));
}

#[test]
fn files_of_another_kind_are_refused_with_the_reason() {
    for (content, reason) in [
        ("", "the file is empty"),
        ("a;b\n1;2\n", "these columns are missing: space_key, page_title"),
        ("page_title,extraction_date,page_title\n", "twice"),
        ("page_title,extraction_date,snapshot_status\n", "a file of this program"),
    ] {
        let error = open(content).1.unwrap_err();
        assert!(matches!(error, LegacyError::Content { .. }) && error.to_string().contains(reason), "{error}");
    }
    let absent = LegacyFile::open(Path::new("nowhere.csv")).unwrap_err();
    assert!(absent.to_string().contains("there is no such file"), "{absent}");
}

#[test]
fn columns_without_a_place_among_ours_are_named() {
    let (_root, file) = open(&format!("{HEADER},zeta,alpha\n"));
    assert_eq!(file.unwrap().unknown_columns(), ["alpha", "zeta"]);
}
