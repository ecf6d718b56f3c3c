//! "Before a migration". `test_support::migration_sums` checks the figures of every report that a test writes.

use std::fs;

use confluence_sim::{Fault, FaultPlan, Occurrence, RoutePattern};
use serde_json::Value;
use test_support::harness::edit_items;

use crate::run_program::{Finished, Server, program};

fn on(path: &str, fault: Fault) -> FaultPlan {
    FaultPlan::none().on(RoutePattern::path(path).unwrap(), Occurrence::From(1), fault)
}

fn section(run: &Finished) -> String {
    let page = fs::read_to_string(run.report().join("index.html")).unwrap();
    let (_, section) = page.split_once("<section class=\"of-migration\">").unwrap();
    section.split_once("</section>").unwrap().0.to_owned()
}

/// Returns the bytes of a scenario of a manifest.
fn bytes(manifest: &Value, newest: Option<u64>, trash: bool, unreferenced: bool) -> u64 {
    let scenarios = manifest["migration"]["scenarios"].as_array().unwrap();
    let is_it = |scenario: &&Value| {
        scenario["newest_versions"].as_u64() == newest
            && scenario["trash"] == trash
            && scenario["unreferenced"] == unreferenced
    };
    scenarios.iter().find(is_it).unwrap()["bytes"].as_u64().unwrap()
}

#[test]
fn the_section_has_what_each_choice_leaves_to_copy() {
    let run = Server::sample(FaultPlan::none()).run(&["--keep-versions", "2", "--migration-throughput", "1MB/s"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let (manifest, section) = (run.run_json(), section(&run));
    let totals = &manifest["totals"];
    let total = |field: &str| totals[field].as_u64().unwrap();
    let everything = bytes(&manifest, None, true, true);
    assert_eq!(everything, total("current_bytes") + total("old_bytes") + total("trash_bytes"));
    assert_eq!(bytes(&manifest, None, false, true), everything - total("trash_bytes"));
    assert_eq!(bytes(&manifest, None, true, false), everything - total("unreferenced_bytes"));
    assert_eq!(
        bytes(&manifest, Some(2), false, true),
        total("current_bytes") + total("old_bytes") - total("version_waste_bytes")
    );
    assert_eq!(bytes(&manifest, Some(1), false, true), total("current_bytes"));
    // each choice alone leaves less than everything, and all of them together the least
    let least = bytes(&manifest, Some(1), false, false);
    for more in [
        bytes(&manifest, Some(1), true, false),
        bytes(&manifest, Some(1), false, true),
        bytes(&manifest, Some(2), false, false),
    ] {
        assert!(least < more && more < everything, "{least} {more} {everything}");
    }
    assert_eq!(manifest["migration"]["bytes_per_second"], 1_000_000);
    for text in [
        "assume 1 MB/s",
        "All versions",
        "The newest 2 versions",
        "The newest version",
        "Without both",
        &format!("value=\"{everything}\""),
        &format!("value=\"{least}\""),
        "has a creator and a date of creation",
    ] {
        assert!(section.contains(text), "{text}: {section}");
    }
    assert!(
        !section.contains("at least") || total("unknown_sizes") > 0 || totals["trash_at_least"] == true,
        "{section}"
    );
    // a report that is rendered again takes the throughput of its own options
    let output = program(run.folder.path())
        .arg("report")
        .arg(run.report())
        .args(["--migration-throughput", "8Mbit/s", "--keep-versions", "2", "--json"])
        .output()
        .unwrap();
    let again: Value = serde_json::from_slice(&output.stdout).unwrap();
    let page = fs::read(format!("{}/run.json", again["folder"].as_str().unwrap())).unwrap();
    let again: Value = serde_json::from_slice(&page).unwrap();
    assert_eq!(again["migration"], manifest["migration"], "8 Mbit/s are 1 MB/s");
}

#[test]
fn an_incomplete_run_has_lower_bounds_and_no_scenario_without_unreferenced_files() {
    let run = Server::sample(on("/wiki/api/v2/footer-comments", Fault::status(403))).run(&[]);
    assert_eq!(run.status, 3, "{}", run.stderr);
    let manifest = run.run_json();
    let scenarios = manifest["migration"]["scenarios"].as_array().unwrap();
    let (known, unknown): (Vec<&Value>, Vec<&Value>) =
        scenarios.iter().partition(|scenario| scenario["unreferenced"] == true);
    assert!(
        known.len() == 4 && known.iter().all(|scenario| scenario["at_least"] == true && scenario["bytes"].is_u64())
    );
    assert!(
        unknown.len() == 4 && unknown.iter().all(|scenario| scenario["bytes"].is_null() && scenario["hours"].is_null())
    );
    let section = section(&run);
    assert!(section.contains("The run is incomplete: there may be more"), "{section}");
    let spaces = manifest["migration"]["spaces"].as_array().unwrap().len();
    assert_eq!(section.matches("not known</td>").count(), 4 + 2 * spaces);
    assert!(section.contains("Every file that was read has a creator"), "{section}");
}

#[test]
fn files_without_creator_or_date_are_listed_with_links() {
    let edit = edit_items(|item| {
        if item["id"].as_str().is_some_and(|id| id.ends_with('1')) {
            item["version"]["authorId"] = Value::Null;
        }
        if item["id"].as_str().is_some_and(|id| id.ends_with("11")) {
            item["createdAt"] = Value::Null;
        }
    });
    let run = Server::sample(on("/wiki/api/v2/attachments*", edit)).run(&[]);
    let listed = run.run_json()["migration"]["without_creator_or_date"].clone();
    let listed = listed.as_array().unwrap();
    assert!(listed.len() > 5, "{listed:?}");
    let both = listed.iter().filter(|file| file["lacks"].as_array().unwrap().len() == 2).count();
    assert!(both > 0 && both < listed.len(), "{listed:?}");
    let section = section(&run);
    assert!(section.contains("cannot import a file without its creator"), "{section}");
    for words in
        [">creator<", ">creator and date<", "attachments.html#?open=", "rel=\"noopener noreferrer\">Attachments</a>"]
    {
        assert!(section.contains(words), "{words}: {section}");
    }
}

#[test]
fn a_throughput_without_a_unit_is_refused() {
    let run = Server::sample(FaultPlan::none()).run(&["--migration-throughput", "10"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("--migration-throughput: invalid value `10`"), "{}", run.stderr);
    assert!(run.stderr.contains("10MB/s, 10MiB/s or 80Mbit/s"), "{}", run.stderr);
}
