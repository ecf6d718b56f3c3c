//! Programs of Prometheus read the file of `--openmetrics` and the alert rules of `docs/monitoring.md`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use chrono::Utc;
use confluence_sim::{DemoServer, FaultPlan, sample_site};
use confluence_storage_analyzer::openmetrics;
use serde_json::Value;
use tempfile::TempDir;
use test_support::optional_tests;

use super::output_of;

test_support::trials! {
    [PROMETHEUS_CLIENT]: sync both_formats_have_the_same_samples;
    [PROMTOOL]:
        sync promtool_accepts_the_file,
        sync promtool_accepts_the_alert_rules,
        sync the_alerts_fire_when_they_should;
}

/// A key that no site has: readers of the file split lines and labels at these characters.
const HOSTILE_KEY: &str = "A\"B\\C}\n# EOF\r\u{2028}\u{85}é🦀";

/// Returns the file of an audit with a snapshot.
fn written() -> PathBuf {
    static FOLDER: LazyLock<TempDir> = LazyLock::new(|| {
        let folder = TempDir::new().unwrap();
        let mut site = sample_site(Utc::now());
        let mut space = site.spaces[0].clone();
        (space.id, space.key, space.homepage) = ("987654".to_owned(), HOSTILE_KEY.to_owned(), None);
        site.spaces.push(space);
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let server = runtime.block_on(DemoServer::start_with(site, FaultPlan::none())).unwrap();
        let mut program = Command::new(env!("CARGO_BIN_EXE_confluence-storage-analyzer"));
        program.env_clear().env("HOME", folder.path()).current_dir(folder.path());
        program.env("CONFLUENCE_BASE_URL", server.base_url()).env("CONFLUENCE_API_USER", server.user());
        program.env("CONFLUENCE_API_TOKEN", server.token());
        program.args(["audit", "--snapshot", "--quiet", "--quota", "250GB", "--openmetrics", "confluence.prom"]);
        output_of(&mut program);
        folder
    });
    FOLDER.path().join("confluence.prom")
}

/// Reads the file with both parsers of the client library: the text format of Prometheus, and `OpenMetrics`.
const PARSERS: &str = "\
import json, sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as prometheus
text = open(sys.argv[1], encoding='utf-8', newline='').read()
def read(parser):
    return [[m.name, m.type, m.documentation, [[s.name, s.labels, s.value, s.timestamp] for s in m.samples]]
            for m in parser(text)]
units = {m.name: m.unit for m in openmetrics(text)}
try:
    list(openmetrics(text.replace('# EOF\\n', '')))
    refuses = False
except ValueError:
    refuses = True
print(json.dumps([read(openmetrics), read(prometheus), units, refuses]))";

fn both_formats_have_the_same_samples() {
    let mut python = Command::new("python3");
    python.env("PYTHONPATH", optional_tests::prometheus_client().unwrap());
    let output = output_of(python.args(["-c", PARSERS]).arg(written()));
    let [openmetrics, prometheus, units, refuses]: [Value; 4] = serde_json::from_str(&output).unwrap();
    assert_eq!(openmetrics, prometheus);
    assert_eq!(refuses, true, "the parser of OpenMetrics checks that the file is complete");
    let families = openmetrics.as_array().unwrap();
    let written: BTreeSet<&str> = families.iter().map(|family| family[0].as_str().unwrap()).collect();
    assert_eq!(written, openmetrics::names().collect(), "every metric has a sample");
    let mut keys = BTreeSet::new();
    for family in families {
        assert_eq!(family[1], "gauge");
        for sample in family[3].as_array().unwrap() {
            assert!(sample[1]["site"].as_str().unwrap().starts_with("http://"), "{sample}");
            assert!(sample[3].is_null(), "the collector refuses times");
            keys.extend(sample[1]["space"].as_str());
        }
    }
    assert_eq!(units["confluence_storage_bytes"], "bytes");
    assert!(keys.contains("A\"B\\C}␊# EOF␍[U+2028][U+0085]é🦀"), "{keys:?}");
    assert!(keys.contains("ENG") && keys.contains("(personal)"), "{keys:?}");
}

fn promtool(arguments: &[&str], input: Option<&Path>) -> (bool, String) {
    let mut promtool = Command::new("promtool");
    promtool.args(arguments);
    if let Some(input) = input {
        promtool.stdin(Stdio::from(fs::File::open(input).unwrap()));
    }
    let output = promtool.output().unwrap();
    let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
    (output.status.success(), text)
}

fn promtool_accepts_the_file() {
    assert_eq!(promtool(&["check", "metrics"], Some(&written())), (true, String::new()));
    let broken = written().with_extension("broken");
    fs::write(&broken, fs::read_to_string(written()).unwrap().replace(" gauge", " info")).unwrap();
    assert!(!promtool(&["check", "metrics"], Some(&broken)).0, "it knows no type of its own for information");
}

