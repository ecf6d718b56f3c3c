//! Lists: start and limit, cursors, silent maxima, faults.

use reqwest::StatusCode;

use super::super::{Harness, ServedAs, ids, site_of};
use super::{start, status};
use crate::site::{ScanSupport, Status};
use crate::{Fault, FaultPlan, Occurrence, RoutePattern, Site};

fn with_posts_and_comments(pages: usize) -> Site {
    let mut site = site_of(pages);
    for number in 0..7 {
        site = site.post(&(3000 + number).to_string(), &format!("Post {number}"), "<p>post</p>");
        site = site.footer_comment(&(4000 + 2 * number).to_string(), "<p>comment</p>");
        site = site.reply(&(4001 + 2 * number).to_string(), "<p>reply</p>");
    }
    site
}

#[tokio::test]
async fn both_walks_have_every_content_once() {
    let harness = start(with_posts_and_comments(23)).await;
    for (kind, count) in [("page", 23_usize), ("blogpost", 7)] {
        let (scanned, requests) =
            harness.all(&format!("/rest/api/content/scan?type={kind}&spaceKey=ENG&limit=5&status=any")).await;
        let (listed, _) = harness.all(&format!("/rest/api/content?type={kind}&spaceKey=ENG&limit=4")).await;
        assert_eq!((scanned.len(), requests), (count, count.div_ceil(5)));
        assert_eq!(ids(&scanned), ids(&listed));
    }
    let (comments, _) = harness.all("/rest/api/content/scan?type=comment&spaceKey=ENG&limit=5").await;
    assert_eq!(comments.len(), 14);
    assert_eq!(harness.all("/rest/api/content/scan?limit=10").await.0.len(), 23, "pages are the default");
}

#[tokio::test]
async fn next_links_have_neither_host_nor_context_path() {
    let harness = start(site_of(3)).await;
    let scan = harness.json("/rest/api/content/scan?spaceKey=ENG&limit=2&expand=version").await;
    let next = "/rest/api/content/scan?spaceKey=ENG&expand=version&cursor=content:false:1001&limit=2";
    assert_eq!(scan["_links"]["next"], next);
    assert_eq!((&scan["cursor"], &scan["nextCursor"]), (&"content:false:null".into(), &"content:false:1001".into()));
    let list = harness.json("/rest/api/content?spaceKey=ENG&limit=2").await;
    assert_eq!(list["_links"]["next"], "/rest/api/content?spaceKey=ENG&limit=2&start=2");
    assert_eq!(list["_links"]["context"], "/confluence");
    assert_eq!(list["_links"]["base"], harness.server.base_url());
    let end = harness.json("/rest/api/content?spaceKey=ENG&limit=2&start=2").await;
    assert!(end["_links"].get("next").is_none());
    assert_eq!((&end["start"], &end["size"]), (&2.into(), &1.into()));
}

#[tokio::test]
async fn limits_have_silent_maxima_that_are_echoed() {
    let harness = start(site_of(60)).await;
    for path in ["/rest/api/content", "/rest/api/content/scan"] {
        for (expand, most, size) in [("", 1000, 60), ("version", 200, 60), ("version,body.storage", 50, 50)] {
            let list = harness.json(&format!("{path}?limit=5000&expand={expand}")).await;
            assert_eq!((&list["limit"], &list["size"]), (&most.into(), &size.into()), "{path} {expand}");
            assert_eq!(list["_links"].get("next").is_some(), size < 60);
        }
    }
    harness.server.change_site(|site| site.behaviour.page_cap = Some(7));
    assert_eq!(harness.json("/rest/api/content?limit=100").await["limit"], 7);
}

