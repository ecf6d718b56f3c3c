//! F-01 to F-17: rate limits and server errors.

use std::time::Duration;

use confluence_client::{Api, ConnectionSettings, RequestError};
use confluence_sim::{Fault, FaultPlan, Occurrence, RoutePattern};
use confluence_storage_analyzer::error::ExitStatus;
use confluence_storage_analyzer::inventory::coverage::UnitKind;

use test_support::harness::{Harness, also, always, on, once, response, without};
use test_support::known_site;
use test_support::log_buffer::LogBuffer;

const PAGES: &str = "/wiki/api/v2/pages";
const ATTACHMENTS: &str = "/wiki/api/v2/attachments";
const FOOTER_COMMENTS: &str = "/wiki/api/v2/footer-comments";

#[tokio::test(start_paused = true)]
async fn without_faults_all_verdicts_are_correct() {
    for harness in [Harness::known(FaultPlan::none()).await, Harness::paged(FaultPlan::none()).await] {
        let run = harness.run().await;
        run.expect_true_verdicts(&harness);
        assert!(run.requests < 200, "{} requests", run.requests);
    }
}

#[tokio::test(start_paused = true)]
async fn a_429_pauses_all_requests_for_the_given_time_f_01() {
    let throttled = response(429, &[("retry-after", "7")], "{}");
    let harness = Harness::known(once("/wiki/api/v2/footer-comments", throttled)).await;
    harness.run().await.expect_true_verdicts(&harness);
    let log = harness.server.requests();
    let throttled = log.iter().find(|request| request.status == 429).unwrap().arrived;
    let gate = Duration::from_secs(7);
    let later: Vec<_> = log.iter().map(|request| request.arrived).filter(|at| *at > throttled).collect();
    assert!(later.iter().all(|at| *at - throttled >= gate), "a request was sent during the pause");
    assert!(later.len() > 20, "the run continued afterwards");
}

#[tokio::test(start_paused = true)]
async fn a_retry_date_counts_from_the_date_of_the_response_f_02() {
    let date = ("date", "Sat, 21 Nov 2026 12:00:00 GMT");
    for (until, least) in [("Sat, 21 Nov 2026 12:00:30 GMT", 30), ("Sat, 21 Nov 2026 11:00:00 GMT", 1)] {
        let harness = Harness::known(once(ATTACHMENTS, response(429, &[date, ("retry-after", until)], "{}"))).await;
        let run = harness.run().await;
        run.expect_true_verdicts(&harness);
        assert!(run.elapsed >= Duration::from_secs(least), "{:?}", run.elapsed);
    }
}

