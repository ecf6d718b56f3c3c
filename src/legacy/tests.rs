//! Files of the legacy script, as it writes them and as spreadsheets save them.

use std::fs;

use tempfile::TempDir;

use super::*;
use crate::spreadsheet::ColumnType;

/// A row: the columns that differ between rows.
#[derive(Clone, Copy)]
struct TestRow {
    title: &'static str,
    page: &'static str,
    created: &'static str,
    words: &'static str,
    date: &'static str,
    time: &'static str,
}

const ROW: TestRow =
    TestRow { title: "T", page: "1", created: "2020-01-02", words: "1", date: "2026-11-17", time: "08:00:00" };

/// Returns a file with the 22 columns.
fn content(rows: &[TestRow], separator: char) -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let line = |cells: &[String]| cells.join(&separator.to_string()) + "\r\n";
    let header = line(&COLUMNS.map(str::to_owned));
    let rows = rows.iter().map(|row| {
        let cell = |column: &str| match column {
            "space_key" => "ENG".to_owned(),
            "page_title" => quoted(row.title),
            "page_url" => format!("https://c.example/pages/viewpage.action?pageId={}", row.page),
            "page_created" => row.created.to_owned(),
            "labels" => quoted("how-to, b"),
            "word_count" => quoted(row.words),
            "last_editor" => "Bob".to_owned(),
            "extraction_date" => row.date.to_owned(),
            "extraction_time" => row.time.to_owned(),
            _ => String::new(),
        };
        line(&COLUMNS.map(cell))
    });
    std::iter::once(header).chain(rows).collect()
}

fn fields() -> Vec<Field> {
    [
        ("page_title", ColumnType::Text),
        ("page_created", ColumnType::Date),
        ("labels", ColumnType::Text),
        ("word_count", ColumnType::Integer),
        ("extraction_date", ColumnType::Date),
        ("extraction_time", ColumnType::Text),
        ("snapshot_week", ColumnType::Text),
        ("page_id", ColumnType::Text),
        ("snapshot_status", ColumnType::Text),
        ("views_90d", ColumnType::Integer),
    ]
    .map(|(name, holds)| Field::new(name, holds))
    .to_vec()
}

fn open(content: impl AsRef<[u8]>) -> Result<LegacyFile, LegacyError> {
    let root = TempDir::new().unwrap();
    let path = root.path().join("old.csv");
    fs::write(&path, content).unwrap();
    // the open file stays readable after its folder is deleted
    LegacyFile::open(&path, fields(), "2027-01-10".parse().unwrap())
}

fn file(rows: &[TestRow]) -> LegacyFile {
    open(format!("\u{FEFF}{}", content(rows, ','))).unwrap()
}

/// Returns all rows of a file by week and page, with `|` between their cells.
fn all(mut file: LegacyFile) -> Vec<String> {
    let weeks = file.weeks();
    let rows = weeks.into_iter().flat_map(|week| file.read(week).unwrap().rows);
    rows.map(|(_, cells)| cells.iter().map(Value::plain).collect::<Vec<_>>().join("|")).collect()
}

/// Returns why a file is refused.
fn refused(content: impl AsRef<[u8]>) -> Failure {
    let failure = Failure::from(open(content).unwrap_err());
    assert_eq!(failure.status, ExitStatus::Usage);
    assert!(failure.what.contains("old.csv cannot be imported"), "{failure}");
    assert!(failure.remedy.as_deref().is_some_and(|remedy| remedy.contains("yyyy-mm-dd")), "{failure}");
    failure
}

fn week(text: &str) -> IsoWeek {
    text.parse().unwrap()
}

#[test]
fn the_week_is_that_of_the_extraction_date_and_the_page_id_that_of_the_address() {
    let mut file = file(&[
        TestRow { title: "Über, \"uns\"\nzwei", page: "77", words: "10", date: "2024-12-30", ..ROW },
        TestRow { title: "Home", page: "9", words: "5.0", date: "2024-12-31", time: "08:00:01", ..ROW },
        TestRow { title: "About", page: "", words: "", date: "2027-01-01", time: "09:00", ..ROW },
    ]);
    assert_eq!(file.weeks(), [week("2025-W01"), week("2026-W53")], "ISO weeks, not calendar years");
    let read = file.read(week("2025-W01")).unwrap();
    let cells: Vec<Vec<String>> = read.rows.iter().map(|(_, cells)| cells.iter().map(Value::plain).collect()).collect();
    let row = |title, words, date, time, page| {
        [title, "2020-01-02", "b;how-to", words, date, time, "2025-W01", page, "imported", ""]
            .map(str::to_owned)
            .to_vec()
    };
    let expected = [
        row("Über, \"uns\" zwei", "10", "2024-12-30", "08:00:00", "77"),
        row("Home", "5", "2024-12-31", "08:00:01", "9"),
    ];
    assert_eq!(cells, expected);
    assert_eq!(read.taken_at.to_rfc3339(), "2024-12-31T08:00:01+00:00");
    let other = file.read(week("2026-W53")).unwrap();
    assert_eq!((other.rows[0].0.as_str(), &other.rows[0].1[3]), ("ENG:About", &Value::Empty));
    assert_eq!((file.repeated, file.remarks.as_slice()), (0, &[][..]));
}

