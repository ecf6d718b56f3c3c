//! Each finding lists exactly the expected pages.

use chrono::SecondsFormat;
use serde_json::{Value, json};

use super::columns::ALL;
use super::harness::{Harness, noon_of, weeks_ago};
use super::knowledge_base::{CONFIGURATION, details, site};

/// Expected pages of each finding, the worst first.
const FOUND: [(&str, &[&str]); 13] = [
    // 800, 250, 205 and 190 days; the last three are one step older, because they had no views in 90 days
    ("outdated", &["1004", "3000", "3001", "1006"]),
    ("orphans_tree", &["1007", "1009"]),
    ("orphans_links", &["1006", "1011", "1012", "1015", "1013", "1007", "3002"]),
    ("workflow_overdue", &["1001"]),
    ("workflow_stalled", &[]),
    // sorted by words; in ~mina a stub has fewer than two words
    ("stubs", &["1009", "3002", "1006", "1014", "1004", "1007"]),
    (
        "without_labels",
        &["3000", "3001", "1006", "1010", "1011", "1012", "1000", "1015", "1013", "1007", "1002", "1009", "1014"],
    ),
    ("single_contributor", &["1006", "1015"]),
    ("inactive_owner", &["1001"]),
    ("inactive_editor", &["1002"]),
    ("broken_links", &["1001"]),
    ("unread_with_files", &["1015"]),
    ("duplicates", &["1010", "1011", "1012"]),
];

#[test]
fn every_finding_lists_its_pages_and_no_others() {
    let harness = Harness::start(site(), details()).configure(CONFIGURATION);
    let findings = harness.snapshot(&ALL).exits_with(0).json()["findings"].clone();
    for (id, pages) in FOUND {
        let mut listed = harness.finding(id);
        // one row per link; the links of a page are together
        listed.dedup();
        assert_eq!(listed, pages, "{id}");
        // in a first snapshot it is not known since when approvals wait
        let count = if id == "workflow_stalled" { Value::Null } else { json!(pages.len()) };
        assert_eq!(findings[id], count, "{id}");
    }
    assert_eq!(findings.as_object().unwrap().len(), FOUND.len(), "the test covers every finding");
    let files = std::fs::read_dir(harness.data().join("findings")).unwrap().count();
    assert_eq!(files, FOUND.len() + 2, "and two lists of links that are not findings");
}

#[test]
fn thresholds_come_from_the_configuration_also_per_space() {
    let thresholds = "\
        [snapshot]\nspace_keys = KB, ~mina\naging_days = 50\nstale_days = 90\nexpired_days = 100\nstub_words = 3\n\
        unread_mb = 12\nstalled_days = 60\n[space ~mina]\nexpired_days = 300\nstale_days = 230\naging_days = 5\n\
        [space KB]\nstalled_days = 40\n[workflow]\nlabel_states = wip=Draft\n";
    let harness = Harness::start(site(), details()).configure(thresholds);
    let since = noon_of(weeks_ago(7)).to_rfc3339_opts(SecondsFormat::Secs, true);
    let in_state = |id, state| [("page_id", id), ("workflow_state", state), ("workflow_since", since.as_str())];
    harness.record(weeks_ago(1), true, &["KB"], &[&in_state("1001", "Review"), &in_state("3002", "Draft")]);
    harness.snapshot(&ALL).exits_with(0);
    // 1011 and 1012 are stale after 95 and 94 days; 3001 is aging after 205 days, and one step older without views
    let outdated = ["1004", "3000", "3001", "1006", "1010", "1011", "1012"];
    assert_eq!(harness.finding("outdated"), [&outdated[..], &["3002"]].concat());
    let staleness = |id: &str| harness.pages()[id]["staleness"].clone();
    assert_eq!(["1006", "3000", "3002"].map(staleness), ["expired", "expired", "stale"]);
    assert_eq!(harness.finding("stubs"), ["1009", "3002", "1006", "1014"], "fewer than three words");
    assert_eq!(harness.finding("unread_with_files"), [""; 0], "11 MB are less than 12");
    let days = |id: &str| harness.pages()[id]["workflow_days_in_state"].parse::<u32>().unwrap();
    assert!((41..60).contains(&days("1001")) && days("3002") == days("1001"));
    assert_eq!(days("3001"), 205, "\"In progress\" is not a waiting approval, however long it lasts");
    assert_eq!(harness.finding("workflow_stalled"), ["1001"], "stalled in KB, not yet in ~mina");
    assert_eq!(harness.pages()["1001"]["days_since_non_bot_edit"], "5", "no account is configured as a bot");
}

