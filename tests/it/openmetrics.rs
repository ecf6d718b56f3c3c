//! `--openmetrics`: the figures are those of the report, and nothing that is not known has a value.
#![expect(clippy::float_cmp, reason = "whole numbers, which floats hold exactly")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use confluence_sim::{Fault, FaultPlan, Occurrence, RoutePattern};
use confluence_storage_analyzer::metrics::findings::FINDINGS;
use regex::Regex;
use serde_json::Value;

use crate::run_program::{Finished, Server, program};

const FILE: &str = "confluence.prom";

/// The samples of a file: name, then labels without `site`, then the value.
type Samples = BTreeMap<String, BTreeMap<Vec<String>, f64>>;

/// Reads the samples with a parser of this test. Panics at a line that is not well-formed.
fn samples(folder: &Path) -> Samples {
    let line = Regex::new(r#"^(\w+)\{site="([^"]+)"((?:,\w+="[^"]*")*)\} ([0-9.]+)$"#).unwrap();
    let label = Regex::new(r#",\w+="([^"]*)""#).unwrap();
    let text = fs::read_to_string(folder.join(FILE)).unwrap();
    let mut samples = Samples::new();
    for sample in text.lines().filter(|line| !line.starts_with('#')) {
        let parts = line.captures(sample).unwrap_or_else(|| panic!("{sample}"));
        let labels = label.captures_iter(&parts[3]).map(|label| label[1].to_owned()).collect();
        let earlier = samples.entry(parts[1].to_owned()).or_default().insert(labels, parts[4].parse().unwrap());
        assert_eq!(earlier, None, "twice: {sample}");
    }
    samples
}

/// Returns the sum of a metric, over the samples whose last label has a value; `None` if there is none.
fn sum(samples: &Samples, name: &str, label: Option<&str>) -> Option<f64> {
    let chosen =
        samples.get(name)?.iter().filter(|(labels, _)| label.is_none_or(|label| labels.last().unwrap() == label));
    let values: Vec<f64> = chosen.map(|(_, value)| *value).collect();
    (!values.is_empty()).then(|| values.iter().sum())
}

fn number(json: &Value) -> f64 {
    json.as_f64().unwrap_or_else(|| panic!("not a number: {json}"))
}

fn refuse(path: &str, status: u16) -> FaultPlan {
    FaultPlan::none().on(RoutePattern::path(path).unwrap(), Occurrence::From(1), Fault::status(status))
}

fn json(run: &Finished) -> Value {
    serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{}", run.stdout))
}

#[test]
fn the_figures_of_a_complete_run_are_those_of_its_report() {
    let run = Server::sample(FaultPlan::none()).run(&["audit", "--openmetrics", FILE, "--quota", "2GB", "--json"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let (samples, manifest) = (samples(run.folder.path()), run.run_json());
    let totals = &manifest["totals"];
    let one = |name: &str| samples[name][&Vec::new()];
    assert_eq!(one("confluence_audit_complete"), 1.0);
    assert_eq!(one("confluence_audit_exit_status"), 0.0);
    assert_eq!(one("confluence_audit_unread_units"), 0.0);
    assert_eq!(one("confluence_storage_quota_bytes"), f64::from(2_u32.pow(31)));
    assert_eq!(one("confluence_audit_requests"), sum_of(&manifest["requests"]));
    let finished = chrono::DateTime::parse_from_rfc3339(manifest["finished_at"].as_str().unwrap()).unwrap();
    assert!((one("confluence_audit_finished_timestamp_seconds") - finished.timestamp() as f64).abs() <= 1.0);
    // by usage, from the rows of the table
    let mut files: BTreeMap<String, f64> = BTreeMap::new();
    let mut bytes: BTreeMap<String, f64> = BTreeMap::new();
    for row in run.rows("attachments.csv") {
        if row["Status"] != "current" {
            continue;
        }
        *files.entry(row["Usage"].clone()).or_default() += 1.0;
        *bytes.entry(row["Usage"].clone()).or_default() += row["All Versions Size(Bytes)"].parse().unwrap_or(0.0);
    }
    for usage in ["embedded", "linked", "linked-elsewhere", "listed", "undetermined", "unreferenced"] {
        assert_eq!(sum(&samples, "confluence_storage_files", Some(usage)), Some(files[usage]), "{usage}");
        assert_eq!(sum(&samples, "confluence_storage_bytes", Some(usage)), Some(bytes[usage]), "{usage}");
    }
    for (name, expected) in [
        ("confluence_storage_files", number(&totals["attachments"])),
        ("confluence_storage_bytes", number(&totals["current_bytes"]) + number(&totals["old_bytes"])),
        ("confluence_storage_old_version_bytes", number(&totals["old_bytes"])),
        ("confluence_storage_trash_files", number(&totals["trash_files"])),
        ("confluence_storage_trash_bytes", number(&totals["trash_bytes"])),
        ("confluence_storage_unknown_size_versions", number(&totals["unknown_sizes"])),
    ] {
        assert_eq!(sum(&samples, name, None), Some(expected), "{name}");
    }
    // by space; personal spaces share a label
    for space in manifest["spaces"].as_array().unwrap() {
        let key = space["key"].as_str().unwrap();
        let by_usage = &samples["confluence_storage_files"];
        let of_space: f64 = by_usage.iter().filter(|(labels, _)| labels[0] == key).map(|(_, files)| *files).sum();
        let expected = if key.starts_with('~') { 0.0 } else { number(&space["totals"]["attachments"]) };
        assert_eq!(of_space, expected, "{key}");
    }
    let path = run.folder.path().join(FILE);
    assert_eq!(json(&run)["openmetrics"], path.canonicalize().unwrap().to_str().unwrap());
    let text = fs::read_to_string(&path).unwrap();
    assert!(!text.contains('~'), "no key of a personal space");
}

fn sum_of(counts: &Value) -> f64 {
    counts.as_object().unwrap().values().map(number).sum()
}

#[test]
fn an_incomplete_run_has_no_figure_of_storage() {
    let server = Server::sample(refuse("/wiki/api/v2/footer-comments", 403));
    let run = server.run(&["--openmetrics", FILE]);
    assert_eq!(run.status, 3, "{}", run.stderr);
    let samples = samples(run.folder.path());
    assert_eq!(sum(&samples, "confluence_audit_complete", None), Some(0.0));
    assert_eq!(sum(&samples, "confluence_audit_exit_status", None), Some(3.0));
    assert!(sum(&samples, "confluence_audit_unread_units", None) > Some(0.0));
    assert!(sum(&samples, "confluence_audit_requests", None) > Some(10.0));
    assert!(samples.keys().all(|name| !name.starts_with("confluence_storage_")), "{samples:#?}");
    let snapshot = server.run(&["snapshot", "--openmetrics", FILE]);
    assert_eq!(snapshot.status, 3, "{}", snapshot.stderr);
    let samples = self::samples(snapshot.folder.path());
    assert_eq!(sum(&samples, "confluence_snapshot_complete", None), Some(0.0));
    assert!(samples.keys().all(|name| !name.ends_with("_pages")), "{samples:#?}");
}

#[test]
fn a_snapshot_counts_its_findings_and_shares_the_file_with_its_audit() {
    let server = Server::sample(FaultPlan::none());
    let run = server.run(&["audit", "--snapshot", "--openmetrics", FILE, "--json"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let (samples, object) = (samples(run.folder.path()), json(&run));
    let findings = object["snapshot"]["findings"].as_object().unwrap();
    let mut known = 0;
    for finding in FINDINGS {
        let written = samples["confluence_snapshot_finding_pages"].get(&vec![finding.id.to_owned()]);
        assert_eq!(written.copied(), findings[finding.id].as_f64(), "{}", finding.id);
        known += usize::from(written.is_some());
    }
    assert!(known > 5 && known < FINDINGS.len(), "without engagement, some findings are not known: {known}");
    assert_eq!(samples["confluence_snapshot_pages"][&Vec::new()], number(&object["snapshot"]["pages"]));
    assert_eq!(sum(&samples, "confluence_audit_complete", None), Some(1.0));
    // a report that is rendered again has the figures of its audit
    let mut report = program(run.folder.path());
    let output = report.arg("report").arg(run.report()).args(["--output", ".", "--openmetrics", "again.prom"]).output();
    assert!(output.unwrap().status.success());
    let storage = |name: &str| {
        let text = fs::read_to_string(run.folder.path().join(name)).unwrap();
        text.lines().filter(|line| line.contains("_storage_")).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(storage("again.prom"), storage(FILE));
}

#[test]
fn a_run_without_a_result_says_so_and_one_that_does_not_begin_changes_nothing() {
    let server = Server::sample(FaultPlan::none());
    let run = server.run_as("wrong", &["--openmetrics", FILE]);
    assert_eq!(run.status, 4, "{}", run.stderr);
    let samples = samples(run.folder.path());
    assert_eq!(sum(&samples, "confluence_audit_complete", None), Some(0.0));
    assert_eq!(sum(&samples, "confluence_audit_exit_status", None), Some(4.0));
    assert!(
        samples.keys().all(|name| name.starts_with("confluence_audit_"))
            && !samples.contains_key("confluence_audit_requests")
    );
    let run = server.run(&["--space", "NOSUCH", "--openmetrics", FILE]);
    assert_eq!(run.status, 2, "{}", run.stderr);
    assert!(!run.folder.path().join(FILE).exists());
}

#[cfg(unix)]
#[test]
fn the_collector_can_read_the_file_and_sees_no_other() {
    use std::os::unix::fs::PermissionsExt as _;
    let run = Server::sample(FaultPlan::none()).run(&["--openmetrics", FILE]);
    let mode = fs::metadata(run.folder.path().join(FILE)).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o644);
    let names = fs::read_dir(run.folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(names.filter(|name| name.contains("openmetrics") || name.contains(".prom")).count(), 1);
}

#[test]
fn a_file_that_cannot_be_written_is_reported_before_the_first_request() {
    let server = Server::sample(FaultPlan::none());
    for (path, why) in [("missing/confluence.prom", "cannot write in folder"), (".", "cannot write")] {
        let run = server.run(&["--openmetrics", path]);
        assert_eq!(run.status, 6, "{}", run.stderr);
        assert!(
            run.stderr.contains("cannot write the file of --openmetrics") && run.stderr.contains(why),
            "{}",
            run.stderr
        );
        assert!(run.reports().is_empty());
    }
    assert_eq!(server.server.requests().len(), 0);
}
