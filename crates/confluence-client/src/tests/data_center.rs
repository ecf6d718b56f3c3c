//! Confluence Data Center: servers that differ from the documented one.

use serde_json::json;

use super::server::{Reply, Seen, Site};
use super::*;
use crate::Api;
use crate::api::{Bodies, CommentKind, ContentType, ListOrder};
use crate::deployment::Deployment;
use crate::list_outcome::ListOutcome;
use crate::model;

fn api(site: &Site) -> Api {
    let base_url = format!("{}/wiki", site.base_url());
    let mut settings = ConnectionSettings::new(base_url, Credentials::bearer(TOKEN.into()));
    settings.timeouts = Timeouts::NONE;
    settings.deployment = Some(Deployment::DataCenter);
    Api::new(settings).unwrap()
}

fn list(results: &[Value]) -> Reply {
    Reply::json(&json!({"results": results, "limit": 200, "_links": {}}).to_string())
}

/// One page of a list that goes on at `start`.
fn part(ids: &[u32], limit: u32, start: Option<u32>) -> Reply {
    let items: Vec<Value> = ids.iter().map(|id| json!({"id": id.to_string(), "type": "page"})).collect();
    let links = match start {
        Some(start) => json!({"next": format!("/rest/api/content?limit={limit}&start={start}")}),
        None => json!({}),
    };
    Reply::json(&json!({"results": items, "limit": limit, "_links": links}).to_string())
}

fn start(seen: &Seen) -> u32 {
    seen.query("start").first().map_or(0, |start| start.parse().unwrap())
}

fn not_found() -> Reply {
    Reply::with(404, "content-type: application/json\r\n", "{}")
}

/// The response to a list of spaces: one space with the key `A`.
fn spaces(seen: &Seen) -> Reply {
    let is_current = seen.query("status") == ["current"];
    if is_current { list(&[json!({"id": 1, "key": "A"})]) } else { list(&[]) }
}

async fn pages(site: &Site) -> (ListOutcome, Vec<String>) {
    let mut ids = Vec::new();
    let outcome = api(site).pages(&["1"], Bodies::LeftOut, ListOrder::Backward, |page| ids.push(page.id.0)).await;
    (outcome, ids)
}

