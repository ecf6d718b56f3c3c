//! Every kind of change since the report, and what the recheck says of the files.

use confluence_sim::site::{Container, Status};
use confluence_sim::{Change, Fault, FaultPlan, Site};
use confluence_storage_analyzer::audit::AuditOptions;
use confluence_storage_analyzer::error::ExitStatus;
use confluence_storage_analyzer::inventory::CrawlOptions;
use confluence_storage_analyzer::inventory::coverage::UnitKind;
use confluence_storage_analyzer::recheck::RecheckResult;
use test_support::harness::{Harness, once};
use test_support::known_site::TrueUsages;
use test_support::parallel::{each, paused};

use super::{EarlierReport, Rechecked, apply};
use crate::races::changes::{edit, file_status, hide, rename, status};
use crate::races::site::{self, DOC, SPARE, UNREFERENCED_FILE, image, used, with_page};
use crate::races::table::{Row, rows};

async fn served(site: Site) -> Harness {
    Harness::start((site, TrueUsages::new()), FaultPlan::none()).await
}

/// Writes a report about a site, changes it, and rechecks the report.
async fn after(site: Site, changes: &[Change]) -> Rechecked {
    let harness = served(site).await;
    let report = EarlierReport::of(&harness).await.expect("a complete audit");
    apply(&harness, changes);
    report.recheck(&harness).await.unwrap()
}

#[test]
fn every_kind_of_change_since_the_report_is_seen() {
    let rows = rows();
    let failed: Vec<String> = each(&rows, |row| paused(Box::pin(change(row))))
        .into_iter()
        .zip(&rows)
        .filter_map(|(result, row)| Some(format!("{}: {}", row.name, result.err()?)))
        .collect();
    assert!(failed.is_empty(), "{} rows:\n{}", failed.len(), failed.join("\n"));
}

/// Makes the change of a row after the report, and checks every result.
async fn change(row: &Row) {
    let site = (row.prepare)(site::site());
    let changes = (row.changes)(&site);
    let harness = served(site).await;
    let report = EarlierReport::of(&harness).await.expect("a complete audit");
    harness.server.set_faults((row.faults)(FaultPlan::none()));
    apply(&harness, &changes);
    let now = report.recheck(&harness).await.unwrap();
    let in_use = report.in_use(&harness);
    for id in now.still_unreferenced() {
        assert!(!in_use.contains(id), "{id} is in use and was called still unreferenced");
        assert_eq!(now.status, ExitStatus::Complete);
    }
    if now.status != ExitStatus::Complete || !now.obstacles.is_empty() {
        return;
    }
    assert_eq!(now.result(SPARE), RecheckResult::StillUnreferenced, "{}", now.reason(SPARE));
    if let Some((result, reasons)) = now.files.get(row.stake)
        && row.in_use
    {
        assert_eq!(*result, RecheckResult::UsedNow, "{reasons:?}");
    }
}

#[test]
fn most_rows_are_changes_of_files_that_the_report_calls_unreferenced() {
    let candidates = |row: &Row| {
        paused(async {
            let harness = served((row.prepare)(site::site())).await;
            EarlierReport::of(&harness).await.map_or(0, |report| {
                let ids = report.candidates.iter().map(|&file| report.inventory.attachments[file].id.as_str());
                ids.filter(|id| *id == row.stake).count()
            })
        })
    };
    let rows = rows();
    let unreferenced: usize = each(&rows, candidates).into_iter().map(Result::unwrap).sum();
    assert!(unreferenced > 40, "{unreferenced} of {} rows", rows.len());
}

#[tokio::test(start_paused = true)]
async fn a_file_that_is_not_the_one_of_the_report_is_not_known() {
    let id = || UNREFERENCED_FILE.to_owned();
    let cases = [
        (Change::UploadVersion { id: id() }, "version 1 became version 2"),
        (rename(UNREFERENCED_FILE), "it was renamed from \"unused.mov\""),
        (Change::MoveFile { id: id(), to: "1007".to_owned() }, "it was moved to another page or post"),
    ];
    for (change, reason) in cases {
        let now = after(site::site(), std::slice::from_ref(&change)).await;
        let said = now.reason(UNREFERENCED_FILE);
        assert_eq!(now.result(UNREFERENCED_FILE), RecheckResult::NotKnown, "{change:?}: {said}");
        assert!(said.contains(&format!("it is not the file that the report judged: {reason}")), "{said}");
        assert_eq!(now.result(SPARE), RecheckResult::StillUnreferenced);
    }
}