/// Writes the alert rules of the documentation into a file.
fn rules(folder: &Path) -> PathBuf {
    let (_, rules) = include_str!("../../docs/monitoring.md").split_once("```yaml\n").unwrap();
    let (rules, _) = rules.split_once("```").unwrap();
    let path = folder.join("rules.yml");
    fs::write(&path, rules).unwrap();
    path
}

fn promtool_accepts_the_alert_rules() {
    let folder = TempDir::new().unwrap();
    let (accepted, output) = promtool(&["check", "rules", rules(folder.path()).to_str().unwrap()], None);
    assert!(accepted && output.contains("SUCCESS: 7 rules found"), "{output}");
}

/// Two sites: `good`, where nothing is wrong, and `bad`, where every alert fires after a week.
const ALERTS: &str = r#"
rule_files: [rules.yml]
evaluation_interval: 1h
tests:
  - interval: 1h
    input_series:
      - {series: 'confluence_audit_complete{site="good",job="node"}', values: '1x220'}
      - {series: 'confluence_audit_complete{site="bad",job="node"}', values: '0x220'}
      - {series: 'confluence_snapshot_complete{site="good"}', values: '1x220'}
      - {series: 'confluence_snapshot_complete{site="bad"}', values: '0x220'}
      - {series: 'confluence_audit_finished_timestamp_seconds{site="good"}', values: '0+3600x220'}
      - {series: 'confluence_audit_finished_timestamp_seconds{site="bad"}', values: '0x220'}
      - {series: 'confluence_snapshot_finished_timestamp_seconds{site="good"}', values: '0+3600x220'}
      - {series: 'confluence_snapshot_finished_timestamp_seconds{site="bad"}', values: '3600x220'}
      - {series: 'confluence_snapshot_finding_pages{site="good",finding="workflow_overdue"}', values: '0x220'}
      - {series: 'confluence_snapshot_finding_pages{site="bad",finding="workflow_overdue"}', values: '4x220'}
      - {series: 'confluence_storage_quota_bytes{site="good"}', values: '100000000000x220'}
      - {series: 'confluence_storage_quota_bytes{site="bad"}', values: '100000000000x220'}
      - {series: 'confluence_storage_bytes{site="good",space="A",usage="unreferenced"}', values: '9000000000x220'}
      - {series: 'confluence_storage_trash_bytes{site="good",space="A"}', values: '80000000000x220'}
      - {series: 'confluence_storage_bytes{site="bad",space="A",usage="unreferenced"}', values: '9000000000x168 11000000000x52'}
      - {series: 'confluence_storage_bytes{site="bad",space="B",usage="linked"}', values: '80000000000x220'}
    alert_rule_test:
      - {eval_time: 200h, alertname: ConfluenceAuditIsOld, exp_alerts: [{exp_labels: {site: bad}, exp_annotations: {summary: 'No audit of bad for more than 8 days'}}]}
      - {eval_time: 190h, alertname: ConfluenceSnapshotIsOld, exp_alerts: []}
      - {eval_time: 200h, alertname: ConfluenceSnapshotIsOld, exp_alerts: [{exp_labels: {site: bad}, exp_annotations: {summary: 'No snapshot of bad for more than 8 days'}}]}
      - {eval_time: 200h, alertname: ConfluenceAuditIncomplete, exp_alerts: [{exp_labels: {site: bad, job: node}, exp_annotations: {summary: 'The last audit of bad is incomplete or failed'}}]}
      - {eval_time: 200h, alertname: ConfluenceSnapshotIncomplete, exp_alerts: [{exp_labels: {site: bad}, exp_annotations: {summary: 'The last snapshot of bad is incomplete or failed'}}]}
      - {eval_time: 200h, alertname: ConfluenceStorageAlmostFull, exp_alerts: [{exp_labels: {site: bad}, exp_annotations: {summary: 'bad uses more than 90 % of its storage'}}]}
      - {eval_time: 160h, alertname: ConfluenceUnreferencedBytesGrow, exp_alerts: []}
      - {eval_time: 200h, alertname: ConfluenceUnreferencedBytesGrow, exp_alerts: [{exp_labels: {site: bad}, exp_annotations: {summary: 'bad: over 1 GB more in unreferenced files than a week ago'}}]}
      - {eval_time: 200h, alertname: ConfluenceReviewsOverdue, exp_alerts: [{exp_labels: {site: bad, finding: workflow_overdue}, exp_annotations: {summary: 'bad: 4 pages have an overdue review'}}]}
"#;

fn the_alerts_fire_when_they_should() {
    let folder = TempDir::new().unwrap();
    rules(folder.path());
    let test = folder.path().join("test.yml");
    fs::write(&test, ALERTS).unwrap();
    let (passed, output) = promtool(&["test", "rules", test.to_str().unwrap()], None);
    assert!(passed, "{output}");
}
