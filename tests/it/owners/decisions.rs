//! Decisions of owners: filled sheets are read back, and what is not understood is refused.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use confluence_sim::FaultPlan;
use tempfile::TempDir;

use super::{files, offline, site};
use crate::run_program::{Finished, Server, file_name, rows_of};

/// Fills the column `Decision` of a CSV sheet.
fn fill(sheet: &Path, decision: &str) -> String {
    let text = fs::read_to_string(sheet).unwrap();
    text.replace("\r\n\"\",", &format!("\r\n\"{decision}\","))
}

/// Returns the protected files, each with the rule.
fn protected(run: &Finished) -> BTreeMap<String, String> {
    let rows = run.rows("attachments.csv").into_iter().filter(|row| !row["Protected"].is_empty());
    rows.map(|row| (row["Filename"].clone(), row["Protected"].clone())).collect()
}

#[test]
fn files_that_owners_keep_are_protected_and_leave_the_lists() {
    let server = Server::start(site(), FaultPlan::none());
    let first = server.run(&[]);
    let answers = TempDir::new().unwrap();
    let owners = first.report().join("owners");
    let names = files(&first.report());
    let jane: Vec<&String> =
        names.iter().filter(|name| name.starts_with("jane-doe-") && name.contains(".csv")).collect();
    let kept = fill(&owners.join("otzi-alm.csv"), " Keep ");
    // as Excel saves Unicode text: UTF-16 with tabs
    let mut saved = csv::WriterBuilder::new().delimiter(b'\t').from_writer(Vec::new());
    for record in csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(kept.trim_start_matches('\u{feff}').as_bytes())
        .records()
    {
        saved.write_record(&record.unwrap()).unwrap();
    }
    let tabs = String::from_utf8(saved.into_inner().unwrap()).unwrap();
    let utf_16: Vec<u8> = [0xff, 0xfe].into_iter().chain(tabs.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    fs::write(answers.path().join("otzi-alm.txt"), utf_16).unwrap();
    fs::write(answers.path().join(jane[0]), fill(&owners.join(jane[0]), "delete")).unwrap();
    fs::write(
        answers.path().join("opinion.csv"),
        "Decision;Attachment ID;Notes\nKEEP;att2001;mine\n;att2002;\nkeep;att999;\n",
    )
    .unwrap();
    fs::write(answers.path().join("notes.ods"), "x").unwrap();
    fs::write(answers.path().join("~$otzi-alm.xlsx"), "lock").unwrap();
    let folder = answers.path().to_str().unwrap();
    let run = server.run(&["--protect-from", folder]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let expected = [("file 0.pdf", "keep in opinion.csv"), ("file 4.pdf", "keep in otzi-alm.txt")];
    assert_eq!(protected(&run), expected.map(|(file, rule)| (file.to_owned(), rule.to_owned())).into());
    assert!(!files(&run.report()).contains(&"otzi-alm.csv".to_owned()), "nothing is left to decide");
    let unreferenced = run.rows("ENG/ENG_unreferenced.csv");
    assert!(!unreferenced.iter().any(|row| ["file 0.pdf", "file 4.pdf"].contains(&row["Filename"].as_str())));
    let kinds: Vec<&str> =
        run.stderr.lines().filter(|line| line.contains("att999") || line.contains("notes.ods")).collect();
    assert_eq!(kinds.len(), 2, "{}", run.stderr);
    assert_eq!(run.stderr.matches("att999").count(), 1, "one notice: {}", run.stderr);
    // the saved scan keeps the decisions
    let again = TempDir::new().unwrap();
    offline(again.path(), &["report", run.report().to_str().unwrap()]).assert().success();
    let rendered = fs::read_dir(again.path()).unwrap().map(|entry| entry.unwrap().path());
    let rendered = rendered.into_iter().find(|path| file_name(path).starts_with("confluence_analysis_")).unwrap();
    let same = |name: &str| fs::read(run.report().join(name)).unwrap() == fs::read(rendered.join(name)).unwrap();
    assert!(same("attachments.csv") && same("owners/index.html"));
    // and a report of the first run can be made with them, too
    let third = TempDir::new().unwrap();
    offline(third.path(), &["report", first.report().to_str().unwrap(), "--protect-from", folder]).assert().success();
    let rendered = fs::read_dir(third.path()).unwrap().map(|entry| entry.unwrap().path());
    let rendered = rendered.into_iter().find(|path| file_name(path).starts_with("confluence_analysis_")).unwrap();
    let rows = rows_of(&rendered.join("attachments.csv"));
    assert_eq!(rows.iter().filter(|row| row["Protected"].starts_with("keep in ")).count(), 2);
}

#[test]
fn a_workbook_that_an_owner_filled_in_is_read_back() {
    let server = Server::start(site(), FaultPlan::none());
    let answers = TempDir::new().unwrap();
    let path = answers.path().join("answer.xlsx");
    let mut workbook = rust_xlsxwriter::Workbook::new();
    workbook.add_worksheet().write_string(0, 0, "only notes here").unwrap();
    let sheet = workbook.add_worksheet();
    sheet.write_string(0, 0, "Hello").unwrap();
    for (cells, row) in [
        ["Attachment ID", "Filename", "decision"],
        ["att2003", "file 2.pdf", "Keep"],
        ["att2004", "", "delete"],
        ["", "", ""],
    ]
    .iter()
    .zip(2..)
    {
        for (cell, column) in cells.iter().zip(0..) {
            sheet.write_string(row, column, *cell).unwrap();
        }
    }
    workbook.save(&path).unwrap();
    let run = server.run(&["--protect-from", path.to_str().unwrap()]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_eq!(protected(&run), [("file 2.pdf".to_owned(), "keep in answer.xlsx".to_owned())].into());
}

#[test]
fn the_written_workbook_is_a_sheet_without_decisions_that_can_be_read_back() {
    let server = Server::start(site(), FaultPlan::none());
    let first = server.run(&[]);
    let owners = first.report().join("owners");
    let run = server.run(&["--protect-from", owners.to_str().unwrap()]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(protected(&run).is_empty());
    assert!(!run.stderr.contains("protect-from"), "{}", run.stderr);
    let workbook = fs::read(owners.join("otzi-alm.xlsx")).unwrap();
    let sheet = test_support::zip_container::part(&workbook, "xl/worksheets/sheet1.xml");
    assert!(sheet.contains("<dataValidation") && sheet.contains("keep,delete"), "a drop-down list");
}

#[test]
fn a_sheet_that_is_not_understood_is_refused_with_its_row_before_the_first_request() {
    let server = Server::start(site(), FaultPlan::none());
    let folder = TempDir::new().unwrap();
    let sheet = folder.path().join("answer.csv");
    let head = "Attachment ID,Decision\r\n";
    let cases: [(&str, Vec<u8>, &str); 9] = [
        (
            "a word in another language",
            format!("{head}att2001,keep\r\natt2002,behalten\r\n").into(),
            "row 3: \"behalten\"",
        ),
        ("an unknown word", format!("{head}\r\natt2001,maybe\r\n").into(), "row 3: \"maybe\""),
        ("no id", format!("{head},keep\r\n").into(), "row 2: \"keep\" without an id"),
        ("a rounded id", format!("{head}1.23457E+11,keep\r\n").into(), "row 2: \"1.23457E+11\""),
        ("a rounded id in German", "Attachment ID;Decision\r\n1,23457E+11;keep\r\n".into(), "row 2: \"1,23457E+11\""),
        ("no column", "Attachment ID,Verdict\r\natt2001,keep\r\n".into(), "does not have the columns"),
        ("an empty file", Vec::new(), "does not have the columns"),
        ("binary", b"\x00\x01\x02PK".to_vec(), "NUL"),
        ("several", format!("{head}att2001,keep\r\n\"multi\r\nline\",\r\natt2003,x\r\n").into(), "row 5: \"x\""),
    ];
    for (what, content, message) in cases {
        fs::write(&sheet, content).unwrap();
        let run = server.run(&["--protect-from", sheet.to_str().unwrap()]);
        assert_eq!(run.status, 2, "{what}: {}", run.stderr);
        let text = run.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains(message) && text.contains("answer.csv"), "{what}: {text}");
        assert!(run.reports().is_empty());
    }
    for (path, message) in [("nowhere", "cannot read"), (".", "no sheet in")] {
        let run = server.run(&["--protect-from", path]);
        assert_eq!(run.status, 2, "{path}: {}", run.stderr);
        assert!(run.stderr.contains(message), "{path}: {}", run.stderr);
    }
    fs::write(folder.path().join("damaged.xlsx"), b"PK\x03\x04 not a workbook").unwrap();
    fs::write(&sheet, format!("{head}att2001,keep\r\n")).unwrap();
    let run = server.run(&["--protect-from", folder.path().to_str().unwrap()]);
    assert_eq!(run.status, 2, "a damaged sheet in a folder may keep a file: {}", run.stderr);
    assert!(run.stderr.contains("damaged.xlsx"), "{}", run.stderr);
    assert!(server.server.requests().is_empty(), "nothing was sent");
}

#[test]
fn the_configuration_file_can_name_the_sheets() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("a.csv"), "Attachment ID,Decision\natt2001,keep\n").unwrap();
    let config = folder.path().join("my.cfg");
    fs::write(&config, format!("[audit]\nprotect_from = {}\n", folder.path().join("a.csv").display())).unwrap();
    let server = Server::start(site(), FaultPlan::none());
    let run = server.run(&["--config", config.to_str().unwrap()]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_eq!(protected(&run), [("file 0.pdf".to_owned(), "keep in a.csv".to_owned())].into());
}
