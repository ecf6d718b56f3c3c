//! The figures of a report are the sums of its tables, whatever the site returns.

use confluence_sim::{Fault, FaultPlan};
use confluence_storage_analyzer::audit::{self, AuditOptions};
use confluence_storage_analyzer::commands::audit_run::AuditRun;
use confluence_storage_analyzer::report::{self, ReportInput, RunFacts};
use serde_json::Value;
use tempfile::TempDir;

use test_support::harness::{Harness, always, edit_items};
use test_support::known_site;
use test_support::report_folder::{ReportFolderState, state};

/// Writes the report of a run. Returns the folder that contains it, its manifest and its own folder.
fn write_report(audit_run: &AuditRun, rules: &AuditOptions) -> (TempDir, Value, std::path::PathBuf) {
    let parent = TempDir::new().unwrap();
    let facts = RunFacts {
        exit_code: audit_run.status.code(),
        stopped: None,
        audit: rules.clone(),
        ..test_support::sample::run_facts()
    };
    let audit = audit::analyze(&audit_run.inventory, rules);
    let folder =
        report::write(parent.path(), ReportInput { run: &facts, inventory: &audit_run.inventory, audit: &audit })
            .unwrap();
    let manifest = serde_json::from_slice(&std::fs::read(folder.join("run.json")).unwrap()).unwrap();
    (parent, manifest, folder)
}

#[tokio::test(start_paused = true)]
async fn files_in_a_space_that_is_not_visible_are_in_the_figures() {
    let elsewhere = edit_items(|item| {
        if item["id"] == "1001" || item["id"] == "1009" {
            item["spaceId"] = "424242".into();
        }
    });
    let harness = Harness::known(always("/wiki/api/v2/pages", elsewhere)).await;
    let run = harness.run().await;
    let (_parent, manifest, folder) = write_report(run.audit_run(), &AuditOptions::default());
    assert_eq!(state(&folder), ReportFolderState::Complete);
    let without_space = &manifest["without_space"];
    let number = |field: &str| without_space[field].as_u64().unwrap();
    // the page in the trash does not count as a page, and its file counts as trash
    assert_eq!((number("pages"), number("attachments"), number("trash_files")), (1, 12, 1), "{without_space}");
    assert_eq!(number("unreferenced_files"), known_site::UNREFERENCED_FILES.len() as u64);
    let page = std::fs::read_to_string(folder.join("index.html")).unwrap();
    assert!(page.contains("Not in a visible space: 12 files"), "the dashboard shows the files without a space");
}

#[tokio::test(start_paused = true)]
async fn an_incomplete_run_counts_protected_files_as_its_tables_show_them() {
    let harness = Harness::known(always("/wiki/api/v2/footer-comments", Fault::status(403))).await;
    let run = harness.run().await;
    run.expect_incomplete();
    let rules = AuditOptions { protect_names: vec!["spare*".to_owned()], ..AuditOptions::default() };
    let (_parent, manifest, folder) = write_report(run.audit_run(), &rules);
    assert_eq!(state(&folder), ReportFolderState::Incomplete);
    assert_eq!(manifest["totals"]["unreferenced_files"], 0);
    let complete = Harness::known(FaultPlan::none()).await;
    let (_parent, manifest, folder) = write_report(complete.run().await.audit_run(), &rules);
    assert_eq!(state(&folder), ReportFolderState::Complete);
    assert_eq!(manifest["totals"]["unreferenced_files"], 1, "the other one is protected");
}

#[tokio::test(start_paused = true)]
async fn contents_accepted_as_unread_are_in_every_output() {
    let harness = Harness::known(always("/wiki/api/v2/*", test_support::harness::without("1006", "/body"))).await;
    let options = confluence_storage_analyzer::inventory::CrawlOptions {
        accept_unread: vec!["1006@1".parse().unwrap()],
        ..Default::default()
    };
    let api = confluence_client::Api::new(harness.settings()).unwrap();
    let run = harness.run_as(&api, &options).await;
    let (_parent, manifest, folder) = write_report(run.audit_run(), &AuditOptions::default());
    assert_eq!(state(&folder), ReportFolderState::Complete);
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
    let column = reader.headers().unwrap().iter().position(|name| name == "Run Complete").unwrap();
    assert!(reader.records().all(|row| &row.unwrap()[column] == "Yes except 1006"));
}
