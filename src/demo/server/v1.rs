//! What v1 still has: search, current user, templates, people, downloads (`confluence-api.md` 2.2, 4).

use serde_json::{Map, Value, json};

use super::cql::{self, Facts};
use super::errors;
use super::paging::number_of;
use super::reply::Reply;
use super::request::Request;
use super::served::{Served, Viewer};
use super::v2_lists::Answer;
use super::{downloads, v1_states, views};
use crate::demo::base64;
use crate::demo::site::{Content, Person, Status, Template};

/// Answers a path below `/wiki/rest/api/`.
pub(crate) fn route(served: &Served, viewer: Viewer, request: &Request, segments: &[&str], media: &str) -> Answer {
    match segments {
        ["user", "current"] => Ok(Reply::ok(current_user(served, viewer))),
        ["user", "bulk"] => Ok(people(served, request)),
        ["user"] => one_person(served, request),
        ["settings", "systemInfo"] => Ok(Reply::ok(system_info(served))),
        ["content", "search"] => search(served, viewer, request),
        ["template", kind @ ("page" | "blueprint")] => templates(served, viewer, request, *kind == "blueprint"),
        ["template", id] => template(served, id),
        ["content", id, "state"] => v1_states::of_content(served, viewer, id),
        ["space", key, "state"] => v1_states::of_space(served, viewer, &decoded(key)),
        ["space", key, "state", "content"] => v1_states::contents(served, viewer, request, &decoded(key)),
        ["content", owner, "child", "attachment", id, "download"] => {
            downloads::redirect(served, viewer, request, owner, id, media)
        }
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

fn person(person: &Person) -> Value {
    json!({
        "type": "known",
        "accountId": person.account_id,
        "accountType": "atlassian",
        "email": "",
        "publicName": person.name,
        "displayName": person.name,
        "isExternalCollaborator": false,
        "_expandable": {"operations": "", "personalSpace": ""},
        "_links": {"self": format!("/rest/api/user?accountId={}", person.account_id)},
    })
}

fn known_people(served: &Served) -> impl Iterator<Item = &Person> {
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

/// CQL over what is published. The index holds neither archived contents nor archived spaces nor the trash. The
/// cursor alone decides the position; `start` is echoed and not used (`confluence-api.md` 4).
fn search(served: &Served, viewer: Viewer, request: &Request) -> Answer {
    let conditions = request.parameter("cql").and_then(cql::parse);
    let conditions = conditions.ok_or_else(|| errors::v1(400, "Could not parse cql"))?;
    let expands: Vec<&str> =
        request.parameters("expand").flat_map(|value| value.split(',')).filter(|part| !part.is_empty()).collect();
    let limit = search_limit(request, &expands)?;
    let after = request.parameter("cursor").map(search_position).transpose()?.unwrap_or_default();
    let mut found: Vec<&Content> = served
        .site
        .contents
        .iter()
        .filter(|content| is_indexed(served, viewer, content))
        .filter(|content| conditions.iter().all(|condition| condition.holds(&facts(served, content))))
        .collect();
    found.sort_unstable_by_key(|content| number_of(&content.id));
    let total = found.len();
    found.retain(|content| number_of(&content.id) > after);
    let more = found.len() > limit;
    found.truncate(limit);
    let mut links = json!({"base": served.base(), "context": "/wiki", "self": format!("{}{}", served.base(), "/rest/api/content/search")});
    if let Some(last) = found.last().filter(|_| more) {
        let cursor = search_cursor(number_of(&last.id));
        let next = request.with_cursor(&cursor);
        links["next"] = Value::from(next.strip_prefix("/wiki").unwrap_or(&next));
    }
    let results: Vec<Value> = found.into_iter().map(|content| searched(served, content, &expands)).collect();
    let start: usize = request.parameter("start").and_then(|start| start.parse().ok()).unwrap_or_default();
    let size = results.len();
    Ok(Reply::ok(json!({
        "results": results, "start": start, "limit": limit, "size": size, "totalSize": total, "_links": links,
    })))
}

/// Caps are applied silently and echoed: 1000 plain, 200 with expansions, 50 with bodies.
fn search_limit(request: &Request, expands: &[&str]) -> Result<usize, Reply> {
    let cap = if expands.iter().any(|part| part.starts_with("body")) {
        50
    } else if expands.is_empty() {
        1000
    } else {
        200
    };
    let asked = request.parameter("limit").map_or(Ok(25), str::parse::<usize>);
    asked.map(|limit| limit.clamp(1, cap)).map_err(|_| errors::v1(400, "limit is no number"))
}

fn search_cursor(last: i64) -> String {
    base64::encode_url_safe(json!({"contentOrder": "id", "id": last}).to_string().as_bytes())
}

fn search_position(cursor: &str) -> Result<i64, Reply> {
    base64::decode(cursor)
        .and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok())
        .filter(Value::is_object)
        .map(|value| value["id"].as_i64().unwrap_or_default())
        .ok_or_else(|| errors::v1(400, "Invalid cursor"))
}

fn is_indexed(served: &Served, viewer: Viewer, content: &Content) -> bool {
    let in_current_space = served.space(&content.space_id).is_some_and(|space| !space.archived);
    content.status == Status::Current && in_current_space && served.sees_content(viewer, content)
}

fn facts<'a>(served: &'a Served, content: &'a Content) -> Facts<'a> {
    Facts {
        kind: content.kind.as_str(),
        id: &content.id,
        title: &content.title,
        space_key: served.space(&content.space_id).map_or("", |space| space.key.as_str()),
        labels: &content.labels,
        created_at: content.created_at,
        modified_at: content.modified_at(),
    }
}

fn searched(served: &Served, content: &Content, expands: &[&str]) -> Value {
    let web = views::webui(served, content);
    let mut json = json!({
        "id": content.id,
        "type": content.kind.as_str(),
        "status": content.status.as_str(),
        "title": content.title,
        "_expandable": {"container": "", "metadata": "", "extensions": ""},
        "_links": {"webui": web, "self": format!("{}/rest/api/content/{}", served.base(), content.id)},
    });
    for part in expands {
        expand(served, content, part, &mut json);
    }
    json
}

fn expand(served: &Served, content: &Content, part: &str, json: &mut Value) {
    match part {
        "version" => {
            json["version"] = json!({
                "number": content.version().map(|version| version.number),
                "when": views::time(content.modified_at()),
                "minorEdit": content.version().is_some_and(|version| version.minor),
            });
        }
        "space" => {
            let space = served.space(&content.space_id);
            json["space"] = json!({"key": space.map(|space| &space.key), "name": space.map(|space| &space.name)});
        }
        "body.storage" => {
            json["body"] = json!({"storage": {"representation": "storage", "value": content.body}});
        }
        "metadata.labels" => {
            let results: Vec<Value> = content.labels.iter().map(|name| views::label(name)).collect();
            json["metadata"]["labels"] = json!({"results": results});
        }
        "history.contributors" | "history.contributors.publishers" => {
            let mut ids: Vec<&str> = content.versions.iter().map(|version| version.author.as_str()).collect();
            ids.sort_unstable();
            ids.dedup();
            let users: Vec<Value> = ids.iter().map(|id| json!({"type": "known", "accountId": id})).collect();
            json["history"]["contributors"] = json!({"publishers": {"users": users, "userKeys": ids}});
        }
        _ => {
            let key = part.strip_prefix("metadata.properties.");
            if let Some(key) = key.filter(|_| !served.site.behaviour.search_without_properties) {
                expand_property(content, key, json);
            }
        }
    }
}

/// The properties object is there even where the content lacks the property; under `_expandable` stand the properties
/// that the content has and nobody asked for.
fn expand_property(content: &Content, key: &str, json: &mut Value) {
    if !json["metadata"]["properties"].is_object() {
        json["metadata"]["properties"] = Value::Object(Map::new());
        for other in content.properties.keys() {
            json["metadata"]["properties"]["_expandable"][other] =
                Value::from(format!("/rest/api/content/{}/property/{other}", content.id));
        }
    }
    if let Some(value) = content.properties.get(key) {
        let properties = &mut json["metadata"]["properties"];
        properties[key] = views::property(content, key, value);
        if let Some(others) = properties["_expandable"].as_object_mut() {
            others.remove(key);
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn search_cursors_round_trip_and_strangers_are_refused() {
        assert_eq!(search_position(&search_cursor(42)).unwrap(), 42);
        assert_eq!(search_position("/rest/api/content/search?cursor=x").unwrap_err().status, 400);
    }
}
