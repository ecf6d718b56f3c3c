//! Credentials that are invalid, anonymous or without a scope, and where credentials are sent.

use super::server::{Reply, Seen, Site};
use super::*;
use crate::Refusal;

const KNOWN: &str = r#"{"type":"known","accountId":"557058:a","displayName":"Ann"}"#;
const VISITOR: &str = r#"{"statusCode":403,"message":"com.atlassian.confluence.api.service.exceptions.StacklessResponseStatusException: 403 FORBIDDEN \"Request rejected because caller cannot access Confluence\""}"#;
const BARE: &str = r#"{"errors":[{"status":404,"code":"NOT_FOUND","title":"Not Found","detail":null}]}"#;
const NAMED: &str =
    r#"{"errors":[{"status":404,"code":"NOT_FOUND","title":"No page with id 5","detail":"Cannot find page 5"}]}"#;

fn is_probe(seen: &Seen) -> bool {
    seen.path() == "/wiki/rest/api/user/current"
}

#[tokio::test(start_paused = true)]
async fn the_token_is_in_one_header_and_nowhere_else() {
    let site = Site::new(|_| Reply::status(400, "", "{}")).await;
    let client = client(&site);
    let error = get(&client).await.unwrap_err();
    let seen = &site.seen()[0];
    assert!(seen.head.starts_with("GET /wiki/api/v2/pages?cursor=hidden HTTP/1.1\r\n"));
    let basic = "Basic bWVAZXhhbXBsZS5jb206QVRBVFQtdmVyeS1zZWNyZXQtMDEyMzQ1Njc4OQ==";
    assert_eq!(seen.header("authorization").as_deref(), Some(basic));
    assert_eq!(seen.header("accept").as_deref(), Some("application/json"));
    assert!(seen.header("user-agent").unwrap().starts_with("confluence-client/"));
    for text in [error.to_string(), format!("{error:?}"), format!("{client:?}")] {
        assert!(!text.contains(TOKEN) && !text.contains("hidden") && !text.contains(&basic[6..]), "{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_bearer_token_is_sent_as_such() {
    let site = Site::new(|_| Reply::json("{}")).await;
    let client = client_with(&site, |settings| settings.credentials = Credentials::bearer(TOKEN.into()));
    get(&client).await.unwrap();
    client.observe_as_visitor(&Request::v2(RequestKind::Doctor, &["pages"])).await.unwrap();
    let sent: Vec<_> = site.seen().iter().map(|seen| seen.header("authorization")).collect();
    assert_eq!(sent, [Some(format!("Bearer {TOKEN}")), None], "an anonymous request has no credentials");
}

#[tokio::test(start_paused = true)]
async fn settings_do_not_show_the_token() {
    for credentials in [Credentials::basic("me", TOKEN.into()), Credentials::bearer(TOKEN.into())] {
        let settings = ConnectionSettings::new("https://a.example", credentials);
        assert!(!format!("{settings:?}").contains(TOKEN));
    }
}

#[tokio::test(start_paused = true)]
async fn a_rejected_probe_means_invalid_credentials_f_35() {
    for (status, kind, body) in [(401, "application/json", "{}"), (401, "text/html", "<html>HTTP Status 401</html>")] {
        let site = Site::new(move |_| Reply::with(status, &format!("content-type: {kind}\r\n"), body)).await;
        let error = client(&site).identity().await.unwrap_err();
        assert!(matches!(error, RequestError::Unauthenticated { .. }), "{status} {kind}: {error}");
        assert_eq!(site.count(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_403_for_visitors_may_have_more_causes_than_the_token_f_35() {
    let site = Site::new(|_| Reply::status(403, "", VISITOR)).await;
    let error = client(&site).identity().await.unwrap_err();
    assert!(matches!(error, RequestError::Refused { why: Refusal::Visitor, .. }), "{error}");
    for word in ["API token belong together", "access to Confluence", "IP allowlist"] {
        assert!(error.remedy().contains(word), "{}", error.remedy());
    }
    assert_eq!(site.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_anonymous_visitor_is_refused_f_36() {
    let site = Site::new(|_| Reply::json(r#"{"type":"anonymous","displayName":"Anonymous"}"#)).await;
    assert_eq!(client(&site).identity().await.unwrap_err(), RequestError::Anonymous);
}

#[tokio::test(start_paused = true)]
async fn a_token_that_becomes_invalid_stops_all_requests_at_once_f_37() {
    let site = Site::new(|_| Reply::status(401, "", "{}")).await;
    let client = client_with(&site, |settings| settings.concurrency = 2);
    let results = futures_util::future::join_all((0..50).map(|_| get(&client))).await;
    assert!(results.iter().all(|result| result.as_ref().is_err_and(RequestError::is_auth_lost)));
    assert!(site.count() < 7, "{} requests", site.count());
    assert!(client.stopped().is_some_and(|error| error.is_auth_lost()));
}

#[tokio::test(start_paused = true)]
async fn a_run_continues_after_a_transient_401_f_37() {
    let site = Site::new(|seen| match seen.number {
        1 => Reply::status(401, "", "{}"),
        _ if is_probe(seen) => Reply::json(KNOWN),
        _ => Reply::json("{}"),
    })
    .await;
    get(&client(&site)).await.unwrap();
    assert_eq!(site.count(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_401_of_one_endpoint_means_access_denied_there_f_37() {
    let site = Site::new(|seen| if is_probe(seen) { Reply::json(KNOWN) } else { Reply::status(401, "", "{}") }).await;
    let client = client(&site);
    assert_eq!(get(&client).await.unwrap_err(), RequestError::Denied { endpoint: "/api/v2/pages".into() });
    assert_eq!(client.stopped(), None);
}

#[tokio::test(start_paused = true)]
async fn a_403_of_one_endpoint_does_not_stop_the_run_f_40() {
    let site = Site::new(|_| Reply::status(403, "", r#"{"message":"no permission"}"#)).await;
    assert_eq!(get(&client(&site)).await.unwrap_err(), RequestError::Denied { endpoint: "/api/v2/pages".into() });
    assert_eq!(site.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_visitors_403_is_confirmed_by_a_probe() {
    let site = Site::new(|_| Reply::status(403, "", VISITOR)).await;
    assert!(get(&client(&site)).await.unwrap_err().is_auth_lost());
}

#[tokio::test(start_paused = true)]
async fn a_missing_scope_is_reported_without_a_probe_f_42() {
    let site = Site::new(|_| {
        let mark = "x-failure-category: FAILURE_CLIENT_SCOPE_CHECK\r\n";
        Reply::status(401, mark, r#"{"code":401,"message":"Unauthorized; scope does not match"}"#)
    })
    .await;
    let client = client(&site);
    assert_eq!(get(&client).await.unwrap_err(), RequestError::ScopeMissing { endpoint: "/api/v2/pages".into() });
    assert_eq!((site.count(), client.stopped()), (1, None));
}

#[tokio::test(start_paused = true)]
async fn a_404_without_details_counts_only_with_valid_credentials() {
    let dead = Site::new(|seen| Reply::status(if is_probe(seen) { 403 } else { 404 }, "", BARE)).await;
    assert!(get(&client(&dead)).await.unwrap_err().is_auth_lost());
    let alive = Site::new(|seen| if is_probe(seen) { Reply::json(KNOWN) } else { Reply::status(404, "", BARE) }).await;
    assert!(get(&client(&alive)).await.unwrap_err().is_not_found());
    let named = Site::new(|_| Reply::status(404, "", NAMED)).await;
    assert!(get(&client(&named)).await.unwrap_err().is_not_found());
    assert_eq!(named.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_identity_is_probed_every_fifteen_minutes_while_requests_go_on_f_38() {
    let site = Site::new(|seen| if is_probe(seen) { Reply::json(KNOWN) } else { Reply::json("{}") }).await;
    let client = client(&site);
    client.expect_account("557058:a");
    let probes = || site.seen().iter().filter(|seen| is_probe(seen)).count();
    get(&client).await.unwrap();
    tokio::time::advance(seconds(14 * 60)).await;
    get(&client).await.unwrap();
    assert_eq!(probes(), 0);
    for hour_quarter in 1..=4 {
        tokio::time::advance(seconds(15 * 60)).await;
        let results = futures_util::future::join_all((0..20).map(|_| get(&client))).await;
        assert!(results.iter().all(Result::is_ok));
        assert_eq!(probes(), hour_quarter, "one probe for all workers");
    }
}

#[tokio::test(start_paused = true)]
async fn another_account_or_a_visitor_stops_the_run_f_38() {
    const OTHER: &str = r#"{"type":"known","accountId":"557058:b"}"#;
    const ANONYMOUS: &str = r#"{"type":"anonymous"}"#;
    for (user, expected) in [(OTHER, RequestError::OtherAccount), (ANONYMOUS, RequestError::Anonymous)] {
        let site = Site::new(move |seen| Reply::json(if is_probe(seen) { user } else { "{}" })).await;
        let client = client(&site);
        client.expect_account("557058:a");
        get(&client).await.unwrap();
        tokio::time::advance(seconds(15 * 60)).await;
        assert_eq!(get(&client).await.unwrap_err(), expected);
        assert_eq!(client.stopped(), Some(expected));
        let sent = site.count();
        assert!(get(&client).await.is_err());
        assert_eq!(site.count(), sent, "no further request is sent");
    }
}

#[tokio::test(start_paused = true)]
async fn a_periodic_probe_without_a_response_is_repeated_soon() {
    let site = Site::new(|seen| match seen.number {
        ..8 if is_probe(seen) => Reply::status(503, "", "{}"),
        _ if is_probe(seen) => Reply::json(KNOWN),
        _ => Reply::json("{}"),
    })
    .await;
    let client = client(&site);
    client.expect_account("557058:a");
    get(&client).await.unwrap();
    tokio::time::advance(seconds(15 * 60)).await;
    get(&client).await.unwrap();
    let probes = || site.seen().iter().filter(|seen| is_probe(seen)).count();
    assert_eq!(probes(), 6);
    tokio::time::advance(seconds(60)).await;
    get(&client).await.unwrap();
    assert_eq!((probes(), client.stopped()), (7, None));
}
