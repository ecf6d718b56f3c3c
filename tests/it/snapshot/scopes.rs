//! Runs of different spaces and groups: nothing is lost, and like is compared with like.

use confluence_sim::{Fault, FaultPlan, Occurrence, RoutePattern, Site};
use confluence_storage_analyzer::history::Status as Worth;
use serde_json::{Value, json};

use super::bench::{Bench, Row, rows, weeks_ago};
use super::knowledge_base::ago;

const STATES: &str = "[workflow]\nlabel_states = wip=Review, done=Approved\nfinal_states = approved\n";

/// Two spaces; 1 and 2 are in review, 3 is approved.
fn site() -> Site {
    let labelled = |site: Site, id: &str, label: &str| {
        site.page(id, &format!("Page {id}"), "<p>Some text.</p>")
            .with_content(|page| page.labels = vec![label.to_owned()])
    };
    let site = labelled(labelled(Site::new().space("ENG", "Engineering"), "1", "wip"), "3", "done");
    let mut site = labelled(site.space("OPS", "Operations"), "2", "wip");
    // older than the snapshots before
    site.contents.iter_mut().for_each(|content| content.created_at = ago(900));
    site
}

fn start() -> Bench {
    Bench::start(site(), FaultPlan::none()).configure(STATES)
}

fn index(bench: &Bench) -> String {
    std::fs::read_to_string(bench.data().join("index.html")).unwrap()
}

fn manifest(bench: &Bench) -> Value {
    serde_json::from_slice(&std::fs::read(bench.data().join("history.json")).unwrap()).unwrap()
}

/// A row of a week before, in which everything of this program is told but what `row` says otherwise.
fn told<'a>(id: &'a str, space: &'a str, row: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let all = [("page_id", id), ("space_key", space), ("schema_version", "1"), ("edit_count", "1")];
    all.into_iter().chain(row.iter().copied()).collect()
}

fn record(bench: &Bench, weeks: usize, spaces: &[&str], pages: &[Vec<(&str, &str)>]) {
    bench.record(weeks_ago(weeks), true, spaces, &pages.iter().map(Vec::as_slice).collect::<Vec<_>>());
}

#[test]
fn two_runs_of_different_spaces_in_one_week_lose_nothing_in_any_file() {
    let ids = |rows: &[Row]| {
        let mut ids: Vec<String> = rows.iter().map(|row| row["page_id"].clone()).collect();
        ids.sort();
        ids
    };
    for order in [["ENG", "OPS"], ["OPS", "ENG"]] {
        let bench = start();
        for space in order {
            bench.snapshot(&["--space", space]).ends(0);
        }
        for file in ["confluence_data_history.csv", "model/fact_page_week.csv", "model/dim_page.csv"] {
            assert_eq!(ids(&rows(&bench.data().join(file))), ["1", "2", "3"], "{file}");
        }
        assert_eq!(ids(&rows(&bench.data().join(format!("confluence_data_{}.csv", weeks_ago(0))))), ["1", "2", "3"]);
        let mut stubs = bench.finding("stubs");
        stubs.sort();
        assert_eq!(stubs, ["1", "2", "3"]);
        let spaces = manifest(&bench)["weeks"][0]["spaces"].clone();
        assert_eq!((&spaces["ENG"]["rows"], &spaces["OPS"]["rows"]), (&json!(2), &json!(1)));
        let page = index(&bench);
        assert!(page.contains("Engineering") && page.contains("Operations"));
        assert!(page.contains(&format!("The space {} of this week is of an earlier run", order[0])), "{page}");
    }
}

#[test]
fn a_run_of_fewer_groups_keeps_the_fuller_rows_of_its_week_and_says_so() {
    let state = |bench: &Bench, file: &str| {
        let rows = rows(&bench.data().join(file));
        rows.iter().find(|row| row["page_id"] == "1").unwrap()["workflow_state"].clone()
    };
    let week = format!("confluence_data_{}.csv", weeks_ago(0));
    let narrow = ["--metrics", "core"];
    for runs in [[&[][..], &narrow], [&narrow, &[]]] {
        let bench = start();
        bench.snapshot(runs[0]).ends(0);
        let run = bench.snapshot(runs[1]).ends(0);
        assert_eq!(state(&bench, &week), "Review", "{runs:?}");
        let is_narrow = runs[1] == narrow;
        assert_eq!(state(&bench, "confluence_data_current.csv"), if is_narrow { "" } else { "Review" });
        assert_eq!(run.stderr.contains("holds more of spaces ENG, OPS already: "), is_narrow, "{}", run.stderr);
        assert_eq!(run.json()["in_history"], !is_narrow);
    }
}

