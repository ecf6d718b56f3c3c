//! Single contents, versions, people, downloads, and facts about pages and the site.

use chrono::{DateTime, TimeDelta, Utc};
use confluence_client::api::{Bodies, BodyForm, ContentType, Edition, ListOrder, SearchScope, SpaceList};
use confluence_client::{Api, RequestError, RequestKind};
use confluence_sim::site::{RetentionPolicy, Site, Status};

use super::{api, sent, serve, serve_at};

fn later(days: i64) -> DateTime<Utc> {
    Site::new().space("A", "A").spaces[0].created_at + TimeDelta::days(days)
}

fn site() -> Site {
    let mut site = Site::new().person("anna-key", "Anna").space("ENG", "Engineering");
    site = site.page("1001", "Plan", "<p>published</p>").draft("<p>unpublished</p>", later(3));
    site = site.with_content(|page| page.labels = vec!["a".to_owned(), "b".to_owned()]);
    site = site.attachment("att2001", "now.png", 10);
    site = site.version("now.png", 2_000, later(1)).version("renamed.png", 30_000, later(2));
    site = site.page("1002", "Other", "<p>other</p>").property("editor", "v2".into());
    site = site.page("1003", "Trashed", "<p>trash</p>").with_content(|page| page.status = Status::Trashed);
    site = site.page("1004", "Never published", "<p>draft</p>").with_content(|page| page.status = Status::Draft);
    site = site.post("1005", "Post", "<p>post</p>").footer_comment("5001", "<p>comment</p>");
    site.template("700", "Template", "<p>template</p>")
}

async fn body(api: &Api, id: &str, edition: Edition) -> Result<(String, String), RequestError> {
    let content = api.content(ContentType::Page, id, edition).await?;
    Ok((content.status.clone().unwrap(), content.storage().unwrap().to_owned()))
}

#[tokio::test]
async fn a_draft_is_read_if_there_is_one_and_otherwise_the_published_content() {
    let server = serve_at("/confluence", site()).await;
    let api = api(&server);
    let is = |status: &str, text: &str| Ok((status.to_owned(), text.to_owned()));
    assert_eq!(body(&api, "1001", Edition::Published).await, is("current", "<p>published</p>"));
    assert_eq!(body(&api, "1001", Edition::Draft).await, is("draft", "<p>unpublished</p>"));
    assert_eq!(body(&api, "1002", Edition::Draft).await, is("current", "<p>other</p>"));
    assert_eq!(body(&api, "1003", Edition::Published).await, is("trashed", "<p>trash</p>"));
    assert_eq!(body(&api, "1004", Edition::Draft).await, is("draft", "<p>draft</p>"));
    for edition in [Edition::Published, Edition::Draft] {
        assert!(body(&api, "9999", edition).await.unwrap_err().is_not_found());
    }
    // as on Cloud, a page is not found among the posts
    assert!(api.content(ContentType::BlogPost, "1001", Edition::Published).await.unwrap_err().is_not_found());
    let comment = api.content(ContentType::FooterComment, "5001", Edition::Published).await.unwrap();
    assert_eq!((comment.blog_post_id.unwrap().0.as_str(), comment.page_id), ("1005", None));
    let document = api.content_in(ContentType::Page, "1001", BodyForm::Document, Edition::Published).await;
    assert!(matches!(document, Err(RequestError::Unsupported { .. })));
}

#[tokio::test]
async fn old_versions_have_their_own_names_and_sizes() {
    let server = serve_at("", site()).await;
    let api = api(&server);
    let mut numbers = Vec::new();
    api.attachment_versions("att2001", |version| numbers.push(version.number.0)).await.end.unwrap();
    numbers.sort();
    assert_eq!(numbers, ["1", "2", "3"]);
    for (number, name, size) in [(1, "now.png", 10), (2, "now.png", 2_000)] {
        let old = api.attachment_version("att2001", number).await.unwrap();
        assert_eq!((old.id.0.as_str(), old.title.as_deref(), old.file_size), ("att2001", Some(name), Some(size)));
        assert_eq!(api.measure_download("1001", "att2001", number).await.unwrap(), size);
    }
    let now = api.attachment("att2001").await.unwrap();
    assert_eq!((now.title.as_deref(), now.file_size), (Some("renamed.png"), Some(30_000)));
    assert_eq!(now.page_id.unwrap().0, "1001");
    assert_eq!(api.fingerprint("1001", "att2001").await.unwrap().size, 30_000);
    assert!(api.attachment_version("att2001", 9).await.unwrap_err().is_not_found());
    assert!(server.requests().iter().all(|request| request.authorized), "files are served to accounts only");
    let mut newest = Vec::new();
    for order in [ListOrder::Backward, ListOrder::Forward] {
        let take = |version: confluence_client::model::PageVersion| newest.push(version.number.0);
        api.page_versions(ContentType::Page, "1001", order, take).await.end.unwrap();
    }
    assert_eq!(newest, ["1", "1"]);
}

#[tokio::test]
async fn the_current_version_can_be_requested_by_number() {
    let server = serve_at("", site()).await;
    let api = api(&server);
    // the version that is current is not historical
    let current = api.attachment_version("att2001", 3).await;
    assert!(current.is_ok_and(|file| file.file_size == Some(30_000)));
}

