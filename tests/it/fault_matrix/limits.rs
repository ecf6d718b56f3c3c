//! F-01 to F-17: rate limits and server errors.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use confluence_client::{Api, ConnectionSettings, RequestError};
use confluence_sim::{Fault, FaultPlan, Occurrence, RoutePattern};
use confluence_storage_analyzer::error::ExitStatus;
use confluence_storage_analyzer::inventory::coverage::UnitKind;

use test_support::bench::{Bench, also, always, answer, on, once, without};
use test_support::known;

const PAGES: &str = "/wiki/api/v2/pages";
const ATTACHMENTS: &str = "/wiki/api/v2/attachments";
const FOOTER_COMMENTS: &str = "/wiki/api/v2/footer-comments";

#[tokio::test(start_paused = true)]
async fn without_a_fault_the_truth_is_told() {
    for bench in [Bench::known(FaultPlan::none()).await, Bench::paged(FaultPlan::none()).await] {
        let run = bench.run().await;
        run.expect_true(&bench);
        assert!(run.requests < 200, "{} requests", run.requests);
    }
}

#[tokio::test(start_paused = true)]
async fn a_429_makes_the_whole_site_wait_as_long_as_told_f_01() {
    let told = answer(429, &[("retry-after", "7")], "{}");
    let bench = Bench::known(once("/wiki/api/v2/footer-comments", told)).await;
    bench.run().await.expect_true(&bench);
    let log = bench.server.requests();
    let throttled = log.iter().find(|request| request.status == 429).unwrap().arrived;
    let gate = Duration::from_secs(7);
    let later: Vec<_> = log.iter().map(|request| request.arrived).filter(|at| *at > throttled).collect();
    assert!(later.iter().all(|at| *at - throttled >= gate), "somebody sent into the pause");
    assert!(later.len() > 20, "and afterwards it went on");
}

#[tokio::test(start_paused = true)]
async fn a_date_counts_from_the_answers_own_date_f_02() {
    let date = ("date", "Sat, 21 Nov 2026 12:00:00 GMT");
    for (until, least) in [("Sat, 21 Nov 2026 12:00:30 GMT", 30), ("Sat, 21 Nov 2026 11:00:00 GMT", 1)] {
        let bench = Bench::known(once(ATTACHMENTS, answer(429, &[date, ("retry-after", until)], "{}"))).await;
        let run = bench.run().await;
        run.expect_true(&bench);
        assert!(run.elapsed >= Duration::from_secs(least), "{:?}", run.elapsed);
    }
}

