//! Pages, posts and comments, and what belongs to them.

use reqwest::StatusCode;
use serde_json::Value;

use super::super::ids;
use super::{start, status};
use crate::Site;
use crate::site::{ContentType, Status};

fn site() -> Site {
    let at = "2026-01-05T09:00:00Z".parse().unwrap();
    Site::new()
        .person("key-b", "Ben Builder")
        .space("ENG", "Engineering")
        .page("1", "Top", "<p>top</p>")
        .page("2", "Child", "<p>child</p>")
        .with_content(|page| {
            page.parent = Some(("1".to_owned(), ContentType::Page));
            page.author = "key-b".to_owned();
            page.labels = vec!["plan".to_owned()];
            page.readers.watchers = vec!["key-b".to_owned()];
            page.restrictions.read.users = vec!["key-b".to_owned()];
            page.restrictions.update.groups = vec!["staff".to_owned()];
        })
        .property("editor", "v2".into())
        .draft("<p>draft</p>", at)
        .footer_comment("20", "<p>a</p>")
        .reply("21", "<p>b</p>")
        .inline_comment("22", "<p>c</p>")
        .with_content(|comment| comment.resolution = Some("resolved".to_owned()))
}

fn keys(json: &Value) -> Vec<&str> {
    json.as_object().unwrap().keys().map(String::as_str).collect()
}

#[tokio::test]
async fn what_is_not_expanded_is_named_in_expandable() {
    let harness = start(site()).await;
    let plain = &harness.json("/rest/api/content?spaceKey=ENG").await["results"][0];
    for part in ["body", "version", "history", "ancestors", "space", "metadata", "children", "container"] {
        assert!(plain.get(part).is_none() && plain["_expandable"].get(part).is_some(), "{part}");
    }
    let page = harness.json("/rest/api/content/2").await;
    for part in ["version", "history", "space"] {
        assert!(page.get(part).is_some() && page["_expandable"].get(part).is_none(), "{part} is a default");
    }
    let expand = "body.storage,version,history.contributors.publishers,ancestors,space,metadata.labels";
    let page = harness.json(&format!("/rest/api/content/2?expand={expand}")).await;
    assert_eq!(page["body"]["storage"]["value"], "<p>child</p>");
    assert!(page["body"]["_expandable"]["view"].is_string());
    assert_eq!(ids(page["ancestors"].as_array().unwrap()), ["1"]);
    assert_eq!(page["history"]["createdDate"], "2024-01-15T10:00:00.000+01:00");
    assert_eq!(page["history"]["createdBy"]["userKey"], "key-b");
    assert!(page["history"]["contributors"]["publishers"]["users"].is_array());
    assert_eq!(page["metadata"]["labels"]["results"][0]["name"], "plan");
    assert_eq!(page["space"]["key"], "ENG");
    assert_eq!(keys(&page["version"]["_expandable"]), ["content"]);
}

#[tokio::test]
async fn one_list_has_comments_of_both_kinds_and_replies() {
    let harness = start(site()).await;
    let path = "/rest/api/content/scan?type=comment&spaceKey=ENG";
    let expand = "body.storage,ancestors,container,extensions.resolution";
    let (comments, _) = harness.all(&format!("{path}&expand={expand}")).await;
    assert_eq!(ids(&comments), ["20", "21", "22"]);
    assert!(comments.iter().all(|comment| comment["container"]["id"] == "2"));
    assert_eq!(comments[0]["ancestors"], Value::Array(Vec::new()));
    assert_eq!(ids(comments[1]["ancestors"].as_array().unwrap()), ["20"]);
    assert_eq!(comments[0]["extensions"]["location"], "footer");
    assert_eq!(comments[2]["extensions"]["location"], "inline");
    assert_eq!(comments[2]["extensions"]["resolution"]["status"], "resolved");
    let of_page = |query: &str| format!("/rest/api/content/2/child/comment?{query}");
    for (query, expected) in [
        ("", vec!["20", "22"]),
        ("depth=all", vec!["20", "21", "22"]),
        ("depth=all&location=footer", vec!["20", "21"]),
        ("location=inline", vec![]),
        ("location=inline&location=resolved", vec!["22"]),
    ] {
        assert_eq!(ids(&harness.all(&of_page(query)).await.0), expected, "{query}");
    }
    assert_eq!(ids(&harness.all("/rest/api/content/20/child/comment").await.0), ["21"]);
    harness.server.change_site(|site| site.contents[1].status = Status::Trashed);
    assert_eq!(harness.all(path).await.0.len(), 0, "comments on a trashed page");
}

