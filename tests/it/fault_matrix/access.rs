//! F-35 to F-43: authentication and authorisation.

use std::time::Duration;

use confluence_sim::site::Attachment;
use confluence_sim::{Fault, FaultPlan, Occurrence, RoutePattern};
use confluence_storage_analyzer::error::ExitStatus;
use confluence_storage_analyzer::inventory::coverage::{UnitEnd, UnitKind};

use test_support::harness::{Harness, also, always, on, response, without};
use test_support::known_site;

const PROBE: &str = "/wiki/rest/api/user/current";
const COMMENTS: &str = "/wiki/api/v2/footer-comments*";

#[tokio::test(start_paused = true)]
async fn a_wrong_token_ends_before_any_report_f_35() {
    let html = response(401, &[("content-type", "text/html")], "<html>HTTP Status 401 – Unauthorized</html>");
    let visitor = response(
        403,
        &[],
        r#"{"statusCode":403,"message":"Request rejected because caller cannot access Confluence"}"#,
    );
    for refusal in [Fault::Unauthorized, html, visitor, Fault::Anonymous] {
        let harness = Harness::known(always("*", refusal)).await;
        let run = harness.run().await;
        assert_eq!(run.status(), ExitStatus::Authentication);
        assert!(run.failure().remedy.as_ref().unwrap().contains("token"), "{:?}", run.failure());
        assert!(run.requests <= 2, "{}", run.requests);
    }
}

#[tokio::test(start_paused = true)]
async fn a_public_site_does_not_hide_a_dead_token_f_36() {
    let (mut site, truth) = known_site::site();
    site.behaviour.anonymous_access = true;
    site.spaces[0].public = true;
    let harness = Harness::start((site, truth), FaultPlan::none().anonymous_from(1)).await;
    let run = harness.run().await;
    assert_eq!(run.status(), ExitStatus::Authentication);
    assert_eq!(run.requests, 1, "no list was requested");
}

