//! Tests of search, templates, people, drafts and properties.

use serde_json::{Value, json};

use super::{Harness, ids, site_of};
use crate::Site;

const COVER: &str = "cover-picture-id-published";

#[tokio::test]
async fn the_search_is_paged_by_cursor_and_its_next_link_is_without_wiki() {
    let mut site = site_of(60);
    for page in &mut site.contents {
        page.properties.insert(COVER.to_owned(), json!("{\"id\":\"x\"}"));
    }
    let harness = Harness::start(site).await;
    let path = format!("/rest/api/content/search?cql=type%3Dpage&limit=25&expand=metadata.properties.{COVER}");
    let mut next = Some(path);
    let mut found = Vec::new();
    while let Some(path) = next {
        let page: Value = harness.json(&path).await;
        assert_eq!(page["totalSize"], 60);
        found.extend(page["results"].as_array().unwrap().clone());
        next = page["_links"]["next"].as_str().map(str::to_owned);
        assert!(next.as_ref().is_none_or(|next| next.starts_with("/rest/api/content/search?")));
    }
    assert_eq!(found.len(), 60);
    assert!(found.iter().all(|page| page["metadata"]["properties"][COVER]["value"] == "{\"id\":\"x\"}"));
}

#[tokio::test]
async fn the_search_caps_silently_and_ignores_start() {
    let harness = Harness::start(site_of(210)).await;
    let capped = harness.json("/rest/api/content/search?cql=type=page&limit=1000&expand=version").await;
    assert_eq!((capped["limit"].as_u64(), capped["size"].as_u64()), (Some(200), Some(200)));
    let bodies = harness.json("/rest/api/content/search?cql=type=page&limit=1000&expand=body.storage").await;
    assert_eq!(bodies["limit"], 50);
    let started = harness.json("/rest/api/content/search?cql=type=page&limit=1&start=5").await;
    assert_eq!((started["start"].as_u64(), started["results"][0]["id"].as_str()), (Some(5), Some("1000")));
    assert_eq!(harness.get("/rest/api/content/search?cql=type+is+page").await.status(), 400);
}

#[tokio::test]
async fn the_search_index_has_neither_archived_spaces_nor_archived_pages() {
    let site = site_of(1).page("2", "Old", "").with_content(|page| page.status = crate::site::Status::Archived);
    let site = site.space("LEG", "Legacy").with_space(|space| space.archived = true).page("3", "Legacy", "");
    let harness = Harness::start(site).await;
    let found = harness.json("/rest/api/content/search?cql=type=page").await;
    assert_eq!(ids(found["results"].as_array().unwrap()), ["1000"]);
}

#[tokio::test]
async fn templates_are_global_or_of_a_space_and_paged_by_start() {
    let mut site = Site::new().template("1", "Letter", "<p>global</p>").space("ENG", "Engineering");
    for number in 0..30 {
        site = site.template(&(100 + number).to_string(), "T", "<p>eng</p>");
    }
    let harness = Harness::start(site).await;
    let global = harness.json("/rest/api/template/page?expand=body").await;
    assert_eq!(global["results"][0]["body"]["storage"]["value"], "<p>global</p>");
    assert!(global["_links"].get("next").is_none());
    let first = harness.json("/rest/api/template/page?spaceKey=ENG").await;
    assert_eq!(first["size"], 25);
    let second = harness.json(first["_links"]["next"].as_str().unwrap()).await;
    assert_eq!((second["start"].as_u64(), second["size"].as_u64()), (Some(25), Some(5)));
    assert_eq!(harness.json("/rest/api/template/100").await["space"]["key"], "ENG");
    assert_eq!(harness.json("/rest/api/template/blueprint").await["size"], 0);
    assert_eq!(harness.get("/rest/api/template/page?spaceKey=NONE").await.status(), 404);
}

#[tokio::test]
async fn unknown_people_are_left_out() {
    let harness = Harness::start(site_of(0).person("acc-1", "Ben").person("acc-2", "Cai")).await;
    let found = harness.json("/rest/api/user/bulk?accountId=acc-2&accountId=unknown").await;
    assert_eq!(found["size"], 1);
    assert_eq!(found["results"][0]["displayName"], "Cai");
}