#[tokio::test]
async fn drafts_and_earlier_versions_are_shown_on_request() {
    let site = site().with_content(|_| ()).page("3", "Never published", "");
    let site = site.with_content(|page| page.status = Status::Draft);
    let harness = start(site).await;
    let draft = harness.json("/rest/api/content/2?status=draft&expand=body.storage,version").await;
    assert_eq!((&draft["status"], &draft["body"]["storage"]["value"]), (&"draft".into(), &"<p>draft</p>".into()));
    assert_eq!(draft["version"]["when"], "2026-01-05T10:00:00.000+01:00");
    assert_eq!(ids(&harness.all("/rest/api/content?status=draft").await.0), ["2", "3"]);
    assert_eq!(status(&harness, "/rest/api/content/1?status=draft").await, StatusCode::NOT_FOUND);
    assert_eq!(status(&harness, "/rest/api/content/3").await, StatusCode::NOT_FOUND);
    assert_eq!(ids(&harness.all("/rest/api/content/scan?status=any").await.0), ["1", "2"]);
    harness.server.change_site(|site| site.behaviour.data_center.any_with_drafts = true);
    let (any, _) = harness.all("/rest/api/content/scan?status=any").await;
    assert_eq!((ids(&any), &any[2]["status"]), (vec!["1", "2", "3"], &"draft".into()));
    harness.server.change_site(|site| {
        let page = &mut site.contents[0];
        let author = page.author.clone();
        page.versions.push(crate::site::ContentVersion::new(2, page.created_at, &author));
        page.earlier_bodies.insert(1, "<p>old</p>".to_owned());
    });
    let old = harness.json("/rest/api/content/1?status=historical&version=1&expand=body.storage,version").await;
    assert_eq!((&old["status"], &old["version"]["number"]), (&"historical".into(), &1.into()));
    assert_eq!(old["body"]["storage"]["value"], "<p>old</p>");
    let (versions, _) = harness.all("/rest/experimental/content/1/version").await;
    assert_eq!(versions.iter().map(|version| version["number"].as_u64().unwrap()).collect::<Vec<_>>(), [2, 1]);
}

#[tokio::test]
async fn labels_properties_restrictions_and_watchers_belong_to_a_content() {
    let harness = start(site()).await;
    let labels = harness.json("/rest/api/content/2/label").await;
    assert_eq!((&labels["results"][0]["label"], &labels["limit"]), (&"plan".into(), &200.into()));
    let properties = harness.json("/rest/api/content/2/property").await;
    assert_eq!((&properties["results"][0]["value"], &properties["limit"]), (&"v2".into(), &10.into()));
    assert_eq!(harness.json("/rest/api/content/2/property/editor").await["key"], "editor");
    assert_eq!(status(&harness, "/rest/api/content/2/property/other").await, StatusCode::NOT_FOUND);
    let page = harness.json("/rest/api/content/2?expand=metadata.properties.editor").await;
    assert_eq!(page["metadata"]["properties"]["editor"]["value"], "v2");
    let restrictions = harness.json("/rest/api/content/2/restriction/byOperation").await;
    assert_eq!(restrictions["read"]["restrictions"]["user"]["results"][0]["userKey"], "key-b");
    assert_eq!(restrictions["update"]["restrictions"]["group"]["results"][0]["name"], "staff");
    let expand = "restrictions.read.restrictions.user";
    let page = harness.json(&format!("/rest/api/content/2?expand={expand}")).await;
    assert_eq!(page["restrictions"]["read"]["restrictions"]["user"]["size"], 1);
    assert!(page["restrictions"]["_expandable"]["update"].is_string());
    let watchers = harness.json("/rest/api/content/2/watchers").await;
    assert_eq!(watchers["results"][0]["userKey"], "key-b");
    harness.server.change_site(|site| site.behaviour.data_center.not_administrated.push("*".to_owned()));
    assert_eq!(status(&harness, "/rest/api/content/2/watchers").await, StatusCode::FORBIDDEN);
}
