//! Tests of lists: completeness, cursors, limits, defaults.

use std::collections::HashSet;

use super::{Harness, ids, site_of};
use crate::Site;
use crate::site::Status;

#[tokio::test]
async fn a_list_read_page_by_page_is_complete_whatever_the_limit() {
    let harness = Harness::start(site_of(53)).await;
    for (limit, requests) in [(1, 53), (7, 8), (53, 1), (250, 1)] {
        let (items, made) = harness.all(&format!("/api/v2/pages?limit={limit}&status=current")).await;
        assert_eq!(ids(&items).into_iter().collect::<HashSet<_>>().len(), 53, "limit {limit}");
        assert_eq!((items.len(), made), (53, requests), "limit {limit}");
    }
}

#[tokio::test]
async fn default_limits_are_25_and_50_for_attachments() {
    let harness = Harness::start(site_of(60)).await;
    assert_eq!(harness.json("/api/v2/pages").await["results"].as_array().unwrap().len(), 25);
    assert_eq!(harness.json("/api/v2/attachments").await["results"].as_array().unwrap().len(), 50);
}

#[tokio::test]
async fn limits_outside_1_to_250_are_refused() {
    let harness = Harness::start(site_of(1)).await;
    for limit in ["0", "251", "-1", "many"] {
        let response = harness.get(&format!("/api/v2/pages?limit={limit}")).await;
        assert_eq!(response.status(), 400, "{limit}");
        let body: serde_json::Value = response.json().await.unwrap();
        assert_eq!(body["errors"][0]["code"], "INVALID_REQUEST_PARAMETER");
    }
}

#[tokio::test]
async fn next_is_in_header_and_body_with_wiki_and_unescaped_padding() {
    let harness = Harness::start(site_of(5)).await;
    let response = harness.get("/api/v2/pages?limit=2&status=current").await;
    let link = response.headers()["link"].to_str().unwrap().to_owned();
    let body: serde_json::Value = response.json().await.unwrap();
    let next = body["_links"]["next"].as_str().unwrap();
    assert!(next.starts_with("/wiki/api/v2/pages?"), "{next}");
    assert_eq!(link, format!("<{next}>; rel=\"next\", <{}>; rel=\"base\"", harness.server.base_url()));
    assert!(next.contains("=&status=current"), "the cursor is not last and its padding is raw: {next}");
    let (_, last) = next.split_once("cursor=").unwrap();
    let (cursor, _) = last.split_once('&').unwrap();
    assert_eq!(harness.get(&format!("/api/v2/pages?cursor={}", cursor.replace('=', "%3D"))).await.status(), 200);
}

#[tokio::test]
async fn the_last_page_has_a_base_and_neither_next_nor_link() {
    let harness = Harness::start(site_of(2)).await;
    let response = harness.get("/api/v2/pages?limit=2").await;
    assert!(!response.headers().contains_key("link"));
    let body: serde_json::Value = response.json().await.unwrap();
    assert_eq!(body["_links"]["base"], harness.server.base_url());
    assert!(body["_links"].get("next").is_none());
}

#[tokio::test]
async fn a_next_url_given_as_cursor_is_refused() {
    let harness = Harness::start(site_of(2)).await;
    let response = harness.get("/api/v2/pages?cursor=%2Fwiki%2Fapi%2Fv2%2Fpages%3Fcursor%3Dabc").await;
    assert_eq!(response.status(), 400);
    assert!(response.text().await.unwrap().contains("'cursor'"));
}

#[tokio::test]
async fn items_that_are_added_or_removed_meanwhile_neither_repeat_nor_skip_others() {
    let harness = Harness::start(site_of(6)).await;
    let first = harness.json("/api/v2/pages?limit=3&sort=id").await;
    harness.server.change_site(|site| site.contents.retain(|content| content.id != "1001"));
    let next = first["_links"]["next"].as_str().unwrap().strip_prefix("/wiki").unwrap();
    let second = harness.json(next).await;
    assert_eq!(ids(first["results"].as_array().unwrap()), ["1000", "1001", "1002"]);
    assert_eq!(ids(second["results"].as_array().unwrap()), ["1003", "1004", "1005"]);
}

