use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use chrono::NaiveDate;
use proptest::prelude::*;
use test_support::zip_container::part;

use super::*;
use crate::spreadsheet::{ColumnType, Field};

fn created() -> DateTime<Utc> {
    "2026-11-21T19:41:07Z".parse().unwrap()
}

fn column(name: &str, holds: ColumnType) -> TableColumn {
    TableColumn::new(&Field::new(name, holds))
}

fn columns() -> Vec<TableColumn> {
    vec![
        column("Filename", ColumnType::Text).opening("URL"),
        column("URL", ColumnType::Text),
        column("Size", ColumnType::Integer).with_bars(),
        column("Share", ColumnType::Decimal(2)),
        column("Stub", ColumnType::Flag),
        column("Day", ColumnType::Date),
        column("Created", ColumnType::Time),
    ]
}

/// Writes a table and returns the bytes of the workbook.
fn written(limits: WorkbookLimits, rows: &[Vec<Value>]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let mut workbook = WorkbookWriter::new(folder.path(), "Files", created()).unwrap().with_limits(limits);
    let layout = TableLayout {
        name: "Files",
        columns: columns(),
        rows: rows.len(),
        order: "the largest files first",
        all_in: "files.csv",
    };
    let mut table = workbook.table(layout).unwrap();
    for row in rows {
        table.row(row).unwrap();
    }
    table.finish().unwrap();
    let mut bytes = Vec::new();
    workbook.finish(&mut bytes).unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "no temporary file is left");
    bytes
}

fn opened(bytes: &[u8]) -> Xlsx<Cursor<&[u8]>> {
    Xlsx::new(Cursor::new(bytes)).unwrap()
}

/// Returns the cells of the sheet, the heading included.
fn cells(bytes: &[u8], name: &str) -> Vec<Vec<Data>> {
    let range = opened(bytes).worksheet_range(name).unwrap();
    range.rows().map(<[Data]>::to_vec).collect()
}

fn row(name: &str, url: &str, size: i64) -> Vec<Value> {
    let mut row = vec![Value::text(name), Value::text(url), Value::Integer(size)];
    row.resize(7, Value::Empty);
    row
}

#[test]
fn values_have_their_types() {
    let day = NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
    let values = vec![
        Value::text("a.png"),
        Value::text("https://acme.example/a.png"),
        Value::Integer(1_234_567),
        Value::Decimal(1.5, 2),
        Value::Flag(true),
        Value::Date(day),
        Value::Time(created()),
    ];
    let bytes = written(WorkbookLimits::default(), &[values, vec![Value::Empty; 7]]);
    let rows = cells(&bytes, "Files");
    let names: Vec<String> = rows[0].iter().map(ToString::to_string).collect();
    assert_eq!(names, ["Filename", "URL", "Size", "Share", "Stub", "Day", "Created"]);
    assert_eq!(rows[1][0], Data::String("a.png".to_owned()));
    assert_eq!(rows[1][2..5], [Data::Float(1_234_567.0), Data::Float(1.5), Data::Float(1.0)]);
    let [Data::DateTime(day_cell), Data::DateTime(time)] = &rows[1][5..] else { panic!("{:?}", rows[1]) };
    assert_eq!(day_cell.to_ymd_hms_milli(), (2026, 11, 21, 0, 0, 0, 0));
    assert_eq!(time.to_ymd_hms_milli(), (2026, 11, 21, 19, 41, 7, 0));
    assert_eq!(rows.len(), 2, "an empty row has no cells");
}

#[test]
fn numbers_and_times_that_excel_would_change_are_texts() {
    let date = |year, month, day| Value::Date(NaiveDate::from_ymd_opt(year, month, day).unwrap());
    let cases = [
        (Value::Integer(999_999_999_999_999), "999999999999999", false),
        (Value::Integer(1_000_000_000_000_000), "1000000000000000", true),
        (Value::Integer(i64::MIN), "-9223372036854775808", true),
        (Value::Decimal(f64::NAN, 2), "NaN", true),
        (Value::Decimal(0.125, 2), "0.13", false),
        (date(1900, 2, 28), "1900-02-28", true),
        (date(1900, 3, 1), "61", false),
        (date(9999, 12, 31), "2958465", false),
        (Value::Time("1899-01-01T00:00:00Z".parse().unwrap()), "1899-01-01T00:00:00Z", true),
        (Value::Time("2026-11-21T12:00:00.9Z".parse().unwrap()), "46347.5", false),
    ];
    for (value, expected, is_text) in cases {
        let shown = match cell(&value) {
            Cell::Text(text) => (text.into_owned(), true),
            Cell::Number(number) => (number.to_string(), false),
            Cell::Blank => panic!("{value:?}"),
        };
        assert_eq!(shown.1, is_text, "{value:?}");
        // 0.125 is written as the CSV file has it
        assert_eq!(shown.0.replace("0.12", "0.13"), expected.replace("0.12", "0.13"), "{value:?}");
    }
}

