//! The report folder as users get it.

use std::fs;
use std::path::{Path, PathBuf};

use confluence_storage_analyzer::audit::{Audit, Usage};
use confluence_storage_analyzer::inventory::{Attachment, Inventory};
use confluence_storage_analyzer::report::{self, ReportError, ReportInput, RunFacts, scan_json};
use confluence_storage_analyzer::spreadsheet;
use confluence_storage_analyzer::support::visible_text::visible_where;
use sha2::{Digest, Sha256};
use test_support::sample;

struct Written {
    _parent: tempfile::TempDir,
    folder: PathBuf,
}

fn write(run: &RunFacts, (inventory, audit): &(Inventory, Audit)) -> Written {
    let parent = tempfile::tempdir().expect("a folder");
    let folder = report::write(parent.path(), ReportInput { run, inventory, audit }).expect("written");
    Written { _parent: parent, folder }
}

/// Returns the rows of a CSV file, header first, parsed as a spreadsheet does.
fn rows(path: &Path) -> Vec<Vec<String>> {
    let bytes = fs::read(path).expect("read");
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").expect("a byte order mark");
    assert!(text.ends_with(b"\r\n"));
    let mut reader = ::csv::ReaderBuilder::new().has_headers(false).from_reader(text);
    reader.records().map(|record| record.expect("valid").iter().map(str::to_owned).collect()).collect()
}

fn column(rows: &[Vec<String>], name: &str) -> Vec<String> {
    let index = rows[0].iter().position(|header| header == name).expect("a column");
    rows[1..].iter().map(|row| row[index].clone()).collect()
}

fn all_files(folder: &Path) -> Vec<String> {
    fn collect(root: &Path, folder: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).expect("read") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                collect(root, &path, found);
            } else {
                found.push(path.strip_prefix(root).expect("inside").to_string_lossy().replace('\\', "/"));
            }
        }
    }
    let mut found = Vec::new();
    collect(folder, folder, &mut found);
    found.sort();
    found
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

fn is_page(file: &str) -> bool {
    Path::new(file).extension().is_some_and(|extension| extension == "html")
}

fn manifest(folder: &Path) -> serde_json::Value {
    serde_json::from_slice(&fs::read(folder.join("run.json")).expect("read")).expect("JSON")
}

#[test]
fn the_folder_has_the_documented_files_and_their_checksums() {
    let written = write(&sample::run_facts(), &sample::complete(300));
    let name = written.folder.file_name().expect("a name").to_string_lossy().into_owned();
    assert_eq!(name, "confluence_analysis_V0_1_2026-11-21_19-41-07");
    let mut expected: Vec<String> = [
        "attachments.csv",
        "attachments.html",
        "duplicates.csv",
        "index.html",
        "owners/index.html",
        "owners/muller-jurgen.csv",
        "owners/muller-jurgen.html",
        "run.json",
        "scan.json.gz",
        "uses.csv",
        "versions.csv",
    ]
    .map(str::to_owned)
    .to_vec();
    for space in ["ENG", "_alice-12", "__-13"] {
        for file in ["attachments.csv", "attachments.html", "unreferenced.csv", "unreferenced.html"] {
            expected.push(format!("{space}/{space}_{file}"));
        }
    }
    expected.sort();
    assert_eq!(all_files(&written.folder), expected);
    let manifest = manifest(&written.folder);
    let checksums = manifest["checksums"].as_array().expect("a list");
    assert_eq!(checksums.len(), expected.len() - 1);
    for entry in checksums {
        let bytes = fs::read(written.folder.join(entry["path"].as_str().expect("a path"))).expect("read");
        assert_eq!(entry["sha256"], hex(&Sha256::digest(&bytes)), "{entry}");
        assert_eq!(entry["bytes"], bytes.len());
    }
    assert_eq!(manifest["complete"], true);
}

