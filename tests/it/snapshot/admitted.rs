//! What is refused before the first list: another account than that of the history, and a clock that names another week.

use chrono::{TimeDelta, Utc};
use confluence_sim::{Fault, FaultPlan};
use test_support::bench::always;

use super::bench::Bench;
use super::knowledge_base::{CONFIGURATION, site};

const BOTH: [&[&str]; 2] = [&["snapshot", "--json", "--no-cache"], &["audit", "--snapshot", "--json", "--no-cache"]];

/// Paths of the requests after so many.
fn sent_after(bench: &Bench, before: usize) -> Vec<String> {
    bench.server.requests().into_iter().skip(before).map(|request| request.path).collect()
}

#[test]
fn another_account_is_refused_before_the_first_list_f_39() {
    let bench = Bench::start(site(), FaultPlan::none()).configure(CONFIGURATION);
    bench.snapshot(&["--metrics", "core"]).ends(0);
    let current = bench.data().join("confluence_data_current.csv");
    let kept = std::fs::read(&current).unwrap();
    bench.server.change_site(|site| site.account.account_id = "557058:mallory".to_owned());
    for command in BOTH {
        let before = bench.server.requests().len();
        let refused = bench.run(command).ends(2);
        assert_eq!(sent_after(&bench, before), ["/wiki/rest/api/user/current"], "{command:?}");
        assert!(refused.stderr.contains("557058:mallory"), "{}", refused.stderr);
    }
    assert_eq!(std::fs::read(&current).unwrap(), kept);
    // who says so may go on
    bench.snapshot(&["--metrics", "core", "--accept-account-change"]).ends(0);
}

#[test]
fn a_clock_that_is_days_off_is_refused_before_the_first_list_whichever_way_f_84() {
    for days in [-8, 8] {
        let date = (Utc::now() + TimeDelta::days(days)).format("%a, %d %b %Y %H:%M:%S GMT").to_string();
        let bench = Bench::start(site(), always("**", Fault::header("date", &date))).configure(CONFIGURATION);
        for command in BOTH {
            let before = bench.server.requests().len();
            let refused = bench.run(command).ends(2);
            assert_eq!(sent_after(&bench, before), ["/wiki/rest/api/user/current"], "{days} {command:?}");
            let direction = if days > 0 { "behind" } else { "ahead of" };
            assert!(refused.stderr.contains(&format!("minutes {direction} the server's")), "{}", refused.stderr);
            assert!(refused.stderr.contains("`audit` without `--snapshot` can run as it is"), "{}", refused.stderr);
        }
        assert!(!bench.data().join("confluence_data_current.csv").exists());
        // an audit names no week
        bench.run(&["audit", "--json", "--no-cache"]).ends(0);
    }
}

#[test]
fn a_clock_that_is_an_hour_off_is_told_and_no_more() {
    let date = (Utc::now() - TimeDelta::hours(1)).format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let bench = Bench::start(site(), always("**", Fault::header("date", &date))).configure(CONFIGURATION);
    let run = bench.snapshot(&["--metrics", "core"]).ends(0);
    assert!(run.stderr.contains("minutes ahead of the server's"), "{}", run.stderr);
}
