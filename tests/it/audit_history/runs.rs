//! The program itself, several times in the same folder.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use chrono::{TimeDelta, Utc};
use confluence_sim::{Change, Fault, FaultPlan, TextEdit};
use confluence_storage_analyzer::audit_history::NAME;
use serde_json::Value;
use tempfile::TempDir;
use test_support::harness::always;
use test_support::known_site;

use crate::run_program::{Server, file_name, rows_of};

/// The page that gets and loses a use of [`FILE`].
const PAGE: &str = "1007";
const FILE: &str = "att901";
const OTHER: &str = "att902";
const USE: &str = r#"<ac:image><ri:attachment ri:filename="unused.mov"><ri:page ri:content-title="Home"/></ri:attachment></ac:image>"#;

/// A served site, and a folder with the reports of its runs.
struct SiteRuns {
    server: Server,
    folder: TempDir,
}

struct OneRun {
    status: i32,
    stderr: String,
    report: PathBuf,
}

impl SiteRuns {
    fn start() -> Self {
        Self { server: Server::start(known_site::site().0, FaultPlan::none()), folder: TempDir::new().unwrap() }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let (server, folder) = (&self.server.server, self.folder.path());
        let mut command = Command::new(env!("CARGO_BIN_EXE_confluence-storage-analyzer"));
        command.current_dir(folder).env("XDG_CACHE_HOME", folder.join(".cache")).args(arguments);
        command.env("CONFLUENCE_BASE_URL", server.base_url());
        command.env("CONFLUENCE_API_USER", server.user()).env("CONFLUENCE_API_TOKEN", server.token());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn run(&self, arguments: &[&str]) -> OneRun {
        let before = self.reports();
        let output = self.command(arguments).output().unwrap();
        let mut new = self.reports();
        new.retain(|report| !before.contains(report));
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(new.len(), 1, "{stderr}");
        OneRun { status: output.status.code().unwrap(), stderr, report: new.remove(0) }
    }

    fn reports(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().path());
        entries.filter(|path| file_name(path).starts_with("confluence_analysis_")).collect()
    }

    /// Adds a use of the file to a page, or removes it.
    fn set_use(&self, is_used: bool) {
        let edit = if is_used { TextEdit::Append(USE.to_owned()) } else { TextEdit::Remove(USE.to_owned()) };
        let change = Change::EditContent { id: PAGE.to_owned(), edit };
        self.server.server.change_site(|site| change.apply(site, Utc::now()));
    }
}

impl OneRun {
    /// Returns since when and in how many runs a file is unreferenced.
    fn of(&self, file: &str) -> (String, String) {
        let row = self.row(file);
        (row["Unreferenced Since"].clone(), row["Unreferenced Runs"].clone())
    }

    fn runs(&self, file: &str) -> String {
        self.of(file).1
    }

    fn row(&self, file: &str) -> BTreeMap<String, String> {
        let rows = rows_of(&self.report.join("attachments.csv"));
        rows.into_iter().find(|row| row["Attachment ID"] == file).unwrap()
    }

    fn manifest(&self) -> Value {
        serde_json::from_slice(&fs::read(self.report.join("run.json")).unwrap()).unwrap()
    }
}

#[test]
fn a_file_that_was_used_in_between_starts_again_and_an_incomplete_run_changes_nothing() {
    let site = SiteRuns::start();
    let first = site.run(&[]);
    assert_eq!((first.status, first.runs(FILE).as_str(), first.runs("att101").as_str()), (0, "1", ""));
    let second = site.run(&[]);
    assert_eq!((second.runs(FILE).as_str(), second.of(FILE).0), ("2", first.of(FILE).0));

    let kept = fs::read(site.folder.path().join(NAME)).unwrap();
    site.server.server.set_faults(always("/wiki/api/v2/footer-comments", Fault::status(403)));
    site.set_use(true);
    let incomplete = site.run(&[]);
    assert_eq!((incomplete.status, incomplete.of(OTHER)), (3, (String::new(), String::new())));
    assert_eq!((&*incomplete.row(OTHER)["Usage"], &*incomplete.row(OTHER)["Run Complete"]), ("undetermined", "No"));
    assert!(!incomplete.row(OTHER)["Reason"].is_empty() && incomplete.row("att101")["Reason"].is_empty());
    assert_eq!(fs::read(site.folder.path().join(NAME)).unwrap(), kept);
    site.server.server.set_faults(FaultPlan::none());
    site.set_use(false);
    let third = site.run(&[]);
    assert_eq!((third.runs(FILE).as_str(), third.runs(OTHER).as_str()), ("3", "3"));

    site.set_use(true);
    let used = site.run(&[]);
    assert_eq!((used.runs(FILE).as_str(), used.runs(OTHER).as_str()), ("", "4"));
    site.set_use(false);
    let again = site.run(&[]);
    assert_eq!((again.runs(FILE).as_str(), again.runs(OTHER).as_str()), ("1", "5"));
    assert!(again.of(FILE).0 > first.of(FILE).0 && again.of(OTHER).0 == first.of(OTHER).0);
    let manifest = again.manifest();
    let entry = manifest["files"].as_array().unwrap().iter().find(|file| file["id"] == OTHER).unwrap();
    assert_eq!(
        (&entry["unreferenced_runs"], entry["unreferenced_since"].as_str()),
        (&5.into(), Some(&*again.of(OTHER).0))
    );

    // what the report says does not depend on the history any more
    fs::remove_file(site.folder.path().join(NAME)).unwrap();
    let rendered = site.run(&["report", again.report.to_str().unwrap()]);
    let table = |run: &OneRun| fs::read(run.report.join("attachments.csv")).unwrap();
    assert_eq!(table(&rendered), table(&again));
    assert!(!site.folder.path().join(NAME).exists(), "rendering counts nothing");
}