#[test]
fn the_last_extraction_of_a_page_in_a_week_counts_f_83() {
    let mut file = file(&[
        TestRow { words: "1", ..ROW },
        TestRow { words: "3", date: "2026-11-19", ..ROW },
        TestRow { words: "2", date: "2026-11-18", ..ROW },
    ]);
    let read = file.read(week("2026-W47")).unwrap();
    assert_eq!((read.rows.len(), &read.rows[0].1[3], file.repeated), (1, &Value::Integer(3), 2));
}

#[test]
fn a_file_saved_by_a_spreadsheet_has_the_same_rows_as_the_original() {
    let written = all(file(&[
        TestRow { created: "2020-03-25", words: "1234", date: "2026-03-04", time: "08:05:09", ..ROW },
        TestRow { page: "2", created: "2020-04-03", words: "7", date: "2026-04-03", time: "20:05:00", ..ROW },
    ]));
    let saved =
        |created: [&'static str; 2], words: &'static str, dates: [&'static str; 2], times: [&'static str; 2]| {
            [
                TestRow { created: created[0], words, date: dates[0], time: times[0], ..ROW },
                TestRow { page: "2", created: created[1], date: dates[1], time: times[1], words: "7", ..ROW },
            ]
        };
    let american = saved(["3/25/2020", "4/3/2020"], "1,234", ["3/4/2026", "4/3/2026"], ["8:05:09 AM", "8:05 PM"]);
    let german = saved(["25.03.2020", "03.04.2020"], "1.234", ["04.03.2026", "03.04.2026"], ["08:05:09", "20:05"]);
    let short = saved(["25/03/20", "3/4/20"], "1 234", ["4/3/26", "3/4/26 00:00"], ["8:05:09", "20:05:00"]);
    let utf_16 = |text: &str, unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
        "\u{FEFF}".encode_utf16().chain(text.encode_utf16()).flat_map(unit).collect()
    };
    for (name, bytes) in [
        ("American", content(&american, ',').into_bytes()),
        ("German", format!("\u{FEFF}{}", content(&german, ';')).into_bytes()),
        ("short", content(&short, ';').into_bytes()),
        ("Unicode Text", utf_16(&content(&american, '\t'), u16::to_le_bytes)),
        ("UTF-16, the other way round", utf_16(&content(&german, ';'), u16::to_be_bytes)),
        ("with an empty row", format!("{}{}\r\n\r\n", content(&german, ';'), ";".repeat(21)).into_bytes()),
    ] {
        assert_eq!(all(open(bytes).unwrap()), written, "{name}");
    }
}

#[test]
fn windows_1252_is_read_with_a_remark_and_other_code_pages_are_refused() {
    let encoded = |title: &[u8]| {
        let rows = content(&[TestRow { title: "TITLE", ..ROW }], ';');
        let (before, after) = rows.split_once("TITLE").unwrap();
        [before.as_bytes(), title, after.as_bytes()].concat()
    };
    let file = open(encoded(b"Gr\xFC\xDFe \x96 \x80")).unwrap();
    assert_eq!(file.remarks, ["it is not UTF-8 and was read as Windows-1252, as Excel saves CSV files"]);
    assert!(all(file)[0].starts_with("Grüße – €|"));
    for (title, problem) in [
        (&b"za\xBF\xF3\xB3\xE6"[..], "its encoding cannot be determined"),
        (b"a\x81b\xFF", "its encoding cannot be determined"),
        (b"a\0b", "NUL"),
    ] {
        let failure = refused(encoded(title));
        assert!(failure.what.contains(problem), "{failure}");
    }
    assert!(refused([&b"\xFF\xFE"[..], b"a"].concat()).what.contains("begins like UTF-16"));
}

