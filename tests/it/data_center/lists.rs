//! Lists of spaces, contents, comments and files.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use confluence_client::api::{Bodies, CommentKind, ContentType, IndexedTypes, ListOrder, SpaceList};
use confluence_client::{Api, ListOutcome, RequestError, RequestKind, model};
use confluence_sim::site::{ArchivedSearch, ContentType as Kind, ScanSupport, Site, Status};

use super::{api, sent, serve, serve_at};

/// A site with more pages than fit into one response, a page with 30 files, and something of everything else.
fn site() -> Site {
    let mut site = Site::new().person("anna-key", "Anna").space("ENG", "Engineering");
    for number in 0..120 {
        site = site.page(&format!("1{number:03}"), &format!("Page {number}"), "<p>text</p>");
    }
    site = site.footer_comment("5001", "<p>footer</p>").reply("5002", "<p>reply</p>");
    site = site.inline_comment("5003", "<p>inline</p>");
    for number in 0..30 {
        site = site.attachment(&format!("att2{number:03}"), &format!("file {number}.png"), 100 + number);
    }
    site = site.with_attachment(|file| file.labels = vec!["keep".to_owned()]);
    site = site.post("3001", "Post", "<p>post</p>").attachment("att3002", "post.png", 7);
    site = site.page("3003", "Old", "<p/>").attachment("att3004", "trashed.png", 8);
    site = site.with_attachment(|file| file.status = Status::Trashed);
    site = site.page("3005", "In the trash", "<p/>").with_content(|page| page.status = Status::Trashed);
    site = site.space("~jo", "Jo").page("3006", "Of Jo", "<p/>");
    site = site.space("OLD", "Archived").with_space(|space| space.archived = true);
    site.page("3007", "Archived", "<p/>").attachment("att3008", "a.png", 9).footer_comment("5004", "<p/>")
}

type Ids = BTreeSet<String>;

fn ids_of(site: &Site, kinds: &[Kind]) -> Ids {
    site.contents.iter().filter(|content| kinds.contains(&content.kind)).map(|content| content.id.clone()).collect()
}

/// Collects ids, and fails if one is passed on twice.
fn collect(ids: &mut Ids, id: &model::Id) {
    assert!(ids.insert(id.0.clone()), "{} was passed on twice", id.0);
}

async fn space_ids(api: &Api) -> Vec<String> {
    let mut ids = Vec::new();
    for which in [SpaceList::Current, SpaceList::Archived] {
        api.spaces(which, ListOrder::Forward, |space| ids.push(space.id.0)).await.end.unwrap();
    }
    ids
}

async fn pages(api: &Api, bodies: Bodies, order: ListOrder) -> (Ids, ListOutcome) {
    let spaces = space_ids(api).await;
    let spaces: Vec<&str> = spaces.iter().map(String::as_str).collect();
    let mut ids = Ids::new();
    let outcome = api
        .pages(&spaces, bodies, order, |page| {
            assert_eq!(page.storage().is_some(), bodies == Bodies::Included);
            assert!(page.space_id.is_some() && page.version.as_ref().is_some_and(|version| version.number.is_some()));
            collect(&mut ids, &page.id);
        })
        .await;
    (ids, outcome)
}

async fn comments(api: &Api, which: CommentKind, order: ListOrder) -> (Ids, ListOutcome) {
    let mut ids = Ids::new();
    let outcome = api.comments(which, Bodies::Included, order, |comment| collect(&mut ids, &comment.id)).await;
    (ids, outcome)
}

async fn files(api: &Api, order: ListOrder) -> (Ids, ListOutcome) {
    let mut ids = Ids::new();
    let outcome = api.attachments(order, |file| collect(&mut ids, &file.id)).await;
    (ids, outcome)
}

/// Reads every list in both orders and compares it with the site.
async fn all_lists_are_those_of(site: &Site, api: &Api) {
    for order in [ListOrder::Forward, ListOrder::Backward] {
        assert_eq!(space_ids(api).await.len(), site.spaces.len());
        for bodies in [Bodies::Included, Bodies::LeftOut] {
            let (ids, outcome) = pages(api, bodies, order).await;
            outcome.end.unwrap();
            assert_eq!(ids, ids_of(site, &[Kind::Page]), "{order:?} {bodies:?}");
            assert_eq!((outcome.items, outcome.duplicates), (ids.len() as u64, 0));
        }
        for (which, kind) in [(CommentKind::Footer, Kind::FooterComment), (CommentKind::Inline, Kind::InlineComment)] {
            let (ids, outcome) = comments(api, which, order).await;
            outcome.end.unwrap();
            assert_eq!(ids, ids_of(site, &[kind]), "{order:?}");
            assert_eq!(outcome.items, ids.len() as u64);
        }
        let (ids, outcome) = files(api, order).await;
        outcome.end.unwrap();
        assert!(outcome.denied_trash.is_empty());
        assert_eq!(ids, site.attachments.iter().map(|file| file.id.clone()).collect(), "{order:?}");
    }
    let spaces = space_ids(api).await;
    let spaces: Vec<&str> = spaces.iter().map(String::as_str).collect();
    let mut posts = Ids::new();
    for order in [ListOrder::Forward, ListOrder::Backward] {
        posts.clear();
        let listing = api.blog_posts(&spaces, Bodies::Included, order, |post| collect(&mut posts, &post.id)).await;
        listing.end.unwrap();
        assert_eq!(posts, ids_of(site, &[Kind::BlogPost]));
    }
}

