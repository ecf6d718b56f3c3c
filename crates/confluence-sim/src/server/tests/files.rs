//! Tests of attachments: versions, sizes, downloads.

use chrono::{DateTime, Utc};

use super::{Harness, ids, site_of};
use crate::Site;
use crate::site::Container;

fn day(number: u32) -> DateTime<Utc> {
    format!("2025-02-{number:02}T10:00:00Z").parse().unwrap()
}

fn versioned() -> Site {
    let site = Site::new().space("ENG", "Engineering").page("1", "Plan", "").attachment("att1", "draft.pdf", 100);
    site.version("plan.pdf", 2_000, day(1)).version("plan.pdf", 70_000, day(2)).with_attachment(|file| {
        file.versions[1].deleted = true;
        file.labels.push("keep".to_owned());
    })
}

#[tokio::test]
async fn each_version_has_its_own_name_and_size() {
    let harness = Harness::start(versioned()).await;
    let current = harness.json("/api/v2/attachments/att1").await;
    assert_eq!((current["title"].as_str(), current["fileSize"].as_u64()), (Some("plan.pdf"), Some(70_000)));
    assert_eq!(current["version"]["number"], 3);
    let old = harness.json("/api/v2/attachments/att1?version=1").await;
    assert_eq!((old["title"].as_str(), old["fileSize"].as_u64()), (Some("draft.pdf"), Some(100)));
    assert_ne!(old["fileId"], current["fileId"]);
    assert_eq!(harness.get("/api/v2/attachments/att1?version=2").await.status(), 404);
    assert_eq!(harness.get("/api/v2/attachments/att1?version=x").await.status(), 400);
    let (versions, _) = harness.all("/api/v2/attachments/att1/versions").await;
    assert_eq!(versions.iter().map(|version| version["number"].as_u64().unwrap()).collect::<Vec<_>>(), [1, 3]);
    assert!(versions[0].get("fileSize").is_none());
}

#[tokio::test]
async fn sites_without_old_sizes_can_be_simulated() {
    let mut site = versioned();
    site.behaviour.old_versions_answer_current_size = true;
    let harness = Harness::start(site).await;
    assert_eq!(harness.json("/api/v2/attachments/att1?version=1").await["fileSize"], 70_000);
}

#[tokio::test]
async fn only_the_field_of_the_containers_type_is_present() {
    let site = versioned().post("2", "News", "").attachment("att2", "a.png", 1);
    let site = site.attachment_of(Container::CustomContent("3".to_owned()), "att3", "b.png", 1);
    let harness = Harness::start(site.attachment_of(Container::None, "att4", "ENG", 1)).await;
    let (files, _) = harness.all("/api/v2/attachments").await;
    let kinds = ["pageId", "blogPostId", "customContentId"];
    let found: Vec<Vec<&str>> =
        files.iter().map(|file| kinds.into_iter().filter(|kind| file.get(*kind).is_some()).collect()).collect();
    assert_eq!(found, [vec!["pageId"], vec!["blogPostId"], vec!["customContentId"], vec![]]);
}

#[tokio::test]
async fn a_download_is_redirected_to_another_origin_that_refuses_credentials() {
    let harness = Harness::start(versioned()).await;
    let redirect = harness.get("/rest/api/content/1/child/attachment/att1/download?version=1").await;
    assert_eq!(redirect.status(), 302);
    let location = redirect.headers()["location"].to_str().unwrap();
    assert!(location.starts_with(harness.server.media_url()));
    assert!(!location.starts_with(harness.server.base_url().trim_end_matches("/wiki")));
    let plain = harness.client.get(location).send().await.unwrap();
    assert_eq!(plain.status(), 200);
    assert_eq!(plain.bytes().await.unwrap().len(), 100);
    let with_token = harness.client.get(location).basic_auth("a", Some("b")).send().await.unwrap();
    assert_eq!(with_token.status(), 400);
    assert!(harness.server.requests().last().unwrap().credential_sent);
    let unsigned = location.split_once('?').unwrap().0;
    assert_eq!(harness.client.get(unsigned).send().await.unwrap().status(), 403);
}

