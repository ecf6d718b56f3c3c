//! The workbook and the Parquet files of an audit, compared with its CSV files.
#![expect(clippy::float_cmp, reason = "whole numbers, which floats hold exactly")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use calamine::{Data, Range, Reader, Xlsx, open_workbook};
use chrono::{DateTime, Utc};
use confluence_sim::FaultPlan;
use confluence_storage_analyzer::audit::{Audit, Usage};
use confluence_storage_analyzer::inventory::Inventory;
use confluence_storage_analyzer::report::{self, ReportInput};
use confluence_storage_analyzer::spreadsheet::{self, ColumnType, Field, ParquetTable, TableFormats, Value};
use test_support::sample;
use test_support::zip_container;

use crate::run_program::{Server, program};

const ALL: TableFormats = TableFormats { workbook: true, parquet: true };
const WORKBOOK: &str = "confluence_storage.xlsx";
/// The columns that are not texts.
const NUMBERS: [&str; 8] = [
    "Size(Bytes)",
    "Size(MB)",
    "Versions",
    "All Versions Size(Bytes)",
    "Duplicate Group",
    "Version",
    "Copies",
    "Unreferenced Runs",
];
const TIMES: [&str; 3] = ["Created", "Last Modified", "Unreferenced Since"];

struct Written {
    _parent: tempfile::TempDir,
    folder: PathBuf,
}

fn write(input: &(Inventory, Audit), formats: TableFormats) -> Written {
    let parent = tempfile::tempdir().unwrap();
    let input = ReportInput { run: &sample::run_facts(), inventory: &input.0, audit: &input.1 };
    let folder = report::write_with(parent.path(), input, formats).unwrap();
    Written { _parent: parent, folder }
}

/// Returns a report with hostile names, among them some that are too long for a cell.
fn hostile() -> (Inventory, Audit) {
    let mut input = sample::complete(300);
    let names = ["x".repeat(40_000), "🚀".repeat(20_000), "a_x0041_b".to_owned(), "00123".to_owned()];
    for (number, name) in names.into_iter().enumerate() {
        // an unreferenced file with old versions
        let file = &mut input.0.attachments[35 + 60 * number];
        for version in &mut file.old_versions {
            version.title = Some(name.clone());
        }
        file.title = name;
    }
    input
}

impl Written {
    /// Returns the rows of a CSV file as maps from the column to the text.
    fn csv(&self, name: &str) -> Vec<BTreeMap<String, String>> {
        let bytes = fs::read(self.folder.join(name)).unwrap();
        let mut reader = csv::Reader::from_reader(&bytes[3..]);
        let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
        let row = |record: csv::StringRecord| {
            header.iter().cloned().zip(record.iter().map(|cell| spreadsheet::decode(cell).to_owned())).collect()
        };
        reader.records().map(|record| row(record.unwrap())).collect()
    }

    fn sheet(&self, name: &str) -> Range<Data> {
        let mut workbook: Xlsx<_> = open_workbook(self.folder.join(WORKBOOK)).unwrap();
        workbook.worksheet_range(name).unwrap()
    }

    /// Returns the rows of a sheet as maps from the column to the cell.
    fn rows(&self, name: &str) -> Vec<BTreeMap<String, Data>> {
        let sheet = self.sheet(name);
        let header: Vec<String> = sheet.rows().next().unwrap().iter().map(ToString::to_string).collect();
        sheet.rows().skip(1).map(|row| header.iter().cloned().zip(row.iter().cloned()).collect()).collect()
    }

    /// Returns the XML of a sheet, counted from 1.
    fn xml(&self, sheet: usize) -> String {
        let bytes = fs::read(self.folder.join(WORKBOOK)).unwrap();
        zip_container::part(&bytes, &format!("xl/worksheets/sheet{sheet}.xml"))
    }
}

/// Returns a cell as the CSV file writes it, after checking that its type is that of the column.
fn as_in_csv(column: &str, cell: &Data) -> String {
    match cell {
        Data::Empty => String::new(),
        Data::String(text) => {
            assert!(!NUMBERS.contains(&column) && !TIMES.contains(&column), "{column}: {text} is a text");
            text.clone()
        }
        Data::Float(number) => {
            assert!(NUMBERS.contains(&column), "{column}: {number} is a number");
            if column == "Size(MB)" { format!("{number:.2}") } else { number.to_string() }
        }
        Data::DateTime(time) => {
            assert!(TIMES.contains(&column), "{column}: {time} is a time");
            let (year, month, day, hour, minute, second, _) = time.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
        }
        other => panic!("{column}: {other:?}"),
    }
}

