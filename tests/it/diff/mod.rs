//! `diff OLD NEW`, and `--fail-on` of audits: real runs against a site that changes between them.

mod comparability;
mod kinds;
mod output;
mod thresholds;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use chrono::{TimeDelta, Utc};
use confluence_sim::changes::{Change, TextEdit};
use confluence_sim::{FaultPlan, Site};
use serde_json::Value;
use tempfile::TempDir;

use crate::run_program::{Server, file_name, program, rows_of};

/// Markup that shows a file of the same page.
fn image(name: &str) -> String {
    format!("<p><ac:image><ri:attachment ri:filename=\"{name}\"/></ac:image></p>")
}

/// Two spaces whose files are shown, listed nowhere, or have old versions.
fn site() -> Site {
    let shown = ["shown.png", "dropped.png", "wandering.png", "trashed.png", "deleted.png"].map(image).concat();
    let time = "2024-02-01T09:00:00Z".parse().unwrap();
    Site::new()
        .space("ENG", "Engineering")
        .page("1001", "Home", &shown)
        .attachment("att1", "shown.png", 100)
        .attachment("att2", "dropped.png", 2_000)
        .attachment("att3", "found.pdf", 3_000)
        .attachment("att4", "wandering.png", 400)
        .attachment("att5", "growing.bin", 5_000)
        .attachment("att6", "deleted.png", 600)
        .attachment("att7", "trashed.png", 700)
        .attachment("att8", "pruned.bin", 10)
        .version("pruned.bin", 8_000, time)
        .version("pruned.bin", 20, time)
        .page("1002", "Archive", "<p>Empty</p>")
        .space("OPS", "Operations")
        .page("2001", "Runbook", "<p>Steps</p>")
        .attachment("att9", "steps.pdf", 900)
}

/// A server and a folder for the results of all runs.
struct Runs {
    server: Server,
    folder: TempDir,
}

impl Runs {
    fn of(site: Site) -> Self {
        Self { server: Server::start(site, FaultPlan::none()), folder: TempDir::new().unwrap() }
    }

    /// Runs the program in the folder.
    fn run(&self, arguments: &[&str]) -> Output {
        let server = &self.server.server;
        let variables = [
            ("CONFLUENCE_BASE_URL", server.base_url().to_owned()),
            ("CONFLUENCE_API_USER", server.user()),
            ("CONFLUENCE_API_TOKEN", server.token()),
        ];
        let output = program(self.folder.path()).envs(variables).args(arguments).output().unwrap();
        Output {
            status: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Audits the site and returns the report folder.
    fn audit(&self, arguments: &[&str]) -> PathBuf {
        let before = self.reports();
        let output = self.run(&[&["audit", "--accept-shrink", "--no-cache"], arguments].concat());
        let new: Vec<PathBuf> = self.reports().difference(&before).cloned().collect();
        assert_eq!(new.len(), 1, "{}", output.stderr);
        new[0].clone()
    }

    fn reports(&self) -> BTreeSet<PathBuf> {
        let entries = std::fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().path());
        entries.filter(|path| file_name(path).starts_with("confluence_analysis_")).collect()
    }

    fn change(&self, changes: &[Change]) {
        let an_hour_ago = Utc::now() - TimeDelta::hours(1);
        self.server.server.change_site(|site| changes.iter().for_each(|change| change.apply(site, an_hour_ago)));
    }

    /// Compares two reports, and expects this status.
    fn diff(&self, old: &Path, new: &Path, status: i32) -> Diff {
        let output = self.run(&["diff", old.to_str().unwrap(), new.to_str().unwrap()]);
        assert_eq!(output.status, status, "{}", output.stderr);
        let index = PathBuf::from(output.stdout.lines().last().unwrap());
        assert_eq!(file_name(&index), "index.html");
        Diff { folder: index.parent().unwrap().to_owned(), stderr: output.stderr }
    }
}

struct Output {
    status: i32,
    stdout: String,
    stderr: String,
}

/// A written comparison.
struct Diff {
    folder: PathBuf,
    stderr: String,
}

impl Diff {
    fn rows(&self) -> Vec<BTreeMap<String, String>> {
        rows_of(&self.folder.join("changes.csv"))
    }

    /// Returns the changes as `att1 new 100`, sorted.
    fn changes(&self) -> Vec<String> {
        let line =
            |row: &BTreeMap<String, String>| format!("{} {} {}", row["Attachment ID"], row["Change"], row["Bytes"]);
        let mut lines: Vec<String> = self.rows().iter().map(line).collect();
        lines.sort();
        lines
    }

    fn row(&self, id: &str, change: &str) -> BTreeMap<String, String> {
        let rows = self.rows();
        let row = rows.iter().find(|row| row["Attachment ID"] == id && row["Change"] == change);
        row.unwrap_or_else(|| panic!("no {change} of {id}: {:?}", self.changes())).clone()
    }

    fn spaces(&self) -> BTreeMap<String, BTreeMap<String, String>> {
        rows_of(&self.folder.join("spaces.csv")).into_iter().map(|row| (row["Space Key"].clone(), row)).collect()
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&std::fs::read(self.folder.join("diff.json")).unwrap()).unwrap()
    }

    fn page(&self) -> String {
        std::fs::read_to_string(self.folder.join("index.html")).unwrap()
    }
}

/// Asserts that the lines of the summary fit a terminal; longer warnings are wrapped there.
fn assert_fits_80_columns(stderr: &str) {
    for line in stderr.lines().filter(|line| !line.starts_with("warning: ")) {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

/// Removes the image of a file from the home page.
fn drop_image(name: &str) -> Change {
    Change::EditContent { id: "1001".to_owned(), edit: TextEdit::Remove(image(name)) }
}

/// Shows a file on the home page.
fn add_image(name: &str) -> Change {
    Change::EditContent { id: "1001".to_owned(), edit: TextEdit::Append(image(name)) }
}

/// Returns the site with one more file, uploaded before the run, on the home page.
fn upload(site: &mut Site, id: &str, name: &str, bytes: u64) {
    let mut file = site.attachments[0].clone();
    id.clone_into(&mut file.id);
    for version in &mut file.versions {
        name.clone_into(&mut version.title);
        version.size = bytes;
        version.file_id = format!("{:0>8}-0000-4000-8000-000000000000", id.trim_start_matches("att"));
    }
    site.attachments.push(file);
}
