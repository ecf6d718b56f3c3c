//! Tests of the configuration of snapshots.

use clap::Parser;

use super::{FILLED, TestFolders};
use crate::cli::{Cli, Command};
use crate::config::{Config, LoadConfig, SnapshotConfig};
use crate::error::Failure;
use crate::history::Retention;
use crate::inventory::snapshot::{MetricGroup, MetricGroups};
use crate::metrics::{ThresholdChanges, Thresholds};

fn load(file: &str, flags: &[&str]) -> Result<(Config, SnapshotConfig), Failure> {
    load_with(&format!("{FILLED}{file}"), flags)
}

/// Loads the configuration from a complete file.
pub(super) fn load_file(file: &str) -> Result<(Config, SnapshotConfig), Failure> {
    load_with(file, &[])
}

fn load_with(file: &str, flags: &[&str]) -> Result<(Config, SnapshotConfig), Failure> {
    let folders = TestFolders::with_file(file);
    let cli = Cli::parse_from(["csa", "snapshot"].iter().chain(flags));
    let Command::Snapshot(args) = cli.command() else { panic!("not the snapshot") };
    args.load(&mut folders.environment()).map(|loaded| loaded.value)
}

#[test]
fn spaces_of_the_flags_override_those_of_the_file() {
    let file = "[snapshot]\nspace_keys = ENG, DOCS-*\nretain = 3\nmetrics = core\n";
    let (config, snapshot) = load(file, &[]).unwrap();
    assert_eq!(config.crawl.include_spaces, ["ENG", "DOCS-*"]);
    assert_eq!(snapshot.retention, Retention { weeks: 3, ..Retention::default() });
    assert_eq!(snapshot.metrics, MetricGroups::new([MetricGroup::Core]));
    let (config, snapshot) =
        load(file, &["--space", "HR", "--retain", "5", "--no-archive", "--metrics", "core,people"]).unwrap();
    assert_eq!(config.crawl.include_spaces, ["HR"]);
    assert_eq!(snapshot.retention, Retention { weeks: 5, archive: false, ..Retention::default() });
    assert_eq!(snapshot.metrics, MetricGroups::new([MetricGroup::Core, MetricGroup::People]));
}

#[test]
fn a_space_has_its_own_thresholds_and_inherits_the_others() {
    let file = "[snapshot]\nstub_words = 20\n[space ENG]\nstale_days = 300\nunread_mb = 1\n[space ~712020mina]\naging_days = 1\n";
    let rules = load(file, &[]).unwrap().1.rules;
    assert_eq!((rules.usual.stale_days, rules.usual.stub_words), (365, 20));
    let eng = &rules.by_space["ENG"];
    assert_eq!((eng.aging_days, eng.stale_days, eng.stub_words, eng.unread_mb), (180, 300, 20, 1));
    assert_eq!(rules.by_space["~712020mina"].aging_days, 1);
    assert_eq!(rules.by_space.len(), 2);
}

#[test]
fn days_that_a_section_does_not_set_are_adjusted_to_those_that_it_sets() {
    let file = "[space OPS]\nexpired_days = 100\n[snapshot]\nstale_days = 120\n[space ENG]\nstale_days = 90\n";
    let rules = load(file, &[]).unwrap().1.rules;
    let days = |rules: &Thresholds| [rules.aging_days, rules.stale_days, rules.expired_days];
    assert_eq!(days(&rules.usual), [120, 120, 730]);
    assert_eq!(days(&rules.by_space["ENG"]), [90, 90, 730], "whatever [snapshot] sets, and wherever it is in the file");
    assert_eq!(days(&rules.by_space["OPS"]), [100, 100, 100]);
}

#[test]
fn days_of_one_section_in_descending_order_are_refused() {
    for (section, set, why) in [
        ("snapshot", "stale_days = 100\naging_days = 101", "aging_days = 101, stale_days = 100"),
        ("space ENG", "aging_days = 9\nexpired_days = 8", "aging_days = 9, expired_days = 8"),
        ("label how-to", "stale_days = 9\nexpired_days = 8", "stale_days = 9, expired_days = 8"),
    ] {
        let failure = load(&format!("[{section}]\n{set}\n"), &[]).unwrap_err();
        assert!(failure.what.starts_with(&format!("[{section}]: ")), "{failure}");
        assert_eq!(failure.why.as_deref(), Some(why));
    }
}

#[test]
fn thresholds_of_labels_keep_the_order_of_the_file() {
    let file = "[label Policy]\nstale_days = 700\n[space ENG]\nstub_words = 9\n[label how-to]\nstub_words = 5\n\
                [label archived page]\nunread_mb = 3\n[label Policy]\nstub_words = 7\n";
    let rules = load(file, &[]).unwrap().1.rules;
    let labels: Vec<(&str, &ThresholdChanges)> =
        rules.by_label.iter().map(|rule| (rule.label.as_str(), &rule.changes)).collect();
    let none = ThresholdChanges::default;
    let policy = ThresholdChanges { stale_days: Some(700), stub_words: Some(7), ..none() };
    let how_to = ThresholdChanges { stub_words: Some(5), ..none() };
    let archived = ThresholdChanges { unread_mb: Some(3), ..none() };
    assert_eq!(labels, [("Policy", &policy), ("how-to", &how_to), ("archived page", &archived)]);
}

#[test]
fn workflow_values_are_checked() {
    let file = "[workflow]\nlabel_states = wip = Draft, approved=Approved\nproperty_key = cw\nstate_pointer = /state\n";
    let workflow = load(file, &[]).unwrap().1.workflow;
    let pairs: Vec<(&str, &str)> =
        workflow.label_map.iter().map(|(label, state)| (label.as_str(), state.as_str())).collect();
    assert_eq!(pairs, [("wip", "Draft"), ("approved", "Approved")]);
    assert_eq!(workflow.property.map(|property| (property.key, property.state)), Some(("cw".into(), "/state".into())));
    assert_eq!(workflow.final_states, ["Approved", "Published", "Verified", "Done"]);
    for (file, what) in [
        ("[workflow]\nlabel_states = draft\n", "`label_states`: invalid value `draft`"),
        ("[workflow]\nproperty_key = cw\n", "`property_key` and `state_pointer` belong together"),
        ("[snapshot]\nmetrics = core, views\n", "unknown metric group `views`"),
        ("[snapshot]\ntodo_markers = WIP, to do\n", "`todo_markers`: invalid word `to do`"),
        ("[snapshot]\nretain = 0\n", "`retain`: invalid value `0`"),
    ] {
        let failure = load(file, &[]).unwrap_err();
        assert!(failure.what.contains(what), "{failure}");
    }
}

#[test]
fn thresholds_of_findings_have_a_name_and_a_number() {
    let (_, snapshot) = load("", &["--fail-on", "outdated=100", "--fail-on", "stubs=1"]).unwrap();
    let fail_on: Vec<(&str, u64)> = snapshot.fail_on.iter().map(|one| (one.finding.as_str(), one.pages)).collect();
    assert_eq!(fail_on, [("outdated", 100), ("stubs", 1)]);
    for wrong in ["outdated", "outdated=", "outdated=0", "=3", "outdated=many"] {
        let refused = Cli::try_parse_from(["csa", "snapshot", "--fail-on", wrong]);
        assert!(refused.unwrap_err().to_string().contains("use a finding and a number of pages"), "{wrong}");
    }
}