#[tokio::test]
async fn a_one_byte_range_shows_the_size_of_the_version() {
    let harness = Harness::start(versioned()).await;
    for (query, size) in [("", 70_000), ("?version=1", 100)] {
        let path = format!("/rest/api/content/1/child/attachment/att1/download{query}");
        let location = harness.get(&path).await.headers()["location"].to_str().unwrap().to_owned();
        let part = harness.client.get(&location).header("range", "bytes=0-0").send().await.unwrap();
        assert_eq!(part.status(), 206);
        assert_eq!(part.headers()["content-range"], format!("bytes 0-0/{size}"));
        let first = part.bytes().await.unwrap();
        let complete = harness.client.get(&location).send().await.unwrap().bytes().await.unwrap();
        assert_eq!((first.len(), complete.len()), (1, size));
        assert_eq!(first[0], complete[0]);
    }
}

#[tokio::test]
async fn downloads_of_files_that_do_not_exist_are_refused() {
    let harness = Harness::start(versioned()).await;
    for (path, status) in [
        ("/rest/api/content/1/child/attachment/att1/download?version=4", 400),
        ("/rest/api/content/1/child/attachment/att1/download?version=2", 404),
        ("/rest/api/content/2/child/attachment/att1/download", 404),
        ("/rest/api/content/1/child/attachment/att1", 405),
        ("/download/attachments/1/plan.pdf?api=v2", 401),
    ] {
        assert_eq!(harness.get(path).await.status(), status, "{path}");
    }
}

#[tokio::test]
async fn copies_have_equal_bytes_and_other_files_do_not() {
    let site = Site::new().space("ENG", "Engineering").page("1", "A", "").attachment("att1", "a.png", 300);
    let seed = site.attachments[0].versions[0].seed;
    let site =
        site.page("2", "B", "").attachment("att2", "a.png", 300).with_attachment(|file| file.versions[0].seed = seed);
    let harness = Harness::start(site.page("3", "C", "").attachment("att3", "a.png", 300)).await;
    let mut contents = Vec::new();
    for number in 1..=3 {
        let path = format!("/rest/api/content/{number}/child/attachment/att{number}/download");
        let location = harness.get(&path).await.headers()["location"].to_str().unwrap().to_owned();
        contents.push(harness.client.get(location).send().await.unwrap().bytes().await.unwrap());
    }
    assert_eq!(contents[0], contents[1]);
    assert_ne!(contents[0], contents[2]);
}

#[tokio::test]
async fn labels_lead_to_files_and_files_to_labels() {
    let harness = Harness::start(versioned()).await;
    let (labels, _) = harness.all("/api/v2/attachments/att1/labels").await;
    assert_eq!(labels[0]["name"], "keep");
    let id = labels[0]["id"].as_str().unwrap();
    assert_eq!(ids(&harness.all("/api/v2/labels").await.0), [id]);
    assert_eq!(ids(&harness.all(&format!("/api/v2/labels/{id}/attachments")).await.0), ["att1"]);
    assert_eq!(
        harness.json("/api/v2/attachments/att1?include-labels=true").await["labels"]["results"][0]["name"],
        "keep"
    );
}

#[tokio::test]
async fn files_of_one_page_and_of_one_name_can_be_listed() {
    let harness = Harness::start(site_of(3)).await;
    assert_eq!(ids(&harness.all("/api/v2/pages/1001/attachments").await.0), ["att5001"]);
    assert_eq!(ids(&harness.all("/api/v2/attachments?filename=file%202.png").await.0), ["att5002"]);
    assert!(harness.all("/api/v2/attachments?mediaType=text/plain").await.0.is_empty());
}