#[test]
fn invalid_values_refuse_the_file_with_line_and_value() {
    let rows = [
        TestRow { title: "Two\nlines", words: "many", ..ROW },
        TestRow { page: "2", date: "2026-13-17", ..ROW },
        TestRow { page: "3", created: "46085", ..ROW },
        TestRow { page: "4", time: "noon", ..ROW },
        TestRow { page: "5", date: "", ..ROW },
        TestRow { page: "6", date: "2027-11-17", ..ROW },
        TestRow { page: "", title: "", ..ROW },
        TestRow { page: "8", words: "12.5", ..ROW },
        TestRow { page: "9", date: "1926-11-17", ..ROW },
    ];
    let why = refused(content(&rows, ',') + "ENG,torn\r\n" + &",".repeat(22) + "more\r\n").why.unwrap();
    let expected = [
        "line 2: `many` in word_count is not a whole number",
        "line 4: `2026-13-17` in extraction_date is not a date",
        "line 5: `46085` in page_created is not a date",
        "line 6: `noon` in extraction_time is not a time",
        "line 7: `` in extraction_date is not a date",
        "line 8: `2027-11-17` in extraction_date is in the future",
        "line 9: it has no address, id or title to identify the page",
        "line 10: `12.5` in word_count is not a whole number",
        "line 11: `1926-11-17` in extraction_date is before Confluence existed",
        "line 12: it has 2 cells, but the header has 22",
        "line 13: it has 23 cells, but the header has 22",
    ];
    assert_eq!(why, expected.join("; "));
    let many: Vec<TestRow> = std::iter::repeat_n(rows[0], 25).collect();
    assert!(refused(content(&many, ',')).why.unwrap().ends_with("; and 5 more"));
}

#[test]
fn ambiguous_dates_and_numbers_refuse_the_file_with_the_value() {
    let row = |created, date, words| TestRow { created, words, date, ..ROW };
    for (rows, why) in [
        (
            [row("1/2/2020", "3/4/2026", "1"), row("5/5/2020", "3/11/2026", "2")],
            "`1/2/2020` in page_created (line 2) may have the day or the month first, and no date in the file shows which",
        ),
        (
            [row("1/2/2020", "3/25/2026", "1"), row("25/3/2020", "3/11/2026", "2")],
            "some dates have the day first, others the month: `25/3/2020` in page_created (line 3), but `3/25/2026` in \
             extraction_date (line 2)",
        ),
        (
            [row("2020-01-02", "2026-11-17", "1"), row("2020-01-02", "2026-11-18", "2.000")],
            "`2.000` in word_count (line 3) may have a thousands or a decimal separator, and no number in the file shows which",
        ),
    ] {
        assert_eq!(refused(content(&rows, ',')).why.as_deref(), Some(why));
    }
}

#[test]
fn all_spellings_of_an_unknown_value_become_empty_cells() {
    for nothing in ["", "nan", "None", "N/A", "-"] {
        let rows = all(file(&[TestRow { created: nothing, words: nothing, time: nothing, ..ROW }]));
        assert_eq!(rows, ["T||b;how-to||2026-11-17||2026-W47|1|imported|"], "{nothing}");
    }
}

#[test]
fn empty_cells_that_a_spreadsheet_omits_or_adds_at_the_end_of_rows_are_ignored() {
    let text = content(&[ROW, TestRow { page: "2", ..ROW }], ',');
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines[0] += ",zeta,,";
    lines[1] += ",note,,";
    let file = open(lines.join("\n")).unwrap();
    assert_eq!(file.remarks, ["ignored columns: zeta"]);
    assert_eq!(all(file).len(), 2);
}

#[test]
fn other_files_are_refused_with_the_reason() {
    let header = COLUMNS.join(",");
    for (content, reason) in [
        ("", "the file is empty"),
        ("a;b\n1;2\n", "these columns are missing: space_key, page_title"),
        ("space_key,page_title,page_url\n", "extraction_date"),
        ("page_title,extraction_date\n", "these columns are missing: space_key"),
        ("page_title,extraction_date,page_title\n", "the column page_title occurs twice"),
        ("page_title,extraction_date,snapshot_status\n", "written by this program"),
        (&header, "it has no rows"),
        (&format!("{header}\n{}\n", ",".repeat(21)), "it has no rows"),
    ] {
        let failure = refused(content);
        assert!(failure.what.contains(reason), "{failure}");
    }
    let absent = LegacyFile::open(Path::new("nowhere.csv"), fields(), NaiveDate::MAX).unwrap_err();
    assert!(absent.to_string().contains("the file does not exist"), "{absent}");
}

#[test]
fn missing_and_ignored_columns_are_named() {
    let file = open("space_key,page_title,extraction_date,zeta,alpha\nENG,T,2026-11-17,,\n").unwrap();
    assert_eq!(file.remarks[0], "ignored columns: alpha, zeta");
    assert!(file.remarks[1].starts_with("missing columns, left empty: page_url, page_created, "));
    assert_eq!(all(file), ["T||||2026-11-17||2026-W47|ENG:T|imported|"]);
}
