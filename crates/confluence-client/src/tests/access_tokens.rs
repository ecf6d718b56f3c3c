//! Access tokens for client credentials: when they are requested, renewed and refused. The clock is paused.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::server::{Reply, Seen, Site};
use super::*;
use crate::{AtlassianHosts, Deployment, Refusal};

const KNOWN: &str = r#"{"type":"known","accountId":"557058:a"}"#;
const REFUSED: &str = r#"{"error":"access_denied","error_description":"Unauthorized"}"#;

fn is_login(seen: &Seen) -> bool {
    seen.path() == "/oauth/token"
}

/// Serves a site, and an hour's tokens named by their number.
async fn issuer(token: impl Fn(usize) -> Reply + Send + Sync + 'static) -> Site {
    let issued = AtomicUsize::new(0);
    Site::new(move |seen| {
        if is_login(seen) {
            return token(issued.fetch_add(1, Ordering::Relaxed) + 1);
        }
        Reply::json(if seen.path().ends_with("/user/current") { KNOWN } else { "{}" })
    })
    .await
}

fn an_hour(number: usize) -> Reply {
    Reply::json(&format!(r#"{{"access_token":"token-{number}","expires_in":3600,"token_type":"Bearer"}}"#))
}

fn client_of(site: &Site) -> Client {
    client_with(site, |settings| {
        settings.credentials = Credentials::client("client-7", TOKEN.into());
        settings.deployment = Some(Deployment::Gateway);
        settings.cloud_id = Some("1-a".to_owned());
        settings.atlassian = AtlassianHosts { gateway: site.base_url(), auth: site.base_url() };
    })
}

fn logins(site: &Site) -> usize {
    site.seen().iter().filter(|seen| is_login(seen)).count()
}

#[tokio::test(start_paused = true)]
async fn a_token_is_renewed_in_flight_before_its_hour_is_over() {
    let site = issuer(an_hour).await;
    let client = client_of(&site);
    for minute in 0..150_u64 {
        let results = futures_util::future::join_all((0..4).map(|_| get(&client))).await;
        assert!(results.iter().all(Result::is_ok));
        let expected = 1 + minute / 55;
        let seen = site.seen();
        let last = seen.iter().rev().find(|seen| !is_login(seen)).unwrap().header("authorization");
        assert_eq!(last, Some(format!("Bearer token-{expected}")), "minute {minute}");
        tokio::time::advance(seconds(60)).await;
    }
    assert_eq!(logins(&site), 3, "one request for all that wait");
    let of_secret = |seen: &Seen| seen.head.contains(TOKEN);
    assert!(!site.seen().iter().any(of_secret), "the secret is in the body of the login only");
    let counts = client.requests();
    assert_eq!((counts.of(RequestKind::AccessToken), counts.of(RequestKind::Pages)), (3, 600));
    assert!(site.seen().iter().filter(|seen| is_login(seen)).all(|seen| seen.head.starts_with("POST ")));
}

#[tokio::test(start_paused = true)]
async fn a_token_that_ends_early_is_replaced_after_a_401() {
    let site = Site::new(|seen| match seen.header("authorization").as_deref() {
        None => an_hour(seen.number),
        Some("Bearer token-1") if seen.number > 3 => Reply::status(401, "", "{}"),
        Some(_) => Reply::json("{}"),
    })
    .await;
    let client = client_of(&site);
    for _ in 0..4 {
        get(&client).await.unwrap();
    }
    assert_eq!((site.count(), logins(&site), client.stopped()), (7, 2, None));
}

#[tokio::test(start_paused = true)]
async fn a_token_survives_a_short_failure_of_its_issuer() {
    let site = issuer(|number| if number == 2 { Reply::status(503, "", "") } else { an_hour(number) }).await;
    let client = client_of(&site);
    get(&client).await.unwrap();
    tokio::time::advance(seconds(56 * 60)).await;
    get(&client).await.unwrap();
    get(&client).await.unwrap();
    assert_eq!(logins(&site), 2, "it is not asked again at once");
    tokio::time::advance(seconds(40)).await;
    get(&client).await.unwrap();
    assert_eq!(site.seen().last().unwrap().header("authorization").as_deref(), Some("Bearer token-3"));
}

#[tokio::test(start_paused = true)]
async fn a_wrong_or_expired_secret_is_refused_with_a_remedy_and_not_tried_again() {
    for status in [400, 401, 403] {
        let site = issuer(move |_| Reply::status(status, "", REFUSED)).await;
        let error = client_of(&site).identity().await.unwrap_err();
        assert!(matches!(error, RequestError::Refused { why: Refusal::Client, .. }), "{error}");
        assert!(error.to_string().contains("Unauthorized") && error.remedy().contains("client_secret"));
        assert!(error.is_auth_lost() && !error.to_string().contains(TOKEN));
        assert_eq!(site.count(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_secret_that_is_revoked_during_a_run_stops_it_after_two_logins() {
    let site = issuer(|number| if number == 1 { an_hour(1) } else { Reply::status(401, "", REFUSED) }).await;
    let client = client_of(&site);
    get(&client).await.unwrap();
    tokio::time::advance(seconds(2 * 3600)).await;
    let results = futures_util::future::join_all((0..20).map(|_| get(&client))).await;
    assert!(results.iter().all(|result| result.as_ref().is_err_and(RequestError::is_auth_lost)));
    assert!(client.stopped().is_some_and(|error| error.is_auth_lost()));
    assert_eq!(logins(&site), 3, "the first one, and two refusals");
}

#[tokio::test(start_paused = true)]
async fn a_refusal_that_new_tokens_do_not_change_is_about_the_endpoint() {
    let site = Site::new(|seen| match seen.path().as_str() {
        "/oauth/token" => an_hour(seen.number),
        path if path.ends_with("/user/current") => Reply::json(KNOWN),
        path if path.ends_with("/pages") => Reply::status(401, "", "{}"),
        _ => Reply::json("{}"),
    })
    .await;
    let client = client_of(&site);
    for _ in 0..20 {
        client.identity().await.unwrap();
        assert!(matches!(get(&client).await, Err(RequestError::Denied { .. })));
    }
    assert!(logins(&site) < 8, "{}", logins(&site));
    assert_eq!(client.stopped(), None);
}

#[tokio::test(start_paused = true)]
async fn classic_scopes_are_named_as_such() {
    let site = Site::new(|seen| match seen.path().as_str() {
        "/oauth/token" => {
            Reply::json(r#"{"access_token":"t","scope":"read:confluence-content.all search:confluence"}"#)
        }
        path if path.contains("/api/v2/") => {
            Reply::status(401, "x-failure-category: FAILURE_CLIENT_SCOPE_CHECK\r\n", "{}")
        }
        _ => Reply::json(KNOWN),
    })
    .await;
    let client = client_of(&site);
    client.identity().await.unwrap();
    let error = get(&client).await.unwrap_err();
    assert_eq!(error, RequestError::ClassicScopes { endpoint: "/api/v2/pages".into() });
    assert!(error.is_denied() && error.remedy().contains("read:page:confluence"));
}

#[tokio::test(start_paused = true)]
async fn a_token_that_opens_only_version_1_looks_classic() {
    let mark = "x-failure-category: FAILURE_CLIENT_SCOPE_CHECK\r\n";
    let site =
        Site::new(
            move |seen| {
                if seen.path().contains("/api/v2/") { Reply::status(401, mark, "{}") } else { Reply::json(KNOWN) }
            },
        )
        .await;
    let client = client(&site);
    client.identity().await.unwrap();
    let first = get(&client).await.unwrap_err();
    assert!(matches!(first, RequestError::ScopeMissing { .. }), "one endpoint says little: {first}");
    assert_eq!(first.to_string(), "the token lacks the scope read:page:confluence for /api/v2/pages");
    let spaces = client.get::<Value>(&Request::v2(RequestKind::Spaces, &["spaces"])).await.unwrap_err();
    assert!(matches!(spaces, RequestError::ClassicScopes { .. }), "{spaces}");
    let missing: Vec<_> = client.missing_scopes().into_iter().collect();
    assert_eq!(missing, ["read:page:confluence", "read:space:confluence"]);
}