#[tokio::test(start_paused = true)]
async fn a_429_without_a_header_is_waited_for_f_03() {
    let harness = Harness::known(on(PAGES, Occurrence::First(3), response(429, &[], "{}"))).await;
    harness.run().await.expect_true_verdicts(&harness);
    assert_eq!(harness.server.requests().iter().filter(|request| request.status == 429).count(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_reset_time_alone_is_understood_f_04() {
    let date = ("date", "Sat, 21 Nov 2026 12:00:00 GMT");
    for reset in ["2026-11-21T12:01:00Z", "1795262460"] {
        let fault = response(429, &[date, ("x-ratelimit-reset", reset)], "{}");
        let harness = Harness::known(once(PAGES, fault)).await;
        let run = harness.run().await;
        run.expect_true_verdicts(&harness);
        assert!(run.elapsed >= Duration::from_secs(60), "{reset}: {:?}", run.elapsed);
    }
}

#[tokio::test(start_paused = true)]
async fn a_storm_of_429_ends_soon_with_few_requests_f_05() {
    let storm = response(429, &[("retry-after", "30")], "{}");
    let harness = Harness::known(always("*", storm.clone())).await;
    let run = harness.run().await;
    assert_eq!(run.status(), ExitStatus::Unreachable);
    assert!(run.requests <= 6, "{}", run.requests);

    let harness = Harness::known(on("*", Occurrence::From(20), storm)).await;
    let run = harness.run().await;
    run.expect_incomplete();
    assert!(run.requests < 200, "{}", run.requests);
    assert!(run.elapsed < Duration::from_secs(3 * 3600), "{:?}", run.elapsed);
}

#[tokio::test(start_paused = true)]
async fn the_learned_rate_is_logged_f_05() {
    let log_buffer = LogBuffer::default();
    let writer = log_buffer.clone();
    let log = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
    let _log = tracing::subscriber::set_default(log);
    let refusal = response(429, &[("retry-after", "1")], "{}");
    let harness = Harness::known(on("*", Occurrence::Only(40), refusal)).await;
    let api = Api::new(harness.settings()).unwrap();
    for _ in 0..60 {
        api.current_user().await.unwrap();
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let text = log_buffer.text();
    assert_eq!(text.matches("the server throttles requests: limited to 2.6 requests/s (all)").count(), 1, "{text}");
}

#[tokio::test(start_paused = true)]
async fn a_wait_of_a_day_ends_the_run_instead_f_06() {
    let date = ("date", "Sat, 21 Nov 2026 12:00:00 GMT");
    let day = response(429, &[date, ("retry-after", "86400")], "{}");
    let harness = Harness::known(always("*", day.clone())).await;
    let run = harness.run().await;
    assert_eq!(run.status(), ExitStatus::Unreachable);
    assert!(run.failure().to_string().contains("until 2026-11-22T12:00:00Z"), "{:?}", run.failure());
    assert_eq!(run.requests, 1);

    let harness = Harness::known(on("*", Occurrence::From(25), day)).await;
    let run = harness.run().await;
    run.expect_incomplete();
    assert!(matches!(run.audit_run().stopped, Some(RequestError::Throttled { until: Some(_), .. })));
    assert!(run.elapsed < Duration::from_secs(600), "{:?}", run.elapsed);
    assert!(run.requests < 25 + 10, "only requests in flight: {}", run.requests);
}

#[tokio::test(start_paused = true)]
async fn invalid_header_values_do_no_harm_f_07() {
    for value in ["0", "-1", "1e20", "soon", ""] {
        let harness =
            Harness::known(on(PAGES, Occurrence::First(2), response(429, &[("retry-after", value)], "{}"))).await;
        harness.run().await.expect_true_verdicts(&harness);
    }
    let two = response(429, &[("retry-after", "3"), ("retry-after", "40")], "{}");
    let harness = Harness::known(once(PAGES, two)).await;
    let run = harness.run().await;
    run.expect_true_verdicts(&harness);
    assert!(run.elapsed >= Duration::from_secs(40), "the longer of the two: {:?}", run.elapsed);
}

#[tokio::test(start_paused = true)]
async fn a_burst_limit_slows_one_endpoint_only_f_08() {
    let burst = response(429, &[("retry-after", "60"), ("ratelimit-reason", "confluence-burst-based")], "{}");
    let harness = Harness::known(once(FOOTER_COMMENTS, burst)).await;
    harness.run().await.expect_true_verdicts(&harness);
    let log = harness.server.requests();
    let at = log.iter().find(|request| request.status == 429).unwrap().arrived;
    let meanwhile = |path: &str| {
        let later = log.iter().filter(|request| request.path == path && request.arrived >= at);
        later.filter(|request| request.arrived - at < Duration::from_secs(60)).count()
    };
    assert_eq!(meanwhile(FOOTER_COMMENTS), 1, "only the throttled request");
    assert!(meanwhile(PAGES) + meanwhile("/wiki/api/v2/blogposts") > 0, "other endpoints continued");
}

#[tokio::test(start_paused = true)]
async fn a_near_limit_header_slows_requests_before_a_429_f_09() {
    let harness = Harness::known(always("*", Fault::header("x-ratelimit-nearlimit", "true"))).await;
    let run = harness.run().await;
    run.expect_true_verdicts(&harness);
    let spaced = Duration::from_millis(250) * u32::try_from(run.requests / 2).unwrap();
    assert!(run.elapsed >= spaced, "{:?} for {} requests", run.elapsed, run.requests);
}

#[tokio::test(start_paused = true)]
async fn a_403_that_is_a_rate_limit_is_not_a_denial_f_10() {
    for header in [("retry-after", "2"), ("ratelimit-reason", "confluence-quota-tenant-based")] {
        let harness = Harness::known(on("*", Occurrence::Every(9), response(403, &[header], "{}"))).await;
        harness.run().await.expect_true_verdicts(&harness);
    }
}

#[tokio::test(start_paused = true)]
async fn transient_server_errors_cost_only_requests_f_11() {
    for status in [500, 502, 503, 504] {
        let harness = Harness::known(on("*", Occurrence::Every(5), Fault::status(status))).await;
        harness.run().await.expect_true_verdicts(&harness);
    }
    let unavailable = response(503, &[("retry-after", "20")], "{}");
    let harness = Harness::known(once(PAGES, unavailable)).await;
    let run = harness.run().await;
    run.expect_true_verdicts(&harness);
    assert!(run.elapsed >= Duration::from_secs(20), "{:?}", run.elapsed);
}

#[tokio::test(start_paused = true)]
async fn a_permanent_5xx_on_one_page_body_leaves_nothing_unreferenced_f_12() {
    let without_body = always(PAGES, without(known_site::REFERRER, "/body"));
    let plan =
        also(without_body, &format!("{PAGES}/{}", known_site::REFERRER), Occurrence::From(1), Fault::status(500));
    let harness = Harness::known(plan).await;
    let run = harness.run().await;
    run.expect_incomplete();
    assert!(run.gap(UnitKind::Body).subject.contains("Referrer"), "{:?}", run.gap(UnitKind::Body));
    assert!(!run.usages().values().any(|usage| usage.as_str() == "unreferenced"));
}

#[tokio::test(start_paused = true)]
async fn a_list_that_fails_at_its_page_size_is_read_again_with_half_of_it_f_13() {
    let route = RoutePattern::path(PAGES).unwrap().with_query("limit", "250").with_query("sort", "id");
    let harness = Harness::known(FaultPlan::none().on(route, Occurrence::From(1), Fault::status(500))).await;
    harness.run().await.expect_true_verdicts(&harness);
    let halved = harness.server.requests().iter().filter(|request| request.query.contains("limit=125")).count();
    assert!(halved > 0);
}

#[tokio::test(start_paused = true)]
async fn a_list_that_fails_at_every_limit_is_incomplete_and_its_items_are_kept_f_13() {
    let harness = Harness::paged(on(ATTACHMENTS, Occurrence::From(3), Fault::status(500))).await;
    let run = harness.run().await;
    run.expect_incomplete();
    run.gap(UnitKind::AttachmentList);
    assert_eq!(run.audit_run().inventory.attachments.len(), 6, "two pages of three");
    let log = harness.server.requests();
    let of_the_list = |query: &str| query.contains("sort=created-date");
    let sent = log.iter().filter(|request| request.path == ATTACHMENTS && of_the_list(&request.query)).count();
    assert!(sent <= 2 + 8 * 6, "eight limits from 250 to 1, six tries of each: {sent}");
}

/// The known site with ten large pages in a row; `largest` is the size of the fifth.
async fn with_large_neighbours(largest: usize) -> Harness {
    let (mut site, truth) = known_site::site();
    for number in 0..10 {
        let bytes = if number == 4 { largest } else { 60_000 };
        let body = format!("<p>{}</p>", "x ".repeat(bytes / 2));
        site = site.page(&(8000 + number).to_string(), &format!("Large page {number}"), &body);
    }
    Harness::start((site, truth), FaultPlan::none()).await
}

#[tokio::test(start_paused = true)]
async fn large_bodies_are_read_even_if_no_response_could_hold_them_together_f_25() {
    let harness = with_large_neighbours(60_000).await;
    let run = harness.run_with(ConnectionSettings { max_response_bytes: 100_000, ..harness.settings() }).await;
    run.expect_true_verdicts(&harness);
    assert!(run.requests < 250, "{}", run.requests);
}

#[tokio::test(start_paused = true)]
async fn one_body_that_no_response_can_hold_fails_by_name_and_all_others_are_read_f_25() {
    let harness = with_large_neighbours(150_000).await;
    let run = harness.run_with(ConnectionSettings { max_response_bytes: 100_000, ..harness.settings() }).await;
    run.expect_incomplete();
    let bodies: Vec<_> =
        run.audit_run().inventory.coverage.gaps.iter().filter(|gap| gap.kind == UnitKind::Body).collect();
    assert_eq!(bodies.len(), 1, "{bodies:?}");
    assert!(bodies[0].subject.contains("8004 \"Large page 4\""), "{}", bodies[0].subject);
    let read = run.audit_run().inventory.contents.iter().filter(|content| content.body.is_some());
    assert_eq!(read.filter(|content| content.title.starts_with("Large page")).count(), 9);
    assert!(!run.usages().values().any(|usage| usage.as_str() == "unreferenced"));
}

#[tokio::test(start_paused = true)]
async fn an_outage_of_everything_ends_soon_f_14() {
    let harness = Harness::known(always("*", Fault::status(503))).await;
    let run = harness.run().await;
    assert_eq!(run.status(), ExitStatus::Unreachable);
    assert!(run.requests <= 6, "{}", run.requests);

    let harness = Harness::known(on("*", Occurrence::From(15), Fault::status(503))).await;
    let run = harness.run().await;
    run.expect_incomplete();
    assert!(run.requests < 300, "{}", run.requests);
}

#[tokio::test(start_paused = true)]
async fn errors_of_the_edge_proxy_are_server_errors_f_15() {
    for status in [408, 425, 520, 521, 522, 523, 524] {
        let harness = Harness::known(on(PAGES, Occurrence::First(2), Fault::status(status))).await;
        harness.run().await.expect_true_verdicts(&harness);
    }
}

#[tokio::test(start_paused = true)]
async fn a_rejected_cursor_restarts_the_list_f_16() {
    let expired = || Fault::status(400);
    let harness = Harness::paged(on(ATTACHMENTS, Occurrence::Only(3), expired())).await;
    harness.run().await.expect_true_verdicts(&harness);

    let harness = Harness::paged(on(ATTACHMENTS, Occurrence::From(3), expired())).await;
    let run = harness.run().await;
    run.expect_incomplete();
    run.gap(UnitKind::AttachmentList);
}

#[tokio::test(start_paused = true)]
async fn a_batch_too_long_for_the_server_is_split_and_no_id_is_dropped_f_17() {
    for status in [414, 431] {
        let (mut site, truth) = known_site::site();
        for number in 0..120 {
            site = site.space(&format!("MANY{number}"), "One of many").page(
                &(8000 + number).to_string(),
                &format!("Page of {number}"),
                "<p>text</p>",
            );
            site.people.push(confluence_sim::site::Person {
                account_id: format!("712020:person-number-{number}"),
                name: format!("Person {number}"),
            });
            let author = format!("712020:person-number-{number}");
            site = site.with_content(|page| page.author = author);
        }
        let plan = [PAGES, "/wiki/api/v2/blogposts", "/wiki/rest/api/user/bulk"].iter().fold(
            FaultPlan::none(),
            |plan, path| {
                plan.on(RoutePattern::path(path).unwrap().at_least(250), Occurrence::From(1), Fault::status(status))
            },
        );
        let harness = Harness::start((site, truth), plan).await;
        let run = harness.run().await;
        run.expect_true_verdicts(&harness);
        assert!(harness.server.requests().iter().any(|request| request.status == status), "the limit was reached");
        assert_eq!(run.audit_run().inventory.people.len(), 121, "every name was read");
        assert_eq!(run.pages_read(), harness.server.site(known_site::count_readable));
    }
}
