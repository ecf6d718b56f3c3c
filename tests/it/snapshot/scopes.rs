//! Runs with different spaces and groups: no rows are lost, and only comparable figures are compared.

use confluence_sim::{Fault, FaultPlan, Occurrence, RoutePattern, Site};
use confluence_storage_analyzer::history::SnapshotStatus;
use serde_json::{Value, json};

use super::harness::{Harness, Row, rows, weeks_ago};
use super::knowledge_base::ago;

const STATES: &str = "[workflow]\nlabel_states = wip=Review, done=Approved\nfinal_states = approved\n";

/// Two spaces; pages 1 and 2 are in review, page 3 is approved.
fn site() -> Site {
    let labelled = |site: Site, id: &str, label: &str| {
        site.page(id, &format!("Page {id}"), "<p>Some text.</p>")
            .with_content(|page| page.labels = vec![label.to_owned()])
    };
    let site = labelled(labelled(Site::new().space("ENG", "Engineering"), "1", "wip"), "3", "done");
    let mut site = labelled(site.space("OPS", "Operations"), "2", "wip");
    // created before the earlier snapshots
    site.contents.iter_mut().for_each(|content| content.created_at = ago(900));
    site
}

fn start() -> Harness {
    Harness::start(site(), FaultPlan::none()).configure(STATES)
}

fn index(harness: &Harness) -> String {
    std::fs::read_to_string(harness.data().join("index.html")).unwrap()
}

fn manifest(harness: &Harness) -> Value {
    serde_json::from_slice(&std::fs::read(harness.data().join("history.json")).unwrap()).unwrap()
}

/// Returns a row of an earlier week, with the columns of `row`.
fn earlier_row<'a>(id: &'a str, space: &'a str, row: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let all = [("page_id", id), ("space_key", space), ("schema_version", "1"), ("edit_count", "1")];
    all.into_iter().chain(row.iter().copied()).collect()
}

fn record(harness: &Harness, weeks: usize, spaces: &[&str], pages: &[Vec<(&str, &str)>]) {
    harness.record(weeks_ago(weeks), true, spaces, &pages.iter().map(Vec::as_slice).collect::<Vec<_>>());
}

#[test]
fn two_runs_of_different_spaces_in_one_week_keep_all_rows_in_all_files() {
    let ids = |rows: &[Row]| {
        let mut ids: Vec<String> = rows.iter().map(|row| row["page_id"].clone()).collect();
        ids.sort();
        ids
    };
    for order in [["ENG", "OPS"], ["OPS", "ENG"]] {
        let harness = start();
        for space in order {
            harness.snapshot(&["--space", space]).exits_with(0);
        }
        for file in ["confluence_data_history.csv", "model/fact_page_week.csv", "model/dim_page.csv"] {
            assert_eq!(ids(&rows(&harness.data().join(file))), ["1", "2", "3"], "{file}");
        }
        assert_eq!(ids(&rows(&harness.data().join(format!("confluence_data_{}.csv", weeks_ago(0))))), ["1", "2", "3"]);
        let mut stubs = harness.finding("stubs");
        stubs.sort();
        assert_eq!(stubs, ["1", "2", "3"]);
        let spaces = manifest(&harness)["weeks"][0]["spaces"].clone();
        assert_eq!((&spaces["ENG"]["rows"], &spaces["OPS"]["rows"]), (&json!(2), &json!(1)));
        let page = index(&harness);
        assert!(page.contains("Engineering") && page.contains("Operations"));
        assert!(page.contains(&format!("The space {} of this week comes from an earlier run", order[0])), "{page}");
    }
}

#[test]
fn a_run_with_fewer_groups_keeps_the_fuller_rows_of_the_week_and_says_so() {
    let state = |harness: &Harness, file: &str| {
        let rows = rows(&harness.data().join(file));
        rows.iter().find(|row| row["page_id"] == "1").unwrap()["workflow_state"].clone()
    };
    let week = format!("confluence_data_{}.csv", weeks_ago(0));
    let narrow = ["--metrics", "core"];
    for runs in [[&[][..], &narrow], [&narrow, &[]]] {
        let harness = start();
        harness.snapshot(runs[0]).exits_with(0);
        let run = harness.snapshot(runs[1]).exits_with(0);
        assert_eq!(state(&harness, &week), "Review", "{runs:?}");
        let is_narrow = runs[1] == narrow;
        assert_eq!(state(&harness, "confluence_data_current.csv"), if is_narrow { "" } else { "Review" });
        assert_eq!(run.stderr.contains("already has more data of spaces ENG, OPS: "), is_narrow, "{}", run.stderr);
        assert_eq!(run.json()["in_history"], !is_narrow);
    }
}