/// A server whose list of pages is `list`.
async fn site_with(list: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Site {
    Site::new(move |seen| if seen.path().ends_with("/space") { spaces(seen) } else { list(seen) }).await
}

#[tokio::test(start_paused = true)]
async fn hidden_items_are_counted_by_the_next_link_f_50() {
    let site = site_with(|seen| match start(seen) {
        0 => part(&[1, 2], 4, Some(4)),
        4 => part(&[], 4, Some(8)),
        8 => part(&[3], 4, None),
        other => panic!("nothing begins at {other}"),
    })
    .await;
    let (outcome, ids) = pages(&site).await;
    outcome.end.unwrap();
    assert_eq!(ids, ["1", "2", "3"]);
}

#[tokio::test(start_paused = true)]
async fn a_next_link_never_skips_items() {
    let site = site_with(|seen| match start(seen) {
        0 => part(&[1, 2], 2, Some(40)),
        2 => part(&[3], 2, None),
        other => panic!("{other} is beyond what was read"),
    })
    .await;
    let (outcome, ids) = pages(&site).await;
    outcome.end.unwrap();
    assert_eq!(ids, ["1", "2", "3"]);
}

#[tokio::test(start_paused = true)]
async fn a_scan_that_ignores_the_type_is_not_used() {
    let site = Site::new(|seen| match (seen.path().as_str(), seen.query("type").join("")) {
        ("/wiki/rest/api/space", _) => spaces(seen),
        ("/wiki/rest/api/content/scan", _) => list(&[json!({"id": "7", "type": "page"})]),
        ("/wiki/rest/api/content", kind) if kind == "blogpost" => list(&[json!({"id": "8", "type": "blogpost"})]),
        (path, _) => panic!("{path}"),
    })
    .await;
    let api = api(&site);
    for order in [ListOrder::Forward, ListOrder::Backward] {
        let mut ids = Vec::new();
        let outcome = api.blog_posts(&["1"], Bodies::LeftOut, order, |post| ids.push(post.id.0)).await;
        outcome.end.unwrap();
        assert_eq!(ids, ["8"]);
    }
    let comments = Site::new(|seen| match seen.path().as_str() {
        "/wiki/rest/api/space" => spaces(seen),
        // it ignores the type, and the space has no pages
        "/wiki/rest/api/content/scan" => list(&[]),
        _ => list(&[json!({"id": "9", "type": "comment", "container": {"id": "8", "type": "blogpost"}})]),
    })
    .await;
    let mut ids = Vec::new();
    let take = |comment: model::Content| ids.push((comment.id.0, comment.blog_post_id.unwrap().0));
    let listing = self::api(&comments).comments(CommentKind::Footer, Bodies::LeftOut, ListOrder::Forward, take).await;
    listing.end.unwrap();
    assert_eq!(ids, [("9".to_owned(), "8".to_owned())]);
}

#[tokio::test(start_paused = true)]
async fn a_list_that_is_not_filtered_by_id_says_nothing_f_41() {
    let site = Site::new(|_| list(&[json!({"id": "1", "type": "page"})])).await;
    let listed = api(&site).is_listed(ContentType::Page, "2").await;
    assert!(matches!(listed, Err(RequestError::Unsupported { .. })), "{listed:?}");
    assert!(api(&site).is_listed(ContentType::Page, "1").await.unwrap());
    let by_id = Site::new(|seen| match seen.path().as_str() {
        "/wiki/rest/api/content" => list(&[json!({"id": "1", "type": "page"})]),
        "/wiki/rest/api/content/2" => Reply::json(r#"{"id": "2", "type": "page", "status": "current"}"#),
        _ => not_found(),
    })
    .await;
    let mut found = Vec::new();
    api(&by_id).listed(ContentType::Page, &["2", "3"], |page| found.push(page.id.0)).await.end.unwrap();
    assert_eq!(found, ["2"], "each is requested instead");
    let first_only = Site::new(|seen| match (seen.path().as_str(), seen.query("ids").first()) {
        ("/wiki/rest/api/content", Some(id)) => list(&[json!({"id": id.split(',').next(), "type": "page"})]),
        ("/wiki/rest/api/content/2", _) => Reply::json(r#"{"id": "2", "type": "page", "status": "current"}"#),
        _ => not_found(),
    })
    .await;
    let mut found = Vec::new();
    api(&first_only).listed(ContentType::Page, &["1", "2", "3"], |page| found.push(page.id.0)).await.end.unwrap();
    assert_eq!(found, ["1", "2"], "what is missing in the list is requested");
}

#[tokio::test(start_paused = true)]
async fn another_version_than_the_requested_one_is_refused() {
    let site = Site::new(|_| {
        Reply::json(r#"{"id": "att1", "type": "attachment", "version": {"number": 4}, "extensions": {"fileSize": 9}}"#)
    })
    .await;
    let version = api(&site).attachment_version("att1", 2).await;
    assert!(matches!(version, Err(RequestError::Shape { .. })), "{version:?}");
}

#[tokio::test(start_paused = true)]
async fn a_body_that_is_too_large_leaves_the_other_expansions() {
    let site = site_with(|seen| {
        if seen.query("expand")[0].contains("body.storage") {
            // the second page is small enough to be read alone
            if seen.query("ids").is_empty() {
                return Reply::with(500, "content-type: application/json\r\n", "{}");
            }
            let body = json!({"storage": {"value": "<p/>", "representation": "storage"}});
            list(&[json!({"id": "2", "type": "page", "body": body})])
        } else {
            assert_eq!(seen.query("expand"), ["version,history,ancestors,space"]);
            part(&[1, 2], 50, None)
        }
    })
    .await;
    let mut bodies = Vec::new();
    let take = |page: model::Content| bodies.extend(page.storage().map(|_| page.id.0.clone()));
    let outcome = api(&site).pages(&["1"], Bodies::Included, ListOrder::Backward, take).await;
    outcome.end.unwrap();
    assert_eq!(bodies, ["2"]);
    assert_eq!(outcome.without_body.into_iter().collect::<Vec<_>>(), ["1"]);
}

#[tokio::test(start_paused = true)]
async fn a_file_that_cannot_be_parsed_and_a_missing_trash_are_reported() {
    let site = Site::new(|seen| match seen.path().as_str() {
        "/wiki/rest/api/space" => spaces(seen),
        path if path.ends_with("/trash") => not_found(),
        _ if seen.query("type") == ["page"] => {
            let files = json!([{"id": "att2", "title": "a.png"}, {"id": "att3", "extensions": {"fileSize": "large"}}]);
            let children = json!({"attachment": {"results": files, "limit": 25, "_links": {}}});
            list(&[json!({"id": "1", "type": "page", "status": "current", "children": children})])
        }
        _ => list(&[]),
    })
    .await;
    let mut ids = Vec::new();
    let outcome = api(&site).attachments(ListOrder::Forward, |file| ids.push(file.id.0)).await;
    assert_eq!(ids, ["att2"]);
    assert_eq!(outcome.denied_trash, ["A"]);
    let error = outcome.end.unwrap_err();
    assert!(matches!(&error, RequestError::BadItems { count: 1, first, .. } if first.contains("att3")), "{error}");
}

/// Measures a file whose download link is `link`; `reply` is the response there.
async fn measured(link: &str, reply: impl Fn() -> Reply + Send + Sync + 'static) -> (Result<u64, RequestError>, Site) {
    let json = json!({"id": "att1", "type": "attachment", "_links": {"download": link}}).to_string();
    let site =
        Site::new(move |seen| if seen.path().contains("/rest/api/") { Reply::json(&json) } else { reply() }).await;
    let measured = api(&site).measure_download("7", "att1", 2).await;
    (measured, site)
}

#[tokio::test(start_paused = true)]
async fn files_are_measured_on_the_site_itself_with_credentials() {
    let range = || Reply::with(206, "content-range: bytes 0-0/12345\r\n", "x");
    for link in ["/download/attachments/7/a%20b+c.png?version=4&api=v2", "/wiki/download/attachments/7/a%20b+c.png"] {
        let (bytes, site) = measured(link, range).await;
        assert_eq!(bytes.unwrap(), 12_345);
        let fetched = &site.seen()[1];
        assert_eq!(fetched.path(), "/wiki/download/attachments/7/a%20b+c.png", "the name is not encoded again");
        assert_eq!(fetched.query("version"), ["2"]);
        assert_eq!(fetched.header("authorization"), Some(format!("Bearer {TOKEN}")));
        assert_eq!(fetched.header("range").as_deref(), Some("bytes=0-0"));
    }
}

#[tokio::test(start_paused = true)]
async fn credentials_do_not_leave_the_site_with_a_download() {
    let elsewhere = Site::new(|_| Reply::with(200, "", "0123456789")).await;
    let target = format!("location: {}/file\r\n", elsewhere.base_url());
    let (bytes, _) = measured("/download/attachments/7/a.png", move || Reply::with(302, &target, "")).await;
    assert!(matches!(bytes, Err(RequestError::Shape { .. })), "{bytes:?}");
    let foreign = elsewhere.base_url();
    for link in [&foreign, "//evil.example/a.png", "/../../admin/a.png", "/download/../../x/a.png", ""] {
        let (bytes, site) = measured(link, || Reply::with(200, "", "0123456789")).await;
        assert!(matches!(bytes, Err(RequestError::Shape { .. })), "{link}: {bytes:?}");
        assert_eq!(site.count(), 1, "{link}");
    }
    assert_eq!(elsewhere.count(), 0);
}
