//! Rate limits, server errors, broken transfers and responses that are not the API's.

use tokio::time::Instant;

use super::server::{Reply, Site};
use super::*;

fn good() -> Reply {
    Reply::json("{\"ok\":true}")
}

#[tokio::test(start_paused = true)]
async fn a_429_makes_all_requests_wait_as_long_as_the_server_asks_f_01() {
    let site = Site::script(vec![|| Reply::status(429, "retry-after: 7\r\n", "{}"), good]).await;
    let client = client(&site);
    let began = Instant::now();
    get(&client).await.unwrap();
    get(&client).await.unwrap();
    let times: Vec<_> = site.seen().iter().map(|seen| seen.at - began).collect();
    assert_eq!(times.len(), 3);
    assert!(times[1] >= seconds(7) && times[1] < seconds(9), "{times:?}");
    assert_eq!(client.requests().of(RequestKind::Pages), 3);
}

#[tokio::test(start_paused = true)]
async fn no_request_is_sent_during_the_pause_f_01() {
    let site = Site::script(vec![|| Reply::status(429, "retry-after: 7\r\n", "{}"), good]).await;
    let client = client_with(&site, |settings| settings.concurrency = 1);
    let all = futures_util::future::join_all((0..5).map(|_| get(&client))).await;
    assert!(all.iter().all(Result::is_ok));
    let seen = site.seen();
    assert_eq!(seen.len(), 6);
    assert!(seen[1..].iter().all(|later| later.at - seen[0].at >= seconds(7)));
}

#[tokio::test(start_paused = true)]
async fn endless_throttling_ends_after_few_requests_f_05() {
    let site = Site::new(|_| Reply::status(429, "", "{}")).await;
    let client = client(&site);
    let error = get(&client).await.unwrap_err();
    assert!(matches!(error, RequestError::Status { status: 429, attempts: 6, .. }), "{error}");
    assert_eq!(site.count(), 6);
}

#[tokio::test(start_paused = true)]
async fn the_run_stops_instead_of_waiting_for_a_day_f_06() {
    let date = "date: Sat, 21 Nov 2026 12:00:00 GMT\r\nretry-after: 86400\r\n";
    let site = Site::new(move |_| Reply::status(429, date, "{}")).await;
    let client = client(&site);
    let began = Instant::now();
    let error = get(&client).await.unwrap_err();
    assert_eq!(error.to_string(), "the server throttles requests and asks to wait 86400 s, until 2026-11-22T12:00:00Z");
    assert_eq!(get(&client).await.unwrap_err(), error);
    assert_eq!((site.count(), began.elapsed()), (1, Duration::ZERO));
    assert_eq!(client.stopped(), Some(error));
}

#[tokio::test(start_paused = true)]
async fn waits_that_the_server_asks_for_do_not_count_towards_the_time_of_a_probe() {
    let site = Site::new(|seen| match seen.number {
        ..3 => Reply::status(429, "retry-after: 700\r\n", "{}"),
        _ => good(),
    })
    .await;
    let observed = client(&site).observe(&Request::v2(RequestKind::Doctor, &["pages"])).await.unwrap();
    assert_eq!((observed.status, site.count()), (200, 3));
}

#[tokio::test(start_paused = true)]
async fn waiting_requests_are_woken_when_the_run_stops_f_06() {
    let site = Site::script(vec![|| Reply::status(429, "retry-after: 600\r\n", "{}"), good]).await;
    let client = client(&site);
    let began = Instant::now();
    let (waiting, ()) = tokio::join!(get(&client), async {
        tokio::time::sleep(seconds(10)).await;
        client.interrupt();
    });
    assert_eq!(waiting.unwrap_err(), RequestError::Interrupted);
    assert!(began.elapsed() < seconds(11));
}