#[test]
fn thresholds_of_labels_take_precedence_over_those_of_spaces() {
    let rules = "\
        [snapshot]\nspace_keys = KB, ~mina\n[space KB]\nstub_words = 1\nstale_days = 90\n\
        [label OPS]\nstale_days = 60\n[label guide]\nstale_days = 5000\n[label unused]\nstale_days = 1\n[space NONE]\nstale_days = 1\n";
    let harness = Harness::start(site(), details()).configure(rules);
    let run = harness.snapshot(&ALL).exits_with(0);
    for unknown in ["[label unused]: no measured page has this label", "[space NONE]: no visible space"] {
        assert!(run.stderr.contains(unknown), "{}", run.stderr);
    }
    assert!(!run.stderr.contains("[label OPS]") && !run.stderr.contains("[label guide]"), "{}", run.stderr);
    let pages = harness.pages();
    let mut seen = std::collections::BTreeSet::new();
    for (id, page) in &pages {
        let has = |label: &str| page["labels"].split(';').any(|own| own == label);
        let in_space = page["space_key"] == "KB";
        let sections = [(has("ops"), "label OPS"), (has("guide"), "label guide"), (in_space, "space KB")];
        let sections: Vec<&str> =
            sections.into_iter().filter(|(is_so, _)| *is_so).map(|(_, section)| section).collect();
        assert_eq!(page["thresholds_from"], sections.join(";"), "{id}");
        let stale = match sections.first() {
            Some(&"label OPS") => 60,
            Some(&"label guide") => 5000,
            Some(_) => 90,
            None => 365,
        };
        if let Ok(days) = page["days_since_update"].parse::<i64>()
            && page["views_90d"] != "0"
        {
            assert_eq!(
                ["stale", "expired"].contains(&page["staleness"].as_str()),
                days >= stale,
                "{id}: {days} of {stale}"
            );
        }
        assert_eq!(
            harness.finding("outdated").contains(id),
            ["stale", "expired"].contains(&page["staleness"].as_str()),
            "{id}"
        );
        seen.insert(sections.concat());
    }
    assert!(seen.len() >= 3, "{seen:?}");
    let before = std::fs::read(harness.data().join("findings/outdated.csv")).unwrap();
    harness.run(&["history", "export"]).exits_with(0);
    assert_eq!(
        std::fs::read(harness.data().join("findings/outdated.csv")).unwrap(),
        before,
        "the week has recorded the rules"
    );
}

#[test]
fn a_finding_whose_group_was_not_read_is_unknown_and_not_empty() {
    let harness = Harness::start(site(), details()).configure(CONFIGURATION);
    let findings = harness.snapshot(&["--metrics", "core"]).exits_with(0).json()["findings"].clone();
    let needs_more = [
        "orphans_links",
        "workflow_overdue",
        "workflow_stalled",
        "single_contributor",
        "inactive_owner",
        "inactive_editor",
        "broken_links",
        "unread_with_files",
    ];
    let unknown: Vec<&str> = FOUND.iter().map(|(id, _)| *id).filter(|id| findings[*id] == Value::Null).collect();
    assert_eq!(unknown, needs_more);
    assert_eq!((&findings["orphans_tree"], &findings["stubs"]), (&json!(2), &json!(6)));
}