/// Returns the rows of a sheet as texts, sorted, with only these columns.
fn texts(rows: &[BTreeMap<String, Data>], columns: &[&String]) -> Vec<Vec<String>> {
    let mut texts: Vec<Vec<String>> = rows
        .iter()
        .map(|row| columns.iter().map(|column| as_in_csv(column, &row[column.as_str()])).collect())
        .collect();
    texts.sort();
    texts
}

#[test]
fn every_cell_of_a_csv_file_is_in_its_sheet_with_its_type() {
    let written = write(&hostile(), ALL);
    let all = written.csv("attachments.csv");
    let mut unreferenced = Vec::new();
    for space in ["ENG", "_alice-12", "__-13"] {
        unreferenced.extend(written.csv(&format!("{space}/{space}_unreferenced.csv")));
    }
    let mut old = written.csv("versions.csv");
    old.retain(|row| row["Current"] == "No");
    for row in &mut old {
        row.remove("Current");
    }
    let tables = [
        ("Attachments", all),
        ("Unreferenced", unreferenced),
        ("Old versions", old),
        ("Duplicates", written.csv("duplicates.csv")),
    ];
    for (sheet, expected) in tables {
        assert!(expected.len() > 3, "{sheet} is a good example");
        let columns: Vec<&String> = expected[0].keys().collect();
        let rows = written.rows(sheet);
        let mut expected: Vec<Vec<String>> =
            expected.iter().map(|row| columns.iter().map(|column| row[column.as_str()].clone()).collect()).collect();
        expected.sort();
        let found = texts(&rows, &columns);
        assert_eq!(found.len(), expected.len(), "{sheet}");
        for (found, expected) in found.iter().zip(&expected) {
            assert_eq!(found, expected, "{sheet}");
        }
    }
    let long = written.rows("Unreferenced").into_iter().filter(|row| row["Filename"].to_string().len() > 30_000);
    assert_eq!(long.count(), 2, "the long names are in a sheet");
}

#[test]
fn nothing_in_the_workbook_is_a_formula() {
    let written = write(&hostile(), ALL);
    for sheet in 1..=8 {
        let xml = written.xml(sheet);
        assert!(!xml.contains("<f>") && !xml.contains("<f ") && !xml.contains("t=\"str\""), "sheet {sheet}");
    }
}

#[test]
fn the_largest_files_come_first_and_names_open_their_pages() {
    let written = write(&sample::complete(300), ALL);
    for sheet in ["Attachments", "Unreferenced"] {
        let rows = written.rows(sheet);
        let bytes = |row: &BTreeMap<String, Data>| match row["All Versions Size(Bytes)"] {
            Data::Float(bytes) => bytes,
            _ => 0.0,
        };
        assert!(rows.is_sorted_by(|one, other| bytes(one) >= bytes(other)), "{sheet}");
    }
    let xml = written.xml(3);
    let rows = written.rows("Unreferenced").len();
    assert_eq!(xml.matches("<hyperlink ").count(), 2 * rows);
    assert!(xml.contains("<autoFilter ref=\"A1:A") && xml.contains(&format!("{}\"/>", rows + 1)), "filters");
    assert!(xml.contains("ySplit=\"1\"") && xml.contains("state=\"frozen\""), "a frozen heading");
    assert!(xml.contains("type=\"dataBar\""), "bars");
}

#[test]
fn an_incomplete_run_calls_nothing_unreferenced_in_the_workbook() {
    let written = write(&sample::incomplete(120), ALL);
    let summary = written.sheet("Summary");
    assert_eq!(summary.get_value((0, 0)), Some(&Data::String("INCOMPLETE".to_owned())));
    assert!(summary.get_value((1, 4)).unwrap().to_string().contains("1 unit of work could not be read"), "{summary:?}");
    let figure = |name: &str, column: usize| {
        let row = summary.rows().find(|row| row[0] == *name).unwrap();
        row[column].to_string()
    };
    for column in [1, 2] {
        assert_eq!(figure("Unreferenced", column), "not known");
        assert_eq!(figure(Usage::Unreferenced.as_str(), column), "not known");
    }
    let sheet = written.sheet("Unreferenced");
    assert_eq!(sheet.height(), 2, "the heading and the reason");
    assert_eq!(sheet.get_value((0, 0)), Some(&Data::String("Filename".to_owned())));
    let reason = sheet.get_value((1, 0)).unwrap().to_string();
    assert!(reason.starts_with("INCOMPLETE: no file can be called unreferenced"), "{reason}");
    assert!(reason.contains("1 unit of work could not be read"), "{reason}");
    for row in written.rows("Attachments") {
        assert_ne!(row["Usage"].to_string(), "unreferenced");
        assert_eq!(row["Run Complete"].to_string(), "No");
    }
    for sheet in ["Spaces", "Owners"] {
        let rows = written.rows(sheet);
        assert!(!rows.is_empty());
        for row in rows {
            assert_eq!((&row["Unreferenced Files"], &row["Unreferenced Size(Bytes)"]), (&Data::Empty, &Data::Empty));
        }
    }
}

