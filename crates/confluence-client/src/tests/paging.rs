//! Pagination of well-behaved lists and of broken ones.

use std::ops::ControlFlow;

use super::server::{Reply, Seen, Site};
use super::*;
use crate::list_outcome::ListOutcome;
use crate::model;
use crate::pagination::{PagingMode, read_list};

/// A page of results with these items and a next link, if there is one.
fn page(ids: &[u32], next: Option<&str>) -> Reply {
    let items: Vec<_> = ids.iter().map(|id| serde_json::json!({"id": id, "version": {"number": 1}})).collect();
    let links = match next {
        Some(next) => serde_json::json!({"next": next, "base": "https://site.example/wiki"}),
        None => serde_json::json!({"base": "https://site.example/wiki"}),
    };
    Reply::json(&serde_json::json!({"results": items, "_links": links}).to_string())
}

fn cursor(seen: &Seen) -> Option<String> {
    seen.query("cursor").first().cloned()
}

fn limit(seen: &Seen) -> u32 {
    seen.query("limit")[0].parse().unwrap()
}

async fn read(site: &Site) -> (ListOutcome, Vec<String>) {
    let mut ids = Vec::new();
    let client = client(site);
    let request = Request::v2(RequestKind::Pages, &["pages"]).with("status", "current").with("status", "trashed");
    let take = |content: model::Content| {
        ids.push(content.id.0);
        ControlFlow::Continue(())
    };
    let list = read_list(&client, &request, PagingMode::Cursor, take).await;
    (list, ids)
}

fn failed_paging(list: &ListOutcome) -> bool {
    matches!(list.end, Err(RequestError::Paging { .. }))
}

#[tokio::test(start_paused = true)]
async fn only_the_absence_of_next_ends_a_list_f_50_f_51() {
    let site = Site::new(|seen| match cursor(seen).as_deref() {
        None => page(&[1], Some("/wiki/api/v2/pages?cursor=a")),
        Some("a") => page(&[], Some("/wiki/api/v2/pages?cursor=b")),
        Some("b") => page(&[2, 3], Some("/wiki/api/v2/pages?cursor=c")),
        _ => page(&[], None),
    })
    .await;
    let (list, ids) = read(&site).await;
    list.end.unwrap();
    assert_eq!(ids, ["1", "2", "3"]);
    assert_eq!(list.base.as_deref(), Some("https://site.example/wiki"));
    assert!(site.seen().iter().all(|seen| seen.query("status") == ["current", "trashed"] && limit(seen) == 250));
}

#[tokio::test(start_paused = true)]
async fn a_few_empty_pages_are_read_and_endless_ones_fail_f_50() {
    // as when permissions hide all items of some pages
    let hidden = Site::new(|seen| match seen.number {
        40 => page(&[1], Some("?cursor=half")),
        80 => page(&[2], None),
        number => page(&[], Some(&format!("?cursor=c{number}"))),
    })
    .await;
    let (list, ids) = read(&hidden).await;
    list.end.unwrap();
    assert_eq!(ids, ["1", "2"]);
    let endless = Site::new(|seen| page(&[], Some(&format!("?cursor=c{}", seen.number)))).await;
    assert!(failed_paging(&read(&endless).await.0));
    assert_eq!(endless.count(), 40);
    let in_turn = Site::new(|seen| {
        let known: &[u32] = if seen.number.is_multiple_of(2) { &[] } else { &[1] };
        page(known, Some(&format!("?cursor=c{}", seen.number)))
    })
    .await;
    assert!(failed_paging(&read(&in_turn).await.0));
    assert_eq!(in_turn.count(), 7, "an empty page has nothing new");
}

#[tokio::test(start_paused = true)]
async fn only_the_cursor_of_a_foreign_next_link_is_used_f_44() {
    let evil = Site::new(|_| page(&[666], None)).await;
    let next = format!("{}/?cursor=x", evil.base_url());
    let site = Site::new(move |seen| match cursor(seen).as_deref() {
        None => page(&[1], Some(&next)),
        Some("x") => page(&[2], Some("//user@evil.example/..//?cursor=y")),
        _ => page(&[3], None),
    })
    .await;
    let client = client(&site);
    let list =
        read_list(&client, &Request::v2(RequestKind::Pages, &["pages"]), PagingMode::Cursor, |_: model::Content| {
            ControlFlow::Continue(())
        })
        .await;
    list.end.unwrap();
    assert_eq!((list.items, evil.count()), (3, 0));
    assert_eq!(client.warnings().len(), 2);
    assert!(site.seen().iter().all(|seen| seen.path() == "/wiki/api/v2/pages"));
}

