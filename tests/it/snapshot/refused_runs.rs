//! Runs that are refused before the first list is read: with an account other than that of the history, or a wrong clock.

use chrono::{TimeDelta, Utc};
use confluence_sim::{Fault, FaultPlan};
use test_support::harness::always;

use super::harness::Harness;
use super::knowledge_base::{CONFIGURATION, site};

const BOTH: [&[&str]; 2] = [&["snapshot", "--json", "--no-cache"], &["audit", "--snapshot", "--json", "--no-cache"]];

/// What a connection takes.
const CONNECTING: [&str; 2] = ["/_edge/tenant_info", "/wiki/rest/api/user/current"];

/// Paths of the requests after the first `before`.
fn sent_after(harness: &Harness, before: usize) -> Vec<String> {
    harness.server.requests().into_iter().skip(before).map(|request| request.path).collect()
}

#[test]
fn another_account_is_refused_before_the_first_list_f_39() {
    let harness = Harness::start(site(), FaultPlan::none()).configure(CONFIGURATION);
    harness.snapshot(&["--metrics", "core"]).exits_with(0);
    let current = harness.data().join("confluence_data_current.csv");
    let kept = std::fs::read(&current).unwrap();
    harness.server.change_site(|site| site.account.account_id = "557058:mallory".to_owned());
    for command in BOTH {
        let before = harness.server.requests().len();
        let refused = harness.run(command).exits_with(2);
        assert_eq!(sent_after(&harness, before), CONNECTING, "{command:?}");
        assert!(refused.stderr.contains("557058:mallory"), "{}", refused.stderr);
    }
    assert_eq!(std::fs::read(&current).unwrap(), kept);
    // with the flag the run continues
    harness.snapshot(&["--metrics", "core", "--accept-account-change"]).exits_with(0);
}

#[test]
fn a_clock_that_is_days_ahead_or_behind_is_refused_before_the_first_list_f_84() {
    for days in [-8, 8] {
        let date = (Utc::now() + TimeDelta::days(days)).format("%a, %d %b %Y %H:%M:%S GMT").to_string();
        let harness = Harness::start(site(), always("**", Fault::header("date", &date))).configure(CONFIGURATION);
        for command in BOTH {
            let before = harness.server.requests().len();
            let refused = harness.run(command).exits_with(2);
            assert_eq!(sent_after(&harness, before), CONNECTING, "{days} {command:?}");
            let direction = if days > 0 { "behind" } else { "ahead of" };
            assert!(refused.stderr.contains(&format!("minutes {direction} the server's")), "{}", refused.stderr);
            assert!(
                refused.stderr.contains("`audit` without `--snapshot` runs with this clock too"),
                "{}",
                refused.stderr
            );
        }
        assert!(!harness.data().join("confluence_data_current.csv").exists());
        // an audit needs no week
        harness.run(&["audit", "--json", "--no-cache"]).exits_with(0);
    }
}

#[test]
fn a_clock_that_is_an_hour_off_only_causes_a_warning() {
    let date = (Utc::now() - TimeDelta::hours(1)).format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let harness = Harness::start(site(), always("**", Fault::header("date", &date))).configure(CONFIGURATION);
    let run = harness.snapshot(&["--metrics", "core"]).exits_with(0);
    assert!(run.stderr.contains("minutes ahead of the server's"), "{}", run.stderr);
}