#[test]
fn an_incomplete_run_of_another_space_keeps_the_complete_one_and_adds_its_own() {
    let cut = || {
        let route = RoutePattern::path("/wiki/rest/api/content/search").unwrap();
        FaultPlan::none().on(route, Occurrence::From(1), Fault::status(403))
    };
    for order in [["ENG", "OPS"], ["OPS", "ENG"]] {
        let harness = start();
        for space in order {
            let is_cut = space == "OPS";
            harness.server.set_faults(if is_cut { cut() } else { FaultPlan::none() });
            harness.snapshot(&["--space", space]).exits_with(if is_cut { 3 } else { 0 });
        }
        let found: Vec<(String, String)> = rows(&harness.data().join("confluence_data_history.csv"))
            .into_iter()
            .map(|row| (row["page_id"].clone(), row["snapshot_status"].clone()))
            .collect();
        let expected = [("1", "complete"), ("2", "incomplete"), ("3", "complete")];
        assert_eq!(found, expected.map(|(id, status)| (id.to_owned(), status.to_owned())));
        let history = harness.history();
        let week = history.week(weeks_ago(0)).unwrap();
        assert_eq!((week.status, week.spaces["ENG"].status), (SnapshotStatus::Incomplete, SnapshotStatus::Complete));
    }
}

/// A run of one space and a run without the workflow are between this run and the last one that read both.
#[test]
fn narrower_runs_in_between_do_not_hide_earlier_states_and_pages() {
    let harness = start();
    let since = ago(40).to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    let in_review = [
        ("workflow_state", "REVIEW "),
        ("workflow_source", "labels"),
        ("workflow_since", since.as_str()),
        ("workflow_since_source", "snapshots"),
        ("workflow_since_is_at_least", "0"),
    ];
    record(&harness, 3, &["ENG", "OPS"], &[earlier_row("1", "ENG", &in_review), earlier_row("2", "OPS", &in_review)]);
    record(&harness, 2, &["ENG"], &[earlier_row("1", "ENG", &[]), earlier_row("3", "ENG", &[])]);
    harness.server.change_site(|site| {
        let page = site.contents.iter_mut().find(|content| content.id == "2").unwrap();
        page.title = "Renamed".to_owned();
    });
    let run = harness.snapshot(&[]).exits_with(0);
    assert_eq!(run.json()["changes"]["new"], 0, "{}", run.stdout);
    let pages = harness.pages();
    for id in ["1", "2"] {
        assert_eq!(pages[id]["workflow_since"], since, "{id}");
        assert_eq!(
            (pages[id]["workflow_days_in_state"].as_str(), pages[id]["workflow_since_is_at_least"].as_str()),
            ("40", "0")
        );
        assert_eq!(pages[id]["edits_since_last_snapshot"], "0", "{id}");
    }
    assert_eq!(harness.finding("workflow_stalled"), ["1", "2"], "page 3 is final, whatever the case of its state");
    let page = index(&harness);
    let words = format!("Between {} and {}. For space OPS since {}.", weeks_ago(2), weeks_ago(0), weeks_ago(3));
    assert!(page.contains(&words), "{words}");
}

#[test]
fn figures_of_groups_that_were_not_read_are_not_compared_and_all_outputs_say_so() {
    let harness = start();
    let core = [("health_score", "10"), ("staleness", "expired")];
    record(
        &harness,
        1,
        &["ENG", "OPS"],
        &[earlier_row("1", "ENG", &core), earlier_row("2", "OPS", &core), earlier_row("3", "ENG", &core)],
    );
    let run = harness.snapshot(&[]).exits_with(0);
    let comparison = run.json()["comparison"].clone();
    assert_eq!(comparison["with"], weeks_ago(1).to_string());
    let reasons = |comparison: &Value| -> Vec<String> {
        let left = comparison["left_out"].as_array().unwrap().iter();
        left.map(|left| left["why"].as_str().unwrap().to_owned()).collect()
    };
    let now = weeks_ago(0);
    let read = ["authors were", "links were", "workflow states were"].map(|what| format!("{what} read only in {now}"));
    assert_eq!(reasons(&comparison), read, "{comparison}");
    assert_eq!(manifest(&harness)["comparison"], comparison);
    assert!(
        run.stderr.contains("figures not compared with") && run.stderr.contains("links were read"),
        "{}",
        run.stderr
    );
    let page = index(&harness);
    let answer = &page[page.find("Is it getting better?").unwrap()..];
    let answer = &answer[..answer.find("</li>").unwrap()];
    assert!(!answer.contains("Mean health") && !answer.contains("Nothing links"), "{answer}");
    assert!(answer.contains("Share of outdated pages"), "views were read in neither week: {answer}");
    assert!(page.contains(&format!("Not compared with {}: ", weeks_ago(1))));
    assert!(page.contains(&format!("<li>{}: different groups read</li>", weeks_ago(1))), "the tile of the mean health");
    let before = page;
    harness.run(&["history", "export"]).exits_with(0);
    assert_eq!(index(&harness), before);
    assert_eq!(manifest(&harness)["comparison"], comparison);
}