#[tokio::test]
async fn ids_are_checked_in_bulk() {
    let server = serve_at("", site()).await;
    let api = api(&server);
    assert!(api.is_listed(ContentType::Page, "1001").await.unwrap());
    assert!(api.is_listed(ContentType::Page, "1003").await.unwrap(), "in the trash");
    assert!(!api.is_listed(ContentType::Page, "9999").await.unwrap());
    let mut found = Vec::new();
    let ids = ["1001", "1003", "1005", "9999"];
    let listing = api.listed(ContentType::Page, &ids, |page| found.push((page.id.0, page.status.unwrap()))).await;
    listing.end.unwrap();
    found.sort();
    let expected = [("1001", "current"), ("1003", "trashed")].map(|(id, status)| (id.to_owned(), status.to_owned()));
    assert_eq!(found, expected);
    assert_eq!(api.client().requests().of(RequestKind::LinkTargets), 1 + 2, "what is missing in the list is requested");
}

#[tokio::test]
async fn names_are_known_from_contents_and_only_others_take_a_request() {
    let mut site = site();
    site.account_statuses.insert("anna-key".to_owned(), "inactive".to_owned());
    let account = site.account.account_id.clone();
    let server = serve_at("", site).await;
    let api = api(&server);
    let mut spaces = Vec::new();
    api.spaces(SpaceList::Current, ListOrder::Forward, |space| spaces.push(space.id.0)).await.end.unwrap();
    api.pages(&[&spaces[0]], Bodies::LeftOut, ListOrder::Forward, |_| {}).await.end.unwrap();
    let people = api.people(&[&account, "anna-key", "no-one"]).await.unwrap();
    let names: Vec<&str> = people.iter().filter_map(|person| person.display_name.as_deref()).collect();
    assert_eq!(names, ["Ada Admin", "Anna"]);
    assert_eq!(sent(&server, "/rest/api/user"), 1 + 2, "Anna, and no one by key and by name");
    let accounts = api.accounts(&[&account, "anna-key"]).await.unwrap();
    let statuses: Vec<&str> = accounts.iter().filter_map(|account| account.account_status.as_deref()).collect();
    assert_eq!(statuses, ["active", "inactive"]);
    let current = api.current_user().await.unwrap().value;
    assert_eq!(current.account_id.as_deref(), Some(account.as_str()));
}

#[tokio::test]
async fn facts_about_pages_are_those_of_cloud() {
    let server = serve_at("", site()).await;
    let api = api(&server);
    let page = api.page_alone(ContentType::Page, "1002", true).await.unwrap();
    assert_eq!(page.properties.unwrap().results[0].key, "editor");
    assert_eq!(page.versions.unwrap().results.len(), 1);
    let page = api.page_alone(ContentType::Page, "1001", false).await.unwrap();
    assert_eq!(page.labels.unwrap().results.len(), 2);
    assert!(page.properties.unwrap().results.is_empty() && page.versions.is_none());
    let mut labels = Vec::new();
    api.page_labels(ContentType::Page, "1001", |label| labels.push(label.name)).await.end.unwrap();
    assert_eq!(labels, ["a", "b"]);
    let mut hits = Vec::new();
    let listing = api.page_sweep(SearchScope::Current, &["ENG"], true, true, |hit| hits.push(hit)).await;
    listing.end.unwrap();
    let users = hits[0].history.as_ref().unwrap().pointer("/contributors/publishers/users").unwrap();
    assert!(users[0]["accountId"].is_string(), "{users}");
    let restrictions = api.page_restrictions("1001").await.unwrap();
    assert!(restrictions.pointer("/read/restrictions/user/results").is_some(), "{restrictions}");
    assert_eq!(api.page_watchers("1001").await.unwrap(), Some(0));
    let mut properties = Vec::new();
    api.page_properties("1002", Some("editor"), |property| properties.push(property.key)).await.end.unwrap();
    api.page_properties("1001", Some("editor"), |property| properties.push(property.key)).await.end.unwrap();
    assert_eq!(properties, ["editor"]);
    let mut templates = Vec::new();
    api.templates(Some("ENG"), None, |template| templates.push(template.storage().unwrap().to_owned()))
        .await
        .end
        .unwrap();
    assert_eq!(templates, ["<p>template</p>"]);
    assert_eq!(api.template("700").await.unwrap().storage(), Some("<p>template</p>"));
}

#[tokio::test]
async fn the_site_counts_itself_and_names_its_retention() {
    let with_rules = site().with_space(|space| space.retention = Some(RetentionPolicy::default()));
    let server = serve_at("", with_rules.clone()).await;
    let api_of_admin = api(&server);
    let metrics = api_of_admin.instance_metrics().await.unwrap().unwrap();
    assert_eq!((metrics.pages, metrics.spaces), (2, 1));
    let version = api_of_admin.server_information().await.unwrap().version;
    assert_eq!(version.as_deref(), Some("10.0.3"));
    let mut keys = Vec::new();
    api_of_admin.retention_policies(|space| keys.push((space.key, space.policy.is_some()))).await.end.unwrap();
    assert_eq!(keys, [("ENG".to_owned(), true)]);
    let server = serve(with_rules, |behaviour| behaviour.data_center.metrics_refused = true).await;
    assert_eq!(api(&server).instance_metrics().await.unwrap(), None);
}