#[tokio::test]
async fn invalid_positions_are_refused() {
    let harness = start(site_of(3)).await;
    for path in [
        "/rest/api/content/scan?cursor=x",
        "/rest/api/content/scan?cursor=content:false:",
        "/rest/api/content?start=-1",
        "/rest/api/content?start=100001",
        "/rest/api/content?type=comment",
        "/rest/api/content?status=unknown",
    ] {
        assert_eq!(status(&harness, path).await, StatusCode::BAD_REQUEST, "{path}");
    }
    assert_eq!(status(&harness, "/rest/api/content?spaceKey=NONE").await, StatusCode::NOT_FOUND);
    harness.server.change_site(|site| site.behaviour.data_center.max_start = Some(2));
    assert_eq!(status(&harness, "/rest/api/content?start=2").await, StatusCode::OK);
    assert_eq!(status(&harness, "/rest/api/content?start=3").await, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn older_sites_scan_less() {
    let harness = start(with_posts_and_comments(3)).await;
    let tries = [
        (ScanSupport::Complete, [200, 200, 200]),
        (ScanSupport::WithoutComments, [200, 200, 400]),
        (ScanSupport::PagesOnly, [200, 400, 400]),
        (ScanSupport::Missing, [404, 404, 404]),
    ];
    for (support, expected) in tries {
        harness.server.change_site(|site| site.behaviour.data_center.scan = support);
        for (kind, expected) in ["page", "blogpost", "comment"].into_iter().zip(expected) {
            let path = format!("/rest/api/content/scan?type={kind}&spaceKey=ENG");
            assert_eq!(status(&harness, &path).await.as_u16(), expected, "{support:?} {kind}");
        }
    }
}

#[tokio::test]
async fn the_trash_is_listed_for_administrators_only_and_left_out_silently_otherwise() {
    let site = site_of(4).with_content(|page| page.status = Status::Trashed);
    let site = site.page("1900", "Other", "").attachment("att5900", "old.png", 9);
    let site = site.with_attachment(|file| file.status = Status::Trashed);
    let harness = start(site).await;
    let (trash, requests) = harness.all("/rest/api/space/ENG/trash?limit=1&expand=version,container").await;
    assert_eq!((ids(&trash), requests), (vec!["1003", "att5900"], 2));
    assert_eq!((&trash[1]["type"], &trash[1]["extensions"]["fileSize"]), (&"attachment".into(), &9.into()));
    assert_eq!(trash[1]["container"]["id"], "1900");
    for (query, count) in [("status=any", 5), ("status=current", 4), ("status=trashed", 1)] {
        let (listed, _) = harness.all(&format!("/rest/api/content/scan?{query}")).await;
        assert_eq!(listed.len(), count, "{query}");
    }
    harness.server.change_site(|site| site.behaviour.data_center.not_administrated.push("ENG".to_owned()));
    assert_eq!(status(&harness, "/rest/api/space/ENG/trash").await, StatusCode::FORBIDDEN);
    assert_eq!(status(&harness, "/rest/api/space/NONE/trash").await, StatusCode::NOT_FOUND);
    assert_eq!(harness.all("/rest/api/content/scan?status=any").await.0.len(), 4);
    assert_eq!(status(&harness, "/rest/api/content/1003?status=trashed").await, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn searches_are_paged_by_start() {
    let site = site_of(12).space("OLD", "Old").with_space(|space| space.archived = true).page("2000", "Archived", "");
    let harness = start(site).await;
    let cql = "cql=type%20in%20(page,blogpost)";
    let (found, requests) = harness.all(&format!("/rest/api/content/search?{cql}&limit=5&expand=version")).await;
    assert_eq!((found.len(), requests), (12, 3));
    assert_eq!(found[0]["version"]["number"], 1);
    let (all, _) = harness.all(&format!("/rest/api/search?{cql}&includeArchivedSpaces=true&limit=5")).await;
    assert_eq!(all.len(), 13);
    let first = harness.json(&format!("/rest/api/search?{cql}&expand=content.version")).await;
    assert_eq!((&first["totalSize"], &first["results"][0]["content"]["version"]["number"]), (&12.into(), &1.into()));
    assert_eq!(status(&harness, "/rest/api/content/search?cql=type").await, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn scripted_faults_repeat_positions_of_both_kinds() {
    for path in ["/rest/api/content/scan", "/rest/api/content"] {
        let route = RoutePattern::path(&format!("/confluence{path}")).unwrap();
        let faults = FaultPlan::none().on(route, Occurrence::First(3), Fault::EmptyPageWithNext);
        let harness = Harness::start_as_with(ServedAs::data_center("/confluence"), site_of(5), faults).await;
        let (items, requests) = harness.all(&format!("{path}?limit=2")).await;
        assert_eq!((items.len(), requests), (5, 6), "{path}");
    }
}
