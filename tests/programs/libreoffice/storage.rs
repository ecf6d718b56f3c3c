//! The workbook of an audit.

use std::fs;
use std::path::PathBuf;

use super::{Settings, Table, address, assert_filters, compare, expected, links, opened, sheets};
use crate::report;

test_support::trials! {
    [LIBREOFFICE]:
        sync every_cell_of_the_workbook_is_that_of_the_csv_files,
        sync spaces_and_owners_add_up_to_the_files,
        sync names_open_the_attachments_of_their_page_and_headings_have_filters;
}

fn workbook() -> PathBuf {
    report().join("confluence_storage.xlsx")
}

/// Returns the CSV files of the spaces with unreferenced files.
fn unreferenced_files() -> Vec<PathBuf> {
    let folders = fs::read_dir(report()).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir());
    let file = |folder: PathBuf| {
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        folder.join(format!("{name}_unreferenced.csv"))
    };
    folders.map(file).filter(|file| file.exists()).collect()
}

fn every_cell_of_the_workbook_is_that_of_the_csv_files() {
    for settings in Settings::ALL {
        let mut sheets = sheets(&workbook(), None, settings);
        let mut sheet = |name: &str| Table::of(sheets.remove(name).unwrap_or_else(|| panic!("no sheet {name}")));
        let files = expected(&report().join("attachments.csv"), settings);
        let shown = sheet("Attachments");
        assert_eq!(compare(&shown, &files, &["Attachment ID"], settings), files.names.len());
        let sizes = numbers(&shown, "All Versions Size(Bytes)");
        assert!(sizes.is_sorted_by(|one, other| one >= other) && sizes[0] > 1_000_000, "the largest come first");
        let unreferenced = sheet("Unreferenced");
        let mut compared = 0;
        for file in unreferenced_files() {
            let of_space = expected(&file, settings);
            if of_space.rows.is_empty() {
                continue;
            }
            let key = of_space.texts("Space Key")[0].to_owned();
            let rows = unreferenced.rows.iter().filter(|row| row[unreferenced.place("Space Key")].text == key);
            let shown = Table { names: unreferenced.names.clone(), rows: rows.cloned().collect() };
            assert_eq!(compare(&shown, &of_space, &["Attachment ID"], settings), of_space.names.len());
            compared += shown.rows.len();
        }
        assert!(compared > 50 && compared == unreferenced.rows.len(), "{compared} of {}", unreferenced.rows.len());
        let mut versions = expected(&report().join("versions.csv"), settings);
        let current = versions.place("Current");
        versions.rows.retain(|row| row[current].text == "No");
        let columns = compare(&sheet("Old versions"), &versions, &["Attachment ID", "Version"], settings);
        assert_eq!(columns, versions.names.len() - 1, "all but Current");
        let duplicates = expected(&report().join("duplicates.csv"), settings);
        let columns = compare(&sheet("Duplicates"), &duplicates, &["Attachment ID"], settings);
        assert_eq!(columns, duplicates.names.len());
    }
}

/// Returns the numbers of a column as English settings or German ones show them; 0 for an empty cell.
fn numbers(table: &Table, column: &str) -> Vec<u64> {
    let number = |text: &str| text.replace([',', '.'], "");
    table.texts(column).into_iter().map(|text| number(text).parse().unwrap_or_default()).collect()
}

fn spaces_and_owners_add_up_to_the_files() {
    let mut sheets = sheets(&workbook(), None, Settings::German);
    let mut sheet = |name: &str| Table::of(sheets.remove(name).unwrap());
    let (files, unreferenced) = (sheet("Attachments"), sheet("Unreferenced"));
    let bytes: u64 = numbers(&unreferenced, "All Versions Size(Bytes)").iter().sum();
    let count = unreferenced.rows.len() as u64;
    for name in ["Spaces", "Owners"] {
        let table = sheet(name);
        let sum = |column: &str| numbers(&table, column).iter().sum::<u64>();
        assert_eq!((sum("Unreferenced Files"), sum("Unreferenced Size(Bytes)")), (count, bytes), "{name}");
        assert!(sum("Files") <= files.rows.len() as u64 && sum("Files") > count);
    }
}

fn names_open_the_attachments_of_their_page_and_headings_have_filters() {
    let document = opened(&workbook(), None, Settings::German);
    let found = links(&document);
    let mut sheets = sheets(&workbook(), None, Settings::English);
    for name in ["Spaces", "Unreferenced", "Attachments", "Old versions", "Duplicates", "Owners"] {
        let table = Table::of(sheets.remove(name).unwrap());
        assert_filters(&document, name);
        for [texts, addresses] in [["Filename", "Attachment Page Link"], ["Container Title", "Container URL"]] {
            if !table.names.iter().any(|name| name == texts) || !table.names.iter().any(|name| name == addresses) {
                continue;
            }
            let mut opened = 0;
            for (text, url) in
                table.texts(texts).into_iter().zip(table.texts(addresses)).filter(|(_, url)| !url.is_empty())
            {
                assert!(found.contains(&(address(url), text.to_owned())), "{name}: {text} does not open {url}");
                opened += 1;
            }
            assert!(opened > 5, "{name} {texts}");
        }
    }
    assert!(!document.contains("table:formula="), "no cell is a formula");
}
