//! A recheck has to see what the report saw: the same site, account, admin key and scopes.

use confluence_sim::FaultPlan;
use confluence_storage_analyzer::error::ExitStatus;
use confluence_storage_analyzer::inventory::AccountId;
use test_support::harness::Harness;

use super::EarlierReport;

async fn report() -> (Harness, EarlierReport) {
    let harness = Harness::known(FaultPlan::none()).await;
    let report = EarlierReport::of(&harness).await.unwrap();
    (harness, report)
}

#[tokio::test(start_paused = true)]
async fn another_site_account_or_use_of_the_admin_key_is_refused_before_anything_is_listed() {
    let (harness, mut report) = report().await;
    let mut visibility = report.inventory.scan.visibility();
    visibility.account = AccountId::new("someone-else");
    let mut other_site = report.inventory.scan.visibility();
    other_site.site = "https://other.atlassian.net/wiki".to_owned();
    let with_key = report.inventory.scan.visibility().with_admin_key(true);
    let cases =
        [(visibility, "the account is"), (other_site, "the site is"), (with_key, "it does not use the admin key")];
    for (visibility, why) in cases {
        report.inventory.scan.visibility = Some(visibility);
        let before = harness.server.requests().len();
        let Err(failure) = report.recheck(&harness).await else { panic!("not refused: {why}") };
        assert_eq!(failure.status, ExitStatus::Usage);
        assert!(failure.why.as_deref().unwrap_or_default().contains(why), "{failure:?}");
        let requests = harness.server.requests().split_off(before);
        assert!(requests.iter().all(|request| request.path.ends_with("/user/current")), "{requests:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn other_scopes_leave_nothing_still_unreferenced() {
    let (harness, mut report) = report().await;
    let lacking = report.inventory.scan.visibility().without_scopes(["read:label:confluence".to_owned()]);
    report.inventory.scan.visibility = Some(lacking);
    let now = report.recheck(&harness).await.unwrap();
    assert_eq!(now.still_unreferenced().count(), 0);
    assert!(now.obstacles[0].contains("its token has read:label:confluence"), "{:?}", now.obstacles);
}