#[tokio::test(start_paused = true)]
async fn a_deleted_file_is_gone() {
    let now = after(site::site(), &[file_status(UNREFERENCED_FILE, Status::Trashed)]).await;
    assert_eq!((now.result(UNREFERENCED_FILE), now.status), (RecheckResult::Gone, ExitStatus::Complete));
    assert_eq!(now.reason(UNREFERENCED_FILE), "in the trash");
    let harness = served(site::site()).await;
    let report = EarlierReport::of(&harness).await.unwrap();
    harness.server.change_site(|site| site.attachments.retain(|file| file.id != UNREFERENCED_FILE));
    let now = report.recheck(&harness).await.unwrap();
    assert_eq!(now.result(UNREFERENCED_FILE), RecheckResult::Gone, "{}", now.reason(UNREFERENCED_FILE));
    assert_eq!(now.result(SPARE), RecheckResult::StillUnreferenced);
    let now = after(site::site(), &[status("1001", Status::Trashed)]).await;
    assert_eq!(now.result(UNREFERENCED_FILE), RecheckResult::Gone);
    assert_eq!(now.reason(UNREFERENCED_FILE), "its page is in the trash");
}

#[tokio::test(start_paused = true)]
async fn another_file_of_the_same_name_takes_no_use_away() {
    let harness = served(site::site()).await;
    let report = EarlierReport::of(&harness).await.unwrap();
    // the page of the file now shows a new file, which has the name that the file had
    harness.server.change_site(|site| {
        site.attachments.iter_mut().find(|file| file.id == UNREFERENCED_FILE).unwrap().versions[0].title =
            "elsewhere.mov".to_owned();
        let new = site.clone().attachment_of(Container::Page("1001".to_owned()), "att991", "unused.mov", 5);
        site.attachments.push(new.attachments.last().unwrap().clone());
    });
    apply(&harness, &[edit("1007", &used())]);
    let now = report.recheck(&harness).await.unwrap();
    assert_ne!(now.result(UNREFERENCED_FILE), RecheckResult::StillUnreferenced);
}

