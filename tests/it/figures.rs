//! The figures of a report are the sums of its tables, whatever the site shows.

use confluence_sim::{Fault, FaultPlan};
use confluence_storage_analyzer::audit::{self, AuditOptions};
use confluence_storage_analyzer::commands::reading::Reading;
use confluence_storage_analyzer::report::{self, RunFacts};
use serde_json::Value;
use tempfile::TempDir;

use test_support::bench::{Bench, always, edit_items};
use test_support::folder::{State, state};
use test_support::known;

/// Writes the report of a reading; gives its manifest.
fn written(reading: &Reading, rules: &AuditOptions) -> (TempDir, Value, std::path::PathBuf) {
    let place = TempDir::new().unwrap();
    let facts = RunFacts {
        exit_code: reading.status.code(),
        stopped: None,
        audit: rules.clone(),
        ..test_support::sample::run_facts()
    };
    let audit = audit::analyze(&reading.inventory, rules);
    let folder = report::write(place.path(), &facts, &reading.inventory, &audit).unwrap();
    let manifest = serde_json::from_slice(&std::fs::read(folder.join("run.json")).unwrap()).unwrap();
    (place, manifest, folder)
}

#[tokio::test(start_paused = true)]
async fn what_lies_in_a_space_that_no_list_shows_is_in_the_figures() {
    let elsewhere = edit_items(|item| {
        if item["id"] == "1001" || item["id"] == "1009" {
            item["spaceId"] = "424242".into();
        }
    });
    let bench = Bench::known(always("/wiki/api/v2/pages", elsewhere)).await;
    let run = bench.run().await;
    let (_place, manifest, folder) = written(run.reading(), &AuditOptions::default());
    assert_eq!(state(&folder), State::Complete);
    let apart = &manifest["without_space"];
    let number = |field: &str| apart[field].as_u64().unwrap();
    // the page in the trash is none of the pages, its file is in the trash
    assert_eq!((number("pages"), number("attachments"), number("trash_files")), (1, 12, 1), "{apart}");
    assert_eq!(number("unreferenced_files"), known::UNUSED.len() as u64);
    let page = std::fs::read_to_string(folder.join("index.html")).unwrap();
    assert!(page.contains("Space not visible: 12 files"), "the dashboard says where they are");
}

#[tokio::test(start_paused = true)]
async fn an_incomplete_run_counts_protected_files_as_its_tables_show_them() {
    let bench = Bench::known(always("/wiki/api/v2/footer-comments", Fault::status(403))).await;
    let run = bench.run().await;
    run.expect_incomplete();
    let rules = AuditOptions { protect_names: vec!["spare*".to_owned()], ..AuditOptions::default() };
    let (_place, manifest, folder) = written(run.reading(), &rules);
    assert_eq!(state(&folder), State::Incomplete);
    assert_eq!(manifest["totals"]["unreferenced_files"], 0);
    let whole = Bench::known(FaultPlan::none()).await;
    let (_place, manifest, folder) = written(whole.run().await.reading(), &rules);
    assert_eq!(state(&folder), State::Complete);
    assert_eq!(manifest["totals"]["unreferenced_files"], 1, "the other one is protected");
}

#[tokio::test(start_paused = true)]
async fn what_is_accepted_as_unread_stands_in_every_output() {
    let bench = Bench::known(always("/wiki/api/v2/*", test_support::bench::without("1006", "/body"))).await;
    let options = confluence_storage_analyzer::inventory::CrawlOptions {
        accept_unread: vec!["1006@1".parse().unwrap()],
        ..Default::default()
    };
    let api = confluence_client::Api::new(bench.settings()).unwrap();
    let run = bench.run_as(&api, &options).await;
    let (_place, manifest, folder) = written(run.reading(), &AuditOptions::default());
    assert_eq!(state(&folder), State::Complete);
    let accepted = &manifest["accepted_unread"];
    assert_eq!((&accepted[0]["id"], &accepted[0]["version"]), (&"1006".into(), &1.into()), "{accepted}");
    for page in ["index.html", "attachments.html", "ENG/ENG_attachments.html", "ENG/ENG_unreferenced.html"] {
        let text = std::fs::read_to_string(folder.join(page)).unwrap();
        assert!(
            text.contains("Complete, except for what was accepted as unread.") && text.contains("1006@1"),
            "{page}"
        );
    }
    let mut reader = csv::Reader::from_path(folder.join("attachments.csv")).unwrap();
    let place = reader.headers().unwrap().iter().position(|name| name == "Run Complete").unwrap();
    assert!(reader.records().all(|row| &row.unwrap()[place] == "Yes except 1006"));
}
