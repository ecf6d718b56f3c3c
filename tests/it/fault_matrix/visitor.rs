//! F-41: what a visitor without rights does not see was not deleted, although he gets the same answer: 404.

use confluence_sim::{Fault, Occurrence, RoutePattern};
use confluence_storage_analyzer::audit::Usage;
use confluence_storage_analyzer::inventory::coverage::UnitKind;
use serde_json::{Value, json};

use test_support::bench::{Bench, also, always, once};
use test_support::known;

const ONE_PAGE: &str = "/wiki/api/v2/pages/[0-9][0-9][0-9][0-9]";

/// Lists without these items.
fn leave_out(ids: &'static [&str]) -> Fault {
    Fault::edit_json(move |answer| {
        if let Some(items) = answer.get_mut("results").and_then(Value::as_array_mut) {
            items.retain(|item| !item["id"].as_str().is_some_and(|id| ids.contains(&id)));
        }
    })
}

#[tokio::test(start_paused = true)]
async fn replies_are_not_deleted_with_comments_that_their_list_shows_f_41() {
    for comments in ["/wiki/api/v2/footer-comments/*", "/wiki/api/v2/inline-comments/*"] {
        let bench = Bench::known(always(comments, Fault::Anonymous)).await;
        let run = bench.run().await;
        run.expect_incomplete();
        assert!(run.reason(UnitKind::Replies).contains("not found"), "{}", run.reason(UnitKind::Replies));
    }
}

#[tokio::test(start_paused = true)]
async fn a_page_that_only_the_search_shows_is_not_deleted_because_no_page_is_found_f_41() {
    let plan = always("/wiki/api/v2/pages", leave_out(&[known::REFERRER]));
    let bench = Bench::known(also(plan, ONE_PAGE, Occurrence::From(1), Fault::Anonymous)).await;
    let run = bench.run().await;
    run.expect_incomplete();
    assert!(run.reason(UnitKind::SearchComparison).contains("not found"));
}

#[tokio::test(start_paused = true)]
async fn a_file_or_comment_that_only_the_search_shows_is_not_deleted_because_none_is_found_f_41() {
    for (hidden, alone) in [
        (&["att105"][..], "/wiki/api/v2/attachments/att*"),
        (&["3001", "3002", "3003"][..], "/wiki/api/v2/*-comments/[0-9][0-9][0-9][0-9]"),
    ] {
        let (mut site, mut truth) = known::site();
        // no old version has to be asked for, nor is there an old name
        truth.insert("att109".to_owned(), Usage::Unreferenced);
        for file in &mut site.attachments {
            file.versions.drain(..file.versions.len() - 1);
            file.versions[0].number = 1;
        }
        let plan = also(always("/wiki/api/v2/*", leave_out(hidden)), alone, Occurrence::From(1), Fault::Anonymous);
        let bench = Bench::start((site, truth), plan).await;
        let run = bench.run().await;
        run.expect_incomplete();
        assert!(run.reason(UnitKind::SearchComparison).contains("not found"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_draft_is_not_deleted_with_its_page_because_no_page_is_found_f_41() {
    let mut plan = always(ONE_PAGE, Fault::Anonymous);
    for page in known::site().0.contents {
        let listed_alone = RoutePattern::path("/wiki/api/v2/pages").unwrap().with_query("id", &page.id);
        let empty = Fault::edit_json(|answer| answer["results"] = json!([]));
        plan = plan.on(listed_alone, Occurrence::From(1), empty);
    }
    let bench = Bench::known(plan).await;
    let run = bench.run().await;
    run.expect_incomplete();
    assert!(run.reason(UnitKind::Draft).contains("not found"));
}

#[tokio::test(start_paused = true)]
async fn what_is_deleted_is_gone_as_long_as_others_are_found_f_41() {
    let delete = Fault::change_site(|site| site.contents.retain(|content| content.id != "1005"));
    let mut bench = Bench::known(once("/wiki/rest/api/user/bulk", delete)).await;
    // nobody can tell any more what its draft named
    bench.truth.insert("att108".to_owned(), Usage::Undetermined);
    bench.run().await.expect_true(&bench);
}