#[tokio::test(start_paused = true)]
async fn loops_fail_the_list_f_45_f_46() {
    let same = Site::new(|_| page(&[1], Some("?cursor=a"))).await;
    assert!(failed_paging(&read(&same).await.0));
    assert_eq!(same.count(), 2);
    let two = Site::new(|seen| match cursor(seen).as_deref() {
        Some("a") => page(&[2], Some("?cursor=b")),
        _ => page(&[1], Some("?cursor=a")),
    })
    .await;
    assert!(failed_paging(&read(&two).await.0));
    assert_eq!(two.count(), 3);
}

#[tokio::test(start_paused = true)]
async fn new_cursors_with_old_items_fail_the_list_f_47() {
    let site = Site::new(|seen| page(&[1, 2], Some(&format!("?cursor=c{}", seen.number)))).await;
    let (list, ids) = read(&site).await;
    assert!(failed_paging(&list));
    assert_eq!((ids.len(), site.count()), (2, 4));
}

#[tokio::test(start_paused = true)]
async fn duplicates_are_counted_and_a_higher_version_wins_f_49() {
    let site = Site::new(|seen| {
        let (version, next) = if cursor(seen).is_none() { (1, r#","next":"?cursor=a""#) } else { (2, "") };
        let body = format!(
            r#"{{"results":[{{"id":"1","version":{{"number":{version}}}}},{{"id":"2"}}],"_links":{{"base":"b"{next}}}}}"#
        );
        Reply::json(&body)
    })
    .await;
    let (list, ids) = read(&site).await;
    list.end.unwrap();
    assert_eq!(ids, ["1", "2", "1"]);
    assert_eq!((list.items, list.duplicates), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn the_link_header_is_a_second_source_of_the_next_page_f_52() {
    let header = |cursor: &str| {
        format!("link: </wiki/api/v2/pages?cursor={cursor}>; rel=\"next\", <https://s.example/wiki>; rel=\"base\"\r\n")
    };
    let only_header = Site::new(move |seen| match cursor(seen).as_deref() {
        None => Reply::status(200, &header("a"), r#"{"results":[{"id":"1"}],"_links":{"next":""}}"#),
        _ => page(&[2], None),
    })
    .await;
    let (list, ids) = read(&only_header).await;
    list.end.unwrap();
    assert_eq!(ids, ["1", "2"]);
    let contradiction = Site::new(move |_| {
        Reply::status(200, &header("b"), r#"{"results":[{"id":"1"}],"_links":{"next":"/x?cursor=a"}}"#)
    })
    .await;
    assert!(failed_paging(&read(&contradiction).await.0));
    let none = Site::new(|_| page(&[1], Some("/wiki/api/v2/pages?limit=250"))).await;
    assert!(failed_paging(&read(&none).await.0));
}

#[tokio::test(start_paused = true)]
async fn cursors_are_decoded_once_and_encoded_once_f_53() {
    let long = "x".repeat(4096);
    for (sent, meant) in [
        ("abc%3D%3D", "abc=="),
        ("abc==", "abc=="),
        ("a%2Bb%26c%253D", "a+b&c%3D"),
        ("CaSe%20%C3%A9", "CaSe é"),
        (long.as_str(), long.as_str()),
    ] {
        let next = format!("/wiki/api/v2/pages?limit=1&cursor={sent}&depth=all");
        let site =
            Site::new(move |seen| if cursor(seen).is_none() { page(&[1], Some(&next)) } else { page(&[], None) }).await;
        read(&site).await.0.end.unwrap();
        assert_eq!(cursor(&site.seen()[1]).as_deref(), Some(meant));
    }
}

#[tokio::test(start_paused = true)]
async fn a_page_that_keeps_failing_restarts_the_list_with_half_the_limit_f_13() {
    let site = Site::new(|seen| match (cursor(seen).as_deref(), limit(seen)) {
        (None, limit) => page(&[1], Some(&format!("?cursor=a{limit}"))),
        (Some("a62"), 62) => page(&[2], None),
        _ => Reply::status(500, "", ""),
    })
    .await;
    let (list, ids) = read(&site).await;
    list.end.unwrap();
    assert_eq!(ids, ["1", "2"]);
    let of_cursors: Vec<_> = site.seen().iter().filter_map(|seen| Some((cursor(seen)?, limit(seen)))).collect();
    assert!(of_cursors.iter().all(|(cursor, limit)| *cursor == format!("a{limit}")), "limit changed under a cursor");
}

#[tokio::test(start_paused = true)]
async fn a_page_that_fails_at_every_limit_leaves_the_list_incomplete_with_its_items_f_13() {
    let site = Site::new(|seen| match cursor(seen) {
        None => page(&[1, 2], Some("?cursor=a")),
        Some(_) => Reply::status(500, "", ""),
    })
    .await;
    let (list, ids) = read(&site).await;
    assert!(matches!(list.end, Err(RequestError::Status { status: 500, .. })));
    assert_eq!(ids, ["1", "2"]);
    let limits: Vec<u32> = site.seen().iter().filter(|seen| cursor(seen).is_none()).map(limit).collect();
    assert_eq!(limits, [250, 125, 62, 31], "without bodies, fewer items are no easier to list");
}

/// Serves the list of pages 1 to `count` by cursor, limit and id; `bytes` returns the size of a body.
fn library(count: u32, bytes: fn(u32) -> usize) -> impl Fn(&Seen) -> Reply {
    move |seen| {
        let asked: Vec<u32> = seen.query("id").iter().map(|id| id.parse().unwrap()).collect();
        let after: u32 = cursor(seen).map_or(0, |cursor| cursor.parse().unwrap());
        let ids = (after + 1..=count).filter(|id| asked.is_empty() || asked.contains(id));
        let ids: Vec<u32> = ids.take(limit(seen) as usize).collect();
        let bare = seen.query("body-format").is_empty();
        let item = |&id: &u32| {
            let body = serde_json::json!({"storage": {"value": "x".repeat(bytes(id))}});
            if bare { serde_json::json!({"id": id}) } else { serde_json::json!({"id": id, "body": body}) }
        };
        let items: Vec<_> = ids.iter().map(item).collect();
        let next = ids.last().filter(|last| asked.is_empty() && **last < count).map(|last| format!("?cursor={last}"));
        Reply::json(&serde_json::json!({"results": items, "_links": {"next": next}}).to_string())
    }
}

/// Reads the pages of a library through the endpoint; returns for each whether it came with its body.
async fn pages_of(site: &Site) -> (ListOutcome, std::collections::BTreeMap<u32, bool>) {
    let cloud = crate::cloud::Cloud::new(client_with(site, |settings| settings.max_response_bytes = 10_000));
    let mut found = std::collections::BTreeMap::new();
    let take = |content: model::Content| {
        found.insert(content.id.0.parse().unwrap(), content.storage().is_some());
    };
    let list = cloud.pages(&["7"], crate::api::Bodies::Included, crate::api::ListOrder::Forward, take).await;
    (list, found)
}

#[tokio::test(start_paused = true)]
async fn large_neighbours_are_read_and_only_a_body_over_the_limit_is_left_to_be_read_alone() {
    let bytes: fn(u32) -> usize = |id| match id {
        417 => 20_000,
        410..=419 => 6_000,
        _ => 10,
    };
    let site = Site::new(library(600, bytes)).await;
    let (list, found) = pages_of(&site).await;
    list.end.unwrap();
    assert_eq!(found.len(), 600);
    let without: Vec<u32> = found.iter().filter(|(_, body)| !**body).map(|(id, _)| *id).collect();
    assert!(without.contains(&417) && without.iter().all(|id| (405..=424).contains(id)), "{without:?}");
    assert_eq!(list.without_body.len(), without.len());
    assert!(site.count() < 120, "{} requests", site.count());
}

#[tokio::test(start_paused = true)]
async fn a_server_that_can_only_create_small_pages_is_read_with_small_pages() {
    let small = library(40, |_| 10);
    let site = Site::new(move |seen| if limit(seen) > 5 { Reply::status(504, "", "") } else { small(seen) }).await;
    let (list, found) = pages_of(&site).await;
    list.end.unwrap();
    assert!(found.len() == 40 && found.values().all(|body| *body) && list.without_body.is_empty());
    let successful = site.seen().iter().filter(|seen| limit(seen) <= 5).count();
    assert_eq!(successful, 14, "pages of three");
}

#[tokio::test(start_paused = true)]
async fn a_body_that_the_server_cannot_create_is_left_to_be_read_alone() {
    let complete = library(40, |_| 10);
    let site = Site::new(move |seen| {
        let after: u32 = cursor(seen).map_or(0, |cursor| cursor.parse().unwrap());
        let asked = seen.query("id");
        let holds =
            if asked.is_empty() { after < 9 && after + limit(seen) >= 9 } else { asked.contains(&"9".to_owned()) };
        if holds && !seen.query("body-format").is_empty() { Reply::status(504, "", "") } else { complete(seen) }
    })
    .await;
    let (list, found) = pages_of(&site).await;
    list.end.unwrap();
    assert_eq!(found.len(), 40);
    assert!(list.without_body.contains("9") && !found[&9]);
    assert!((1..9).all(|id| found[&id]), "the earlier bodies came with the list");
}

#[tokio::test(start_paused = true)]
async fn a_refused_cursor_restarts_the_list_f_16() {
    let site = Site::new(|seen| match (cursor(seen).is_some(), seen.number) {
        (true, 2) => Reply::status(400, "", r#"{"errors":[{"status":400}]}"#),
        (true, _) => page(&[2], None),
        (false, _) => page(&[1], Some("?cursor=a")),
    })
    .await;
    let (list, ids) = read(&site).await;
    list.end.unwrap();
    assert_eq!(ids, ["1", "2"]);
    let refused = Site::new(|_| Reply::status(400, "", "{}")).await;
    assert!(read(&refused).await.0.end.is_err());
    assert_eq!(refused.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn one_malformed_item_fails_the_list_but_not_the_other_items_f_63() {
    let site = Site::new(|_| Reply::json(r#"{"results":[{"id":"1"},{"id":true},{"title":"x"},{"id":"4"}]}"#)).await;
    let (list, ids) = read(&site).await;
    assert_eq!(ids, ["1", "4"]);
    assert!(matches!(list.end, Err(RequestError::BadItems { count: 2, .. })));
}

/// A page may have any number of them, so each must not be compared with all others.
#[tokio::test(start_paused = true)]
async fn very_many_malformed_items_are_counted_once_each() {
    let items: Vec<String> = (0..200_000).map(|id| format!(r#"{{"id":"{}","version":7}}"#, id % 150_000)).collect();
    let body = format!(r#"{{"results":[{}]}}"#, items.join(","));
    let site = Site::new(move |_| Reply::json(&body)).await;
    assert!(matches!(read(&site).await.0.end, Err(RequestError::BadItems { count: 150_000, .. })));
}

#[tokio::test(start_paused = true)]
async fn a_response_without_results_is_not_an_empty_list_f_61() {
    for body in [r#"{"_links":{}}"#, r#"{"results":null}"#, r#"{"statusCode":500,"message":"oops"}"#] {
        let site = Site::new(move |_| Reply::json(body)).await;
        assert!(matches!(read(&site).await.0.end, Err(RequestError::Shape { .. })), "{body}");
    }
}

#[tokio::test(start_paused = true)]
async fn templates_are_read_by_start_until_a_page_is_not_full() {
    let site = Site::new(|seen| {
        let start: u32 = seen.query("start").first().map_or(0, |start| start.parse().unwrap());
        let items: Vec<_> = (start..(start + 2).min(5)).map(|id| serde_json::json!({"templateId": id})).collect();
        Reply::json(&serde_json::json!({"results": items, "start": start, "limit": 2, "_links": {}}).to_string())
    })
    .await;
    let mut ids = Vec::new();
    let client = client(&site);
    let take = |template: model::Template| {
        ids.push(template.template_id.0);
        ControlFlow::Continue(())
    };
    let list =
        read_list(&client, &Request::v1(RequestKind::Templates, &["template", "page"]), PagingMode::Start, take).await;
    list.end.unwrap();
    assert_eq!(ids, ["0", "1", "2", "3", "4"]);
    assert_eq!(site.count(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_list_ends_when_its_caller_breaks() {
    let site =
        Site::new(|seen| page(&[u32::try_from(seen.number).unwrap()], Some(&format!("?cursor={}", seen.number)))).await;
    let client = client(&site);
    let take = |content: model::Content| {
        if content.id.0 == "3" { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    read_list(&client, &Request::v2(RequestKind::Pages, &["pages"]), PagingMode::Cursor, take).await.end.unwrap();
    assert_eq!(site.count(), 3);
}