#[test]
fn a_space_that_only_one_week_has_is_named_and_does_not_count_as_growth() {
    let harness = start();
    record(
        &harness,
        1,
        &["ENG", "OLD"],
        &[earlier_row("1", "ENG", &[]), earlier_row("9", "OLD", &[]), earlier_row("8", "OLD", &[])],
    );
    let run = harness.snapshot(&["--space", "ENG", "--space", "OPS"]).exits_with(0);
    let left = run.json()["comparison"]["left_out"].clone();
    let of_spaces: Vec<&Value> =
        left.as_array().unwrap().iter().filter(|left| left["figures"] == json!(["all figures"])).collect();
    assert_eq!(of_spaces.len(), 2, "{left}");
    assert_eq!((&of_spaces[0]["spaces"], &of_spaces[1]["spaces"]), (&json!(["OPS"]), &json!(["OLD"])));
    assert_eq!(run.json()["changes"]["gone"], 0, "pages of a space that is no longer measured are not gone");
    let page = index(&harness);
    assert!(page.contains(&format!("<b>+1</b> since {} in 1 of 3 spaces", weeks_ago(1))), "page 3 of ENG");
}

#[test]
fn a_threshold_whose_group_is_not_read_is_refused_before_the_first_request() {
    let harness = start();
    let run = harness.snapshot(&["--metrics", "core", "--fail-on", "broken_links=1"]).exits_with(2);
    assert!(run.stderr.contains("needs the metric group links") && run.stderr.contains("--metrics"), "{}", run.stderr);
    assert!(harness.server.requests().is_empty());
    harness.snapshot(&["--metrics", "core", "--fail-on", "stubs=99"]).exits_with(0);
}

#[test]
fn a_first_snapshot_claims_no_duration_and_the_next_one_a_minimum() {
    let harness = start();
    let run = harness.snapshot(&["--fail-on", "workflow_stalled=1"]).exits_with(0);
    assert_eq!(run.json()["findings"]["workflow_stalled"], Value::Null);
    assert!(run.stderr.contains("workflow_stalled is not known"), "{}", run.stderr);
    let columns = ["workflow_since", "workflow_since_source", "workflow_since_is_at_least", "workflow_days_in_state"];
    let row = &harness.pages()["1"];
    assert_eq!(columns.map(|column| row[column].as_str()), [""; 4]);
    let page = index(&harness);
    let tile = &page[page.find("Stalled approvals").unwrap()..];
    let tile = &tile[..tile.find("</dd>").unwrap()];
    assert!(tile.contains("<b>not known</b>"), "{tile}");
    assert!(tile.contains("not known for 2 pages"), "{tile}");
    assert!(page.contains("data-label=\"Median time in state\">not known</td>"));
    assert!(page.contains("since when is not known yet"));
    assert!(page.contains("It is not known since when 3 pages are in the state"));
    let fact =
        rows(&harness.data().join("model/fact_page_week.csv")).into_iter().find(|row| row["page_id"] == "1").unwrap();
    assert_eq!((fact["workflow_days_in_state"].as_str(), fact["workflow_since_is_at_least"].as_str()), ("", ""));

    // the same site, seen for the first time twelve weeks ago
    let harness = start();
    let seen = [("workflow_state", "Review"), ("workflow_source", "labels")];
    record(&harness, 12, &["ENG", "OPS"], &[earlier_row("1", "ENG", &seen), earlier_row("2", "OPS", &seen)]);
    harness.snapshot(&[]).exits_with(0);
    let row = &harness.pages()["1"];
    assert_eq!((row["workflow_since_source"].as_str(), row["workflow_since_is_at_least"].as_str()), ("snapshots", "1"));
    let days: i64 = row["workflow_days_in_state"].parse().unwrap();
    assert!((84..91).contains(&days), "{days}");
    assert_eq!(harness.finding("workflow_stalled"), ["1", "2"]);
    let page = index(&harness);
    let at_least = format!("at least {days} days");
    assert!(page.contains(&format!("data-label=\"Median time in state\">{at_least}</td>")), "{at_least}");
    assert!(page.contains(&format!("half of them for {at_least}.")));
    let fact = rows(&harness.data().join("findings/workflow_stalled.csv")).remove(0);
    assert_eq!((fact["value"].clone(), fact["workflow_since_is_at_least"].as_str()), (days.to_string(), "1"));
}