#[tokio::test]
async fn every_list_has_exactly_what_the_site_holds_in_both_orders() {
    for context in ["", "/confluence", "/wiki", "/a/b"] {
        let server = serve_at(context, site()).await;
        let api = api(&server);
        all_lists_are_those_of(&site(), &api).await;
        assert!(server.requests().iter().all(|request| request.status == 200), "{:?}", server.requests());
        let prefix = format!("{context}/rest/");
        assert!(server.requests().iter().all(|request| request.path.starts_with(&prefix)));
    }
}

#[tokio::test]
async fn sites_without_scans_and_with_smaller_limits_have_the_same_lists() {
    for scan in [ScanSupport::WithoutComments, ScanSupport::PagesOnly, ScanSupport::Missing] {
        let server = serve(site(), |behaviour| behaviour.data_center.scan = scan).await;
        all_lists_are_those_of(&site(), &api(&server)).await;
    }
    let server = serve(site(), |behaviour| behaviour.page_cap = Some(7)).await;
    let api = api(&server);
    assert_eq!(api.client().page_limit(RequestKind::Pages), 50);
    all_lists_are_those_of(&site(), &api).await;
    assert_eq!(api.client().page_limit(RequestKind::Pages), 7, "the echoed limit is remembered");
}

#[tokio::test]
async fn a_refused_scan_is_tried_once() {
    let server = serve(site(), |behaviour| behaviour.data_center.scan = ScanSupport::Missing).await;
    let api = api(&server);
    for _ in 0..3 {
        pages(&api, Bodies::LeftOut, ListOrder::Forward).await.1.end.unwrap();
    }
    assert_eq!(sent(&server, "/rest/api/content/scan"), 1);
}

#[tokio::test]
async fn bodies_come_in_pages_of_50_and_others_in_pages_of_200() {
    let server = serve_at("", site()).await;
    let api = api(&server);
    let scans = |kind: RequestKind| api.client().requests().of(kind);
    pages(&api, Bodies::Included, ListOrder::Forward).await.1.end.unwrap();
    // 123 pages in three spaces, of which one has more than a hundred
    assert_eq!(scans(RequestKind::Pages), 3 + 1 + 1);
    pages(&api, Bodies::LeftOut, ListOrder::Forward).await.1.end.unwrap();
    assert_eq!(scans(RequestKind::Pages), 5 + 3);
    let backward = api.client().page_limit_of(RequestKind::Pages, Bodies::LeftOut, ListOrder::Backward);
    pages(&api, Bodies::LeftOut, ListOrder::Backward).await.1.end.unwrap();
    let requests = server.requests();
    let last = requests.last().unwrap();
    assert!(last.path.ends_with("/content") && last.query.contains(&format!("limit={backward}")), "{last:?}");
}

#[tokio::test]
async fn files_come_along_with_their_pages_and_only_further_ones_take_a_request() {
    let server = serve_at("", site()).await;
    let api = api(&server);
    let mut kept = None;
    let listing = api
        .attachments(ListOrder::Forward, |file| {
            assert!(file.page_id.is_some() || file.blog_post_id.is_some(), "{}", file.id.0);
            assert!(file.file_size.is_some() && file.download_link.is_some() && file.created_at.is_some());
            let labels = file.labels.as_ref().expect("labels come along");
            if !labels.is_empty() {
                kept = Some((file.id.0.clone(), labels[0].name.clone()));
            }
        })
        .await;
    listing.end.unwrap();
    assert_eq!(kept, Some(("att2029".to_owned(), "keep".to_owned())));
    let requests = api.client().requests();
    assert_eq!(requests.of(RequestKind::AttachmentsOfOneOwner), 1, "the page with 30 files");
    assert_eq!((requests.of(RequestKind::Attachments), requests.of(RequestKind::SpaceTrash)), (2 * 3, 3));
}

#[tokio::test]
async fn a_trash_that_may_not_be_read_is_named() {
    let server = serve(site(), |behaviour| {
        behaviour.data_center.not_administrated = vec!["ENG".to_owned(), "OLD".to_owned()];
    })
    .await;
    let api = api(&server);
    let (ids, outcome) = files(&api, ListOrder::Forward).await;
    outcome.end.unwrap();
    let denied: BTreeSet<&str> = outcome.denied_trash.iter().map(String::as_str).collect();
    assert_eq!(denied, BTreeSet::from(["ENG", "OLD"]));
    assert!(!ids.contains("att3004") && ids.contains("att2029"));
}

