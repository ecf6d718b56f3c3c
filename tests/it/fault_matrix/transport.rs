//! F-18 to F-30, F-33, F-34: broken transfers and invalid responses. TLS and proxies: `tls.rs`, `proxy.rs`.

use std::io::Write as _;
use std::time::Duration;

use confluence_client::model::User;
use confluence_client::{Api, ConnectionSettings, Credentials, RequestError, Timeouts};
use confluence_sim::{Fault, FaultPlan, Occurrence};
use confluence_storage_analyzer::error::ExitStatus;
use confluence_storage_analyzer::inventory::coverage::UnitKind;
use flate2::Compression;
use flate2::write::GzEncoder;

use test_support::harness::{Harness, always, on, once, response};
use test_support::raw_server::{RawServer, WireResponse, json};

const POSTS: &str = "/wiki/api/v2/blogposts";

fn settings(base_url: &str) -> ConnectionSettings {
    let mut settings = ConnectionSettings::new(base_url, Credentials::basic("me@example.com", "a-token".into()));
    settings.timeouts = Timeouts::NONE;
    settings.jitter_seed = Some(1);
    settings
}

fn client(server: &RawServer) -> Api {
    Api::new(settings(&server.base_url())).unwrap()
}

/// Requests a list and returns its items.
async fn get(client: &Api) -> Result<Vec<User>, RequestError> {
    client.people(&["1"]).await
}