#[tokio::test(start_paused = true)]
async fn a_token_that_expires_during_the_run_stops_all_requests_f_37() {
    for expiry in [12, 25, 40] {
        let harness = Harness::known(FaultPlan::none().unauthorized_from(expiry)).await;
        let run = harness.run().await;
        assert_eq!(run.status(), ExitStatus::Authentication, "from request {expiry} on");
        assert!(!run.audit_run().audit.complete);
        let sent = u32::try_from(run.requests).unwrap();
        assert!(sent < expiry + 12, "8 in flight and two probes: {sent} for {expiry}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_that_expires_at_request_500_costs_fewer_than_five_more_f_37() {
    // one request per old version: far more than 500
    let (mut site, truth) = known_site::site();
    let like = site.attachments.iter().find(|file| file.id == "att109").unwrap().clone();
    assert!(like.versions.len() > 1, "it has an old version");
    for file in 0..900 {
        site.attachments.push(Attachment { id: format!("att{}", 500_000 + file), ..like.clone() });
    }
    let mut harness = Harness::start((site, truth), FaultPlan::none().unauthorized_from(500)).await;
    harness.max_requests = 600;
    let mut settings = harness.settings();
    settings.concurrency = 1;
    let run = harness.run_with(settings).await;
    assert_eq!(run.status(), ExitStatus::Authentication);
    assert!((500..505).contains(&run.requests), "{}", run.requests);
}

#[tokio::test(start_paused = true)]
async fn only_requests_in_flight_follow_the_expiry_of_the_token_f_37() {
    let (mut site, truth) = known_site::site();
    let like = site.attachments.iter().find(|file| file.id == "att109").unwrap().clone();
    for file in 0..900 {
        site.attachments.push(Attachment { id: format!("att{}", 500_000 + file), ..like.clone() });
    }
    let mut harness = Harness::start((site, truth), FaultPlan::none().unauthorized_from(500)).await;
    harness.max_requests = 600;
    let run = harness.run().await;
    assert_eq!(run.status(), ExitStatus::Authentication);
    let log = harness.server.requests();
    let first_refused = log.iter().position(|request| request.status == 401).unwrap();
    let (expired_at, pause) = (log[first_refused].arrived, Duration::from_secs(5));
    let in_flight =
        log.iter().filter(|request| request.arrived > expired_at && request.arrived < expired_at + pause).count();
    assert!(in_flight <= 8, "{in_flight} were in flight at once");
    let probes = log.iter().filter(|request| request.arrived >= expired_at + pause);
    let probes: Vec<&str> = probes.map(|request| request.path.as_str()).collect();
    assert!(!probes.is_empty() && probes.len() < 5 && probes.iter().all(|path| *path == PROBE), "{probes:?}");
}

#[tokio::test(start_paused = true)]
async fn a_404_without_details_after_the_token_expired_is_not_a_missing_page_f_37() {
    // revoked during the run: v1 returns 403, v2 a 404 without details
    let harness = Harness::known(FaultPlan::none().anonymous_from(25)).await;
    let run = harness.run().await;
    assert_eq!(run.status(), ExitStatus::Authentication);
    let gaps = &run.audit_run().inventory.coverage.gaps;
    assert!(gaps.iter().all(|gap| gap.end != UnitEnd::Gone), "{gaps:#?}");
}

#[tokio::test(start_paused = true)]
async fn a_silent_downgrade_makes_the_run_incomplete_f_38() {
    for from in [10, 20, 30, 40] {
        let (mut site, truth) = known_site::site();
        site.behaviour.anonymous_access = true;
        site.spaces[0].public = true;
        let harness = Harness::start((site, truth), FaultPlan::none().anonymous_from(from)).await;
        let run = harness.run().await;
        assert_ne!(run.status(), ExitStatus::Complete, "anonymous from request {from} on");
        run.gap(UnitKind::Identity);
    }
}

#[tokio::test(start_paused = true)]
async fn another_account_at_the_end_makes_the_run_incomplete_f_38() {
    let other = Fault::edit_json(|user| user["accountId"] = "712020:somebody-else".into());
    let harness = Harness::known(on(PROBE, Occurrence::From(2), other)).await;
    let run = harness.run().await;
    run.expect_incomplete();
    assert!(run.reason(UnitKind::Identity).contains("another account"));
}

#[tokio::test(start_paused = true)]
async fn a_denied_page_is_named_and_nothing_is_unreferenced_f_40() {
    let plan = always("/wiki/api/v2/pages", without(known_site::REFERRER, "/body"));
    let alone = format!("/wiki/api/v2/pages/{}", known_site::REFERRER);
    let harness = Harness::known(also(plan, &alone, Occurrence::From(1), Fault::status(403))).await;
    let run = harness.run().await;
    run.expect_incomplete();
    let gap = run.gap(UnitKind::Body);
    assert!(gap.subject.contains("Referrer") && matches!(gap.end, UnitEnd::Denied { .. }), "{gap:?}");
}

#[tokio::test(start_paused = true)]
async fn a_denied_list_of_spaces_makes_the_run_incomplete_f_40() {
    let archived = RoutePattern::path("/wiki/api/v2/spaces").unwrap().with_query("status", "archived");
    let harness = Harness::known(FaultPlan::none().on(archived, Occurrence::From(1), Fault::status(403))).await;
    let run = harness.run().await;
    run.expect_incomplete();
    run.gap(UnitKind::SpaceList);
}

#[tokio::test(start_paused = true)]
async fn a_page_deleted_during_the_run_leaves_it_complete_f_41() {
    let plan = always("/wiki/api/v2/pages", without("1007", "/body"));
    let (path, page) = ("/wiki/api/v2/pages/1007", "1007");
    let purge = Fault::change_site(move |site| site.contents.retain(|content| content.id != page));
    let harness = Harness::known(also(plan, path, Occurrence::Only(1), purge)).await;
    let run = harness.run().await;
    run.expect_true_verdicts(&harness);
    let gaps = &run.audit_run().inventory.coverage.gaps;
    assert!(gaps.iter().any(|gap| gap.end == UnitEnd::Gone && gap.subject.contains("1007")), "{gaps:#?}");
    assert!(run.elapsed >= Duration::from_secs(2), "requested again after a while: {:?}", run.elapsed);
}

#[tokio::test(start_paused = true)]
async fn a_404_of_a_page_that_is_still_listed_is_a_denial_f_41() {
    let plan = always("/wiki/api/v2/pages", without(known_site::REFERRER, "/body"));
    let alone = format!("/wiki/api/v2/pages/{}", known_site::REFERRER);
    let missing = response(
        404,
        &[],
        r#"{"errors":[{"status":404,"code":"NOT_FOUND","title":"Could not find page with id 1003"}]}"#,
    );
    let harness = Harness::known(also(plan, &alone, Occurrence::From(1), missing)).await;
    let run = harness.run().await;
    run.expect_incomplete();
    assert!(matches!(run.gap(UnitKind::Body).end, UnitEnd::Denied { .. }));
}

/// A 404 that names what is missing.
fn not_found() -> Fault {
    response(404, &[], r#"{"errors":[{"status":404,"code":"NOT_FOUND","title":"Could not find it","detail":"it"}]}"#)
}

#[tokio::test(start_paused = true)]
async fn a_transient_404_costs_only_a_request_f_41() {
    let alone = ["/wiki/api/v2/*/3001/children", "/wiki/api/v2/attachments/att109", "/wiki/api/v2/pages/1005"];
    for path in alone {
        let harness = Harness::known(on(path, Occurrence::Only(1), not_found())).await;
        harness.run().await.expect_true_verdicts(&harness);
    }
}

#[tokio::test(start_paused = true)]
async fn a_404_on_the_replies_of_a_comment_that_exists_is_a_denial_f_41() {
    let harness = Harness::known(always("/wiki/api/v2/footer-comments/3001/children", not_found())).await;
    let run = harness.run().await;
    run.expect_incomplete();
    run.gap(UnitKind::Replies);
}

#[tokio::test(start_paused = true)]
async fn a_404_on_a_comment_or_template_just_listed_is_not_a_deletion_f_41() {
    let comment = always("/wiki/api/v2/footer-comments", without("3001", "/body"));
    let comment = also(comment, "/wiki/api/v2/footer-comments/3001", Occurrence::From(1), not_found());
    let template = always("/wiki/rest/api/template/page", edit_template());
    let template = also(template, "/wiki/rest/api/template/7001", Occurrence::From(1), not_found());
    for plan in [comment, template] {
        let harness = Harness::known(plan).await;
        let run = harness.run().await;
        run.expect_incomplete();
        run.gap(UnitKind::Body);
    }
}

fn edit_template() -> Fault {
    test_support::harness::edit_items(|item| test_support::harness::remove(item, "/body"))
}

#[tokio::test(start_paused = true)]
async fn a_missing_scope_affects_one_kind_of_content_and_is_not_a_rejected_token_f_42() {
    let on_gateway = response(
        401,
        &[("x-failure-category", "FAILURE_CLIENT_SCOPE_CHECK")],
        r#"{"code":401,"message":"Unauthorized; scope does not match"}"#,
    );
    for refusal in [Fault::status(403), on_gateway] {
        let harness = Harness::known(always(COMMENTS, refusal)).await;
        let run = harness.run().await;
        run.expect_incomplete();
        assert!(matches!(run.gap(UnitKind::CommentList).end, UnitEnd::Denied { .. }));
        assert!(run.reason(UnitKind::CommentList).contains("footer-comments"));
        assert_eq!(run.usage("att101").as_str(), "embedded", "the other kinds were read");
    }
}

#[tokio::test(start_paused = true)]
async fn a_redirect_to_a_login_page_is_not_followed_f_43() {
    let elsewhere = Harness::known(FaultPlan::none()).await;
    let location = format!("{}/login", elsewhere.server.base_url());
    let redirect = response(302, &[("location", &location)], "");
    let harness = Harness::known(always("/wiki/api/v2/blogposts", redirect.clone())).await;
    let run = harness.run().await;
    run.expect_incomplete();
    assert!(run.reason(UnitKind::BlogPostList).contains("login page"), "{}", run.reason(UnitKind::BlogPostList));
    let harness = Harness::known(always("*", redirect)).await;
    assert_eq!(harness.run().await.status(), ExitStatus::Unreachable);
    assert!(elsewhere.server.requests().is_empty(), "no connection to where the redirect leads");
}

#[tokio::test(start_paused = true)]
async fn a_login_page_instead_of_a_response_is_reported_f_43() {
    let saml = response(200, &[("content-type", "text/html")], r#"<form><input name="SAMLRequest"/></form>"#);
    for page in [Fault::HtmlPage, saml] {
        let harness = Harness::known(always("/wiki/api/v2/blogposts", page)).await;
        let run = harness.run().await;
        run.expect_incomplete();
        assert!(run.reason(UnitKind::BlogPostList).contains("login page"), "{}", run.reason(UnitKind::BlogPostList));
    }
}
