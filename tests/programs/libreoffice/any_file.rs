//! What holds for every workbook and CSV file.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::page_metrics::newest_week;
use super::{CSV, Settings, Shown, Table, expected, opened, sheets};
use crate::data;
use confluence_storage_analyzer::spreadsheet::{Value, decode, write_rows};
use test_support::zip_container::{part, try_part};

test_support::trials! {
    [LIBREOFFICE]: sync plain_csv_files_keep_their_letters_and_no_cell_is_a_formula;
    []: sync no_workbook_has_a_formula;
}

/// Texts that a spreadsheet may take for something else.
const TEXTS: [&str; 15] = [
    "Größe, Übersicht; Straße",
    "日本語の設計書",
    "설계 문서",
    "العربية",
    "🚀 Plan",
    "=1+1",
    "+49 30 1234",
    "-2",
    "@SUM(A1)",
    "＝1+1",
    "'=1+1",
    "=HYPERLINK(\"https://example.org\";\"x\")",
    "\"quoted\", and a comma",
    "2026-11-29",
    "00123",
];

fn plain_csv_files_keep_their_letters_and_no_cell_is_a_formula() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("texts.csv");
    let mut sink = Vec::new();
    write_rows(&mut sink, ["text", "number"], TEXTS.map(|text| vec![Value::text(text), Value::Integer(7)])).unwrap();
    fs::write(&file, sink).unwrap();
    for settings in Settings::ALL {
        let shown = sheets(&file, Some(CSV), settings).into_values().next().unwrap();
        assert_eq!(shown.len(), TEXTS.len() + 1);
        for (row, text) in shown[1..].iter().zip(TEXTS) {
            // a date or number in quotes may become one: what matters is that it is not computed
            assert_eq!(decode(&row[0].text).trim_start_matches('0'), text.trim_start_matches('0'), "{settings:?}");
            assert_eq!(row[1], Shown { text: "7".to_owned(), is_text: false });
        }
        for file in [file.clone(), newest_week(), data().join("findings/stubs.csv")] {
            let document = opened(&file, Some(CSV), settings);
            assert!(!document.contains("table:formula="), "{}", file.display());
        }
        let pages = Table::of(sheets(&newest_week(), Some(CSV), settings).into_values().next().unwrap());
        let expected = expected(&newest_week(), settings);
        assert_eq!(pages.names, expected.names);
        for column in ["page_title", "owner_name", "path"] {
            assert_eq!(pages.texts(column), expected.texts(column), "{column}");
        }
    }
}

fn no_workbook_has_a_formula() {
    for path in workbooks(data().parent().unwrap()) {
        let bytes = fs::read(&path).unwrap();
        let sheets = (1..).map_while(|number| try_part(&bytes, &format!("xl/worksheets/sheet{number}.xml")));
        let sheets: Vec<String> = sheets.collect();
        // an owner's workbook is one sheet to fill in
        let is_of_owner = path.parent().is_some_and(|folder| folder.ends_with("owners"));
        let expected = if is_of_owner { 1..=1 } else { 6..=9 };
        assert!(expected.contains(&sheets.len()), "{}: {} sheets", path.display(), sheets.len());
        for formula in ["<f>", "<f ", "<ddeLink", "<oleObject"] {
            assert!(sheets.iter().all(|sheet| !sheet.contains(formula)), "{}: {formula}", path.display());
        }
        assert!(!part(&bytes, "[Content_Types].xml").contains("externalLink"));
    }
}

/// Returns all workbooks below a folder.
fn workbooks(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(workbooks(&path));
        } else if path.extension().is_some_and(|extension| extension == "xlsx") {
            found.push(path);
        }
    }
    found
}
