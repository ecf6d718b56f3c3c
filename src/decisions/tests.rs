//! Sheets as spreadsheet programs save them, and hostile ones.

use std::io::Write;

use rust_xlsxwriter::Workbook;
use tempfile::TempDir;

use super::*;

fn row(id: &str, decision: &str) -> SheetRow {
    SheetRow { number: 7, id: id.to_owned(), decision: decision.to_owned() }
}

#[test]
fn a_decision_is_read_in_any_case_and_with_white_space_around() {
    for (word, decision) in [
        ("keep", Decision::Keep),
        (" KEEP\u{a0}", Decision::Keep),
        ("Delete\u{200b}", Decision::Delete),
        ("", Decision::Open),
        (" \t", Decision::Open),
    ] {
        assert_eq!(check(&row(" att1 ", word)).unwrap(), ("att1", decision), "{word:?}");
    }
    // without a decision the id does not matter
    assert!(check(&row("1.2E+9", "")).is_ok());
    for (id, word) in [("att1", "behalten"), ("att1", "keep?"), ("", "delete"), ("1E+11", "keep"), ("a b", "delete")] {
        assert!(matches!(check(&row(id, word)), Err(SheetError::Row { number: 7, .. })), "{id} {word}");
    }
    assert_eq!(check(&row("65603", "keep")).unwrap().0, "65603");
}

#[test]
fn the_columns_are_found_by_their_names() {
    assert_eq!(places(["Notes", " decision ", "ATTACHMENT ID"].into_iter()), Some([2, 1]));
    assert_eq!(places(["Attachment ID", "Verdict"].into_iter()), None);
}

#[test]
fn names_of_several_sheets_are_shortened() {
    let of = |names: &[&str]| shown(names.iter().map(|name| (*name).to_owned()).collect());
    assert_eq!(of(&["b.csv"]), "b.csv");
    assert_eq!(of(&["b.csv", "a.csv", "c.csv"]), "a.csv and 2 more");
}

#[test]
fn rows_of_a_csv_file_have_the_numbers_that_a_spreadsheet_shows() {
    let folder = TempDir::new().unwrap();
    for (name, text) in [
        ("crlf.csv", "Sheet of Jane\r\nDecision;Attachment ID\r\n;att1\r\nkeep;att2\r\n"),
        ("lf.csv", "Sheet of Jane\nDecision;Attachment ID\n;att1\nkeep;att2\n"),
        ("cr.csv", "Sheet of Jane\rDecision,Attachment ID\r,att1\rkeep,att2\r"),
    ] {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        let rows = csv_sheet::rows(&path).unwrap();
        assert_eq!((rows.len(), rows[1].number, rows[1].id.as_str()), (2, 4, "att2"), "{name}");
    }
}

#[test]
fn ids_and_decisions_of_a_workbook_may_be_numbers_and_truth_values() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.xlsx");
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.write_string(0, 0, "Attachment ID").unwrap();
    sheet.write_string(0, 1, "Decision").unwrap();
    sheet.write_number(1, 0, 65603).unwrap();
    sheet.write_string(1, 1, "keep").unwrap();
    // a cell far away does not take memory
    sheet.write_string(1_048_575, 16_383, "far").unwrap();
    sheet.write_boolean(3, 1, true).unwrap();
    workbook.save(&path).unwrap();
    let rows = workbook_sheet::rows(&path).unwrap();
    assert_eq!((rows[0].number, rows[0].id.as_str(), rows[0].decision.as_str()), (2, "65603", "keep"));
    assert_eq!((rows[1].number, rows[1].decision.as_str()), (4, "true"));
}

#[test]
fn a_workbook_that_inflates_to_more_than_the_limit_is_refused() {
    let mut workbook = Workbook::new();
    workbook.add_worksheet().write_string(0, 0, "x".repeat(30_000)).unwrap();
    let bytes = workbook.save_to_buffer().unwrap();
    assert!(bytes.len() < 20_000 && inflated_size::is_small(&bytes, 1 << 20));
    assert!(!inflated_size::is_small(&bytes, 20_000));
    assert!(!inflated_size::is_small(b"no container", 1 << 20) && !inflated_size::is_small(b"", 1 << 20));
    for length in 0..bytes.len() {
        // a truncated file neither panics nor passes as a workbook
        assert!(length + 30 > bytes.len() || !inflated_size::is_small(&bytes[..length], 1 << 20), "{length}");
    }
}

#[test]
fn damaged_workbooks_are_errors() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.xlsx");
    let mut workbook = Workbook::new();
    workbook.add_worksheet().write_string(0, 0, "Attachment ID").unwrap();
    let bytes = workbook.save_to_buffer().unwrap();
    for at in (0..bytes.len()).step_by(7) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x55;
        fs::File::create(&path).unwrap().write_all(&damaged).unwrap();
        // an error or a table without the columns, never a panic
        assert!(workbook_sheet::rows(&path).is_err(), "{at}");
    }
}