#[test]
fn an_incomplete_run_of_another_space_leaves_the_complete_one_and_adds_what_it_read() {
    let cut = || {
        let route = RoutePattern::path("/wiki/rest/api/content/search").unwrap();
        FaultPlan::none().on(route, Occurrence::From(1), Fault::status(403))
    };
    for order in [["ENG", "OPS"], ["OPS", "ENG"]] {
        let bench = start();
        for space in order {
            let is_cut = space == "OPS";
            bench.server.set_faults(if is_cut { cut() } else { FaultPlan::none() });
            bench.snapshot(&["--space", space]).ends(if is_cut { 3 } else { 0 });
        }
        let told: Vec<(String, String)> = rows(&bench.data().join("confluence_data_history.csv"))
            .into_iter()
            .map(|row| (row["page_id"].clone(), row["snapshot_status"].clone()))
            .collect();
        let expected = [("1", "complete"), ("2", "incomplete"), ("3", "complete")];
        assert_eq!(told, expected.map(|(id, status)| (id.to_owned(), status.to_owned())));
        let history = bench.history();
        let week = history.week(weeks_ago(0)).unwrap();
        assert_eq!((week.status, week.spaces["ENG"].status), (Worth::Incomplete, Worth::Complete));
    }
}

/// A week of one space, and one without the workflow, lie between this run and the last that told of both.
#[test]
fn narrower_runs_in_between_take_nothing_from_states_and_changes() {
    let bench = start();
    let since = ago(40).to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    let in_review = [
        ("workflow_state", "REVIEW "),
        ("workflow_source", "labels"),
        ("workflow_since", since.as_str()),
        ("workflow_since_source", "snapshots"),
        ("workflow_since_is_at_least", "0"),
    ];
    record(&bench, 3, &["ENG", "OPS"], &[told("1", "ENG", &in_review), told("2", "OPS", &in_review)]);
    record(&bench, 2, &["ENG"], &[told("1", "ENG", &[]), told("3", "ENG", &[])]);
    bench.server.change_site(|site| {
        let page = site.contents.iter_mut().find(|content| content.id == "2").unwrap();
        page.title = "Renamed".to_owned();
    });
    let run = bench.snapshot(&[]).ends(0);
    assert_eq!(run.json()["changes"]["new"], 0, "{}", run.stdout);
    let pages = bench.pages();
    for id in ["1", "2"] {
        assert_eq!(pages[id]["workflow_since"], since, "{id}");
        assert_eq!(
            (pages[id]["workflow_days_in_state"].as_str(), pages[id]["workflow_since_is_at_least"].as_str()),
            ("40", "0")
        );
        assert_eq!(pages[id]["edits_since_last_snapshot"], "0", "{id}");
    }
    assert_eq!(bench.finding("workflow_stalled"), ["1", "2"], "3 is final, in whatever case");
    let page = index(&bench);
    let words = format!("Between {} and {}. Of space OPS since {}.", weeks_ago(2), weeks_ago(0), weeks_ago(3));
    assert!(page.contains(&words), "{words}");
}

#[test]
fn fewer_groups_are_neither_better_nor_worse_and_every_place_says_so() {
    let bench = start();
    let core = [("health_score", "10"), ("staleness", "expired")];
    record(&bench, 1, &["ENG", "OPS"], &[told("1", "ENG", &core), told("2", "OPS", &core), told("3", "ENG", &core)]);
    let run = bench.snapshot(&[]).ends(0);
    let comparison = run.json()["comparison"].clone();
    assert_eq!(comparison["with"], weeks_ago(1).to_string());
    let told = |comparison: &Value| -> Vec<String> {
        let left = comparison["left_out"].as_array().unwrap().iter();
        left.map(|left| left["why"].as_str().unwrap().to_owned()).collect()
    };
    let now = weeks_ago(0);
    let read =
        ["who wrote the pages was", "links were", "the workflow was"].map(|what| format!("{what} read in {now} only"));
    assert_eq!(told(&comparison), read, "{comparison}");
    assert_eq!(manifest(&bench)["comparison"], comparison);
    assert!(
        run.stderr.contains("figures not compared with") && run.stderr.contains("links were read"),
        "{}",
        run.stderr
    );
    let page = index(&bench);
    let answer = &page[page.find("Is it getting better?").unwrap()..];
    let answer = &answer[..answer.find("</li>").unwrap()];
    assert!(!answer.contains("Mean health") && !answer.contains("Nothing links"), "{answer}");
    assert!(answer.contains("Share of outdated pages"), "views were read in neither week: {answer}");
    assert!(page.contains(&format!("Not compared with {}: ", weeks_ago(1))));
    assert!(page.contains(&format!("<li>{}: not read alike</li>", weeks_ago(1))), "the tile of the mean health");
    let before = page;
    bench.run(&["history", "export"]).ends(0);
    assert_eq!(index(&bench), before);
    assert_eq!(manifest(&bench)["comparison"], comparison);
}

