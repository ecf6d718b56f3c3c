//! Attachments: with their pages, alone, their versions, and their bytes.

use reqwest::StatusCode;
use reqwest::header::{CONTENT_LENGTH, CONTENT_RANGE, LOCATION, RANGE};

use super::super::ids;
use super::{start, status};
use crate::Site;
use crate::site::Status;

/// A page with 30 files, and one with a file of three versions, of which the second was deleted.
fn site() -> Site {
    let mut site = Site::new().space("ENG", "Engineering").page("1000", "Many", "");
    for number in 0..30 {
        site = site.attachment(&format!("att{}", 5000 + number), &format!("file {number}.png"), 100 + number);
    }
    let at = |day: u32| format!("2026-01-{day:02}T09:00:00Z").parse().unwrap();
    site.page("1001", "Versions", "")
        .attachment("att6000", "a b.pdf", 11)
        .version("a b.pdf", 22, at(5))
        .with_attachment(|file| file.versions[1].deleted = true)
        .version("a b.pdf", 33, at(6))
        .attachment("att6001", "trashed.png", 5)
        .with_attachment(|file| file.status = Status::Trashed)
}

#[tokio::test]
async fn the_first_25_files_come_with_their_page() {
    let harness = start(site()).await;
    let expand = "children.attachment.version,children.attachment.metadata.labels";
    let page = harness.json(&format!("/rest/api/content/1000?expand={expand}")).await;
    let first = &page["children"]["attachment"];
    assert_eq!((&first["size"], &first["limit"]), (&25.into(), &25.into()));
    assert_eq!(first["_links"]["next"], "/rest/api/content/1000/child/attachment?limit=25&start=25");
    let mut files = first["results"].as_array().unwrap().clone();
    assert_eq!(files[0]["version"]["number"], 1);
    assert!(files[0]["metadata"]["labels"]["results"].is_array());
    assert!(page["children"]["_expandable"]["comment"].is_string());
    files.extend(harness.all("/rest/api/content/1000/child/attachment?start=25&limit=25").await.0);
    let listed = harness.all("/rest/api/content/1000/child/attachment?limit=7").await.0;
    assert_eq!((ids(&files), listed.len()), (ids(&listed), 30));
    let other = harness.json("/rest/api/content/1001?expand=children.attachment").await;
    let files = &other["children"]["attachment"];
    assert_eq!(files["size"], 1, "a trashed file does not come along");
    assert!(files["_links"].get("next").is_none());
    assert!(files["results"][0]["_expandable"]["version"].is_string(), "the version was not expanded");
}

#[tokio::test]
async fn names_and_types_narrow_the_files_of_a_page() {
    let harness = start(site()).await;
    let named = harness.json("/rest/api/content/1000/child/attachment?filename=file%203.png").await;
    assert_eq!(ids(named["results"].as_array().unwrap()), ["att5003"]);
    let pdf =
        harness.json("/rest/api/content/1001/child/attachment?mediaType=application/pdf&expand=version,container");
    let pdf = pdf.await;
    let file = &pdf["results"][0];
    assert_eq!((&file["title"], &file["extensions"]["fileSize"]), (&"a b.pdf".into(), &33.into()));
    assert_eq!(
        (&file["extensions"]["mediaType"], &file["container"]["id"]),
        (&"application/pdf".into(), &"1001".into())
    );
    assert_eq!(file["version"]["when"], "2026-01-06T10:00:00.000+01:00");
    assert_eq!(status(&harness, "/rest/api/content/9/child/attachment").await, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn historical_versions_have_the_sizes_of_the_site() {
    let harness = start(site()).await;
    let expected = harness.server.site(|site| {
        let file = site.attachments.iter().find(|file| file.id == "att6000").unwrap();
        file.versions.iter().map(|version| (version.number, version.size, version.deleted)).collect::<Vec<_>>()
    });
    for (number, size, deleted) in expected {
        let path = format!("/rest/api/content/att6000?status=historical&version={number}&expand=version,extensions");
        if deleted {
            assert_eq!(status(&harness, &path).await, StatusCode::NOT_FOUND);
        } else {
            let version = harness.json(&path).await;
            assert_eq!(
                (&version["extensions"]["fileSize"], &version["version"]["number"]),
                (&size.into(), &number.into())
            );
        }
    }
    let (versions, _) = harness.all("/rest/experimental/content/att6000/version?limit=1").await;
    let numbers: Vec<u64> = versions.iter().map(|version| version["number"].as_u64().unwrap()).collect();
    assert_eq!(numbers, [3, 1], "newest first, without the deleted one");
    harness.server.change_site(|site| site.behaviour.old_versions_answer_current_size = true);
    let old = harness.json("/rest/api/content/att6000?status=historical&version=1").await;
    assert_eq!((&old["extensions"]["fileSize"], &old["id"]), (&33.into(), &"att6000".into()));
    harness.server.change_site(|site| site.behaviour.data_center.version_ids = true);
    let old = harness.json("/rest/api/content/att6000?status=historical&version=1").await;
    assert_eq!(old["id"], "att60000001");
}

#[tokio::test]
async fn a_file_in_the_trash_is_shown_on_request_only() {
    let harness = start(site()).await;
    assert_eq!(status(&harness, "/rest/api/content/att6001").await, StatusCode::NOT_FOUND);
    assert_eq!(harness.json("/rest/api/content/att6001?status=trashed").await["status"], "trashed");
    assert_eq!(harness.json("/rest/api/content/att6001?status=any").await["status"], "trashed");
}

#[tokio::test]
async fn downloads_are_bytes_without_a_redirect() {
    let harness = start(site()).await;
    let file = harness.json("/rest/api/content/att6000").await;
    let newest = file["_links"]["download"].as_str().unwrap();
    let response = harness.get(newest).await;
    assert_eq!((response.status(), &response.headers()[CONTENT_LENGTH]), (StatusCode::OK, &"33".parse().unwrap()));
    let complete = response.bytes().await.unwrap();
    let old = harness.get(&newest.replace("version=3", "version=1")).await;
    assert_eq!(old.bytes().await.unwrap().len(), 11);
    assert_eq!(harness.get(&newest.replace("version=3", "version=2")).await.status(), StatusCode::NOT_FOUND);
    let url = format!("{}{newest}", harness.server.base_url());
    let (user, secret) = (harness.server.user(), harness.server.token());
    let part = harness.client.get(&url).basic_auth(user, Some(secret)).header(RANGE, "bytes=4-8").send().await.unwrap();
    assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT);
    assert_eq!(part.headers()[CONTENT_RANGE], "bytes 4-8/33");
    assert_eq!(part.bytes().await.unwrap(), complete[4..9]);
    let anonymous = harness.client.get(&url).send().await.unwrap();
    assert_eq!(anonymous.status(), StatusCode::FOUND);
    assert!(anonymous.headers()[LOCATION].to_str().unwrap().starts_with("/confluence/login.action"));
}