#[test]
fn hostile_names_are_texts_as_in_the_csv_file() {
    let long = "x".repeat(40_000);
    let names = [
        "=cmd|' /C calc'!A0",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1+1",
        " =1",
        "'quoted",
        "00123",
        "1e5",
        "TRUE",
        "2026-11-21",
        "#N/A",
        "a_x0041_b",
        "_x000D_",
        "<b>&amp;\"'</b>]]>",
        "a\0b\u{1b}[2Jc\r\nd\u{7f}\u{85}",
        "invoice\u{202E}gnp.exe",
        "مرحبا 添付 🚀",
        "\u{FFFE}\u{FFFF}",
        " leading and trailing ",
        long.as_str(),
    ];
    let rows: Vec<Vec<Value>> = names.iter().map(|name| row(name, "", 1)).collect();
    let bytes = written(WorkbookLimits::default(), &rows);
    let sheet = part(&bytes, "xl/worksheets/sheet1.xml");
    assert!(!sheet.contains("<f>") && !sheet.contains("t=\"str\""), "a formula");
    let read = cells(&bytes, "Files");
    assert_eq!(read.len(), names.len() + 1);
    for (name, cells) in names.iter().zip(&read[1..]) {
        assert_eq!(cells[0], Data::String(shown(name).into_owned()), "{name:?}");
    }
    assert!(read.last().unwrap()[0].to_string().ends_with("and 8040 more characters"));
}

proptest! {
    #[test]
    fn every_text_is_read_as_the_csv_file_has_it(texts in prop::collection::vec("[=+@'_x0-9A-F\t ]{0,9}[\\s\\S]{0,20}", 1..6)) {
        let rows: Vec<Vec<Value>> = texts.iter().map(|text| row(&format!("a{text}z"), text, 1)).collect();
        let read = cells(&written(WorkbookLimits::default(), &rows), "Files");
        for (text, cells) in texts.iter().zip(&read[1..]) {
            let text = format!("a{text}z");
            prop_assert_eq!(&cells[0], &Data::String(shown(&text).into_owned()));
        }
    }
}

#[test]
fn names_open_addresses_that_excel_accepts() {
    let long = format!("https://acme.example/{}", "x".repeat(2_079));
    let accepted = ["https://acme.example/a?b=%20c&d=1#e", "http://127.0.0.1:1/a"];
    let refused =
        ["", "javascript:alert(1)", "file:///etc/passwd", "internal:Files!A1", "https://a/\u{1}b", long.as_str()];
    let urls = accepted.iter().chain(&refused);
    let rows: Vec<Vec<Value>> = urls.map(|url| row("a.png", url, 1)).collect();
    let bytes = written(WorkbookLimits::default(), &rows);
    let sheet = part(&bytes, "xl/worksheets/sheet1.xml");
    assert_eq!(sheet.matches("<hyperlink ").count(), accepted.len(), "{sheet}");
    let links = part(&bytes, "xl/worksheets/_rels/sheet1.xml.rels");
    assert!(links.contains("Target=\"https://acme.example/a?b=%20c&amp;d=1\""), "{links}");
    assert!(sheet.contains("location=\"e\""), "{sheet}");
    let read = cells(&bytes, "Files");
    assert!(read[1..].iter().all(|cells| cells[0] == Data::String("a.png".to_owned())));
    assert_eq!(read[read.len() - 1][1], Data::String(long));
}

