//! Tests that the sample read over HTTP equals the sample.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Harness, ids};
use crate::{SAMPLE_BASE, Site, sample_site};

fn site() -> Site {
    sample_site("2026-04-01T08:30:00Z".parse().unwrap())
}

fn sum(files: &[Value]) -> u64 {
    files.iter().map(|file| file["fileSize"].as_u64().unwrap()).sum()
}

#[tokio::test]
async fn lists_have_every_content_and_file_once() {
    let harness = Harness::start(site()).await;
    let statuses = "status=current&status=archived&status=trashed";
    for (path, count) in [
        ("/api/v2/spaces?limit=3".to_owned(), 8),
        (format!("/api/v2/pages?limit=100&sort=id&{statuses}"), 162),
        ("/api/v2/blogposts?limit=7".to_owned(), 20),
        (format!("/api/v2/attachments?limit=250&sort=created-date&{statuses}"), 403),
        (format!("/api/v2/attachments?limit=33&sort=-modified-date&{statuses}"), 403),
    ] {
        let (items, _) = harness.all(&path).await;
        assert_eq!(ids(&items).into_iter().collect::<BTreeSet<_>>().len(), count, "{path}");
        assert_eq!(items.len(), count, "{path}");
    }
    let home = harness.json("/api/v2/spaces?limit=1").await;
    assert_eq!(home["_links"]["base"], SAMPLE_BASE);
    assert!(home["results"][0]["homepageId"].is_string());
}

#[tokio::test]
async fn comments_and_their_replies_are_all_found() {
    let mut site = site();
    assert!(site.behaviour.comment_lists_with_replies, "the sample lists replies with the comments");
    let harness = Harness::start(site.clone()).await;
    let footer = harness.all("/api/v2/footer-comments?limit=20").await.0.len();
    let inline = harness.all("/api/v2/inline-comments?limit=20").await.0.len();
    assert_eq!(footer + inline, 60);
    // a site that lists them separately has the same ones
    site.behaviour.comment_lists_with_replies = false;
    let harness = Harness::start(site).await;
    let mut found = 0;
    for kind in ["footer-comments", "inline-comments"] {
        let (roots, _) = harness.all(&format!("/api/v2/{kind}?limit=20")).await;
        found += roots.len();
        for root in ids(&roots) {
            found += harness.all(&format!("/api/v2/{kind}/{root}/children")).await.0.len();
        }
    }
    assert_eq!(found, 60);
}

#[tokio::test]
async fn bytes_of_all_versions_agree_with_the_totals() {
    let site = site();
    let totals = site.totals();
    let trashed: BTreeSet<String> =
        site.contents.iter().filter(|content| content.status.is_trash()).map(|content| content.id.clone()).collect();
    let harness = Harness::start(site).await;
    let (files, _) = harness.all("/api/v2/attachments?limit=250").await;
    let judged: Vec<Value> =
        files.into_iter().filter(|file| !file["pageId"].as_str().is_some_and(|page| trashed.contains(page))).collect();
    assert_eq!(judged.len() as u64, totals.all.attachments);
    assert_eq!(sum(&judged), totals.all.current_bytes);
    let mut old = Vec::new();
    let mut deleted = 0;
    for file in &judged {
        for number in 1..file["version"]["number"].as_u64().unwrap() {
            let response =
                harness.get(&format!("/api/v2/attachments/{}?version={number}", file["id"].as_str().unwrap())).await;
            match response.status().as_u16() {
                200 => old.push(response.json::<Value>().await.unwrap()),
                404 => deleted += 1,
                status => panic!("status {status}"),
            }
        }
    }
    assert_eq!((sum(&old), deleted), (totals.all.old_bytes, 3));
    assert_eq!((judged.len() + old.len()) as u64, totals.all.versions);
}
