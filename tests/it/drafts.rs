//! Drafts as the only uses of files, both listed and unlisted.

use chrono::{DateTime, Utc};
use confluence_client::{Api, RequestKind};
use confluence_sim::site::Status;
use confluence_sim::{Fault, FaultPlan, Occurrence, Site};
use confluence_storage_analyzer::audit::Usage;
use confluence_storage_analyzer::error::ExitStatus;
use confluence_storage_analyzer::inventory::CrawlOptions;
use confluence_storage_analyzer::inventory::coverage::UnitKind;

use test_support::harness::{Harness, also, always, edit_items};
use test_support::known_site::TrueUsages;

fn at(day: u32) -> DateTime<Utc> {
    format!("2024-03-{day:02}T10:00:00Z").parse().unwrap()
}

fn image(name: &str) -> String {
    format!(r#"<p><ac:image><ri:attachment ri:filename="{name}"/></ac:image></p>"#)
}

fn image_of(name: &str) -> String {
    format!(
        r#"<p><ac:image><ri:attachment ri:filename="{name}"><ri:page ri:space-key="ENG" ri:content-title="Home"/></ri:attachment></ac:image></p>"#
    )
}

/// A site with files older than the publication of their page, each named by another kind of draft, one of them by a
/// draft that is older than the published version.
fn site(lists_drafts: bool) -> (Site, TrueUsages) {
    let mut site = Site::new()
        .space("ENG", "Engineering")
        .page("5001", "Home", "<p>published</p>")
        .with_content(|page| page.versions[0].created_at = at(9))
        .draft(&image("by own draft.png"), at(20))
        .attachment("att501", "by own draft.png", 5)
        .attachment("att502", "by other draft.png", 5)
        .attachment("att503", "by new page.png", 5)
        .attachment("att504", "by new post.png", 5)
        .attachment("att505", "by old draft.png", 5)
        .attachment("att506", "unused.png", 5)
        .page("5002", "Other", "<p>published</p>")
        .with_content(|page| page.versions[0].created_at = at(9))
        .draft(&image_of("by other draft.png"), at(20))
        .page("5003", "Never published", &image_of("by new page.png"))
        .with_content(|page| page.status = Status::Draft)
        .post("5004", "Never published post", &image_of("by new post.png"))
        .with_content(|post| post.status = Status::Draft)
        .page("5005", "Published since", "<p>published</p>")
        .with_content(|page| page.versions[0].created_at = at(9))
        .draft(&image_of("by old draft.png"), at(2));
    site.behaviour.lists_drafts = lists_drafts;
    let used = ["att501", "att502", "att503", "att504"].map(|id| (id.to_owned(), Usage::LinkedElsewhere));
    let unused = ["att505", "att506"].map(|id| (id.to_owned(), Usage::Unreferenced));
    (site, used.into_iter().chain(unused).collect())
}

#[tokio::test(start_paused = true)]
async fn every_listed_draft_that_is_newer_than_the_publication_is_read() {
    let harness = Harness::start(site(true), FaultPlan::none()).await;
    let run = harness.run().await;
    run.expect_true_verdicts(&harness);
    // two drafts of published pages and two that were never published; the old one is not requested
    assert_eq!(run.audit_run().inventory.requests.of(RequestKind::Draft), 4);
    // in the first pass and in the final pass
    assert_eq!(run.audit_run().inventory.coverage.units[&UnitKind::DraftList].ok, 2);
}

#[tokio::test(start_paused = true)]
async fn drafts_of_spaces_that_are_not_read_are_left_out() {
    let (site, truth) = site(true);
    let harness =
        Harness::start((site.space("DOC", "Documents").page("6001", "D", "<p>x</p>"), truth), FaultPlan::none()).await;
    let options =
        CrawlOptions { include_spaces: vec!["DOC".into()], references_within: true, ..CrawlOptions::default() };
    let run = harness.run_as(&Api::new(harness.settings()).unwrap(), &options).await;
    assert_eq!(run.audit_run().inventory.requests.of(RequestKind::Draft), 0);
}

#[tokio::test(start_paused = true)]
async fn a_site_that_lists_no_drafts_is_asked_once_for_each_kind_and_the_run_is_complete() {
    let (site, mut truth) = site(false);
    for id in ["att501", "att502", "att503", "att504"] {
        truth.insert(id.to_owned(), Usage::Unreferenced);
    }
    // the server rejects the status, or ignores it and returns published content
    let ignored = edit_items(|item| item["status"] = "current".into());
    let mut listing = site.clone();
    listing.behaviour.lists_drafts = true;
    let ignoring = also(FaultPlan::none(), "/wiki/api/v2/*s", Occurrence::From(1), ignored);
    for (site, plan) in [(site, FaultPlan::none()), (listing, ignoring)] {
        let harness = Harness::start((site, truth.clone()), plan).await;
        let run = harness.run().await;
        let audit_run = run.audit_run();
        assert_eq!(audit_run.status, ExitStatus::Complete, "{:#?}", audit_run.inventory.coverage.gaps);
        let requests = &audit_run.inventory.requests;
        assert_eq!(requests.of(RequestKind::DraftsOfPages) + requests.of(RequestKind::DraftsOfBlogPosts), 2);
        assert_eq!(audit_run.inventory.coverage.units[&UnitKind::DraftList].planned, 0);
    }
}

#[tokio::test(start_paused = true)]
async fn a_list_of_drafts_that_fails_makes_the_run_incomplete() {
    let drafts = |fault| {
        let list = confluence_sim::RoutePattern::path("/wiki/api/v2/pages").unwrap().with_query("status", "draft");
        FaultPlan::none().on(list, Occurrence::From(1), fault)
    };
    for fault in [Fault::status(403), Fault::status(503)] {
        let harness = Harness::start(site(true), drafts(fault)).await;
        let run = harness.run().await;
        run.expect_incomplete();
        run.gap(UnitKind::DraftList);
    }
    let harness = Harness::start(site(true), always("/wiki/api/v2/pages/5003", Fault::status(403))).await;
    let run = harness.run().await;
    run.expect_incomplete();
    assert!(run.gap(UnitKind::Draft).subject.contains("5003"));
}