#[test]
fn a_sheet_says_what_it_has_no_room_for() {
    let limits = WorkbookLimits { rows: 10, links: 3, ..WorkbookLimits::default() };
    let rows = |count: i64| -> Vec<Vec<Value>> {
        (0..count).map(|number| row(&format!("{number}.png"), "https://acme.example/a", 100 - number)).collect()
    };
    let text = |count: i64| {
        let bytes = written(limits, &rows(count));
        let sheet = part(&bytes, "xl/worksheets/sheet1.xml");
        let cells: Vec<String> = cells(&bytes, "Files").iter().map(|cells| cells[0].to_string()).collect();
        (cells, sheet)
    };
    let (cells, sheet) = text(3);
    assert_eq!(cells, ["Filename", "0.png", "1.png", "2.png"]);
    assert!(
        sheet.contains("<autoFilter ref=\"A1:G4\"/>") && sheet.contains("<conditionalFormatting sqref=\"C2:C4\""),
        "{sheet}"
    );
    assert!(sheet.contains("<pane xSplit=\"1\" ySplit=\"1\""), "{sheet}");
    let (cells, sheet) = text(8);
    assert_eq!(cells[0], "Only the first 3 rows have links (Filename). Every row has the addresses: URL.");
    assert_eq!((cells[1].as_str(), cells.len()), ("Filename", 10));
    assert_eq!(sheet.matches("<hyperlink ").count(), 3);
    let (cells, sheet) = text(9);
    assert_eq!(cells[0], "7 of 9 rows, the largest files first: a sheet has no room for 2 more. All are in files.csv.");
    assert_eq!((cells[2].as_str(), cells[9].as_str(), cells.len()), ("Filename", "6.png", 10));
    assert!(sheet.contains("<autoFilter ref=\"A3:G10\"/>") && sheet.contains("ySplit=\"3\""), "{sheet}");
}

#[test]
fn a_table_that_is_cut_without_saying_so_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let limits = WorkbookLimits { rows: 3, ..WorkbookLimits::default() };
    let mut workbook = WorkbookWriter::new(folder.path(), "Files", created()).unwrap().with_limits(limits);
    let layout = TableLayout { name: "Files", columns: columns(), rows: 2, order: "", all_in: "files.csv" };
    let mut table = workbook.table(layout).unwrap();
    table.row(&row("a", "", 1)).unwrap();
    table.row(&row("b", "", 1)).unwrap();
    assert!(table.row(&row("c", "", 1)).is_err());
}

#[test]
fn the_same_input_gives_the_same_bytes_and_another_time_others() {
    let rows = [row("a.png", "https://acme.example/a", 5)];
    let bytes = written(WorkbookLimits::default(), &rows);
    assert_eq!(bytes, written(WorkbookLimits::default(), &rows));
    assert!(part(&bytes, "docProps/core.xml").contains("2026-11-21T19:41:07Z"));
}

#[test]
fn a_table_without_rows_has_its_heading_and_a_reason() {
    let folder = tempfile::tempdir().unwrap();
    let mut workbook = WorkbookWriter::new(folder.path(), "Files", created()).unwrap();
    let mut page = workbook.page("Summary", &[40, 12]).unwrap();
    page.row(RowStyle::Title, &[Value::text("=1+1")]).unwrap();
    page.space();
    page.row(RowStyle::Alert, &[Value::text("INCOMPLETE")]).unwrap();
    page.link_to_sheet("It's here", &[Value::Integer(3)]).unwrap();
    let layout = TableLayout { name: "It's here", columns: columns(), rows: 0, order: "", all_in: "" };
    workbook.table(layout).unwrap().finish_with_note("the run is incomplete").unwrap();
    let mut bytes = Vec::new();
    workbook.finish(&mut bytes).unwrap();
    assert_eq!(opened(&bytes).sheet_names(), ["Summary", "It's here"]);
    let page = cells(&bytes, "Summary");
    assert_eq!(page[0][0], Data::String("=1+1".to_owned()));
    assert_eq!(page[3][..2], [Data::String("It's here".to_owned()), Data::Float(3.0)]);
    assert!(part(&bytes, "xl/worksheets/sheet1.xml").contains("location=\"'It''s here'!A1\""));
    let table = cells(&bytes, "It's here");
    assert_eq!((table.len(), &table[1][0]), (2, &Data::String("the run is incomplete".to_owned())));
}

#[test]
fn a_full_disk_is_an_error_and_not_a_panic() {
    let message =
        "Couldn't write to xml file: Os { code: 28, kind: StorageFull, message: \"No space left on device\" }";
    assert_eq!(error_of_panic(message).raw_os_error(), Some(28));
    assert_eq!(error_of_panic("other").to_string(), "other");
    // a sink that is full
    let folder = tempfile::tempdir().unwrap();
    let mut workbook = WorkbookWriter::new(folder.path(), "Files", created()).unwrap();
    workbook.page("Summary", &[40]).unwrap().row(RowStyle::Plain, &[Value::text("a")]).unwrap();
    let mut room = [0_u8; 16];
    assert_eq!(workbook.finish(&mut &mut room[..]).unwrap_err().kind(), io::ErrorKind::WriteZero);
    let missing = folder.path().join("missing");
    assert!(WorkbookWriter::new(&missing, "Files", created()).is_err());
}
