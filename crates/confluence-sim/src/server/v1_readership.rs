//! Views, viewers, watches and restrictions of one page, which only v1 has.

use std::collections::HashSet;

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Value, json};

use super::indexed_site::{IndexedSite, Viewer};
use super::reply::{Reply, ReplyResult};
use super::request::Request;
use super::sort_keys::number_of;
use super::{errors, people, v1_expansions};

/// Maximum number of watches in one response.
const MAX_WATCHES: usize = 200;

/// `analytics/content/{id}/views` and `/viewers`, counted since `fromDate` if given.
pub(crate) fn analytics(indexed: &IndexedSite, viewer: Viewer, request: &Request, id: &str, what: &str) -> ReplyResult {
    let content = indexed.visible_content(viewer, id).ok_or_else(|| errors::v1_not_found(id))?;
    if indexed.site.behaviour.analytics_restricted.contains(&content.space_id) {
        return Err(errors::analytics_restricted());
    }
    let since = match request.parameter("fromDate") {
        None => None,
        Some(text) => Some(time(text).ok_or_else(|| errors::v1(400, "fromDate is not a date"))?),
    };
    let views = content.readers.views.iter().filter(|view| since.is_none_or(|since| view.at >= since));
    let count = match what {
        "views" => views.count(),
        "viewers" => views.map(|view| &view.viewer).collect::<HashSet<_>>().len(),
        _ => return Err(errors::unknown_path(&request.path)),
    };
    Ok(Reply::ok(json!({"id": number_of(&content.id), "count": count})))
}

fn time(text: &str) -> Option<DateTime<Utc>> {
    let day = || Some(NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0)?.and_utc());
    DateTime::parse_from_rfc3339(text).ok().map(|at| at.to_utc()).or_else(day)
}

/// `content/{id}/notification/child-created`: the watches of a page, paged by `start` and `limit`.
pub(crate) fn watches(indexed: &IndexedSite, viewer: Viewer, request: &Request, id: &str) -> ReplyResult {
    let content = indexed.visible_content(viewer, id).ok_or_else(|| errors::v1_not_found(id))?;
    let number = |key, default| request.parameter(key).map_or(Ok(default), str::parse::<usize>);
    let (Ok(start), Ok(limit)) = (number("start", 0), number("limit", MAX_WATCHES)) else {
        return Err(errors::v1(400, "start and limit must be numbers"));
    };
    let limit = limit.clamp(1, MAX_WATCHES);
    let watchers = &content.readers.watchers;
    let results: Vec<Value> = watchers
        .iter()
        .skip(start)
        .take(limit)
        .map(|id| json!({"type": "page", "contentId": number_of(&content.id), "watcher": watcher(indexed, id)}))
        .collect();
    let mut links = json!({"base": indexed.base(), "context": "/wiki"});
    if watchers.len() > start + results.len() {
        let next = start + results.len();
        let path = format!("/rest/api/content/{id}/notification/child-created?start={next}&limit={limit}");
        links["next"] = Value::from(path);
    }
    let size = results.len();
    Ok(Reply::ok(json!({"results": results, "start": start, "limit": limit, "size": size, "_links": links})))
}

/// `content/{id}/restriction/byOperation`: who may read or edit a content.
pub(crate) fn restrictions(indexed: &IndexedSite, viewer: Viewer, id: &str) -> ReplyResult {
    let content = indexed.visible_content(viewer, id).ok_or_else(|| errors::v1_not_found(id))?;
    Ok(Reply::ok(v1_expansions::restrictions_by_operation(indexed, content)))
}

/// Returns a person without the links of other responses.
fn watcher(indexed: &IndexedSite, id: &str) -> Value {
    let name = people::known_people(indexed).find(|person| person.account_id == id).map_or("", |person| &person.name);
    json!({
        "type": "known",
        "accountId": id,
        "accountType": "atlassian",
        "email": "",
        "publicName": name,
        "displayName": name,
        "profilePicture": {"path": "/wiki/aa-avatar/default", "width": 48, "height": 48, "isDefault": true},
        "operations": null,
        "isExternalCollaborator": false,
        "externalCollaborator": false,
        "isGuest": false,
        "personalSpace": null,
    })
}