#[test]
fn the_figures_of_the_sheets_are_those_of_the_manifest() {
    let written = write(&sample::complete(300), ALL);
    let manifest: serde_json::Value =
        serde_json::from_slice(&fs::read(written.folder.join("run.json")).unwrap()).unwrap();
    let totals = &manifest["totals"];
    let sum = |sheet: &str, column: &str| -> f64 {
        written.rows(sheet).iter().map(|row| if let Data::Float(number) = row[column] { number } else { 0.0 }).sum()
    };
    let stored = totals["current_bytes"].as_f64().unwrap() + totals["old_bytes"].as_f64().unwrap();
    for sheet in ["Spaces", "Owners"] {
        assert_eq!(sum(sheet, "Files"), totals["attachments"].as_f64().unwrap(), "{sheet}");
        assert_eq!(sum(sheet, "All Versions Size(Bytes)"), stored, "{sheet}");
        assert_eq!(sum(sheet, "Unreferenced Files"), totals["unreferenced_files"].as_f64().unwrap(), "{sheet}");
        assert_eq!(sum(sheet, "Unreferenced Size(Bytes)"), totals["unreferenced_bytes"].as_f64().unwrap(), "{sheet}");
    }
    let summary = written.sheet("Summary");
    let row = summary.rows().find(|row| row[0] == *"Unreferenced").unwrap();
    assert_eq!(row[1], Data::Float(totals["unreferenced_files"].as_f64().unwrap()));
    assert_eq!(row[2], Data::Float(totals["unreferenced_bytes"].as_f64().unwrap()));
    assert_eq!(written.rows("Unreferenced").len() as f64, totals["unreferenced_files"].as_f64().unwrap());
    let guide: Vec<String> = written.sheet("Reading guide").rows().map(|row| row[0].to_string()).collect();
    for name in Usage::ALL.map(Usage::as_str).into_iter().chain(["Deleting only moves to the trash", "Evidence"]) {
        assert!(guide.iter().any(|cell| cell == name), "{name}");
    }
}

#[test]
fn parquet_files_have_the_rows_of_the_csv_files() {
    let written = write(&hostile(), ALL);
    for name in ["attachments", "versions"] {
        let expected = written.csv(&format!("{name}.csv"));
        let table = ParquetTable::open(&written.folder.join(format!("{name}.parquet"))).unwrap();
        assert_eq!((table.rows(), table.entry("run_complete")), (expected.len() as u64, Some("Yes")));
        let header: Vec<String> = table.columns().map(str::to_owned).collect();
        assert!(expected[0].keys().all(|column| header.contains(column)) && header.len() == expected[0].len());
        let holds = |name: &str| match name {
            "Size(MB)" => ColumnType::Decimal(2),
            name if TIMES.contains(&name) => ColumnType::Time,
            name if NUMBERS.contains(&name) => ColumnType::Integer,
            _ => ColumnType::Text,
        };
        let fields: Vec<Field> = header.iter().map(|name| Field::new(name.as_str(), holds(name))).collect();
        let mut at = 0;
        let read = table.for_each_row::<std::io::Error>(&fields, |cells| {
            for (field, cell) in fields.iter().zip(cells) {
                assert_ne!(*cell, Value::text(""), "{}: an unknown text is null", field.name);
                // a CSV file has no line breaks, and cuts long texts
                let cell = cell.clone().normalized(field.holds).plain();
                let csv = &expected[at][&field.name];
                let is_cut = cell.len() > 32_000;
                assert!(cell == *csv || (is_cut && csv.contains(" more")), "{}: {cell:.200} {csv:.200}", field.name);
            }
            at += 1;
            Ok(())
        });
        read.unwrap();
        assert_eq!(at, expected.len());
    }
}