#[test]
fn a_space_that_comes_new_or_goes_is_named_and_no_growth() {
    let bench = start();
    record(&bench, 1, &["ENG", "OLD"], &[told("1", "ENG", &[]), told("9", "OLD", &[]), told("8", "OLD", &[])]);
    let run = bench.snapshot(&["--space", "ENG", "--space", "OPS"]).ends(0);
    let left = run.json()["comparison"]["left_out"].clone();
    let of_spaces: Vec<&Value> =
        left.as_array().unwrap().iter().filter(|left| left["figures"] == json!(["all figures"])).collect();
    assert_eq!(of_spaces.len(), 2, "{left}");
    assert_eq!((&of_spaces[0]["spaces"], &of_spaces[1]["spaces"]), (&json!(["OPS"]), &json!(["OLD"])));
    assert_eq!(run.json()["changes"]["gone"], 0, "a space that is gone is not made of pages that are");
    let page = index(&bench);
    assert!(page.contains(&format!("<b>+1</b> since {} in 1 of 3 spaces", weeks_ago(1))), "page 3 of ENG");
}

#[test]
fn a_threshold_whose_group_is_not_read_is_refused_before_the_first_request() {
    let bench = start();
    let run = bench.snapshot(&["--metrics", "core", "--fail-on", "broken_links=1"]).ends(2);
    assert!(run.stderr.contains("needs the group links") && run.stderr.contains("--metrics"), "{}", run.stderr);
    assert!(bench.server.requests().is_empty());
    bench.snapshot(&["--metrics", "core", "--fail-on", "stubs=99"]).ends(0);
}

#[test]
fn a_first_snapshot_claims_nothing_about_time_and_the_next_at_least_what_it_saw() {
    let bench = start();
    let run = bench.snapshot(&["--fail-on", "workflow_stalled=1"]).ends(0);
    assert_eq!(run.json()["findings"]["workflow_stalled"], Value::Null);
    assert!(run.stderr.contains("workflow_stalled is not known"), "{}", run.stderr);
    let columns = ["workflow_since", "workflow_since_source", "workflow_since_is_at_least", "workflow_days_in_state"];
    let row = &bench.pages()["1"];
    assert_eq!(columns.map(|column| row[column].as_str()), [""; 4]);
    let page = index(&bench);
    let tile = &page[page.find("Stalled approvals").unwrap()..];
    let tile = &tile[..tile.find("</dd>").unwrap()];
    assert!(tile.contains("<b>not known</b>"), "{tile}");
    assert!(tile.contains("not known of 2 pages"), "{tile}");
    assert!(page.contains("data-label=\"Median time in it\">not known</td>"));
    assert!(page.contains("since when is not known yet"));
    assert!(page.contains("Nothing tells since when 3 pages are in the state"));
    let fact =
        rows(&bench.data().join("model/fact_page_week.csv")).into_iter().find(|row| row["page_id"] == "1").unwrap();
    assert_eq!((fact["workflow_days_in_state"].as_str(), fact["workflow_since_is_at_least"].as_str()), ("", ""));

    // the same, seen twelve weeks ago for the first time
    let bench = start();
    let seen = [("workflow_state", "Review"), ("workflow_source", "labels")];
    record(&bench, 12, &["ENG", "OPS"], &[told("1", "ENG", &seen), told("2", "OPS", &seen)]);
    bench.snapshot(&[]).ends(0);
    let row = &bench.pages()["1"];
    assert_eq!((row["workflow_since_source"].as_str(), row["workflow_since_is_at_least"].as_str()), ("snapshots", "1"));
    let days: i64 = row["workflow_days_in_state"].parse().unwrap();
    assert!((84..91).contains(&days), "{days}");
    assert_eq!(bench.finding("workflow_stalled"), ["1", "2"]);
    let page = index(&bench);
    let at_least = format!("at least {days} days");
    assert!(page.contains(&format!("data-label=\"Median time in it\">{at_least}</td>")), "{at_least}");
    assert!(page.contains(&format!("half of them for {at_least}.")));
    let fact = rows(&bench.data().join("findings/workflow_stalled.csv")).remove(0);
    assert_eq!((fact["value"].clone(), fact["workflow_since_is_at_least"].as_str()), (days.to_string(), "1"));
}
