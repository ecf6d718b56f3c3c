//! What `expand` adds to a hit of the content search.

use serde_json::{Map, Value, json};

use super::served::Served;
use super::{people, views, workflow};
use crate::readers::Allowed;
use crate::site::Content;

/// Labels inside a hit at most, unless the site says otherwise.
const MOST_LABELS: usize = 200;

/// Adds one expansion; unknown ones add nothing.
pub(super) fn expand(served: &Served, content: &Content, part: &str, json: &mut Value) {
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
        "container" => {
            if let Some(container) = content.container.as_deref().and_then(|id| served.content(id)) {
                json["container"] =
                    json!({"id": container.id, "type": container.kind.as_str(), "title": container.title});
                forget(json, "container");
            }
        }
        "ancestors" if !served.site.behaviour.search_without_ancestors => {
            json["ancestors"] = Value::from(ancestors(served, content));
        }
        "metadata.labels" => json["metadata"]["labels"] = labels(served, content),
        "history.contributors" | "history.contributors.publishers" => {
            json["history"] = json!({"latest": true, "contributors": {"publishers": publishers(served, content)}});
        }
        _ => {
            if let Some(path) = part.strip_prefix("restrictions.") {
                restriction(served, content, path, json);
            } else if let Some(key) = part.strip_prefix("metadata.properties.")
                && !served.site.behaviour.search_without_properties
            {
                property(served, content, key, json);
            }
        }
    }
}

fn forget(json: &mut Value, expanded: &str) {
    if let Some(others) = json["_expandable"].as_object_mut() {
        others.remove(expanded);
    }
}

/// What stands above a content of its own kind, from the top: pages above a page, comments above a reply.
fn ancestors(served: &Served, content: &Content) -> Vec<Value> {
    let mut above = Vec::new();
    let mut at = content;
    while let Some(parent) = at.parent.as_ref().and_then(|(id, _)| served.content(id))
        && parent.kind == content.kind
    {
        above.push(json!({"id": parent.id, "type": parent.kind.as_str(), "status": parent.status.as_str()}));
        at = parent;
    }
    above.reverse();
    above
}

/// Cut at the limit without any other sign (CONFCLOUD-71415).
fn labels(served: &Served, content: &Content) -> Value {
    let limit = served.site.behaviour.label_cap.unwrap_or(MOST_LABELS);
    let results: Vec<Value> = content
        .labels
        .iter()
        .take(limit)
        .map(|name| json!({"id": views::label_id(name), "name": name, "label": name, "prefix": "global"}))
        .collect();
    let size = results.len();
    json!({"results": results, "start": 0, "limit": limit, "size": size, "_links": {}})
}

fn publishers(served: &Served, content: &Content) -> Value {
    let mut ids: Vec<&str> = content.versions.iter().map(|version| version.author.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    let users: Vec<Value> = ids.iter().map(|id| user(served, id)).collect();
    json!({"users": users, "userAccountIds": ids, "_links": {}})
}

fn user(served: &Served, id: &str) -> Value {
    let known = people::known_people(served).find(|person| person.account_id == id);
    known.map_or_else(|| json!({"type": "known", "accountId": id}), people::person)
}

/// `read.restrictions.user` and the like: each adds its own part, the operation itself comes with the first.
fn restriction(served: &Served, content: &Content, path: &str, json: &mut Value) {
    let Some((operation, who)) = path.split_once(".restrictions.") else { return };
    let Some(allowed) = allowed(content, operation) else { return };
    let Some(list) = named(served, allowed, who) else { return };
    let one = &mut json["restrictions"][operation];
    one["operation"] = Value::from(operation);
    one["restrictions"][who] = list;
    one["_expandable"] = json!({"content": ""});
    one["_links"] = json!({});
}

fn allowed<'c>(content: &'c Content, operation: &str) -> Option<&'c Allowed> {
    match operation {
        "read" => Some(&content.restrictions.read),
        "update" => Some(&content.restrictions.update),
        _ => None,
    }
}

fn named(served: &Served, allowed: &Allowed, who: &str) -> Option<Value> {
    let results: Vec<Value> = match who {
        "user" => allowed.users.iter().map(|id| user(served, id)).collect(),
        "group" => {
            let group = |name: &String| json!({"type": "group", "name": name, "id": views::label_id(name)});
            allowed.groups.iter().map(group).collect()
        }
        _ => return None,
    };
    Some(json!({"start": 0, "limit": 200, "size": results.len(), "results": results}))
}

/// `content/{id}/restriction/byOperation`: every operation by its name, users and groups expanded.
pub(super) fn restrictions_by_operation(served: &Served, content: &Content) -> Value {
    let mut all = json!({"_links": {}});
    for operation in ["read", "update"] {
        let Some(allowed) = allowed(content, operation) else { continue };
        all[operation] = json!({
            "operation": operation,
            "restrictions": {
                "user": named(served, allowed, "user"),
                "group": named(served, allowed, "group"),
                "_expandable": {},
            },
            "_expandable": {"content": ""},
            "_links": {},
        });
    }
    all
}

/// The properties object is there even where the content lacks the property; under `_expandable` stand the properties
/// that the content has and nobody asked for.
fn property(served: &Served, content: &Content, key: &str, json: &mut Value) {
    if !json["metadata"]["properties"].is_object() {
        json["metadata"]["properties"] = Value::Object(Map::new());
        for other in content.properties.keys() {
            json["metadata"]["properties"]["_expandable"][other] =
                Value::from(format!("/rest/api/content/{}/property/{other}", content.id));
        }
    }
    let value = content.properties.get(key).cloned().or_else(|| workflow::property(served, content, key));
    if let Some(value) = value {
        let properties = &mut json["metadata"]["properties"];
        properties[key] = views::property(content, key, &value);
        if let Some(others) = properties["_expandable"].as_object_mut() {
            others.remove(key);
        }
    }
}
