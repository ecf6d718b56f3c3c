//! What a recheck costs: the lists and the checks of an audit, but nothing for the old versions of files.

use confluence_client::RequestKind;
use confluence_sim::FaultPlan;
use confluence_storage_analyzer::recheck::RecheckResult;
use test_support::harness::Harness;
use test_support::known_site::{TrueUsages, UNREFERENCED_FILES};

use super::{EarlierReport, apply};
use crate::races::changes::edit;
use crate::races::site::{self, used};

/// A site like real ones: files with many versions.
fn with_versions() -> confluence_sim::Site {
    let mut site = site::site();
    let now = chrono::Utc::now() - chrono::Duration::days(100);
    for file in &mut site.attachments {
        for number in 0..30 {
            let (title, bytes) = (file.versions[0].title.clone(), 100 + number);
            file.upload(&title, bytes, now + chrono::Duration::hours(i64::try_from(number).unwrap()), None);
        }
    }
    site
}

#[tokio::test(start_paused = true)]
async fn an_unchanged_site_costs_its_lists_only() {
    let harness = Harness::start((with_versions(), TrueUsages::new()), FaultPlan::none()).await;
    let report = EarlierReport::of(&harness).await.unwrap();
    let cold = &report.inventory.requests;
    let now = report.recheck(&harness).await.unwrap();
    let again = &now.inventory.requests;
    assert_eq!(now.result(UNREFERENCED_FILES[0]), RecheckResult::StillUnreferenced);
    assert!(cold.of(RequestKind::AttachmentVersion) > 500, "{cold:?}");
    assert!(again.total() * 4 < cold.total(), "{} of {} requests", again.total(), cold.total());
    for kind in [RequestKind::AttachmentVersion, RequestKind::DownloadOfOneByte, RequestKind::People] {
        assert_eq!(again.of(kind), 0, "{kind:?}");
    }
    for kind in [RequestKind::Pages, RequestKind::BlogPosts, RequestKind::Attachments, RequestKind::FooterComments] {
        assert_eq!(again.of(kind), cold.of(kind), "{kind:?} are listed as in an audit");
    }
}

#[tokio::test(start_paused = true)]
async fn a_new_version_costs_the_versions_since_the_report() {
    let harness = Harness::start((with_versions(), TrueUsages::new()), FaultPlan::none()).await;
    let report = EarlierReport::of(&harness).await.unwrap();
    let upload = |id: &str| confluence_sim::Change::UploadVersion { id: id.to_owned() };
    // a file of the report, and one whose verdict does not matter
    apply(&harness, &[upload(UNREFERENCED_FILES[0]), upload("att101"), edit("1007", &used())]);
    let now = report.recheck(&harness).await.unwrap();
    assert_eq!(now.inventory.requests.of(RequestKind::AttachmentVersion), 1);
    assert_eq!(now.result(UNREFERENCED_FILES[0]), RecheckResult::UsedNow);
}