#[tokio::test(start_paused = true)]
async fn a_page_that_may_be_hidden_leaves_nothing_still_unreferenced() {
    let harness = served(with_page(site::site(), DOC, "1301", "<p>text</p>")).await;
    let report = EarlierReport::of(&harness).await.unwrap();
    apply(&harness, &[edit("1301", &used()), hide("1301", true)]);
    let now = report.recheck(&harness).await.unwrap();
    assert_eq!(now.still_unreferenced().count(), 0);
    assert!(
        now.obstacles[0].contains("page 1301") && now.obstacles[0].contains("--accept-deleted"),
        "{:?}",
        now.obstacles
    );
    // the user says that the page was deleted
    let options = (CrawlOptions::default(), AuditOptions::default());
    let now = report.recheck_with(&harness, &options.0, &options.1, &["1301"]).await.unwrap();
    assert_eq!(now.result(UNREFERENCED_FILE), RecheckResult::StillUnreferenced);
    let now = report.recheck_with(&harness, &options.0, &options.1, &["1302"]).await.unwrap();
    assert_eq!(now.still_unreferenced().count(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_space_that_may_be_hidden_leaves_nothing_still_unreferenced() {
    let harness = served(site::site()).await;
    let report = EarlierReport::of(&harness).await.unwrap();
    apply(&harness, &[edit("1102", &used()), Change::HideSpace { id: DOC.to_owned(), hidden: true }]);
    let now = report.recheck(&harness).await.unwrap();
    assert_eq!(now.still_unreferenced().count(), 0);
    assert_eq!(now.result(UNREFERENCED_FILE), RecheckResult::NotKnown);
    assert!(now.obstacles[0].contains("space DOC"), "{:?}", now.obstacles);
    let options = (CrawlOptions::default(), AuditOptions::default());
    let now = report.recheck_with(&harness, &options.0, &options.1, &["DOC"]).await.unwrap();
    assert_eq!(now.result(UNREFERENCED_FILE), RecheckResult::StillUnreferenced, "{:?}", now.obstacles);
}

#[tokio::test(start_paused = true)]
async fn a_page_in_the_trash_hides_nothing() {
    let now = after(with_page(site::site(), DOC, "1301", &used()), &[]).await;
    assert!(!now.files.contains_key(UNREFERENCED_FILE), "it is used");
    let now = after(with_page(site::site(), DOC, "1301", "<p>x</p>"), &[status("1301", Status::Trashed)]).await;
    assert_eq!(now.result(UNREFERENCED_FILE), RecheckResult::StillUnreferenced, "{:?}", now.obstacles);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_cannot_be_read_leaves_nothing_still_unreferenced() {
    let harness = served(site::site()).await;
    let report = EarlierReport::of(&harness).await.unwrap();
    apply(&harness, &[edit("1001", &image("spare.png"))]);
    let refused = Fault::Answer { status: 500, headers: Vec::new(), body: "{}".to_owned() };
    harness.server.set_faults(test_support::harness::always("/wiki/rest/api/template/page", refused));
    let now = report.recheck(&harness).await.unwrap();
    assert_eq!(now.status, ExitStatus::Incomplete);
    assert!(now.inventory.coverage.has_gap(UnitKind::Templates));
    assert_eq!(now.result(UNREFERENCED_FILE), RecheckResult::NotKnown);
    assert!(now.reason(UNREFERENCED_FILE).contains("incomplete"), "{}", now.reason(UNREFERENCED_FILE));
    assert_eq!(now.result(SPARE), RecheckResult::UsedNow, "a use that was found counts in any case");
    // a single failure is repeated
    let refused = Fault::Answer { status: 500, headers: Vec::new(), body: "{}".to_owned() };
    harness.server.set_faults(once("/wiki/rest/api/template/page", refused));
    let now = report.recheck(&harness).await.unwrap();
    assert_eq!(now.result(UNREFERENCED_FILE), RecheckResult::StillUnreferenced);
}

#[tokio::test(start_paused = true)]
async fn a_file_that_a_rule_protects_now_is_not_for_deletion() {
    let harness = served(site::site()).await;
    let report = EarlierReport::of(&harness).await.unwrap();
    harness.server.change_site(|site| {
        site.attachments.iter_mut().find(|file| file.id == UNREFERENCED_FILE).unwrap().labels.push("keep".to_owned());
    });
    let rules = AuditOptions { protect_labels: vec!["keep".to_owned()], ..AuditOptions::default() };
    let options = CrawlOptions { needs_labels: true, ..CrawlOptions::default() };
    let now = report.recheck_with(&harness, &options, &rules, &[]).await.unwrap();
    assert_eq!(now.result(UNREFERENCED_FILE), RecheckResult::ProtectedNow);
    assert_eq!(now.reason(UNREFERENCED_FILE), "protected by label keep");
    assert_eq!(now.result(SPARE), RecheckResult::StillUnreferenced);
}

#[tokio::test(start_paused = true)]
async fn a_host_that_the_report_knew_stays_a_host_of_the_site() {
    let harness = served(site::site()).await;
    let api = confluence_client::Api::new(harness.settings()).unwrap();
    let hosts = vec!["wiki.acme.example".to_owned()];
    let options = CrawlOptions { alias_hosts: hosts, ..CrawlOptions::default() };
    let run = harness.run_unchecked(&api, &options).await.result.unwrap();
    let report = EarlierReport { inventory: run.inventory, ..EarlierReport::of(&harness).await.unwrap() };
    let address = "https://wiki.acme.example/download/attachments/1001/unused.mov";
    apply(&harness, &[edit("1007", &format!(r#"<p><a href="{address}">film</a></p>"#))]);
    // the recheck is configured without that host
    let now = report.recheck(&harness).await.unwrap();
    assert_eq!(now.result(UNREFERENCED_FILE), RecheckResult::UsedNow, "{}", now.reason(UNREFERENCED_FILE));
}