fn good() -> WireResponse {
    json(r#"{"results":[{"id":"1"}]}"#)
}

#[tokio::test(start_paused = true)]
async fn a_refused_connection_at_the_start_is_reported_with_host_and_cause_f_18() {
    let harness = Harness::known(FaultPlan::none()).await;
    let closed = RawServer::start(|_| good()).await.base_url();
    let run = harness.run_with(settings(&closed)).await;
    assert_eq!(run.status(), ExitStatus::Unreachable);
    let message = run.failure().to_string();
    assert!(message.contains(closed.trim_start_matches("http://")) && message.contains("refused"), "{message}");
    assert!(run.elapsed < Duration::from_secs(30), "{:?}", run.elapsed);
}

#[tokio::test]
async fn an_unknown_name_at_the_start_is_not_tried_for_long_f_19() {
    let harness = Harness::known(FaultPlan::none()).await;
    let run = harness.run_with(settings("https://no-such-site.invalid")).await;
    assert_eq!(run.status(), ExitStatus::Unreachable);
    let message = run.failure().to_string();
    assert!(message.contains("no-such-site.invalid") && message.contains("1 attempt"), "{message}");
    assert!(message.contains("check the address of the site"), "{message}");
}

#[tokio::test(start_paused = true)]
async fn resets_before_the_headers_are_retried_f_20() {
    let harness = Harness::known(on("*", Occurrence::Every(5), Fault::Reset)).await;
    harness.run().await.expect_true_verdicts(&harness);

    let harness = Harness::known(always(POSTS, Fault::Reset)).await;
    let run = harness.run().await;
    run.expect_incomplete();
    run.gap(UnitKind::BlogPostList);
}

#[tokio::test(start_paused = true)]
async fn bodies_cut_anywhere_are_retried_f_21() {
    for length in [0, 1, 10, 100, 500, 1000] {
        let harness = Harness::known(on("/wiki/api/*", Occurrence::Every(4), Fault::CutBody(length))).await;
        harness.run().await.expect_true_verdicts(&harness);
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_cut_without_a_length_is_retried_f_22() {
    const HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n";
    let server = RawServer::start(|number| {
        let body =
            if number < 3 { r#"{"results":[{"id":"1"#.to_owned() } else { r#"{"results":[{"id":"1"}]}"#.to_owned() };
        WireResponse::Bytes(format!("{HEAD}{body}").into_bytes())
    })
    .await;
    assert_eq!(get(&client(&server)).await.unwrap().len(), 1);
    assert_eq!(server.requests(), 3);
}

#[tokio::test(start_paused = true)]
async fn truncated_json_with_its_right_length_yields_no_partial_list_f_23() {
    let half = response(200, &[], r#"{"results":[{"id":"2001","status":"current","title":"News"},{"id":"20"#);
    let harness = Harness::known(always(POSTS, half)).await;
    let run = harness.run().await;
    run.expect_incomplete();
    let posts = &run.audit_run().inventory.contents;
    assert!(
        posts.iter().all(|content| content.title != "News" || content.body.is_some()),
        "not from the truncated list"
    );
    let asked = harness.server.requests().iter().filter(|request| request.path == POSTS).count();
    assert_eq!(asked, 2 * (3 + 3 + 1), "one retry for each list of titles, of bodies and of drafts");
}

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

fn encoded(body: &[u8]) -> Vec<u8> {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-encoding: gzip\r\nconnection: close\r\n";
    [format!("{head}content-length: {}\r\n\r\n", body.len()).as_bytes(), body].concat()
}

#[tokio::test(start_paused = true)]
async fn broken_compression_is_retried_and_never_partly_used_f_24() {
    let intact = gzip(br#"{"results":[{"id":"1"},{"id":"2"}]}"#);
    let mut wrong_sum = intact.clone();
    let sum = wrong_sum.len() - 6;
    wrong_sum[sum] ^= 0xff;
    let variants: [Vec<u8>; 5] = [
        intact[..intact.len() / 2].to_vec(),
        intact[..intact.len() - 8].to_vec(),
        wrong_sum,
        b"{\"results\":[]}".to_vec(),
        Vec::new(),
    ];
    for (which, broken) in variants.into_iter().enumerate() {
        let (once, good) = (encoded(&broken), encoded(&intact));
        let server =
            RawServer::start(move |number| WireResponse::Bytes(if number == 1 { once.clone() } else { good.clone() }))
                .await;
        assert_eq!(get(&client(&server)).await.unwrap().len(), 2, "variant {which}");
        assert_eq!(server.requests(), 2, "variant {which}");
        let always = encoded(&broken);
        let server = RawServer::start(move |_| WireResponse::Bytes(always.clone())).await;
        assert!(get(&client(&server)).await.is_err(), "variant {which}");
        assert!(server.requests() <= 6);
    }
    // garbage after the end is harmless if the document is intact
    let tail = encoded(&[intact, b"garbage".to_vec()].concat());
    let server = RawServer::start(move |_| WireResponse::Bytes(tail.clone())).await;
    if let Ok(page) = get(&client(&server)).await {
        assert_eq!(page.len(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn a_compressed_flood_ends_at_the_limit_f_25() {
    let flood = encoded(&gzip(&vec![b' '; 80 << 20]));
    let server = RawServer::start(move |_| WireResponse::Bytes(flood.clone())).await;
    let error = get(&client(&server)).await.unwrap_err();
    assert!(matches!(error, RequestError::TooLarge { .. }), "{error}");
    assert_eq!(server.requests(), 1);
}

#[tokio::test(start_paused = true)]
async fn chunks_without_end_end_at_the_limit_f_25() {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
    let chunk = [b"100000\r\n".as_slice(), &vec![b' '; 0x10_0000], b"\r\n"].concat();
    let server = RawServer::start(move |_| WireResponse::Endless(head.into(), chunk.clone())).await;
    let error = get(&client(&server)).await.unwrap_err();
    assert!(matches!(error, RequestError::TooLarge { .. }), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_slow_drip_ends_at_the_total_limit_and_other_requests_go_on_f_26() {
    let slow = [
        b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 9000\r\n\r\n".as_slice(),
        &[b' '; 9000],
    ]
    .concat();
    let server = RawServer::start(move |number| {
        if number == 1 { WireResponse::Drip(slow.clone(), Duration::from_millis(300)) } else { good() }
    })
    .await;
    let mut settings = settings(&server.base_url());
    settings.timeouts.total = Some(Duration::from_secs(120));
    let client = Api::new(settings).unwrap();
    let began = tokio::time::Instant::now();
    let (dripped, others) = tokio::join!(get(&client), async {
        // the slow request starts before the others
        while server.requests() == 0 {
            tokio::task::yield_now().await;
        }
        futures_util::future::join_all((0..5).map(|_| get(&client))).await;
        began.elapsed()
    });
    dripped.unwrap();
    assert!(others < Duration::from_secs(120), "{others:?}");
    assert!(began.elapsed() >= Duration::from_secs(120) && began.elapsed() < Duration::from_secs(240));
}

#[tokio::test(start_paused = true)]
async fn a_silent_connection_is_closed_and_replaced_f_27_f_28() {
    let halves: [&[u8]; 2] =
        [b"", b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"];
    for half in halves {
        let half = half.to_vec();
        let server =
            RawServer::start(move |number| if number == 1 { WireResponse::Silent(half.clone()) } else { good() }).await;
        let mut settings = settings(&server.base_url());
        settings.timeouts.read = Some(Duration::from_secs(30));
        get(&Api::new(settings).unwrap()).await.unwrap();
        assert_eq!((server.requests(), server.connections()), (2, 2));
    }
}

#[tokio::test(start_paused = true)]
async fn a_pooled_connection_that_died_costs_one_request_f_28() {
    let kept = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 14\r\n\r\n{\"results\":[]}";
    let server = RawServer::start(move |_| WireResponse::Bytes(kept.to_vec())).await;
    let client = client(&server);
    for _ in 0..10 {
        get(&client).await.unwrap();
    }
    assert!(server.requests() <= 20, "{}", server.requests());
}

#[tokio::test(start_paused = true)]
async fn garbage_instead_of_http_fails_soon_f_30() {
    let huge = format!("HTTP/1.1 200 OK\r\nx-filler: {}\r\ncontent-length: 2\r\n\r\n{{}}", "a".repeat(600_000));
    for bytes in [b"\x16\x03\x01\x00\x00 what is this\r\n\r\n".to_vec(), huge.into_bytes()] {
        let server = RawServer::start(move |_| WireResponse::Bytes(bytes.clone())).await;
        let error = get(&client(&server)).await.unwrap_err();
        assert!(matches!(error, RequestError::Transport { .. }), "{error}");
        assert!(server.requests() <= 6, "{}", server.requests());
    }
}

#[tokio::test(start_paused = true)]
async fn a_captive_portal_is_reported_f_33() {
    let portal =
        |status| response(status, &[("content-type", "text/html")], "<html>Please sign in to this network</html>");
    for fault in [Fault::HtmlPage, portal(200), portal(511)] {
        let harness = Harness::known(always("*", fault.clone())).await;
        let run = harness.run().await;
        assert_eq!(run.status(), ExitStatus::Unreachable, "{:?}", run.failure());
        assert!(run.requests <= 2, "{}", run.requests);
        let harness = Harness::known(always(POSTS, fault)).await;
        harness.run().await.expect_incomplete();
    }
}

#[tokio::test(start_paused = true)]
async fn responses_without_a_list_are_not_empty_lists_f_34() {
    for (status, body) in [(204, ""), (200, ""), (200, "null"), (200, "[]"), (200, "\"ok\""), (200, "{}"), (206, "")] {
        for path in [POSTS, "/wiki/api/v2/attachments", "/wiki/api/v2/inline-comments", "/wiki/rest/api/template/page"]
        {
            let harness = Harness::known(always(path, response(status, &[], body))).await;
            let run = harness.run().await;
            run.expect_incomplete();
        }
    }
    let harness = Harness::known(once("/wiki/api/v2/spaces", response(204, &[], ""))).await;
    harness.run().await.expect_true_verdicts(&harness);
}