#[test]
fn the_columns_are_the_documented_ones() {
    let written = write(&sample::run_facts(), &sample::complete(60));
    let text = fs::read_to_string(written.folder.join("attachments.csv")).expect("read");
    let header = text.trim_start_matches('\u{FEFF}').lines().next().expect("a header");
    assert_eq!(
        header,
        "Filename,Size(Bytes),Size(MB),Download URL,Original Page,Linked on Page,Linked on Other Pages,Attachment Page \
         Link,API Delete Link,Attachment ID,Space Key,Container ID,Container Type,Container Title,Container \
         URL,Container Owner,Status,Media Type,Versions,All Versions Size(Bytes),Created,Last \
         Modified,Author,Usage,Linked Content IDs,Evidence,Certainty,Protected,Duplicate Group,Run \
         Complete,Reason,Unreferenced Since,Unreferenced Runs"
    );
    let rows = rows(&written.folder.join("attachments.csv"));
    assert_eq!(rows.len(), 61);
    let index = column(&rows, "Attachment ID").iter().position(|id| id == "att70031").expect("the file") + 1;
    let expected = [
        "data 31.xlsx",
        "5503601",
        "5.25",
        "https://acme.atlassian.net/wiki/download/attachments/1100/data%2031.xlsx?version=1&modificationDate=1760470867217\
         &cacheVersion=1&api=v2",
        "Architektur-Überblick 0 (https://acme.atlassian.net/wiki/spaces/X/pages/1100)",
        "Yes",
        "Re: Release Plan 0 (https://acme.atlassian.net/wiki/spaces/X/pages/5001)",
        "https://acme.atlassian.net/wiki/pages/viewpageattachments.action?pageId=1100",
        "https://acme.atlassian.net/wiki/api/v2/attachments/att70031",
        "att70031",
        "~alice",
        "1100",
        "page",
        "Architektur-Überblick 0",
        "https://acme.atlassian.net/wiki/spaces/X/pages/1100",
        "Müller, Jürgen",
        "current",
        "application/vnd.ms-excel",
        "1",
        "5503601",
        "2025-03-31T19:41:07Z",
        "2025-10-14T19:41:07Z",
        "Müller, Jürgen",
        "linked",
        "5001",
        "link 1100 \"old name.png\" proven | image 5001 \"data 31.xlsx\" proven",
        "proven",
        "",
        "",
        "Yes",
        "",
        "",
        "",
    ];
    assert_eq!(rows[index], expected);
}

#[test]
fn hostile_names_can_be_restored_from_the_csv_and_no_cell_is_a_formula() {
    let written = write(&sample::run_facts(), &sample::complete(300));
    let rows = rows(&written.folder.join("attachments.csv"));
    let names = column(&rows, "Filename");
    for hostile in sample::HOSTILE {
        let on_one_line = hostile.replace("\r\n", " ").replace(['\n', '\u{2028}', '\u{2029}'], " ");
        let on_one_line = visible_where(&on_one_line, |c| c.is_control() && c != '\t');
        assert!(names.iter().any(|name| spreadsheet::decode(name) == on_one_line), "{hostile:?}");
    }
    for cell in rows.iter().flatten() {
        let first = cell.trim_start().chars().next();
        assert!(!first.is_some_and(|first| "=+-@＝＋－＠\0".contains(first)), "{cell:?}");
    }
}

#[test]
fn unknown_sizes_are_empty_and_never_zero() {
    let written = write(&sample::run_facts(), &sample::complete(60));
    let rows = rows(&written.folder.join("attachments.csv"));
    let unknown = column(&rows, "Attachment ID").iter().position(|id| id == "att70030").expect("the file");
    for name in ["Size(Bytes)", "Size(MB)", "All Versions Size(Bytes)"] {
        assert_eq!(column(&rows, name)[unknown], "");
    }
}

#[test]
fn the_unreferenced_tables_have_exactly_the_candidates() {
    let sample = sample::complete(300);
    let written = write(&sample::run_facts(), &sample);
    let mut listed = Vec::new();
    for space in ["ENG", "_alice-12", "__-13"] {
        let rows = rows(&written.folder.join(space).join(format!("{space}_unreferenced.csv")));
        assert!(column(&rows, "Usage").iter().all(|usage| usage == "unreferenced"));
        assert!(column(&rows, "Protected").iter().all(String::is_empty));
        listed.extend(column(&rows, "Attachment ID"));
    }
    let candidates = sample.1.files.iter().filter(|file| file.is_candidate());
    let mut candidates: Vec<String> =
        candidates.map(|file| sample.0.attachments[file.attachment].id.to_string()).collect();
    candidates.sort();
    listed.sort();
    assert!(!listed.is_empty());
    assert_eq!(listed, candidates);
}