#[tokio::test(start_paused = true)]
async fn a_403_that_is_a_rate_limit_is_retried_f_10() {
    let site =
        Site::script(vec![|| Reply::status(403, "ratelimit-reason: confluence-burst-based\r\n", "{}"), good]).await;
    get(&client(&site)).await.unwrap();
    assert_eq!(site.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_transient_server_error_costs_one_more_request_f_11() {
    for status in [500, 502, 503, 504, 408, 425, 520, 524] {
        let site =
            Site::new(move |seen| if seen.number == 1 { Reply::status(status, "", "oops") } else { good() }).await;
        get(&client(&site)).await.unwrap();
        assert_eq!(site.count(), 2, "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn retry_after_on_a_server_error_is_obeyed_f_11() {
    let site = Site::script(vec![|| Reply::status(503, "retry-after: 20\r\n", ""), good]).await;
    get(&client(&site)).await.unwrap();
    let seen = site.seen();
    assert!(seen[1].at - seen[0].at >= seconds(20));
}

#[tokio::test(start_paused = true)]
async fn a_complete_outage_stops_the_run_soon_f_14() {
    let site = Site::new(|_| Reply::status(503, "", "")).await;
    let client = client(&site);
    for _ in 0..500 {
        assert!(get(&client).await.is_err());
    }
    assert!(site.count() < 150, "{}", site.count());
    assert!(matches!(client.stopped(), Some(RequestError::GaveUp { .. })));
}

#[tokio::test(start_paused = true)]
async fn permanent_failures_are_not_repeated() {
    for status in [400, 405, 406, 414, 451, 501, 505] {
        let site = Site::new(move |_| Reply::status(status, "", "{}")).await;
        let error = get(&client(&site)).await.unwrap_err();
        assert!(matches!(error, RequestError::Status { status: found, .. } if found == status), "{error}");
        assert_eq!(site.count(), 1, "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_refused_connection_is_reported_after_few_attempts_f_18() {
    let site = Site::new(|_| good()).await;
    let mut settings = ConnectionSettings::new("http://127.0.0.1:1", Credentials::basic("me", TOKEN.into()));
    settings.timeouts = Timeouts::NONE;
    drop(site);
    let error = get(&Client::new(&settings).unwrap()).await.unwrap_err();
    assert!(matches!(error, RequestError::Transport { attempts: 3, timeout: false, .. }), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn a_connection_closed_before_the_response_is_retried_f_20() {
    let site = Site::script(vec![|| Reply::Bytes(Vec::new()), good]).await;
    get(&client(&site)).await.unwrap();
    assert_eq!(site.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_reset_within_the_body_is_retried_f_21() {
    let Reply::Bytes(response) = Reply::json(&format!("{{\"text\":\"{}\"}}", "x".repeat(4000))) else { unreachable!() };
    let body = response.len() - 4012;
    for eighth in 0..8 {
        let cut = response[..body + eighth * 4000 / 8].to_vec();
        let complete = response.clone();
        let site =
            Site::new(move |seen| Reply::Bytes(if seen.number == 1 { cut.clone() } else { complete.clone() })).await;
        get(&client(&site)).await.unwrap();
        assert_eq!(site.count(), 2, "cut at {eighth}/8");
    }
}

#[tokio::test(start_paused = true)]
async fn a_cut_body_without_a_length_is_retried_f_22() {
    const HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n";
    let site = Site::new(|seen| {
        let body = if seen.number < 4 { "{\"results\":[{\"id\":\"1" } else { "{\"results\":[]}" };
        Reply::Bytes(format!("{HEAD}{body}").into_bytes())
    })
    .await;
    get(&client(&site)).await.unwrap();
    assert_eq!(site.count(), 4);
}

#[tokio::test(start_paused = true)]
async fn truncated_json_with_a_correct_length_fails_after_one_more_attempt_f_23() {
    let site = Site::new(|_| Reply::json("{\"results\":[{\"id\":\"1")).await;
    let error = get(&client(&site)).await.unwrap_err();
    assert!(matches!(error, RequestError::Shape { .. }), "{error:?}");
    assert_eq!(site.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn broken_compression_is_retried_f_24() {
    let site = Site::script(vec![|| Reply::status(200, "content-encoding: gzip\r\n", "{\"ok\":true}"), good]).await;
    get(&client(&site)).await.unwrap();
    assert_eq!(site.count(), 2);
}

#[tokio::test]
async fn an_endless_response_is_cut_off_f_25() {
    let site = Site::new(|_| {
        let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n";
        Reply::Endless(head.into(), vec![b' '; 1 << 20])
    })
    .await;
    let error = get(&client(&site)).await.unwrap_err();
    assert!(matches!(error, RequestError::TooLarge { .. }), "{error:?}");
    assert_eq!(site.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_truncated_response_is_not_parsed_f_25() {
    let site = Site::new(|_| Reply::json("{}        ")).await;
    for (limit, is_complete) in [(10, true), (5, false)] {
        let client = client_with(&site, |settings| settings.max_response_bytes = limit);
        let observed = client.observe(&Request::v2(RequestKind::Doctor, &["pages"])).await.unwrap();
        assert_eq!((observed.bytes, observed.json.is_some()), (limit, is_complete));
    }
}

#[tokio::test]
async fn silence_after_the_headers_ends_by_the_read_timeout_f_27() {
    let site = Site::new(|seen| match seen.number {
        1 => {
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{";
            Reply::Silent(head.into())
        }
        _ => good(),
    })
    .await;
    let client = client_with(&site, |settings| settings.timeouts.read = Some(Duration::from_millis(50)));
    get(&client).await.unwrap();
    assert_eq!(site.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_login_page_of_a_network_is_not_an_api_response_f_33() {
    let site = Site::new(|_| Reply::with(200, "content-type: text/html\r\n", "<html>Please log in</html>")).await;
    let error = get(&client(&site)).await.unwrap_err();
    assert!(matches!(&error, RequestError::NotJson { what, .. } if what.contains("login page")), "{error}");
    assert_eq!(site.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn responses_without_a_document_are_not_empty_lists_f_34() {
    for (status, body) in [(204, ""), (200, ""), (200, "null"), (200, "[]"), (200, "\"ok\"")] {
        let site = Site::new(move |_| Reply::status(status, "", body)).await;
        let list = client(&site).get::<crate::model::ListPage>(&Request::v2(RequestKind::Pages, &["pages"])).await;
        assert!(matches!(list, Err(RequestError::Shape { .. })), "{status} {body:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_redirect_is_never_followed_f_43() {
    let elsewhere = Site::new(|_| good()).await;
    let target = format!("location: {}/login\r\n", elsewhere.base_url());
    let site = Site::new(move |_| Reply::status(302, &target, "")).await;
    let error = get(&client(&site)).await.unwrap_err();
    assert!(matches!(&error, RequestError::NotJson { what, .. } if what.contains("127.0.0.1")), "{error}");
    assert_eq!((site.count(), elsewhere.count()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_retired_endpoint_is_not_missing_content_f_100() {
    let site = Site::new(|_| Reply::status(410, "", "{\"message\":\"gone\"}")).await;
    let error = get(&client(&site)).await.unwrap_err();
    assert_eq!(error, RequestError::Gone { endpoint: "/api/v2/pages".into() });
    assert!(!error.is_not_found());
}

#[tokio::test(start_paused = true)]
async fn announced_removals_are_reported_once() {
    let site = Site::new(|_| Reply::status(200, "deprecation: Wed, 1 Mar 2023 00:00:00 GMT\r\n", "{}")).await;
    let client = client(&site);
    get(&client).await.unwrap();
    get(&client).await.unwrap();
    assert_eq!(client.warnings(), ["the server announces that the endpoint /api/v2/pages will be removed"]);
}
