//! One site, served as Data Center and as Cloud.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::Harness;
use super::start;
use crate::sample::sample;
use crate::site::Site;

fn sample_without_cloud_features() -> Site {
    sample("2026-11-28T12:00:00Z".parse().unwrap()).site.without_cloud_features()
}

fn texts<'v>(items: &'v [Value], field: &str) -> BTreeMap<&'v str, &'v str> {
    let pair = |item: &'v Value| (item["id"].as_str().unwrap(), item.pointer(field).and_then(Value::as_str).unwrap());
    items.iter().map(pair).collect()
}

#[tokio::test]
async fn both_products_list_the_same_contents_and_files() {
    let cloud = Harness::start(sample_without_cloud_features()).await;
    let data_center = start(sample_without_cloud_features()).await;
    for (kind, path) in [("page", "pages"), ("blogpost", "blogposts")] {
        let query = "status=current&status=trashed";
        let (on_cloud, _) = cloud.all(&format!("/api/v2/{path}?limit=250&body-format=storage&{query}")).await;
        let scan = format!("/rest/api/content/scan?type={kind}&status=any&limit=50&expand=body.storage");
        let (scanned, _) = data_center.all(&scan).await;
        assert!(!scanned.is_empty());
        assert_eq!(texts(&scanned, "/body/storage/value"), texts(&on_cloud, "/body/storage/value"), "{kind}");
        assert_eq!(texts(&scanned, "/status"), texts(&on_cloud, "/status"), "{kind}");
    }
    cloud.server.change_site(|site| site.behaviour.comment_lists_with_replies = true);
    let (mut on_cloud, _) = cloud.all("/api/v2/footer-comments?limit=250&body-format=storage").await;
    on_cloud.extend(cloud.all("/api/v2/inline-comments?limit=250&body-format=storage").await.0);
    let (scanned, _) = data_center.all("/rest/api/content/scan?type=comment&limit=50&expand=body.storage").await;
    assert_eq!(texts(&scanned, "/body/storage/value"), texts(&on_cloud, "/body/storage/value"));
    let files = files_of(&data_center).await;
    let (on_cloud, _) = cloud.all("/api/v2/attachments?limit=250&status=current&status=trashed").await;
    let size = |file: &Value, field: &str| (file["id"].as_str().unwrap().to_owned(), file.pointer(field).cloned());
    let on_cloud: BTreeMap<_, _> = on_cloud.iter().map(|file| size(file, "/fileSize")).collect();
    let listed: BTreeMap<_, _> = files.iter().map(|file| size(file, "/extensions/fileSize")).collect();
    assert_eq!(listed, on_cloud);
}

/// Reads all files as a client does: with their pages and posts, then alone, then from the trash of each space.
async fn files_of(harness: &Harness) -> Vec<Value> {
    let mut files = Vec::new();
    for kind in ["page", "blogpost"] {
        let scan = format!("/rest/api/content/scan?type={kind}&status=any&limit=200&expand=children.attachment");
        for content in harness.all(&scan).await.0 {
            let first = &content["children"]["attachment"];
            files.extend(first["results"].as_array().unwrap().iter().cloned());
            if let Some(next) = first["_links"]["next"].as_str() {
                files.extend(harness.all(next).await.0);
            }
        }
    }
    for space in harness.all("/rest/api/space?limit=100").await.0 {
        let key = space["key"].as_str().unwrap();
        let (trash, _) = harness.all(&format!("/rest/api/space/{key}/trash?limit=50")).await;
        files.extend(trash.into_iter().filter(|item| item["type"] == "attachment"));
    }
    files
}