#[test]
fn the_files_are_in_the_manifest_and_only_on_request() {
    let input = sample::complete(60);
    let names = |folder: &Path| -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = entries.filter(|name| !name.contains(".html")).collect();
        names.sort();
        names
    };
    let with = write(&input, ALL);
    let without = write(&input, TableFormats::CSV_ONLY);
    let extra = ["attachments.parquet", WORKBOOK, "versions.parquet"].map(str::to_owned);
    let mut expected = names(&without.folder);
    assert!(extra.iter().all(|name| !expected.contains(name)));
    expected.extend(extra.clone());
    expected.sort();
    assert_eq!(names(&with.folder), expected, "no temporary file is left");
    let manifest = fs::read_to_string(with.folder.join("run.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    let listed = manifest["checksums"].as_array().unwrap();
    for name in &extra {
        assert!(listed.iter().any(|entry| entry["path"] == *name), "{name}");
    }
    assert_eq!(
        test_support::report_folder::state(&with.folder),
        test_support::report_folder::ReportFolderState::Complete
    );
    let index = |written: &Written| fs::read_to_string(written.folder.join("index.html")).unwrap();
    for name in &extra {
        assert!(
            index(&with).contains(&format!("href=\"{name}\"")) && !index(&without).contains(name.as_str()),
            "{name}"
        );
    }
    // the same input gives the same bytes
    let again = write(&input, ALL);
    for name in &extra {
        assert!(fs::read(with.folder.join(name)).unwrap() == fs::read(again.folder.join(name)).unwrap(), "{name}");
    }
    let core = zip_container::part(&fs::read(with.folder.join(WORKBOOK)).unwrap(), "docProps/core.xml");
    let finished: DateTime<Utc> = input.0.scan.finished_at;
    assert!(core.contains(&finished.format("%Y-%m-%dT%H:%M:%SZ").to_string()), "{core}");
}

#[cfg(unix)]
#[test]
fn the_workbook_is_private() {
    use std::os::unix::fs::PermissionsExt;
    let written = write(&sample::complete(10), ALL);
    for name in [WORKBOOK, "attachments.parquet", "versions.parquet"] {
        let mode = fs::metadata(written.folder.join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[test]
fn the_formats_are_chosen_by_flag_or_key_and_the_workbook_is_the_default() {
    let server = Server::sample(FaultPlan::none());
    let files = [WORKBOOK, "attachments.parquet", "versions.parquet", "attachments.csv"];
    let written = |folder: &Path| files.map(|name| folder.join(name).is_file());
    let cases: [(&[&str], [bool; 4]); 4] = [
        (&[], [true, false, false, true]),
        (&["--formats", "csv"], [false, false, false, true]),
        (&["--formats", "parquet"], [false, true, true, true]),
        (&["--formats", "xlsx,parquet"], [true, true, true, true]),
    ];
    for (flags, expected) in cases {
        let arguments = [&["audit", "--no-cache"], flags].concat();
        let finished = server.run(&arguments);
        assert_eq!((finished.status, written(&finished.report())), (0, expected), "{flags:?}: {}", finished.stderr);
    }
    let finished = server.run(&["audit", "--no-cache", "--formats", "csv"]);
    let saved = finished.report();
    let output = |flags: &[&str]| {
        let parent = tempfile::tempdir().unwrap();
        let mut command = program(parent.path());
        let run = command.arg("report").arg(&saved).args(flags).output().unwrap();
        (run, parent)
    };
    let (run, parent) = output(&[]);
    let folder = fs::read_dir(parent.path()).unwrap().next().unwrap().unwrap().path();
    assert_eq!((run.status.code(), written(&folder)), (Some(0), [true, false, false, true]));
    fs::write(parent.path().join("the.cfg"), "[audit]\nformats = Parquet, csv\n").unwrap();
    let (run, parent) = output(&["--config", &parent.path().join("the.cfg").to_string_lossy()]);
    let folder = fs::read_dir(parent.path()).unwrap().next().unwrap().unwrap().path();
    assert_eq!((run.status.code(), written(&folder)), (Some(0), [false, true, true, true]));
    for arguments in
        [&["audit", "--formats", "ods"][..], &["demo", "--formats", "ods"], &["report", ".", "--formats", "ods"]]
    {
        let refused = server.run(arguments);
        assert_eq!(refused.status, 2, "{}", refused.stderr);
        assert!(refused.stderr.contains("--formats: unknown format `ods`"), "{}", refused.stderr);
        assert!(refused.stderr.contains("the formats are csv, xlsx, parquet"), "{}", refused.stderr);
    }
}
