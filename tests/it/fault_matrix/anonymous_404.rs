//! F-41: content that anonymous access does not show is not deleted, although the response is a 404 in both cases.

use confluence_sim::{Fault, Occurrence, RoutePattern};
use confluence_storage_analyzer::audit::Usage;
use confluence_storage_analyzer::inventory::coverage::UnitKind;
use serde_json::json;

use test_support::harness::{Harness, also, always, leave_out, once};
use test_support::known_site;

const ONE_PAGE: &str = "/wiki/api/v2/pages/[0-9][0-9][0-9][0-9]";

#[tokio::test(start_paused = true)]
async fn replies_are_not_deleted_with_comments_that_their_list_shows_f_41() {
    for comments in ["/wiki/api/v2/footer-comments/*", "/wiki/api/v2/inline-comments/*"] {
        let harness = Harness::known(always(comments, Fault::Anonymous)).await;
        let run = harness.run().await;
        run.expect_incomplete();
        assert!(run.reason(UnitKind::Replies).contains("not found"), "{}", run.reason(UnitKind::Replies));
    }
}

#[tokio::test(start_paused = true)]
async fn a_page_that_only_the_search_shows_is_not_deleted_because_no_page_is_found_f_41() {
    let plan = always("/wiki/api/v2/pages", leave_out(&[known_site::REFERRER]));
    let harness = Harness::known(also(plan, ONE_PAGE, Occurrence::From(1), Fault::Anonymous)).await;
    let run = harness.run().await;
    run.expect_incomplete();
    assert!(run.reason(UnitKind::SearchComparison).contains("not found"));
}

#[tokio::test(start_paused = true)]
async fn a_file_or_comment_that_only_the_search_shows_is_not_deleted_because_none_is_found_f_41() {
    for (hidden, alone) in [
        (&["att105"][..], "/wiki/api/v2/attachments/att*"),
        (&["3001", "3002", "3003"][..], "/wiki/api/v2/*-comments/[0-9][0-9][0-9][0-9]"),
    ] {
        let (mut site, mut truth) = known_site::site();
        // no old version to request, and no old name
        truth.insert("att109".to_owned(), Usage::Unreferenced);
        for file in &mut site.attachments {
            file.versions.drain(..file.versions.len() - 1);
            file.versions[0].number = 1;
        }
        let plan = also(always("/wiki/api/v2/*", leave_out(hidden)), alone, Occurrence::From(1), Fault::Anonymous);
        let harness = Harness::start((site, truth), plan).await;
        let run = harness.run().await;
        run.expect_incomplete();
        assert!(run.reason(UnitKind::SearchComparison).contains("not found"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_draft_is_not_deleted_with_its_page_because_no_page_is_found_f_41() {
    let mut plan = always(ONE_PAGE, Fault::Anonymous);
    for page in known_site::site().0.contents {
        let listed_alone = RoutePattern::path("/wiki/api/v2/pages").unwrap().with_query("id", &page.id);
        let empty = Fault::edit_json(|response| response["results"] = json!([]));
        plan = plan.on(listed_alone, Occurrence::From(1), empty);
    }
    let harness = Harness::known(plan).await;
    let run = harness.run().await;
    run.expect_incomplete();
    assert!(run.reason(UnitKind::Draft).contains("not found"));
}

#[tokio::test(start_paused = true)]
async fn deleted_content_counts_as_deleted_as_long_as_other_content_is_found_f_41() {
    let delete = Fault::change_site(|site| site.contents.retain(|content| content.id != "1005"));
    let mut harness = Harness::known(once("/wiki/rest/api/user/bulk", delete)).await;
    // what its draft named is no longer known
    harness.truth.insert("att108".to_owned(), Usage::Undetermined);
    harness.run().await.expect_true_verdicts(&harness);
}