#[tokio::test]
async fn statuses_have_defaults_and_are_repeated_not_joined() {
    let mut site = site_of(0);
    for (id, status) in [("1", Status::Current), ("2", Status::Archived), ("3", Status::Trashed), ("4", Status::Draft)]
    {
        site = site.page(id, id, "").with_content(|page| page.status = status);
        site = site.attachment(&format!("att{id}"), "a.txt", 1).with_attachment(|file| file.status = status);
        site = site.post(&format!("1{id}"), id, "").with_content(|post| post.status = status);
    }
    let harness = Harness::start(site).await;
    for (path, expected) in [
        ("/api/v2/pages", vec!["1", "2"]),
        ("/api/v2/pages?status=trashed&status=current", vec!["1", "3"]),
        ("/api/v2/pages?status=trashed,current", vec!["3"]),
        ("/api/v2/attachments", vec!["att1", "att2"]),
        ("/api/v2/attachments?status=trashed", vec!["att3"]),
        ("/api/v2/blogposts", vec!["11"]),
    ] {
        assert_eq!(ids(&harness.all(path).await.0), expected, "{path}");
    }
    for path in ["/api/v2/pages?status=draft", "/api/v2/blogposts?status=archived", "/api/v2/pages?sort=size"] {
        assert_eq!(harness.get(path).await.status(), 400, "{path}");
    }
}

#[tokio::test]
async fn lists_are_sorted_in_either_direction() {
    let harness = Harness::start(site_of(5)).await;
    let (up, _) = harness.all("/api/v2/pages?sort=title&limit=2").await;
    let (down, _) = harness.all("/api/v2/pages?sort=-title&limit=2").await;
    let mut reversed = ids(&down);
    reversed.reverse();
    assert_eq!(ids(&up), reversed);
    assert_eq!(up.len(), 5);
}

#[tokio::test]
async fn bodies_are_returned_only_on_request() {
    let harness = Harness::start(site_of(1)).await;
    let bare = harness.json("/api/v2/pages").await;
    assert!(bare["results"][0].get("body").is_none());
    let full = harness.json("/api/v2/pages?body-format=storage").await;
    assert_eq!(full["results"][0]["body"]["storage"]["value"], "<p>text</p>");
    assert_eq!(harness.get("/api/v2/pages?body-format=view").await.status(), 400);
}

#[tokio::test]
async fn spaces_and_ids_narrow_lists() {
    let site = site_of(2).space("OPS", "Operations").page("2000", "Runbook", "");
    let ops = site.spaces[1].id.clone();
    let harness = Harness::start(site).await;
    assert_eq!(ids(&harness.all(&format!("/api/v2/pages?space-id={ops}")).await.0), ["2000"]);
    assert_eq!(ids(&harness.all("/api/v2/pages?id=1000,2000").await.0), ["1000", "2000"]);
    assert_eq!(ids(&harness.all("/api/v2/pages?id=1001&id=2000").await.0), ["1001", "2000"]);
    assert_eq!(ids(&harness.all(&format!("/api/v2/spaces/{ops}/pages")).await.0), ["2000"]);
    assert_eq!(harness.json("/api/v2/spaces?keys=OPS").await["results"][0]["name"], "Operations");
}

#[tokio::test]
async fn comments_list_roots_and_children_list_replies() {
    let mut site =
        Site::new().space("ENG", "Engineering").page("1", "P", "").footer_comment("10", "a").reply("11", "b");
    site = site.inline_comment("12", "c").reply("13", "d");
    site = site.page("2", "Trashed", "").with_content(|page| page.status = Status::Trashed).footer_comment("20", "e");
    let harness = Harness::start(site).await;
    assert_eq!(ids(&harness.all("/api/v2/footer-comments").await.0), ["10"]);
    assert_eq!(ids(&harness.all("/api/v2/inline-comments").await.0), ["12"]);
    let replies = harness.json("/api/v2/footer-comments/10/children?body-format=storage").await;
    assert_eq!(replies["results"][0]["parentCommentId"], "10");
    assert_eq!(replies["results"][0]["body"]["storage"]["value"], "b");
    assert_eq!(ids(&harness.all("/api/v2/pages/1/inline-comments").await.0), ["12"]);
    harness.server.change_site(|site| site.behaviour.comment_lists_with_replies = true);
    assert_eq!(ids(&harness.all("/api/v2/footer-comments").await.0), ["10", "11"]);
}
