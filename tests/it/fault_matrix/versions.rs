//! F-41 for old versions of files: only versions missing from the file's own list were deleted.

use chrono::TimeDelta;
use confluence_sim::site::{Attachment, AttachmentVersion};
use confluence_sim::{Fault, FaultPlan, Occurrence, Site};
use confluence_storage_analyzer::audit::Usage;
use confluence_storage_analyzer::inventory::coverage::UnitKind;
use serde_json::json;

use test_support::harness::{Harness, also, always, edit_items, on, response};
use test_support::known_site::{self, TrueUsages};

/// The file that is used under the name of its first version; the current one is its third.
const RENAMED: &str = "att109";
const ALONE: &str = "/wiki/api/v2/attachments/att109";
const LIST: &str = "/wiki/api/v2/attachments/att109/versions";

/// The known site with another history of that file.
fn known_with(change: impl FnOnce(&mut Attachment)) -> (Site, TrueUsages) {
    let (mut site, truth) = known_site::site();
    change(site.attachments.iter_mut().find(|file| file.id == RENAMED).unwrap());
    (site, truth)
}

/// The file with `count` more versions before the current one, all deleted.
fn with_deleted(count: u32) -> (Site, TrueUsages) {
    known_with(|file| {
        let mut current = file.versions.pop().unwrap();
        let like = AttachmentVersion { deleted: true, ..current.clone() };
        file.versions.extend((0..count).map(|more| AttachmentVersion { number: like.number + more, ..like.clone() }));
        current.number += count;
        file.versions.push(current);
        let first = file.versions[0].created_at;
        for version in &mut file.versions {
            version.created_at = first + TimeDelta::minutes(version.number.into());
        }
    })
}

fn requests(harness: &Harness, path: &str) -> usize {
    harness.server.requests().iter().filter(|request| request.path == path).count()
}

#[tokio::test(start_paused = true)]
async fn versions_hidden_from_anonymous_access_are_not_deleted_f_41() {
    for path in ["/wiki/api/v2/attachments/*", ALONE] {
        let harness = Harness::known(always(path, Fault::Anonymous)).await;
        let run = harness.run().await;
        run.expect_incomplete();
        assert!(run.reason(UnitKind::AttachmentVersion).starts_with("not found"));
        assert_eq!(run.usage(RENAMED), Usage::Undetermined, "it is used under an old name");
    }
}

#[tokio::test(start_paused = true)]
async fn a_version_that_is_not_found_once_is_requested_again_f_41() {
    let missing =
        response(404, &[], r#"{"errors":[{"status":404,"code":"NOT_FOUND","title":"version","detail":"1"}]}"#);
    let harness = Harness::known(on(ALONE, Occurrence::Only(1), missing)).await;
    harness.run().await.expect_true_verdicts(&harness);
    assert_eq!((requests(&harness, ALONE), requests(&harness, LIST)), (3, 1));
}

#[tokio::test(start_paused = true)]
async fn one_list_settles_all_deleted_versions_of_a_file_f_41() {
    let (mut site, truth) = with_deleted(300);
    // the list of versions has several pages
    site.behaviour.page_cap = Some(2);
    let harness = Harness::start((site, truth), FaultPlan::none()).await;
    let run = harness.run().await;
    run.expect_true_verdicts(&harness);
    assert_eq!(run.audit_run().inventory.coverage.units[&UnitKind::AttachmentVersion].gone, 300);
    assert_eq!(requests(&harness, ALONE), 302, "each old version is requested once");
    assert_eq!(requests(&harness, LIST), 2, "three versions are left, two per page");
}

#[tokio::test(start_paused = true)]
async fn without_its_list_no_version_counts_as_deleted_f_41() {
    let without_current = Fault::edit_json(|list| {
        list["results"].as_array_mut().unwrap().retain(|version| version["number"] != 5);
    });
    let odd = edit_items(|version| version["number"] = json!("three"));
    for fault in [Fault::status(400), Fault::DroppedTail(1), without_current, odd, Fault::EmptyPageWithNext] {
        let harness = Harness::start(with_deleted(2), always(LIST, fault)).await;
        let run = harness.run().await;
        run.expect_incomplete();
        let units = run.audit_run().inventory.coverage.units[&UnitKind::AttachmentVersion];
        assert_eq!((units.gone, units.failed), (0, 2));
    }
}

#[tokio::test(start_paused = true)]
async fn a_version_that_only_its_list_shows_is_denied_f_41() {
    let hidden =
        || response(404, &[], r#"{"errors":[{"status":404,"code":"NOT_FOUND","title":"version","detail":"1"}]}"#);
    let harness = Harness::known(always(ALONE, hidden())).await;
    let run = harness.run().await;
    run.expect_incomplete();
    assert!(run.reason(UnitKind::AttachmentVersion).contains("although the list of versions shows it"));
}

#[tokio::test(start_paused = true)]
async fn an_absurd_version_number_costs_neither_requests_nor_memory() {
    let claimed = |file: &mut Attachment| file.versions.last_mut().unwrap().number = u32::MAX;
    let harness = Harness::start(known_with(claimed), FaultPlan::none()).await;
    harness.run().await.expect_true_verdicts(&harness);
    assert_eq!((requests(&harness, LIST), requests(&harness, ALONE)), (1, 2), "its list shows which versions exist");

    let every_list = edit_items(|file| {
        if file["id"] == RENAMED {
            file["version"]["number"] = u32::MAX.into();
        }
    });
    let faults = also(FaultPlan::none(), "/wiki/api/v2/attachments", Occurrence::From(1), every_list);
    let harness = Harness::known(faults).await;
    let run = harness.run().await;
    run.expect_incomplete();
    assert!(run.reason(UnitKind::AttachmentVersion).contains("lacks the current version"));
    assert_eq!(run.usage(RENAMED), Usage::Undetermined);
    assert_eq!(requests(&harness, ALONE), 0);
}
