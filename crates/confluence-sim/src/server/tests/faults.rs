//! Tests of scripted faults on the wire.

use std::time::Duration;

use super::{Harness, ids, site_of};
use crate::{Fault, FaultPlan, Occurrence, RoutePattern};

async fn with_fault(pages: usize, fault: Fault) -> Harness {
    let route = RoutePattern::path("/wiki/api/v2/pages").unwrap();
    Harness::start_with(site_of(pages), FaultPlan::none().on(route, Occurrence::Only(1), fault)).await
}

#[tokio::test]
async fn a_scripted_response_replaces_the_normal_one_once() {
    let harness = with_fault(1, Fault::too_many_requests(7)).await;
    let refused = harness.get("/api/v2/pages").await;
    assert_eq!((refused.status().as_u16(), &refused.headers()["retry-after"]), (429, &"7".parse().unwrap()));
    assert_eq!(harness.get("/api/v2/pages").await.status(), 200);
}

#[tokio::test]
async fn a_cut_body_is_shorter_than_announced() {
    let harness = with_fault(3, Fault::CutBody(40)).await;
    let response = harness.get("/api/v2/pages").await;
    assert!(response.content_length().unwrap() > 40);
    assert!(response.bytes().await.is_err());
    assert_eq!(harness.all("/api/v2/pages").await.0.len(), 3);
}

#[tokio::test]
async fn a_reset_sends_no_response_and_is_logged_as_such() {
    let harness = with_fault(1, Fault::Reset).await;
    assert!(harness.try_get("/api/v2/pages").await.is_err());
    assert_eq!(harness.server.requests()[0].status, 0);
}

#[tokio::test]
async fn stalls_hold_the_connection_open() {
    for fault in [Fault::Stall, Fault::StallBody(10)] {
        let harness = with_fault(1, fault).await;
        let read = async { harness.try_get("/api/v2/pages").await?.bytes().await };
        let waited = tokio::time::timeout(Duration::from_millis(100), read).await;
        assert!(waited.is_err(), "no end of the body within the time");
    }
}

#[tokio::test]
async fn a_login_page_replaces_the_json_response() {
    let harness = with_fault(1, Fault::HtmlPage).await;
    let response = harness.get("/api/v2/pages").await;
    assert!(response.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
    assert_eq!(response.status(), 200);
}

#[tokio::test]
async fn an_empty_page_with_next_loses_nothing() {
    let route = RoutePattern::path("/wiki/api/v2/pages").unwrap();
    let plan = FaultPlan::none().on(route, Occurrence::First(3), Fault::EmptyPageWithNext);
    let harness = Harness::start_with(site_of(5), plan).await;
    let (items, requests) = harness.all("/api/v2/pages?limit=2&sort=-id").await;
    assert_eq!(ids(&items), ["1004", "1003", "1002", "1001", "1000"]);
    assert_eq!(requests, 6);
    let log = harness.server.requests();
    assert!(log[1].query != log[2].query && log[2].query != log[3].query, "the cursors differ");
}

#[tokio::test]
async fn a_repeated_cursor_leads_back_to_the_same_page() {
    let route = RoutePattern::path("/wiki/api/v2/pages").unwrap();
    let plan = FaultPlan::none().on(route, Occurrence::From(1), Fault::RepeatedCursor);
    let harness = Harness::start_with(site_of(5), plan).await;
    let first = harness.json("/api/v2/pages?limit=2").await;
    let next = first["_links"]["next"].as_str().unwrap().strip_prefix("/wiki").unwrap();
    let second = harness.json(next).await;
    assert_eq!(first["results"], second["results"]);
    assert_eq!(first["_links"]["next"], second["_links"]["next"]);
}

#[tokio::test]
async fn lists_can_repeat_lose_and_malform_items() {
    let harness = with_fault(4, Fault::DuplicatedItems).await;
    assert_eq!(harness.all("/api/v2/pages").await.0.len(), 8);
    let harness = with_fault(4, Fault::DroppedTail(1)).await;
    let page = harness.json("/api/v2/pages?limit=3").await;
    assert_eq!(ids(page["results"].as_array().unwrap()), ["1000", "1001"]);
    assert!(page["_links"].get("next").is_none());
    let harness = with_fault(4, Fault::MalformedItems).await;
    let page = harness.json("/api/v2/pages").await;
    assert!(page["results"][0].is_string() && page["results"][1].get("id").is_none());
    assert_eq!(page["results"][2]["id"], "1002");
    let harness = with_fault(1, Fault::edit_json(|json| json["results"][0]["title"] = "edited".into())).await;
    assert_eq!(harness.json("/api/v2/pages").await["results"][0]["title"], "edited");
}

#[tokio::test]
async fn the_site_can_change_before_a_request() {
    let plan = FaultPlan::none().change_site_at(2, |site| site.contents[0].title = "Renamed".to_owned());
    let harness = Harness::start_with(site_of(1), plan).await;
    assert_eq!(harness.json("/api/v2/pages/1000").await["title"], "Page 0");
    assert_eq!(harness.json("/api/v2/pages/1000").await["title"], "Renamed");
}

#[tokio::test]
async fn faults_reach_downloads_too() {
    let route = RoutePattern::path("/file/*").unwrap();
    let harness =
        Harness::start_with(site_of(1), FaultPlan::none().on(route, Occurrence::From(1), Fault::CutBody(5))).await;
    let redirect = harness.get("/rest/api/content/1000/child/attachment/att5000/download").await;
    let location = redirect.headers()["location"].to_str().unwrap();
    assert!(harness.client.get(location).send().await.unwrap().bytes().await.is_err());
}

#[tokio::test]
async fn a_dropped_server_no_longer_responds() {
    let harness = Harness::start(site_of(1)).await;
    let url = format!("{}/api/v2/pages", harness.server.base_url());
    assert_eq!(harness.get("/api/v2/pages").await.status(), 200);
    let Harness { server, client } = harness;
    drop(server);
    assert!(client.get(url).send().await.is_err());
}
