//! Content states (page status).

use serde_json::{Value, json};

use super::errors;
use super::indexed_site::{IndexedSite, Viewer};
use super::reply::{Reply, ReplyResult};
use super::request::Request;
use super::sort_keys::number_of;
use super::v2_json;
use crate::site::{Content, ContentType, Status};

/// The property with the state of a page: an object with `id`, `name` and `color`.
const PROPERTY: &str = "content-state-published";

fn state_of(content: &Content) -> Option<&Value> {
    content.properties.get(PROPERTY)
}

/// `content/{id}/state`: 200 with an empty result if the state was never set.
pub(crate) fn of_content(indexed: &IndexedSite, viewer: Viewer, id: &str) -> ReplyResult {
    let content = indexed.visible_content(viewer, id).filter(|_| !indexed.site.workflow.without_content_states);
    let content = content.ok_or_else(|| errors::v1_not_found(id))?;
    let since = state_of(content).map(|_| v2_json::time(content.modified_at()));
    Ok(Reply::ok(json!({"contentState": state_of(content), "lastUpdated": since})))
}

/// `space/{key}/state`: the states in use.
pub(crate) fn of_space(indexed: &IndexedSite, viewer: Viewer, key: &str) -> ReplyResult {
    let mut states: Vec<&Value> = pages(indexed, viewer, key)?.into_iter().filter_map(state_of).collect();
    states.sort_by_key(|state| state["id"].as_i64());
    states.dedup();
    Ok(Reply::ok(json!(states)))
}

/// `space/{key}/state/content?state-id=`: the pages in a state; an empty list for an unknown state.
pub(crate) fn contents(indexed: &IndexedSite, viewer: Viewer, request: &Request, key: &str) -> ReplyResult {
    let number = |name, default| request.parameter(name).map_or(Ok(default), str::parse::<usize>);
    let state = request.parameter("state-id").and_then(|id| id.parse::<i64>().ok());
    let (Some(state), Ok(start), Ok(limit @ 1..=100)) = (state, number("start", 0), number("limit", 25)) else {
        return Err(errors::v1(400, "state-id, start or limit is out of range"));
    };
    let mut found = pages(indexed, viewer, key)?;
    found.retain(|page| state_of(page).is_some_and(|value| value["id"].as_i64() == Some(state)));
    found.sort_by_key(|page| number_of(&page.id));
    let results: Vec<Value> = found
        .iter()
        .skip(start)
        .take(limit)
        .map(|page| json!({"id": page.id, "type": "page", "status": page.status.as_str(), "title": page.title}))
        .collect();
    let mut links = json!({"base": indexed.base(), "context": "/wiki"});
    if found.len() > start + results.len() {
        let next = start + results.len();
        let key = v2_json::segment(key);
        let path = format!("/rest/api/space/{key}/state/content?state-id={state}&start={next}&limit={limit}");
        links["next"] = Value::from(path);
    }
    let size = results.len();
    Ok(Reply::ok(json!({"results": results, "start": start, "limit": limit, "size": size, "_links": links})))
}

fn pages<'a>(indexed: &'a IndexedSite, viewer: Viewer, key: &str) -> Result<Vec<&'a Content>, Reply> {
    let space = indexed.site.spaces.iter().find(|space| space.key == key && viewer.sees_space(space));
    let available = space.filter(|_| !indexed.site.workflow.without_content_states);
    let space = available.ok_or_else(|| errors::v1(404, "No space found"))?;
    let contents = indexed.site.contents.iter().filter(|content| content.space_id == space.id);
    Ok(contents
        .filter(|content| content.kind == ContentType::Page && content.status == Status::Current)
        .filter(|content| indexed.sees_content(viewer, content))
        .collect())
}
