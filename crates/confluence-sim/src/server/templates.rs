//! Page and blueprint templates, which only v1 has.

use serde_json::{Value, json};

use super::indexed_site::{IndexedSite, Viewer};
use super::reply::{Reply, ReplyResult};
use super::request::Request;
use super::{errors, v2_json};
use crate::site::Template;

/// `template/page` and `template/blueprint`: the templates of a space, or the global ones, paged by `start` and
/// `limit`.
pub(crate) fn list(indexed: &IndexedSite, viewer: Viewer, request: &Request, blueprint: bool) -> ReplyResult {
    if viewer == Viewer::Anonymous {
        return Err(errors::v1(403, "Not permitted to view templates"));
    }
    let number = |key, default| request.parameter(key).map_or(Ok(default), str::parse::<usize>);
    let (Ok(start), Ok(limit)) = (number("start", 0), number("limit", 25)) else {
        return Err(errors::v1(400, "start and limit must be numbers"));
    };
    let limit = limit.clamp(1, 200);
    let key = request.parameter("spaceKey");
    if key.is_some_and(|key| !indexed.site.spaces.iter().any(|space| space.key == key && viewer.sees_space(space))) {
        return Err(errors::v1(404, "No space found"));
    }
    let lists_all = indexed.site.behaviour.lists_all_templates;
    let listed: Vec<&Template> = indexed
        .site
        .templates
        .iter()
        .filter(|template| template.blueprint == blueprint)
        .filter(|template| template.space_key.as_deref() == key || (key.is_none() && lists_all))
        .collect();
    let with_body = request.parameters("expand").any(|expand| expand.split(',').any(|part| part.starts_with("body")));
    let results: Vec<Value> =
        listed.iter().skip(start).take(limit).map(|template| template_json(template, with_body)).collect();
    let mut links = json!({"base": indexed.base(), "context": "/wiki"});
    if listed.len() > start + results.len() {
        let kind = if blueprint { "blueprint" } else { "page" };
        let space = key.map_or_else(String::new, |key| format!("&spaceKey={}", v2_json::segment(key)));
        let expand = if with_body { "&expand=body" } else { "" };
        let next = start + results.len();
        links["next"] = Value::from(format!("/rest/api/template/{kind}?start={next}&limit={limit}{space}{expand}"));
    }
    let size = results.len();
    Ok(Reply::ok(json!({"results": results, "start": start, "limit": limit, "size": size, "_links": links})))
}

/// Returns one template by id.
pub(crate) fn one(indexed: &IndexedSite, id: &str) -> ReplyResult {
    let found = indexed.site.templates.iter().find(|template| template.id == id);
    found
        .map(|template| Reply::ok(template_json(template, true)))
        .ok_or_else(|| errors::v1(403, "No template found or not permitted"))
}

/// Returns a template as JSON.
pub(crate) fn template_json(template: &Template, with_body: bool) -> Value {
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
