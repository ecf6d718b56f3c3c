//! Tests of the format with texts that no real site has.

use std::collections::BTreeSet;

use chrono::{TimeDelta, TimeZone as _, Utc};

use super::*;

fn run_end(complete: bool) -> RunEnd {
    let started_at = Utc.with_ymd_and_hms(2026, 11, 29, 5, 30, 0).unwrap();
    let finished_at = started_at + TimeDelta::milliseconds(754_250);
    RunEnd { complete, exit_code: if complete { 0 } else { 3 }, started_at, finished_at, requests: Some(78) }
}

fn snapshot(complete: bool) -> MetricsPage {
    let measured = complete.then(|| MeasuredPages { pages: 12, findings: vec![("stubs", 2), ("outdated", 0)] });
    let snapshot = SnapshotMetrics { run: run_end(complete), measured };
    MetricsPage { site: "https://acme.example/\"wiki\"\\\n# EOF".to_owned(), audit: None, snapshot: Some(snapshot) }
}

#[test]
fn texts_of_the_site_cannot_end_a_label_or_a_line() {
    let text = snapshot(true).text();
    let site = r#"{site="https://acme.example/\"wiki\"\\␊# EOF"}"#;
    assert!(text.contains(&format!("confluence_snapshot_pages{site} 12\n")), "{text}");
    assert_eq!(text.matches("# EOF\n").count(), 1);
    assert!(text.ends_with("\n# EOF\n"));
}

#[test]
fn times_are_in_seconds_and_counts_are_whole_numbers() {
    let text = snapshot(true).text();
    let value = |name: &str| {
        let line = text.lines().find(|line| line.starts_with(&format!("{name}{{"))).unwrap();
        line.rsplit_once(' ').unwrap().1.to_owned()
    };
    assert_eq!(value("confluence_snapshot_duration_seconds"), "754.250");
    assert_eq!(value("confluence_snapshot_started_timestamp_seconds"), "1795930200.000");
    assert_eq!(value("confluence_snapshot_requests"), "78");
    assert_eq!(value("confluence_snapshot_complete"), "1");
}

#[test]
fn an_incomplete_run_has_no_figures_of_the_site() {
    let text = snapshot(false).text();
    assert!(text.contains("confluence_snapshot_complete{") && !text.contains("_pages"), "{text}");
}

#[test]
fn names_are_unique_and_end_in_their_unit() {
    assert_eq!(names().collect::<BTreeSet<_>>().len(), names().count());
    let units = audit::METRICS.iter().map(|metric| (metric.name, metric.unit, metric.help));
    let units = units.chain(snapshot::METRICS.iter().map(|metric| (metric.name, metric.unit, metric.help)));
    for (name, unit, help) in units {
        assert!(unit.is_none_or(|unit| name.ends_with(&format!("_{unit}"))), "{name}");
        assert!(unit.is_some() || !["_bytes", "_seconds"].iter().any(|unit| name.ends_with(unit)), "{name}");
        // the two formats treat these names and characters differently
        assert!(!["_total", "_created", "_bucket", "_count", "_sum"].iter().any(|end| name.ends_with(end)), "{name}");
        assert!(!help.contains(['"', '\\', '\n']) && help.ends_with('.'), "{help}");
    }
}