#[test]
fn an_incomplete_run_calls_nothing_unreferenced_anywhere() {
    let sample = sample::incomplete(300);
    assert!(
        sample.1.files.iter().any(|file| file.usage == Usage::Unreferenced),
        "the audit alone would call a file unreferenced"
    );
    let written = write(&RunFacts { exit_code: 3, ..sample::run_facts() }, &sample);
    assert!(written.folder.to_string_lossy().ends_with("_INCOMPLETE"));
    for file in all_files(&written.folder) {
        let path = written.folder.join(&file);
        if file.ends_with("_unreferenced.csv") {
            assert_eq!(rows(&path).len(), 1, "{file}");
        } else if file == "attachments.csv" {
            let rows = rows(&path);
            assert!(!column(&rows, "Usage").contains(&"unreferenced".to_owned()));
            assert!(column(&rows, "Run Complete").iter().all(|complete| complete == "No"));
        } else if is_page(&file) {
            let page = fs::read_to_string(&path).expect("read");
            assert!(page.contains("<title>INCOMPLETE"), "{file}");
            let heading = page.find("</hgroup>").expect("a heading");
            let banner = page.find("class=\"banner incomplete\"").expect("a banner");
            assert!(
                page[heading..banner].matches('<').count() <= 2,
                "{file}: the banner comes first after the heading"
            );
            assert!(!page.contains("class=\"usage unreferenced\""), "{file}");
        }
    }
    let manifest = manifest(&written.folder);
    assert_eq!(manifest["complete"], false);
    assert_eq!(manifest["totals"]["unreferenced_files"], 0);
    assert_eq!(manifest["incomplete_reasons"][0], "1 unit of work could not be read");
    assert!(!manifest.to_string().contains("\"usage\":\"unreferenced\""));
}

#[test]
fn every_kind_of_early_end_makes_the_report_incomplete() {
    let sample = sample::complete(10);
    let cases = [
        RunFacts { stopped: Some("interrupted by Ctrl-C".to_owned()), exit_code: 130, ..sample::run_facts() },
        RunFacts { stopped: Some("authentication was lost".to_owned()), ..sample::run_facts() },
        RunFacts { exit_code: 4, ..sample::run_facts() },
    ];
    for run in cases {
        let written = write(&run, &sample);
        assert!(written.folder.to_string_lossy().ends_with("_INCOMPLETE"), "{run:?}");
    }
    let threshold = RunFacts { exit_code: 8, ..sample::run_facts() };
    assert!(!write(&threshold, &sample).folder.to_string_lossy().ends_with("_INCOMPLETE"));
}