#[tokio::test(start_paused = true)]
async fn a_429_without_a_header_is_waited_for_f_03() {
    let bench = Bench::known(on(PAGES, Occurrence::First(3), answer(429, &[], "{}"))).await;
    bench.run().await.expect_true(&bench);
    assert_eq!(bench.server.requests().iter().filter(|request| request.status == 429).count(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_reset_time_alone_is_understood_f_04() {
    let date = ("date", "Sat, 21 Nov 2026 12:00:00 GMT");
    for reset in ["2026-11-21T12:01:00Z", "1795262460"] {
        let fault = answer(429, &[date, ("x-ratelimit-reset", reset)], "{}");
        let bench = Bench::known(once(PAGES, fault)).await;
        let run = bench.run().await;
        run.expect_true(&bench);
        assert!(run.elapsed >= Duration::from_secs(60), "{reset}: {:?}", run.elapsed);
    }
}

#[tokio::test(start_paused = true)]
async fn a_storm_of_429_ends_soon_with_few_requests_f_05() {
    let storm = answer(429, &[("retry-after", "30")], "{}");
    let bench = Bench::known(always("*", storm.clone())).await;
    let run = bench.run().await;
    assert_eq!(run.status(), ExitStatus::Unreachable);
    assert!(run.requests <= 6, "{}", run.requests);

    let bench = Bench::known(on("*", Occurrence::From(20), storm)).await;
    let run = bench.run().await;
    run.expect_incomplete();
    assert!(run.requests < 200, "{}", run.requests);
    assert!(run.elapsed < Duration::from_secs(3 * 3600), "{:?}", run.elapsed);
}

/// What a log is written to.
#[derive(Clone, Default)]
struct Screen(Arc<Mutex<Vec<u8>>>);

impl Write for Screen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn the_rate_that_was_learned_is_said_on_the_screen_f_05() {
    let screen = Screen::default();
    let told = screen.clone();
    let log = tracing_subscriber::fmt().with_ansi(false).with_writer(move || told.clone()).finish();
    let _log = tracing::subscriber::set_default(log);
    let refusal = answer(429, &[("retry-after", "1")], "{}");
    let bench = Bench::known(on("*", Occurrence::Only(40), refusal)).await;
    let api = Api::new(bench.settings()).unwrap();
    for _ in 0..60 {
        api.current_user().await.unwrap();
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let text = String::from_utf8(screen.0.lock().unwrap().clone()).unwrap();
    assert_eq!(text.matches("the server asks for 2.6 requests/s (all)").count(), 1, "{text}");
}

#[tokio::test(start_paused = true)]
async fn a_day_is_not_slept_f_06() {
    let date = ("date", "Sat, 21 Nov 2026 12:00:00 GMT");
    let day = answer(429, &[date, ("retry-after", "86400")], "{}");
    let bench = Bench::known(always("*", day.clone())).await;
    let run = bench.run().await;
    assert_eq!(run.status(), ExitStatus::Unreachable);
    assert!(run.failure().to_string().contains("until 2026-11-22T12:00:00Z"), "{:?}", run.failure());
    assert_eq!(run.requests, 1);

    let bench = Bench::known(on("*", Occurrence::From(25), day)).await;
    let run = bench.run().await;
    run.expect_incomplete();
    assert!(matches!(run.reading().stopped, Some(RequestError::Throttled { until: Some(_), .. })));
    assert!(run.elapsed < Duration::from_secs(600), "{:?}", run.elapsed);
    assert!(run.requests < 25 + 10, "those on the way, and nobody else: {}", run.requests);
}

#[tokio::test(start_paused = true)]
async fn odd_values_do_no_harm_f_07() {
    for value in ["0", "-1", "1e20", "soon", ""] {
        let bench = Bench::known(on(PAGES, Occurrence::First(2), answer(429, &[("retry-after", value)], "{}"))).await;
        bench.run().await.expect_true(&bench);
    }
    let two = answer(429, &[("retry-after", "3"), ("retry-after", "40")], "{}");
    let bench = Bench::known(once(PAGES, two)).await;
    let run = bench.run().await;
    run.expect_true(&bench);
    assert!(run.elapsed >= Duration::from_secs(40), "the longer of two: {:?}", run.elapsed);
}

#[tokio::test(start_paused = true)]
async fn a_burst_limit_slows_one_endpoint_only_f_08() {
    let burst = answer(429, &[("retry-after", "60"), ("ratelimit-reason", "confluence-burst-based")], "{}");
    let bench = Bench::known(once(FOOTER_COMMENTS, burst)).await;
    bench.run().await.expect_true(&bench);
    let log = bench.server.requests();
    let at = log.iter().find(|request| request.status == 429).unwrap().arrived;
    let meanwhile = |path: &str| {
        let later = log.iter().filter(|request| request.path == path && request.arrived >= at);
        later.filter(|request| request.arrived - at < Duration::from_secs(60)).count()
    };
    assert_eq!(meanwhile(FOOTER_COMMENTS), 1, "only the one that was refused");
    assert!(meanwhile(PAGES) + meanwhile("/wiki/api/v2/blogposts") > 0, "others went on");
}

#[tokio::test(start_paused = true)]
async fn a_near_limit_makes_requests_rarer_before_the_429_f_09() {
    let bench = Bench::known(always("*", Fault::header("x-ratelimit-nearlimit", "true"))).await;
    let run = bench.run().await;
    run.expect_true(&bench);
    let spaced = Duration::from_millis(250) * u32::try_from(run.requests / 2).unwrap();
    assert!(run.elapsed >= spaced, "{:?} for {} requests", run.elapsed, run.requests);
}

#[tokio::test(start_paused = true)]
async fn a_403_that_is_a_rate_limit_is_no_denial_f_10() {
    for header in [("retry-after", "2"), ("ratelimit-reason", "confluence-quota-tenant-based")] {
        let bench = Bench::known(on("*", Occurrence::Every(9), answer(403, &[header], "{}"))).await;
        bench.run().await.expect_true(&bench);
    }
}

#[tokio::test(start_paused = true)]
async fn passing_server_errors_cost_requests_and_nothing_else_f_11() {
    for status in [500, 502, 503, 504] {
        let bench = Bench::known(on("*", Occurrence::Every(5), Fault::status(status))).await;
        bench.run().await.expect_true(&bench);
    }
    let told = answer(503, &[("retry-after", "20")], "{}");
    let bench = Bench::known(once(PAGES, told)).await;
    let run = bench.run().await;
    run.expect_true(&bench);
    assert!(run.elapsed >= Duration::from_secs(20), "{:?}", run.elapsed);
}

#[tokio::test(start_paused = true)]
async fn the_5xx_for_ever_on_one_page_body_leaves_nothing_unreferenced_f_12() {
    let without_body = always(PAGES, without(known::REFERRER, "/body"));
    let plan = also(without_body, &format!("{PAGES}/{}", known::REFERRER), Occurrence::From(1), Fault::status(500));
    let bench = Bench::known(plan).await;
    let run = bench.run().await;
    run.expect_incomplete();
    assert!(run.gap(UnitKind::Body).subject.contains("Referrer"), "{:?}", run.gap(UnitKind::Body));
    assert!(!run.usages().values().any(|usage| usage.as_str() == "unreferenced"));
}

#[tokio::test(start_paused = true)]
async fn a_list_that_fails_at_its_size_is_walked_again_with_half_of_it_f_13() {
    let route = RoutePattern::path(PAGES).unwrap().with_query("limit", "250").with_query("sort", "id");
    let bench = Bench::known(FaultPlan::none().on(route, Occurrence::From(1), Fault::status(500))).await;
    bench.run().await.expect_true(&bench);
    let halved = bench.server.requests().iter().filter(|request| request.query.contains("limit=125")).count();
    assert!(halved > 0);
}

#[tokio::test(start_paused = true)]
async fn a_list_that_fails_at_every_limit_is_incomplete_and_its_items_are_kept_f_13() {
    let bench = Bench::paged(on(ATTACHMENTS, Occurrence::From(3), Fault::status(500))).await;
    let run = bench.run().await;
    run.expect_incomplete();
    run.gap(UnitKind::AttachmentList);
    assert_eq!(run.reading().inventory.attachments.len(), 6, "two pages of three");
    let log = bench.server.requests();
    let of_the_list = |query: &str| query.contains("sort=created-date");
    let sent = log.iter().filter(|request| request.path == ATTACHMENTS && of_the_list(&request.query)).count();
    assert!(sent <= 2 + 8 * 6, "eight limits from 250 to 1, six tries of each: {sent}");
}

/// The known site with ten large pages in a row; `largest` is the size of the fifth.
async fn with_large_neighbours(largest: usize) -> Bench {
    let (mut site, truth) = known::site();
    for number in 0..10 {
        let bytes = if number == 4 { largest } else { 60_000 };
        let body = format!("<p>{}</p>", "x ".repeat(bytes / 2));
        site = site.page(&(8000 + number).to_string(), &format!("Large page {number}"), &body);
    }
    Bench::start((site, truth), FaultPlan::none()).await
}

#[tokio::test(start_paused = true)]
async fn large_neighbours_are_read_though_no_answer_could_hold_them_together_f_25() {
    let bench = with_large_neighbours(60_000).await;
    let run = bench.run_with(ConnectionSettings { max_answer_bytes: 100_000, ..bench.settings() }).await;
    run.expect_true(&bench);
    assert!(run.requests < 250, "{}", run.requests);
}

#[tokio::test(start_paused = true)]
async fn one_body_that_no_answer_can_hold_fails_by_name_and_all_others_are_read_f_25() {
    let bench = with_large_neighbours(150_000).await;
    let run = bench.run_with(ConnectionSettings { max_answer_bytes: 100_000, ..bench.settings() }).await;
    run.expect_incomplete();
    let bodies: Vec<_> =
        run.reading().inventory.coverage.gaps.iter().filter(|gap| gap.kind == UnitKind::Body).collect();
    assert_eq!(bodies.len(), 1, "{bodies:?}");
    assert!(bodies[0].subject.contains("8004 \"Large page 4\""), "{}", bodies[0].subject);
    let read = run.reading().inventory.contents.iter().filter(|content| content.body.is_some());
    assert_eq!(read.filter(|content| content.title.starts_with("Large page")).count(), 9);
    assert!(!run.usages().values().any(|usage| usage.as_str() == "unreferenced"));
}

#[tokio::test(start_paused = true)]
async fn an_outage_of_everything_ends_soon_f_14() {
    let bench = Bench::known(always("*", Fault::status(503))).await;
    let run = bench.run().await;
    assert_eq!(run.status(), ExitStatus::Unreachable);
    assert!(run.requests <= 6, "{}", run.requests);

    let bench = Bench::known(on("*", Occurrence::From(15), Fault::status(503))).await;
    let run = bench.run().await;
    run.expect_incomplete();
    assert!(run.requests < 300, "{}", run.requests);
}

#[tokio::test(start_paused = true)]
async fn errors_of_the_edge_are_server_errors_f_15() {
    for status in [408, 425, 520, 521, 522, 523, 524] {
        let bench = Bench::known(on(PAGES, Occurrence::First(2), Fault::status(status))).await;
        bench.run().await.expect_true(&bench);
    }
}

#[tokio::test(start_paused = true)]
async fn a_refused_cursor_restarts_the_list_f_16() {
    let expired = || Fault::status(400);
    let bench = Bench::paged(on(ATTACHMENTS, Occurrence::Only(3), expired())).await;
    bench.run().await.expect_true(&bench);

    let bench = Bench::paged(on(ATTACHMENTS, Occurrence::From(3), expired())).await;
    let run = bench.run().await;
    run.expect_incomplete();
    run.gap(UnitKind::AttachmentList);
}

#[tokio::test(start_paused = true)]
async fn a_batch_too_long_for_the_server_is_split_and_no_id_is_dropped_f_17() {
    for status in [414, 431] {
        let (mut site, truth) = known::site();
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
        let bench = Bench::start((site, truth), plan).await;
        let run = bench.run().await;
        run.expect_true(&bench);
        assert!(bench.server.requests().iter().any(|request| request.status == status), "the limit was met");
        assert_eq!(run.reading().inventory.people.len(), 121, "every name was read");
        assert_eq!(run.pages_read(), bench.server.site(known::readable));
    }
}
