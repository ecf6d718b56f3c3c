//! The `expand` parameter of the content search.

use serde_json::{Map, Value, json};

use super::indexed_site::IndexedSite;
use super::{people, v2_json, workflow};
use crate::readership::AllowedAccounts;
use crate::site::Content;

/// Maximum number of labels in a hit, unless the site sets another one.
const MAX_LABELS: usize = 200;

/// Adds one expansion to a hit; ignores unknown ones.
pub(super) fn expand(indexed: &IndexedSite, content: &Content, part: &str, json: &mut Value) {
    match part {
        "version" => {
            json["version"] = json!({
                "number": content.version().map(|version| version.number),
                "when": v2_json::time(content.modified_at()),
                "minorEdit": content.version().is_some_and(|version| version.minor),
            });
        }
        "space" => {
            let space = indexed.space(&content.space_id);
            json["space"] = json!({"key": space.map(|space| &space.key), "name": space.map(|space| &space.name)});
        }
        "body.storage" => {
            json["body"] = json!({"storage": {"representation": "storage", "value": content.body}});
        }
        "container" => {
            if let Some(container) = content.container.as_deref().and_then(|id| indexed.content(id)) {
                json["container"] =
                    json!({"id": container.id, "type": container.kind.as_str(), "title": container.title});
                remove_expandable(json, "container");
            }
        }
        "ancestors" if !indexed.site.behaviour.search_without_ancestors => {
            json["ancestors"] = Value::from(ancestors(indexed, content));
        }
        "metadata.labels" => json["metadata"]["labels"] = labels(indexed, content),
        "history.contributors" | "history.contributors.publishers" => {
            json["history"] = json!({"latest": true, "contributors": {"publishers": publishers(indexed, content)}});
        }
        _ => {
            if let Some(path) = part.strip_prefix("restrictions.") {
                restriction(indexed, content, path, json);
            } else if let Some(key) = part.strip_prefix("metadata.properties.")
                && !indexed.site.behaviour.search_without_properties
            {
                property(indexed, content, key, json);
            }
        }
    }
}

fn remove_expandable(json: &mut Value, expanded: &str) {
    if let Some(others) = json["_expandable"].as_object_mut() {
        others.remove(expanded);
    }
}

/// Returns the ancestors of the same type, from the top: pages above a page, comments above a reply.
fn ancestors(indexed: &IndexedSite, content: &Content) -> Vec<Value> {
    let mut above = Vec::new();
    let mut at = content;
    while let Some(parent) = at.parent.as_ref().and_then(|(id, _)| indexed.content(id))
        && parent.kind == content.kind
    {
        above.push(json!({"id": parent.id, "type": parent.kind.as_str(), "status": parent.status.as_str()}));
        at = parent;
    }
    above.reverse();
    above
}

/// Returns the labels up to the limit. The response does not show whether there are more.
fn labels(indexed: &IndexedSite, content: &Content) -> Value {
    let limit = indexed.site.behaviour.label_cap.unwrap_or(MAX_LABELS);
    let results: Vec<Value> = content
        .labels
        .iter()
        .take(limit)
        .map(|name| json!({"id": v2_json::label_id(name), "name": name, "label": name, "prefix": "global"}))
        .collect();
    let size = results.len();
    json!({"results": results, "start": 0, "limit": limit, "size": size, "_links": {}})
}

fn publishers(indexed: &IndexedSite, content: &Content) -> Value {
    let mut ids: Vec<&str> = content.versions.iter().map(|version| version.author.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    let users: Vec<Value> = ids.iter().map(|id| user(indexed, id)).collect();
    json!({"users": users, "userAccountIds": ids, "_links": {}})
}

fn user(indexed: &IndexedSite, id: &str) -> Value {
    let known = people::known_people(indexed).find(|person| person.account_id == id);
    known.map_or_else(|| json!({"type": "known", "accountId": id}), people::person)
}

/// Adds an expansion such as `read.restrictions.user`; the first one of an operation also adds the operation.
fn restriction(indexed: &IndexedSite, content: &Content, path: &str, json: &mut Value) {
    let Some((operation, who)) = path.split_once(".restrictions.") else { return };
    let Some(allowed) = allowed(content, operation) else { return };
    let Some(list) = named(indexed, allowed, who) else { return };
    let one = &mut json["restrictions"][operation];
    one["operation"] = Value::from(operation);
    one["restrictions"][who] = list;
    one["_expandable"] = json!({"content": ""});
    one["_links"] = json!({});
}

fn allowed<'c>(content: &'c Content, operation: &str) -> Option<&'c AllowedAccounts> {
    match operation {
        "read" => Some(&content.restrictions.read),
        "update" => Some(&content.restrictions.update),
        _ => None,
    }
}

fn named(indexed: &IndexedSite, allowed: &AllowedAccounts, who: &str) -> Option<Value> {
    let results: Vec<Value> = match who {
        "user" => allowed.users.iter().map(|id| user(indexed, id)).collect(),
        "group" => {
            let group = |name: &String| json!({"type": "group", "name": name, "id": v2_json::label_id(name)});
            allowed.groups.iter().map(group).collect()
        }
        _ => return None,
    };
    Some(json!({"start": 0, "limit": 200, "size": results.len(), "results": results}))
}

/// `content/{id}/restriction/byOperation`: all operations by name, with users and groups expanded.
pub(super) fn restrictions_by_operation(indexed: &IndexedSite, content: &Content) -> Value {
    let mut all = json!({"_links": {}});
    for operation in ["read", "update"] {
        let Some(allowed) = allowed(content, operation) else { continue };
        all[operation] = json!({
            "operation": operation,
            "restrictions": {
                "user": named(indexed, allowed, "user"),
                "group": named(indexed, allowed, "group"),
                "_expandable": {},
            },
            "_expandable": {"content": ""},
            "_links": {},
        });
    }
    all
}

/// Adds a content property. The properties object exists even if the content does not have the property; `_expandable`
/// lists the content's properties that were not requested.
fn property(indexed: &IndexedSite, content: &Content, key: &str, json: &mut Value) {
    if !json["metadata"]["properties"].is_object() {
        json["metadata"]["properties"] = Value::Object(Map::new());
        for other in content.properties.keys() {
            json["metadata"]["properties"]["_expandable"][other] =
                Value::from(format!("/rest/api/content/{}/property/{other}", content.id));
        }
    }
    let value = content.properties.get(key).cloned().or_else(|| workflow::property(indexed, content, key));
    if let Some(value) = value {
        let properties = &mut json["metadata"]["properties"];
        properties[key] = v2_json::property(content, key, &value);
        if let Some(others) = properties["_expandable"].as_object_mut() {
            others.remove(key);
        }
    }
}