#[tokio::test]
async fn a_draft_is_found_only_with_its_page_and_on_request() {
    let saved_at = "2025-05-05T05:05:05Z".parse().unwrap();
    let site = Site::new().space("ENG", "Engineering").page("1", "Plan", "<p>old</p>").draft("<p>new</p>", saved_at);
    let mut site = site.page("2", "Plain", "<p>same</p>").page("3", "Idea", "<p>idea</p>");
    site.contents[2].status = crate::site::Status::Draft;
    let harness = Harness::start(site).await;
    let published = harness.json("/api/v2/pages/1?body-format=storage").await;
    assert_eq!(published["body"]["storage"]["value"], "<p>old</p>");
    let draft = harness.json("/api/v2/pages/1?body-format=storage&get-draft=true").await;
    assert_eq!((draft["status"].as_str(), draft["version"]["number"].as_u64()), (Some("draft"), Some(2)));
    assert_eq!(draft["body"]["storage"]["value"], "<p>new</p>");
    assert_eq!(harness.json("/api/v2/pages/2?get-draft=true").await["status"], "current");
    assert_eq!(harness.get("/api/v2/pages/3").await.status(), 404);
    assert_eq!(harness.json("/api/v2/pages/3?get-draft=true").await["status"], "draft");
    assert_eq!(harness.all("/api/v2/pages").await.0.len(), 2);
}

#[tokio::test]
async fn properties_can_be_filtered_by_key() {
    let site = site_of(1).property(COVER, json!("{}")).property("emoji-title-published", json!("1f680"));
    let harness = Harness::start(site).await;
    assert_eq!(harness.all("/api/v2/pages/1000/properties").await.0.len(), 2);
    let (found, _) = harness.all(&format!("/api/v2/pages/1000/properties?key={COVER}")).await;
    assert_eq!((found.len(), &found[0]["value"]), (1, &json!("{}")));
}

#[tokio::test]
async fn removed_operations_are_410_and_unknown_paths_404() {
    let harness = Harness::start(site_of(1)).await;
    for path in [
        "/rest/api/space",
        "/rest/api/content?spaceKey=ENG",
        "/rest/api/content/1000",
        "/rest/api/content/1000/child/page",
    ] {
        let response = harness.get(path).await;
        assert_eq!(response.status(), 410, "{path}");
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["data"]["successful"], true);
    }
    assert_eq!(harness.get("/rest/api/nothing").await.status(), 404);
    assert_eq!(harness.get("/api/v2/everything").await.status(), 404);
}

#[tokio::test]
async fn parents_other_than_pages_are_found_by_id() {
    let mut site = Site::new().space("ENG", "Engineering").folder("50", "Guides").page("51", "Intro", "");
    site.contents[1].parent = Some(("50".to_owned(), crate::site::ContentType::Folder));
    let harness = Harness::start(site).await;
    let page = harness.json("/api/v2/pages/51").await;
    assert_eq!((page["parentId"].as_str(), page["parentType"].as_str()), (Some("50"), Some("folder")));
    assert_eq!(harness.json("/api/v2/folders/50").await["title"], "Guides");
    assert_eq!(harness.get("/api/v2/pages/50").await.status(), 404);
}

#[tokio::test]
async fn content_states_are_found_by_page_and_by_space() {
    let state = json!({"id": 5, "name": "In review", "color": "#2684ff"});
    let mut site = site_of(3);
    for page in &mut site.contents[..2] {
        page.properties.insert("content-state-published".to_owned(), state.clone());
    }
    let harness = Harness::start(site).await;
    assert_eq!(harness.json("/rest/api/content/1000/state").await["contentState"], state);
    assert_eq!(harness.json("/rest/api/content/1002/state").await["contentState"], Value::Null);
    assert_eq!(harness.json("/rest/api/space/ENG/state").await, json!([state]));
    let first = harness.json("/rest/api/space/ENG/state/content?state-id=5&limit=1").await;
    let second = harness.json(first["_links"]["next"].as_str().unwrap()).await;
    assert_eq!(ids(second["results"].as_array().unwrap()), ["1001"]);
    assert!(second["_links"].get("next").is_none());
    assert_eq!(harness.json("/rest/api/space/ENG/state/content?state-id=6").await["size"], 0);
    assert_eq!(harness.get("/rest/api/space/ENG/state/content").await.status(), 400);
}
