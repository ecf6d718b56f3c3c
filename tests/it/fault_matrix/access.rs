//! F-35 to F-43: authentication and authorisation.

use std::time::Duration;

use confluence_sim::site::Attachment;
use confluence_sim::{Fault, FaultPlan, Occurrence, RoutePattern};
use confluence_storage_analyzer::error::ExitStatus;
use confluence_storage_analyzer::inventory::coverage::{UnitEnd, UnitKind};

use test_support::bench::{Bench, also, always, answer, on, without};
use test_support::known;

const PROBE: &str = "/wiki/rest/api/user/current";
const COMMENTS: &str = "/wiki/api/v2/footer-comments*";

#[tokio::test(start_paused = true)]
async fn a_wrong_token_ends_before_any_report_f_35() {
    let html = answer(401, &[("content-type", "text/html")], "<html>HTTP Status 401 – Unauthorized</html>");
    let visitor =
        answer(403, &[], r#"{"statusCode":403,"message":"Request rejected because caller cannot access Confluence"}"#);
    for refusal in [Fault::Unauthorized, html, visitor, Fault::Anonymous] {
        let bench = Bench::known(always("*", refusal)).await;
        let run = bench.run().await;
        assert_eq!(run.status(), ExitStatus::Authentication);
        assert!(run.failure().remedy.as_ref().unwrap().contains("token"), "{:?}", run.failure());
        assert!(run.requests <= 2, "{}", run.requests);
    }
}

#[tokio::test(start_paused = true)]
async fn a_public_site_does_not_hide_a_dead_token_f_36() {
    let (mut site, truth) = known::site();
    site.behaviour.anonymous_access = true;
    site.spaces[0].public = true;
    let bench = Bench::start((site, truth), FaultPlan::none().anonymous_from(1)).await;
    let run = bench.run().await;
    assert_eq!(run.status(), ExitStatus::Authentication);
    assert_eq!(run.requests, 1, "the lists were not even asked for");
}

#[tokio::test(start_paused = true)]
async fn a_token_that_dies_on_the_way_stops_everybody_f_37() {
    for death in [12, 25, 40] {
        let bench = Bench::known(FaultPlan::none().unauthorized_from(death)).await;
        let run = bench.run().await;
        assert_eq!(run.status(), ExitStatus::Authentication, "from request {death} on");
        assert!(!run.reading().audit.complete);
        let sent = u32::try_from(run.requests).unwrap();
        assert!(sent < death + 12, "8 on the way and two probes: {sent} for {death}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_that_dies_at_request_500_costs_fewer_than_five_more_f_37() {
    // one request for each old version: far more than 500
    let (mut site, truth) = known::site();
    let like = site.attachments.iter().find(|file| file.id == "att109").unwrap().clone();
    assert!(like.versions.len() > 1, "it has an old version");
    for file in 0..900 {
        site.attachments.push(Attachment { id: format!("att{}", 500_000 + file), ..like.clone() });
    }
    let mut bench = Bench::start((site, truth), FaultPlan::none().unauthorized_from(500)).await;
    bench.bound = 600;
    let mut settings = bench.settings();
    settings.concurrency = 1;
    let run = bench.run_with(settings).await;
    assert_eq!(run.status(), ExitStatus::Authentication);
    assert!((500..505).contains(&run.requests), "{}", run.requests);
}

#[tokio::test(start_paused = true)]
async fn whoever_was_on_the_way_when_the_token_died_is_the_last_f_37() {
    let (mut site, truth) = known::site();
    let like = site.attachments.iter().find(|file| file.id == "att109").unwrap().clone();
    for file in 0..900 {
        site.attachments.push(Attachment { id: format!("att{}", 500_000 + file), ..like.clone() });
    }
    let mut bench = Bench::start((site, truth), FaultPlan::none().unauthorized_from(500)).await;
    bench.bound = 600;
    let run = bench.run().await;
    assert_eq!(run.status(), ExitStatus::Authentication);
    let log = bench.server.requests();
    let dead = log.iter().position(|request| request.status == 401).unwrap();
    let (died, pause) = (log[dead].arrived, Duration::from_secs(5));
    let on_the_way = log.iter().filter(|request| request.arrived > died && request.arrived < died + pause).count();
    assert!(on_the_way <= 8, "{on_the_way} were permitted at once");
    let probes = log.iter().filter(|request| request.arrived >= died + pause);
    let probes: Vec<&str> = probes.map(|request| request.path.as_str()).collect();
    assert!(!probes.is_empty() && probes.len() < 5 && probes.iter().all(|path| *path == PROBE), "{probes:?}");
}

#[tokio::test(start_paused = true)]
async fn the_bare_404_of_a_dead_token_is_no_missing_page_f_37() {
    // revoked on the way: v1 answers 403, v2 a 404 that names nothing
    let bench = Bench::known(FaultPlan::none().anonymous_from(25)).await;
    let run = bench.run().await;
    assert_eq!(run.status(), ExitStatus::Authentication);
    let gaps = &run.reading().inventory.coverage.gaps;
    assert!(gaps.iter().all(|gap| gap.end != UnitEnd::Gone), "{gaps:#?}");
}

#[tokio::test(start_paused = true)]
async fn a_silent_downgrade_makes_the_run_incomplete_f_38() {
    for from in [10, 20, 30, 40] {
        let (mut site, truth) = known::site();
        site.behaviour.anonymous_access = true;
        site.spaces[0].public = true;
        let bench = Bench::start((site, truth), FaultPlan::none().anonymous_from(from)).await;
        let run = bench.run().await;
        assert_ne!(run.status(), ExitStatus::Complete, "anonymous from request {from} on");
        run.gap(UnitKind::Identity);
    }
}

#[tokio::test(start_paused = true)]
async fn another_account_at_the_end_makes_the_run_incomplete_f_38() {
    let other = Fault::edit_json(|user| user["accountId"] = "712020:somebody-else".into());
    let bench = Bench::known(on(PROBE, Occurrence::From(2), other)).await;
    let run = bench.run().await;
    run.expect_incomplete();
    assert!(run.reason(UnitKind::Identity).contains("another account"));
}

#[tokio::test(start_paused = true)]
async fn a_denied_page_is_named_and_nothing_is_unreferenced_f_40() {
    let plan = always("/wiki/api/v2/pages", without(known::REFERRER, "/body"));
    let alone = format!("/wiki/api/v2/pages/{}", known::REFERRER);
    let bench = Bench::known(also(plan, &alone, Occurrence::From(1), Fault::status(403))).await;
    let run = bench.run().await;
    run.expect_incomplete();
    let gap = run.gap(UnitKind::Body);
    assert!(gap.subject.contains("Referrer") && matches!(gap.end, UnitEnd::Denied { .. }), "{gap:?}");
}

#[tokio::test(start_paused = true)]
async fn a_denied_space_list_is_not_the_whole_site_f_40() {
    let archived = RoutePattern::path("/wiki/api/v2/spaces").unwrap().with_query("status", "archived");
    let bench = Bench::known(FaultPlan::none().on(archived, Occurrence::From(1), Fault::status(403))).await;
    let run = bench.run().await;
    run.expect_incomplete();
    run.gap(UnitKind::SpaceList);
}

#[tokio::test(start_paused = true)]
async fn a_page_deleted_meanwhile_is_gone_and_the_run_complete_f_41() {
    let plan = always("/wiki/api/v2/pages", without("1007", "/body"));
    let (path, page) = ("/wiki/api/v2/pages/1007", "1007");
    let purge = Fault::change_site(move |site| site.contents.retain(|content| content.id != page));
    let bench = Bench::known(also(plan, path, Occurrence::Only(1), purge)).await;
    let run = bench.run().await;
    run.expect_true(&bench);
    let gaps = &run.reading().inventory.coverage.gaps;
    assert!(gaps.iter().any(|gap| gap.end == UnitEnd::Gone && gap.subject.contains("1007")), "{gaps:#?}");
    assert!(run.elapsed >= Duration::from_secs(2), "asked again after a while: {:?}", run.elapsed);
}

#[tokio::test(start_paused = true)]
async fn a_404_of_a_page_that_is_still_listed_is_a_denial_f_41() {
    let plan = always("/wiki/api/v2/pages", without(known::REFERRER, "/body"));
    let alone = format!("/wiki/api/v2/pages/{}", known::REFERRER);
    let missing = answer(
        404,
        &[],
        r#"{"errors":[{"status":404,"code":"NOT_FOUND","title":"Could not find page with id 1003"}]}"#,
    );
    let bench = Bench::known(also(plan, &alone, Occurrence::From(1), missing)).await;
    let run = bench.run().await;
    run.expect_incomplete();
    assert!(matches!(run.gap(UnitKind::Body).end, UnitEnd::Denied { .. }));
}

/// A 404 that names what is missing.
fn not_found() -> Fault {
    answer(404, &[], r#"{"errors":[{"status":404,"code":"NOT_FOUND","title":"Could not find it","detail":"it"}]}"#)
}

#[tokio::test(start_paused = true)]
async fn a_passing_404_costs_a_request_and_nothing_else_f_41() {
    let alone = ["/wiki/api/v2/*/3001/children", "/wiki/api/v2/attachments/att109", "/wiki/api/v2/pages/1005"];
    for path in alone {
        let bench = Bench::known(on(path, Occurrence::Only(1), not_found())).await;
        bench.run().await.expect_true(&bench);
    }
}

#[tokio::test(start_paused = true)]
async fn a_404_on_the_replies_of_a_comment_that_is_there_is_a_denial_f_41() {
    let bench = Bench::known(always("/wiki/api/v2/footer-comments/3001/children", not_found())).await;
    let run = bench.run().await;
    run.expect_incomplete();
    run.gap(UnitKind::Replies);
}

#[tokio::test(start_paused = true)]
async fn a_404_on_a_comment_or_template_just_listed_does_not_make_it_vanish_f_41() {
    let comment = always("/wiki/api/v2/footer-comments", without("3001", "/body"));
    let comment = also(comment, "/wiki/api/v2/footer-comments/3001", Occurrence::From(1), not_found());
    let template = always("/wiki/rest/api/template/page", edit_template());
    let template = also(template, "/wiki/rest/api/template/7001", Occurrence::From(1), not_found());
    for plan in [comment, template] {
        let bench = Bench::known(plan).await;
        let run = bench.run().await;
        run.expect_incomplete();
        run.gap(UnitKind::Body);
    }
}

fn edit_template() -> Fault {
    test_support::bench::edit_items(|item| test_support::bench::remove(item, "/body"))
}

#[tokio::test(start_paused = true)]
async fn a_missing_scope_is_that_kind_and_not_a_dead_token_f_42() {
    let on_gateway = answer(
        401,
        &[("x-failure-category", "FAILURE_CLIENT_SCOPE_CHECK")],
        r#"{"code":401,"message":"Unauthorized; scope does not match"}"#,
    );
    for refusal in [Fault::status(403), on_gateway] {
        let bench = Bench::known(always(COMMENTS, refusal)).await;
        let run = bench.run().await;
        run.expect_incomplete();
        assert!(matches!(run.gap(UnitKind::CommentList).end, UnitEnd::Denied { .. }));
        assert!(run.reason(UnitKind::CommentList).contains("footer-comments"));
        assert_eq!(run.usage("att101").as_str(), "embedded", "the other kinds were read");
    }
}

#[tokio::test(start_paused = true)]
async fn a_redirect_to_a_login_page_is_not_followed_f_43() {
    let elsewhere = Bench::known(FaultPlan::none()).await;
    let location = format!("{}/login", elsewhere.server.base_url());
    let redirect = answer(302, &[("location", &location)], "");
    let bench = Bench::known(always("/wiki/api/v2/blogposts", redirect.clone())).await;
    let run = bench.run().await;
    run.expect_incomplete();
    assert!(run.reason(UnitKind::BlogPostList).contains("login page"), "{}", run.reason(UnitKind::BlogPostList));
    let bench = Bench::known(always("*", redirect)).await;
    assert_eq!(bench.run().await.status(), ExitStatus::Unreachable);
    assert!(elsewhere.server.requests().is_empty(), "no connection to where the redirect leads");
}

#[tokio::test(start_paused = true)]
async fn a_login_page_in_place_of_an_answer_is_named_f_43() {
    let saml = answer(200, &[("content-type", "text/html")], r#"<form><input name="SAMLRequest"/></form>"#);
    for page in [Fault::HtmlPage, saml] {
        let bench = Bench::known(always("/wiki/api/v2/blogposts", page)).await;
        let run = bench.run().await;
        run.expect_incomplete();
        assert!(run.reason(UnitKind::BlogPostList).contains("login page"), "{}", run.reason(UnitKind::BlogPostList));
    }
}