#[test]
fn a_run_of_chosen_spaces_counts_what_it_reports_unless_it_reads_only_them() {
    let site = SiteRuns::start();
    site.run(&[]);
    let narrow = site.run(&["--space", "ENG"]);
    assert_eq!((narrow.status, narrow.runs(FILE).as_str()), (0, "2"));
    let elsewhere = site.run(&["--space", "DOC"]);
    assert_eq!(elsewhere.status, 0, "{}", elsewhere.stderr);
    let within = site.run(&["--space", "ENG", "--references-within"]);
    assert_eq!((within.status, within.runs(FILE).as_str()), (0, ""));
    assert_eq!(site.run(&[]).runs(FILE), "3");
}

#[test]
fn a_run_with_the_admin_key_has_its_own_history() {
    let site = SiteRuns::start();
    site.server.server.change_site(|site| site.admin_key = Some(Utc::now() + TimeDelta::hours(1)));
    site.run(&[]);
    let keyed = site.run(&["--admin-key"]);
    assert_eq!((keyed.status, keyed.runs(FILE).as_str()), (0, "1"), "{}", keyed.stderr);
    assert_eq!(site.run(&["--admin-key"]).runs(FILE), "2");
    assert_eq!(site.run(&[]).runs(FILE), "2");
}

#[test]
fn a_killed_run_is_not_counted() {
    let site = SiteRuns::start();
    site.run(&[]);
    let requests = site.server.server.requests().len();
    let mut killed = site.command(&["--no-cache"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    while site.server.server.requests().len() < requests + 30 && killed.try_wait().unwrap().is_none() {
        std::thread::yield_now();
    }
    killed.kill().unwrap();
    assert!(!killed.wait().unwrap().success());
    assert_eq!(site.run(&[]).runs(FILE), "2");
}

#[test]
fn two_runs_at_once_are_both_counted_once() {
    let site = SiteRuns::start();
    site.run(&[]);
    let start = || site.command(&["--no-cache"]).spawn().unwrap();
    for run in [start(), start()] {
        let output = run.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let counts: Vec<String> = site
        .reports()
        .into_iter()
        .map(|report| OneRun { status: 0, stderr: String::new(), report }.runs(FILE))
        .collect();
    let mut sorted = counts.clone();
    sorted.sort();
    assert_eq!(sorted, ["1", "2", "3"]);
    assert_eq!(site.run(&[]).runs(FILE), "4");
}

#[test]
fn a_damaged_history_is_reported_and_a_newer_one_is_kept() {
    let site = SiteRuns::start();
    let path = site.folder.path().join(NAME);
    site.run(&[]);
    fs::write(&path, "no table").unwrap();
    let damaged = site.run(&[]);
    assert_eq!((damaged.status, damaged.runs(FILE).as_str()), (0, "1"), "{}", damaged.stderr);
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words(&damaged.stderr).contains(&format!("{NAME} was damaged and is now ")), "{}", damaged.stderr);
    assert!(page(&damaged.report).contains("audit_history.parquet is damaged"));
    assert_eq!(fs::read(path.with_extension("parquet.damaged")).unwrap(), b"no table");

    let newer = super::file::written("2", &["site"]);
    fs::write(&path, &newer).unwrap();
    let refused = site.run(&[]);
    assert_eq!((refused.status, refused.runs(FILE).as_str()), (0, ""), "{}", refused.stderr);
    assert_eq!(refused.row(FILE)["Usage"], "unreferenced");
    assert!(words(&refused.stderr).contains("this run is not counted in the audit history"), "{}", refused.stderr);
    assert!(page(&refused.report).contains("This run is not counted in the audit history"));
    assert_eq!(fs::read(&path).unwrap(), newer);
}

fn page(report: &Path) -> String {
    fs::read_to_string(report.join("index.html")).unwrap()
}
