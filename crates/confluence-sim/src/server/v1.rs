//! What v1 still has: search, current user, templates, people, downloads (`confluence-api.md` 2.2, 4).

use serde_json::{Value, json};

use super::errors;
use super::reply::Reply;
use super::request::Request;
use super::served::{Served, Viewer};
use super::v2_lists::Answer;
use super::{downloads, v1_readers, v1_search, v1_states, views};
use crate::site::{Person, Template};

/// Answers a path below `/wiki/rest/api/`.
pub(crate) fn route(served: &Served, viewer: Viewer, request: &Request, segments: &[&str], media: &str) -> Answer {
    match segments {
        ["user", "current"] => Ok(Reply::ok(current_user(served, viewer))),
        ["user", "bulk"] => Ok(people(served, request)),
        ["user"] => one_person(served, request),
        ["settings", "systemInfo"] => Ok(Reply::ok(system_info(served))),
        ["content", "search"] => v1_search::search(served, viewer, request),
        ["template", kind @ ("page" | "blueprint")] => templates(served, viewer, request, *kind == "blueprint"),
        ["template", id] => template(served, id),
        ["content", id, "state"] => v1_states::of_content(served, viewer, id),
        ["space", key, "state"] => v1_states::of_space(served, viewer, &decoded(key)),
        ["space", key, "state", "content"] => v1_states::contents(served, viewer, request, &decoded(key)),
        ["content", owner, "child", "attachment", id, "download"] => {
            downloads::redirect(served, viewer, request, owner, id, media)
        }
        ["analytics", "content", id, what] => v1_readers::analytics(served, viewer, request, id, what),
        ["content", id, "notification", "child-created"] => v1_readers::watches(served, viewer, request, id),
        ["content", _, "child", "attachment", _] => Err(errors::method_not_allowed()),
        // the removed family: `content`, `content/{id}`, children, labels, properties, versions, `space`
        ["content" | "space", ..] => Err(errors::gone()),
        _ => Err(errors::unknown_path(&request.path)),
    }
}

/// Keys of personal spaces may come escaped.
fn decoded(key: &str) -> String {
    percent_encoding::percent_decode_str(key).decode_utf8_lossy().into_owned()
}

fn current_user(served: &Served, viewer: Viewer) -> Value {
    match viewer {
        Viewer::Account => {
            let mut user = person(&served.site.account);
            user["email"] = Value::from(served.site.email.as_str());
            user
        }
        Viewer::Anonymous => json!({
            "type": "anonymous",
            "displayName": "Anonymous",
            "profilePicture": {"path": "/wiki/aa-avatar/anonymous", "width": 48, "height": 48, "isDefault": true},
            "_expandable": {"operations": ""},
            "_links": {"base": served.base(), "context": "/wiki"},
        }),
    }
}

/// A person as v1 writes one.
pub(crate) fn person(person: &Person) -> Value {
    json!({
        "type": "known",
        "accountId": person.account_id,
        "accountType": "atlassian",
        "email": "",
        "publicName": person.name,
        "displayName": person.name,
        "profilePicture": {"path": "/wiki/aa-avatar/default", "width": 48, "height": 48, "isDefault": true},
        "isExternalCollaborator": false,
        "_expandable": {"operations": "", "personalSpace": ""},
        "_links": {"self": format!("/rest/api/user?accountId={}", person.account_id)},
    })
}

/// Everybody the site knows.
pub(crate) fn known_people(served: &Served) -> impl Iterator<Item = &Person> {
    std::iter::once(&served.site.account).chain(&served.site.people)
}

/// Unknown ids are omitted without a sign.
fn people(served: &Served, request: &Request) -> Reply {
    let wanted = request.ids("accountId");
    if wanted.len() > 100 {
        return errors::v1(400, "Too many account ids");
    }
    let results: Vec<Value> =
        known_people(served).filter(|known| wanted.contains(&known.account_id.as_str())).map(person).collect();
    let size = results.len();
    Reply::ok(json!({"results": results, "start": 0, "limit": 200, "size": size, "_links": {"base": served.base()}}))
}

fn one_person(served: &Served, request: &Request) -> Answer {
    let id = request.parameter("accountId").unwrap_or_default();
    known_people(served)
        .find(|known| known.account_id == id)
        .map(|known| Reply::ok(person(known)))
        .ok_or_else(|| errors::v1(404, "No user found"))
}

fn system_info(served: &Served) -> Value {
    json!({
        "cloudId": super::CLOUD_ID,
        "commitHash": "0000000",
        "baseUrl": served.base(),
        "edition": "STANDARD",
        "siteTitle": "Confluence",
        "defaultLocale": "en_GB",
        "defaultTimeZone": "Etc/UTC",
    })
}

/// `template/page` and `template/blueprint`: those of a space, or without one the global ones; `start` and `limit`.
fn templates(served: &Served, viewer: Viewer, request: &Request, blueprint: bool) -> Answer {
    if viewer == Viewer::Anonymous {
        return Err(errors::v1(403, "Not permitted to view templates"));
    }
    let number = |key, default| request.parameter(key).map_or(Ok(default), str::parse::<usize>);
    let (Ok(start), Ok(limit)) = (number("start", 0), number("limit", 25)) else {
        return Err(errors::v1(400, "start and limit must be numbers"));
    };
    let limit = limit.clamp(1, 200);
    let key = request.parameter("spaceKey");
    if key.is_some_and(|key| !served.site.spaces.iter().any(|space| space.key == key)) {
        return Err(errors::v1(404, "No space found"));
    }
    let listed: Vec<&Template> = served
        .site
        .templates
        .iter()
        .filter(|template| template.blueprint == blueprint && template.space_key.as_deref() == key)
        .collect();
    let with_body = request.parameters("expand").any(|expand| expand.split(',').any(|part| part.starts_with("body")));
    let results: Vec<Value> =
        listed.iter().skip(start).take(limit).map(|template| template_json(template, with_body)).collect();
    let mut links = json!({"base": served.base(), "context": "/wiki"});
    if listed.len() > start + results.len() {
        let kind = if blueprint { "blueprint" } else { "page" };
        let space = key.map_or_else(String::new, |key| format!("&spaceKey={}", views::segment(key)));
        let expand = if with_body { "&expand=body" } else { "" };
        let next = start + results.len();
        links["next"] = Value::from(format!("/rest/api/template/{kind}?start={next}&limit={limit}{space}{expand}"));
    }
    let size = results.len();
    Ok(Reply::ok(json!({"results": results, "start": start, "limit": limit, "size": size, "_links": links})))
}

fn template(served: &Served, id: &str) -> Answer {
    let found = served.site.templates.iter().find(|template| template.id == id);
    found
        .map(|template| Reply::ok(template_json(template, true)))
        .ok_or_else(|| errors::v1(403, "No template found or not permitted"))
}

fn template_json(template: &Template, with_body: bool) -> Value {
    let mut json = json!({
        "templateId": template.id,
        "name": template.name,
        "description": "",
        "templateType": "page",
        "editorVersion": "v2",
        "labels": [],
        "_links": {"self": format!("/rest/api/template/{}", template.id)},
    });
    if template.blueprint {
        json["originalTemplate"] = json!({"pluginKey": "com.atlassian.confluence.plugins", "moduleKey": template.id});
        json["referencingBlueprint"] = Value::from("meeting-notes");
    }
    if let Some(key) = &template.space_key {
        json["space"] = json!({"key": key});
    }
    if with_body {
        json["body"] = json!({"storage": {"value": template.body, "representation": "storage"}});
    } else {
        json["_expandable"] = json!({"body": ""});
    }
    json
}
