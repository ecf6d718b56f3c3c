//! `explain`: finds the file that people mean, and says what the report of the same audit says.

mod finding;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use confluence_sim::{Fault, Site};
use confluence_storage_analyzer::report::explanation::{Explainer, Topic};
use confluence_storage_analyzer::report::{self, ReportInput, RunFacts};
use serde_json::Value;
use tempfile::TempDir;

use crate::run_program::{Server, program, rows_of};
use test_support::harness::always;
use test_support::sample;

const DOCUMENT: &str = include_str!("../../../docs/explain.md");
const VERSION_1: &str = include_str!("../../fixtures/scan-version-1.json");

struct Answer {
    status: i32,
    stdout: String,
    stderr: String,
}

/// Runs `explain` in a folder, without any configuration.
fn explain(folder: &Path, arguments: &[&str]) -> Answer {
    let output = program(folder).arg("explain").args(arguments).output().unwrap();
    Answer {
        status: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

fn explain_json(folder: &Path, arguments: &[&str]) -> Value {
    let answer = explain(folder, &[&["--json"], arguments].concat());
    serde_json::from_str(&answer.stdout).unwrap_or_else(|_| panic!("{arguments:?}: {}{}", answer.stdout, answer.stderr))
}

/// The audit of the sample site as one kind of Confluence.
struct Demo {
    folder: TempDir,
    files: Vec<BTreeMap<String, String>>,
}

impl Demo {
    fn of(deployment: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let output = program(folder.path()).args(["demo", "--deployment", deployment]).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        let files = rows_of(&report_in(folder.path()).join("attachments.csv"));
        Self { folder, files }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn file(&self, name: &str) -> &BTreeMap<String, String> {
        self.files.iter().find(|row| row["Filename"].ends_with(name)).unwrap_or_else(|| panic!("no {name}"))
    }
}

static CLOUD: LazyLock<Demo> = LazyLock::new(|| Demo::of("cloud"));

fn report_in(folder: &Path) -> PathBuf {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.into_iter().find(|path| path.to_string_lossy().contains("confluence_analysis_")).unwrap()
}

/// Puts a saved scan into a report folder of its own.
fn packed(scan: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    let report = folder.path().join("confluence_analysis_V0_1_2026-01-10_09-00-00");
    fs::create_dir(&report).unwrap();
    let file = fs::File::create(report.join("scan.json.gz")).unwrap();
    let mut encoder = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
    std::io::Write::write_all(&mut encoder, scan.as_bytes()).unwrap();
    encoder.finish().unwrap();
    folder
}

fn sentences(explained: &Value, topic: &str) -> Vec<String> {
    let topics = explained["explanation"].as_array().unwrap();
    let found = topics.iter().find(|one| one["topic"] == topic).unwrap_or_else(|| panic!("no {topic}: {explained}"));
    let texts = found["sentences"].as_array().unwrap().iter();
    texts.map(|sentence| sentence["text"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_usage_of_the_sample_site_is_explained_as_its_report_says() {
    let uses = rows_of(&report_in(CLOUD.path()).join("uses.csv"));
    let mut explained = 0;
    for usage in ["not-judged", "embedded", "linked", "linked-elsewhere", "listed", "undetermined", "unreferenced"] {
        let of_usage: Vec<_> = CLOUD.files.iter().filter(|row| row["Usage"] == usage).collect();
        assert!(of_usage.len() > 2, "{usage}");
        for row in of_usage.iter().take(2).chain(of_usage.iter().rev().take(1)) {
            let id = row["Attachment ID"].as_str();
            let object = explain_json(CLOUD.path(), &[id]);
            assert_eq!((&object["file"]["usage"], &object["complete"]), (&usage.into(), &true.into()), "{id}");
            let of_file: Vec<_> = uses.iter().filter(|one| one["Attachment ID"] == id).collect();
            let found = object["uses"].as_array().unwrap();
            assert_eq!(found.len(), of_file.len(), "{id}");
            for (found, expected) in found.iter().zip(&of_file) {
                for (field, column) in [
                    ("construct", "Construct"),
                    ("name", "Name Used"),
                    ("certainty", "Certainty"),
                    ("display", "Shown As"),
                ] {
                    assert_eq!(found[field], *expected[column], "{id}: {field}");
                }
                assert_eq!(found["content"]["id"], *expected["Using Content ID"], "{id}");
            }
            let text = explain(CLOUD.path(), &[id]).stdout;
            for url in of_file.iter().map(|one| &one["Using Content URL"]) {
                assert!(text.contains(&format!("\n  {url}\n")) || url.is_empty(), "{id}: {url}\n{text}");
            }
            let decided = sentences(&object, "unreferenced");
            let expected = match (usage, of_file.len()) {
                ("not-judged", _) => "Files in this state are not judged",
                ("unreferenced", _) => "It is unreferenced already.",
                ("undetermined", _) => "",
                ("listed", 1) => "If the list above no longer shows it",
                (_, 1) => "If the use above is removed, a new audit calls it unreferenced, unless",
                _ => "If all ",
            };
            assert!(decided[0].starts_with(expected), "{id}: {decided:?}");
            explained += 1;
        }
    }
    assert_eq!(explained, 21);
}

#[test]
fn the_newest_audit_is_read_unless_one_is_chosen() {
    let folder = packed(VERSION_1);
    let newer = folder.path().join("confluence_analysis_V0_1_2026-02-10_09-00-00_INCOMPLETE");
    fs::create_dir(&newer).unwrap();
    let scan = report_in(CLOUD.path()).join("scan.json.gz");
    fs::copy(scan, newer.join("scan.json.gz")).unwrap();
    assert_eq!(explain_json(folder.path(), &["classic-wiring.png"])["exit_code"], 0);
    assert_eq!(explain_json(folder.path(), &["flow.png"])["exit_code"], 2);
    let older = "confluence_analysis_V0_1_2026-01-10_09-00-00";
    let file = format!("{older}/scan.json.gz");
    for chosen in [older, &file] {
        let object = explain_json(folder.path(), &["flow.png", "--in", chosen]);
        assert_eq!((&object["file"]["id"], &object["folder"]), (&"att1".into(), &chosen.into()), "{object}");
    }
    let elsewhere = TempDir::new().unwrap();
    let output = folder.path().to_str().unwrap();
    assert_eq!(explain_json(elsewhere.path(), &["classic-wiring.png", "--output", output])["exit_code"], 0);
}

#[test]
fn a_scan_of_version_1_is_explained_and_is_old() {
    let folder = packed(VERSION_1);
    let object = explain_json(folder.path(), &["old.png"]);
    assert_eq!((&object["file"]["usage"], &object["exit_code"]), (&"unreferenced".into(), &0.into()));
    assert!(object["scan"]["age_days"].as_u64().unwrap() > 7);
    let deleted = sentences(&object, "deleted");
    assert!(deleted.last().unwrap().contains("run the audit again before you delete anything"), "{deleted:?}");
    let other = VERSION_1.replace("\"program\": \"0.1.0\"", "\"program\": \"0.0.1\"");
    let scan = sentences(&explain_json(packed(&other).path(), &["old.png"]), "scan");
    assert!(scan.last().unwrap().starts_with("Version 0.0.1 of this program read the site."), "{scan:?}");
    let newer = VERSION_1.replace("\"version\": 1,\n  \"run\"", "\"version\": 99,\n  \"run\"");
    let answer = explain(packed(&newer).path(), &["old.png"]);
    assert_eq!(answer.status, 2);
    assert!(answer.stderr.contains("run the version of this program that wrote it"), "{}", answer.stderr);
}

#[test]
fn an_incomplete_scan_never_says_what_would_make_a_file_unreferenced() {
    let site = Site::new().space("ENG", "Engineering");
    let site = site.page("1001", "Plan", r#"<ac:image><ri:attachment ri:filename="a.png"/></ac:image>"#);
    let site = site.attachment("att1", "a.png", 10).attachment("att2", "b.png", 20);
    let run = Server::start(site, always("/wiki/api/v2/footer-comments", Fault::status(403))).run(&[]);
    assert_eq!(run.status, 3);
    for name in ["a.png", "b.png"] {
        let answer = explain(run.folder.path(), &[name]);
        assert_eq!(answer.status, 3, "{}", answer.stderr);
        assert!(answer.stdout.contains("It is INCOMPLETE: "), "{}", answer.stdout);
        let object = explain_json(run.folder.path(), &[name]);
        assert_eq!(object["complete"], false);
        assert_eq!(
            sentences(&object, "unreferenced"),
            [
                "An incomplete scan cannot say what would make a file unreferenced. Run the audit again until it is complete."
            ]
        );
        assert!(
            sentences(&object, "deleted")
                .contains(&"Do not delete files on the basis of an incomplete scan.".to_owned())
        );
    }
    // a run that read everything and was interrupted; verdicts of files that have no use stay `unreferenced` inside
    let facts = RunFacts { exit_code: 130, stopped: Some("interrupted by Ctrl-C".to_owned()), ..sample::run_facts() };
    for (inventory, audit) in [sample::incomplete(300), sample::complete(300)] {
        let explainer = Explainer::new(ReportInput { run: &facts, inventory: &inventory, audit: &audit }).unwrap();
        for file in 0..300 {
            for topic in explainer.explain(file, sample::moment()).unwrap().explanation {
                for text in topic.sentences.iter().map(|sentence| sentence.text.as_str()) {
                    assert!(!text.contains("calls it unreferenced") && !text.contains("is \"unreferenced\""), "{text}");
                    assert!(topic.topic != Topic::Unreferenced || text.starts_with("An incomplete scan"), "{text}");
                }
            }
        }
    }
}

#[test]
fn hostile_names_cannot_control_the_terminal() {
    let folder = TempDir::new().unwrap();
    let (inventory, audit) = sample::complete(60);
    report::write(folder.path(), ReportInput { run: &sample::run_facts(), inventory: &inventory, audit: &audit })
        .unwrap();
    for file in &inventory.attachments[..sample::HOSTILE.len()] {
        for arguments in
            [&[file.id.as_str()][..], &["canary", "--json"], &["--", "name.tx"], &["name\u{1b}[2J\u{202e}.txt"]]
        {
            let answer = explain(folder.path(), arguments);
            for line in answer.stdout.lines().chain(answer.stderr.lines()) {
                let is_hidden = |c: char| c.is_control() || "\u{2028}\u{2029}\u{202e}".contains(c);
                assert!(!line.contains(is_hidden), "{arguments:?}: {line:?}");
            }
        }
        let object = explain_json(folder.path(), &[file.id.as_str()]);
        assert_eq!(object["file"]["name"], *file.title, "JSON keeps the name");
    }
    let by_name = explain_json(folder.path(), &["--", "-2.csv"]);
    assert_eq!(by_name["file"]["name"], "-2.csv");
}

#[test]
fn lines_fit_80_columns_on_a_terminal() {
    for id in [&CLOUD.file("classic-wiring.png")["Attachment ID"], &CLOUD.file("first-aid.png")["Attachment ID"]] {
        let output = program(CLOUD.path()).env("COLUMNS", "80").args(["explain", id]).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        for line in text.lines().filter(|line| !line.trim_start().starts_with("http")) {
            assert!(line.chars().count() <= 80, "{line}");
        }
    }
}

/// Adds the paths of all values: `file.container.id`, `uses[].name`.
fn paths(value: &Value, path: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                paths(value, &if path.is_empty() { name.clone() } else { format!("{path}.{name}") }, found);
            }
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            for item in items {
                paths(item, &format!("{path}[]"), found);
            }
        }
        _ => drop(found.insert(path.to_owned())),
    }
}

#[test]
fn the_document_lists_exactly_the_fields_of_the_json() {
    let (_, table) = DOCUMENT.split_once("## JSON").unwrap();
    let rows = table.lines().filter_map(|line| line.strip_prefix("| `"));
    let cells = rows.map(|row| row.split('|').next().unwrap().trim().trim_end_matches('`'));
    let documented: BTreeSet<String> = cells.flat_map(|cell| cell.split("`, `")).map(str::to_owned).collect();
    let mut written = BTreeSet::new();
    for typed in
        ["first-aid.png", "classic-wiring.png", "offsite-agenda.docx", "air-one-packshot.jpg", "clasic-wiring.png"]
    {
        paths(&explain_json(CLOUD.path(), &[typed]), "", &mut written);
    }
    // these have the fields of `file`
    let listed = |path: &str| ["matches", "similar"].into_iter().find(|list| path.starts_with(list));
    let (files, own): (Vec<_>, Vec<_>) = written.into_iter().partition(|path| listed(path).is_some());
    for path in files.iter().filter(|path| path.contains('.')) {
        let field = path.split_once("[].").unwrap().1;
        assert!(documented.contains(&format!("file.{field}")), "{path}");
    }
    let mut own: BTreeSet<String> = own.into_iter().collect();
    own.extend(["matches[]".to_owned(), "similar[]".to_owned()]);
    // null or empty in some answers
    own.retain(|path| !["uses", "reasons", "file.container"].contains(&path.as_str()));
    let missing: Vec<_> = own.symmetric_difference(&documented).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