#[test]
fn the_pages_follow_the_rules_of_offline_pages() {
    let written = write(&sample::run_facts(), &sample::complete(300));
    for file in all_files(&written.folder).iter().filter(|file| is_page(file)) {
        let page = fs::read_to_string(written.folder.join(file)).expect("read");
        let head = page.find("<head>").expect("a head");
        assert!(page[head + 6..].trim_start().starts_with("<meta http-equiv=\"Content-Security-Policy\""), "{file}");
        assert!(!page.contains(" style=\""), "{file}");
        let lower = page.to_lowercase();
        for word in ["safe to delete", "unused"] {
            assert!(!lower.contains(word), "{file}: {word}");
        }
        for link in page.split("<a ").skip(1) {
            let link = &link[..link.find('>').expect("an end")];
            let href = link.split("href=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("an address");
            if href.contains(':') {
                assert!(href.starts_with("https://acme.atlassian.net/wiki/"), "{file}: {href}");
                assert!(link.contains("rel=\"noopener noreferrer\""), "{file}: {link}");
            }
        }
        if let Some(data) = page.split("<script type=\"application/json\"").nth(1) {
            let json = &data[data.find('>').expect("a tag") + 1..data.find("</script>").expect("an end")];
            assert!(!json.contains('<'));
            serde_json::from_str::<serde_json::Value>(json).expect("JSON");
        }
    }
}

#[test]
fn a_page_has_a_hundred_static_rows_and_all_rows_as_data() {
    let written = write(&sample::run_facts(), &sample::complete(300));
    let page = fs::read_to_string(written.folder.join("attachments.html")).expect("read");
    assert_eq!(page.matches("<th scope=\"row\"").count(), 100);
    assert!(page.contains("data-rows=\"300\""));
    // size limit per row, for everything that the page shows and exports
    let big = write(&sample::run_facts(), &sample::complete(20_000));
    let page = fs::read_to_string(big.folder.join("attachments.html")).expect("read");
    let data = page.split("<script type=\"application/json\"").nth(1).expect("data");
    assert!(data.len() / 20_000 <= 400, "{} bytes per row", data.len() / 20_000);
}

#[test]
fn the_same_input_produces_the_same_bytes() {
    let (one, other) =
        (write(&sample::run_facts(), &sample::complete(120)), write(&sample::run_facts(), &sample::complete(120)));
    for file in all_files(&one.folder) {
        let bytes = |folder: &Path| fs::read(folder.join(&file)).expect("read");
        assert!(bytes(&one.folder) == bytes(&other.folder), "{file}");
    }
}

#[test]
fn versions_and_duplicates_have_their_rows() {
    let sample = sample::complete(120);
    let written = write(&sample::run_facts(), &sample);
    let versions = rows(&written.folder.join("versions.csv"));
    let expected: usize = sample.0.attachments.iter().map(Attachment::versions).sum();
    assert_eq!(versions.len() - 1, expected);
    for (current, endpoint) in column(&versions, "Current").iter().zip(column(&versions, "API Delete Link")) {
        assert_eq!(current == "Yes", endpoint.is_empty());
    }
    let duplicates = rows(&written.folder.join("duplicates.csv"));
    assert_eq!(column(&duplicates, "Attachment ID"), ["att70040", "att70041", "att70042", "att70044"]);
    assert_eq!(column(&duplicates, "Duplicate Group"), ["1"; 4]);
}

#[test]
fn a_saved_scan_renders_the_same_report_again() {
    let (inventory, audit) = sample::complete(60);
    let written = write(&sample::run_facts(), &(inventory, audit.clone()));
    let saved = scan_json::read(&written.folder.join("scan.json.gz")).expect("read");
    let again = write(&saved.run, &(saved.inventory, audit));
    for file in all_files(&written.folder) {
        let bytes = |folder: &Path| fs::read(folder.join(&file)).expect("read");
        assert!(bytes(&written.folder) == bytes(&again.folder), "{file}");
    }
}

#[test]
fn a_newer_or_damaged_scan_is_rejected() {
    use std::io::Write;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("scan.json.gz");
    let pack = |text: &str| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text.as_bytes()).expect("packed");
        encoder.finish().expect("packed")
    };
    fs::write(&path, pack("{\"format\":\"confluence-storage-analyzer scan\",\"version\":99}")).expect("written");
    assert!(matches!(scan_json::read(&path), Err(ReportError::NewerScanFormat { found: 99, .. })));
    fs::write(&path, pack("{\"format\":\"something else\",\"version\":1}")).expect("written");
    assert!(matches!(scan_json::read(&path), Err(ReportError::InvalidScan { .. })));
    let intact =
        fs::read(write(&sample::run_facts(), &sample::complete(10)).folder.join("scan.json.gz")).expect("read");
    fs::write(&path, &intact[..intact.len() - 9]).expect("written");
    assert!(matches!(scan_json::read(&path), Err(ReportError::InvalidScan { .. })));
    assert!(matches!(scan_json::read(&folder.path().join("missing")), Err(ReportError::File(_))));
}

#[test]
fn the_base_url_has_to_be_a_plain_web_url() {
    let parent = tempfile::tempdir().expect("a folder");
    for base in ["javascript:alert(1)", "file:///etc", "https://acme.atlassian.net@evil.example", "//evil.example", ""]
    {
        let (mut inventory, audit) = sample::complete(3);
        inventory.scan.base_url = base.to_owned();
        let result = report::write(
            parent.path(),
            ReportInput { run: &sample::run_facts(), inventory: &inventory, audit: &audit },
        );
        assert!(matches!(result, Err(ReportError::InvalidBaseUrl { .. })), "{base}");
    }
    assert_eq!(fs::read_dir(parent.path()).expect("read").count(), 0);
}