#[tokio::test]
async fn comments_of_both_kinds_are_listed_once() {
    let server = serve_at("", site()).await;
    let api = api(&server);
    let both = async |order| {
        let (footer, inline) =
            tokio::join!(comments(&api, CommentKind::Footer, order), comments(&api, CommentKind::Inline, order));
        (footer.0.len(), inline.0.len())
    };
    assert_eq!(both(ListOrder::Forward).await, (3, 1));
    assert_eq!(sent(&server, "/scan"), 3, "one list for each space");
    assert_eq!(both(ListOrder::Forward).await, (3, 1));
    assert_eq!(sent(&server, "/scan"), 6, "the next pass reads them again");
    let mut replies = Vec::new();
    let listing = api
        .comments(CommentKind::Footer, Bodies::LeftOut, ListOrder::Forward, |comment| {
            assert!(comment.page_id.is_some());
            replies.extend(comment.parent_comment_id.map(|parent| (comment.id.0, parent.0)));
        })
        .await;
    listing.end.unwrap();
    assert_eq!(replies, [("5002".to_owned(), "5001".to_owned())]);
    let before = server.requests().len();
    api.replies(CommentKind::Footer, "5001", Bodies::Included, ListOrder::Forward, |_| {}).await.end.unwrap();
    assert_eq!(server.requests().len(), before, "no request");
}

#[tokio::test]
async fn comments_that_are_not_scanned_are_read_page_by_page_even_where_the_search_hides_them() {
    for (scan, search) in [
        (ScanSupport::WithoutComments, ArchivedSearch::Shown),
        (ScanSupport::WithoutComments, ArchivedSearch::Ignored),
        (ScanSupport::Missing, ArchivedSearch::Ignored),
    ] {
        let server = serve(site(), |behaviour| {
            behaviour.data_center.scan = scan;
            behaviour.archived_search = search;
        })
        .await;
        let api = api(&server);
        for order in [ListOrder::Forward, ListOrder::Backward] {
            let (ids, outcome) = comments(&api, CommentKind::Footer, order).await;
            outcome.end.unwrap();
            assert_eq!(ids, ["5001", "5002", "5004"].map(str::to_owned).into(), "of archived spaces too");
            assert_eq!((outcome.items, outcome.duplicates), (3, 0));
        }
        let owners = server.site(|site| {
            let is_listed = |status| matches!(status, Status::Current | Status::Archived);
            let owns = |kind| matches!(kind, Kind::Page | Kind::BlogPost);
            site.contents.iter().filter(|content| owns(content.kind) && is_listed(content.status)).count()
        });
        assert_eq!(sent(&server, "/child/comment"), 2 * owners, "every page and post, in both orders");
        let warnings = api.client().warnings();
        assert!(warnings.iter().any(|warning| warning.contains("search")), "{warnings:?}");
    }
}

#[tokio::test]
async fn searches_are_an_independent_view() {
    let server = serve_at("", site()).await;
    let api = api(&server);
    let mut contents = Ids::new();
    let listing = api
        .header_images(|hit| {
            assert!(
                hit.metadata.and_then(|metadata| metadata.properties).is_some_and(|properties| properties.is_empty())
            );
            contents.insert(hit.id.0);
        })
        .await;
    listing.end.unwrap();
    assert!(contents.contains("1000") && contents.contains("3001"));
    assert_eq!(api.client().requests().of(RequestKind::HeaderImageSweep), 1, "1,000 hits in a response");
    let mut found = Ids::new();
    let listing = api
        .indexed(IndexedTypes::CommentsAndAttachments, &["ENG"], |hit| {
            found.insert(hit.id.0);
        })
        .await;
    listing.end.unwrap();
    assert!(found.contains("5002") && found.contains("att2000"));
}

#[tokio::test]
async fn what_the_product_does_not_have_is_not_requested() {
    let server = serve_at("", site()).await;
    let api = api(&server);
    let labels = api.labels(ListOrder::Forward, |_| {}).await.end;
    assert!(matches!(labels, Err(RequestError::Unsupported { .. })));
    let custom = api.custom_content("x", Bodies::LeftOut, ListOrder::Forward, |_| {}).await.end;
    assert!(matches!(custom, Err(RequestError::Unsupported { .. })));
    assert!(matches!(api.content_states("ENG").await, Err(RequestError::Unsupported { .. })));
    assert!(matches!(api.page_likes(ContentType::Page, "1000").await, Err(RequestError::Unsupported { .. })));
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn dates_keep_their_offset() {
    let server = serve_at("", site()).await;
    let api = api(&server);
    let page = api.content(ContentType::Page, "1000", confluence_client::api::Edition::Published).await.unwrap();
    let created = page.created_at.unwrap();
    let expected: DateTime<Utc> = site().contents[0].created_at;
    assert_eq!(DateTime::parse_from_rfc3339(&created).unwrap().to_utc(), expected);
}
